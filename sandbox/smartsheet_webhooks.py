"""Smartsheet's webhooks: made switched off, verified when they are switched on and every hundredth callback,
told what happens to their sheet, tried again and switched off.

https://developers.smartsheet.com/api/smartsheet/guides/webhooks
https://developers.smartsheet.com/api/smartsheet/openapi/webhooks
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import JSONResponse, Response

from sandbox import ids
from sandbox.reworked import Reworks
from sandbox.smartsheet_columns import Body
from sandbox.smartsheet_hook import Hook, Status, answered
from sandbox.smartsheet_hook_events import told
from sandbox.smartsheet_paging import cut
from sandbox.smartsheet_query import Query
from sandbox.smartsheet_refusals import (
    BAD_VALUE,
    HTTPS_ONLY,
    MISSING,
    NO_METHOD,
    NO_SCOPE,
    NOT_FOUND,
    Refused,
)
from sandbox.smartsheet_site import Site
from sandbox.webhook_carrier import HERE
from sandbox.webhook_errand import Errand
from sandbox.webhook_letters import Letter, Reply
from sandbox.webhook_news import Ear, News
from sandbox.world import World

PATH = re.compile(r"/webhooks(?:/(\d{1,19}))?(/resetsharedsecret)?", re.IGNORECASE)
NEEDED = ("name", "callbackUrl", "scope", "scopeObjectId", "events", "version")
VERIFIED_EACH = 100
PAGE = 100
DONE: Mapping[str, Any] = {"message": "SUCCESS", "resultCode": 0}


@dataclass(slots=True)
class Hooks:
    """Of the one account that there is, oldest first."""

    world: World
    site: Callable[[], Site]
    reworks: Reworks
    kept: dict[int, Hook] = field(default_factory=dict)
    made: int = 0
    ear: Ear = field(init=False)

    def __post_init__(self) -> None:
        self.world.listeners.append(self._look_after_reach)
        self.ear = Ear(self.world, self.reworks, lambda: bool(self.kept), self.tell)

    def answer(self, method: str, path: str, query: Query, given: Body) -> Any:
        """The JSON value, or a Response that comes of a challenge. Raises Refused."""
        match = PATH.fullmatch(path)
        id, reset = match.groups() if match else (None, None)
        if id is None:
            if reset or method not in ("GET", "POST"):
                raise Refused(NO_METHOD)
            return self._listed(query) if method == "GET" else self._make(given)
        hook = self.kept.get(int(id))
        if hook is None:
            raise Refused(NOT_FOUND)
        if reset and method == "POST":
            hook.secret = _secret(f"{hook.secret} again")
            return {**DONE, "result": {"sharedSecret": hook.secret}}
        if reset or method == "POST":
            raise Refused(NO_METHOD)
        if method == "DELETE":
            del self.kept[hook.id]
            return DONE
        return hook.body() if method == "GET" else self._change(hook, given)

    def _listed(self, query: Query) -> Body:
        """The newest first. How many there are is not told any more since 2026-06-03."""
        page, size = query.number("page", 1), query.number("pageSize", PAGE)
        newest = [hook.body() for hook in reversed(self.kept.values())]
        return {
            "pageNumber": page,
            "pageSize": size,
            "totalPages": -1,
            "totalCount": -1,
            "data": cut(newest, page, size, last_again=query.quirks.last_page_again),
        }

    def _make(self, given: Body) -> Body:
        missing = [name for name in NEEDED if name not in given]
        if missing:
            raise Refused(MISSING, ", ".join(missing))
        for name, right in (("scope", "sheet"), ("events", ["*.*"]), ("version", 1)):
            if given[name] != right:
                raise Refused(BAD_VALUE, given[name], name)
        sheet, subscope = str(given["scopeObjectId"]), given.get("subscope") or {}
        found = next((one for one in self.site().sheets if str(one.id) == sheet), None)
        if found is None:
            raise Refused(NO_SCOPE)
        self.made += 1
        now = self.world.now("smartsheet")
        hook = Hook(
            id=int(ids.gid("webhook", self.made)),
            slug=found.project.slug,
            sheet=found.id,
            name=str(given["name"]),
            url=_checked(given["callbackUrl"]),
            secret=_secret(f"webhook {self.made}"),
            created=now,
            modified=now,
            columns=list(subscope.get("columnIds", [])),
        )
        self.kept[hook.id] = hook
        self.ear.listen()
        return {**DONE, "result": hook.body()}

    def _change(self, hook: Hook, given: Body) -> Body | Errand:
        """Scope and subscope stay what they are. Another address has to be verified, too."""
        url = _checked(given.get("callbackUrl", hook.url))
        if url != hook.url:
            hook.url, hook.status = url, "NEW_NOT_VERIFIED"
        hook.name, hook.modified = str(given.get("name", hook.name)), self.world.now("smartsheet")
        if given.get("enabled") is True and not hook.enabled:
            letter = hook.challenge()
            return Errand(letter, partial(self._verified, hook.id, letter))
        if given.get("enabled") is False and hook.enabled:
            self._set(hook, "DISABLED_BY_OWNER")
        return {**DONE, "result": hook.body()}

    def _verified(self, id: int, letter: Letter, reply: Reply) -> Response:
        """Also a failure is a 200, which says that it is not enabled."""
        hook = self.kept.get(id)
        if hook is None:
            refused = Refused(NOT_FOUND)
            return JSONResponse(refused.body(letter.url), refused.status)
        if answered(letter, reply):
            hook.retries = 0
            self._set(hook, "ENABLED")
        else:
            self._set(hook, "DISABLED_VERIFICATION_FAILED", "The callback did not answer the challenge.")
        return JSONResponse({**DONE, "result": hook.body()})

    def _set(self, hook: Hook, status: Status, details: str = "") -> None:
        """What happens while it is off is never told. A receiver that answers is told of the change."""
        hook.status, hook.details = status, details
        if status != "ENABLED":
            hook.waiting, hook.next_attempt = [], False
        if status in ("ENABLED", "DISABLED_BY_OWNER", "DISABLED_SCOPE_INACCESSIBLE"):
            self.world.post.send(hook.letter({"newWebhookStatus": status}, self.world.now("smartsheet")))

    def _look_after_reach(self) -> None:
        """A webhook whose sheet is out of reach is off until it is in reach again."""
        for hook in self.kept.values():
            revoked = self.world.project(hook.slug).revoked
            if revoked and hook.enabled:
                self._set(hook, "DISABLED_SCOPE_INACCESSIBLE", "The sheet is not shared with the owner.")
            elif not revoked and hook.status == "DISABLED_SCOPE_INACCESSIBLE":
                self._set(hook, "ENABLED")

    def tell(self, news: News) -> None:
        """Of several for the same only the oldest calls."""
        calling: dict[tuple[Any, ...], Hook] = {}
        for hook in self.kept.values():
            if hook.enabled:
                calling.setdefault((hook.slug, hook.url, *hook.columns), hook)
        events = told(self.world, news)
        for hook in calling.values():
            wanted = [one for one in events.get(hook.slug, ()) if _within(hook, one)]
            if wanted:
                self._call(hook, wanted)

    def _call(self, hook: Hook, events: Sequence[Body]) -> None:
        """Serial: while one is to be tried again, events gather. Every hundredth is preceded by a
        challenge."""
        if hook.next_attempt:
            hook.waiting += events
            return
        hook.callbacks += 1
        if hook.callbacks % VERIFIED_EACH:
            self._deliver(hook, events)
            return
        letter = hook.challenge()
        self.world.post.send(letter, partial(self._verified_again, hook.id, letter, events))

    def _verified_again(self, id: int, letter: Letter, events: Sequence[Body], reply: Reply) -> None:
        hook = self.kept.get(id)
        if hook is None or not hook.enabled:
            return
        if answered(letter, reply):
            self._deliver(hook, events)
        else:
            self._set(hook, "DISABLED_VERIFICATION_FAILED", "The callback did not answer the challenge.")

    def _deliver(self, hook: Hook, events: Sequence[Body]) -> None:
        letter = hook.letter({"events": events}, self.world.now("smartsheet"))
        self.world.post.deliver(letter, partial(self._heard, hook.id, events))

    def _heard(self, id: int, events: Sequence[Body], reply: Reply) -> None:
        """Only 200 will do; after another answer that is no error, or 410, there is no second attempt."""
        hook, now = self.kept.get(id), self.world.now("smartsheet")
        if hook is None or not hook.enabled:
            return
        hook.attempted = now
        if reply.status == 200:
            hook.succeeded, hook.retries = now, 0
            return
        hook.retries += 1
        pause = hook.pause()
        if pause is None or reply.status == 410 or 0 < reply.status < 400:
            self._set(hook, "DISABLED_CALLBACK_FAILED", f"The callback failed: {reply.status or reply.why}.")
            return
        hook.waiting = [*events, *hook.waiting]
        if not hook.next_attempt:
            hook.next_attempt = True
            self.world.post.at(self.world.now() + pause, partial(self._try_again, id))

    def _try_again(self, id: int) -> None:
        """All that waits, in one callback."""
        hook = self.kept.get(id)
        if hook is not None and hook.enabled and hook.next_attempt:
            events, hook.waiting, hook.next_attempt = hook.waiting, [], False
            letter = hook.letter({"events": events}, self.world.now("smartsheet"))
            self.world.post.send(letter, partial(self._heard, id, events))


def _checked(url: object) -> str:
    """The vendor takes https alone; the sandbox takes receivers on this machine without."""
    parts = urlsplit(str(url))
    if parts.scheme != "https" and (parts.scheme != "http" or parts.hostname not in HERE):
        raise Refused(HTTPS_ONLY)
    return str(url)


def _within(hook: Hook, event: Body) -> bool:
    """A subscope leaves of the cells those in its columns, and nothing else."""
    return not hook.columns or event.get("columnId") in hook.columns


def _secret(seed: str) -> str:
    return sha256(seed.encode()).hexdigest()[:26]

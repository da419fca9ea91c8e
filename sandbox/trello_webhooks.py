"""Trello's webhooks: made, kept, told what happens, tried again and given up.

https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/
https://developer.atlassian.com/cloud/trello/rest/api-group-webhooks/
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from starlette.responses import JSONResponse, PlainTextResponse, Response

from sandbox.ids import derived_id
from sandbox.quirks import Quirks
from sandbox.reworked import Reworks
from sandbox.times import iso
from sandbox.trello_hook_actions import Action, models_of, told
from sandbox.trello_refusals import Refused, invalid_value, no_route, not_found, unauthorized
from sandbox.trello_shelf import Body, TrelloSite
from sandbox.webhook_errand import Errand
from sandbox.webhook_letters import Letter, Reply
from sandbox.webhook_news import Ear, News
from sandbox.world import World

SECRET = "0d15ea5e" * 8
"""Beside the API key: signs what all webhooks of the key tell."""
STRANGER = "not the secret"
AGAIN = (timedelta(seconds=30), timedelta(seconds=60), timedelta(seconds=120))
FAILURES, FAILING = 1000, timedelta(days=30)
"""A webhook that failed so often in a row, and for so long, is switched off."""
PATH = re.compile(r"(?:/tokens/[^/]+)?/webhooks(?:/([^/]+))?")
_ID = re.compile(r"[0-9a-f]{24}")
_URL = re.compile(r"https?://[^/\s]+\S*")


@dataclass(slots=True, kw_only=True)
class Hook:
    id: str
    model: str
    url: str
    description: str = ""
    active: bool = True
    failures: int = 0
    since: datetime | None = None

    def body(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "description": self.description,
            "idModel": self.model,
            "callbackURL": self.url,
            "active": self.active,
            "consecutiveFailures": self.failures,
            "firstConsecutiveFailDate": iso(self.since) if self.since else None,
        }


@dataclass(slots=True)
class Hooks:
    """Of the one token that there is."""

    world: World
    site: Callable[[], TrelloSite]
    reworks: Reworks
    quirks: Quirks
    kept: dict[str, Hook] = field(default_factory=dict)
    made: int = 0
    ear: Ear = field(init=False)

    def __post_init__(self) -> None:
        self.ear = Ear(self.world, self.reworks, lambda: bool(self.kept), self.tell)

    def listed(self) -> Sequence[Body]:
        return [hook.body() for hook in self.kept.values()]

    def answer(self, method: str, path: str, given: Mapping[str, Any]) -> Any:
        """The JSON value, or a Response that comes of asking at the address. Raises Refused."""
        match = PATH.fullmatch(path)
        id = match[1] if match else None
        if id is None:
            if method == "POST":
                return self._make(given)
            if method == "GET" and path != "/webhooks":
                return self.listed()
            raise no_route(method, f"/1{path}")
        if id not in self.kept:
            raise not_found()
        if method == "DELETE":
            del self.kept[id]
            return {"limits": {}}
        return self.kept[id].body() if method == "GET" else self._change(self.kept[id], given)

    def _make(self, given: Mapping[str, Any]) -> Errand:
        hook = Hook(
            id=derived_id(self.world.now("trello"), "webhook", self.made + 1),
            model=str(given.get("idModel") or ""),
            url=str(given.get("callbackURL") or ""),
            description=str(given.get("description") or ""),
            active=_flag(given.get("active", True)),
        )
        self.made += 1
        self._check(hook)
        return self._asked(hook)

    def _change(self, hook: Hook, given: Mapping[str, Any]) -> Errand | Mapping[str, Any]:
        """Another address is asked first; one that is switched on begins anew."""
        changed = replace(
            hook,
            model=str(given.get("idModel", hook.model)),
            url=str(given.get("callbackURL", hook.url)),
            description=str(given.get("description", hook.description)),
            active=_flag(given.get("active", hook.active)),
        )
        if changed.active and not hook.active:
            changed.failures, changed.since = 0, None
        self._check(changed)
        if changed.url != hook.url:
            return self._asked(changed)
        self.kept[hook.id] = changed
        return changed.body()

    def _check(self, hook: Hook) -> None:
        if not _URL.fullmatch(hook.url):
            raise invalid_value("callbackURL")
        if not _ID.fullmatch(hook.model):
            raise invalid_value("idModel")
        self._model(hook.model)
        others = (one for one in self.kept.values() if one.id != hook.id)
        if any((one.model, one.url) == (hook.model, hook.url) for one in others):
            raise Refused(400, "A webhook with that callback, model, and token already exists")

    def _model(self, id: str) -> Body:
        site = self.site()
        if id == site.me["id"]:
            return site.me
        if id in site.hidden_boards | site.hidden_cards:
            raise unauthorized("unauthorized permission requested")
        shelf = site.board(id)
        if shelf is not None:
            return shelf.body
        card = site.card(id)
        if card is None:
            raise not_found()
        return {key: card[1][key] for key in ("id", "name", "idBoard", "shortLink")}

    def _asked(self, hook: Hook) -> Errand:
        """Kept once its address answers a HEAD with 200."""
        letter = Letter(tracker="trello", hook=hook.id, url=hook.url, method="HEAD", headers=_AGENT)
        return Errand(letter, partial(self._found, hook))

    def _found(self, hook: Hook, reply: Reply) -> Response:
        if reply.status != 200:
            got = f"got {reply.status}" if reply.status else reply.why
            return PlainTextResponse(f"URL ({hook.url}) did not return 200 status code, {got}", 400)
        self.kept[hook.id] = hook
        self.ear.listen()
        return JSONResponse(hook.body())

    def tell(self, news: News) -> None:
        """Of boards in reach."""
        for slug, action in told(self.world, news, self.quirks):
            if self.world.project(slug).revoked:
                continue
            models = models_of(action)
            for hook in self.kept.values():
                if hook.active and (hook.model in models or hook.model == action["idMemberCreator"]):
                    self.world.post.deliver(*self._letter(hook, action))

    def _letter(self, hook: Hook, action: Action) -> tuple[Letter, Callable[[Reply], None]]:
        told = {"action": action, "model": self._model(hook.model), "webhook": hook.body()}
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        letter = Letter(
            tracker="trello",
            hook=hook.id,
            url=hook.url,
            headers={**_AGENT, "content-type": "application/json", **_signed(SECRET, body, hook.url)},
            body=body,
            told=(str(action["type"]),),
            forgery=_signed(STRANGER, body, hook.url),
        )
        return letter, partial(self._heard, letter)

    def _heard(self, letter: Letter, reply: Reply) -> None:
        """Three more attempts, and then it is dropped. 410 ends the webhook."""
        hook = self.kept.get(letter.hook)
        if hook is None:
            return
        if reply.status == 410:
            del self.kept[hook.id]
        elif reply.good:
            hook.failures, hook.since = 0, None
        else:
            self._failed(hook, letter)

    def _failed(self, hook: Hook, letter: Letter) -> None:
        now = self.world.now("trello")
        hook.failures, hook.since = hook.failures + 1, hook.since or now
        if hook.failures >= FAILURES and now - hook.since >= FAILING:
            hook.active = False
        elif letter.attempt < len(AGAIN):
            again = replace(letter, attempt=letter.attempt + 1)
            self.world.post.at(self.world.now() + AGAIN[letter.attempt], partial(self._try_again, again))

    def _try_again(self, letter: Letter) -> None:
        hook = self.kept.get(letter.hook)
        if hook is not None and hook.active:
            self.world.post.send(letter, partial(self._heard, letter))


_AGENT = {"user-agent": "Trello"}


def _signed(secret: str, body: bytes, url: str) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body + url.encode(), hashlib.sha1).digest()
    return {"x-trello-webhook": b64encode(digest).decode()}


def _flag(value: object) -> bool:
    return str(value).lower() == "true"

"""Asana's webhooks: made with a handshake, told what happens, tried again for a day and then removed.

https://developers.asana.com/docs/webhooks-guide
https://developers.asana.com/reference/webhooks
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox import ids
from sandbox.asana_call import Call
from sandbox.asana_events import Happening, Journal
from sandbox.asana_hook import Hook, letter_of, thin
from sandbox.asana_refusals import Refused, invalid, missing, no_route, unknown
from sandbox.asana_site import Site
from sandbox.asana_things import Body, Show, Thing
from sandbox.times import iso
from sandbox.webhook_errand import Errand
from sandbox.webhook_letters import Letter, Reply
from sandbox.world import World

PATH = re.compile(r"/webhooks(?:/([^/]+))?")
KINDS = ("project", "task", "section", "tag", "team", "workspace")
FILTERED = ("team", "workspace")
"""What has so much in it that Asana wants to know what of it is meant, and tells of projects alone."""
MOST_OF_ONE, MOST = 1000, 10_000
"""Webhooks on one resource, and of one account with one app."""
BEAT = timedelta(hours=8)
GIVEN_UP = timedelta(hours=24)
FIRST = timedelta(minutes=1)
_URL = re.compile(r"https?://[^/\s]+\S*")
_DUPLICATE = (
    "Duplicated webhook. You already have an existing webhook for the given resource and target. Delete the "
    "old one before creating another."
)
_UNSHAKEN = (
    "The remote server which is intended to receive the webhook did not respond with the handshake secret."
)
_NO_ANSWER = (
    "Could not complete activation handshake with target URL. Please ensure that the receiving server is "
    "accepting connections and supports SSL"
)


@dataclass(slots=True)
class Hooks:
    """Of the one account that there is. ``heard`` is how much of the journal has been told."""

    world: World
    site: Callable[[], Site]
    journal: Journal
    kept: dict[str, Hook] = field(default_factory=dict)
    made: int = 0
    heard: int = 0

    def __post_init__(self) -> None:
        self.world.listeners.append(self._listen)

    def answer(self, method: str, call: Call, given: Body) -> Body | Response:
        """The JSON value, or a Response that comes of a handshake. Raises Refused."""
        match = PATH.fullmatch(call.path)
        gid = match[1] if match else None
        if gid is None:
            if method == "POST":
                return self._make(call, given)
            if method == "GET":
                return self._listed(call)
            raise no_route()
        if gid not in self.kept:
            raise unknown("webhook", gid)
        if method == "DELETE":
            del self.kept[gid]
            return {"data": {}}
        if method == "PUT":
            self.kept[gid].filters = _filters(given)
        return call.one(self.kept[gid].thing(self._thing(self.kept[gid])))

    def _listed(self, call: Call) -> Body:
        call.site.find("workspace", call.need("workspace"), "workspace")
        resource = call.get("resource")
        found = (hook for hook in self.kept.values() if resource in (None, hook.resource))
        return call.page([hook.thing(self._thing(hook)) for hook in found])

    def _thing(self, hook: Hook) -> Thing:
        """What is out of reach now is still what the webhook is on."""
        held = self.site().holds(hook.kind, hook.resource)
        return self.site().find(hook.kind, hook.resource) if held else Thing(hook.resource, hook.kind)

    def _make(self, call: Call, given: Body) -> Errand:
        target, filters = str(given.get("target") or ""), _filters(given)
        resource = self._resource(call.site, str(given.get("resource") or ""))
        if not _URL.fullmatch(target):
            raise invalid("target", "Not a valid URL")
        if resource.kind in FILTERED and not filters:
            raise invalid("filters", f"Webhooks on a {resource.kind} need filters")
        on_it = [hook for hook in self.kept.values() if hook.resource == resource.gid]
        if any(hook.target == target for hook in on_it):
            raise Refused(403, _DUPLICATE)
        if len(on_it) >= MOST_OF_ONE or len(self.kept) >= MOST:
            raise Refused(403, "There are too many webhooks")
        self.made += 1
        hook = Hook(
            gid=ids.gid("webhook", self.made),
            resource=resource.gid,
            kind=resource.kind,
            target=target,
            secret=sha256(f"webhook {self.made}".encode()).hexdigest()[:32],
            created=iso(call.now),
            filters=filters,
        )
        headers = {"x-hook-secret": hook.secret, "content-type": "application/json"}
        letter = Letter(tracker="asana", hook=hook.gid, url=target, headers=headers, body=b"{}")
        return Errand(letter, partial(self._shaken, hook))

    def _resource(self, site: Site, gid: str) -> Thing:
        if not gid:
            raise missing("resource")
        held = next((kind for kind in KINDS if site.holds(kind, gid)), None)
        if held is not None:
            return site.find(held, gid)
        hidden = next((kind for kind in KINDS if site.hides(kind, gid)), None)
        raise site.refusal(hidden or "resource", gid)

    def _shaken(self, hook: Hook, reply: Reply) -> Response:
        """It answers that it is not active: it becomes so by the first heartbeat."""
        if reply.status not in (200, 204) or reply.headers.get("x-hook-secret") != hook.secret:
            return _refused(reply)
        if not self.kept:
            self.site()
            self.heard = len(self.journal.told)
        self.kept[hook.gid] = hook
        body = {"data": Show().whole(hook.thing(self._thing(hook))), "X-Hook-Secret": hook.secret}
        hook.active = True
        self._beat(hook.gid)
        return JSONResponse(body, 201)

    def _beat(self, gid: str) -> None:
        hook = self.kept.get(gid)
        if hook is not None:
            self._deliver(hook, [])
            self.world.post.at(self.world.now() + BEAT, partial(self._beat, gid))

    def _listen(self) -> None:
        """Asana tells within a minute, and of several edits together."""
        if self.kept:
            self.world.post.soon(self._tell)

    def _tell(self) -> None:
        """What edits did is what the journal notes of them."""
        self.site()
        fresh, self.heard = self.journal.told[self.heard :], len(self.journal.told)
        for hook in tuple(self.kept.values()):
            events = [thin(one.body) for one in fresh if _hears(hook, one) and _passes(hook, one.body)]
            if events:
                self._deliver(hook, events)

    def _deliver(self, hook: Hook, events: Sequence[Body]) -> None:
        """Behind what waits for its next attempt, if there is any."""
        if hook.failing and hook.next_attempt:
            hook.waiting += events
        else:
            self.world.post.deliver(letter_of(hook, events), partial(self._heard, hook.gid, events))

    def _heard(self, gid: str, events: Sequence[Body], reply: Reply) -> None:
        hook, now = self.kept.get(gid), self.world.now("asana")
        if hook is None:
            return
        if reply.status in (200, 204):
            hook.succeeded(now)
            return
        since = hook.failed(now, reply, GIVEN_UP)
        if now - since >= GIVEN_UP:
            del self.kept[gid]
            return
        hook.waiting = [*events, *hook.waiting]
        if hook.next_attempt is None:
            pause = min(FIRST * 2 ** (hook.retries - 1), since + GIVEN_UP - now)
            hook.next_attempt = now + pause
            self.world.post.at(self.world.now() + pause, partial(self._try_again, gid))

    def _try_again(self, gid: str) -> None:
        """All that waits, in one delivery."""
        hook = self.kept.get(gid)
        if hook is not None:
            events, hook.waiting, hook.next_attempt = hook.waiting, [], None
            self.world.post.send(letter_of(hook, events), partial(self._heard, gid, events))


def _filters(given: Body) -> list[Mapping[str, Any]]:
    told = given.get("filters") or []
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        raise invalid("filters", "Not a list of filters")
    return told


def _refused(reply: Reply) -> Response:
    refused = Refused(400, _UNSHAKEN if reply.status else _NO_ANSWER)
    return JSONResponse(refused.body, refused.status)


def _hears(hook: Hook, happening: Happening) -> bool:
    """Events bubble up to projects, and of projects to what they are in."""
    kind = happening.body["resource"]["resource_type"]
    if hook.kind in FILTERED:
        return kind == "project" and (hook.kind == "workspace" or hook.resource in happening.heard)
    return hook.resource in happening.heard


def _passes(hook: Hook, event: Body) -> bool:
    return not hook.filters or any(all(_holds(one, event)) for one in hook.filters)


def _holds(wanted: Mapping[str, Any], event: Body) -> Iterator[bool]:
    resource = event["resource"]
    yield wanted.get("resource_type") in (None, resource["resource_type"])
    yield wanted.get("resource_subtype") in (None, resource.get("resource_subtype"))
    yield wanted.get("action") in (None, event["action"])
    fields = wanted.get("fields")
    yield not fields or event.get("change", {}).get("field") in fields

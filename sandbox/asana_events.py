"""What happened since a sync token: https://developers.asana.com/reference/events

The story keeps no such record, so each state of the site is compared with the one before it. The vendor tells
an event within a minute on average and at most once; here it comes at once, unless a test wants it otherwise.
"""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.asana_refusals import new_sync
from sandbox.asana_site import Site
from sandbox.asana_things import Body, Thing
from sandbox.conditions import Conditions
from sandbox.times import iso

MOST = 100
LIFE = timedelta(hours=24)
WATCHED: Mapping[str, Sequence[str]] = {
    "task": (
        "name", "notes", "completed", "assignee", "due_on", "due_at", "start_on", "parent", "tags",
        "custom_fields", "approval_status", "dependencies", "actual_time_minutes",
    ),
    "project": ("name", "archived"),
    "section": ("name",),
}  # fmt: skip
"""Fields whose change is an event. What a task stands in comes and goes instead."""


OWNER = {"task": "parent", "section": "project", "story": "target", "project": "team"}


def _none(_event: Body) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """How well events are told: ``late`` by so much, and those that are ``lost`` never."""

    late: timedelta = timedelta(0)
    lost: Callable[[Body], bool] = _none


@dataclass(frozen=True, slots=True)
class Happening:
    """``heard`` are the gids of those whose events tell of it."""

    body: Body
    heard: frozenset[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Print:
    """A thing as it was: watched values, and where it stood, outermost last."""

    kind: str
    values: Mapping[str, Any]
    places: Mapping[str, Body]
    heard: frozenset[str]
    shown: Body


@dataclass(slots=True)
class Journal:
    """Everything that happened since the server began. A token says how much of it has been told."""

    feed: Feed = field(default_factory=Feed)
    conditions: Conditions = field(default_factory=Conditions)
    told: list[Happening] = field(default_factory=list)
    stamps: dict[str, str] = field(default_factory=dict)
    """When projects themselves changed last."""
    _prints: Mapping[str, Print] = field(default_factory=dict)
    _trash: dict[str, bool] = field(default_factory=dict)
    """All that ever left, and whether it was deleted: it comes back as what it was."""

    def follow(self, site: Site, now: datetime) -> None:
        """Note what differs from the state before."""
        prints, first = {one.gid: one_print for one, one_print in _prints(site)}, not self._prints
        if not first:
            user = {"gid": site.me.gid, "resource_type": "user", "name": site.me.fields["name"]}
            for body, heard in self._differences(prints, site):
                event = {"user": user, "created_at": iso(now), **body}
                if not self.feed.lost(event):
                    self.told.append(Happening(event, heard, now))
                if body["resource"]["resource_type"] == "project":
                    self.stamps[body["resource"]["gid"]] = iso(now)
        self._prints = prints
        for project in site.of_kind("project"):
            project.fields["modified_at"] = self.stamps.get(project.gid, project.fields["modified_at"])

    def _differences(self, after: Mapping[str, Print], site: Site) -> Iterator[tuple[Body, frozenset[str]]]:
        before = self._prints
        for gid in {**before, **after}:
            old, new = before.get(gid), after.get(gid)
            if new is None and old is not None:
                # What merely went out of reach tells nobody so, and stories go with their task.
                deleted = self._trash[gid] = old.kind != "story" and not site.hides(old.kind, gid)
                if deleted:
                    yield _event("deleted", old.shown), old.heard
            elif new is not None and old is None:
                yield from self._arrival(gid, new)
            elif new is not None and old is not None:
                yield from _changes(old, new)

    def _arrival(self, gid: str, new: Print) -> Iterator[tuple[Body, frozenset[str]]]:
        if gid not in self._trash:
            for place in new.places.values() or (None,):
                yield _event("added", new.shown, place), new.heard
        elif self._trash.pop(gid):
            yield _event("undeleted", new.shown), new.heard

    def since(self, resource: str, token: str | None, now: datetime, strict: bool) -> Body:
        """The answer for a token. Raises Refused with a new one where there is none or it is too old."""
        start, ready = self._place(resource, token, now) if token else None, self._ready(now)
        if start is None:
            if strict:
                raise new_sync(self._token(resource, ready, now))
            start = 0 if token is None else ready
        later = [(n, one) for n, one in enumerate(self.told[start:ready], start) if resource in one.heard]
        page = later[:MOST]
        more = len(later) > MOST
        end = page[-1][0] + 1 if more else max(start, ready)
        return {
            "data": [one.body for _, one in page],
            "sync": self._token(resource, end, now),
            "has_more": more,
        }

    def _ready(self, now: datetime) -> int:
        """How many of all events can be told by now. None waits because a clock was set back."""
        if not self.feed.late:
            return len(self.told)
        return next((n for n, one in enumerate(self.told) if one.at + self.feed.late > now), len(self.told))

    def _token(self, resource: str, place: int, now: datetime) -> str:
        return urlsafe_b64encode(
            json.dumps([resource, place, now.timestamp(), self.conditions.restarts]).encode()
        ).decode()

    def _place(self, resource: str, token: str, now: datetime) -> int | None:
        try:
            of, place, made, restarts = json.loads(urlsafe_b64decode(token.encode()))
        except (binascii.Error, ValueError, TypeError):
            return None
        fresh = now.timestamp() - made <= LIFE.total_seconds()
        return int(place) if of == resource and fresh and self.conditions.knows(restarts) else None


def _changes(old: Print, new: Print) -> Iterator[tuple[Body, frozenset[str]]]:
    heard = old.heard | new.heard
    for name, value in new.values.items():
        if value != old.values.get(name):
            change = {"field": name, "action": "changed"}
            yield {**_event("changed", new.shown), "change": change}, heard
    for gid in old.places.keys() - new.places.keys():
        yield _event("removed", new.shown, old.places[gid]), heard
    for gid in new.places.keys() - old.places.keys():
        yield _event("added", new.shown, new.places[gid]), heard


def _event(action: str, resource: Body, parent: Body | None = None) -> Body:
    return {"type": resource["resource_type"], "action": action, "resource": resource, "parent": parent}


def _prints(site: Site) -> Iterator[tuple[Thing, Print]]:
    for kind in (*WATCHED, "story"):
        for thing in site.of_kind(kind):
            values = {name: _simple(thing.fields.get(name)) for name in WATCHED.get(kind, ())}
            places = {one.gid: _ref(one) for one in _places(thing)}
            yield thing, Print(kind, values, places, frozenset(_hearing(thing)), _ref(thing))


def _places(thing: Thing) -> Iterator[Thing]:
    """What it was put into: projects and sections, a parent, for a story its task."""
    for membership in thing.fields.get("memberships", []):
        yield from membership.values()
    owner = thing.fields.get(OWNER[thing.kind])
    if owner is not None:
        yield owner


def _hearing(thing: Thing) -> Iterator[str]:
    """Events bubble up: from a story to its task, to all that is above it, to the projects of those."""
    yield thing.gid
    for place in _places(thing):
        yield from _hearing(place) if place.kind == "task" else (place.gid,)


def _ref(thing: Thing) -> Body:
    body: Body = {"gid": thing.gid, "resource_type": thing.kind}
    for name in ("resource_subtype", "name"):
        if name in thing.fields:
            body[name] = thing.fields[name]
    return body


def _simple(value: Any) -> Any:
    """To compare by: an object is its gid, of a custom field also what it holds."""
    if isinstance(value, Thing):
        return (value.gid, value.fields.get("display_value"))
    return [_simple(one) for one in value] if isinstance(value, list) else value

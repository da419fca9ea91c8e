"""Which tombstones are wrong. Truth counts ``gone`` right for what was deleted and for what is hidden, and
``deleted`` only where the tracker told of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from store.presence import SEEN
from tests.converge.looks import Look
from tests.converge.places import Key, Places

Json = Any
AT_ONCE, SHARE = 20, 20
"""What may vanish from a scope at once without a person's word: so many items, or one in so many."""


def wrong_tombstones(before: Look, now: Look, places: Places, events: Iterable[Json]) -> Iterator[str]:
    """Of the events of one job, each with the tracker's own id of its ``place``."""
    for event in events:
        if event["presence"] in SEEN or "presence" not in event["fields"]:
            continue
        key, presence = (event["tracker"], event["remote_id"]), event["presence"]
        steady = places.steady(key, before.step)
        if key in places.standing:
            moved = presence == "moved_out" and event["place"] not in places.standing[key]
            if steady and not moved:
                yield f"{' '.join(key)} became {presence}, and stood where it stands all the time"
        elif steady or presence == "deleted":
            removal = now.removal(key, event["place"])
            if not right(presence, removal):
                yield f"{' '.join(key)} became {presence}, and this is true: {removal}"
        if presence == "gone" and _too_many(before, key, event["scope"]):
            yield f"{' '.join(key)} became gone with many others, without a person's word"


def right(presence: str, removal: Json | None) -> bool:
    """Of what does not stand anywhere in sight. Without a ``removal`` its whole scope is out of sight."""
    if presence == "deleted":
        return removal is not None and bool(removal["evidence"])
    if presence == "moved_out":
        return removal is not None and removal["how"] == "moved"
    return presence == "gone"


def _too_many(before: Look, key: Key, scope_id: str) -> bool:
    before.gone[scope_id] += 1
    largest = max((len(items) for place, items in before.scopes.items() if place[0] == key[0]), default=0)
    return before.gone[scope_id] > max(AT_ONCE, largest // SHARE)

"""What a receipt that says complete does not prove: items, and fields that it covers, that are not shown as
they were when the comparison began. What changed since then may be shown as it was or as it is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.converge.looks import Look
from tests.converge.places import Key
from tests.converge.window import View
from tests.demo.comparison import FIELDS, Shown
from tests.demo.comparison import View as Pair

Json = Any
CALLED = {
    "key": "remote_key",
    "estimate": "estimates",
    "estimate_minutes": "estimates",
    "spent_minutes": "spent",
    "remaining_minutes": "remaining",
    "assignees": "assignments",
    "reporter": "reporter_account_id",
    "parent": "parent_id",
    "section": "placements",
    "iterations": "iteration_ids",
    "mirror_of": "flags",
    "restricted": "visibility",
    "created": "remote_created_at",
    "updated": "remote_updated_at",
}
"""The fields of the truth that the model calls otherwise."""
WORDS = ("status_category", "outcome", "completed_at", "hold", "progress", "counted", "section")
"""What follows from the names of statuses and lists."""


@dataclass(frozen=True)
class Claim:
    """That the items of a scope are all shown, with these fields, as they were at the first of these looks or
    since, the last being now. ``known`` are those of which it could know; ``steady`` says of others whether
    they neither came nor went since."""

    place: Key
    covers: Collection[str]
    looks: Sequence[Look]
    known: Collection[str]
    steady: Callable[[Key], bool]

    @property
    def fields(self) -> list[str]:
        unlike = {one for look in self.looks for one in look.unlike.get(self.place[0], ())}
        return [one for one in FIELDS if CALLED.get(one, one) in self.covers and one not in unlike]


def unproved(claim: Claim, view: View, people: Json) -> Iterator[str]:
    tracker, place = claim.place[0], " ".join(claim.place)
    shown = Shown({"items": list(view.items.values()), "people": people}, claim.looks[-1].truth)
    told = [look.scopes.get(claim.place, {}) for look in claim.looks]
    then, since = told[0], told[-1]
    home = view.scopes[claim.place]["id"]
    for id in sorted(then.keys() & since.keys() & set(claim.known)):
        item = view.there.get((tracker, id))
        if item is None:
            yield f"{tracker} {id} is not shown, and a receipt of its scope says complete"
            continue
        if item["scope"] != home:  # the receipt of its home proves its fields
            continue
        for name in claim.fields:
            value, true = FIELDS[name](Pair(shown, item, since[id])), since[id][name]
            once = [items[id][name] for items in told if id in items]
            if value not in once and then[id][name] == true:
                yield f"{tracker} {id} {name}: shown {value!r}, true {true!r}, and a receipt says complete"
    for (of, id), item in view.there.items():
        if item["scope"] == home and id not in then and id not in since and claim.steady((of, id)):
            yield f"{of} {id} is shown and is not in {place}, of which a receipt says complete"

"""What is not as it is true once all is over: every field of what is in sight, and what became of others."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from store.receipts import Receipt
from tests.converge.judge import Judge
from tests.converge.looks import Look
from tests.converge.places import Key
from tests.converge.tombstones import right
from tests.converge.window import View
from tests.demo.comparison import differences

Json = Any
BY_HISTORY = ("changes", "completed_at")
"""What only the history of an item tells, on some trackers."""


async def diverged(judge: Judge, *, history: bool = False) -> list[str]:
    """A reconciliation brings the items as they are; what happened to them is told by the next sync."""
    now, view = judge.now(), await judge.window.view("links,history")
    aside = set(_left_as_they_were(now, view, await judge.window.receipts()))
    shown = {
        "items": [item for key, item in view.there.items() if key not in aside],
        "others": [item for key, item in view.items.items() if key in aside or key not in view.there],
        "people": await judge.window.people(),
        "truth_seed": now.truth["seed"],
        "today": now.truth["today"],
    }
    found = [*differences(shown, _of_those_named(now.truth)), *_removed(judge, now, view, aside)]
    return [line for line in found if _counts(line, history=history)]


def _left_as_they_were(now: Look, view: View, receipts: Mapping[str, Receipt]) -> Iterator[Key]:
    """By design: the items of a scope that is out of sight, and what its tracker forbids us to read by name
    (it is hidden, or went where we may not look), if the receipt says so and is not complete."""
    in_sight = {scope["id"] for place, scope in view.scopes.items() if place in now.scopes}
    told = {id for id, one in receipts.items() if one.differences.get("access") and not one.complete}
    true = {(place[0], id) for place, items in now.scopes.items() for id in items}
    for key, item in view.items.items():
        hidden = key in now.removed and now.removed[key]["how"] != "deleted" and item["scope"] in told
        if key not in true and (item["scope"] not in in_sight or hidden):
            yield key


def _counts(line: str, *, history: bool) -> bool:
    """What a tracker tells no more, as of a board out of sight, stays in the history."""
    if not history and any(f" {field}: " in line for field in BY_HISTORY):
        return False
    counted = re.search(r" changes: shown (\d+), true (\d+)", line)
    return counted is None or int(counted[1]) < int(counted[2])


def _of_those_named(truth: Json) -> Json:
    """Whom no item names (any more), nobody need have met."""
    trackers = {}
    for tracker, told in truth["trackers"].items():
        items = [item for scope in told["scopes"] for item in scope["items"]]
        named = {id for item in items for id in (*item["assignees"], item["reporter"])}
        accounts = [account for account in told["accounts"] if account["id"] in named]
        trackers[tracker] = {**told, "accounts": accounts}
    return {**truth, "trackers": trackers}


def _removed(judge: Judge, now: Look, view: View, aside: Collection[Key]) -> Iterator[str]:
    """What went and stands nowhere, as far as we ever knew it."""
    places = {scope["id"]: place[1] for place, scope in view.scopes.items()}
    for key in now.removed:
        item = view.items.get(key)
        if item is None or key in aside or key in judge.places.standing:
            continue
        removal = now.removal(key, places[item["scope"]])
        if not right(item["presence"], removal):
            yield f"{' '.join(key)} is shown as {item['presence']}, and this is true: {removal}"

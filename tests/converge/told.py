"""How much of what was edited is shown already, before a reconciliation finds the rest."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from tests.converge.ends import BY_HISTORY
from tests.converge.looks import Look
from tests.converge.places import Key
from tests.converge.window import View
from tests.demo.comparison import FIELDS, Shown
from tests.demo.comparison import View as Pair

Json = Any
Standing = tuple[Json, frozenset[str]]
"""An item and the scopes that it stands in."""
COMPARED = [name for name in FIELDS if name not in BY_HISTORY]


def changed(before: Look, now: Look) -> set[Key]:
    """What is there and was not, or otherwise, or elsewhere, and what was deleted or moved away. Of what is
    hidden, and of a scope out of sight, no tracker tells anybody."""
    old, new = _standing(before), _standing(now)
    there = {key for key in new if key not in old or _differ(old[key], new[key])}
    gone = {
        key
        for key in old.keys() - new.keys()
        if key in now.removed and now.removed[key]["how"] != "hidden"
        if old[key][1] & {place[1] for place in now.scopes}
    }
    return there | gone


def out_of_sight(before: Look, now: Look) -> bool:
    """Whether something was hidden, of which nobody tells, or given back on Asana, which does not tell of
    that either. It tells then of the one end of a dependency that it keeps it with, and not of the other."""
    was, hidden = _hidden(before), _hidden(now)
    return bool(hidden - was) or any(tracker == "asana" for tracker, _ in was - hidden)


def _hidden(look: Look) -> set[Key]:
    return {key for key, one in look.removed.items() if one["how"] == "hidden"}


def unseen(keys: Collection[Key], now: Look, view: View, people: Json) -> Mapping[Key, str]:
    """Those of them that are not shown as they are true, in every field and at their place, and what is not
    as it is true."""
    shown = Shown({"items": list(view.items.values()), "people": people}, now.truth)
    standing = _standing(now)
    unlike = {key: _unlike(shown, key, standing.get(key), view) for key in sorted(keys)}
    return {key: ", ".join(names) for key, names in unlike.items() if names}


def _unlike(shown: Shown, key: Key, true: Standing | None, view: View) -> Sequence[str]:
    item = view.there.get(key)
    if item is None or true is None:
        return [] if item is None and true is None else ["whether it is there"]
    places = [view.scopes[key[0], scope]["id"] for scope in true[1] if (key[0], scope) in view.scopes]
    told = [(name, FIELDS[name](Pair(shown, item, true[0])), true[0][name]) for name in COMPARED]
    unlike = [
        f"{name} (shown {seen!r:.300}, true {fact!r:.300})" for name, seen, fact in told if seen != fact
    ]
    return unlike if item["scope"] in places else ["its place", *unlike]


def _standing(look: Look) -> Mapping[Key, Standing]:
    """Each item with the scopes that it stands in."""
    found: dict[Key, Standing] = {}
    for (tracker, scope), items in look.scopes.items():
        for id, item in items.items():
            _, scopes = found.get((tracker, id), (item, frozenset[str]()))
            found[tracker, id] = item, scopes | {scope}
    return found


def _differ(one: Standing, other: Standing) -> bool:
    return one[1] != other[1] or any(one[0][name] != other[0][name] for name in COMPARED)

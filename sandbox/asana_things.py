"""Asana's objects and how much of them an answer shows: compact, whole, or the fields asked for.

https://developers.asana.com/docs/inputoutput-options
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Body = dict[str, Any]
Tree = dict[str, Any]
"""The paths of ``opt_fields`` by their first terms; the empty term stands for a field named by itself."""
BARE = ""
_GROUP = re.compile(r"\(([^()]*)\)")

COMPACT: Mapping[str, Sequence[str]] = {
    "task": ("name", "resource_subtype"),
    "story": ("created_at", "created_by", "resource_subtype", "text"),
    "status_update": ("title", "resource_subtype"),
    "enum_option": ("name", "enabled", "color"),
    "membership": ("resource_subtype", "parent", "member", "access_level"),
    "project_membership": ("member", "access_level"),
    "time_tracking_entry": (
        "duration_minutes", "entered_on", "attributable_to", "created_by", "categories",
    ),
    "custom_field": (
        "name", "type", "enum_options", "enabled", "representation_type", "id_prefix", "input_restrictions",
        "is_formula_field", "date_value", "enum_value", "multi_enum_values", "number_value", "text_value",
        "display_value",
    ),
    "custom_field_setting": (),
    "webhook": ("active", "resource", "target"),
}  # fmt: skip
"""What a compact record holds beside its gid and type; of any other kind that is its name."""
OPT_IN: Mapping[str, frozenset[str]] = {
    "task": frozenset(
        {
            "created_by", "dependencies", "dependents", "html_notes", "is_rendered_as_separator",
            "num_subtasks",
        }
    ),
    "status_update": frozenset({"html_text"}),
    "project_membership": frozenset({"parent"}),
}  # fmt: skip
"""Left out of whole records too, unless asked for."""
LISTED_WHOLE = frozenset(
    {"allocation", "budget", "rate", "ooo_entry", "custom_type", "custom_field", "custom_field_setting"}
)
"""Kinds whose listings hold whole records, as the reference of each says."""
WITH_VALUES = frozenset({"custom_fields", "custom_field"})
"""Fields whose objects are shown whole inside a whole record."""


@dataclass(slots=True, eq=False)
class Thing:
    """One object. ``fields`` may point to other things; ``lists`` are those that belong to it, by name."""

    gid: str
    kind: str
    fields: Body = field(default_factory=dict)
    lists: dict[str, list[Thing]] = field(default_factory=dict)

    def put(self, relation: str, other: Thing) -> None:
        self.lists.setdefault(relation, []).append(other)


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be chosen from, with its options by the story's own words for them."""

    thing: Thing
    options: Mapping[str, Thing]


def tree_of(paths: Sequence[str]) -> Tree:
    """``name``, ``this.assignee.email``, ``memberships.(project|section).name`` as one selection."""
    tree: Tree = {}
    for written in paths:
        for path in _spread(written.strip()):
            terms = [term for term in path.split(".") if term]
            node = tree
            for term in terms[1:] if terms[:1] == ["this"] else terms:
                node = node.setdefault(term, {})
            node[BARE] = {}
    return tree


def split_paths(text: str) -> list[str]:
    """At commas; a group has none."""
    return [path for path in text.split(",") if path.strip()]


def _spread(path: str) -> list[str]:
    group = _GROUP.search(path)
    if group is None:
        return [path]
    return [
        one
        for term in group[1].split("|")
        for one in _spread(path[: group.start()] + term + path[group.end() :])
    ]


@dataclass(slots=True)
class Show:
    """Renders one answer and counts the objects that it had to look at."""

    cost: int = 0

    def whole(self, thing: Thing) -> Body:
        hidden = OPT_IN.get(thing.kind, frozenset())
        return self._record(thing, {name for name in thing.fields if name not in hidden}, whole=True)

    def compact(self, thing: Thing) -> Body:
        return self._record(thing, set(COMPACT.get(thing.kind, ("name",))), whole=False)

    def _record(self, thing: Thing, names: set[str], whole: bool) -> Body:
        self.cost += 1
        body: Body = {"gid": thing.gid, "resource_type": thing.kind}
        for name, value in thing.fields.items():
            if name in names:
                body[name] = self._plain(value, whole and name in WITH_VALUES)
        return body

    def _plain(self, value: Any, whole: bool) -> Any:
        if isinstance(value, Thing):
            return self.whole(value) if whole else self.compact(value)
        if isinstance(value, list):
            return [self._plain(one, whole) for one in value]
        if isinstance(value, dict):
            return {key: self._plain(one, whole) for key, one in value.items()}
        return value

    def chosen(self, value: Any, tree: Tree) -> Any:
        """The gid always, the type where the object is named by itself inside another one, and what else
        is asked for and there. A name that the vendor does not know is passed over in silence."""
        if isinstance(value, list):
            return [self.chosen(one, tree) for one in value]
        if isinstance(value, Thing):
            return self._chosen(value, tree)
        if isinstance(value, dict):
            below = {key: tree[key] for key in tree if key in value} or {key: tree for key in value}
            return {key: self.chosen(value[key], some) for key, some in below.items()}
        return value

    def _chosen(self, thing: Thing, tree: Tree) -> Body:
        if thing.kind == "custom_field" and tree.keys() == {BARE}:
            return self.compact(thing)
        self.cost += 1
        body: Body = {"gid": thing.gid}
        if BARE in tree or "resource_type" in tree:
            body["resource_type"] = thing.kind
        for name, below in tree.items():
            if name in thing.fields:
                body[name] = self.chosen(thing.fields[name], below)
        return body

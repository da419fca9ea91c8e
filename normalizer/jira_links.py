"""Links between issues, told the same from both ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from normalizer.jira_desk import Reading
from normalizer.jira_read import Misfit, Object, at, obj, word
from normalizer.jira_state import CLOSED, category
from normalizer.model import Link, LinkType, Named

BLOCKING: frozenset[LinkType] = frozenset({"blocks", "finish_to_start"})


def links(reading: Reading) -> tuple[list[Link], list[str]]:
    """The issue's links, and the keys of issues that block it and are not closed."""
    found, blockers = list[Link](), list[str]()
    if reading.fields.get("issuelinks") in (None, []):
        return found, blockers
    for link, other in reading.notes.each("issuelinks", reading.fields.get("issuelinks"), _reader(reading)):
        found.append(link)
        if link.type in BLOCKING and link.to_id == reading.item_id and not _closed(reading, other):
            blockers.append(str(other.get("key") or other.get("id")))
    return found, blockers


def _reader(reading: Reading) -> Any:
    words, desk = reading.desk.words, reading.desk

    def read(value: Any) -> tuple[Link, Object]:
        body = obj(value)
        kind = at("type", body.get("type"), obj)
        side = "outwardIssue" if body.get("outwardIssue") is not None else "inwardIssue"
        other = at(side, body.get(side), obj)
        other_id = desk.item_id(at(f"{side}.id", other.get("id"), word))
        original = Named(at("type.name", kind.get("name"), word), _id(kind))
        known = words.link(kind)
        if known is None:
            reading.notes.nobody_mapped("links", original.name)
        meaning, turned = known or ("unknown", False)
        own_first = (side == "outwardIssue") != turned
        ends = (reading.item_id, other_id) if own_first else (other_id, reading.item_id)
        return Link(from_id=ends[0], to_id=ends[1], type=meaning, original=original), other

    return read


def _id(kind: Object) -> str | None:
    return None if kind.get("id") is None else at("type.id", kind["id"], word)


def _closed(reading: Reading, other: Object) -> bool:
    """Whether a linked issue is closed; one whose status is hidden from us is not known to be."""
    fields = other.get("fields")
    try:
        _, ours = category(reading.desk, obj(fields).get("status"))
    except Misfit:
        return False
    return ours in CLOSED


def parent_id(reading: Reading) -> str | None:
    """The parent, or the epic as the agile API tells it, or by an Epic Link. That holds a key, which is no
    identity: where nobody told the epic's id it stays a custom field."""
    for field in ("parent", "epic"):
        found: str | None = reading.get(field, _own_id)
        if found is not None:
            return reading.desk.item_id(found)
    return None if reading.desk.epics is None else _by_key(reading, reading.desk.epics)


def _by_key(reading: Reading, epics: Mapping[str, str | None]) -> str | None:
    for field in reading.desk.plan.epic:
        key = reading.fields.get(field)
        if not isinstance(key, str) or not key:
            continue
        if key not in epics:
            reading.notes.undefined.append(key)
        elif (epic := epics[key]) is not None:
            reading.used.add(field)
            return reading.desk.item_id(epic)
    return None


def _own_id(value: Any) -> str:
    return at("id", obj(value).get("id"), word)


def children_closed(reading: Reading) -> Sequence[bool]:
    """For each sub-task whether it is closed."""
    return [
        _closed(reading, child)
        for child in reading.notes.each("subtasks", reading.fields.get("subtasks"), obj)
    ]

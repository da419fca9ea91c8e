"""The ids of epics: an issue names its epic by key, and a key is no identity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from connectors.base import JsonObject, Record
from connectors.jira_answers import Row
from connectors.jira_dc_calls import Calls, Search
from connectors.jira_dc_entries import Entry
from connectors.jira_issues import quoted

EPIC_LINK = "com.pyxis.greenhopper.jira:gh-epic-link"
KEYS = 100


def epic_links(definitions: Sequence[Record]) -> tuple[str, ...]:
    """The fields that name an epic."""
    (fields,) = [record for record in definitions if record.kind == "definition" and record.id == "fields"]
    return tuple(str(field.get("id")) for field in fields.body["values"] if _links_epics(field))


def _links_epics(field: Row) -> bool:
    schema = field.get("schema")
    return isinstance(schema, dict) and schema.get("custom") == EPIC_LINK


Epics = Mapping[str, str | None]
"""Their ids by their keys. None: it was asked for, and is hidden from us."""


async def epic_ids(calls: Calls, entries: Iterable[Entry], known: Epics) -> Epics:
    """Every epic that the entries name, wherever it stands, and all that were ``known`` before."""
    told = list(entries)
    own = {one.key: one.id for one in told}
    named = dict.fromkeys(key for one in told for key in one.epics if known.get(key) is None)
    found = {key: own[key] for key in named if key in own}
    return {**known, **found, **await look_up(calls, [key for key in named if key not in own])}


async def look_up(calls: Calls, keys: Sequence[str]) -> Epics:
    """Each of these epics, by its key."""
    found: dict[str, str | None] = dict.fromkeys(keys)
    for low in range(0, len(keys), KEYS):
        asked = keys[low : low + KEYS]
        jql, reached, total = f"key in ({', '.join(map(quoted, asked))})", 0, 1
        while reached < total:
            page = await calls.search(
                Search(jql=jql, start=reached, most=KEYS, fields=("created",), lenient=True)
            )
            found |= {issue["key"]: issue["id"] for issue in page.issues if issue["key"] in asked}
            reached, total = reached + len(page.issues), page.total
    return found


Telling = Literal["epics", "epics_since"]
"""All epics that the issues of a project name; and those that a reading of changes knows of. An epic that
moved, or was hidden and is not any more, is named by issues that nobody changed: of that only the first can
tell, and so the second does not stand in its place."""


def epics_record(name: Telling, scope_id: str, epics: Epics, definitions: Sequence[Record]) -> Record:
    """The definition of this name, as old as the fields by which epics are named; in an order of its own, so
    that the same epics are the same definition. Of hidden ones it tells the key alone."""
    (fields,) = [record for record in definitions if record.kind == "definition" and record.id == "fields"]
    return Record("definition", name, scope_id, _told(epics), fields.read_at)


async def named_late(calls: Calls, before: Record, known: Epics, keys: Iterable[str]) -> tuple[Record, Epics]:
    """The definition, which was this ``before``, and the ``known`` epics, both with those of the keys: issues
    came to name them while they were read, as when an epic moves and so gets another key."""
    epics = {**known, **await look_up(calls, sorted(set(keys) - known.keys()))}
    return replace(before, body=_told(epics)), epics


def _told(epics: Epics) -> JsonObject:
    return {"values": [{"key": key, "id": id} if id else {"key": key} for key, id in sorted(epics.items())]}

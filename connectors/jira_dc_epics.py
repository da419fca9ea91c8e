"""The ids of epics: an issue names its epic by key, and a key is no identity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from connectors.base import Record
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


HIDDEN = ""
"""The id of an epic that was named and never seen."""


async def epic_ids(calls: Calls, entries: Iterable[Entry], known: Mapping[str, str]) -> dict[str, str]:
    """The id of every epic that the entries name, by key, wherever the epic stands, and of all that were
    ``known`` before, by the keys that they have now: one that moved has another, and so has its name in
    issues that nobody changed. One that cannot be seen is not among them."""
    told = list(entries)
    seen = await _asked(calls, "id", [id for id in known.values() if id != HIDDEN])
    own = {one.key: one.id for one in told}
    named = [*(key for one in told for key in one.epics), *(key for key in known if known[key] == HIDDEN)]
    asked = [key for key in dict.fromkeys(named) if key not in seen]
    found = {key: own[key] for key in asked if key in own}
    return {**seen, **found, **await _asked(calls, "key", [key for key in asked if key not in own])}


def remembered(known: Mapping[str, str], named: Iterable[Entry], seen: Mapping[str, str]) -> dict[str, str]:
    """All that were ever named, for the next reading: whoever cannot be seen now may be seen then, and nobody
    need have changed what names it."""
    there = set(seen.values())
    unseen = {key: id for key, id in known.items() if id not in there}
    return {**{key: HIDDEN for one in named for key in one.epics}, **unseen, **seen}


async def _asked(calls: Calls, by: Literal["id", "key"], names: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for low in range(0, len(names), KEYS):
        asked = names[low : low + KEYS]
        jql, reached, total = f"{by} in ({', '.join(map(quoted, asked))})", 0, 1
        while reached < total:
            page = await calls.search(
                Search(jql=jql, start=reached, most=KEYS, fields=("created",), lenient=True)
            )
            found |= {issue["key"]: issue["id"] for issue in page.issues if issue[by] in asked}
            reached, total = reached + len(page.issues), page.total
    return found


def epics_record(scope_id: str, ids: Mapping[str, str], definitions: Sequence[Record]) -> Record:
    """The definition ``epics``, as old as the fields by which epics are named; in an order of its own, so
    that the same epics are the same definition."""
    (fields,) = [record for record in definitions if record.kind == "definition" and record.id == "fields"]
    values = [{"key": key, "id": id} for key, id in sorted(ids.items())]
    return Record("definition", "epics", scope_id, {"values": values}, fields.read_at)

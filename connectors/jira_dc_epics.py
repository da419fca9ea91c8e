"""The ids of epics: an issue names its epic by key, and a key is no identity."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing

from connectors.base import Record
from connectors.jira_answers import Row
from connectors.jira_dc_calls import Calls, Search
from connectors.jira_dc_listing import Listing, Slice, Wanted
from connectors.jira_issues import project_clause, quoted

EPIC_LINK = "com.pyxis.greenhopper.jira:gh-epic-link"
NARROW = 1000
"""Issues a request when little more than their keys is asked for."""
KEYS = 100


async def epics(calls: Calls, scope_id: str, definitions: Sequence[Record]) -> Record:
    """The definition ``epics``: key and id of every epic that an issue of the project names, wherever the
    epic stands. Epics that are hidden from us are not in it."""
    (fields,) = [record for record in definitions if record.kind == "definition" and record.id == "fields"]
    links = [str(field.get("id")) for field in fields.body["values"] if _links_epics(field)]
    values: list[Row] = []
    if links:
        own, named = await _named(calls, scope_id, links)
        values = [{"key": key, "id": own[key]} for key in named if key in own]
        values += await _elsewhere(calls, [key for key in named if key not in own])
    return Record("definition", "epics", scope_id, {"values": values}, fields.read_at)


def _links_epics(field: Row) -> bool:
    schema = field.get("schema")
    return isinstance(schema, dict) and schema.get("custom") == EPIC_LINK


async def _named(calls: Calls, scope_id: str, links: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """The ids of the project's own issues by key, and the keys of all epics that they name."""
    own: dict[str, str] = {}
    named: dict[str, None] = {}
    wanted = Wanted(
        scope_id=scope_id, clause=project_clause(scope_id), size=NARROW, fields=("created", *links)
    )
    async with aclosing(Listing(calls, wanted).batches(Slice())) as batches:
        async for batch in batches:
            for issue in batch.issues:
                own[str(issue.get("key"))] = issue["id"]
                told = [issue["fields"].get(link) for link in links]
                named |= dict.fromkeys(key for key in told if isinstance(key, str) and key)
    return own, list(named)


async def _elsewhere(calls: Calls, keys: Sequence[str]) -> list[Row]:
    values: list[Row] = []
    for low in range(0, len(keys), KEYS):
        asked = keys[low : low + KEYS]
        jql, reached, total = f"key in ({', '.join(map(quoted, asked))})", 0, 1
        while reached < total:
            found = await calls.search(
                Search(jql=jql, start=reached, most=KEYS, fields=("created",), lenient=True)
            )
            values += [
                {"key": issue["key"], "id": issue["id"]} for issue in found.issues if issue["key"] in asked
            ]
            reached, total = reached + len(found.issues), found.total
    return values

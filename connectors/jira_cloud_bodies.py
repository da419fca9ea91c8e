"""Issues by id: their bodies in bulk, and what can be said of one that Jira does not give."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from datetime import datetime
from functools import partial

from connectors.base import Absence, Record, ScopeRecord
from connectors.http import ordered
from connectors.jira_cloud_calls import Calls, Row

Found = dict[str, Record | Absence]


async def bodies(calls: Calls, scope_id: str, ids: Sequence[str], fields: Sequence[str]) -> Found:
    """The issues that Jira gives of at most 100. What it leaves out is asked for once more before it is
    missing here."""
    found: Found = {}
    for _ in range(2):
        if asked := [one for one in ids if one not in found]:
            rows, answer = await calls.bodies(asked, fields)
            found |= {one: _placed(scope_id, one, row, answer.asked_at) for one, row in rows.items()}
    return found


async def missed(calls: Calls, scope: ScopeRecord, ids: Sequence[str], parallel: int) -> Found:
    """Each of ``ids`` that the bulk fetch left out: absent and why, or there after all.

    The credentials are proved last: whatever was hidden from an anonymous visitor says nothing.
    """
    found: Found = {}
    if await calls.sees(scope.id):
        async with aclosing(ordered(parallel, [partial(_one, calls, scope, one) for one in ids])) as answers:
            async for one in answers:
                found[one.id] = one
    else:
        evidence = f"project {scope.key or scope.id} is not shown to this account any more"
        found = {one: Absence(id=one, reason="forbidden", evidence=evidence) for one in ids}
    await calls.prove()
    return found


async def _one(calls: Calls, scope: ScopeRecord, issue_id: str) -> Record | Absence:
    answer = await calls.issue(issue_id)
    if answer.status == 200:
        return _placed(scope.id, issue_id, answer.json(), answer.asked_at)
    if answer.status == 403:
        return Absence(id=issue_id, reason="forbidden", evidence=f"{answer.call}: 403")
    evidence = f"{answer.call}: 404, which Jira says of deleted and of hidden issues alike"
    return Absence(id=issue_id, reason="not_found", evidence=evidence)


def _placed(scope_id: str, issue_id: str, row: Row, read_at: datetime) -> Record | Absence:
    """The issue, or that it stands in another project now: the id outlives a move, the key does not."""
    fields = row.get("fields")
    project = fields.get("project") if isinstance(fields, dict) else None
    if isinstance(project, dict) and "id" in project and str(project["id"]) != scope_id:
        evidence = f"it is {row.get('key')} now, in project {project.get('key')}"
        return Absence(id=issue_id, reason="moved", evidence=evidence)
    return Record("item", issue_id, scope_id, row, read_at)

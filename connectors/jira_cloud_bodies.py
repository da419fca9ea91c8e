"""Issues by id: their bodies in bulk."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.jira_cloud_calls import Calls
from connectors.jira_issues import placed
from connectors.jira_missing import Found


async def bodies(calls: Calls, scope_id: str, ids: Sequence[str], fields: Sequence[str]) -> Found:
    """The issues that Jira gives of at most 100. What it leaves out is asked for once more before it is
    missing here."""
    found: Found = {}
    for _ in range(2):
        if asked := [one for one in ids if one not in found]:
            rows, answer = await calls.bodies(asked, fields)
            found |= {one: placed(scope_id, one, row, answer.asked_at) for one, row in rows.items()}
    return found

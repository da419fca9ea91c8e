"""Issues by id: their bodies in bulk."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from functools import partial

from connectors.http import ordered
from connectors.jira_cloud_calls import Calls
from connectors.jira_cloud_settings import JiraCloudSettings
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


async def batches(
    calls: Calls, settings: JiraCloudSettings, scope_id: str, ids: Sequence[str], fields: Sequence[str]
) -> AsyncGenerator[Found, None]:
    """The same of any number, in parallel."""
    size = settings.body_batch
    jobs = [partial(bodies, calls, scope_id, ids[at : at + size], fields) for at in range(0, len(ids), size)]
    async with aclosing(ordered(settings.parallel, jobs)) as results:
        async for found in results:
            yield found

"""Issues by id: their bodies in bulk, or what a census says of them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from typing import TypeVar

from connectors.base import Fingerprint
from connectors.http import ordered
from connectors.jira_census import Census
from connectors.jira_cloud_calls import Calls
from connectors.jira_cloud_settings import JiraCloudSettings
from connectors.jira_issues import placed
from connectors.jira_missing import Found

T = TypeVar("T")


async def bodies(calls: Calls, scope_id: str, ids: Sequence[str]) -> Found:
    """The issues that Jira gives of at most 100."""

    async def ask(some: Sequence[str]) -> Found:
        rows, answer = await calls.bodies(some)
        return {one: placed(scope_id, one, row, answer.asked_at) for one, row in rows.items()}

    return await _twice(ask, ids)


async def prints(calls: Calls, census: Census, ids: Sequence[str]) -> list[Fingerprint]:
    """Of at most 100 those that stand in the project."""
    found = await _twice(partial(calls.cheap, census), ids)
    there = (found[one] for one in ids if one in found)
    return [Fingerprint(one.id, census.print(one)) for one in there if census.here(one)]


async def batches(
    settings: JiraCloudSettings, ids: Sequence[str], job: Callable[[Sequence[str]], Awaitable[T]]
) -> AsyncGenerator[T, None]:
    """What the job brings of any number, in parallel."""

    async def batch(at: int) -> T:
        return await job(ids[at : at + size])

    size = settings.body_batch
    jobs = [partial(batch, at) for at in range(0, len(ids), size)]
    async with aclosing(ordered(settings.parallel, jobs)) as results:
        async for found in results:
            yield found


async def _twice(
    ask: Callable[[Sequence[str]], Awaitable[Mapping[str, T]]], ids: Sequence[str]
) -> dict[str, T]:
    """What Jira leaves out is asked for once more before it is missing here."""
    found: dict[str, T] = {}
    for _ in range(2):
        if asked := [one for one in ids if one not in found]:
            found |= await ask(asked)
    return found

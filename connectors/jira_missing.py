"""What can be said of an issue that Jira does not give, on either edition."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from functools import partial
from typing import Protocol

from connectors.base import Absence, Record, ScopeRecord
from connectors.errors import NotFound, Unexpected
from connectors.http import Answer, ordered
from connectors.jira_issues import placed

Found = dict[str, Record | Absence]


class Calls(Protocol):
    """What either edition's calls can be asked."""

    async def prove(self) -> None: ...
    async def sees(self, project_id: str) -> bool: ...
    async def issue(self, issue_id: str) -> Answer: ...


@asynccontextmanager
async def proved_if_missing(calls: Calls) -> AsyncIterator[None]:
    """To a stranger Jira says that there is no such project, in many ways: before it is believed the
    credentials are proved."""
    try:
        yield
    except (NotFound, Unexpected):
        await calls.prove()
        raise


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
    return said(scope.id, issue_id, await calls.issue(issue_id))


def said(scope_id: str, issue_id: str, answer: Answer) -> Record | Absence:
    """What the answer says of an issue that was asked for alone."""
    if answer.status == 200:
        return placed(scope_id, issue_id, answer.json(), answer.asked_at)
    if answer.status == 403:
        return Absence(id=issue_id, reason="forbidden", evidence=f"{answer.call}: 403")
    evidence = f"{answer.call}: 404, which Jira says of deleted and of hidden issues alike"
    return Absence(id=issue_id, reason="not_found", evidence=evidence)

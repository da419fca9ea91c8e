"""Which issues a project has, and which of them changed: by search, which tells ids fast and lags behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from connectors.http import ordered, pages
from connectors.jira_cloud_calls import Calls, Found, Search
from connectors.jira_cloud_settings import JiraCloudSettings
from connectors.jira_filter import restricted
from connectors.jira_issues import milliseconds, project_clause

CREATED = "ORDER BY created ASC, key ASC"
"""No edit changes it, so that pages neither skip nor repeat."""
OPEN_FIRST = "ORDER BY resolved DESC, created ASC, key ASC"
"""Issues without a date of resolution come first; the order of the others does not matter."""
RECONCILED = 50
"""Issues that one search can be made to see as they are now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """``at`` is when it began by Jira's clock, in milliseconds since 1970; ``issues`` are the ids in order,
    with their update where it was asked for and can be read; ``paged`` says that one answer was not enough.
    """

    at: int
    issues: Mapping[str, int | None]
    paged: bool


async def everything(calls: Calls, settings: JiraCloudSettings, project_id: str) -> Listing:
    """All issues. Those still open come first where one answer holds them all: a second page of an order
    that edits change could leave one out."""
    where = restricted(project_clause(project_id), settings.filter)
    first = await calls.search(Search(jql=f"{where} {OPEN_FIRST}", most=settings.id_page_size))
    if first.following is None:
        return Listing(at=first.at, issues={one.id: None for one in first.issues}, paged=False)
    return await _listed(calls, Search(jql=f"{where} {CREATED}", most=settings.id_page_size))


async def changed(calls: Calls, settings: JiraCloudSettings, project_id: str, moment: int) -> Listing:
    """Those updated at ``moment`` or later, each with its update.

    A number without quotes is milliseconds; Jira would read wall-clock text in the account's time zone, to
    the minute. https://support.atlassian.com/jira-software-cloud/docs/jql-fields/
    """
    where = f"{restricted(project_clause(project_id), settings.filter)} AND updated >= {moment}"
    search = Search(jql=f"{where} {CREATED}", most=settings.id_page_size, fields=("updated",))
    return await _listed(calls, search)


async def matching(calls: Calls, settings: JiraCloudSettings, ids: Sequence[str]) -> set[str]:
    """Those of the issues that the connection's filter takes, as they are now."""

    async def batch(some: Sequence[str]) -> list[str]:
        where = restricted(f"id in ({', '.join(some)})", settings.filter)
        search = Search(jql=f"{where} {CREATED}", most=len(some), reconciled=[int(one) for one in some])
        return list((await _listed(calls, search)).issues)

    jobs = [partial(batch, ids[at : at + RECONCILED]) for at in range(0, len(ids), RECONCILED)]
    async with aclosing(ordered(settings.parallel, jobs)) as found:
        return {one async for some in found for one in some}


async def _listed(calls: Calls, search: Search) -> Listing:
    async def fetch(token: str | None) -> tuple[Found, str | None]:
        found = await calls.search(search, token)
        return found, found.following

    told = [page async for page, _ in pages(fetch, what=f"the issues with {search.jql}")]
    issues = {one.id: milliseconds(one.body, "updated") for page in told for one in page.issues}
    return Listing(at=told[0].at, issues=issues, paged=len(told) > 1)

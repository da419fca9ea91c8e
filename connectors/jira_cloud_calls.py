"""The calls of Jira Cloud's REST API that reading needs.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from connectors.errors import Unavailable
from connectors.http import Answer, Decode, Params, decoded, pages
from connectors.jira_answers import Row, counted, identified, objects, whole
from connectors.jira_boards import Boards
from connectors.jira_census import Census
from connectors.jira_cloud_asking import API, Asking
from connectors.jira_issues import FIELDS
from connectors.jira_shapes import Fields, Issue, Told
from connectors.jira_shelf import Shelf

HISTORIES = 10_000
"""Histories in one answer of the bulk changelog: the vendor's ceiling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Only with nothing but ids asked for are 5000 given at a time. Issues with a ``reconciled`` id, of which
    50 are taken, are searched as they are now.

    https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/
    """

    jql: str
    most: int
    fields: Sequence[str] = ("id",)
    reconciled: Sequence[int] = ()

    def body(self, token: str | None) -> dict[str, Any]:
        asked = {"jql": self.jql, "maxResults": self.most, "fields": list(self.fields)}
        further = {"reconcileIssues": list(self.reconciled), "nextPageToken": token}
        return asked | {name: value for name, value in further.items() if value}


class Entry(NamedTuple):
    """An issue as a search shows it."""

    id: str
    body: Row


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a search and the token of the next; ``at`` is when it was told by Jira's clock, in
    milliseconds since 1970."""

    issues: Sequence[Entry]
    following: str | None
    at: int


class Calls:
    """One connection's calls. Each answers whole objects or raises one of the four errors. What every project
    asks for again is kept on the shelf."""

    def __init__(self, ask: Asking, shelf: Shelf) -> None:
        self._ask = ask
        self._shelf = shelf
        self.boards = Boards(partial(ask.get, budget="agile"))

    async def server_info(self) -> tuple[Row, Answer]:
        """Answered to everybody, so it proves nothing of the credentials."""
        return await self._shelf.get("/serverInfo", self._server_info)

    async def _server_info(self) -> tuple[Row, Answer]:
        answer = await self._ask.get(f"{API}/serverInfo", budget="default")
        return whole(answer, "baseUrl"), answer

    async def myself(self) -> Row:
        return await self._ask.myself()

    async def prove(self) -> None:
        """That what was said so far was said to us: before anything empty or missing is believed."""
        await self._ask.prove()

    async def permissions(self, names: Sequence[str]) -> Row:
        answer = await self._ask.get(
            f"{API}/mypermissions", {"permissions": ",".join(names)}, budget="default"
        )
        held = whole(answer).get("permissions")
        return held if isinstance(held, dict) else {}

    async def projects(self, heed: Callable[[Row, Answer], None]) -> AsyncIterator[Row]:
        """All that the account may browse, each with its insight; ``heed`` is shown it with its answer. The
        default action, view, would also give those whose issues it does not see.

        https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-projects/
        """
        params = {
            "action": "browse",
            "status": ["live", "archived"],
            "orderBy": "key",
            "expand": "insight",
        }

        async def get(path: str, params: Params) -> Answer:
            answer = await self._ask.get(path, params, budget="projects")
            for row in objects(answer, whole(answer), "values"):
                heed(row, answer)
            return answer

        async for row in counted(get, f"{API}/project/search", params, 100):
            yield row

    async def sees(self, project_id: str) -> bool:
        """Whether the account may still browse a project."""
        params: Params = {
            "action": "browse",
            "status": ["live", "archived"],
            "id": project_id,
            "maxResults": 1,
        }
        answer = await self._ask.get(f"{API}/project/search", params, budget="projects")
        return any(str(row.get("id")) == project_id for row in objects(answer, whole(answer), "values"))

    async def project(self, project_id: str) -> tuple[Row, Answer]:
        answer = await self._ask.get(f"{API}/project/{project_id}", budget="projects")
        return whole(answer, "id"), answer

    async def listed(self, path: str, key: str | None = None) -> tuple[list[Row], Answer]:
        """One of the site's lists that come whole: an array, or an array under ``key``."""
        return await self._shelf.get(path, lambda: self._listed(path, key))

    async def _listed(self, path: str, key: str | None) -> tuple[list[Row], Answer]:
        answer = await self._ask.get(f"{API}{path}", budget="lists")
        body = {"values": answer.json()} if key is None else whole(answer)
        return objects(answer, body, key or "values"), answer

    async def priorities(self) -> list[Row]:
        """In the site's own order, the most urgent first."""
        return await self._shelf.get("/priority", self._priorities)

    async def _priorities(self) -> list[Row]:
        return [
            row
            async for row in counted(partial(self._ask.get, budget="lists"), f"{API}/priority/search", {}, 50)
        ]

    async def search(self, search: Search, token: str | None = None) -> Found:
        """One page."""
        answer = await self._ask.query("/search/jql", search.body(token), budget="search")
        page = whole(answer)
        found = [Entry(identified(answer, row), row) for row in objects(answer, page, "issues")]
        if not all(one.id.isdecimal() for one in found):
            raise answer.unexpected("an issue whose id is not a number")
        following = page.get("nextPageToken")
        if following is None and page.get("isLast") is False:
            raise answer.unexpected("a page that is not the last and has no token for the next")
        return Found(found, None if following is None else str(following), server_time(answer))

    async def bodies(self, ids: Sequence[str]) -> tuple[dict[str, Row], Answer]:
        """The issues that Jira gives of at most 100, by id. What it cannot show it leaves out without a word.

        https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/
        """
        answer = await self._bulk(ids, FIELDS, decoded)
        page = whole(answer)
        found = {identified(answer, row): row for row in objects(answer, page, "issues")}
        _none_failed(answer, ids, page.get("issueErrors"), found)
        return found, answer

    async def cheap(self, census: Census, ids: Sequence[str]) -> dict[str, Issue[Fields]]:
        """The same, and of each as much as a census looks at."""
        answer = await self._bulk(ids, census.fields, census.decode)
        page: Told[Issue[Fields]] = answer.json()
        found = {one.id: one for one in page.issues}
        _none_failed(answer, ids, page.issueErrors, found)
        return found

    async def _bulk(self, ids: Sequence[str], fields: Sequence[str], decode: Decode) -> Answer:
        body = {"issueIdsOrKeys": list(ids), "fields": list(fields)}
        return await self._ask.query("/issue/bulkfetch", body, budget="bulkfetch", decode=decode)

    async def issue(self, issue_id: str) -> Answer:
        """One issue; the answer as it is when it is missing (404) or forbidden (403)."""
        return await self._ask.get(
            f"{API}/issue/{issue_id}", {"fields": ",".join(FIELDS)}, budget="issue", accept={403, 404}
        )

    async def histories(self, ids: Sequence[str]) -> AsyncIterator[tuple[list[tuple[str, Row]], Answer]]:
        """All (issue id, history) of at most 1000 issues, page by page."""

        async def fetch(token: str | None) -> tuple[tuple[list[tuple[str, Row]], Answer], str | None]:
            body: dict[str, Any] = {"issueIdsOrKeys": list(ids), "maxResults": HISTORIES}
            if token is not None:
                body["nextPageToken"] = token
            answer = await self._ask.query("/changelog/bulkfetch", body, budget="changelog")
            page = whole(answer)
            following = page.get("nextPageToken")
            found = [
                (str(log.get("issueId")), history)
                for log in objects(answer, page, "issueChangeLogs")
                for history in objects(answer, log, "changeHistories")
            ]
            return (found, answer), None if following is None else str(following)

        async for page, _ in pages(fetch, what="the changelogs"):
            yield page


def _none_failed(answer: Answer, ids: Sequence[str], errors: object, found: Collection[str]) -> None:
    """ "When Jira can't return an issue due to a retriable error": it is there, so it is not absent."""
    told = errors if isinstance(errors, list) else ()
    failed = {str(row.get("id")) for row in told if isinstance(row, dict)}
    if failed := failed.intersection(ids).difference(found):
        raise Unavailable(f"{answer.call} could not give {len(failed)} of {len(ids)} issues just now.")


def server_time(answer: Answer) -> int:
    """When Jira answered, by its own clock: to the second, in milliseconds since 1970."""
    if answer.clock_skew is None:
        raise answer.unexpected("without a Date, by which what changes meanwhile is told")
    return int((answer.asked_at + answer.clock_skew).timestamp()) * 1000

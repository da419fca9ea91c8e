"""The calls of Jira Data Center's REST API that reading needs: version 2, without anything of Jira Cloud's.

https://docs.atlassian.com/software/jira/docs/api/REST/latest/
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from connectors.errors import Unavailable, Unexpected
from connectors.http import Answer, Decode, Params, decoded
from connectors.jira_answers import Row, identified, objects, whole
from connectors.jira_boards import Boards
from connectors.jira_census import Census
from connectors.jira_dc_asking import API, Asking, good
from connectors.jira_issues import FIELDS
from connectors.jira_shapes import Fields, Issue, Told
from connectors.jira_shelf import Shelf

T = TypeVar("T")
WINDOW = 10_000
"""How far a search reaches until a refusal says otherwise: ``jira.search.platform.max.result.window``.
support.atlassian.com: Handling JQL REST API searching exceeding max_result_window in Jira."""

_BEYOND = re.compile(r"Search limit exceeded(?:.*?limit of ([\d.,]*\d))?", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """``lenient``: issues in the query that are not there are passed over."""

    jql: str
    start: int = 0
    most: int
    fields: Sequence[str] = FIELDS
    changelog: bool = False
    lenient: bool = False

    def body(self) -> Row:
        return {
            "jql": self.jql,
            "startAt": self.start,
            "maxResults": self.most,
            "fields": list(self.fields),
            "validateQuery": not self.lenient,
            **({"expand": ["changelog"]} if self.changelog else {}),
        }


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """Issues from ``start`` on, of ``total`` that the query finds."""

    issues: Sequence[T]
    total: int
    answer: Answer


class BeyondWindow(Unexpected):
    """The search limit, 500 "Search limit exceeded": the window is known to be smaller now."""


class Calls:
    """One connection's calls. Each answers whole objects or raises one of the four errors. ``window`` is how
    many results a search reaches, as far as is known."""

    def __init__(self, ask: Asking, shelf: Shelf) -> None:
        self._ask = ask
        self._shelf = shelf
        self.boards = Boards(ask.get)
        self.window = WINDOW

    async def server_info(self) -> tuple[Row, Answer]:
        """Answered to everybody, so it proves nothing of the credentials."""
        answer = await self._ask.anybody(f"{API}/serverInfo")
        return whole(answer, "baseUrl"), answer

    async def myself(self) -> tuple[Row, Answer]:
        answer = await self._ask.get(f"{API}/myself", {})
        return whole(answer, "name"), answer

    async def prove(self) -> None:
        """That the credentials work now; before anything empty or missing is believed. Or Unauthorized. Where
        every answer said for whom it was made, none was made for a stranger."""
        if not self._ask.named:
            await self.myself()

    async def permissions(self) -> Row:
        held = whole(await self._ask.get(f"{API}/mypermissions", {})).get("permissions")
        return held if isinstance(held, dict) else {}

    async def projects(self) -> list[Row]:
        """All that the account may browse, in one list; releases without archiving give the live ones."""
        params: Params = {"expand": "description,lead,projectKeys", "includeArchived": True}
        answer = await self._ask.get(f"{API}/project", params)
        return objects(answer, {"values": answer.json()}, "values")

    async def sees(self, project_id: str) -> bool:
        """Whether the account may still browse a project."""
        answer = await self._ask.whatever(f"{API}/project/{project_id}", {})
        return answer.status == 200

    async def project(self, project_id: str) -> tuple[Row, Answer]:
        answer = await self._ask.get(f"{API}/project/{project_id}", {})
        return whole(answer, "id"), answer

    async def listed(self, path: str, key: str | None = None) -> tuple[list[Row], Answer]:
        """One of the site's lists that come whole: an array, or an array under ``key``. All projects ask for
        the same ones."""
        return await self._shelf.get(path, lambda: self._listed(path, key))

    async def _listed(self, path: str, key: str | None) -> tuple[list[Row], Answer]:
        answer = await self._ask.get(f"{API}{path}", {})
        body = {"values": answer.json()} if key is None else whole(answer)
        return objects(answer, body, key or "values"), answer

    async def priorities(self) -> list[Row]:
        return (await self.listed("/priority"))[0]

    async def issue(self, issue_id: str, changelog: bool = False) -> Answer:
        """One issue; the answer as it is when it is missing (404) or forbidden (403)."""
        params: Params = {"fields": ",".join(FIELDS), "expand": "changelog" if changelog else None}
        answer = await self._ask.whatever(f"{API}/issue/{issue_id}", params)
        return answer if answer.status in (403, 404) else good(answer)

    async def search(self, search: Search) -> Found[Row]:
        """One page, maybe shorter than asked for. Raises BeyondWindow besides the four errors."""
        answer = await self._searched(search, decoded)
        page = whole(answer)
        issues = objects(answer, page, "issues")
        ids = [identified(answer, issue) for issue in issues]
        _checked(answer, search, page.get("startAt"), page.get("total"), ids)
        return Found(issues, page["total"], answer)

    async def cheap(self, census: Census, search: Search) -> Found[Issue[Fields]]:
        """The same, and of each issue as much as a census looks at."""
        answer = await self._searched(search, census.decode)
        page: Told[Issue[Fields]] = answer.json()
        _checked(answer, search, page.startAt, page.total, [issue.id for issue in page.issues])
        return Found(page.issues, page.total, answer)

    async def _searched(self, search: Search, decode: Decode) -> Answer:
        reached = search.start + search.most
        try:
            return await self._ask.query(f"{API}/search", search.body(), decode)
        except Unavailable as error:
            if beyond := _BEYOND.search(str(error)):
                limit = int(re.sub(r"\D", "", beyond[1] or "") or reached // 2)
                self.window = min(limit, reached - 1)
                raise BeyondWindow(str(error)) from error
            raise


def _checked(answer: Answer, search: Search, start: object, total: object, ids: Sequence[str]) -> None:
    """That it is the page that was asked for."""
    if not isinstance(total, int):
        raise answer.unexpected("a page that does not say how many issues there are")
    if start != search.start:
        raise answer.unexpected(f"a page that begins at {start} where {search.start} was asked for")
    if not ids and search.start < total:
        raise answer.unexpected("an empty page before the end of a listing")
    if not all(map(str.isdecimal, ids)):
        raise answer.unexpected("an issue whose id is not a number")

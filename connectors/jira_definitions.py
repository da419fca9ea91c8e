"""What is needed to read a Jira project's issues: the site's fields and words, the project, its boards."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from contextlib import aclosing
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from connectors.base import Kind, Record
from connectors.errors import NotFound, Unauthorized
from connectors.http import Answer, ordered
from connectors.jira_answers import Row
from connectors.jira_boards import Boards

Job = Callable[[], Coroutine[Any, Any, list[Record]]]


class Calls(Protocol):
    """What either edition's calls can be asked."""

    @property
    def boards(self) -> Boards: ...
    async def prove(self) -> None: ...
    async def project(self, project_id: str) -> tuple[Row, Answer]: ...
    async def listed(self, path: str, key: str | None = None) -> tuple[list[Row], Answer]: ...
    async def priorities(self) -> list[Row]: ...


async def definitions(calls: Calls, scope_id: str, parallel: int) -> list[Record]:
    """Raises NotFound when the account does not see the project."""
    project, answer = await calls.project(scope_id)
    make = _Make(calls, scope_id, answer.asked_at, parallel)
    jobs: list[Job] = [
        partial(make.listed, "fields", "/field"),
        partial(make.listed, "statuses", "/status"),
        partial(make.listed, "link_types", "/issueLinkType", "issueLinkTypes"),
        make.priorities,
        make.boards,
    ]
    found = make.project(project)
    async with aclosing(ordered(parallel, jobs)) as results:
        async for records in results:
            found += records
    return found


class _Make:
    def __init__(self, calls: Calls, scope_id: str, read_at: datetime, parallel: int) -> None:
        self._parallel = parallel
        self._calls = calls
        self._scope_id = scope_id
        self._read_at = read_at

    def _record(self, kind: Kind, name: object, body: Row) -> Record:
        return Record(kind, str(name), self._scope_id, body, self._read_at)

    def project(self, body: Row) -> list[Record]:
        """The project with its components and versions."""
        return [
            self._record("definition", "project", body),
            *(self._record("section", one.get("id"), one) for one in _objects(body, "components")),
            *(self._record("release", one.get("id"), one) for one in _objects(body, "versions")),
        ]

    async def listed(self, name: str, path: str, key: str | None = None) -> list[Record]:
        values, answer = await self._calls.listed(path, key)
        return [Record("definition", name, self._scope_id, {"values": values}, answer.asked_at)]

    async def priorities(self) -> list[Record]:
        """Announced for removal (https://developer.atlassian.com/cloud/jira/platform/changelog/#CHANGE-1655):
        a site that has it no more is read without an order of its priorities."""
        try:
            return [self._record("definition", "priorities", {"values": await self._calls.priorities()})]
        except NotFound as error:
            await self._calls.prove()
            return [self._record("definition", "priorities", {"values": [], "refused": str(error)})]

    async def boards(self) -> list[Record]:
        """The boards that stand in the project, or all that show it if none does; and their sprints."""
        try:
            boards = await self._calls.boards.of(self._scope_id)
        except (NotFound, Unauthorized) as error:  # a site, or an account, without Jira Software
            await self._calls.prove()
            return [self._record("definition", "board", {"values": [], "refused": str(error)})]
        own = [board for board in boards if _stands_in(board, self._scope_id)] or boards
        values, sprints = [], dict[str, Row]()
        jobs = [partial(self._board, board) for board in own]
        async with aclosing(ordered(self._parallel, jobs)) as told:
            async for value, its_sprints in told:
                values.append(value)
                sprints |= {str(sprint.get("id")): sprint for sprint in its_sprints}
        return [
            self._record("definition", "board", {"values": values}),
            *(self._record("iteration", one, sprint) for one, sprint in sprints.items()),
        ]

    async def _board(self, board: Row) -> tuple[Row, Sequence[Row]]:
        """A board may be shown and yet be closed to us: its filter is somebody else's."""
        board_id = str(board.get("id"))
        try:
            configuration = await self._calls.boards.configuration(board_id)
            sprints = [] if board.get("type") == "kanban" else await self._calls.boards.sprints(board_id)
        except (NotFound, Unauthorized) as error:
            await self._calls.prove()
            return {"board": board, "refused": str(error)}, ()
        return {"board": board, "configuration": configuration}, sprints


def _stands_in(board: Row, project_id: str) -> bool:
    location = board.get("location")
    return isinstance(location, dict) and str(location.get("projectId")) == project_id


def _objects(body: Row, key: str) -> list[Row]:
    value = body.get(key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []

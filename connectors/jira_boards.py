"""Boards and sprints: the same Agile API on both editions.

https://developer.atlassian.com/cloud/jira/software/rest/api-group-board/
https://docs.atlassian.com/jira-software/REST/latest/
"""

from __future__ import annotations

import re

from connectors.errors import Unexpected
from connectors.jira_answers import Get, Row, counted, whole

AGILE = "/rest/agile/1.0"
PAGE = 50
_NO_SPRINTS = re.compile(r"does not support sprints", re.IGNORECASE)


class Boards:
    """One connection's calls about boards."""

    def __init__(self, get: Get) -> None:
        self._get = get

    async def of(self, project_id: str) -> list[Row]:
        """The boards that show a project."""
        params = {"projectKeyOrId": project_id}
        return [row async for row in counted(self._get, f"{AGILE}/board", params, PAGE)]

    async def configuration(self, board_id: str) -> Row:
        return whole(await self._get(f"{AGILE}/board/{board_id}/configuration", {}))

    async def sprints(self, board_id: str) -> list[Row]:
        """The sprints of a board; none for a board that has no use for them, which Jira answers with 400."""
        path = f"{AGILE}/board/{board_id}/sprint"
        try:
            return [row async for row in counted(self._get, path, {}, PAGE)]
        except Unexpected as error:
            if _NO_SPRINTS.search(str(error)):
                return []
            raise

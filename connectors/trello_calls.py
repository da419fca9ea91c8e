"""The calls of Trello's REST API that reading needs, and what its refusals mean.

https://developer.atlassian.com/cloud/trello/rest/
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from connectors.errors import NotFound, Unauthorized, Unavailable
from connectors.http import Answer, Clock, Decode, Http, decoded

CARD_FIELDS = (
    "id,idShort,name,desc,closed,idBoard,idList,idMembers,idMemberCreator,idLabels,labels,due,dueComplete,"
    "start,pos,shortLink,shortUrl,url,isTemplate,cardRole,mirrorSourceId,dateLastActivity,dateClosed,"
    "dateCompleted,badges"
)
CARD_PARAMS: Mapping[str, str] = {
    "fields": CARD_FIELDS,
    "customFieldItems": "true",
    "checklists": "all",
    "checklist_fields": "id,name,pos",
    "checkItem_fields": "id,name,state,pos,due,idMember",
}
BOARD_PARAMS: Mapping[str, str | int] = {
    "fields": "id,name,desc,closed,idOrganization,url,shortLink,dateLastActivity,labelNames",
    "lists": "all",
    "list_fields": "id,name,closed,idBoard,pos",
    "labels": "all",
    "labels_limit": 1000,
    "customFields": "true",
    "members": "all",
    "member_fields": "id,fullName,username",
    "memberships": "all",
}
ACTION_TYPES = (
    "createCard,copyCard,emailCard,convertToCardFromCheckItem,updateCard,deleteCard,moveCardToBoard,"
    "moveCardFromBoard,addMemberToCard,removeMemberFromCard,addLabelToCard,removeLabelFromCard,"
    "addChecklistToCard,removeChecklistFromCard,createCheckItem,deleteCheckItem,"
    "updateCheckItemStateOnCard,updateCustomFieldItem"
)
"""Every type that changes a field of an item. Without a filter Trello leaves most of them out."""
NEWS_PARAMS: Mapping[str, str] = {
    "filter": "all",
    "fields": "id,type,date,data,idMemberCreator",
    "memberCreator": "true",
    "memberCreator_fields": "id,fullName,username",
    "member": "false",
}
"""Whatever happened on a board, of types that are not known yet too."""
ACTION_PARAMS: Mapping[str, str] = {**NEWS_PARAMS, "filter": ACTION_TYPES}
BATCH = 10
"""GET requests that one call of /batch may carry."""
FEWEST = 10
"""A page of so few that is still too heavy is no matter of the page size."""
TOO_HEAVY = frozenset({400, 403, 449, 504})
"""What may say that a page is too heavy: API_TOO_MANY_CARDS_REQUESTED, a nested part that failed, a request
that took longer than Trello's 30 seconds."""

_TOO_MANY = re.compile(r"too[ _]many", re.IGNORECASE)
_CREDENTIALS = re.compile(r"invalid (app )?(key|token)|expired token", re.IGNORECASE)
_ID = re.compile(r"[0-9a-f]{24}")
Row = Mapping[str, Any]


class Calls:
    """One connection's calls. Each answers whole objects or raises one of the four errors."""

    def __init__(self, http: Http, clock: Clock) -> None:
        self._http = http
        self._clock = clock
        self._skew: timedelta | None = None

    def now(self) -> datetime | None:
        """Trello's clock, as its last answer told it; None before the first one."""
        return None if self._skew is None else self._clock() + self._skew

    async def me(self) -> Answer:
        """Who the token speaks for. The one question that a working token always gets answered."""
        params = {"fields": "id,username,fullName"}
        answer = await self._asked("/1/members/me", params, budget="members", accept={401})
        if answer.status == 401:
            raise credentials(answer)
        return answer

    async def boards(self) -> list[Row]:
        params = {"filter": "all", "fields": "id,name,closed,shortLink,url,dateLastActivity,idOrganization"}
        answer = await self._asked("/1/members/me/boards", params, budget="members", accept={401})
        if answer.status == 401:
            raise credentials(answer)
        return rows(answer)

    async def board(self, board_id: str) -> tuple[Row, Answer]:
        """The board with its lists, labels, custom fields and people, in one request."""
        answer = await self._get(f"/1/boards/{quote(board_id, safe='')}", BOARD_PARAMS, board_id)
        body = answer.json()
        if not isinstance(body, dict) or not isinstance(body.get("id"), str):
            raise answer.unexpected("something that is not a board")
        return body, answer

    async def lists(self, board_id: str) -> list[Row]:
        path = f"/1/boards/{quote(board_id, safe='')}/lists"
        return rows(await self._get(path, {"filter": "all", "fields": "id,name,closed"}, board_id))

    async def page(
        self, board_id: str, what: str, params: Mapping[str, Any], limit: int, decode: Decode = decoded
    ) -> tuple[list[Row], Answer, int]:
        """One page of ``cards/all`` or ``actions``, newest first but unordered within, and the page size
        that the board bore: a page too heavy for Trello is asked for again in thirds."""
        path = f"/1/boards/{quote(board_id, safe='')}/{what}"
        while limit > FEWEST:
            asked = {**params, "limit": limit}
            answer = await self._get(path, asked, board_id, too_heavy=TOO_HEAVY, decode=decode)
            if answer.status == 200:
                return rows(answer), answer, limit
            limit = max(limit // 3, FEWEST)
        answer = await self._get(path, {**params, "limit": limit}, board_id, decode=decode)
        return rows(answer), answer, limit

    async def cards(self, ids: Sequence[str]) -> tuple[list[tuple[int, Any]], Answer]:
        """(status, body) for each of at most ten cards, in their order."""
        inner = [f"/cards/{quote(one, safe='')}?{urlencode(CARD_PARAMS)}" for one in ids]
        budget = f"batch of {len(ids)}"
        answer = await self._asked("/1/batch", {"urls": ",".join(inner)}, budget=budget, accept={401})
        if answer.status == 401:
            raise credentials(answer)
        entries = rows(answer)
        if len(entries) != len(ids):
            raise answer.unexpected(f"{len(entries)} entries to a batch of {len(ids)}")
        return [self._entry(entry, answer) for entry in entries], answer

    def _entry(self, entry: Row, answer: Answer) -> tuple[int, Any]:
        """A batch entry is ``{"200": body}`` or ``{"name", "message", "statusCode"}``."""
        numbered = next((key for key in entry if key.isdecimal()), None)
        status = int(numbered) if numbered else entry.get("statusCode")
        found = entry[numbered] if numbered else entry.get("message")
        if not isinstance(status, int):
            raise answer.unexpected("a batch entry without a status")
        if status == 429 or status >= 500:
            raise Unavailable(
                f"{answer.call} could not answer one of its entries ({status}); the next run asks again.",
                retry_after=self._clock() + timedelta(seconds=10),
            )
        return status, found

    async def _get(
        self,
        path: str,
        params: Mapping[str, Any],
        board_id: str,
        *,
        too_heavy: Set[int] = frozenset(),
        decode: Decode = decoded,
    ) -> Answer:
        """An answer of 200, or one that says ``too_heavy`` where the caller can ask for less."""
        answer = await self._asked(path, params, accept={401, 403, *too_heavy}, decode=decode)
        if answer.status == 401:
            raise await self._refused(answer, board_id)
        heavy = _TOO_MANY.search(body_text(answer)) is not None
        if answer.status == 403 and heavy and not too_heavy:
            raise Unavailable(
                f"Trello cannot give even {FEWEST} entries of {path} at a time{answer.quoted()}"
            )
        if answer.status == 403 and not heavy:
            raise Unauthorized(
                f"Trello forbids reading board {board_id} (403): an admin of the board or its workspace "
                f"has to let the account of this token in{answer.quoted()}"
            )
        if answer.status == 400 and not heavy:
            raise answer.unexpected("a refusal that we do not know")
        return answer

    async def _asked(
        self,
        path: str,
        params: Mapping[str, Any],
        *,
        budget: str = "default",
        accept: Set[int],
        decode: Decode = decoded,
    ) -> Answer:
        answer = await self._http.get(path, params, budget=budget, accept=accept, decode=decode)
        self._skew = answer.clock_skew if answer.clock_skew is not None else self._skew
        return answer

    async def _refused(self, answer: Answer, board_id: str) -> Unauthorized | NotFound:
        """Trello says 401 both of a dead token and of a board that a good token may not see."""
        if refused_credentials(answer):
            return credentials(answer)
        await self.me()
        return NotFound(
            f"Trello does not let the account of this token see board {board_id} (any more): a board admin "
            f"can add it again, or the board can be taken out of the configuration{answer.quoted()}"
        )


def refused_credentials(answer: Answer) -> bool:
    """Whether a 401 is about who asks, and not about what is asked for."""
    return _CREDENTIALS.search(body_text(answer)) is not None


def credentials(answer: Answer) -> Unauthorized:
    """A 401 that is about who asks, in words that say which of the two credentials to mend."""
    said = body_text(answer)
    if "key" in said.lower():
        return Unauthorized(
            f"Trello does not know the API key of this connection: copy it again from the API Key tab of "
            f"your Power-Up at https://trello.com/power-ups/admin{answer.quoted()}"
        )
    return Unauthorized(
        "Trello does not accept the token of this connection (mistyped, expired or revoked): its owner can "
        f"make a new one beside the API key at https://trello.com/power-ups/admin{answer.quoted()}"
    )


def rows(answer: Answer) -> list[Row]:
    """The answer's list of objects, or Unexpected."""
    body = answer.json()
    if not isinstance(body, list) or not all(isinstance(row, dict) for row in body):
        raise answer.unexpected("something that is not a list of objects")
    return body


def body_text(answer: Answer) -> str:
    return answer.body[:500].decode(errors="replace")


def oldest(page: Sequence[Row], answer: Answer) -> str:
    """The smallest id of a page, from which the next page goes on backwards. Ids begin with the second of
    creation and are unique, so none is lost that was made in the same second.

    An entry without such an id is passed over: its neighbours say where the listing goes on. Raises
    Unexpected where no entry has one: such a listing would never be whole.
    """
    ids = [one for row in page if (one := _checked(row.get("id"))) is not None]
    if not ids:
        raise answer.unexpected("a page without any 24-digit id")
    return min(ids)


def _checked(id: object) -> str | None:
    """An id as text that compares as its number does: 24 lower-case hex digits."""
    return id if isinstance(id, str) and _ID.fullmatch(id) else None

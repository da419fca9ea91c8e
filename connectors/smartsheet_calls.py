"""The calls of Smartsheet's REST API that reading needs, and what its refusals mean.

https://developers.smartsheet.com/api/smartsheet/openapi
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote

from connectors.errors import NotFound, TrackerError, Unauthorized, Unavailable
from connectors.http import Answer, Clock, Decode, Http, Params, decoded, pages
from connectors.smartsheet_settings import region

Row = Mapping[str, Any]
Sheet = tuple[Row, Answer]

SHEET_PARAMS: Mapping[str, str | int] = {
    "level": 2,
    "include": "objectValue,writerInfo,ownerInfo,rowPermalink",
    "exclude": "nonexistentCells,linkInFromCellDetails,linksOutToCellsDetails",
}
"""Without level 2 multi-contact and multi-picklist columns come as plain text:
https://developers.smartsheet.com/api/smartsheet/guides/advanced-topics/complex-column-types-and-compatibility"""
CENSUS_PARAMS: Mapping[str, str | int] = {**SHEET_PARAMS, "include": "objectValue"}

MAINTENANCE, SLOW, TOO_MANY, COLLISION = 4001, 4002, 4003, 4004
PASSING: Mapping[int, timedelta] = {
    MAINTENANCE: timedelta(minutes=5),
    SLOW: timedelta(seconds=10),
    TOO_MANY: timedelta(seconds=60),
    COLLISION: timedelta(seconds=10),
}
"""Codes of what passes by itself, under whatever status they come, and when to come back."""
PLAN = 1013
SHEET_DISABLED = 1288
_JUDGED_HERE = frozenset({400, 401, 403, 404, 405, 410})


class Calls:
    """One connection's calls. Each answers whole objects or raises one of the four errors."""

    def __init__(self, http: Http, clock: Clock, base_url: str) -> None:
        self._http = http
        self._clock = clock
        self._region = region(base_url)
        self._skew: timedelta | None = None
        self._sheet_of: Decode = decoded

    def shortened(self, sheet: Decode) -> Calls:
        """The same calls within the same limits; what :meth:`sheet` is answered is read so."""
        calls = copy(self)
        calls._sheet_of = sheet
        return calls

    def now(self) -> datetime | None:
        """Smartsheet's clock, as its last answer told it; None before the first one."""
        return None if self._skew is None else self._clock() + self._skew

    async def server_info(self) -> Answer:
        """The one call that needs no token."""
        return await self._get("/serverinfo", {}, "the server information")

    async def me(self) -> tuple[Row, Answer]:
        answer = await self._get("/users/me", {}, "the account of the token")
        return with_id(answer), answer

    async def version(self, sheet_id: str) -> int:
        answer = await self._get(f"/sheets/{sheet_id}/version", {}, f"sheet {sheet_id}")
        found = _object(answer).get("version")
        if not isinstance(found, int):
            raise answer.unexpected("something that is not the version of a sheet")
        return found

    async def sheet(self, sheet_id: str, params: Params) -> Sheet:
        what = f"sheet {sheet_id}"
        return _sheet(await self._get(f"/sheets/{sheet_id}", params, what, decode=self._sheet_of))

    async def sheet_after(self, sheet_id: str, params: Params, version: int) -> Sheet | int:
        """The sheet, or nothing but its version where that is not after ``version``.

        https://developers.smartsheet.com/api/smartsheet/openapi/sheets/getsheet : ifVersionAfter
        """
        asked = {**params, "ifVersionAfter": version}
        answer = await self._get(f"/sheets/{sheet_id}", asked, f"sheet {sheet_id}")
        told = _object(answer)
        if "columns" not in told and isinstance(told.get("version"), int):
            return int(told["version"])
        return _sheet(answer)

    async def summary(self, sheet_id: str) -> tuple[Row, Answer]:
        answer = await self._get(f"/sheets/{sheet_id}/summary", {}, f"the summary of sheet {sheet_id}")
        body = _object(answer)
        if not isinstance(body.get("fields", []), list):
            raise answer.unexpected("a sheet summary whose fields are no list")
        return body, answer

    async def shares(self, sheet_id: str, size: int) -> list[Row]:
        """Who may see the sheet; none where the account may not ask (viewers are refused). Only the absence
        of ``lastKey`` is the end: a page may be short or empty.

        https://developers.smartsheet.com/api/smartsheet/openapi/sharing/list-asset-shares
        https://developers.smartsheet.com/api/smartsheet/guides/basics/pagination
        """
        found: list[Row] = []
        what = f"the shares of sheet {sheet_id}"
        params: Params = {"assetType": "sheet", "assetId": sheet_id, "maxItems": size}

        async def fetch(key: str | None) -> tuple[list[Row], str | None]:
            answer = await self._get("/shares", {**params, "lastKey": key}, what)
            body = _object(answer)
            following = body.get("lastKey")
            if following is not None and not isinstance(following, str):
                raise answer.unexpected("a lastKey that is no text")
            return objects(body.get("items"), answer), following or None

        try:
            async for page, _ in pages(fetch, what=what):
                found += page
        except (NotFound, Forbidden):  # a token that died is neither, and is raised
            return []
        return found

    async def sheets(self, page: int, size: int) -> tuple[list[Row], Row, Answer]:
        answer = await self._get("/sheets", {"page": page, "pageSize": size}, "the list of sheets")
        return rows(answer), _object(answer), answer

    async def history(self, path: str, page: int) -> tuple[list[Row], Row, Answer]:
        """One page of a cell's values, the newest first. Counts as ten requests."""
        params: Params = {"page": page, "pageSize": 100, "level": 2, "include": "objectValue"}
        answer = await self._get(path, params, "the history of a cell", budget="history")
        return rows(answer), _object(answer), answer

    async def webhook(self, id: str) -> Row | None:
        """None where the account has no such webhook."""
        try:
            return with_id(await self._get(f"/webhooks/{quote(id, safe='')}", {}, f"webhook {id}"))
        except NotFound:
            return None

    async def webhooks(self, page: int, size: int) -> tuple[list[Row], Answer]:
        answer = await self._get("/webhooks", {"page": page, "pageSize": size}, "the webhooks of the account")
        return rows(answer), answer

    async def change(
        self, method: Literal["POST", "PUT", "DELETE"], id: str, given: Row | None = None
    ) -> Answer:
        """Makes, switches on or removes a webhook of ours; also a refusal that is about the webhook."""
        path = f"/webhooks/{quote(id, safe='')}" if id else "/webhooks"
        answer = await self._http.write(method, path, given, accept=_JUDGED_HERE)
        if answer.status == 401 or _code(answer) in PASSING:
            raise self._refusal(answer, "its webhooks")
        return answer

    async def _get(
        self, path: str, params: Params, what: str, *, budget: str = "default", decode: Decode = decoded
    ) -> Answer:
        answer = await self._http.get(path, params, budget=budget, accept=_JUDGED_HERE, decode=decode)
        self._skew = answer.clock_skew if answer.clock_skew is not None else self._skew
        if answer.status in _JUDGED_HERE:
            raise self._refusal(answer, what)
        return answer

    def _refusal(self, answer: Answer, what: str) -> TrackerError:
        """The code says more than the status.

        https://www.smartsheet.com/rate-limits-retry-logic-and-error-handling-with-smartsheet-api
        """
        code = _code(answer)
        if answer.is_html and answer.status != 401 and answer.status != 403:
            return answer.unexpected(
                "an HTML page where JSON was expected; the base URL of this connection is probably not "
                "that of Smartsheet's API"
            )
        if code is not None and code in PASSING:
            return Unavailable(
                f"{answer.call} is not available ({code}){answer.quoted()}",
                retry_after=self._clock() + PASSING[code],
            )
        if answer.status == 401:
            return self._credentials(code, answer)
        if answer.status == 403:
            return _forbidden(code, what, answer)
        if answer.status in {404, 410}:
            return NotFound(
                f"Smartsheet does not show {what} to the account of this token ({answer.status}): it "
                "was deleted, or its owner has to share it (again); Smartsheet does not say which"
                f"{answer.quoted()}"
            )
        return answer.unexpected("a refusal that we do not know")

    def _credentials(self, code: int | None, answer: Answer) -> Unauthorized:
        why = {1001: "got no token", 1003: "says that the token of this connection has expired"}.get(
            code or 0, "does not know the token of this connection: mistyped, revoked, or of another region"
        )
        return Unauthorized(
            f"Smartsheet in {self._region} {why}. A token is valid only in the region where it was made, so "
            "check base_url (api.smartsheet.com, .eu, .au or api.smartsheetgov.com); its owner makes a new "
            f"token under Account > Personal Settings > API Access{answer.quoted()}"
        )


class Forbidden(Unauthorized):
    """A good token that may not do this one thing."""


def _forbidden(code: int | None, what: str, answer: Answer) -> Unauthorized:
    if code == PLAN:
        return Forbidden(
            f"The Smartsheet plan of this account does not include reading {what} (1013): the API needs a "
            f"Business or Enterprise plan, which a system admin of the account can see to{answer.quoted()}"
        )
    if code == SHEET_DISABLED:
        return Forbidden(f"An administrator of Smartsheet has disabled {what} (1288){answer.quoted()}")
    return Forbidden(
        f"Smartsheet does not let the account of this token read {what} ({code or answer.status}): its owner "
        f"or an admin of it has to share it with that account{answer.quoted()}"
    )


def with_id(answer: Answer) -> Row:
    """The answer's object, which has a whole number for an id. Raises Unexpected."""
    body = _object(answer)
    if whole(body.get("id")) is None:
        raise answer.unexpected("an object without an id")
    return body


def _sheet(answer: Answer) -> Sheet:
    body = with_id(answer)
    if not isinstance(body.get("columns"), list):
        raise answer.unexpected("a sheet without columns")
    return body, answer


def rows(answer: Answer) -> list[Row]:
    """The objects under ``data``. Raises Unexpected."""
    return objects(_object(answer).get("data"), answer)


def objects(value: object, answer: Answer) -> list[Row]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise answer.unexpected("something that is not a list of objects")
    return value


def whole(value: object) -> str | None:
    """An id as text. Ids go beyond 2^53: a fraction in one means that digits were lost on the way."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def ids(found: Sequence[Row], answer: Answer) -> list[str]:
    """Raises Unexpected where one has no id: such a listing could not be checked."""
    known = [whole(one.get("id")) for one in found]
    if None in known:
        raise answer.unexpected("an entry whose id is not a whole number")
    return [one for one in known if one is not None]


def _object(answer: Answer) -> Row:
    body = answer.json()
    if not isinstance(body, dict):
        raise answer.unexpected("something that is not an object")
    return body


def _code(answer: Answer) -> int | None:
    """The ``errorCode`` of a refusal; None where its body is no JSON (the edge answers in HTML)."""
    try:
        body = answer.json()
    except TrackerError:
        return None
    code = body.get("errorCode") if isinstance(body, dict) else None
    return code if isinstance(code, int) else None

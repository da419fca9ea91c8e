"""The calls of Asana's REST API that reading needs, and what its refusals mean.

https://developers.asana.com/reference/rest-api-reference
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote

from connectors.errors import NotFound, Unauthorized, Unavailable, Unexpected
from connectors.http import Answer, Clock, Decode, Http, Params, decoded, pages

Row = Mapping[str, Any]
BATCH = 10
"""Actions that one call of /batch may carry. https://developers.asana.com/reference/batch-api"""
IN_FLIGHT = 50
"""Reads that Asana takes at a time from one token. https://developers.asana.com/docs/rate-limits"""
FEWEST = 10
"""A page of so few that is still too heavy is no matter of the page size."""
STARTS = 5
REFUSED = frozenset({402, 403, 404})
"""What may say that a plan or a token is without a feature."""

_EXPIRED = re.compile(r"offset|pagination token", re.IGNORECASE)
_TRUNCATED = re.compile(r"truncat", re.IGNORECASE)
_TOO_LARGE = re.compile(r"too large|use pagination", re.IGNORECASE)


class Truncated(Unexpected):
    """The listing is longer than Asana gives, however it is cut into pages."""


class TooHeavy(Unavailable):
    """The listing takes Asana too long, even in the smallest pages."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A thing as Asana sent it, and when the request that read it began."""

    body: Row
    at: datetime

    @property
    def gid(self) -> str:
        return str(self.body["gid"])


@dataclass(frozen=True, slots=True)
class Lack:
    """A feature that this plan or this token is without."""

    status: int
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How one listing is asked for. ``paged`` is False where Asana takes no page size; ``single`` where the
    path names one object, which is a listing of itself."""

    path: str
    fields: Sequence[str] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    paged: bool = True
    single: bool = False

    def action(self, size: int, offset: str | None) -> Row:
        """As one of the actions of a batch."""
        options: dict[str, Any] = {"fields": list(self.fields)} if self.fields else {}
        options |= {"limit": size} if self.paged and not self.single else {}
        options |= {"offset": offset} if offset is not None else {}
        return {"method": "get", "relative_path": self.path, "data": dict(self.params), "options": options}


class _StartAnewError(Exception):
    """A listing cannot go on from this page; a new one can. ``limit`` is the page size to try."""

    def __init__(self, why: str, limit: int) -> None:
        super().__init__(why)
        self.limit = limit


class _RefusedError(Exception):
    def __init__(self, lack: Lack) -> None:
        super().__init__(lack.said)
        self.lack = lack


class Calls:
    """One connection's calls. Each answers whole objects or raises one of the four errors."""

    def __init__(self, http: Http, clock: Clock, page_size: int, parallel: int) -> None:
        self._http = http
        self._clock = clock
        self.page_size = page_size
        self.parallel = parallel
        self.batches = (IN_FLIGHT - parallel) // BATCH
        """Each action of a batch is a request in flight."""
        self._gate = asyncio.Semaphore(parallel)
        self._batching = asyncio.Semaphore(self.batches)
        self._page_of: Decode = decoded
        self._batch_of: Decode = decoded

    def now(self) -> datetime:
        return self._clock()

    def shortened(self, page: Decode, batch: Decode) -> Calls:
        """The same calls within the same limits; what listings answer, alone and in a batch, is read so."""
        calls = copy(self)
        calls._page_of, calls._batch_of = page, batch
        return calls

    async def one(self, path: str, fields: Sequence[str]) -> tuple[Row, Answer]:
        async with self._gate:
            answer = await self._http.get(path, {"opt_fields": ",".join(fields)}, accept={403})
        if answer.status == 403:
            raise hidden(answer)
        data = data_of(answer.json(), answer)
        if not isinstance(data, dict) or not isinstance(data.get("gid"), str):
            raise answer.unexpected("something that is not one object")
        return data, answer

    async def listing(self, path: str, fields: Sequence[str] = (), **params: str | None) -> list[Seen]:
        """The whole listing, read page after page without a pause: an offset expires. A listing whose
        offset expired all the same, or whose pages are too heavy, is read anew from its beginning."""
        return await self._whole(path, {"opt_fields": ",".join(fields) or None, **params}, frozenset())

    async def optional(
        self, path: str, fields: Sequence[str] = (), **params: str | None
    ) -> list[Seen] | Lack:
        """A listing of what not every plan has."""
        try:
            return await self._whole(path, {"opt_fields": ",".join(fields) or None, **params}, REFUSED)
        except _RefusedError as refused:
            return refused.lack

    async def _whole(self, path: str, params: Params, refusable: Collection[int]) -> list[Seen]:
        limit, why = self.page_size, ""
        for _ in range(STARTS):
            try:
                return await self._drain(path, {"limit": limit, **params}, refusable)
            except _StartAnewError as anew:
                limit, why = anew.limit, str(anew)
            except Unavailable as error:
                if limit == self.page_size:
                    raise
                raise TooHeavy(str(error), retry_after=error.retry_after) from error
        raise TooHeavy(
            f"Asana let the listing {path} begin {STARTS} times and reach its end none ({why}); the next "
            "run tries again.",
            retry_after=self._clock() + timedelta(minutes=1),
        )

    async def _drain(self, path: str, params: Params, refusable: Collection[int]) -> list[Seen]:
        async def fetch(offset: str | None) -> tuple[list[Seen], str | None]:
            answer = await self._page(path, {**params, "offset": offset}, refusable)
            return rows_of(answer.json(), answer), following(answer.json(), answer)

        found: dict[str, Seen] = {}
        async for page, _ in pages(fetch, what=path):
            found |= {one.gid: one for one in page}  # a row that moved meanwhile may come twice
        return list(found.values())

    async def _page(self, path: str, params: Params, refusable: Collection[int]) -> Answer:
        limit = params["limit"]
        smaller = max(limit // 3, FEWEST) if isinstance(limit, int) and limit > FEWEST else None
        accept = {400, 403, *refusable, *({504} if smaller else ())}
        async with self._gate:
            answer = await self._http.get(path, params, accept=accept, decode=self._page_of)
        if answer.status == 200:
            return answer
        if answer.status in refusable:
            raise _RefusedError(Lack(answer.status, message(answer)))
        if answer.status == 403:
            raise hidden(answer)
        raise self._refusal(answer, params, smaller)

    def _refusal(self, answer: Answer, params: Params, smaller: int | None) -> Exception:
        why, limit = message(answer), params["limit"]
        if _TRUNCATED.search(why):
            return Truncated(f"{answer.call} cuts the listing off{answer.quoted()}")
        if smaller and (answer.status == 504 or _TOO_LARGE.search(why)):
            return _StartAnewError("its pages were too heavy", smaller)
        if answer.status == 400 and params["offset"] is not None and _EXPIRED.search(why):
            return _StartAnewError("its offset expired", limit if isinstance(limit, int) else FEWEST)
        return answer.unexpected("a refusal that we do not know")

    async def refusable(self, path: str, params: Params, accept: Collection[int]) -> Answer:
        """The answer as it is, also where its status is one of ``accept``."""
        async with self._gate:
            return await self._http.get(path, params, accept=accept)

    async def change(
        self,
        method: Literal["POST", "DELETE"],
        path: str,
        body: Row | None = None,
        *,
        accept: Collection[int],
    ) -> Answer:
        """Makes or removes a webhook of ours; also a refusal whose status is one of ``accept``."""
        async with self._gate:
            return await self._http.write(method, path, body, accept=accept)

    async def batch(self, actions: Sequence[Row]) -> tuple[list[tuple[int, Any]], Answer]:
        """(status, body) for each of at most ten actions, in their order."""
        async with self._batching:
            answer = await self._http.query(
                "/batch",
                {"data": {"actions": list(actions)}},
                budget=f"batch{len(actions)}",
                decode=self._batch_of,
            )
        entries = data_of(answer.json(), answer)
        if not isinstance(entries, list) or len(entries) != len(actions):
            raise answer.unexpected(f"no list of {len(actions)} results")
        return [_entry(entry, answer) for entry in entries], answer

    def failed(self, answer: Answer, status: int) -> Unavailable:
        """The error for an action that failed in a way that passes."""
        return Unavailable(
            f"{answer.call} could not answer one of its actions ({status}); the next run asks again.",
            retry_after=self._clock() + timedelta(seconds=30),
        )


def _entry(entry: object, answer: Answer) -> tuple[int, Any]:
    status = entry.get("status_code") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(status, int):
        raise answer.unexpected("a result without a status")
    if status == 401:
        raise Unauthorized(f"{answer.call} does not accept the token of this connection (401).")
    return status, entry.get("body")


def at(template: str, gid: str) -> str:
    """The path of one object; an id that is none of Asana's stays one segment."""
    return template.format(quote(gid, safe=""))


def hidden(answer: Answer) -> NotFound:
    """Asana says 401 of a bad token, so a 403 is about the thing: a project that was made private, say."""
    return NotFound(
        f"{answer.call} is kept from the account of this connection (403): a member can share it with the "
        "account, a token with scopes may lack the one for it, or the project can be taken out of the "
        f"configuration{answer.quoted()}"
    )


def message(answer: Answer) -> str:
    """What Asana says was wrong; nothing where it says it in no way that it documents."""
    if answer.is_html:
        return ""
    try:
        return said(answer.json())
    except Unexpected:
        return ""


def said(body: object) -> str:
    """The messages of a refusal's body."""
    errors = body.get("errors") if isinstance(body, dict) else None
    told = [one.get("message") for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []
    return "; ".join(str(one) for one in told if one)


def data_of(body: object, answer: Answer) -> Any:
    if not isinstance(body, dict) or "data" not in body:
        raise answer.unexpected("something without data")
    return body["data"]


def rows_of(body: object, answer: Answer) -> list[Seen]:
    data = data_of(body, answer)
    if not isinstance(data, list) or not all(
        isinstance(row, dict) and isinstance(row.get("gid"), str) for row in data
    ):
        raise answer.unexpected("something that is not a list of objects with gids")
    return [Seen(row, answer.asked_at) for row in data]


def following(body: Any, answer: Answer) -> str | None:
    """Only the offset is followed: the ``path`` and ``uri`` beside it have been wrong."""
    page = body.get("next_page")
    if page is None:
        return None
    offset = page.get("offset") if isinstance(page, dict) else None
    if not isinstance(offset, str) or not offset:
        raise answer.unexpected("a page that does not say how the next one is asked for")
    return offset

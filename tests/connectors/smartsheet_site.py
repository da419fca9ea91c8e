"""A small Smartsheet on loopback, and the connector over it. Answers as the vendor's pages say, no more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.base import Connector, Page, ScopeRecord
from connectors.smartsheet import connect
from connectors.smartsheet_settings import SmartsheetSettings
from tests.faketime import FakeTime

TOKEN = "JKlMNOpQ12RStUVwxYZAbcde3F5g6hijklM789"
SHEET = 4583173393803140
SCOPE = ScopeRecord(id=str(SHEET), kind="sheet", name="Rollout", url="https://app.smartsheet.com/sheets/x")
Body = Mapping[str, Any]
Fault = Callable[[Request], Response | None]
COLUMNS = (
    {"id": 1, "index": 0, "title": "Task Name", "type": "TEXT_NUMBER", "primary": True},
    {"id": 2, "index": 1, "title": "Status", "type": "PICKLIST", "options": ["Not Started", "Complete"]},
    {"id": 3, "index": 2, "title": "Notes", "type": "TEXT_NUMBER"},
)


def refusal(status: int, code: int, message: str, **headers: str) -> JSONResponse:
    return JSONResponse(
        {"refId": "r1", "errorCode": code, "message": message}, status_code=status, headers=headers
    )


def row(id: int, number: int = 1, status: str = "Not Started", **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "rowNumber": number,
        "expanded": True,
        "createdAt": "2026-02-01T09:00:00Z",
        "modifiedAt": "2026-02-02T09:00:00Z",
        "cells": [
            {"columnId": 1, "value": f"Row {id}", "displayValue": f"Row {id}"},
            {"columnId": 2, "value": status, "displayValue": status},
            {"columnId": 3, "value": f"about {id}", "displayValue": f"about {id}"},
        ],
        **more,
    }


def sheet(rows: Sequence[Body] = (), id: int = SHEET, **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "name": "Rollout",
        "version": 7,
        "permalink": "https://app.smartsheet.com/sheets/x",
        "columns": list(COLUMNS),
        "rows": list(rows),
        **more,
    }


@dataclass
class Site:
    """``totals`` False: the list of sheets tells -1 for every total. ``keyed`` are the pages of each listing
    by token, by path. ``fault`` may answer in place of the site."""

    sheets: dict[int, dict[str, Any]] = field(default_factory=dict)
    listed: Sequence[int] | None = None
    totals: bool = True
    keyed: dict[str, Sequence[Sequence[Body]]] = field(default_factory=dict)
    summaries: dict[int, Sequence[Body]] = field(default_factory=dict)
    history: dict[str, Sequence[Body]] = field(default_factory=dict)
    most_rows: int = 20_000
    modified: str = "2026-02-02T09:00:00Z"
    fault: Fault | None = None
    seen: list[str] = field(default_factory=list)

    def app(self) -> Starlette:
        gets: Mapping[str, Callable[[Request], Response]] = {
            "/serverinfo": lambda _: JSONResponse({"supportedLocales": ["en_US"]}),
            "/users/me": self._me,
            "/sheets": self._list,
            "/sheets/{id:int}": self._sheet,
            "/sheets/{id:int}/version": self._version,
            "/sheets/{id:int}/summary": self._summary,
            "/sheets/{id:int}/rows/{row:int}/columns/{column:int}/history": self._history,
            "/shares": self._keyed,
        }
        return Starlette(routes=[Route(f"/2.0{path}", self._door(inner)) for path, inner in gets.items()])

    def _door(self, inner: Callable[[Request], Response]) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            self.seen.append(f"{request.url.path.removeprefix('/2.0')}?{request.url.query}")
            if self.fault is not None and (planned := self.fault(request)) is not None:
                return planned
            open_to_all = request.url.path.endswith("/serverinfo")
            if not open_to_all and request.headers.get("authorization") != f"Bearer {TOKEN}":
                return refusal(401, 1002, "Your Access Token is invalid.")
            return inner(request)

        return answer

    def _me(self, _: Request) -> Response:
        return JSONResponse(
            {"id": 48569348493401200, "email": "Ann@northlight.example", "firstName": "Ann",
             "lastName": "Lee", "locale": "en_US", "timeZone": "US/Pacific"}
        )  # fmt: skip

    def _list(self, request: Request) -> Response:
        size, page = int(request.query_params["pageSize"]), int(request.query_params["page"])
        ids = list(self.sheets) if self.listed is None else list(self.listed)
        part = ids[(page - 1) * size : page * size]
        data = [
            {"id": id, "name": f"Sheet {id}", "accessLevel": "VIEWER", "modifiedAt": self.modified}
            for id in part
        ]
        total = len(ids) if self.totals else -1
        return JSONResponse({"pageNumber": page, "totalPages": -1, "totalCount": total, "data": data})

    def _keyed(self, request: Request) -> Response:
        path = request.url.path.removeprefix("/2.0")
        pages = self.keyed.get(path, [[]])
        at = int(request.query_params.get("lastKey", "k0").removeprefix("k"))
        key = {"lastKey": f"k{at + 1}"} if at + 1 < len(pages) else {}
        return JSONResponse({"items": pages[at], **key})

    def _sheet(self, request: Request) -> Response:
        found = self.sheets.get(request.path_params["id"])
        if found is None:
            return refusal(404, 1006, "Not Found")
        ask = request.query_params
        if "ifVersionAfter" in ask and int(ask["ifVersionAfter"]) >= found["version"]:
            return JSONResponse({"version": found["version"]})
        rows = found["rows"]
        total = len(rows)
        if "rowIds" in ask:
            rows = [one for one in rows if str(one["id"]) in ask["rowIds"].split(",")]
        size, page = min(int(ask["pageSize"]), self.most_rows), int(ask["page"])
        return JSONResponse({"totalRowCount": total, **found, "rows": rows[(page - 1) * size : page * size]})

    def _version(self, request: Request) -> Response:
        found = self.sheets.get(request.path_params["id"])
        return JSONResponse({"version": found["version"]}) if found else refusal(404, 1006, "Not Found")

    def _summary(self, request: Request) -> Response:
        return JSONResponse({"fields": self.summaries.get(request.path_params["id"], [])})

    def _history(self, request: Request) -> Response:
        asked = request.path_params
        values = self.history.get(f"{asked['row']}:{asked['column']}", [])
        size, page = 2, int(request.query_params["page"])
        part = values[(page - 1) * size : page * size]
        return JSONResponse({"pageNumber": page, "totalCount": len(values), "data": part})


@asynccontextmanager
async def connector(
    base: str,
    time: FakeTime | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    **settings: Any,
) -> AsyncIterator[Connector]:
    given = {"token": TOKEN, "base_url": f"{base}/2.0", "rate_share": 1, **settings}
    made = connect(SmartsheetSettings.model_validate(given), (time or FakeTime()).timing, transport=transport)
    try:
        yield made
    finally:
        await made.aclose()


async def read(base: str, scope: ScopeRecord = SCOPE, **given: Any) -> list[Page]:
    resume, since = given.pop("resume", None), given.pop("since", None)
    async with connector(base, **given) as made:
        return [page async for page in made.read(scope, since=since, resume=resume)]


def ids(pages: Sequence[Page], kind: str = "item") -> list[str]:
    return [record.id for page in pages for record in page.records if record.kind == kind]


def run(base: str, **given: Any) -> list[Page]:
    return asyncio.run(read(base, **given))

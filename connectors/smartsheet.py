"""Smartsheet: the connector over :mod:`connectors.smartsheet_calls`. A scope is a sheet, an item a row."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta

import httpx

from connectors.base import (
    Absence,
    Capabilities,
    Connector,
    Fingerprint,
    Identity,
    JsonObject,
    Page,
    Permission,
    Record,
    ScopeRecord,
)
from connectors.errors import NotFound
from connectors.http import Budget, Budgets, Http, HttpOptions, Limiter, OnWait, Target, Timing
from connectors.smartsheet_calls import CENSUS_PARAMS, SHEET_PARAMS, Calls, Forbidden, Row, whole
from connectors.smartsheet_capabilities import CAPABILITIES
from connectors.smartsheet_history import cell_history
from connectors.smartsheet_listing import listed_scopes
from connectors.smartsheet_reading import (
    Cursor,
    around,
    asked_row,
    cheap_columns,
    definitions,
    fingerprint,
    history_columns,
    items,
    resumed,
    row_id,
    since_version,
)
from connectors.smartsheet_settings import SmartsheetSettings, region, site
from connectors.smartsheet_snapshot import Snapshot, snapshot

MINUTE = timedelta(seconds=60)
REQUESTS_A_MINUTE = 300
"""Per token: https://developers.smartsheet.com/api/smartsheet/guides/advanced-topics/scalability-options"""
WEIGHT_OF_HISTORY = 10
"""Reading the history of a cell counts as ten requests (the same page)."""
MOST_NAMED_COLUMNS = 100
"""More ids than this make a URL too long; then all columns are read."""
MOST_HANDED_OVER = 500


def connect(
    settings: SmartsheetSettings,
    timing: Timing,
    transport: httpx.AsyncBaseTransport | None = None,
    on_wait: OnWait | None = None,
    budgets: Budgets | None = None,
) -> Connector:
    """A connector that has asked Smartsheet nothing yet. Close it with ``aclose``."""
    token = settings.token.get_secret_value()
    http = Http(
        Target(base_url=settings.base_url, headers={"authorization": f"Bearer {token}"}, secrets=(token,)),
        _limits(settings.rate_share, token, budgets or Budgets(timing.clock)),
        timing,
        HttpOptions(on_wait=on_wait, transport=transport),
    )
    return SmartsheetConnector(settings, http, Calls(http, timing.clock, settings.base_url))


def _limits(share: float, token: str, budgets: Budgets) -> Mapping[str, Sequence[Limiter]]:
    """A 429 (4003) names no time: at the end of the minute the budget is whole again."""
    least = WEIGHT_OF_HISTORY
    budget = Budget("Smartsheet token", max(least, int(REQUESTS_A_MINUTE * share)), MINUTE)
    limiter = budgets.limiter(budget, token)
    return {"default": [limiter], "history": [limiter] * WEIGHT_OF_HISTORY}


class SmartsheetConnector:
    """Reads the sheets of one account. Never writes."""

    def __init__(self, settings: SmartsheetSettings, http: Http, calls: Calls) -> None:
        self._settings = settings
        self._http = http
        self._calls = calls

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def check(self) -> Identity:
        """The server information needs no token: where it answers and the account does not, the address is
        right and the token is not."""
        await self._calls.server_info()
        body, answer = await self._calls.me()
        names = [str(body[key]) for key in ("firstName", "lastName") if body.get(key)]
        email = body.get("email")
        if not isinstance(email, str) or not email:
            raise answer.unexpected("an account without an e-mail address")
        zone = body.get("timeZone")
        return Identity(
            system="smartsheet",
            site=site(self._settings.base_url),
            account_id=email.lower(),
            account_name=" ".join(names) or email,
            edition=region(self._settings.base_url),
            time_zone=zone if isinstance(zone, str) else None,
            clock_skew=answer.clock_skew,
            permissions=(
                Permission(
                    name="read sheets",
                    held=True,
                    mend=f"the owner of each sheet or workspace shares it with {email} as a viewer",
                ),
            ),
        )

    def scopes(self) -> AsyncIterator[ScopeRecord]:
        """Every sheet that is shared with the account, by itself or with its workspace."""
        return listed_scopes(self._calls, self._settings.listing_size)

    async def read(
        self, scope: ScopeRecord, since: JsonObject | None = None, resume: JsonObject | None = None
    ) -> AsyncIterator[Page]:
        """The sheet is read whole at one version before anything of it is handed over. With ``since`` a
        sheet of the same version brings its definitions alone: Smartsheet cannot be asked for deleted rows,
        so a sheet that changed is read whole. A resumed reading begins anew if the version moved on."""
        at, known = resumed(resume), since_version(since)
        if at is None and known is not None and await self._calls.version(scope.id) == known:
            yield await self._unchanged(scope.id, known)
            return
        sheet = await snapshot(self._calls, scope.id, SHEET_PARAMS, self._settings.page_size)
        if at is None or at.version != sheet.version:
            at = Cursor(version=sheet.version)
        summary, shares = await self._beside(scope.id, sheet)
        yield Page(
            records=[
                *definitions(scope.id, sheet, summary, shares),
                *around(scope.id, sheet, summary, shares),
            ],
            resume=at.token(),
            expected=len(sheet.rows),
        )
        async for page in self._rows(scope.id, sheet, at):
            yield page
        async for page in self._history(scope.id, sheet, at):
            yield page
        yield Page(records=(), next_since={"version": sheet.version})

    async def _unchanged(self, sheet_id: str, version: int) -> Page:
        body, answer = await self._calls.sheet(sheet_id, {**SHEET_PARAMS, "page": 1, "pageSize": 1})
        told = {key: value for key, value in body.items() if key != "rows"}
        return Page(
            records=[Record("definition", "sheet", sheet_id, told, answer.asked_at)],
            next_since={"version": version},
        )

    async def _beside(self, sheet_id: str, sheet: Snapshot) -> tuple[Row, Sequence[Row]]:
        """The summary and the people with access."""
        summary: Row = {}
        if sheet.body.get("hasSummaryFields") is not False:
            summary = await self._calls.summary(sheet_id)
        return summary, await self._calls.shares(sheet_id, max(self._settings.listing_size, 100))

    async def _rows(self, sheet_id: str, sheet: Snapshot, start: Cursor) -> AsyncIterator[Page]:
        size = min(self._settings.page_size, MOST_HANDED_OVER)
        for begin in range(start.rows, len(sheet.rows), size):
            part = sheet.rows[begin : begin + size]
            yield Page(
                records=items(sheet_id, part, sheet.read_at),
                resume=Cursor(version=sheet.version, rows=begin + len(part)).token(),
                expected=len(sheet.rows),
            )

    async def _history(self, sheet_id: str, sheet: Snapshot, start: Cursor) -> AsyncIterator[Page]:
        if not self._settings.history:
            return
        columns = history_columns(sheet.body)
        for number, row in enumerate(sheet.rows[start.told :], start.told + 1):
            yield Page(
                records=await self._told(sheet_id, str(row["id"]), columns),
                resume=Cursor(version=sheet.version, rows=len(sheet.rows), told=number).token(),
            )

    async def _told(self, sheet_id: str, row: str, columns: Sequence[str]) -> Sequence[Record]:
        """Nothing of a row, or a cell, that went since the sheet was read: the next reading tells of that.
        Raises NotFound where the sheet itself is out of reach."""
        try:
            return await cell_history(self._calls, sheet_id, row, columns)
        except NotFound:
            await self._calls.version(sheet_id)
            return ()

    async def fetch(self, scope: ScopeRecord, ids: Sequence[str]) -> AsyncIterator[Record | Absence]:
        """Rows by id, many in a request. Smartsheet leaves out what is not there and never says why."""
        asked = list(dict.fromkeys(row for id in ids if (row := asked_row(scope.id, id)) is not None))
        size = self._settings.fetch_batch
        found: dict[str, Record] = {}
        try:
            if ids and not asked:
                await self._calls.version(scope.id)
            for begin in range(0, len(asked), size):
                found |= await self._named(scope.id, asked[begin : begin + size])
        except (NotFound, Forbidden) as error:
            for id in ids:
                yield Absence(id=id, reason="forbidden", evidence=str(error))
            return
        for id in ids:
            yield found.get(id) or Absence(id=id, reason="not_found", evidence=_missing(scope.id, id))

    async def _named(self, sheet_id: str, asked: Sequence[str]) -> dict[str, Record]:
        """Should one row that is not there spoil the whole call, it is found by halving. Raises NotFound
        where the sheet itself is out of reach."""
        params = {**SHEET_PARAMS, "rowIds": ",".join(asked), "page": 1, "pageSize": len(asked)}
        try:
            body, answer = await self._calls.sheet(sheet_id, params)
        except NotFound:
            await self._calls.version(sheet_id)
            if len(asked) == 1:
                return {}
            half = len(asked) // 2
            return {
                **await self._named(sheet_id, asked[:half]),
                **await self._named(sheet_id, asked[half:]),
            }
        wanted = set(asked)
        rows = [row for row in body.get("rows") or () if whole(row.get("id")) in wanted]
        return {record.id: record for record in items(sheet_id, rows, answer.asked_at)}

    async def census(self, scope: ScopeRecord) -> AsyncIterator[Fingerprint]:
        """Every row at one version, with the columns that say more than free text."""
        head, _ = await self._calls.sheet(scope.id, {**CENSUS_PARAMS, "page": 1, "pageSize": 1})
        cheap = cheap_columns(head)
        named = [str(one["id"]) for one in cheap] if 0 < len(cheap) <= MOST_NAMED_COLUMNS else []
        params = {**CENSUS_PARAMS, "columnIds": ",".join(named) or None}
        sheet = await snapshot(self._calls, scope.id, params, self._settings.page_size)
        titles = {one.get("id"): one.get("title") for one in sheet.body["columns"] if isinstance(one, dict)}
        for row in sheet.rows:
            yield Fingerprint(row_id(scope.id, row), fingerprint(row, titles))

    async def aclose(self) -> None:
        await self._http.aclose()


def _missing(sheet_id: str, id: str) -> str:
    if asked_row(sheet_id, id) is None:
        return f"{id} is not the id of a row of sheet {sheet_id}, which answers"
    return f"sheet {sheet_id} was asked for the row and answered without it"

"""Smartsheet: the connector over :mod:`connectors.smartsheet_calls`. A scope is a sheet, an item a row."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta

import httpx

from connectors.base import (
    Absence,
    Capabilities,
    Connector,
    Delivery,
    Fingerprint,
    Identity,
    JsonObject,
    Page,
    Permission,
    Printing,
    Received,
    Record,
    ScopeRecord,
    Watch,
    WatchState,
)
from connectors.cursors import Listing, plan_of
from connectors.errors import NotFound, Unauthorized
from connectors.http import Budget, Budgets, Http, HttpOptions, Limiter, OnWait, Target, Timing
from connectors.smartsheet_calls import CENSUS_PARAMS, SHEET_PARAMS, Calls, Forbidden, whole
from connectors.smartsheet_capabilities import CAPABILITIES
from connectors.smartsheet_census import COVERS, Prints, printed_sheet
from connectors.smartsheet_cursors import cursor_of, moment, since_of
from connectors.smartsheet_hooks import Hooks
from connectors.smartsheet_listing import listed_scopes
from connectors.smartsheet_reading import asked_row, items, row_id
from connectors.smartsheet_settings import SmartsheetSettings, region, site
from connectors.smartsheet_sheet import SheetReading
from connectors.smartsheet_snapshot import snapshot
from connectors.smartsheet_webhooks import receive

MINUTE = timedelta(seconds=60)
REQUESTS_A_MINUTE = 300
"""Per token: https://developers.smartsheet.com/api/smartsheet/guides/advanced-topics/scalability-options"""
WEIGHT_OF_HISTORY = 10
"""Reading the history of a cell counts as ten requests (the same page)."""


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
    """Reads the sheets of one account. Writes nothing but their webhooks."""

    def __init__(self, settings: SmartsheetSettings, http: Http, calls: Calls) -> None:
        self._settings = settings
        self._http = http
        self._calls = calls
        self._listing = Listing()
        self._plan = plan_of({"history": settings.history})
        self._hooks = Hooks(calls)

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def check(self) -> Identity:
        """The server information needs no token: where it answers and the account does not, the address is
        right and the token is not."""
        try:
            body, answer = await self._calls.me()
        except (Unauthorized, NotFound):
            await self._calls.server_info()
            raise
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

    async def scopes(self) -> AsyncIterator[ScopeRecord]:
        """Every sheet that is shared with the account, by itself or with its workspace, in one list."""
        async for scope in listed_scopes(self._calls, self._settings.listing_size):
            changed = moment(scope.body.get("modifiedAt"))
            self._listing.note(scope.id, scope.body, changed, self._calls.now())
            yield scope

    async def read(
        self, scope: ScopeRecord, since: JsonObject | None = None, resume: JsonObject | None = None
    ) -> AsyncIterator[Page]:
        """A sheet of which the list of sheets tells nothing new costs no request; else one question brings
        it whole where its version is another."""
        past, at = since_of(since, self._plan), cursor_of(resume, self._plan)
        if past is not None and self._calls.now() is None:
            await self._calls.version(scope.id)  # for Smartsheet's clock, by which history goes on
        reading = self._reading(scope)
        if past is None or at is not None:
            pages = reading.whole(past, at)
        elif self._listing.unchanged(scope.id, past.mark, reading.began):
            pages = reading.rested(past)
        else:
            pages = reading.changes(past)
        async for page in pages:
            yield page

    def _reading(self, scope: ScopeRecord) -> SheetReading:
        return SheetReading(
            calls=self._calls,
            sheet_id=scope.id,
            plan=self._plan,
            size=self._settings.page_size,
            shares=max(self._settings.listing_size, 100),
            history=self._settings.history,
            mark=self._listing.mark(scope.id),
            began=self._calls.now(),
        )

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
        """Every row at one version."""
        calls = self._calls.shortened(printed_sheet)
        sheet = await snapshot(calls, scope.id, CENSUS_PARAMS, self._settings.page_size)
        for row in sheet.rows:
            yield Fingerprint(row_id(scope.id, row), row["print"])

    async def definitions(self, scope: ScopeRecord) -> AsyncIterator[Record]:
        """What the sheet says beside its rows, in as many requests as reading it whole."""
        for record in await self._reading(scope).definitions():
            yield record

    def printing(self, scope: ScopeRecord, definitions: Mapping[str, JsonObject]) -> Printing:
        del scope  # a sheet cannot be put away
        return Printing(of=Prints(definitions.get("sheet", {}).get("columns")).of, covers=COVERS)

    async def watch(self, scope: ScopeRecord | None, watch: Watch) -> WatchState:
        """One webhook a sheet."""
        if scope is None:
            raise ValueError("Smartsheet keeps a webhook of one sheet, not of a whole connection")
        return await self._hooks.watch(scope, watch)

    async def watches(self) -> AsyncIterator[WatchState]:
        async for state in self._hooks.every():
            yield state

    async def unwatch(self, id: str) -> None:
        await self._hooks.remove(id)

    def receive(self, delivery: Delivery, watch: Watch) -> Received:
        return receive(delivery, watch)

    async def aclose(self) -> None:
        await self._http.aclose()


def _missing(sheet_id: str, id: str) -> str:
    if asked_row(sheet_id, id) is None:
        return f"{id} is not the id of a row of sheet {sheet_id}, which answers"
    return f"sheet {sheet_id} was asked for the row and answered without it"

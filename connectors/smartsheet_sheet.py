"""One reading of one sheet: nothing where its version is the same, else all of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connectors.base import Page, Record
from connectors.errors import NotFound, StaleCursor
from connectors.http import both
from connectors.smartsheet_calls import SHEET_PARAMS, Calls, Row, Sheet
from connectors.smartsheet_cursors import Cursor, Since, changed_since
from connectors.smartsheet_history import cell_history
from connectors.smartsheet_outline import outlined_sheet
from connectors.smartsheet_reading import around, history_columns, items, of_sheet, row_id
from connectors.smartsheet_snapshot import Snapshot, first_page, snapshot

HOUR = timedelta(hours=1)
"""For so long the list of sheets is believed where it tells nothing new, and so are summary and shares: what
a formula or a link writes may leave the time of a sheet as it is."""
MOST_HANDED_OVER = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetReading:
    """``size`` rows are asked for at a time, and ``shares`` of the people with access. ``mark`` is what the
    list of sheets tells of the sheet, and ``began`` when this began by Smartsheet's clock."""

    calls: Calls
    sheet_id: str
    plan: str
    size: int
    shares: int
    history: bool
    mark: str | None
    began: datetime | None

    async def rested(self, since: Since) -> AsyncIterator[Page]:
        """Nothing, for a sheet of which the list tells nothing new; once an hour it is asked all the same."""
        if self._fresh(since.asked):
            yield Page(records=(), next_since=since.token(self.plan))
            return
        async for page in self.changes(since):
            yield page

    async def changes(self, since: Since) -> AsyncIterator[Page]:
        """One question, which the sheet itself answers where it is no longer at the version that we hold.
        Smartsheet cannot be asked for deleted rows, so then all rows come."""
        asked = first_page(SHEET_PARAMS, self.size)
        found = await self.calls.sheet_after(self.sheet_id, asked, since.version)
        if isinstance(found, int):
            yield await self._unchanged(replace(since, mark=self.mark, asked=self.began), found)
            return
        async for page in self.whole(since, None, found):
            yield page

    async def _unchanged(self, since: Since, version: int) -> Page:
        if version != since.version:
            raise StaleCursor(
                f"Sheet {self.sheet_id} is at version {version} and was read at a later one, "
                f"{since.version}; it is read anew, whole."
            )
        if self._fresh(since.beside):
            return Page(records=(), next_since=since.token(self.plan))
        (summary, answer), shares = await both(
            self.calls.summary(self.sheet_id), self.calls.shares(self.sheet_id, self.shares)
        )
        return Page(
            records=around(self.sheet_id, summary, shares, answer.asked_at),
            next_since=replace(since, beside=self.began).token(self.plan),
        )

    async def whole(
        self, since: Since | None, resume: Cursor | None, first: Sheet | None = None
    ) -> AsyncIterator[Page]:
        """The sheet is read at one version before anything of it is handed over; ``first`` is its first page
        where we have that. With ``since`` the history of those rows alone that changed."""
        sheet, definitions = await self._defined(self.calls, first)
        start = resume.at(sheet) if resume else Cursor(reaches=self._reached(sheet))
        yield Page(records=definitions, resume=start.token(self.plan), expected=len(sheet.rows))
        async for page in self._rows(sheet, start):
            yield page
        if self.history:
            async for page in self._history(sheet, start, since.read if since else None):
                yield page
        yield Page(
            records=(),
            next_since=start.reaches.token(self.plan),
            listed=[row_id(self.sheet_id, row) for row in sheet.rows],
        )

    async def definitions(self) -> Sequence[Record]:
        """Which rows stand above others is told by the rows alone, so all of them are asked for; no more of
        them is read than these."""
        _, records = await self._defined(self.calls.shortened(outlined_sheet), None)
        return [record for record in records if record.kind in {"definition", "section"}]

    async def _defined(self, calls: Calls, first: Sheet | None) -> tuple[Snapshot, Sequence[Record]]:
        """The sheet, and all that is handed over beside its rows."""
        sheet, shares = await both(
            snapshot(calls, self.sheet_id, SHEET_PARAMS, self.size, first),
            calls.shares(self.sheet_id, self.shares),
        )
        summary: Row = {}
        if sheet.body.get("hasSummaryFields") is not False:
            summary, _ = await calls.summary(self.sheet_id)
        beside = around(self.sheet_id, summary, shares, sheet.read_at)
        return sheet, [*of_sheet(self.sheet_id, sheet), *beside]

    def _reached(self, sheet: Snapshot) -> Since:
        began = self.began
        return Since(version=sheet.version, read=began, mark=self.mark, asked=began, beside=began)

    def _fresh(self, at: datetime | None) -> bool:
        return at is not None and self.began is not None and self.began - at < HOUR

    async def _rows(self, sheet: Snapshot, start: Cursor) -> AsyncIterator[Page]:
        size = min(self.size, MOST_HANDED_OVER)
        for begin in range(start.rows, len(sheet.rows), size):
            part = sheet.rows[begin : begin + size]
            yield Page(
                records=items(self.sheet_id, part, sheet.read_at),
                resume=replace(start, rows=begin + len(part)).token(self.plan),
                expected=len(sheet.rows),
            )

    async def _history(self, sheet: Snapshot, start: Cursor, read: datetime | None) -> AsyncIterator[Page]:
        """In the order of the ids, which no edit changes."""
        columns = history_columns(sheet.body)
        wanted = {row["id"] for row in sheet.rows if row["id"] > start.told and changed_since(row, read)}
        for id in sorted(wanted):
            yield Page(
                records=await self._told(str(id), columns),
                resume=replace(start, rows=len(sheet.rows), told=id).token(self.plan),
            )

    async def _told(self, row: str, columns: Sequence[str]) -> Sequence[Record]:
        """Nothing of a row, or a cell, that went since the sheet was read: the next reading tells of that.
        Raises NotFound where the sheet itself is out of reach."""
        try:
            return await cell_history(self.calls, self.sheet_id, row, columns)
        except NotFound:
            await self.calls.version(self.sheet_id)
            return ()

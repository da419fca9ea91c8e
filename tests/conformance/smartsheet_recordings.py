"""The recorded Smartsheet answers: whole sheets through the real connector, single rows through the
normaliser of a sheet that knows what the file tells."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from connectors.base import Record, ScopeRecord
from connectors.http import Timing
from connectors.smartsheet import connect
from connectors.smartsheet_settings import SmartsheetSettings
from normalizer.context import Context
from normalizer.model import Item, Mapper
from normalizer.smartsheet import prepare
from tests.conformance.report import FileReport, tally
from tests.connectors.smartsheet_site import TOKEN, Site
from tests.loopback import serving

READ_AT = datetime(2026, 1, 1, tzinfo=UTC)
TIMING = Timing(clock=lambda: datetime.now(UTC), sleep=asyncio.sleep)
VCR = "smartsheet/simple-smartsheet-vcr"
SCENARIOS = "smartsheet/sdk-tests"
JAVA = "smartsheet/java-sdk"
FOLDERS: Mapping[str, tuple[str, ...]] = {
    VCR: ("**/*.yaml", "**/*.json"),
    SCENARIOS: ("data/**/*.json", "sdk_tests_package/**/*.json"),
    JAVA: ("*.json",),
}
Body = Mapping[str, Any]
Outcome = tuple[FileReport, list[Item]]


def run(shared: Path) -> list[FileReport]:
    return [report for report, _ in every(shared)]


def every(shared: Path) -> Iterator[Outcome]:
    """Of each recorded file that holds any record, the report and the items."""
    for folder, patterns in FOLDERS.items():
        for pattern in patterns:
            for path in sorted((shared / "recorded" / folder).glob(pattern)):
                report, items = file_outcome(shared, path)
                if report.records or report.others:
                    yield report, items


def file_outcome(shared: Path, path: Path) -> Outcome:
    """All rows of a file: those of whole sheets as the connector reads them, the others one by one."""
    answers = list(_answers(path))
    total = FileReport(file=str(path.relative_to(shared / "recorded")))
    made: list[Item] = []
    for body in (one for answer in answers for one in _whole(answer)):
        _add(total, made, _read(total.file, dict(body)))
    known = [one for answer in answers for one in _found(answer, "columns")]
    for answer in answers:
        if not list(_whole(answer)):
            _add(total, made, _single(total.file, answer, known))
    return total, made


def _add(total: FileReport, made: list[Item], outcome: Outcome) -> None:
    report, items = outcome
    made += items
    total.records += report.records
    total.items += report.items
    total.whole += report.whole
    total.others += report.others
    total.rejected += report.rejected


def _read(file: str, sheet: dict[str, Any]) -> Outcome:
    with serving(Site(sheets={sheet["id"]: sheet}).app()) as base:
        return asyncio.run(_through(file, base))


async def _through(file: str, base: str) -> Outcome:
    """Two rows in a page, so that every recorded sheet has several."""
    given = {"token": TOKEN, "base_url": f"{base}/2.0", "page_size": 2, "rate_share": 1}
    connector = connect(SmartsheetSettings.model_validate(given), TIMING)
    try:
        (scope,) = [one async for one in connector.scopes()]
        records = [record async for page in connector.read(scope) for record in page.records]
    finally:
        await connector.aclose()
    definitions = {one.id: one.body for one in records if one.kind == "definition"}
    return tally(file, _mapper(scope, definitions), records)


def _single(file: str, answer: Any, columns: list[Body]) -> Outcome:
    scope = ScopeRecord(id="1", kind="sheet", name=file, url="https://app.smartsheet.com/sheets/recorded")
    definition = {"columns": [*{one["id"]: one for one in columns if "id" in one}.values()]}
    records = [Record("item", f"1:{row.get('id')}", scope.id, row, READ_AT) for row in _rows(answer)] + [
        Record("account", str(share["id"]), scope.id, share, READ_AT) for share in _shares(answer)
    ]
    values = _history(answer)
    if values:
        body = {"sheetId": 1, "rowId": 1, "columnId": values[0]["columnId"], "data": values}
        records.append(Record("change", "1:1:1", scope.id, body, READ_AT))
        definition["columns"].append({"id": values[0]["columnId"], "title": "recorded"})
    return tally(file, _mapper(scope, {"sheet": definition}), records)


def single_row(path: Path, column: Body) -> Item:
    """The only row of a file, of a sheet that has this column."""
    (item,) = _single(path.name, list(_answers(path))[0], [column])[1]
    return item


def _mapper(scope: ScopeRecord, definitions: Mapping[str, Body]) -> Mapper:
    return prepare(Context(system="smartsheet", site="smartsheet.com", scope=scope, definitions=definitions))


def _whole(answer: Any) -> Iterator[Body]:
    """Sheets with their version and all their rows. Reports have rows of other sheets and no version, and
    some recordings hold one page of a sheet."""
    told = answer if isinstance(answer, dict) else {}
    complete = {"columns", "rows", "version", "totalRowCount"} <= told.keys()
    if complete and len(told["rows"]) == told["totalRowCount"]:
        yield told


def _rows(answer: Any) -> Iterator[Body]:
    if isinstance(answer, dict):
        if isinstance(answer.get("cells"), list):
            yield answer
        else:
            yield from (row for value in answer.values() for row in _rows(value))
    elif isinstance(answer, list):
        yield from (row for one in answer for row in _rows(one))


def _found(answer: Any, key: str) -> Iterator[Body]:
    """The objects in every list under ``key``, however deep."""
    if isinstance(answer, dict):
        for name, value in answer.items():
            if name == key and isinstance(value, list):
                yield from (one for one in value if isinstance(one, dict))
            yield from _found(value, key)
    elif isinstance(answer, list):
        for one in answer:
            yield from _found(one, key)


def _shares(answer: Any) -> list[Body]:
    return [
        one
        for one in _found(answer, "data")
        if one.get("type") in {"USER", "GROUP"} and "accessLevel" in one and "id" in one
    ]


def _history(answer: Any) -> list[Body]:
    return [one for one in _found(answer, "data") if "columnId" in one and "modifiedAt" in one]


def _answers(path: Path) -> Iterator[Any]:
    """The bodies that the vendor answered; what was sent to it is no record."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".yaml":
        for exchange in yaml.safe_load(text)["interactions"]:
            body = exchange["response"]["body"]["string"]
            yield json.loads(body.decode() if isinstance(body, bytes) else body)
        return
    told = json.loads(text)
    for one in told if isinstance(told, list) else [told]:
        yield one["response"].get("jsonBody") if isinstance(one, dict) and "response" in one else one

"""The recorded Trello boards and answers through the real connector, where a whole board exists, and the
normaliser."""

from __future__ import annotations

import asyncio
import base64
import csv
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from connectors.base import Kind, Record, ScopeRecord
from connectors.http import Timing
from connectors.trello import TrelloSettings, connect
from normalizer.context import Context
from normalizer.model import Item
from normalizer.trello import prepare
from sandbox.trello import CREDENTIALS
from sandbox.trello_shelf import Body, RecordedShelf, recorded
from tests.conformance.recorded_trello import serving
from tests.conformance.report import FileReport, tally

READ_AT = datetime(2026, 1, 1, tzinfo=UTC)
PAGE_SIZE = 4
"""So small that every recorded board has several pages."""
TIMING = Timing(clock=lambda: datetime.now(UTC), sleep=asyncio.sleep)
Outcome = tuple[FileReport, list[Item]]


def run(shared: Path) -> list[FileReport]:
    return [report for report, _ in every(shared)]


def every(shared: Path) -> Iterator[Outcome]:
    """Of each recorded file that holds any record, the report and the items."""
    yield board_export(shared)
    yield raw_tables(shared)
    for folder, pattern in (("trello/ruby-trello-vcr", "*.yml"), ("trello/adlio", "**/*.json")):
        for path in sorted((shared / "recorded" / folder).glob(pattern)):
            report, items = answers(shared, path)
            if report.records or report.others:
                yield report, items
    yield streams(shared)


def board_export(shared: Path) -> Outcome:
    """A whole board, served as the API serves it and read by the connector."""
    file = "trello/board-humberto/trello-export.json"
    whole = json.loads((shared / "recorded" / file).read_text(encoding="utf-8"))
    return _read(file, [recorded(whole)])


def raw_tables(shared: Path) -> Outcome:
    """Five boards that another system had read: their bodies stand in a column of its tables."""
    folder = "trello/devlake/raw_tables"
    boards: dict[str, dict[str, list[Body]]] = defaultdict(lambda: defaultdict(list))
    for table in ("cards", "lists", "labels", "members", "check_items"):
        for row in _table(shared / "recorded" / folder / f"_raw_trello_{table}.csv"):
            body = json.loads(row["data"])
            boards[json.loads(row["params"])["BoardId"]][table].append(body)
    return _read(
        folder,
        [
            recorded(
                {
                    **{key: tables[key] for key in ("cards", "lists", "labels", "members")},
                    "checklists": tables["check_items"],
                    "id": board_id,
                    "name": board_id,
                    "closed": False,
                }
            )
            for board_id, tables in boards.items()
        ],
    )


def answers(shared: Path, path: Path) -> Outcome:
    """Single answers, as they are, through the normaliser of a board that knows what the file tells."""
    bodies = list(_bodies(path))
    found = [pair for body in bodies for pair in classified(body)]
    definition = {
        "lists": [body for kind, body in found if kind == "section"],
        "customFields": [body for one in bodies for body in _custom_fields(one)],
    }
    records = [
        Record(kind, str(body.get("id", "")), "recorded", body, READ_AT)
        for kind, body in found
        if kind != "definition"
    ]
    scope = ScopeRecord(id="recorded", kind="board", name=path.stem, url="https://trello.com/b/recorded")
    context = Context(system="trello", site="trello.com", scope=scope, definitions={"board": definition})
    return tally(str(path.relative_to(shared / "recorded")), prepare(context), records)


def streams(shared: Path) -> Outcome:
    file = "faros-streams/trello/all-streams.log"
    lines = (shared / "recorded" / file).read_text(encoding="utf-8").splitlines()
    bodies = [json.loads(line)["record"]["data"] for line in lines if line]
    people = [
        Record("account", body["id"], "recorded", body, READ_AT) for body in bodies if "fullName" in body
    ]
    scope = ScopeRecord(id="recorded", kind="board", name="streams", url="https://trello.com/b/recorded")
    return tally(file, prepare(Context(system="trello", site="trello.com", scope=scope)), people)


def _read(file: str, boards: Sequence[RecordedShelf]) -> Outcome:
    with serving(*boards) as base:
        return asyncio.run(_read_all(file, base))


async def _read_all(file: str, base: str) -> Outcome:
    """Every page of every board, as the sync reads them; the reports of the boards as one."""
    settings = TrelloSettings.model_validate(
        {**CREDENTIALS, "base_url": base, "page_size": PAGE_SIZE, "rate_share": 1}
    )
    connector, total, items = connect(settings, TIMING), FileReport(file=file), []
    try:
        async for scope in connector.scopes():
            records = [record async for page in connector.read(scope) for record in page.records]
            definitions = {one.id: one.body for one in records if one.kind == "definition"}
            context = Context(system="trello", site="trello.com", scope=scope, definitions=definitions)
            report, made = tally(file, prepare(context), records)
            items += made
            total.records += report.records
            total.items += report.items
            total.whole += report.whole
            total.others += report.others
            total.rejected += report.rejected
    finally:
        await connector.aclose()
    return total, items


def classified(body: Any) -> Iterator[tuple[Kind, Body]]:
    """What each recorded object is: cards, lists, members and actions, by the keys that only they have."""
    if isinstance(body, list):
        for one in body:
            yield from classified(one)
    elif isinstance(body, dict):
        if "action" in body and "model" in body:
            yield from classified(body["action"])
        elif "type" in body and "data" in body and "date" in body and "unread" not in body:
            yield "change", body
        elif "idList" in body and "name" in body:
            yield "item", body
        elif "fullName" in body:
            yield "account", body
        elif "name" in body and "closed" in body and "idBoard" in body and "color" not in body:
            yield "section", body
        for key in ("actions", "cards", "lists", "members"):
            yield from classified(body.get(key))


def _custom_fields(body: Any) -> Iterator[Body]:
    for one in body if isinstance(body, list) else [body]:
        if isinstance(one, dict) and "fieldGroup" in one:
            yield one


def _bodies(path: Path) -> Iterator[Any]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        yield json.loads(text)
        return
    for exchange in cassette(path):
        answer = exchange["response"]["body"]["string"]
        answer = answer.decode() if isinstance(answer, bytes) else answer
        if answer[:1] in {"{", "["}:
            yield json.loads(answer)


def cassette(path: Path) -> list[Body]:
    """The requests with their answers, as Ruby's VCR or Python's vcrpy wrote them down."""
    told = yaml.load(path.read_text(encoding="utf-8"), _Cassette)  # noqa: S506 - a safe loader
    found: list[Body] = told["http_interactions" if "http_interactions" in told else "interactions"]
    return found


class _Cassette(yaml.SafeLoader):
    """Ruby's tags name classes that do not matter here."""


_Cassette.add_constructor("!binary", lambda _, node: base64.b64decode(node.value))
_Cassette.add_multi_constructor("!ruby/", lambda loader, _, node: loader.construct_mapping(node, deep=True))


def _table(path: Path) -> Iterator[dict[str, str]]:
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)

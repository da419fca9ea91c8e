"""What differs from tracker to tracker in the one contract suite: names, page sizes, paths. No test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.base import Record
from sandbox.smartsheet import FORMER_TOKEN

Change = tuple[str, datetime, str]
"""The item, the instant, and what tells this change from every other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """``small`` are settings that cut every page. ``listings`` are the paths of what a reading pages through
    and ``bulk`` the path of what fetch asks. ``bad`` are settings whose credentials are wrong. ``nowhere`` is
    a well-formed id that no item and no scope has. ``changes`` are those in the records of a reading, the
    creation of an item aside, and ``true_changes`` what the truth calls their number. ``printed`` are edits
    that a fingerprint must notice. ``endless`` are the listings that follow a cursor, with what an answer
    must say for there to be one more page. ``around`` are edits of the place where new items stand, which
    bump no item and which its fingerprint must notice. ``moved`` is the reason for the absence of an item
    that is in another scope now: where it is not "moved" the item has a new id there. With ``scoped_ids``
    the id of an item begins with that of its scope."""

    name: str
    small: Mapping[str, Any]
    listings: Mapping[str, str]
    bulk: str
    bad: Sequence[Mapping[str, str]]
    nowhere: str
    changes: Callable[[Iterable[Record]], Iterator[Change]]
    printed: Sequence[Mapping[str, Any]]
    endless: Mapping[str, Mapping[str, Any]]
    around: Sequence[Mapping[str, str]]
    true_changes: str = "changes"
    moved: str = "moved"
    scoped_ids: bool = False


_COMMON: Sequence[Mapping[str, Any]] = (
    {"title": "An entirely new title"},
    {"stage": "review"},
    {"labels": ["a-new-label"]},
    {"due": "2031-05-06"},
    {"points": 21},
    {"hold": True},
)
_CELLS: Sequence[Mapping[str, Any]] = (
    {"title": "An entirely new title"},
    {"stage": "review"},
    {"labels": ["a-new-label"]},
    {"start": "2031-05-02"},
    {"due": "2031-05-06"},
    {"priority": "high"},
)
_VALUE = {"columnId": 1, "value": "Done", "modifiedAt": "2026-02-03T10:00:00Z"}


def _each(
    change: Callable[[Record], tuple[str, datetime] | None],
) -> Callable[[Iterable[Record]], Iterator[Change]]:
    """Where a record is one change. ``change`` is None for the creation of an item."""

    def changes(records: Iterable[Record]) -> Iterator[Change]:
        for record in records:
            if record.kind == "change" and (seen := change(record)) is not None:
                yield *seen, record.id

    return changes


def _trello_change(record: Record) -> tuple[str, datetime] | None:
    if record.body["type"] in {"createCard", "copyCard", "emailCard", "convertToCardFromCheckItem"}:
        return None
    return record.body["data"]["card"]["id"], _instant(record.body["date"])


def _asana_change(record: Record) -> tuple[str, datetime] | None:
    return record.body["target"]["gid"], _instant(record.body["created_at"])


def _jira_change(record: Record) -> tuple[str, datetime] | None:
    return record.body["issueId"], _instant(record.body["created"])


def _smartsheet_changes(records: Iterable[Record]) -> Iterator[Change]:
    """A record is all values of a cell, the newest first; the one that came with the row is no change."""
    known = list(records)
    created = {record.id: _instant(record.body["createdAt"]) for record in known if record.kind == "item"}
    for record in known:
        if record.kind == "change":
            row = f"{record.scope_id}:{record.body['rowId']}"
            for number, value in enumerate(reversed(record.body["data"])):
                at = _instant(value["modifiedAt"])
                if number or at != created[row]:
                    yield row, at, f"{record.id}/{number}"


def _instant(value: str | int) -> datetime:
    if isinstance(value, int):
        return datetime.fromtimestamp(value / 1000, UTC)
    return datetime.fromisoformat(value).astimezone(UTC)


CASES = (
    Case(
        name="asana",
        small={"page_size": 4},
        listings={"items": r"/tasks$", "batches": r"/batch$"},
        bulk=r"/batch$",
        bad=({"token": "1/1:0"}, {"token": "2/9:wrong"}),
        nowhere="987654321",
        changes=_each(_asana_change),
        printed=_COMMON,
        endless={"items": {}},
        around=({"op": "rename_stage", "stage": "ready", "name": "Next up"},),
    ),
    Case(
        name="jira_cloud",
        small={"id_page_size": 4, "body_batch": 2, "changelog_batch": 3},
        listings={
            "items": r"/search/jql$",
            "bodies": r"/issue/bulkfetch$",
            "changes": r"/changelog/bulkfetch$",
        },
        bulk=r"/issue/bulkfetch$",
        bad=({"token": "ATATT3xFfGF0wrong"}, {"email": "nobody@northlight.example"}),
        nowhere="987654321",
        changes=_each(_jira_change),
        printed=_COMMON,
        endless={"items": {}, "changes": {"nextPageToken": "again"}},
        around=(),
    ),
    Case(
        name="smartsheet",
        small={"page_size": 4, "listing_size": 2, "fetch_batch": 5, "history": True},
        listings={"items": r"/sheets/\d+$", "changes": r"/history$"},
        bulk=r"/sheets/\d+$",
        bad=({"token": "0" * 37}, {"token": FORMER_TOKEN}),
        nowhere="987654321",
        changes=_smartsheet_changes,
        printed=_CELLS,
        endless={"items": {}, "changes": {"totalCount": 1000, "data": [_VALUE]}},
        around=({"op": "rename_stage", "stage": "ready", "name": "Next up"},),
        true_changes="cell_changes",
        moved="not_found",
        scoped_ids=True,
    ),
    Case(
        name="jira_dc",
        small={"page_size": 4},
        listings={"items": r"/search$"},
        bulk=r"/search$",
        bad=({"token": "wrong-token"}, {"token": "another-wrong-token"}),
        nowhere="987654321",
        changes=_each(_jira_change),
        printed=_COMMON,
        endless={"items": {}},
        around=(),
    ),
    Case(
        name="trello",
        small={"page_size": 4},
        listings={"items": r"/cards(/\w+)?$", "changes": r"/actions$"},
        bulk=r"/batch$",
        bad=({"token": "f" * 64}, {"key": "0" * 32}),
        nowhere="5f0000000000000000000000",
        changes=_each(_trello_change),
        printed=(*_COMMON, {"archived": True}),
        endless={"items": {}, "changes": {}},
        around=(
            {"op": "rename_stage", "stage": "ready", "name": "Next up"},
            {"op": "close_list", "stage": "ready"},
        ),
    ),
)

"""What differs from tracker to tracker in the one contract suite: names, page sizes, paths. No test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.base import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """``small`` are settings that cut every page. ``listings`` are the paths of what a reading pages through
    and ``bulk`` the path of what fetch asks. ``bad`` are settings whose credentials are wrong. ``nowhere`` is
    a well-formed id that no item has. ``change`` gives the item and the instant of a change record, None for
    the creation of the item. ``printed`` are edits that a fingerprint must notice. ``endless`` are the
    listings that follow a cursor, with what an answer must say for there to be one more page. ``around`` are
    edits of the place where new items stand, which bump no item and which its fingerprint must notice."""

    name: str
    small: Mapping[str, Any]
    listings: Mapping[str, str]
    bulk: str
    bad: Sequence[Mapping[str, str]]
    nowhere: str
    change: Callable[[Record], tuple[str, datetime] | None]
    printed: Sequence[Mapping[str, Any]]
    endless: Mapping[str, Mapping[str, str]]
    around: Sequence[Mapping[str, str]]


_COMMON: Sequence[Mapping[str, Any]] = (
    {"title": "An entirely new title"},
    {"stage": "review"},
    {"labels": ["a-new-label"]},
    {"due": "2031-05-06"},
    {"points": 21},
    {"hold": True},
)


def _trello_change(record: Record) -> tuple[str, datetime] | None:
    if record.body["type"] in {"createCard", "copyCard", "emailCard", "convertToCardFromCheckItem"}:
        return None
    return record.body["data"]["card"]["id"], _instant(record.body["date"])


def _jira_change(record: Record) -> tuple[str, datetime] | None:
    return record.body["issueId"], _instant(record.body["created"])


def _instant(value: str | int) -> datetime:
    if isinstance(value, int):
        return datetime.fromtimestamp(value / 1000, UTC)
    return datetime.fromisoformat(value).astimezone(UTC)


CASES = (
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
        change=_jira_change,
        printed=_COMMON,
        endless={"items": {}, "changes": {"nextPageToken": "again"}},
        around=(),
    ),
    Case(
        name="trello",
        small={"page_size": 4},
        listings={"items": r"/cards(/\w+)?$", "changes": r"/actions$"},
        bulk=r"/batch$",
        bad=({"token": "f" * 64}, {"key": "0" * 32}),
        nowhere="5f0000000000000000000000",
        change=_trello_change,
        printed=(*_COMMON, {"archived": True}),
        endless={"items": {}, "changes": {}},
        around=(
            {"op": "rename_stage", "stage": "ready", "name": "Next up"},
            {"op": "close_list", "stage": "ready"},
        ),
    ),
)

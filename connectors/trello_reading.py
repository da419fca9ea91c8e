"""What a Trello board is handed over as: its definitions, lists, people and cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.base import Absence, Kind, Record, ScopeRecord
from connectors.http import Answer
from connectors.prints import digest
from connectors.trello_calls import Row


def records(kind: Kind, scope_id: str, page: Sequence[Row], read_at: datetime) -> list[Record]:
    """One record a row. A row without an id is kept too, under a digest of its body."""
    return [Record(kind, id_of(row), scope_id, row, read_at) for row in page]


def id_of(row: Row) -> str:
    given = row.get("id")
    return given if isinstance(given, str) and given else f"unreadable-{digest(row).hex()}"


def board_records(scope_id: str, body: Row, read_at: datetime) -> list[Record]:
    """The definitions, and each member as a record of its own."""
    people = records("account", scope_id, objects(body, "members"), read_at)
    return [*board_definitions(scope_id, body, read_at), *people]


def board_definitions(scope_id: str, body: Row, read_at: datetime) -> list[Record]:
    """The board, and each list as a record of its own."""
    lists = records("section", scope_id, objects(body, "lists"), read_at)
    return [Record("definition", "board", scope_id, body, read_at), *lists]


def found_card(scope: ScopeRecord, asked: str, entry: tuple[int, Any], answer: Answer) -> Record | Absence:
    """What a batch entry says of one card: as it is here now, or why it is not here."""
    status, body = entry
    if status == 200 and isinstance(body, dict) and isinstance(body.get("id"), str):
        if body.get("idBoard") == scope.id:
            return Record("item", body["id"], scope.id, body, answer.asked_at)
        return Absence(id=asked, reason="moved", evidence=f"the card is on board {body.get('idBoard')}")
    if status in {400, 404}:
        return Absence(id=asked, reason="not_found", evidence=f"GET /cards/{asked} answered {status}")
    if status in {401, 403}:
        return Absence(id=asked, reason="forbidden", evidence=f"GET /cards/{asked} answered {status}")
    raise answer.unexpected(f"an entry of status {status} that is no card")


def objects(body: Mapping[str, Any], key: str) -> list[Row]:
    value = body.get(key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []

"""What a Trello board is handed over as: its definitions, lists, people and cards, and their fingerprints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

import msgspec

from connectors.base import Absence, Kind, Record, ScopeRecord
from connectors.http import Answer
from connectors.trello_calls import Row

NOT_PRINTED = {"badges", "customFieldItems", "labels", "idLabels", "idMembers"}
"""Told in another form below: without what depends on who looks, and without the order."""


def records(kind: Kind, scope_id: str, page: Sequence[Row], read_at: datetime) -> list[Record]:
    """One record a row. A row without an id is kept too, under a digest of its body."""
    return [Record(kind, id_of(row), scope_id, row, read_at) for row in page]


def id_of(row: Row) -> str:
    given = row.get("id")
    return given if isinstance(given, str) and given else f"unreadable-{_digest(row)}"


def board_records(scope_id: str, body: Row, read_at: datetime) -> list[Record]:
    """The definition, and each list and member as a record of its own."""
    return [
        Record("definition", "board", scope_id, body, read_at),
        *records("section", scope_id, _objects(body, "lists"), read_at),
        *records("account", scope_id, _objects(body, "members"), read_at),
    ]


def fingerprint(card: Row, lists: Mapping[str, tuple[object, object]]) -> str:
    """Digest of a card's cheap fields and of where it stands. The names of its labels and of its list are
    part of it: renaming one changes many items and bumps none of them."""
    badges = card.get("badges")
    counts = badges if isinstance(badges, dict) else {}
    shown = {
        **{key: value for key, value in card.items() if key not in NOT_PRINTED},
        "checked": (counts.get("checkItems"), counts.get("checkItemsChecked")),
        "labels": sorted(
            str((one.get("id"), one.get("name"), one.get("color"))) for one in _objects(card, "labels")
        ),
        "custom": sorted(
            str((one.get("idCustomField"), one.get("idValue"), one.get("value")))
            for one in _objects(card, "customFieldItems")
        ),
        "members": sorted(map(str, card.get("idMembers") or ())),
        "list": lists.get(str(card.get("idList"))),
    }
    return _digest(shown)


def _digest(shown: object) -> str:
    return blake2b(msgspec.json.encode(shown, order="deterministic"), digest_size=16).hexdigest()


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


def _objects(body: Mapping[str, Any], key: str) -> list[Row]:
    value = body.get(key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []

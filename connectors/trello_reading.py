"""Where a reading of a Trello board stands: first the cards, then the actions, both backwards in time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, Literal, get_args

import msgspec

from connectors.base import Absence, JsonObject, Kind, Record, ScopeRecord
from connectors.errors import Unexpected
from connectors.http import Answer
from connectors.trello_calls import Row

Phase = Literal["cards", "actions"]
PHASES: tuple[Phase, ...] = get_args(Phase)
NOT_PRINTED = {"badges", "customFieldItems", "labels", "idLabels", "idMembers"}
"""Told in another form below: without what depends on who looks, and without the order."""
OVERLAP_SECONDS = 3600
"""The feed of actions may lag behind; what comes twice is the same change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """``before``: the oldest id read so far in this phase; ``limit``: the page size that the board bears;
    ``newest``: the newest action seen, from which the next reading goes on."""

    phase: Phase
    limit: int
    before: str | None = None
    newest: str | None = None

    def token(self) -> JsonObject:
        return {
            "phase": self.phase,
            "limit": self.limit,
            "before": self.before,
            "newest": self.newest,
        }


def resumed(token: JsonObject | None, since: JsonObject | None, limit: int) -> Cursor:
    """The cursor that a resume token names, or the first one. Raises Unexpected for a token that we never
    gave."""
    if token is None:
        return Cursor(phase="cards", limit=limit, newest=_action(since))
    phase: Phase | None = next((one for one in PHASES if one == token.get("phase")), None)
    then, before, newest = token.get("limit"), token.get("before"), token.get("newest")
    ids = all(one is None or isinstance(one, str) for one in (before, newest))
    if phase is None or not isinstance(then, int) or not ids:
        raise Unexpected(f"The reading cannot be resumed at {token!r}; start it anew without a resume token.")
    return Cursor(phase=phase, limit=min(then, limit), before=before, newest=newest)


def since_id(since: JsonObject | None) -> str | None:
    """Where to begin with the actions: an id of an hour before the newest one seen.

    ``since`` and ``before`` take an id as well as a date; no clock of ours is sent.
    """
    newest = _action(since)
    return newest and f"{max(int(newest[:8], 16) - OVERLAP_SECONDS, 0):08x}{'0' * 16}"


def _action(since: JsonObject | None) -> str | None:
    newest = (since or {}).get("action")
    if newest is None:
        return None
    if not isinstance(newest, str) or not re.fullmatch(r"[0-9a-f]{24}", newest):
        raise Unexpected(f"The reading cannot go on from the action {newest!r}; read the board anew.")
    return newest


def newest_of(page: Sequence[Row], known: str | None) -> str | None:
    ids = [str(row["id"]) for row in page] + ([known] if known else [])
    return max(ids, default=None)


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


def deletions(page: Sequence[Row]) -> Iterator[Absence]:
    """Cards that an action says were deleted: the only positive evidence that Trello gives."""
    for action in page:
        data = action.get("data")
        card = data.get("card") if action.get("type") == "deleteCard" and isinstance(data, dict) else None
        if isinstance(card, dict) and isinstance(card.get("id"), str):
            yield Absence(
                id=card["id"],
                reason="deleted",
                evidence=f"action deleteCard {action.get('id')} of {action.get('date')}",
            )


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

"""Trello's records in our model: the mapper of one board, and why what is missing there is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connectors.base import JsonObject, Record
from normalizer.context import Context
from normalizer.model import Account, Item, Mapper, Normalised, NullReason, Section
from normalizer.reading import Reading, clean
from normalizer.trello_board import Board
from normalizer.trello_card import card_item
from normalizer.trello_changes import action_changes, former_member

UNSUPPORTED = ("parent_id", "iteration_ids", "release_ids", "spent", "remaining", "hold_since", "links")
"""Trello has nothing of the kind. What people write instead (URLs, Power-Up data) stays in the record."""


def prepare(context: Context) -> Mapper:
    """A mapper for the board of ``context``. Odd definitions raise nothing: what they lack is unmapped."""
    return TrelloMapper(Board(context))


class TrelloMapper:
    """Maps the records of one board: definition, section, account, item, change."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._absent = _absent(board)

    @property
    def absent(self) -> Mapping[str, NullReason]:
        return self._absent

    def __call__(self, record: Record) -> Normalised:
        reading = Reading(record.kind, record.id)
        body: Any = record.body
        if not isinstance(body, Mapping):
            return _nothing(reading, "body", "an object", body)
        if record.kind == "definition":
            return Normalised(unmapped=self._board.complaints)
        handler = HANDLERS.get(record.kind)
        if handler is None:
            return _nothing(reading, "kind", "a kind of record that Trello has", record.kind)
        remote_id = body.get("id")
        if not isinstance(remote_id, str) or not remote_id:
            return _nothing(reading, "id", "text", remote_id)
        reading.remote_id = clean(remote_id)
        return handler(self._board, body, reading)


def _absent(board: Board) -> dict[str, NullReason]:
    absent: dict[str, NullReason] = dict.fromkeys(UNSUPPORTED, "unsupported")
    if "estimate" not in board.roles.values():
        absent["estimates"] = "unsupported"
    if not board.context.rules.outcome:
        absent["outcome"] = "unsupported"
    return absent


def _nothing(reading: Reading, field: str, expected: str, found: object) -> Normalised:
    reading.reject(field, expected, found, whole=True)
    return Normalised(rejections=reading.rejections)


def _item(board: Board, body: JsonObject, reading: Reading) -> Normalised:
    reading.item_id = board.context.id("item", reading.remote_id)
    reading.losing = board.losing
    item: Item = card_item(board, body, reading)
    return Normalised(items=(item,), unmapped=reading.unmapped, rejections=reading.rejections)


def _section(board: Board, body: JsonObject, reading: Reading) -> Normalised:
    name = reading.text(body, "name")
    pos = reading.number(body, "pos")
    section = Section(
        id=board.context.id("section", reading.remote_id),
        scope_id=board.context.scope_id,
        remote_id=reading.remote_id,
        kind="list",
        name=name if name is not None else reading.remote_id,
        order=None if pos is None else str(pos),
        closed=reading.flag(body, "closed"),
        hint=board.words.status(name) if name else None,
    )
    return Normalised(sections=(section,), rejections=reading.rejections)


def _account(board: Board, body: JsonObject, reading: Reading) -> Normalised:
    handle = reading.text(body, "username")
    email = reading.text(body, "email")
    account = Account(
        id=board.account_id(reading.remote_id),
        system=board.context.system,
        remote_id=reading.remote_id,
        display_name=reading.text(body, "fullName") or handle or reading.remote_id,
        handle=handle,
        email=email,
        email_visibility="shown" if email else "hidden",
        active=reading.remote_id not in board.deactivated,
    )
    return Normalised(accounts=(account,), rejections=reading.rejections)


def _change(board: Board, body: JsonObject, reading: Reading) -> Normalised:
    return Normalised(
        changes=action_changes(board, body, reading),
        accounts=former_member(board, body),
        unmapped=reading.unmapped,
        rejections=reading.rejections,
    )


HANDLERS: Mapping[str, Callable[[Board, JsonObject, Reading], Normalised]] = {
    "item": _item,
    "section": _section,
    "account": _account,
    "change": _change,
}

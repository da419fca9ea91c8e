"""What each type of Trello action changes on its card. Trello tells members, labels and check items one at a
time, so such a change has only the side that came or went."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from normalizer.model import Change
from normalizer.reading import Reading, clean
from normalizer.rules import FIELDS
from normalizer.trello_board import Board, label_text
from normalizer.trello_fields import typed

IGNORED_KEYS = frozenset(
    {
        "cover", "idAttachmentCover", "manualCoverAttachment", "dueReminder", "subscribed", "address",
        "coordinates", "locationName", "idMembersVoted", "limits", "dateClosed", "dateCompleted", "email",
        "descData", "checkItemStates", "idShort", "shortLink", "idBoard", "mirrorSourceId",
        "cardRole", "idMembers", "idLabels", "idChecklists",
    }
)  # fmt: skip
"""Keys of an ``updateCard`` that are no field of an item, or only echo one that is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One action as far as all its changes share it."""

    board: Board
    reading: Reading
    data: Mapping[str, Any]
    card: Mapping[str, Any]
    item_id: str
    at: datetime
    author_id: str | None

    def change(
        self, field: str, ours: tuple[str | None, str | None], theirs: tuple[str | None, str | None]
    ) -> Change:
        return Change(
            id=self.board.context.id("change", f"{self.reading.remote_id}:{field}"),
            item_id=self.item_id,
            field=field,
            before=ours[0],
            after=ours[1],
            original_before=theirs[0],
            original_after=theirs[1],
            at=self.at,
            author_id=self.author_id,
        )

    def name(self, key: str) -> str | None:
        """The name of the list, board, member … that the action carries under ``key``."""
        return self.reading.text(self.reading.mapping(self.data, key), "name")


Teller = Callable[[Told], Iterator[Change]]


def _created(told: Told) -> Iterator[Change]:
    yield told.change("created", (None, None), (None, told.name("list")))


def _deleted(told: Told) -> Iterator[Change]:
    yield told.change("presence", ("present", "deleted"), (told.name("list"), None))


def _arrived(told: Told) -> Iterator[Change]:
    scope = told.board.context.scope_id
    yield told.change("placements", (None, scope), (told.name("boardSource"), told.name("board")))


def _left(told: Told) -> Iterator[Change]:
    scope = told.board.context.scope_id
    yield told.change("placements", (scope, None), (told.name("board"), told.name("boardTarget")))


def _member(told: Told) -> tuple[str | None, str | None]:
    """Our id of the member and the member's name there. Old actions only carry ``idMember``."""
    member = told.reading.mapping(told.data, "member")
    member_id = told.reading.text(told.data, "idMember") or told.reading.text(member, "id")
    if not member_id:
        told.reading.reject("data.idMember", "the id of a member", told.data.get("idMember"), whole=True)
        return None, None
    name = told.reading.text(member, "name") or told.reading.text(member, "fullName")
    return told.board.account_id(member_id), name or member_id


def _member_added(told: Told) -> Iterator[Change]:
    account, name = _member(told)
    if account:
        yield told.change("assignments", (None, account), (None, name))


def _member_removed(told: Told) -> Iterator[Change]:
    account, name = _member(told)
    if account:
        yield told.change("assignments", (account, None), (name, None))


def _label(told: Told) -> str | None:
    label = label_text(told.reading.mapping(told.data, "label")) or told.reading.text(told.data, "value")
    if not label:
        told.reading.reject("data.label", "a label", told.data.get("label"), whole=True)
    return label


def _label_added(told: Told) -> Iterator[Change]:
    if label := _label(told):
        yield told.change("labels", (None, label), (None, label))


def _label_removed(told: Told) -> Iterator[Change]:
    if label := _label(told):
        yield told.change("labels", (label, None), (label, None))


def _check_item(told: Told) -> Iterator[Change]:
    check = told.reading.mapping(told.data, "checkItem")
    state, name = told.reading.text(check, "state"), told.reading.text(check, "name") or ""
    before = {"complete": "incomplete", "incomplete": "complete"}.get(state or "")
    yield told.change(
        "progress", (None, None), (before and f"{name}: {before}", state and f"{name}: {state}")
    )


def _check_item_came(told: Told) -> Iterator[Change]:
    yield told.change("progress", (None, None), (None, told.name("checkItem") or told.name("checklist")))


def _check_item_went(told: Told) -> Iterator[Change]:
    yield told.change("progress", (None, None), (told.name("checkItem") or told.name("checklist"), None))


def _custom_field(told: Told) -> Iterator[Change]:
    field_id = told.reading.text(told.reading.mapping(told.data, "customField"), "id")
    definition = told.board.fields.get(field_id or "")
    name = told.name("customField") or field_id or "a field"
    role = told.board.roles.get(field_id or "")
    field = FIELDS.get(role, role) if role else f"custom.{name}"
    if definition is None:
        yield told.change(f"custom.{name}", (None, None), (None, None))
        return
    sides = []
    for key in ("old", "customFieldItem"):
        value = typed(definition, told.reading.mapping(told.data, key), told.reading)
        sides.append(
            value.isoformat() if isinstance(value, datetime) else None if value is None else str(value)
        )
    ours = _priorities(told, sides) if role == "priority" else (sides[0], sides[1])
    yield told.change(field, ours, (sides[0], sides[1]))


def _priorities(told: Told, sides: list[str | None]) -> tuple[str | None, str | None]:
    before, after = (told.board.words.priority(side) or "unknown" if side else "none" for side in sides)
    return before, after


def _updated(told: Told) -> Iterator[Change]:
    """``data.old`` holds the former value of every key that changed."""
    for key, former in told.reading.mapping(told.data, "old").items():
        if key in UPDATED_TEXTS:
            yield _text_change(told, key, former)
        elif key in UPDATED:
            yield UPDATED[key](told)
        elif key not in IGNORED_KEYS:
            told.reading.unknown("change", f"updateCard.{key}")


def _text_change(told: Told, key: str, former: object) -> Change:
    sides: list[str | None] = []
    for value in (former, told.card.get(key)):
        if not isinstance(value, str | int | float | None):
            told.reading.reject(f"data.{key}", "text or a number", value)
            value = None
        sides.append(None if value is None else clean(str(value)) or None)
    both = (sides[0], sides[1])
    return told.change(UPDATED_TEXTS[key], both, both)


def _moved(told: Told) -> Change:
    """A list stands for a status: the move is one change, told in our words and in theirs."""
    old = told.reading.mapping(told.data, "old")
    before = _list(told, "listBefore", old)
    after = _list(told, "listAfter", told.card)
    return told.change("status_category", (before[0], after[0]), (before[1], after[1]))


def _list(told: Told, key: str, fallback: Mapping[str, Any]) -> tuple[str, str | None]:
    one = told.reading.mapping(told.data, key)
    list_id = told.reading.text(one, "id") or told.reading.text(fallback, "idList")
    known = told.board.lists.get(list_id or "")
    name = told.reading.text(one, "name") or (known.named.name if known else list_id)
    category = told.board.category(list_id, name)
    if category is None and known is None and name:
        told.reading.unknown("status_category", name)
    return category or "unknown", name


def _completed(told: Told) -> Change:
    """Ticked off, the card is done wherever it stands; else it is what its list says."""
    listed = _list(told, "list", told.card)[0]
    done = told.reading.flag(told.card, "dueComplete")
    ours = (listed, "done") if done else ("done", listed)
    return told.change(
        "status_category", ours, ("not complete", "complete") if done else ("complete", "not complete")
    )


def _archived(told: Told) -> Change:
    closed = told.reading.flag(told.card, "closed")
    return told.change(
        "presence",
        ("present", "archived") if closed else ("archived", "present"),
        ("open", "archived") if closed else ("archived", "open"),
    )


UPDATED_TEXTS: Mapping[str, str] = {
    "name": "title",
    "desc": "description_md",
    "due": "due",
    "start": "start",
    "pos": "rank",
    "isTemplate": "flags",
}
UPDATED: Mapping[str, Callable[[Told], Change]] = {
    "idList": _moved,
    "dueComplete": _completed,
    "closed": _archived,
}
TELLERS: Mapping[str, Teller] = {
    "createCard": _created,
    "copyCard": _created,
    "emailCard": _created,
    "convertToCardFromCheckItem": _created,
    "updateCard": _updated,
    "deleteCard": _deleted,
    "moveCardToBoard": _arrived,
    "moveCardFromBoard": _left,
    "addMemberToCard": _member_added,
    "removeMemberFromCard": _member_removed,
    "addLabelToCard": _label_added,
    "removeLabelFromCard": _label_removed,
    "updateCheckItemStateOnCard": _check_item,
    "createCheckItem": _check_item_came,
    "deleteCheckItem": _check_item_went,
    "addChecklistToCard": _check_item_came,
    "removeChecklistFromCard": _check_item_went,
    "updateCustomFieldItem": _custom_field,
}

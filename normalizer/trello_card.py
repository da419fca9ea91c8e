"""A Trello card becomes an item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from normalizer.model import (
    Assignment,
    DateValue,
    Flags,
    HoldKind,
    Item,
    ItemType,
    Named,
    Placement,
    PriorityLevel,
    Progress,
    Role,
    StatusCategory,
)
from normalizer.reading import Reading, clean
from normalizer.trello_board import Board, BoardList, label_text
from normalizer.trello_fields import Played, custom_fields
from normalizer.words import PRIORITY_RANK, LabelMeaning, most_pressing

SHORT_LINK_AT = "https://trello.com/c/"
POINTER_ROLES = {"mirror", "link", "board"}
"""Cards that only stand for something elsewhere: another card, a web page, another board."""
HUNDRED = Decimal(100)
CENT = Decimal("0.01")


def card_item(board: Board, body: Mapping[str, Any], reading: Reading) -> Item:
    """The item that a card is. What cannot be read is left out and noted in ``reading``."""
    text, place = reading.text, _place(board, body, reading)
    labels, said = _labels(board, body, reading)
    custom, played = custom_fields(board, body, reading)
    type, original_type = _type(board, said, played, reading)
    priority, original_priority = _priority(board, said, played, reading)
    hold, hold_reason = _hold(place, said)
    complete, key = reading.flag(body, "dueComplete"), _short_link(body, reading)
    description, reporter = text(body, "desc"), text(body, "idMemberCreator")
    start, rank = played.start or _date(reading, body, "start"), _rank(body, reading)
    return Item(
        id=board.context.id("item", reading.remote_id), system=board.context.system,
        remote_id=reading.remote_id, remote_key=key,
        url=text(body, "url") or text(body, "shortUrl") or SHORT_LINK_AT + (key or reading.remote_id),
        title=_title(body, reading),
        description_md=description or None, description_format="markdown" if description else None,
        type=type, original_type=original_type,
        status_category=_status(place, complete, reading), original_status=place.named if place else None,
        outcome=place.outcome if place else None,
        original_outcome=place.named if place and place.outcome else None,
        hold=hold, hold_reason=hold_reason,
        priority=priority, original_priority=original_priority, rank=rank,
        start=start, start_source="field" if start else None,
        due=played.due or _date(reading, body, "due"),
        completed_at=reading.moment(body, "dateCompleted") if complete else None,
        estimates=played.estimates, progress=played.progress or _progress(body, reading),
        assignments=_assignments(board, body, reading),
        reporter_account_id=board.account_id(reporter) if reporter else None,
        placements=(_placement(board, place, rank),),
        labels=labels, custom=custom, flags=_flags(board, body, reading),
        presence="archived" if _archived(board, place, body, reading) else "present",
        remote_created_at=created_at(reading.remote_id),
        remote_updated_at=reading.moment(body, "dateLastActivity"),
    )  # fmt: skip


def created_at(remote_id: str) -> datetime | None:
    """The first 8 hex digits of a 24-digit id are the second of its creation.

    https://developer.atlassian.com/cloud/trello/guides/rest-api/api-introduction/
    """
    if len(remote_id) != 24 or not remote_id.isascii() or not remote_id.isalnum():
        return None
    try:
        return datetime.fromtimestamp(int(remote_id[:8], 16), UTC)
    except ValueError:
        return None


def _title(body: Mapping[str, Any], reading: Reading) -> str:
    title = reading.text(body, "name")
    if title is None and body.get("name") is None:
        reading.reject("name", "text", None)
    return title or ""


def _short_link(body: Mapping[str, Any], reading: Reading) -> str | None:
    """Bodies of before 2018 give the short link only as the end of ``shortUrl``."""
    link = reading.text(body, "shortLink")
    url = body.get("shortUrl") or body.get("url")
    if link is None and isinstance(url, str) and url.startswith(SHORT_LINK_AT):
        return clean(url.removeprefix(SHORT_LINK_AT).split("/")[0]) or None
    return link


def _place(board: Board, body: Mapping[str, Any], reading: Reading) -> BoardList | None:
    list_id = reading.text(body, "idList")
    if list_id is None:
        if body.get("idList") is None:
            reading.reject("idList", "text", None)
        return None
    return board.list(list_id)


def _placement(board: Board, place: BoardList | None, rank: str | None) -> Placement:
    return Placement(
        scope_id=board.context.scope_id, section_id=place.section_id if place else None, order=rank
    )


def _status(place: BoardList | None, complete: bool, reading: Reading) -> StatusCategory:
    if complete:
        return "done"
    if place is None:
        return "unknown"
    return place.category or reading.unknown("status_category", place.named.name)


def _archived(board: Board, place: BoardList | None, body: Mapping[str, Any], reading: Reading) -> bool:
    """A card on an archived list keeps ``closed: false`` and is on no board view all the same."""
    return reading.flag(body, "closed") or board.closed or (place is not None and place.closed)


def _labels(
    board: Board, body: Mapping[str, Any], reading: Reading
) -> tuple[Sequence[str], Sequence[tuple[Named, LabelMeaning]]]:
    """The labels as shown, each once, and what those with a meaning mean."""
    found: dict[str, str | None] = {}
    if body.get("labels") is not None:
        for label in reading.mappings(body, "labels"):
            found.setdefault(label_text(label), reading.text(label, "id"))
    else:
        for label_id in reading.texts(body, "idLabels"):
            found.setdefault(board.labels.get(label_id, label_id), label_id)
    found.pop("", None)
    return tuple(found), [(Named(name, id), board.words.label(name)) for name, id in found.items()]


def _hold(place: BoardList | None, said: Sequence[tuple[Named, LabelMeaning]]) -> tuple[HoldKind, str | None]:
    holds = [(meaning.hold, named.name) for named, meaning in said if meaning.hold]
    if place is not None:
        holds.append((place.hold, place.named.name))
    hold, why = most_pressing(holds)
    return hold, why if hold != "none" else None


def _type(
    board: Board, said: Sequence[tuple[Named, LabelMeaning]], played: Played, reading: Reading
) -> tuple[ItemType, Named | None]:
    if played.type is not None:
        name = played.type.name
        return board.words.type(name) or reading.unknown("type", name), played.type
    return next(((meaning.type, named) for named, meaning in said if meaning.type), ("task", None))


def _priority(
    board: Board, said: Sequence[tuple[Named, LabelMeaning]], played: Played, reading: Reading
) -> tuple[PriorityLevel, Named | None]:
    given = played.priority
    if given is not None:
        return board.words.priority(given.name) or reading.unknown("priority", given.name), given
    levels = [(meaning.priority, named) for named, meaning in said if meaning.priority]
    return min(levels, key=lambda pair: PRIORITY_RANK[pair[0]], default=("none", None))


def _rank(body: Mapping[str, Any], reading: Reading) -> str | None:
    pos = reading.number(body, "pos")
    return None if pos is None else str(pos)


def _date(reading: Reading, body: Mapping[str, Any], key: str) -> DateValue | None:
    moment = reading.moment(body, key)
    return None if moment is None else DateValue(at=moment)


def _progress(body: Mapping[str, Any], reading: Reading) -> Progress | None:
    """From the check items themselves; bodies without them carry counts in ``badges``."""
    if body.get("checklists") is not None:
        states = [
            reading.text(check, "state")
            for checklist in reading.mappings(body, "checklists")
            for check in reading.mappings(checklist, "checkItems")
        ]
        return _share(states.count("complete"), len(states))
    badges = reading.mapping(body, "badges")
    done, total = reading.number(badges, "checkItemsChecked"), reading.number(badges, "checkItems")
    return _share(done or 0, total or 0)


def _share(done: float, total: float) -> Progress | None:
    if not 0 <= done <= total or total == 0:
        return None
    return Progress((HUNDRED * Decimal(done) / Decimal(total)).quantize(CENT), "checklist")


def _assignments(board: Board, body: Mapping[str, Any], reading: Reading) -> Sequence[Assignment]:
    """Trello's members of a card are equals: one alone owns it, of several none is said to lead."""
    members = list(dict.fromkeys(reading.texts(body, "idMembers")))
    role: Role = "owner" if len(members) == 1 else "contributor"
    return [Assignment(board.account_id(member), role) for member in members]


def _flags(board: Board, body: Mapping[str, Any], reading: Reading) -> Flags:
    role, source = reading.text(body, "cardRole"), reading.text(body, "mirrorSourceId")
    template = reading.flag(body, "isTemplate")
    if role is None and source is None:
        return Flags(is_template=True) if template else Flags()
    if role is not None and role != "separator" and role not in POINTER_ROLES:
        reading.unknown("flags", role)
    return Flags(
        is_template=template,
        is_separator=role == "separator",
        is_mirror=role in POINTER_ROLES or source is not None,
        mirror_of=board.context.id("item", source) if source else None,
    )

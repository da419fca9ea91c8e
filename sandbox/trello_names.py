"""How the story's words and numbers read on a Trello board: ids, labels, custom fields, people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.ids import derived_id
from sandbox.names import CUSTOMERS
from sandbox.planted import TRELLO_SITE
from sandbox.story import Level, Person, Project, Stage, Task

COLOURS = (
    "green", "yellow", "orange", "red", "purple", "blue", "sky", "lime", "pink", "black", "green_dark",
    "yellow_light", "blue_dark",
)  # fmt: skip
BLOCKED = "Blocked"
PRIORITY_OPTIONS: Mapping[Level, str] = {"urgent": "Urgent", "high": "High", "medium": "Medium", "low": "Low"}
STEP = 16384
"""Trello leaves this much room between the positions of neighbours."""
ORGANIZATION = "5a0000000000000000000001"


def born(remote_id: str) -> datetime:
    return datetime.fromtimestamp(int(remote_id[:8], 16), UTC)


def part_id(owner_id: str, *parts: object) -> str:
    """The id of something that belongs to a board or a card."""
    return derived_id(born(owner_id), owner_id, *parts)


def list_id(board: Project, stage: Stage | str) -> str:
    return part_id(board.remote_id, "list", stage)


def list_ref(board: Project, stage: Stage) -> dict[str, str]:
    """How actions name a list."""
    return {"id": list_id(board, stage), "name": board.lists[stage]}


def board_ref(board: Project) -> dict[str, str]:
    return {"id": board.remote_id, "name": board.name, "shortLink": board.key}


def label_names(board: Project, cards: Iterable[Task]) -> list[str]:
    """The board's own, those on its cards, and the one that says blocked."""
    used = sorted({label for card in cards for label in card.labels})
    return list(dict.fromkeys((*board.labels, *used, BLOCKED)))


def label_body(board: Project, name: str) -> dict[str, Any]:
    """A name that is a colour is a label without a name; ``Internal`` is one without a colour."""
    colour: str | None = name if name in COLOURS else COLOURS[sum(name.encode()) % len(COLOURS)]
    return {
        "id": part_id(board.remote_id, "label", name),
        "idBoard": board.remote_id,
        "idOrganization": ORGANIZATION,
        "name": "" if name in COLOURS else name,
        "color": None if name == "Internal" else colour,
        "uses": 1,
    }


@dataclass(frozen=True, slots=True)
class FieldKind:
    """A custom field of every board. ``options`` make it a list, else it is a number."""

    name: str
    options: Sequence[str] = ()

    def id(self, board: Project) -> str:
        return part_id(board.remote_id, "field", self.name)

    def type(self, board: Project) -> str:
        if self.options:
            return "list"
        return "text" if self.name == "Cost" and board.cost_is_text else "number"

    def option_id(self, board: Project, option: str) -> str:
        return part_id(board.remote_id, "field", self.name, option)


PRIORITY = FieldKind("Priority", tuple(PRIORITY_OPTIONS.values()))
CUSTOMER = FieldKind("Customer", CUSTOMERS)
COST = FieldKind("Cost")
POINTS = FieldKind("Points")


def field_kinds(board: Project, cards: Iterable[Task]) -> list[FieldKind]:
    """Points exist where a board estimates."""
    estimates = board.method == "hybrid" or any(card.points is not None for card in cards)
    return [PRIORITY, CUSTOMER, COST, *([POINTS] if estimates else [])]


def field_body(board: Project, kind: FieldKind, number: int) -> dict[str, Any]:
    id = kind.id(board)
    options = [
        {
            "id": kind.option_id(board, option),
            "idCustomField": id,
            "value": {"text": option},
            "color": "none",
            "pos": STEP * place,
        }
        for place, option in enumerate(kind.options, 1)
    ]
    return {
        "id": id,
        "idModel": board.remote_id,
        "modelType": "board",
        "fieldGroup": f"{hash_text(board.remote_id, kind.name)}",
        "display": {"cardFront": True},
        "name": kind.name,
        "pos": STEP * number,
        **({"options": options, "type": "list"} if options else {"type": kind.type(board)}),
        "isSuggestedField": False,
    }


def hash_text(*parts: str) -> str:
    return derived_id(datetime.fromtimestamp(0, UTC), *parts)[8:]


def person_ref(person: Person) -> dict[str, Any]:
    """How actions name a member."""
    return {
        "id": person.trello_id,
        "activityBlocked": False,
        "avatarHash": None,
        "avatarUrl": None,
        "fullName": person.name,
        "idMemberReferrer": None,
        "initials": "".join(word[0] for word in person.name.split()),
        "nonPublic": {},
        "nonPublicAvailable": True,
        "username": person.handle,
    }


def member_body(person: Person) -> dict[str, Any]:
    """A member as others see them: nobody's e-mail address is shown."""
    return {
        **person_ref(person),
        "bio": "",
        "confirmed": True,
        "idEnterprise": None,
        "memberType": "normal",
        "products": [],
        "status": "disconnected",
        "url": f"{TRELLO_SITE}/u/{person.handle}",
    }

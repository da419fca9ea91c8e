"""One Trello board made ready: its lists, labels and custom fields looked up once for all its cards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.base import JsonObject
from normalizer.context import Context
from normalizer.model import FieldType, HoldKind, Named, Outcome, StatusCategory, Unmapped
from normalizer.reading import Losing, clean
from normalizer.rules import FIELDS, FieldRole, Rules
from normalizer.words import Words, word

FIELD_TYPES: Mapping[str, FieldType] = {
    "text": "text",
    "number": "number",
    "date": "datetime",
    "checkbox": "boolean",
    "list": "option",
}
"""https://developer.atlassian.com/cloud/trello/guides/rest-api/getting-started-with-custom-fields/"""
ROLE_NAMES: Mapping[str, FieldRole] = {
    "points": "estimate",
    "story points": "estimate",
    "story point estimate": "estimate",
    "estimate": "estimate",
    "size": "estimate",
    "priority": "priority",
}
LOSING: Losing = {
    "name": ("title",),
    "desc": ("description_md",),
    "idList": ("status_category",),
    "start": ("start",),
    "due": ("due",),
    "dateCompleted": ("completed_at",),
    "pos": ("rank",),
    "labels": ("labels",),
    "idLabels": ("labels",),
    "idMembers": ("assignments",),
    "idMemberCreator": ("reporter_account_id",),
    "checklists": ("progress",),
    "badges": ("progress",),
    "dateLastActivity": ("remote_updated_at",),
    "customFieldItems": ("custom", "estimates", "start", "due", "priority", "type", "progress"),
}
"""What an item goes without where a key of its card cannot be read."""
ROLE_TYPES: Mapping[FieldRole, tuple[FieldType, ...]] = {
    "estimate": ("number",),
    "start": ("datetime",),
    "due": ("datetime",),
    "priority": ("option", "text"),
    "percent_complete": ("number",),
    "type": ("option", "text"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardList:
    """A list of the board. ``category`` is None where nobody has said what its name stands for."""

    section_id: str
    named: Named
    closed: bool
    category: StatusCategory | None
    hold: HoldKind
    outcome: Outcome | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomField:
    id: str
    name: str
    type: FieldType
    options: Mapping[str, str]


class Board:
    """What the definition says of the board. Odd parts of a definition are left out; ``complaints`` tells
    of rules that find nothing to apply to."""

    def __init__(self, context: Context) -> None:
        body = context.definitions.get("board", {})
        self.context = context
        self.words = Words(context.rules)
        self.closed = body.get("closed") is True or context.scope.closed
        self.lists = {one["id"]: self._list(one) for one in named(body, "lists")}
        self.labels = {one["id"]: label_text(one) for one in named(body, "labels")}
        self.fields = {one["id"]: field for one in named(body, "customFields") if (field := _field(one))}
        self.members = {one["id"] for one in identified(body, "members")}
        self.deactivated = {
            one["idMember"]
            for one in objects(body, "memberships")
            if one.get("deactivated") is True and isinstance(one.get("idMember"), str)
        }
        self.roles, self.complaints = _roles(self.fields, context.rules)
        self.losing: Losing = {**LOSING, **self._losing()}
        self._accounts: dict[str, str] = {}

    def _losing(self) -> dict[str, list[str]]:
        """Fields of one name are lost together: a complaint tells the name alone."""
        found: dict[str, list[str]] = {}
        for field in self.fields.values():
            role = self.roles.get(field.id)
            played = [FIELDS.get(role, role)] if role else []
            found.setdefault(f"customFieldItems.{field.name}", []).extend([f"custom.{field.id}", *played])
        return found

    def account_id(self, member_id: str) -> str:
        known = self._accounts.get(member_id)
        if known is None:
            known = self._accounts[member_id] = self.context.id("account", member_id)
        return known

    def list(self, list_id: str) -> BoardList:
        """The list by its id; a list that came after the definitions were read goes by its id alone."""
        known = self.lists.get(list_id)
        return known or self._list({"id": list_id, "name": list_id})

    def category(self, list_id: str | None, name: str | None) -> StatusCategory | None:
        """What a list of that time stood for: by the name it had then, else by the name it has now."""
        found = self.words.status(name) if name else None
        if found is None and list_id in self.lists:
            return self.lists[list_id].category
        return found

    def _list(self, one: JsonObject) -> BoardList:
        name = one["name"]
        return BoardList(
            section_id=self.context.id("section", one["id"]),
            named=Named(name, one["id"]),
            closed=one.get("closed") is True,
            category=self.words.status(name),
            hold=self.words.hold_of_list(name),
            outcome=self.words.outcome(name),
        )


def objects(body: JsonObject, key: str) -> Iterator[Mapping[str, Any]]:
    value = body.get(key)
    yield from (one for one in value if isinstance(one, dict)) if isinstance(value, list) else ()


def identified(body: JsonObject, key: str) -> Iterator[dict[str, Any]]:
    """The objects under ``key`` that have an id, with it cleaned."""
    for one in objects(body, key):
        if isinstance(one.get("id"), str) and one["id"]:
            yield {**one, "id": clean(one["id"])}


def named(body: JsonObject, key: str) -> Iterator[dict[str, Any]]:
    """The objects under ``key`` that have an id and a name (maybe an empty one), both cleaned."""
    for one in identified(body, key):
        if isinstance(one.get("name"), str):
            yield {**one, "name": clean(one["name"])}


def label_text(label: Mapping[str, Any]) -> str:
    """A label's name; one without a name goes by its colour, one without either by its id."""
    shown = (label.get(key) for key in ("name", "color", "id"))
    return next((clean(text) for text in shown if isinstance(text, str) and text), "")


def _field(one: Mapping[str, Any]) -> CustomField | None:
    given = one.get("type")
    if not isinstance(given, str) or given not in FIELD_TYPES:
        return None
    options = {
        option["id"]: clean(value["text"])
        for option in identified(one, "options")
        if isinstance(value := option.get("value"), dict) and isinstance(value.get("text"), str)
    }
    return CustomField(id=one["id"], name=one["name"], type=FIELD_TYPES[given], options=options)


def _roles(
    fields: Mapping[str, CustomField], rules: Rules
) -> tuple[dict[str, FieldRole], Sequence[Unmapped]]:
    """Which field plays which role: as the rules say, else by a well-known name where the type fits."""
    roles: dict[str, FieldRole] = {}
    complaints = [Unmapped(field="rules.link", value=name) for name in rules.link]
    for role, wanted in rules.fields.items():
        found = next((f for f in fields.values() if wanted == f.id or word(wanted) == word(f.name)), None)
        if found is not None and found.type in ROLE_TYPES[role]:
            roles[found.id] = role
            rules.met("fields", role)
        else:
            complaints.append(Unmapped(field=f"rules.fields.{role}", value=wanted))
    for field in fields.values():
        known = ROLE_NAMES.get(word(field.name))
        taken = known in roles.values() or known in rules.fields
        if known and not taken and field.type in ROLE_TYPES[known]:
            roles.setdefault(field.id, known)
    return roles, complaints

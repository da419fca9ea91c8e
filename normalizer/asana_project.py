"""One Asana project made ready: its sections and custom fields looked up once for all its tasks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from normalizer.asana_read import Body, named, names
from normalizer.context import Context
from normalizer.model import ItemType, Named, StatusCategory, Unmapped
from normalizer.rules import FieldRole
from normalizer.words import Words, word

STATUS_FIELDS = frozenset({"status", "task status", "stage", "state", "workflow", "task progress"})
STATUS_TEMPLATES = frozenset({"status", "stage", "task_progress"})
ROLE_TEMPLATES: Mapping[str, FieldRole] = {
    "estimated_time": "estimate",
    "priority": "priority",
    "priority_level": "priority",
}
"""``asana_created_field``: which of Asana's own fields this one was made from, whatever its name is now."""
ROLE_NAMES: Mapping[str, FieldRole] = {
    "points": "estimate",
    "story points": "estimate",
    "story point estimate": "estimate",
    "estimate": "estimate",
    "estimated time": "estimate",
    "size": "estimate",
    "priority": "priority",
    "percent complete": "percent_complete",
    "complete": "percent_complete",
    "type": "type",
    "task type": "type",
    "issue type": "type",
    "work type": "type",
}
ROLE_KINDS: Mapping[FieldRole, tuple[str, ...]] = {
    "estimate": ("number",),
    "percent_complete": ("number",),
    "priority": ("enum", "text"),
    "type": ("enum", "text"),
    "start": ("date",),
    "due": ("date",),
}
TYPE_NAMES: Mapping[str, ItemType] = {
    "task": "task",
    "request": "request",
    "service request": "request",
    "change request": "request",
    "initiative": "initiative",
    "approval": "approval",
}
"""Names of custom types beside those that are said everywhere."""
TWO = 2


@dataclass(frozen=True, slots=True)
class SectionWord:
    """A section, its place among the others, and what its name stands for, if anything."""

    named: Named
    order: int
    category: StatusCategory | None


class Project:
    """What the definitions say. Odd parts of them are left out; ``complaints`` tells of rules that find
    nothing to apply to."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.words = Words(context.rules)
        body = context.definitions.get("project", {})
        self.archived = body.get("archived") is True or context.scope.closed
        sections = [one for one in map(named, _entries(context, "sections")) if one and one.id]
        self.sections = {
            str(one.id): SectionWord(one, order, self.words.status(one.name))
            for order, one in enumerate(sections)
        }
        self.workflow = self.is_workflow([one.name for one in sections])
        self.fields = {
            field["gid"]: field
            for setting in _entries(context, "custom_field_settings")
            if isinstance(field := setting.get("custom_field"), dict) and isinstance(field.get("gid"), str)
        }
        self._roles: dict[tuple[object, ...], FieldRole | None] = {}
        self._statuses: dict[str, bool] = {}
        self._accounts: dict[str, str] = {}
        self.complaints = list(self._complaints())

    def is_workflow(self, words: Sequence[str]) -> bool:
        """Whether these names are the steps of a piece of work, and not its parts: two of them at least
        stand for different statuses."""
        return len({self.words.status(one) for one in words} - {None}) >= TWO

    def account_id(self, gid: str) -> str:
        known = self._accounts.get(gid)
        if known is None:
            known = self._accounts[gid] = self.context.id("account", gid)
        return known

    def type(self, name: str) -> ItemType | None:
        return self.words.type(name) or TYPE_NAMES.get(word(name))

    def ruled(self, role: FieldRole) -> str | None:
        return self.context.rules.fields.get(role)

    def role(self, field: Body) -> FieldRole | None:
        """As a rule says, else by what Asana made the field from, else by a well-known name. Only a field
        whose type can play it has a role. Each telling of a field is judged once: every task repeats it."""
        told = field.get("gid"), field.get("name"), field.get("asana_created_field"), kind_of(field)
        try:
            return self._roles[told]
        except TypeError:  # one of them is a list or an object
            return self._role(field)
        except KeyError:
            role = self._roles[told] = self._role(field)
            return role

    def _role(self, field: Body) -> FieldRole | None:
        gid, name = str(field.get("gid")), word(str(field.get("name") or ""))
        for role, wanted in self.context.rules.fields.items():
            if wanted == gid or word(wanted) == name:
                return role if kind_of(field) in ROLE_KINDS[role] else None
        known = ROLE_TEMPLATES.get(str(field.get("asana_created_field"))) or ROLE_NAMES.get(name)
        if known is None or self.ruled(known) or kind_of(field) not in ROLE_KINDS[known]:
            return None
        return known

    def is_status(self, field: Body) -> bool:
        """A field named so may as well hold "on track": its options must be the steps of a workflow."""
        gid = str(field.get("gid"))
        known = self._statuses.get(gid)
        if known is not None:
            return known
        if kind_of(field) != "enum":
            return False
        by_name = word(str(field.get("name") or "")) in STATUS_FIELDS
        by_template = str(field.get("asana_created_field")) in STATUS_TEMPLATES
        if not (by_name or by_template):
            return False
        options = names(self.fields.get(gid, field).get("enum_options"))
        if not options:  # a field of another project that the task is in as well
            chosen = named(field.get("enum_value"))
            return chosen is not None and self.words.status(chosen.name) is not None
        self._statuses[gid] = self.is_workflow(options)
        return self._statuses[gid]

    def _complaints(self) -> Iterator[Unmapped]:
        rules = self.context.rules
        yield from (Unmapped(field="rules.link", value=name) for name in rules.link)
        playing = {role for field in self.fields.values() if (role := self.role(field))}
        for role, wanted in rules.fields.items():
            if role in playing:
                rules.met("fields", role)
            else:
                yield Unmapped(field=f"rules.fields.{role}", value=wanted)


def kind_of(field: Body) -> str:
    """``resource_subtype`` came for ``type``; the result of a formula has the type of a plain field, and
    only ``representation_type`` tells of a custom id."""
    if field.get("representation_type") == "custom_id":
        return "custom_id"
    return str(field.get("resource_subtype") or field.get("type") or "")


def _entries(context: Context, name: str) -> list[dict[str, Any]]:
    values = context.definitions.get(name, {}).get("data")
    return [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []

"""Asana's custom fields: how they are defined, in which projects they stand, what they hold on a task.

https://developers.asana.com/docs/custom-fields-guide
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sandbox import ids
from sandbox.asana_things import Body, Choice, Thing
from sandbox.names import CUSTOMERS, PLACES
from sandbox.resources import CURRENCY
from sandbox.story import Project, Task

LEVELS = {"urgent": "Urgent", "high": "High", "medium": "Medium", "low": "Low"}
NUMBERS: Mapping[str, Body] = {
    "points": {"name": "Story points", "precision": 0, "format": "none"},
    "estimate": {
        "name": "Estimated time", "precision": 0, "format": "duration",
        "asana_created_field": "estimated_time",
    },
    "cost": {"name": "Cost", "precision": 2, "format": "currency", "currency_code": CURRENCY},
    "risk": {
        "name": "Risk score", "precision": 0, "format": "none", "is_formula_field": True,
        "representation_type": "formula", "is_value_read_only": True,
    },
}  # fmt: skip
OTHERS: Mapping[str, tuple[str, str]] = {
    "order": ("text", "PO number"),
    "review": ("date", "Review date"),
    "reviewers": ("people", "Reviewers"),
    "related": ("reference", "Related to"),
}
REGIONS = PLACES[:4]
COLOURS = ("red", "orange", "yellow-green", "blue", "purple", "cool-gray", "none")
EVERYWHERE = ("priority", "points", "estimate", "customer", "cost")
BY_FIELD = ("status", "regions", "order", "review", "reviewers", "related", "risk")
"""Beside those in the project whose status is a field."""
Values = Callable[["Fields", Task], Body]


@dataclass(slots=True)
class Fields:
    """The definitions of the workspace by short name, and the people and tasks whom values name."""

    plain: Mapping[str, Thing]
    choices: dict[str, Choice]
    users: Mapping[int, Thing]
    tasks: Mapping[int, Thing]

    def of(self, project: Project) -> Sequence[str]:
        return (*EVERYWHERE, *BY_FIELD) if project.status_by == "field" else EVERYWHERE

    def all(self) -> list[Thing]:
        return [*(choice.thing for choice in self.choices.values()), *self.plain.values()]

    def status(self, project: Project) -> Choice:
        """The words of the statuses are each project's own."""
        name = f"status/{project.slug}"
        if name not in self.choices:
            self.choices[name] = _choice("enum", "Status", dict(project.lists), project.slug)
        return self.choices[name]

    def definition(self, name: str, project: Project) -> Thing:
        if name == "status":
            return self.status(project).thing
        return self.choices[name].thing if name in self.choices else self.plain[name]

    def value(self, name: str, project: Project, task: Task) -> Thing:
        """The field with what it holds on the task."""
        definition = self.definition(name, project)
        if name == "status":
            held: Body = {"enum_value": self.status(project).options.get(task.stage)}
        else:
            held = VALUES[name](self, task)
        empty = EMPTY[definition.fields["resource_subtype"]]
        body = {**definition.fields, "enabled": True, **empty, **held}
        return Thing(definition.gid, "custom_field", {**body, "display_value": _display(body)})

    def option(self, name: str, key: str | None) -> Thing | None:
        return self.choices[name].options.get(key or "")


def define(users: Mapping[int, Thing], tasks: Mapping[int, Thing], *, cost_is_text: bool) -> Fields:
    choices = {
        "priority": _choice("enum", "Priority", LEVELS),
        "customer": _choice("enum", "Customer", {name: name for name in CUSTOMERS}),
        "regions": _choice("multi_enum", "Regions", {name: name for name in REGIONS}),
    }
    choices["priority"].thing.fields["asana_created_field"] = "priority"
    plain = {key: _field("number", str(told["name"]), told) for key, told in NUMBERS.items()}
    plain |= {key: _field(kind, name, {}) for key, (kind, name) in OTHERS.items()}
    if cost_is_text:
        plain["cost"] = Thing(plain["cost"].gid, "custom_field", _field("text", "Cost", {}).fields)
    return Fields(plain, choices, users, tasks)


def _field(kind: str, name: str, told: Body, *parts: str) -> Thing:
    body: Body = {
        "name": name, "type": kind, "resource_subtype": kind, "representation_type": kind, "id_prefix": None,
        "is_formula_field": False, "description": "", "is_global_to_workspace": True,
        "has_notifications_enabled": False, "asana_created_field": None, "is_value_read_only": False,
        "privacy_setting": "public", "default_access_level": "editor",
    }  # fmt: skip
    if kind == "number":
        body |= {
            "precision": 0, "format": "none", "currency_code": None, "custom_label": None,
            "custom_label_position": None,
        }  # fmt: skip
    return Thing(ids.gid("custom_field", kind, name, *parts), "custom_field", {**body, **told})


def _choice(kind: str, name: str, words: Mapping[Any, str], *parts: str) -> Choice:
    thing = _field(kind, name, {}, *parts)
    options = {
        str(key): Thing(
            ids.gid("option", thing.gid, key),
            "enum_option",
            {"name": word, "enabled": True, "color": COLOURS[place % len(COLOURS)]},
        )
        for place, (key, word) in enumerate(words.items())
    }
    thing.fields["enum_options"] = list(options.values())
    return Choice(thing, options)


EMPTY: Mapping[str, Body] = {
    "enum": {"enum_value": None},
    "multi_enum": {"multi_enum_values": []},
    "number": {"number_value": None},
    "text": {"text_value": None},
    "date": {"date_value": None},
    "people": {"people_value": []},
    "reference": {"reference_value": []},
}


def _regions(fields: Fields, task: Task) -> Body:
    chosen = (fields.option("regions", name) for n, name in enumerate(REGIONS) if task.number % (n + 2) == 0)
    return {"multi_enum_values": [one for one in chosen if one]}


def _review(_fields: Fields, task: Task) -> Body:
    if task.number % 3:
        return {}
    at = task.created + timedelta(days=14)
    instant = f"{at:%Y-%m-%dT%H:%M:00.000Z}" if task.number % 2 else None
    return {"date_value": {"date": f"{at:%Y-%m-%d}", "date_time": instant}}


def _reviewers(fields: Fields, task: Task) -> Body:
    who = sorted({task.reporter, *task.assignees}) if task.number % 4 == 0 else []
    return {"people_value": [fields.users[id] for id in who]}


def _related(fields: Fields, task: Task) -> Body:
    others = [fields.tasks.get(wait.number) for wait in task.waits_for]
    return {"reference_value": [one for one in others if one]}


def _cost(fields: Fields, task: Task) -> Body:
    if fields.plain["cost"].fields["type"] == "text":
        return {"text_value": None if task.cost is None else str(task.cost)}
    return {"number_value": task.cost}


VALUES: Mapping[str, Values] = {
    "priority": lambda fields, task: {"enum_value": fields.option("priority", task.priority)},
    "customer": lambda fields, task: {"enum_value": fields.option("customer", task.customer)},
    "points": lambda _, task: {"number_value": task.points},
    "estimate": lambda _, task: {"number_value": task.estimate_minutes},
    "cost": _cost,
    "risk": lambda _, task: {"number_value": len(task.waits_for) * 10},
    "order": lambda _, task: {"text_value": f"PO-{task.number}" if task.number % 5 == 0 else None},
    "regions": _regions,
    "review": _review,
    "reviewers": _reviewers,
    "related": _related,
}


def _display(body: Body) -> str | None:
    """How Asana would write the value. Of a duration that is hours and minutes."""
    number: Any = body.get("number_value")
    if number is not None:
        if body["format"] == "duration":
            return f"{number // 60}h {number % 60}m"
        if body["format"] == "currency":
            return f"{body['currency_code']} {number:,.2f}"
        return str(number)
    several = [*body.get("multi_enum_values", []), *body.get("people_value", [])]
    several += body.get("reference_value", [])
    if several:
        return ", ".join(str(one.fields.get("name")) for one in several)
    chosen, day = body.get("enum_value"), body.get("date_value")
    if chosen:
        return str(chosen.fields["name"])
    if day:
        return str(day["date_time"] or day["date"])
    text = body.get("text_value")
    return None if text is None else str(text)

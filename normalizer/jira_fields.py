"""Which field of a Jira site plays which role: sprint, points, start … have other ids on every site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.base import JsonObject
from normalizer.jira_read import CUSTOM
from normalizer.jira_values import Read, guessed, reader
from normalizer.model import NullReason
from normalizer.rules import FieldRole, Rules

# The type of a custom field is the same on every site; its id and its name are not.
SPRINT = "com.pyxis.greenhopper.jira:gh-sprint"
RANK = "com.pyxis.greenhopper.jira:gh-lexo-rank"
TEAM_POINTS = "com.pyxis.greenhopper.jira:jsw-story-points"
EPIC_LINK = "com.pyxis.greenhopper.jira:gh-epic-link"
TARGET_START = "com.atlassian.jpo:jpo-custom-field-baseline-start"
FLOAT = "com.atlassian.jira.plugin.system.customfieldtypes:float"
DATE_PICKER = "com.atlassian.jira.plugin.system.customfieldtypes:datepicker"
CHECKBOXES = "com.atlassian.jira.plugin.system.customfieldtypes:multicheckboxes"

TIME_ESTIMATE = "timeoriginalestimate"


class Readers(dict[str, Read | None]):
    """How to read each custom field; None for a field that is none. One that the site does not tell of is
    read by what it holds."""

    def __missing__(self, field_id: str) -> Read | None:
        read = self[field_id] = guessed(field_id) if field_id.startswith(CUSTOM) else None
        return read


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldPlan:
    """Ids of fields by role, the likeliest first; and how to read each custom field."""

    sprint: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    start: tuple[str, ...] = ()
    due: tuple[str, ...] = ("duedate",)
    rank: tuple[str, ...] = ()
    epic: tuple[str, ...] = ()
    flagged: tuple[str, ...] = ()
    percent: tuple[str, ...] = ()
    priority: tuple[str, ...] = ("priority",)
    type: tuple[str, ...] = ("issuetype",)
    minutes_first: bool = False
    """The board estimates in time, so that minutes are the primary estimate."""
    minutes: bool = False
    """The site keeps time."""
    custom: Readers
    ids_by_name: Mapping[str, str]
    """For changelogs that name the field only."""

    def absent(self) -> dict[str, NullReason]:
        """Why fields are null throughout the scope."""
        found = {
            "start": self.start,
            "start_source": self.start,
            "estimates": self.points or self.minutes,
            "iteration_ids": self.sprint,
            "rank": self.rank,
        }
        unmapped: dict[str, NullReason] = {name: "unmapped" for name, ids in found.items() if not ids}
        never: dict[str, NullReason] = {"hold_since": "unsupported", "remote_version": "unsupported"}
        if not self.minutes:
            unmapped |= {"remaining": "unmapped", "spent": "unmapped"}
        return {**unmapped, **never}


def entries(definitions: Mapping[str, JsonObject], name: str) -> list[dict[str, Any]]:
    """The objects in a definition's list; nothing where it is missing or odd."""
    body = definitions.get(name)
    values = body.get("values") if isinstance(body, Mapping) else None
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


@dataclass(frozen=True, slots=True)
class _Field:
    id: str
    name: str
    custom: str


def plan(definitions: Mapping[str, JsonObject], rules: Rules) -> FieldPlan:
    fields, custom = _fields(definitions)
    ids = {field.id for field in fields}
    by_name = {field.name: field.id for field in reversed(fields)}
    boards = _board_estimates(definitions)

    def ruled(role: FieldRole) -> list[str]:
        wanted = rules.fields.get(role)
        if not wanted:
            return []
        found = by_name.get(wanted.strip().casefold(), wanted)
        if found in ids:
            rules.met("fields", role)
        return [found]

    def typed(kind: str, *names: str) -> list[str]:
        return [f.id for f in fields if f.custom == kind and (not names or f.name in names)]

    board_points = [board for board in boards if board.startswith(CUSTOM)]
    named_points = typed(FLOAT, "story points", "story point estimate")
    return FieldPlan(
        sprint=_once(typed(SPRINT)),
        points=_once(ruled("estimate"), board_points, typed(TEAM_POINTS), named_points),
        start=_once(ruled("start"), typed(DATE_PICKER, "start date"), typed(TARGET_START)),
        due=_once(ruled("due"), ["duedate"]),
        rank=_once(typed(RANK)),
        epic=_once(typed(EPIC_LINK)),
        flagged=_once(typed(CHECKBOXES, "flagged")),
        percent=_once(ruled("percent_complete")),
        priority=_once(ruled("priority"), ["priority"]),
        type=_once(ruled("type"), ["issuetype"]),
        minutes_first=not ruled("estimate") and boards[:1] == [TIME_ESTIMATE],
        minutes=TIME_ESTIMATE in ids or "timetracking" in ids,
        custom=custom,
        ids_by_name=by_name,
    )


def _fields(definitions: Mapping[str, JsonObject]) -> tuple[list[_Field], Readers]:
    """The site's fields, and how to read the custom ones."""
    fields, custom = list[_Field](), Readers()
    for entry in entries(definitions, "fields"):
        field_id, name, told = entry.get("id"), entry.get("name"), entry.get("schema")
        if not isinstance(field_id, str):
            continue
        name = name if isinstance(name, str) else field_id
        schema = told if isinstance(told, dict) else {}
        fields.append(_Field(field_id, name.strip().casefold(), str(schema.get("custom"))))
        if field_id.startswith(CUSTOM):
            custom[field_id] = reader(name, schema)
    return fields, custom


def _once(*lists: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for each in lists for one in each))


def _board_estimates(definitions: Mapping[str, JsonObject]) -> list[str]:
    """The fields that the scope's boards estimate in, in the boards' order."""
    found = []
    for board in entries(definitions, "board"):
        match board:
            case {"configuration": {"estimation": {"field": {"fieldId": str(field_id)}}}}:
                found.append(field_id)
    return found

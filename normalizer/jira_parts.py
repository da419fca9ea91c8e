"""What issues refer to: components as sections, sprints as iterations, versions as releases."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal

from normalizer.context import Context
from normalizer.jira_read import Misfit, Object, Telling, at, date_only, moment, obj, text, word
from normalizer.model import DateValue, Iteration, Release, Section

SprintState = Literal["future", "active", "closed"]
_STATES: dict[str, SprintState] = {"future": "future", "active": "active", "closed": "closed"}

# Jira Server writes a sprint as com.atlassian.greenhopper.service.sprint.Sprint@1f[id=1,rapidViewId=2,name=…]
_PRINTED = re.compile(r"^com\.atlassian\.greenhopper\..*?\[(.*)\]$", re.DOTALL)
_PAIR = re.compile(r"(?:^|,)(\w+)=(.*?)(?=,\w+=|$)", re.DOTALL)


class Parts:
    """Reads sprints, versions and components of one scope; raises Misfit on a value that is none."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._ids: dict[tuple[str, str], str] = {}
        self._told = Telling(_TOLD, self._iteration)
        self.section: Callable[[Any], Section] = Telling(("id", "name"), self._section)

    def id(self, kind: Literal["scope", "section", "iteration", "release"], remote_id: str) -> str:
        found = self._ids.get((kind, remote_id))
        if found is None:
            found = self._ids[kind, remote_id] = self._context.id(kind, remote_id)
        return found

    def _section(self, value: Any) -> Section:
        component = obj(value)
        remote_id = at("id", component.get("id"), word)
        return Section(
            id=self.id("section", remote_id),
            scope_id=self.id("scope", self._context.scope.id),
            remote_id=remote_id,
            kind="component",
            name=at("name", component.get("name"), text),
        )

    def release(self, value: Any) -> Release:
        version = obj(value)
        remote_id = at("id", version.get("id"), word)
        date = version.get("releaseDate")
        return Release(
            id=self.id("release", remote_id),
            scope_id=self.id("scope", self._context.scope.id),
            remote_id=remote_id,
            name=at("name", version.get("name"), text),
            date=None if date is None else at("releaseDate", date, date_only),
            released=version.get("released") is True,
        )

    def iteration(self, value: Any) -> Iteration:
        return self._told(printed(value) if isinstance(value, str) else value)

    def _iteration(self, value: Any) -> Iteration:
        sprint = obj(value)
        remote_id = at("id", sprint.get("id"), word)
        state = _STATES.get(str(sprint.get("state")).lower())
        if state is None:
            raise Misfit("future, active or closed", sprint.get("state"), "state")
        completed, goal = sprint.get("completeDate"), sprint.get("goal")
        return Iteration(
            id=self.id("iteration", remote_id),
            scope_id=self.id("scope", self._context.scope.id),
            remote_id=remote_id,
            name=at("name", sprint.get("name"), text),
            state=state,
            start=_instant(sprint, "startDate"),
            end=_instant(sprint, "endDate"),
            completed_at=None if completed is None else at("completeDate", completed, moment),
            goal=at("goal", goal, text) if goal else None,
        )


_TOLD = ("id", "name", "state", "startDate", "endDate", "completeDate", "goal")


def printed(value: str) -> Object:
    """A sprint in the form in which Jira Server prints it. Commas in a name or a goal are kept."""
    inside = _PRINTED.match(value)
    if not inside:
        raise Misfit("a sprint", value)
    return {key: None if said == "<null>" else said for key, said in _PAIR.findall(inside[1])}


def _instant(sprint: Object, field: str) -> DateValue | None:
    value = sprint.get(field)
    return None if value is None else DateValue(at=at(field, value, moment))

"""The fields of a task that an edit can set: each value checked, and told as changes of the story."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any, TypeVar, get_args

from sandbox import times
from sandbox.people import account
from sandbox.story import JIRA, EventField, Level, Project, Stage, Story, Task

T = TypeVar("T", bound=str)


class BadEdit(Exception):
    """The edit cannot be done; the message is one readable sentence."""


PERCENT: Mapping[Stage, int] = {
    "idea": 0, "ready": 0, "doing": 40, "review": 90, "done": 100, "dropped": 0, "parked": 50, "vendor": 50,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One field goes from one value to another, in an event's terms."""

    field: EventField
    before: str | None
    after: str | None


Change = Callable[[Task], Iterator[Step]]
"""Changes the task and tells the steps it took. The value has been checked before."""
Setter = Callable[[Story, Project, Any], Change]


def one_of(allowed: Sequence[T], value: object, name: str) -> T:
    for one in allowed:
        if one == value:
            return one
    raise BadEdit(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")


def _plain(field: EventField, attribute: str, value: Any, text: Callable[[Any], str | None]) -> Change:
    def change(task: Task) -> Iterator[Step]:
        former = getattr(task, attribute)
        setattr(task, attribute, value)
        if former != value:
            yield Step(field, text(former), text(value))

    return change


def _text(field: EventField, empty: bool) -> Setter:
    def check(_story: Story, _project: Project, value: Any) -> Change:
        if not isinstance(value, str) or not (empty or value.strip()):
            raise BadEdit(f"{field} must be text{'' if empty else ' that is not empty'}, not {value!r}.")
        return _plain(field, field, value, str)

    return check


def _stage(_story: Story, project: Project, value: Any) -> Change:
    """A card or issue that is taken up again is no longer ticked or done; a row's percent goes along."""
    stages = tuple(project.lists) if project.lists else get_args(Stage)
    wanted: Stage = one_of(stages, value, "stage")

    def change(task: Task) -> Iterator[Step]:
        former, task.stage, task.ticked_in = task.stage, wanted, None
        if task.percent is not None:
            task.percent = PERCENT[wanted]
        if former != wanted:
            yield Step("stage", former, wanted)

    return change


def _priority(_story: Story, _project: Project, value: Any) -> Change:
    return _plain("priority", "priority", one_of(get_args(Level), value, "priority"), str)


def _due(_story: Story, project: Project, value: Any) -> Change:
    due: date | datetime | None
    if value is None:
        due = None
    elif project.home == "trello" or (project.home == "asana" and "T" in str(value)):
        due = _instant(value)
    else:
        due = _day(value, "due")
    return _plain("due", "due", due, times.text)


def _start(_story: Story, _project: Project, value: Any) -> Change:
    return _plain("start", "start", None if value is None else _day(value, "start"), times.text)


def _day(value: Any, name: str) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise BadEdit(f"{name} must be a day such as 2026-05-31 or null, not {value!r}.") from error


def _instant(value: Any) -> datetime:
    """Also a day, which is then 15:00 UTC."""
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise BadEdit(
            f"due must be an instant such as 2026-05-31T15:00:00Z or null, not {value!r}."
        ) from error
    if len(value) == 10:
        at = at.replace(hour=15)
    return times.whole_ms(at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC))


def _assignees(story: Story, project: Project, value: Any) -> Change:
    """Person ids of the story. One on Jira and Asana; of several each comes or goes by its own event."""
    wanted = _listed(value, int, "assignees")
    for id in wanted:
        person = story.people.get(id)
        if person is None or account(person, project.home) is None:
            raise BadEdit(f"assignees: person {id} has no account on {project.home}.")
    if project.home in (*JIRA, "asana") and len(wanted) > 1:
        raise BadEdit(f"assignees: an {'issue' if project.home in JIRA else 'Asana task'} has one at most.")

    def change(task: Task) -> Iterator[Step]:
        project.members = sorted({*project.members, *wanted})
        yield from _one_by_one("assignees", task.assignees, wanted, project)
        task.assignees = sorted(wanted)

    return change


def _labels(_story: Story, project: Project, value: Any) -> Change:
    wanted = sorted(set(_listed(value, str, "labels")))

    def change(task: Task) -> Iterator[Step]:
        project.labels += [label for label in wanted if label not in project.labels]
        yield from _one_by_one("labels", task.labels, wanted, project)
        task.labels = wanted

    return change


def _listed(value: Any, kind: type, name: str) -> list[Any]:
    if not isinstance(value, list) or not all(type(one) is kind for one in value):
        raise BadEdit(f"{name} must be a list of {kind.__name__}, not {value!r}.")
    return value


def _one_by_one(
    field: EventField, former: Sequence[Any], wanted: Sequence[Any], project: Project
) -> Iterator[Step]:
    states = [list(former), list(wanted)]
    if project.home in ("trello", "smartsheet"):
        states[1:] = []
        for one in [old for old in former if old not in wanted]:
            states.append([kept for kept in states[-1] if kept != one])
        for one in [new for new in wanted if new not in former]:
            states.append([*states[-1], one])
    texts = [",".join(map(str, state)) for state in states]
    for before, after in pairwise(texts):
        if before != after:
            yield Step(field, before, after)


def _points(_story: Story, _project: Project, value: Any) -> Change:
    if value is not None and (type(value) is not int or value < 0):
        raise BadEdit(f"points must be a whole number or null, not {value!r}.")
    return _plain("points", "points", value, lambda number: None if number is None else str(number))


def _flag(field: EventField) -> Setter:
    def check(_story: Story, _project: Project, value: Any) -> Change:
        if not isinstance(value, bool):
            raise BadEdit(f"{field} must be true or false, not {value!r}.")
        return _plain(field, field, value, lambda flag: "yes" if flag else None)

    return check


def _checked(_story: Story, _project: Project, value: Any) -> Change:
    wanted = _listed(value, int, "checked")

    def change(task: Task) -> Iterator[Step]:
        for check in task.checklist:
            now = check.id in wanted
            if check.done != now:
                before, after = ("incomplete", "complete") if now else ("complete", "incomplete")
                check.done = now
                yield Step("checklist", f"{check.id}/{before}", f"{check.id}/{after}")

    return change


FIELDS: Mapping[str, Setter] = {
    "title": _text("title", empty=False),
    "description": _text("description", empty=True),
    "stage": _stage,
    "priority": _priority,
    "due": _due,
    "start": _start,
    "assignees": _assignees,
    "labels": _labels,
    "points": _points,
    "hold": _flag("hold"),
    "archived": _flag("archived"),
    "checked": _checked,
}

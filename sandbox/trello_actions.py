"""A task's history as Trello's actions, in the shapes that real boards export."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, get_args

from sandbox import trello_names as names
from sandbox.ids import action_id
from sandbox.quirks import Quirks
from sandbox.story import Event, Project, Stage, Story, Task
from sandbox.times import iso, midnight
from sandbox.trello_cards import check_item_id, checklist_id, field_item, field_value

Body = dict[str, Any]
Told = Iterator[tuple[str, Body]]
"""(action type, data) of each action that one event makes."""
STAGES: Mapping[str | None, Stage] = {stage: stage for stage in get_args(Stage)}
ROOM = 8
"""Ids left for the actions of one event."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One event of one card, with the board and the number that the card had then."""

    story: Story
    task: Task
    event: Event
    board: Project
    position: int
    stage: Stage
    """Before the event."""
    quirks: Quirks

    @property
    def card(self) -> Body:
        task = self.task
        return {"id": task.remote_id, "name": task.title, "idShort": self.position, "shortLink": task.key}

    def data(self, **more: Any) -> Body:
        return {"card": self.card, "board": names.board_ref(self.board), **more}

    def listed(self, **more: Any) -> Body:
        return self.data(list=names.list_ref(self.board, _shown(self.board, self.stage)), **more)

    def update(self, key: str, before: Any, after: Any) -> Body:
        return {**self.listed(old={key: before}), "card": {**self.card, key: after}}


def actions_of(story: Story, task: Task, quirks: Quirks) -> Iterator[tuple[str, Body]]:
    """(slug of the board it happened on, action), oldest first."""
    stage = _first_stage(task)
    slug, position = _first_place(task)
    last_stage = max((e.id for e in task.history if e.field == "stage"), default=0)
    for event in task.history:
        telling = Telling(story, task, event, story.projects[slug], position, stage, quirks)
        if event.field == "stage" and event.after:
            stage = STAGES[event.after]
        if event.field == "project" and event.after:
            slug, number = event.after.split("/")
            yield from _moved_board(telling, story.projects[slug], int(number))
            position = int(number)
            continue
        told = list(TELLERS[event.field](telling)) if event.field in TELLERS else []
        if event.id == last_stage and task.ticked_in and task.stage == "done":
            told = list(_ticked(telling, task.ticked_in))
        for place, (kind, data) in enumerate(told):
            yield telling.board.slug, _action(telling, kind, data, place)


def deleted(story: Story, task: Task, at: datetime, by: int) -> Body:
    """All that is left of a deleted card."""
    board = story.projects[task.project]
    event = Event(
        id=task.history[-1].id, at=at.astimezone(UTC), author=by, field="archived", before=None, after=None
    )
    telling = Telling(story, task, event, board, task.position, task.stage, Quirks())
    data = telling.listed()
    data["card"] = {key: value for key, value in telling.card.items() if key != "name"}
    return _action(telling, "deleteCard", data, ROOM - 1)


def _action(telling: Telling, kind: str, data: Body, place: int) -> Body:
    event = telling.event
    author = telling.story.people[event.author]
    member = data.pop("_member", None)
    return {
        "id": action_id(event.at, event.id * ROOM + place),
        "idMemberCreator": author.trello_id,
        "data": data,
        "appCreator": None,
        "type": kind,
        "date": iso(event.at),
        "limits": None,
        "memberCreator": names.person_ref(author),
        **({"member": member} if member else {}),
    }


def _first_stage(task: Task) -> Stage:
    befores = [event.before for event in task.history if event.field == "stage"]
    return STAGES[befores[0]] if befores else task.stage


def _first_place(task: Task) -> tuple[str, int]:
    for event in task.history:
        if event.field == "project" and event.before:
            slug, number = event.before.split("/")
            return slug, int(number)
    return task.project, task.position


def _shown(board: Project, stage: Stage) -> Stage:
    """A board has no list for what only Jira knows."""
    return stage if stage in board.lists else "ready"


def _created(telling: Telling) -> Told:
    yield "createCard", telling.listed()


def _moved_list(telling: Telling) -> Told:
    before, after = _sides(telling)
    yield from _to_list(telling, STAGES[before], STAGES[after])


def _to_list(telling: Telling, before: Stage, after: Stage) -> Told:
    former, now = (names.list_ref(telling.board, _shown(telling.board, s)) for s in (before, after))
    data = telling.data(old={"idList": former["id"]}, listBefore=former, listAfter=now)
    data["card"] = {**telling.card, "idList": now["id"]}
    yield "updateCard", data


def _ticked(telling: Telling, lies_in: Stage) -> Told:
    """Done by marking the card complete, maybe after a move to the list where it now lies."""
    if lies_in != telling.stage:
        yield from _to_list(telling, telling.stage, lies_in)
    data = telling.data(
        list=names.list_ref(telling.board, lies_in),
        old={"dueComplete": False},
    )
    data["card"] = {**telling.card, "dueComplete": True}
    yield "updateCard", data


def _moved_board(telling: Telling, target: Project, number: int) -> Iterator[tuple[str, Body]]:
    stage = _shown(target, telling.stage)
    source = telling.board
    left = telling.listed(boardTarget={"id": target.remote_id})
    yield source.slug, _action(telling, "moveCardFromBoard", left, 0)
    arrived = {
        "boardSource": {"id": source.remote_id, "name": source.name},
        "list": names.list_ref(target, stage),
        "board": names.board_ref(target),
        "card": {**telling.card, "idShort": number},
    }
    yield target.slug, _action(telling, "moveCardToBoard", arrived, 1)


def _updated(key: str, empty: str | None = None) -> Callable[[Telling], Told]:
    def tell(telling: Telling) -> Told:
        before, after = (empty if text is None else text for text in _sides(telling))
        yield "updateCard", telling.update(key, before, after)

    return tell


def _started(telling: Telling) -> Told:
    before, after = (
        None if day is None else iso(midnight(datetime.fromisoformat(day).date())) for day in _sides(telling)
    )
    yield "updateCard", telling.update("start", before, after)


def _closed(telling: Telling) -> Told:
    after = telling.event.after is not None
    yield "updateCard", telling.update("closed", not after, after)


def _members(telling: Telling) -> Told:
    before, after = (set(filter(None, (side or "").split(","))) for side in _sides(telling))
    for kind, ids in (("removeMemberFromCard", before - after), ("addMemberToCard", after - before)):
        for id in sorted(ids, key=int):
            person = telling.story.people[int(id)]
            member = {"id": person.trello_id, "name": person.name}
            yield (
                kind,
                telling.data(idMember=person.trello_id, member=member, _member=names.person_ref(person)),
            )


def _labels(telling: Telling) -> Told:
    before, after = (set(filter(None, (side or "").split(","))) for side in _sides(telling))
    for kind, texts in (("removeLabelFromCard", before - after), ("addLabelToCard", after - before)):
        for text in sorted(texts):
            yield kind, _label(telling, text)


def _held(telling: Telling) -> Told:
    yield "addLabelToCard" if telling.event.after else "removeLabelFromCard", _label(telling, names.BLOCKED)


def _label(telling: Telling, text: str) -> Body:
    body = names.label_body(telling.board, text)
    label = {key: body[key] for key in ("id", "name", "color")}
    return telling.data(label=label, value=label["color"], text=label["name"])


def _checked(telling: Telling) -> Told:
    number, state = (telling.event.after or "0/").split("/")
    text = next((check.text for check in telling.task.checklist if check.id == int(number)), "")
    yield (
        "updateCheckItemStateOnCard",
        telling.data(
            checklist={"id": checklist_id(telling.task), "name": "Steps"},
            checkItem={"id": check_item_id(telling.task, int(number)), "name": text, "state": state},
        ),
    )


def _field(kind: names.FieldKind, read: Callable[[str | None], object]) -> Callable[[Telling], Told]:
    def tell(telling: Telling) -> Told:
        before, after = (
            field_value(telling.board, kind, read(text), telling.quirks) for text in _sides(telling)
        )
        typed = "list" if kind.options else "number"
        yield (
            "updateCustomFieldItem",
            telling.data(
                old=before,
                customField={"id": kind.id(telling.board), "name": kind.name, "type": typed},
                customFieldItem=field_item(telling.board, telling.task, kind, after),
            ),
        )

    return tell


def _sides(telling: Telling) -> tuple[str | None, str | None]:
    return telling.event.before, telling.event.after


def _priority_option(level: str | None) -> object:
    return next((option for known, option in names.PRIORITY_OPTIONS.items() if known == level), None)


TELLERS: Mapping[str, Callable[[Telling], Told]] = {
    "created": _created,
    "stage": _moved_list,
    "title": _updated("name", ""),
    "description": _updated("desc", ""),
    "due": _updated("due"),
    "start": _started,
    "archived": _closed,
    "assignees": _members,
    "labels": _labels,
    "hold": _held,
    "checklist": _checked,
    "priority": _field(names.PRIORITY, _priority_option),
    "points": _field(names.POINTS, lambda text: text),
}

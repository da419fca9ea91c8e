"""The events of one Asana project: what they say is to be looked at. Nothing of a state is taken from them.

https://developers.asana.com/reference/events
"""

from __future__ import annotations

from contextlib import aclosing
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from connectors.asana_calls import REFUSED, Calls, hidden
from connectors.asana_cursors import Left, Mark, Since
from connectors.errors import StaleCursor
from connectors.http import Answer, pages

T = TypeVar("T")
TOLD_IN_THEIR_TASK = frozenset({"story", "attachment"})
CONTAINERS = frozenset({None, "project", "task"})
"""What a task is put into with all that is under it. A move between sections takes nothing along."""


class _Resource(msgspec.Struct):
    gid: str
    resource_type: str | None = None


class _Change(msgspec.Struct):
    field: str | None = None


class _Event(msgspec.Struct):
    """Of what happened only where."""

    resource: _Resource
    action: str
    created_at: str = ""
    parent: _Resource | None = None
    change: _Change | None = None


class _Answer(msgspec.Struct):
    data: list[_Event]
    sync: str
    has_more: bool = False


class _Refusal(msgspec.Struct):
    """Of events without a token, or with an old one."""

    sync: str


async def mark(calls: Calls, project: str) -> Mark:
    """The state of a project now. Asana gives the first token with a refusal."""
    answer = await calls.refusable("/events", {"resource": project}, {*REFUSED, 412})
    sync = None if answer.status in REFUSED else _told(answer, _Refusal).sync
    return Mark(sync=sync, moment=_moment(answer))


async def happened(calls: Calls, project: str, since: Since) -> Left:
    """All that the events since then ask for. Raises StaleCursor for a token that is too old."""

    moments: list[datetime] = []
    events: list[_Event] = []

    async def fetch(sync: str | None) -> tuple[_Answer, str | None]:
        answer = await calls.refusable("/events", {"resource": project, "sync": sync}, {403, 412})
        if answer.status == 403:
            raise hidden(answer)
        if answer.status == 412:
            raise StaleCursor(
                "Asana keeps the events of a project for 24 hours or less, and this one was last read before "
                "that; it is read anew, whole."
            )
        moments.append(_moment(answer))
        told = _told(answer, _Answer)
        return told, told.sync if told.has_more else None

    sync = ""
    async with aclosing(pages(fetch, since.mark.sync, what="the events")) as read:
        async for told, _ in read:
            events += told.data
            sync = told.sync
    left = Left(mark=Mark(sync=sync, moment=moments[0]), defined=since.defined, read=dict(since.read))
    for event in sorted(events, key=lambda one: one.created_at):
        _hear(left, event)
    return left


def _hear(left: Left, event: _Event) -> None:
    resource, parent = event.resource, event.parent
    if parent and parent.resource_type == "task":
        left.touched.add(parent.gid)
    if resource.resource_type == "task":
        _hear_of_task(left, resource.gid, event)
    elif resource.resource_type not in TOLD_IN_THEIR_TASK:
        left.around = True
        if resource.resource_type == "section" and event.action == "changed":
            left.renamed.add(resource.gid)


def _hear_of_task(left: Left, gid: str, event: _Event) -> None:
    container = event.parent and event.parent.resource_type
    field = event.change and event.change.field
    left.touched.add(gid)
    if event.action == "deleted":
        left.deleted[gid] = f"Asana's event of {event.created_at} says that it was deleted"
        return
    if event.action in ("undeleted", "added"):
        left.deleted.pop(gid, None)
    if field == "parent" or (event.action != "changed" and container in CONTAINERS):
        left.grown.add(gid)
    left.around = left.around or field == "actual_time_minutes"  # a time entry came or went


def _moment(answer: Answer) -> datetime:
    """By Asana's clock, when the request began."""
    return answer.asked_at + (answer.clock_skew or timedelta(0))


def _told(answer: Answer, form: type[T]) -> T:
    try:
        return msgspec.convert(answer.json(), form)
    except msgspec.ValidationError:
        raise answer.unexpected("something that is not what its events are told in") from None

"""The events of one Asana project: what they say is to be looked at. Nothing of a state is taken from them.

https://developers.asana.com/reference/events
"""

from __future__ import annotations

from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any

from connectors.asana_calls import REFUSED, Calls, Row, data_of, hidden
from connectors.asana_cursors import Left, Mark, Since
from connectors.errors import StaleCursor
from connectors.http import Answer, pages

TOLD_IN_THEIR_TASK = frozenset({"story", "attachment"})
CONTAINERS = frozenset({None, "project", "task"})
"""What a task is put into with all that is under it. A move between sections takes nothing along."""


async def mark(calls: Calls, project: str) -> Mark:
    """The state of a project now. Asana gives the first token with a refusal."""
    answer = await calls.refusable("/events", {"resource": project}, {*REFUSED, 412})
    sync = None if answer.status in REFUSED else _sync(answer)
    return Mark(sync=sync, moment=_moment(answer))


async def happened(calls: Calls, project: str, since: Since) -> Left:
    """All that the events since then ask for. Raises StaleCursor for a token that is too old."""

    async def fetch(sync: str | None) -> tuple[Answer, str | None]:
        answer = await calls.refusable("/events", {"resource": project, "sync": sync}, {403, 412})
        if answer.status == 403:
            raise hidden(answer)
        if answer.status == 412:
            raise StaleCursor(
                "Asana keeps the events of a project for 24 hours or less, and this one was last read before "
                "that; it is read anew, whole."
            )
        return answer, _sync(answer) if answer.json().get("has_more") is True else None

    answers: list[Answer] = []
    async with aclosing(pages(fetch, since.mark.sync, what="the events")) as read:
        async for answer, _ in read:
            answers.append(answer)
    left = Left(
        mark=Mark(sync=_sync(answers[-1]), moment=_moment(answers[0])),
        defined=since.defined,
        read=dict(since.read),
    )
    events = [event for answer in answers for event in _events(answer)]
    for event in sorted(events, key=lambda one: str(one.get("created_at"))):
        _hear(left, event)
    left.touched -= left.deleted.keys()
    left.grown -= left.deleted.keys()
    return left


def _hear(left: Left, event: Row) -> None:
    resource, parent = event["resource"], event.get("parent") or {}
    if parent.get("resource_type") == "task":
        left.touched.add(str(parent["gid"]))
    if resource.get("resource_type") == "task":
        _hear_of_task(left, str(resource["gid"]), parent.get("resource_type"), event)
    elif resource.get("resource_type") not in TOLD_IN_THEIR_TASK:
        left.around = True


def _hear_of_task(left: Left, gid: str, container: str | None, event: Row) -> None:
    action, field = event.get("action"), (event.get("change") or {}).get("field")
    if action == "deleted":
        left.deleted[gid] = f"Asana's event of {event.get('created_at')} says that it was deleted"
        return
    if action in ("undeleted", "added"):
        left.deleted.pop(gid, None)
    left.touched.add(gid)
    if field == "parent" or (action in ("added", "removed", "undeleted") and container in CONTAINERS):
        left.grown.add(gid)
    left.around = left.around or field == "actual_time_minutes"  # a time entry came or went


def _moment(answer: Answer) -> datetime:
    """By Asana's clock, when the request began."""
    return answer.asked_at + (answer.clock_skew or timedelta(0))


def _sync(answer: Answer) -> str:
    body = answer.json()
    sync = body.get("sync") if isinstance(body, dict) else None
    if not isinstance(sync, str) or not sync:
        raise answer.unexpected("no sync token")
    return sync


def _events(answer: Answer) -> list[Any]:
    events = data_of(answer.json(), answer)
    if not isinstance(events, list) or not all(
        isinstance(one, dict) and isinstance(one.get("resource"), dict) and "gid" in one["resource"]
        for one in events
    ):
        raise answer.unexpected("something that is not a list of events of resources")
    return events

"""Asana through its own client."""

# mypy: disable-error-code="import-untyped"

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import asana
from asana.rest import ApiException
from urllib3.exceptions import MaxRetryError

from connectors.oracle_terms import (
    TIMEOUT,
    Fields,
    Pacer,
    Refused,
    Trouble,
    Witness,
    credential,
    day,
    each_once,
    instant,
)

WANTED = (
    "name", "notes", "completed", "completed_at", "created_at", "modified_at", "due_on", "due_at", "start_on",
    "start_at", "assignee.gid", "created_by.gid", "tags.name", "parent.gid", "memberships.project.gid",
    "memberships.section.name", "dependencies.gid", "dependents.gid", "actual_time_minutes", "num_subtasks",
    "custom_fields.name", "custom_fields.number_value",
)  # fmt: skip
POINTS = ("story points", "points")
TROUBLES: Mapping[int, Trouble] = {401: "unauthorized", 403: "unauthorized", 404: "not_found", 429: "limited"}


@contextmanager
def client(base_url: str, credentials: Mapping[str, str], pacer: Pacer) -> Iterator[asana.ApiClient]:
    """The client as it is, but for a pace and a time-out, of which it has none."""
    settings = asana.Configuration()
    settings.host, settings.access_token = base_url.rstrip("/"), credential(credentials, "token")
    made = asana.ApiClient(settings)
    made.request = _paced(made.request, pacer)
    try:
        yield made
    finally:
        made.rest_client.pool_manager.clear()
        made.pool.close()  # else it is closed while the interpreter ends, too late
        made.pool.join()
        del made.pool


def _paced(request: Callable[..., Any], pacer: Pacer) -> Callable[..., Any]:
    def paced(*given: Any, **more: Any) -> Any:
        pacer.wait()
        return request(*given, **{**more, "_request_timeout": more.get("_request_timeout") or TIMEOUT})

    return paced


@contextmanager
def witness(base_url: str, credentials: Mapping[str, str], pacer: Pacer) -> Iterator[Witness]:
    """Refusals that it tries again come as urllib3's error in the end."""
    try:
        with client(base_url, credentials, pacer) as made:
            yield Asana(made)
    except ApiException as error:
        said = f"{error.body!r} (HTTP status: {error.status})"
        raise Refused(TROUBLES.get(error.status, "failed"), said) from error
    except MaxRetryError as error:
        raise Refused("limited" if "429" in str(error.reason) else "failed", str(error.reason)) from error


class Asana:
    """A witness."""

    def __init__(self, made: asana.ApiClient) -> None:
        self._tasks = asana.TasksApi(made)

    def listed(self, scope: str) -> Iterator[tuple[str, Fields]]:
        """The tasks of the project, and below each its sub-tasks, which no project's listing has."""
        for task in self._tasks.get_tasks_for_project(scope, _asked()):
            yield from self._with_all_below(task)

    def _with_all_below(self, task: Mapping[str, Any]) -> Iterator[tuple[str, Fields]]:
        yield task["gid"], _fields(task)
        if task.get("num_subtasks"):
            for child in self._tasks.get_subtasks_for_task(task["gid"], _asked()):
                yield from self._with_all_below(child)

    def one(self, _scope: str, id: str) -> Fields | None:
        try:
            return _fields(self._tasks.get_task(id, _asked()))
        except ApiException as error:
            if error.status in (403, 404):
                return None
            raise


def _asked() -> dict[str, str]:
    """New each time: the client writes the last offset into what it was given."""
    return {"opt_fields": ",".join(WANTED)}


def _fields(task: Mapping[str, Any]) -> Fields:
    places = task.get("memberships") or []
    numbers = {f["name"].casefold(): f.get("number_value") for f in task.get("custom_fields") or ()}
    said: Fields = {
        "title": task["name"],
        "description": task.get("notes") or None,
        "section": _name(places[0].get("section")) if places else None,
        "parent": _gid(task.get("parent")),
        "start": instant(task.get("start_at")) or day(task.get("start_on")),
        "due": instant(task.get("due_at")) or day(task.get("due_on")),
        "completed": instant(task.get("completed_at")),
        "created": instant(task["created_at"]),
        "updated": instant(task["modified_at"]),
        "assignees": each_once([_gid(task.get("assignee"))]),
        "reporter": _gid(task.get("created_by")),
        "labels": each_once(tag["name"] for tag in task.get("tags") or ()),
        "spent_minutes": task.get("actual_time_minutes"),
        "points": next((v for name in POINTS if (v := numbers.get(name)) is not None), None),
        "linked": each_once(
            one["gid"] for side in ("dependencies", "dependents") for one in task.get(side) or ()
        ),
    }
    if task["completed"]:  # an open task may stand in a section that means done
        said["closed"] = True
    if places:  # a sub-task stands in no project of its own
        said["scope"] = places[0]["project"]["gid"]
    return said


def _gid(value: Mapping[str, Any] | None) -> str | None:
    return value["gid"] if value else None


def _name(value: Mapping[str, Any] | None) -> str | None:
    return value["name"] if value else None

"""Asana's records in our model: the mapper of one project, and why what is missing there is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connectors.base import Record
from normalizer import asana_resources
from normalizer.asana_project import Project
from normalizer.asana_read import Body
from normalizer.asana_stories import story_changes
from normalizer.asana_task import LOSING, task_item
from normalizer.context import Context
from normalizer.model import Account, Mapper, Normalised, NullReason, Section
from normalizer.reading import Reading, clean

UNSUPPORTED = (
    "iteration_ids", "release_ids", "remaining", "rank", "hold_since", "remote_version",
)  # fmt: skip
"""Asana has nothing of the kind, or gives it only as the order of a listing."""


def prepare(context: Context) -> Mapper:
    """A mapper for the project of ``context``. Odd definitions raise nothing: what they lack is unmapped."""
    return AsanaMapper(Project(context))


class AsanaMapper:
    """Maps the records of one project, of every kind that Asana has."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._absent = _absent(project)

    @property
    def absent(self) -> Mapping[str, NullReason]:
        return self._absent

    def __call__(self, record: Record) -> Normalised:
        reading = Reading(record.kind, record.id)
        body: Any = record.body
        if not isinstance(body, Mapping):
            return _nothing(reading, "body", "an object", body)
        if record.kind == "definition":
            return Normalised(unmapped=self._project.complaints)
        handler = HANDLERS.get(record.kind)
        if handler is None:
            return _nothing(reading, "kind", "a kind of record that Asana has", record.kind)
        gid = body.get("gid")
        if not isinstance(gid, str) or not gid:
            return _nothing(reading, "gid", "text", gid)
        reading.remote_id = clean(gid)
        return handler(self._project, body, reading)


def _absent(project: Project) -> dict[str, NullReason]:
    absent: dict[str, NullReason] = dict.fromkeys(UNSUPPORTED, "unsupported")
    roles = {project.role(field) for field in project.fields.values()}
    if "estimate" not in roles:
        absent["estimates"] = "unmapped"
    if "percent_complete" not in roles:
        absent["progress"] = "unmapped"
    return absent


def _nothing(reading: Reading, field: str, expected: str, found: object) -> Normalised:
    reading.reject(field, expected, found, whole=True)
    return Normalised(rejections=reading.rejections)


def _item(project: Project, body: Body, reading: Reading) -> Normalised:
    reading.item_id = project.context.id("item", reading.remote_id)
    reading.losing = LOSING
    item = task_item(project, body, reading)
    return Normalised(items=(item,), unmapped=reading.unmapped, rejections=reading.rejections)


def _section(project: Project, body: Body, reading: Reading) -> Normalised:
    name, known = reading.text(body, "name"), project.sections.get(reading.remote_id)
    section = Section(
        id=project.context.id("section", reading.remote_id),
        scope_id=project.context.scope_id,
        remote_id=reading.remote_id,
        kind="section",
        name=name if name is not None else reading.remote_id,
        order=str(known.order) if known else None,
        hint=project.words.status(name) if name else None,
    )
    return Normalised(sections=(section,), rejections=reading.rejections)


def _account(project: Project, body: Body, reading: Reading) -> Normalised:
    email = reading.text(body, "email") or None
    account = Account(
        id=project.account_id(reading.remote_id),
        system=project.context.system,
        remote_id=reading.remote_id,
        display_name=reading.text(body, "name") or reading.remote_id,
        email=email,
        email_visibility="shown" if email else "hidden",
    )
    return Normalised(accounts=(account,), rejections=reading.rejections)


def _change(project: Project, body: Body, reading: Reading) -> Normalised:
    changes = story_changes(project, body, reading)
    return Normalised(changes=changes, unmapped=reading.unmapped, rejections=reading.rejections)


HANDLERS: Mapping[str, Callable[[Project, Body, Reading], Normalised]] = {
    "item": _item,
    "section": _section,
    "account": _account,
    "change": _change,
    "status_report": asana_resources.status_report,
    "time_entry": asana_resources.time_entry,
    "allocation": asana_resources.allocation,
    "availability": asana_resources.availability,
    "budget": asana_resources.budget,
    "rate": asana_resources.rate,
}

"""Jira's records in the common model, from either edition: prepares a scope, then maps record by record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from connectors.base import JsonObject, Record
from normalizer.context import Context
from normalizer.jira_change_words import losing
from normalizer.jira_changes import Changelog
from normalizer.jira_desk import Desk
from normalizer.jira_fields import entries, plan
from normalizer.jira_item import issue
from normalizer.jira_parts import Parts
from normalizer.jira_people import People
from normalizer.jira_read import Misfit, Notes, Telling, storable
from normalizer.jira_values import named
from normalizer.jira_words import Words
from normalizer.model import Normalised, NullReason

EPICS = ("epics_since", "epics")
"""The definitions that tell of epics, the one that holds last."""


def desk(context: Context) -> Desk:
    """Definitions that are missing or odd leave their fields ``unmapped``."""
    prepared = Desk(
        context=context,
        plan=plan(context.definitions, context.rules),
        words=Words(context.rules, _category_keys(context.definitions)),
        people=People(context),
        parts=Parts(context),
        named=Telling(("id", "name", "value", "child"), named),
        browse=_browse(context),
        epics=_epics(context.definitions),
    )
    return replace(prepared, losing=losing(prepared))


def _epics(definitions: Mapping[str, JsonObject]) -> dict[str, str | None] | None:
    """Where an edition links epics by key. What one definition knows of an epic holds, also where it is
    hidden by the other."""
    if definitions.keys().isdisjoint(EPICS):
        return None
    told = [epic for name in EPICS for epic in entries(definitions, name)]
    found: dict[str, str | None] = {}
    for epic in told:
        match epic:
            case {"key": str(key), "id": str(epic_id)}:
                found[key] = epic_id
            case {"key": str(key)}:
                found.setdefault(key, None)
    return found


def _category_keys(definitions: Mapping[str, JsonObject]) -> dict[str, str]:
    """The key of the status category, by the id of the status: changelogs tell the id alone."""
    found = {}
    for status in entries(definitions, "statuses"):
        match status:
            case {"id": str(status_id), "statusCategory": {"key": str(key)}}:
                found[status_id] = key
    return found


def _browse(context: Context) -> str:
    """The scope's address names the site as people know it; context paths included."""
    site, found, _ = storable(context.scope.url).partition("/browse/")
    return f"{site}/browse/" if found else f"https://{context.site}/browse/"


class JiraMapper:
    """Maps record by record, over a prepared scope."""

    def __init__(self, desk: Desk) -> None:
        self._absent = desk.plan.absent()
        self._kinds: Mapping[str, Callable[[Record], Normalised]] = {
            "item": lambda record: issue(desk, record),
            "change": Changelog(desk),
            "account": self._part("accounts", desk.people.account),
            "section": self._part("sections", desk.parts.section),
            "iteration": self._part("iterations", desk.parts.iteration),
            "release": self._part("releases", desk.parts.release),
        }

    @property
    def absent(self) -> Mapping[str, NullReason]:
        return self._absent

    def __call__(self, record: Record) -> Normalised:
        if record.kind == "definition":
            return Normalised()
        read = self._kinds.get(record.kind)
        if read is None:
            return _refused(record, "kind", Misfit("a kind of record that Jira has", record.kind))
        body: Any = record.body
        if not isinstance(body, Mapping):
            return _refused(record, "body", Misfit("an object", body))
        return read(record)

    @staticmethod
    def _part(name: str, parse: Callable[[Any], Any]) -> Callable[[Record], Normalised]:
        def read(record: Record) -> Normalised:
            try:
                return Normalised(**{name: [parse(record.body)]})
            except Misfit as misfit:
                return _refused(record, "body", misfit)

        return read


def _refused(record: Record, field: str, misfit: Misfit) -> Normalised:
    return Notes(record.kind, storable(record.id)).refused(field, misfit)

"""What reading one issue needs: the prepared scope (Desk) and what was met so far (Reading)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from connectors.base import Record
from normalizer.context import Context
from normalizer.jira_fields import FieldPlan
from normalizer.jira_parts import Parts
from normalizer.jira_people import People
from normalizer.jira_read import Misfit, Notes, Object, storable
from normalizer.jira_words import Words
from normalizer.model import Account, Named

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One scope, prepared. ``named`` reads a status, priority, resolution …; ``browse`` is the beginning of
    every issue's address for people; ``epics`` are the ids of epics by their keys (None: hidden from us),
    where epics are linked by key; ``losing`` the field of an item that goes without a value where Jira's
    cannot be read."""

    context: Context
    plan: FieldPlan
    words: Words
    people: People
    parts: Parts
    named: Callable[[Any], Named]
    browse: str
    epics: Mapping[str, str | None] | None
    losing: Mapping[str, str] = field(default_factory=dict)

    def item_id(self, remote_id: str) -> str:
        return self.context.id("item", remote_id)


class Reading:
    """One issue being read. ``used`` are the custom fields that play a role and so are no longer custom."""

    __slots__ = ("accounts", "desk", "fields", "item_id", "notes", "remote_id", "used")

    def __init__(self, desk: Desk, record: Record, fields: Object) -> None:
        self.desk = desk
        self.fields = fields
        self.remote_id = storable(record.id)
        self.item_id = desk.item_id(self.remote_id)
        self.notes = Notes(record.kind, self.remote_id, self.item_id, desk.losing)
        self.accounts: dict[str, Account] = {}
        self.used: set[str] = set()

    def get(self, field: str, parse: Callable[[Any], T]) -> T | None:
        value = self.fields.get(field)
        if value is None:
            return None
        try:
            return parse(value)
        except Misfit as misfit:
            self.notes.reject(field, misfit)
            return None

    def must(self, field: str, parse: Callable[[Any], T]) -> T | None:
        """For a field that every issue has: its absence is noted too."""
        try:
            return parse(self.fields.get(field))
        except Misfit as misfit:
            self.notes.reject(field, misfit)
            return None

    def first(self, fields: Sequence[str], parse: Callable[[Any], T]) -> T | None:
        """The value of the first of ``fields`` that has one."""
        for one in fields:
            value = self.fields.get(one)
            if value is not None:
                self.used.add(one)
                found = self.notes.read(one, value, parse)
                if found is not None:
                    return found
        return None

    def meet(self, user: Any) -> str:
        """Our id of an embedded user, whose account comes with the issue. Raises Misfit."""
        account = self.desk.people.account(user)
        self.accounts[account.id] = account
        return account.id

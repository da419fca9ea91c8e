"""A small world to put into a store: one Jira site and one Trello account, items made in a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.base import Kind, Record, ScopeRecord
from normalizer.ids import entity_id
from normalizer.model import (
    Account,
    Assignment,
    Change,
    Item,
    Normalised,
    Placement,
    Rejection,
    Section,
    Unmapped,
)
from store import runs
from store.catalogue import Declared, SeenScope, declare, save_scopes
from store.declared import ConnectionSpec, ProjectSpec, ScopeSpec
from store.open import Store
from store.principal import Principal
from store.put import Batch, CompleteReading, PutResult, put
from store.reader import Reader

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
CONNECTIONS = (
    ConnectionSpec(id="site", tracker="jira_cloud", system="jira"),
    ConnectionSpec(id="boards", tracker="trello", system="trello"),
)
PMO = Principal(role="pmo", name="pmo")


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def scope_id(remote: str) -> str:
    return entity_id("any", "site", "scope", remote)


def item_id(remote: str) -> str:
    return entity_id("any", "site", "item", remote)


def account_id(remote: str) -> str:
    return entity_id("any", "site", "account", remote)


def section_id(remote: str) -> str:
    return entity_id("any", "site", "section", remote)


def item(remote: str, scope: str = "OPS", **values: Any) -> Item:
    """An item to do. ``parent`` and ``assignees`` are remote ids, ``section`` is one in the scope."""
    section = values.pop("section", None)
    parent = values.pop("parent", None)
    made: dict[str, Any] = {
        "id": item_id(remote),
        "system": "jira",
        "remote_id": remote,
        "remote_key": f"{scope}-{remote}",
        "url": f"https://site/{remote}",
        "title": f"Item {remote}",
        "type": "task",
        "status_category": "todo",
        "parent_id": item_id(parent) if parent else None,
        "assignments": tuple(Assignment(account_id(one)) for one in values.pop("assignees", ())),
        "placements": (
            Placement(scope_id=scope_id(scope), section_id=section_id(section) if section else None),
        ),
        "remote_created_at": START,
        "remote_updated_at": START,
    }
    return Item(**{**made, **values})


def account(remote: str, name: str, email: str | None = None, system: str = "jira", **values: Any) -> Account:
    return Account(
        id=account_id(remote),
        system=system,
        remote_id=remote,
        display_name=name,
        email=email,
        email_visibility="shown" if email else "hidden",
        **values,
    )


def section(remote: str, name: str, scope: str = "OPS") -> Section:
    return Section(id=section_id(remote), scope_id=scope_id(scope), remote_id=remote, kind="list", name=name)


def change(remote: str, of: str, after: str, when: datetime, **values: Any) -> Change:
    made: dict[str, Any] = {"field": "status_category", "before": None, "original_before": None}
    return Change(
        id=entity_id("any", "site", "change", remote),
        item_id=item_id(of),
        after=after,
        original_after=after.title(),
        at=when,
        **{**made, **values},
    )


@dataclass(frozen=True)
class Reading:
    """One record and what became of it."""

    record: Record
    became: Normalised


def reading(one: Item, read_at: datetime = START, **became: Any) -> Reading:
    body = {"id": one.remote_id, "title": one.title, "updated": str(one.remote_updated_at)}
    record = Record("item", one.remote_id, "remote-scope", body, read_at)
    return Reading(record, Normalised(items=(one,), **became))


def other(kind: Kind, remote: str, read_at: datetime = START, **became: Any) -> Reading:
    return Reading(Record(kind, remote, "remote-scope", {"id": remote}, read_at), Normalised(**became))


def unmapped(field: str, value: str, of: str) -> Unmapped:
    return Unmapped(field=field, value=value, item_id=item_id(of))


def rejection(remote: str, field: str = "due", whole: bool = False) -> Rejection:
    return Rejection(
        kind="item", remote_id=remote, field=field, expected="a date", found="'soon'", whole=whole
    )


@dataclass
class World:
    """A store with the connections declared. ``now`` moves only when told."""

    store: Store
    now: datetime = START

    async def declare(
        self, *projects: ProjectSpec, scopes: Sequence[ScopeSpec] = (), connections: Any = CONNECTIONS
    ) -> None:
        declared = Declared(connections=connections, scopes=scopes, projects=projects)
        await declare(self.store, declared, self.now)

    async def list(self, connection: str, *remotes: str, names: dict[str, str] | None = None) -> None:
        """The connection lists exactly these scopes."""
        seen = [
            SeenScope(
                id=scope_id(remote),
                record=ScopeRecord(
                    id=remote,
                    kind="project",
                    name=(names or {}).get(remote, f"{remote} board"),
                    url=f"https://site/{remote}",
                    key=remote.lower(),
                ),
            )
            for remote in remotes
        ]
        await save_scopes(self.store, connection, seen, self.now)

    async def put(self, scope: str, *readings: Reading | Item, **values: Any) -> PutResult:
        """Put a page of a run of its own. ``whole=True`` ends the reading."""
        made = [one if isinstance(one, Reading) else reading(one, self.now) for one in readings]
        given = values.pop("run_id", None)
        run_id = given or await runs.begin(self.store, "full", "site", scope_id(scope), self.now)
        if values.pop("whole", False):
            values["complete"] = CompleteReading(next_since=values.pop("next_since", None))
        batch = Batch(
            scope_id=scope_id(scope),
            run_id=run_id,
            connection="site",
            records=[one.record for one in made],
            normalised=[one.became for one in made],
            now=self.now,
            started_at=values.pop("started_at", self.now),
            **values,
        )
        result = await put(self.store, batch)
        if given is None:
            await runs.finish(self.store, run_id, runs.Ending("done"), self.now)
        return result

    def reader(self, principal: Principal = PMO) -> Reader:
        return self.store.reader(principal, lambda: self.now)


def later(one: Item, minutes: float, **values: Any) -> Item:
    """The same item, changed on its tracker some minutes after the start."""
    return replace(one, remote_updated_at=at(minutes), **values)

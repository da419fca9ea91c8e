"""A small portfolio in a real store: two trackers, every kind of sharing, a scope that was never read and
one that is expected and never shown."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx
from fastapi import FastAPI

from api.app import create_app
from api.options import ApiOptions
from config.preflight import Preflight
from connectors.base import Capabilities, Identity, Permission, Record, ScopeRecord
from normalizer.ids import entity_id
from normalizer.model import (
    Account,
    Assignment,
    Change,
    DateValue,
    FieldValue,
    Flags,
    Item,
    Link,
    Named,
    Normalised,
    Placement,
    Quantity,
    Section,
    Unmapped,
)
from store.catalogue import Check, Declared, SeenScope, declare, save_check, save_scopes
from store.declared import ConnectionSpec, ProjectSpec, ScopeSpec, SourceSpec
from store.keys import KeySpec, create_key
from store.open import Store
from store.principal import Sharing
from store.put import Batch, CompleteReading, put
from store.receipts import Receipt
from store.runs import Ending, begin, finish
from store.verifications import save_verification
from tests.api.reconciled import reconcile, vanish
from tests.api.resourced import beside
from tests.api.subscribed import subscribed
from tests.api.verified import on_boards, on_issues
from tests.faketime import FakeTime

IDS = {
    "project_id": "website", "item_id": "APP-1", "connection_id": "boards", "person_id": "nobody",
    "scope_id": "nowhere", "finding_id": "nothing", "receipt_id": "nothing",
    "run_id": "none", "subscription_id": "nothing", "delivery_id": "nothing",
}  # fmt: skip
"""What stands in the paths, by name."""
STREAMS = {"/v1/events"}
"""What has no end, nor the form of an answer."""
SITE = {"boards": ("trello", "https://trello.example"), "issues": ("jira", "https://jira.example")}
SCOPES: dict[str, tuple[str, Sharing, str | None]] = {
    "web": ("boards", "organisation", "Web"),
    "ops": ("boards", "pmo", "Ops"),
    "red": ("boards", "team_only", "Red"),
    "never": ("boards", "organisation", None),
    "APP": ("issues", "organisation", "App"),
}
DECLARED = Declared(
    connections=[
        ConnectionSpec(id="boards", tracker="trello", system="trello"),
        ConnectionSpec(id="issues", tracker="jira_cloud", system="jira"),
    ],
    scopes=[
        ScopeSpec(connection=connection, remote=name, sharing=sharing, team=team)
        for name, (connection, sharing, team) in SCOPES.items()
    ],
    projects=[
        ProjectSpec(id="all", kind="portfolio", name="Everything"),
        ProjectSpec(id="digital", kind="program", name="Digital", parent="all", owner="Mira Novak"),
        ProjectSpec(
            id="website", kind="project", name="Website", parent="digital", method="kanban",
            target_end="2026-06-30", sources=[SourceSpec(connection="boards", remote="web")],
        ),
        ProjectSpec(
            id="app", kind="project", name="App", parent="digital", method="agile",
            sources=[
                SourceSpec(connection="issues", remote="APP"),
                SourceSpec(connection="issues", remote="GHOST"),
            ],
        ),
        ProjectSpec(
            id="operations", kind="project", name="Operations", parent="all",
            sources=[SourceSpec(connection="boards", remote="ops")],
        ),
        ProjectSpec(
            id="red", kind="project", name="Red", parent="all",
            sources=[SourceSpec(connection="boards", remote="red")],
        ),
    ],
)  # fmt: skip
TRELLO = Capabilities(
    tracker="trello", title="Trello", system="trello", history="bounded", deletions="by census",
    fields={"estimates": "none"}, losses=["Stickers stay in the record."], webhooks="scope",
)  # fmt: skip


def ident(scope: str, kind: str, remote: str) -> str:
    return entity_id(*SITE[SCOPES[scope][0]], kind, remote)


def scope_id(scope: str) -> str:
    return ident(scope, "scope", scope)


def item(scope: str, remote: str, **more: Any) -> Item:
    return Item(
        **{
            "id": ident(scope, "item", remote),
            "system": SITE[SCOPES[scope][0]][0],
            "remote_id": remote,
            "url": f"https://tracker.example/{remote}",
            "title": f"Item {remote}",
            "type": "task",
            "status_category": "todo",
            "original_status": Named("To do"),
            "placements": [Placement(scope_id=scope_id(scope))],
            **more,
        }
    )


MIRA = Account(
    id=ident("web", "account", "mira"), system="trello", remote_id="mira", display_name="Mira Novak",
    email="mira@example.org", email_visibility="shown",
)  # fmt: skip
MIRA_ON_JIRA = Account(
    id=ident("APP", "account", "557:1"), system="jira", remote_id="557:1", display_name="Mira N.",
    email="mira@example.org", email_visibility="shown",
)  # fmt: skip
JON = Account(
    id=ident("web", "account", "jon"), system="trello", remote_id="jon", display_name="Jon Weber",
    handle="jonweber",
)  # fmt: skip
JON_ON_JIRA = Account(
    id=ident("APP", "account", "557:2"), system="jira", remote_id="557:2", display_name="Weber, Jon"
)
"""Who is whom is not shown of Jon."""
DOING = Section(
    id=ident("web", "section", "l2"), scope_id=scope_id("web"), remote_id="l2", kind="list", name="Doing"
)


@dataclass(slots=True)
class World:
    """A store with a story in it, an application over it, and a key for everybody who asks."""

    store: Store
    time: FakeTime
    app: FastAPI
    keys: dict[str, str] = field(default_factory=dict)
    receipts: Mapping[str, Receipt] = field(default_factory=dict)
    finding: str = ""
    run: str = ""
    """The first one that read something."""
    subscription: str = ""

    async def read(
        self, scope: str, items: Sequence[Item], *, complete: bool = True, **more: Sequence[Any]
    ) -> None:
        """One reading of a scope that brings these items, and ``more`` in the last record's becoming."""
        now = self.time.clock()
        connection = SCOPES[scope][0]
        run = await begin(self.store, "full", connection, scope_id(scope), now)
        self.run = self.run or run
        became = [Normalised(items=[one]) for one in items]
        records = [
            Record("item", one.remote_id, scope, {"id": one.remote_id, "of": one.title}, now) for one in items
        ]
        batch = Batch(
            scope_id=scope_id(scope),
            run_id=run,
            connection=connection,
            records=[Record("account", "extras", scope, {"id": "extras"}, now), *records],
            normalised=[Normalised(**more), *became],
            now=now,
            started_at=now,
            complete=CompleteReading() if complete else None,
            absent={"estimates": "unsupported"} if connection == "boards" else {},
        )
        await put(self.store, batch)
        ending = Ending("done") if complete else Ending("failed", "cut off")
        await finish(self.store, run, ending, now)

    async def key(self, name: str, spec: KeySpec) -> None:
        self.keys[name] = await create_key(self.store, spec, self.time.clock())

    @asynccontextmanager
    async def client(self, key: str | None = None, **more: Any) -> AsyncIterator[httpx.AsyncClient]:
        headers: Mapping[str, str] = {} if key is None else {"Authorization": f"Bearer {self.keys[key]}"}
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, **more)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1", headers=headers
        ) as made:
            yield made


async def checked(connection: str) -> Preflight:
    """What the tracker of a connection says now: it takes the token, and shows one scope too few."""
    system, site = SITE[connection]
    return Preflight(
        connection=connection,
        tracker=system,
        identity=Identity(
            system=system, site=site, account_id="1", account_name="Reader", clock_skew=timedelta(seconds=2),
            permissions=[Permission(name="read", held=True, mend="")],
        ),
        scopes=[ScopeRecord(id="web", kind="board", name="Web", url=site)],
        wanted=frozenset({"web"}),
        troubles=["No scope 'ops' is shown; let an administrator of the tracker give the account access."],
    )  # fmt: skip


def make_world(store: Store, options: ApiOptions | None = None) -> World:
    time = FakeTime()
    given = options or ApiOptions(trackers=[TRELLO], check=checked)
    return World(store=store, time=time, app=create_app(store, time.clock, given))


async def build(store: Store) -> World:
    """The whole story, with keys."""
    world = make_world(store)
    now = world.time.clock()
    await declare(store, DECLARED, now)
    for connection, (system, site) in SITE.items():
        identity = Identity(system=system, site=site, account_id="1", account_name="Reader")
        await save_check(store, connection, Check(state="ok", at=now, identity=identity))
        seen = [
            SeenScope(
                id=scope_id(name), record=ScopeRecord(id=name, kind="board", name=name.title(), url=site)
            )
            for name, (of, _, _) in SCOPES.items()
            if of == connection
        ]
        await save_scopes(store, connection, seen, now)
    more = resources("web", MIRA.id, "w1")
    await world.read("web", web_items(), accounts=[MIRA, JON], sections=[DOING], changes=[moved()], **more)
    world.time.now += timedelta(minutes=10)
    await world.read(
        "APP",
        app_items(),
        accounts=[MIRA_ON_JIRA, JON_ON_JIRA],
        unmapped=[Unmapped(field="status_category", value="Parked")],
        **resources("APP", MIRA_ON_JIRA.id, "10003"),
    )
    patch, secret = item("ops", "o1", title="Patch", hold="blocked"), item("red", "r1", title="Secret")
    await world.read("ops", [patch], **resources("ops", MIRA.id, "o1"))
    more = resources("red", MIRA.id, "r1")
    await world.read("red", [secret, item("red", "r2", title="Secret too")], **more)
    world.time.now += timedelta(minutes=5)
    for verification in (on_boards(world.time.clock()), on_issues(world.time.clock())):
        await save_verification(store, verification)
    world.receipts = await reconcile(store, world.time.clock())
    world.finding = await vanish(store, world.time.clock())
    for name, spec in KEYS.items():
        await world.key(name, spec)
    world.subscription = await subscribed(store, world.time.clock())
    return world


KEYS = {
    "viewer": KeySpec(role="viewer", name="a viewer"),
    "red viewer": KeySpec(role="viewer", name="of team Red", team="Red"),
    "app lead": KeySpec(role="lead", name="leads App", team="App"),
    "pmo": KeySpec(role="pmo", name="the office"),
    "admin": KeySpec(role="admin", name="the operator"),
    "mira": KeySpec(role="viewer", name="Mira herself", person="mira@example.org"),
}


def resources(scope: str, account_id: str, remote: str) -> dict[str, Any]:
    """What stands beside the items of a scope; the time is on the one named."""
    return beside(scope, scope_id(scope), account_id, ident(scope, "item", remote))


def web_items() -> list[Item]:
    doing = Placement(scope_id=scope_id("web"), section_id=DOING.id)
    return [
        item("web", "w1", title="Move the login page", status_category="in_progress", placements=[doing],
             original_status=Named("Doing", "l2"), assignments=[Assignment(MIRA.id)], labels=["web"],
             due=DateValue(date=date(2026, 3, 1)), description_md="Same look, new address"),
        item("web", "w2", title="=HYPERLINK(\"http://evil.example\")", due=DateValue(date=date(2026, 3, 20))),
        item("web", "w3", title="Old page", status_category="done", outcome="completed"),
        item("web", "w4", title="Template", flags=Flags(is_template=True)),
        item("web", "w5", title="Dropped", status_category="cancelled"),
    ]  # fmt: skip


def app_items() -> list[Item]:
    blocks = Link(
        from_id=ident("APP", "item", "10001"), to_id=ident("APP", "item", "10002"), type="blocks",
        original=Named("Blocks"),
    )  # fmt: skip
    points = [Quantity(Decimal("3"), "points")]
    return [
        item("APP", "10001", remote_key="APP-1", type="bug", estimates=points, links=[blocks],
             assignments=[Assignment(MIRA_ON_JIRA.id)], status_category="done",
             custom={"customfield_1": FieldValue(name="Cost", type="number", value=Decimal("2.50"))}),
        item("APP", "10002", remote_key="APP-2", estimates=points, status_category="unknown",
             original_status=Named("Parked")),
        item("APP", "10003", remote_key="APP-3", title="Payroll leak", visibility="restricted",
             estimates=points),
    ]  # fmt: skip


def moved() -> Change:
    return Change(
        id=ident("web", "change", "c1"), item_id=ident("web", "item", "w1"), field="status_category",
        before="todo", after="in_progress", original_before="To do", original_after="Doing",
        at=FakeTime().clock() - timedelta(days=3), author_id=MIRA.id,
    )  # fmt: skip

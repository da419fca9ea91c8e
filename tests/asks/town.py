"""A whole installation over sandboxes: one clock for all, a store, what the API shows and what is true."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from fastapi import FastAPI

from api.app import create_app
from cli.answering import options
from config import wiring
from config.load import NAME, parse
from config.secrets import secret_fields
from config.settings import Settings
from connectors.registry import trackers
from sandbox.options import SandboxOptions
from sandbox.server import Sandbox, running
from sandbox.story import Home
from store.catalogue import declare
from store.open import Store
from sync.job import Job, Read
from sync.nightly import Reconcile
from sync.progress import Progress
from sync.report import ConnectionReport
from sync.runner import sync
from tests.demo.comparison import differences
from tests.faketime import FakeTime

EVERYTHING = "include=links,history&presence=present&presence=archived"


@dataclass
class Town:
    """Nobody sleeps: ``time`` is the trackers' clock and ours. ``more`` are further settings by tracker."""

    sandbox: Sandbox
    folder: Path
    time: FakeTime
    store: Store
    more: dict[str, dict[str, Any]] = field(default_factory=dict)
    skew: timedelta = timedelta(0)
    """By how much our own clock is ahead of the trackers'."""
    told: list[Progress] = field(default_factory=list)
    configured: list[dict[str, str]] = field(default_factory=list)
    """The ``[[scopes]]``."""

    def settings(self) -> Settings:
        known, environ = trackers(), dict[str, str]()
        connections: dict[str, dict[str, Any]] = {}
        for name in self.sandbox.bases:
            connection: dict[str, Any] = {"tracker": name, "base_url": self.sandbox.bases[name]}
            secrets = secret_fields(known[name].settings)
            for one, value in self.sandbox.credentials[name].items():
                environ[f"{name} {one}"] = value
                connection[one] = f"env:{name} {one}" if one in secrets else value
            connections[name] = {**connection, **self.more.get(name, {})}
        return parse(
            {"connections": connections, "scopes": self.configured}, self.folder / NAME, environ, known
        )

    async def sync(self, *, full: bool = False) -> list[ConnectionReport]:
        """As ``tspmo sync`` would, with connectors that remember nothing of the run before."""
        return await self.run(Read(full=full))

    async def reconcile(self) -> list[ConnectionReport]:
        """As ``tspmo reconcile`` would."""
        return await self.run(Reconcile())

    async def run(self, job: Job) -> list[ConnectionReport]:
        settings = self.settings()
        await declare(self.store, wiring.declared(settings), self.time.now)
        timing = replace(self.time.timing, clock=lambda: self.time.now + self.skew)
        async with wiring.sources(settings, list(settings.connections), timing) as sources:
            return await sync(self.store, sources, timing.clock, self.told.append, job)

    async def shown(self, path: str) -> list[Any]:
        """Every entry of a listing of the API."""
        entries: list[Any] = []
        following: str | None = path
        while following:
            page = await self.answer(following)
            entries += page["data"]
            following = page.get("next") and page["next"]["link"]
        return entries

    @cached_property
    def app(self) -> FastAPI:
        """The API, made once: to describe itself takes it a second."""
        return create_app(self.store, self.time.clock, options(self.settings(), self.time.timing))

    async def answer(self, path: str) -> Any:
        """What the API answers."""
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url="http://127.0.0.1"
        ) as client:
            return (await client.get(path)).raise_for_status().json()

    async def items(self, query: str = EVERYTHING) -> dict[str, Any]:
        return {item["remote_id"]: item for item in await self.shown(f"/v1/items?limit=500&{query}")}

    async def differences(self) -> list[str]:
        """Every difference between what is shown and what is true, item by item, field by field."""
        story = self.sandbox.world.story
        shown = {
            "items": list((await self.items()).values()),
            "people": await self.shown("/v1/people?limit=500"),
            "truth_seed": story.seed,
            "today": story.today.isoformat(),
        }
        return differences(shown, self.sandbox.truth())

    def edit(self, op: str, **asked: Any) -> Any:
        return self.sandbox.edit({"op": op, **asked})

    def between(self, tracker: str, act: Callable[[int], None] | None) -> None:
        """Call ``act`` with the number of the request after each one that the tracker answered."""
        wire = self.sandbox.wires[tracker]
        if act is None:
            wire.between = None
            return
        first, doing = len(wire.seen), act

        def number() -> None:
            doing(len(wire.seen) - first)

        wire.between = number

    def scopes(self, tracker: str) -> Sequence[Mapping[str, Any]]:
        """The open scopes of a tracker as they truly are, the largest first."""
        told = self.sandbox.truth()["trackers"][tracker]["scopes"]
        return sorted((one for one in told if not one["closed"]), key=lambda one: -len(one["items"]))

    def tasks(self, tracker: str, rank: int = 0) -> list[str]:
        return [item["id"] for item in self.scopes(tracker)[rank]["items"]]


def failed(reports: Sequence[ConnectionReport]) -> list[str]:
    return [error for report in reports for error in report.errors]


@asynccontextmanager
async def town(*homes: Home, items: int = 60, **given: Any) -> AsyncIterator[Town]:
    time = FakeTime()
    chosen = {"budgets": False, **given}
    sandbox_options = SandboxOptions(
        items=items, today=time.now.date(), clock=time.clock, homes=homes, **chosen
    )
    with running(sandbox_options) as sandbox, TemporaryDirectory() as folder:
        made = Town(sandbox, Path(folder), time, None)  # type: ignore[arg-type]
        settings = made.settings()
        async with wiring.opened_store(settings, time.clock) as store:
            made.store = store
            yield made

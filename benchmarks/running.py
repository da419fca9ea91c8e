"""One tracker's runs: the site, the subject, the limit and the vendor's client, each in its own process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.facts import Facts, facts_from
from benchmarks.talk import Child, child

CHANGED = 0.01
FEW_ROWS = 20
"""Rows of a sheet with history: each of its cells is a request."""
ONE_SCOPE = ("asana", "smartsheet")
"""With history their clients ask once an item or a cell, one after the other: they read one scope, and the
time is multiplied."""
ASKED = "asked.jsonl"
Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be run. ``latency`` is in seconds; ``profile`` a file for the first sync's profile."""

    tracker: str
    scopes: int
    items: int
    latency: float
    history: bool = False
    profile: str | None = None

    @property
    def items_a_scope(self) -> int:
        few = self.history and self.tracker == "smartsheet"
        return min(self.items, FEW_ROWS) if few else self.items


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What each process told. ``first``, ``unchanged`` and ``changed`` are the subject's three syncs, with
    what the site counted meanwhile."""

    facts: Facts
    first: Told
    unchanged: Told
    changed: Told
    limit: Told
    sdk: Told


class SyncFailedError(Exception):
    """The subject could not read the dataset; one sentence of its own for each trouble."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the tracker stands and where files may."""

    plan: Plan
    site: Child
    opened: Told
    folder: Path

    @property
    def facts(self) -> Facts:
        return facts_from(self.opened["facts"])

    @property
    def waits(self) -> bool:
        """Then what is measured is asked once before, so that the site answers out of its cache and its own
        work is no part of the wait. Where nobody waits, its work is the wait."""
        return self.plan.latency > 0

    @asynccontextmanager
    async def subject(self, name: str, module: str = "benchmarks.subject") -> AsyncIterator[Child]:
        """A subject, or another process that reads as it does, with a folder of that name for its store."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        async with child(module) as subject:
            await subject.ask(
                do="open", tracker=self.plan.tracker, base=self.opened["base"],
                credentials=self.opened["credentials"], scopes=[one.name for one in self.facts.scopes],
                history=self.plan.history, folder=str(folder), now=self.opened["now"],
            )  # fmt: skip
            yield subject

    async def synced(self, subject: Child, profile: str | None = None) -> Told:
        """One sync, with the requests that it took."""
        await self.site.ask(do="count")
        told = await subject.ask(do="sync", profile=profile)
        if told["errors"] or told["rejected"]:
            raise SyncFailedError("; ".join(told["errors"]) or f"{told['rejected']} records were rejected")
        return {**told, **await self.site.ask(do="asked", file=str(self.folder / ASKED))}

    async def reconciled(self, subject: Child, *, deep: bool) -> Told:
        """One comparison of every scope, with the requests that it took."""
        await self.site.ask(do="count")
        told = await subject.ask(do="reconcile", deep=deep)
        if told["errors"] or told["complete"] != len(self.facts.scopes):
            raise SyncFailedError("; ".join(told["errors"]) or f"{told['complete']} scopes are complete")
        return {**told, **await self.site.ask(do="asked", file=str(self.folder / ASKED))}


@asynccontextmanager
async def opened(plan: Plan) -> AsyncIterator[Place]:
    """The plan's site, which answers at once so far."""
    async with child("benchmarks.site") as site:
        opened = await site.ask(do="open", tracker=plan.tracker, scopes=plan.scopes, items=plan.items_a_scope)
        with TemporaryDirectory() as folder:
            yield Place(plan, site, opened, Path(folder))


async def measured(plan: Plan) -> Measured:
    """Everything that one line of figures is made of."""
    async with opened(plan) as place:
        if place.waits:
            async with place.subject("warm") as warm:
                await place.synced(warm)
        await place.site.ask(do="pace", latency=plan.latency)
        async with place.subject("measured") as subject:
            first = await place.synced(subject, plan.profile)
            limit = await _limit(place, first)
            unchanged = await place.synced(subject)
            sdk = await _sdk(place)
            edited = await place.site.ask(do="edit", share=CHANGED)
            changed = await place.synced(subject)
        return Measured(
            facts=place.facts, first=first, unchanged=unchanged, changed={**changed, **edited},
            limit=limit, sdk=sdk,
        )  # fmt: skip


async def peak_rss_mb(plan: Plan) -> float:
    """Of a first sync, the memory alone: nobody waits."""
    async with opened(plan) as place, place.subject("measured") as subject:
        return float((await place.synced(subject))["peak_rss_mb"])


async def _limit(place: Place, first: Told) -> Told:
    async with child("benchmarks.limit") as limit:
        return await limit.ask(
            do="run", base=place.opened["base"], asked=str(place.folder / ASKED), at_once=first["at_once"],
            store=str(place.folder / "measured" / "tspmo.db"), folder=str(place.folder),
        )  # fmt: skip


async def _sdk(place: Place) -> Told:
    plan, ids = place.plan, [one.id for one in place.facts.scopes]
    some = ids[:1] if plan.history and plan.tracker in ONE_SCOPE else ids
    asked = {
        "do": "read", "tracker": plan.tracker, "base": place.opened["base"], "scopes": some,
        "credentials": place.opened["credentials"], "history": plan.history,
    }  # fmt: skip
    if place.waits:
        await place.site.ask(do="pace", latency=0)
        async with child("benchmarks.sdk") as warm:
            await warm.ask(**asked)
        await place.site.ask(do="pace", latency=plan.latency)
    async with child("benchmarks.sdk") as sdk:
        told = await sdk.ask(**asked)
    times = len(ids) / len(some)
    return {**told, "wall_s": told["wall_s"] * times, "items": told["items"] * times, "scopes": len(some)}

"""``make bench-webhooks``: what webhooks cost and how soon they show, a line of JSON a subject, while a full
sync of every connection runs over and over, with the shares of the vendors' rate limits as they are.

| key | is |
|---|---|
| deliveries, per_s, items | sent in the steady part, how many a second; distinct items that they tell of |
| ack_p50_ms, ack_p99_ms | from the moment at which a delivery was due to its answer |
| late_p99_ms | how late the sender itself was: what of the line above is its own |
| lost | deliveries that were answered well and not noted, and edits that their tracker told and nobody saw |
| visible_p50_s, visible_p95_s | from a real edit in a tracker to sight in /v1/items, in the steady part |
| visible_p95_s_by | the same by tracker: Trello's share of 0.3 is three cards a second |
| edits | how many of those |
| refetches, refetches_per_edit | items that drains asked for; by each delivery, which stands for an edit |
| burst, burst_s, burst_ack_p99_ms | as fast as they are taken: how many, for how long, and their answers |
| burst_drained_s, burst_refetched | until no hint waits (null: some do for long); items asked for meanwhile |
| highest_rate | of those tried the last at which ack_p99_ms is within reach and the sender is not late |
| drain_items, drain_items_per_s | distinct items hinted at once, drained alone with the budgets lifted |
| drain_cpu_us_per_item | processor time of that |
| full_syncs | scopes that were read whole meanwhile |
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.machine import machine, tell
from benchmarks.talk import Child, Told, child
from benchmarks.webhooks_installation import SUBJECTS, Installation, at_work, installed
from benchmarks.webhooks_sight import EACH, Sight
from config.working import requests
from store.open import open_store
from sync.errands import Errand
from sync.queue import Queue

REACH_MS = 50.0
STEP_S = 8
STEPS = 15
FIRST = 180.0
PATIENCE = 40.0
A_TRACKER = 20
LOOK = 0.25
REFETCHES = ("drain", "incremental", "refresh")
"""The kinds of runs by which hints are worked off: nobody else reads changes here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    seconds: int
    rate: int
    burst: int
    items: int
    drain: int


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything of one subject that runs. ``items`` are those that the deliveries tell of."""

    plan: Plan
    installation: Installation
    queue: Queue
    site: Child
    sender: Child
    items: Sequence[str]

    async def steady(self) -> dict[str, Any]:
        plan, sight, over = self.plan, Sight(self.installation, self.site, "Steady"), asyncio.Event()
        edits = round(plan.seconds / EACH)
        watching = asyncio.create_task(sight.watch(over))
        sent, _ = await asyncio.gather(
            self.sender.ask(do="send", count=plan.rate * plan.seconds, rate=plan.rate),
            sight.edit(self.items, edits),
        )
        refetches = await self.refetched(sent["began"])
        over.set()
        await watching
        return {
            "deliveries": sent["acknowledged"] + sent["refused"],
            "per_s": plan.rate,
            "items": len(self.items),
            "ack_p50_ms": milliseconds(sent["took"], 50),
            "ack_p99_ms": milliseconds(sent["took"], 99),
            "late_p99_ms": milliseconds(sent["late"], 99),
            "refused": sent["refused"],
            "edits": edits,
            "unseen": len(sight.unseen),
            "visible_p50_s": seconds(sight.took(), 50),
            "visible_p95_s": seconds(sight.took(), 95),
            "visible_p95_s_by": {
                name: seconds(sight.took(name), 95) for name in sorted(set(sight.tracker.values()))
            },
            "refetches": refetches,
            "refetches_per_edit": round(refetches / (sent["acknowledged"] + edits), 3),
            "acknowledged": sent["acknowledged"],
        }

    async def burst(self) -> dict[str, Any]:
        sent = await self.sender.ask(do="send", count=self.plan.burst, rate=None)
        drained = await self.drained()
        return {
            "burst": sent["acknowledged"] + sent["refused"],
            "burst_s": round(sent["seconds"], 2),
            "burst_refused": sent["refused"],
            "burst_ack_p99_ms": milliseconds(sent["took"], 99),
            "burst_drained_s": drained and round(drained - sent["began"], 2),
            "burst_refetched": await self.refetched(sent["began"]),
            "acknowledged": sent["acknowledged"],
        }

    async def highest(self) -> dict[str, Any]:
        """Steps of the steady rate."""
        held = acknowledged = 0
        for step in range(1, STEPS + 1):
            rate = step * self.plan.rate
            sent = await self.sender.ask(do="send", count=rate * STEP_S, rate=rate)
            acknowledged += sent["acknowledged"]
            if sent["refused"] or milliseconds(sent["took"], 99) > REACH_MS:
                break
            held = rate
        return {"highest_rate": held, "acknowledged": acknowledged}

    async def last(self) -> int:
        """Each item once more, while nobody reads anything else: how many do not come into sight."""
        sight, over = Sight(self.installation, self.site, "Last"), asyncio.Event()
        watching = asyncio.create_task(sight.watch(over))
        await sight.all_at_once(self.items)
        over.set()
        await watching
        return len(sight.unseen)

    async def noted(self) -> int:
        """Deliveries that were let in so far."""
        entries = await self.installation.ask("/v1/watches")
        return sum(one["deliveries"] - one["refused"] for entry in entries for one in entry["watches"])

    async def drained(self) -> float | None:
        """The moment at which no hint waits any more. None: some wait for longer, as those at whole boards do
        when so many were told of that Trello's limit for lists of boards is reached."""
        until = time.time() + PATIENCE
        while time.time() < until:
            if not any(one["waiting"] for one in await self.installation.ask("/v1/watches")):
                return time.time()
            await asyncio.sleep(LOOK)
        return None

    async def refetched(self, since: float) -> int:
        return sum(run["items"] for run in await self.runs(since) if run["kind"] in REFETCHES)

    async def runs(self, since: float) -> list[dict[str, Any]]:
        return await runs_since(self.installation, since)

    @asynccontextmanager
    async def full_syncs(self) -> AsyncIterator[None]:
        """For the length of the block one of every connection runs, or waits until it may."""

        async def asking() -> None:
            while True:
                for name in self.installation.settings.connections:
                    await self.queue.ask(Errand("full", name))
                await asyncio.sleep(LOOK)

        task = asyncio.create_task(asking())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def runs_since(installation: Installation, since: float) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name in installation.settings.connections:
        found += await installation.ask("/v1/runs", limit=1000, connection=name)
    return [run for run in found if moment(run["started_at"]) >= since]


def moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def percentile(values: Sequence[float], percent: int) -> float:
    if len(values) < 2:
        return values[0] if values else 0.0
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def milliseconds(values: Sequence[float], percent: int) -> float:
    return round(percentile(values, percent) * 1000, 1)


def seconds(values: Sequence[float], percent: int) -> float:
    return round(percentile(values, percent), 2)


async def first_read(installation: Installation, queue: Queue) -> None:
    """Everything, before anybody delivers."""
    tickets = [await queue.ask(Errand("full", name)) for name in installation.settings.connections]
    async with asyncio.timeout(FIRST):
        for ticket in tickets:
            while not (await queue.look(ticket)).ended:
                await asyncio.sleep(LOOK)


async def told(subject: str, plan: Plan) -> dict[str, Any]:
    async with child("benchmarks.webhooks_site") as site, child("benchmarks.webhooks_sender") as sender:
        opened = await site.ask(do="open", items=plan.items)
        with TemporaryDirectory(prefix="tspmo-bench-") as name:
            async with installed(subject, opened, Path(name)) as installation:
                async with at_work(installation, subject):
                    measured = await _measured(installation, plan, site, sender)
                async with child("benchmarks.webhooks_drain") as drain:
                    alone = await drain.ask(
                        do="drain", file=str(installation.settings.file), most=plan.drain,
                        environ=dict(installation.environ),
                    )  # fmt: skip
    return {"subject": subject, **measured, **figures_of_drain(alone), **machine()}


def figures_of_drain(alone: Told) -> dict[str, Any]:
    return {
        "drain_items": alone["items"],
        "drain_items_per_s": round(alone["items"] / alone["wall_s"]),
        "drain_cpu_us_per_item": round(alone["cpu_s"] / alone["items"] * 1e6),
        "drain_left": alone["left"],
    }


async def _measured(installation: Installation, plan: Plan, site: Child, sender: Child) -> dict[str, Any]:
    store = await open_store(installation.settings.store_url, migrate=False)
    try:
        with requests(installation.settings, store) as queue:
            await first_read(installation, queue)
            await installation.run("watch")
            made = await site.ask(do="letters", a_tracker=A_TRACKER)
            file = installation.folder / "letters.json"
            file.write_text(json.dumps(mixed(made["letters"])), encoding="utf-8")
            await sender.ask(do="load", file=str(file))
            bench = Bench(plan, installation, queue, site, sender, made["items"])
            return await _figures(bench)
    finally:
        await store.aclose()


async def _figures(bench: Bench) -> dict[str, Any]:
    await bench.drained()
    before, told_before = await bench.noted(), (await bench.site.ask(do="told"))["deliveries"]
    began = time.time()
    async with bench.full_syncs():
        parts = [await bench.steady(), await bench.burst(), await bench.highest()]
        full = sum(run["kind"] == "full" for run in await bench.runs(began))
    await bench.drained()
    unseen = await bench.last()
    acknowledged = sum(part.pop("acknowledged") for part in parts)
    acknowledged += (await bench.site.ask(do="told"))["deliveries"] - told_before
    line = {key: value for part in parts for key, value in part.items()}
    missing = acknowledged - (await bench.noted() - before)
    return {**line, "lost": missing + unseen + line.pop("unseen"), "full_syncs": full}


def mixed(letters: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of all webhooks by turns, each one's in their order."""
    lines: dict[str, list[Mapping[str, Any]]] = {}
    for one in letters:
        lines.setdefault(one["url"].rsplit("/", 2)[1], []).append(one)
    longest = max(map(len, lines.values()))
    return [line[number % len(line)] for number in range(longest) for line in lines.values()]


def options(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.webhooks", description="What webhooks cost, and how soon they show."
    )
    parser.add_argument("--subjects", nargs="+", choices=list(SUBJECTS), default=list(SUBJECTS))
    parser.add_argument("--seconds", type=int, default=30, help="of the steady part")
    parser.add_argument("--rate", type=int, default=200, help="deliveries a second in it")
    parser.add_argument("--burst", type=int, default=10_000, help="deliveries as fast as they are taken")
    parser.add_argument("--items", type=int, default=1500, help="in the trackers")
    parser.add_argument("--drain", type=int, default=5000, help="items hinted at once, if there are so many")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> None:
    asked = options(given)
    plan = Plan(
        seconds=asked.seconds, rate=asked.rate, burst=asked.burst, items=asked.items, drain=asked.drain
    )  # fmt: skip
    for subject in asked.subjects:
        tell(asyncio.run(told(subject, plan)))


if __name__ == "__main__":
    main()

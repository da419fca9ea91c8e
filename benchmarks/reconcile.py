"""``make bench-reconcile``: what a comparison of everything with the trackers costs, a line of JSON for each.

| key | is |
|---|---|
| requests, least_requests | of a comparison when nothing changed, the night's share included; at least |
| wall_s | of the same |
| census_cpu_us_per_item | processor time of one without that share, all threads, by the items listed |
| first_census_cpu_us_per_item | of the first after a first sync, which asks each record for its print |
| cpu_us_per_item | of the one with the share |
| scattered, refetched | items that were changed, one a scope; those fetched because they differed |
| deep, scattered_deep | items of the night's share, when nothing and when those had changed |
| scattered_requests, scattered_least_requests, scattered_wall_s | of the comparison that finds them |
| differences | what its receipts say |
| peak_rss_mb, peak_rss_mb_of_a_tenth | of a first sync with comparisons after it; of a tenth of the scopes |
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from typing import Any

from benchmarks.facts import Facts
from benchmarks.least import FORMULAS
from benchmarks.least_census import least_census
from benchmarks.machine import machine, tell
from benchmarks.running import Place, Plan, Told, opened

MICRO = 1e6
TENTH = 10


async def compared(place: Place) -> dict[str, Told]:
    """The comparisons one after the other, on one store."""
    if place.waits:
        async with place.subject("warm") as warm:
            await place.synced(warm)
            await place.reconciled(warm, deep=True)
    await place.site.ask(do="pace", latency=place.plan.latency)
    async with place.subject("measured") as subject:
        await place.synced(subject)
        first = await place.reconciled(subject, deep=False)
        census = await place.reconciled(subject, deep=False)
        unchanged = await place.reconciled(subject, deep=True)
        edited = await place.site.ask(do="edit", share=0)
        scattered = await place.reconciled(subject, deep=True)
    return {
        "first": first, "census": census, "unchanged": unchanged, "scattered": {**scattered, **edited},
    }  # fmt: skip


def figures(plan: Plan, facts: Facts, told: dict[str, Told], small: float) -> dict[str, Any]:
    """One line."""
    unchanged, scattered, items = told["unchanged"], told["scattered"], facts.items

    def cpu(name: str) -> float:
        return round(float(told[name]["cpu_s"]) * MICRO / items, 1)

    def needed(one: Told) -> int:
        """As if what is to be read by name stood evenly in all scopes."""
        scopes, named = len(facts.scopes), sum(one["fetched"].values())
        even = [named // scopes + (number < named % scopes) for number in range(scopes)]
        return sum(least_census(plan.tracker, facts, even).values())

    return {
        "tracker": plan.tracker,
        "scopes": len(facts.scopes),
        "items": items,
        "latency_ms": round(plan.latency * 1000),
        "requests": unchanged["requests"],
        "least_requests": needed(unchanged),
        "wall_s": round(unchanged["wall_s"], 2),
        "census_cpu_us_per_item": cpu("census"),
        "first_census_cpu_us_per_item": cpu("first"),
        "cpu_us_per_item": cpu("unchanged"),
        "deep": unchanged["fetched"].get("deep", 0),
        "written": unchanged["written"],
        "scattered": scattered["changed"],
        "refetched": scattered["fetched"].get("differing", 0) + scattered["fetched"].get("missing", 0),
        "scattered_deep": scattered["fetched"].get("deep", 0),
        "scattered_requests": scattered["requests"],
        "scattered_least_requests": needed(scattered),
        "scattered_wall_s": round(scattered["wall_s"], 2),
        "differences": scattered["differences"],
        "peak_rss_mb": scattered["peak_rss_mb"],
        "peak_rss_mb_of_a_tenth": small,
        **machine(),
    }


async def small_rss_mb(plan: Plan) -> float:
    """Of a tenth of the scopes, where nobody waits."""
    less = Plan(tracker=plan.tracker, scopes=max(1, plan.scopes // TENTH), items=plan.items, latency=0)
    async with opened(less) as place, place.subject("measured") as subject:
        await place.synced(subject)
        return float((await place.reconciled(subject, deep=True))["peak_rss_mb"])


async def lines(plans: Sequence[Plan], *, explain: bool) -> None:
    for plan in plans:
        small = await small_rss_mb(plan)
        async with opened(plan) as place:
            told = await compared(place)
            facts = place.facts
        tell(figures(plan, facts, told, small))
        if explain:
            named = [0] * len(facts.scopes)
            tell({"least": least_census(plan.tracker, facts, named), "asked": told["unchanged"]["paths"]})


def options(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.reconcile", description="What a comparison with the trackers costs."
    )
    parser.add_argument("--trackers", nargs="+", choices=sorted(FORMULAS), default=sorted(FORMULAS))
    parser.add_argument("--scopes", type=int, default=20, help="on each tracker")
    parser.add_argument("--items", type=int, default=1000, help="in each scope")
    parser.add_argument("--latency", type=float, default=150.0, help="milliseconds before each answer")
    parser.add_argument("--explain", action="store_true", help="beside each line which requests it counts")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> None:
    asked = options(given)
    plans = [
        Plan(tracker=tracker, scopes=asked.scopes, items=asked.items, latency=asked.latency / 1000)
        for tracker in asked.trackers
    ]
    asyncio.run(lines(plans, explain=asked.explain))


if __name__ == "__main__":
    main()

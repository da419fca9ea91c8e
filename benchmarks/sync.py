"""``make bench-sync``: what a sync costs, a line of JSON for each tracker without and with history.

The dataset is told in :mod:`benchmarks.dataset`, the least requests in :mod:`benchmarks.least`.

| key | is |
|---|---|
| requests, least_requests | of the first sync, as the tracker counted them; of a perfect client |
| wall_s, limit_wall_s, ratio_to_limit | of the first sync; of :mod:`benchmarks.limit`; the one by the other |
| cpu_us_per_item | processor time of the first sync, all threads, by the items read |
| cpu_us_per_change | what history adds to that, by the changes kept (null without history) |
| peak_rss_mb | memory of the subject at its highest |
| unchanged_… | of a second sync when nothing changed; ``unchanged_written`` counts items written |
| incremental_… | of a third one when one percent of the items changed |
| sdk_wall_s, speedup_vs_sdk | of the vendor's client (:mod:`benchmarks.sdk`); that by wall_s |
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from typing import Any

from benchmarks.least import FORMULAS, least
from benchmarks.machine import machine, tell
from benchmarks.running import Measured, Plan, measured, peak_rss_mb

MICRO = 1e6
FEW, MANY = 10, 100
"""Scopes whose memory is compared."""


def figures(plan: Plan, told: Measured, without: float | None) -> dict[str, Any]:
    """One line. ``without`` is what an item costs without history, in microseconds."""
    items, changed = told.facts.items, told.changed["changed"]
    wall = told.first["wall_s"]
    per_item = told.first["cpu_s"] * MICRO / items
    changes = told.first["changes"]
    return {
        "tracker": plan.tracker,
        "history": plan.history,
        "scopes": len(told.facts.scopes),
        "items": items,
        "changes": changes,
        "latency_ms": round(plan.latency * 1000),
        "requests": told.first["requests"],
        "least_requests": sum(least(plan.tracker, told.facts, history=plan.history).values()),
        "requests_at_once": told.first["at_once"],
        "wall_s": round(wall, 2),
        "limit_wall_s": round(told.limit["wall_s"], 2),
        "ratio_to_limit": round(wall / told.limit["wall_s"], 2),
        "cpu_us_per_item": round(per_item, 1),
        "cpu_us_per_change": None
        if without is None or not changes
        else round((per_item - without) * items / changes, 1),
        "peak_rss_mb": told.first["peak_rss_mb"],
        "unchanged_requests": told.unchanged["requests"],
        "unchanged_cpu_us_per_item": round(told.unchanged["cpu_s"] * MICRO / items, 1),
        "unchanged_written": told.unchanged["written"],
        "incremental_requests": told.changed["requests"],
        "incremental_cpu_us_per_changed": round(told.changed["cpu_s"] * MICRO / changed, 1),
        "incremental_changed": changed,
        "sdk_wall_s": round(told.sdk["wall_s"], 2),
        "sdk_scopes": told.sdk["scopes"],
        "speedup_vs_sdk": round(told.sdk["wall_s"] / wall, 2),
        **machine(),
    }


async def lines(plans: Sequence[Plan], *, explain: bool) -> None:
    """Each plan's line as soon as it is measured; without history first, since the other is told by it."""
    without: dict[str, float] = {}
    for plan in plans:
        told = await measured(plan)
        line = figures(plan, told, without.get(plan.tracker) if plan.history else None)
        if not plan.history:
            without[plan.tracker] = line["cpu_us_per_item"]
        tell(line)
        if explain:
            tell(
                {
                    "tracker": plan.tracker,
                    "history": plan.history,
                    "least": least(plan.tracker, told.facts, history=plan.history),
                    "asked": told.first["paths"],
                    "asked_unchanged": told.unchanged["paths"],
                    "asked_incremental": told.changed["paths"],
                }
            )


async def memory(plans: Sequence[Plan]) -> None:
    for plan in plans:
        few, many = [
            await peak_rss_mb(Plan(tracker=plan.tracker, scopes=scopes, items=plan.items, latency=0))
            for scopes in (FEW, MANY)
        ]
        tell(
            {
                "tracker": plan.tracker,
                "items": plan.items,
                f"peak_rss_mb_{FEW}_scopes": few,
                f"peak_rss_mb_{MANY}_scopes": many,
                "difference_mb": round(many - few, 1),
                **machine(),
            }
        )


def options(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sync", description="What a sync costs.")
    parser.add_argument("--trackers", nargs="+", choices=sorted(FORMULAS), default=sorted(FORMULAS))
    parser.add_argument("--scopes", type=int, default=10)
    parser.add_argument("--items", type=int, default=1000, help="in each scope")
    parser.add_argument("--latency", type=float, default=150.0, help="milliseconds before each answer")
    parser.add_argument("--history", choices=("both", "off"), default="both")
    parser.add_argument("--explain", action="store_true", help="beside each line which requests it counts")
    parser.add_argument("--profile", help="a file for a profile of the (last) first sync, for pstats")
    parser.add_argument("--memory", action="store_true", help="instead: memory with 100 scopes and with 10")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> None:
    asked = options(given)
    plans = [
        Plan(
            tracker=tracker, scopes=asked.scopes, items=asked.items, latency=asked.latency / 1000,
            history=history, profile=asked.profile,
        )
        for tracker in asked.trackers
        for history in ((False, True) if asked.history == "both" else (False,))
    ]  # fmt: skip
    if asked.memory:
        asyncio.run(memory([plan for plan in plans if not plan.history]))
    else:
        asyncio.run(lines(plans, explain=asked.explain))


if __name__ == "__main__":
    main()

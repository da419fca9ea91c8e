"""``make bench-normalize``: what mapping records costs, a line of JSON for each tracker.

| key | is |
|---|---|
| records, us_per_record | items of the dataset without history; processor time of mapping one |
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from typing import Any

from benchmarks.least import FORMULAS
from benchmarks.machine import machine, tell
from benchmarks.running import Plan, opened


async def normalising(plan: Plan) -> dict[str, Any]:
    async with opened(plan) as place, place.subject("normalising", "benchmarks.mapping") as child:
        told = await child.ask(do="map")
    return {
        "tracker": plan.tracker,
        "records": told["records"],
        "us_per_record": round(told["us_per_record"], 1),
        **machine(),
    }


async def lines(plans: Sequence[Plan]) -> None:
    for plan in plans:
        tell(await normalising(plan))


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.normalize", description="What mapping costs.")
    parser.add_argument("--trackers", nargs="+", choices=sorted(FORMULAS), default=sorted(FORMULAS))
    parser.add_argument("--scopes", type=int, default=2)
    parser.add_argument("--items", type=int, default=1000, help="in each scope")
    asked = parser.parse_args(given)
    plans = [
        Plan(tracker=tracker, scopes=asked.scopes, items=asked.items, latency=0) for tracker in asked.trackers
    ]
    asyncio.run(lines(plans))


if __name__ == "__main__":
    main()

"""``make bench-normalize``: what mapping costs, a line of JSON for each tracker, and one for a replay.

| key | is |
|---|---|
| records, us_per_record | items of the dataset without history; processor time of mapping one |
| replay_records, replay_records_per_s | of a store of a hundred scopes, mapped again by unchanged rules |
| replay_changed | items that came out otherwise: none |
| replay_peak_rss_mb, …_of_a_tenth | memory of that replay, and of one of a store of ten scopes |
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from typing import Any

from benchmarks.least import FORMULAS
from benchmarks.machine import machine, tell
from benchmarks.running import Plan, Told, opened

TENTH = 10


async def normalising(plan: Plan) -> dict[str, Any]:
    async with opened(plan) as place, place.subject("normalising", "benchmarks.mapping") as child:
        told = await child.ask(do="map")
    return {
        "tracker": plan.tracker,
        "records": told["records"],
        "us_per_record": round(told["us_per_record"], 1),
        **machine(),
    }


async def replaying(plan: Plan) -> dict[str, Any]:
    """The store is filled by one process and replayed by another, whose memory holds nothing of that."""
    many = await _replayed(plan)
    few = await _replayed(
        Plan(tracker=plan.tracker, scopes=plan.scopes // TENTH, items=plan.items, latency=0)
    )
    return {
        "tracker": plan.tracker,
        "replay_records": many["records"],
        "replay_records_per_s": round(many["records"] / many["wall_s"]),
        "replay_changed": many["changed"],
        "replay_peak_rss_mb": many["peak_rss_mb"],
        "replay_peak_rss_mb_of_a_tenth": few["peak_rss_mb"],
        **machine(),
    }


async def _replayed(plan: Plan) -> Told:
    async with opened(plan) as place:
        async with place.subject("replayed") as filling:
            await place.synced(filling)
        async with place.subject("replayed") as subject:
            return await subject.ask(do="replay")


async def lines(plans: Sequence[Plan], replay: Plan | None) -> None:
    for plan in plans:
        tell(await normalising(plan))
    if replay is not None:
        tell(await replaying(replay))


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.normalize", description="What mapping costs.")
    parser.add_argument("--trackers", nargs="+", choices=sorted(FORMULAS), default=sorted(FORMULAS))
    parser.add_argument("--scopes", type=int, default=2, help="whose items are mapped")
    parser.add_argument("--items", type=int, default=1000, help="in each scope")
    parser.add_argument("--replay", choices=(*sorted(FORMULAS), "none"), default="trello")
    parser.add_argument("--replay-scopes", type=int, default=100, help="whose records are replayed")
    asked = parser.parse_args(given)
    plans = [
        Plan(tracker=tracker, scopes=asked.scopes, items=asked.items, latency=0) for tracker in asked.trackers
    ]
    kept = Plan(tracker=asked.replay, scopes=asked.replay_scopes, items=asked.items, latency=0)
    asyncio.run(lines(plans, None if asked.replay == "none" else kept))


if __name__ == "__main__":
    main()

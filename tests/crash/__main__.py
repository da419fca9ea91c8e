"""``make crash``: programs killed in the middle of a first sync, of an incremental one, of a reconciliation
and of a drain of what webhooks told, each many times; one JSON object says whether everything is there in the
end, what was read twice for it, and how long it took until somebody went on.

| key | is |
|---|---|
| kills | by victim and work: how often it was killed in the middle |
| items_diverged | differences between what the API shows in the end and the truth, over all rounds |
| hints_lost, acknowledged | items not shown as they are, of all whose deliveries were acknowledged; those |
| pages_read_twice | by victim: requests that repeat one of before the kill, a round: on average, at most |
| takeover_s | by victim: seconds from the kill to the next request to a tracker: median, at most |
| stuck | what was to happen, and did not within two minutes |
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import mean, median
from typing import Any, get_args

from tests.crash.rounds import Round, Work
from tests.crash.tasks import Task

VICTIMS = ("server", "api", "worker 1", "worker 2", "database")


def told(tasks: Sequence[Task], rounds: Sequence[Round], seconds: float) -> dict[str, Any]:
    by_victim: Mapping[str, list[Round]] = defaultdict(list)
    for one in rounds:
        by_victim[one.victim].append(one)
    kills: dict[str, dict[str, int]] = {}
    for (victim, work), times in Counter((one.victim, one.work) for one in rounds).items():
        kills.setdefault(victim, {})[work] = times
    return {
        "kills": kills,
        "fewest_kills": min((kills.get(one.victim, {}).get(one.work, 0) for one in tasks), default=0),
        "items_diverged": sum(one.diverged for one in rounds),
        "hints_lost": sum(one.hints_lost for one in rounds),
        "acknowledged": sum(one.acknowledged for one in rounds),
        "first_difference": next((one.first_difference for one in rounds if one.first_difference), None),
        "pages_read_twice": _spread(by_victim, lambda one: one.pages_read_twice, mean),
        "takeover_s": _spread(by_victim, lambda one: one.takeover_s, median),
        "seconds": round(seconds),
    }


def _spread(
    by_victim: Mapping[str, Sequence[Round]],
    number: Callable[[Round], float],
    middle: Callable[[Sequence[float]], float],
) -> dict[str, list[float]]:
    return {
        victim: [round(middle([number(one) for one in many]), 2), max(number(one) for one in many)]
        for victim, many in by_victim.items()
    }


def main(given: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--times", type=int, default=20, help="how often each is killed in each kind of work")
    parser.add_argument("--victims", nargs="+", choices=VICTIMS, default=list(VICTIMS))
    parser.add_argument("--works", nargs="+", choices=get_args(Work), default=list(get_args(Work)))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--jobs", type=int, default=3, help="installations at once: mostly they wait")
    asked = parser.parse_args(given)
    tasks = [
        Task(victim=victim, work=work, times=asked.times, seed=asked.seed)
        for victim in asked.victims
        for work in asked.works
    ]
    began = time.monotonic()
    with ProcessPoolExecutor(asked.jobs, get_context("spawn")) as pool:
        done = list(pool.map(Task.run, tasks))
    rounds = [one for some, _ in done for one in some]
    said = told(tasks, rounds, time.monotonic() - began)
    said["stuck"] = [one for _, some in done for one in some]
    sys.stdout.write(json.dumps(said) + "\n")
    wrong = said["items_diverged"] or said["hints_lost"] or said["stuck"]
    return 0 if not wrong and said["fewest_kills"] >= asked.times else 1


if __name__ == "__main__":
    sys.exit(main())

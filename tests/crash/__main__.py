"""``make crash``: programs killed in the middle of a first sync, of an incremental one and of a
reconciliation, each many times; one JSON object says whether everything is there in the end, what was read
twice for it, and how long it took until somebody went on.

| key | is |
|---|---|
| kills | by victim and work: how often it was killed in the middle |
| items_diverged | differences between what the API shows in the end and the truth, over all rounds |
| pages_read_twice | by victim: requests that repeat one of before the kill, a round: on average, at most |
| takeover_s | by victim: seconds from the kill to the next request to a tracker: median, at most |
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from random import Random
from statistics import mean, median
from tempfile import TemporaryDirectory
from typing import Any, get_args

from tests.crash.database import Postgres
from tests.crash.installation import Installation, installed
from tests.crash.rounds import Round, Stage, Victim, Work

SERVER = {"server": ("serve", "--port", "0")}
CLUSTER = {"api": ("api", "--port", "0"), "worker 1": ("worker",), "worker 2": ("worker",)}
TRIES = 5
"""How often more than wished a work may end before its kill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One victim in the middle of one kind of work, so many times."""

    victim: str
    work: Work
    times: int
    seed: int

    def run(self) -> list[Round]:
        rounds: list[Round] = []
        rng = Random(f"{self.victim} {self.work} {self.seed}")  # noqa: S311  # a choice, not a secret
        tried = 0
        while len(rounds) < self.times and tried < self.times + TRIES:
            for one in self._installation(rng, self.times - len(rounds)):
                tried += 1
                if one is not None:
                    rounds.append(one)
                    _say(f"{one.victim}, {one.work}: {len(rounds)} of {self.times}, {one.takeover_s} s")
        return rounds

    def _installation(self, rng: Random, times: int) -> Iterator[Round | None]:
        """The rounds on one installation: a first sync is the first only once."""
        with self._standing() as (installation, victim):
            stage = Stage(installation, self.work, rng)
            if self.work == "first sync":
                stage.whole = WHOLE
                yield stage.killed(victim)
                return
            Stage(installation, "first sync", rng).undisturbed()
            stage = Stage(installation, self.work, rng)
            stage.undisturbed()
            for _ in range(times):
                yield stage.killed(victim)

    @contextmanager
    def _standing(self) -> Iterator[tuple[Installation, Victim]]:
        if self.victim == "server":
            with installed(SERVER, lambda folder: f"sqlite:///{folder / 'tspmo.db'}") as made:
                made.start()
                program = made.programs["server"]
                yield made, Victim("server", program.kill, lambda: made.start("server"))
            return
        with TemporaryDirectory(prefix="tspmo-postgres-") as directory:
            database = Postgres(Path(directory) / "data")
            try:
                with installed(CLUSTER, lambda _folder: database.new()) as made:
                    made.start("api")
                    made.start("worker 1", "worker 2")
                    yield made, self._of_cluster(made, database)
            finally:
                database.close()

    def _of_cluster(self, made: Installation, database: Postgres) -> Victim:
        if self.victim == "database":
            return Victim("database", database.kill, database.restart)
        program = made.programs[self.victim]
        others = self.victim.startswith("worker")
        return Victim(self.victim, program.kill, lambda: made.start(self.victim), replaced=others)


WHOLE = 140
"""Requests of a first sync of all five, at least."""
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
        "first_difference": next((one.first_difference for one in rounds if one.diverged), None),
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


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


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
        rounds = [one for many in pool.map(Task.run, tasks) for one in many]
    said = told(tasks, rounds, time.monotonic() - began)
    sys.stdout.write(json.dumps(said) + "\n")
    return 0 if said["items_diverged"] == 0 and said["fewest_kills"] >= asked.times else 1


if __name__ == "__main__":
    sys.exit(main())

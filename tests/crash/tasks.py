"""One victim in the middle of one kind of work, again and again: by itself in a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.crash.database import Postgres
from tests.crash.installation import Installation, installed
from tests.crash.processes import StuckError
from tests.crash.rounds import Round, Stage, Victim, Work

SERVER = {"server": ("serve",)}
CLUSTER = {"api": ("api",), "worker 1": ("worker",), "worker 2": ("worker",)}
TRIES = 5
"""How often more than wished a work may end before its kill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One victim in the middle of one kind of work, so many times."""

    victim: str
    work: Work
    times: int
    seed: int

    def run(self) -> tuple[list[Round], list[str]]:
        """The rounds, and what did not go on: then another installation is taken for the rest."""
        rounds, stuck = list[Round](), list[str]()
        rng = Random(f"{self.victim} {self.work} {self.seed}")  # noqa: S311  # a choice, not a secret
        tried = 0
        while len(rounds) < self.times and tried < self.times + TRIES:
            try:
                for one in self._installation(rng, self.times - len(rounds)):
                    tried += 1
                    if one is not None:
                        rounds.append(one)
                        _say(f"{self.victim}, {self.work}: {len(rounds)} of {self.times}: {_told(one)}")
            except StuckError as error:
                tried += 1
                stuck.append(f"{self.victim}, {self.work}: {error}")
                _say(stuck[-1])
        return rounds, stuck

    def _installation(self, rng: Random, times: int) -> Iterator[Round | None]:
        """The rounds on one installation: a first sync is the first only once."""
        with self._standing() as (installation, victim):
            stage = Stage(installation, self.work, rng)
            if self.work == "first sync":
                stage.whole = WHOLE
                yield stage.killed(victim)
                return
            Stage(installation, "first sync", rng).undisturbed()
            if self.work == "drain":
                installation.watch()
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


def _told(one: Round) -> str:
    lost = f", {one.hints_lost} of {one.acknowledged} deliveries lost" if one.acknowledged else ""
    return f"{one.takeover_s} s, {one.diverged} differ, {one.pages_read_twice} read twice{lost}"


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")

"""The subject's process: what ``tspmo sync`` does, with the settings it has by itself and the vendors'
budgets lifted. It tells what a sync took of time, processor and memory.

    {"do": "open", "folder": …, "now": …, and what Asked holds}
    {"do": "sync", "profile": null}     one more into the same store, by connectors that know nothing yet
    {"do": "replay"}                    what is kept, mapped again by unchanged rules
    {"do": "reconcile", "deep": true}   every scope compared with the tracker, with the night's share or not
"""

from __future__ import annotations

import asyncio
import cProfile
import resource
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

from benchmarks.talk import answer
from cli.shell import calm_collector
from config import wiring
from config.load import NAME, parse
from config.secrets import secret_fields
from config.settings import Settings
from connectors.limits import Budget, Budgets, Limiter, Timing
from connectors.registry import TRACKERS
from sync.nightly import Reconcile
from sync.replay import replay
from sync.report import ConnectionReport
from sync.runner import sync

T = TypeVar("T")
CONNECTION = "bench"
FILE = "tspmo.db"
FAR = 1_000_000
"""Requests that a lifted budget allows at once."""


class Lifted(Budgets):
    """Limiters that let everything through."""

    def limiter(self, budget: Budget, whose: str) -> Limiter:
        return super().limiter(Budget(budget.name, FAR, budget.per), whose)


class AtOnce(ThreadPoolExecutor):
    """Runs what is meant for a thread where it stands, so that a profile sees it."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        done: Future[T] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


class Subject:
    """One store and one connection."""

    def __init__(self) -> None:
        self._settings: Settings | None = None
        self._ahead = timedelta(0)

    def open(self, *, folder: str, now: str, **told: Any) -> Mapping[str, Any]:
        """``now`` is the tracker's: ours goes with it, since the dataset plays on a fixed day."""
        calm_collector()
        self._settings = settings_of(Path(folder), Asked(**told))
        self._ahead = datetime.fromisoformat(now) - datetime.now(UTC)
        return {"settings": type(self._settings.connections[CONNECTION].settings).__name__}

    @property
    def _opened(self) -> Settings:
        if self._settings is None:
            raise LookupError("nothing is open yet")
        return self._settings

    def sync(self, profile: str | None) -> Mapping[str, Any]:
        measured = asyncio.run(self._sync(self._opened, profile))
        return {**measured, "changes": _count(self._opened, "changes")}

    def reconcile(self, deep: bool) -> Mapping[str, Any]:
        return asyncio.run(self._reconcile(self._opened, deep))

    def replay(self) -> Mapping[str, Any]:
        return asyncio.run(self._replay(self._opened))

    def _now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    async def _sync(self, settings: Settings, profile: str | None) -> Mapping[str, Any]:
        timing = Timing(clock=self._now, sleep=asyncio.sleep)
        async with (
            wiring.opened_store(settings) as store,
            wiring.sources(settings, [CONNECTION], timing, Lifted(self._now)) as sources,
        ):
            profiler = cProfile.Profile(time.thread_time)  # other work on the machine is no part of it
            if profile is not None:
                asyncio.get_running_loop().set_default_executor(AtOnce())
                profiler.enable()
            began, used = time.perf_counter(), processor_s()
            (report,) = await sync(store, sources, self._now, lambda _: None)
            took, used = time.perf_counter() - began, processor_s() - used
            if profile is not None:
                profiler.disable()
                profiler.dump_stats(profile)
        return {"wall_s": took, "cpu_s": used, "peak_rss_mb": peak_rss_mb(), **_told(report)}

    async def _reconcile(self, settings: Settings, deep: bool) -> Mapping[str, Any]:
        timing = Timing(clock=self._now, sleep=asyncio.sleep)
        # What every night reads whole is no part of what a census costs, and is told apart by leaving it out.
        share = nullcontext() if deep else patch("sync.opening.due", lambda _id, _night: False)
        async with (
            wiring.opened_store(settings) as store,
            wiring.sources(settings, [CONNECTION], timing, Lifted(self._now)) as sources,
        ):
            began, used = time.perf_counter(), processor_s()
            with share:
                (report,) = await sync(store, sources, self._now, lambda _: None, Reconcile(anew=True))
            took, used = time.perf_counter() - began, processor_s() - used
        return {
            "wall_s": took,
            "cpu_s": used,
            "peak_rss_mb": peak_rss_mb(),
            **_told(report),
            **_proved(report),
        }

    async def _replay(self, settings: Settings) -> Mapping[str, Any]:
        async with (
            wiring.opened_store(settings) as store,
            wiring.sources(settings, [CONNECTION]) as sources,
        ):
            began = time.perf_counter()
            done = await replay(store, sources, self._now, lambda _: None)
            took = time.perf_counter() - began
        return {
            "wall_s": took,
            "records": done.records,
            "changed": len(done.changed),
            "peak_rss_mb": peak_rss_mb(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The connection that a process is to have: ``base`` is the tracker's address, ``scopes`` are names."""

    tracker: str
    base: str
    credentials: Mapping[str, str]
    scopes: Sequence[str]
    history: bool


def settings_of(folder: Path, asked: Asked) -> Settings:
    """A configuration with a project for each scope, as an installation has it."""
    known = TRACKERS[asked.tracker]
    secret = secret_fields(known.settings)
    connection = {
        "tracker": asked.tracker,
        "base_url": asked.base,
        "history": asked.history,
        **{name: f"env:{name}" if name in secret else value for name, value in asked.credentials.items()},
    }
    projects = [
        {"id": f"p{number}", "name": name, "sources": [{"connection": CONNECTION, "scope": name}]}
        for number, name in enumerate(asked.scopes)
    ]
    document = {
        "store": {"url": f"sqlite:///{folder / FILE}"},
        "connections": {CONNECTION: connection},
        "projects": projects,
    }
    return parse(document, folder / NAME, dict(asked.credentials), TRACKERS)


def processor_s() -> float:
    """Seconds of processor time of all threads, and of children that ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def peak_rss_mb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def _told(report: ConnectionReport) -> Mapping[str, Any]:
    return {
        "items": report.items,
        "written": report.written,
        "rejected": report.rejected,
        "errors": list(report.errors),
    }


def _proved(report: ConnectionReport) -> Mapping[str, Any]:
    """What the receipts of the scopes say, together."""
    proofs = [scope.receipt for scope in report.scopes if scope.receipt is not None]
    fetched, differences = Counter[str](), Counter[str]()
    for one in proofs:
        fetched.update(one.fetched)
        differences.update(one.differences)
    return {
        "complete": sum(one.complete for one in proofs),
        "fetched": dict(fetched),
        "differences": dict(differences),
    }


def _count(settings: Settings, table: str) -> int:
    with closing(sqlite3.connect(settings.store_url.removeprefix("sqlite:///"))) as database:
        (found,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608  # our own name
    return int(found)


def main() -> None:
    subject = Subject()
    answer(
        {
            "open": subject.open,
            "sync": subject.sync,
            "replay": subject.replay,
            "reconcile": subject.reconcile,
        }
    )


if __name__ == "__main__":
    main()

"""Many lives, some at once, each in a process of its own."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from cli.shell import calm_collector
from sandbox.story import Home
from tests.converge.guards import without
from tests.converge.life import HOMES, live
from tests.converge.outcome import Outcome


def one(seed: int, guard: str | None = None, homes: Sequence[Home] = HOMES, *, webhooks: bool) -> Outcome:
    """``guard`` is taken out. What ends a life is a defect of this seed, and the others go on."""
    try:
        with without(guard):
            return asyncio.run(live(seed, homes, webhooks=webhooks))
    except Exception:
        return Outcome(seed, defects=[traceback.format_exc()])


def lives(
    seeds: Sequence[int], jobs: int, guard: str | None = None, *, webhooks: bool = False
) -> Iterator[Outcome]:
    """In the order of the seeds."""
    with ProcessPoolExecutor(jobs, get_context("spawn"), calm_collector) as pool:
        yield from pool.map(partial(one, guard=guard, webhooks=webhooks), seeds)

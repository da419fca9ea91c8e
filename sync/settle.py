"""Runs jobs side by side so that one job's defect leaves the others going, and is still raised."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from typing import TypeVar

T = TypeVar("T")


async def settle(jobs: Iterable[Awaitable[T]]) -> list[T]:
    """All results in order. When all have ended and some raised, the first exception is raised with a
    note of each other one. Cancelling it cancels them all."""
    outcomes = await asyncio.gather(*jobs, return_exceptions=True)
    failures = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    if failures:
        first = failures[0]
        for other in failures[1:]:
            first.add_note(f"Also: {type(other).__name__}: {other}")
        raise first
    return [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]

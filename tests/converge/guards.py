"""The guards against wrong answers, and how each is taken out, to see that it is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from connectors.base import Absence, Record
from sync.absences import Gone
from sync.course import Course, Todo
from sync.source import Clock, Target


def _buried(clock: Clock, ids: Sequence[str]) -> dict[str, Gone]:
    at, why = clock(), "the listing did not show it"
    return {id: Gone(Absence(id=id, reason="not_found", evidence=why), at) for id in ids}


async def _bury(_target: Target, clock: Clock, ids: Sequence[str]) -> tuple[list[Record], dict[str, Gone]]:
    return [], _buried(clock, ids)


def _burying(plan: Any) -> Any:
    """What a census did not show is not asked for."""

    async def planned(course: Course, todo: Todo) -> None:
        absent = [id for id, why in todo if why == "absent"]
        course.tally.answered(dict.fromkeys(absent, "absent"), _buried(course.at.clock, absent))
        await plan(course, [one for one in todo if one[1] != "absent"])

    return planned


GUARDS: Mapping[str, Mapping[str, Any]] = {
    "version_guard": {"store.items.older": lambda _one, _other: False},
    "breaker": {"sync.absences.too_many": lambda _vanished, _among: False},
    "fetch_before_burying": {
        "sync.absences.ask": _bury,
        "sync.course.Course.plan": _burying(Course.plan),
    },
}
"""By what stands in the place of each of its functions."""


@contextmanager
def without(guard: str | None) -> Iterator[None]:
    with ExitStack() as stack:
        for name, instead in GUARDS[guard].items() if guard else ():
            stack.enter_context(patch(name, instead))
        yield

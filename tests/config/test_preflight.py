"""A check of one connection: what is missing is said, with whoever can mend it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import pytest

from config.preflight import Preflight, preflight
from connectors.base import Connector, Identity, Permission, ScopeRecord
from connectors.errors import TrackerError, Unauthorized, Unavailable
from normalizer.rules import Rules
from sync.source import Source

BOARD = ScopeRecord(id="1", kind="board", name="Hiring", url="", key="HIR")


def identity(**more: Any) -> Identity:
    return Identity(system="paper", site="paper.example", account_id="7", account_name="Ada", **more)


@dataclass
class Paper:
    """A connector as far as a check goes."""

    me: Identity | TrackerError = field(default_factory=identity)
    shown: Sequence[ScopeRecord] = (BOARD,)
    cut: TrackerError | None = None

    async def check(self) -> Identity:
        if isinstance(self.me, TrackerError):
            raise self.me
        return self.me

    async def scopes(self) -> AsyncIterator[ScopeRecord]:
        for scope in self.shown:
            yield scope
        if self.cut is not None:
            raise self.cut


async def checked(connector: Paper, *expected: str) -> Preflight:
    return await preflight(
        Source(
            connection="desk",
            tracker="paper",
            connector=cast(Connector, connector),
            prepare=lambda _: pytest.fail("a check normalises nothing"),
            rules_for=lambda _: Rules(),
            wanted=lambda scope: scope.id == "1",
            expected=expected,
        )
    )


async def test_all_is_well() -> None:
    held = Permission(name="read", held=True)
    found = await checked(Paper(identity(permissions=(held,), clock_skew=timedelta(seconds=59))), "HIR")
    assert found.ok
    assert (list(found.scopes), found.wanted) == ([BOARD], frozenset({"1"}))


async def test_a_refusal_is_a_trouble_in_the_trackers_words() -> None:
    found = await checked(Paper(Unauthorized("The token is refused; its owner makes a new one.")))
    assert found.troubles == ["The token is refused; its owner makes a new one."]
    assert found.identity is None


async def test_a_listing_that_breaks_off_is_a_trouble_and_no_scope_is_called_missing() -> None:
    found = await checked(Paper(cut=Unavailable("Paper is down.")), "OTHER")
    assert found.troubles == ["Paper is down."]
    assert found.identity is not None


async def test_a_missing_permission_names_who_grants_it() -> None:
    lacking = Permission(name="Browse projects", held=False, mend="a Jira administrator grants it.")
    found = await checked(Paper(identity(permissions=(lacking,))))
    assert found.troubles == [
        'The permission "Browse projects" is missing. Mend: a Jira administrator grants it.'
    ]


@pytest.mark.parametrize(("seconds", "word"), [(90, "ahead of"), (-90, "behind")])
async def test_a_clock_that_is_off_is_said(seconds: int, word: str) -> None:
    found = await checked(Paper(identity(clock_skew=timedelta(seconds=seconds))))
    [trouble] = found.troubles
    assert trouble.startswith(f"The clock of paper.example is 90 s {word} this machine's.")


async def test_a_configured_scope_that_is_not_shown_is_named_with_the_nearest() -> None:
    [trouble] = (await checked(Paper(), "Hirin")).troubles
    assert "'Hirin'" in trouble
    assert "'Hiring'" in trouble


async def test_an_account_that_sees_nothing_is_told_who_can_change_that() -> None:
    [trouble] = (await checked(Paper(shown=()))).troubles
    assert trouble.startswith("Ada sees no scope on paper.example. Mend: whoever manages the boards")

"""What is known of a dataset before anybody reads it: the numbers that the least requests follow from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeFacts:
    """``subitems`` are listed by no scope, only below their ``parents``; ``events`` all that ever happened
    to the items, their creation included; ``sprints`` whether its board may have some; ``told_cells`` the
    cells of a sheet whose history tells a field of ours."""

    id: str
    name: str
    items: int
    subitems: int
    parents: int
    events: int
    sprints: bool
    told_cells: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """``members`` are the people who work on any of the scopes, ``people`` all who have an account."""

    scopes: Sequence[ScopeFacts]
    members: int
    people: int

    @property
    def items(self) -> int:
        return sum(scope.items for scope in self.scopes)


def facts_from(told: Mapping[str, Any]) -> Facts:
    """As a process told them."""
    return Facts(
        scopes=[ScopeFacts(**scope) for scope in told["scopes"]],
        members=told["members"],
        people=told["people"],
    )

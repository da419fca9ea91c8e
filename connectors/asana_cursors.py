"""What a reading of an Asana project notes to go on from: its state, and the place in a reading."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import msgspec

from connectors.base import JsonObject
from connectors.cursors import opened, sealed
from connectors.errors import StaleCursor

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A state of a project. ``sync`` is the token of all events after it, None where Asana gives none;
    ``moment`` is by Asana's clock and no later than the token."""

    sync: str | None
    moment: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """Up to where a project was read. ``defined`` is when its definitions were; ``read`` are the gids and
    modifications of those tasks that a listing will show again though they were read already."""

    mark: Mark
    defined: datetime
    read: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """In a whole reading. ``after``: the gid up to which the listed tasks and all under them were handed
    over; ``told``: the one up to which their stories were. ``under`` counts the subtasks among them."""

    mark: Mark
    after: str | None = None
    told: str | None = None
    under: int = 0


@dataclass(slots=True, kw_only=True)
class Left:
    """What a reading of what changed has yet to do. ``touched`` are the gids still to read, ``grown`` those
    of them of which all that is below is read as well; ``deleted`` goes by gid to what says so, and is
    believed only where the task is not found: that it came back may be told later, or never. ``renamed`` are
    sections, whose names stand in their tasks; ``around`` is whether the definitions are to be read again.
    The rest is as in :class:`Since`."""

    mark: Mark
    defined: datetime
    read: dict[str, str] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    grown: set[str] = field(default_factory=set)
    deleted: dict[str, str] = field(default_factory=dict)
    renamed: set[str] = field(default_factory=set)
    around: bool = False


FORMS: dict[type, str] = {Since: "asana.since.1", Place: "asana.place.1", Left: "asana.left.1"}


def kept(plan: str, cursor: Since | Place | Left) -> JsonObject:
    body = msgspec.to_builtins(cursor)
    return sealed(FORMS[type(cursor)], plan, {name: _sorted(value) for name, value in body.items()})


def _sorted(value: object) -> object:
    """The same state is noted in the same words."""
    return sorted(value) if isinstance(value, list) else value


def given(plan: str, cursor: JsonObject, kind: type[T]) -> T:
    """What was kept. Raises StaleCursor for what this version did not keep so."""
    body = opened(FORMS[kind], plan, cursor)
    try:
        return msgspec.convert(body, kind)
    except msgspec.ValidationError as error:
        raise StaleCursor(
            f"The place up to which this project was read cannot be understood ({error}); it is read anew, "
            "whole."
        ) from None

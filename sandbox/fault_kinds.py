"""What a fault is: its name, what it takes, where it can happen, and what runs while it is on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sandbox.middleware import Asked, Hit
from sandbox.story import Home, Project
from sandbox.world import World

Params = Mapping[str, Any]


class BadFault(Exception):
    """The fault cannot be started; the message is one readable sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where one fault runs. ``fired`` is called with each real effect."""

    world: World
    home: Home
    params: Params
    rng: Random
    fired: Callable[[], None]

    def projects(self) -> list[Project]:
        """Those in reach where work goes on."""
        story = self.world.story.projects.values()
        return [one for one in story if one.home == self.home and not one.revoked and not one.closed]

    def project(self) -> Project:
        """The one that is named, else any."""
        named, found = self.params["project"], self.projects()
        if named:
            found = [one for one in found if one.slug == named]
        if not found:
            what = f"a project {named!r}" if named else "a project"
            raise BadFault(f"The fault needs {what} that is open and in reach on {self.home}; restore one.")
        return self.rng.choice(found)


class Gate:
    """Which requests a fault hits: a ``rate`` of those whose path ``match`` finds, so many ``times``."""

    def __init__(self, params: Params, rng: Random) -> None:
        self._match = re.compile(params["match"])
        self._rate = params["rate"]
        self._left = params["times"]
        self._rng = rng

    def lets(self, asked: Asked) -> bool:
        if self._left == 0 or not self._match.search(asked.path) or self._rng.random() >= self._rate:
            return False
        if self._left is not None:
            self._left -= 1
        return True


def _nothing() -> None:
    return None


def _unhit(_asked: Asked) -> Hit | None:
    return None


def _unheard(_asked: Asked) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Acting:
    """One fault that is on. ``undo`` puts back what its start changed of the world."""

    before: Callable[[Asked], Hit | None] = _unhit
    after: Callable[[Asked], None] = _unheard
    undo: Callable[[], None] = _nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """``takes`` are its parameters with their defaults. ``not_on`` says why a tracker does not have it."""

    name: str
    help: str
    start: Callable[[Ground], Acting]
    takes: Params = field(default_factory=dict)
    not_on: Mapping[Home, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A fault that somebody asks for. ``trackers`` None are all that can have it."""

    name: str
    trackers: tuple[str, ...] | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


TYPES: Mapping[str, tuple[type, ...]] = {
    "rate": (int, float),
    "seed": (int,),
    "times": (int, type(None)),
    "match": (str,),
    "seconds": (int, float),
    "hours": (int, float),
    "items": (int, type(None)),
    "project": (str, type(None)),
    "zone": (str,),
    "suffix": (str,),
}
SAID: Mapping[str, str] = {
    "rate": "a number from 0 to 1",
    "seed": "a whole number",
    "times": "a whole number above 0",
    "match": "a regular expression for paths",
    "seconds": "a number of seconds",
    "hours": "a number of hours",
    "items": "a whole number above 0",
    "project": "the slug of a project",
    "zone": "an IANA time zone",
    "suffix": "text",
}


def checked(kind: Kind, given: Params) -> Params:
    """The parameters with their defaults. Raises BadFault."""
    unknown = sorted(set(given) - set(kind.takes))
    if unknown:
        takes = ", ".join(kind.takes) or "nothing"
        raise BadFault(f"The fault {kind.name} has no parameter {unknown[0]!r}; it takes {takes}.")
    for name, value in given.items():
        if not _good(name, value):
            raise BadFault(f"{name} of the fault {kind.name} must be {SAID[name]}, not {value!r}.")
    return {**kind.takes, **given}


def _good(name: str, value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, TYPES[name]):
        return False
    if name == "rate":
        return 0 <= float(str(value)) <= 1
    if name in ("times", "items"):
        return value is None or int(str(value)) > 0
    return name != "match" or _compiles(str(value))


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True

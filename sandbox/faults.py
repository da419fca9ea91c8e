"""The faults of a running sandbox by their names: started, stopped, and counted where they happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from sandbox.fault_kinds import Acting, BadFault, Ground, Kind, Params, checked
from sandbox.faults_webhooks import WEBHOOKS
from sandbox.faults_wire import WIRE
from sandbox.faults_world import WORLD
from sandbox.middleware import Wire
from sandbox.story import Home
from sandbox.world import World

CATALOGUE: Mapping[str, Kind] = {kind.name: kind for kind in (*WIRE, *WORLD, *WEBHOOKS)}


def kind_of(name: str) -> Kind:
    if name not in CATALOGUE:
        raise BadFault(f"There is no fault {name!r}; there are {', '.join(CATALOGUE)}.")
    return CATALOGUE[name]


@dataclass(frozen=True, slots=True)
class On:
    params: Params
    acting: Acting


class Faults:
    """All faults that are on, by tracker and name. A count is of real effects, not of starts."""

    def __init__(self, world: World, wires: Mapping[Home, Wire]) -> None:
        self._world = world
        self._wires = wires
        self._on: dict[tuple[Home, str], On] = {}
        self._fired: Counter[tuple[Home, str]] = Counter()

    def names(self, tracker: str) -> list[str]:
        """Of all faults that a tracker can have."""
        home = self._home(tracker)
        return [kind.name for kind in CATALOGUE.values() if home not in kind.not_on]

    def start(self, tracker: str, name: str, **params: Any) -> None:
        """Raises BadFault, and then nothing has changed."""
        home, kind = self._home(tracker), kind_of(name)
        if home in kind.not_on:
            raise BadFault(f"The fault {name} does not happen on {home}: {kind.not_on[home]}.")
        given = checked(kind, params)
        with self._world.lock:
            if (home, name) in self._on:
                raise BadFault(f"The fault {name} is on already on {home}; stop it first.")
            acting = kind.start(self._ground(home, name, given))
            self._on[home, name] = On(given, acting)
            self._wires[home].running.append(acting)

    def stop(self, tracker: str, name: str) -> None:
        """Puts right what the start made wrong; one that is not on stays so. Raises BadFault for a name that
        there is not."""
        home, kind = self._home(tracker), kind_of(name)
        with self._world.lock:
            on = self._on.pop((home, kind.name), None)
            if on is not None:
                self._wires[home].running.remove(on.acting)
                on.acting.undo()

    def stop_all(self) -> None:
        for home, name in reversed(list(self._on)):
            self.stop(home, name)

    def running(self) -> dict[str, dict[str, Params]]:
        """What is on, with its parameters, by tracker and name."""
        told: dict[str, dict[str, Params]] = {home: {} for home in self._wires}
        for (home, name), on in self._on.items():
            told[home][name] = on.params
        return told

    def firings(self) -> dict[str, dict[str, int]]:
        """How often each fault really happened, by name and tracker."""
        told: dict[str, dict[str, int]] = {}
        for (home, name), times in sorted(self._fired.items()):
            told.setdefault(name, {})[home] = times
        return told

    def _home(self, tracker: str) -> Home:
        found = next((home for home in self._wires if home == tracker), None)
        if found is None:
            raise BadFault(f"There is no tracker {tracker!r} here; there are {', '.join(self._wires)}.")
        return found

    def _ground(self, home: Home, name: str, params: Params) -> Ground:
        def fired() -> None:
            self._fired[home, name] += 1

        return Ground(
            world=self._world,
            home=home,
            params=params,
            rng=Random(f"{params.get('seed', 0)}/{name}/{home}"),  # noqa: S311  # not a secret
            fired=fired,
        )

"""A plan of faults, from a file or the admin route: a list of faults by name, with their parameters.

As JSON ``{"faults": [{"name": "slow_answer", "trackers": ["trello"], "rate": 0.5}]}``, as TOML ``[[faults]]``
tables. Without ``trackers`` a fault is started on every tracker that can have it.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sandbox.fault_kinds import BadFault, Wanted, checked
from sandbox.faults import Faults, kind_of


def read_plan(path: Path) -> tuple[Wanted, ...]:
    """Raises BadFault."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFault(
            f"The fault plan {path} cannot be read ({error}); give a JSON or TOML file."
        ) from error
    try:
        told = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except ValueError as error:
        raise BadFault(f"The fault plan {path} is no {path.suffix[1:] or 'json'}: {error}.") from error
    if not isinstance(told, Mapping) or set(told) != {"faults"}:
        raise BadFault(f'The fault plan {path} must be an object with "faults" and nothing else.')
    return wanted(told["faults"])


def wanted(told: Any) -> tuple[Wanted, ...]:
    """A list of faults as JSON has it. Raises BadFault."""
    if not isinstance(told, list):
        raise BadFault(f"faults must be a list of objects with a name, not {told!r}.")
    return tuple(_wanted(one) for one in told)


def _wanted(told: Any) -> Wanted:
    if not isinstance(told, Mapping) or not isinstance(told.get("name"), str):
        raise BadFault(f"A fault is an object with a name and its parameters, not {told!r}.")
    params = {key: value for key, value in told.items() if key not in ("name", "trackers")}
    checked(kind_of(told["name"]), params)
    trackers = told.get("trackers")
    if trackers is None:
        return Wanted(told["name"], None, params)
    if not isinstance(trackers, list) or not all(isinstance(one, str) for one in trackers):
        raise BadFault(f"trackers of the fault {told['name']} must be a list of names, not {trackers!r}.")
    return Wanted(told["name"], tuple(trackers), params)


def start(faults: Faults, plan: tuple[Wanted, ...]) -> None:
    """Raises BadFault; what stands before the bad one in the plan is on then."""
    for one in plan:
        for tracker in _trackers(faults, one):
            faults.start(tracker, one.name, **one.params)


def stop(faults: Faults, plan: tuple[Wanted, ...]) -> None:
    for one in plan:
        for tracker in _trackers(faults, one):
            faults.stop(tracker, one.name)


def _trackers(faults: Faults, one: Wanted) -> Iterator[str]:
    if one.trackers is not None:
        yield from one.trackers
    else:
        yield from (tracker for tracker in faults.running() if one.name in faults.names(tracker))

"""What stood in a scope and does so no more: deleted, hidden or moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sandbox.story import Home, Removal
from sandbox.truth_reach import Reach, instant

Told = dict[str, Any]

EVIDENT: Sequence[Home] = ("trello", "asana")
"""Where a deletion is told, to those whom the task was not hidden from."""


def removed(reach: Reach, home: Home) -> list[Told]:
    """By its last way out of each place; what is back there is left out."""
    projects = reach.story.projects
    here = {
        (slug, task.remote_id)
        for task in reach.story.tasks.values()
        if projects[task.project].home == home
        for slug in (task.project, *task.also_in)
    }
    last = {(one.project, one.id): one for one in reach.story.removals if projects[one.project].home == home}
    return [_removed(reach, home, one) for place, one in last.items() if place not in here]


def _removed(reach: Reach, home: Home, removal: Removal) -> Told:
    return {
        "scope": reach.story.projects[removal.project].remote_id,
        "id": reach.id_in(removal.project, removal.id),
        "how": removal.how,
        "to": None if removal.to is None else _place(reach, *removal.to),
        "at": instant(removal.at),
        "evidence": removal.how == "deleted" and removal.seen and home in EVIDENT,
    }


def _place(reach: Reach, slug: str, id: str) -> Told:
    return {"scope": reach.story.projects[slug].remote_id, "id": reach.id_in(slug, id)}

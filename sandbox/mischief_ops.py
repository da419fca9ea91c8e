"""The edits of a random history: how often each is made, on which trackers, and of what it can be now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, get_args

from sandbox.edit_asana import TRASH_LIFE
from sandbox.edit_smartsheet import COLUMNS
from sandbox.mischief_fields import new_title, some_field
from sandbox.people import account
from sandbox.story import Home, Project, Task
from sandbox.story_resources import DeclaredRag
from sandbox.world import World

Asked = Mapping[str, Any]
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "idea": ("Backlog", "Ideas"),
    "ready": ("To do", "Ready", "To Do"),
    "doing": ("In progress", "Doing", "In Progress"),
    "review": ("In review", "Review", "Testing"),
    "done": ("Done", "Completed"),
    "dropped": ("Cancelled", "Won't do"),
}
"""Words that mean the same to everybody."""


@dataclass(frozen=True, slots=True)
class Hand:
    """What can be taken on one tracker, or in one project of it. Nobody works in a closed project."""

    world: World
    rng: Random
    home: Home
    slug: str | None = None

    def projects(self, *, closed: bool = False, revoked: bool | None = None) -> list[Project]:
        return [
            one
            for one in self.world.story.projects.values()
            if one.home == self.home and one.closed == closed and self.slug in (None, one.slug)
            if revoked is None or one.revoked == revoked
        ]

    def project(self, *, closed: bool = False, revoked: bool | None = None) -> Project | None:
        found = self.projects(closed=closed, revoked=revoked)
        return self.rng.choice(found) if found else None

    def task(self, *, fit: Callable[[Task], bool] | None = None) -> Task | None:
        slugs = [one.slug for one in self.projects()]
        found = [one for slug in slugs for one in self.world.tasks_of(slug) if fit is None or fit(one)]
        return self.rng.choice(found) if found else None

    def parents(self) -> set[int]:
        return {one.parent for one in self.world.there() if one.parent is not None}

    def elsewhere(self, task: Task) -> Project | None:
        """Another open project of this tracker in which the task does not stand."""
        story = self.world.story.projects.values()
        taken = (task.project, *task.also_in)
        found = [one for one in story if one.home == self.home and not one.closed and one.slug not in taken]
        return self.rng.choice(found) if found else None


def _create(hand: Hand) -> Asked | None:
    project = hand.project()
    return None if project is None else {"project": project.slug, "title": new_title(hand.rng)}


def _set(hand: Hand) -> Asked | None:
    parents = hand.parents() if hand.home == "smartsheet" else set()
    task = hand.task(fit=lambda one: one.number not in parents and one.mirror_of is None)
    if task is None or task.separator:
        return None
    return {"task": task.number, "fields": some_field(hand.world, hand.rng, task)}


def _delete(hand: Hand) -> Asked | None:
    task = hand.task()
    return None if task is None else {"task": task.number}


def _move(hand: Hand) -> Asked | None:
    parents, rows = hand.parents(), hand.home == "smartsheet"
    below = {one.parent for one in hand.world.there() if rows or one.type == "subtask"}
    mirrored = {one.mirror_of for one in hand.world.there()} if hand.home == "trello" else set()
    held = (parents if rows else below) | mirrored
    task = hand.task(fit=lambda one: one.type != "subtask" and not one.also_in and one.number not in held)
    target = task and hand.elsewhere(task)
    return {"task": task.number, "project": target.slug} if task and target else None


def _hide(hand: Hand) -> Asked | None:
    task = hand.task()
    return None if task is None else {"task": task.number}


def _unhide(hand: Hand) -> Asked | None:
    slugs = {one.slug for one in hand.projects()}
    found = [one.task for one in hand.world.story.hidden.values() if one.task.project in slugs]
    return {"task": str(hand.rng.choice(found).number)} if found else None


def _rename_project(hand: Hand) -> Asked | None:
    project = hand.project()
    if project is None:
        return None
    name, *_ = project.name.split(" · ")
    return {"project": project.slug, "name": f"{name} · {hand.rng.randrange(100)}"}


def _rename_stage(hand: Hand) -> Asked | None:
    project = hand.project()
    stages = [one for one in project.lists if one in SYNONYMS] if project else []
    if project is None or not stages:
        return None
    stage = hand.rng.choice(stages)
    return {"project": project.slug, "stage": stage, "name": hand.rng.choice(SYNONYMS[stage])}


def _list(*, closed: bool) -> Callable[[Hand], Asked | None]:
    def choose(hand: Hand) -> Asked | None:
        lists = [
            (one.slug, stage)
            for one in hand.projects()
            for stage in one.lists
            if (stage in one.closed_lists) == closed
        ]
        if not lists:
            return None
        slug, stage = hand.rng.choice(lists)
        return {"project": slug, "stage": stage}

    return choose


def _project(**fit: bool) -> Callable[[Hand], Asked | None]:
    def choose(hand: Hand) -> Asked | None:
        project = hand.project(**fit)
        return None if project is None else {"project": project.slug}

    return choose


def _close(hand: Hand) -> Asked | None:
    """One at a time, so that there is always something to work in."""
    closed, project = hand.projects(closed=True), hand.project()
    return None if closed or project is None else {"project": project.slug}


def _revoke(hand: Hand) -> Asked | None:
    """Not where tasks come from that stand elsewhere too: they tell what is seen of all their projects."""
    several = {one.project for one in hand.world.there() if one.also_in}
    found = [one for one in hand.projects(revoked=False) if one.slug not in several]
    return {"project": hand.rng.choice(found).slug} if found else None


def _place(hand: Hand) -> Asked | None:
    parents = hand.parents()
    task = hand.task(fit=lambda one: one.type != "subtask" and one.number not in parents)
    target = task and hand.elsewhere(task)
    return {"task": task.number, "project": target.slug} if task and target else None


def _undelete(hand: Hand) -> Asked | None:
    now, slugs = hand.world.now(hand.home), {one.slug for one in hand.projects()}
    there = {one.number for one in hand.world.there()}
    found = [
        one.task
        for one in hand.world.gone
        if one.task.project in slugs and now - one.at < TRASH_LIFE
        if one.task.parent is None or one.task.parent in there
    ]
    return {"task": hand.rng.choice(found).remote_id} if found else None


def _log_time(hand: Hand) -> Asked | None:
    task = hand.task()
    people = list(_people(hand, task)) if task else []
    if task is None or not people:
        return None
    minutes = hand.rng.choice((15, 30, 60, 90))
    return {"task": task.number, "person": hand.rng.choice(people), "minutes": minutes}


def _people(hand: Hand, task: Task) -> Iterator[int]:
    everybody = hand.world.story.people
    return (id for id in hand.world.project(task.project).members if account(everybody[id], hand.home))


def _report(hand: Hand) -> Asked | None:
    project = hand.project()
    if project is None:
        return None
    rag = hand.rng.choice(get_args(DeclaredRag))
    return {"project": project.slug, "rag": rag, "text": new_title(hand.rng)}


def _drop_column(hand: Hand) -> Asked | None:
    left = [(p.slug, name) for p in hand.projects() for name in COLUMNS if name not in p.dropped_columns]
    if not left:
        return None
    slug, column = hand.rng.choice(left)
    return {"project": slug, "column": column}


@dataclass(frozen=True, slots=True)
class Op:
    """``choose`` answers what the edit needs, or None where there is nothing to make it of."""

    choose: Callable[[Hand], Asked | None]
    weight: float
    homes: tuple[Home, ...] = get_args(Home)


OPS: Mapping[str, Op] = {
    "create": Op(_create, 6),
    "set": Op(_set, 20),
    "delete": Op(_delete, 3),
    "move": Op(_move, 5),
    "hide": Op(_hide, 3),
    "unhide": Op(_unhide, 4),
    "rename_project": Op(_rename_project, 1),
    "revoke": Op(_revoke, 0.5),
    "restore": Op(_project(revoked=True), 3),
    "rename_stage": Op(_rename_stage, 1, ("trello", "asana", "smartsheet")),
    "close_list": Op(_list(closed=False), 0.5, ("trello",)),
    "open_list": Op(_list(closed=True), 1, ("trello",)),
    "close_project": Op(_close, 0.3, ("trello", "asana")),
    "open_project": Op(_project(closed=True), 2, ("trello", "asana")),
    "place": Op(_place, 2, ("asana",)),
    "undelete": Op(_undelete, 2, ("asana",)),
    "log_time": Op(_log_time, 2, ("asana",)),
    "report": Op(_report, 1, ("asana",)),
    "drop_column": Op(_drop_column, 0.1, ("smartsheet",)),
}

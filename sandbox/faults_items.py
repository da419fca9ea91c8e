"""Faults that take items away: one or many, hidden, moved or deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox.edit_hide import hide, unhide
from sandbox.edit_tasks import delete, family, move
from sandbox.fault_kinds import Acting, BadFault, Ground, Kind
from sandbox.story import Project, Task

FEW, SHARE = 20, 20
"""Up to so many items, or one in so many, may vanish from a scope at once without a doubt."""


def _hidden_item(ground: Ground) -> Acting:
    world = ground.world
    tasks = world.tasks_of(ground.project().slug)
    if not tasks:
        raise BadFault(f"The fault hidden_item needs an item to hide on {ground.home}; create one.")
    return _hiding(ground, tasks, min(ground.params["items"], len(tasks)), ground.fired)


def _mass_hidden(ground: Ground) -> Acting:
    project, wanted = _large(ground)
    acting = _hiding(ground, ground.world.tasks_of(project.slug), wanted, lambda: None)
    ground.fired()
    return acting


def _hiding(ground: Ground, tasks: list[Task], wanted: int, each: Callable[[], None]) -> Acting:
    """As many of the tasks; what goes with them from other projects comes on top."""
    world, hidden = ground.world, list[Task]()
    numbers = {task.number for task in tasks}
    with world.changing() as story:
        for task in _shuffled(ground, tasks):
            if len(numbers - story.tasks.keys()) < wanted and task.number in story.tasks:
                hidden += hide(world, task)
    for _ in hidden:
        each()

    def undo() -> None:
        with world.changing() as story:
            for task in hidden:
                if task.number in story.hidden:
                    unhide(world, str(task.number))

    return Acting(undo=undo)


def _mass_delete(ground: Ground) -> Acting:
    project, wanted = _large(ground)
    world, tasks = ground.world, ground.world.tasks_of(project.slug)
    numbers = {task.number for task in tasks}
    with world.changing() as story:
        for task in _shuffled(ground, tasks):
            if len(numbers - story.tasks.keys()) < wanted and task.number in story.tasks:
                delete(world, task)
    ground.fired()
    return Acting()


def _mass_move(ground: Ground) -> Acting:
    project, wanted = _large(ground)
    targets = [one for one in ground.projects() if one is not project]
    if not targets:
        raise BadFault(f"The fault mass_move needs a second project on {ground.home} that is open.")
    with ground.world.changing():
        movable = list(_movable(ground, project))
        for task in movable[:wanted]:
            move(ground.world, task, ground.rng.choice(targets))
    if movable:
        ground.fired()
    return Acting()


def _movable(ground: Ground, project: Project) -> Iterator[Task]:
    """What stands by itself."""
    for task in _shuffled(ground, ground.world.tasks_of(project.slug)):
        alone = len(family(ground.world, task)) == 1 and not task.also_in
        if alone and task.type != "subtask" and task.mirror_of is None:
            yield task


def _large(ground: Ground) -> tuple[Project, int]:
    """The project that is named, or the one with the most items; and how many have to go so that it is a
    mass, unless a number is named."""
    world = ground.world
    by_size = sorted(ground.projects(), key=lambda one: len(world.tasks_of(one.slug)))
    project = by_size[-1] if by_size and ground.params["project"] is None else ground.project()
    held = len(world.tasks_of(project.slug))
    wanted = ground.params["items"] or max(FEW, held // SHARE) + 1
    if held < wanted:
        raise BadFault(
            f"The fault needs a project of {wanted} items on {ground.home}, and {project.slug} has {held}; "
            "serve a larger story."
        )
    return project, wanted


def _shuffled(ground: Ground, tasks: list[Task]) -> list[Task]:
    return ground.rng.sample(tasks, len(tasks))


_MASS: Mapping[str, Any] = {"seed": 0, "items": None, "project": None}
ITEMS: tuple[Kind, ...] = (
    Kind(
        name="hidden_item",
        help="Some items of a project are out of sight while the fault is on, and nothing says why.",
        start=_hidden_item,
        takes={"seed": 0, "items": 1, "project": None},
    ),
    Kind(
        name="mass_hidden",
        help="More than 20 items and more than 5 % of a project are out of sight while the fault is on.",
        start=_mass_hidden,
        takes=_MASS,
    ),
    Kind(
        name="mass_move",
        help="So many items of a project go to others, and stay there.",
        start=_mass_move,
        takes=_MASS,
    ),
    Kind(
        name="mass_delete",
        help="So many items of a project are deleted for good.",
        start=_mass_delete,
        takes=_MASS,
    ),
)

"""Edits of what Smartsheet alone has: columns that can be deleted."""

from __future__ import annotations

from typing import Literal

from sandbox.edit_fields import BadEdit
from sandbox.story import Project, Task
from sandbox.world import World

Droppable = Literal["customer", "cost"]
COLUMNS: tuple[Droppable, ...] = ("customer", "cost")


def drop_column(world: World, project: Project, column: Droppable) -> None:
    """What stood in it is gone too; no row counts as changed by that."""
    if project.home != "smartsheet":
        raise BadEdit(f"{project.name} is on {project.home}; only Smartsheet has this.")
    if column in project.dropped_columns:
        raise BadEdit(f"{project.name} has no column {column} any more.")
    project.dropped_columns.append(column)
    for row in world.there():
        if row.project == project.slug:
            clear_dropped(row, project)


def clear_dropped(row: Task, project: Project) -> None:
    """Of what the sheet has no column for."""
    if "customer" in project.dropped_columns:
        row.customer = None
    if "cost" in project.dropped_columns:
        row.cost = None
        row.bad_cells.pop("cost", None)

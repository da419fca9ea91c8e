"""Takes a task out of the token's sight and gives it back. Nobody changed it: no history tells of that.

Jira has security levels; a card may be carried to a board out of reach, an Asana task made private to others.
Smartsheet shares whole sheets, and so a hidden row is one that was cut out and put back by an undo.
"""

from __future__ import annotations

from sandbox.edit_fields import BadEdit
from sandbox.edit_tasks import family, note_removal
from sandbox.story import Hidden, Task
from sandbox.world import World


def hide(world: World, task: Task) -> list[Task]:
    """With all that is below it and its mirrors."""
    story = world.story
    hidden = [one for one in family(world, task) if one.number not in story.hidden]
    for one in hidden:
        for slug in (one.project, *one.also_in):
            note_removal(world, "hidden", one, slug)
        story.hidden[one.number] = Hidden(story.tasks.pop(one.number), task.number, world.now())
    return hidden


def unhide(world: World, task_id: str) -> list[Task]:
    """With all that was hidden together with it."""
    story = world.story
    found = next((one for one in story.hidden.values() if _named(one.task, task_id)), None)
    if found is None:
        raise BadEdit(f"There is no hidden task {task_id!r}; give the id, key or number of one as task.")
    back = [one.task for one in story.hidden.values() if one.by == found.by]
    for one in back:
        del story.hidden[one.number]
    there = {**story.tasks, **{one.number: one for one in back}}
    story.tasks.clear()
    story.tasks.update(sorted(there.items()))
    return back


def _named(task: Task, name: str) -> bool:
    return name.rpartition(":")[2] in (task.remote_id, task.key, str(task.number))

"""What is done to a board itself, as Trello's actions."""

from __future__ import annotations

from typing import Any

from sandbox import trello_names as names
from sandbox.ids import action_id
from sandbox.people import READER
from sandbox.reworked import Rework
from sandbox.story import Story
from sandbox.times import iso

Body = dict[str, Any]
BEYOND_EVENTS = 1 << 48
"""No event of a card has such a number, so that no two actions have one id."""


def rework_action(story: Story, rework: Rework) -> Body:
    """``updateList`` or ``updateBoard``, with what was before under ``old``."""
    board = story.projects[rework.slug]
    what, stage = rework.trait
    now: Body = {what: rework.after}
    data: Body = {"old": {what: rework.before}, "board": names.board_ref(board)}
    if stage is None:
        data["board"] |= now
    else:
        data["list"] = names.list_ref(board, stage) | now
    author = story.people[READER]
    return {
        "id": action_id(rework.at, BEYOND_EVENTS + rework.number),
        "idMemberCreator": author.trello_id,
        "data": data,
        "appCreator": None,
        "type": "updateBoard" if stage is None else "updateList",
        "date": iso(rework.at),
        "limits": None,
        "memberCreator": names.person_ref(author),
    }

"""What an edit did, as the actions that Trello's webhooks carry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.people import READER
from sandbox.quirks import Quirks
from sandbox.trello_actions import ROOM, actions_of, deleted
from sandbox.trello_reworks import rework_action
from sandbox.webhook_news import News
from sandbox.world import World

Action = Mapping[str, Any]


def told(world: World, news: News, quirks: Quirks) -> list[tuple[str, Action]]:
    """(slug of the board it happened on, action), oldest first. Nobody is told of what is merely hidden."""
    return sorted(_told(world, news, quirks), key=lambda one: str(one[1]["id"]))


def _told(world: World, news: News, quirks: Quirks) -> Iterator[tuple[str, Action]]:
    for task, events in news.steps:
        fresh = {event.id for event in events}
        for slug, action in actions_of(world.story, task, quirks):
            if _event_of(action) in fresh:
                yield slug, action
    for removal in news.removals:
        if removal.how == "deleted":
            gone = next(one for one in reversed(world.gone) if one.task.remote_id == removal.id)
            yield removal.project, deleted(world.story, gone.task, gone.at, READER)
    for rework in news.reworks:
        yield rework.slug, rework_action(world.story, rework)


def _event_of(action: Action) -> int:
    """The number of the event that an action tells of: it is in its id."""
    return int(str(action["id"])[11:], 16) // ROOM


def models_of(action: Action) -> set[str]:
    """The ids of all that a webhook could watch to hear of this action."""
    data: Mapping[str, Any] = action["data"]
    parts = (data.get(name) for name in ("board", "card", "list", "listBefore", "listAfter"))
    return {str(part["id"]) for part in parts if part} | {str(data.get("idMember"))}

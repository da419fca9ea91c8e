"""The story as a Trello site: the boards in reach, each with everything on it, made when first asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property

from sandbox import trello_names as names
from sandbox.people import READER
from sandbox.planted import TRELLO_SITE
from sandbox.quirks import Quirks
from sandbox.reworked import Reworks
from sandbox.story import Project, Task
from sandbox.times import iso
from sandbox.trello_actions import actions_of, deleted
from sandbox.trello_cards import card_body
from sandbox.trello_reworks import rework_action
from sandbox.trello_shelf import Body, TrelloSite
from sandbox.world import World


class StoryShelf:
    """One board of the story as it is now."""

    def __init__(self, world: World, board: Project, history: StoryHistory, quirks: Quirks) -> None:
        self._world = world
        self._board = board
        self._history = history
        self._quirks = quirks

    @property
    def _tasks(self) -> list[Task]:
        return self._world.tasks_of(self._board.slug)

    @cached_property
    def body(self) -> Body:
        board = self._board
        url = f"{TRELLO_SITE}/b/{board.key}"
        return {
            "id": board.remote_id,
            "nodeId": f"ari:cloud:trello::board/workspace/{names.ORGANIZATION}/{board.remote_id}",
            "name": board.name,
            "desc": "",
            "descData": None,
            "closed": board.closed,
            "dateClosed": None,
            "dateLastActivity": iso(self._last_activity),
            "dateLastView": None,
            "idMemberCreator": self._world.story.people[board.owner].trello_id,
            "idOrganization": names.ORGANIZATION,
            "idEnterprise": None,
            "idTags": [],
            "invited": False,
            "labelNames": {colour: "" for colour in names.COLOURS[:10]},
            "limits": {"cards": {"openPerBoard": {"status": "ok", "disableAt": 5000, "warnAt": 4000}}},
            "memberships": self.memberships,
            "pinned": False,
            "powerUps": [],
            "prefs": {"permissionLevel": "private", "voting": "disabled", "isTemplate": False},
            "shortLink": board.key,
            "shortUrl": url,
            "starred": False,
            "subscribed": False,
            "url": f"{url}/{board.slug}",
        }

    @property
    def _last_activity(self) -> datetime:
        """Also of cards that went: all that an action of this board tells moves it."""
        moments = [task.updated for task in self._tasks]
        left = self._history.left.get(self._board.slug)
        return max([names.born(self._board.remote_id), *moments, *([left] if left else [])])

    @cached_property
    def lists(self) -> Sequence[Body]:
        board = self._board
        return [
            {
                **names.list_ref(board, stage),
                "closed": stage in board.closed_lists,
                "color": None,
                "idBoard": board.remote_id,
                "pos": place * names.STEP,
                "subscribed": False,
                "softLimit": None,
                "type": None,
            }
            for place, stage in enumerate(board.lists, 1)
        ]

    @cached_property
    def labels(self) -> Sequence[Body]:
        board = self._board
        return [names.label_body(board, name) for name in names.label_names(board, self._tasks)]

    @cached_property
    def custom_fields(self) -> Sequence[Body]:
        kinds = names.field_kinds(self._board, self._tasks)
        return [names.field_body(self._board, kind, number) for number, kind in enumerate(kinds, 1)]

    @cached_property
    def members(self) -> Sequence[Body]:
        return [names.member_body(self._world.story.people[id]) for id in self._board.members]

    @cached_property
    def memberships(self) -> Sequence[Body]:
        people = [self._world.story.people[id] for id in self._board.members]
        return [
            {
                "id": names.part_id(self._board.remote_id, "membership", person.id),
                "idMember": person.trello_id,
                "memberType": "admin" if person.id == self._board.owner else "normal",
                "unconfirmed": False,
                "deactivated": not person.active,
            }
            for person in people
        ]

    @cached_property
    def cards(self) -> Sequence[Body]:
        return [card_body(self._world.story, self._board, task, self._quirks) for task in self._tasks]

    @cached_property
    def actions(self) -> Sequence[Body]:
        return self._history.by_board.get(self._board.slug, [])


class StoryHistory:
    """All actions by the board they happened on: a card that moved has some on each."""

    def __init__(self, world: World, reworks: Reworks, quirks: Quirks) -> None:
        self._world = world
        self._reworks = reworks
        self._quirks = quirks

    @cached_property
    def left(self) -> Mapping[str, datetime]:
        """By board, when it was last changed itself or a card went from it."""
        moments = [(one.slug, one.at) for one in self._reworks.done]
        moments += [(gone.task.project, gone.at) for gone in self._world.gone]
        moments += [
            (event.before.partition("/")[0], event.at)
            for task in self._world.story.tasks.values()
            for event in task.history
            if event.field == "project" and event.before
        ]
        found: dict[str, datetime] = {}
        for slug, at in moments:
            found[slug] = max(at, found.get(slug, at))
        return found

    @cached_property
    def by_board(self) -> Mapping[str, list[Body]]:
        story = self._world.story
        found: dict[str, list[Body]] = defaultdict(list)
        for task in story.tasks.values():
            if story.projects[task.project].home == "trello":
                for slug, action in actions_of(story, task, self._quirks):
                    found[slug].append(action)
        for gone in self._world.gone:
            if story.projects[gone.task.project].home == "trello":
                found[gone.task.project].append(deleted(story, gone.task, gone.at, READER))
        for rework in self._reworks.done:
            found[rework.slug].append(rework_action(story, rework))
        return found


def site_of(world: World, reworks: Reworks, quirks: Quirks) -> TrelloSite:
    """The site as it is now; a changed story needs a new one."""
    story = world.story
    history = StoryHistory(world, reworks, quirks)
    boards = [project for project in story.projects.values() if project.home == "trello"]
    hidden = [board for board in boards if board.revoked]
    reader = story.people[READER]
    reached = [board.remote_id for board in boards if not board.revoked]
    return TrelloSite(
        me={
            **names.member_body(reader),
            "email": reader.email,
            "idBoards": reached,
            "idOrganizations": [names.ORGANIZATION],
        },
        organization={
            "id": names.ORGANIZATION,
            "name": "northlight",
            "displayName": "Northlight Technical Services",
            "desc": "",
            "url": f"{TRELLO_SITE}/w/northlight",
            "idBoards": reached,
        },
        shelves=[StoryShelf(world, board, history, quirks) for board in boards if not board.revoked],
        hidden_boards=frozenset(name for board in hidden for name in (board.remote_id, board.key)),
        hidden_cards=frozenset(
            name
            for board in hidden
            for task in world.tasks_of(board.slug)
            for name in (task.remote_id, task.key)
        )
        | {name for one in story.hidden.values() for name in (one.task.remote_id, one.task.key)},
    )

"""The trackers' process: five sandboxes that deliver, and what their parent may ask of them.

{"do": "open", "items": 1500}         bases and credentials
{"do": "letters", "a_tracker": 20}    edits of every kind over that many items of each tracker; what it told
                                      of them, as it was delivered: deliveries, and the items (that remain)
{"do": "edit", "item": …}             gives one of these items a title; when it was done, and where
{"do": "told"}                        how many deliveries were answered well so far, once all is quiet
"""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from benchmarks.talk import answer
from sandbox.options import SandboxOptions
from sandbox.server import Sandbox, running
from sandbox.story import JIRA, Home, Task
from sandbox.webhook_letters import Letter

NEW = 4
"""Of the items of a tracker those that are made, of which one is moved and one deleted again."""
FIELDS: tuple[Mapping[str, Any], ...] = (
    {"stage": "doing"}, {"title": "Told by a webhook"}, {"stage": "review"}, {"due": None},
)  # fmt: skip
Op = Mapping[str, Any]


class Site:
    """The sandboxes of this process."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._opened: Sandbox | None = None

    @property
    def _sandbox(self) -> Sandbox:
        if self._opened is None:
            raise LookupError("nothing is open yet")
        return self._opened

    def open(self, items: int) -> Mapping[str, Any]:
        """Without the vendors' budgets: what is asked keeps to its share of them by itself."""
        self._opened = self._stack.enter_context(running(SandboxOptions(items=items, budgets=False)))
        return {"bases": dict(self._opened.bases), "credentials": self._opened.credentials}

    def letters(self, a_tracker: int) -> Mapping[str, Any]:
        post, items = self._sandbox.webhooks, list[str]()
        before = len(post.sent)
        for home in self._sandbox.bases:
            items += self._lively(home, a_tracker)
        post.quiet()
        letters = [one.letter for one in post.sent[before:] if one.reply.good and one.letter.body]
        return {"items": items, "letters": [_told(one) for one in letters]}

    def edit(self, item: str, title: str) -> Mapping[str, Any]:
        done = self._sandbox.edit({"op": "set", "task": item, "fields": {"title": title}})
        return {"at": time.time(), "tracker": self._sandbox.world.project(done["project"]).home}

    def told(self) -> Mapping[str, Any]:
        post = self._sandbox.webhooks
        post.quiet()
        return {"deliveries": sum(one.reply.good and bool(one.letter.body) for one in post.sent)}

    def _lively(self, home: str, count: int) -> list[str]:
        """The items that are there after it."""
        world = self._sandbox.world
        slug, *others = _projects(self._sandbox, home)
        tasks = [task for task in world.tasks_of(slug) if _plain(task)][: count - NEW]
        for task in tasks:
            self._all(_changes(home, task))
        made = [
            str(self._sandbox.edit({"op": "create", "project": slug, "title": f"Made {number}"})["number"])
            for number in range(NEW)
        ]
        self._all([{"op": "move", "task": made[0], "project": others[0]}, {"op": "delete", "task": made[1]}])
        return [str(task.number) for task in tasks] + [made[0], *made[2:]]

    def _all(self, operations: list[Op]) -> None:
        for one in operations:
            self._sandbox.edit(one)


def _projects(sandbox: Sandbox, home: str) -> list[str]:
    """Those in reach, the largest first."""
    story, world = sandbox.world.story, sandbox.world
    there = [
        one.slug for one in story.projects.values() if one.home == home and not (one.closed or one.revoked)
    ]
    return sorted(there, key=lambda slug: -len(world.tasks_of(slug)))


def _plain(task: Task) -> bool:
    return task.type not in ("epic", "subtask") and task.parent is None


def _changes(home: Home | str, task: Task) -> list[Op]:
    changes: list[Op] = [{"op": "set", "task": str(task.number), "fields": dict(one)} for one in FIELDS]
    if home in JIRA:
        changes.append({"op": "comment", "task": str(task.number), "text": "Seen."})
    return changes


def _told(letter: Letter) -> Mapping[str, Any]:
    return {"url": letter.url, "headers": dict(letter.headers), "body": b64encode(letter.body).decode()}


def main() -> None:
    with ExitStack() as stack:
        site = Site(stack)
        answer({"open": site.open, "letters": site.letters, "edit": site.edit, "told": site.told})


if __name__ == "__main__":
    main()

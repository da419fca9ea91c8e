"""Our webhook in Jira, whichever edition it is: found again, made, mended, removed. Only a Jira administrator
may do so; one webhook covers all projects.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from connectors.base import Watch, WatchState
from connectors.errors import Unauthorized
from connectors.http import Answer
from connectors.jira_answers import Row

Method = Literal["GET", "POST", "DELETE"]
REFUSED = frozenset({401, 403, 404})
PAGE = 100


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook as Jira tells it. ``sound``: it is on and tells all that we want to know."""

    state: WatchState
    sound: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a Jira keeps webhooks: where, what makes one, and what is told of one (None: it lacks its id or its
    address). ``paged``: the listing comes in pages."""

    path: str
    make: Callable[[Watch], Row]
    read: Callable[[Row], Hook | None]
    paged: bool = False


class Ask(Protocol):
    """One request; the answer as it is when its status is one of ``REFUSED``."""

    def __call__(self, method: Method, path: str, given: Any = None) -> Awaitable[Answer]: ...


class Hooks:
    """The webhooks of one site."""

    def __init__(self, ask: Ask, form: Form) -> None:
        self._ask = ask
        self._form = form

    async def watch(self, watch: Watch) -> WatchState:
        """The one that we know, where it is sound; else another is made, before the others at the same
        address are removed, so that no moment goes by unwatched. What signs one that we do not know is a
        secret to us, too."""
        ours = [hook async for hook in self.every() if hook.state.callback_url == watch.callback_url]
        known = (hook.state for hook in ours if hook.sound and hook.state.id == watch.remote_id)
        state = next(known, None) or await self._make(watch)
        for hook in ours:
            if hook.state.id != state.id:
                await self.remove(hook.state.id)
        return state

    async def every(self) -> AsyncIterator[Hook]:
        """All webhooks of the site. Pages do not tell which is the last, so they are turned until nothing
        new comes."""
        seen: set[str] = set()
        while True:
            params = {"statistics": True, "start": len(seen), "limit": PAGE} if self._form.paged else {}
            answer = _allowed(await self._ask("GET", self._form.path, params))
            rows = answer.json()
            if not isinstance(rows, list):
                raise answer.unexpected("something that is not a list of webhooks")
            fresh = [hook for hook in (self._read(answer, row) for row in rows) if hook.state.id not in seen]
            for hook in fresh:
                seen.add(hook.state.id)
                yield hook
            if not (fresh and self._form.paged):
                return

    async def remove(self, id: str) -> None:
        answer = await self._ask("DELETE", f"{self._form.path}/{id}")
        if answer.status != 404:
            _allowed(answer)

    async def _make(self, watch: Watch) -> WatchState:
        answer = _allowed(await self._ask("POST", self._form.path, self._form.make(watch)))
        return self._read(answer, answer.json()).state

    def _read(self, answer: Answer, row: Any) -> Hook:
        hook = self._form.read(row) if isinstance(row, dict) else None
        if hook is None:
            raise answer.unexpected("a webhook without an id or without an address")
        return hook


def _allowed(answer: Answer) -> Answer:
    if answer.status in (401, 403):
        raise Unauthorized(
            f"{answer.call} lets only Jira administrators keep webhooks ({answer.status}): one of them can "
            "give the account of this connection the global permission Administer Jira; until then changes "
            "are found by asking, not told."
        )
    if answer.status == 404:
        raise answer.unexpected("that it keeps no webhooks there")
    return answer

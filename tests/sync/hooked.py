"""A tracker of boards that keeps webhooks, one a board, as the trackers do: with an id of its own for each,
and a health that a test can make worse."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace

from connectors.base import Capabilities, ScopeRecord, Watch, WatchState
from tests.sync.boards import Boards, boards


async def _nothing(_watch: Watch) -> None:
    return None


@dataclass
class Hooked(Boards):
    """``hooks`` by id. ``during`` is called while one is being made, and may raise."""

    hooks: dict[str, WatchState] = field(default_factory=dict)
    during: Callable[[Watch], Awaitable[None]] = _nothing
    calls: list[str] = field(default_factory=list)
    made: int = 0
    capabilities: Capabilities = field(
        default_factory=lambda: Capabilities(
            tracker="boards", title="Boards", system="trello", history="none", deletions="", webhooks="scope"
        )
    )

    async def watch(self, scope: ScopeRecord | None, watch: Watch) -> WatchState:
        assert watch.making
        self.calls.append(f"watch {scope.name if scope else 'all'}")
        await self.during(watch)
        if watch.remote_id in self.hooks and self.hooks[watch.remote_id].active:
            return self.hooks[watch.remote_id]
        if watch.remote_id in self.hooks:
            self.hooks[watch.remote_id] = replace(self.hooks[watch.remote_id], active=True, health="")
            return self.hooks[watch.remote_id]
        self.made += 1
        state = WatchState(
            id=str(self.made),
            scope_id=scope and scope.id,
            callback_url=watch.callback_url,
            active=True,
        )
        self.hooks[state.id] = state
        return state

    async def watches(self) -> AsyncIterator[WatchState]:
        for state in list(self.hooks.values()):
            yield state

    async def unwatch(self, id: str) -> None:
        self.calls.append(f"unwatch {id}")
        self.hooks.pop(id, None)

    def worsen(self, id: str, health: str, *, active: bool = True) -> None:
        self.hooks[id] = replace(self.hooks[id], health=health, active=active)


def hooked(**cards: list[str]) -> Hooked:
    made = boards(**cards)
    return Hooked(made.clock, made.cards)

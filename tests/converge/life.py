"""The life of one installation by a seed: edits, faults, restarts, syncs and reconciliations in any order; at
last the faults stop, a person releases what is held, one reconciliation runs, and all is as it is true."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any, get_args

from sandbox.fault_kinds import BadFault
from sandbox.faults import kind_of
from sandbox.mischief import Mischief
from sandbox.story import Home
from store.receipts import verify
from sync.job import Job, Read
from sync.nightly import Reconcile
from tests.asks.listening import listening_to
from tests.asks.town import Town, town
from tests.converge.ends import diverged
from tests.converge.hearing import FATES, Hearing
from tests.converge.judge import Judge
from tests.converge.outcome import Heard, Outcome
from tests.converge.persons import cut, held, release
from tests.converge.places import Places
from tests.converge.window import opened
from tests.converge.work import Plan, Work

HOMES: Sequence[Home] = get_args(Home)
ITEMS, CROWD = 60, 28
"""The smallest story; and each tracker's largest scope is filled up, so that a mass absence can be one."""
PAGES: Mapping[Home, Mapping[str, Any]] = {
    "trello": {"page_size": 12},
    "jira_cloud": {"id_page_size": 12, "body_batch": 12, "changelog_batch": 12},
    "jira_dc": {"page_size": 12},
    "asana": {"page_size": 12},
    "smartsheet": {"page_size": 12},
}
"""Small, so that a listing has several of them."""
ROUNDS, FAULTS = 6, 4
"""So many new faults each round."""
OFTEN: Mapping[str, Mapping[str, Any]] = {
    "session_restart": {"rate": 0.9},
    "mutation_between_pages": {"rate": 0.4},
}
"""What else would hardly happen in a life."""
NOTICES = 60
"""About as many notices of progress come of one job."""
DRAINS = 2
"""At last: one puts off what its tracker asks to put off."""


async def live(
    seed: int, homes: Sequence[Home] = HOMES, rounds: int = ROUNDS, *, webhooks: bool = False
) -> Outcome:
    outcome = Outcome(seed)
    async with (
        town(*homes, items=ITEMS, seed=seed) as made,
        opened(made) as window,
        AsyncExitStack() as stack,
    ):
        made.more |= {home: dict(PAGES[home]) for home in homes}
        judge = Judge(made, Places(made.sandbox.world, made.time), window, outcome)
        life = Life(made, judge, outcome, Random(f"life {seed}"), rounds)  # noqa: S311  # not a secret
        if webhooks:
            outcome.heard, dice = Heard(), Random(f"webhooks {seed}")  # noqa: S311  # not a secret
            listening = await stack.enter_async_context(listening_to(made))
            life.hearing = Hearing(listening, judge, dice, outcome.heard)
        await life.live()
    return outcome


@dataclass
class Life:
    town: Town
    judge: Judge
    outcome: Outcome
    dice: Random
    rounds: int
    on: list[tuple[Home, str]] = field(default_factory=list)
    """The faults that are under way, the oldest first."""
    hearing: Hearing | None = None
    """With webhooks."""

    @property
    def homes(self) -> Sequence[Home]:
        return self.town.sandbox.world.story.homes

    async def live(self) -> None:
        self._crowd()
        mischief, deck = Mischief(self.town.sandbox, self.outcome.seed), self._deck()
        await self._do("the first sync", Read(full=True), Plan())
        if self.hearing:
            self.hearing.begin()
        for number in range(self.rounds):
            self._crowd()
            for _ in range(self.dice.randint(2, 10)):
                self.town.time.now += timedelta(seconds=self.dice.randint(1, 600))
                mischief.step()
            self._begin(deck[number * FAULTS : (number + 1) * FAULTS])
            await self._hear(f"round {number + 1}, drain")
            await self._round(number)
            self._end()
        if self.hearing:
            self.hearing.edit(mischief)
            await self._hear("the drain after that", kill=1)
        self.outcome.edits = sum(mischief.count.values())
        await self._last()

    def _crowd(self) -> None:
        """Again before each round, since a mass may have gone."""
        for home in self.homes:
            for largest in self.town.scopes(home)[:1]:
                for number in range(len(largest["items"]), CROWD):
                    self.town.edit("create", project=largest["slug"], title=f"One more, {number}")

    def _deck(self) -> list[tuple[Home, str]]:
        """Each seed has its turn of all faults, so that over the seeds each comes as often as any other."""
        catalogue = [(home, name) for home in self.homes for name in sorted(self._names(home))]
        Random("faults").shuffle(catalogue)  # noqa: S311  # not a secret
        first = self.outcome.seed * ROUNDS * FAULTS
        return [catalogue[(first + n) % len(catalogue)] for n in range(ROUNDS * FAULTS)]

    def _names(self, home: Home) -> Sequence[str]:
        """Without those of webhooks: there are none, or they are on all the time."""
        return [name for name in self.town.sandbox.faults.names(home) if name not in FATES]

    def _begin(self, faults: Sequence[tuple[Home, str]]) -> None:
        for home, name in faults:
            given = dict(OFTEN.get(name, {}))
            if "seed" in kind_of(name).takes:
                given["seed"] = self.dice.randrange(2**31)
            if name.startswith("mass_") and (still_open := self.town.scopes(home)):
                given["project"] = still_open[0]["slug"]
            with suppress(BadFault):  # it is on, or nothing is left that it could befall
                self.town.sandbox.faults.start(home, name, **given)
                self.on.append((home, name))

    def _end(self) -> None:
        """Of the faults some stay until the next round."""
        staying = [one for one in self.on if self.dice.random() < 0.25]
        for home, name in self.on:
            if (home, name) not in staying:
                self.town.sandbox.faults.stop(home, name)
        self.on = staying

    async def _round(self, number: int) -> None:
        dice = self.dice
        jobs: dict[str, Job] = {"sync": Read(), "reconcile": Reconcile(), "full sync": Read(full=True)}
        [(name, job)] = dice.choices(list(jobs.items()), (5, 4, 1))
        plan = Plan(
            look_at=dice.randint(1, NOTICES) if dice.random() < 0.3 else 0,
            kill_at=dice.randint(1, NOTICES) if dice.random() < 0.25 else 0,
            raised=dice.random() < 0.5,
            overtaken=dice.random() < 0.5,
        )
        await self._do(f"round {number + 1}, {name}", job, plan)

    async def _hear(self, name: str, kill: float = 0.4) -> None:
        """Webhooks are looked after, and what they told is."""
        if hearing := self.hearing:
            await hearing.listening.arrive()
            await self._judged(name, hearing.plan(kill), lambda work: work.hear(hearing.drain))
            self.town.time.now += timedelta(seconds=1)  # the next job is of another moment

    async def _do(self, name: str, job: Job, plan: Plan) -> Sequence[str]:
        """Answers the trackers' errors."""
        return await self._judged(name, plan, lambda work: work.do(job))

    async def _judged(self, name: str, plan: Plan, act: Callable[[Work], Awaitable[bool]]) -> Sequence[str]:
        self.judge.look(name)
        work = Work(self.town, plan, self.judge.judge)
        try:
            async with self._arriving():
                ended = await act(work)
        except Exception as defect:
            self.outcome.defects.append(f"{name}: {type(defect).__name__}: {defect}")
            ended = False
        among = ", ".join(f"{fault} on {home}" for home, fault in self.on)
        self.outcome.history.append(f"{name} {'' if ended else 'cut '}among {among or 'nothing'}")
        await self.judge.judge(work.listed)
        return work.errors

    @asynccontextmanager
    async def _arriving(self) -> AsyncIterator[None]:
        """Deliveries go on arriving meanwhile."""
        if self.hearing is None:
            yield
            return
        arriving = asyncio.create_task(self.hearing.listening.arrive())
        try:
            yield
        finally:
            await arriving

    async def _hear_all(self) -> None:
        """Until nothing is left, or nothing changes that."""
        if hearing := self.hearing:
            for _ in range(DRAINS):
                self.town.time.now += timedelta(minutes=1)
                await hearing.listening.arrive()
                await self._judged("a last drain", Plan(), lambda work: work.hear(hearing.drain))
            self.outcome.history += await hearing.count()

    async def _last(self) -> None:
        """What is held before is released and, where the reconciliation holds more, that as well: then what
        hung on it is looked at once more."""
        self.outcome.firings = self._firings()
        self.town.sandbox.faults.stop_all()
        self.on.clear()
        self.town.time.now += timedelta(hours=1)
        await self._hear_all()
        if await cut(self.town):  # that ends first, and speaks of the time when it began
            await self._do("the end of what was cut", Reconcile(), Plan())
        await self._release()
        errors = await self._do("the last reconcile", Reconcile(anew=True), Plan())
        if await held(self.town):
            await self._release()
            errors = await self._do("the reconcile after the release", Reconcile(anew=True), Plan())
        self.outcome.diverged += [*errors, *await diverged(self.judge)]
        errors = await self._do("the sync after that", Read(), Plan())
        self.outcome.diverged += [*errors, *await diverged(self.judge)]
        self.outcome.history_behind += await diverged(self.judge, history=True)
        chains = await verify(self.town.store)
        self.outcome.receipts_failed += [f"{one.scope_id}: {why}" for one in chains for why in one.broken]

    async def _release(self) -> None:
        self.outcome.held += sum((await held(self.town)).values())
        self.outcome.released += await release(self.town)
        await self.judge.pass_over()

    def _firings(self) -> dict[str, dict[str, int]]:
        faults = self.town.sandbox.faults
        fired, found = faults.firings(), dict[str, dict[str, int]]()
        for home in self.homes:
            for name in (*self._names(home), *(FATES if self.hearing else ())):
                found.setdefault(name, {})[home] = fired.get(name, {}).get(home, 0)
        return found

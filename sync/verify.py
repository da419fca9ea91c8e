"""Compares what the store holds with what the vendor's own client reads, and keeps the result.

The client shares no code with the connectors, so that a mistake of theirs shows as a difference.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from itertools import accumulate
from random import Random
from typing import Any, Literal, Protocol, cast
from uuid import UUID, uuid4

from connectors.base import ScopeRecord
from connectors.errors import TrackerError, Unauthorized, Unavailable
from normalizer.ids import entity_id
from normalizer.rules import Rules
from store.open import Store
from store.principal import LOCAL, Principal
from store.reader import Reader
from store.verification_views import Difference, VerificationView
from store.verifications import save_verification
from store.views import ConnectionView, ItemQuery, ItemView, ScopeView
from sync.comparison import CLOCKS_APART, Beside, Told, difference, differences, moment, ruled
from sync.progress import Listener, Tally
from sync.settle import settle
from sync.source import Clock

PRESENT = ("present", "archived")
PAGE = 1000


class Session(Protocol):
    """A vendor's client that reads. Raises a TrackerError; after that it is of no more use."""

    def read(
        self, scope: str, ids: Sequence[str], *, whole: bool
    ) -> AsyncIterator[tuple[str, Mapping[str, Any] | None]]: ...


class Oracle(Protocol):
    """The second opinion of one connection (:mod:`connectors.oracles`)."""

    @property
    def client(self) -> str: ...

    def opened(self) -> AbstractAsyncContextManager[Session]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """What verifying one connection needs. ``oracle`` is None where its tracker has none."""

    connection: str
    oracle: Oracle | None
    rules_for: Callable[[ScopeRecord], Rules]


@dataclass(frozen=True, slots=True)
class How:
    """``size`` items of each connection, drawn by ``chance``; or with None all."""

    size: int | None
    chance: Random


class Unverifiable(Exception):
    """Nothing of the connection can be compared. One sentence: why, and who can mend it."""


async def verify(
    store: Store, witnesses: Sequence[Witness], how: How, clock: Clock, listener: Listener
) -> list[VerificationView]:
    """Compares, connection beside connection. One that cannot be compared says so in its ``error``."""
    runs = [
        Verifying(store, one, how, clock, Tally(one.connection, clock, listener, clock()))
        for one in witnesses
    ]
    return await settle(run.run() for run in runs)


@dataclass(slots=True)
class Verifying:
    """One connection's verification while it is under way."""

    store: Store
    witness: Witness
    how: How
    clock: Clock
    tally: Tally
    items: int = 0
    fields: int = 0
    found: list[Difference] = field(default_factory=list)

    async def run(self) -> VerificationView:
        started = self.clock()
        try:
            errors = await self._compare(await self._connection())
        except Unverifiable as why:
            errors = [str(why)]
        error = " ".join(errors) or None
        self.tally.enter("failed" if error else "done", error=error)
        done = VerificationView(
            id=str(uuid4()),
            connection=self.witness.connection,
            mode="all" if self.how.size is None else "sample",
            started_at=started,
            finished_at=self.clock(),
            items=self.items,
            fields=self.fields,
            differing=len(self.found),
            unexplained=sum(not one.explained for one in self.found),
            error=error,
            differences=self.found,
        )
        await save_verification(self.store, done)
        return done

    async def _connection(self) -> ConnectionView:
        found = await self._reader(None).connections()
        return next(one for one in found if one.id == self.witness.connection)

    async def _compare(self, connection: ConnectionView) -> list[str]:
        """Scope after scope, and what went wrong. A client that failed is started anew for the next scope,
        but not where that would fail as well."""
        oracle = self.witness.oracle
        if oracle is None:
            raise Unverifiable(
                f"{connection.id}: there is no client of another hand for {connection.tracker}, so that "
                "nothing was compared; whoever wrote its connector can add one."
            )
        if connection.site is None or not connection.scopes:
            raise Unverifiable(f"{connection.id}: nothing of it was ever read; run tspmo sync first.")
        left, errors = deque(self._drawn(connection.scopes)), list[str]()
        self.tally.enter("reading", scopes=len(left))
        while left:
            try:
                async with oracle.opened() as session:
                    while left:
                        scope, size = left.popleft()
                        await _Scope(self, connection, scope, _record(scope)).compare(session, size)
            except (Unauthorized, Unavailable) as error:
                return [*errors, str(error)]
            except TrackerError as error:
                errors.append(str(error))
        return errors

    def _drawn(self, scopes: Sequence[ScopeView]) -> list[tuple[ScopeView, int | None]]:
        """Each scope with how many of its items are to be compared; scopes without any are left out."""
        if self.how.size is None:
            return [(scope, None) for scope in scopes]
        ends = list(accumulate(scope.items for scope in scopes))
        total = ends[-1]
        lots = self.how.chance.sample(range(total), min(self.how.size, total))
        taken = Counter(bisect_right(ends, lot) for lot in lots)
        return [(scopes[index], taken[index]) for index in sorted(taken)]

    def _reader(self, team: str | None) -> Reader:
        """Whatever a scope's sharing, its own team may see it. What is kept is shown by that same sharing."""
        return self.store.reader(Principal(role="admin", team=team, name=LOCAL.name), self.clock)


@dataclass(slots=True)
class _Scope:
    """One scope's part of a verification."""

    of: Verifying
    connection: ConnectionView
    scope: ScopeView
    record: ScopeRecord

    async def compare(self, session: Session, size: int | None) -> None:
        reader = self.of._reader(self.scope.team)
        held = {view.item.remote_id: view async for view in self._held(reader, size)}
        left_out = ruled(self.of.witness.rules_for(self.record))
        count = 0
        async for id, told in session.read(self.record.id, list(held), whole=size is None):
            view = held.get(id)
            if view is None and told is not None:
                self.of.found += await self._surplus(reader, id, told)
            elif view is not None and told is None:
                self.of.found.append(_missing(view))
            elif view is not None and told is not None:
                beside = Beside(
                    view=view, told=told, system=self.connection.system, site=self.connection.site or ""
                )
                self.of.found += differences(beside, left_out)
                self.of.fields += len(set(told) - left_out)
                self.of.items += 1
            count += 1
            self.of.tally.page(self.record, 1, max(count, len(held)))
        self.of.tally.scope_ended(self.record, count, None)

    async def _held(self, reader: Reader, size: int | None) -> AsyncIterator[ItemView]:
        if size is not None:
            pivot = UUID(int=self.of.how.chance.getrandbits(128))
            for view in await reader.sample(self.scope.id, str(pivot), size):
                yield view
            return
        cursor, more = None, True
        while more:
            query = ItemQuery(
                scope=[self.scope.id], presence=PRESENT, sort="title", limit=PAGE, cursor=cursor
            )
            page = await reader.items(query)
            for view in page.items:
                if view.scope == self.scope.id:  # others only stand here too, and are compared at home
                    yield view
            cursor, more = page.next_cursor, page.next_cursor is not None

    async def _surplus(self, reader: Reader, id: str, told: Told) -> list[Difference]:
        """What the client lists and the store does not hold as present here. It may be at home elsewhere."""
        system, site = self.connection.system, self.connection.site or ""
        view = await reader.item(entity_id(system, site, "item", id))
        if view is None:
            return [self._unheld(id, told)]
        if view.presence not in PRESENT:
            return [difference(view, told, "presence", view.presence, "present")]
        here = {place.scope_id for place in view.item.placements}
        return [] if self.scope.id in here else [difference(view, told, "scope", view.scope, self.scope.id)]

    def _unheld(self, id: str, told: Told) -> Difference:
        """Explained where the tracker changed it after our last complete reading began."""
        changed, read = moment(told.get("updated")), self.scope.complete_at
        return Difference(
            scope=self.scope.id,
            item_id=None,
            remote_id=id,
            remote_key=told.get("key"),
            title=str(told.get("title")),
            restricted=True,
            field="presence",
            ours=None,
            theirs="present",
            read_at=None,
            updated_at=changed,
            explained=read is None or (changed is not None and changed > read - CLOCKS_APART),
        )


def _missing(view: ItemView) -> Difference:
    """The tracker had it when we read it, so that it went later."""
    return replace(difference(view, {}, "presence", view.presence, None), explained=True)


def _record(scope: ScopeView) -> ScopeRecord:
    """The scope as the configuration's rules know it."""
    kind = cast(Literal["project", "board", "sheet"], scope.kind)
    return ScopeRecord(id=scope.remote_id, kind=kind, name=scope.name, url=scope.url, key=scope.key)

"""Replay: the mirror made anew from the records that are kept, by the rules as they are now. Asks no tracker.

What differs is a data correction: the history says so, and no item counts as begun or finished by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from connectors.base import ScopeRecord
from normalizer.hits import NotingRules, Rule
from normalizer.model import StatusCategory
from store.kept import KeptScope, category_counts, kept_scopes
from store.open import Store
from store.remapping import Remapped
from sync.progress import Listener, Tally
from sync.remap import correct
from sync.source import Clock, Source, Target


@dataclass(slots=True)
class Replayed:
    """What a replay came to, or would come to. ``unmapped`` counts records by (field, value); ``never_met``
    are rules whose word no record says, in the order in which they are written."""

    records: int = 0
    rejected: int = 0
    scopes: int = 0
    before: Counter[StatusCategory] = field(default_factory=Counter)
    changed: list[Remapped] = field(default_factory=list)
    unmapped: Counter[tuple[str, str]] = field(default_factory=Counter)
    never_met: list[Rule] = field(default_factory=list)

    @property
    def after(self) -> Counter[StatusCategory]:
        """The counts with the changes, categories without any item left out."""
        counts = self.before.copy()
        for one in self.changed:
            counts[one.after] += 1
            if one.before is not None:
                counts[one.before] -= 1
        return +counts


async def replay(
    store: Store, sources: Sequence[Source], clock: Clock, listener: Listener, *, keep: bool = True
) -> Replayed:
    """Source after source, each scope that it wants. Without ``keep`` the same is done and taken back, so
    that what it names is exactly what a real replay would change. Raises StoreError."""
    done, rules = Replayed(), _Rules()
    for source in sources:
        scopes = [one for one in await kept_scopes(store, source.connection) if source.wanted(one.scope)]
        tally = Tally(source.connection, clock, listener, clock())
        tally.enter("reading", scopes=len(scopes))
        for kept in scopes:
            await _Replaying(store, clock, tally, keep).scope(source, kept, rules, done)
        tally.enter("done")
    done.never_met = rules.never_met()
    return done


class _Rules:
    """The rules of each scope, noting which of them are met."""

    def __init__(self) -> None:
        self._given: list[NotingRules] = []

    def of(self, source: Source, scope: ScopeRecord) -> NotingRules:
        noting = NotingRules.of(source.rules_for(scope))
        self._given.append(noting)
        return noting

    def never_met(self) -> list[Rule]:
        """A rule that holds for several scopes is met if it is in one of them."""
        met = {(table, word.casefold()) for rules in self._given for table, word in rules.hit}
        missed = [rule for rules in self._given for rule in rules.never_hit]
        return [rule for rule in dict.fromkeys(missed) if (rule[0], rule[1].casefold()) not in met]


@dataclass(frozen=True, slots=True)
class _Replaying:
    store: Store
    clock: Clock
    tally: Tally
    keep: bool

    async def scope(self, source: Source, kept: KeptScope, rules: _Rules, done: Replayed) -> None:
        noting = rules.of(source, kept.scope)
        target = Target(
            source=replace(source, rules_for=lambda _: noting),
            site=kept.site,
            system=kept.system,
            scope=kept.scope,
            scope_id=kept.id,
        )
        done.before += await category_counts(self.store, kept.id)
        found = await correct(target, self.store, self.clock, keep=self.keep)
        done.scopes += 1
        done.records += found.records
        done.rejected += found.rejected
        done.changed += found.changed
        done.unmapped += found.unmapped
        self.tally.page(kept.scope, found.records, kept.records)
        self.tally.scope_ended(kept.scope, found.records, None)

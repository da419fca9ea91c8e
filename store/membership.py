"""Which projects an item belongs to: selectors, the memberships kept of them, and the figures that follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import select

from normalizer.model import Item
from store.codec import item_from
from store.declared import Selector
from store.figures import Ledger, contribution
from store.schema import claims, item_projects, items, placements, releases, sections
from store.session import Session, chunks


@dataclass(frozen=True, slots=True)
class Held:
    """An item as it stands in the store."""

    item: Item
    scope_id: str
    presence: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A project takes what any of the selectors matches in a scope."""

    project_id: str
    selectors: Sequence[Selector]


Claims = Mapping[str, Sequence[Claim]]
"""By scope."""


@dataclass(frozen=True, slots=True)
class Names:
    """What people call the things that items refer to by id: folded names, keys and the tracker's ids."""

    sections: Mapping[str, frozenset[str]] = field(default_factory=dict)
    releases: Mapping[str, frozenset[str]] = field(default_factory=dict)
    items: Mapping[str, frozenset[str]] = field(default_factory=dict)


def folded(names: Iterable[str | None]) -> frozenset[str]:
    return frozenset(name.casefold() for name in names if name)


def takes(selector: Selector, item: Item, scope_id: str, names: Names) -> bool:
    """Whether an item that stands in the scope meets every condition, each by any of its values."""
    if not any((selector.labels, selector.types, selector.sections, selector.releases, selector.parents)):
        return True  # most sources are whole scopes
    nothing: frozenset[str] = frozenset()
    standing = [p.section_id for p in item.placements if p.scope_id == scope_id and p.section_id]
    kinds = [item.type, item.original_type.name if item.original_type else None]
    family = [names.items.get(item.parent_id or "", nothing), _called(item)]
    offered = (
        (selector.labels, folded(item.labels)),
        (selector.types, folded(kinds)),
        (selector.sections, nothing.union(*(names.sections.get(s, nothing) for s in standing))),
        (selector.releases, nothing.union(*(names.releases.get(r, nothing) for r in item.release_ids))),
        (selector.parents, nothing.union(*family)),
    )
    return all(not wanted or not folded(wanted).isdisjoint(has) for wanted, has in offered)


def _called(item: Item) -> frozenset[str]:
    return folded([item.remote_id, item.remote_key, *item.former_keys])


async def load_claims(session: Session) -> Claims:
    found: dict[str, list[Claim]] = defaultdict(list)
    for row in await session.all(select(claims)):
        selectors = msgspec.convert(row.selectors, list[Selector])
        found[row.scope_id].append(Claim(row.project_id, selectors))
    return found


def conditions(known: Claims, name: str, scopes: Collection[str] | None = None) -> frozenset[str]:
    """All values that selectors (of these scopes) ask of one condition, folded."""
    chosen = known.values() if scopes is None else [known.get(scope, ()) for scope in scopes]
    return folded(
        value
        for of_scope in chosen
        for claim in of_scope
        for selector in claim.selectors
        for value in getattr(selector, name)
    )


async def projects_of(session: Session, known: Claims, held: Mapping[str, Held]) -> dict[str, set[str]]:
    """The declared projects of each item."""
    claimed = {
        item_id: scopes
        for item_id, one in held.items()
        if (scopes := {p.scope_id for p in one.item.placements} & known.keys())
    }
    names = await _names(session, known, [held[item_id].item for item_id in claimed])
    return {
        item_id: {
            claim.project_id
            for scope_id in scopes
            for claim in known[scope_id]
            if any(takes(selector, held[item_id].item, scope_id, names) for selector in claim.selectors)
        }
        for item_id, scopes in claimed.items()
    }


async def _names(session: Session, known: Claims, of: Sequence[Item]) -> Names:
    """Only what the selectors ask for is looked up."""
    scopes = {p.scope_id for item in of for p in item.placements}
    standing = {p.section_id for item in of for p in item.placements if p.section_id}
    planned = {release for item in of for release in item.release_ids}
    parents = {item.parent_id for item in of if item.parent_id}
    return Names(
        sections={
            row.id: folded([row.name, row.remote_id])
            for row in await session.fetch(
                [sections.c.id, sections.c.name, sections.c.remote_id],
                sections.c.id,
                standing if conditions(known, "sections", scopes) else (),
            )
        },
        releases={
            row.id: folded([row.name, row.remote_id])
            for row in await session.fetch(
                [releases.c.id, releases.c.name, releases.c.remote_id],
                releases.c.id,
                planned if conditions(known, "releases", scopes) else (),
            )
        },
        items={
            row.id: folded([row.remote_id, row.remote_key, *(row.former_keys or ())])
            for row in await session.fetch(
                [items.c.id, items.c.remote_id, items.c.remote_key, items.c.former_keys],
                items.c.id,
                parents if conditions(known, "parents", scopes) else (),
            )
        },
    )


@dataclass(frozen=True, slots=True)
class Assigner:
    """Keeps memberships and figures in step with items."""

    session: Session
    known: Claims
    ledger: Ledger

    async def move(self, before: Mapping[str, Held], after: Mapping[str, Held]) -> None:
        """The items became what ``after`` says; those without a ``before`` are new."""
        old: dict[str, set[str]] = defaultdict(set)
        kept = [item_projects.c.item_id, item_projects.c.project_id]
        for row in await self.session.fetch(kept, item_projects.c.item_id, list(before)):
            old[row.item_id].add(row.project_id)
        new = await projects_of(self.session, self.known, after)
        for item_id, one in before.items():
            self.ledger.enter(old[item_id], one.scope_id, contribution(one.item, one.presence), -1)
        for item_id, one in after.items():
            self.ledger.enter(new.get(item_id, ()), one.scope_id, contribution(one.item, one.presence), 1)
        differing = [item_id for item_id in after if old.get(item_id, set()) != new.get(item_id, set())]
        await self.session.remove(item_projects.c.item_id, [i for i in differing if old.get(i)])
        await self.session.add(
            item_projects,
            [
                {"item_id": item_id, "project_id": project}
                for item_id in differing
                for project in sorted(new.get(item_id, ()))
            ],
        )

    async def review(self, item_ids: Iterable[str]) -> None:
        """Decide anew where these unchanged items belong."""
        for chunk in chunks(item_ids):
            held = await load_held(self.session, chunk)
            await self.move(held, held)

    async def review_scopes(self, scope_ids: Collection[str], leaving_out: Collection[str] = ()) -> None:
        """The same for every item that stands in one of the scopes."""
        found = await self.session.fetch([placements.c.item_id], placements.c.scope_id, scope_ids)
        await self.review(sorted({row.item_id for row in found}.difference(leaving_out)))

    async def review_children(self, parents: Iterable[Held], leaving_out: Collection[str]) -> None:
        """The same for what stands under items that became known under a name which selectors ask for."""
        wanted = conditions(self.known, "parents")
        asked = [one.item.id for one in parents if not wanted.isdisjoint(_called(one.item))]
        found = await self.session.fetch([items.c.id], items.c.parent_id, asked)
        await self.review(sorted({row.id for row in found}.difference(leaving_out)))


async def load_held(session: Session, item_ids: Collection[str]) -> dict[str, Held]:
    columns = [items.c.id, items.c.scope_id, items.c.presence, items.c.body]
    return {
        row.id: Held(item_from(row.body), row.scope_id, row.presence)
        for row in await session.fetch(columns, items.c.id, item_ids)
    }

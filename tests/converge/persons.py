"""The person who decides: sees what is held back or was cut, and lets everything through that is held."""

from __future__ import annotations

from sqlalchemy import func, select

from store.held import Decision, decide
from store.schema import finding_records, findings
from store.schema_reconciling import held_absences, worklists
from tests.asks.town import Town


async def held(town: Town) -> dict[str, int]:
    """How many absences each finding holds that waits for a word."""
    of = held_absences.c
    chosen = (
        select(of.finding_id, func.count(func.distinct(of.item_id)).label("n"))
        .join(findings, findings.c.id == of.finding_id)
        .join(finding_records, finding_records.c.finding_id == of.finding_id)
        .where(findings.c.decision.is_(None))
        .group_by(of.finding_id)
    )
    async with town.store.database.reading() as session:
        return {row.finding_id: row.n for row in await session.all(chosen)}


async def held_back(town: Town) -> set[str]:
    """The items (by our ids) that are shown as before until somebody decides."""
    of = held_absences.c
    chosen = select(of.item_id).join(findings, findings.c.id == of.finding_id)
    async with town.store.database.reading() as session:
        return {row.item_id for row in await session.all(chosen.where(findings.c.decision.is_(None)))}


async def cut(town: Town) -> bool:
    """Whether a reconciliation is to be gone on with."""
    async with town.store.database.reading() as session:
        return bool(await session.all(select(worklists.c.scope_id).limit(1)))


async def release(town: Town) -> int:
    """Answers how many absences were let through."""
    waiting = await held(town)
    for finding_id in waiting:
        why = "The tracker's administrator says that they were taken away on purpose."
        word = Decision(verb="approve", who="Sandra Keller", why=why, at=town.time.now)
        await decide(town.store, finding_id, word)
    return sum(waiting.values()) - sum((await held(town)).values())

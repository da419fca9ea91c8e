"""Absences that are held back until a person decides, and what persons decide of findings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, select

from store.decisions import DecisionError as DecisionError
from store.decisions import NotKnown as NotKnown
from store.feed import touch
from store.open import Store
from store.presence import Absent, note_absent_in
from store.schema import finding_records, findings
from store.schema_reconciling import held_absences
from store.session import Session

Verb = Literal["approve", "dismiss"]
DECIDED = {"approve": "approved", "dismiss": "dismissed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who says so, and why: both are kept and shown."""

    verb: Verb
    who: str
    why: str
    at: datetime


async def hold(session: Session, finding_id: str, absents: Sequence[Absent]) -> None:
    """The finding holds exactly these from now on: the items stay as they are."""
    await session.remove(held_absences.c.finding_id, [finding_id])
    names = ("item_id", "presence", "evidence", "at")
    rows = [{"finding_id": finding_id, **{name: getattr(one, name) for name in names}} for one in absents]
    await session.add(held_absences, rows)
    await touch(session)


async def held_by(session: Session, finding_id: str) -> list[Absent]:
    rows = await session.fetch(list(held_absences.c), held_absences.c.finding_id, [finding_id])
    return [
        Absent(item_id=row.item_id, presence=row.presence, evidence=row.evidence, at=row.at) for row in rows
    ]


async def released(session: Session, scope_id: str) -> set[str]:
    """Items whose absence a person approved: they are let through, however many vanish with them."""
    return await _decided(session, scope_id, "approved")


async def silenced(session: Session, scope_id: str) -> set[str]:
    """Items whose absence a person dismissed: they stay as they are, and are asked about no more."""
    return await _decided(session, scope_id, "dismissed")


async def let_go(session: Session, scope_id: str, absent: Collection[str]) -> None:
    """``absent`` are all items that are absent now. A word that was given on others is used up: they are
    back, and when they vanish again, that is another matter."""
    still = set(absent)
    over = [row for row in await held_back(session, scope_id) if row.decision and row.item_id not in still]
    keys = ("finding_id", "item_id")
    await session.drop(held_absences, [{name: getattr(row, name) for name in keys} for row in over])


async def _decided(session: Session, scope_id: str, decision: str) -> set[str]:
    return {row.item_id for row in await held_back(session, scope_id) if row.decision == decision}


async def held_back(session: Session, scope_id: str) -> Sequence[Row[Any]]:
    """Each item that a finding of the scope holds, and what was decided of that finding."""
    return await session.all(
        select(held_absences.c.finding_id, held_absences.c.item_id, findings.c.decision)
        .join(findings, findings.c.id == held_absences.c.finding_id)
        .where(findings.c.scope_id == scope_id)
    )


async def decide(store: Store, finding_id: str, decision: Decision) -> None:
    """Raises NotKnown, or DecisionError where the decision cannot be. With an approval the absences that are
    held are noted at once, but for items that were read since; with a dismissal they stay shown."""
    async with store.database.writing() as session:
        finding = await _decidable(session, finding_id, decision)
        if decision.verb == "approve":
            absents = await held_by(session, finding_id)
            await note_absent_in(session, finding.scope_id, absents, decision.at)
        if finding.kind == "mass_absence":  # what vanishes later is a finding of its own
            await session.remove(finding_records.c.finding_id, [finding_id])
        told = {"decision": DECIDED[decision.verb], "decided_by": decision.who, "why": decision.why.strip()}
        await session.change(findings, [{"id": finding_id, **told, "decided_at": decision.at}])
        await touch(session)


async def _decidable(session: Session, finding_id: str, decision: Decision) -> Row[Any]:
    found = await session.fetch(list(findings.c), findings.c.id, [finding_id])
    if not found:
        raise NotKnown(
            f"There is no finding {finding_id} that can be decided; tspmo findings and /v1/findings list "
            "those."
        )
    [finding] = found
    if finding.decision is not None:
        raise DecisionError(
            f"Finding {finding_id} was {finding.decision} by {finding.decided_by} on "
            f"{finding.decided_at:%Y-%m-%d}; a decision stands, and what is raised later is decided anew."
        )
    raising = finding_records.c.finding_id
    if not await session.fetch([raising], raising, [finding_id]):
        raise DecisionError(f"Finding {finding_id} is over; there is nothing to decide any more.")
    if not decision.why.strip():
        raise DecisionError(
            "A decision needs a reason, and none was given; whoever decides says why, since that is kept."
        )
    if decision.verb == "approve" and finding.kind != "mass_absence":
        raise DecisionError(
            f"Finding {finding_id} ({finding.kind}) holds nothing back that could be let through; dismiss "
            "it, or mend what it names, and it closes by itself."
        )
    return finding

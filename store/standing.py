"""Findings that a scope raises itself, and no record of it: much vanished at once, or access was lost. They
stand until they are ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import uuid5

from sqlalchemy import Row, func, select

from store.feed import touch
from store.findings import FINDING
from store.schema import finding_records, findings
from store.schema_reconciling import held_absences
from store.session import Session
from store.types import storable

StandingKind = Literal["mass_absence", "access_lost"]
SCOPE = "scope"
"""The kind of the record that stands for the scope among those that raise findings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """``subject`` is what it is about, and tells one from another of its kind; ``detail`` is the sentence."""

    scope_id: str
    kind: StandingKind
    subject: str
    detail: str


async def raise_standing(session: Session, standing: Standing, now: datetime) -> str:
    """Raise it, or go on raising the one that stands, whose detail follows; answers its id. One that ended,
    or was closed by a person's word, is not opened again: what is raised then is another."""
    there = await _standing(session, standing.scope_id, standing.kind, standing.subject)
    told = {"detail": standing.detail, "last_seen": now}
    if there:
        await session.change(findings, [{"id": there[0].id, **told}])
        await touch(session)
        return str(there[0].id)
    of, subject = findings.c, storable(standing.subject)
    same = of.scope_id == standing.scope_id, of.kind == standing.kind, of.subject == subject
    ordinal = (await session.run(select(func.count()).where(*same))).scalar_one()
    name = f"{standing.scope_id}|{standing.kind}|{subject}|{ordinal}"
    identity = {"id": str(uuid5(FINDING, name)), "scope_id": standing.scope_id}
    made = {"kind": standing.kind, "subject": subject, "first_seen": now, **told}
    await session.add(findings, [{**identity, **made}])
    raising = {"finding_id": identity["id"], "record_kind": SCOPE, "record_id": standing.scope_id}
    await session.add(finding_records, [{**raising, "scope_id": standing.scope_id}])
    await touch(session)
    return identity["id"]


async def end_standing(
    session: Session, scope_id: str, kind: StandingKind, subject: str | None = None
) -> None:
    """It is over: those of the kind that stand (with the subject, if one is named) are raised no more, and
    hold nothing any more."""
    ended = [row.id for row in await _standing(session, scope_id, kind, subject)]
    if ended:
        await session.remove(finding_records.c.finding_id, ended)
        await session.remove(held_absences.c.finding_id, ended)
        await touch(session)


async def _standing(
    session: Session, scope_id: str, kind: StandingKind, subject: str | None
) -> Sequence[Row[Any]]:
    of = findings.c
    chosen = (
        select(of.id)
        .join(finding_records, finding_records.c.finding_id == of.id)
        .where(of.scope_id == scope_id, of.kind == kind, finding_records.c.record_kind == SCOPE)
    )
    return await session.all(chosen if subject is None else chosen.where(of.subject == storable(subject)))

"""The prints of what a scope holds, as a census would list them, and the digest of many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy import and_, literal, select, union_all

from store.codec import DIGEST_BYTES
from store.presence import SEEN
from store.schema import finding_records, findings, items, records
from store.session import Session


def digest_of(prints: Mapping[str, bytes]) -> str:
    """Equal for equal ids with equal prints, whatever their order."""
    state = blake2b(digest_size=DIGEST_BYTES)
    for id in sorted(prints):
        state.update(b"%s\x00%s" % (id.encode(errors="replace"), prints[id]))
    return state.hexdigest()


@dataclass(frozen=True, slots=True)
class Ours:
    """``prints``, by the tracker's ids, of each item that is at home in a scope and there, and of each record
    of it that could not be read; empty where no census has asked since it was written. ``items`` is how many
    of them are items."""

    prints: dict[str, bytes]
    items: int


async def ours(session: Session, scope_id: str) -> Ours:
    """In one statement, since a night asks it of every scope."""
    of = records.c
    here = and_(of.scope_id == scope_id, of.kind == "item")
    at_home = (
        select(items.c.remote_id, of.fingerprint, literal(1))
        .outerjoin(records, and_(here, of.remote_id == items.c.remote_id))
        .where(items.c.scope_id == scope_id, items.c.presence.in_(SEEN))
    )
    raising = finding_records.c
    refused = (
        select(of.remote_id, of.fingerprint, literal(0))
        .join(
            finding_records,
            and_(
                raising.scope_id == of.scope_id,
                raising.record_kind == of.kind,
                raising.record_id == of.remote_id,
            ),
        )
        .join(findings, findings.c.id == raising.finding_id)
        .where(here, findings.c.kind == "rejected_record")
    )
    rows: list[Any] = list(await session.all(union_all(refused, at_home)))
    return Ours({id: print or b"" for id, print, _ in rows}, sum(one for _, _, one in rows))


async def kept_prints(session: Session, scope_id: str) -> dict[str, bytes]:
    return (await ours(session, scope_id)).prints

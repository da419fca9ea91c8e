"""The prints of what a scope holds, as a census would list them, and the digest of many."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from sqlalchemy import and_, select

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


async def kept_prints(session: Session, scope_id: str) -> dict[str, bytes]:
    """By the tracker's id, the print that is kept of each item that is at home in the scope and there, and of
    each record of it that could not be read; empty where no census has asked since it was written."""
    of = records.c
    print_of = select(of.remote_id, of.fingerprint)
    here = and_(of.scope_id == scope_id, of.kind == "item")
    at_home = (
        select(items.c.remote_id, of.fingerprint)
        .outerjoin(records, and_(here, of.remote_id == items.c.remote_id))
        .where(items.c.scope_id == scope_id, items.c.presence.in_(SEEN))
    )
    refused = (
        print_of.join(
            finding_records,
            and_(
                finding_records.c.scope_id == of.scope_id,
                finding_records.c.record_kind == of.kind,
                finding_records.c.record_id == of.remote_id,
            ),
        )
        .join(findings, findings.c.id == finding_records.c.finding_id)
        .where(here, findings.c.kind == "rejected_record")
    )
    rows: list[Any] = [*await session.all(refused), *await session.all(at_home)]
    return {remote_id: print or b"" for remote_id, print in rows}

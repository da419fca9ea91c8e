"""Comparisons to write down, and a reconciliation that they are of."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from store.prints import digest_of, kept_prints
from store.receipt_views import Comparison
from store.schema_reconciling import reconciliations
from tests.store.kit import World, scope_id


async def compared(world: World, scope: str = "OPS", **values: Any) -> Comparison:
    """A complete comparison of the scope as it stands, begun and ended now."""
    made = {"connection_id": "site", "state": "complete", "started_at": world.now, "finished_at": world.now}
    async with world.store.database.writing() as session:
        await session.add_missing(reconciliations, [{"id": "a night", **made}])
        digest = digest_of(await kept_prints(session, scope_id(scope)))
    comparison = Comparison(
        scope_id=scope_id(scope), reconciliation_id="a night",
        started_at=world.now, finished_at=world.now + timedelta(seconds=2), complete=True, reason=None,
        source_count=2, count_before=1, count_after=2, elsewhere=0, rejected=0, held=0,
        differences={"missed": 1, "late": 2}, fetched={"differing": 1, "missing": 1, "absent": 0, "deep": 1},
        covers=["title", "due"], deep="3 of 7", source_digest=digest, our_digest=digest,
    )  # fmt: skip
    return replace(comparison, **values)

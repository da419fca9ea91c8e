"""Keeping what a verification came to."""

from __future__ import annotations

from store.feed import touch
from store.open import Store
from store.schema_verifications import differences, verifications
from store.verification_views import Difference, VerificationView


async def save_verification(store: Store, done: VerificationView) -> None:
    """With all of its differences."""
    async with store.database.writing() as session:
        await session.add(verifications, [_row(done)])
        await session.add(
            differences,
            [_difference(done.id, position, one) for position, one in enumerate(done.differences)],
        )
        await touch(session)


def _row(done: VerificationView) -> dict[str, object]:
    return {
        "id": done.id,
        "connection_id": done.connection,
        "mode": done.mode,
        "started_at": done.started_at,
        "finished_at": done.finished_at,
        "items": done.items,
        "fields": done.fields,
        "differing": done.differing,
        "unexplained": done.unexplained,
        "error": done.error,
    }


def _difference(verification: str, position: int, one: Difference) -> dict[str, object]:
    return {
        "verification_id": verification,
        "position": position,
        "scope_id": one.scope,
        "item_id": one.item_id,
        "remote_id": one.remote_id,
        "remote_key": one.remote_key,
        "title": one.title,
        "restricted": one.restricted,
        "field": one.field,
        "ours": one.ours,
        "theirs": one.theirs,
        "read_at": one.read_at,
        "updated_at": one.updated_at,
        "explained": one.explained,
    }

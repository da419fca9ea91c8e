"""Subscriptions that were given up, as findings: they follow from the subscriptions and are kept nowhere."""

from __future__ import annotations

from uuid import uuid5

from sqlalchemy import select

from store.findings import FINDING
from store.schema_outgoing import subscriptions
from store.session import Session
from store.sight import Sight
from store.sight_people import may_decide
from store.views import FindingView


async def outgoing_findings(session: Session, sight: Sight) -> list[FindingView]:
    """For those who may put them to work again."""
    if not may_decide(sight.principal):
        return []
    rows = await session.all(select(subscriptions).where(subscriptions.c.disabled_at.is_not(None)))
    return [
        FindingView(
            id=str(uuid5(FINDING, f"{row.id}|subscription_disabled")),
            kind="subscription_disabled",
            connection=None,
            scope=None,
            subject=row.name,
            detail=f"{row.url} is told nothing any more: {row.disabled_because} Once it is mended: "
            f"tspmo subscriptions enable {row.id}",
            count=1,
            first_seen=row.failing_since,
            last_seen=row.disabled_at,
        )
        for row in rows
    ]

"""A night over the world: receipts for two scopes, and much of a third one gone at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from normalizer.ids import entity_id
from store.held import hold
from store.open import Store
from store.presence import Absent
from store.receipts import Comparison, Receipt, issue
from store.schema_reconciling import reconciliations
from store.standing import Standing, raise_standing

TRELLO = "trello", "https://trello.example"
JIRA = "jira", "https://jira.example"


def comparison(scope_id: str, at: datetime, **values: Any) -> Comparison:
    made: dict[str, Any] = {
        "scope_id": scope_id, "reconciliation_id": "boards at night", "started_at": at,
        "finished_at": at + timedelta(seconds=3), "complete": True, "reason": None, "source_count": 5,
        "count_before": 4, "count_after": 5, "elsewhere": 0, "rejected": 0, "held": 0,
        "differences": {"missed": 1}, "fetched": {"differing": 0, "missing": 1, "absent": 0, "deep": 1},
        "covers": ["title", "due"], "deep": "3 of 7", "source_digest": "d" * 32, "our_digest": "d" * 32,
    }  # fmt: skip
    return Comparison(**{**made, **values})


async def reconcile(store: Store, at: datetime) -> dict[str, Receipt]:
    """``web`` is equal, of ``APP`` the census was cut; a night later ``web`` is compared once more."""
    ended = {"state": "partial", "started_at": at, "finished_at": at + timedelta(minutes=1)}
    async with store.database.writing() as session:
        for name in ("boards", "issues"):
            row = {"id": f"{name} at night", "connection_id": name, **ended}
            await session.add(reconciliations, [row])
    web, app = entity_id(*TRELLO, "scope", "web"), entity_id(*JIRA, "scope", "APP")
    cut = {"complete": False, "reason": "The census was cut.", "source_count": None, "source_digest": None}
    return {
        "web first": await issue(store, comparison(web, at - timedelta(days=1))),
        "APP": await issue(store, comparison(app, at, reconciliation_id="issues at night", **cut)),
        "web": await issue(store, comparison(web, at + timedelta(minutes=1))),
    }


async def vanish(store: Store, at: datetime) -> str:
    """Two items of ``web``, which are shown until somebody decides."""
    web = entity_id(*TRELLO, "scope", "web")
    absents = [
        Absent(item_id=entity_id(*TRELLO, "item", one), presence="gone", evidence="404", at=at)
        for one in ("w1", "w3")
    ]
    standing = Standing(scope_id=web, kind="mass_absence", subject="items", detail="2 of 5 vanished at once")
    async with store.database.writing() as session:
        finding = await raise_standing(session, standing, at)
        await hold(session, finding, absents)
    return finding

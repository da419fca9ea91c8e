"""The trail of a person: every link of the accounts that are or were the person's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Row, select

from store.links import in_force, trails
from store.people_views import LinkEvidence, LinkView
from store.schema import accounts
from store.schema_people import account_links
from store.session import Session
from store.sight import Sight
from store.sight_people import met


async def person_history(session: Session, sight: Sight, person: str) -> list[LinkView] | None:
    """Oldest first; None for a person of whom no account may be seen. Of what names an account that may not
    be seen, the name and the evidence are left out."""
    seen = await met(session, sight)
    of = select(account_links.c.account_id).where(account_links.c.person_id == person).distinct()
    concerned = [row.account_id for row in await session.all(of) if row.account_id in seen]
    if not concerned:
        return None
    known = await trails(session, concerned)
    others = {row.other_id for trail in known.values() for row in trail if row.other_id in seen}
    columns = [accounts.c.id, accounts.c.name, accounts.c.system]
    named = {row.id: row for row in await session.fetch(columns, accounts.c.id, {*concerned, *others})}
    found = [
        _view(row, named, undone=row not in in_force(trail) and row.state != "undone")
        for trail in known.values()
        for row in trail
    ]
    return sorted(found, key=lambda link: link.n)


def _view(row: Row[Any], named: Mapping[str, Row[Any]], *, undone: bool) -> LinkView:
    other = named.get(row.other_id or "")
    hidden = row.other_id is not None and other is None
    return LinkView(
        n=row.n,
        state=row.state,
        account=row.account_id,
        account_name=named[row.account_id].name,
        system=named[row.account_id].system,
        person=row.person_id,
        other=other.id if other else None,
        other_name=other.name if other else None,
        score=row.score,
        evidence=[] if hidden else msgspec.convert(row.evidence, list[LinkEvidence]),
        decision=row.undoes or row.decision_id,
        undone=undone,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )

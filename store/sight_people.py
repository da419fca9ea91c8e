"""Who may decide of people, and which accounts a principal may see."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from store.principal import Principal
from store.schema import account_scopes, accounts
from store.session import Session
from store.sight import Sight


def may_decide(principal: Principal) -> bool:
    """Whose an account is decides also who is shown its hours, so not everybody decides."""
    return principal.role in ("pmo", "admin")


async def met(session: Session, sight: Sight) -> Mapping[str, str]:
    """The accounts that were met in a scope that may be seen, each with one of those scopes."""
    first = func.min(account_scopes.c.scope_id).label("scope_id")
    seen = account_scopes.c.scope_id.in_(sight.visible)
    found = select(account_scopes.c.account_id, first).where(seen).group_by(account_scopes.c.account_id)
    return {row.account_id: row.scope_id for row in await session.all(found)}


async def whose(session: Session, sight: Sight) -> dict[str, str | None]:
    """By account that may be seen, the person."""
    columns = [accounts.c.id, accounts.c.person_id]
    found = await session.fetch(columns, accounts.c.id, await met(session, sight))
    return {row.id: row.person_id for row in found}

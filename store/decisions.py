"""What people decide of accounts and persons: confirm, reject, split, undo. Each is rows in the trail of
links; nothing is changed there or taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import uuid4, uuid5

from sqlalchemy import Row, func, or_, select

from store.feed import touch
from store.joining import PERSON, own_person, rejoin
from store.links import append, holding, mates, trails
from store.open import Store
from store.principal import Principal
from store.schema import accounts
from store.schema_people import account_links
from store.session import Session
from store.sight import Sight, look
from store.sight_people import may_decide, whose

Verdict = Literal["confirmed", "rejected", "split"]


class DecisionError(Exception):
    """The decision cannot be taken. The message is one sentence: what, why, who can mend it."""


class NotAllowed(DecisionError):
    """Whoever decides may not."""


class NotKnown(DecisionError):
    """There is no such account or person that the caller may see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """``other`` is the account of ``person`` for which ``score`` and ``evidence`` speak most. ``person`` is
    None where an account is split off."""

    verdict: Verdict
    account: str
    person: str | None = None
    by: str
    at: datetime
    other: str | None = None
    score: float | None = None
    evidence: Sequence[Mapping[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What came of it: the accounts that it concerned, and whose the account is now."""

    id: str
    account: str
    person: str
    accounts: Sequence[str]


async def decide(store: Store, principal: Principal, decision: Decision) -> Decided:
    """Raises NotAllowed, NotKnown, or DecisionError where the decision would change nothing."""
    async with store.database.writing() as session:
        await _seen(session, await look(session, principal, decision.at), decision.account, decision.person)
        held = await _held(session, decision.account)
        rows = await VERDICTS[decision.verdict](session, decision, held)
        made = {
            "decision_id": str(uuid4()),
            "decided_by": decision.by,
            "decided_at": decision.at,
            "score": decision.score,
            "evidence": list(decision.evidence),
        }
        return await _written(session, decision.account, [{**row, **made} for row in rows])


async def undo(store: Store, principal: Principal, account: str | None, by: str, at: datetime) -> Decided:
    """Take back the last decision, or the last that concerned an account, on either side of it. Raises as
    ``decide`` does."""
    async with store.database.writing() as session:
        sight = await look(session, principal, at)
        await _seen(session, sight, account, None)
        last = await _last(session, account)
        await _seen(session, sight, last[0].account_id, None)
        concerned = sorted({row.account_id for row in last})
        known = await trails(session, concerned)
        back = {"decided_by": by, "decided_at": at, "undoes": last[0].decision_id, "state": "undone"}
        rows = []
        for account_id in concerned:
            left = [row for row in known[account_id] if row.decision_id != last[0].decision_id]
            rows.append({**back, "account_id": account_id, "person_id": holding(left).person_id})
        await append(session, rows)
        await rejoin(session, concerned, at)
        await touch(session)
        [now] = await session.fetch([accounts.c.person_id], accounts.c.id, [last[0].account_id])
        return Decided(
            id=last[0].decision_id, account=last[0].account_id, person=now.person_id, accounts=concerned
        )


async def _written(session: Session, account: str, rows: Sequence[Mapping[str, Any]]) -> Decided:
    await append(session, rows)
    await touch(session)
    [now] = await session.fetch([accounts.c.person_id], accounts.c.id, [account])
    concerned = sorted({row["account_id"] for row in rows})
    return Decided(id=rows[0]["decision_id"], account=account, person=now.person_id, accounts=concerned)


async def _seen(session: Session, sight: Sight, account: str | None, person: str | None) -> None:
    if not may_decide(sight.principal):
        raise NotAllowed(
            "Whose an account is decides somebody with the role pmo or admin, and this is "
            f"{sight.principal.role}; an admin can make a key: tspmo keys create."
        )
    visible = await whose(session, sight)
    if account is not None and account not in visible:
        raise NotKnown(f"There is no account {account} that you may see; /v1/people lists those.")
    if person is not None and person not in visible.values():
        raise NotKnown(f"There is no person {person} that you may see; /v1/people lists those.")


async def _held(session: Session, account: str) -> Row[Any]:
    columns = [accounts.c.id, accounts.c.name, accounts.c.person_id]
    [row] = await session.fetch(columns, accounts.c.id, [account])
    if row.person_id is None:
        raise DecisionError(
            f"{row.name} ({account}) is a bot or a group, and those are no person's accounts."
        )
    return row


Rows = list[dict[str, Any]]


async def _confirm(session: Session, decision: Decision, held: Row[Any]) -> Rows:
    """What is joined with the account goes along."""
    if held.person_id == decision.person:
        raise DecisionError(
            f"{held.name} is an account of {decision.person} already; nothing is to be confirmed."
        )
    return [
        {
            "account_id": account_id,
            "person_id": decision.person,
            "state": "confirmed",
            "other_id": decision.other,
        }
        for account_id in await mates(session, held.person_id)
    ]


async def _reject(session: Session, decision: Decision, held: Row[Any]) -> Rows:
    if held.person_id == decision.person:
        raise DecisionError(
            f"{held.name} is an account of {decision.person} now; to take it out, split it off (split)."
        )
    return [
        {"account_id": held.id, "person_id": decision.person, "state": "rejected", "other_id": other}
        for other in await mates(session, decision.person or "")
    ]


async def _split(session: Session, decision: Decision, held: Row[Any]) -> Rows:
    """The account becomes a person of its own. Where it gave its person the id, the others keep that."""
    others = [one for one in await mates(session, held.person_id) if one != held.id]
    if not others:
        raise DecisionError(
            f"{held.name} is the only account of its person; there is nothing to split it from."
        )
    own = own_person(held.id)
    fresh = own if own != held.person_id else str(uuid5(PERSON, f"split|{held.id}|{decision.at.isoformat()}"))
    return [
        {"account_id": held.id, "person_id": fresh, "state": "split", "other_id": other} for other in others
    ]


VERDICTS = {"confirmed": _confirm, "rejected": _reject, "split": _split}


async def _last(session: Session, account: str | None) -> Sequence[Row[Any]]:
    """All rows of the newest decision that is in force."""
    of = account_links.c
    undone = select(of.undoes).where(of.undoes.is_not(None))
    found = select(of.decision_id).where(of.decision_id.is_not(None), of.decision_id.not_in(undone))
    if account is not None:
        found = found.where(or_(of.account_id == account, of.other_id == account))
    newest = found.group_by(of.decision_id).order_by(func.min(of.n).desc()).limit(1)
    last = (await session.run(newest)).scalar()
    if last is None:
        which = "on this account " if account else ""
        raise DecisionError(f"No decision {which}is in force, so that there is none to undo.")
    return await session.all(select(account_links).where(of.decision_id == last).order_by(of.n))

"""``Prefer: fresh=SECONDS`` (RFC 7240): an answer over scopes that are no older, or why there is none."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, NoReturn

from fastapi import Header, Request

from api.options import Service
from api.problems import BadPreference, NotFresh, ParameterError
from store.lateness import AHEAD
from store.queries_standing import Standing
from store.reader import Reader
from store.views import ItemQuery
from sync.requests import Ticket

DESCRIPTION = (
    "`fresh=SECONDS`: scopes that the question touches and that were read longer ago are read first, within "
    "`wait=SECONDS` (20 by default, 60 at most); else the answer is 409 with the reason (RFC 7240)."
)
PREFERENCE = re.compile(
    r"""\s*([\w!#$%&'*+.^`|~-]+)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^\s,;"]*))?\s*(;[^,]*)?\s*,?"""
)
WAIT, LONGEST = 20, 60
STEP = 0.5
"""Seconds between two looks at whether it was read."""
IDLE = (
    "no worker lives that would read it; whoever runs this installation can start tspmo serve or tspmo worker"
)


@dataclass(frozen=True, slots=True)
class Wish:
    """How old a scope may be, and how long to wait until it is no older, in seconds."""

    fresh: int
    wait: int


def preference(
    request: Request,
    prefer: Annotated[
        str | None, Header(alias="Prefer", description=DESCRIPTION, examples=["fresh=300"])
    ] = None,
) -> Wish | None:
    """What a request prefers, in however many header fields. Raises BadPreference."""
    return None if prefer is None else wish(",".join(request.headers.getlist("prefer")))


def wish(text: str) -> Wish | None:
    """The first of several of one name holds, and what is not known is passed over, as RFC 7240 has it."""
    told: dict[str, str] = {}
    for name, value, _ in PREFERENCE.findall(text):
        told.setdefault(name.lower(), value.strip('"'))
    if "fresh" not in told:
        return None
    return Wish(_seconds("fresh", told["fresh"]), min(LONGEST, _seconds("wait", told.get("wait", str(WAIT)))))


def _seconds(name: str, value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", value):
        expected = f"{name}=SECONDS with a whole number, like {name}=60"
        got = repr(f"{name}={value}")[:100]
        raise BadPreference(ParameterError(location="header", name="Prefer", expected=expected, got=got))
    return int(value)


async def made_fresh(request: Request, built: Service, reader: Reader, wish: Wish) -> None:
    """Returns once no scope that the question touches is older than wished for. Raises NotFresh."""
    asked = Asked(reader, await _named(request, reader), wish, built.clock())
    old = await asked.old(built.clock())
    if not old:
        return
    requests = built.options.requests
    if requests is None or not await requests.attended():
        asked.refuse(old, IDLE, built.clock())
    tickets = await requests.refresh([one.scope for one in old])
    end = asked.at + timedelta(seconds=wish.wait)
    while old and built.clock() < end and not _settled(tickets, end):
        await built.options.sleep(STEP)
        tickets = [await requests.look(ticket) for ticket in tickets]
        old = await asked.old(built.clock())
    if old:
        asked.refuse(old, _why(old[0], tickets, wish), built.clock())


def _settled(tickets: Collection[Ticket], end: datetime) -> bool:
    """Whether waiting on is in vain."""
    return all(ticket.ended or (ticket.until is not None and ticket.until > end) for ticket in tickets)


@dataclass(frozen=True, slots=True)
class Asked:
    reader: Reader
    query: ItemQuery
    wish: Wish
    at: datetime

    async def old(self, now: datetime) -> Sequence[Standing]:
        """Those that are older than wished for, but for what was read since it was asked for."""
        limit = min(self.at, now - timedelta(seconds=self.wish.fresh))
        found = await self.reader.standings(self.query)
        return [
            one for one in found if one.complete_at is None or not limit <= one.complete_at <= now + AHEAD
        ]

    def refuse(self, old: Sequence[Standing], reason: str, now: datetime) -> NoReturn:
        first, more = old[0], f" (and {len(old) - 1} more)" if len(old) > 1 else ""
        age = "never read to its end"
        if first.complete_at is not None:
            age = f"read {max(0, int((now - first.complete_at).total_seconds()))} s ago"
        raise NotFresh(
            f"{first.name} of {first.connection}{more} was {age}, where Prefer asks for at most "
            f"{self.wish.fresh} s: {reason.rstrip('.')}. Without Prefer the answer is what there is."
        )


def _why(scope: Standing, tickets: Collection[Ticket], wish: Wish) -> str:
    until = next((one.until for one in tickets if one.connection == scope.connection and one.until), None)
    if until is not None:
        return (
            f"its tracker wants to be left alone until {until:%Y-%m-%d %H:%M:%S} UTC, and is asked again then"
        )
    if scope.trouble is not None:
        return scope.trouble
    if scope.reading is not None:
        return scope.reading
    return f"no worker came to it within {wish.wait} s; Prefer: wait=SECONDS waits longer, up to {LONGEST}"


async def _named(request: Request, reader: Reader) -> ItemQuery:
    """The scopes that the path or the filters name."""
    query, path = request.query_params, request.path_params
    item = await reader.item(path["item_id"]) if "item_id" in path else None
    scopes = [*query.getlist("scope"), *([item.scope] if item else [])]
    return ItemQuery(
        tracker=query.getlist("tracker"),
        connection=[*query.getlist("connection"), *_one(path.get("connection_id"))],
        scope=[*scopes, *_one(path.get("scope_id"))],
        project=[*query.getlist("project"), *_one(path.get("project_id"))],
        team=query.getlist("team"),
    )


def _one(name: str | None) -> list[str]:
    return [] if name is None else [name]

"""GET /v1/connections/{id}/check: what ``tspmo check`` says of a connection, asked of its tracker now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Request, Response

from api import examples
from api.access import principal, service
from api.asking import HEADERS, refuse_unknown
from api.documents import asked_now
from api.envelope import Answer, meta, reach
from api.problems import Conflict, Forbidden, Missing
from api.routing import versioned
from api.tables import JSON
from config.preflight import Preflight
from store.principal import Principal

ROUTER = versioned("operations")


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionEntry:
    """``mend`` says who can give it."""

    name: str
    held: bool
    mend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachEntry:
    """A scope that the account sees. ``read``: a sync would read it."""

    id: str
    key: str | None
    name: str
    closed: bool
    read: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckEntry:
    """Who we are to the tracker, what we may do, and the scopes in reach. ``ok``: nothing is in the way of a
    sync; else ``troubles`` say what is, and who can mend it."""

    connection: str
    tracker: str
    ok: bool
    site: str | None
    account: str | None
    edition: str | None
    time_zone: str | None
    clock_skew_seconds: float | None
    permissions: Sequence[PermissionEntry]
    scopes: Sequence[ReachEntry]
    troubles: Sequence[str]


def check_entry(result: Preflight) -> CheckEntry:
    identity = result.identity
    skew = identity.clock_skew if identity else None
    return CheckEntry(
        connection=result.connection,
        tracker=result.tracker,
        ok=result.ok,
        site=identity.site if identity else None,
        account=identity.account_name if identity else None,
        edition=identity.edition if identity else None,
        time_zone=identity.time_zone if identity else None,
        clock_skew_seconds=skew.total_seconds() if skew is not None else None,
        permissions=[
            PermissionEntry(name=one.name, held=one.held, mend=one.mend)
            for one in (identity.permissions if identity else ())
        ],
        scopes=[
            ReachEntry(
                id=scope.id,
                key=scope.key,
                name=scope.name,
                closed=scope.closed,
                read=scope.id in result.wanted,
            )
            for scope in result.scopes
        ],
        troubles=list(result.troubles),
    )


EXAMPLE = Answer(
    data=CheckEntry(
        connection="boards",
        tracker="trello",
        ok=False,
        site="https://trello.com",
        account="TS PMO reader",
        edition=None,
        time_zone=None,
        clock_skew_seconds=1.0,
        permissions=[PermissionEntry(name="read", held=True, mend="")],
        scopes=[
            ReachEntry(
                id="5f0c1d2e3a4b5c6d7e8f9a0b", key=None, name="Website relaunch", closed=False, read=True
            )
        ],
        troubles=[
            "boards: the configuration names the scope 'Office move', and trello shows this account no scope "
            "with that id, key or name. Mend it in tspmo.toml, or let an administrator of the tracker give "
            "the account access."
        ],
    ),
    meta=examples.META,
)


@ROUTER.get(
    "/connections/{connection_id}/check",
    summary="Check a connection",
    responses=asked_now(Answer[CheckEntry], EXAMPLE, problems=(404, 409)),
)
async def check_connection(
    request: Request,
    who: Annotated[Principal, Depends(principal)],
    connection_id: Annotated[str, Path(description="The name of the connection.", examples=["boards"])],
) -> Response:
    """For pmo and admin. Asks the tracker at this moment: whether it takes the token, which permissions are
    needed and held, whether each configured scope is in reach, and how far the clocks are apart. Reads no
    item and changes nothing."""
    refuse_unknown(request)
    if who.role not in ("pmo", "admin"):
        raise Forbidden(
            f"A connection is checked by somebody with the role pmo or admin, and this is {who.role}; an "
            "admin can make a key: tspmo keys create."
        )
    built = service(request)
    reader = built.store.reader(who, built.clock)
    if all(one.id != connection_id for one in await reader.connections()):
        raise Missing(f"There is no connection {connection_id!r}; /v1/connections lists them.")
    if built.options.check is None:
        raise Conflict("This service was started without its connections; tspmo check asks the tracker too.")
    result = await built.options.check(connection_id)
    told = meta(reach(await reader.coverage()), built.clock())
    return Response(
        JSON.encode(Answer(data=check_entry(result), meta=told)), 200, HEADERS, "application/json"
    )

"""Who asks: an API key, or the person at this machine while no key exists."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import Annotated, cast

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.options import Service
from api.problems import Forbidden, Unauthenticated
from store.keys import any_keys, find_principal
from store.principal import LOCAL, Principal

BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="API key",
    description="A key made with `tspmo keys create`: `Authorization: Bearer tspmo_…`. While no key exists, "
    "callers on the machine itself are let in as admin, and nobody else is.",
)


def service(request: Request) -> Service:
    return cast(Service, request.app.state.service)


async def principal(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
) -> Principal:
    """Raises Unauthenticated without a valid key, Forbidden where only this machine is served."""
    built = service(request)
    if credentials is not None:
        found = await find_principal(built.store, credentials.credentials, built.clock())
        if found is None:
            raise Unauthenticated("This API key is not known here; an admin can make one: tspmo keys create.")
        return found
    if "authorization" in request.headers:
        raise Unauthenticated("The Authorization header should read: Bearer, a space, and an API key.")
    if await any_keys(built.store):
        raise Unauthenticated("An API key is needed: Authorization: Bearer tspmo_…; an admin can make one.")
    if not (built.options.insecure_local and _local(request)):
        raise Forbidden(
            "No API key exists yet, so that only callers on the server's own machine are let in; "
            "whoever runs the server can make a key: tspmo keys create."
        )
    return LOCAL


def _local(request: Request) -> bool:
    """The caller's address is loopback, and so is the name it asked for: a page in a browser on this
    machine that has made its own host name point here is refused."""
    return request.client is not None and _loopback(request.client.host) and _loopback(request.url.hostname)


def _loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        address = ip_address(host or "")
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback

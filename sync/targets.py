"""Which addresses others may have us tell something: public ones over TLS, and networks of our own only where
the configuration names them. Whoever may make a subscription could else reach through us what only this
machine reaches (https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)

import httpx

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str], Awaitable[Sequence[str]]]
"""The addresses of a host, as text. Raises OSError."""

LONGEST = 2000
TRANSLATED = IPv6Network("64:ff9b::/96")
"""Addresses of IPv4 as seen through a translator: https://www.rfc-editor.org/rfc/rfc6052"""


class Refused(Exception):
    """Nothing is sent there. The message is a sentence."""


async def resolved(host: str) -> Sequence[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


@dataclass(frozen=True, slots=True)
class Guard:
    """``networks`` are our own that may be told something all the same."""

    networks: Sequence[Network] = ()
    resolve: Resolve = resolved

    def check(self, url: str) -> httpx.URL:
        """All that can be said of a URL without asking anybody. Raises Refused."""
        try:
            target = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise Refused(f"The URL cannot be read: expected https://HOST/PATH ({error}).") from error
        if len(url) > LONGEST or target.scheme not in ("http", "https") or not target.host:
            raise Refused(
                f"The URL is none to deliver to: expected https://HOST/PATH, up to {LONGEST} letters."
            )
        if target.userinfo or target.fragment:
            raise Refused("The URL has a user or a fragment: expected https://HOST/PATH without.")
        known = _literal(target.host)
        if known is not None:
            self._permit(target, known)
        elif target.scheme == "http":
            raise Refused(f"{target.host} would be told something in the open: expected https.")
        return target

    async def address(self, target: httpx.URL) -> Address:
        """Where to send what is for the target, looked up now: a name can come to mean another address after
        it was looked at, so that it is not looked up again. Raises Refused, OSError."""
        known = _literal(target.host)
        try:
            found = [known] if known else [ip_address(text) for text in await self.resolve(target.host)]
        except UnicodeError as error:  # how Python says that a name is no name
            raise Refused(f"{target.host} is no name of a host: expected https://HOST/PATH.") from error
        for address in found:
            self._permit(target, address)
        if not found:
            raise Refused(f"{target.host} has no address.")
        return found[0]

    def _permit(self, target: httpx.URL, address: Address) -> None:
        meant = _meant(address)
        named = any(meant[-1] in network for network in self.networks)
        if not named and not all(one.is_global and not one.is_multicast for one in meant):
            raise Refused(
                f"{target.host} lies in a network of our own ({address}): expected a public address; whoever "
                "runs this installation can name the network in [outgoing] networks."
            )
        if target.scheme == "http" and not meant[-1].is_loopback:
            raise Refused(f"{target.host} would be told something in the open: expected https.")


def _literal(host: str) -> Address | None:
    if host == "localhost":
        return IPv4Address("127.0.0.1")
    try:
        return ip_address(host)
    except ValueError:
        return None


def _meant(address: Address) -> list[Address]:
    """The address, and the one of IPv4 that is in it, which is where it leads in the end."""
    if isinstance(address, IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address in TRANSLATED:
        return [address, IPv4Address(int(address) & 0xFFFFFFFF)]
    inner = address.sixtofour or (address.teredo and address.teredo[1])
    return [address, inner] if inner else [address]

"""Where subscribers may lie."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_network

import pytest

from sync.targets import Guard, Refused

WITHIN = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104
    "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:10.1.2.3",
    "64:ff9b::a01:203", "2002:a01:203::1",
]  # fmt: skip


@pytest.mark.parametrize("address", WITHIN)
async def test_addresses_of_our_own_networks_are_refused_however_they_are_written(address: str) -> None:
    async def resolve(_host: str) -> Sequence[str]:
        return ["8.8.8.8", address]

    literal = f"[{address}]" if ":" in address else address
    with pytest.raises(Refused, match="network of our own"):
        Guard().check(f"https://{literal}/hook")
    guard = Guard((), resolve)
    with pytest.raises(Refused, match="network of our own"):
        await guard.address(guard.check("https://hooks.example.org/hook"))


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://hooks.example.org/", "in the open"),
        ("http://8.8.8.8/", "in the open"),
        ("http://localhost/", "network of our own"),
        ("https://localhost/", "network of our own"),
        ("https://user:secret@hooks.example.org/", "a user or a fragment"),
        ("https://hooks.example.org/#part", "a user or a fragment"),
        ("ftp://hooks.example.org/", "none to deliver to"),
        ("https:///hook", "none to deliver to"),
        ("hooks.example.org/hook", "none to deliver to"),
        ("https://hooks.example.org:port/", "cannot be read"),
        ("https://hooks.example.org/" + "x" * 2000, "none to deliver to"),
        ("", "none to deliver to"),
    ],
)
def test_what_is_no_place_to_deliver_to_is_refused(url: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        Guard().check(url)


async def test_a_network_that_is_named_may_be_told() -> None:
    guard = Guard([ip_network("10.0.0.0/8"), ip_network("127.0.0.0/8")])
    assert str(await guard.address(guard.check("https://10.1.2.3/hook"))) == "10.1.2.3"
    assert await guard.address(guard.check("https://[::ffff:10.1.2.3]/hook"))
    assert str(await guard.address(guard.check("http://localhost:8080/hook"))) == "127.0.0.1"
    with pytest.raises(Refused, match="in the open"):
        guard.check("http://10.1.2.3/hook")
    with pytest.raises(Refused, match="network of our own"):
        guard.check("https://192.168.1.1/hook")


async def test_a_public_address_may_be_told_and_no_name_is_none() -> None:
    assert str(await Guard().address(Guard().check("https://8.8.8.8/hook"))) == "8.8.8.8"
    long = f"https://{'a' * 64}.example.org/"
    with pytest.raises(Refused):
        await Guard().address(Guard().check(long))

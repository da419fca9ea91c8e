"""Deliveries as a tracker or somebody else may make them. No test."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from connectors.base import Delivery, Received
from connectors.errors import TrackerError, Unauthorized, Unexpected

ODD: Sequence[Any] = (
    None, 7, -1, "", "x", [], {}, [[[]]], True, 1e308, {"id": {}}, "\ud800", 10**30, "../1", 5.5,
)  # fmt: skip
NO_JSON: Sequence[bytes] = (
    b"", b"null", b"[]", b'"text"', b"{", b"\xff\xfe", b"{}", b"<html>", b"[" * 100_000,
    b'{"events": ' + b"[" * 100_000, b'{"events": [' + b"9" * 5000 + b"]",
)  # fmt: skip


def delivery(body: bytes, method: str = "POST", **headers: str) -> Delivery:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return Delivery(method=method, path="/webhooks/tracker/token", headers=told, body=body)


def mutated(seed: int, bodies: Sequence[Any]) -> bytes:
    """One of the bodies with some values and some bytes replaced, or cut."""
    chance = random.Random(seed)  # noqa: S311
    told = json.loads(json.dumps(chance.choice(bodies)))
    for part in _objects(told):
        if part and chance.random() < 0.4:
            part[chance.choice(sorted(part))] = chance.choice(ODD)
    raw = bytearray(json.dumps(told).encode())
    for _ in range(chance.choice([0, 0, 1, 4])):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    return bytes(raw[: chance.randrange(len(raw))] if chance.random() < 0.1 else raw)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(one)


def never_astray(
    bodies: Sequence[Any], receive: Callable[[Delivery], Received], signed: Callable[[bytes], Delivery],
    forged: Callable[[bytes], Delivery],
) -> None:  # fmt: skip
    """Two thousand mutants of the bodies: let in only signed, and then read or refused, with sound ids."""
    read = 0
    for seed in range(2000):
        body = mutated(seed, bodies)
        try:
            made = receive(signed(body))
        except TrackerError as error:
            assert isinstance(error, Unexpected)
        else:
            read += 1
            ids = [part for hint in made.hints for part in (hint.scope_id, hint.item_id) if part]
            assert all(one.isascii() and one.replace(":", "").isalnum() for one in ids)
            assert all(len(name) <= 80 and name.isprintable() for name in made.unknown)
            assert made.status == 200
        for other in (delivery(body), forged(body)):
            with pytest.raises(Unauthorized):
                receive(other)
    assert 300 < read < 1950

"""Ids as the trackers write them. Deterministic: the same parts give the same id."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from random import Random

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def seconds(at: datetime) -> str:
    """The creation time in a Trello id: its first eight hex digits are Unix seconds."""
    return f"{int(at.timestamp()):08x}"


def card_id(at: datetime, rng: Random) -> str:
    return f"{seconds(at)}{rng.getrandbits(64):016x}"


def derived_id(at: datetime, *parts: object) -> str:
    """A Trello id of something that the story has no id for: a list, a label, a custom field …"""
    digest = sha256("|".join(map(str, parts)).encode()).hexdigest()
    return seconds(at) + digest[:16]


def action_id(at: datetime, number: int) -> str:
    """Trello's action ids grow with time, also within one second."""
    return f"{seconds(at)}{at.microsecond // 1000:03x}{number:013x}"


def gid(*parts: object) -> str:
    """An Asana gid or a Smartsheet id, of sixteen digits: exact in a double."""
    number = int(sha256("|".join(map(str, parts)).encode()).hexdigest()[:16], 16)
    return str(1_200_000_000_000_000 + number % 7_000_000_000_000_000)


def short_link(rng: Random) -> str:
    return "".join(rng.choice(BASE62) for _ in range(8))

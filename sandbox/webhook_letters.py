"""What goes to a receiver of webhooks and what comes back. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.story import Home


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One request to a receiver. ``hook`` is the webhook that it is for: its letters go one after the other.
    ``told`` names what it tells of; ``attempt`` counts from 0. ``forgery`` are the headers in which somebody
    would send it who does not know the secret."""

    tracker: Home
    hook: str
    url: str
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    told: tuple[str, ...] = ()
    attempt: int = 0
    forgery: Mapping[str, str] = field(default_factory=dict)
    forged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the receiver said; status 0 is no answer, and then ``why``. Names of headers are lower-case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    why: str = ""

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Sent:
    """A letter, what it was answered with, and when, by the world's clock."""

    letter: Letter
    reply: Reply
    at: datetime

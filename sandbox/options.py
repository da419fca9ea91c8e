"""What a sandbox can be asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from sandbox.fault_kinds import Wanted
from sandbox.jira_catalogue import ZONE
from sandbox.quirks import Quirks
from sandbox.story import Home
from sandbox.world import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class DataCenter:
    """What an administrator of Jira Data Center decides. From version 11 on, Basic is switched off unless
    ``basic`` says otherwise. ``bucket`` requests are let through at once and ``fill`` more each second."""

    version: str = "10.3.4"
    basic: bool | None = None
    page_cap: int = 1000
    window: int = 10_000
    bucket: int = 500
    fill: int = 100

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.version.split("."))


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxOptions:
    """``port`` 0 takes free ports, else that one and the following. ``today`` None is the real day (UTC).

    ``budgets`` are the vendors' rate limits; ``clock`` replaces the one that the story's day implies.
    ``homes`` are the trackers that the story is told on, None for all that there are servers for.
    ``account_zone`` is the IANA time zone in the profile of the account that reads a Jira site. Jira's search
    sees each write only after some time of up to ``search_lag``, told by the write. ``faults`` are on
    from the start.
    """

    seed: int = 7
    items: int = 600
    latency_ms: int = 0
    port: int = 0
    today: date | None = None
    quirks: Quirks = field(default_factory=Quirks)
    budgets: bool = True
    clock: Clock | None = None
    homes: tuple[Home, ...] | None = None
    account_zone: str = ZONE
    search_lag: timedelta = timedelta(0)
    data_center: DataCenter = field(default_factory=DataCenter)
    faults: tuple[Wanted, ...] = ()

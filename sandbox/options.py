"""What a sandbox can be asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sandbox.quirks import Quirks
from sandbox.world import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxOptions:
    """``port`` 0 takes free ports, else that one and the following. ``today`` None is the real day (UTC).

    ``budgets`` are the vendors' rate limits; ``clock`` replaces the one that the story's day implies.
    """

    seed: int = 7
    items: int = 600
    latency_ms: int = 0
    port: int = 0
    today: date | None = None
    quirks: Quirks = field(default_factory=Quirks)
    budgets: bool = True
    clock: Clock | None = None

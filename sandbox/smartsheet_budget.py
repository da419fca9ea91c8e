"""Smartsheet's rate limit: 300 requests a minute for a token, of which a cell's history counts as ten.

https://developers.smartsheet.com/api/smartsheet/guides/advanced-topics/scalability-options
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

A_MINUTE = 300
WEIGHT_OF_HISTORY = 10


@dataclass(slots=True)
class Minute:
    """Opens with the first request and closes after sixty seconds."""

    used: int = 0
    until: datetime | None = None

    def take(self, weight: int, now: datetime) -> bool:
        """False when that is more than is left."""
        if self.until is None or now >= self.until:
            self.used, self.until = 0, now + timedelta(seconds=60)
        if self.used + weight > A_MINUTE:
            return False
        self.used += weight
        return True

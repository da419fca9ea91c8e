"""What a tracker suffers from at present, as far as its server itself must behave otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(slots=True, kw_only=True)
class Conditions:
    """Of one tracker. ``skew`` is by how much its clock is wrong; ``zone`` and ``lag`` stand in for what the
    options say; ``suffix`` ends the names of Jira's statuses; ``restarts`` says how often it lost its
    cursors, ``forgotten`` how many that came it no longer knew."""

    skew: timedelta = timedelta(0)
    zone: str | None = None
    lag: timedelta | None = None
    suffix: str = ""
    restarts: int = 0
    forgotten: int = 0

    def knows(self, restarts: int) -> bool:
        """Whether a cursor is still good that was made after so many restarts."""
        if restarts == self.restarts:
            return True
        self.forgotten += 1
        return False

"""Trello's rate limits: https://developer.atlassian.com/cloud/trello/guides/rest-api/rate-limits/

A window opens with the first request and closes after its interval. No Retry-After is ever sent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.trello_refusals import Refused, too_many_requests


@dataclass(slots=True)
class Window:
    most: int
    per: timedelta
    used: int = 0
    until: datetime | None = None

    def take(self, now: datetime) -> bool:
        """False when the window is full."""
        if self.until is None or now >= self.until:
            self.used, self.until = 0, now + self.per
        if self.used >= self.most:
            return False
        self.used += 1
        return True

    def headers(self, of: str) -> dict[str, str]:
        return {
            f"x-rate-limit-api-{of}-interval-ms": str(int(self.per.total_seconds() * 1000)),
            f"x-rate-limit-api-{of}-max": str(self.most),
            f"x-rate-limit-api-{of}-remaining": str(self.most - self.used),
        }


@dataclass(slots=True)
class Budgets:
    """There is one key and one token here, so one window of each kind."""

    key: Window = field(default_factory=lambda: Window(300, timedelta(seconds=10)))
    token: Window = field(default_factory=lambda: Window(100, timedelta(seconds=10)))
    members: Window = field(default_factory=lambda: Window(100, timedelta(seconds=900)))

    def refusal(self, path: str, now: datetime) -> Refused | None:
        """Spend one request of every limit that the path counts against."""
        if not self.key.take(now):
            return too_many_requests("API_KEY_LIMIT_EXCEEDED")
        if not self.token.take(now):
            return too_many_requests("API_TOKEN_LIMIT_EXCEEDED")
        if path.startswith("/members/") and not self.members.take(now):
            return too_many_requests("RATE_LIMIT_EXCEEDED", "Exceeded rate limit to /1/member")
        return None

    def headers(self) -> dict[str, str]:
        return {**self.key.headers("key"), **self.token.headers("token")}

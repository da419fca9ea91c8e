"""How Asana cuts listings into pages: https://developers.asana.com/docs/pagination"""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlencode

from sandbox.asana_budgets import Limits
from sandbox.asana_refusals import Refused, invalid, too_large, truncated
from sandbox.asana_things import Body, Thing
from sandbox.conditions import Conditions
from sandbox.quirks import Quirks

BASE = "https://app.asana.com/api/1.0"
MOST = 100
OFFSET_LIFE = timedelta(minutes=15)
"""The vendor says that offsets expire, not when."""
NO_PART = ("limit", "offset", "opt_pretty")
"""Parameters that may differ from page to page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """One listing as somebody asks for it."""

    path: str
    params: Mapping[str, str]
    now: datetime
    quirks: Quirks
    limits: Limits
    conditions: Conditions

    def page(self, found: Sequence[Thing]) -> tuple[Sequence[Thing], Body]:
        """The page asked for and what stands beside it: nothing, or where the next one is."""
        limit, offset = self._limit(), self.params.get("offset")
        if limit is None:
            if self.quirks.too_large_400 and len(found) > self.limits.unpaged:
                raise too_large()
            return found, {}
        start = self._start(found, offset) if offset else 0
        end = start + limit
        page = found[start:end]
        if end >= len(found):
            return page, {"next_page": None}
        if end >= self.limits.longest:
            raise truncated()
        return page, {"next_page": self._next(page[-1], end)}

    def _limit(self) -> int | None:
        text = self.params.get("limit")
        if text is None:
            return None
        if not text.isdecimal() or int(text) < 1 or (self.quirks.page_cap and int(text) > MOST):
            raise invalid("limit", f"Must be a number from 1 to {MOST}")
        return int(text)

    def _next(self, last: Thing, end: int) -> Body:
        token = self._token(last, end)
        query = urlencode({**self.params, "offset": token})
        return {"offset": token, "path": f"{self.path}?{query}", "uri": f"{BASE}{self.path}?{query}"}

    def _token(self, last: Thing, end: int) -> str:
        place = [self._digest(), self.now.timestamp(), last.gid, end, self.conditions.restarts]
        text = json.dumps(place, separators=(",", ":"))
        return urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def _start(self, found: Sequence[Thing], offset: str) -> int:
        """After the row that the page before ended with, wherever that stands by now."""
        try:
            digest, made, gid, end, restarts = json.loads(
                urlsafe_b64decode(offset + "=" * (-len(offset) % 4))
            )
        except (binascii.Error, ValueError, TypeError) as error:
            raise _bad_offset() from error
        if digest != self._digest():
            raise _bad_offset()
        if self.quirks.offsets_expire and self.now.timestamp() - made > OFFSET_LIFE.total_seconds():
            raise invalid("offset", "Your pagination token has expired.")
        if not self.conditions.knows(restarts):
            raise invalid("offset", "Your pagination token has expired.")
        return next((place + 1 for place, one in enumerate(found) if one.gid == gid), int(end))

    def _digest(self) -> str:
        same = sorted((key, value) for key, value in self.params.items() if key not in NO_PART)
        return sha256(json.dumps([self.path, same]).encode()).hexdigest()[:16]


def _bad_offset() -> Refused:
    return invalid("offset", "Your pagination token is invalid.")

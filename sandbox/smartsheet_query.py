"""What a request asks for: the parameters that Smartsheet knows, each read or refused in its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sandbox.conditions import Conditions
from sandbox.quirks import Quirks
from sandbox.smartsheet_cells import Shown
from sandbox.smartsheet_refusals import BAD_VALUE, Refused

PAGE = 100
LARGEST = 2
"""The highest ``level`` of sheets."""


@dataclass(frozen=True, slots=True)
class Query:
    params: Mapping[str, str]
    quirks: Quirks
    conditions: Conditions = field(default_factory=Conditions)

    def number(self, name: str, default: int, least: int = 1) -> int:
        text = self.params.get(name)
        if not text:
            return default
        if not (text.isascii() and text.isdecimal()) or int(text) < least:
            raise Refused(BAD_VALUE, text, name)
        return int(text)

    def flag(self, name: str) -> bool:
        return self.params.get(name, "").lower() == "true"

    def listed(self, name: str) -> list[str]:
        return [part.strip() for part in self.params.get(name, "").split(",") if part.strip()]

    def numbers(self, name: str) -> list[int]:
        for text in self.listed(name):
            if not (text.isascii() and text.isdecimal()):
                raise Refused(BAD_VALUE, text, name)
        return [int(text) for text in self.listed(name)]

    def includes(self, name: str) -> bool:
        return name in self.listed("include")

    def excludes(self, name: str) -> bool:
        return name in self.listed("exclude")

    def since(self, name: str) -> datetime | None:
        """ISO 8601 with an offset, or milliseconds since 1970."""
        text = self.params.get(name)
        if not text:
            return None
        try:
            at = datetime.fromtimestamp(int(text) / 1000, UTC) if text.isdecimal() else _iso(text)
        except (ValueError, OverflowError, OSError) as error:
            raise Refused(BAD_VALUE, text, name) from error
        return at

    @property
    def level(self) -> int:
        """The vendor's highest where more is asked for."""
        asked = self.number("level", 0, least=0)
        return min(asked, LARGEST) if self.quirks.text_below_level else LARGEST

    @property
    def shown(self) -> Shown:
        return Shown(
            level=self.level,
            objects=self.includes("objectValue") or not self.quirks.objects_on_request,
            types=self.includes("columnType"),
            local=self.quirks.local_durations,
        )

    def time(self, at: datetime) -> str | int:
        """Of the system: text in whole seconds, or milliseconds with ``numericDates``."""
        at = at.replace(microsecond=0)
        if self.flag("numericDates"):
            return int(at.timestamp()) * 1000
        return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _iso(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at

"""What the oracles share: who is asked, how fast, in which words they answer. None of it reads for the sync.

An oracle reads items through a vendor's own client and tells of each a flat mapping in these words; a word
that the client cannot tell is left out, and an empty value is None or an empty list:

| word | is |
|---|---|
| scope | the id of the board, project, sheet the item stands in |
| key, title, description | as the tracker has them |
| status, type, priority, resolution, section | the tracker's own word |
| closed | whether the tracker itself holds the item for closed |
| archived | whether it, or the place where it stands, is put away |
| parent | the id of the item above |
| start, due | a day ``YYYY-MM-DD``, or an instant |
| completed, created, updated | instants, ISO 8601 in UTC with milliseconds and a ``Z`` |
| assignees, labels | sorted, each once; people by their account's id |
| reporter | an account's id |
| points, estimate_minutes, spent_minutes, remaining_minutes, percent | numbers |
| iterations, linked | sorted ids of sprints, and of items that a link of the tracker leads to |
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Literal, Protocol

import requests
from requests.adapters import HTTPAdapter

Fields = dict[str, Any]
Trouble = Literal["unauthorized", "not_found", "limited", "failed"]
TIMEOUT = 60
"""Seconds; no vendor's client has one of its own."""


class Refused(Exception):
    """The tracker, or its client, does not answer. ``trouble`` says what kind of refusal it is."""

    def __init__(self, trouble: Trouble, message: str) -> None:
        super().__init__(message)
        self.trouble = trouble


class Witness(Protocol):
    """A vendor's client, ready to read. Both raise what that client raises, or Refused."""

    def listed(self, scope: str, /) -> Iterator[tuple[str, Fields]]:
        """What the client's own listing of a scope brings, by id. It may be short: that is the client's."""
        ...

    def one(self, scope: str, id: str, /) -> Fields | None:
        """One item; None where the tracker has no such item for this account."""
        ...


class Pacer:
    """Lets no more than ``requests`` through in any ``per`` seconds."""

    def __init__(
        self,
        requests: int,
        per: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.per = per
        self._clock = clock
        self._sleep = sleep
        self._taken: deque[float] = deque(maxlen=requests)

    def wait(self) -> None:
        if len(self._taken) == self._taken.maxlen:
            self._sleep(max(self._taken[0] + self.per - self._clock(), 0))
        self._taken.append(self._clock())

    def rest(self) -> None:
        """After a refusal for too many requests: until the vendor's window is over."""
        self._sleep(self.per)


class PacedAdapter(HTTPAdapter):
    """For the clients that are built on requests: paced, and never waiting for ever."""

    def __init__(self, pacer: Pacer) -> None:
        super().__init__()
        self._pacer = pacer

    def send(self, request: requests.PreparedRequest, *given: Any, **more: Any) -> requests.Response:
        self._pacer.wait()
        more["timeout"] = more.get("timeout") or TIMEOUT
        return super().send(request, *given, **more)


def credential(credentials: Mapping[str, str], name: str) -> str:
    """Raises Refused where the settings of the connection have no such value."""
    if not credentials.get(name):
        raise Refused("unauthorized", f"the settings of this connection have no {name}")
    return credentials[name]


def instant(text: str | None) -> str | None:
    """ISO 8601 with an offset, as every tracker writes it, in the words' own form."""
    return at(datetime.fromisoformat(text)) if text else None


def at(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return aware.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day(value: date | str | None) -> str | None:
    return value.isoformat() if isinstance(value, date) else value or None


def each_once(values: Iterable[Any]) -> list[Any]:
    """Sorted, without what is empty."""
    return sorted({value for value in values if value})


def minutes(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 60, 2)

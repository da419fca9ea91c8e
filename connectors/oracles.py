"""The second opinion: items read through the vendors' own clients, which share nothing with what we read by.

Each reading runs in a process of its own, since the clients block and some of them can loop for ever: it is
ended when its time is over. The credentials go to it through its standard input, never through its arguments
or environment. It keeps to a part of the connection's own share of the vendor's budget.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from connectors.errors import NotFound, TrackerError, Unauthorized, Unavailable, Unexpected
from connectors.oracle_process import MODULES, main
from connectors.redaction import excerpt

PART = 0.25
"""Of the connection's share of the vendor's budget, so that a sync can go on meanwhile."""
BUDGETS: Mapping[str, tuple[int, float]] = {
    "asana": (150, 60.0),
    "jira_cloud": (100, 1.0),
    "jira_dc": (20, 1.0),
    "smartsheet": (300, 60.0),
    "trello": (100, 10.0),
}
"""Requests in any so many seconds, as the vendors allow them: docs/trackers/ names the pages."""
CLIENTS: Mapping[str, str] = {
    "asana": "asana",
    "jira_cloud": "jira",
    "jira_dc": "jira",
    "smartsheet": "smartsheet-python-sdk",
    "trello": "py-trello",
}
PASSED_ON = (
    "PATH", "LANG", "TZ", "SYSTEMROOT", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy",
    "no_proxy", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE",
)  # fmt: skip
"""Of our environment, which may hold the secrets of other connections."""
LONGEST_LINE = 16 * 1024 * 1024
GRACE = timedelta(minutes=2)
"""For starting, and for the first answer of a slow tracker."""
REQUESTS_AN_ITEM = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Oracle:
    """One connection's second opinion. ``deadline`` None leaves a reading as long as its pace needs."""

    tracker: str
    settings: BaseModel
    deadline: timedelta | None = None

    @property
    def client(self) -> str:
        return CLIENTS[self.tracker]

    @property
    def pace(self) -> tuple[int, float]:
        """(requests, seconds). Asana allows by plan, which its settings name."""
        requests, per = BUDGETS[self.tracker]
        requests = getattr(self.settings, "requests_per_minute", requests)
        share = float(getattr(self.settings, "rate_share", 1.0))
        return max(1, int(requests * share * PART)), per

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Session]:
        """A process that reads; it is gone at the end of the block."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "connectors.oracles",
            stdin=PIPE, stdout=PIPE, stderr=DEVNULL, limit=LONGEST_LINE, env=_environment(),
        )  # fmt: skip
        try:
            yield Session(self, process, _values(self.settings))
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.communicate()


class Session:
    """The questions that one process is asked, one scope after the other."""

    def __init__(self, oracle: Oracle, process: Process, values: Mapping[str, str]) -> None:
        self._oracle = oracle
        self._process = process
        self._values = values
        self._greeted = False

    @property
    def pid(self) -> int:
        return self._process.pid

    async def read(
        self, scope: str, ids: Sequence[str], *, whole: bool
    ) -> AsyncIterator[tuple[str, Mapping[str, Any] | None]]:
        """Of each item its fields in the words of :mod:`connectors.oracle_terms`, or None where the tracker
        has no such item for this account. ``whole`` also brings what the listing of the scope has besides.

        Raises Unauthorized, NotFound, Unavailable or Unexpected; after that the session is of no more use.
        """
        await self._ask(scope, ids, whole=whole)
        limit = self._patience(len(ids))
        end = asyncio.get_running_loop().time() + limit.total_seconds()
        while True:
            try:
                async with asyncio.timeout_at(end):
                    line = await self._line()
            except TimeoutError as error:
                raise Unavailable(
                    f"{self._oracle.client} was still reading {scope} after {_spoken(limit)} and was ended: "
                    "it follows a tracker that repeats a page for ever. Nothing is known of what it had not "
                    "read yet; try again, and if it stays so, compare with the tracker by eye."
                ) from error
            if "done" in line:
                return
            if "trouble" in line:
                raise self._error(line["trouble"], line["message"], scope)
            yield line["id"], line["fields"]

    async def _ask(self, scope: str, ids: Sequence[str], *, whole: bool) -> None:
        lines: list[Mapping[str, Any]] = [{"scope": scope, "ids": list(ids), "whole": whole}]
        if not self._greeted:
            self._greeted = True
            requests, per = self._oracle.pace
            lines.insert(0, {
                "tracker": self._oracle.tracker, "base_url": self._values["base_url"],
                "credentials": self._values, "requests": requests, "per": per,
            })  # fmt: skip
        given = self._process.stdin
        if given is None:
            raise TypeError("the process was started without a pipe to it")
        with suppress(BrokenPipeError, ConnectionResetError):  # its last line says why
            given.write("".join(json.dumps(line) + "\n" for line in lines).encode())
            await given.drain()

    async def _line(self) -> Mapping[str, Any]:
        said = self._process.stdout
        raw = await said.readline() if said else b""
        try:
            line: Mapping[str, Any] = json.loads(raw)
        except ValueError:
            return {"trouble": "failed", "message": "its process ended without a word"}
        return line

    def _patience(self, items: int) -> timedelta:
        """Twice what the pace needs, and some grace."""
        if self._oracle.deadline is not None:
            return self._oracle.deadline
        requests, per = self._oracle.pace
        return GRACE + timedelta(seconds=2 * REQUESTS_AN_ITEM * items * per / requests)

    def _error(self, trouble: str, message: str, scope: str) -> TrackerError:
        said = f"{self._oracle.client} said: {excerpt(message, list(self._secrets()))}"
        match trouble:
            case "unauthorized":
                return Unauthorized(f"The tracker refuses the second opinion on {scope}: {said}")
            case "not_found":
                return NotFound(f"The second opinion finds no {scope} that this account may see: {said}")
            case "limited":
                return Unavailable(
                    f"The second opinion on {scope} met the tracker's rate limit, which others use too; "
                    f"try again later. {said}"
                )
        return Unexpected(f"The second opinion on {scope} failed: {said}")

    def _secrets(self) -> Iterator[str]:
        for name, value in self._oracle.settings:
            if isinstance(value, SecretStr):
                yield self._values[name]


def has_oracle(tracker: str) -> bool:
    return tracker in MODULES


def _values(settings: BaseModel) -> dict[str, str]:
    """The texts among the settings, the secret ones too."""
    plain = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value for name, value in settings
    }
    return {name: value for name, value in plain.items() if isinstance(value, str)}


def _environment() -> dict[str, str]:
    """What a process needs to reach the network; and where our modules are, wherever it is started."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {**kept, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}


def _spoken(time: timedelta) -> str:
    seconds = round(time.total_seconds())
    return f"{seconds} seconds" if seconds < 120 else f"{seconds // 60} minutes"


if __name__ == "__main__":
    main()

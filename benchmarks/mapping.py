"""The normaliser's process: a tracker's records as its connector hands them over, mapped again and again.

{"do": "open", …}      as the subject's
{"do": "map"}          microseconds a record, of the fastest of some rounds; items only
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.subject import CONNECTION, Asked, Lifted, settings_of
from benchmarks.talk import answer
from config import wiring
from config.settings import Settings
from connectors.base import Record, ScopeRecord
from connectors.limits import Timing
from normalizer.context import Context
from normalizer.model import Mapper
from sync.source import Source

ROUNDS = 5
Read = list[tuple[Mapper, list[Record]]]


class Mapped:
    """What was read of one tracker, with a mapper for each scope."""

    def __init__(self) -> None:
        self._read: Read = []

    def open(self, *, folder: str, now: str, **told: Any) -> Mapping[str, Any]:
        ahead = datetime.fromisoformat(now) - datetime.now(UTC)
        self._read = asyncio.run(_read(settings_of(Path(folder), Asked(**told)), ahead))
        return {"records": sum(len(records) for _, records in self._read)}

    def map(self) -> Mapping[str, Any]:
        records = sum(len(records) for _, records in self._read)
        return {
            "records": records,
            "us_per_record": min(self._round() for _ in range(ROUNDS)) * 1e6 / records,
        }

    def _round(self) -> float:
        began = time.process_time()
        for mapper, records in self._read:
            for record in records:
                mapper(record)
        return time.process_time() - began


async def _read(settings: Settings, ahead: timedelta) -> Read:
    def now() -> datetime:
        return datetime.now(UTC) + ahead

    timing = Timing(clock=now, sleep=asyncio.sleep)
    async with wiring.sources(settings, [CONNECTION], timing, Lifted(now)) as (source,):
        identity = await source.connector.check()
        scopes = [scope async for scope in source.connector.scopes()]
        return [await _scope(source, scope, identity.system, identity.site) for scope in scopes]


async def _scope(source: Source, scope: ScopeRecord, system: str, site: str) -> tuple[Mapper, list[Record]]:
    records = [record async for page in source.connector.read(scope) for record in page.records]
    definitions = {record.id: record.body for record in records if record.kind == "definition"}
    context = Context(
        system=system, site=site, scope=scope, definitions=definitions, rules=source.rules_for(scope)
    )
    return source.prepare(context), [record for record in records if record.kind == "item"]


def main() -> None:
    mapped = Mapped()
    answer({"open": mapped.open, "map": mapped.map})


if __name__ == "__main__":
    main()

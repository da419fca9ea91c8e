"""Who is named in what was read, each as the workspace's own listing of its people describes them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from connectors.asana_calls import Row, Seen
from connectors.base import Record
from connectors.http import Clock

KEPT = timedelta(minutes=10)
ROLES = ("assignee", "created_by", "completed_by", "author", "user", "resource", "owner")
LISTS = ("members", "people_value", "old_people_value", "new_people_value")


class Shelf:
    """Keeps for some minutes what every project of a workspace would ask for again. Whoever asks on its
    behalf holds ``turn``, so that two projects that are read at a time ask once."""

    def __init__(self, clock: Clock) -> None:
        self.turn = asyncio.Lock()
        self.clock = clock
        self._kept: dict[object, tuple[datetime, Any]] = {}

    def kept(self, key: object) -> Any:
        """What is kept under ``key`` and fresh, or None."""
        at, value = self._kept.get(key, (None, None))
        return None if at is None or self.clock() - at > KEPT else value

    def keep(self, key: object, value: object, asked: datetime) -> None:
        self._kept[key] = (asked, value)


class People:
    """Makes account records, each person once a reading. One who left is only known by a name in passing."""

    def __init__(self, scope_id: str, directory: Iterable[Seen]) -> None:
        self._scope_id = scope_id
        self._directory = {one.gid: one for one in directory}
        self._told: set[str] = set()

    def named_in(self, found: Iterable[Seen]) -> list[Record]:
        records = []
        for one in found:
            for mention in _mentions(one.body):
                gid = str(mention["gid"])
                known = self._directory.get(gid)
                if gid in self._told or (known is None and not isinstance(mention.get("name"), str)):
                    continue
                self._told.add(gid)
                seen = known or Seen(mention, one.at)
                records.append(Record("account", gid, self._scope_id, seen.body, seen.at))
        return records


def _mentions(body: Row) -> list[Row]:
    named = [body.get(key) for key in ROLES]
    for key in LISTS:
        named += _listed(body.get(key))
    for field in _listed(body.get("custom_fields")):
        if isinstance(field, dict):
            named += _listed(field.get("people_value"))
    return [one for one in named if isinstance(one, dict) and _is_user(one)]


def _is_user(named: Row) -> bool:
    """Allocations and rates name placeholders where else they name a person."""
    return named.get("resource_type") in (None, "user") and isinstance(named.get("gid"), str)


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []

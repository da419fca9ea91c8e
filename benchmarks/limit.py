"""The limit's process: the least that anybody does who reads the same bytes and keeps the same rows.

It asks the subject's own requests again, as many at a time as the subject did, decodes every answer, and
meanwhile writes the rows that the subject's store came to hold into bare tables of the same columns.

    {"do": "run", "base": …, "asked": FILE, "at_once": 24, "store": FILE, "folder": …}
"""

from __future__ import annotations

import gzip
import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import msgspec

from benchmarks.talk import answer

ROWS_AT_ONCE = 500
HEADERS = {"accept": "application/json", "accept-encoding": "gzip"}


@dataclass(frozen=True, slots=True)
class Table:
    """What the subject wrote into one table."""

    name: str
    columns: Sequence[str]
    key: Sequence[str]
    rows: Sequence[Sequence[Any]]

    @property
    def made(self) -> str:
        key = f", PRIMARY KEY ({', '.join(self.key)})" if self.key else ""
        return f"CREATE TABLE {self.name} ({', '.join(self.columns)}{key})"

    @property
    def upsert(self) -> str:
        others = [name for name in self.columns if name not in self.key]
        marks = ", ".join("?" * len(self.columns))
        plain = f"INSERT INTO {self.name} VALUES ({marks})"  # noqa: S608  # names of the store's own
        if not self.key or not others:
            return f"{plain} ON CONFLICT DO NOTHING"
        changed = ", ".join(f"{name} = excluded.{name}" for name in others)
        return f"{plain} ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET {changed}"


def run(base: str, asked: str, at_once: int, store: str, folder: str) -> Mapping[str, Any]:
    requests = [json.loads(line) for line in Path(asked).read_text(encoding="utf-8").splitlines()]
    tables = list(tables_of(store))
    waiting, taken = iter(requests), Lock()
    with closing(sqlite3.connect(Path(folder) / "limit.db")) as database:
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL"):
            database.execute(f"PRAGMA {pragma}")
        for table in tables:
            database.execute(table.made)
        began = time.perf_counter()
        with ThreadPoolExecutor(at_once) as workers:
            work = [workers.submit(_ask, base, waiting, taken) for _ in range(at_once)]
            _keep(database, tables)
            decoded = sum(one.result() for one in work)
        took = time.perf_counter() - began
    return {
        "wall_s": took,
        "requests": len(requests),
        "bytes": decoded,
        "rows": sum(len(table.rows) for table in tables),
    }


def _ask(base: str, waiting: Iterator[Mapping[str, str]], taken: Lock) -> int:
    """One connection's share of the requests. Answers how many bytes were decoded."""
    parts, decoded = urlsplit(base), 0
    with closing(HTTPConnection(parts.hostname or "", parts.port)) as connection:
        while True:
            with taken:
                request = next(waiting, None)
            if request is None:
                return decoded
            body = request["body"].encode() or None
            connection.request(request["method"], request["target"], body, HEADERS)
            said = connection.getresponse()
            content = said.read()
            if said.headers.get("content-encoding") == "gzip":
                content = gzip.decompress(content)
            msgspec.json.decode(content)
            decoded += len(content)


def _keep(database: sqlite3.Connection, tables: Sequence[Table]) -> None:
    for table in tables:
        for low in range(0, len(table.rows), ROWS_AT_ONCE):
            with database:
                database.executemany(table.upsert, table.rows[low : low + ROWS_AT_ONCE])


def tables_of(store: str) -> Iterator[Table]:
    """All but what SQLite keeps for itself and for its full-text index."""
    with closing(sqlite3.connect(store)) as database:
        known = dict(database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
        virtual = [name for name, sql in known.items() if sql.startswith("CREATE VIRTUAL")]
        for name in known:
            if name.startswith("sqlite_") or any(name.startswith(one) for one in virtual):
                continue
            columns = database.execute(f"PRAGMA table_info({name})").fetchall()
            key = sorted((place, column) for _, column, *_, place in columns if place)
            rows = database.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608  # the store's own
            if rows:
                yield Table(
                    name=name,
                    columns=[f'"{column}"' for _, column, *_ in columns],
                    key=[f'"{column}"' for _, column in key],
                    rows=rows,
                )


def main() -> None:
    answer({"run": run})


if __name__ == "__main__":
    main()

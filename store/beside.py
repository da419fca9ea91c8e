"""What lies beside a store: the databases of the jobs and of the inbox, and the lock that lets one server use
a SQLite file."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TextIO

from sqlalchemy import make_url

from store.database import StoreError
from store.dialect import sqlite_file


def jobs_url(url: str) -> str:
    """A SQLite file of its own beside the store's, or the same PostgreSQL."""
    parsed = make_url(url)
    path = sqlite_file(parsed)
    if path is None:
        return parsed.set(drivername="postgresql").render_as_string(hide_password=False)
    return f"sqlite:///{_beside(path, 'jobs' + path.suffix)}"


def inbox_url(url: str) -> str:
    """A SQLite file of its own beside the store's, or the same PostgreSQL."""
    path = sqlite_file(make_url(url))
    return url if path is None else f"sqlite:///{_beside(path, 'inbox' + path.suffix)}"


def prepare_jobs(url: str) -> None:
    """Sees that those who read the jobs of a SQLite store do not wait for those who write them."""
    path = sqlite_file(make_url(url))
    if path is not None:
        with closing(sqlite3.connect(path)) as jobs:
            jobs.execute("PRAGMA journal_mode = WAL")


def on_one_machine(url: str) -> bool:
    """Whether the store is a file, which one process serves."""
    return sqlite_file(make_url(url)) is not None


@contextmanager
def served_alone(url: str, now: datetime) -> Iterator[None]:
    """For the length of the block this process is the one that serves a SQLite store. The lock is the
    operating system's, so it ends with the process, however that ends. Raises StoreError. Any number may
    serve a PostgreSQL store."""
    path = sqlite_file(make_url(url))
    if path is None:
        yield
        return
    with _opened_lock(path) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(_refusal(path, lock)) from None
        _note(lock, {"pid": os.getpid(), "since": now.isoformat(timespec="seconds")})
        yield
        _note(lock, None)


def _opened_lock(path: Path) -> TextIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _beside(path, "lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise StoreError(
            f"The store {path} cannot be served: {error.strerror} ({error.filename}); whoever runs this "
            "installation can choose another path or mend its permissions."
        ) from error


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(f"{path.stem}.{ending}")


def _note(lock: TextIO, who: dict[str, object] | None) -> None:
    lock.seek(0)
    lock.truncate()
    lock.write(json.dumps(who) if who else "")
    lock.flush()


def _refusal(path: Path, lock: TextIO) -> str:
    lock.seek(0)
    text = lock.read()
    who = json.loads(text) if text else None  # empty for the moment between lock and note
    by = f"process {who['pid']}, since {who['since']}" if who else "another process"
    return (
        f"The store {path} is served already by {by}: a SQLite file is served by one process; end that one, "
        "or move the store to PostgreSQL, which any number may serve."
    )

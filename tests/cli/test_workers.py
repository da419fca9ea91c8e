"""Who does the work, as processes: alone on a file, shared on PostgreSQL, ended gently and killed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest

from sandbox.options import SandboxOptions
from sandbox.server import Sandbox, running
from tests.cli.processes import PATIENCE, Running, started, tspmo
from tests.cli.test_servers import address_in

ITEMS = 120


def wait_for(what: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)


@contextmanager
def at_trello(folder: Path, store: str = "", latency_ms: int = 0) -> Iterator[Sandbox]:
    """A folder with a configuration of one tracker that runs."""
    with running(SandboxOptions(items=ITEMS, budgets=False, latency_ms=latency_ms)) as sandbox:
        (folder / "tspmo.toml").write_text(
            f"""
{store}
[connections.trello]
tracker = "trello"
base_url = "{sandbox.bases["trello"]}"
key = "file:key"
token = "file:token"
"""
        )
        for name in ("key", "token"):
            (folder / name).write_text(sandbox.credentials["trello"][name])
        yield sandbox


def ask(base: str, path: str) -> httpx.Response:
    return httpx.get(base + path, trust_env=False, timeout=30)


def items(base: str) -> int:
    return len(ask(base, "/v1/items?limit=1000").json()["data"])


def runs(base: str) -> list[str]:
    return [run["state"] for run in ask(base, "/v1/runs?limit=100").json()["data"]]


def signalled(program: Running, number: signal.Signals) -> int:
    os.kill(program.pid, number)
    return program.wait()


def test_serve_reads_at_once_and_ends_gently_with_what_runs_left_to_be_gone_on_with(tmp_path: Path) -> None:
    with at_trello(tmp_path, latency_ms=50):
        with started(tmp_path, "serve", "--port", "0") as serving:
            base = address_in(serving.line("Serving on"))
            wait_for(lambda: "running" in runs(base))
            assert signalled(serving, signal.SIGTERM) == 0
        with started(tmp_path, "serve", "--port", "0") as serving:
            base = address_in(serving.line("Serving on"))
            wait_for(lambda: ask(base, "/v1/portfolio").json()["meta"]["coverage"]["complete"] > 0)
            wait_for(lambda: "running" not in runs(base))
            assert "failed" not in runs(base)
            assert "abandoned" not in runs(base)
            assert signalled(serving, signal.SIGINT) == 0


def test_a_second_server_on_a_file_is_refused_and_after_a_kill_the_next_starts_at_once(
    tmp_path: Path,
) -> None:
    (tmp_path / "tspmo.toml").write_text("")
    with started(tmp_path, "serve", "--port", "0") as first:
        first.line("Serving on")
        for command in (("serve", "--port", "0"), ("worker",)):
            second = tspmo(tmp_path, *command)
            assert second.returncode == 2
            assert f"is served already by process {first.pid}, since " in second.stderr
        assert signalled(first, signal.SIGKILL) != 0
    with started(tmp_path, "serve", "--port", "0") as following:
        assert ask(address_in(following.line("Serving on")), "/readyz").status_code == 200
        assert following.interrupt() == 0
    several = tspmo(tmp_path, "api", "--workers", "2")
    assert several.returncode == 2
    assert "expected PostgreSQL" in several.stderr


@pytest.fixture
def on_postgres(postgresql_url: str, tmp_path: Path) -> str:
    (tmp_path / "address").write_text(postgresql_url)
    return '[store]\nurl = "file:address"'


def test_another_worker_takes_over_what_a_killed_one_was_doing(
    tmp_path: Path, on_postgres: str, postgresql_url: str
) -> None:
    def reader() -> int | None:
        """The process that reads now."""
        with psycopg.connect(postgresql_url) as connection:
            row = connection.execute("SELECT holder FROM leases WHERE name LIKE 'connection %'").fetchone()
        return row and int(row[0].split(":")[1])

    with (
        at_trello(tmp_path, on_postgres, latency_ms=100),
        started(tmp_path, "api", "--port", "0") as api,
        started(tmp_path, "worker") as one,
        started(tmp_path, "worker") as two,
    ):
        base = address_in(api.line("Serving on"))
        for worker in (one, two):
            worker.line("Working on")
        wait_for(lambda: reader() and "running" in runs(base))
        killed, heir = (one, two) if reader() == one.pid else (two, one)
        assert signalled(killed, signal.SIGKILL) != 0
        let_pass(postgresql_url, f"%:{killed.pid}:%")
        wait_for(lambda: reader() == heir.pid)
        assert f"process {killed.pid}" in heir.line("has not been heard of")
        wait_for(lambda: "running" not in runs(base))
        assert signalled(heir, signal.SIGTERM) == 0
        assert api.interrupt() == 0


def let_pass(postgresql_url: str, party: str) -> None:
    """Half a minute, for what a process noted of itself: nobody should have to wait for it here."""
    with psycopg.connect(postgresql_url) as connection:
        for statement in (
            "UPDATE executors SET beat_at = beat_at - interval '31 seconds' WHERE id LIKE %s",
            "UPDATE leases SET until = until - interval '31 seconds' WHERE holder LIKE %s",
        ):
            connection.execute(statement, [party])


def test_several_processes_answer_on_one_port_and_one_that_dies_is_replaced(
    tmp_path: Path, on_postgres: str
) -> None:
    (tmp_path / "tspmo.toml").write_text(on_postgres)
    with started(tmp_path, "api", "--workers", "2", "--port", "0") as api:
        base = address_in(api.line("Serving on"))
        assert ask(base, "/readyz").status_code == 200
        children = Path(f"/proc/{api.pid}/task/{api.pid}/children").read_text().split()
        os.kill(int(children[0]), signal.SIGKILL)
        assert f"API process {children[0]} ended" in api.line("another is started")
        assert ask(base, "/readyz").status_code == 200
        assert api.interrupt() == 0

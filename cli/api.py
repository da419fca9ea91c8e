"""``tspmo api``: the API alone, in one process or several that share its socket."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.answering import Address, answering, bound
from cli.running import logged, until_told
from cli.serve import Host, Port, address_of, announce, let_in
from cli.shell import CONFIG, MISUSE, Config, Failure, Outside, run, settings_at
from config import wiring
from config.settings import Settings
from store.beside import on_one_machine, served_alone

LOG = logging.getLogger("tspmo")
EPILOG = "Examples: tspmo api · tspmo api --workers 4 --port 8000"
AGAIN_SECONDS = 1
"""Before a process that ended by itself is started again."""


def register(app: typer.Typer, outside: Outside) -> None:
    @app.command(epilog=EPILOG)
    def api(
        config: Config = CONFIG,
        host: Host = None,
        port: Port = None,
        workers: Annotated[int, typer.Option(help="How many processes answer.", min=1, max=64)] = 1,
        fd: Annotated[int | None, typer.Option(hidden=True)] = None,
    ) -> None:
        """Serve the API until Ctrl-C and read no tracker; tspmo worker does that.

        Needs a store on PostgreSQL for more than one process, and for workers beside it.
        """
        settings = settings_at(config, outside)
        logged()
        if fd is not None:
            run(_answered(settings, fd, outside))
            return
        if workers > 1 and on_one_machine(settings.store_url):
            raise Failure(
                f"{workers} processes cannot serve the store, which is a SQLite file: expected PostgreSQL. "
                "Mend: [store] url, or leave --workers away.",
                MISUSE,
            )
        run(_served(settings, address_of(settings, host, port), workers, outside))


async def _served(settings: Settings, address: Address, workers: int, outside: Outside) -> None:
    with until_told() as stop, served_alone(settings.store_url, outside.timing.clock()):
        async with wiring.opened_store(settings, outside.timing.clock) as store:
            guarded = await let_in(store, address)
        with bound(address) as listener:
            announce(Address(address.host, listener.getsockname()[1]), guarded=guarded)
            if workers > 1:
                await asyncio.gather(*(_kept_up(settings.file, listener, stop) for _ in range(workers)))
                return
            async with answering(settings, listener, outside, stop):
                await stop.wait()


async def _kept_up(config: Path, listener: socket.socket, stop: asyncio.Event) -> None:
    """One process that answers on the socket, and another whenever it ends by itself."""
    while not stop.is_set():
        command = [sys.executable, "-m", "cli.main", "api", "--config", str(config)]
        process = await asyncio.create_subprocess_exec(
            *command,
            "--fd",
            str(listener.fileno()),
            pass_fds=[listener.fileno()],
            stdin=asyncio.subprocess.PIPE,  # held open by us: it ends when we do, however we end
        )
        ended, told = asyncio.ensure_future(process.wait()), asyncio.ensure_future(stop.wait())
        await asyncio.wait([ended, told], return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        if not ended.done():
            process.terminate()
            await ended
        elif not stop.is_set():
            LOG.warning("API process %d ended with %s; another is started.", process.pid, ended.result())
            await asyncio.sleep(AGAIN_SECONDS)


async def _answered(settings: Settings, fd: int, outside: Outside) -> None:
    with until_told() as stop, socket.socket(fileno=fd) as listener:
        await asyncio.get_running_loop().connect_read_pipe(lambda: _Parent(stop), sys.stdin)
        async with answering(settings, listener, outside, stop):
            await stop.wait()


class _Parent(asyncio.Protocol):
    """Whoever started this process: gone when the pipe from it ends."""

    def __init__(self, stop: asyncio.Event) -> None:
        self._stop = stop

    def connection_lost(self, _error: Exception | None) -> None:
        self._stop.set()

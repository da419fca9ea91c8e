"""A way to a PostgreSQL server that can be cut and mended while it is used."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from sqlalchemy import make_url

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Way:
    """``url`` leads through it to the database at ``beyond``."""

    beyond: str
    port: int = 0
    server: asyncio.Server | None = None
    writers: set[asyncio.StreamWriter] = field(default_factory=set)
    run: Callable[[Coroutine[Any, Any, None]], None] = field(default=asyncio.run)

    @property
    def url(self) -> str:
        made = make_url(self.beyond).set(host="127.0.0.1", port=self.port, query={})
        return made.render_as_string(hide_password=False)

    def mend(self) -> None:
        self.run(self._mend())

    def cut(self) -> None:
        self.run(self._cut())

    async def _mend(self) -> None:
        self.server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self.server.sockets[0].getsockname()[1]

    async def _cut(self) -> None:
        assert self.server is not None
        self.server.close()
        for writer in self.writers:
            writer.transport.abort()
        while self.writers:
            await asyncio.sleep(0)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await self._far()
        self.writers |= {writer, far_writer}
        await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        self.writers -= {writer, far_writer}

    async def _far(self) -> Ends:
        url = make_url(self.beyond)
        folder = str(url.query.get("host", ""))
        if folder:
            return await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.{url.port or 5432}")
        return await asyncio.open_connection(url.host or "127.0.0.1", url.port or 5432)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.transport.abort()


@contextmanager
def way_to(beyond: str) -> Iterator[Way]:
    """On a loop of its own, so that whoever uses it may block theirs."""
    way, loop = Way(beyond), asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    way.run = lambda step: asyncio.run_coroutine_threadsafe(step, loop).result()
    way.mend()
    yield way
    way.cut()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()

"""A real server on loopback that answers with the bytes that a test writes down, however broken they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

STALL = b"<stall>"
"""In a script: keep the connection open and send nothing more."""


@dataclass
class Wire:
    """Gives each request the next answer of ``script``, and the last one from then on."""

    script: Sequence[bytes]
    port: int = 0
    requests: list[bytes] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.requests.append(await reader.readuntil(b"\r\n\r\n"))
            answer = self.script[min(len(self.requests), len(self.script)) - 1]
            writer.write(answer.removesuffix(STALL))
            await writer.drain()
            if answer.endswith(STALL):
                await reader.read()  # until the client goes
        finally:
            writer.close()


def answer(status: str, body: bytes, *headers: str, length: int | None = None) -> bytes:
    """``length`` lies about the body's."""
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body) if length is None else length}", *headers]
    return "\r\n".join([*lines, "connection: close", "", ""]).encode() + body


def json(body: bytes, *headers: str) -> bytes:
    return answer("200 OK", body, "content-type: application/json", *headers)


@asynccontextmanager
async def wire(*script: bytes) -> AsyncIterator[Wire]:
    made = Wire(script)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await server.wait_closed()

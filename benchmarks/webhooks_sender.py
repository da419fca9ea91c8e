"""The process that delivers: what trackers sent once it sends again, byte for byte, at moments that are set
beforehand. Each answer's time counts from the moment at which its delivery was due, so that whoever is late
once is not spared what should have come meanwhile.

{"do": "load", "file": …}                     the deliveries, as the trackers' process told them
{"do": "send", "count": 6000, "rate": 200}    so many, in turn, evenly; rate null: each as soon as one of the
                                              connections is free
"""

from __future__ import annotations

import asyncio
import json
import time
from asyncio import StreamReader, StreamWriter
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.talk import answer

CONNECTIONS = 48
PATIENCE = 10.0
"""Seconds in which a tracker wants an answer; one that comes later counts as none."""


@dataclass(slots=True)
class Sending:
    """``took`` are seconds of those that were answered well; ``late`` how late each was on its way."""

    took: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    refused: int = 0


class Sender:
    def __init__(self) -> None:
        self._requests: Sequence[bytes] = ()
        self._at: tuple[str, int] = ("", 0)
        self._next = 0

    def load(self, file: str) -> Mapping[str, Any]:
        letters = json.loads(Path(file).read_text(encoding="utf-8"))
        address = urlsplit(letters[0]["url"])
        self._at = (address.hostname or "", address.port or 80)
        self._requests = [request_of(one) for one in letters]
        return {"letters": len(letters)}

    def send(self, count: int, rate: float | None) -> Mapping[str, Any]:
        began = time.time()
        done = asyncio.run(self._send(count, rate))
        return {
            "began": began,
            "seconds": time.time() - began,
            "acknowledged": len(done.took),
            "refused": done.refused,
            "took": done.took,
            "late": done.late,
        }

    async def _send(self, count: int, rate: float | None) -> Sending:
        done, start = Sending(), time.perf_counter() + 0.1
        turns = iter([start + number / rate if rate else 0.0 for number in range(count)])
        await asyncio.gather(*(self._line(turns, done) for _ in range(CONNECTIONS)))
        return done

    async def _line(self, turns: Any, done: Sending) -> None:
        """One connection: takes the next delivery, waits until it is due, and for its answer."""
        reader, writer = await asyncio.open_connection(*self._at)
        for due in turns:
            request = self._requests[self._next % len(self._requests)]
            self._next += 1
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            begun = time.perf_counter()
            done.late.append(begun - due if due else 0.0)
            try:
                status = await asyncio.wait_for(_exchange(reader, writer, request), PATIENCE)
            except (TimeoutError, OSError, EOFError):
                done.refused += 1
                reader, writer = await asyncio.open_connection(*self._at)
                continue
            if status == 200:
                done.took.append(time.perf_counter() - (due or begun))
            else:
                done.refused += 1
        writer.close()


async def _exchange(reader: StreamReader, writer: StreamWriter, request: bytes) -> int:
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if b"content-length:" in head:
        await reader.readexactly(int(head.partition(b"content-length:")[2].partition(b"\r\n")[0]))
    return int(head.split(b" ", 2)[1])


def request_of(letter: Mapping[str, Any]) -> bytes:
    """The delivery on the wire."""
    address, body = urlsplit(letter["url"]), b64decode(letter["body"])
    lines = [f"POST {address.path} HTTP/1.1", f"host: {address.netloc}", f"content-length: {len(body)}"]
    kept = {name.lower(): value for name, value in letter["headers"].items()}
    lines += [f"{name}: {value}" for name, value in kept.items() if name not in ("host", "content-length")]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def main() -> None:
    sender = Sender()
    answer({"load": sender.load, "send": sender.send})


if __name__ == "__main__":
    main()

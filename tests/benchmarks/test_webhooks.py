"""What the benchmark of webhooks computes itself: its figures, the order of its deliveries, their bytes."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from pathlib import Path

from benchmarks.webhooks import milliseconds, mixed, seconds
from benchmarks.webhooks_sender import CONNECTIONS, Sender

BODY = b'{"a": 1}'


def letter(connection: str, number: int, base: str = "http://127.0.0.1:1") -> dict[str, object]:
    return {
        "url": f"{base}/webhooks/{connection}/token",
        "headers": {"X-Signature": str(number), "Host": "elsewhere"},
        "body": b64encode(BODY).decode(),
    }


def test_percentiles_are_of_what_was_measured() -> None:
    hundred = [number / 100 for number in range(101)]
    assert (seconds(hundred, 50), seconds(hundred, 95), milliseconds(hundred, 99)) == (0.5, 0.95, 990.0)
    assert (seconds([], 95), seconds([2.0], 95)) == (0.0, 2.0)


def test_deliveries_of_all_trackers_take_turns_and_keep_their_order() -> None:
    told = [letter("a", 1), letter("a", 2), letter("a", 3), letter("b", 4)]
    numbers = [one["headers"]["X-Signature"] for one in mixed(told)]
    assert numbers == ["1", "4", "2", "4", "3", "4"]


async def test_deliveries_are_sent_as_they_were_signed_and_each_is_counted(tmp_path: Path) -> None:
    """By a receiver that refuses one of three."""
    received: list[bytes] = []

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                received.append(head + await reader.readexactly(len(BODY)))
                status = 401 if b"x-signature: 3" in head else 200
                writer.write(b"HTTP/1.1 %d OK\r\nContent-Length: 2\r\n\r\nok" % status)
        except asyncio.IncompleteReadError:
            writer.close()

    server = await asyncio.start_server(receive, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    file = tmp_path / "letters.json"
    file.write_text(json.dumps([letter("a", number, base) for number in (1, 2, 3)]))
    sender = Sender()
    sender.load(str(file))
    async with server:
        for rate in (600, None):
            sent = await asyncio.to_thread(sender.send, 6 * CONNECTIONS, rate)
            assert (sent["acknowledged"], sent["refused"]) == (4 * CONNECTIONS, 2 * CONNECTIONS)
            assert len(sent["took"]) == 4 * CONNECTIONS
    assert len(received) == 12 * CONNECTIONS
    assert {one for one in received if b"x-signature: 1" in one} == {
        f"POST /webhooks/a/token HTTP/1.1\r\nhost: {base[7:]}\r\ncontent-length: {len(BODY)}\r\n"
        "x-signature: 1\r\n\r\n".encode()
        + BODY
    }

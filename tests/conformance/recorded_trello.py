"""Serves recorded boards through the sandbox's Trello, on loopback, so that the real connector reads them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Thread

import uvicorn

from sandbox.trello import Door, open_door
from sandbox.trello_shelf import RecordedShelf, TrelloSite

ME = {"id": "5" * 24, "username": "reader", "fullName": "Reader"}
WORKSPACE = {"id": "6" * 24, "name": "workspace"}


@contextmanager
def serving(*boards: RecordedShelf) -> Iterator[str]:
    """The base URL of a Trello that holds these boards until the end of the block."""
    site = TrelloSite(me=ME, organization=WORKSPACE, shelves=boards)
    app = open_door(Door(site=lambda: site, now=lambda: datetime.now(UTC)))
    sock = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = Thread(target=lambda: asyncio.run(server.serve([sock])), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        sock.close()

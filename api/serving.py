"""The server that the application runs in. It ends the streams before it waits for the answers under way,
since those would never end by themselves."""

from __future__ import annotations

import socket

import uvicorn
from fastapi import FastAPI

from api.news import News

PATIENCE = 20
"""Seconds that answers under way may take when the process is to end."""


class Server(uvicorn.Server):
    def __init__(self, app: FastAPI) -> None:
        config = uvicorn.Config(
            app,
            log_level="warning",
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=PATIENCE,
        )
        super().__init__(config)
        self._news: News = app.state.service.news

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._news.end()
        await super().shutdown(sockets)

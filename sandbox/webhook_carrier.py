"""Makes the requests to receivers of webhooks, in a thread with an event loop of its own, which starts with
the first one. Nobody beyond this machine is ever called."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future
from threading import Lock, Thread
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx

from sandbox.webhook_letters import Letter, Reply

T = TypeVar("T")
HERE = frozenset({"127.0.0.1", "::1", "localhost"})
PATIENCE = 10.0
"""Seconds in which a receiver has to answer: https://developers.asana.com/docs/webhooks-guide"""


class Carrier:
    def __init__(self) -> None:
        self._guard = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._client: httpx.AsyncClient | None = None
        self._closed = False

    def start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Runs it in the thread; once this is closed, it is dropped."""
        with self._guard:
            if self._closed:
                work.close()
                dropped: Future[T] = Future()
                dropped.cancel()
                return dropped
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = Thread(target=self._loop.run_forever, name="sandbox webhooks", daemon=True)
                self._thread.start()
            return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def carry(self, letter: Letter) -> Reply:
        """Only in the thread."""
        if urlsplit(letter.url).hostname not in HERE:
            return Reply(status=0, why="the address is not of this machine, and the sandbox calls no other")
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=PATIENCE, trust_env=False)
        try:
            answer = await self._client.request(
                letter.method, letter.url, headers=letter.headers, content=letter.body or None
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Reply(status=0, why=f"{type(error).__name__}: {error}")
        return Reply(status=answer.status_code, headers=dict(answer.headers), body=answer.content)

    def close(self) -> None:
        """Whatever is under way is given up."""
        with self._guard:
            self._closed = True
            loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._give_up(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    async def _give_up(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()

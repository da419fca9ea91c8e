"""The API as something that runs: its address, its server, and the thread with a loop and a store of its own
in which no job holds up an answer."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from ipaddress import ip_address
from typing import Any

import uvicorn

from api.app import create_app
from api.intake import Intake
from api.options import ApiOptions
from api.serving import Server
from cli.receiving import receiving
from cli.shell import MISUSE, Failure, Outside
from config import wiring
from config.settings import Settings
from config.working import guard, requests
from connectors.limits import Timing
from connectors.registry import trackers
from store.open import Store, open_store
from sync.requests import Requests

TURN = 0.0005
"""Seconds for which a thread computes while another waits for its turn. A job that maps records would else
take 5 ms between any two steps of an answer."""


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    port: int

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def local(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return self.host == "localhost" or ip_address(self.host).is_loopback
        except ValueError:
            return False


@asynccontextmanager
async def answering(
    settings: Settings, listener: socket.socket, outside: Outside, stop: asyncio.Event
) -> AsyncIterator[None]:
    """For the length of the block. ``stop`` is set if the API ends by itself, and its error is raised."""
    loop, begun = asyncio.get_running_loop(), Future[uvicorn.Server]()
    sys.setswitchinterval(TURN)

    def thread() -> None:
        try:
            asyncio.run(_answer(settings, listener, outside, begun))
        finally:
            loop.call_soon_threadsafe(stop.set)

    with ThreadPoolExecutor(1, thread_name_prefix="api") as pool:
        ended, api = loop.run_in_executor(pool, thread), asyncio.wrap_future(begun)
        either: list[asyncio.Future[Any]] = [ended, api]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        try:
            yield
        finally:
            if api.done():
                api.result().should_exit = True
            await ended


async def _answer(
    settings: Settings, listener: socket.socket, outside: Outside, begun: Future[uvicorn.Server]
) -> None:
    store = await open_store(settings.store_url, migrate=False)
    try:
        with requests(settings, store) as queue:
            async with receiving(settings, outside.timing, queue) as intake:
                api = server(store, settings, outside, queue, intake)
                begun.set_result(api)
                await api.serve(sockets=[listener])
    finally:
        await store.aclose()


def server(
    store: Store,
    settings: Settings,
    outside: Outside,
    requests: Requests | None = None,
    intake: Intake | None = None,
) -> uvicorn.Server:
    """A server of the API over a store, not yet started."""
    built = replace(options(settings, outside.timing), requests=requests, intake=intake)
    return Server(create_app(store, outside.timing.clock, built))


def options(settings: Settings, timing: Timing = wiring.REAL_TIME) -> ApiOptions:
    return ApiOptions(
        version=version("tspmo"),
        trackers=[tracker.capabilities for tracker in trackers().values()],
        check=wiring.checker(settings, timing),
        guard=guard(settings),
    )


def bound(address: Address) -> socket.socket:
    """A listening socket. Raises Failure when the address cannot be had."""
    try:
        family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
        return socket.create_server((address.host, address.port), family=family)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Failure(
            f"{address.url} cannot be served: expected a free port on an address of this machine, found: "
            f"{reason}. Mend: end the program that holds the port, or choose another with --port.",
            MISUSE,
        ) from error

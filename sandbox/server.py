"""Runs the sandboxes: one real HTTP server on loopback for each tracker and one for the admin routes.

Tests: ``with running(SandboxOptions(items=120)) as sandbox:``. The command line calls
``serve(options: SandboxOptions, announce: Callable[[str], None]) -> None``, which hands ``announce`` one line
of JSON (``bases``, ``credentials``, ``admin``) once everything answers, and returns when it is interrupted.
"""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from threading import Event, Thread
from types import FrameType
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox import admin, asana, fault_plan, jira_cloud, jira_dc, smartsheet, trello, truth
from sandbox.edits import edit
from sandbox.fault_kinds import BadFault
from sandbox.faults import Faults
from sandbox.middleware import Fault, Middleware, PlannedFault, Seen, Wire
from sandbox.options import SandboxOptions
from sandbox.seed import write_story
from sandbox.story import Home
from sandbox.webhook_post import Post
from sandbox.world import World, clock_for

HOST = "127.0.0.1"
Apps = Mapping[Home, Callable[[World, SandboxOptions], ASGIApp]]
APPS: Apps = {
    "asana": asana.app,
    "trello": trello.app,
    "jira_cloud": jira_cloud.app,
    "jira_dc": jira_dc.app,
    "smartsheet": smartsheet.app,
}
Credentials = Mapping[Home, Mapping[str, str]]
CREDENTIALS: Credentials = {
    "asana": asana.CREDENTIALS,
    "trello": trello.CREDENTIALS,
    "jira_cloud": jira_cloud.CREDENTIALS,
    "jira_dc": jira_dc.CREDENTIALS,
    "smartsheet": smartsheet.CREDENTIALS,
}
PATHS: Mapping[Home, str] = {"asana": asana.ROOT, "jira_dc": jira_dc.CONTEXT}
"""What belongs to a tracker's base address beyond the host."""


class SandboxError(Exception):
    """The sandbox cannot start; the message is one readable sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """The running servers. ``bases`` and ``credentials`` go by the tracker's name."""

    bases: Mapping[str, str]
    credentials: Mapping[str, Mapping[str, str]]
    admin: str
    world: World
    wires: Mapping[str, Wire] = field(repr=False)
    faults: Faults = field(repr=False)

    def truth(self) -> dict[str, Any]:
        """What the trackers ought to tell, as ``/_sandbox/truth`` answers it."""
        with self.world.lock:
            return truth.tell(self.world.story)

    def edit(self, op: Mapping[str, Any]) -> dict[str, Any]:
        """Change the story as ``/_sandbox/edit`` does. Raises edits.BadEdit."""
        return edit(self.world, op)

    @property
    def webhooks(self) -> Post:
        """What is delivered to receivers: ``sent``, ``quiet()``, ``advance()``."""
        return self.world.post

    def requests(self, tracker: str) -> list[Seen]:
        """What was asked of a tracker so far, oldest first."""
        return list(self.wires[tracker].seen)

    def fail_next(self, tracker: str, match: str, fault: Fault, *, times: int = 1, skip: int = 0) -> None:
        """Let the next requests fail whose path the pattern finds, after ``skip`` good ones."""
        self.wires[tracker].planned.append(PlannedFault(re.compile(match), fault, times, skip))


class _Protocol(H11Protocol):
    """Hands the connection's transport to the app, so that a fault can break it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # asyncio does this for its own sockets only; without it every answer waits 40 ms for an ACK.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.app_state = {**self.app_state, "transport": transport}


@contextmanager
def running(
    options: SandboxOptions | None = None, *, apps: Apps = APPS, credentials: Credentials = CREDENTIALS
) -> Iterator[Sandbox]:
    """All servers up and answering; down again, with every connection closed, at the end.

    Raises SandboxError when a port is taken, the story cannot be written or a fault cannot be started.
    """
    options = options or SandboxOptions()
    homes = options.homes or tuple(apps)
    world = _world(options, homes)
    wires: dict[str, Wire] = {name: Wire(name) for name in homes}
    faults = Faults(world, {name: wires[name] for name in homes})
    served: dict[str, ASGIApp] = {
        name: Middleware(apps[name](world, options), world, wires[name], options.latency_ms) for name in homes
    }
    served["admin"] = Middleware(admin.app(world, faults), world, Wire())
    _start_faults(faults, options)
    sockets = _sockets(options.port, (*homes, "admin"))
    addresses = {name: f"http://{HOST}:{sock.getsockname()[1]}" for name, sock in sockets.items()}
    with closing(world.post), _serving(served, sockets):
        yield Sandbox(
            bases={name: addresses[name] + PATHS.get(name, "") for name in homes},
            credentials={name: dict(credentials[name]) for name in homes},
            admin=addresses["admin"],
            world=world,
            wires=wires,
            faults=faults,
        )


def serve(options: SandboxOptions, announce: Callable[[str], None]) -> None:
    """Run until SIGINT or SIGTERM. Raises SandboxError as :func:`running`."""
    done = Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        done.set()

    former = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with running(options) as sandbox:
            announce(
                json.dumps(
                    {"bases": sandbox.bases, "credentials": sandbox.credentials, "admin": sandbox.admin}
                )
            )
            done.wait()
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _world(options: SandboxOptions, homes: tuple[Home, ...]) -> World:
    today: date = options.today or datetime.now(UTC).date()
    try:
        story = write_story(options.seed, options.items, today, homes)
    except ValueError as error:
        raise SandboxError(f"The sandbox cannot tell this story: {error}.") from error
    world = World(story, options.clock or clock_for(today))
    if options.clock is None:
        world.post.tick()
    return world


def _start_faults(faults: Faults, options: SandboxOptions) -> None:
    try:
        fault_plan.start(faults, options.faults)
    except BadFault as error:
        raise SandboxError(str(error)) from error


def _sockets(first: int, names: tuple[str, ...]) -> dict[str, socket.socket]:
    """Free ports for port 0, else consecutive ones."""
    opened: dict[str, socket.socket] = {}
    for offset, name in enumerate(names):
        port = first and first + offset
        try:
            opened[name] = socket.create_server((HOST, port))
        except (OSError, OverflowError) as error:
            for one in opened.values():
                one.close()
            raise SandboxError(
                f"The sandbox's {name} server cannot listen on {HOST}:{port} ({error}); "
                f"it needs {len(names)} free ports in a row, choose another port or 0."
            ) from error
    return opened


@contextmanager
def _serving(apps: Mapping[str, ASGIApp], sockets: Mapping[str, socket.socket]) -> Iterator[None]:
    """Every server on one event loop of a thread of its own."""
    servers = {
        name: uvicorn.Server(
            uvicorn.Config(
                app,
                http=_Protocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=False,
                timeout_graceful_shutdown=2,
            )
        )
        for name, app in apps.items()
    }

    async def run() -> None:
        await asyncio.gather(*(server.serve([sockets[name]]) for name, server in servers.items()))

    thread = Thread(target=asyncio.run, args=(run(),), name="sandbox", daemon=True)
    thread.start()
    try:
        yield
    finally:
        for server in servers.values():
            server.should_exit = True
        thread.join()
        for one in sockets.values():
            one.close()

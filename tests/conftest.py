"""What every test lives under: no network beyond loopback, a clock that is handed in."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

# The same examples on every machine, and none of them judged by how fast it is.
settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.load_profile("same")

pytest_plugins = ["tests.databases"]
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class NetworkBeyondLoopback(AssertionError):
    """A test tried to leave the machine."""


@pytest.fixture(autouse=True, scope="session")
def loopback_only() -> Iterator[None]:
    """Refuses every connection that would leave this machine. Local (file) sockets are fine."""
    real = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            raise NetworkBeyondLoopback(f"connect to {address[0]}")
        real(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"

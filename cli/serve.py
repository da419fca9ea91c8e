"""``tspmo serve``: the API over HTTP."""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from ipaddress import ip_address
from typing import Annotated

import typer
import uvicorn

from api.app import create_app
from api.options import ApiOptions
from cli.shell import CONFIG, MISUSE, Config, Failure, Outside, err, run, settings_at
from config import wiring
from config.settings import Settings
from connectors.limits import Timing
from connectors.registry import trackers
from store.keys import any_keys
from store.open import Store

EPILOG = "Examples: tspmo serve · tspmo serve --port 8000 · tspmo serve --host 0.0.0.0"


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


def register(app: typer.Typer, outside: Outside) -> None:
    @app.command(epilog=EPILOG)
    def serve(
        config: Config = CONFIG,
        host: Annotated[
            str | None, typer.Option(help="The address to bind to; else the configured one.")
        ] = None,
        port: Annotated[int | None, typer.Option(help="The port; else the configured one.", min=0)] = None,
    ) -> None:
        """Serve the API until Ctrl-C; its documentation is at /docs.

        While no API key exists it answers callers on this machine alone, and binds to no other address.
        """
        settings = settings_at(config, outside)
        address = Address(host or settings.server.host, settings.server.port if port is None else port)
        with suppress(KeyboardInterrupt):
            run(_served(settings, address, outside))


async def _served(settings: Settings, address: Address, outside: Outside) -> None:
    async with wiring.opened_store(settings) as store:
        guarded = await any_keys(store)
        if not guarded and not address.local:
            raise Failure(
                f"{address.host} can be reached from other machines, and there is no API key yet that would "
                "tell who asks. Mend: tspmo keys create --role admin, or serve on 127.0.0.1.",
                MISUSE,
            )
        with bound(address) as listener:
            console = err()
            console.print(
                f"Serving on {Address(address.host, listener.getsockname()[1]).url}/docs", markup=False
            )
            if not guarded:
                console.print(
                    "No API key exists: only this machine is let in (tspmo keys create).", markup=False
                )
            await server(store, settings, outside).serve(sockets=[listener])


def server(store: Store, settings: Settings, outside: Outside) -> uvicorn.Server:
    """A server of the API over a store, not yet started."""
    app = create_app(store, outside.timing.clock, options(settings, outside.timing))
    return uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", server_header=False))


def options(settings: Settings, timing: Timing = wiring.REAL_TIME) -> ApiOptions:
    return ApiOptions(
        version=version("tspmo"),
        trackers=[tracker.capabilities for tracker in trackers().values()],
        check=wiring.checker(settings, timing),
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

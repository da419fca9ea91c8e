"""``tspmo serve``: the API and a worker in one process."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.answering import Address, answering, bound
from cli.running import logged, until_told
from cli.shell import CONFIG, MISUSE, Config, Failure, Outside, err, run, settings_at
from config import wiring
from config.settings import Settings
from config.working import working
from store.beside import served_alone
from store.keys import any_keys
from store.open import Store

EPILOG = "Examples: tspmo serve · tspmo serve --port 8000 · tspmo serve --host 0.0.0.0"

Host = Annotated[str | None, typer.Option(help="The address to bind to; else the configured one.")]
Port = Annotated[int | None, typer.Option(help="The port; else the configured one.", min=0)]


def register(app: typer.Typer, outside: Outside) -> None:
    @app.command(epilog=EPILOG)
    def serve(config: Config = CONFIG, host: Host = None, port: Port = None) -> None:
        """Serve the API and keep the store true, until Ctrl-C; the documentation is at /docs.

        Reads what changed at once and then at its times ([schedules]), and compares everything each night.
        While no API key exists it answers callers on this machine alone, and binds to no other address.
        """
        settings = settings_at(config, outside)
        logged()
        run(_served(settings, address_of(settings, host, port), outside))


async def _served(settings: Settings, address: Address, outside: Outside) -> None:
    with until_told() as stop, served_alone(settings.store_url, outside.timing.clock()):
        async with wiring.opened_store(settings, outside.timing.clock) as store:
            guarded = await let_in(store, address)
            with bound(address) as listener:
                announce(Address(address.host, listener.getsockname()[1]), guarded=guarded)
                async with (
                    answering(settings, listener, outside, stop),
                    working(settings, store, outside.timing, "serve") as worker,
                ):
                    await stop.wait()
                    worker.stop.set()


def address_of(settings: Settings, host: str | None, port: int | None) -> Address:
    return Address(host or settings.server.host, settings.server.port if port is None else port)


async def let_in(store: Store, address: Address) -> bool:
    """Whether keys tell who asks. Raises Failure where none do and others than this machine could ask."""
    guarded = await any_keys(store)
    if not guarded and not address.local:
        raise Failure(
            f"{address.host} can be reached from other machines, and there is no API key yet that would "
            "tell who asks. Mend: tspmo keys create --role admin, or serve on 127.0.0.1.",
            MISUSE,
        )
    return guarded


def announce(address: Address, *, guarded: bool) -> None:
    console = err()
    console.print(f"Serving on {address.url}/docs", markup=False)
    if not guarded:
        console.print("No API key exists: only this machine is let in (tspmo keys create).", markup=False)

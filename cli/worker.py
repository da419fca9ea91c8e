"""``tspmo worker``: does what schedules and people ask for, without an API."""

from __future__ import annotations

import typer

from cli.running import logged, until_told
from cli.shell import CONFIG, Config, Outside, err, run, settings_at
from config import wiring
from config.settings import Settings
from config.working import working
from store.beside import served_alone

EPILOG = "Examples: tspmo worker · tspmo worker --config /etc/tspmo/tspmo.toml"


def register(app: typer.Typer, outside: Outside) -> None:
    @app.command(epilog=EPILOG)
    def worker(config: Config = CONFIG) -> None:
        """Read and compare the trackers at their times and when asked, until Ctrl-C.

        With a store on PostgreSQL, any number of workers on any number of machines share the work. A SQLite
        store has room for one process; tspmo serve is a worker too.
        """
        logged()
        run(_worked(settings_at(config, outside), outside))


async def _worked(settings: Settings, outside: Outside) -> None:
    with until_told() as stop, served_alone(settings.store_url, outside.timing.clock()):
        async with (
            wiring.opened_store(settings, outside.timing.clock) as store,
            working(settings, store, outside.timing, "worker"),
        ):
            err().print(f"Working on {len(settings.connections)} connections.", markup=False)
            await stop.wait()

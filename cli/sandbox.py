"""``tspmo sandbox``: the trackers themselves, as servers on this machine, to try things on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.shell import MISUSE, Failure, Outside
from sandbox.fault_kinds import BadFault
from sandbox.fault_plan import read_plan
from sandbox.options import SandboxOptions
from sandbox.server import SandboxError, serve

EPILOG = "Examples: tspmo sandbox · tspmo sandbox --items 2000 --port 9000 · tspmo sandbox --faults plan.json"


def register(app: typer.Typer, _outside: Outside) -> None:
    @app.command(epilog=EPILOG)
    def sandbox(
        seed: Annotated[int, typer.Option(help="Another number, another story.")] = 7,
        items: Annotated[int, typer.Option(help="How many items the story has.")] = 600,
        latency_ms: Annotated[
            int, typer.Option(help="How long each answer takes, in milliseconds.", min=0)
        ] = 0,
        port: Annotated[
            int, typer.Option(help="The first of three ports in a row; 0 for free ones.", min=0)
        ] = 0,
        faults: Annotated[
            Path | None, typer.Option(help="A plan of faults that are on from the start, JSON or TOML.")
        ] = None,
    ) -> None:
        """Run all five trackers on this machine, telling one made-up story, until Ctrl-C.

        Prints one line of JSON: their addresses, credentials that they accept, and the address of the admin
        routes (/_sandbox/truth, /_sandbox/edit, /_sandbox/faults).
        """
        try:
            plan = read_plan(faults) if faults else ()
            options = SandboxOptions(seed=seed, items=items, latency_ms=latency_ms, port=port, faults=plan)
            serve(options, typer.echo)
        except (BadFault, SandboxError) as error:
            raise Failure(str(error), MISUSE) from error

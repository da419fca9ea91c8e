"""The entry point of the command ``tspmo``: its commands, and the one place where errors become words."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.exceptions import TyperException

from cli import (
    api,
    check,
    demo,
    fields,
    findings,
    init,
    keys,
    people,
    portfolio,
    receipts,
    reconcile,
    replay,
    runs,
    sandbox,
    serve,
    status,
    subscriptions,
    sync,
    verify,
    watch,
    worker,
)
from cli.shell import MISUSE, OK, TROUBLE, Failure, Outside, err, machine
from config.problems import SettingsError
from connectors.errors import TrackerError
from store.open import StoreError

INTERRUPTED = 130
DEBUG = "--debug"
COMMANDS = (
    demo, init, check, sync, reconcile, portfolio, people, status, runs, findings, receipts, fields, replay,
    verify, watch, subscriptions, serve, api, worker, keys, sandbox,
)  # fmt: skip
"""In the order in which somebody new needs them."""
HELP = """One true, live view of every project, read out of the trackers that the teams already use.

Three commands to a first portfolio: `tspmo init`, `tspmo sync`, `tspmo portfolio`.
Or look first: `tspmo demo`.
"""


def build(outside: Outside) -> typer.Typer:
    """All commands in one."""
    app = typer.Typer(
        name="tspmo",
        help=HELP,
        no_args_is_help=True,
        rich_markup_mode="markdown",
        pretty_exceptions_enable=False,
    )
    app.callback()(_options)
    for module in COMMANDS:
        module.register(app, outside)
    return app


def main(arguments: Sequence[str] | None = None, outside: Outside | None = None) -> int:
    """Runs one command and returns its exit code: 0 fine, 1 data or trackers, 2 usage or configuration."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = DEBUG in given
    try:
        code = build(outside or machine())(
            [word for word in given if word != DEBUG], prog_name="tspmo", standalone_mode=False
        )
        return code if isinstance(code, int) else OK
    except (KeyboardInterrupt, typer.Abort):
        err().print("Stopped.")
        return INTERRUPTED
    except Exception as error:
        if debug:
            err().print("".join(traceback.format_exception(error)), markup=False)
        message, code = explained(error)
        if message:
            err().print(message, markup=False)
        return code


def explained(error: Exception) -> tuple[str, int]:
    """An error as one readable paragraph, with the exit code it stands for."""
    match error:
        case Failure():
            return str(error), error.code
        case SettingsError() | StoreError():
            return str(error), MISUSE
        case TrackerError():
            return str(error), TROUBLE
        case TyperException() if not error.format_message():  # the help was asked for, and shown
            return "", error.exit_code
        case TyperException():
            return (
                f"{error.format_message().rstrip('.')}. Mend: tspmo --help shows what there is.",
                error.exit_code,
            )
        case _:
            return (
                f"tspmo failed in a way that nobody foresaw ({type(error).__name__}: {error}). What was "
                f"stored stays. Mend: tell the maintainers, with the output of the same command and {DEBUG}.",
                TROUBLE,
            )


def _options(
    debug: Annotated[bool, typer.Option(DEBUG, help="Show the traceback of an error.")] = False,
) -> None:
    """Taken out of the arguments by ``main``, so that it may stand anywhere; here for the help."""


if __name__ == "__main__":
    sys.exit(main())

"""``tspmo portfolio``: the portfolio out of the store, as the API answers it."""

from __future__ import annotations

from typing import Annotated

import typer

from api.envelope import Answer, meta, reach
from api.project_entry import COLUMNS, Portfolio, project_entries, project_row, tree
from api.tables import JSON, to_csv
from cli.shell import CONFIG, MISUSE, AsJson, Config, Failure, Outside, out, run, settings_at
from cli.tables import footer, portfolio_table
from config import wiring
from config.settings import Settings
from store.principal import LOCAL

EPILOG = "Examples: tspmo portfolio · tspmo portfolio --csv > portfolio.csv"


def register(app: typer.Typer, outside: Outside) -> None:
    @app.command(epilog=EPILOG)
    def portfolio(
        config: Config = CONFIG,
        as_json: AsJson = False,
        as_csv: Annotated[bool, typer.Option("--csv", help="Print a table for spreadsheets.")] = False,
    ) -> None:
        """Show every project: progress, overdue, blocked, next due, how fresh and how complete.

        Asks no tracker; tspmo sync does. JSON is that of GET /v1/portfolio.
        """
        if as_json and as_csv:
            raise Failure("Expected one of --json and --csv, found both. Mend: leave one out.", MISUSE)
        answer = run(_answer(settings_at(config, outside), outside))
        if as_json:
            typer.echo(JSON.encode(answer))
        elif as_csv:
            typer.echo(to_csv(COLUMNS, map(project_row, answer.data.projects)), nl=False)
        else:
            show(answer)


def show(answer: Answer[Portfolio]) -> None:
    """For people."""
    console = out()
    console.print(portfolio_table(answer, console.width))
    console.print(footer(answer.meta), markup=False)
    if answer.meta.as_of is None:
        console.print("Next: tspmo sync")


async def _answer(settings: Settings, outside: Outside) -> Answer[Portfolio]:
    now = outside.timing.clock()
    async with wiring.opened_store(settings) as store:
        reader = store.reader(LOCAL, outside.timing.clock)
        entries = project_entries(await reader.portfolio(), now)
        envelope = meta(reach(await reader.coverage()), now)
    return Answer(data=Portfolio(tree=tree(entries), projects=entries), meta=envelope)

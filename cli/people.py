"""``tspmo people``: who there is, who may be whom, and what somebody decides of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import typer
from rich.table import Table

from api.people_entry import SuggestionEntry, suggestion_entries
from api.tables import JSON
from cli import people_deciding
from cli.people_names import short, title
from cli.shell import CONFIG, AsJson, Config, Outside, behind, out, run, settings_at
from config import wiring
from config.settings import Settings
from store.principal import LOCAL
from store.reader import Reader
from store.views import PeopleQuery, PersonView
from sync.people import suggestions

EPILOG = (
    "Examples: tspmo people · tspmo people suggestions · tspmo people confirm ACCOUNT PERSON · "
    "tspmo people undo"
)
PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Everybody, and by person how many suggestions wait for a decision."""

    people: Sequence[PersonView]
    suggestions: Mapping[str, int]


def register(app: typer.Typer, outside: Outside) -> None:
    commands = typer.Typer(epilog=EPILOG)
    _list(commands, outside)
    _suggestions(commands, outside)
    people_deciding.register(commands, outside)
    app.add_typer(commands, name="people")


def _list(app: typer.Typer, outside: Outside) -> None:
    @app.callback(invoke_without_command=True)
    def people(context: typer.Context, config: Config = CONFIG, as_json: AsJson = False) -> None:
        """List people with their accounts, and decide which accounts are whose.

        Accounts that show the same address are joined; whatever else is alike is only suggested.
        """
        if context.invoked_subcommand is None:
            _show(run(_listing(settings_at(config, outside), outside)), as_json)
        else:
            behind(context, "config", "as_json")


def _show(listing: Listing, as_json: bool) -> None:
    if as_json:
        typer.echo(JSON.encode(listing))
        return
    table = Table("person", "name", "open", "accounts", "suggestions", box=None, header_style="dim")
    for one in listing.people:
        accounts = ", ".join(title(account) for account in one.accounts)
        waiting = listing.suggestions.get(one.id, 0)
        table.add_row(short(one.id), one.name, str(one.open_items), accounts, str(waiting or ""))
    out().print(table)
    if listing.suggestions:
        out().print("Next: tspmo people suggestions")


async def _listing(settings: Settings, outside: Outside) -> Listing:
    async with wiring.opened_store(settings) as store:
        reader = store.reader(LOCAL, outside.timing.clock)
        found = await suggestions(reader)
        whose = {one.account.id: one.person for one in found.identities.accounts}
        concerned = [person for one in found.suggestions for person in (whose[one.account], one.person)]
        return Listing(people=await _everybody(reader), suggestions=Counter(concerned))


async def _everybody(reader: Reader) -> list[PersonView]:
    found: list[PersonView] = []
    query = PeopleQuery(limit=PAGE)
    while True:
        page = await reader.people(query)
        found.extend(page.people)
        if page.next_cursor is None:
            return found
        query = replace(query, cursor=page.next_cursor)


def _suggestions(app: typer.Typer, outside: Outside) -> None:
    @app.command("suggestions", epilog="Examples: tspmo people suggestions · tspmo people suggestions --json")
    def show(
        config: Config = CONFIG,
        limit: Annotated[int, typer.Option(help="How many at most.", min=1)] = 20,
        as_json: AsJson = False,
    ) -> None:
        """Show who may be whom, the most likely first, with what speaks for it and against it.

        Nothing is merged by this: confirm or reject what you know. What you reject is not suggested again.
        """
        found = run(_found(settings_at(config, outside), outside))
        if as_json:
            typer.echo(JSON.encode(found[:limit]))
            return
        for line in lines(found, limit):
            out().print(line, markup=False)


async def _found(settings: Settings, outside: Outside) -> list[SuggestionEntry]:
    async with wiring.opened_store(settings) as store:
        return suggestion_entries(await suggestions(store.reader(LOCAL, outside.timing.clock)))


def lines(found: Sequence[SuggestionEntry], limit: int) -> Iterator[str]:
    for one in found[:limit]:
        yield f"{one.score:.2f}  {title(one.account)} may be {title(one.other)}"
        yield from (f"      {'+' if piece.weight > 0 else '-'} {piece.words}" for piece in one.evidence)
        names = f"{short(one.account.id)} {short(one.person)}"
        yield f"      tspmo people confirm {names} · tspmo people reject {names}"
    if len(found) > limit:
        yield f"and {len(found) - limit} more: --limit {len(found)}"
    if not found:
        yield "Nobody is suggested to be somebody else."

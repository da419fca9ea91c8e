"""``tspmo keys``: who may ask the API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.table import Table

from cli.shell import CONFIG, Config, Failure, Outside, out, run, settings_at
from config import wiring
from store.keys import KeySpec, KeyView, create_key, list_keys, revoke_key
from store.open import Store
from store.principal import Role

T = TypeVar("T")
EPILOG = 'Examples: tspmo keys create --role pmo --name "Ada, PMO" · tspmo keys list · tspmo keys revoke KEY'


def register(app: typer.Typer, outside: Outside) -> None:
    commands = typer.Typer(help="Make, list and revoke the API's keys.", no_args_is_help=True, epilog=EPILOG)
    for command in (_create, _list, _revoke):
        command(commands, outside)
    app.add_typer(commands, name="keys")


def _create(app: typer.Typer, outside: Outside) -> None:
    @app.command()
    def create(
        role: Annotated[Role, typer.Option(help="What the key may do.", prompt="Role")],
        name: Annotated[str, typer.Option(help="What it is for, as the list shows it.", prompt="What for")],
        person: Annotated[str | None, typer.Option(help="Whom it stands for: id or e-mail address.")] = None,
        team: Annotated[str | None, typer.Option(help="The team whose own scopes it may see.")] = None,
        config: Config = CONFIG,
    ) -> None:
        """Make a key and print it, once: only its hash is kept.

        From the first key on, the API lets nobody in without one, on this machine either.
        """
        spec = KeySpec(role=role, name=name, person=person, team=team)
        key = run(_with_store(config, outside, lambda store: create_key(store, spec, outside.timing.clock())))
        out().print(key, markup=False)


def _list(app: typer.Typer, outside: Outside) -> None:
    @app.command("list")
    def show(config: Config = CONFIG) -> None:
        """List the keys, without their secrets."""
        headings = ("key", "for", "role", "team", "person", "made", "last used", "")
        table = Table(*headings, box=None, header_style="dim")
        for key in run(_with_store(config, outside, list_keys)):
            table.add_row(*_row(key))
        out().print(table)


def _revoke(app: typer.Typer, outside: Outside) -> None:
    @app.command()
    def revoke(
        key: Annotated[str, typer.Argument(help="The key's id, as tspmo keys list shows it.")],
        config: Config = CONFIG,
    ) -> None:
        """Stop a key at once."""
        now = outside.timing.clock()
        if not run(_with_store(config, outside, lambda store: revoke_key(store, key, now))):
            raise Failure(f'There is no key "{key}" in force. Mend: tspmo keys list shows the ids.')
        out().print(f"{key} is revoked.", markup=False)


async def _with_store(config: Path, outside: Outside, work: Callable[[Store], Awaitable[T]]) -> T:
    async with wiring.opened_store(settings_at(config, outside)) as store:
        return await work(store)


def _row(key: KeyView) -> tuple[str, ...]:
    return (
        key.id,
        key.name,
        key.role,
        key.team or "",
        key.person or "",
        f"{key.created_at:%Y-%m-%d}",
        f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never",
        f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "",
    )

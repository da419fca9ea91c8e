"""``tspmo people confirm``, ``reject``, ``split`` and ``undo``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from api.tables import JSON
from cli.people_names import find_account, find_person, short, title
from cli.shell import CONFIG, AsJson, By, Config, Failure, Outside, out, run, settings_at, whoever
from config import wiring
from store.decisions import Decided, DecisionError, Verdict, undo
from store.open import Store
from store.people_views import Identity
from store.principal import LOCAL
from sync.people import Wish, take

Account = Annotated[str, typer.Argument(help="The account: its id or the beginning of it, a name, a handle.")]
Person = Annotated[str, typer.Argument(help="The person: the same of the person or one of its accounts.")]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a decision is taken, by whom, and how it is told."""

    outside: Outside
    config: Path
    by: str | None
    as_json: bool

    @property
    def who(self) -> str:
        return whoever(self.outside, self.by)


def register(app: typer.Typer, outside: Outside) -> None:
    for command in (_confirm, _reject, _split, _undo):
        command(app, outside)


def _confirm(app: typer.Typer, outside: Outside) -> None:
    @app.command(
        epilog="Examples: tspmo people confirm 4b9d4b0e 9d1f7a52 · tspmo people confirm trello:ann Ann"
    )
    def confirm(
        account: Account, person: Person, config: Config = CONFIG, by: By = None, as_json: AsJson = False
    ) -> None:
        """Say that the account, with all that is joined with it, is the person's.

        Figures that count people follow at once. tspmo people undo takes it back.
        """
        _decide(Desk(outside, config, by, as_json), "confirmed", account, person)


def _reject(app: typer.Typer, outside: Outside) -> None:
    @app.command(epilog="Examples: tspmo people reject 4b9d4b0e 9d1f7a52")
    def reject(
        account: Account, person: Person, config: Config = CONFIG, by: By = None, as_json: AsJson = False
    ) -> None:
        """Say that the account is not the person's, so that it is suggested no more.

        Unless so much more speaks for it later that half of today's doubt is gone.
        """
        _decide(Desk(outside, config, by, as_json), "rejected", account, person)


def _split(app: typer.Typer, outside: Outside) -> None:
    @app.command(epilog="Examples: tspmo people split 4b9d4b0e")
    def split(account: Account, config: Config = CONFIG, by: By = None, as_json: AsJson = False) -> None:
        """Take the account out of its person: it becomes one of its own, whatever address it shows."""
        _decide(Desk(outside, config, by, as_json), "split", account, None)


def _undo(app: typer.Typer, outside: Outside) -> None:
    @app.command("undo", epilog="Examples: tspmo people undo · tspmo people undo trello:ann")
    def take_back(
        account: Annotated[str | None, typer.Argument(help="The last decision on this account only.")] = None,
        config: Config = CONFIG,
        by: By = None,
        as_json: AsJson = False,
    ) -> None:
        """Take back the last decision, whoever took it. It stays in the history, and so does this."""
        desk = Desk(outside, config, by, as_json)

        async def work(store: Store, known: list[Identity]) -> Decided:
            chosen = find_account(known, account) if account else None
            return await undo(store, LOCAL, chosen, desk.who, outside.timing.clock())

        _told(desk, work)


def _decide(desk: Desk, verdict: Verdict, account: str, person: str | None) -> None:
    async def work(store: Store, known: list[Identity]) -> Decided:
        whose = find_person(known, person) if person is not None else None
        wish = Wish(verdict=verdict, account=find_account(known, account), person=whose, by=desk.who)
        return await take(store, LOCAL, wish, desk.outside.timing.clock)

    _told(desk, work)


def _told(desk: Desk, work: Callable[[Store, list[Identity]], Awaitable[Decided]]) -> None:
    decided, known = run(_done(desk, work))
    if desk.as_json:
        typer.echo(JSON.encode(decided))
        return
    for line in _lines(decided, known):
        out().print(line, markup=False)


async def _done(
    desk: Desk, work: Callable[[Store, list[Identity]], Awaitable[Decided]]
) -> tuple[Decided, Mapping[str, Identity]]:
    clock = desk.outside.timing.clock
    async with wiring.opened_store(settings_at(desk.config, desk.outside)) as store:
        try:
            decided = await work(store, list((await store.reader(LOCAL, clock).identities()).accounts))
        except DecisionError as error:
            raise Failure(str(error)) from error
        after = (await store.reader(LOCAL, clock).identities()).accounts
        return decided, {one.account.id: one for one in after}


def _lines(decided: Decided, known: Mapping[str, Identity]) -> list[str]:
    """Whose the account is now, and with which others."""
    mates = [one.account for one in known.values() if one.person == decided.person]
    others = sorted(title(account) for account in mates if account.id != decided.account)
    beside = f" with {', '.join(others)}" if others else ", alone"
    return [f"{title(known[decided.account].account)} is person {short(decided.person)}{beside}."]

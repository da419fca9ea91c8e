"""``tspmo subscriptions``: who is told of what happens, and what became of each delivery."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from pydantic import ValidationError

from api.problems import Invalid, Problem
from api.subscribing import SubscriptionRequest, known, missing, sent_again, subscribed
from api.tables import JSON
from cli.shell import CONFIG, MISUSE, AsJson, Config, Failure, Outside, behind, out, run, settings_at
from config import wiring
from config.working import guard
from store.open import Store
from store.principal import LOCAL
from store.subscription_views import DeliveryState, DeliveryView, SubscriptionView
from store.subscriptions import (
    enable,
    list_deliveries,
    list_subscriptions,
    unsubscribe,
)

T = TypeVar("T")
EPILOG = (
    "Examples: tspmo subscriptions add https://chat.example.org/hooks/pmo --name Chat --project website · "
    "tspmo subscriptions · tspmo subscriptions deliveries ID --state dead"
)
SHOWN = 100
Id = Annotated[str, typer.Argument(help="The subscription's id, as tspmo subscriptions shows it.")]


def register(app: typer.Typer, outside: Outside) -> None:
    commands = typer.Typer(epilog=EPILOG)
    for command in (_list, _add, _remove, _enable, _deliveries, _resend):
        command(commands, outside)
    app.add_typer(commands, name="subscriptions")


def _list(app: typer.Typer, outside: Outside) -> None:
    @app.callback(invoke_without_command=True)
    def subscriptions(context: typer.Context, config: Config = CONFIG, as_json: AsJson = False) -> None:
        """List who is told of what happens, by signed webhooks, and keep that list."""
        if context.invoked_subcommand is not None:
            behind(context, "config", "as_json")
            return
        found = run(_with_store(config, outside, list_subscriptions))
        if as_json:
            typer.echo(JSON.encode(found))
            return
        for line in lines(found):
            out().print(line, markup=False)


def lines(found: list[SubscriptionView]) -> Iterator[str]:
    for one in found:
        parts = [f"{name} {', '.join(getattr(one, name))}" for name in FILTERS if getattr(one, name)]
        yield f"{one.id}  {one.name}: {one.url} ({'; '.join(parts) or 'everything'}), {one.state}"
        if one.waiting or one.dead:
            yield f"  {one.waiting} deliveries wait, {one.dead} were given up"
        if one.disabled_because:
            yield f"  ! {one.disabled_because} Once it is mended: tspmo subscriptions enable {one.id}"
    if not found:
        yield "Nobody is told of anything yet: tspmo subscriptions add URL --name NAME"


FILTERS = ("tracker", "scope", "project", "kind", "field")


def _add(app: typer.Typer, outside: Outside) -> None:
    @app.command(epilog="Example: tspmo subscriptions add https://chat.example.org/hooks/pmo --name Chat")
    def add(
        url: Annotated[str, typer.Argument(help="Where to deliver to: https, at a public address.")],
        name: Annotated[str, typer.Option(help="What it is for, as the list shows it.", prompt="What for")],
        tracker: Annotated[list[str] | None, typer.Option(help="Of this tracker; may be repeated.")] = None,
        scope: Annotated[list[str] | None, typer.Option(help="Of this scope; may be repeated.")] = None,
        project: Annotated[list[str] | None, typer.Option(help="Of this project; may be repeated.")] = None,
        kind: Annotated[list[str] | None, typer.Option(help="Only of this kind; repeatable.")] = None,
        field: Annotated[list[str] | None, typer.Option(help="Only if this changed; repeatable.")] = None,
        config: Config = CONFIG,
    ) -> None:
        """Have somebody told from now on, and print the secret that signs it, once."""
        filters = {"tracker": tracker, "scope": scope, "project": project, "kind": kind, "field": field}
        given = {"url": url, "name": name, **{key: value or [] for key, value in filters.items()}}
        new = run(_added(config, outside, given))
        out().print(new, markup=False)


async def _added(config: Path, outside: Outside, given: Mapping[str, object]) -> str:
    settings = settings_at(config, outside)
    async with wiring.opened_store(settings) as store:
        try:
            asked = SubscriptionRequest.model_validate(given)
            new = await subscribed(store, guard(settings), LOCAL, asked, outside.timing.clock())
        except ValidationError as error:
            wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
            raise Failure(f"{wrong}. Mend: tspmo subscriptions add --help", MISUSE) from error
        except Invalid as error:
            raise Failure(f"{error} Mend: tspmo subscriptions add --help", MISUSE) from error
    return f"{new.id} {new.secret}"


def _remove(app: typer.Typer, outside: Outside) -> None:
    @app.command()
    def remove(subscription: Id, config: Config = CONFIG) -> None:
        """Tell somebody nothing more, and forget the deliveries."""
        run(_with_store(config, outside, lambda store: _done(unsubscribe(store, subscription), subscription)))
        out().print(f"{subscription} is told nothing more.", markup=False)


def _enable(app: typer.Typer, outside: Outside) -> None:
    @app.command("enable")
    def put_to_work(subscription: Id, config: Config = CONFIG) -> None:
        """Put one that was disabled to work again: it is told what happened since."""
        now = outside.timing.clock()
        run(_with_store(config, outside, lambda store: _done(enable(store, subscription, now), subscription)))
        out().print(f"{subscription} goes on where it stood.", markup=False)


def _deliveries(app: typer.Typer, outside: Outside) -> None:
    @app.command()
    def deliveries(
        subscription: Id,
        state: Annotated[DeliveryState | None, typer.Option(help="Only those in this state.")] = None,
        config: Config = CONFIG,
        as_json: AsJson = False,
    ) -> None:
        """List the newest deliveries, and what became of each."""
        found = run(_with_store(config, outside, lambda store: _newest(store, subscription, state)))
        if as_json:
            typer.echo(JSON.encode(found))
            return
        for one in found:
            out().print(_delivery(one), markup=False)


def _delivery(one: DeliveryView) -> str:
    next_at = f", next at {one.next_at.astimezone():%m-%d %H:%M}" if one.next_at else ""
    trouble = f" ! {one.last_error}" if one.last_error else ""
    return f"{one.id} {one.type} {one.seq}: {one.state}, tried {one.attempts} times{next_at}{trouble}"


def _resend(app: typer.Typer, outside: Outside) -> None:
    @app.command("resend")
    def again(
        subscription: Id,
        delivery: Annotated[str, typer.Argument(help="The delivery's id, as …deliveries shows it.")],
        config: Config = CONFIG,
    ) -> None:
        """Have a delivery made again, whatever became of it before."""
        now = outside.timing.clock()
        run(_with_store(config, outside, lambda store: sent_again(store, subscription, delivery, now)))
        out().print(f"{delivery} is delivered again by the next worker.", markup=False)


async def _with_store(config: Path, outside: Outside, work: Callable[[Store], Awaitable[T]]) -> T:
    async with wiring.opened_store(settings_at(config, outside)) as store:
        try:
            return await work(store)
        except Problem as error:
            raise Failure(f"{error} Mend: tspmo subscriptions, or … deliveries, lists them.") from error


async def _newest(store: Store, subscription: str, state: DeliveryState | None) -> list[DeliveryView]:
    await known(store, subscription)
    return await list_deliveries(store, subscription, state, SHOWN)


async def _done(doing: Awaitable[bool], subscription: str) -> None:
    if not await doing:
        raise missing(subscription)

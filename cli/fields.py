"""``tspmo fields``: which of a tracker's own fields could play a role, and what a choice would do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from api.tables import JSON
from cli.shell import CONFIG, MISUSE, AsJson, Config, Failure, Only, Outside, chosen, out, run, settings_at
from config import wiring
from config.settings import Settings
from normalizer.candidates import Candidate
from normalizer.rules import FieldRole
from sync.workbench import Scouted, scout

EPILOG = "Examples: tspmo fields · tspmo fields --role due · tspmo fields --try 'Story Points'"
SHOWN = 3
LIKELY = 0.5
"""The score from which on a field is proposed."""


def register(app: typer.Typer, outside: Outside) -> None:
    @app.command(epilog=EPILOG)
    def fields(
        config: Config = CONFIG,
        connection: Only = None,
        role: Annotated[FieldRole, typer.Option(help="The role that a field is wanted for.")] = "estimate",
        tried: Annotated[
            str | None, typer.Option("--try", help="A field by its name or id: what if it played the role?")
        ] = None,
        as_json: AsJson = False,
    ) -> None:
        """Rank the fields that could play a role, scope by scope, by name, fill rate and values.

        Looks at the latest 500 items of each scope, as they are kept. With --try, how many of them would have
        a value then. Asks no tracker and changes nothing; what you choose becomes a rule in tspmo.toml.
        """
        settings = settings_at(config, outside)
        found = run(_scouted(settings, chosen(settings, connection), role, tried, outside))
        if as_json:
            typer.echo(JSON.encode(found))
            return
        for line in lines(found, role, tried):
            out().print(line, markup=False)


async def _scouted(
    settings: Settings, names: Sequence[str], role: FieldRole, tried: str | None, outside: Outside
) -> list[Scouted]:
    async with (
        wiring.opened_store(settings) as store,
        wiring.sources(settings, names, outside.timing) as sources,
    ):
        found = [one for source in sources for one in await scout(store, source, role, tried)]
    if not found:
        raise Failure(f"Nothing is kept yet of {', '.join(names)}. Mend: tspmo sync reads it.", MISUSE)
    return found


def lines(found: Sequence[Scouted], role: FieldRole, tried: str | None) -> Iterator[str]:
    for one in found:
        would = f", with {tried!r} {_share(one.would_fill, one.items)}" if one.would_fill is not None else ""
        unread = f", {one.rejected} of them cannot be read then" if one.rejected else ""
        yield f"{one.connection}, {one.scope}: {role} now {_share(one.filled, one.items)}{would}{unread}"
        yield from (f"  {_candidate(each)}" for each in one.candidates[:SHOWN])
    best = max((each for one in found for each in one.candidates), key=lambda each: each.score, default=None)
    if best is None or best.score < LIKELY:
        yield f"Next: no field here is likely to be the {role}; ask a team which one it fills, and --try it"
    else:
        yield _rule(best.name, role)


def _rule(name: str, role: FieldRole) -> str:
    return f"Next: in [[rules]] of tspmo.toml: fields = {{ {role} = {name!r} }}; then tspmo replay --dry-run"


def _candidate(one: Candidate) -> str:
    values = ", ".join(f"{value} ({count})" for value, count in one.values)
    return f"{one.score:.2f} {one.name} ({one.type}, {one.field}): {'; '.join(one.why)}; {values}"


def _share(part: int | None, whole: int) -> str:
    return f"{part or 0} of {whole} items"

"""``tspmo findings approve`` and ``dismiss``, and what somebody at a terminal calls a finding."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.people_names import short
from cli.shell import CONFIG, By, Config, Failure, Outside, out, run, settings_at, whoever
from config import wiring
from config.settings import Settings
from store.finding_views import FindingDetail
from store.held import DECIDED, Decision, DecisionError, decide
from store.principal import LOCAL
from store.reader import Reader

SHOWN = 1000
Finding = Annotated[str, typer.Argument(help="The finding: its id, or a beginning that no other has.")]
Why = Annotated[str, typer.Option(help="Why it is decided so: kept, and shown to whoever asks later.")]


async def find_finding(reader: Reader, called: str) -> FindingDetail:
    """Raises Failure for none and for several."""
    name = called.lower()
    fitting = [one.id for one in await reader.findings("all") if name and one.id.startswith(name)]
    if len(fitting) > 1 and name not in fitting:
        those = ", ".join(sorted(fitting)[:5])
        raise Failure(f'"{called}" could be any of {len(fitting)}: {those}. Mend: give more of the id.')
    chosen = name if name in fitting else next(iter(fitting), "")
    found = await reader.finding(chosen, SHOWN)
    if found is None:
        raise Failure(f'There is no finding "{called}". Mend: tspmo findings --all lists which there are.')
    return found


def register(app: typer.Typer, outside: Outside) -> None:
    _approve(app, outside)
    _dismiss(app, outside)


def _approve(app: typer.Typer, outside: Outside) -> None:
    @app.command(epilog='Examples: tspmo findings approve 1f0f3c52 --why "the board was cleared"')
    def approve(finding: Finding, why: Why, config: Config = CONFIG, by: By = None) -> None:
        """Let the items go that the finding holds back: they are noted as what their tracker says.

        Items that were read since stay. Figures follow at once.
        """
        decision = Decision(verb="approve", who=whoever(outside, by), why=why, at=outside.timing.clock())
        _decide(outside, config, finding, decision)


def _dismiss(app: typer.Typer, outside: Outside) -> None:
    @app.command(epilog='Examples: tspmo findings dismiss 1f0f3c52 --why "hidden for the audit until May"')
    def dismiss(finding: Finding, why: Why, config: Config = CONFIG, by: By = None) -> None:
        """Leave things as they are: items that are held back stay shown, and the finding is open no more."""
        decision = Decision(verb="dismiss", who=whoever(outside, by), why=why, at=outside.timing.clock())
        _decide(outside, config, finding, decision)


def _decide(outside: Outside, config: Path, called: str, decision: Decision) -> None:
    found = run(_decided(settings_at(config, outside), outside, called, decision))
    fate = "let go" if decision.verb == "approve" else "kept as they are"
    items = f": {found.count} items are {fate}" if found.kind == "mass_absence" else ""
    said = f"Finding {short(found.id)} was {DECIDED[decision.verb]} by {decision.who}{items}."
    out().print(said, markup=False)


async def _decided(settings: Settings, outside: Outside, called: str, decision: Decision) -> FindingDetail:
    async with wiring.opened_store(settings) as store:
        found = await find_finding(store.reader(LOCAL, outside.timing.clock), called)
        try:
            await decide(store, found.id, decision)
        except DecisionError as error:
            raise Failure(str(error)) from error
        return found

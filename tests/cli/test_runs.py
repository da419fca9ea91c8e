"""What runs is shown while it runs, with what is late and why; and a person ends it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import update

from cli.sync import summary
from store import runs
from store.open import open_store
from store.schema import runs as table
from sync.halt import Stop
from sync.report import ConnectionReport, ScopeReport
from tests.cli.desk import Desk


async def _begun(folder: Path, at: datetime, kind: str, waits: datetime | None) -> str:
    store = await open_store(f"sqlite:///{folder / 'tspmo.db'}")
    run = await runs.begin(store, kind, "trello", None, at)
    async with store.database.writing() as session:
        of = update(table).where(table.c.id == run)
        await session.run(of.values(items=120, expected=400, waiting_until=waits))
    await store.aclose()
    return run


def begun(desk: Desk, kind: str = "full", waits: datetime | None = None) -> str:
    """A run that began a minute ago and brought 120 of 400 items."""
    desk.write()
    assert desk.tspmo("status").code == 0
    run = asyncio.run(_begun(desk.folder, desk.time.now, kind, waits))
    desk.time.now += timedelta(minutes=1)
    return run


def test_status_shows_what_runs_with_its_share_pace_and_end(desk: Desk) -> None:
    run = begun(desk)
    [line] = [line for line in desk.tspmo("status").out.splitlines() if run[:8] in line]
    assert line.endswith(", 120 of 400 items (30 %), 2 items/s, about 2 min 20 s left")
    assert f"{run[:8]} trello: full since " in line


def test_status_says_until_when_a_run_waits(desk: Desk) -> None:
    until = desk.time.now + timedelta(minutes=9)
    run = begun(desk, waits=until)
    [line] = [line for line in desk.tspmo("status").out.splitlines() if run[:8] in line]
    assert f"waits until {until.astimezone():%H:%M:%S}, about 8 min 00 s left" in line
    [told] = desk.tspmo("status", "--json").json["running"]
    assert (told["state"], told["eta_seconds"]) == ("waiting", 480)


def test_a_person_cancels_a_run_by_how_its_id_begins(desk: Desk) -> None:
    run = begun(desk)
    ended = desk.tspmo("cancel", run[:6])
    assert (ended.code, ended.out.strip()) == (0, f"Run {run} (full of trello) stops at the end of its page.")
    assert "stops at the end of its page" in desk.tspmo("status").out
    assert desk.tspmo("cancel", run).code == 0, "asking twice is asking once"


def test_what_cannot_be_cancelled_is_said_in_a_sentence(desk: Desk) -> None:
    run = begun(desk, "replay")
    for given, said in (("zzz", "None of the 1 runs under way"), (run, "is a replay: only a reading")):
        ended = desk.tspmo("cancel", given)
        assert (ended.code, said in ended.err) == (1, True), ended.err


def test_status_says_what_is_late_and_why_also_of_what_never_worked(desk: Desk) -> None:
    desk.write("[server]\nfreshness_minutes = 5")
    assert "late\n" not in desk.tspmo("status").out
    desk.time.now += timedelta(minutes=6)
    said = desk.tspmo("status").out
    assert "2 late (tspmo status says why)" in said
    for name in ("trello", "jira"):
        [line] = [line for line in said.splitlines() if line.startswith(f"  {name}: since ")]
        assert f"Nothing has asked {name} for its scopes since " in line
        assert "is tspmo serve or tspmo worker running?" in line
    desk.environ["TRELLO_TOKEN"] = "revoked"
    assert desk.tspmo("sync", "--connection", "trello").code == 1
    [line] = [line for line in desk.tspmo("status").out.splitlines() if line.startswith("  trello: since ")]
    assert "token" in line.lower()


def test_a_sync_says_which_part_of_it_was_cancelled() -> None:
    stops: dict[str, Stop | None] = {"Web": None, "Ops": "cancelled"}
    scopes = [
        ScopeReport(scope=name, kind="full", items=5, written=5, rejected=0, halted=stop)
        for name, stop in stops.items()
    ]
    said, following = summary([ConnectionReport(connection="boards", scopes=scopes, errors=())])
    assert said.endswith("1 scope cancelled on the way (the next sync goes on there)")
    assert following == "Next: tspmo portfolio"

"""``tspmo receipts`` and ``tspmo findings``: what was compared, whether that can be believed, and what
somebody decides at a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from cli.main import main
from cli.shell import Outside
from store.declared import ScopeSpec
from store.held import hold
from store.open import open_store
from store.presence import Absent
from store.receipts import issue
from store.schema_reconciling import receipts
from store.standing import Standing, raise_standing
from tests.cli.desk import Ended
from tests.faketime import FakeTime
from tests.store.compared import compared
from tests.store.kit import World, at, item, item_id, scope_id

CONFIG = """
[connections.site]
tracker = "trello"
key = "env:TRELLO_KEY"
token = "env:TRELLO_TOKEN"
"""
WHY = "--why", "the board was cleared"


@dataclass
class Office:
    """A folder with a store in it, and the command over that."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    def tspmo(self, *arguments: str) -> Ended:
        self.capsys.readouterr()
        environ = {"TRELLO_KEY": "k" * 32, "TRELLO_TOKEN": "t" * 64, "USER": "ada"}
        named = ["--config", str(self.folder / "tspmo.toml")]
        timing = FakeTime(datetime(2026, 3, 2, 9, tzinfo=UTC)).timing
        code = main([*arguments, *named], Outside(environ, timing))
        said = self.capsys.readouterr()
        return Ended(code, said.out, said.err)

    def findings(self) -> list[Any]:
        """What is open, but for what is only late."""
        return [one for one in self.tspmo("findings", "--json").json if one["kind"] != "late"]

    def does(self, work: Callable[[World], Awaitable[Any]]) -> Any:
        async def done() -> Any:
            store = await open_store(f"sqlite:///{self.folder / 'tspmo.db'}")
            try:
                return await work(World(store))
            finally:
                await store.aclose()

        return asyncio.run(done())


async def fill(world: World) -> None:
    """Two nights of OPS, of which two items vanished at once; one of WEB that was cut; none of LAB."""
    await world.declare(scopes=[ScopeSpec(connection="site", remote="*", sharing="organisation", team=None)])
    await world.list("site", "OPS", "WEB", "LAB")
    await world.put("OPS", item("1", title="=cmd"), item("2"), whole=True)
    for night in range(2):
        world.now = at(night * 1440)
        await issue(world.store, await compared(world))
    cut = await compared(world, "WEB", complete=False, reason="The census was cut.", source_count=None)
    await issue(world.store, cut)
    absents = [
        Absent(item_id=item_id(one), presence="gone", evidence="404", at=world.now) for one in ("1", "2")
    ]
    standing = Standing(scope_id=scope_id("OPS"), kind="mass_absence", subject="items", detail="2 of 2")
    async with world.store.database.writing() as session:
        await hold(session, await raise_standing(session, standing, world.now), absents)


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    (tmp_path / "tspmo.toml").write_text(CONFIG)
    made = Office(tmp_path, capsys)
    made.does(fill)
    return made


def test_the_newest_receipt_of_each_scope_says_how_it_came_out(office: Office) -> None:
    said = office.tspmo("receipts", "show")
    assert said.code == 0
    lab, ops, web = said.out.index("LAB board"), said.out.index("OPS board"), said.out.index("WEB board")
    assert lab < ops < web
    assert "LAB board (site): never compared" in said.out
    assert "complete" in said.out[ops:web]
    assert "2 there, 2 here and 1 before; 0 cannot be read, 0 held back" in said.out[ops:web]
    assert "differed: 2 late, 1 missed; asked for by name: 1 deep, 1 differing, 1 missing" in said.out
    assert "receipt 2, " in said.out[ops:web]
    assert "partial: The census was cut." in said.out[web:]
    [only] = office.tspmo("receipts", "show", "--scope", "web", "--json").json
    assert (only["scope"]["name"], only["receipt"]["complete"]) == ("WEB board", False)
    unknown = office.tspmo("receipts", "show", "--scope", "XXX")
    assert (unknown.code, 'No scope is called "XXX"' in unknown.err) == (1, True)


def test_whole_chains_are_verified_and_a_broken_one_ends_with_1(office: Office) -> None:
    said = office.tspmo("receipts", "verify")
    assert said.code == 0
    assert "OPS board: 2 receipts, whole, and what is stored is what it says" in said.out

    async def tamper(world: World) -> None:
        async with world.store.database.writing() as session:
            of = receipts.c.scope_id
            await session.run(update(receipts).where(of == scope_id("OPS")).values(complete=False))
            await session.run(delete(receipts).where(of == scope_id("WEB")))

    office.does(tamper)
    said = office.tspmo("receipts", "verify")
    assert said.code == 1
    assert "! receipt 1 does not say any more" in said.out
    assert "! the newest receipt is missing: there is none at all" in said.out
    assert "backup" in said.out
    [web] = office.tspmo("receipts", "verify", "--scope", "WEB board", "--json").json
    assert len(web["broken"]) == 1


def test_a_finding_is_listed_shown_and_decided_by_the_beginning_of_its_id(office: Office) -> None:
    [told] = office.findings()
    name = told["id"][:6]
    listed = office.tspmo("findings").out
    assert "mass absence, site, OPS board: items: 2 of 2" in listed
    assert f"Next: tspmo findings show {told['id'][:8]}" in listed
    shown = office.tspmo("findings", "show", name).out
    assert "OPS-1 '=cmd': gone (404) https://site/1" in shown
    done = office.tspmo("findings", "approve", name, *WHY)
    assert (done.code, done.out.strip().endswith("was approved by ada: 2 items are let go.")) == (0, True)
    assert office.findings() == []
    assert "approved by ada on 2026-03-02: the board was cleared" in office.tspmo("findings", "--all").out
    again = office.tspmo("findings", "dismiss", name, *WHY)
    assert (again.code, "was approved by ada" in again.err) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (("show", "nothing"), 1, 'There is no finding "nothing"'),
        (("show", ""), 1, 'There is no finding ""'),
        (("approve", "a"), 2, "--why"),
        (("--json", "show", "a"), 2, "behind the command: tspmo findings show"),
    ],
)
def test_what_is_not_meant_is_said_so(
    office: Office, arguments: tuple[str, ...], code: int, expected: str
) -> None:
    said = office.tspmo("findings", *arguments)
    assert (said.code, expected in said.err) == (code, True), said.err


def test_a_beginning_of_several_ids_and_an_empty_reason_decide_nothing(office: Office) -> None:
    async def more(world: World) -> None:
        async with world.store.database.writing() as session:
            for n in range(20):
                lost = Standing(scope_id=scope_id("OPS"), kind="access_lost", subject=str(n), detail="gone")
                await raise_standing(session, lost, world.now)

    office.does(more)
    ids = [one["id"] for one in office.findings()]
    first = next(id[0] for id in ids if sum(other[0] == id[0] for other in ids) > 1)
    many = office.tspmo("findings", "dismiss", first, *WHY)
    assert (many.code, "could be any of" in many.err) == (1, True)
    empty = office.tspmo("findings", "dismiss", ids[0], "--why", " ")
    assert (empty.code, "needs a reason" in empty.err) == (1, True)
    assert len(office.findings()) == 21

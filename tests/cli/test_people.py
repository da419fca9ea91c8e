"""``tspmo people``: who there is, who may be whom, and what is decided of it at a terminal."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cli.main import main
from cli.shell import Outside
from normalizer.model import Account
from store.open import open_store
from tests.cli.desk import Ended
from tests.faketime import FakeTime
from tests.store.kit import World, account, item, other

CONFIG = """
[connections.site]
tracker = "trello"
key = "env:TRELLO_KEY"
token = "env:TRELLO_TOKEN"
"""
ANN = account("1", "Ann Smith", system="jira")
ANN_T = account("2", "Smith, Ann", system="trello", handle="asmith")
BOB = account("3", "Bob Weber", system="jira")


@dataclass
class Office:
    """A folder with a store in it, and the command over that."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    environ: dict[str, str]

    def tspmo(self, *arguments: str) -> Ended:
        self.capsys.readouterr()
        time = FakeTime(datetime(2026, 3, 2, 9, tzinfo=UTC))
        named = ["--config", str(self.folder / "tspmo.toml")]
        code = main([*arguments, *named], Outside(self.environ, time.timing))
        said = self.capsys.readouterr()
        return Ended(code, said.out, said.err)

    def listed(self) -> Any:
        return msgspec.json.decode(self.tspmo("people", "--json").out)

    def suggested(self) -> Any:
        return self.tspmo("people", "suggestions", "--json").json


async def fill(folder: Path, *accounts: Account) -> None:
    store = await open_store(f"sqlite:///{folder / 'tspmo.db'}")
    world = World(store)
    await world.declare()
    await world.list("site", "OPS")
    made = [other("account", one.remote_id, accounts=[one]) for one in accounts]
    await world.put("OPS", *made, item("1", assignees=["1"]), item("2", assignees=["2"]))
    await store.aclose()


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    (tmp_path / "tspmo.toml").write_text(CONFIG)
    asyncio.run(fill(tmp_path, ANN, ANN_T, BOB))
    return Office(tmp_path, capsys, {"TRELLO_KEY": "k" * 32, "TRELLO_TOKEN": "t" * 64, "USER": "ada"})


def names(office: Office) -> list[list[str]]:
    """The accounts of each person."""
    return sorted(
        sorted(one["display_name"] for one in person["accounts"]) for person in office.listed()["people"]
    )


def test_people_are_listed_with_accounts_and_what_waits(office: Office) -> None:
    ended = office.tspmo("people")
    assert ended.code == 0, ended.err
    assert "trello: Smith, Ann (" in ended.out
    assert "Next: tspmo people suggestions" in ended.out
    listed = office.listed()
    waiting = [listed["suggestions"].get(person["id"], 0) for person in listed["people"]]
    assert [(one["name"], n) for one, n in zip(listed["people"], waiting, strict=True)] == [
        ("Ann Smith", 1), ("Bob Weber", 0), ("Smith, Ann", 1),
    ]  # fmt: skip


def test_a_suggestion_shows_what_speaks_for_it_and_the_commands_to_decide(office: Office) -> None:
    out = office.tspmo("people", "suggestions").out
    assert out.startswith("0.75  ")
    assert "+ the same name: " in out
    command = (
        next(line for line in out.splitlines() if "people confirm" in line).partition("·")[0].split()[1:]
    )
    confirmed = office.tspmo(*command)
    assert confirmed.code == 0, confirmed.err
    assert confirmed.out.count("Ann") == 2
    assert names(office) == [["Ann Smith", "Smith, Ann"], ["Bob Weber"]]
    assert "Nobody is suggested" in office.tspmo("people", "suggestions").out
    undone = office.tspmo("people", "undo")
    assert undone.code == 0
    assert undone.out.rstrip().endswith(", alone.")
    assert names(office) == [["Ann Smith"], ["Bob Weber"], ["Smith, Ann"]]


@pytest.mark.parametrize("called", ["asmith", "Smith, Ann", "trello:smith, ann", "2"])
def test_an_account_goes_by_whatever_it_is_called(office: Office, called: str) -> None:
    ended = office.tspmo("people", "confirm", called, "Ann Smith", "--json")
    assert ended.code == 0, ended.err
    assert ended.json["account"] == ANN_T.id
    assert office.tspmo("people", "split", called).code == 0
    assert names(office) == [["Ann Smith"], ["Bob Weber"], ["Smith, Ann"]]


def test_what_is_rejected_is_suggested_no_more_until_undone(office: Office) -> None:
    [one] = office.suggested()
    assert office.tspmo("people", "reject", one["account"]["id"], one["person"]).code == 0
    assert office.suggested() == []
    assert office.tspmo("people", "undo", "asmith").code == 0
    assert office.suggested() == [one]


@pytest.mark.parametrize(("more", "who"), [((), "ada"), (("--by", "Ada, PMO"), "Ada, PMO")])
def test_who_decided_is_kept(office: Office, more: tuple[str, ...], who: str) -> None:
    person = office.tspmo("people", "confirm", "asmith", "Ann Smith", "--json", *more).json["person"]

    async def history() -> list[str | None]:
        store = await open_store(f"sqlite:///{office.folder / 'tspmo.db'}")
        found = await World(store).reader().person_history(person) or []
        await store.aclose()
        return [link.decided_by for link in found]

    assert asyncio.run(history())[-1] == who


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("confirm", "An Smith", "Bob Weber"), 'no account "An Smith". Did you mean Ann Smith'),
        (("confirm", "Ann Smith", "Bob Webber"), 'no person "Bob Webber". Did you mean Bob Weber'),
        (("split", "zzz"), 'no account "zzz". Mend: tspmo people lists'),
        (("split", "Ann Smith"), "nothing to split it from"),
        (("confirm", "Ann Smith", "Ann Smith"), "already"),
        (("undo",), "No decision is in force"),
    ],
)
def test_what_cannot_be_ends_in_one_sentence(office: Office, arguments: tuple[str, ...], said: str) -> None:
    ended = office.tspmo("people", *arguments)
    assert ended.code == 1
    [paragraph] = ended.err.strip().splitlines()
    assert said in paragraph


def test_a_name_that_several_have_is_asked_about(office: Office) -> None:
    asyncio.run(fill(office.folder, account("4", "ann smith", system="trello")))
    ended = office.tspmo("people", "split", "Ann Smith")
    assert ended.code == 1
    assert "could be any of jira: Ann Smith (" in ended.err
    assert office.tspmo("people", "confirm", "jira:Ann Smith", "trello:ann smith").code == 0


def test_options_before_the_command_are_not_passed_over(office: Office) -> None:
    ended = office.tspmo("people", "--json", "suggestions")
    assert ended.code == 2
    assert "behind the command" in ended.err


@pytest.mark.parametrize("command", ["", "suggestions", "confirm", "reject", "split", "undo"])
def test_every_command_has_help_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["people", *filter(None, [command]), "--help"]) == 0
    assert "Examples: tspmo people" in capsys.readouterr().out

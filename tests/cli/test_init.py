"""``tspmo init`` writes a configuration that works, or nothing."""

from __future__ import annotations

import pytest

from connectors.registry import TRACKERS
from tests.cli.desk import Desk, Ended


def init(desk: Desk, *more: str) -> Ended:
    base = f"base_url={desk.sandbox.bases['trello']}"
    return desk.tspmo("init", "--tracker", "trello", "--no-input", *CREDENTIALS, "--set", base, *more)


def test_it_tells_what_it_found_and_what_comes_next(desk: Desk) -> None:
    ended = init(desk)
    assert ended.code == 0, ended.err
    assert "Northwind retail launch" in ended.out
    assert (
        f"Next: tspmo sync --config {desk.config}, then tspmo portfolio --config {desk.config}" in ended.out
    )
    assert desk.tspmo("check").code == 0


def test_the_connection_is_called_as_asked(desk: Desk) -> None:
    init(desk, "--name", "boards")
    assert "[connections.boards]" in desk.config.read_text()


def test_a_tracker_that_refuses_leaves_nothing_behind(desk: Desk) -> None:
    desk.environ["TRELLO_TOKEN"] = "f" * 64
    ended = init(desk)
    assert ended.code == 1
    assert ended.err.rstrip().endswith("Nothing was written.")
    assert list(desk.folder.iterdir()) == []


def test_offline_it_is_written_without_asking(desk: Desk) -> None:
    desk.environ["TRELLO_TOKEN"] = "f" * 64
    ended = init(desk, "--offline")
    assert ended.code == 0
    assert desk.sandbox.requests("trello") == []
    assert desk.tspmo("check").code == 1


def test_a_configuration_that_is_there_stays(desk: Desk) -> None:
    desk.config.write_text("mine")
    ended = init(desk)
    assert ended.code == 2
    assert "--force" in ended.err
    assert desk.config.read_text() == "mine"
    assert init(desk, "--force").code == 0
    assert "[connections.trello]" in desk.config.read_text()


*_FIRST, _LAST = (f'"{name}"' for name in sorted(TRACKERS))
KNOWN = f"{', '.join(_FIRST)} or {_LAST}"
CREDENTIALS = ["--set", "key=env:TRELLO_KEY", "--set", "token=env:TRELLO_TOKEN"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], f"--tracker: expected {KNOWN}, found none"),
        (["--tracker", "trelo"], f'expected {KNOWN}, found "trelo". Mend: write "trello"'),
        (["--tracker", "trello"], "key: expected API key"),
        (["--tracker", "trello", "--set", "key"], "--set: expected FIELD=VALUE"),
        (["--tracker", "trello", "--set", "key=plain"], '--set key: expected "env:NAME" or "file:PATH"'),
        (
            ["--tracker", "trello", "--set", "key=env:NO", *CREDENTIALS[2:]],
            "[connections.trello] key: expected the environment variable NO to hold it",
        ),
        (
            ["--tracker", "trello", *CREDENTIALS, "--set", "a=b"],
            "[connections.trello] a: expected one of",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_said(desk: Desk, arguments: list[str], said: str) -> None:
    ended = desk.tspmo("init", "--no-input", *arguments)
    assert ended.code == 2
    assert said in ended.err
    assert not desk.config.exists()


def test_a_folder_that_cannot_be_written_to_is_said(desk: Desk) -> None:
    (desk.folder / "tspmo.toml").mkdir()
    ended = init(desk, "--force")
    assert ended.code == 2

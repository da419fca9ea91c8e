"""The way of somebody new, through the real command: init, sync, portfolio."""

from __future__ import annotations

import json
import os
import select
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.options import SandboxOptions
from sandbox.server import Sandbox, running
from tests.cli.processes import COMMAND, PATIENCE, environment, tspmo


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running(SandboxOptions(items=80)) as made:
        yield made


def test_from_trello_alone_to_a_first_portfolio_in_three_commands(sandbox: Sandbox, tmp_path: Path) -> None:
    trello = sandbox.credentials["trello"]
    environ = {"TRELLO_KEY": trello["key"], "TRELLO_TOKEN": trello["token"]}
    init = tspmo(
        tmp_path, "init", "--tracker", "trello", "--no-input",
        "--set", "key=env:TRELLO_KEY", "--set", "token=env:TRELLO_TOKEN",
        "--set", f"base_url={sandbox.bases['trello']}",
        **environ,
    )  # fmt: skip
    assert init.returncode == 0, init.stderr
    assert init.stdout.rstrip().endswith("Next: tspmo sync, then tspmo portfolio")
    assert trello["token"] not in (tmp_path / "tspmo.toml").read_text()

    sync = tspmo(tmp_path, "sync", **environ)
    assert sync.returncode == 0, sync.stderr
    assert sync.stdout.rstrip().endswith("Next: tspmo portfolio")

    portfolio = tspmo(tmp_path, "portfolio", "--json", **environ)
    assert portfolio.returncode == 0, portfolio.stderr
    answer = json.loads(portfolio.stdout)
    truth = sandbox.truth()["trackers"]["trello"]
    assert {project["name"] for project in answer["data"]["projects"]} == {
        scope["name"] for scope in truth["scopes"]
    }
    assert answer["meta"]["coverage"]["complete"] == truth["counts"]["scopes"]
    counted = truth["counts"]["by_status_category"]
    present = sum(
        item["counted"] and item["presence"] == "present"
        for scope in truth["scopes"]
        for item in scope["items"]
    )
    assert sum(project["summary"]["total"] for project in answer["data"]["projects"]) == present
    assert set(counted) >= {"todo", "done"}


def test_secrets_are_asked_for_unseen_and_kept_where_only_the_owner_reads(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    trello = sandbox.credentials["trello"]
    screen = typed(
        tmp_path,
        [("Which tracker", "trello"), ("  key: ", trello["key"]), ("  token: ", trello["token"])],
        "init", "--set", f"base_url={sandbox.bases['trello']}",
    )  # fmt: skip
    assert "trello.com/power-ups/admin" in screen
    assert trello["token"] not in screen
    secret = tmp_path / ".tspmo" / "trello.token"
    assert secret.read_text().strip() == trello["token"]
    assert secret.stat().st_mode & 0o777 == 0o600
    assert secret.parent.stat().st_mode & 0o777 == 0o700
    assert (tmp_path / ".tspmo" / ".gitignore").read_text() == "*\n"
    text = (tmp_path / "tspmo.toml").read_text()
    assert 'token = "file:.tspmo/trello.token"' in text
    assert trello["token"] not in text
    assert tspmo(tmp_path, "check").returncode == 0


def typed(folder: Path, answers: list[tuple[str, str]], *arguments: str) -> str:
    """Runs the command on a terminal, answers each question once it is asked, and returns the screen."""
    ours, theirs = os.openpty()
    with subprocess.Popen(  # noqa: S603 - our own command
        [*COMMAND, *arguments],
        cwd=folder,
        env=environment(TERM="dumb"),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        screen = ""
        try:
            for question, answer in answers:
                seen = len(screen)
                while question not in screen[seen:] and (chunk := _rest(ours)):
                    screen += chunk
                os.write(ours, f"{answer}\n".encode())
            while chunk := _rest(ours):
                screen += chunk
        finally:
            os.close(ours)  # whoever is still there loses its terminal, and ends
        assert process.wait(timeout=PATIENCE) == 0, screen
    return screen


def _rest(terminal: int) -> str:
    """More of the screen. Nothing once the program is stuck, or has ended, which is an error to read."""
    if not select.select([terminal], [], [], PATIENCE)[0]:
        return ""
    try:
        return os.read(terminal, 4096).decode(errors="replace")
    except OSError:
        return ""

"""Somebody at a machine with ``tspmo``: a folder, an environment and a clock, and trackers on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from cli.main import main
from cli.shell import Outside
from sandbox.options import SandboxOptions
from sandbox.server import Sandbox, running
from tests.faketime import FakeTime

ITEMS = 80


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.out)


@dataclass
class Desk:
    """``time`` starts as it is on the trackers, and then stands still until somebody sleeps."""

    folder: Path
    sandbox: Sandbox
    time: FakeTime
    environ: dict[str, str]
    capsys: pytest.CaptureFixture[str]

    @property
    def config(self) -> Path:
        return self.folder / "tspmo.toml"

    def tspmo(self, *arguments: str) -> Ended:
        """The command, with the configuration of this desk for those that take one."""
        self.capsys.readouterr()
        named = [] if arguments[0] in ("demo", "sandbox") else ["--config", str(self.config)]
        code = main([*arguments, *named], Outside(self.environ, self.time.timing))
        said = self.capsys.readouterr()
        return Ended(code, said.out, said.err)

    def write(self, more: str = "", trello: str = "", jira: str = "") -> None:
        """A configuration of both trackers. ``trello`` and ``jira`` are further lines of theirs."""
        bases = self.sandbox.bases
        self.config.write_text(
            f"""
[connections.trello]
tracker = "trello"
base_url = "{bases["trello"]}"
key = "env:TRELLO_KEY"
token = "env:TRELLO_TOKEN"
{trello}
[connections.jira]
tracker = "jira_cloud"
base_url = "{bases["jira_cloud"]}"
email = "{self.sandbox.credentials["jira_cloud"]["email"]}"
token = "env:JIRA_TOKEN"
{jira}
{more}"""
        )

    def ask(self, path: str) -> httpx.Response:
        """Trello's own answer to a call."""
        credentials = self.sandbox.credentials["trello"]
        header = f'OAuth oauth_consumer_key="{credentials["key"]}", oauth_token="{credentials["token"]}"'
        return httpx.get(
            self.sandbox.bases["trello"] + path, headers={"authorization": header}, trust_env=False
        )


@contextmanager
def desk_in(folder: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    time = FakeTime(datetime.now(UTC))
    with running(SandboxOptions(items=ITEMS, budgets=False)) as sandbox:
        trello, jira = sandbox.credentials["trello"], sandbox.credentials["jira_cloud"]
        environ = {
            "TRELLO_KEY": trello["key"],
            "TRELLO_TOKEN": trello["token"],
            "JIRA_TOKEN": jira["token"],
        }
        yield Desk(folder, sandbox, time, environ, capsys)

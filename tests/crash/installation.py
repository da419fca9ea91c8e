"""One installation over five sandboxes: its configuration, its processes, and what its API shows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from config.secrets import secret_fields
from connectors.registry import trackers
from sandbox.options import SandboxOptions
from sandbox.server import Sandbox, running
from sandbox.trello_webhooks import SECRET
from tests.crash.processes import Program, StuckError, wait_for
from tests.demo.comparison import differences
from tests.loopback import free_port

ITEMS = 150
"""So many that everybody who has an account stands in some item."""
LATENCY_MS = 15
EVERYTHING = "/v1/items?limit=500&include=links,history&presence=present&presence=archived"


@dataclass
class Installation:
    """``programs`` by name; the first of them serves the API."""

    sandbox: Sandbox
    folder: Path
    programs: Mapping[str, Program]
    base: str = ""

    def start(self, *names: str) -> None:
        """The programs, all if none is named, until each says that it is ready."""
        for name in names or self.programs:
            self.programs[name].start()
        for name in names or self.programs:
            program = self.programs[name]
            line = wait_for(f"{name} is ready", partial(program.heard, READY[program.arguments[0]]))
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                self.base = found.group()

    def stop(self) -> None:
        for program in self.programs.values():
            program.kill()

    def ask(self, method: str, path: str, **sent: Any) -> httpx.Response | None:
        """None while nobody answers, or not yet."""
        try:
            answer = httpx.request(method, self.base + path, trust_env=False, timeout=30, **sent)
        except httpx.TransportError:
            return None
        return None if answer.status_code >= 500 else answer

    def demand(self, work: str, names: Collection[str]) -> list[str]:
        """Ask for work on these connections. Answers those of which nobody took it, since nobody is there."""
        answers = {name: self.ask("POST", f"/v1/connections/{name}/{work}") for name in names}
        return [name for name, answer in answers.items() if answer is None or answer.status_code != 202]

    def shown(self, path: str) -> list[Any] | None:
        """Every entry of a listing; None where it cannot be had now."""
        entries: list[Any] = []
        following: str | None = path
        while following:
            answer = self.ask("GET", following)
            if answer is None or answer.status_code != 200:
                return None
            page = answer.json()
            entries += page["data"]
            following = page.get("next") and page["next"]["link"]
        return entries

    def differences(self) -> list[str] | None:
        items, people = self.shown(EVERYTHING), self.shown("/v1/people?limit=500")
        if items is None or people is None:
            return None
        story = self.sandbox.world.story
        shown = {
            "items": items, "people": people, "truth_seed": story.seed, "today": story.today.isoformat(),
        }  # fmt: skip
        return differences(shown, self.sandbox.truth())

    def read_since(self, began: datetime) -> bool | None:
        """Whether every scope was read to its end since then, and nothing runs."""
        connections = self.shown("/v1/connections")
        if connections is None:
            return None
        scopes = [scope for one in connections for scope in one["scopes"]]
        read = [scope["complete_at"] and _instant(scope["complete_at"]) >= began for scope in scopes]
        still = any(scope["state"] == "reading" for scope in scopes)
        return True if all(one["scopes"] for one in connections) and all(read) and not still else None

    def proved_since(self, began: datetime) -> bool | None:
        """Whether every connection was reconciled since then, completely."""
        done = self.shown("/v1/reconciliations?limit=100")
        if done is None:
            return None
        good = {
            one["connection"] for one in done
            if one["state"] == "complete" and _instant(one["started_at"]) >= began
        }  # fmt: skip
        return True if good == set(self.sandbox.bases) else None

    def watch(self) -> None:
        """Lets the trackers tell what changes; then all before it is read. Raises StuckError."""
        program = Program("watch", ("watch",), self.folder, next(iter(self.programs.values())).environ)
        program.start()
        wait_for("the webhooks are made", lambda: None if program.alive else True)
        if program.stop() != 0:
            raise StuckError(f"tspmo watch: {program.said.read_text(errors='replace')[-2000:]}")
        wait_for("what came before is read", self.heard)

    def heard(self) -> bool | None:
        """Whether all that the trackers tell has been delivered and looked at."""
        self.sandbox.webhooks.quiet()
        watches = self.shown("/v1/watches")
        return True if watches and not any(one["waiting"] for one in watches) else None


READY = {"serve": "Serving on", "api": "Serving on", "worker": "Working"}


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def installed(
    commands: Mapping[str, Sequence[str]], store_url: Callable[[Path], str]
) -> Iterator[Installation]:
    """Nothing is started yet; all is ended at the end."""
    options = SandboxOptions(items=ITEMS, latency_ms=LATENCY_MS, budgets=False)
    with running(options) as sandbox, TemporaryDirectory(prefix="tspmo-crash-") as name:
        folder = Path(name)
        environ = _configured(sandbox, folder, store_url(folder))
        programs = {
            key: Program(key, tuple(arguments), folder, environ) for key, arguments in commands.items()
        }
        made = Installation(sandbox, folder, programs)
        try:
            yield made
        finally:
            made.stop()


def _configured(sandbox: Sandbox, folder: Path, store_url: str) -> dict[str, str]:
    """Writes tspmo.toml; answers the environment that its secrets come from."""
    known, environ = trackers(), {"STORE": store_url}
    port = free_port()  # the same for each start, since that is where the trackers deliver
    lines = ["[store]", 'url = "env:STORE"', "[schedules]", *(f'{one} = "off"' for one in SCHEDULES)]
    lines += ["[server]", f"port = {port}", f'public_url = "http://127.0.0.1:{port}"']
    for tracker, base in sandbox.bases.items():
        lines += [f"[connections.{tracker}]", f'tracker = "{tracker}"', f'base_url = "{base}"']
        for field, value in {**sandbox.credentials[tracker], **FURTHER.get(tracker, {})}.items():
            if field in secret_fields(known[tracker].settings):
                environ[f"{tracker}_{field}".upper()] = value
                value = f"env:{tracker}_{field}".upper().replace("ENV:", "env:")
            lines.append(f"{field} = {json.dumps(value)}")
        lines.append("rate_share = 1.0")
    (folder / "tspmo.toml").write_text("\n".join(lines), encoding="utf-8")
    return environ


FURTHER: Mapping[str, Mapping[str, str]] = {"trello": {"secret": SECRET}}
"""What only webhooks need."""
SCHEDULES = ("nightly", "incremental", "probe")

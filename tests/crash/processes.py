"""The processes of an installation: started as a person starts them, killed as a machine kills them."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tests.cli.processes import COMMAND, environment

T = TypeVar("T")
PATIENCE = 120.0
"""Seconds after which something that was to happen counts as never happening."""
LOOK = 0.02


class StuckError(Exception):
    """Something that was to happen did not; with what the processes said."""


def wait_for(what: str, look: Callable[[], T | None], patience: float = PATIENCE) -> T:
    """What ``look`` answers once it is not None. Raises StuckError."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if (found := look()) is not None:
            return found
        time.sleep(LOOK)
    raise StuckError(f"{what}: not within {patience:.0f} seconds")


@dataclass
class Program:
    """One command of ours. What it says goes to a file, so that it never waits for a reader."""

    name: str
    arguments: tuple[str, ...]
    folder: Path
    environ: Mapping[str, str]
    starts: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def said(self) -> Path:
        """What the last start of it said."""
        return self.folder / f"{self.name}.{self.starts}.log"

    def start(self) -> None:
        self.starts += 1
        with self.said.open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own command
                [*COMMAND, *self.arguments],
                cwd=self.folder,
                env=environment(PYTHONUNBUFFERED="1", **self.environ),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self) -> None:
        """It and what it started, without a word."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def stop(self) -> int:
        """As a service manager does. Its exit code."""
        if self.process is None:
            return 0
        self.process.terminate()
        return self.process.wait(PATIENCE)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def heard(self, word: str) -> str | None:
        """The first line that it said with that word."""
        for line in self.said.read_text(encoding="utf-8", errors="replace").splitlines():
            if word in line:
                return line
        if not self.alive:
            raise StuckError(f"{self.name} ended: {self.said.read_text(errors='replace')[-2000:]}")
        return None

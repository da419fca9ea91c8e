"""The command as a process of its own, as a person starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "cli.main"]
PATIENCE = 60
"""Seconds without an end after which a program counts as stuck."""


def environment(**more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONPATH": str(ROOT), **more}


def tspmo(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Runs it to its end."""
    return subprocess.run(  # noqa: S603 - our own command
        [*COMMAND, *arguments],
        cwd=folder,
        env=environment(**environ),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


class Running:
    """A command that runs on until it is told to end."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def line(self, word: str) -> str:
        """The next line of its output with that word in it."""
        out = self._process.stdout
        assert out is not None
        said = []
        for line in out:
            said.append(line)
            if word in line:
                return line.strip()
        raise AssertionError(f"it ended and never said {word!r}, but {''.join(said)!r}")

    @property
    def pid(self) -> int:
        return self._process.pid

    def interrupt(self) -> int:
        """Ctrl-C. Returns the exit code."""
        self._process.send_signal(signal.SIGINT)
        return self.wait()

    def wait(self) -> int:
        """Until it ends. Returns the exit code."""
        return self._process.wait(timeout=PATIENCE)


@contextmanager
def started(folder: Path, *arguments: str, **environ: str) -> Iterator[Running]:
    """A command that is running, its errors among its output."""
    with subprocess.Popen(  # noqa: S603 - our own command
        [*COMMAND, *arguments],
        cwd=folder,
        env=environment(PYTHONUNBUFFERED="1", **environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield Running(process)
        finally:
            process.kill()

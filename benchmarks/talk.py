"""Processes that talk: one line of JSON to a child's standard input, one line of JSON back."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

Told = Mapping[str, Any]
Answering = Callable[..., Told]
LONGEST_LINE = 16 * 1024 * 1024
ROOT = Path(__file__).resolve().parent.parent


class ChildFailedError(Exception):
    """A child ended without an answer; what went wrong stands on standard error."""


class Child:
    """A process that answers."""

    def __init__(self, name: str, process: Process) -> None:
        self._name = name
        self._process = process

    async def ask(self, **question: Any) -> Told:
        given, said = self._process.stdin, self._process.stdout
        if given is None or said is None:
            raise TypeError("the child was started without pipes")
        with suppress(BrokenPipeError, ConnectionResetError):  # its end is told below
            given.write(json.dumps(question).encode() + b"\n")
            await given.drain()
        line = await said.readline()
        if not line:
            raise ChildFailedError(f"{self._name} ended without an answer to {question.get('do')!r}")
        told: Told = json.loads(line)
        return told


@asynccontextmanager
async def child(module: str) -> AsyncIterator[Child]:
    """``python -m module``, gone at the end of the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, stdin=PIPE, stdout=PIPE, limit=LONGEST_LINE, cwd=ROOT
    )
    try:
        yield Child(module, process)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


def answer(acts: Mapping[str, Answering]) -> None:
    """The child's side: does what each line names under ``do``, until the input ends. What is printed
    meanwhile goes to standard error."""
    out, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        asked = json.loads(line)
        told = acts[asked.pop("do")](**asked)
        out.write(json.dumps(told) + "\n")
        out.flush()

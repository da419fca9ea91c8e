"""What the commands share that go on until they are told to end: signals, and the log."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from cli.shell import err

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def until_told() -> Iterator[asyncio.Event]:
    """An event that the first signal sets. A second one ends the process at once."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def told() -> None:
        for number in SIGNALS:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)
        err().print("Ending: what runs stops at the end of its page. Once more ends it at once.")
        stop.set()

    for number in SIGNALS:
        loop.add_signal_handler(number, told)
    try:
        yield stop
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)


def logged() -> None:
    """What happens unasked is told beside the answers, a line each."""
    logging.basicConfig(format="%(asctime)s %(message)s", datefmt="%Y-%m-%d %H:%M:%S")
    logging.getLogger("tspmo").setLevel(logging.INFO)

"""How work ends before its end: at the end of a page, when somebody asks for it or its share is used up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

Stop = Literal["paused", "cancelled"]
"""``paused``: the next job goes on where it was cut. ``cancelled``: a person wanted it so; what was put
stays, and so does the checkpoint."""

Halt = Callable[[str], Awaitable[Stop | None]]
"""Asked after each page, with the run's id, whether to stop there."""


class Halted(Exception):
    """The work stops here, as it was asked to."""

    def __init__(self, stop: Stop) -> None:
        super().__init__(stop)
        self.stop: Stop = stop


async def never(_run_id: str) -> Stop | None:
    """To the end."""
    return None

"""An answer that hangs on somebody else's: handshakes and challenges while a request is open."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox.webhook_letters import Letter, Reply


class Errand(Response):
    """Sends nothing itself. Whoever holds the world lets go of it, sends the ``letter``, and then answers
    with what ``then`` makes of the reply."""

    def __init__(self, letter: Letter, then: Callable[[Reply], Response]) -> None:
        super().__init__()
        self.letter = letter
        self.then = then

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        scope["state"]["errand"] = self

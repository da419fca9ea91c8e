"""What webhooks told in a round, and what of it is lost: acknowledged, and yet not shown in the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from sandbox.webhook_letters import Sent
from tests.crash.installation import Installation

HISTORY = " changes: "
EDITS = 20


class Telling:
    """The deliveries since it was made."""

    def __init__(self, installation: Installation) -> None:
        self._post = installation.sandbox.webhooks
        self._post.quiet()
        self._from = len(self._post.sent)

    @property
    def acknowledged(self) -> int:
        return sum(one.reply.good for one in self._sent)

    def lost(self, different: Sequence[str]) -> list[str]:
        """Of these differences those of items of which each delivery was acknowledged: somebody promised to
        look at them."""
        return [line for line in different if HISTORY not in line and self._promised(line)]

    def _promised(self, line: str) -> bool:
        """A line begins ``tracker id field: …`` or ``tracker: id is …``."""
        tracker, id = line.split()[:2]
        named = [one for one in self._sent if _names(one, tracker.rstrip(":"), id)]
        return bool(named) and all(one.reply.good for one in named)

    @property
    def _sent(self) -> Sequence[Sent]:
        return self._post.sent[self._from :]


def _names(sent: Sent, tracker: str, id: str) -> bool:
    return sent.letter.tracker == tracker and id.encode() in sent.letter.body


def edits(installation: Installation, rng: Random) -> Iterator[dict[str, object]]:
    """New titles and new tasks, over all trackers."""
    told = installation.sandbox.truth()["trackers"]
    for _ in range(EDITS):
        scopes = [
            one for one in told[rng.choice(sorted(told))]["scopes"] if not one["closed"] and one["items"]
        ]
        scope = rng.choice(scopes)
        word = f"{rng.randrange(10**6)}"
        yield {"op": "set", "task": rng.choice(scope["items"])["id"], "fields": {"title": f"Changed {word}"}}
        yield {"op": "create", "project": scope["slug"], "title": f"Made {word}"}

"""The work that is done for a connection: its kinds, which goes first, and what each is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal, NamedTuple

Kind = Literal["refresh", "drain", "probe", "reread", "reconcile", "incremental", "full"]

FIRST = 1
PRIORITIES: Mapping[Kind, int] = {
    "refresh": FIRST,
    "drain": FIRST,
    "probe": FIRST,
    "reread": 2,
    "reconcile": 3,
    "incremental": 4,
    "full": 4,
}
"""The smallest goes first: what somebody waits for, then what proves, then what can wait."""


@dataclass(frozen=True, slots=True)
class Errand:
    """``scopes`` are our ids, none: all of the connection. A ``refresh`` reads what changed in some scopes, a
    ``drain`` looks at the items that webhooks hinted at and a ``reread`` at the scopes, a ``probe`` checks
    the connection and lists its scopes without reading any."""

    kind: Kind
    connection: str
    scopes: tuple[str, ...] = ()

    @property
    def urgent(self) -> bool:
        """Whether somebody waits for it."""
        return PRIORITIES[self.kind] == FIRST

    @property
    def chain(self) -> str:
        """Of errands with the same chain one is enough, so that they are done one after the other."""
        if self.kind != "refresh":
            return f"{self.kind}:{self.connection}"
        which = blake2b(" ".join(sorted(self.scopes)).encode(), digest_size=8).hexdigest()
        return f"{self.kind}:{self.connection}:{which}"


class Link(NamedTuple):
    """One of a chain. Its name is the job's id, so that whatever is asked for twice is one job."""

    chain: str
    number: int

    @property
    def id(self) -> str:
        return f"{self.chain}#{self.number}"

    @property
    def following(self) -> Link:
        return Link(self.chain, self.number + 1)


def link_of(id: str) -> Link:
    chain, _, number = id.rpartition("#")
    return Link(chain, int(number))

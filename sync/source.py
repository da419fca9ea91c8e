"""What the sync needs of one connection, built by the composition root."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

from connectors.base import Connector, Identity, JsonObject, ScopeRecord
from normalizer.context import Context, Normalizer
from normalizer.ids import entity_id
from normalizer.model import Mapper
from normalizer.rules import Rules
from sync.waits import Waits

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a tracker told at that moment: as whom it knows us, and all scopes that it lets us see."""

    identity: Identity
    scopes: Sequence[ScopeRecord]
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Source:
    """``wanted`` says whether a scope in reach is to be read; ``expected`` names scopes (id, key or name)
    that the configuration counts on. ``reach`` is what was in reach just now, if that is known."""

    connection: str
    tracker: str
    connector: Connector
    prepare: Normalizer
    rules_for: Callable[[ScopeRecord], Rules]
    wanted: Callable[[ScopeRecord], bool]
    expected: Sequence[str] = ()
    waits: Waits = field(default_factory=Waits)
    reach: Reach | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One scope to make true: where it is read from, what it is called by tracker and by us."""

    source: Source
    site: str
    system: str
    scope: ScopeRecord
    scope_id: str

    def id_of(self, remote_id: str) -> str:
        """Our id of an item of this tracker."""
        return entity_id(self.system, self.site, "item", remote_id)

    def rules_digest(self) -> bytes:
        """Of the rules that hold for the scope."""
        rules = self.source.rules_for(self.scope)
        return blake2b(rules.model_dump_json().encode(), digest_size=16).digest()

    def mapper(self, definitions: Mapping[str, JsonObject]) -> Mapper:
        """The normaliser, made ready for the scope by its definitions and the rules that hold for it."""
        return self.source.prepare(
            Context(
                system=self.system,
                site=self.site,
                scope=self.scope,
                definitions=definitions,
                rules=self.source.rules_for(self.scope),
            )
        )

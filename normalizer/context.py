"""What a normaliser needs to know beside a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from connectors.base import JsonObject, ScopeRecord
from normalizer.ids import entity_id
from normalizer.model import Mapper
from normalizer.rules import Rules


@dataclass(frozen=True, kw_only=True)
class Context:
    """``definitions`` holds the bodies of the scope's ``definition`` records by their id."""

    system: str
    site: str
    scope: ScopeRecord
    definitions: Mapping[str, JsonObject] = field(default_factory=dict)
    rules: Rules = field(default_factory=Rules)

    def id(self, kind: str, remote_id: str) -> str:
        return entity_id(self.system, self.site, kind, remote_id)

    @cached_property
    def scope_id(self) -> str:
        return self.id("scope", self.scope.id)


Normalizer = Callable[[Context], Mapper]
"""Makes a mapper for one scope. Raises nothing on odd definitions: what is missing becomes ``unmapped``."""

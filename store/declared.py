"""What the configuration declares to the store: connections, expected scopes, the portfolio tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from store.principal import Sharing

FRESHNESS = 3600
"""How many seconds old a scope may become where nothing else is said."""
Method = Literal["agile", "waterfall", "hybrid", "kanban", "unspecified"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionSpec:
    """``id`` is the name in the configuration; ``tracker`` the registry's name."""

    id: str
    tracker: str
    system: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeSpec:
    """Sharing and owner of one scope, and how old it may become (None: as the installation says);
    ``remote`` is its id, key or name there, ``*`` for the rest."""

    connection: str
    remote: str
    sharing: Sharing = "organisation"
    team: str | None = None
    freshness_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """The part of a scope that belongs to a project: all conditions hold, each by any of its values.
    All empty = the whole scope."""

    labels: Sequence[str] = ()
    sections: Sequence[str] = ()
    types: Sequence[str] = ()
    releases: Sequence[str] = ()
    parents: Sequence[str] = ()
    """Remote ids or keys of parents (a Jira epic and what stands under it directly)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpec:
    connection: str
    remote: str
    selector: Selector = Selector()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSpec:
    """``id`` is the slug in the configuration; ``parent`` the slug of a program or portfolio."""

    id: str
    kind: Literal["portfolio", "program", "project"]
    name: str
    parent: str | None = None
    owner: str | None = None
    method: Method = "unspecified"
    target_end: str | None = None
    sources: Sequence[SourceSpec] = ()

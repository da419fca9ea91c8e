"""What is set: the shape of ``tspmo.toml``, section by section. Reads nothing and builds nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from config.addresses import PublicUrl
from config.networks import Network
from config.schedules import Cron, Zone
from connectors.registry import Tracker
from normalizer.rules import Rules
from store.declared import Method
from store.principal import Sharing

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
Texts = tuple[Text, ...]

REST = "*"
"""In ``[[scopes]]``: every scope of the connection that is not named."""


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StoreSettings(Section):
    url: Annotated[
        Text, Field(description="sqlite:///PATH, postgresql://…, or env:NAME or file:PATH that holds it")
    ] = "sqlite:///tspmo.db"


class ServerSettings(Section):
    host: Annotated[Text, Field(description="the address that tspmo serve binds to")] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="the port that tspmo serve binds to")] = 8470
    freshness_minutes: Annotated[
        int, Field(ge=1, description="how old a complete reading may be before its figures count as stale")
    ] = 60
    public_url: Annotated[
        PublicUrl | None,
        Field(description="where trackers reach this service, to tell what changes; else they are asked"),
    ] = None


class OutgoingSettings(Section):
    """Whom subscriptions may tell something, besides public addresses."""

    networks: Annotated[
        tuple[Network, ...],
        Field(description="networks of our own, such as 10.0.0.0/8, in which subscribers may lie"),
    ] = ()


class ScheduleSettings(Section):
    """When workers do something by themselves, in ``zone``; "off" never."""

    nightly: Annotated[Cron, Field(description="when everything is compared with the trackers")] = "0 2 * * *"
    incremental: Annotated[Cron, Field(description="when what changed is read")] = "0 * * * *"
    probe: Annotated[Cron, Field(description="when connections and freshness are looked after")] = (
        "*/15 * * * *"
    )
    zone: Zone = "UTC"


ConnectionName = Annotated[Text, Field(description="the name of a [connections.NAME]")]
ScopeName = Annotated[Text, Field(description="a board or project by its id, key or name")]


class ScopeSettings(Section):
    """``scope`` is a name or ``*`` for the rest."""

    connection: ConnectionName
    scope: ScopeName
    sharing: Sharing = "organisation"
    team: Text | None = None
    freshness_minutes: Annotated[
        int | None, Field(ge=1, description="how old this scope may become; else as [server] says")
    ] = None


class RuleSettings(Rules):
    """Rules for everything, for one connection, or for one scope of it."""

    connection: ConnectionName | None = None
    scope: ScopeName | None = None


class SourceSettings(Section):
    """The whole of a scope, or the part of it that meets every condition, each by any of its values.
    ``sections`` are lists or components; a parent is itself and what stands under it."""

    connection: ConnectionName
    scope: ScopeName
    labels: Texts = ()
    sections: Texts = ()
    types: Texts = ()
    releases: Texts = ()
    parents: Texts = ()


class PortfolioSettings(Section):
    """``id`` is used in addresses, so that it never changes; ``owner`` answers for it."""

    id: Annotated[Slug, Field(description="a short name of lower-case letters, digits and dashes")]
    name: Annotated[Text, Field(description="the name that people read")]
    owner: Text | None = None


class ProgramSettings(PortfolioSettings):
    """``parent`` is the id of a portfolio."""

    parent: Slug | None = None


class ProjectSettings(PortfolioSettings):
    """``parent`` is the id of a program or a portfolio; ``target_end`` the day it is promised for."""

    parent: Slug | None = None
    method: Method = "unspecified"
    target_end: date | None = None
    sources: tuple[SourceSettings, ...] = ()


class Document(Section):
    """``tspmo.toml`` as a whole, with each connection still as it was written."""

    store: StoreSettings = StoreSettings()
    server: ServerSettings = ServerSettings()
    schedules: ScheduleSettings = ScheduleSettings()
    outgoing: OutgoingSettings = OutgoingSettings()
    connections: dict[Slug, dict[str, Any]] = {}
    scopes: tuple[ScopeSettings, ...] = ()
    rules: tuple[RuleSettings, ...] = ()
    portfolios: tuple[PortfolioSettings, ...] = ()
    programs: tuple[ProgramSettings, ...] = ()
    projects: tuple[ProjectSettings, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Connection:
    """One configured account: ``settings`` is of the model that its tracker's file declares."""

    name: str
    tracker: Tracker
    settings: BaseModel


@dataclass(frozen=True, kw_only=True)
class Settings:
    """A configuration that holds together: every reference in it resolves, every secret is at hand."""

    file: Path
    store_url: str
    server: ServerSettings
    schedules: ScheduleSettings
    outgoing: OutgoingSettings
    connections: Mapping[str, Connection]
    scopes: tuple[ScopeSettings, ...]
    rules: tuple[RuleSettings, ...]
    portfolios: tuple[PortfolioSettings, ...]
    programs: tuple[ProgramSettings, ...]
    projects: tuple[ProjectSettings, ...]

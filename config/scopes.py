"""What the configuration says about scopes: which are read, under which rules, and what they add up to."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from config.settings import REST, ProjectSettings, Settings, SourceSettings
from connectors.base import ScopeRecord
from normalizer.rules import Rules
from store.declared import ProjectSpec, ScopeSpec, Selector, SourceSpec


def meant(name: str, scope: ScopeRecord) -> bool:
    """Whether a name in the configuration stands for a scope: its id, its key or its name."""
    return name in (scope.id, scope.key, scope.name)


def expected(settings: Settings, connection: str) -> tuple[str, ...]:
    """The scopes of a connection that the configuration names, in its own words, each once."""
    ruled = [rule.scope for rule in settings.rules if rule.connection == connection and rule.scope]
    return tuple(dict.fromkeys([*_read(settings, connection), *ruled]))


def wanted(settings: Settings, connection: str) -> Callable[[ScopeRecord], bool]:
    """A connection without ``[[scopes]]`` reads all that it reaches; with some, those named there or taken
    by a project, and with ``*`` among them again all."""
    listed = [scope.scope for scope in settings.scopes if scope.connection == connection]
    names = _read(settings, connection)
    return lambda scope: not listed or REST in listed or any(meant(name, scope) for name in names)


def _read(settings: Settings, connection: str) -> list[str]:
    """The scopes that are named to be read, or taken by a project."""
    named = [
        scope.scope for scope in settings.scopes if scope.connection == connection and scope.scope != REST
    ]
    return named + [
        source.scope
        for project in settings.projects
        for source in project.sources
        if source.connection == connection
    ]


def rules_for(settings: Settings, connection: str) -> Callable[[ScopeRecord], Rules]:
    """The rules of a scope: those for everything, over them the connection's, over them its own."""

    def merged(scope: ScopeRecord) -> Rules:
        layers: list[list[Rules]] = [[], [], []]
        for rule in settings.rules:
            if rule.connection is None:
                layers[0].append(rule)
            elif rule.connection == connection and rule.scope is None:
                layers[1].append(rule)
            elif rule.connection == connection and rule.scope and meant(rule.scope, scope):
                layers[2].append(rule)
        ordered = [rule for layer in layers for rule in layer]
        return Rules.model_validate({field: _laid_over(ordered, field) for field in Rules.model_fields})

    return merged


def _laid_over(rules: list[Rules], field: str) -> dict[str, str]:
    """Later rules win, word by word, in whatever case a word is written."""
    words: dict[str, tuple[str, str]] = {}
    for rule in rules:
        words |= {word.casefold(): (word, value) for word, value in getattr(rule, field).items()}
    return dict(words.values())


def scope_specs(settings: Settings) -> Iterator[ScopeSpec]:
    """Sharing, team and target of every scope that has some declared."""
    for scope in settings.scopes:
        yield ScopeSpec(
            connection=scope.connection,
            remote=scope.scope,
            sharing=scope.sharing,
            team=scope.team,
            freshness_seconds=scope.freshness_minutes and scope.freshness_minutes * 60,
        )


def project_specs(settings: Settings) -> Iterator[ProjectSpec]:
    """The whole tree, parents first."""
    for portfolio in settings.portfolios:
        yield ProjectSpec(id=portfolio.id, kind="portfolio", name=portfolio.name, owner=portfolio.owner)
    for program in settings.programs:
        yield ProjectSpec(
            id=program.id, kind="program", name=program.name, parent=program.parent, owner=program.owner
        )
    for project in settings.projects:
        yield _project(project)


def _project(project: ProjectSettings) -> ProjectSpec:
    return ProjectSpec(
        id=project.id,
        kind="project",
        name=project.name,
        parent=project.parent,
        owner=project.owner,
        method=project.method,
        target_end=project.target_end.isoformat() if project.target_end else None,
        sources=[_source(source) for source in project.sources],
    )


def _source(source: SourceSettings) -> SourceSpec:
    selector = Selector(
        labels=source.labels,
        sections=source.sections,
        types=source.types,
        releases=source.releases,
        parents=source.parents,
    )
    return SourceSpec(connection=source.connection, remote=source.scope, selector=selector)

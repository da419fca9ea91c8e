"""Faults of the tracker itself: of its search, its clock, its tokens and cursors, and of who may see what."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.conditions import Conditions
from sandbox.fault_kinds import Acting, BadFault, Gate, Ground, Kind
from sandbox.faults_items import ITEMS
from sandbox.faults_wire import HITS
from sandbox.jira_catalogue import STATUSES
from sandbox.middleware import Asked, Hit
from sandbox.mischief import Mischief
from sandbox.story import JIRA, Home, Project

NO_INDEX: Mapping[Home, str] = dict.fromkeys(
    ("trello", "asana", "smartsheet"), "its listings do not come out of a search index"
)
ALL_UTC: Mapping[Home, str] = dict.fromkeys(
    ("trello", "asana", "smartsheet"), "it tells instants in UTC, whatever zone the account is in"
)
NO_CURSORS: Mapping[Home, str] = dict.fromkeys(
    ("trello", "jira_dc"), "its pages go by ids or numbers, which no server has to remember"
)
MUTATIONS = frozenset({"create", "set", "move", "delete"})


def _suffering(ground: Ground, change: Callable[[Conditions], None]) -> None:
    """Whatever was kept of the story is made anew after it."""
    with ground.world.changing():
        change(ground.world.conditions[ground.home])


def _lagging(ground: Ground) -> Acting:
    """Counted is a search asked while something may not be in its index yet."""
    lag = timedelta(seconds=ground.params["seconds"])

    def set_to(value: timedelta | None) -> None:
        _suffering(ground, lambda now: setattr(now, "lag", value))

    def after(asked: Asked) -> None:
        if "/search" in asked.path and ground.world.now() - _last_write(ground) < lag:
            ground.fired()

    set_to(lag)
    return Acting(after=after, undo=lambda: set_to(None))


def _last_write(ground: Ground) -> datetime:
    world, home = ground.world, ground.home
    moments = [task.updated for task in world.ever() if world.home_of(task) == home]
    return max(moments) - world.conditions[home].skew


def _mutating(ground: Ground) -> Acting:
    """Of the project that the request named, after its answer was made."""
    gate = Gate(ground.params, ground.rng)
    mischief = Mischief(ground, ground.params["seed"], MUTATIONS)

    def after(asked: Asked) -> None:
        project = next((one for one in ground.projects() if _names(asked, one)), None)
        if project is not None and gate.lets(asked):
            mischief.step(ground.home, project.slug)
            ground.fired()

    return Acting(after=after)


def _names(asked: Asked, project: Project) -> bool:
    return re.search(rf"\b({project.remote_id}|{project.key})\b", asked.text) is not None


def _token_revoked(ground: Ground) -> Acting:
    def before(_asked: Asked) -> Hit:
        ground.fired()
        return Hit(stranger=True)

    return Acting(before=before)


def _revoked(ground: Ground) -> Acting:
    project = ground.project()

    def set_to(revoked: bool) -> None:
        with ground.world.changing():
            project.revoked = revoked

    set_to(True)
    ground.fired()
    return Acting(undo=lambda: set_to(False))


def _skewed(ground: Ground) -> Acting:
    def set_to(hours: float) -> None:
        _suffering(ground, lambda now: setattr(now, "skew", timedelta(hours=hours)))

    set_to(ground.params["hours"])
    return Acting(after=lambda _: ground.fired(), undo=lambda: set_to(0))


def _zoned(ground: Ground) -> Acting:
    zone = ground.params["zone"]
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadFault(f"zone of the fault account_zone must be an IANA time zone, not {zone!r}.") from error

    def set_to(value: str | None) -> None:
        _suffering(ground, lambda now: setattr(now, "zone", value))

    set_to(zone)
    return Acting(after=lambda _: ground.fired(), undo=lambda: set_to(None))


def _restarting(ground: Ground) -> Acting:
    """Counted is each cursor that came and was not known any more."""
    gate, conditions = Gate({**HITS, **ground.params}, ground.rng), ground.world.conditions[ground.home]
    told = conditions.forgotten

    def after(asked: Asked) -> None:
        nonlocal told
        for _ in range(conditions.forgotten - told):
            ground.fired()
        told = conditions.forgotten
        if gate.lets(asked):
            conditions.restarts += 1

    conditions.restarts += 1
    return Acting(after=after)


def _retyped(ground: Ground) -> Acting:
    def set_to(text: bool) -> None:
        with ground.world.changing() as story:
            for project in story.projects.values():
                if project.home == ground.home:
                    project.cost_is_text = text

    set_to(True)
    ground.fired()
    return Acting(undo=lambda: set_to(False))


def _renamed(ground: Ground) -> Acting:
    """Lists, sections and statuses; on Jira the statuses of the site."""
    suffix: str = ground.params["suffix"]

    def rename(name: Callable[[str], str], jira: str) -> None:
        with ground.world.changing() as story:
            ground.world.conditions[ground.home].suffix = jira
            for project in story.projects.values():
                if project.home == ground.home:
                    project.lists = {stage: name(word) for stage, word in project.lists.items()}

    projects = ground.world.story.projects.values()
    words = [one for project in projects if project.home == ground.home for one in project.lists]
    for _ in STATUSES if ground.home in JIRA else words:
        ground.fired()
    rename(lambda word: word + suffix, suffix)
    return Acting(undo=lambda: rename(lambda word: word.removesuffix(suffix), ""))


_FEW: Mapping[str, Any] = {"rate": 0.05, "seed": 0, "times": None}
WORLD: tuple[Kind, ...] = (
    Kind(
        name="search_lag",
        help="The search learns of a write only some time later, up to so many seconds.",
        start=_lagging,
        takes={"seconds": 30},
        not_on=NO_INDEX,
    ),
    Kind(
        name="mutation_between_pages",
        help="Somebody makes, changes, moves or deletes an item of the project that is being read.",
        start=_mutating,
        takes=HITS,
    ),
    Kind(
        name="revoked_scope",
        help="Access to one project is taken away while the fault is on.",
        start=_revoked,
        takes={"seed": 0, "project": None},
    ),
    Kind(
        name="token_revoked",
        help="The token is good for nothing: 401, from a Jira also empty answers as to a stranger.",
        start=_token_revoked,
    ),
    *ITEMS,
    Kind(
        name="clock_skew",
        help="The tracker's clock, and with it Date and the times of edits, is so many hours ahead.",
        start=_skewed,
        takes={"hours": 5},
    ),
    Kind(
        name="account_zone",
        help="The account that reads gets another time zone in its profile.",
        start=_zoned,
        takes={"zone": "Pacific/Kiritimati"},
        not_on=ALL_UTC,
    ),
    Kind(
        name="field_type_changed",
        help="The number field Cost becomes one of text, by its definition and in every item.",
        start=_retyped,
    ),
    Kind(
        name="definitions_renamed",
        help="All lists, sections and statuses get other names.",
        start=_renamed,
        takes={"suffix": " (new)"},
    ),
    Kind(
        name="session_restart",
        help="The server forgets all cursors: page tokens, offsets, sync tokens; again now and then.",
        start=_restarting,
        takes=_FEW,
        not_on=NO_CURSORS,
    ),
)

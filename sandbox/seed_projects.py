"""Writes the projects of the story, before their tasks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from sandbox import ids, times
from sandbox.names import (
    ASANA_TAGS,
    FURTHER_WORDS,
    JIRA_LABELS,
    LISTS,
    SMARTSHEET_TAGS,
    TRELLO_LABELS,
    Outline,
)
from sandbox.people import DOUBLE_BOOKED, choose_members
from sandbox.planted import GREEN_THAT_IS_NOT
from sandbox.story import JIRA, Home, Person, Project, Sprint, Stage

SPRINT_DAYS = 14
_LABELS: dict[Home, tuple[str, ...]] = {
    "trello": TRELLO_LABELS,
    "jira_cloud": JIRA_LABELS,
    "jira_dc": JIRA_LABELS,
    "asana": ASANA_TAGS,
    "smartsheet": SMARTSHEET_TAGS,
}


def write_project(
    number: int, outline: Outline, people: dict[int, Person], today: date, rng: Random
) -> Project:
    """``number`` is its place in the whole story."""
    founded = times.office_hour(today - timedelta(days=200), rng)
    members = choose_members(people, outline.home, outline.team, rng)
    if outline.slug in (GREEN_THAT_IS_NOT, "itsm-rollout"):
        members = sorted({*members, DOUBLE_BOOKED})
    remote_id, key = _identity(number, outline, founded, rng)
    return Project(
        slug=outline.slug,
        name=outline.name,
        team=outline.team,
        home=outline.home,
        remote_id=remote_id,
        key=key,
        owner=rng.choice(members[1:-1]),
        method=outline.method,
        declared=outline.declared,
        target_end=today + timedelta(days=rng.randrange(20, 120)),
        sprints=_sprints(number, outline, today) if outline.method == "agile" else [],
        labels=list(_LABELS[outline.home]),
        components=list(outline.components),
        members=members,
        lists=_words(number, outline.home),
        status_by="field" if outline.home == "asana" and outline.components else "section",
    )


def _identity(number: int, outline: Outline, founded: datetime, rng: Random) -> tuple[str, str]:
    if outline.home == "trello":
        return ids.card_id(founded, rng), ids.short_link(rng)
    if outline.home in JIRA:
        return str(10_000 + number), outline.short
    remote_id = ids.gid("project", outline.slug)
    return remote_id, remote_id


def _words(number: int, home: Home) -> dict[Stage, str]:
    if home in JIRA:
        return {}
    return dict(LISTS[number % len(LISTS)]) if home == "trello" else dict(FURTHER_WORDS)


def _sprints(number: int, outline: Outline, today: date) -> list[Sprint]:
    """Four closed ones, the active one with today in its middle, a future one."""
    sprints = []
    for index in range(6):
        start = times.midnight(today + timedelta(days=(index - 4) * SPRINT_DAYS - 6)) + timedelta(hours=8)
        end = start + timedelta(days=SPRINT_DAYS)
        closed = index < 4
        sprints.append(
            Sprint(
                id=number * 10 + index + 1,
                name=f"{outline.short} Sprint {index + 1}",
                state="closed" if closed else "active" if index == 4 else "future",
                start=start,
                end=end,
                completed=end + timedelta(hours=2) if closed else None,
                goal=f"Finish {outline.topics[index % len(outline.topics)]}",
            )
        )
    return sprints

"""Writes the story. The same seed, number of items and day give the same story to the byte."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from sandbox import ids, times
from sandbox.drafts import Writer, write_drafts
from sandbox.history import Historian
from sandbox.names import JIRA_LABELS, LISTS, OUTLINES, TRELLO_LABELS, Outline
from sandbox.people import DOUBLE_BOOKED, choose_members, write_people
from sandbox.planted import GREEN_THAT_IS_NOT, Planter, plant
from sandbox.story import Person, Project, Sprint, Story

FEWEST = 60
"""Below this the planted facts have no room."""
FLOOR = 5
SPRINT_DAYS = 14


def write_story(seed: int, items: int, today: date) -> Story:
    """A story of ``items`` tasks over twelve projects. Raises ValueError below 60 items."""
    if items < FEWEST:
        raise ValueError(f"items: {items} is too few for the story, give {FEWEST} or more")
    rng = Random(seed)  # noqa: S311  # a story, not a secret
    people = write_people(rng)
    projects = {o.slug: _project(n, o, people, today, rng) for n, o in enumerate(OUTLINES)}
    writer = Writer(rng, today)
    sizes = _sizes(items)
    drafts = {o.slug: write_drafts(writer, projects[o.slug], o, sizes[o.slug]) for o in OUTLINES}
    plant(Planter(writer, projects, drafts))
    historian = Historian(rng)
    for slug, project in projects.items():
        for draft in drafts[slug]:
            historian.write(draft, project)
    tasks = {draft.task.number: draft.task for some in drafts.values() for draft in some}
    return Story(seed=seed, today=today, people=people, projects=projects, tasks=tasks)


def _sizes(items: int) -> dict[str, int]:
    """By weight, over a floor that leaves room for what is planted; the rest goes to the first project."""
    weights = {outline.slug: outline.weight for outline in OUTLINES}
    spare = items - FLOOR * len(weights)
    sizes = {slug: FLOOR + spare * weight // sum(weights.values()) for slug, weight in weights.items()}
    sizes[OUTLINES[0].slug] += items - sum(sizes.values())
    return sizes


def _project(number: int, outline: Outline, people: dict[int, Person], today: date, rng: Random) -> Project:
    on_trello = outline.home == "trello"
    founded = times.office_hour(today - timedelta(days=200), rng)
    members = choose_members(people, outline.home, outline.team, rng)
    if outline.slug in (GREEN_THAT_IS_NOT, "itsm-rollout"):
        members = sorted({*members, DOUBLE_BOOKED})
    return Project(
        slug=outline.slug,
        name=outline.name,
        team=outline.team,
        home=outline.home,
        remote_id=ids.card_id(founded, rng) if on_trello else str(10_000 + number),
        key=ids.short_link(rng) if on_trello else outline.short,
        owner=rng.choice(members[1:-1]),
        method=outline.method,
        declared=outline.declared,
        target_end=today + timedelta(days=rng.randrange(20, 120)),
        sprints=_sprints(number, outline, today) if outline.method == "agile" else [],
        labels=list(TRELLO_LABELS if on_trello else JIRA_LABELS),
        components=list(outline.components),
        members=members,
        lists=dict(LISTS[number % len(LISTS)]) if on_trello else {},
    )


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

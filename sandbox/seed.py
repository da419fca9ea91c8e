"""Writes the story. The same seed, number of items, day and homes give the same story to the byte."""

from __future__ import annotations

from datetime import date
from random import Random

from sandbox.drafts import Writer, write_drafts
from sandbox.history import Historian
from sandbox.names import OUTLINES
from sandbox.people import give_accounts, write_people
from sandbox.planted import Planter, plant
from sandbox.resources import nothing
from sandbox.seed_further import write_further
from sandbox.seed_projects import write_project
from sandbox.story import Home, Story

FOUNDING: tuple[Home, ...] = ("trello", "jira_cloud")
FEWEST = 60
"""Below this the planted facts have no room."""
FLOOR = 5


def write_story(seed: int, items: int, today: date, homes: tuple[Home, ...] = FOUNDING) -> Story:
    """A story of ``items`` tasks over the twelve projects on Trello and Jira Cloud. Every further home adds
    projects and tasks of its own in proportion, from dice of its own, so that it changes nothing for the
    others. Raises ValueError below 60 items.
    """
    if items < FEWEST:
        raise ValueError(f"items: {items} is too few for the story, give {FEWEST} or more")
    story = _founding(seed, items, today)
    for home in homes:
        if home not in FOUNDING:
            write_further(story, home, spare=items - FEWEST)
    story.homes = homes
    story.projects = {slug: p for slug, p in story.projects.items() if p.home in homes}
    story.tasks = {number: task for number, task in story.tasks.items() if task.project in story.projects}
    return story


def _founding(seed: int, items: int, today: date) -> Story:
    rng = Random(seed)  # noqa: S311  # a story, not a secret
    people = write_people(rng)
    projects = {o.slug: write_project(n, o, people, today, rng) for n, o in enumerate(OUTLINES)}
    writer = Writer(rng, today)
    sizes = _sizes(items)
    drafts = {o.slug: write_drafts(writer, projects[o.slug], o, sizes[o.slug]) for o in OUTLINES}
    plant(Planter(writer, projects, drafts))
    historian = Historian(rng)
    for slug, project in projects.items():
        for draft in drafts[slug]:
            historian.write(draft, project)
    give_accounts(people, Random(f"{seed}/accounts"))  # noqa: S311  # a story, not a secret
    tasks = {draft.task.number: draft.task for some in drafts.values() for draft in some}
    return Story(
        seed=seed,
        today=today,
        people=people,
        projects=projects,
        tasks=tasks,
        homes=FOUNDING,
        resources=nothing(),
    )


def _sizes(items: int) -> dict[str, int]:
    """By weight, over a floor that leaves room for what is planted; the rest goes to the first project."""
    weights = {outline.slug: outline.weight for outline in OUTLINES}
    spare = items - FLOOR * len(weights)
    sizes = {slug: FLOOR + spare * weight // sum(weights.values()) for slug, weight in weights.items()}
    sizes[OUTLINES[0].slug] += items - sum(sizes.values())
    return sizes

"""Writes the projects of one further home into a story, from dice of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Literal

from sandbox import ids, times
from sandbox.drafts import Writer, write_drafts
from sandbox.drafts_asana import log_time, shape_asana
from sandbox.drafts_smartsheet import shape_smartsheet
from sandbox.history import Draft, Historian
from sandbox.names import FURTHER, OUTLINES, Outline
from sandbox.people import DOUBLE_BOOKED
from sandbox.planted import Planter
from sandbox.planted_asana import plant_asana
from sandbox.planted_further import plant_jira_dc, plant_smartsheet
from sandbox.resources import write_resources
from sandbox.seed_projects import write_project
from sandbox.story import Home, Project, Story
from sandbox.story_resources import SummaryField

Kind = Literal["text", "number", "date", "symbol"]
FLOORS: Mapping[Home, int] = {"asana": 24, "smartsheet": 18, "jira_dc": 14}
"""Tasks of a project in the smallest story, so that what is planted has room."""
BLOCK = 100_000
"""Task and event numbers of a home start at a multiple of it."""
_BLOCKS: Mapping[Home, int] = {"asana": 1, "smartsheet": 2, "jira_dc": 3}
_PLANT: Mapping[Home, Callable[[Planter], None]] = {
    "asana": plant_asana,
    "smartsheet": plant_smartsheet,
    "jira_dc": plant_jira_dc,
}
_SHAPE: Mapping[Home, Callable[[Writer, Project, list[Draft]], None]] = {
    "asana": shape_asana,
    "smartsheet": shape_smartsheet,
}


def write_further(story: Story, home: Home, spare: int) -> None:
    """``spare`` is by how many tasks Trello and Jira Cloud exceed the smallest story; here in proportion."""
    rng = Random(f"{story.seed}/{home}")  # noqa: S311  # a story, not a secret
    first = _BLOCKS[home] * BLOCK
    writer = Writer(
        rng,
        story.today,
        numbers=count(first + 1),
        issue_ids=count(first + 10_001),
    )
    projects = _projects(story, home, rng)
    drafts: dict[str, list[Draft]] = {}
    for outline in FURTHER:
        if outline.home == home:
            drafts[outline.slug] = _drafts(writer, projects[outline.slug], outline, spare)
    _PLANT[home](Planter(writer, projects, drafts))
    historian = Historian(rng, numbers=count(10 * first + 1))
    for slug, project in projects.items():
        for draft in drafts[slug]:
            historian.write(draft, project)
    story.projects |= projects
    story.tasks |= {draft.task.number: draft.task for some in drafts.values() for draft in some}
    if home == "asana":
        _give_resources(story, projects, drafts, rng)


def _projects(story: Story, home: Home, rng: Random) -> dict[str, Project]:
    written: dict[str, Project] = {}
    for number, outline in enumerate(FURTHER, len(OUTLINES)):
        if outline.home == home:
            project = write_project(number, outline, story.people, story.today, rng)
            project.members = sorted({*project.members, DOUBLE_BOOKED})
            if home == "smartsheet":
                _give_summary(project, story.today)
            written[outline.slug] = project
    return written


def _drafts(writer: Writer, project: Project, outline: Outline, spare: int) -> list[Draft]:
    share = spare * outline.weight // sum(one.weight for one in OUTLINES)
    drafts = write_drafts(writer, project, outline, FLOORS[project.home] + share)
    shape = _SHAPE.get(project.home)
    if shape:
        shape(writer, project, drafts)
    return drafts


def _give_summary(project: Project, today: date) -> None:
    """What the sheet's summary declares, and the days on which nobody works."""
    word = {"on_track": "Green", "at_risk": "Yellow", "off_track": "Red"}[project.declared]
    told: tuple[tuple[str, Kind, str | int | date | None], ...] = (
        ("Overall Health", "symbol", word),
        ("Target End", "date", project.target_end),
        ("Budget", "number", 120_000),
        ("Sponsor", "text", None),
    )
    project.summary = [
        SummaryField(
            id=ids.gid("summary", project.slug, title),
            title=title,
            kind=kind,
            value=value,
            author=project.owner,
            at=times.midnight(today - timedelta(days=3)) + timedelta(hours=10),
        )
        for title, kind, value in told
    ]
    project.numbered = "SVT-" if project.slug == "vendor-transition" else None
    project.holidays = [day for n in (-12, 9) if (day := today + timedelta(days=n)).weekday() < 5]


def _give_resources(
    story: Story, projects: dict[str, Project], drafts: dict[str, list[Draft]], rng: Random
) -> None:
    story.resources = write_resources(rng, times.midnight(story.today), projects, story.people)
    for slug, project in projects.items():
        story.resources.time_entries += log_time(rng, project, drafts[slug])

"""What Asana, Smartsheet and Jira Data Center add to the story: whole, and without touching the rest."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from sandbox.drafts_smartsheet import working_days
from sandbox.edits import BadEdit, edit
from sandbox.people import DOUBLE_BOOKED, INACTIVE, account
from sandbox.planted import GREEN_ON_ASANA, RED_ON_SHEET
from sandbox.seed import FEWEST, FOUNDING, write_story
from sandbox.story import Home, Story, Task
from sandbox.truth import tell
from sandbox.world import World, clock_for

TODAY = date(2026, 11, 23)
CLOSED = ("done", "dropped")
FURTHER: tuple[Home, ...] = ("asana", "smartsheet", "jira_dc")
ALL: tuple[Home, ...] = (*FOUNDING, *FURTHER)


@pytest.fixture(scope="module")
def story() -> Story:
    return write_story(7, 600, TODAY, ALL)


def of(story: Story, home: Home) -> list[Task]:
    return [task for task in story.tasks.values() if story.projects[task.project].home == home]


@pytest.mark.parametrize("home", ALL)
def test_a_home_is_the_same_whatever_others_are_told(story: Story, home: Home) -> None:
    alone = write_story(7, 600, TODAY, (home,))
    assert repr(of(story, home)) == repr(list(alone.tasks.values()))
    assert tell(alone)["trackers"] == {home: tell(story)["trackers"][home]}


@pytest.mark.parametrize("seed", range(20))
def test_the_smallest_story_has_room_for_every_planted_fact(seed: int) -> None:
    assert {p.home for p in write_story(seed, FEWEST, TODAY, ALL).projects.values()} == set(ALL)


def test_projects_of_each_tracker(story: Story) -> None:
    assert Counter(p.home for p in story.projects.values()) == Counter(
        trello=6, jira_cloud=6, asana=3, smartsheet=3, jira_dc=2
    )


@pytest.mark.parametrize("home", FURTHER)
def test_ids_are_unique_and_everybody_named_works_there(story: Story, home: Home) -> None:
    tasks = of(story, home)
    assert len({task.remote_id for task in tasks}) == len(tasks) > 100
    for task in tasks:
        members = set(story.projects[task.project].members)
        named = {*task.assignees, task.reporter, *(event.author for event in task.history)}
        assert named <= members
        assert all(account(story.people[id], home) for id in named)
        moments = [event.at for event in task.history]
        assert moments == sorted(set(moments))
        assert moments[-1] == task.updated


def test_somebody_is_booked_on_every_tracker_in_the_same_week(story: Story) -> None:
    week = [TODAY + timedelta(days=offset) for offset in range(1, 6)]
    homes: Counter[str] = Counter()
    for task in story.tasks.values():
        day = task.due.date() if isinstance(task.due, datetime) else task.due
        if task.assignees == [DOUBLE_BOOKED] and task.stage == "doing" and day in week:
            homes[story.projects[task.project].home] += 1
    assert homes.keys() == set(ALL)
    assert all(account(story.people[DOUBLE_BOOKED], home) for home in ALL)


def test_asana_tasks_have_sub_tasks_at_every_depth_and_several_homes(story: Story) -> None:
    tasks = of(story, "asana")
    depths: Counter[int] = Counter()
    for task in tasks:
        depth, parent = 0, task.parent
        while parent is not None:
            depth, parent = depth + 1, story.tasks[parent].parent
        depths[depth] += 1
        assert (depth > 0) == (task.type == "subtask")
        if depth:
            assert task.stage in ("ready", "done")
            assert (task.component, task.priority, task.also_in) == (None, "none", {})
    assert {0, 1, 2, 3} == depths.keys()
    several = [task for task in tasks if task.also_in]
    assert len(several) >= 3
    assert not {task.number for task in several} & {task.parent for task in tasks}
    assert {task.approval for task in tasks} == {None, "pending", "approved", "rejected"}
    assert {task.type for task in tasks} >= {"task", "bug", "incident", "approval", "milestone", "subtask"}
    assert any(task.separator for task in tasks)
    assert any(isinstance(task.due, datetime) for task in tasks)
    assert any(type(task.due) is date for task in tasks)
    assert any(INACTIVE in task.assignees for task in tasks)
    for task in tasks:
        assert task.start is None or (type(task.due) is date and task.start <= task.due)


def test_the_green_project_on_asana_is_not(story: Story) -> None:
    reports = [r for r in story.resources.reports if r.project == GREEN_ON_ASANA]
    assert len(reports) > 2
    assert {report.rag for report in reports} == {"on_track"}
    scope = next(s for s in tell(story)["trackers"]["asana"]["scopes"] if s["slug"] == GREEN_ON_ASANA)
    still = [i for i in scope["items"] if i["status_category"] in ("todo", "in_progress")]
    assert sum(i["due"] is not None and i["due"] < TODAY.isoformat() for i in still) > len(still) / 3
    assert sum(i["hold"] == "blocked" for i in still) > len(still) / 6


def test_people_are_promised_away_and_paid_for(story: Story) -> None:
    told = story.resources
    assert any(p.placeholder and not p.person for p in told.allocations)
    assert {p.unit for p in told.allocations if p.effort} == {"percent", "hours_per_week"}
    assert any(p.end is None for p in told.allocations)
    booked = sum(p.effort or 0 for p in told.allocations if p.person == DOUBLE_BOOKED)
    assert booked > 100
    assert any(a.person == DOUBLE_BOOKED and a.start > TODAY for a in told.absences)
    assert {budget.currency for budget in told.budgets} == {"EUR", None}
    assert any(rate.placeholder for rate in told.rates)
    for task in of(story, "asana"):
        logged = sum(entry.minutes for entry in told.time_entries if entry.task == task.number)
        assert task.spent_minutes == (logged or None)
    assert {entry.approval for entry in told.time_entries} >= {"draft", "submitted", "approved", "rejected"}


def test_rows_are_a_tree_with_rolled_up_summaries(story: Story) -> None:
    rows = of(story, "smartsheet")
    parents = {row.parent for row in rows} - {None}
    assert any(story.tasks[n].parent for n in parents if n), "a summary below a summary"
    for row in rows:
        project = story.projects[row.project]
        if row.number in parents:
            below = [child for child in rows if child.parent == row.number]
            assert row.percent == round(sum(child.percent or 0 for child in below) / len(below))
            assert (row.assignees, row.priority, row.rag) == ([], "none", None)
            assert row.due == max((child.due for child in below if child.due), default=None)
        if row.type == "milestone":
            assert row.duration_days == 0
        elif row.start and row.due:
            assert row.duration_days == working_days(row.start, row.due, project)
    assert {wait.kind for row in rows for wait in row.waits_for} == {"FS", "SS", "FF", "SF"}
    assert {wait.lag_days > 0 for row in rows for wait in row.waits_for if wait.lag_days} == {True, False}
    assert any(len(row.assignees) > 1 for row in rows)
    assert any(len(row.labels) > 1 for row in rows)


def test_bad_cells_and_ids_beyond_doubles(story: Story) -> None:
    rows = of(story, "smartsheet")
    assert {(name, text) for row in rows for name, text in row.bad_cells.items()} == {
        ("due", "TBD"),
        ("cost", "#UNPARSEABLE"),
    }
    beyond = [int(row.remote_id) for row in rows if int(row.remote_id) > 2**53]
    assert len(beyond) == 2
    assert any(int(float(number)) != number for number in beyond)
    summary = {field.title: field.value for field in story.projects[RED_ON_SHEET].summary}
    assert summary["Overall Health"] == "Green"
    open_rows = [r for r in rows if r.project == RED_ON_SHEET and r.rag and r.stage not in CLOSED]
    assert sum(row.rag == "Red" for row in open_rows) > len(open_rows) / 2


def test_data_center_has_a_big_project_sprints_and_wiki_text(story: Story) -> None:
    issues = of(story, "jira_dc")
    assert Counter(issue.project for issue in issues)["erp-upgrade"] > 100
    assert any(issue.sprints for issue in issues)
    assert any("{code:sql}" in issue.description for issue in issues)
    assert any(issue.restricted for issue in issues)
    assert len([e for issue in issues for e in issue.history if e.field == "project"]) == 1
    slipped = [i for i in issues if len([e for e in i.history if e.field == "due"]) == 3]
    assert any(issue.type == "milestone" for issue in slipped)
    blocks = [(t, story.tasks[n]) for t in issues for kind, n in t.links if kind == "blocks"]
    assert blocks
    assert all(other.hold for task, other in blocks if task.stage not in CLOSED)


def test_truth_tells_a_task_under_each_of_its_projects_and_counts_it_once(story: Story) -> None:
    told = tell(story)["trackers"]["asana"]
    placed = Counter(item["id"] for scope in told["scopes"] for item in scope["items"])
    assert max(placed.values()) == 2
    assert told["counts"]["items"] == len(placed)
    items = {item["id"]: item for scope in told["scopes"] for item in scope["items"]}
    assert all(len(items[id]["placements"]) == number for id, number in placed.items())


@pytest.fixture
def world() -> World:
    return World(write_story(7, 60, TODAY, ALL), clock_for(TODAY))


def test_asana_edits(world: World) -> None:
    task = next(t for t in of(world.story, "asana") if t.separator)
    edit(world, {"op": "report", "project": GREEN_ON_ASANA, "rag": "off_track", "text": "Late."})
    edit(world, {"op": "log_time", "task": task.remote_id, "person": 2, "minutes": 25})
    edit(world, {"op": "place", "task": task.remote_id, "project": GREEN_ON_ASANA})
    scopes = tell(world.story)["trackers"]["asana"]["scopes"]
    scope = next(one for one in scopes if one["slug"] == GREEN_ON_ASANA)
    assert scope["status_reports"][-1]["text"] == "Late."
    item = next(item for item in scope["items"] if item["id"] == task.remote_id)
    assert item["spent_minutes"] == 25
    entries = [entry for one in scopes for entry in one["time_entries"] if entry["item"] == item["id"]]
    assert [entry["minutes"] for entry in entries] == [25]
    assert item["placements"][1][1] == "Discovery"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"op": "report", "project": "dc-move", "rag": "at_risk", "text": "x"}, "only Asana has this"),
        ({"op": "report", "project": GREEN_ON_ASANA, "rag": "blue", "text": "x"}, "rag must be one of"),
        ({"op": "close_list", "project": GREEN_ON_ASANA, "stage": "idea"}, "cannot be put away"),
        ({"op": "close_project", "project": RED_ON_SHEET}, "on Smartsheet, where a sheet cannot be closed"),
    ],
)
def test_bad_edits_are_refused_in_a_sentence(world: World, asked: dict[str, object], said: str) -> None:
    with pytest.raises(BadEdit, match=said):
        edit(world, asked)


def test_deleting_takes_along_what_hangs_below(world: World) -> None:
    top = next(t for t in of(world.story, "smartsheet") if t.parent is None)
    below = [t for t in of(world.story, "smartsheet") if t.parent == top.number]
    deeper = [t for t in of(world.story, "smartsheet") if t.parent in {b.number for b in below}]
    gone = edit(world, {"op": "delete", "task": top.number})["deleted"]
    assert {id.split(":")[1] for id in gone} == {t.remote_id for t in (top, *below, *deeper)}
    assert deeper
    tell(world.story)


def test_a_row_that_moves_to_another_sheet_gets_a_new_id(world: World) -> None:
    parents = {t.parent for t in of(world.story, "smartsheet")}
    row = next(
        t for t in of(world.story, "smartsheet") if t.project == "iso-audit" and t.number not in parents
    )
    former = row.remote_id
    moved = edit(world, {"op": "move", "task": former, "project": RED_ON_SHEET})
    assert moved["task"].split(":")[1] != former
    assert world.gone[-1].task.remote_id == former

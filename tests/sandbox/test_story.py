"""The story: the same to the byte for a seed, whole in itself, and holding the planted facts."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from sandbox.people import BOT, DOUBLE_BOOKED, INACTIVE
from sandbox.planted import GREEN_THAT_IS_NOT, TO_BE_REVOKED
from sandbox.seed import FEWEST, write_story
from sandbox.story import Story, Task

TODAY = date(2026, 11, 23)
CLOSED = ("done", "dropped")


@pytest.fixture(scope="module")
def story() -> Story:
    return write_story(7, 600, TODAY)


def test_the_same_seed_items_and_day_give_the_same_story() -> None:
    assert repr(write_story(7, 200, TODAY)) == repr(write_story(7, 200, TODAY))


@pytest.mark.parametrize("other", [(8, 200, TODAY), (7, 201, TODAY), (7, 200, TODAY + timedelta(days=1))])
def test_anything_else_gives_another(other: tuple[int, int, date]) -> None:
    assert repr(write_story(7, 200, TODAY)) != repr(write_story(*other))


@pytest.mark.parametrize("items", [FEWEST, 61, 119, 600])
def test_it_has_as_many_items_as_asked_for(items: int) -> None:
    story = write_story(3, items, TODAY)
    assert len(story.tasks) == items
    assert {task.project for task in story.tasks.values()} == set(story.projects)


def test_too_few_items_are_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="59 is too few for the story, give 60 or more"):
        write_story(7, FEWEST - 1, TODAY)


@pytest.mark.parametrize("seed", range(20))
def test_the_smallest_story_has_room_for_every_planted_fact(seed: int) -> None:
    write_story(seed, FEWEST, TODAY)


def test_ids_are_unique_and_cards_tell_their_creation(story: Story) -> None:
    tasks = story.tasks.values()
    for home in ("trello", "jira_cloud"):
        here = [task for task in tasks if story.projects[task.project].home == home]
        assert len({task.remote_id for task in here}) == len({task.key for task in here}) == len(here)
    events = [event.id for task in tasks for event in task.history]
    assert len(set(events)) == len(events)
    cards = [task for task in tasks if len(task.remote_id) == 24]
    assert all(datetime.fromtimestamp(int(c.remote_id[:8], 16), UTC) == c.created for c in cards)


def replayed(task: Task, field: str) -> str | None:
    """The value at the end of the field's chain, each link of which must fit the one before."""
    events = [event for event in task.history if event.field == field]
    for former, later in pairwise(events):
        assert former.after == later.before, (task.key, field)
    return events[-1].after if events else None


def test_histories_end_in_the_state_that_the_task_is_in(story: Story) -> None:
    checked: Counter[str] = Counter()
    for task in story.tasks.values():
        states = {
            "stage": task.stage,
            "title": task.title,
            "description": task.description,
            "priority": task.priority,
            "assignees": ",".join(map(str, task.assignees)),
            "labels": ",".join(task.labels),
            "points": str(task.points),
            "sprint": ",".join(map(str, task.sprints)),
            "parent": str(task.parent),
        }
        for field, state in states.items():
            end = replayed(task, field)
            assert end in (None, state), (task.key, field)
            checked[field] += end is not None
    assert all(checked[field] > 10 for field in checked), checked


def test_histories_run_forward_from_the_creation_to_yesterday(story: Story) -> None:
    midnight = datetime(2026, 11, 23, tzinfo=UTC)
    for task in story.tasks.values():
        moments = [event.at for event in task.history]
        assert task.history[0].field == "created"
        assert moments[0] == task.created
        assert moments[-1] == task.updated < midnight
        assert moments == sorted(set(moments))
        assert (task.done_at is not None) == (task.stage in CLOSED)


def test_everybody_named_works_on_the_project_and_has_an_account_there(story: Story) -> None:
    for task in story.tasks.values():
        project = story.projects[task.project]
        named = {*task.assignees, task.reporter, *(event.author for event in task.history)}
        assert named <= set(project.members), task.key
        for id in named:
            person = story.people[id]
            assert person.trello_id if project.home == "trello" else person.jira_id


def test_people_are_sixty_with_accounts_on_one_or_both_trackers(story: Story) -> None:
    people = story.people.values()
    assert len(people) == 60
    assert {(p.trello_id is None, p.jira_id is None) for p in people} == {
        (False, False),
        (True, False),
        (False, True),
    }
    assert [p.id for p in people if not p.active] == [INACTIVE]
    assert [p.id for p in people if p.bot] == [BOT]
    assert 5 < sum(not p.email_shown for p in people) < 30


def test_trello_has_no_facts_that_only_jira_can_tell(story: Story) -> None:
    cards = [t for t in story.tasks.values() if story.projects[t.project].home == "trello"]
    for card in cards:
        assert (card.estimate_minutes, card.spent_minutes, card.remaining_minutes) == (None, None, None)
        assert not card.sprints
        assert card.parent is None
        assert card.component is None
        assert isinstance(card.due, datetime | None)


def test_the_green_project_is_not(story: Story) -> None:
    """Declared on track, while most of its open work is overdue and much of it on hold."""
    tasks = [t for t in story.tasks.values() if t.project == GREEN_THAT_IS_NOT and t.stage not in CLOSED]
    overdue = [t for t in tasks if isinstance(t.due, datetime) and t.due.date() < TODAY]
    assert story.projects[GREEN_THAT_IS_NOT].declared == "on_track"
    assert len(overdue) > len(tasks) / 3
    assert sum(task.hold for task in tasks) > len(tasks) / 6


def test_somebody_is_booked_on_both_tools_in_the_same_week(story: Story) -> None:
    week = [TODAY + timedelta(days=offset) for offset in range(1, 6)]
    homes: Counter[str] = Counter()
    for task in story.tasks.values():
        day = task.due.date() if isinstance(task.due, datetime) else task.due
        if task.assignees == [DOUBLE_BOOKED] and task.stage == "doing" and day in week:
            homes[story.projects[task.project].home] += 1
    assert homes["trello"] >= 2
    assert homes["jira_cloud"] >= 2


@pytest.mark.parametrize("home", ["trello", "jira_cloud"])
def test_a_milestone_slips(story: Story, home: str) -> None:
    slipped = [
        task
        for task in story.tasks.values()
        if task.type == "milestone"
        and story.projects[task.project].home == home
        and len([event for event in task.history if event.field == "due"]) == 3
    ]
    assert slipped
    dues = [event.after for event in slipped[0].history if event.field == "due" and event.after]
    assert dues == sorted(dues)
    assert dues[-1][:10] > TODAY.isoformat()


def test_the_other_planted_facts(story: Story) -> None:
    tasks = list(story.tasks.values())
    assert {t.stage for t in tasks} >= {"parked", "vendor"}
    assert any(t.template for t in tasks)
    assert any(t.separator for t in tasks)
    assert any(t.mirror_of and story.tasks[t.mirror_of].project != t.project for t in tasks)
    assert any(t.archived and t.stage == "doing" for t in tasks)
    assert any(t.stage in story.projects[t.project].closed_lists and not t.archived for t in tasks), (
        "an open card on an archived list"
    )
    assert any(t.restricted for t in tasks)
    assert any(t.labels == ["lime"] for t in tasks)
    assert any(not t.title.isascii() for t in tasks)
    assert len([e for t in tasks for e in t.history if e.field == "project"]) == 2
    assert any("northlight.atlassian.net/browse/NET-" in t.description for t in tasks)
    assert any("northlight.atlassian.net/browse/BIL-" in " ".join(t.attachments) for t in tasks)
    assert any(INACTIVE in t.assignees for t in tasks)
    assert any(len(t.sprints) > 1 for t in tasks)
    assert TO_BE_REVOKED in story.projects
    assert not any(project.revoked for project in story.projects.values())


def test_unfinished_work_blocks_only_what_is_on_hold(story: Story) -> None:
    """So that nobody can argue about what is blocked."""
    blocks = [(t, story.tasks[n]) for t in story.tasks.values() for kind, n in t.links if kind == "blocks"]
    assert len(blocks) > 10
    assert all(other.hold for t, other in blocks if t.stage not in CLOSED)

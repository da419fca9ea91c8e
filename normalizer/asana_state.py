"""Status, outcome and hold of an Asana task.

Asana itself knows only ``completed``. What else there is people write: the status of a custom type, an option
of a field that is a workflow, a section of a board. So of two tasks neither of which is completed, one is
in progress where such a word says so, and else it is to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from normalizer.asana_project import Project
from normalizer.asana_read import Body, named
from normalizer.asana_values import Played
from normalizer.model import HoldKind, Named, Outcome, StatusCategory
from normalizer.reading import Reading
from normalizer.words import most_pressing

RANK: Sequence[StatusCategory] = ("in_progress", "todo", "backlog", "triage")
"""Of several sections, in as many projects, the one that is furthest says how far the task is."""
VERDICTS: dict[str, Outcome] = {
    "approved": "completed",
    "rejected": "rejected",
    "changes_requested": "rejected",
}


@dataclass(frozen=True, slots=True)
class Word:
    """A word that stands for a status. ``binding``: one that nobody mapped makes the status unknown."""

    named: Named
    binding: bool


@dataclass(frozen=True, slots=True)
class State:
    category: StatusCategory
    status: Named
    outcome: Outcome | None
    said: Named | None
    completed_at: datetime | None
    words: Sequence[Word]


def state(project: Project, body: Body, played: Played, reading: Reading) -> State:
    completed, approval = reading.flag(body, "completed"), reading.text(body, "approval_status")
    words = _words(project, body, played, reading)
    binding = next((one for one in words if one.binding), None)
    plain = Named(approval) if approval else Named("Complete" if completed else "Incomplete")
    shown = plain if approval else binding.named if binding else plain
    cancelled = _cancelled(project, words)
    if cancelled:
        category: StatusCategory = "cancelled"
    else:
        category = "done" if completed else _open(project, words, reading)
    outcome, said = _outcome(project, category, cancelled or (binding.named if binding else None), approval)
    moment = reading.moment(body, "completed_at") if completed else None
    return State(category, cancelled or shown, outcome, said, moment, words)


def _words(project: Project, body: Body, played: Played, reading: Reading) -> list[Word]:
    """The likeliest first. A section binds only where the sections of its project are a workflow: else they
    are the parts of the work, and their names say nothing."""
    option = named(reading.mapping(body, "custom_type_status_option"))
    if option:
        return [Word(option, True)]
    if played.status:
        return [Word(played.status, True)]
    return [
        Word(section, project.workflow and section.id in project.sections)
        for place in reading.mappings(body, "memberships")
        if (section := named(place.get("section")))
    ]


def _open(project: Project, words: Sequence[Word], reading: Reading) -> StatusCategory:
    found: list[StatusCategory] = []
    for one in words:
        category = project.words.status(one.named.name)
        # A task in the section Done that nobody ticked is not done to Asana, and is surely begun.
        found += ["in_progress" if category == "done" else category] if category else []
    if found:
        return min(found, key=RANK.index)
    if unmapped := next((one for one in words if one.binding), None):
        return reading.unknown("status_category", unmapped.named.name)
    return "todo"


def _cancelled(project: Project, words: Sequence[Word]) -> Named | None:
    """Asana cannot cancel: people move the task to where that is written, ticked or not."""
    return next((one.named for one in words if project.words.status(one.named.name) == "cancelled"), None)


def _outcome(
    project: Project, category: StatusCategory, word: Named | None, approval: str | None
) -> tuple[Outcome | None, Named | None]:
    if category not in ("done", "cancelled"):
        return None, None
    ruled = project.words.outcome(word.name) if word else None
    if ruled:
        return ruled, word
    if category == "cancelled":
        return "cancelled", word
    if approval in VERDICTS:
        return VERDICTS[approval], Named(approval)
    return "completed", None


def hold(
    project: Project, body: Body, told: State, labels: Sequence[Named], reading: Reading
) -> tuple[HoldKind, str | None]:
    """By a tag, by the word of the status, or by a task that it waits for and that is not completed."""
    holds: list[tuple[HoldKind, str]] = []
    for label in labels:
        if by_label := project.words.label(label.name).hold:
            holds.append((by_label, label.name))
    holds += [(project.words.hold_of_list(one.named.name), one.named.name) for one in told.words]
    if told.category not in ("done", "cancelled"):
        waits = [one for one in reading.mappings(body, "dependencies") if one.get("completed") is False]
        holds += [("blocked", f"waits for task {one.get('gid')}") for one in waits[:1]]
    found, why = most_pressing(holds)
    return found, why if found != "none" else None

"""How a changelog says the values of each field, and how we say them.

Jira tells every value twice: by its id, and by what it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from normalizer.jira_desk import Desk
from normalizer.jira_effort import minutes, points
from normalizer.jira_fields import TIME_ESTIMATE
from normalizer.jira_read import Misfit, a_day
from normalizer.model import Quantity

Side = tuple[str | None, str | None]
"""A value by its id and by what it reads."""
Translate = Callable[[Side], str | None]
NEVER_TOLD: Mapping[str, str] = {
    "key": "remote_key",
    "epic": "parent_id",
    "issuelinks": "links",
    "subtasks": "progress",
    "resolutiondate": "completed_at",
    "statuscategorychangedate": "completed_at",
    "created": "remote_created_at",
    "updated": "remote_updated_at",
}
"""Fields of an issue that no changelog calls so."""
Translations = dict[str, tuple[str, Translate]]


def translations(desk: Desk) -> Translations:
    """By Jira's id of a field or the name that changelogs give it: our field, and how we say its values."""
    return {**_plain(), **_mapped(desk), **_related(desk), **_roles(desk)}


def losing(desk: Desk) -> Mapping[str, str]:
    """Our field that goes without a value where the field of an issue cannot be read: those that changelogs
    tell of, and those that only issues have."""
    told = {field: ours for field, (ours, _) in translations(desk).items()}
    return {**told, **NEVER_TOLD, **dict.fromkeys(desk.plan.percent, "progress")}


def said(side: Side) -> str | None:
    """What Jira shows; the id where it shows nothing."""
    return side[1] if side[1] is not None else side[0]


def _shown(side: Side) -> str | None:
    return side[1]


def _day(side: Side) -> str | None:
    """A day is told as id, and as text by a moment of it."""
    try:
        return a_day((side[0] or side[1] or "")[:10]).isoformat()
    except Misfit:
        return said(side)


def _hold(side: Side) -> str | None:
    return "blocked" if side[1] else "none"


def _visibility(side: Side) -> str | None:
    return "restricted" if side[0] else "scope"


def _amount(make: Callable[[Any], Quantity]) -> Translate:
    def translate(side: Side) -> str | None:
        told = said(side)
        if told is None:
            return None
        try:
            quantity = make(float(told))
        except ValueError:
            return told
        return f"{quantity.value.normalize():f} {quantity.unit}"

    return translate


def _one(make_id: Callable[[str], str]) -> Translate:
    return lambda side: make_id(side[0]) if side[0] else None


def _many(make_id: Callable[[str], str]) -> Translate:
    def translate(side: Side) -> str | None:
        ids = [part.strip() for part in (side[0] or "").split(",")]
        return ",".join(make_id(part) for part in ids if part) or None

    return translate


def _word(meaning: Callable[[str], str | None], empty: str | None = None) -> Translate:
    return lambda side: (meaning(side[1]) or "unknown") if side[1] else empty


def _plain() -> Translations:
    return {
        "summary": ("title", _shown),
        "description": ("description_md", _shown),
        "labels": ("labels", _shown),
        TIME_ESTIMATE: ("estimates", _amount(minutes)),
        "timeestimate": ("remaining", _amount(minutes)),
        "timespent": ("spent", _amount(minutes)),
        "Key": ("remote_key", said),
        "Link": ("links", _shown),
        "security": ("visibility", _visibility),
        "Flagged": ("hold", _hold),
        "Rank": ("rank", _shown),
    }


def _mapped(desk: Desk) -> Translations:
    words = desk.words

    def status(side: Side) -> str | None:
        return words.status(side[1] or "", side[0], None) or "unknown" if any(side) else None

    return {
        "status": ("status_category", status),
        "resolution": ("outcome", _word(words.outcome)),
        "issuetype": ("type", _word(lambda name: words.type(name, 0))),
        "priority": ("priority", _word(words.priority, "none")),
    }


def _related(desk: Desk) -> Translations:
    parts = desk.parts
    person, item = _one(desk.people.id), _one(desk.item_id)
    section = _one(lambda remote_id: parts.id("section", remote_id))
    release = _one(lambda remote_id: parts.id("release", remote_id))
    return {
        "assignee": ("assignments", person),
        "reporter": ("reporter_account_id", person),
        "parent": ("parent_id", item),
        "Parent": ("parent_id", item),
        "IssueParentAssociation": ("parent_id", item),
        "Epic Link": ("parent_id", item),
        "project": ("placements", _one(lambda remote_id: parts.id("scope", remote_id))),
        "components": ("placements", section),
        "Component": ("placements", section),
        "fixVersions": ("release_ids", release),
        "Fix Version": ("release_ids", release),
        "Sprint": ("iteration_ids", _many(lambda remote_id: parts.id("iteration", remote_id))),
    }


def _roles(desk: Desk) -> Translations:
    """Fields whose ids differ from site to site."""
    plan = desk.plan
    sprint = _many(lambda remote_id: desk.parts.id("iteration", remote_id))
    return {
        **dict.fromkeys(plan.sprint, ("iteration_ids", sprint)),
        **dict.fromkeys(plan.points, ("estimates", _amount(points))),
        **dict.fromkeys(plan.start, ("start", _day)),
        **dict.fromkeys(plan.due, ("due", _day)),
        **dict.fromkeys(plan.flagged, ("hold", _hold)),
        **dict.fromkeys(plan.rank, ("rank", _shown)),
    }

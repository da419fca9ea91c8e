"""Jira's own words and what they mean to us: dictionaries of its default schemes, under a scope's rules.

Every dictionary is keyed without case. A word that is in none of them is nobody's guess: it is unmapped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from normalizer.model import HoldKind, ItemType, LinkType, Outcome, PriorityLevel, StatusCategory
from normalizer.rules import Lookup, Rules

# Names inside the category "To Do" that say more than the category does.
EARLY_NAMES: Mapping[str, StatusCategory] = {
    "backlog": "backlog",
    "triage": "triage",
    "needs triage": "triage",
}

# Names inside the category "Done" of work that was given up (workflows without resolutions).
DROPPED_NAMES = frozenset(
    {"cancelled", "canceled", "won't do", "won't fix", "rejected", "declined", "abandoned", "dropped"}
)

# The statuses of Jira's default workflows, for answers older than status categories (before Jira 6.2).
DEFAULT_STATUSES: Mapping[str, StatusCategory] = {
    "open": "todo",
    "to do": "todo",
    "reopened": "todo",
    "selected for development": "todo",
    "backlog": "backlog",
    "in progress": "in_progress",
    "in review": "in_progress",
    "resolved": "done",
    "closed": "done",
    "done": "done",
}

OUTCOMES: Mapping[str, Outcome] = {
    "done": "completed",
    "fixed": "completed",
    "resolved": "completed",
    "completed": "completed",
    "delivered": "completed",
    "won't do": "cancelled",
    "won't fix": "cancelled",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "abandoned": "cancelled",
    "obsolete": "cancelled",
    "declined": "rejected",
    "rejected": "rejected",
    "cannot reproduce": "rejected",
    "incomplete": "rejected",
    "invalid": "rejected",
    "not a bug": "rejected",
    "known error": "rejected",
    "duplicate": "duplicate",
    "clone": "duplicate",
}

TYPES: Mapping[str, ItemType] = {
    "initiative": "initiative",
    "epic": "epic",
    "story": "story",
    "user story": "story",
    "new feature": "story",
    "feature": "story",
    "improvement": "story",
    "task": "task",
    "technical task": "task",
    "spike": "task",
    "sub-task": "subtask",
    "subtask": "subtask",
    "bug": "bug",
    "defect": "bug",
    "incident": "incident",
    "[system] incident": "incident",
    "problem": "incident",
    "[system] problem": "incident",
    "service request": "request",
    "[system] service request": "request",
    "support": "request",
    "change": "request",
    "[system] change": "request",
    "milestone": "milestone",
    "approval": "approval",
}
_ABOVE_BASE = frozenset({"initiative", "epic", "milestone", "approval"})

PRIORITIES: Mapping[str, PriorityLevel] = {
    "highest": "urgent",
    "blocker": "urgent",
    "critical": "urgent",
    "urgent": "urgent",
    "high": "high",
    "major": "high",
    "medium": "medium",
    "normal": "medium",
    "low": "low",
    "minor": "low",
    "lowest": "low",
    "trivial": "low",
    "none": "none",
    "not prioritized": "none",
}

HOLDS: Mapping[str, HoldKind] = {
    "blocked": "blocked",
    "impediment": "blocked",
    "on hold": "paused",
    "paused": "paused",
    "waiting": "waiting",
    "waiting for customer": "waiting",
    "waiting for support": "waiting",
    "pending": "waiting",
}

# A phrase is read from the end it stands at: "A blocks B". True = the other end is the one that acts.
PHRASES: Mapping[str, tuple[LinkType, bool]] = {
    "blocks": ("blocks", False),
    "is blocked by": ("blocks", True),
    "depends on": ("finish_to_start", True),
    "is depended on by": ("finish_to_start", False),
    "is a dependency for": ("finish_to_start", False),
    "has to be done before": ("finish_to_start", False),
    "has to be done after": ("finish_to_start", True),
    "has to be started together with": ("start_to_start", False),
    "has to be finished together with": ("finish_to_finish", False),
    "relates to": ("relates", False),
    "is related to": ("relates", True),
    "clones": ("relates", False),
    "is cloned by": ("relates", True),
    "is cloned from": ("relates", False),
    "was cloned as": ("relates", True),
    "causes": ("relates", False),
    "is caused by": ("relates", True),
    "duplicates": ("duplicates", False),
    "is duplicated by": ("duplicates", True),
    "implements": ("implements", False),
    "is implemented by": ("implements", True),
    "is child of": ("child_of", False),
    "is parent of": ("child_of", True),
}


def folded(text: str) -> str:
    return text.strip().casefold()


class Words:
    """The dictionaries with a scope's rules laid over them. None = nobody mapped the word."""

    def __init__(self, rules: Rules, category_keys: Mapping[str, str]) -> None:
        self._category_keys = category_keys
        self._status: Lookup[StatusCategory] = rules.lookup("status", folded)
        self._link: Lookup[LinkType] = rules.lookup("link", folded)
        self._outcome: Lookup[Outcome] = rules.lookup("outcome", folded, defaults=OUTCOMES)
        self._type: Lookup[ItemType] = rules.lookup("type", folded)
        self._priority: Lookup[PriorityLevel] = rules.lookup("priority", folded, defaults=PRIORITIES)
        self._hold: Lookup[HoldKind] = rules.lookup("hold", folded, defaults=HOLDS)
        self._label_hold: Lookup[HoldKind] = rules.lookup("hold", folded)

    def status(self, name: str, status_id: str | None, key: str | None) -> StatusCategory | None:
        """By rule, else by the key of the status category (names are localised), else by default name."""
        name = name.casefold()
        ruled = self._status(name)
        if ruled is not None:
            return ruled
        match key or self._category_keys.get(status_id or ""):
            case "new":
                return EARLY_NAMES.get(name, "todo")
            case "indeterminate":
                return "in_progress"
            case "done":
                return "cancelled" if name in DROPPED_NAMES else "done"
            case None:
                return DEFAULT_STATUSES.get(name)
        return None

    def outcome(self, resolution: str) -> Outcome | None:
        return self._outcome(resolution.casefold())

    def priority(self, name: str) -> PriorityLevel | None:
        return self._priority(name.casefold())

    def type(self, name: str, level: int) -> ItemType | None:
        """``level`` is Jira's hierarchyLevel: -1 sub-task, 0 base, 1 epic, 2 and more above."""
        name = name.casefold()
        ruled = self._type(name)
        if ruled is not None:
            return ruled
        if level < 0:
            return "subtask"
        known = TYPES.get(name)
        if level > 0 and known not in _ABOVE_BASE:
            return "epic" if level == 1 else "initiative"
        return known

    def hold_by_status(self, name: str) -> HoldKind | None:
        return self._hold(name.casefold())

    def hold_by_label(self, label: str) -> HoldKind | None:
        return self._label_hold(label.casefold())

    def link(self, link_type: Mapping[str, Any]) -> tuple[LinkType, bool] | None:
        """Our type for a link type, and whether its outward end is the one acted upon.

        It is found from the type alone, so that both ends of a link tell the same.
        """
        said = [str(link_type.get(key) or "").casefold() for key in ("name", "outward", "inward")]
        _, outward, inward = said
        known = PHRASES.get(outward)
        if known is None and inward in PHRASES:
            meaning, acted_upon = PHRASES[inward]
            known = meaning, not acted_upon
        for word in said:
            ruled = self._link(word)
            if ruled is not None:
                return ruled, known[1] if known else False
        return known

"""What the words in a sheet stand for: dictionaries of titles and values, and the rules laid over them.

Every column belongs to its sheet alone, so nothing has a meaning but by its words. A word is compared whole,
without case and punctuation. What is in no dictionary is nobody's guess: it is unmapped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar
from unicodedata import normalize

from normalizer.model import HoldKind, ItemType, Outcome, PriorityLevel, Rag, StatusCategory
from normalizer.rules import Lookup, Rules

V = TypeVar("V")

STATUS_WORDS: Mapping[StatusCategory, tuple[str, ...]] = {
    "triage": ("new, intake, submitted, requested, triage, to triage", "neu, nouveau, nuevo, novo, nuovo"),
    "backlog": ("backlog, idea, ideas, proposed, someday", "idee, idée, ideia"),
    "todo": (
        "not started, to do, todo, open, planned, ready, scheduled, upcoming, assigned, next",
        "nicht begonnen, offen, geplant, à faire, non commencé, sin empezar, pendiente, não iniciado, "
        "da fare, non iniziato, 未着手",
    ),
    "in_progress": (
        "in progress, started, working, active, ongoing, underway, doing, in review, review, testing, qa",
        "on track, at risk, behind, delayed, late",
        "in bearbeitung, in arbeit, en cours, en curso, em andamento, in corso, 進行中",
    ),
    "done": (
        "complete, completed, done, finished, closed, delivered, resolved",
        "abgeschlossen, erledigt, fertig, terminé, terminée, completado, terminado, concluído, "
        "completato, 完了",
    ),
    "cancelled": (
        "cancelled, canceled, dropped, abandoned, obsolete, wont do, rejected, declined, duplicate",
        "abgebrochen, annulé, cancelado, annullato, キャンセル",
    ),
}
OUTCOME_WORDS: Mapping[Outcome, tuple[str, ...]] = {
    "rejected": ("rejected, declined",),
    "duplicate": ("duplicate",),
}
HOLD_WORDS: Mapping[HoldKind, tuple[str, ...]] = {
    "blocked": ("blocked, stuck, impediment, blockiert, bloqué, bloqueado",),
    "waiting": ("waiting, pending, awaiting approval, waiting for customer, wartet, en attente, en espera",),
    "paused": ("on hold, hold, paused, deferred, pausiert, en pause, pausado",),
}
PRIORITY_WORDS: Mapping[PriorityLevel, tuple[str, ...]] = {
    "urgent": ("urgent, critical, highest, p0, dringend",),
    "high": ("high, p1, hoch, haute, alta",),
    "medium": ("medium, normal, p2, mittel, moyenne, media",),
    "low": ("low, lowest, p3, niedrig, basse, baja",),
    "none": ("none, not set",),
}
TYPE_WORDS: Mapping[ItemType, tuple[str, ...]] = {
    "epic": ("epic",),
    "story": ("story, user story, feature",),
    "task": ("task, action, action item, to do, aufgabe, tâche, tarea",),
    "subtask": ("subtask, sub task",),
    "milestone": ("milestone, meilenstein, jalon, hito",),
    "bug": ("bug, defect",),
    "incident": ("incident",),
    "request": ("request, service request, change request",),
    "approval": ("approval, sign off",),
}
RAG_WORDS: Mapping[Rag, tuple[str, ...]] = {
    "on_track": ("green, on track, grün, vert, verde",),
    "at_risk": ("yellow, amber, at risk, gelb, jaune, amarillo",),
    "off_track": ("red, off track, rot, rouge, rojo",),
    "on_hold": ("on hold, paused",),
    "complete": ("blue, complete, completed",),
    "not_set": ("gray, grey, not started",),
}
NOBODY = frozenset({"tbd", "tba", "n a", "none", "unassigned", "nobody"})
"""What people type into a contact column while nobody is assigned."""

_NO_WORD = re.compile(r"[\W_]+")
_APOSTROPHE = re.compile("['\u2019`]")


def word(text: str) -> str:
    """``% Complete`` → ``percent complete``: what of a title or value is compared. Signs alone stay as they
    are, for each of them may be told apart from the others."""
    bare = _APOSTROPHE.sub("", normalize("NFKC", text).casefold()).replace("%", " percent ")
    return _NO_WORD.sub(" ", bare).strip() or text.strip()


def by_word(groups: Mapping[V, tuple[str, ...]]) -> dict[str, V]:
    return {word(one): value for value, lines in groups.items() for line in lines for one in line.split(",")}


STATUS = by_word(STATUS_WORDS)
OUTCOME = by_word(OUTCOME_WORDS)
HOLD = by_word(HOLD_WORDS)
PRIORITY = by_word(PRIORITY_WORDS)
TYPE = by_word(TYPE_WORDS)
RAG = by_word(RAG_WORDS)


class Words:
    """The dictionaries with one scope's rules over them."""

    def __init__(self, rules: Rules) -> None:
        self._bare: dict[str, str] = {}
        self._status: Lookup[StatusCategory] = rules.lookup("status", word, defaults=STATUS)
        self._outcome: Lookup[Outcome] = rules.lookup("outcome", word, defaults=OUTCOME)
        self._hold: Lookup[HoldKind] = rules.lookup("hold", word, defaults=HOLD)
        self._priority: Lookup[PriorityLevel] = rules.lookup("priority", word, defaults=PRIORITY)
        self._type: Lookup[ItemType] = rules.lookup("type", word, defaults=TYPE)

    def _word(self, name: str) -> str:
        """Remembered: rows repeat their words."""
        found = self._bare.get(name)
        if found is None:
            found = self._bare[name] = word(name)
        return found

    def status(self, name: str) -> StatusCategory | None:
        return self._status(self._word(name))

    def outcome(self, name: str) -> Outcome | None:
        return self._outcome(self._word(name))

    def hold(self, name: str) -> HoldKind | None:
        return self._hold(self._word(name))

    def priority(self, name: str) -> PriorityLevel | None:
        return self._priority(self._word(name))

    def type(self, name: str) -> ItemType | None:
        return self._type(self._word(name))

    def rag(self, name: str) -> Rag | None:
        return RAG.get(self._word(name))

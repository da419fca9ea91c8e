"""What the words that people write on lists, sections and labels stand for: dictionaries.

Trello and Asana have no status category, type, priority or hold: people write them as names. A word is
compared whole, after case, emoji, punctuation, bracketed remarks and a count at its end are taken off.
Nothing is guessed from where a list stands on the board.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar
from unicodedata import normalize

from normalizer.model import HoldKind, ItemType, Outcome, PriorityLevel, StatusCategory
from normalizer.rules import Lookup, Rules, Table

V = TypeVar("V")
Category = Literal["triage", "backlog", "todo", "in_progress", "done", "cancelled"]

STATUS_WORDS: Mapping[Category, str] = {
    "triage": """inbox, triage, to triage, intake, incoming, new, new requests, requests, eingang,
        posteingang, boîte de réception, bandeja de entrada, entrada, входящие""",
    "backlog": """backlog, product backlog, ideas, idea, icebox, someday, later, wishlist, ideen, idées,
        ideias, idee, ideeën, pomysły, идеи, アイデア, バックログ, 想法, 需求池""",
    "todo": """to do, todo, todos, to dos, ready, ready for dev, ready for development, next, next up,
        up next, planned, selected for development, not started, queue, queued, this week, current sprint,
        sprint backlog, offen, zu erledigen, zu tun, geplant, à faire, por hacer, pendiente, pendientes,
        a fazer, da fare, te doen, do zrobienia, к выполнению, сделать, 未着手, やること, 待办, 待辦""",
    "in_progress": """doing, in progress, wip, work in progress, working on, working, ongoing, started,
        development, in development, in review, review, code review, reviewing, testing, in testing, test,
        qa, in qa, verification, ready for review, ready for test, ready for qa, ready to deploy,
        ready for release, in arbeit, in bearbeitung, in prüfung, en cours, en revue, en curso,
        en progreso, haciendo, en revisión, em andamento, em progresso, fazendo, em revisão, in corso,
        in revisione, bezig, mee bezig, w toku, в работе, в процессе, 進行中, レビュー中, 进行中""",
    "done": """done, complete, completed, finished, closed, resolved, shipped, released, deployed,
        sprint done, erledigt, fertig, abgeschlossen, terminé, terminée, terminés, fait, hecho, terminado,
        completado, feito, concluído, concluido, fatto, completato, klaar, gereed, afgerond, zrobione,
        gotowe, готово, сделано, выполнено, 完了, 完成, 已完成""",
    "cancelled": """cancelled, canceled, wont do, wontdo, wont fix, wontfix, rejected, dropped, abandoned,
        declined, discarded, abgebrochen, verworfen, annulé, abandonné, cancelado, descartado, annullato,
        geannuleerd, anulowane, отменено, キャンセル, 已取消""",
}
HOLD_WORDS: Mapping[Literal["blocked", "waiting", "paused"], str] = {
    "blocked": "blocked, impediment, blockiert, bloqué, bloqueado, bloccato, geblokkeerd, zablokowane",
    "waiting": "waiting, warten, wartet, en attente, esperando, em espera, in attesa, wachten",
    "paused": "on hold, hold, paused, pausiert, en pause, pausado, in pausa, gepauzeerd",
}
HOLD_OPENINGS: Mapping[str, HoldKind] = {
    "blocked by ": "blocked",
    "blocked on ": "blocked",
    "waiting for ": "waiting",
    "waiting on ": "waiting",
    "warten auf ": "waiting",
    "en attente de ": "waiting",
}
TYPE_WORDS: Mapping[Literal["milestone", "bug", "epic", "story", "incident"], str] = {
    "milestone": "milestone, meilenstein, jalon, hito, marco",
    "bug": "bug, defect, fehler",
    "epic": "epic",
    "story": "story, user story",
    "incident": "incident, störung",
}
PRIORITY_WORDS: Mapping[Literal["urgent", "high", "medium", "low", "none"], str] = {
    "urgent": "urgent, critical, highest, blocker, immediate, p0, dringend, kritisch",
    "high": "high, major, p1, hoch, haute, alta",
    "medium": "medium, normal, p2, mittel, moyenne, media, média",
    "low": "low, lowest, minor, trivial, p3, p4, niedrig, basse, baja, baixa",
    "none": "none, no priority, unset",
}
PRIORITY_RANK: Mapping[PriorityLevel, int] = {
    "urgent": 0,
    "high": 1,
    "medium": 2,
    "low": 3,
    "none": 4,
    "unknown": 5,
}
HOLD_RANK: Mapping[HoldKind, int] = {"blocked": 0, "waiting": 1, "paused": 2, "none": 3}

_REMARK = re.compile(r"\[[^\]]*\]|\([^)]*\)")
_APOSTROPHE = re.compile("['\u2019\u2018`]")
_NO_WORD = re.compile(r"[\W_]+")
_COUNT = re.compile(r"(?<=.) \d+$")


def word(text: str) -> str:
    """``🗒 To-Do [2026]`` and ``To do - 8`` → ``to do``: what of a name is compared."""
    bare = _APOSTROPHE.sub("", _REMARK.sub(" ", normalize("NFKC", text).casefold()))
    return _COUNT.sub("", _NO_WORD.sub(" ", bare).strip())


def _by_word(groups: Mapping[V, str]) -> dict[str, V]:
    return {word(one): value for value, words in groups.items() for one in words.split(",")}


STATUS = _by_word(STATUS_WORDS)
HOLD = _by_word(HOLD_WORDS)
TYPE = _by_word(TYPE_WORDS)
PRIORITY = _by_word(PRIORITY_WORDS)
PRIORITY_LABEL: Mapping[str, PriorityLevel] = {
    **{name: level for name, level in PRIORITY.items() if name in {"urgent", "critical", "dringend"}},
    **{name: level for name, level in PRIORITY.items() if re.fullmatch(r"p\d", name)},
    **{f"{name} priority": level for name, level in PRIORITY.items() if name.isascii()},
    **{f"priority {name}": level for name, level in PRIORITY.items() if name.isascii()},
}
"""A label that is only ``low`` may speak of effort or risk, so a label must say that it is a priority."""


@dataclass(frozen=True, slots=True)
class LabelMeaning:
    """What one label says beside being a label; None where it says nothing."""

    hold: HoldKind | None
    type: ItemType | None
    priority: PriorityLevel | None


class Words:
    """The dictionaries with one scope's rules over them. Lookups are remembered: boards repeat words."""

    def __init__(self, rules: Rules) -> None:
        self._status: Lookup[StatusCategory] = _over(STATUS, rules, "status")
        self._hold: Lookup[HoldKind] = _over(HOLD, rules, "hold")
        self._type: Lookup[ItemType] = _over(TYPE, rules, "type")
        self._priority: Lookup[PriorityLevel] = _over(PRIORITY, rules, "priority")
        self._label_priority: Lookup[PriorityLevel] = _over(PRIORITY_LABEL, rules, "priority")
        self._outcome: Lookup[Outcome] = _over({}, rules, "outcome")
        self._labels: dict[str, LabelMeaning] = {}
        self._keys: dict[str, tuple[str, str]] = {}

    def status(self, name: str) -> StatusCategory | None:
        return self._find(name, self._status)

    def hold_of_list(self, name: str) -> HoldKind:
        return self._find(name, self._hold) or "none"

    def outcome(self, name: str) -> Outcome | None:
        return self._find(name, self._outcome)

    def priority(self, name: str) -> PriorityLevel | None:
        return self._find(name, self._priority)

    def type(self, name: str) -> ItemType | None:
        return self._find(name, self._type)

    def _find(self, name: str, known: Lookup[V]) -> V | None:
        keys = self._keys.get(name)
        if keys is None:
            keys = self._keys[name] = written(name), word(name)
        return known(keys[0]) or known(keys[1])

    def label(self, name: str) -> LabelMeaning:
        known = self._labels.get(name)
        if known is None:
            known = LabelMeaning(
                hold=self._find(name, self._hold) or _opening(word(name)),
                type=self._find(name, self._type),
                priority=self._find(name, self._label_priority),
            )
            self._labels[name] = known
        return known


def written(text: str) -> str:
    return text.casefold().strip()


def _over(defaults: Mapping[str, V], rules: Rules, table: Table) -> Lookup[V]:
    """Rules as written win over the same words stripped, so that two look-alike names can differ."""
    return rules.lookup(table, word, written, defaults=defaults)


def _opening(name: str) -> HoldKind | None:
    return next((hold for opening, hold in HOLD_OPENINGS.items() if name.startswith(opening)), None)


def most_pressing(holds: Iterable[tuple[HoldKind, str]]) -> tuple[HoldKind, str | None]:
    """The gravest hold and the word that said so."""
    return min(holds, key=lambda pair: HOLD_RANK[pair[0]], default=("none", None))

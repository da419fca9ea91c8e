"""Words on boards: what is the same word, and what each stands for."""

from __future__ import annotations

import pytest

from normalizer.rules import Rules
from normalizer.words import STATUS_WORDS, Words, word


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("To-Do", "to do"),
        ("  🗒 BACKLOG ", "backlog"),
        ("🧑🏾‍💻 Testing [Staging Server]", "testing"),
        ("📆 Sprint - Done [Version: 1.2.0]", "sprint done"),
        ("Doing - 8", "doing"),
        ("In progress (max. 3)", "in progress"),
        ("Won\u2019t do", "wont do"),
        ("À faire", "à faire"),
        ("À FAIRE", "à faire"),
        ("完成 ✅", "完成"),
        ("42", "42"),
        ("🎉", ""),
    ],
)
def test_what_is_compared(written: str, compared: str) -> None:
    assert word(written) == compared


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("Inbox", "triage"), ("Ideas", "backlog"), ("Next up", "todo"), ("WIP", "in_progress"),
        ("In review", "in_progress"), ("Completed", "done"), ("Won't do", "cancelled"),
        ("In Bearbeitung", "in_progress"),
        ("Terminé", "done"), ("Por hacer", "todo"), ("進行中", "in_progress"),
        ("Parking lot", None), ("Waiting for vendor", None), ("Sales", None), ("", None), ("🎉", None),
    ],
)  # fmt: skip
def test_the_built_in_dictionary(name: str, category: str | None) -> None:
    assert Words(Rules()).status(name) == category


def test_a_word_stands_for_one_status_only() -> None:
    words = [word(one) for group in STATUS_WORDS.values() for one in group.split(",")]
    assert sorted(words) == sorted(set(words))


def test_rules_are_compared_without_case_and_win() -> None:
    words = Words(Rules(status={"parking LOT": "backlog", "done": "in_progress", "🎉": "done"}))
    assert words.status("Parking Lot 🚗") == "backlog"
    assert words.status("Done") == "in_progress"
    assert words.status("🎉") == "done"
    assert words.status("✅") is None


def test_of_two_look_alikes_a_rule_may_name_one() -> None:
    words = Words(Rules(status={"Review [legal]": "todo", "Review": "in_progress"}))
    assert words.status("Review [legal]") == "todo"
    assert words.status("review") == "in_progress"


@pytest.mark.parametrize(
    ("label", "hold", "type", "priority"),
    [
        ("Blocked", "blocked", None, None), ("blocked by network", "blocked", None, None),
        ("Waiting on Contoso", "waiting", None, None), ("On hold ⏸", "paused", None, None),
        ("Bug", None, "bug", None),
        ("High priority", None, None, "high"), ("Priority: low", None, None, "low"),
        ("P2", None, None, "medium"),
        ("low", None, None, None), ("Unblocked", None, None, None),
    ],
)  # fmt: skip
def test_what_labels_say(label: str, hold: str | None, type: str | None, priority: str | None) -> None:
    meaning = Words(Rules()).label(label)
    assert (meaning.hold, meaning.type, meaning.priority) == (hold, type, priority)

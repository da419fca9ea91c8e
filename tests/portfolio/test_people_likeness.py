"""What speaks for two accounts being one person's, and that the score is what the evidence says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizer.model import Account
from portfolio.people_likeness import Between, combined
from portfolio.people_names import alike, words_of
from tests.portfolio.people import account, evidence

SAME = [
    ("Ann Smith", "ann SMITH"),
    ("Ann Smith", "Smith, Ann"),
    ("Björn Horváth", "Bjorn Horvath"),
    ("Łukasz Sørensen", "Lukasz Sorensen"),
    ("Ann Smith", "Ann Smith (contractor)"),
    ("Ann Smith", "[ext] Dr. Ann Smith"),
    ("ann.smith@example.org", "Ann Smith"),
    ("İpek Şahin", "Ipek Sahin"),
]
NEAR = [
    ("Ann Smith", "A. Smith"),
    ("Ann Smith", "Ann S"),
    ("Ann Smith", "Ann Mary Smith"),
    ("Alexander Weber", "Alex Weber"),
    ("Anna Kowalski", "Anna Kowalsky"),
    ("Klaus Müller", "Klaus Mueller"),
    ("Klaus Kovač", "Klaus Kvoač"),
]
OTHER = [
    ("Ann Smith", "Bob Smith"),
    ("Ann Smith", "Ann Weber"),
    ("Maria García", "Mario García"),
    ("Martin Weber", "Martina Weber"),
    ("Daniel Weber", "Danielle Weber"),
    ("A. S.", "Ann Smith"),
    ("Ann", "Ann Smith"),
    ("", "Ann Smith"),
    ("---", "***"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_a_name_is_the_same_whatever_is_around_it(one: str, other: str) -> None:
    assert alike(words_of(one), words_of(other)) == (1.0, "the same name")


@pytest.mark.parametrize(("one", "other"), NEAR)
def test_a_name_is_known_in_another_form(one: str, other: str) -> None:
    near = alike(words_of(one), words_of(other))
    assert 0.6 <= near.strength < 1
    assert near.way


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_names_of_different_people_say_nothing(one: str, other: str) -> None:
    assert alike(words_of(one), words_of(other)).strength == 0


@pytest.mark.parametrize(
    ("one", "other", "kind", "words"),
    [
        (
            account("trello-1", "Ann", handle="ann_smith"),
            account("jira-1", "Robot friend", handle="ANN.SMITH"),
            "handle",
            "the same handle: ANN.SMITH",
        ),
        (
            account("trello-1", "Ann", handle="annsmith"),
            account("asana-1", "Smith", "Ann.Smith@example.org"),
            "handle",
            "the handle annsmith is how the address ann.smith@example.org begins",
        ),
        (
            account("jira-1", "Ann", "ann.smith@old.example"),
            account("asana-1", "Smith", "ann.smith@new.example"),
            "address",
            "alike before the @: ann.smith@new.example and ann.smith@old.example",
        ),
        (
            account("trello-1", "asmith"),
            account("jira-1", "Ann Smith"),
            "handle",
            "asmith is what Ann Smith makes as a handle",
        ),
    ],
)
def test_handles_and_addresses_say_whose_they_are(
    one: Account, other: Account, kind: str, words: str
) -> None:
    [piece] = evidence(one, other)
    assert (piece.kind, piece.words) == (kind, words)


def test_a_hidden_address_is_not_looked_at() -> None:
    hidden = account("jira-1", "Ann", "ann@example.org", email_visibility="hidden")
    assert evidence(hidden, account("asana-1", "Smith", "ann@example.org")) == []


def test_a_handle_that_is_nobodys_says_nothing() -> None:
    assert evidence(account("trello-1", "X", handle="admin"), account("jira-1", "Y", handle="admin")) == []


def test_a_name_that_others_bear_says_less() -> None:
    one, other = account("trello-1", "Ann Smith"), account("jira-1", "Ann Smith")
    alone, shared = evidence(one, other), evidence(one, other, Between(rivals=2))
    assert combined(alone) == 0.75
    assert combined(shared) == 0.375
    assert "could as well mean 1 more" in shared[0].words


def test_having_met_in_work_speaks_for_it_and_never_suffices() -> None:
    one, other = account("trello-1", "Ann Smith"), account("jira-1", "A. Smith")
    scores = [combined(evidence(one, other, Between(threads=n))) for n in (0, 1, 2, 3, 30)]
    assert scores == sorted(scores)
    assert scores[0] < scores[1] < scores[3] == scores[4]
    strangers = evidence(account("trello-1", "Ann"), account("jira-1", "Bob"), Between(threads=30))
    assert combined(strangers) == 0.5


def test_who_works_with_somebody_on_one_item_is_somebody_else() -> None:
    one = account("jira-1", "Ann Smith", handle="asmith")
    other = account("jira-2", "Ann Smith", handle="asmith")
    assert 0 < combined(evidence(one, other)) < combined(evidence(one, account("trello-1", "Ann Smith")))
    assert combined(evidence(one, other, Between(threads=3, together=True))) == 0


WORDS = st.lists(
    st.sampled_from(["Ann", "Anne", "A.", "Smith", "Smyth", "田中", "Müller", "(ext)", ""]), max_size=4
)
ACCOUNTS = st.builds(
    lambda site, words, handle, local, n: account(
        f"{site}-{n}", " ".join(words), f"{local}@{site}.example" if local else None, handle=handle
    ),
    st.sampled_from(["jira", "trello"]),
    WORDS | st.lists(st.text(max_size=6), max_size=3),
    st.none() | st.sampled_from(["asmith", "annsmith", "admin"]) | st.text(max_size=6),
    st.none() | st.sampled_from(["asmith", "ann.smith"]) | st.text(max_size=6),
    st.integers(1, 3),
)
BETWEEN = st.builds(Between, rivals=st.integers(1, 9), threads=st.integers(0, 9), together=st.booleans())


@given(ACCOUNTS, ACCOUNTS, BETWEEN)
def test_the_score_has_no_direction_and_is_what_the_evidence_says(
    one: Account, other: Account, between: Between
) -> None:
    found = evidence(one, other, between)
    if one.id != other.id:
        assert found == evidence(other, one, between)
    score = combined(found)
    assert 0 <= score <= 1
    assert combined(reversed(found)) == score
    for piece in found:
        rest = combined(other_piece for other_piece in found if other_piece is not piece)
        assert (rest <= score) if piece.weight > 0 else (rest >= score)
        assert piece.words

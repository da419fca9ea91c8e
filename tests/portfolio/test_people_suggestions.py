"""Who is suggested to be whom, and that nobody is compared with everybody."""

from __future__ import annotations

from portfolio.people_likeness import combined
from portfolio.people_suggestions import ENOUGH, Met, candidates, compare
from sandbox.names import FAMILY, GIVEN
from tests.portfolio.people import account, known, pairs, suggested

ANN_T, ANN_J = account("trello-1", "Ann Smith"), account("jira-1", "Smith, Ann")


def test_a_suggestion_says_who_why_and_how_sure() -> None:
    [found] = suggested(known(ANN_T, ANN_J, account("jira-2", "Bob Weber")))
    assert {found.account, found.other} == {"trello-1", "jira-1"}
    assert found.person == f"person of {found.other}"
    assert found.score == combined(found.evidence) == 0.75
    assert [piece.words for piece in found.evidence] == ["the same name: Smith, Ann and Ann Smith"]


def test_the_person_with_an_address_stays_and_else_the_one_with_more_accounts() -> None:
    joined = account("asana-1", "Ann Smith", "ann@example.org")
    among = known(ANN_T, ANN_J, joined, persons={"asana-1": "Ann", "trello-1": "Ann"})
    [found] = suggested(among)
    assert (found.account, found.person) == ("jira-1", "Ann")
    [found] = suggested(known(ANN_J, joined))
    assert (found.account, found.person) == ("jira-1", "person of asana-1")
    [found] = suggested(known(ANN_J, ANN_T, joined, persons={"jira-1": "Ann", "trello-1": "Ann"}))
    assert (found.account, found.person) == ("trello-1", "person of asana-1")


def test_the_strongest_piece_of_each_kind_counts_whichever_account_brings_it() -> None:
    by_name, by_handle = account("asana-1", "Ann Smith"), account("smart-1", "Annie", handle="x-ann-1")
    among = known(
        account("trello-1", "Ann Smith", handle="xann1"), by_name, by_handle,
        persons={"asana-1": "Ann", "smart-1": "Ann"},
    )  # fmt: skip
    [found] = suggested(among)
    assert [piece.kind for piece in found.evidence] == ["name", "handle"]
    assert found.score == 0.9


def test_a_name_that_two_bear_on_a_site_is_suggested_only_with_more() -> None:
    twins = [account("jira-1", "Ann Smith"), account("jira-2", "Ann Smith", handle="asmith9")]
    assert not [
        pair for pair in pairs(suggested(known(ANN_T, *twins))) if "trello-1" in pair
    ]  # which of the two is not to be known
    told = account("trello-1", "Ann Smith", handle="asmith9")
    assert {"trello-1", "jira-2"} in pairs(suggested(known(told, *twins)))
    assert {"trello-1", "jira-1"} not in pairs(suggested(known(told, *twins)))


def test_work_on_the_same_things_speaks_for_it_unless_everybody_works_there() -> None:
    among = known(ANN_T, account("jira-1", "A Smith"))
    [alone] = suggested(among)
    threads = {"trello-1": {"item 1", "item 2"}, "jira-1": {"item 1", "item 2", "item 3"}}
    [met] = suggested(among, Met(threads=threads))
    assert met.score > alone.score
    crowd = {f"jira-{n}": {"item 1", "item 2"} for n in range(2, 10)}
    [hub] = suggested(among, Met(threads={**threads, **crowd}))
    assert hub.score == alone.score


def test_two_who_share_an_item_on_one_site_are_never_suggested() -> None:
    twins = [account("jira-1", "Ann Smith", handle="asmith"), account("jira-2", "Ann Smith", handle="asmith")]
    assert len(suggested(known(*twins))) == 1
    together = Met(together=[frozenset({"jira-1", "jira-2"})])
    assert suggested(known(*twins), together) == []
    other = account("trello-1", "Ann Smith", handle="asmith")
    among = known(*twins, other, persons={"trello-1": "Ann", "jira-1": "Ann"})
    assert suggested(among, together) == [], "nor through an account elsewhere"


def test_what_was_rejected_comes_back_only_when_half_of_the_doubt_is_gone() -> None:
    pair = frozenset({"trello-1", "jira-1"})
    assert suggested(known(ANN_T, ANN_J, apart={pair: 0.75})) == []
    assert len(suggested(known(ANN_T, ANN_J, apart={pair: 0.4}))) == 1
    told = [
        account("trello-1", "Ann Smith", handle="asmith9"),
        account("jira-1", "Ann Smith", handle="asmith9"),
    ]
    assert len(suggested(known(*told, apart={pair: 0.75}))) == 1
    moved = known(*told, account("asana-1", "Ann Smith"), persons={"asana-1": "Ann", "jira-1": "Ann"},
                  apart={pair: 0.9})  # fmt: skip
    assert suggested(moved) == [], "it holds for whatever else is the person's"


def test_any_account_and_person_can_be_compared() -> None:
    among = known(ANN_T, ANN_J, account("jira-2", "Bob Weber"))
    found = compare(among, "jira-2", "person of trello-1", Met())
    assert (found.account, found.person, found.other) == ("jira-2", "person of trello-1", "trello-1")
    assert found.score == 0
    likely = compare(among, "trello-1", "person of jira-1", Met())
    assert (likely.account, likely.other, likely.score) == ("trello-1", "jira-1", 0.75)


def test_nobody_is_compared_with_everybody() -> None:
    """Each of 500 people on four trackers, and many of them with names like another's: 2 million pairs."""
    names = [f"{GIVEN[n % 60]} {FAMILY[n * 7 % 59]}" for n in range(500)]
    among = known(
        *(account(f"{site}-{n}", name) for n, name in enumerate(names) for site in ("a", "b", "c", "d"))
    )
    compared = candidates(among)
    assert len(among.persons) == 2000
    assert len(compared) < 10 * len(among.persons)
    mates = [{f"{one}-{n}", f"{other}-{n}"} for n in range(500) for one, other in ("ab", "ac", "ad", "bc")]
    assert all(frozenset(pair) in compared for pair in mates)


def test_a_trait_that_everybody_has_compares_nobody() -> None:
    assert candidates(known(*(account(f"jira-{n}", "Admin User") for n in range(50)))) == set()


def test_the_most_likely_comes_first() -> None:
    among = known(ANN_T, ANN_J, account("asana-1", "B Weber"), account("jira-2", "Bob Weber"))
    scores = [one.score for one in suggested(among)]
    assert scores == sorted(scores, reverse=True)
    assert all(score >= ENOUGH for score in scores)

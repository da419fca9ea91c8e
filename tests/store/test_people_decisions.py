"""What somebody decides of accounts holds, can be taken back, and is never changed by what trackers show."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import select

from store.decisions import Decision, DecisionError, NotAllowed, NotKnown, decide
from store.declared import ScopeSpec
from store.people import person_of_email
from store.principal import Principal, Role
from store.schema_people import account_links
from tests.store.kit import PMO, World, account, account_id, item, other, scope_id
from tests.store.peopled import (
    HE,
    SHE,
    ann,
    decided,
    described,
    groups,
    joined,
    people,
    person_of,
    undone,
)  # fmt: skip

ADDRESS = "ann@example.com"
EVIDENCE = [{"kind": "name", "weight": 0.75, "words": "the same name"}]


async def trail(world: World) -> list[tuple[str, str]]:
    async with world.store.database.reading() as session:
        rows = await session.all(select(account_links).order_by(account_links.c.n))
    return [(row.account_id, row.state) for row in rows]


async def counted(world: World) -> Mapping[str, int]:
    """The open items of each person, as the portfolio counts them."""
    [project] = [one for one in await world.reader().portfolio() if one.id == scope_id("OPS")]
    return project.figures.people


async def test_confirmed_accounts_are_one_person_and_counted_as_one_at_once(world: World) -> None:
    await ann(world, "1", "2")
    await world.put("OPS", item("1", assignees=["1"]), item("2", assignees=["2"]))
    assert len(await counted(world)) == 2
    before = await world.reader().revision()
    made = await decided(world, "confirmed", "1", "2")
    assert made.accounts == [account_id("1")]
    [person] = await people(world)
    assert (person.id, person.open_items, len(person.accounts)) == (made.person, 2, 2)
    assert [one.joined for one in person.accounts] == ["confirmed", "own"]
    assert await counted(world) == {made.person: 2}
    between = await world.reader().revision()
    await undone(world)
    assert len({before, between, await world.reader().revision()}) == 3
    assert len(await counted(world)) == 2
    assert await groups(world) == [{"1"}, {"2"}]


async def test_what_is_joined_goes_along_and_comes_back_together(world: World) -> None:
    await ann(world, "1", "2", email=ADDRESS)
    await ann(world, "3")
    await decided(world, "confirmed", "1", "3")
    assert await groups(world) == [{"1", "2", "3"}]
    await undone(world)
    assert await groups(world) == [{"1", "2"}, {"3"}]
    assert await joined(world, "2") == "joined_by_email"


async def test_nothing_is_ever_changed_or_removed_from_the_trail(world: World) -> None:
    await ann(world, "1", "2")
    seen = await trail(world)
    for step in (
        lambda: decided(world, "rejected", "1", "2"),
        lambda: decided(world, "confirmed", "1", "2"),
        lambda: decided(world, "split", "1"),
        lambda: undone(world),
        lambda: undone(world),
        lambda: undone(world),
    ):
        await step()
        now = await trail(world)
        assert now[: len(seen)] == seen
        assert len(now) > len(seen)
        seen = now
    assert await groups(world) == [{"1"}, {"2"}]
    with pytest.raises(DecisionError, match="No decision is in force"):
        await undone(world)


async def test_the_last_decision_on_an_account_can_be_undone_though_others_came_after(world: World) -> None:
    await ann(world, "1", "2", "3", "4")
    await decided(world, "confirmed", "1", "2")
    await decided(world, "confirmed", "3", "4")
    await undone(world, "1")
    assert await groups(world) == [{"1"}, {"2"}, {"3", "4"}]
    with pytest.raises(DecisionError, match="No decision on this account"):
        await undone(world, "1")


async def test_an_account_that_was_split_off_is_not_joined_by_its_address_again(world: World) -> None:
    await ann(world, "1", "2", email=ADDRESS)
    await decided(world, "split", "1")
    assert await groups(world) == [{"1"}, {"2"}]
    await ann(world, "1", email="other@example.com")
    await ann(world, "1", email=ADDRESS)
    assert await groups(world) == [{"1"}, {"2"}]
    await ann(world, "3", email=ADDRESS)
    assert await groups(world) == [{"1"}, {"2", "3"}], "whoever shows the address comes to the others"
    await undone(world)
    assert await groups(world) == [{"1", "2", "3"}]


async def test_the_account_that_gave_its_person_the_id_can_be_split_off_too(world: World) -> None:
    await ann(world, "1", "2")
    await decided(world, "confirmed", "1", "2")
    former = await person_of(world, "2")
    await decided(world, "split", "2")
    assert await groups(world) == [{"1"}, {"2"}]
    assert await person_of(world, "1") == former


async def test_a_confirmed_account_stays_whatever_address_it_shows_later(world: World) -> None:
    await ann(world, "1", "2")
    await ann(world, "3", email=ADDRESS)
    await decided(world, "confirmed", "1", "2")
    await ann(world, "1", email=ADDRESS)
    assert await groups(world) == [{"1", "2"}, {"3"}]
    await undone(world)
    assert await groups(world) == [{"1", "3"}, {"2"}], "without the decision the address joins"


async def test_whoever_was_confirmed_goes_along_when_an_address_is_shown(world: World) -> None:
    await ann(world, "1", "2")
    await decided(world, "confirmed", "1", "2")
    await ann(world, "2", email=ADDRESS)
    assert await groups(world) == [{"1", "2"}]
    assert await person_of(world, "1") == person_of_email(ADDRESS)
    assert await joined(world, "1") == "confirmed"
    await undone(world)
    assert await groups(world) == [{"1"}, {"2"}]


async def test_an_address_joins_nobody_across_a_rejection(world: World) -> None:
    await ann(world, "1")
    await ann(world, "2", email=ADDRESS)
    await decided(world, "rejected", "1", "2")
    await ann(world, "1", email=ADDRESS)
    assert await groups(world) == [{"1"}, {"2"}]
    await undone(world)
    assert await groups(world) == [{"1", "2"}]


async def test_an_address_that_changes_or_hides_takes_nobody_apart(world: World) -> None:
    await ann(world, "1", "2", email=ADDRESS)
    await ann(world, "1", email="ann@new.example")
    assert await groups(world) == [{"1", "2"}]
    await ann(world, "2")
    assert await groups(world) == [{"1", "2"}]
    await ann(world, "3", email="ann@new.example")
    assert await groups(world) == [{"1", "2", "3"}], "whoever shows the new address is the same"


async def test_an_account_alone_follows_its_address(world: World) -> None:
    await ann(world, "1", email=ADDRESS)
    await ann(world, "1", email="ann@new.example")
    assert await person_of(world, "1") == person_of_email("ann@new.example")


async def test_one_whose_address_changes_to_anothers_is_joined_with_nobody(world: World) -> None:
    await ann(world, "1", "2", email=ADDRESS)
    await ann(world, "3", email="bob@example.com")
    await ann(world, "1", email="bob@example.com")
    assert await groups(world) == [{"1", "2"}, {"3"}]


async def test_a_bot_that_turns_out_to_be_somebody_is_joined(world: World) -> None:
    await ann(world, "1", email=ADDRESS)
    await described(world, account("2", "Ann", ADDRESS, kind="bot"))
    assert await groups(world) == [{"1"}]
    await described(world, account("2", "Ann", ADDRESS))
    assert await groups(world) == [{"1", "2"}]


async def test_a_rejection_is_kept_with_its_score_between_all_accounts(world: World) -> None:
    await ann(world, "1")
    await ann(world, "2", "3", email=ADDRESS)
    await decided(world, "rejected", "1", "2", score=0.6)
    pairs = {frozenset({account_id("1"), account_id(there)}): 0.6 for there in ("2", "3")}
    assert (await world.reader().identities()).apart == pairs
    await undone(world)
    assert (await world.reader().identities()).apart == {}


async def test_what_changes_nothing_or_is_about_nobody_is_refused(world: World) -> None:
    await ann(world, "1", "2")
    await described(world, account("3", "Robot", kind="bot"))
    await decided(world, "confirmed", "1", "2")
    for verdict, remote, with_, said in (
        ("confirmed", "1", "2", "already"),
        ("rejected", "1", "2", r"split it off"),
        ("confirmed", "3", "2", "bot or a group"),
    ):
        with pytest.raises(DecisionError, match=said):
            await decided(world, verdict, remote, with_)
    await decided(world, "split", "1")
    with pytest.raises(DecisionError, match="only account"):
        await decided(world, "split", "1")


@pytest.mark.parametrize("role", ["viewer", "lead"])
async def test_only_the_pmo_and_admins_decide(world: World, role: Role) -> None:
    await ann(world, "1", "2")
    before = await trail(world)
    with pytest.raises(NotAllowed, match="pmo or admin"):
        await decided(world, "confirmed", "1", "2", who=Principal(role=role))
    with pytest.raises(NotAllowed):
        await undone(world, who=Principal(role=role))
    assert await trail(world) == before


async def test_nobody_decides_of_what_they_may_not_see(world: World) -> None:
    await ann(world, "1", "2")
    await decided(world, "confirmed", "1", "2")
    await world.declare(scopes=[ScopeSpec(connection="site", remote="OPS", sharing="team_only", team="ops")])
    insider = Principal(role="pmo", team="ops")
    with pytest.raises(NotKnown):
        await undone(world, who=PMO)
    with pytest.raises(NotKnown):
        await undone(world, "1", who=PMO)
    assert (await undone(world, who=insider)).accounts == [account_id("1")]


async def test_the_history_says_who_decided_what_when_and_why(world: World) -> None:
    await ann(world, "1", "2")
    person = await person_of(world, "2")
    await decided(world, "confirmed", "1", "2", score=0.75, evidence=EVIDENCE)
    await undone(world)
    found = await world.reader().person_history(person) or []
    assert [(link.account_name, link.state, link.undone) for link in found] == [
        ("Ann 1", "own", False), ("Ann 2", "own", False),
        ("Ann 1", "confirmed", True), ("Ann 1", "undone", False),
    ]  # fmt: skip
    confirmed, back = found[2:]
    assert (confirmed.decided_by, confirmed.score, confirmed.other_name) == (SHE, 0.75, "Ann 2")
    assert [piece.words for piece in confirmed.evidence] == ["the same name"]
    assert (back.decided_by, back.decision, back.decided_at) == (HE, confirmed.decision, world.now)
    assert await world.reader().person_history("nobody") is None


async def test_the_history_names_no_account_that_may_not_be_seen(world: World) -> None:
    await world.declare(
        scopes=[
            ScopeSpec(connection="site", remote="OPS", sharing="team_only", team="ops"),
            ScopeSpec(connection="site", remote="WEB"),
        ]
    )
    insider = Principal(role="pmo", team="ops")
    await world.put("OPS", other("account", "1", accounts=[account("1", "Ann inside")]))
    await world.put("WEB", other("account", "2", accounts=[account("2", "Ann")]))
    seen = (await world.reader(insider).identities()).accounts
    inside = next(one.person for one in seen if one.account.remote_id == "1")
    decision = Decision(
        verdict="confirmed", account=account_id("2"), person=inside, by=SHE, at=world.now,
        other=account_id("1"), score=0.75, evidence=EVIDENCE,
    )  # fmt: skip
    await decide(world.store, insider, decision)
    found = await world.reader().person_history(inside) or []
    assert [(link.account_name, link.state) for link in found] == [("Ann", "own"), ("Ann", "confirmed")]
    assert (found[1].other, found[1].other_name, found[1].evidence) == (None, None, [])
    assert "inside" not in repr(found)
    assert len(await world.reader(insider).person_history(inside) or []) == 3

"""Where the work of two accounts meets: in items that are linked, or that name each other."""

from __future__ import annotations

import pytest

from normalizer.model import Item, Link, Named
from store.declared import ScopeSpec
from store.people_views import Encounters
from store.principal import Principal
from tests.store.kit import PMO, World, account_id, item, item_id

PAIR = frozenset({account_id("ann"), account_id("anna")})


async def met(world: World, *items: Item, who: Principal = PMO) -> Encounters:
    """Of Ann, who works in OPS, and Anna, who works in WEB."""
    await world.put("OPS", *(one for one in items if one.url.endswith("a")))
    await world.put("WEB", *(one for one in items if not one.url.endswith("a")))
    return await world.reader(who).encounters([PAIR])


def shared(found: Encounters) -> set[str]:
    return set(found.threads.get(account_id("ann"), ())) & set(found.threads.get(account_id("anna"), ()))


def hers(remote: str = "1", **more: object) -> Item:
    return item(remote, assignees=["ann"], url="https://site/browse/a", **more)


def theirs(**more: object) -> Item:
    return item("2", scope="WEB", assignees=["anna"], **more)


@pytest.mark.parametrize(
    "text",
    [
        "After OPS-1",
        "see https://elsewhere.example/browse/OPS-1.",
        "([here](https://site/browse/a))",
        "<https://site/browse/a>",
    ],
)
async def test_an_item_that_names_another_shares_its_thread(world: World, text: str) -> None:
    assert shared(await met(world, hers(), theirs(description_md=text))) == {item_id("1")}
    assert shared(await met(world, hers(), theirs(description_md="nothing", title=text))) == {item_id("1")}


async def test_a_link_shares_what_it_leads_to(world: World) -> None:
    link = Link(from_id=item_id("1"), to_id=item_id("2"), type="blocks", original=Named("blocks"))
    assert shared(await met(world, hers(links=[link]), theirs())) == {item_id("2")}
    both = await met(world, hers(links=[link]), theirs(links=[link], labels=["told at both ends"]))
    assert shared(both) == {item_id("1"), item_id("2")}


async def test_a_link_to_something_else_shares_nothing(world: World) -> None:
    elsewhere = Link(from_id=item_id("1"), to_id=item_id("9"), type="relates", original=Named("relates"))
    assert shared(await met(world, hers(links=[elsewhere]), theirs())) == set()


async def test_an_address_that_leads_out_of_what_is_known_can_be_shared(world: World) -> None:
    text = "https://wiki.example/runbook"
    assert shared(await met(world, hers(description_md=text), theirs(title=f"As in {text}"))) == {text}


@pytest.mark.parametrize("text", ["UTF-8", "OPS-11", "XOPS-1", "OPS-1-2", "ops-1", "the browse"])
async def test_what_only_looks_like_a_key_shares_nothing(world: World, text: str) -> None:
    found = await met(world, hers(description_md="UTF-8"), theirs(description_md=text))
    assert shared(found) == set()


async def test_a_key_that_two_sites_have_names_neither(world: World) -> None:
    twin = item("3", scope="WEB", assignees=["anna"], remote_key="OPS-1")
    assert shared(await met(world, hers(), twin, theirs(description_md="OPS-1"))) == set()


async def test_who_is_assigned_to_one_item_together(world: World) -> None:
    assert (await met(world, hers(), theirs())).together == set()
    assert (await met(world, item("4", assignees=["ann", "anna", "bob"]))).together == {PAIR}


async def test_what_may_not_be_read_tells_nothing(world: World) -> None:
    text = {"description_md": "OPS-1"}
    restricted = theirs(visibility="restricted", **text)
    assert shared(await met(world, hers(), restricted, who=Principal(role="viewer"))) == set()
    assert shared(await met(world, hers(), restricted)) == {item_id("1")}
    await world.declare(scopes=[ScopeSpec(connection="site", remote="WEB", sharing="team_only", team="web")])
    assert shared(await world.reader().encounters([PAIR])) == set()

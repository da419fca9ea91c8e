"""Definitions: boards and sprints, where Jira has them and lets us see them."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.errors import Unauthorized, Unexpected
from tests.connectors.jira_stub import Stub, ids, listing, read, refusal

OWN = {"id": 5, "type": "scrum", "location": {"projectId": 10011}}
SIMPLE = {"id": 6, "type": "simple", "location": {"projectId": 10011}}
KANBAN = {"id": 7, "type": "kanban", "location": {"projectId": 10011}}
FOREIGN = {"id": 8, "type": "scrum", "location": {"projectId": 999}}
CONFIGURATION = {"estimation": {"field": {"fieldId": "customfield_1"}}}


def site(*boards: dict[str, Any], **says: Any) -> Stub:
    return Stub(
        says={
            "/board": lambda _: listing(boards),
            "/configuration": lambda _: (200, CONFIGURATION),
            "/sprint": lambda _: listing([{"id": 71, "name": "Sprint 1"}]),
            **says,
        }
    )


async def definition(stub: Stub) -> tuple[Any, list[str]]:
    async with stub.connected() as connector:
        pages = await read(connector)
    (board,) = [r.body for r in pages[0].records if r.kind == "definition" and r.id == "board"]
    return board, ids(pages[:1], "iteration")


async def test_the_boards_of_the_project_with_their_configuration_and_sprints() -> None:
    stub = site(OWN, FOREIGN)
    board, sprints = await definition(stub)
    assert board == {"values": [{"board": OWN, "configuration": CONFIGURATION}]}
    assert sprints == ["71"]
    assert stub.requests("/board")[0].given["projectKeyOrId"] == ["10011"]


async def test_boards_that_only_show_the_project_count_when_it_has_none_of_its_own() -> None:
    board, _ = await definition(site(FOREIGN))
    assert [one["board"]["id"] for one in board["values"]] == [8]


async def test_a_kanban_board_is_not_asked_for_sprints() -> None:
    stub = site(KANBAN)
    board, sprints = await definition(stub)
    assert len(board["values"]) == 1
    assert (sprints, stub.requests("/sprint")) == ([], [])


async def test_a_board_without_sprints_says_so_with_400() -> None:
    stub = site(SIMPLE, **{"/sprint": lambda _: refusal("The board does not support sprints")})
    board, sprints = await definition(stub)
    assert board["values"][0]["configuration"] == CONFIGURATION
    assert sprints == []


async def test_another_400_is_not_swallowed() -> None:
    with pytest.raises(Unexpected, match="Something else"):
        await definition(site(OWN, **{"/sprint": lambda _: refusal("Something else")}))


@pytest.mark.parametrize("status", [403, 404])
async def test_a_board_that_is_closed_to_us_is_named_and_the_rest_is_read(status: int) -> None:
    board, sprints = await definition(site(OWN, **{"/configuration": lambda _: (status, {})}))
    assert "/board/5/configuration" in board["values"][0]["refused"]
    assert sprints == []


async def test_a_site_without_boards_at_all_is_read_without_them() -> None:
    board, _ = await definition(site(**{"/board": lambda _: (403, {"message": "no Jira Software"})}))
    assert board["values"] == []
    assert "403" in board["refused"]


async def test_a_dead_token_is_not_taken_for_a_closed_board() -> None:
    asked = iter([200])  # the first proof holds, the next does not

    def myself(_: Any) -> tuple[int, Any]:
        return (next(asked, 401), {"accountId": "1"})

    with pytest.raises(Unauthorized):
        await definition(site(**{"/board": lambda _: (404, {}), "/myself": myself}))


async def test_components_and_versions_of_the_project_come_as_records() -> None:
    project = {
        "id": "10011",
        "components": [{"id": "31", "name": "Core"}],
        "versions": [{"id": "61", "name": "1"}],
    }
    stub = Stub(says={"/project/10011": lambda _: (200, project)})
    async with stub.connected() as connector:
        (first, *_) = await read(connector)
    assert (ids([first], "section"), ids([first], "release")) == (["31"], ["61"])
    names = {"project", "fields", "statuses", "priorities", "link_types", "board"}
    assert set(ids([first], "definition")) == names


async def test_a_site_that_lists_its_priorities_no_more_is_read_without_them() -> None:
    stub = site(**{"/priority/search": lambda _: (410, {"errorMessages": ["The API has been removed."]})})
    async with stub.connected() as connector:
        pages = await read(connector)
    (told,) = [record.body for record in pages[0].records if record.id == "priorities"]
    assert told["values"] == []
    assert "410" in told["refused"]

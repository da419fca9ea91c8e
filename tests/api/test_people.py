"""Who may be whom: suggested to everybody as far as they see, decided by some, kept for good."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from normalizer.model import Account, Assignment
from store.keys import KeySpec
from store.people import person_of_email
from tests.api.schema import faults
from tests.api.test_errors import problem
from tests.api.world import JON, JON_ON_JIRA, MIRA, MIRA_ON_JIRA, World, ident, item

JON_IN_OPS = Account(
    id=ident("ops", "account", "jon2"), system="trello", remote_id="jon2", display_name="Jon Quincy Weber",
    handle="jon.weber",
)  # fmt: skip


@pytest.fixture
async def office(fresh: World) -> World:
    """Jon has work on each tracker."""
    await fresh.read("web", [item("web", "w6", assignments=[Assignment(JON.id)])])
    await fresh.read("APP", [item("APP", "10004", assignments=[Assignment(JON_ON_JIRA.id)])])
    return fresh


async def asked(client: httpx.AsyncClient, path: str) -> list[Any]:
    answer = await client.get(f"/v1/people{path}")
    assert answer.status_code == 200, answer.text
    data: list[Any] = answer.json()["data"]
    return data


async def decide(client: httpx.AsyncClient, decision: str, account: Account, **more: str) -> httpx.Response:
    return await client.post(
        "/v1/people/decisions", json={"decision": decision, "account": account.id, **more}
    )


async def test_a_suggestion_is_decided_on_and_figures_follow_at_once(office: World) -> None:
    async with office.client("pmo") as client:
        [suggested] = await asked(client, "/suggestions")
        assert suggested["score"] == 0.75
        assert {suggested["account"]["id"], suggested["other"]["id"]} == {JON.id, JON_ON_JIRA.id}
        [piece] = suggested["evidence"]
        assert piece["words"].startswith("the same name: ")
        before = await client.get("/v1/projects/digital")
        assert len([person for person in await asked(client, "?text=weber")]) == 2
        account = JON if suggested["account"]["id"] == JON.id else JON_ON_JIRA
        answer = await decide(client, "confirm", account, person=suggested["person"])
        assert answer.status_code == 201, answer.text
        [jon] = await asked(client, "?text=weber")
        assert {one["id"]: one["joined"] for one in jon["accounts"]}[account.id] == "confirmed"
        assert (jon["id"], jon["open_items"]) == (suggested["person"], 2)
        assert await asked(client, "/suggestions") == []
        after = await client.get("/v1/projects/digital", headers={"If-None-Match": before.headers["etag"]})
        assert after.status_code == 200
        assert after.json()["data"]["summary"]["people"] == before.json()["data"]["summary"]["people"] - 1
        trail = await client.get(answer.headers["location"])
        assert [link["state"] for link in trail.json()["data"]] == ["own", "own", "confirmed"]
        last = trail.json()["data"][-1]
        assert (last["decided_by"], last["score"], last["undone"]) == ("the office", 0.75, False)
        assert last["decision"] == answer.json()["data"]["id"]
        assert (await decide(client, "undo", account)).status_code == 201
        assert len(await asked(client, "?text=weber")) == 2
        assert len(await asked(client, "/suggestions")) == 1


async def test_what_is_answered_is_as_it_is_documented(office: World) -> None:
    document = office.app.openapi()
    async with office.client("pmo") as client:
        answers = {"/v1/people/suggestions": await client.get("/v1/people/suggestions")}
        [suggested] = answers["/v1/people/suggestions"].json()["data"]
        account = JON if suggested["account"]["id"] == JON.id else JON_ON_JIRA
        answers["/v1/people/decisions"] = await decide(client, "confirm", account, person=suggested["person"])
        answers["/v1/people/{person_id}/history"] = await client.get(
            f"/v1/people/{suggested['person']}/history"
        )
    for path, answer in answers.items():
        [operation] = document["paths"][path].values()
        said = operation["responses"][str(answer.status_code)]["content"]["application/json"]
        assert not list(faults(document, said["schema"], answer.json())), path


async def test_a_rejected_suggestion_is_gone_and_comes_back_when_undone(office: World) -> None:
    async with office.client("admin") as client:
        [suggested] = await asked(client, "/suggestions")
        account = JON if suggested["account"]["id"] == JON.id else JON_ON_JIRA
        assert (await decide(client, "reject", account, person=suggested["person"])).status_code == 201
        assert await asked(client, "/suggestions") == []
        assert (await decide(client, "undo", account)).status_code == 201
        assert await asked(client, "/suggestions") == [suggested]


async def test_accounts_that_an_address_joined_can_be_split(office: World) -> None:
    async with office.client("pmo") as client:
        answer = await decide(client, "split", MIRA_ON_JIRA)
        assert answer.status_code == 201
        own = answer.json()["data"]["person"]
        assert own != person_of_email("mira@example.org")
        [trail] = [link for link in await asked(client, f"/{own}/history") if link["state"] == "split"]
        assert "both show the address mira@example.org" in [piece["words"] for piece in trail["evidence"]]
        pairs = [{one["account"]["id"], one["other"]["id"]} for one in await asked(client, "/suggestions")]
        assert {MIRA.id, MIRA_ON_JIRA.id} not in pairs, "who was split is not suggested"


@pytest.mark.parametrize("key", ["viewer", "app lead", "mira"])
async def test_others_look_and_do_not_decide(office: World, key: str) -> None:
    async with office.client(key) as client:
        [suggested] = await asked(client, "/suggestions")
        answer = await decide(client, "confirm", JON, person=suggested["person"])
        said = problem(answer, 403, "forbidden")
        assert "pmo or admin" in said["detail"]
        assert len(await asked(client, "/suggestions")) == 1


async def test_nobody_is_suggested_or_told_of_whom_the_caller_may_not_see(office: World) -> None:
    await office.read("ops", [item("ops", "o2")], accounts=[JON_IN_OPS])
    async with office.client("pmo") as client:
        assert len(await asked(client, "/suggestions")) > 1
        [hidden] = [one for one in await asked(client, "?text=quincy")]
    async with office.client("viewer") as client:
        assert "Quincy" not in (await client.get("/v1/people/suggestions")).text
        problem(await client.get(f"/v1/people/{hidden['id']}/history"), 404, "not-found")


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"decision": "confirm", "account": "x"}, "person"),
        ({"decision": "undo", "account": "x", "person": "y"}, "person"),
        ({"decision": "merge", "account": "x"}, "decision"),
        ({"decision": "undo"}, "account"),
        ({"decision": "undo", "account": "x", "force": True}, "force"),
        ({"decision": "undo", "account": 7}, "account"),
    ],
)
async def test_a_decision_that_cannot_be(world: World, body: dict[str, Any], name: str) -> None:
    async with world.client("pmo") as client:
        said = problem(await client.post("/v1/people/decisions", json=body), 422, "invalid-request")
    [error] = said["errors"]
    assert (error["location"], error["name"]) == ("body", name)


async def test_a_decision_on_nobody_or_for_nothing(world: World) -> None:
    async with world.client("pmo") as client:
        person = person_of_email("mira@example.org")
        nobody = await client.post("/v1/people/decisions", json={"decision": "undo", "account": "x\x00"})
        problem(nobody, 404, "not-found")
        problem(await decide(client, "confirm", MIRA, person="nobody"), 404, "not-found")
        said = problem(await decide(client, "confirm", MIRA, person=person), 409, "conflict")
        assert "already" in said["detail"]
        problem(await decide(client, "undo", MIRA), 409, "conflict")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_a_page_elsewhere_cannot_send_a_decision_through_a_browser(office: World, kind: str) -> None:
    """A browser sends these kinds across origins without asking first; JSON it asks for, and is refused."""
    body = f'{{"decision": "split", "account": "{MIRA.id}"}}'
    async with office.client("pmo") as client:
        answer = await client.post("/v1/people/decisions", content=body, headers={"Content-Type": kind})
        problem(answer, 422, "invalid-request")
        asking = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
        assert (await client.options("/v1/people/decisions", headers=asking)).status_code == 405


async def test_a_key_without_a_name_is_told_by_its_role(office: World) -> None:
    await office.key("nameless", KeySpec(role="pmo", name=""))
    async with office.client("nameless") as client:
        own = (await decide(client, "split", MIRA_ON_JIRA)).json()["data"]["person"]
        trail = await asked(client, f"/{own}/history")
    assert trail[-1]["decided_by"] == "pmo"

"""The process in which a vendor's client reads: ended in time, paced, and silent about credentials."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from connectors import oracle_process
from connectors.errors import NotFound, Unavailable, Unexpected
from connectors.oracle_terms import Pacer
from connectors.oracles import BUDGETS, CLIENTS, Oracle
from connectors.registry import TRACKERS
from sandbox.options import SandboxOptions
from sandbox.server import Sandbox, running
from tests.tree import ROOT, imports


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    with running(SandboxOptions(items=80, budgets=False)) as made:
        yield made


@pytest.fixture
def sandbox(shared: Sandbox) -> Iterator[Sandbox]:
    yield shared
    for wire in shared.wires.values():
        wire.planned.clear()


def oracle(sandbox: Sandbox, tracker: str, deadline: timedelta | None = None) -> Oracle:
    given = {"base_url": sandbox.bases[tracker], **sandbox.credentials[tracker]}
    return Oracle(
        tracker=tracker, settings=TRACKERS[tracker].settings.model_validate(given), deadline=deadline
    )


def scope(sandbox: Sandbox, tracker: str) -> str:
    return str(sandbox.truth()["trackers"][tracker]["scopes"][0]["id"])


async def test_a_page_token_that_repeats_for_ever_is_ended_in_a_sentence(sandbox: Sandbox) -> None:
    again = {"status": 200, "body": {"issues": [], "nextPageToken": "again", "isLast": False}}
    sandbox.fail_next("jira_cloud", "/search/jql", again, times=1_000_000)
    endless = oracle(sandbox, "jira_cloud", deadline=timedelta(seconds=4))
    with pytest.raises(
        Unavailable, match=r"^jira was still reading 1\d+ after 4 seconds and was ended: .+\.$"
    ):
        async with endless.opened() as session:
            async for _ in session.read(scope(sandbox, "jira_cloud"), [], whole=True):
                pass


async def test_one_process_answers_for_one_scope_after_the_other(sandbox: Sandbox) -> None:
    found = 0
    async with oracle(sandbox, "jira_cloud").opened() as session:
        for one in sandbox.truth()["trackers"]["jira_cloud"]["scopes"]:
            found += len([id async for id, _ in session.read(one["id"], [], whole=True)])
    assert found == sandbox.truth()["trackers"]["jira_cloud"]["counts"]["items"]


async def test_what_a_listing_does_not_bring_is_asked_for_by_name(sandbox: Sandbox) -> None:
    board = scope(sandbox, "trello")
    sandbox.fail_next("trello", f"/boards/{board}/cards", {"status": 200, "body": []})
    item = sandbox.truth()["trackers"]["trello"]["scopes"][0]["items"][0]
    async with oracle(sandbox, "trello").opened() as session:
        told = [line async for line in session.read(board, [item["id"], "5f" + "0" * 22], whole=True)]
    assert [(id, fields and fields["title"]) for id, fields in told] == [
        (item["id"], item["title"]),
        ("5f" + "0" * 22, None),
    ]


async def test_a_scope_that_is_hidden_is_no_fault_of_the_token(sandbox: Sandbox) -> None:
    with pytest.raises(NotFound, match=r"finds no 5f0+ that this account may see"):
        async with oracle(sandbox, "trello").opened() as session:
            async for _ in session.read("5f" + "0" * 22, [], whole=True):
                pass


async def test_a_defect_of_a_client_is_told_where_it_happened(sandbox: Sandbox) -> None:
    """py-trello takes for granted that every card has all of its fields."""
    board = scope(sandbox, "trello")
    sandbox.fail_next("trello", f"/boards/{board}/cards", {"status": 200, "body": [{"id": "1", "name": "x"}]})
    with pytest.raises(Unexpected, match=r"py-trello said: KeyError in card\.py line \d+: 'dueComplete'"):
        async with oracle(sandbox, "trello").opened() as session:
            async for _ in session.read(board, [], whole=True):
                pass


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="asks /proc")
async def test_no_credential_is_in_the_arguments_or_the_environment(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even where ours holds it."""
    token = sandbox.credentials["trello"]["token"]
    monkeypatch.setenv("TRELLO_TOKEN", token)
    async with oracle(sandbox, "trello").opened() as session:
        assert [id async for id, _ in session.read(scope(sandbox, "trello"), [], whole=True)]
        proc = Path(f"/proc/{session.pid}")
        said = (proc / "cmdline").read_bytes() + (proc / "environ").read_bytes()
    assert b"connectors.oracles" in said
    assert token.encode() not in said


def test_no_more_requests_than_the_pace_allows_in_any_window() -> None:
    now, sent = [0.0], []

    def sleep(seconds: float) -> None:
        now[0] += seconds

    pacer = Pacer(3, 10.0, clock=lambda: now[0], sleep=sleep)
    for _ in range(10):
        pacer.wait()
        sent.append(now[0])
        now[0] += 1
    assert all(later - earlier >= 10 for earlier, later in zip(sent, sent[3:], strict=False))
    assert sent[:3] == [0, 1, 2]


def test_the_pace_is_a_part_of_the_connections_own_share(sandbox: Sandbox) -> None:
    """Trello allows 100 in ten seconds, a connection takes 0.3 of that unless it says otherwise."""
    assert oracle(sandbox, "trello").pace == (7, 10.0)


def test_the_tables_of_clients_agree() -> None:
    assert set(oracle_process.MODULES) == set(BUDGETS) == set(CLIENTS) >= set(TRACKERS)
    assert all((ROOT / f"{name.replace('.', '/')}.py").exists() for name in oracle_process.MODULES.values())


def test_what_reads_as_a_witness_shares_nothing_with_what_reads_for_the_sync() -> None:
    allowed = {"connectors.oracle_terms"}
    for name in sorted(set(oracle_process.MODULES.values()) | allowed):
        path = ROOT / f"{name.replace('.', '/')}.py"
        ours = {one for one in imports(path) if (ROOT / one.split(".")[0]).is_dir()}
        assert ours <= allowed, name
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))

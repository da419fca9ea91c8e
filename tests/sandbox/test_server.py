"""The servers: real ones on loopback, with a request log, planted faults, and a clean end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sandbox.middleware import Seen
from sandbox.options import SandboxOptions
from sandbox.server import APPS, SandboxError, running
from tests.sandbox.trello_reader import OPTIONS, Reader, reading

ROOT = Path(__file__).parents[2]
SERVE = """
from sandbox.options import SandboxOptions
from sandbox.server import serve
serve(SandboxOptions(items=60), lambda line: print(line, flush=True))
print("ended")
"""


@pytest.fixture
def trello() -> Iterator[Reader]:
    with reading(items=60) as reader:
        yield reader


def test_every_server_answers_on_loopback_and_is_gone_afterwards() -> None:
    with running(OPTIONS) as sandbox:
        addresses = [*sandbox.bases.values(), sandbox.admin]
        assert set(sandbox.bases) == set(sandbox.credentials) == set(APPS)
        assert all(address.startswith("http://127.0.0.1:") for address in addresses)
        statuses = {httpx.get(f"{address}/nowhere").status_code for address in addresses}
        assert statuses <= {401, 404}
    for address in addresses:
        with pytest.raises(httpx.ConnectError):
            httpx.get(address)


def test_the_request_log_tells_what_was_asked_without_values(trello: Reader) -> None:
    trello.get("members/me", fields="id")
    trello.ask("boards/xyz")
    assert trello.sandbox.requests("trello") == [
        Seen("GET", "/1/members/me", ("fields",), 200),
        Seen("GET", "/1/boards/xyz", (), 400),
    ]
    assert trello.sandbox.requests("jira_cloud") == []


def test_a_planned_answer_comes_as_often_as_asked_after_the_good_ones(trello: Reader) -> None:
    fault = {"status": 429, "headers": {"Retry-After": "0"}, "body": {"error": "X"}}
    trello.sandbox.fail_next("trello", "members/me$", fault, times=2, skip=1)
    answers = [trello.ask("members/me") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 429, 429, 200]
    assert answers[1].headers["retry-after"] == "0"
    assert answers[1].json() == {"error": "X"}
    assert trello.ask(f"boards/{trello.id('dc-move')}").status_code == 200


def test_a_page_of_html_in_place_of_json(trello: Reader) -> None:
    trello.sandbox.fail_next("trello", ".", "html")
    answer = trello.ask("members/me")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.text.startswith("<!DOCTYPE html>")


def test_a_cut_answer_breaks_off_in_the_middle(trello: Reader) -> None:
    trello.sandbox.fail_next("trello", ".", "cut")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        trello.ask("members/me")
    assert trello.ask("members/me").status_code == 200


def test_a_dropped_request_gets_no_answer(trello: Reader) -> None:
    trello.sandbox.fail_next("trello", ".", "drop")
    with pytest.raises(httpx.RemoteProtocolError, match="Server disconnected"):
        trello.ask("members/me")
    assert trello.sandbox.requests("trello")[-1].status == 0
    assert trello.ask("members/me").status_code == 200


def test_faults_of_one_tracker_leave_the_other_alone(trello: Reader) -> None:
    trello.sandbox.fail_next("jira_cloud", ".", {"status": 500})
    assert trello.ask("members/me").status_code == 200
    answer = httpx.get(f"{trello.sandbox.bases['jira_cloud']}/rest/api/3/serverInfo")
    assert answer.status_code == 500


def test_ports_follow_each_other_and_a_taken_one_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = f"server cannot listen on 127.0.0.1:{port}"
        with pytest.raises(SandboxError, match=said), running(SandboxOptions(items=60, port=port)):
            pass


def test_a_story_that_cannot_be_told_is_named() -> None:
    with pytest.raises(SandboxError, match="items: 5 is too few"), running(SandboxOptions(items=5)):
        pass


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_served_from_the_command_line_it_tells_its_addresses_and_ends_when_interrupted(
    end: signal.Signals,
) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(  # noqa: S603  # our own interpreter
        [sys.executable, "-W", "error", "-c", SERVE],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
    ) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        counted = httpx.get(f"{told['admin']}/_sandbox/truth").json()["trackers"]
        process.send_signal(end)
        out, err = process.communicate(timeout=30)
    assert set(told) == {"bases", "credentials", "admin"}
    assert sum(counted[name]["counts"]["items"] for name in ("trello", "jira_cloud")) == 60
    assert (out, err, process.returncode) == ("ended\n", "", 0)

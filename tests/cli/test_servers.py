"""The commands that go on until Ctrl-C: serve, demo, sandbox. Each as a process, asked over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from connectors.registry import TRACKERS
from tests.cli.processes import started, tspmo


def ask(url: str, key: str | None = None) -> httpx.Response:
    headers = {} if key is None else {"authorization": f"Bearer {key}"}
    return httpx.get(url, headers=headers, trust_env=False, timeout=30)


def address_in(line: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert found is not None, line
    return found.group()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "tspmo.toml").write_text("")
    yield tmp_path


def test_serve_lets_this_machine_in_until_there_is_a_key_and_ends_at_ctrl_c(folder: Path) -> None:
    with started(folder, "serve", "--port", "0") as serving:
        base = address_in(serving.line("Serving on"))
        assert "only this machine is let in" in serving.line("No API key exists")
        assert ask(f"{base}/readyz").status_code == 200
        assert ask(f"{base}/v1/portfolio").json()["data"]["projects"] == []
        assert ask(f"{base}/docs").status_code == 200
        key = tspmo(folder, "keys", "create", "--role", "viewer", "--name", "test").stdout.strip()
        assert ask(f"{base}/v1/portfolio").status_code == 401
        assert ask(f"{base}/v1/portfolio", key).status_code == 200
        assert serving.interrupt() == 0


def test_with_a_key_it_serves_other_machines(folder: Path) -> None:
    """Every address of this machine is one that others may reach."""
    everywhere = str(httpx.URL("http://0.0.0.0").host)
    assert tspmo(folder, "serve", "--host", everywhere, "--port", "0").returncode == 2
    tspmo(folder, "keys", "create", "--role", "viewer", "--name", "test")
    with started(folder, "serve", "--host", everywhere, "--port", "0") as serving:
        port = serving.line("Serving on").removesuffix("/docs").rpartition(":")[2]
        assert ask(f"http://127.0.0.1:{port}/readyz").status_code == 200
        assert ask(f"http://127.0.0.1:{port}/v1/portfolio").status_code == 401
        assert serving.interrupt() == 0


def test_serve_tells_what_each_tracker_can_and_cannot_tell(folder: Path) -> None:
    with started(folder, "serve", "--port", "0") as serving:
        base = address_in(serving.line("Serving on"))
        told = {tracker["tracker"] for tracker in ask(f"{base}/v1/trackers").json()["data"]}
        assert told == set(TRACKERS)
        assert serving.interrupt() == 0


def test_the_demo_serves_what_it_showed_and_ends_at_ctrl_c(tmp_path: Path) -> None:
    with started(tmp_path, "demo", "--items", "80", "--port", "0") as demo:
        assert "Technical Services" in demo.line("Technical Services")
        base = address_in(demo.line("The API: "))
        projects = {p["id"]: p for p in ask(f"{base}/v1/portfolio").json()["data"]["projects"]}
        desk = projects["service-desk"]
        assert {scope["tracker"] for scope in desk["scopes"]} == {"trello", "jira_cloud"}
        part, whole = projects["koeln-office"], projects["network-refresh"]
        assert {scope["key"] for scope in part["scopes"]} & {scope["key"] for scope in whole["scopes"]} == {
            "NET"
        }
        items = ask(f"{base}/v1/items?project=koeln-office&tracker=jira_cloud&limit=1000").json()["data"]
        assert {item["section"] for item in items} <= {"Wireless"}
        assert 0 < len(items) < whole["summary"]["total"]
        assert demo.interrupt() == 0
    assert list(tmp_path.iterdir()) == []


def test_the_demo_once_prints_the_portfolio_and_how_to_open_the_api(tmp_path: Path) -> None:
    ended = tspmo(tmp_path, "demo", "--once", "--items", "80")
    assert ended.returncode == 0, ended.stderr
    for word in (*TRACKERS, "progress", "overdue", "scopes read to their end", "tspmo demo keeps it open"):
        assert word in ended.stdout
    assert tspmo(tmp_path, "demo", "--once", "--items", "3").returncode == 2


def test_the_sandbox_prints_one_line_of_json_and_ends_at_ctrl_c(tmp_path: Path) -> None:
    with started(tmp_path, "sandbox", "--items", "80", "--seed", "3") as sandbox:
        told = json.loads(sandbox.line("{"))
        assert set(told) == {"bases", "credentials", "admin"}
        truth = ask(f"{told['admin']}/_sandbox/truth").json()
        assert truth["seed"] == 3
        assert set(truth["trackers"]) == set(TRACKERS) == set(told["bases"])
        founding = [truth["trackers"][name]["counts"]["items"] for name in ("trello", "jira_cloud")]
        assert sum(founding) == 80
        assert sandbox.interrupt() == 0

"""The catalogue of faults, and how they are asked for: in a plan, by the admin route, on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest

from cli.main import main
from sandbox.fault_kinds import BadFault
from sandbox.fault_plan import read_plan
from sandbox.faults import CATALOGUE
from sandbox.options import SandboxOptions
from sandbox.server import SandboxError, running
from sandbox.story import Home
from tests.sandbox.five import TODAY, Client, client

DOCS = Path(__file__).parents[2] / "docs" / "faults.md"


@pytest.fixture
def trello() -> Iterator[Client]:
    with client("trello", items=60) as made:
        yield made


def test_there_are_many_faults_each_with_a_sentence_and_a_row_in_the_docs() -> None:
    assert len(CATALOGUE) >= 22
    lines = [line for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    rows = [line.split("|")[1:-1] for line in lines]
    told = {row[0].strip(" `"): row for row in rows if len(row) == 4}
    assert list(told) == list(CATALOGUE)
    for name, kind in CATALOGUE.items():
        assert kind.help.endswith(".")
        where = [home for home in get_args(Home) if home not in kind.not_on]
        assert sorted(told[name][1].strip().split(", ")) == (["all"] if len(where) == 5 else sorted(where))
        assert told[name][2].replace("`", "").strip() == (", ".join(kind.takes) or "—")


def test_every_tracker_says_why_it_has_not_what_it_has_not() -> None:
    with running(SandboxOptions(today=TODAY, items=60)) as sandbox:
        for home in sandbox.bases:
            names = sandbox.faults.names(home)
            assert len(names) >= 22
            for name in CATALOGUE.keys() - set(names):
                with pytest.raises(BadFault, match=f"The fault {name} does not happen on {home}: .+"):
                    sandbox.faults.start(home, name)


BAD_STARTS: list[tuple[str, str, dict[str, Any], str]] = [
    ("jira", "slow_answer", {}, "There is no tracker 'jira' here; there are trello."),
    ("trello", "nope", {}, "There is no fault 'nope'; there are too_many_requests, too_many_requests_bare"),
    ("trello", "slow_answer", {"speed": 1}, "The fault slow_answer has no parameter 'speed'; it takes rate"),
    ("trello", "slow_answer", {"rate": 2}, "rate of the fault slow_answer must be a number from 0 to 1"),
    ("trello", "slow_answer", {"times": 0}, "times of the fault slow_answer must be a whole number above 0"),
    ("trello", "slow_answer", {"match": "("}, "match of the fault slow_answer must be a regular expression"),
    ("trello", "clock_skew", {"hours": "5"}, "hours of the fault clock_skew must be a number of hours"),
    ("trello", "revoked_scope", {"project": "x"}, "needs a project 'x' that is open and in reach on trello"),
    ("trello", "token_revoked", {"rate": 1}, "The fault token_revoked has no parameter 'rate'; it takes no"),
]


@pytest.mark.parametrize(("tracker", "name", "params", "said"), BAD_STARTS)
def test_a_bad_start_is_refused_in_a_sentence(
    trello: Client, tracker: str, name: str, params: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadFault) as refused:
        trello.sandbox.faults.start(tracker, name, **params)
    assert said in str(refused.value)
    assert trello.sandbox.faults.running() == {"trello": {}}


def test_a_fault_is_started_once_and_can_be_stopped_at_any_time(trello: Client) -> None:
    faults = trello.sandbox.faults
    faults.stop("trello", "html_page")
    faults.start("trello", "html_page")
    with pytest.raises(BadFault, match="html_page is on already on trello; stop it first"):
        faults.start("trello", "html_page")
    faults.stop_all()
    assert faults.running() == {"trello": {}}


def test_the_admin_route_starts_stops_and_counts(trello: Client) -> None:
    address = f"{trello.sandbox.admin}/_sandbox/faults"
    asked = {
        "start": [{"name": "bad_gateway_502", "trackers": ["trello"], "rate": 1}, {"name": "clock_skew"}]
    }
    told = httpx.post(address, json=asked).json()
    assert told["running"]["trello"]["bad_gateway_502"]["rate"] == 1
    assert told["running"]["trello"]["clock_skew"] == {"hours": 5}
    assert trello.me().status_code == 502
    assert httpx.get(address).json()["firings"]["bad_gateway_502"] == {"trello": 1}
    httpx.post(address, json={"stop": [{"name": "bad_gateway_502"}]})
    assert trello.me().status_code == 200
    assert httpx.post(address, json={"stop": "all"}).json()["running"] == {"trello": {}}
    for bad in ([], {}, {"begin": []}, {"start": [{"name": "nope"}]}, {"start": 1}):
        refused = httpx.post(address, json=bad)
        assert refused.status_code == 400, bad
        assert refused.json()["error"].endswith("."), bad


PLANS = [
    ("{", "is no json: "),
    ("[]", 'must be an object with "faults" and nothing else.'),
    ('{"faults": {}}', "faults must be a list of objects with a name, not {}."),
    ('{"faults": [{"rate": 1}]}', "A fault is an object with a name and its parameters, not {'rate': 1}."),
    ('{"faults": [{"name": "nope"}]}', "There is no fault 'nope'; there are "),
    ('{"faults": [{"name": "cut_body", "trackers": "trello"}]}', "must be a list of names, not 'trello'."),
    ('{"faults": [{"name": "cut_body", "rate": -1}]}', "rate of the fault cut_body must be a number from 0"),
]


@pytest.mark.parametrize(("text", "said"), PLANS)
def test_a_bad_plan_is_named_in_a_sentence_before_anything_is_served(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text, encoding="utf-8")
    assert main(["sandbox", "--faults", str(path)]) == 2
    assert said in capsys.readouterr().err


def test_a_plan_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadFault, match=r"The fault plan .*none.json cannot be read"):
        read_plan(tmp_path / "none.json")


def test_a_plan_is_on_from_the_start_in_either_language(tmp_path: Path) -> None:
    entry = {"name": "unavailable_503", "trackers": ["asana", "trello"], "rate": 1.0, "times": 1}
    (tmp_path / "plan.json").write_text(json.dumps({"faults": [entry]}), encoding="utf-8")
    toml = '[[faults]]\nname = "unavailable_503"\ntrackers = ["asana", "trello"]\nrate = 1.0\ntimes = 1\n'
    (tmp_path / "plan.toml").write_text(toml, encoding="utf-8")
    plan = read_plan(tmp_path / "plan.json")
    assert plan == read_plan(tmp_path / "plan.toml")
    with client("trello", items=60, faults=plan[:0]) as trello:
        assert trello.me().status_code == 200
    with running(SandboxOptions(today=TODAY, items=60, faults=plan)) as sandbox:
        on = {home for home, running in sandbox.faults.running().items() if running}
        assert on == {"asana", "trello"}
        assert httpx.get(f"{sandbox.bases['trello']}/1/members/me").status_code == 503
    absent = SandboxOptions(today=TODAY, items=60, homes=("asana",), faults=plan)
    with pytest.raises(SandboxError, match="There is no tracker 'trello' here"), running(absent):
        pass

"""The check against the vendors' specifications: that nothing violates them, and that it would tell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.registry import TRACKERS
from sandbox.server import APPS
from tests.conformance.described import DESCRIBED, Described, in_actions, in_batch, in_sheet
from tests.conformance.descriptions import Description
from tests.conformance.driving import CLIENT
from tests.conformance.exchanges import Exchange
from tests.conformance.gaps import GAPS, Example, Gap, Page, Recording
from tests.conformance.report import ROOT
from tests.conformance.specification_check import Judge, SpecificationReport, check, lines
from tests.conformance.specifications import Specification

JSON = {"content-type": "application/json"}
THING = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string"},
        "size": {"type": "integer"},
        "on": {"type": "string", "format": "date"},
    },
}
BOX = {"type": "object", "properties": {"data": {"type": "array"}, "next": {"type": "string"}}}
SENT = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
DOCUMENT: Mapping[str, Any] = {
    "openapi": "3.0.0",
    "info": {"title": "A tracker", "version": "1"},
    "security": [{"key": []}],
    "components": {
        "securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "key"}},
        "schemas": {"Thing": THING},
    },
    "paths": {
        "/things": {
            "get": {
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "default": "ten"}},
                    {"name": "page", "in": "query", "deprecated": True, "schema": {"type": "integer"}},
                    {"name": "with", "in": "query", "description": "A comma-separated list of names",
                     "schema": {"type": "string", "enum": ["id", "size", "on"]}},
                ],
                "responses": {"200": {"description": "in words alone"}},
            },
            "post": {
                "requestBody": {"content": {"application/json": {"schema": SENT}}, "required": True},
                "responses": {"200": {"description": "", "content": {"application/json": {"schema": THING}}}},
            },
        },
        "/things/{id}": {
            "get": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
                "responses": {
                    "200": {
                        "description": "",
                        "content": {"application/json": {"schema": THING, "example": {"id": 7}}},
                    }
                },
            }
        },
        "/boxes": {
            "get": {
                "responses": {"200": {"description": "", "content": {"application/json": {"schema": BOX}}}}
            }
        },
        "/old": {"get": {"deprecated": True, "responses": {"200": {"description": ""}}}},
    },
}  # fmt: skip


@pytest.fixture
def specification(tmp_path: Path) -> Specification:
    file = tmp_path / "tracker.json"
    file.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    return Specification([Description(file, "/v1", {"/things": "[Thing]", "/boxes": "data[Thing]"})])


def answered(body: Any, **more: Any) -> Exchange:
    given = {"source": "a test", "method": "GET", "path": "/v1/things/1", "answer": json.dumps(body).encode()}
    return Exchange(**{**given, **more})


ONE = answered({"id": "1", "size": 2, "anything": "else"})
MANY = answered([{"id": "1"}], path="/v1/things", query=(("limit", "5"), ("key", "secret")))
MADE = answered({"id": "1"}, method="POST", path="/v1/things", headers=JSON, sent=b'{"name": "x"}')


SOME = replace(MANY, query=(("with", "id,on"),))


@pytest.mark.parametrize("exchange", [ONE, MANY, MADE, SOME, replace(MANY, path="/v1/things/")])
def test_what_follows_the_description_is_valid(specification: Specification, exchange: Exchange) -> None:
    judgement = specification.judge(exchange)
    assert judgement.problems == []
    assert judgement.shaped


WRONG: Mapping[str, tuple[Exchange, tuple[str, str, str]]] = {
    "a path": (replace(ONE, path="/v1/nothing"), ("operation", "/v1/nothing", "")),
    "a path under another root": (replace(ONE, path="/things/1"), ("operation", "/things/1", "")),
    "a path with an id": (replace(ONE, path="/v1/no/10001/2"), ("operation", "/v1/no/{id}/2", "")),
    "a method": (replace(ONE, method="DELETE"), ("operation", "DELETE", "")),
    "an operation that goes": (replace(MANY, path="/v1/old", query=()), ("operation", "deprecated", "")),
    "a value in the path": (replace(ONE, path="/v1/things/abc"), ("path", "id", "")),
    "a parameter": (replace(MANY, query=(("size", "5"),)), ("query", "size", "")),
    "a parameter that goes": (replace(MANY, query=(("page", "5"),)), ("query", "page", "")),
    "a value in the query": (replace(MANY, query=(("limit", "x"),)), ("query", "limit", "")),
    "one of a list in the query": (replace(MANY, query=(("with", "id,siez"),)),
                                   ("query", "with=siez", "with=siez")),
    "a value in the body": (replace(MADE, sent=b'{"name": 1}'), ("body", "$.name", "$.name")),
    "a name in the body": (replace(MADE, sent=b'{"name": "x", "nmae": 1}'), ("body", "$", "$")),
    "no body": (replace(MADE, sent=b""), ("body", "$", "")),
    "a status": (replace(ONE, status=404), ("status", "404", "")),
    "a type": (replace(ONE, answer=b"<html>", answer_headers={"content-type": "text/html"}),
               ("answer", "content-type", "")),
    "no JSON": (replace(ONE, answer=b"<html>"), ("answer", "$", "")),
    "an answer without its id": (answered({}), ("answer", "$", "$")),
    "a value in the answer": (answered({"id": "1", "size": "2"}), ("answer", "$.size", "$.size")),
    "a null": (answered({"id": None}), ("answer", "$.id", "$.id")),
    "a date": (answered({"id": "1", "on": "2026-03-02T10:00:00Z"}), ("answer", "$.on", "$.on")),
    "one in a box": (replace(MANY, path="/v1/boxes", query=(), answer=b'{"data": [{"id": 1}]}'),
                     ("answer", "$.data[*].id", "$.data[0].id")),
    "what is beside a box": (replace(MANY, path="/v1/boxes", query=(), answer=b'{"data": [], "next": 1}'),
                             ("answer", "$.next", "$.next")),
    "one of many": (replace(MANY, answer=b'[{"id": "1"}, {"id": 2}]'), ("answer", "$[*].id", "$[1].id")),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_what_does_not_follow_is_told_once_and_exactly(specification: Specification, wrong: str) -> None:
    exchange, expected = WRONG[wrong]
    told = {(one.part, one.where, one.at) for one in specification.judge(exchange).problems}
    assert told == {expected}


def judged(specification: Specification, exchange: Exchange, *gaps: Gap) -> SpecificationReport:
    return Judge(specification, gaps, Path("nowhere")).judged("tracker", [exchange])


def test_a_violation_is_told_with_place_expected_and_found(specification: Specification) -> None:
    report = judged(specification, WRONG["one of many"][0])
    assert (report.exchanges, report.violating) == (1, 1)
    told = "GET /things (a test): answer $[1].id: expected type: string, found 2"
    assert dict(report.violations) == {told: 1}
    assert f"    violation, 1 times: {told}" in lines(report)


SIZE = Gap("sizes are text", Page("https://vendor.example"), "answer", ("$.size",), "type: integer")


def test_a_known_gap_is_no_violation(specification: Specification) -> None:
    report = judged(specification, WRONG["a value in the answer"][0], SIZE)
    assert (report.gaps, report.violating, report.forgiven[SIZE]) == (1, 0, 1)


@pytest.mark.parametrize(
    "other",
    [
        replace(SIZE, where=("$.id",)),
        replace(SIZE, expected="type: number"),
        replace(SIZE, part="body"),
        replace(SIZE, operations=("GET /things",)),
    ],
)
def test_a_gap_forgives_nothing_but_what_it_names(specification: Specification, other: Gap) -> None:
    assert judged(specification, WRONG["a value in the answer"][0], other).violating == 1


def test_a_gap_does_not_hide_another_problem(specification: Specification) -> None:
    report = judged(specification, answered({"id": 1, "size": "2"}), SIZE)
    assert (report.gaps, report.violating) == (0, 1)


def test_a_gap_that_nothing_needs_is_told(specification: Specification) -> None:
    judge = Judge(specification, (SIZE,), Path("nowhere"))
    assert judge.unneeded(judge.judged("tracker", [WRONG["a value in the answer"][0]])) == []
    (told,) = judge.unneeded(judge.judged("tracker", [ONE]))
    assert SIZE.why in told


def test_an_example_proves_only_what_it_shows(specification: Specification) -> None:
    shown = Gap("ids are numbers", Example(), "answer", ("$.id",), "type: string")
    assert judged(specification, answered({"id": 5}), shown).gaps == 1
    report = judged(specification, WRONG["a value in the answer"][0], replace(SIZE, proof=Example()))
    assert report.violating == 1
    assert "does not break this rule" in next(iter(report.violations))


@pytest.mark.parametrize(("size", "violating"), [("2", 0), (2, 1)])
def test_a_recording_proves_only_what_it_shows(
    specification: Specification, tmp_path: Path, size: str | int, violating: int
) -> None:
    (tmp_path / "recorded").mkdir()
    lines = f"{json.dumps({'no': 'record'})}\n{json.dumps({'data': [{'id': '9', 'size': size}]})}"
    (tmp_path / "recorded" / "stream.log").write_text(lines, encoding="utf-8")
    gap = replace(SIZE, proof=Recording("stream.log", "GET /v1/things/9", (1, "data", 0)))
    report = Judge(specification, (gap,), tmp_path).judged("tracker", [WRONG["a value in the answer"][0]])
    assert report.violating == violating


def test_of_the_vendors_client_only_the_answers_are_judged(specification: Specification) -> None:
    asked, answer = WRONG["a parameter"][0], WRONG["a value in the answer"][0]
    assert judged(specification, replace(asked, source=CLIENT)).valid == 1
    assert judged(specification, replace(answer, source=CLIENT)).violating == 1


def test_an_answer_without_a_description_is_counted(tmp_path: Path) -> None:
    file = tmp_path / "tracker.json"
    file.write_text(json.dumps(DOCUMENT), encoding="utf-8")
    report = judged(Specification([Description(file, "/v1")]), MANY)
    assert (report.valid, report.shapeless) == (1, 1)


def test_a_batch_is_judged_by_what_is_in_it() -> None:
    batch = Exchange(
        source="fetch",
        method="GET",
        path="/1/batch",
        query=(("urls", "/cards/a?fields=id,name,/cards/b,/cards/c"),),
        answer=json.dumps([{"200": {"id": "a"}}, {"statusCode": 404}, {"200": {"id": "c"}}]).encode(),
    )
    first, last = in_batch(batch)
    assert (first.path, first.query, first.answer) == ("/1/cards/a", (("fields", "id,name"),), b'{"id": "a"}')
    assert (last.path, last.answer) == ("/1/cards/c", b'{"id": "c"}')


def test_a_batch_of_actions_is_judged_by_what_is_in_it() -> None:
    actions = [
        {"method": "get", "relative_path": "/tasks/1", "options": {"fields": ["name", "parent"]}},
        {"method": "get", "relative_path": "/tasks/2"},
    ]
    entries = [{"status_code": 200, "body": {"data": {}}}, {"status_code": 404, "body": {"errors": []}}]
    batch = Exchange(
        source="fetch",
        method="POST",
        path="/api/1.0/batch",
        sent=json.dumps({"data": {"actions": actions}}).encode(),
        answer=json.dumps({"data": entries}).encode(),
    )
    first, last = in_actions(batch)
    assert (first.method, first.path, first.query) == (
        "GET",
        "/api/1.0/tasks/1",
        (("opt_fields", "name,parent"),),
    )
    assert (first.status, first.answer) == (200, b'{"data": {}}')
    assert (last.path, last.query, last.status) == ("/api/1.0/tasks/2", (), 404)


def test_a_sheet_is_judged_by_its_columns_and_rows() -> None:
    sheet = {"id": 7, "columns": [{"id": 8}], "rows": [{"id": 9}]}
    columns, row = in_sheet(answered(sheet, path="/2.0/sheets/7"))
    assert (columns.path, json.loads(columns.answer)["data"]) == ("/2.0/sheets/7/columns", [{"id": 8}])
    assert (row.path, row.answer) == ("/2.0/sheets/7/rows/9", b'{"id": 9}')
    assert list(in_sheet(answered({"version": 3}, path="/2.0/sheets/7/version"))) == []
    assert list(in_sheet(answered({}, path="/2.0/sheets/7", status=404))) == []


def test_a_tracker_that_cannot_be_judged_violates() -> None:
    report = check("a tracker that never was", Path("nowhere"))
    (told,) = report.violations
    assert told == "nothing was asked of it, for it lacks an entry in described.py, a Case, a sandbox"


def test_every_gap_is_of_a_described_tracker() -> None:
    assert set(GAPS) <= {one.tracker for one in DESCRIBED}


ASKED: Mapping[str, tuple[str, str]] = {
    "trello": ("/1/boards/5f0000000000000000000000/lists", "GET /boards/{id}/lists"),
    "jira_cloud": ("/rest/agile/1.0/board/7/sprint", "GET /rest/agile/1.0/board/{boardId}/sprint"),
    "jira_dc": ("/jira/rest/api/2/issue/10001", "GET /api/2/issue/{issueIdOrKey}"),
    "asana": ("/api/1.0/tasks/12345", "GET /tasks/{task_gid}"),
    "smartsheet": ("/2.0/sheets/12345", "GET /sheets/{sheetId}"),
}


@pytest.mark.parametrize("one", DESCRIBED, ids=lambda one: one.tracker)
def test_every_file_can_be_read_and_is_under_its_root(described: Path, one: Described) -> None:
    path, name = ASKED[one.tracker]
    specification = one.specification(described)
    operation = specification.operation(answered({}, path=path))
    assert operation is not None
    assert operation.name == name
    assert specification.judge(answered([], path=path, status=200)).shaped


# Smartsheet's client chooses its TLS versions in a way that Python wants to leave.
@pytest.mark.filterwarnings("ignore:ssl.OP_NO_SSL:DeprecationWarning")
@pytest.mark.parametrize("tracker", sorted({*TRACKERS, *APPS}))
def test_nothing_violates_the_vendors_specification(described: Path, tracker: str) -> None:
    report = check(tracker, described)
    assert dict(report.violations) == {}
    assert report.valid > 0
    assert report.exchanges > 100
    assert report.shapeless < report.exchanges / 10


@pytest.mark.parametrize(("ci", "code"), [("false", 0), ("true", 1)])
def test_without_the_folder_it_is_not_run_and_that_fails_in_ci(tmp_path: Path, ci: str, code: int) -> None:
    env = {**os.environ, "TSPMO_SHARED": str(tmp_path), "CI": ci}
    command = [sys.executable, "-m", "tests.conformance"]
    ran = subprocess.run(  # noqa: S603 - our own interpreter and code
        command, cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert ran.returncode == code
    assert "specifications: not run" in ran.stdout

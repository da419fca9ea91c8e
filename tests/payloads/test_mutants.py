"""The mutation run itself: it finds the lines of tables, and tells whether a case misses one of them."""

from __future__ import annotations

import ast
import sys
from textwrap import dedent

import pytest

from tests.payloads.case import cases, differences
from tests.payloads.mutants import Line, Sources, lines, main, noticed

FILE = dedent('''
    Kind = Literal["no", "line"]
    TABLE: Mapping[str, str] = {
        "a": "b",
        "c": """d, e,
            f""",
    }
    SET = frozenset({"g", "h"})
    LISTED = ("i", "j")
    PHRASES = {"k": ("l, m", "n")}


    def meaning(said: Literal["not", "these"]) -> str:
        for one in ("o", "p"):
            if said in ("q", "r"):
                return one
        match said:
            case "s":
                return "t"
            case "u" | "v":
                return "w"
            case _:
                return {"x": "y"}["x"]
''')


@pytest.fixture(scope="module")
def sources() -> Sources:
    return Sources()


def one(sources: Sources, module: str, says: str) -> Line:
    return next(line for line in sources.lines(["trello"]) if line.module == module and line.says == says)


def test_every_line_of_a_table_is_found_and_no_type() -> None:
    found = [(line.number, line.says) for line in lines("sample", ast.parse(FILE))]
    assert sorted(found) == [
        (4, "'a'"), (5, "'c'"), (5, "'d'"), (5, "'e'"), (6, "'f'"),
        (8, "'g'"), (8, "'h'"), (9, "'i'"), (9, "'j'"), (10, "'k'"), (10, "'l'"), (10, "'m'"),
        (14, "'o'"), (14, "'p'"), (15, "'q'"), (15, "'r'"),
        (18, "case 's'"), (20, "case 'u' | 'v'"), (23, "'x'"),
    ]  # fmt: skip


def test_a_line_is_missed_by_the_cases_that_are_about_it_alone(sources: Sources) -> None:
    line = one(sources, "normalizer.words", "'icebox'")
    about = [case for case in cases("trello") if case.word == "icebox"]
    others = [case for case in cases("trello") if case.word == "backlog"]
    assert noticed(sources, line, "trello", about)
    assert not noticed(sources, line, "trello", others)
    assert not noticed(sources, line, "trello", [])


def test_after_a_line_was_lost_everything_is_as_before(sources: Sources) -> None:
    before = {name: module for name, module in sys.modules.items() if name.startswith("normalizer")}
    noticed(sources, one(sources, "normalizer.trello_board", "'checkbox'"), "trello", cases("trello"))
    assert {name: sys.modules[name] for name in before} == before
    assert [case.name for case in cases("trello") if differences(case)] == []


def test_a_tracker_without_cases_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["notion"]) == 2
    assert "There are no cases for notion" in capsys.readouterr().out

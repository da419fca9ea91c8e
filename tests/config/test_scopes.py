"""Which scopes are read and under which rules, from the general to the particular."""

from __future__ import annotations

from config.scopes import expected, project_specs, rules_for, scope_specs, wanted
from config.wiring import declared
from connectors.base import ScopeRecord
from store.declared import ProjectSpec, ScopeSpec, Selector, SourceSpec
from tests.config.paper import CONNECTION, read

HIRING = ScopeRecord(id="1", kind="board", name="Hiring", url="", key="HIR")
MOVE = ScopeRecord(id="2", kind="board", name="Office move", url="", key="MOV")
OTHER = ScopeRecord(id="3", kind="board", name="Other", url="", key="OTH")
TREE = """
[[portfolios]]
id = "all"
name = "All"
owner = "Ada"
[[projects]]
id = "move"
name = "Move"
parent = "all"
method = "kanban"
target_end = 2027-03-31
sources = [{ connection = "desk", scope = "MOV", labels = ["x"], sections = ["Doing"] }]
"""


def read_of(text: str) -> list[str]:
    reads = wanted(read(CONNECTION + text), "desk")
    return [scope.name for scope in (HIRING, MOVE, OTHER) if reads(scope)]


def test_without_scopes_everything_in_reach_is_read() -> None:
    assert read_of("") == ["Hiring", "Office move", "Other"]
    assert read_of(TREE) == ["Hiring", "Office move", "Other"]


def test_with_scopes_only_what_is_named_or_taken_by_a_project_is_read() -> None:
    named = '[[scopes]]\nconnection = "desk"\nscope = "Hiring"\n'
    assert read_of(named) == ["Hiring"]
    assert read_of(named + TREE) == ["Hiring", "Office move"]


def test_a_star_stands_for_the_rest() -> None:
    assert read_of('[[scopes]]\nconnection = "desk"\nscope = "*"\n') == ["Hiring", "Office move", "Other"]


def test_a_scope_is_named_by_id_key_or_name() -> None:
    for name in ("1", "HIR", "Hiring"):
        assert read_of(f'[[scopes]]\nconnection = "desk"\nscope = "{name}"\n') == ["Hiring"]


def test_every_scope_that_the_file_names_is_expected_once() -> None:
    settings = read(
        CONNECTION
        + '[[scopes]]\nconnection = "desk"\nscope = "*"\n[[scopes]]\nconnection = "desk"\nscope = "HIR"\n'
        + '[[rules]]\nconnection = "desk"\nscope = "OTH"\n[[rules]]\nconnection = "desk"\nscope = "HIR"\n'
        + TREE
    )
    assert expected(settings, "desk") == ("HIR", "MOV", "OTH")


def test_a_rule_for_a_scope_does_not_make_it_read() -> None:
    assert read_of(
        '[[scopes]]\nconnection = "desk"\nscope = "HIR"\n[[rules]]\nconnection = "desk"\nscope = "OTH"\n'
    ) == ["Hiring"]


def test_the_particular_rule_wins_word_by_word_wherever_it_stands() -> None:
    settings = read(
        CONNECTION
        + """
        [[rules]]
        connection = "desk"
        scope = "Office move"
        status = { "PARKED" = "cancelled" }
        [[rules]]
        status = { "Parked" = "backlog", "Ordered" = "todo" }
        hold = { "Parked" = "paused" }
        [[rules]]
        connection = "desk"
        status = { "Ordered" = "in_progress" }
        fields = { estimate = "Effort" }
        """
    )
    rules = rules_for(settings, "desk")
    assert rules(MOVE).status == {"PARKED": "cancelled", "Ordered": "in_progress"}
    assert rules(OTHER).status == {"Parked": "backlog", "Ordered": "in_progress"}
    assert rules(MOVE).hold == {"Parked": "paused"}
    assert rules(MOVE).fields == {"estimate": "Effort"}
    assert rules_for(settings, "elsewhere")(MOVE).status == {"Parked": "backlog", "Ordered": "todo"}


def test_the_store_is_told_the_tree_and_who_may_see_what() -> None:
    settings = read(
        CONNECTION
        + '[[scopes]]\nconnection = "desk"\nscope = "HIR"\nsharing = "team_only"\nteam = "People"\n'
        + TREE
    )
    assert list(scope_specs(settings)) == [
        ScopeSpec(connection="desk", remote="HIR", sharing="team_only", team="People")
    ]
    assert list(project_specs(settings)) == [
        ProjectSpec(id="all", kind="portfolio", name="All", owner="Ada"),
        ProjectSpec(
            id="move",
            kind="project",
            name="Move",
            parent="all",
            method="kanban",
            target_end="2027-03-31",
            sources=[
                SourceSpec(
                    connection="desk", remote="MOV", selector=Selector(labels=("x",), sections=("Doing",))
                )
            ],
        ),
    ]


def test_a_scope_may_have_a_target_of_its_own_and_else_has_the_installation_s() -> None:
    settings = read(
        CONNECTION
        + "[server]\nfreshness_minutes = 30\n"
        + '[[scopes]]\nconnection = "desk"\nscope = "Hiring"\nfreshness_minutes = 1440\n'
        + '[[scopes]]\nconnection = "desk"\nscope = "*"\n'
    )
    assert [spec.freshness_seconds for spec in scope_specs(settings)] == [86400, None]
    assert declared(settings).freshness_seconds == 1800

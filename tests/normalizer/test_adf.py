"""Atlassian documents as Markdown."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizer.adf import DEEPEST, to_markdown

Node = dict[str, Any]


def text(value: str, *marks: str, **attrs: str) -> Node:
    told = [{"type": mark, "attrs": attrs} for mark in marks]
    return {"type": "text", "text": value, **({"marks": told} if told else {})}


def node(kind: str, *content: Node, **attrs: Any) -> Node:
    return {"type": kind, "content": list(content), **({"attrs": attrs} if attrs else {})}


def para(*content: Node | str) -> Node:
    return node("paragraph", *(text(one) if isinstance(one, str) else one for one in content))


def doc(*content: Node) -> Node:
    return {"version": 1, **node("doc", *content)}


CASES: list[tuple[Node, str]] = [
    (para("One"), "One"),
    (node("heading", text("Plan"), level=2), "## Plan"),
    (para(text("bold", "strong"), " and ", text("both", "strong", "em")), "**bold** and ***both***"),
    (para(text("gone", "strike"), " ", text("a*b", "code"), text("H", "subsup")), "~~gone~~ `a*b`H"),
    (para(text("here ", "link", href="https://a.example/x (1)")), "[here](https://a.example/x%20%281%29) "),
    (para("one", {"type": "hardBreak"}, "two"), "one  \ntwo"),
    (para(node("mention", id="712020:ada", text="@Ada")), "@Ada"),
    (para(node("emoji", shortName=":tada:", text="🎉")), "🎉"),
    (para(node("date", timestamp="1767571200000")), "2026-01-05"),
    (para(node("status", text="At risk", color="red")), "[At risk]"),
    (para(node("inlineCard", url="https://a.example/1")), "<https://a.example/1>"),
    (node("codeBlock", text("x = 1\ny = *2*"), language="python"), "```python\nx = 1\ny = *2*\n```"),
    (node("blockquote", para("one"), para("two")), "> one\n>\n> two"),
    (node("panel", para("Mind"), panelType="warning"), "> **Warning:** Mind"),
    (node("rule"), "---"),
    (node("bulletList", node("listItem", para("a")), node("listItem", para("b"))), "- a\n- b"),
    (
        node("bulletList", node("listItem", para("a"), node("bulletList", node("listItem", para("b"))))),
        "- a\n\n  - b",
    ),
    (
        node("orderedList", node("listItem", para("a")), node("listItem", para("b")), order=3),
        "3. a\n4. b",
    ),
    (
        node(
            "taskList", node("taskItem", text("a"), state="DONE"), node("taskItem", text("b"), state="TODO")
        ),
        "- [x] a\n- [ ] b",
    ),
    (node("expand", para("inside"), title="More"), "**More**\n\ninside"),
    (node("layoutSection", node("layoutColumn", para("l")), node("layoutColumn", para("r"))), "l\n\nr"),
    (node("mediaSingle", node("media", id="f1", alt="plan.png", type="file")), "[file: plan.png]"),
    (
        node("mediaSingle", node("media", type="external", url="https://a.example/p.png")),
        "![](https://a.example/p.png)",
    ),
    (
        node(
            "table",
            node("tableRow", node("tableHeader", para("A")), node("tableHeader", para("B"))),
            node("tableRow", node("tableCell", para("1|2"))),
        ),
        "| A | B |\n| --- | --- |\n| 1\\|2 |  |",
    ),
    (node("somethingNew", para("kept")), "kept"),
    (para(node("extension", text="shown")), "shown"),
    (para("# no heading *no* `no` <b>"), "\\# no heading \\*no\\* \\`no\\` \\<b>"),
    (para("1. no list"), "1\\. no list"),
    (para("- no list 2. here"), "\\- no list 2. here"),
    (para("snake_case _no_"), "snake_case \\_no\\_"),
]


@pytest.mark.parametrize(("given_node", "expected"), CASES, ids=[str(n) for n in range(len(CASES))])
def test_each_node(given_node: Node, expected: str) -> None:
    assert to_markdown(doc(given_node)) == expected


def test_blocks_stand_apart() -> None:
    assert to_markdown(doc(para("one"), para(""), para("two"))) == "one\n\ntwo"


@pytest.mark.parametrize(
    "odd", [None, "text", [], 3, {}, {"content": None}, {"content": [None, 3, {"type": []}]}]
)
def test_what_is_no_document_is_empty(odd: Any) -> None:
    assert to_markdown(odd) == ""


def test_what_lies_too_deep_is_left_out_and_the_rest_stays() -> None:
    deep = para("deep")
    for _ in range(DEEPEST * 20):
        deep = node("blockquote", deep)
    assert to_markdown(doc(para("top"), deep)).startswith("top")


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.fixed_dictionaries(
            {},
            optional={
                "type": st.sampled_from(sorted({one["type"] for one, _ in CASES})) | inner,
                "content": st.lists(inner, max_size=3) | inner,
                "attrs": st.dictionaries(
                    st.sampled_from(["level", "order", "text", "url", "timestamp"]), inner
                ),
                "text": st.text(max_size=5) | inner,
                "marks": st.lists(st.fixed_dictionaries({"type": inner}), max_size=2) | inner,
            },
        )
    ),
    max_leaves=20,
)


@given(ODD)
def test_it_never_raises(odd: Any) -> None:
    assert isinstance(to_markdown({"type": "doc", "content": [odd]}), str)

"""Atlassian Document Format to Markdown. Pure and total: an unknown node gives its text, nothing raises.

https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from normalizer.dates import epoch_ms

Node = Mapping[str, Any]

DEEPEST = 60
"""Levels of nesting that are followed; what lies deeper is left out rather than exhausting the stack."""

_SPECIAL = re.compile(r"[\\`*]|(?<!\w)_|_(?!\w)|\](?=\()|<(?=[A-Za-z/!])")
_BLOCK_START = re.compile(r"^(\s*\d*)(?=#{1,6}\s|(?<!\d)[-+>]\s|(?<=\d)[.)]\s)", re.MULTILINE)
_MARKS = re.compile(r"[\\`*_\]<]")
"""What :data:`_SPECIAL` begins with: most texts have none of it, and this is found out faster."""
_PANELS = {"info": "Info", "note": "Note", "warning": "Warning", "success": "Success", "error": "Error"}
_WRAPS = {"strong": "**", "em": "*", "strike": "~~"}


def to_markdown(document: object) -> str:
    """The document's text as Markdown; anything that is no document gives empty text."""
    return _blocks(_children(document), 0) if isinstance(document, dict) else ""


def _children(node: object) -> list[Node]:
    content = node.get("content") if isinstance(node, dict) else None
    return [child for child in content if isinstance(child, dict)] if isinstance(content, list) else []


def _attrs(node: Node) -> Mapping[str, Any]:
    attrs = node.get("attrs")
    return attrs if isinstance(attrs, dict) else {}


def _attr(node: Node, *names: str) -> str:
    """The first of the attributes that holds something to show."""
    attrs = _attrs(node)
    found = (attrs[name] for name in names if isinstance(attrs.get(name), str | int) and attrs[name])
    return str(next(found, ""))


def _escape(text: str) -> str:
    bare = _SPECIAL.sub(r"\\\g<0>", text) if _MARKS.search(text) else text
    first = bare[:1]
    starts = "\n" in bare or first in "#-+>" or first.isspace() or first.isdecimal()
    return _BLOCK_START.sub(r"\1\\", bare) if starts else bare


# -- inline --------------------------------------------------------------------------------------------------


def _text(node: Node) -> str:
    value = node.get("text")
    if not isinstance(value, str) or not value:
        return ""
    core = value.strip()
    if not core:
        return value
    marks = node.get("marks")
    if not marks and core == value:
        return _escape(core)
    kinds = {
        mark["type"]: mark
        for mark in (marks if isinstance(marks, list) else ())
        if isinstance(mark, dict) and isinstance(mark.get("type"), str)
    }
    before, after = value[: len(value) - len(value.lstrip())], value[len(value.rstrip()) :]
    if "code" in kinds:
        fence = "``" if "`" in core else "`"
        core = f"{fence}{core}{fence}"
    else:
        core = _escape(core)
    for kind, wrap in _WRAPS.items():
        if kind in kinds:
            core = f"{wrap}{core}{wrap}"
    if "link" in kinds and (href := _attr(kinds["link"], "href")):
        core = f"[{core}]({_url(href)})"
    return f"{before}{core}{after}"


def _url(href: str) -> str:
    return href.replace(" ", "%20").replace("(", "%28").replace(")", "%29")


def _date(node: Node) -> str:
    stamp = _attr(node, "timestamp")
    try:
        return epoch_ms(int(stamp)).date().isoformat()
    except ValueError:
        return stamp


def _card(node: Node) -> str:
    url = _attr(node, "url")
    return f"<{url}>" if url else ""


_INLINE: Mapping[str, Callable[[Node], str]] = {
    "text": _text,
    "hardBreak": lambda _: "  \n",
    "mention": lambda node: "@" + _attr(node, "text", "id").lstrip("@"),
    "emoji": lambda node: _attr(node, "text", "shortName"),
    "date": _date,
    "status": lambda node: f"[{_attr(node, 'text')}]",
    "inlineCard": _card,
    "placeholder": lambda node: _attr(node, "text"),
    "mediaInline": lambda node: f"[file: {_attr(node, 'alt', 'id')}]",
}


def _inline(nodes: Iterable[Node], depth: int) -> str:
    if depth > DEEPEST:
        return ""
    parts = []
    for node in nodes:
        write = _INLINE.get(_kind(node))
        parts.append(write(node) if write else _inline(_children(node), depth + 1) or _attr(node, "text"))
    return "".join(parts)


def _kind(node: Node) -> str:
    kind = node.get("type")
    return kind if isinstance(kind, str) else ""


# -- blocks --------------------------------------------------------------------------------------------------


def _blocks(nodes: Iterable[Node], depth: int) -> str:
    if depth > DEEPEST:
        return ""
    written, line = [], list[Node]()
    for node in nodes:
        if _kind(node) in _INLINE:  # inline text straight in a container
            line.append(node)
            continue
        if line:
            written.append(_inline(line, depth))
            line.clear()
        written.append(_block(node, depth))
    return "\n\n".join(part for part in (*written, _inline(line, depth)) if part)


def _block(node: Node, depth: int) -> str:
    write = _BLOCKS.get(_kind(node))
    return write(node, depth + 1) if write else _blocks(_children(node), depth + 1)


def _heading(node: Node, depth: int) -> str:
    level = _attrs(node).get("level")
    marks = "#" * (min(max(level, 1), 6) if isinstance(level, int) else 1)
    return f"{marks} {_inline(_children(node), depth)}"


def _indent(text: str, by: str) -> str:
    return text.replace("\n", f"\n{by}").replace(f"\n{by}\n", "\n\n")


def _quote(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _list(node: Node, depth: int, marker: Callable[[int, Node], str]) -> str:
    lines = []
    for index, item in enumerate(_children(node)):
        mark = marker(index, item)
        nested = _kind(item) in _LISTS
        body = _block(item, depth) if nested else _blocks(_children(item), depth)
        lines.append(f"  {_indent(body, '  ')}" if nested else f"{mark}{_indent(body, ' ' * len(mark))}")
    return "\n".join(lines)


def _ordered(node: Node, depth: int) -> str:
    order = _attrs(node).get("order")
    first = order if isinstance(order, int) else 1
    return _list(node, depth, lambda index, _: f"{first + index}. ")


def _code(node: Node, depth: int) -> str:
    raw = "".join(child["text"] for child in _children(node) if isinstance(child.get("text"), str))
    fence = "````" if "```" in raw else "```"
    return f"{fence}{_attr(node, 'language')}\n{raw}\n{fence}" if depth else raw


def _panel(node: Node, depth: int) -> str:
    title = _PANELS.get(_attr(node, "panelType"))
    body = _blocks(_children(node), depth)
    return _quote(f"**{title}:** {body}" if title else body)


def _expand(node: Node, depth: int) -> str:
    title, body = _attr(node, "title"), _blocks(_children(node), depth)
    return f"**{_escape(title)}**\n\n{body}" if title else body


def _table(node: Node, depth: int) -> str:
    rows = [
        [_blocks(_children(cell), depth).replace("|", r"\|").replace("\n", "<br>") for cell in _children(row)]
        for row in _children(node)
    ]
    width = max((len(row) for row in rows), default=0)
    if not width:
        return ""
    lines = [f"| {' | '.join(row + [''] * (width - len(row)))} |" for row in rows]
    return "\n".join([lines[0], f"|{' --- |' * width}", *lines[1:]])


def _media(node: Node, _: int) -> str:
    url, alt = _attr(node, "url"), _attr(node, "alt", "id")
    return f"![{_escape(alt)}]({_url(url)})" if url else f"[file: {alt}]"


def _tick(done: str) -> Callable[[int, Node], str]:
    return lambda _, item: "- [x] " if _attr(item, "state") == done else "- [ ] "


_BLOCKS: Mapping[str, Callable[[Node, int], str]] = {
    "paragraph": lambda node, depth: _inline(_children(node), depth),
    "heading": _heading,
    "bulletList": lambda node, depth: _list(node, depth, lambda *_: "- "),
    "orderedList": _ordered,
    "taskList": lambda node, depth: _list(node, depth, _tick("DONE")),
    "decisionList": lambda node, depth: _list(node, depth, lambda *_: "- "),
    "codeBlock": _code,
    "blockquote": lambda node, depth: _quote(_blocks(_children(node), depth)),
    "panel": _panel,
    "expand": _expand,
    "nestedExpand": _expand,
    "rule": lambda *_: "---",
    "table": _table,
    "media": _media,
    "blockCard": lambda node, _: _card(node),
    "embedCard": lambda node, _: _card(node),
}
_LISTS = frozenset({"bulletList", "orderedList", "taskList", "decisionList"})

"""As Jira writes text and times: ADF in version 3, wiki text in version 2, times in the account's zone."""

from __future__ import annotations

import re
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from sandbox.jira_catalogue import ZONE, Body

_URL = re.compile(r"https?://\S+")
_BULLET = re.compile(r"^\s*[-*] ")


def instant(at: datetime | None, zone: str = ZONE) -> str | None:
    """``2023-06-24T19:24:50.000-0400``: the offset is that of the asking account's zone, without a colon."""
    if at is None:
        return None
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%Y-%m-%dT%H:%M:%S}.{local.microsecond // 1000:03d}{local:%z}"


def zulu(at: datetime | None) -> str | None:
    """``2023-06-24T23:24:50.000Z``, the form of sprint dates."""
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def day(value: date | datetime | None) -> str | None:
    """A date and nothing else: Jira's due date has no time."""
    if value is None:
        return None
    return (value.date() if isinstance(value, datetime) else value).isoformat()


def epoch_ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def spoken(minutes: int) -> str:
    """``1d 4h 30m``, with the site's eight hours a day and five days a week."""
    parts = []
    for size, unit in ((5 * 8 * 60, "w"), (8 * 60, "d"), (60, "h"), (1, "m")):
        count, minutes = divmod(minutes, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts) or "0m"


def adf(text: str) -> Body | None:
    """developer.atlassian.com/cloud/jira/platform/apis/document/structure"""
    if not text:
        return None
    blocks = [block for block in re.split(r"\n{2,}", text) if block.strip()]
    return {"type": "doc", "version": 1, "content": [node for block in blocks for node in _nodes(block)]}


def _nodes(block: str) -> list[Body]:
    nodes = []
    for bullets, lines in groupby(block.splitlines(), key=lambda line: bool(_BULLET.match(line))):
        if bullets:
            items = [_list_item(_BULLET.sub("", line)) for line in lines]
            nodes.append({"type": "bulletList", "content": items})
        else:
            nodes.append({"type": "paragraph", "content": _lines(list(lines))})
    return nodes


def _list_item(text: str) -> Body:
    return {"type": "listItem", "content": [{"type": "paragraph", "content": _inline(text)}]}


def _lines(lines: list[str]) -> list[Body]:
    content: list[Body] = []
    for line in lines:
        if content:
            content.append({"type": "hardBreak"})
        content.extend(_inline(line))
    return content


def _inline(line: str) -> list[Body]:
    nodes: list[Body] = []
    start = 0
    for found in _URL.finditer(line):
        if found.start() > start:
            nodes.append({"type": "text", "text": line[start : found.start()]})
        nodes.append(
            {
                "type": "text",
                "text": found.group(),
                "marks": [{"type": "link", "attrs": {"href": found.group()}}],
            }
        )
        start = found.end()
    if start < len(line):
        nodes.append({"type": "text", "text": line[start:]})
    return nodes


def wiki(text: str) -> str | None:
    """Wiki text, as version 2 of the API and webhooks carry it."""
    if not text:
        return None
    return "\n".join(_BULLET.sub("* ", line) for line in text.splitlines())

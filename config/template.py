"""Writes a first ``tspmo.toml``: one connection, and the rest in comments with their meaning."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from connectors.base import ScopeRecord

HEAD = """\
# The configuration of TS PMO. After a change: tspmo check, then tspmo sync.

# Where everything read is kept: sqlite:///PATH beside this file, or a PostgreSQL server by "env:NAME",
# an environment variable that holds postgresql://USER:PASSWORD@HOST/DATABASE.
[store]
url = "sqlite:///tspmo.db"

# [server]
# host = "127.0.0.1"       # other addresses need an API key first: tspmo keys create
# port = 8470
# freshness_minutes = 60   # an older reading still counts, and is shown as stale
# public_url = "https://pmo.example.com"  # where trackers reach this service, to tell what changes

# When tspmo serve and tspmo worker do something by themselves: cron texts (minute, hour, day of the month,
# month, day of the week), or "off".
# [schedules]
# nightly = "0 2 * * *"      # compare everything with the trackers
# incremental = "0 * * * *"  # read what changed
# probe = "*/15 * * * *"     # check the connections, and who is late
# zone = "UTC"               # or such as "Europe/Berlin"

# Subscribers (tspmo subscriptions) are told at public https addresses, and in these networks of our own.
# [outgoing]
# networks = ["10.20.0.0/16"]

# One [connections.NAME] for each account on a tracker. TS PMO reads, and keeps webhooks of its own.
# A secret is named, never written here: "env:NAME" (an environment variable) or "file:PATH".
"""

RULES = """
# Without any [[scopes]], everything in reach is read and everyone may see it. With some, what is named is
# read; "*" stands for the rest. sharing: team_only, pmo or organisation. freshness_minutes: how old it may
# become before it is late; else as [server] says.
# [[scopes]]
# connection = "{name}"
# scope = "*"
# sharing = "pmo"
# freshness_minutes = 1440

# Rules say what a tracker's own words mean: for everything, for a connection, or for one scope of it.
# tspmo status counts the words that nothing maps yet.
# [[rules]]
# connection = "{name}"
# status = {{ "Waiting for vendor" = "in_progress" }}   # triage backlog todo in_progress done cancelled
# hold = {{ "Waiting for vendor" = "waiting" }}         # blocked waiting paused none
"""

TREE = """
# The tree that the PMO manages: portfolios hold programs, programs hold projects. A project takes one scope,
# several of any connections, or the part of one that meets conditions (labels, sections, types, releases,
# parents). Until then each board or project stands for itself.
# [[portfolios]]
# id = "technical-services"
# name = "Technical Services"
#
# [[projects]]
# id = "{slug}"
# name = {title}
# parent = "technical-services"
# method = "kanban"         # agile, waterfall, hybrid or kanban
# target_end = 2027-03-31
# sources = [
#     {{ connection = "{name}", scope = {scope} }},
#     {{ connection = "{name}", scope = "…", labels = ["…"] }},
# ]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstConnection:
    """``values`` are as the file shall have them, secrets by reference."""

    name: str
    tracker: str
    values: Mapping[str, str]


def first(connection: FirstConnection, example: ScopeRecord | None) -> str:
    """The text of a configuration with one connection. ``example`` is a scope to show the tree with."""
    name = connection.name
    lines = [f"[connections.{name}]", f"tracker = {quoted(connection.tracker)}"]
    lines += [f"{field} = {quoted(value)}" for field, value in connection.values.items()]
    title = example.name if example else "Office move"
    tree = TREE.format(
        name=name,
        slug=_slug(title),
        title=quoted(title),
        scope=quoted(example.key or title if example else "…"),
    )
    return HEAD + "\n".join(lines) + "\n" + RULES.format(name=name) + tree


def quoted(text: str) -> str:
    """A TOML basic string: JSON's, but for DEL, which TOML wants escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "project"

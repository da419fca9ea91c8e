"""The process in which a vendor's client reads: questions as JSON lines on standard input, what it tells as
JSON lines on standard output. It may hang; whoever started it ends it.

    {"tracker": …, "base_url": …, "credentials": {…}, "requests": 20, "per": 10.0}      once
    {"scope": "…", "ids": ["…"], "whole": false}                                     then, as often

    {"id": "…", "fields": {…} or null}      an item, or that there is no such item
    {"done": "…"}                           all of that scope
    {"trouble": "…", "message": "…"}        it can go on no more
"""

from __future__ import annotations

import importlib
import json
import logging
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from connectors.oracle_terms import Fields, Pacer, Refused, Witness

MODULES: Mapping[str, str] = {
    "asana": "connectors.oracle_asana",
    "jira_cloud": "connectors.oracle_jira",
    "jira_dc": "connectors.oracle_jira",
    "smartsheet": "connectors.oracle_smartsheet",
    "trello": "connectors.oracle_trello",
}
"""Imported only by the process that reads with it: some of the clients take a second to load."""
WORST_LINE = 300

Say = Callable[[Mapping[str, Any]], None]


def main() -> None:
    """Answers until the input ends. What the clients print or log goes to standard error."""
    out, sys.stdout = sys.stdout, sys.stderr
    logging.disable(logging.CRITICAL)  # some clients log answers whole
    warnings.simplefilter("ignore")

    def say(line: Mapping[str, Any]) -> None:
        out.write(json.dumps(line, default=str) + "\n")
        out.flush()

    try:
        serve(map(json.loads, sys.stdin), say)
    except Refused as refusal:
        say({"trouble": refusal.trouble, "message": str(refusal)})
    except Exception as error:
        # A defect of a vendor's client ends its reading, and whoever asked hears of it.
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{last.filename.rpartition('/')[2]} line {last.lineno}"
        say({"trouble": "failed", "message": f"{type(error).__name__} in {where}: {error}"[:WORST_LINE]})


def serve(lines: Iterator[Mapping[str, Any]], say: Say) -> None:
    """Raises Refused, and whatever the vendor's client raises beside its refusals."""
    first = next(lines)
    module = importlib.import_module(MODULES[first["tracker"]])
    pacer = Pacer(first["requests"], first["per"])
    with module.witness(first["base_url"], first["credentials"], pacer) as witness:
        for asked in lines:
            for id, fields in told(witness, asked):
                say({"id": id, "fields": fields})
            say({"done": asked["scope"]})


def told(witness: Witness, asked: Mapping[str, Any]) -> Iterator[tuple[str, Fields | None]]:
    """The listing where the whole scope is wanted, and by name whatever it did not bring."""
    met = set()
    if asked["whole"]:
        for id, fields in witness.listed(asked["scope"]):
            met.add(id)
            yield id, fields
    for id in asked["ids"]:
        if id not in met:
            yield id, witness.one(asked["scope"], id)

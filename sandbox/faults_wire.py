"""Faults of the way between us and a tracker: what comes instead of an answer, late, or only in part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sandbox import fault_answers as answers
from sandbox.fault_kinds import Acting, Gate, Ground, Kind
from sandbox.middleware import Asked, Fault, Hit
from sandbox.story import Home

HITS: Mapping[str, Any] = {"rate": 0.2, "seed": 0, "times": None, "match": ""}
"""What every fault on the wire takes."""
NO_TIME: Mapping[Home, str] = {
    "trello": "Trello's 429 never names a time to come back",
    "smartsheet": "Smartsheet's 429 never names a time to come back",
}
NO_ZERO: Mapping[Home, str] = {**NO_TIME, "asana": "Asana's 429 names at least one second"}
NAMES_TIME: Mapping[Home, str] = {"asana": "Asana's 429 always names a time to come back"}


def _sending(make: Callable[[Ground], Fault]) -> Callable[[Ground], Acting]:
    """Something else than the answer, or than all of it."""

    def start(ground: Ground) -> Acting:
        gate = Gate(ground.params, ground.rng)

        def before(asked: Asked) -> Hit | None:
            if not gate.lets(asked):
                return None
            ground.fired()
            return Hit(make(ground))

        return Acting(before=before)

    return start


def _slow(ground: Ground) -> Acting:
    gate = Gate(ground.params, ground.rng)

    def before(asked: Asked) -> Hit | None:
        if not gate.lets(asked):
            return None
        ground.fired()
        return Hit(seconds=ground.params["seconds"])

    return Acting(before=before)


def _too_many(ground: Ground, seconds: int | None) -> Fault:
    return answers.too_many(ground.home, ground.world.now(ground.home), seconds)


def _dated(ground: Ground) -> Fault:
    again = ground.world.now(ground.home) + timedelta(seconds=ground.params["seconds"])
    return answers.gateway(503, again)


WIRE: tuple[Kind, ...] = (
    Kind(
        name="too_many_requests",
        help="429 with Retry-After in seconds, as the tracker's own limiter says it.",
        start=_sending(lambda ground: _too_many(ground, int(ground.params["seconds"]))),
        takes={**HITS, "seconds": 1},
        not_on=NO_TIME,
    ),
    Kind(
        name="too_many_requests_bare",
        help="429 without a time to come back: the tracker's own where it names none, else a gateway's.",
        start=_sending(lambda ground: _too_many(ground, None)),
        takes=HITS,
        not_on=NAMES_TIME,
    ),
    Kind(
        name="retry_after_zero",
        help="429 that says to come back after 0 seconds.",
        start=_sending(lambda ground: _too_many(ground, 0)),
        takes=HITS,
        not_on=NO_ZERO,
    ),
    Kind(
        name="retry_after_date",
        help="503 of what stands in front, whose Retry-After is a date of HTTP.",
        start=_sending(_dated),
        takes={**HITS, "seconds": 1},
    ),
    Kind(
        name="server_error_500",
        help="500 in the tracker's own words.",
        start=_sending(lambda ground: answers.broken(ground.home)),
        takes=HITS,
    ),
    Kind(
        name="bad_gateway_502",
        help="502 with the page of a load balancer.",
        start=_sending(lambda _: answers.gateway(502)),
        takes=HITS,
    ),
    Kind(
        name="unavailable_503",
        help="503: maintenance, in Smartsheet's own words, else the page of a load balancer.",
        start=_sending(lambda ground: answers.maintained(ground.home)),
        takes=HITS,
    ),
    Kind(
        name="gateway_timeout_504",
        help="504 with the page of a load balancer.",
        start=_sending(lambda _: answers.gateway(504)),
        takes=HITS,
    ),
    Kind(
        name="slow_answer",
        help="The answer comes some time later.",
        start=_slow,
        takes={**HITS, "seconds": 0.05},
    ),
    Kind(
        name="cut_body",
        help="Half of the answer, then the connection ends before the length that was announced.",
        start=_sending(lambda _: "cut"),
        takes=HITS,
    ),
    Kind(
        name="dropped_connection",
        help="The connection ends without an answer.",
        start=_sending(lambda _: "drop"),
        takes=HITS,
    ),
    Kind(
        name="html_page",
        help="200 with a page of HTML, such as a proxy's or a login's.",
        start=_sending(lambda _: "html"),
        takes=HITS,
    ),
    Kind(
        name="empty_body",
        help="The answer's status and no body.",
        start=_sending(lambda _: "empty"),
        takes=HITS,
    ),
    Kind(
        name="truncated_json",
        help="The first half of the JSON, whole by the length that is announced.",
        start=_sending(lambda _: "half"),
        takes=HITS,
    ),
    Kind(
        name="wrong_json",
        help="Good JSON of another shape: a list for an object, an object for a list.",
        start=_sending(lambda _: "shape"),
        takes=HITS,
    ),
)

"""Estimates, time and progress of an issue. Jira counts time in seconds, we in minutes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from normalizer.jira_desk import Reading
from normalizer.jira_fields import TIME_ESTIMATE
from normalizer.jira_links import children_closed
from normalizer.jira_read import Misfit, number
from normalizer.model import Progress, Quantity

_HUNDREDTH = Decimal("0.01")


def minutes(seconds: Any) -> Quantity:
    exact = number(seconds) / 60
    return Quantity(exact if exact == exact.to_integral_value() else exact.quantize(_HUNDREDTH), "minutes")


def points(value: Any) -> Quantity:
    exact = number(value)
    return Quantity(exact.to_integral_value() if exact == exact.to_integral_value() else exact, "points")


def estimates(reading: Reading) -> list[Quantity]:
    plan = reading.desk.plan
    both = [reading.first(plan.points, points), reading.get(TIME_ESTIMATE, minutes)]
    if plan.minutes_first:
        both.reverse()
    return [one for one in both if one is not None]


def progress(reading: Reading, spent: Quantity | None, remaining: Quantity | None) -> Progress | None:
    """As a field reports it, else by time once some was spent, else by sub-tasks that are closed."""
    reported = reading.first(reading.desk.plan.percent, _percent)
    if reported is not None:
        return Progress(reported, "reported")
    if spent is not None and spent.value > 0:
        return Progress(_share(spent.value, spent.value + (remaining.value if remaining else 0)), "time")
    children = children_closed(reading)
    if children:
        return Progress(_share(Decimal(sum(children)), Decimal(len(children))), "children_count")
    return None


def _share(part: Decimal, whole: Decimal) -> Decimal:
    return (part * 100 / whole).quantize(_HUNDREDTH) if 0 <= part <= whole else Decimal(100)


def _percent(value: Any) -> Decimal:
    exact = number(value)
    if 0 <= exact <= 100:
        return exact
    raise Misfit("a percentage from 0 to 100", value)

"""Durations of a project sheet: working time by the sheet's own calendar, elapsed time by the clock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal, TypeGuard

Amount = Literal["weeks", "days", "hours", "minutes", "seconds", "milliseconds"]

UNIT_WORDS: Mapping[Amount, tuple[str, ...]] = {
    "weeks": ("w, wk, week, weeks", "wo, woche, wochen, sem, semaine, semaines, semana, semanas"),
    "days": ("d, day, days", "t, tag, tage, j, jour, jours, día, días, dia, dias, g, giorno, giorni"),
    "hours": ("h, hr, hrs, hour, hours", "std, stunde, stunden, heure, heures, hora, horas, ora, ore"),
    "minutes": ("m, min, mins, minute, minutes", "minuten, minuto, minutos, minuti"),
    "seconds": ("s, sec, secs, second, seconds",),
    "milliseconds": ("ms",),
}
"""The text of a duration is in the language of who reads it; the object beside it is not."""
UNITS: Mapping[str, Amount] = {
    one.strip(): unit for unit, lines in UNIT_WORDS.items() for line in lines for one in line.split(",")
}
SIGNS: Mapping[Amount, str] = {
    "weeks": "w",
    "days": "d",
    "hours": "h",
    "minutes": "m",
    "seconds": "s",
    "milliseconds": "ms",
}
WEEKDAYS = 5
LENGTH_OF_DAY = Decimal(8)
"""Where a sheet tells no calendar of its own."""
HUNDREDTH = Decimal("0.01")
MOST = 10**9
"""Beyond this an amount is a typing error (and so are NaN and infinity)."""

_PART = re.compile(r"(\d+(?:[.,]\d+)?)\s*([^\W\d_]+)\s*")
_ELAPSED = re.compile(r"^e(?=\s*[\d.])|(?<=\d)\s*e(?=[a-z])", re.IGNORECASE)


def _minutes_in(*, day: Decimal, days: int) -> Mapping[Amount, Decimal]:
    return {
        "weeks": day * days * 60,
        "days": day * 60,
        "hours": Decimal(60),
        "minutes": Decimal(1),
        "seconds": Decimal(1) / 60,
        "milliseconds": Decimal(1) / 60_000,
    }


ELAPSED = _minutes_in(day=Decimal(24), days=7)


@dataclass(frozen=True)
class WorkCalendar:
    """How many days a working week has, and how many hours a working day."""

    days: int = WEEKDAYS
    hours: Decimal = LENGTH_OF_DAY

    @cached_property
    def worked(self) -> Mapping[Amount, Decimal]:
        return _minutes_in(day=self.hours, days=self.days)

    def minutes(self, amounts: Mapping[Amount, Decimal], *, elapsed: bool) -> Decimal:
        of = ELAPSED if elapsed else self.worked
        total = sum((amount * of[unit] for unit, amount in amounts.items()), Decimal(0))
        return total if total == total.to_integral_value() else total.quantize(HUNDREDTH)


def calendar(settings: object) -> WorkCalendar:
    """Of ``projectSettings``; what it lacks or tells oddly is as Smartsheet has it by default."""
    given = settings if isinstance(settings, dict) else {}
    days, hours = given.get("workingDays"), given.get("lengthOfDay")
    return WorkCalendar(
        days=len(set(map(str, days))) if isinstance(days, list) and days else WEEKDAYS,
        hours=Decimal(str(hours)) if _is_number(hours) and 0 < hours <= 24 else LENGTH_OF_DAY,
    )


def duration_minutes(found: object, work: WorkCalendar) -> Decimal:
    """Minutes of a duration object, of its text (``4d 6h``, ``e5d``), or of a bare number of days.

    Raises ValueError for anything else.
    """
    if isinstance(found, dict):
        return work.minutes(_told(found), elapsed=found.get("elapsed") is True)
    if _is_number(found):
        return work.minutes({"days": Decimal(str(found))}, elapsed=False)
    if not isinstance(found, str):
        raise ValueError(f"{found!r} is not a duration")
    amounts, elapsed = _parsed(found)
    return work.minutes(amounts, elapsed=elapsed)


def lag_text(lag: Mapping[str, Any]) -> str:
    """``+2d``, ``-1w 4h``, ``+e3d``: as Smartsheet shows a lag; nothing for none."""
    shown = " ".join(f"{amount.normalize():f}{SIGNS[unit]}" for unit, amount in _told(lag).items() if amount)
    sign = "-" if lag.get("negative") is True else "+"
    return f"{sign}{'e' if lag.get('elapsed') is True else ''}{shown}" if shown else ""


def _told(found: Mapping[str, Any]) -> dict[Amount, Decimal]:
    """Raises ValueError where an amount is no number."""
    told: dict[Amount, Decimal] = {}
    for unit in SIGNS:
        amount = found.get(unit)
        if amount is None:
            continue
        if not _is_number(amount):
            raise ValueError(f"{amount!r} is no number of {unit}")
        told[unit] = Decimal(str(amount))
    return told


def _parsed(text: str) -> tuple[dict[Amount, Decimal], bool]:
    bare, elapsed = _ELAPSED.subn("", text.strip())
    if re.fullmatch(r"\d+(?:[.,]\d+)?", bare):
        return {"days": _amount(bare)}, elapsed > 0
    amounts: dict[Amount, Decimal] = {}
    at = 0
    for part in _PART.finditer(bare):
        unit = UNITS.get(part[2].casefold())
        if part.start() != at or unit is None or unit in amounts:
            raise ValueError(f"{text!r} is not a duration")
        amounts[unit] = _amount(part[1])
        at = part.end()
    if not amounts or at != len(bare):
        raise ValueError(f"{text!r} is not a duration")
    return amounts, elapsed > 0


def _amount(text: str) -> Decimal:
    found = Decimal(text.replace(",", "."))
    if found > MOST:
        raise ValueError(f"{text!r} is no duration that can be")
    return found


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= MOST

"""When workers are to do something by themselves: cron texts and zones, as the file may have them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from croniter import CroniterError, croniter
from pydantic import AfterValidator

OFF = "off"
EXAMPLE = '"0 2 * * *"'
FIELDS: Mapping[str, str] = {
    "a minute": "0 to 59",
    "an hour": "0 to 23",
    "a day of the month": "1 to 31",
    "a month": "1 to 12",
    "a day of the week": "0 to 7",
}
"""Of a cron text in their order, each with what it may be."""
LEAP = datetime(2024, 1, 1, tzinfo=UTC)


def cron(text: str) -> str:
    """The text as the scheduler will read it. Raises ValueError with what was expected there."""
    if text == OFF:
        return text
    fields = text.split()
    if len(fields) != len(FIELDS):
        raise ValueError(
            f'five parts ({", ".join(FIELDS)}), such as {EXAMPLE} for each night at two, or "{OFF}"'
        )
    for position, (name, range_) in enumerate(FIELDS.items()):
        alone = ["*"] * len(FIELDS)
        alone[position] = fields[position]
        if not croniter.is_valid(" ".join(alone)):
            raise ValueError(
                f'{name} from {range_} in the place of "{fields[position]}", as in {EXAMPLE} for each '
                "night at two"
            )
    try:
        croniter(text, LEAP).get_next(datetime)
    except CroniterError:
        raise ValueError(f"a day that comes, as in {EXAMPLE} for each night at two") from None
    return text


def zone(name: str) -> str:
    """Raises ValueError for a zone that is none."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError('a time zone of the IANA, such as "Europe/Berlin" or "UTC"') from None
    return name


Cron = Annotated[str, AfterValidator(cron)]
Zone = Annotated[str, AfterValidator(zone)]

"""The people of the story: sixty, each with accounts on some of the trackers."""

from __future__ import annotations

from random import Random
from uuid import UUID

from sandbox.names import FAMILY, GIVEN
from sandbox.story import Home, Person

READER = 1
"""Owner of the credentials that the sandboxes give out: a person of the PMO, on every tracker."""
DOUBLE_BOOKED = 2
"""Has accounts on every tracker, and work on all of them in the same week."""
INACTIVE = 59
BOT = 60
TEAMS = (
    "Infrastructure", "Customer Launch", "Workplace", "Service Desk", "Field Services", "Mobile", "Security",
    "Platform",
)  # fmt: skip


def write_people(rng: Random) -> dict[int, Person]:
    families = rng.sample(FAMILY, len(FAMILY))
    return {id: _person(id, families, rng) for id in range(1, BOT + 1)}


def _person(id: int, families: list[str], rng: Random) -> Person:
    name = "Release Robot" if id == BOT else f"{GIVEN[id % len(GIVEN)]} {families[id % len(families)]}"
    handle = f"user{id:02d}"
    on_both = id <= 20 or id >= INACTIVE
    trello = f"5a{rng.getrandbits(88):022x}"
    jira = f"712020:{UUID(int=rng.getrandbits(128), version=4)}"
    return Person(
        id=id,
        name=name,
        email=f"{handle}@northlight.example",
        team="PMO" if id == READER else TEAMS[id % len(TEAMS)],
        handle=handle,
        trello_id=trello if on_both or id <= 40 else None,
        jira_id=jira if on_both or id > 40 else None,
        email_shown=id % 3 != 0 and id != BOT,
        active=id != INACTIVE,
        bot=id == BOT,
    )


def give_accounts(people: dict[int, Person], rng: Random) -> None:
    """The accounts beyond Trello and Jira Cloud, from a die of their own."""
    for id, person in people.items():
        everywhere = id <= 10 or id == INACTIVE
        asana, key = f"12{rng.randrange(10**13, 10**14)}", f"JIRAUSER{10_000 + 100 * id}"
        person.asana_id = asana if everywhere or id <= 32 or id == BOT else None
        person.smartsheet_id = person.email if everywhere or 18 <= id <= 46 else None
        person.dc_key = key if everywhere or id >= 34 else None


def account(person: Person, home: Home) -> str | None:
    """The person's id on that tracker."""
    ids = {
        "trello": person.trello_id,
        "jira_cloud": person.jira_id,
        "asana": person.asana_id,
        "smartsheet": person.smartsheet_id,
        "jira_dc": person.dc_key,
    }
    return ids[home]


def can_use(person: Person, home: Home) -> bool:
    return account(person, home) is not None


def choose_members(people: dict[int, Person], home: Home, team: str, rng: Random) -> list[int]:
    """Those of the team who have an account there, some from elsewhere, the reader and the robot (which
    Smartsheet has not)."""
    able = [p for p in people.values() if can_use(p, home) and p.active and not p.bot and p.id != READER]
    own = [p.id for p in able if p.team == team]
    others = rng.sample([p.id for p in able if p.team != team], 7)
    return sorted({*own, *others, READER, *([BOT] if can_use(people[BOT], home) else [])})

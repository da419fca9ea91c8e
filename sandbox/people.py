"""The people of the story: sixty accounts on one or both trackers."""

from __future__ import annotations

from random import Random
from uuid import UUID

from sandbox.names import FAMILY, GIVEN
from sandbox.story import Home, Person

READER = 1
"""Owner of the credentials that the sandboxes give out: a person of the PMO, on both trackers."""
DOUBLE_BOOKED = 2
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


def can_use(person: Person, home: Home) -> bool:
    return (person.trello_id if home == "trello" else person.jira_id) is not None


def choose_members(people: dict[int, Person], home: Home, team: str, rng: Random) -> list[int]:
    """Those of the team who have an account there, some from elsewhere, the reader and the robot."""
    able = [p for p in people.values() if can_use(p, home) and p.active and not p.bot and p.id != READER]
    own = [p.id for p in able if p.team == team]
    others = rng.sample([p.id for p in able if p.team != team], 7)
    return sorted({*own, *others, READER, BOT})

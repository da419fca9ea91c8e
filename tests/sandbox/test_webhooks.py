"""What the webhooks of all sandboxes have in common: every edit is told, faults on the way, order, time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from threading import Event

import pytest

from sandbox.mischief import Mischief
from sandbox.webhook_agenda import Agenda
from tests.sandbox.five import FIVE
from tests.sandbox.receiver import NOON
from tests.sandbox.watched import SIGNATURES, Watched, watched

TOLD = ("create", "set", "delete", "move", "place", "undelete", "log_time")
"""Edits of an item that nobody may keep from whoever watches."""


@pytest.fixture(params=FIVE)
def place(request: pytest.FixtureRequest) -> Iterator[Watched]:
    with watched(request.param) as made:
        yield made


@pytest.fixture
def trello() -> Iterator[Watched]:
    with watched("trello") as made:
        yield made


def test_every_edit_of_an_item_in_reach_is_told_by_its_id(place: Watched) -> None:
    mischief, world, told = Mischief(place.client.sandbox, 3), place.client.sandbox.world, Counter[str]()
    for _ in range(90):
        place.clock.pass_by(seconds=7)
        done = mischief.step(place.home)
        bodies = b"".join(one.body for one in place.got())
        untold = done["op"] not in TOLD or (done["op"] == "set" and not done["changed"])
        if untold or world.project(done["project"]).revoked:
            continue
        told[done["op"]] += 1
        assert done["task"].rpartition(":")[2].encode() in bodies, done
    assert told.keys() >= {"create", "set", "delete", "move"}
    statuses = {sent.reply.status for sent in place.client.sandbox.webhooks.sent}
    assert statuses == {200}


def test_a_lost_delivery_never_arrives_and_a_doubled_one_twice(place: Watched) -> None:
    faults, task = place.client.sandbox.faults, place.task()
    faults.start(place.home, "webhook_lost", rate=1)
    place.retitle(task, "Never told")
    assert place.got() == []
    faults.stop(place.home, "webhook_lost")
    faults.start(place.home, "webhook_doubled", rate=1, times=1)
    place.retitle(task, "Told twice")
    place.retitle(task, "Told once")
    one, again, other = place.got()
    assert one.body == again.body != other.body
    fired = {name: sum(count.values()) for name, count in faults.firings().items()}
    assert fired == {"webhook_lost": 1, "webhook_doubled": 1}


def test_a_late_delivery_comes_by_the_clock(place: Watched) -> None:
    place.client.sandbox.faults.start(place.home, "webhook_delayed", rate=1, seconds=30)
    place.retitle(place.task(), "Told late")
    assert place.got() == []
    place.clock.pass_by(seconds=29)
    assert place.client.sandbox.webhooks.advance() == 0
    place.clock.pass_by(seconds=1)
    assert place.client.sandbox.webhooks.advance() == 1
    assert len(place.got()) == 1


def test_a_forged_delivery_differs_by_its_signature_alone(place: Watched) -> None:
    place.client.sandbox.faults.start(place.home, "webhook_forged", rate=1)
    place.retitle(place.task(), "Told, and pretended")
    true, forged = place.got()
    name = SIGNATURES[place.home]
    assert (true.path, true.body) == (forged.path, forged.body)
    assert true.headers[name] != forged.headers[name]
    sent = place.client.sandbox.webhooks.sent[-2:]
    assert [one.letter.forged for one in sent] == [False, True]


def titles(place: Watched, count: int) -> list[bytes]:
    task = place.task()
    for number in range(count):
        place.retitle(task, f"Title {number}")
    return [one.body for one in place.got()]


def test_deliveries_come_in_their_order_unless_they_are_shuffled(trello: Watched) -> None:
    assert [body.count(f"Title {n}".encode()) > 0 for n, body in enumerate(titles(trello, 40))] == [True] * 40
    trello.client.sandbox.faults.start("trello", "webhook_shuffled", rate=0.5)
    mixed = titles(trello, 40)
    assert len(set(mixed)) == 40
    assert any(f'"name":"Title {n}"'.encode() not in body for n, body in enumerate(mixed))


def test_the_same_seed_befalls_the_same_deliveries() -> None:
    told = []
    for seed in (1, 1, 2):
        with watched("trello") as place:
            place.client.sandbox.faults.start("trello", "webhook_lost", rate=0.5, seed=seed)
            told.append([body[:400] for body in titles(place, 30)])
    assert told[0] == told[1] != told[2]


def test_an_edit_waits_for_no_receiver_and_quiet_waits_for_all(trello: Watched) -> None:
    go = Event()
    trello.receiver.before = go.wait
    trello.retitle(trello.task(), "One")
    trello.retitle(trello.task(), "Two")
    with pytest.raises(TimeoutError, match="2 deliveries are still under way"):
        trello.client.sandbox.webhooks.quiet(0.05)
    assert trello.client.me().status_code == 200
    go.set()
    assert len(trello.got()) == 2


def test_the_world_goes_on_while_a_hand_is_shaken() -> None:
    with watched("asana") as place:
        place.receiver.before = lambda: place.retitle(place.task(), "Meanwhile")
        project = next(p for p in place.client.sandbox.world.story.projects.values() if not p.revoked)
        data = {"resource": project.remote_id, "target": f"{place.receiver.url}/another"}
        made = place.client.http.post("/webhooks", json={"data": data}, timeout=5)
        assert made.status_code == 201


def test_what_is_due_is_done_by_itself_where_the_clock_runs() -> None:
    with watched("trello", clock=None) as place:
        arrived = Event()
        place.receiver.before = arrived.set
        place.client.sandbox.faults.start("trello", "webhook_delayed", rate=1, seconds=0.01)
        place.retitle(place.task(), "Told a little late")
        assert arrived.wait(10)


def test_asana_tells_of_several_edits_together_where_the_clock_runs() -> None:
    with watched("asana", clock=None) as place:
        task = place.task()
        place.retitle(task, "One")
        place.edit("set", task=task, fields={"description": "Another"})
        place.client.sandbox.webhooks.quiet()
        changes = [
            one["change"]["field"]
            for got in place.receiver.take()
            for one in got.told["events"]
            if "change" in one
        ]
        assert changes == ["name", "notes"]


def test_what_is_due_comes_in_the_order_of_its_times() -> None:
    agenda, done = Agenda(), list[str]()
    for name, minute in (("third", 2), ("first", 1), ("second", 1)):
        agenda.note(NOON.replace(minute=minute), lambda name=name: done.append(name))
    while act := agenda.take(NOON.replace(minute=2)):
        act()
    assert done == ["first", "second", "third"]
    assert agenda.take(NOON.replace(minute=59)) is None

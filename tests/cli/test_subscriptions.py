"""Subscribers kept at the command line."""

from __future__ import annotations

import asyncio
from pathlib import Path

from store.open import open_store
from store.outgoing import Behind, Message, enqueue
from store.principal import LOCAL
from store.views import FeedFilter
from tests.cli.desk import Desk

URL = "https://chat.example.org/hooks/pmo"


async def _delivery(folder: Path, subscription: str, desk: Desk) -> str:
    store = await open_store(f"sqlite:///{folder / 'tspmo.db'}")
    behind = Behind(id=subscription, after=0, who=LOCAL, chosen=FeedFilter())
    await enqueue(store, behind, 7, [Message(seq=7, type="item.created", body="{}")], desk.time.now)
    await store.aclose()
    return subscription


def test_somebody_is_told_until_removed(desk: Desk) -> None:
    desk.write()
    assert "Nobody is told" in desk.tspmo("subscriptions").out
    made = desk.tspmo("subscriptions", "add", URL, "--name", "Chat", "--tracker", "trello", "--field", "due")
    assert made.code == 0, made.err
    id, secret = made.out.split()
    assert secret.startswith("whsec_")
    listed = desk.tspmo("subscriptions").out
    assert f"{id}  Chat: {URL} (tracker trello; field due), active" in listed
    assert secret not in listed + desk.tspmo("subscriptions", "--json").out
    asyncio.run(_delivery(desk.folder, id, desk))
    assert "1 deliveries wait" in desk.tspmo("subscriptions").out
    shown = desk.tspmo("subscriptions", "deliveries", id, "--state", "waiting").out
    assert "item.created 7: waiting, tried 0 times" in shown
    (delivery,) = desk.tspmo("subscriptions", "deliveries", id, "--json").json
    assert desk.tspmo("subscriptions", "resend", id, delivery["id"]).code == 0
    assert desk.tspmo("subscriptions", "enable", id).code == 0
    assert desk.tspmo("subscriptions", "remove", id).code == 0
    assert desk.tspmo("subscriptions", "--json").json == []


def test_what_cannot_be_is_one_sentence(desk: Desk) -> None:
    desk.write()
    for arguments, sentence in (
        (("add", "https://10.0.0.1/", "--name", "x"), "network of our own"),
        (("add", URL, "--name", "x", "--project", "nothing"), "a project that you may see"),
        (("add", URL, "--name", " "), "at least 1 character"),
        (("remove", "nothing"), "There is no subscription nothing"),
        (("enable", "nothing"), "There is no subscription nothing"),
        (("deliveries", "nothing"), "There is no subscription nothing"),
        (("resend", "nothing", "x"), "There is no subscription nothing"),
    ):
        ended = desk.tspmo("subscriptions", *arguments)
        assert ended.code != 0
        assert sentence in ended.err, ended.err
        assert "Mend: " in ended.err
        assert "Traceback" not in ended.err
    desk.write(more='[outgoing]\nnetworks = ["10.0.0.0/8"]')
    assert desk.tspmo("subscriptions", "add", "https://10.0.0.1/", "--name", "x").code == 0

"""The public signatures, and the recorded deliveries of Asana and Trello, as our receivers take them."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors import asana_webhooks, trello_webhooks
from connectors.base import Delivery, Hint, Received, Watch
from connectors.errors import Unauthorized, Unexpected
from connectors.signing import mac

URL = "https://pmo.example/webhooks/here/token"
SECRET = "a secret of the tests"
OF_THE_BOARD = {
    "adding_member_to_board", "adding_new_list_to_board", "change_board_background_image",
    "removing_member_from_board", "renaming_board",
}  # fmt: skip
"""Recordings that name no card; each of the others is about one."""


def vectors(shared: Path, tracker: str) -> list[dict[str, Any]]:
    told = json.loads((shared / "recorded" / "webhooks" / "vectors.json").read_text(encoding="utf-8"))
    return [one for one in told if one["tracker"] == tracker]


def delivery(body: bytes, **headers: str) -> Delivery:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return Delivery(method="POST", path="/webhooks/here/token", headers=told, body=body)


def watch(secret: str, url: str = URL, scope: str | None = None) -> Watch:
    return Watch(callback_url=url, scope_id=scope, secret=secret)


def test_a_delivery_that_asana_made_is_let_in_as_it_came_and_hints_at_its_task(shared: Path) -> None:
    (vector,) = vectors(shared, "asana")
    body, known = vector["body"].encode(), watch(vector["secret"], scope="900")
    made = asana_webhooks.receive(delivery(body, x_hook_signature=vector["signature"]), known)
    assert made == Received(hints=(Hint(scope_id="900", item_id="1199170056173519"),))
    for changed, told in ((body + b" ", vector["signature"]), (body, vector["signature"][::-1])):
        with pytest.raises(Unauthorized):
            asana_webhooks.receive(delivery(changed, x_hook_signature=told), known)


def test_the_recorded_body_of_asana_is_that_delivery(shared: Path) -> None:
    (vector,) = vectors(shared, "asana")
    folder = shared / "recorded" / "webhooks" / "asana-fusebit"
    assert (folder / "fusebit_delivery_1_body.json").read_bytes().strip() == vector["body"].encode()


def test_the_public_signature_of_trello_is_good_for_its_body_and_address_alone(shared: Path) -> None:
    (vector,) = [one for one in vectors(shared, "trello") if one["verified_here"]]
    body, signature, url = vector["body"].encode(), vector["signature"], vector["callbackURL"]
    with pytest.raises(Unexpected, match="does not say what happened"):  # it is let in, and tells nothing
        trello_webhooks.receive(delivery(body, x_trello_webhook=signature), watch(vector["secret"], url))
    for changed, address in ((body + b" ", url), (body, url + "/")):
        with pytest.raises(Unauthorized):
            known = watch(vector["secret"], address)
            trello_webhooks.receive(delivery(changed, x_trello_webhook=signature), known)


def test_the_signature_that_is_wrong_in_public_is_wrong_here_too(shared: Path) -> None:
    (vector,) = [one for one in vectors(shared, "trello") if not one["verified_here"]]
    body, known = vector["body"].encode(), watch(vector["secret"], vector["callbackURL"])
    with pytest.raises(Unauthorized):
        trello_webhooks.receive(delivery(body, x_trello_webhook=vector["signature"]), known)
    with pytest.raises(Unexpected):
        trello_webhooks.receive(delivery(body, x_trello_webhook=vector["correct_signature"]), known)


def recorded(shared: Path) -> Iterator[tuple[str, bytes]]:
    folder = shared / "recorded" / "webhooks"
    found = [*sorted((folder / "trello-zulip" / "fixtures").glob("*.json"))]
    for path in (*found, folder / "trello-adlio" / "webhook-to-board-updateCard.json"):
        yield path.stem, path.read_bytes()


def test_every_recorded_delivery_of_trello_hints_at_its_card_or_at_its_board(shared: Path) -> None:
    count = 0
    for name, body in recorded(shared):
        told = json.loads(body)
        board, card = told["model"]["id"], told["action"]["data"].get("card", {}).get("id")
        signature = b64encode(mac(SECRET.encode(), body, URL.encode(), method="sha1")).decode()
        made = trello_webhooks.receive(delivery(body, x_trello_webhook=signature), watch(SECRET))
        assert made == Received(hints=(Hint(scope_id=board, item_id=card),)), name
        assert (card is None) == (name in OF_THE_BOARD), name
        count += 1
    assert count == 28

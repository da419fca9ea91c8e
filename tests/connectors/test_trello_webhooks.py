"""Deliveries of Trello: who is let in, and what each action says to look at again."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from connectors.base import Delivery, Hint, Received, Watch
from connectors.errors import Unauthorized, Unexpected
from connectors.trello_calls import ACTION_TYPES
from connectors.trello_webhooks import IGNORED, OF_A_BOARD, OF_A_CARD, receive
from tests.connectors.webhook_bodies import NO_JSON, delivery, never_astray

SECRET = "5f1d0c2b7c4e4fe8ad2c9f0b6d3e1a90"
URL = "https://pmo.example/webhooks/boards/token"
BOARD, CARD, OTHER = "66a000000000000000000b0a", "65d0c0de0000000000000001", "65d0c0de0000000000000002"
WATCH = Watch(callback_url=URL, scope_id=BOARD, remote_id="57f1c02b618bc5da74ad3874", secret=SECRET)
WHOLE = Hint(scope_id=BOARD, item_id=None)


def signature(body: bytes, secret: str = SECRET, url: str = URL, method: str = "sha1") -> str:
    return b64encode(hmac.new(secret.encode(), body + url.encode(), method).digest()).decode()


def signed(body: bytes) -> Delivery:
    return delivery(body, x_trello_webhook=signature(body))


def raw(type: str, **data: Any) -> dict[str, Any]:
    board = {"id": BOARD, "name": "Board", "shortLink": "x"}
    return {
        "action": {
            "id": "65d0c9f00000000000000001", "type": type, "date": "2024-02-17T14:21:18.000Z",
            "idMemberCreator": "ada", "data": {"board": board, **data},
        },
        "model": board,
        "webhook": {"id": "57f1c02b618bc5da74ad3874", "idModel": BOARD, "active": True},
    }  # fmt: skip


def told(type: str, **data: Any) -> Received:
    return receive(signed(json.dumps(raw(type, **data)).encode()), WATCH)


def items(*ids: str) -> list[Hint]:
    return [Hint(scope_id=BOARD, item_id=id) for id in ids]


ONE, TWO = {"id": CARD, "idShort": 7, "name": "Fix it", "shortLink": "y"}, {"id": OTHER, "name": "Before"}
LIST, CHECKLIST = {"id": "65d0c0de0000000000000a01", "name": "Doing"}, {"id": "65d0c0de0000000000000c01"}
OF_CARDS: Sequence[tuple[str, dict[str, Any], Sequence[Hint]]] = [
    ("createCard", {"card": ONE, "list": LIST}, items(CARD)),
    ("copyCard", {"card": ONE, "cardSource": TWO, "list": LIST}, items(CARD)),
    ("emailCard", {"card": ONE, "list": LIST}, items(CARD)),
    ("convertToCardFromCheckItem", {"card": ONE, "cardSource": TWO}, items(CARD, OTHER)),
    ("updateCard", {"card": ONE, "old": {"name": "Fix"}, "list": LIST}, items(CARD)),
    ("updateCard", {"card": ONE, "listBefore": LIST, "listAfter": LIST, "old": {"idList": "x"}}, items(CARD)),
    ("updateCard", {"card": {**ONE, "closed": True}, "old": {"closed": False}}, items(CARD)),
    ("updateCard", {"card": {**ONE, "pos": 3}, "old": {"pos": 1}}, items(CARD)),
    (
        "moveCardToBoard",
        {"card": ONE, "boardSource": {"id": "66a000000000000000000b0b"}},
        [WHOLE, *items(CARD)],
    ),
    ("addMemberToCard", {"card": ONE, "idMember": "ada"}, items(CARD)),
    ("removeMemberFromCard", {"card": ONE, "idMember": "ada"}, items(CARD)),
    ("addLabelToCard", {"card": ONE, "label": {"id": "1"}, "value": "green"}, items(CARD)),
    ("removeLabelFromCard", {"card": ONE, "label": {"id": "1"}}, items(CARD)),
    ("addChecklistToCard", {"card": ONE, "checklist": CHECKLIST}, items(CARD)),
    ("removeChecklistFromCard", {"card": ONE, "checklist": CHECKLIST}, items(CARD)),
    ("updateChecklist", {"checklist": CHECKLIST, "old": {"name": "Checklist"}}, [WHOLE]),
    ("copyChecklist", {"checklist": CHECKLIST, "checklistSource": CHECKLIST}, [WHOLE]),
    ("createCheckItem", {"card": ONE, "checklist": CHECKLIST, "checkItem": {"id": "1"}}, items(CARD)),
    ("updateCheckItem", {"card": ONE, "checkItem": {"id": "1"}, "old": {"name": "x"}}, items(CARD)),
    ("deleteCheckItem", {"card": ONE, "checkItem": {"id": "1"}}, items(CARD)),
    ("updateCheckItemStateOnCard", {"card": ONE, "checkItem": {"state": "complete"}}, items(CARD)),
    ("commentCard", {"card": ONE, "list": LIST, "text": "Done?"}, items(CARD)),
    ("copyCommentCard", {"card": ONE, "cardSource": TWO}, items(CARD)),
    ("updateComment", {"card": ONE, "action": {"id": "1"}, "old": {"text": "x"}}, items(CARD)),
    ("deleteComment", {"card": ONE, "action": {"id": "1"}}, items(CARD)),
    ("voteOnCard", {"card": ONE, "voted": True}, items(CARD)),
    ("addAttachmentToCard", {"card": ONE, "attachment": {"id": "1"}}, items(CARD)),
    ("deleteAttachmentFromCard", {"card": ONE, "attachment": {"id": "1"}}, items(CARD)),
    ("updateCustomFieldItem", {"card": ONE, "customField": {"id": "1"}, "old": {}}, items(CARD)),
]
PAGE = """
    acceptEnterpriseJoinRequest addAttachmentToCard addChecklistToCard addMemberToBoard addMemberToCard
    addMemberToOrganization addOrganizationToEnterprise addToEnterprisePluginWhitelist addToOrganizationBoard
    commentCard convertToCardFromCheckItem copyBoard copyCard copyCommentCard createBoard createCard
    createList createOrganization deleteBoardInvitation deleteCard deleteOrganizationInvitation
    disableEnterprisePluginWhitelist disablePlugin disablePowerUp emailCard enableEnterprisePluginWhitelist
    enablePlugin enablePowerUp makeAdminOfBoard makeNormalMemberOfBoard makeNormalMemberOfOrganization
    makeObserverOfBoard memberJoinedTrello moveCardFromBoard moveCardToBoard moveListFromBoard moveListToBoard
    removeChecklistFromCard removeFromEnterprisePluginWhitelist removeFromOrganizationBoard
    removeMemberFromCard removeOrganizationFromEnterprise unconfirmedBoardInvitation
    unconfirmedOrganizationInvitation updateBoard updateCard updateCheckItemStateOnCard updateChecklist
    updateList updateMember updateOrganization
"""
"""The action types of the vendor's page; others are seen in recorded deliveries."""
CASES = [*OF_CARDS, *((type, {"card": ONE, "list": LIST}, [WHOLE]) for type in sorted(OF_A_BOARD))]


@pytest.mark.parametrize(("type", "data", "hints"), CASES, ids=[case[0] for case in CASES])
def test_an_action_says_what_to_look_at_again(type: str, data: dict[str, Any], hints: Sequence[Hint]) -> None:
    assert told(type, **data) == Received(hints=tuple(hints))


def test_every_action_is_in_one_list_and_has_a_case() -> None:
    assert {type for type, _, _ in OF_CARDS} == OF_A_CARD
    assert not OF_A_CARD & OF_A_BOARD
    assert not IGNORED & (OF_A_CARD | OF_A_BOARD)
    assert set(ACTION_TYPES.split(",")) <= OF_A_CARD | OF_A_BOARD
    assert set(PAGE.split()) <= OF_A_CARD | OF_A_BOARD | IGNORED


@pytest.mark.parametrize("type", sorted(IGNORED))
def test_an_action_that_needs_no_look_is_counted_as_such(type: str) -> None:
    assert told(type) == Received(ignored=1)


def test_an_unknown_action_is_answered_well_and_named_as_far_as_it_may_be_shown() -> None:
    assert told("teleportCard", card=ONE) == Received(unknown=("teleportCard",))
    assert told("x\n\x1b[31m" + "y" * 500).unknown == ("x[31m" + "y" * 75,)


def test_a_card_that_is_not_said_in_trellos_way_leads_to_its_board() -> None:
    assert told("updateCard", card={"id": "../1"}).hints == (WHOLE,)
    assert told("convertToCardFromCheckItem", cardSource=TWO).hints == (WHOLE, *items(OTHER))


def test_the_board_is_that_of_the_watch_and_else_that_of_the_body() -> None:
    body = json.dumps(raw("updateCard", card=ONE)).encode()
    assert receive(signed(body), replace(WATCH, scope_id=None)).hints == (*items(CARD),)
    elsewhere = json.dumps({**raw("updateCard", card=ONE), "model": {}}).encode()
    assert receive(signed(elsewhere), WATCH).hints == (*items(CARD),)
    with pytest.raises(Unexpected, match="on which board"):
        receive(signed(elsewhere), replace(WATCH, scope_id=None))


def test_trello_is_told_that_somebody_is_there() -> None:
    assert receive(delivery(b"", "HEAD"), WATCH) == Received()


MOVED = json.dumps(raw("updateCard", card=ONE)).encode()


@pytest.mark.parametrize(
    "headers",
    [
        {"x_trello_webhook": signature(MOVED, "another secret")},
        {"x_trello_webhook": signature(MOVED + b" ")},
        {"x_trello_webhook": signature(MOVED, url=URL + "/")},
        {"x_trello_webhook": signature(MOVED, url="http" + URL.removeprefix("https"))},
        {"x_trello_webhook": signature(MOVED, url="")},
        {"x_trello_webhook": signature(MOVED, method="sha256")},
        {"x_trello_webhook": signature(MOVED)[:-1]},
        {"x_trello_webhook": signature(MOVED) + "="},
        {"x_trello_webhook": "ü"},
        {"x_trello_webhook": ""},
        {},
    ],
)
def test_what_the_secret_did_not_sign_for_this_address_is_not_let_in(headers: dict[str, str]) -> None:
    with pytest.raises(Unauthorized) as caught:
        receive(delivery(MOVED, **headers), WATCH)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("secret", ["", None])
def test_an_empty_secret_signs_for_nobody(secret: str | None) -> None:
    with pytest.raises(Unauthorized):
        receive(delivery(MOVED, x_trello_webhook=signature(MOVED, "")), replace(WATCH, secret=secret))


def test_text_of_every_language_is_signed_as_it_comes() -> None:
    body = json.dumps(raw("updateCard", card={**ONE, "name": "Prüfen 検査 🚧"}), ensure_ascii=False).encode()
    assert receive(signed(body), WATCH).hints == (*items(CARD),)


@pytest.mark.parametrize("body", [*NO_JSON, MOVED[:-1], b'{"action": []}', b'{"action": {"type": 7}}'])
def test_a_body_that_cannot_be_read_is_unexpected(body: bytes) -> None:
    with pytest.raises(Unexpected):
        receive(signed(body), WATCH)


def test_two_thousand_mutated_bodies_are_read_or_refused_and_never_let_in_unsigned() -> None:
    never_astray(
        [raw(type, **data) for type, data, _ in CASES],
        lambda came: receive(came, WATCH),
        signed,
        lambda body: delivery(body, x_trello_webhook=signature(body, url="https://else.example")),
    )

"""Lets a delivery of Trello in, and says what its action asks to look at again. Takes nothing from a body but
ids. Knows three lists: actions that hint, actions that need no look, and by that what is unknown.

https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/
https://developer.atlassian.com/cloud/trello/guides/rest-api/action-types/
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.base import Delivery, Hint, Received, Watch
from connectors.signing import mac, opened, tallied, unreadable, verify

TITLE = "Trello"
SIGNATURE = "x-trello-webhook"
OF_A_CARD = frozenset(
    {
        "createCard", "copyCard", "emailCard", "convertToCardFromCheckItem", "updateCard", "moveCardToBoard",
        "addMemberToCard", "removeMemberFromCard", "addLabelToCard", "removeLabelFromCard",
        "addChecklistToCard", "removeChecklistFromCard", "updateChecklist", "copyChecklist",
        "createCheckItem", "updateCheckItem", "deleteCheckItem", "updateCheckItemStateOnCard",
        "commentCard", "copyCommentCard", "updateComment", "deleteComment", "voteOnCard",
        "addAttachmentToCard", "deleteAttachmentFromCard", "updateCustomFieldItem",
    }
)  # fmt: skip
"""Some of a checklist do not say whose it is: then the board is asked."""
OF_A_BOARD = frozenset(
    {
        # Only the board's actions prove what became of the card.
        "deleteCard", "moveCardFromBoard",
        # Many cards show it.
        "createList", "updateList", "moveListFromBoard", "moveListToBoard", "createLabel", "updateLabel",
        "deleteLabel", "createCustomField", "updateCustomField", "deleteCustomField",
        "createBoard", "copyBoard", "updateBoard",
        "addMemberToBoard", "addAdminToBoard", "removeMemberFromBoard", "removeAdminFromBoard",
        "makeAdminOfBoard", "makeNormalMemberOfBoard", "makeObserverOfBoard",
        "deactivatedMemberInBoard", "reactivatedMemberInBoard",
    }
)  # fmt: skip
IGNORED = frozenset(
    {
        # We read nothing of invitations, add-ons, workspaces, enterprises and persons themselves.
        "unconfirmedBoardInvitation", "deleteBoardInvitation", "createBoardInvitation",
        "unconfirmedOrganizationInvitation", "deleteOrganizationInvitation", "createOrganizationInvitation",
        "enablePlugin", "disablePlugin", "enablePowerUp", "disablePowerUp", "createBoardPreference",
        "addToOrganizationBoard", "removeFromOrganizationBoard", "createOrganization", "updateOrganization",
        "addMemberToOrganization", "removeMemberFromOrganization", "addAdminToOrganization",
        "removeAdminFromOrganization", "makeNormalMemberOfOrganization", "makeAdminOfOrganization",
        "acceptEnterpriseJoinRequest", "addOrganizationToEnterprise", "removeOrganizationFromEnterprise",
        "addToEnterprisePluginWhitelist", "removeFromEnterprisePluginWhitelist",
        "enableEnterprisePluginWhitelist", "disableEnterprisePluginWhitelist",
        "memberJoinedTrello", "updateMember", "addBoardsPinnedToMember", "removeBoardsPinnedFromMember",
    }
)  # fmt: skip
_ID = re.compile(r"[0-9a-f]{24}")


def receive(delivery: Delivery, watch: Watch) -> Received:
    """The secret of the API key signs, together with the very address that a webhook was made for. Trello
    asks with HEAD whether anybody is there. Raises Unauthorized or Unexpected."""
    if delivery.method == "HEAD":
        return Received()
    told, address = delivery.headers.get(SIGNATURE), watch.callback_url.encode()

    def spell(key: bytes) -> str:
        return b64encode(mac(key, delivery.body, address, method="sha1")).decode()

    verify(told, watch.secret, spell, TITLE)
    body = opened(delivery, TITLE)
    action, board = _object(body, "action"), watch.scope_id or _id(_object(body, "model"))
    name = action.get("type")
    if not isinstance(name, str) or board is None:
        raise unreadable(TITLE, "does not say what happened, or on which board")
    return tallied([(name, _hints(name, _object(action, "data"), board))])


def _hints(name: str, data: Mapping[str, Any], board: str) -> Sequence[Hint] | None:
    if name in IGNORED:
        return ()
    if name not in OF_A_CARD | OF_A_BOARD:
        return None
    card = _id(_object(data, "card")) if name in OF_A_CARD else None
    # The card of a check item that became another card has one fewer.
    source = _id(_object(data, "cardSource")) if name == "convertToCardFromCheckItem" else None
    cards = [Hint(scope_id=board, item_id=one) for one in (card, source) if one]
    # Custom fields that the board did not have come along with a card, and nobody tells of them.
    alone = card and name != "moveCardToBoard"
    return cards if alone else [Hint(scope_id=board, item_id=None), *cards]


def _object(row: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = row.get(key)
    return found if isinstance(found, dict) else {}


def _id(row: Mapping[str, Any]) -> str | None:
    found = row.get("id")
    return found if isinstance(found, str) and _ID.fullmatch(found) else None

"""A Trello action becomes changes: one for each field of the card that it changed.

Known, ignored and unknown action types are three lists; an unknown one is reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from normalizer.model import Account, Change
from normalizer.reading import Reading
from normalizer.trello_board import Board
from normalizer.trello_tellers import TELLERS, Told

IGNORED_TYPES = frozenset(
    {
        "addAttachmentToCard", "deleteAttachmentFromCard", "commentCard", "updateComment", "deleteComment",
        "copyCommentCard", "voteOnCard", "addMemberToBoard", "removeMemberFromBoard", "createBoard",
        "copyBoard", "updateBoard", "createList", "updateList", "moveListFromBoard", "moveListToBoard",
        "createLabel", "updateLabel", "deleteLabel", "createCustomField", "updateCustomField",
        "deleteCustomField", "addToOrganizationBoard", "removeFromOrganizationBoard", "enablePlugin",
        "disablePlugin", "enablePowerUp", "disablePowerUp", "makeAdminOfBoard", "makeNormalMemberOfBoard",
        "makeObserverOfBoard", "updateChecklist", "copyChecklist", "updateCheckItem", "mentionedOnCard",
        "createOrganization", "unconfirmedBoardInvitation",
    }
)  # fmt: skip
"""What changes no field of an item."""


def action_changes(board: Board, body: Mapping[str, Any], reading: Reading) -> list[Change]:
    """The changes that an action tells of; what cannot be read is noted in ``reading``."""
    kind = reading.text(body, "type")
    if kind in IGNORED_TYPES:
        return []
    teller = TELLERS.get(kind or "")
    if teller is None:
        if kind is not None:
            reading.unknown("change", kind)
        else:
            reading.reject("type", "text", body.get("type"), whole=True)
        return []
    data = reading.mapping(body, "data")
    card = reading.mapping(data, "card")
    card_id, at = reading.text(card, "id"), reading.moment(body, "date")
    if at is None:
        reading.reject("date", "an ISO 8601 instant with its offset", body.get("date"), whole=True)
        return []
    if not card_id:
        reading.reject("data.card.id", "text", card.get("id"), whole=True)
        return []
    author = reading.text(body, "idMemberCreator")
    reading.item_id = board.context.id("item", card_id)
    return list(
        teller(
            Told(
                board=board, reading=reading, data=data, card=card, item_id=reading.item_id, at=at,
                author_id=board.account_id(author) if author else None,
            )
        )
    )  # fmt: skip


def former_member(board: Board, body: Mapping[str, Any]) -> list[Account]:
    """The author of an action, where the board no longer lists them: only actions still know the name."""
    author = body.get("memberCreator")
    if not isinstance(author, dict):
        return []
    reading = Reading("account", "")
    member_id, name = reading.text(author, "id"), reading.text(author, "fullName")
    if not member_id or not name or member_id in board.members:
        return []
    handle = reading.text(author, "username")
    return [
        Account(
            id=board.account_id(member_id), system=board.context.system, remote_id=member_id,
            display_name=name, handle=handle,
        )
    ]  # fmt: skip

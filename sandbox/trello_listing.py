"""How cards, lists and actions are listed: filtered, cut into pages, with the nested resources asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sandbox.trello_query import Query, kept, page, unordered
from sandbox.trello_refusals import too_many_cards
from sandbox.trello_shelf import Body, Shelf

NESTED = ("attachments", "checklists", "customFieldItems")
NESTED_ACTIONS_MOST = 50
"""So many cards may carry their actions in one listing; the vendor's number is not published."""
MEMBER_FIELDS = ("avatarHash", "avatarUrl", "fullName", "initials", "username")
CARD_ACTIONS = "commentCard,updateCard:idList"
"""What a card's actions are without a filter."""


def listed(lists: Sequence[Body], query: Query, wanted: str, fields: str) -> list[Body]:
    tests: Mapping[str, Callable[[Body], bool]] = {
        "all": lambda _: True,
        "open": lambda one: not one["closed"],
        "closed": lambda one: bool(one["closed"]),
        "none": lambda _: False,
    }
    return [query.chosen(one, fields) for one in kept(lists, wanted, tests)]


def checklists_of(shelf: Shelf) -> list[Body]:
    return [checklist for card in shelf.cards for checklist in card.get("checklists", ())]


def card_tests(shelf: Shelf) -> Mapping[str, Callable[[Body], bool]]:
    """``visible``: open cards on open lists. A card on an archived list is not closed itself."""
    put_away = {one["id"] for one in shelf.lists if one["closed"]}
    return {
        "all": lambda _: True,
        "open": lambda card: not card["closed"],
        "closed": lambda card: bool(card["closed"]),
        "visible": lambda card: not card["closed"] and card["idList"] not in put_away,
        "none": lambda _: False,
    }


def show_cards(shelf: Shelf, cards: list[Body], query: Query, fields: str) -> list[Body]:
    many = len(cards) > NESTED_ACTIONS_MOST
    if query.wants("actions") and fields == "fields" and many and query.quirks.nested_actions_403:
        raise too_many_cards()
    shown = unordered(cards) if query.quirks.unordered_cards else cards
    return [show_card(shelf, card, query, fields) for card in shown]


def show_card(shelf: Shelf, card: Body, query: Query, fields: str) -> Body:
    """The card with the nested resources that its parameters name."""
    body = query.chosen({key: value for key, value in card.items() if key not in NESTED}, fields)
    if query.flag("customFieldItems", False) or query.flag("card_customFieldItems", False):
        body["customFieldItems"] = card.get("customFieldItems", [])
    if query.wants("checklists"):
        body["checklists"] = [
            {
                **query.chosen(one, "checklist_fields"),
                "checkItems": [query.chosen(item, "checkItem_fields") for item in one["checkItems"]],
            }
            for one in card.get("checklists", ())
        ]
    if query.wants("attachments"):
        body["attachments"] = card.get("attachments", [])
    if query.flag("members", False):
        members = {member["id"]: member for member in shelf.members}
        body["members"] = [
            query.chosen(members[id], "member_fields", MEMBER_FIELDS)
            for id in card["idMembers"]
            if id in members
        ]
    if query.wants("actions") and fields == "fields":
        wanted = CARD_ACTIONS if query.get("actions") == "true" else query.get("actions")
        body["actions"] = show_actions(of_card(shelf, card), query, wanted, "actions_limit")
    return body


def of_card(shelf: Shelf, card: Body) -> list[Body]:
    return [action for action in shelf.actions if action["data"].get("card", {}).get("id") == card["id"]]


def show_actions(actions: Sequence[Body], query: Query, wanted: str, limit_name: str) -> list[Body]:
    """The newest first. A filter is ``all`` or types, maybe with the field: ``updateCard:idList``."""
    limit = query.limit(limit_name, 50)
    types = wanted.split(",")
    models = set(filter(None, query.get("idModels").split(",")))
    found = [one for one in actions if wanted == "all" or any(_is_of(one, kind) for kind in types)]
    if models:
        found = [one for one in found if one["data"].get("card", {}).get("id") in models]
    start = int(query.get("page", "0") or 0) * (limit or 0)
    shown = page(found, query, None)[start:][:limit]
    return [_action_body(action, query) for action in shown]


def _is_of(action: Body, kind: str) -> bool:
    name, _, field = kind.partition(":")
    return bool(action["type"] == name and (not field or field in action["data"].get("old", {})))


def _action_body(action: Body, query: Query) -> Body:
    body = query.chosen(
        {key: value for key, value in action.items() if key not in ("memberCreator", "member")}, "fields"
    )
    for person in ("memberCreator", "member"):
        if person in action and query.flag(person, True):
            body[person] = query.chosen(action[person], f"{person}_fields")
    return body

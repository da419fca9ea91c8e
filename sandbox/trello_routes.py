"""What each path of Trello's API answers, as JSON values. Knows nothing of HTTP.

https://developer.atlassian.com/cloud/trello/rest/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.trello_call import Call
from sandbox.trello_listing import (
    CARD_ACTIONS,
    MEMBER_FIELDS,
    card_tests,
    checklists_of,
    listed,
    of_card,
    show_actions,
    show_card,
    show_cards,
)
from sandbox.trello_query import MOST, Query, check_id, kept, page
from sandbox.trello_refusals import no_route, not_found, unauthorized
from sandbox.trello_shelf import Body, Shelf, TrelloSite

BOARD_FIELDS = (
    "name", "desc", "descData", "closed", "idOrganization", "idEnterprise", "pinned", "url", "shortUrl",
    "prefs", "labelNames",
)  # fmt: skip
Route = Callable[[Call], Any]


def answer(site: TrelloSite, query: Query, path: str, token: Body) -> Any:
    """The JSON value for a path below ``/1``. Raises Refused."""
    for pattern, route in ROUTES.items():
        match = pattern.fullmatch(path)
        if match:
            return route(Call(site, query, match.groups(), token))
    raise no_route("GET", f"/1{path}")


def _me(call: Call) -> Any:
    return call.query.chosen(_member(call), "fields")


def _member(call: Call) -> Body:
    name, me = call.ids[0], call.site.me
    if name in ("me", me["id"], me["username"]):
        return me
    for shelf in call.site.shelves:
        for member in shelf.members:
            if name in (member["id"], member.get("username")):
                return member
    raise not_found()


def _boards(call: Call) -> Any:
    if _member(call) is not call.site.me:
        raise unauthorized("unauthorized permission requested")
    return _board_list(call)


def _board_list(call: Call) -> Any:
    tests: Mapping[str, Callable[[Body], bool]] = {
        "all": lambda _: True,
        "open": lambda board: not board["closed"],
        "closed": lambda board: bool(board["closed"]),
        "members": lambda _: True,
        "organization": lambda _: True,
        "public": lambda _: False,
        "starred": lambda board: bool(board.get("starred")),
    }
    name = call.ids[1] if len(call.ids) > 1 else call.query.get("filter", "all")
    wanted = [shelf for shelf in call.site.shelves if kept([shelf.body], name, tests)]
    return [_board_body(shelf, call.query, None) for shelf in wanted]


def _organizations(call: Call) -> Any:
    return [call.query.chosen(call.site.organization, "fields")]


def _organization(call: Call) -> Any:
    if call.ids[0] not in (call.site.organization["id"], call.site.organization["name"]):
        raise not_found()
    return call.site.organization


def _organization_boards(call: Call) -> Any:
    _organization(call)
    return _board_list(call)


def _board(call: Call) -> Any:
    return _board_body(call.shelf(), call.query, BOARD_FIELDS)


def _board_body(shelf: Shelf, query: Query, default: Sequence[str] | None) -> Any:
    """The board with the nested resources that its parameters name."""
    body = query.chosen(shelf.body, "fields", default)
    if query.wants("lists"):
        body["lists"] = listed(shelf.lists, query, query.get("lists"), "list_fields")
    if query.wants("cards"):
        cards = kept(shelf.cards, query.get("cards"), card_tests(shelf))
        body["cards"] = show_cards(shelf, page(cards, query, MOST), query, "card_fields")
    if query.wants("labels"):
        limit = query.limit("labels_limit", 50)
        body["labels"] = [query.chosen(one, "label_fields") for one in shelf.labels[:limit]]
    if query.flag("customFields", False):
        body["customFields"] = list(shelf.custom_fields)
    if query.wants("members"):
        body["members"] = [query.chosen(one, "member_fields", MEMBER_FIELDS) for one in shelf.members]
    if query.wants("memberships"):
        body["memberships"] = list(shelf.memberships)
    if query.wants("checklists"):
        body["checklists"] = checklists_of(shelf)
    if query.wants("actions"):
        body["actions"] = show_actions(shelf.actions, query, query.get("actions"), "actions_limit")
    return body


def _board_lists(call: Call) -> Any:
    shelf, query = call.shelf(), call.query
    wanted = call.ids[1] if len(call.ids) > 1 else query.get("filter", "open")
    return listed(shelf.lists, query, wanted, "fields")


def _board_labels(call: Call) -> Any:
    query = call.query
    return [query.chosen(one, "fields") for one in call.shelf().labels[: query.limit("limit", 50)]]


def _board_fields(call: Call) -> Any:
    return list(call.shelf().custom_fields)


def _board_members(call: Call) -> Any:
    query = call.query
    return [query.chosen(one, "fields", MEMBER_FIELDS) for one in call.shelf().members]


def _board_memberships(call: Call) -> Any:
    return list(call.shelf().memberships)


def _board_checklists(call: Call) -> Any:
    return checklists_of(call.shelf())


def _board_cards(call: Call) -> Any:
    shelf, query = call.shelf(), call.query
    wanted = call.ids[1] if len(call.ids) > 1 else query.get("filter", "visible")
    cards = kept(shelf.cards, wanted, card_tests(shelf))
    return show_cards(shelf, page(cards, query, query.limit("limit", MOST)), query, "fields")


def _list_cards(call: Call) -> Any:
    (shelf, one), query = call.list(), call.query
    wanted = call.ids[1] if len(call.ids) > 1 else query.get("filter", "open")
    cards = [card for card in kept(shelf.cards, wanted, card_tests(shelf)) if card["idList"] == one["id"]]
    return show_cards(shelf, page(cards, query, query.limit("limit", MOST)), query, "fields")


def _card(call: Call) -> Any:
    shelf, card = call.card()
    return show_card(shelf, card, call.query, "fields")


def _card_part(name: str) -> Route:
    def tell(call: Call) -> Any:
        return call.card()[1].get(name, [])

    return tell


def _card_members(call: Call) -> Any:
    shelf, card = call.card()
    return [member for member in shelf.members if member["id"] in card["idMembers"]]


def _card_list(call: Call) -> Any:
    shelf, card = call.card()
    return next(one for one in shelf.lists if one["id"] == card["idList"])


def _card_board(call: Call) -> Any:
    return _board_body(call.card()[0], call.query, BOARD_FIELDS)


def _card_actions(call: Call) -> Any:
    shelf, card = call.card()
    default = CARD_ACTIONS if call.query.quirks.actions_on_request else "all"
    return show_actions(of_card(shelf, card), call.query, call.query.get("filter", default), "limit")


def _board_actions(call: Call) -> Any:
    return show_actions(call.shelf().actions, call.query, call.query.get("filter", "all"), "limit")


def _list(call: Call) -> Any:
    return call.query.chosen(call.list()[1], "fields")


def _checklist(call: Call) -> Any:
    name = check_id(call.ids[0])
    for shelf in call.site.shelves:
        for checklist in checklists_of(shelf):
            if checklist["id"] == name:
                return checklist
    raise not_found()


def _token(call: Call) -> Any:
    held = {key: value for key, value in call.token.items() if key != "webhooks"}
    body = call.query.chosen(held, "fields")
    return {**body, "webhooks": call.token["webhooks"]} if call.query.flag("webhooks", False) else body


def _tokens(call: Call) -> Any:
    if _member(call) is not call.site.me:
        raise unauthorized("unauthorized permission requested")
    return [_token(call)]


def _token_member(call: Call) -> Any:
    return call.query.chosen(call.site.me, "fields")


ROUTES: Mapping[re.Pattern[str], Route] = {
    re.compile(path.replace("*", "([^/]+)")): route
    for path, route in {
        "/members/*": _me,
        "/members/*/boards": _boards,
        "/members/*/boards/*": _boards,
        "/members/*/organizations": _organizations,
        "/members/*/tokens": _tokens,
        "/organizations/*": _organization,
        "/organizations/*/boards": _organization_boards,
        "/tokens/[^/]+": _token,
        "/tokens/[^/]+/member": _token_member,
        "/boards/*": _board,
        "/boards/*/lists": _board_lists,
        "/boards/*/lists/*": _board_lists,
        "/boards/*/labels": _board_labels,
        "/boards/*/customFields": _board_fields,
        "/boards/*/members": _board_members,
        "/boards/*/memberships": _board_memberships,
        "/boards/*/checklists": _board_checklists,
        "/boards/*/actions": _board_actions,
        "/boards/*/cards": _board_cards,
        "/boards/*/cards/*": _board_cards,
        "/lists/*": _list,
        "/lists/*/cards": _list_cards,
        "/lists/*/cards/*": _list_cards,
        "/cards/*": _card,
        "/cards/*/actions": _card_actions,
        "/cards/*/attachments": _card_part("attachments"),
        "/cards/*/checklists": _card_part("checklists"),
        "/cards/*/customFieldItems": _card_part("customFieldItems"),
        "/cards/*/members": _card_members,
        "/cards/*/list": _card_list,
        "/cards/*/board": _card_board,
        "/checklists/*": _checklist,
    }.items()
}

"""What Smartsheet answers at each path below /2.0. Reading only.

https://developers.smartsheet.com/api/smartsheet/openapi
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.smartsheet_cells import LOCALE
from sandbox.smartsheet_columns import Body
from sandbox.smartsheet_history import cell_history
from sandbox.smartsheet_holders import ACCESS
from sandbox.smartsheet_paging import index_page, token_page
from sandbox.smartsheet_query import Query
from sandbox.smartsheet_refusals import BAD_VALUE, NO_USER, NOT_FOUND, PLAN, Refused
from sandbox.smartsheet_sheets import Sheet, entry, single, summary_fields, user_id, whole
from sandbox.smartsheet_site import Kind, Site
from sandbox.story import Person

CHILDREN: Mapping[str, str] = {
    "sheets": "sheet",
    "reports": "report",
    "sights": "sight",
    "folders": "folder",
    "templates": "template",
}
"""What ``childrenResourceTypes`` may name, and the ``resourceType`` of such a child."""
ACCOUNT = {"id": 7_700_000_000_000_001, "name": "Northlight"}


@dataclass(frozen=True, slots=True)
class Call:
    site: Site
    query: Query
    ids: Sequence[str]

    def sheet(self) -> Sheet:
        return self.site.sheet(int(self.ids[0]), self.query.quirks)


def answer(site: Site, query: Query, path: str) -> Any:
    """Raises Refused."""
    for pattern, handler in ROUTES:
        found = pattern.fullmatch(path)
        if found:
            return handler(Call(site, query, found.groups()))
    raise Refused(NOT_FOUND)


def server_info() -> Body:
    """The one answer for which no token is needed."""
    return {
        "supportedLocales": ["en_US", "en_GB", LOCALE, "sv_SE", "ja_JP"],
        "featureInfo": {"symbolsVersion": 2},
        "formats": {
            "defaults": "0,2,0,0,0,0,0,0,0,0,0,0,0,0,0,0",
            "bold": ["none", "on"],
            "fontFamily": [{"name": "Arial", "traits": ["sans-serif"]}],
            "fontSize": ["8", "9", "10", "12"],
            "currency": [{"code": "none", "symbol": "none"}, {"code": "EUR", "symbol": "€"}],
            "numberFormat": ["none", "NUMBER", "CURRENCY", "PERCENT"],
        },
    }


def _me(call: Call) -> Body:
    return _profile(call.site.me) | {"locale": LOCALE, "timeZone": "Europe/Berlin", "account": ACCOUNT}


def _profile(person: Person) -> Body:
    first, _, last = person.name.partition(" ")
    return {
        "id": user_id(person),
        "email": person.smartsheet_id,
        "firstName": first,
        "lastName": last,
        "admin": False,
        "licensedSheetCreator": True,
        "groupAdmin": False,
        "resourceViewer": False,
    }


def _user(call: Call) -> Body:
    for person in call.site.people:
        if str(user_id(person)) == call.ids[0]:
            return _profile(person)
    raise Refused(NO_USER)


def _users(call: Call) -> Body:
    wanted = call.query.listed("email")
    found = [
        {**_profile(person), "name": person.name, "status": "ACTIVE" if person.active else "DEACTIVATED"}
        for person in call.site.people
        if not wanted or person.smartsheet_id in wanted
    ]
    return index_page(found, call.query)


def _sheets(call: Call) -> Body:
    since = call.query.since("modifiedSince")
    found = [sheet for sheet in call.site.sheets if since is None or sheet.modified >= since]
    return index_page([entry(sheet, call.query) for sheet in found], call.query)


def _row(call: Call) -> Body:
    sheet = call.sheet()
    return single(sheet, sheet.row(int(call.ids[1])), call.query)


def _cell_history(call: Call) -> Body:
    sheet = call.sheet()
    row, column = sheet.row(int(call.ids[1])), sheet.column(int(call.ids[2]))
    return index_page(cell_history(sheet, row, column, call.query), call.query)


def _columns(call: Call) -> Body:
    return index_page([column.body(call.query.level) for column in call.sheet().columns], call.query)


def _shares_of(sheet: Sheet) -> list[Body]:
    """All who work on the sheet; a share's id goes by who and by what."""
    people = [sheet.ground.people[id] for id in sheet.project.members]
    return [
        {
            "id": f"S{sheet.id:x}-{user_id(person):x}",
            "type": "USER",
            "userId": user_id(person),
            "email": person.smartsheet_id,
            "name": person.name,
            "accessLevel": "OWNER" if person.id == sheet.project.owner else "EDITOR",
            "scope": "ITEM",
        }
        for person in people
    ]


def _asset_shares(call: Call) -> Body:
    """https://developers.smartsheet.com/api/smartsheet/openapi/sharing/list-asset-shares : they are under
    ``items``, where every other listing says ``data``, and the id of a user is text."""
    kind, asset = call.query.params.get("assetType", ""), call.query.params.get("assetId", "")
    if kind.lower() != "sheet":
        raise Refused(BAD_VALUE, kind, "assetType")
    if not asset.isdecimal():
        raise Refused(BAD_VALUE, asset, "assetId")
    sheet = call.site.sheet(int(asset), call.query.quirks)
    shares = [{**share, "userId": str(share["userId"])} for share in _shares_of(sheet)]
    return token_page(shares, call.query, "items")


def _workspaces(call: Call) -> Body:
    """By token alone since 2026-06-03."""
    return token_page([{**one.body(), **ACCESS} for one in call.site.holders.workspaces], call.query)


def _children(kind: Kind) -> Callable[[Call], Body]:
    def answer_children(call: Call) -> Body:
        holder = call.site.holder(kind, int(call.ids[0]))
        wanted = call.query.listed("childrenResourceTypes") or list(CHILDREN)
        for word in wanted:
            if word not in CHILDREN:
                raise Refused(BAD_VALUE, word, "childrenResourceTypes")
        types = {CHILDREN[word] for word in wanted}
        return token_page([one for one in holder.inside if one["resourceType"] in types], call.query)

    return answer_children


def _metadata(kind: Kind) -> Callable[[Call], Body]:
    def answer_metadata(call: Call) -> Body:
        body = call.site.holder(kind, int(call.ids[0])).body()
        return body | (ACCESS if kind == "workspaces" else {})

    return answer_metadata


def _plan(_call: Call) -> Body:
    """Event reporting comes with an add-on that this account has not."""
    raise Refused(PLAN)


_PATHS: Mapping[str, Callable[[Call], Any]] = {
    "/users/me": _me,
    "/users": _users,
    "/users/(id)": _user,
    "/sheets": _sheets,
    "/sheets/(id)": lambda call: whole(call.sheet(), call.query),
    "/sheets/(id)/version": lambda call: {"version": call.sheet().version},
    "/sheets/(id)/columns": _columns,
    "/sheets/(id)/columns/(id)": lambda call: call.sheet().column(int(call.ids[1])).body(call.query.level),
    "/sheets/(id)/rows/(id)": _row,
    "/sheets/(id)/rows/(id)/columns/(id)/history": _cell_history,
    "/sheets/(id)/summary": lambda call: {"fields": summary_fields(call.sheet(), call.query)},
    "/sheets/(id)/summary/fields": lambda call: index_page(
        summary_fields(call.sheet(), call.query), call.query
    ),
    "/sheets/(id)/shares": lambda call: index_page(_shares_of(call.sheet()), call.query),
    "/shares": _asset_shares,
    "/workspaces": _workspaces,
    "/workspaces/(id)/metadata": _metadata("workspaces"),
    "/workspaces/(id)/children": _children("workspaces"),
    "/folders/(id)/metadata": _metadata("folders"),
    "/folders/(id)/children": _children("folders"),
    "/events": _plan,
}
ROUTES: Sequence[tuple[re.Pattern[str], Callable[[Call], Any]]] = tuple(
    (re.compile(path.replace("(id)", r"(\d{1,19})")), handler) for path, handler in _PATHS.items()
)

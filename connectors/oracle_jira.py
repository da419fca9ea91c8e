"""Jira, Cloud and Data Center, through the community's client (pycontribs/jira)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, lru_cache
from typing import Any, Literal

from jira import JIRA, Issue, JIRAError

from connectors.oracle_terms import (
    TIMEOUT,
    Fields,
    PacedAdapter,
    Pacer,
    Refused,
    Trouble,
    Witness,
    credential,
    day,
    each_once,
    instant,
    minutes,
)

POINTS = ("story points", "story point estimate")
START = ("start date",)
SPRINT = "com.pyxis.greenhopper.jira:gh-sprint"
EPIC_LINK = "com.pyxis.greenhopper.jira:gh-epic-link"
OLD_SPRINT = re.compile(r"\[.*?\bid=(\d+)")
"""Jira 8 writes a sprint as ``com.atlassian.greenhopper.service.sprint.Sprint@1f[id=7,rapidViewId=…]``."""
TROUBLES: Mapping[int, Trouble] = {401: "unauthorized", 403: "unauthorized", 404: "not_found", 429: "limited"}


@contextmanager
def client(base_url: str, credentials: Mapping[str, str], pacer: Pacer) -> Iterator[JIRA]:
    """The client as it is, paced from its second request on: its first is made while it is built."""
    pacer.wait()
    made = JIRA(base_url, timeout=TIMEOUT, **_auth(credentials))
    adapter = PacedAdapter(pacer)
    made._session.mount("https://", adapter)
    made._session.mount("http://", adapter)
    try:
        yield made
    finally:
        made.close()  # type: ignore[no-untyped-call]


def _auth(credentials: Mapping[str, str]) -> dict[str, Any]:
    """Cloud: e-mail address and token. Data Center: a personal access token, or user and password."""
    if credentials.get("email"):
        return {"basic_auth": (credentials["email"], credential(credentials, "token"))}
    if credentials.get("token"):
        return {"token_auth": credentials["token"]}
    return {"basic_auth": (credential(credentials, "username"), credential(credentials, "password"))}


@contextmanager
def witness(base_url: str, credentials: Mapping[str, str], pacer: Pacer) -> Iterator[Witness]:
    try:
        with client(base_url, credentials, pacer) as made:
            made.myself()  # a search with a wrong token is answered, and finds nothing
            yield Jira(made)
    except JIRAError as error:
        trouble = TROUBLES.get(error.status_code or 0, "failed")
        raise Refused(trouble, f"{error.text} (HTTP status: {error.status_code})") from error


class Jira:
    """A witness."""

    def __init__(self, made: JIRA) -> None:
        self._client = made
        self._put_away = lru_cache(maxsize=8)(self._read_put_away)

    def listed(self, scope: str) -> Iterator[tuple[str, Fields]]:
        """Whole pages until there is no token: with a number for maxResults the client ends at one page."""
        found = self._client.search_issues(f"project = {scope} ORDER BY created, key", maxResults=False)
        for issue in found:
            if isinstance(issue, Issue):
                yield issue.id, self._fields(issue.raw)

    def one(self, _scope: str, id: str) -> Fields | None:
        try:
            return self._fields(self._client.issue(id).raw)
        except JIRAError as error:
            if error.status_code == 404:
                return None
            raise

    def _read_put_away(self, project: str) -> bool:
        return bool(self._client.project(project).raw.get("archived"))

    @cached_property
    def _site_fields(self) -> Sequence[Mapping[str, Any]]:
        return self._client.fields()

    def _fields(self, raw: Mapping[str, Any]) -> Fields:
        fields = raw["fields"]
        project, status = fields["project"]["id"], fields["status"]
        closed = status.get("statusCategory", {}).get("key") == "done"
        components = fields.get("components") or []
        said: Fields = {
            "scope": project,
            "key": raw["key"],
            "title": fields["summary"],
            "status": status["name"],
            "type": _name(fields.get("issuetype")),
            "priority": _name(fields.get("priority")),
            "resolution": _name(fields.get("resolution")),
            "section": _name(components[0]) if components else None,
            "closed": closed,
            "archived": bool(fields.get("archiveddate")) or self._put_away(project),
            "due": day(fields.get("duedate")),
            "created": instant(fields.get("created")),
            "updated": instant(fields.get("updated")),
            "assignees": each_once([_person(fields.get("assignee"))]),
            "reporter": _person(fields.get("reporter")),
            "labels": each_once(fields.get("labels") or ()),
            "estimate_minutes": minutes(fields.get("timeoriginalestimate")),
            "spent_minutes": minutes(fields.get("timespent")),
            "remaining_minutes": minutes(fields.get("timeestimate")),
            "iterations": each_once(self._sprints(fields)),
            "linked": each_once(_other_end(link) for link in fields.get("issuelinks") or ()),
        }
        return {**said, **self._roles(fields), **self._where_it_tells(fields, closed=closed)}

    def _where_it_tells(self, fields: Mapping[str, Any], *, closed: bool) -> Fields:
        """What is told in one form only by some sites, and so is no word of every issue."""
        told: Fields = {}
        if fields.get("resolutiondate") or not closed:
            told["completed"] = instant(fields.get("resolutiondate")) if closed else None
        if fields.get("parent"):
            told["parent"] = fields["parent"]["id"]
        elif not any(fields.get(field) for field in self._ids("custom", EPIC_LINK)):
            told["parent"] = None
        if self._client.deploymentType != "Cloud":  # there it is a document, of which this client shows text
            told["description"] = fields.get("description") or None
        return told

    def _roles(self, fields: Mapping[str, Any]) -> Fields:
        """By the names that Jira itself gives to these fields; two that differ are no answer."""
        told: Fields = {}
        for word, names in {"points": POINTS, "start": START}.items():
            values = {
                v for name in names for f in self._ids("name", name) if (v := fields.get(f)) is not None
            }
            if len(values) < 2:
                told[word] = next(iter(values), None)
        return told

    def _ids(self, what: Literal["name", "custom"], wanted: str) -> list[str]:
        """Of the fields with this name, or of this type, whatever their case."""
        return [
            field["id"]
            for field in self._site_fields
            if wanted == str(field["name"] if what == "name" else _type(field)).casefold()
        ]

    def _sprints(self, fields: Mapping[str, Any]) -> Iterator[str]:
        for field in self._ids("custom", SPRINT):
            for sprint in fields.get(field) or ():
                if isinstance(sprint, str):
                    yield from OLD_SPRINT.findall(sprint)
                else:
                    yield str(sprint["id"])


def _type(field: Mapping[str, Any]) -> Any:
    return field.get("schema", {}).get("custom")


def _name(value: Mapping[str, Any] | None) -> str | None:
    return value["name"] if value else None


def _person(value: Mapping[str, Any] | None) -> str | None:
    """Cloud tells an accountId, Data Center a key."""
    return (value.get("accountId") or value.get("key") or value.get("name")) if value else None


def _other_end(link: Mapping[str, Any]) -> str | None:
    end = link.get("inwardIssue") or link.get("outwardIssue")
    return end["id"] if end else None

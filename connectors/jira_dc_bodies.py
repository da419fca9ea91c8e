"""Issues by their ids, with their changelogs where wanted."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

from connectors.base import Absence, Record
from connectors.http import Answer
from connectors.jira_answers import Row, objects
from connectors.jira_dc_calls import Calls, Found, Search
from connectors.jira_filter import restricted
from connectors.jira_issues import FIELDS, placed
from connectors.jira_missing import said

CHANGELOG = "changelog"


@dataclass(slots=True)
class Bundle:
    """Issues as records, each with its changes behind it, and what turned out not to be in the scope."""

    items: list[Record] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    gone: list[Absence] = field(default_factory=list)

    def add(self, one: Record | Absence, changes: Sequence[Record] = ()) -> None:
        if isinstance(one, Absence):
            self.gone.append(one)
        else:
            self.items.append(one)
            self.records += [one, *changes]


async def by_id(
    calls: Calls,
    ids: Sequence[str],
    fields: Sequence[str] = FIELDS,
    *,
    changelog: bool = False,
    only: str = "",
) -> AsyncGenerator[Found[Row], None]:
    """Those of them that the search finds, and that ``only`` takes; a page may be shorter than asked for."""
    clause = restricted(f"id in ({', '.join(ids)})", only)
    reached, total = 0, 1
    while reached < total:
        found = await calls.search(
            Search(
                jql=f"{clause} ORDER BY created ASC, key ASC", start=reached, most=len(ids), fields=fields,
                changelog=changelog, lenient=True,
            )
        )  # fmt: skip
        yield found
        reached, total = reached + len(found.issues), found.total


class Bodies:
    """The issues of one scope. With ``history`` each comes with its changes."""

    def __init__(self, calls: Calls, scope_id: str, history: bool) -> None:
        self._calls = calls
        self._scope_id = scope_id
        self._history = history

    async def of(self, ids: Sequence[str]) -> Bundle:
        """What the search does not find is asked for by itself: it went away meanwhile, or another node of
        the cluster answers, whose index is behind."""
        bundle, left = Bundle(), dict.fromkeys(ids)
        async for found in by_id(self._calls, ids, changelog=self._history):
            for issue in found.issues:
                self._put(bundle, issue, found.answer)
                left.pop(issue["id"], None)
        for one in left:
            answer = await self._calls.issue(one, changelog=self._history)
            if answer.status == 200:
                self._put(bundle, answer.json(), answer)
            else:
                bundle.add(said(self._scope_id, one, answer))
        return bundle

    def told(self, issues: Sequence[Row], answer: Answer) -> Bundle:
        """Of what a listing brought already."""
        bundle = Bundle()
        for issue in issues:
            self._put(bundle, issue, answer)
        return bundle

    def _put(self, bundle: Bundle, issue: Row, answer: Answer) -> None:
        body = {key: value for key, value in issue.items() if key != CHANGELOG}
        changes = self._changes(issue, answer) if self._history else ()
        bundle.add(placed(self._scope_id, issue["id"], body, answer.asked_at), changes)

    def _changes(self, issue: Row, answer: Answer) -> list[Record]:
        """Whole: Data Center has no other call for the rest of a changelog."""
        changelog = issue.get(CHANGELOG)
        if not isinstance(changelog, dict):
            raise answer.unexpected("an issue without the changelog that was asked for")
        histories = objects(answer, changelog, "histories")
        total = changelog.get("total")
        if isinstance(total, int) and total > len(histories):
            raise answer.unexpected(f"{len(histories)} of the {total} changes of issue {issue['id']}")
        bodies = ({"issueId": issue["id"], **history} for history in histories)
        return [
            Record("change", str(body.get("id")), self._scope_id, body, answer.asked_at) for body in bodies
        ]

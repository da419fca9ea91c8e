"""Whether a project stands still, by what the listing of projects tells along with each: at no request.

The vendor calls this experimental, and does not say how far it lags behind. So it is believed only where it
agreed with all that we read, had been the same for longer than the search index lags, and not for long.
https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-projects/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.http import Answer, Clock
from connectors.jira_answers import Row
from connectors.jira_cloud_calls import server_time
from connectors.jira_cloud_cursors import MILLISECOND, OVERLAP, Insight, Ledger, Since
from connectors.jira_issues import epoch

FRESH = timedelta(minutes=10)
"""For so long after the listing its word is taken."""
TRUSTED = timedelta(hours=1) // MILLISECOND
"""For so long after Jira was really asked."""


@dataclass(frozen=True, slots=True)
class Told:
    """``at`` is by Jira's clock, ``here`` by ours."""

    insight: Insight
    at: int
    here: datetime


class Insights:
    """What the last listing of one connection's projects told."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: dict[str, Told] = {}

    def note(self, project: Row, answer: Answer) -> None:
        project_id, insight = str(project.get("id")), _insight(project.get("insight"))
        self._told.pop(project_id, None)
        if insight:
            self._told[project_id] = Told(insight, server_time(answer), answer.asked_at)

    def unchanged(self, project_id: str, before: Since) -> bool:
        told = self._of(project_id)
        return (
            told is not None
            and told.insight == before.insight
            and 0 <= told.at - before.ledger.began <= TRUSTED
        )

    def settled(self, project_id: str, count: int, ledger: Ledger) -> Insight | None:
        """What a reading that found ``count`` issues may leave to the next one to compare with: not what is
        so young that the search may not have shown it, nor what came after the beginning of a reading that
        was cut and gone on with, nor what is older than what we have seen."""
        told = self._of(project_id)
        if told is None or told.insight.count != count:
            return None
        latest = told.insight.latest or 0
        agrees = latest // 1000 >= (ledger.newest or 0) // 1000
        return told.insight if agrees and latest <= min(told.at, ledger.began) - OVERLAP else None

    def _of(self, project_id: str) -> Told | None:
        told = self._told.get(project_id)
        return told if told and self._clock() - told.here <= FRESH else None


def _insight(told: object) -> Insight | None:
    if not isinstance(told, Mapping):
        return None
    count, latest = told.get("totalIssueCount"), epoch(told.get("lastIssueUpdateTime"))
    if not isinstance(count, int) or isinstance(count, bool):
        return None
    return Insight(count, latest) if latest is not None or not count else None

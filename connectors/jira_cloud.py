"""Jira Cloud: the settings of a connection, and the connector over :mod:`connectors.jira_cloud_calls`."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

import httpx

from connectors.base import (
    Absence,
    Capabilities,
    Connector,
    Fingerprint,
    Identity,
    JsonObject,
    Page,
    Permission,
    Record,
    ScopeRecord,
)
from connectors.errors import NotFound, Unexpected
from connectors.http import (
    Answer,
    Budget,
    Budgets,
    Http,
    HttpOptions,
    Limiter,
    OnWait,
    Target,
    Timing,
    ordered,
    pages,
)
from connectors.jira_answers import Row, skew
from connectors.jira_census import cheap_fields, fingerprint
from connectors.jira_cloud_bodies import bodies
from connectors.jira_cloud_calls import Calls
from connectors.jira_cloud_capabilities import CAPABILITIES
from connectors.jira_cloud_reading import Reading, Sizes, jql, resumed
from connectors.jira_cloud_settings import JiraCloudSettings
from connectors.jira_definitions import definitions
from connectors.jira_issues import FIELDS
from connectors.jira_missing import Found, missed

SECOND = timedelta(seconds=1)
BURST = 100
"""Requests a second on one endpoint and method: https://developer.atlassian.com/cloud/jira/platform/rate-limiting/"""
ENDPOINTS = (
    "default", "myself", "lists", "projects", "agile", "search", "bulkfetch", "changelog", "issue",
)  # fmt: skip


def connect(
    settings: JiraCloudSettings,
    timing: Timing,
    transport: httpx.AsyncBaseTransport | None = None,
    on_wait: OnWait | None = None,
    budgets: Budgets | None = None,
) -> Connector:
    """A connector that has asked Jira nothing yet. Close it with ``aclose``."""
    token = settings.token.get_secret_value()
    basic = b64encode(f"{settings.email}:{token}".encode()).decode()
    http = Http(
        Target(
            base_url=settings.base_url, headers={"authorization": f"Basic {basic}"}, secrets=(token, basic)
        ),
        limits(settings, budgets or Budgets(timing.clock)),
        timing,
        HttpOptions(on_wait=on_wait, transport=transport, reset=reset_moment),
    )
    return JiraCloud(settings, http)


def limits(settings: JiraCloudSettings, budgets: Budgets) -> Mapping[str, Sequence[Limiter]]:
    """A burst limit holds for one endpoint, so a 429 pauses that one alone; the gate bounds the sum."""

    def limiter(name: str) -> Limiter:
        allowed = max(1, int(BURST * settings.rate_share))
        return budgets.limiter(Budget(f"Jira {name}", allowed, SECOND), settings.base_url)

    gate = limiter("site")
    return {name: (limiter(name), gate) for name in ENDPOINTS}


def reset_moment(headers: Mapping[str, str]) -> datetime | None:
    """X-RateLimit-Reset, in ISO 8601 and sometimes without seconds."""
    try:
        moment = datetime.fromisoformat(headers.get("x-ratelimit-reset", ""))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


class JiraCloud:
    """Reads the projects of one site. Never writes."""

    def __init__(self, settings: JiraCloudSettings, http: Http) -> None:
        self._http = http
        self._calls = Calls(http)
        self._sizes = Sizes(
            ids=settings.id_page_size,
            bodies=settings.body_batch,
            changelogs=settings.changelog_batch,
            parallel=settings.parallel,
            history=settings.history,
        )

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def check(self) -> Identity:
        info, answer = await self._site()
        account = await self._calls.myself()
        held = await self._calls.permissions(["BROWSE_PROJECTS"])
        browse = held.get("BROWSE_PROJECTS")
        name = str(account.get("displayName") or account["accountId"])
        zone = account.get("timeZone")
        return Identity(
            system="jira",
            site=urlsplit(info["baseUrl"]).netloc.lower(),
            account_id=str(account["accountId"]),
            account_name=name,
            edition="Cloud",
            time_zone=zone if isinstance(zone, str) else None,
            clock_skew=skew(info, answer),
            permissions=(
                Permission(
                    name="Browse projects",
                    held=isinstance(browse, dict) and browse.get("havePermission") is True,
                    mend=f"a Jira administrator gives {name} the permission in each project to be read",
                ),
            ),
        )

    async def scopes(self) -> AsyncIterator[ScopeRecord]:
        """Every project that the account may browse, archived ones as closed."""
        await self._calls.prove()
        info, _ = await self._site()
        async for body in self._calls.projects():
            project_id, key = str(body.get("id")), str(body.get("key"))
            yield ScopeRecord(
                id=project_id,
                kind="project",
                name=str(body.get("name") or key),
                url=f"{str(info['baseUrl']).rstrip('/')}/browse/{key}",
                key=key,
                closed=body.get("archived") is True,
                body=body,
            )
        await self._calls.prove()

    async def read(
        self, scope: ScopeRecord, since: JsonObject | None = None, resume: JsonObject | None = None
    ) -> AsyncIterator[Page]:
        """The definitions with sections, releases and sprints; then issues and, after them, their changelogs;
        at the end an empty page. Raises NotFound for an archived project: Jira's search does not show its
        issues, and an empty listing would be taken for the truth."""
        start = resumed(resume)
        await self._open(scope)
        found = await definitions(self._calls, scope.id, self._sizes.parallel)
        yield Page(records=found, resume=start.body(), expected=start.known or None)
        reading = Reading(self._calls, self._sizes, scope.id, since)
        async with aclosing(reading.pages(start)) as read:
            async for page in read:
                yield page

    async def fetch(self, scope: ScopeRecord, ids: Sequence[str]) -> AsyncIterator[Record | Absence]:
        """A hundred issues a request, in the order asked. What Jira leaves out is asked for one by one,
        unless the project is hidden with all that is in it: that tells a refusal from a 404, and a 404 is all
        that Jira says of what is deleted and of what is hidden from us."""
        await self._calls.prove()
        found: Found = {}
        async with aclosing(self._bodies(scope, ids, FIELDS)) as batches:
            async for batch in batches:
                found |= batch
        if missing := [one for one in ids if one not in found]:
            found |= await missed(self._calls, scope, missing, self._sizes.parallel)
        for one in ids:
            yield found[one]

    async def census(self, scope: ScopeRecord) -> AsyncIterator[Fingerprint]:
        """Ids by search, cheap fields by bulk fetch: in parallel, and not behind as the search index is. What
        the search still lists and the bulk fetch does not give, or gives in another project, is not there."""
        await self._open(scope)
        fields = cheap_fields((await self._calls.listed("/field"))[0])
        query = jql(scope.id)

        async def fetch(token: str | None) -> tuple[list[str], str | None]:
            return await self._calls.ids(query, self._sizes.ids, token)

        async for ids, _ in pages(fetch, what=f"the census of project {scope.name}"):
            async with aclosing(self._bodies(scope, ids, fields)) as batches:
                async for batch in batches:
                    for record in batch.values():
                        if isinstance(record, Record):
                            yield Fingerprint(record.id, fingerprint(record.body))
        await self._calls.prove()

    async def _bodies(
        self, scope: ScopeRecord, ids: Sequence[str], fields: Sequence[str]
    ) -> AsyncGenerator[Found, None]:
        size = self._sizes.bodies
        jobs = [
            partial(bodies, self._calls, scope.id, ids[at : at + size], fields)
            for at in range(0, len(ids), size)
        ]
        async with aclosing(ordered(self._sizes.parallel, jobs)) as results:
            async for found in results:
                yield found

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _open(self, scope: ScopeRecord) -> None:
        await self._calls.prove()
        if scope.closed:
            raise NotFound(
                f"Jira project {scope.key or scope.name} is archived, and Jira does not list the issues of "
                "archived projects; a Jira administrator can restore it, or it can be taken out of the "
                "configuration."
            )

    async def _site(self) -> tuple[Row, Answer]:
        info, answer = await self._calls.server_info()
        if (kind := info.get("deploymentType")) != "Cloud":
            raise Unexpected(
                f"{answer.call} says that it is a Jira {kind or 'of unknown kind'} and not Jira Cloud; Jira "
                "Data Center is read by a connector of its own, with other settings."
            )
        if not isinstance(info["baseUrl"], str) or not urlsplit(info["baseUrl"]).netloc:
            raise answer.unexpected("a site without a base URL")
        return info, answer

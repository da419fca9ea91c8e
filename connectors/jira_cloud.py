"""Jira Cloud: the settings of a connection, and the connector over :mod:`connectors.jira_cloud_calls`."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

import httpx

from connectors.base import (
    Absence,
    Capabilities,
    Connector,
    Delivery,
    Fingerprint,
    Identity,
    JsonObject,
    Page,
    Permission,
    Printing,
    Received,
    Record,
    ScopeRecord,
    Watch,
    WatchState,
)
from connectors.errors import NotFound, Unexpected
from connectors.http import (
    Answer,
    Budget,
    Budgets,
    Clock,
    Http,
    HttpOptions,
    Limiter,
    OnWait,
    Target,
    Timing,
)
from connectors.jira_answers import Row, skew
from connectors.jira_census import Census, printing
from connectors.jira_cloud_asking import Asking
from connectors.jira_cloud_bodies import batches, bodies, prints
from connectors.jira_cloud_calls import Calls
from connectors.jira_cloud_capabilities import CAPABILITIES
from connectors.jira_cloud_cursors import Place, Since, plan, unseal
from connectors.jira_cloud_insight import Insights
from connectors.jira_cloud_listing import everything, matching
from connectors.jira_cloud_reading import Desk, Reading
from connectors.jira_cloud_settings import JiraCloudSettings
from connectors.jira_cloud_webhooks import receive
from connectors.jira_definitions import definitions
from connectors.jira_hook_forms import CLOUD
from connectors.jira_hooks import Hooks
from connectors.jira_missing import Found, missed, proved_if_missing
from connectors.jira_shelf import Shelf

SECOND = timedelta(seconds=1)
BURST = 100
"""Requests a second on one endpoint and method: https://developer.atlassian.com/cloud/jira/platform/rate-limiting/"""
ENDPOINTS = (
    "default", "myself", "lists", "projects", "agile", "search", "bulkfetch", "changelog", "issue",
    "webhooks",
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
    return JiraCloud(settings, http, timing.clock)


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
    """Reads the projects of one site. Writes nothing but its webhook."""

    def __init__(self, settings: JiraCloudSettings, http: Http, clock: Clock) -> None:
        self._http = http
        asking = Asking(http)
        self._calls = Calls(asking, Shelf(clock))
        self._hooks = Hooks(asking.hooks, CLOUD)
        self._desk = Desk(calls=self._calls, settings=settings, insights=Insights(clock))

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
        async for body in self._calls.projects(self._desk.insights.note):
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
        """The definitions with sections, releases and sprints where they were read; then issues and, after
        them, their changelogs; at the end an empty page. Raises NotFound for an archived project: Jira's
        search does not show its issues, and an empty listing would be taken for the truth."""
        marked = plan(self._desk.settings)
        before, place = unseal(Since, marked, since), unseal(Place, marked, resume)
        await self._open(scope)
        if before and not place and self._desk.insights.unchanged(scope.id, before):
            yield Page(records=(), next_since=since)
            return
        async with aclosing(Reading(self._desk, scope.id, before, place).pages()) as read:
            async for page in read:
                yield page

    async def fetch(self, scope: ScopeRecord, ids: Sequence[str]) -> AsyncIterator[Record | Absence]:
        """A hundred issues a request, in the order asked. What Jira leaves out is asked for one by one,
        unless the project is hidden with all that is in it: that tells a refusal from a 404, and a 404 is all
        that Jira says of what is deleted and of what is hidden from us."""
        await self._calls.prove()
        found: Found = {}
        job = partial(bodies, self._calls, scope.id)
        async with aclosing(batches(self._desk.settings, ids, job)) as parts:
            async for part in parts:
                found |= part
        if missing := [one for one in ids if one not in found]:
            found |= await missed(self._calls, scope, missing, self._desk.settings.parallel)
        if self._desk.settings.filter:
            found |= await self._filtered([id for id, one in found.items() if isinstance(one, Record)])
        for one in ids:
            yield found[one]

    async def _filtered(self, ids: Sequence[str]) -> Found:
        """Those of the project's issues that the filter does not take."""
        taken = await matching(self._calls, self._desk.settings, ids)
        await self._calls.prove()
        evidence = "it is in the project, and the filter of this connection does not take it"
        return {id: Absence(id=id, reason="filtered", evidence=evidence) for id in ids if id not in taken}

    async def census(self, scope: ScopeRecord) -> AsyncIterator[Fingerprint]:
        """Ids by search, cheap fields by bulk fetch: in parallel, and not behind as the search index is. What
        the search still lists and the bulk fetch does not give, or gives in another project, is not there."""
        await self._open(scope)
        async with proved_if_missing(self._calls):
            census = Census(scope.id, (await self._calls.listed("/field"))[0])
            every = await everything(self._calls, self._desk.settings, scope.id)
        ids, job = list(every.issues), partial(prints, self._calls, census)
        async with aclosing(batches(self._desk.settings, ids, job)) as parts:
            async for part in parts:
                for one in part:
                    yield one
        await self._calls.prove()

    async def definitions(self, scope: ScopeRecord) -> AsyncIterator[Record]:
        """The calls with which a whole reading begins."""
        await self._open(scope)
        async with proved_if_missing(self._calls):
            found = await definitions(self._calls, scope.id, self._desk.settings.parallel)
        await self._calls.prove()
        for one in found:
            yield one

    def printing(self, scope: ScopeRecord, definitions: Mapping[str, JsonObject]) -> Printing:
        return printing(scope, definitions)

    async def watch(self, _: ScopeRecord | None, watch: Watch) -> WatchState:
        """One webhook for all projects: Jira cannot make one for each."""
        return await self._hooks.watch(watch)

    async def watches(self) -> AsyncIterator[WatchState]:
        async for hook in self._hooks.every():
            yield hook.state

    async def unwatch(self, id: str) -> None:
        await self._hooks.remove(id)

    def receive(self, delivery: Delivery, watch: Watch) -> Received:
        return receive(delivery, watch)

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

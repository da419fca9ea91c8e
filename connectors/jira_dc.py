"""Jira Data Center: the connector over :mod:`connectors.jira_dc_calls`."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
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
from connectors.cursors import plan_of
from connectors.errors import NotFound, Unexpected
from connectors.http import Answer, Budgets, Http, HttpOptions, OnWait, Target, Timing
from connectors.jira_answers import Row, skew
from connectors.jira_census import Census, printing
from connectors.jira_dc_asking import Asking
from connectors.jira_dc_bodies import by_id
from connectors.jira_dc_calls import Calls
from connectors.jira_dc_capabilities import CAPABILITIES
from connectors.jira_dc_cursors import OVERLAP, Place, Since, Slice, unseal
from connectors.jira_dc_listing import Listing, Wanted, cheap
from connectors.jira_dc_pace import budget, heeding, refill
from connectors.jira_dc_plan import Planner, Sizes
from connectors.jira_dc_reading import Reading
from connectors.jira_dc_settings import JiraDcSettings
from connectors.jira_dc_webhooks import form, receive
from connectors.jira_filter import restricted
from connectors.jira_hooks import Hooks
from connectors.jira_issues import placed, project_clause
from connectors.jira_missing import Found, missed
from connectors.jira_shelf import Shelf

KINDS = ("Server", "Data Center")
BROWSE = ("BROWSE_PROJECTS", "BROWSE")
"""The permission's key, and the one it had in old releases."""


def connect(
    settings: JiraDcSettings,
    timing: Timing,
    transport: httpx.AsyncBaseTransport | None = None,
    on_wait: OnWait | None = None,
    budgets: Budgets | None = None,
) -> Connector:
    """A connector that has asked Jira nothing yet. Close it with ``aclose``."""
    authorization, secrets = _credentials(settings)
    # Jira counts by user, so that connections with one account share what it may.
    limiter = (budgets or Budgets(timing.clock)).limiter(
        budget(settings.requests_per_second), f"{settings.base_url} {authorization}"
    )
    http = Http(
        Target(base_url=settings.base_url, headers={"authorization": authorization}, secrets=secrets),
        {"default": (limiter,)},
        timing,
        HttpOptions(on_wait=on_wait, transport=transport, reset=refill(timing.clock)),
    )
    asking = Asking(http, heeding(limiter, settings.rate_share))
    return JiraDc(settings, http, asking, Calls(asking, Shelf(timing.clock)))


def _credentials(settings: JiraDcSettings) -> tuple[str, tuple[str, ...]]:
    if settings.token is not None:
        token = settings.token.get_secret_value()
        return f"Bearer {token}", (token,)
    password = settings.password.get_secret_value() if settings.password else ""
    basic = b64encode(f"{settings.username}:{password}".encode()).decode()
    return f"Basic {basic}", (password, basic)


class JiraDc:
    """Reads the projects of one installation. Writes nothing but its webhook."""

    def __init__(self, settings: JiraDcSettings, http: Http, asking: Asking, calls: Calls) -> None:
        self._http = http
        self._asking = asking
        self._calls = calls
        self._home: str | None = None  # Jira's own address, once it told it
        self._sizes = Sizes(
            page=settings.page_size, parallel=settings.parallel, history=settings.history,
            only=settings.filter,
        )  # fmt: skip
        self._mark = plan_of({"filter": settings.filter, "history": settings.history})

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def check(self) -> Identity:
        info, answer = await self._site()
        account, proof = await self._calls.myself()
        held = await self._calls.permissions()
        name = str(account.get("displayName") or account["name"])
        zone = account.get("timeZone")
        return Identity(
            system="jira",
            site=_site(info),
            account_id=str(account.get("key") or account["name"]),
            account_name=name,
            edition=f"Data Center {info.get('version') or 'of unknown version'}",
            time_zone=zone if isinstance(zone, str) else None,
            clock_skew=skew(info, answer) or proof.clock_skew,
            permissions=(
                Permission(
                    name="Browse projects",
                    held=any(_held(held.get(key)) for key in BROWSE),
                    mend=f"a Jira administrator gives {name} the permission in each project to be read",
                ),
            ),
        )

    async def scopes(self) -> AsyncIterator[ScopeRecord]:
        """Every project that the account may browse, archived ones as closed."""
        await self._calls.prove()
        if self._home is None:
            await self._site()
        for body in await self._calls.projects():
            project_id, key = str(body.get("id")), str(body.get("key"))
            yield ScopeRecord(
                id=project_id,
                kind="project",
                name=str(body.get("name") or key),
                url=f"{self._home}/browse/{key}",
                key=key,
                closed=body.get("archived") is True,
                body=body,
            )
        await self._calls.prove()

    async def read(
        self, scope: ScopeRecord, since: JsonObject | None = None, resume: JsonObject | None = None
    ) -> AsyncIterator[Page]:
        """The definitions with sections, releases, sprints and the ids of epics; then issues, each with its
        changes. Raises NotFound for an archived project: Jira's search does not show its issues, and an empty
        listing would be taken for the truth."""
        before, place = unseal(Since, self._mark, since), unseal(Place, self._mark, resume)
        _listable(scope)
        await self._calls.prove()
        planner = Planner(self._calls, self._sizes, scope.id)
        if before is not None:
            plan = await planner.changes(before)
            place = place or Place(
                began=plan.began, newest=before.updated + OVERLAP, recent=before.recent
            )  # fmt: skip
        else:
            plan = await (planner.whole() if place is None else planner.resumed(place.began))
        reading = Reading(self._calls, self._sizes, scope.id, self._mark)
        async with aclosing(reading.pages(plan, place or Place(began=plan.began))) as read:
            async for page in read:
                yield page

    async def fetch(self, scope: ScopeRecord, ids: Sequence[str]) -> AsyncIterator[Record | Absence]:
        """A page of issues a request, in the order asked. What the search leaves out is asked for one by one,
        unless the project is hidden with all that is in it: that tells a refusal from a 404, and a 404 is all
        that Jira says of what is deleted and of what is hidden from us."""
        found: Found = {}
        numbers = [one for one in ids if one.isascii() and one.isdecimal()]
        for low in range(0, len(numbers), self._sizes.page):
            found |= await self._bodies(scope, numbers[low : low + self._sizes.page])
        if missing := [one for one in ids if one not in found]:
            found |= await missed(self._calls, scope, missing, self._sizes.parallel)
        await self._calls.prove()
        for one in ids:
            yield found[one]

    async def census(self, scope: ScopeRecord) -> AsyncIterator[Fingerprint]:
        """Every issue by its cheap fields."""
        _listable(scope)
        await self._calls.prove()
        census = Census(scope.id, (await self._calls.listed("/field"))[0])
        wanted = Wanted(
            scope_id=scope.id, clause=restricted(project_clause(scope.id), self._sizes.only),
            size=self._sizes.page, fields=census.fields,
        )  # fmt: skip
        listing = Listing(self._calls, wanted, cheap(self._calls, census))
        async with aclosing(listing.batches(Slice())) as batches:
            async for batch in batches:
                for issue in batch.issues:
                    yield Fingerprint(issue.id, census.print(issue))
        await self._calls.prove()

    async def definitions(self, scope: ScopeRecord) -> AsyncIterator[Record]:
        """As a whole reading brings them, the ids of epics included."""
        _listable(scope)
        await self._calls.prove()
        found = await Planner(self._calls, self._sizes, scope.id).defined()
        await self._calls.prove()
        for one in found:
            yield one

    def printing(self, scope: ScopeRecord, definitions: Mapping[str, JsonObject]) -> Printing:
        return printing(scope, definitions)

    async def watch(self, _: ScopeRecord | None, watch: Watch) -> WatchState:
        """One webhook for all projects."""
        return await (await self._hooks()).watch(watch)

    async def watches(self) -> AsyncIterator[WatchState]:
        async for hook in (await self._hooks()).every():
            yield hook.state

    async def unwatch(self, id: str) -> None:
        await (await self._hooks()).remove(id)

    def receive(self, delivery: Delivery, watch: Watch) -> Received:
        return receive(delivery, watch)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _bodies(self, scope: ScopeRecord, ids: Sequence[str]) -> Found:
        """Those that the search finds of them; of these some may not be for this connection."""
        found: Found = {}
        async for page in by_id(self._calls, ids):
            for row in page.issues:
                found[row["id"]] = placed(scope.id, row["id"], row, page.answer.asked_at)
        there = [one.id for one in found.values() if isinstance(one, Record)]
        if self._sizes.only and there:
            taken = by_id(self._calls, there, fields=("created",), only=self._sizes.only)
            matching = {row["id"] async for page in taken for row in page.issues}
            found |= {one: _filtered(one) for one in there if one not in matching}
        return found

    async def _hooks(self) -> Hooks:
        info, _ = await self._calls.server_info()
        return Hooks(self._asking.hooks, form(info))

    async def _site(self) -> tuple[Row, Answer]:
        info, answer = await self._calls.server_info()
        if (kind := info.get("deploymentType")) not in KINDS:
            raise Unexpected(
                f"{answer.call} says that it is a Jira {kind or 'of unknown kind'} and not Data Center; Jira "
                'Cloud is read by a connector of its own, with tracker = "jira_cloud".'
            )
        if not isinstance(info["baseUrl"], str) or not urlsplit(info["baseUrl"]).netloc:
            raise answer.unexpected("an installation without a base URL")
        self._home = info["baseUrl"].rstrip("/")
        return info, answer


def _site(info: Row) -> str:
    """Host and context path, for several installations may share a host."""
    parts = urlsplit(info["baseUrl"])
    return f"{parts.netloc.lower()}{parts.path.rstrip('/')}"


def _held(permission: object) -> bool:
    return isinstance(permission, dict) and permission.get("havePermission") is True


def _listable(scope: ScopeRecord) -> None:
    if scope.closed:
        raise NotFound(
            f"Jira project {scope.key or scope.name} is archived, and Jira does not list the issues of "
            "archived projects; a Jira administrator can restore it, or it can be taken out of the "
            "configuration."
        )


def _filtered(issue_id: str) -> Absence:
    evidence = "the search finds it by its id, and not with the filter of this connection"
    return Absence(id=issue_id, reason="filtered", evidence=evidence)

"""Asana: the connector over :mod:`connectors.asana_calls`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from datetime import timedelta
from functools import partial
from itertools import chain

import httpx

from connectors.asana_calls import BATCH, Calls, Row, Seen, TooHeavy, at
from connectors.asana_capabilities import CAPABILITIES
from connectors.asana_census import COVERS, Prints
from connectors.asana_changes import read_changed
from connectors.asana_cursors import Left, Place, Since, given
from connectors.asana_definitions import Definitions
from connectors.asana_fetch import hinted_tasks
from connectors.asana_fields import CENSUS, SCOPE
from connectors.asana_hooks import Hooks
from connectors.asana_people import Shelf
from connectors.asana_reading import STRETCH, Job, read_whole
from connectors.asana_settings import AsanaSettings
from connectors.asana_tasks import Tasks
from connectors.asana_webhooks import receive
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
from connectors.http import Budget, Budgets, Http, HttpOptions, Limiter, OnWait, Target, Timing, ordered

SITE = "app.asana.com"
"""Gids are unique in all of Asana, whichever address its API is reached at."""
WINDOWS = 10
"""The vendor looks at its budget of a minute more often than once a minute, so it is spread.
https://developers.asana.com/docs/rate-limits"""


def connect(
    settings: AsanaSettings,
    timing: Timing,
    transport: httpx.AsyncBaseTransport | None = None,
    on_wait: OnWait | None = None,
    budgets: Budgets | None = None,
) -> Connector:
    """A connector that has asked Asana nothing yet. Close it with ``aclose``."""
    token = settings.token.get_secret_value()
    http = Http(
        Target(base_url=settings.base_url, headers={"authorization": f"Bearer {token}"}, secrets=(token,)),
        _limits(settings, token, budgets or Budgets(timing.clock)),
        timing,
        HttpOptions(on_wait=on_wait, transport=transport),
    )
    calls = Calls(http, timing.clock, settings.page_size, settings.parallel)
    return Asana(settings, http, calls, Shelf(timing.clock))


def _limits(settings: AsanaSettings, token: str, budgets: Budgets) -> dict[str, list[Limiter]]:
    """Each action of a batch counts as a request of its own."""
    allowed = max(1, int(settings.requests_per_minute * settings.rate_share / WINDOWS))
    limiter = budgets.limiter(Budget("Asana token", allowed, timedelta(minutes=1) / WINDOWS), token)
    return {"default": [limiter], **{f"batch{n}": [limiter] * n for n in range(1, BATCH + 1)}}


class Asana:
    """Reads the projects that one account may see. Writes nothing but their webhooks."""

    def __init__(self, settings: AsanaSettings, http: Http, calls: Calls, shelf: Shelf) -> None:
        self._settings = settings
        self._http = http
        self._calls = calls
        self._shelf = shelf
        self._hooks = Hooks(calls)
        self._plan = plan_of({"history": settings.history})

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def check(self) -> Identity:
        body, answer = await self._calls.one("/users/me", ("name", "email", "workspaces", "workspaces.name"))
        given = body.get("workspaces")
        workspaces = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
        name = str(body.get("name") or body["gid"])
        return Identity(
            system="asana",
            site=SITE,
            account_id=str(body["gid"]),
            account_name=name,
            clock_skew=answer.clock_skew,
            permissions=self._permissions(name, workspaces),
        )

    def _permissions(self, name: str, workspaces: Sequence[Row]) -> Sequence[Permission]:
        wanted = self._settings.workspace
        if wanted is None:
            mend = f"an admin invites {name} to a workspace or organisation"
            return (Permission(name="a workspace", held=bool(workspaces), mend=mend),)
        held = any(str(one.get("gid")) == wanted for one in workspaces)
        mend = f"an admin invites {name} to workspace {wanted}, or the setting workspace names another one"
        return (Permission(name=f"workspace {wanted}", held=held, mend=mend),)

    async def scopes(self) -> AsyncIterator[ScopeRecord]:
        """Every project that the account may see in its workspaces, archived ones as closed."""
        for workspace in await self._workspaces():
            for project in await self._projects(workspace):
                body = project.body
                yield ScopeRecord(
                    id=project.gid,
                    kind="project",
                    name=str(body.get("name") or project.gid),
                    url=str(body.get("permalink_url") or f"https://app.asana.com/0/{project.gid}"),
                    key=None,
                    closed=body.get("archived") is True,
                    body=body,
                )

    async def _workspaces(self) -> Sequence[Row]:
        fields = ("name", "is_organization")
        if self._settings.workspace is not None:
            return ((await self._calls.one(at("/workspaces/{}", self._settings.workspace), fields))[0],)
        return [one.body for one in await self._calls.listing("/workspaces", fields)]

    async def _projects(self, workspace: Row) -> list[Seen]:
        """The listing of a large organisation may take Asana too long; then team by team, for in an
        organisation every project has a team. https://developers.asana.com/reference/getprojects"""
        gid = str(workspace["gid"])
        try:
            return await self._calls.listing("/projects", SCOPE, workspace=gid)
        except TooHeavy:
            if workspace.get("is_organization") is not True:
                raise
        teams = await self._calls.listing(at("/workspaces/{}/teams", gid), ("name",))
        paths = [at("/teams/{}/projects", team.gid) for team in teams]
        jobs = [partial(self._calls.listing, path, SCOPE) for path in paths]
        async with aclosing(ordered(self._calls.parallel, jobs)) as parts:
            return list({one.gid: one async for part in parts for one in part}.values())

    async def read(
        self, scope: ScopeRecord, since: JsonObject | None = None, resume: JsonObject | None = None
    ) -> AsyncIterator[Page]:
        """Whole: the definitions with sections, people and all that is no task; then the tasks by gid, each
        part followed by its stories; at the end an empty page. With ``since``: what Asana's events and its
        listing of modified tasks name, and nothing more; where Asana gives no events, whole again."""
        known = None if since is None else given(self._plan, since, Since)
        job = Job(
            calls=self._calls,
            definitions=Definitions(self._calls, self._shelf, scope),
            project=scope.id,
            plan=self._plan,
            history=self._settings.history,
        )
        if known is None or known.mark.sync is None:
            reading = read_whole(job, None if resume is None else given(self._plan, resume, Place))
        else:
            reading = read_changed(job, known, None if resume is None else given(self._plan, resume, Left))
        async with aclosing(reading) as read:
            async for page in read:
                yield page

    async def fetch(self, scope: ScopeRecord, ids: Sequence[str]) -> AsyncIterator[Record | Absence]:
        """In the order asked, and ten a call where they are asked for by name. Asana answers 404 for what is
        deleted and for what is hidden from us, so not_found is no proof of a deletion."""
        found = await hinted_tasks(self._calls, scope.id, ids)
        for one in ids:
            yield found[one]

    async def census(self, scope: ScopeRecord) -> AsyncIterator[Fingerprint]:
        """Every task that a reading would bring. Whole, or raises."""
        prints = Prints(archived=scope.closed)
        calls = self._calls.shortened(prints.page, prints.batch)
        tasks = Tasks(calls, scope.id, CENSUS)
        listed = await tasks.listed()
        size = self._settings.page_size * STRETCH
        for start in range(0, len(listed), size):
            part = listed[start : start + size]
            for one in chain(part, *(await tasks.below(part)).values()):
                yield Fingerprint(one.gid, one.body["print"])

    async def definitions(self, scope: ScopeRecord) -> AsyncIterator[Record]:
        """One request, and the people beside: what the plan lacks is a definition too."""
        known = await Definitions(self._calls, self._shelf, scope).read()
        for record in (*known.definitions, *known.sections):
            yield record

    def printing(self, scope: ScopeRecord, definitions: Mapping[str, JsonObject]) -> Printing:
        del definitions  # a task tells every word itself
        return Printing(of=Prints(archived=scope.closed).of, covers=COVERS)

    async def watch(self, scope: ScopeRecord | None, watch: Watch) -> WatchState:
        """One webhook a project."""
        if scope is None:
            raise ValueError("Asana keeps a webhook of one project, not of a whole connection")
        return await self._hooks.watch(scope, watch)

    async def watches(self) -> AsyncIterator[WatchState]:
        for workspace in await self._workspaces():
            async for state in self._hooks.every(str(workspace["gid"])):
                yield state

    async def unwatch(self, id: str) -> None:
        await self._hooks.remove(id)

    def receive(self, delivery: Delivery, watch: Watch) -> Received:
        return receive(delivery, watch)

    async def aclose(self) -> None:
        await self._http.aclose()

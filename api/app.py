"""The application: everything handed in, nothing made at import."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request, Response

from api import (
    changes,
    checks,
    deciding,
    docs,
    events,
    findings,
    health,
    items,
    landing,
    operations,
    people,
    problems,
    projects,
    receipts,
    resources,
    runs,
    subscriptions,
    verifications,
    webhooks,
    work,
)
from api.asking import NotModified
from api.documents import as_sent, as_written
from api.news import News
from api.options import ApiOptions, Clock, Service
from store.following import newest
from store.open import Store

DESCRIPTION = """One portfolio, read out of the trackers that the teams already use.

**Every answer says how fresh and how complete it is**: `meta.as_of` is when the last complete reading of the
least recent scope began, `meta.coverage` counts the scopes that were read, that you may not see, and that
were expected and never shown. A scope that was never read is missing coverage, not a zero. `meta.receipt`
names the record of the last comparison with the tracker, item by item (`/v1/receipts/{id}`).

Errors are problem details (RFC 9457). Listings go on at `next`. Tables also come as CSV (`?format=csv`), with
the envelope in the headers `X-TSPMO-As-Of`, `X-TSPMO-Freshness`, `X-TSPMO-Coverage` and `X-TSPMO-Receipt`. An
`ETag` changes when something that you may see has changed, and not with mere age. A parameter that an
operation does not have is refused. Numbers are of counted items: templates, separators and mirrors are shown,
never counted."""
TAGS = [
    {"name": "portfolio", "description": "Portfolios, programs and projects with their rolled-up figures."},
    {"name": "items", "description": "Work items in the common model, the tracker's own word beside ours."},
    {"name": "people", "description": "Who works on what, and which accounts are whose."},
    {"name": "resources", "description": "Declared status, time, people promised and away, money."},
    {"name": "changes", "description": "The ordered feed, asked for or followed."},
    {"name": "subscriptions", "description": "Others that are told of what happens, by signed webhooks."},
    {
        "name": "operations",
        "description": "Connections, runs, findings, receipts, and what each tracker can tell.",
    },
    {"name": "health", "description": "For whatever watches the process."},
]

PARTS = (
    landing,
    projects,
    items,
    people,
    deciding,
    resources,
    changes,
    events,
    subscriptions,
    operations,
    checks,
    findings,
    receipts,
    runs,
    verifications,
    work,
    webhooks,
    health,
    docs,
)
"""In the order in which the documentation shows them."""


class Api(FastAPI):
    """FastAPI that documents its errors and numbers as they are."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = super().openapi()
            as_sent(self.openapi_schema)
            as_written(self.openapi_schema)
        return self.openapi_schema


def create_app(store: Store, clock: Clock, options: ApiOptions) -> FastAPI:
    """The service over an open store, which stays the caller's to close. ``clock`` answers aware UTC."""
    app = Api(
        title=options.title,
        version=options.version,
        summary="One true, live view of every project.",
        description=DESCRIPTION,
        openapi_tags=TAGS,
        docs_url=None,
        redoc_url=None,
        routes=[route for part in PARTS for route in part.ROUTER.routes],
        separate_input_output_schemas=False,
    )
    news = News(lambda: newest(store), options.sleep)
    app.state.service = Service(store=store, clock=clock, options=options, news=news)
    problems.install(app)
    app.add_exception_handler(NotModified, _not_modified)
    docs.install(app)

    return app


async def _not_modified(_request: Request, error: Exception) -> Response:
    return Response(status_code=304, headers=error.headers if isinstance(error, NotModified) else {})

"""Interactive documentation at /docs, every byte of it from this server: no CDN, no inline script."""

from __future__ import annotations

from html import escape
from importlib.resources import as_file, files
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.staticfiles import StaticFiles

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""Swagger UI sets style attributes on its elements, hence inline styles."""
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="docs/assets/favicon.png">
<link rel="stylesheet" href="docs/assets/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<noscript>This page needs JavaScript; <a href="openapi.json">openapi.json</a> says the same.</noscript>
<script src="docs/assets/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
START = """SwaggerUIBundle({
  url: new URL("openapi.json", document.baseURI).href,
  dom_id: "#docs",
  deepLinking: true,
  displayOperationId: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
});
"""
ROUTER = APIRouter(include_in_schema=False)


@ROUTER.get("/docs")
async def get_docs(request: Request) -> Response:
    page = PAGE.format(title=escape(request.app.title))
    return Response(page, headers=HEADERS, media_type="text/html; charset=utf-8")


@ROUTER.get("/docs/start.js")
async def get_start() -> Response:
    return Response(START, headers=HEADERS, media_type="text/javascript; charset=utf-8")


def install(app: FastAPI) -> None:
    app.mount("/docs/assets", StaticFiles(directory=assets()), name="assets")


def assets() -> Path:
    """Swagger UI 5, as the package fastapi-offline ships it (it reads OpenAPI 3.1)."""
    with as_file(files("fastapi_offline") / "static") as folder:
        return folder

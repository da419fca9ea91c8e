"""/: where things are, and who is let in."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api.access import service
from store.keys import any_keys

ROUTER = APIRouter(include_in_schema=False)


@ROUTER.get("/")
async def get_landing(request: Request) -> dict[str, str]:
    built = service(request)
    keyed = await any_keys(built.store)
    return {
        "title": built.options.title,
        "version": built.options.version,
        "portfolio": "/v1/portfolio",
        "docs": "/docs",
        "openapi": "/openapi.json",
        "access": "callers need an API key"
        if keyed
        else "no API key exists yet, so that only callers on this machine are let in",
    }

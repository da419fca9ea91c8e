"""How operations become routes: each once, when its module is read, and the same in every application."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.routing import APIRoute


def operation_id(route: APIRoute) -> str:
    return route.name


def versioned(tag: str) -> APIRouter:
    """For operations under ``/v1``, each of which writes its answer itself."""
    return APIRouter(
        prefix="/v1",
        tags=[tag],
        default_response_class=Response,
        generate_unique_id_function=operation_id,
    )

"""The admin routes: what is true, and changes to it while the sandboxes run.

``GET /_sandbox/truth`` answers :func:`sandbox.truth.tell`; ``POST /_sandbox/edit`` takes one operation of
:mod:`sandbox.edits` as a JSON object, or a list of them, and answers what changed.
"""

from __future__ import annotations

import json
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import truth
from sandbox.edits import BadEdit, edit
from sandbox.world import World


def app(world: World) -> Starlette:
    async def tell(_request: Request) -> Response:
        return JSONResponse(truth.tell(world.story))

    async def change(request: Request) -> Response:
        try:
            return JSONResponse(_apply(world, await request.body()))
        except BadEdit as error:
            return JSONResponse({"error": str(error)}, 400)

    return Starlette(
        routes=[
            Route("/_sandbox/truth", tell, methods=["GET"]),
            Route("/_sandbox/edit", change, methods=["POST"]),
        ]
    )


def _apply(world: World, body: bytes) -> Any:
    try:
        asked = json.loads(body)
    except ValueError as error:
        raise BadEdit(f"The edit is not JSON: {error}.") from error
    return [edit(world, op) for op in asked] if isinstance(asked, list) else edit(world, asked)

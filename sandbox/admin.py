"""The admin routes: what is true, changes to it while the sandboxes run, and faults.

``GET /_sandbox/truth`` answers :func:`sandbox.truth.tell`; ``POST /_sandbox/edit`` takes one operation of
:mod:`sandbox.edits` as a JSON object, or a list of them, and answers what changed. ``GET /_sandbox/faults``
tells which faults are on (``running``, by tracker) and how often each really happened (``firings``, by name
and tracker); ``POST`` takes ``{"stop": […], "start": […]}``, lists as in a plan, stops before it starts, and
answers the same. ``"all"`` stops every one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import fault_plan, truth
from sandbox.edits import BadEdit, edit
from sandbox.fault_kinds import BadFault
from sandbox.faults import Faults
from sandbox.world import World


def app(world: World, faults: Faults) -> Starlette:
    async def tell(_request: Request) -> Response:
        return JSONResponse(truth.tell(world.story))

    async def change(request: Request) -> Response:
        return _answer(lambda asked: _edit(world, asked), await request.body())

    async def on(_request: Request) -> Response:
        return JSONResponse(_on(faults))

    async def switch(request: Request) -> Response:
        return _answer(lambda asked: _switch(faults, asked), await request.body())

    return Starlette(
        routes=[
            Route("/_sandbox/truth", tell, methods=["GET"]),
            Route("/_sandbox/edit", change, methods=["POST"]),
            Route("/_sandbox/faults", on, methods=["GET"]),
            Route("/_sandbox/faults", switch, methods=["POST"]),
        ]
    )


def _answer(act: Callable[[Any], Any], body: bytes) -> Response:
    try:
        return JSONResponse(act(_asked(body)))
    except (BadEdit, BadFault) as error:
        return JSONResponse({"error": str(error)}, 400)


def _asked(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise BadEdit(f"The body is not JSON: {error}.") from error


def _edit(world: World, asked: Any) -> Any:
    return [edit(world, op) for op in asked] if isinstance(asked, list) else edit(world, asked)


def _on(faults: Faults) -> dict[str, Any]:
    return {"running": faults.running(), "firings": faults.firings()}


def _switch(faults: Faults, asked: Any) -> dict[str, Any]:
    if not isinstance(asked, Mapping) or not set(asked) <= {"start", "stop"} or not asked:
        raise BadFault(
            'Faults are switched by an object with "start", "stop" or both, each a list of faults.'
        )
    started = fault_plan.wanted(asked.get("start", []))
    if asked.get("stop") == "all":
        faults.stop_all()
    else:
        fault_plan.stop(faults, fault_plan.wanted(asked.get("stop", [])))
    fault_plan.start(faults, started)
    return _on(faults)

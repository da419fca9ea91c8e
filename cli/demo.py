"""``tspmo demo``: the sandboxes, a sync over real HTTP, the API and one portfolio, on this machine alone."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import httpx
import msgspec
import typer

from api.envelope import Answer
from api.project_entry import Portfolio
from api.tables import JSON
from cli.answering import Address, bound, server
from cli.portfolio import show
from cli.shell import MISUSE, AsJson, Failure, Outside, out, run
from cli.sync import watched
from config import wiring
from config.load import NAME, parse
from config.secrets import secret_fields
from config.settings import Settings
from connectors.registry import trackers
from sandbox.options import SandboxOptions
from sandbox.server import Sandbox, SandboxError, running
from store.open import Store

EPILOG = "Examples: tspmo demo · tspmo demo --once · tspmo demo --once --json --items 200"
NAMES = {
    "asana": "asana",
    "jira_cloud": "jira",
    "jira_dc": "plant",
    "smartsheet": "smartsheet",
    "trello": "trello",
}
"""What the demo calls its connection to each tracker."""
PACE: Mapping[str, Mapping[str, int]] = {
    "asana": {"requests_per_minute": 6000, "rate_share": 1},
    "jira_cloud": {"rate_share": 1},
    "jira_dc": {"rate_share": 1},
    "smartsheet": {"rate_share": 1},
    "trello": {"rate_share": 1},
}
"""Nobody else works in the sandbox, so its few hundred requests need not be spread over a minute."""
HOST, PORT = "127.0.0.1", 8470
PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """How the demo is shown, and where its API stands."""

    once: bool
    as_json: bool
    address: Address


def register(app: typer.Typer, outside: Outside) -> None:
    @app.command(epilog=EPILOG)
    def demo(
        once: Annotated[
            bool, typer.Option("--once", help="Show the portfolio and end, without serving on.")
        ] = False,
        as_json: AsJson = False,
        items: Annotated[int, typer.Option(help="How many items the made-up story has.")] = 600,
        seed: Annotated[int, typer.Option(help="Another number, another story.")] = 7,
        port: Annotated[
            int | None,
            typer.Option(
                help=f"The API's port, 0 for a free one; else {PORT}, or with --once a free one.", min=0
            ),
        ] = None,
    ) -> None:
        """Look at one portfolio, read over real HTTP from five trackers that run on this machine.

        Needs no account and leaves nothing behind: everything is on loopback and in a temporary folder.
        Goes on serving the API until Ctrl-C.
        """
        options = SandboxOptions(seed=seed, items=items)
        address = Address(HOST, (0 if once else PORT) if port is None else port)
        how = Show(once=once, as_json=as_json, address=address)
        try:
            with running(options) as sandbox, TemporaryDirectory() as folder, suppress(KeyboardInterrupt):
                run(_demo(sandbox, Path(folder), how, outside))
        except SandboxError as error:
            raise Failure(str(error), MISUSE) from error


def demo_settings(sandbox: Sandbox, folder: Path) -> Settings:
    """The demo's portfolio over the sandboxes that run, with the store in a folder."""
    document = tomllib.loads(files("config").joinpath("demo.toml").read_text(encoding="utf-8"))
    known, environ = trackers(), dict[str, str]()
    connections: dict[str, dict[str, str | int]] = {}
    for tracker, name in NAMES.items():
        connections[name] = {"tracker": tracker, "base_url": sandbox.bases[tracker], **PACE.get(tracker, {})}
        secrets = secret_fields(known[tracker].settings)
        for field, value in sandbox.credentials[tracker].items():
            environ[f"{name} {field}"] = value
            connections[name][field] = f"env:{name} {field}" if field in secrets else value
    return parse({**document, "connections": connections}, folder / NAME, environ, known)


async def _demo(sandbox: Sandbox, folder: Path, how: Show, outside: Outside) -> None:
    settings = demo_settings(sandbox, folder)
    with bound(how.address) as listener:
        async with wiring.opened_store(settings) as store:
            await _read(store, settings, outside)
            api = server(store, settings, outside)
            serving = asyncio.create_task(api.serve(sockets=[listener]))
            try:
                async with asked(Address(HOST, listener.getsockname()[1]).url) as client:
                    await _tell(client, sandbox, how)
                if not how.once:
                    await serving
            finally:
                api.should_exit = True
                await serving


async def _read(store: Store, settings: Settings, outside: Outside) -> None:
    async with wiring.sources(settings, list(settings.connections), outside.timing) as sources:
        reports = await watched(store, sources, outside)
    errors = [error for report in reports for error in report.errors]
    if errors:
        raise Failure("\n".join(errors))


@asynccontextmanager
async def asked(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the API on this machine, past any proxy."""
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as client:
        yield client


async def _tell(client: httpx.AsyncClient, sandbox: Sandbox, how: Show) -> None:
    body = await _get(client, "/v1/portfolio")
    if how.as_json:
        typer.echo(JSON.encode(await _everything(client, sandbox, body)))
        return
    show(msgspec.json.decode(body, type=Answer[Portfolio]))
    console = out()
    if how.once:
        console.print(
            f"The API: tspmo demo keeps it open, with its documentation at {Address(HOST, PORT).url}/docs.\n"
            "Next: tspmo init connects a tracker of your own.",
            markup=False,
        )
    else:
        base = str(client.base_url).rstrip("/")
        console.print(
            f"The API: {base}/docs (documentation), {base}/v1/portfolio\n"
            f"Change the story while it runs: POST {sandbox.admin}/_sandbox/edit\n"
            "Ctrl-C ends it.",
            markup=False,
        )


async def _everything(client: httpx.AsyncClient, sandbox: Sandbox, portfolio: bytes) -> dict[str, Any]:
    """All that was read, as the API tells it, with what it can be compared to."""
    story = sandbox.world.story
    return {
        "portfolio": msgspec.json.decode(portfolio),
        "items": await _all(
            client, f"/v1/items?limit={PAGE}&include=links,history&presence=present&presence=archived"
        ),
        "people": await _all(client, f"/v1/people?limit={PAGE}"),
        "truth_seed": story.seed,
        "today": story.today.isoformat(),
    }


async def _all(client: httpx.AsyncClient, path: str | None) -> list[Any]:
    """Every entry of a listing, page after page."""
    entries: list[Any] = []
    while path:
        page = msgspec.json.decode(await _get(client, path))
        entries += page["data"]
        path = page["next"] and page["next"]["link"]
    return entries


async def _get(client: httpx.AsyncClient, path: str) -> bytes:
    response = await client.get(path)
    if response.is_error:
        raise Failure(f"The API answered {response.status_code} to GET {path}: {response.text[:300]}")
    return response.content

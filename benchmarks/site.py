"""The tracker's process: the dataset behind HTTP, and what its parent may ask of it.

{"do": "open", "tracker": …, "scopes": 10, "items": 1000}   base, credentials, facts, clock
{"do": "pace", "latency": 0.15}                              each answer comes that much later
{"do": "count"}                                              from now on; the answers stay known
{"do": "asked", "file": …}                                   how much since; writes the requests there
{"do": "edit", "share": 0.01}                                that share of the items, and how many
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from threading import Event, Thread
from typing import Any

from benchmarks.dataset import Size, edits_of, facts_of, world_of
from benchmarks.talk import answer
from benchmarks.wire import Connection, Site
from sandbox.edits import edit
from sandbox.options import SandboxOptions
from sandbox.server import APPS, CREDENTIALS, HOST, PATHS
from sandbox.story import Home
from sandbox.world import World

ID = re.compile(r"\d{2,}|[0-9a-f]{24}")


class Served:
    """The one site of this process."""

    def __init__(self) -> None:
        self._world: World | None = None
        self._site: Site | None = None

    def open(self, tracker: Home, scopes: int, items: int) -> Mapping[str, Any]:
        self._world = world_of(Size(tracker=tracker, scopes=scopes, items=items))
        options = SandboxOptions(budgets=False, homes=(tracker,))
        self._site = Site(APPS[tracker](self._world, options), self._world)
        port = _listening(self._site)
        return {
            "base": f"http://{HOST}:{port}{PATHS.get(tracker, '')}",
            "credentials": dict(CREDENTIALS[tracker]),
            "facts": asdict(facts_of(self._world)),
            "now": self._world.now().isoformat(),
        }

    @property
    def site(self) -> Site:
        if self._site is None:
            raise LookupError("nothing is open yet")
        return self._site

    @property
    def world(self) -> World:
        if self._world is None:
            raise LookupError("nothing is open yet")
        return self._world

    def pace(self, latency: float) -> Mapping[str, Any]:
        self.site.latency = latency
        return {}

    def count(self) -> Mapping[str, Any]:
        self.site.count_anew()
        return {}

    def asked(self, file: str) -> Mapping[str, Any]:
        log = self.site.log
        lines = [
            json.dumps({"method": one.method, "target": one.target, "body": one.body.decode()}) for one in log
        ]
        Path(file).write_text("\n".join(lines), encoding="utf-8")
        paths = Counter(f"{one.method} {nameless(one.target)}" for one in log)
        return {"requests": len(log), "at_once": self.site.at_once, "paths": dict(paths.most_common())}

    def edit(self, share: float) -> Mapping[str, Any]:
        operations = list(edits_of(self.world, share))
        for one in operations:
            edit(self.world, one)
        self.site.forget()
        return {"changed": len(operations)}


def nameless(target: str) -> str:
    """The path without its query, and without the ids in it."""
    return "/".join("*" if ID.fullmatch(part) else part for part in target.partition("?")[0].split("/"))


def _listening(site: Site) -> int:
    """The port of a server that runs in a thread of its own as long as the process."""
    ready, ports = Event(), list[int]()

    async def run() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Connection(site), HOST, 0, backlog=500)
        ports.append(server.sockets[0].getsockname()[1])
        ready.set()
        await server.serve_forever()

    Thread(target=asyncio.run, args=(run(),), daemon=True).start()
    ready.wait()
    return ports[0]


def main() -> None:
    served = Served()
    answer(
        {
            "open": served.open,
            "pace": served.pace,
            "count": served.count,
            "asked": served.asked,
            "edit": served.edit,
        }
    )


if __name__ == "__main__":
    main()

"""From an edit in a tracker to what is shown, with the programs that people run: serve and watch."""

from __future__ import annotations

from pathlib import Path

from sandbox.trello_webhooks import SECRET
from tests.cli.processes import started, tspmo
from tests.cli.test_servers import address_in
from tests.cli.test_workers import ask, at_trello, runs, wait_for
from tests.loopback import free_port


def titles(base: str) -> set[str]:
    return {item["title"] for item in ask(base, "/v1/items?limit=1000").json()["data"]}


def test_an_edit_is_shown_because_its_tracker_told_of_it(tmp_path: Path) -> None:
    port = free_port()
    server = f'[server]\nport = {port}\npublic_url = "http://127.0.0.1:{port}"'
    with at_trello(tmp_path, server) as sandbox:
        config = tmp_path / "tspmo.toml"
        config.write_text(f'{config.read_text()}secret = "file:secret"\n')
        (tmp_path / "secret").write_text(SECRET)
        with started(tmp_path, "serve") as serving:
            base = address_in(serving.line("Serving on"))
            wait_for(lambda: ask(base, "/v1/portfolio").json()["meta"]["coverage"]["complete"] > 0)
            wait_for(lambda: "running" not in runs(base))
            watched = tspmo(tmp_path, "watch")
            assert watched.returncode == 0, watched.stdout + watched.stderr
            assert " made" in watched.stdout
            wait_for(lambda: ask(base, "/v1/watches").json()["data"][0]["waiting"] == 0)
            board = max(sandbox.truth()["trackers"]["trello"]["scopes"], key=lambda one: len(one["items"]))
            task = board["items"][0]["id"]
            sandbox.edit({"op": "set", "task": task, "fields": {"title": "Told and shown"}})
            wait_for(lambda: "Told and shown" in titles(base))
            assert "webhooks well" in tspmo(tmp_path, "status").stdout
            assert serving.interrupt() == 0

"""A configuration is read whole and true, or refused with a sentence for everything that is wrong in it."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from pydantic import SecretStr

from config.load import load
from config.problems import SettingsError
from connectors.registry import trackers
from tests.config.paper import CONNECTION, ENVIRON, PAPER, complaints, read


def test_the_smallest_configuration_has_every_default() -> None:
    settings = read(CONNECTION)
    assert settings.store_url == "sqlite:////somewhere/tspmo.db"
    assert (settings.server.host, settings.server.port, settings.server.freshness_minutes) == (
        "127.0.0.1",
        8470,
        60,
    )
    connection = settings.connections["desk"]
    assert connection.tracker is PAPER
    assert connection.settings.model_dump(exclude={"token"}) == {
        "tracker": "paper",
        "owner": "Ada",
        "base_url": "https://paper.example",
        "sheets": 10,
    }


def test_a_secret_is_found_in_the_environment_and_shown_nowhere() -> None:
    settings = read(CONNECTION)
    token = settings.connections["desk"].settings.model_dump()["token"]
    assert isinstance(token, SecretStr)
    assert token.get_secret_value() == "s3cret-value"
    assert "s3cret" not in repr(settings)


def test_a_secret_is_found_in_a_file_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "desk").write_text("from-a-file\n")
    settings = read(CONNECTION.replace("env:PAPER_TOKEN", "file:secrets/desk"), {}, tmp_path)
    assert settings.connections["desk"].settings.model_dump()["token"].get_secret_value() == "from-a-file"


def test_a_password_of_the_store_stays_out_of_the_file() -> None:
    text = '[store]\nurl = "env:DATABASE"\n' + CONNECTION
    address = "postgresql://pmo:hidden@db/pmo"
    assert read(text, {**ENVIRON, "DATABASE": address}).store_url == address
    [sentence] = complaints('[store]\nurl = "postgresql://pmo:hidden@db/pmo"\n' + CONNECTION)
    assert sentence.startswith("tspmo.toml, [store] url: expected no password in this file")
    assert "hidden" not in sentence


def test_a_relative_store_stands_beside_the_configuration_and_an_absolute_one_where_it_says() -> None:
    assert read('[store]\nurl = "sqlite:///data/pmo.db"\n').store_url == "sqlite:////somewhere/data/pmo.db"
    assert read('[store]\nurl = "sqlite:////var/pmo.db"\n').store_url == "sqlite:////var/pmo.db"


def test_schedules_have_defaults_and_each_can_be_switched_off() -> None:
    assert read("").schedules.model_dump() == {
        "nightly": "0 2 * * *",
        "incremental": "0 * * * *",
        "probe": "*/15 * * * *",
        "zone": "UTC",
    }
    schedules = read('[schedules]\nprobe = "off"\nnightly = "30 1 * * 1-5"\nzone = "Europe/Berlin"').schedules
    assert (schedules.probe, schedules.nightly, schedules.zone) == ("off", "30 1 * * 1-5", "Europe/Berlin")


def test_the_tree_is_read_with_its_sources() -> None:
    settings = read(
        CONNECTION
        + """
        [[portfolios]]
        id = "all"
        name = "All"
        [[programs]]
        id = "office"
        name = "Office"
        parent = "all"
        [[projects]]
        id = "move"
        name = "Move"
        parent = "office"
        method = "hybrid"
        target_end = 2027-03-31
        sources = [{ connection = "desk", scope = "A" }, { connection = "desk", scope = "B", labels = ["x"] }]
        """
    )
    [project] = settings.projects
    assert (project.parent, project.method, project.target_end) == ("office", "hybrid", date(2027, 3, 31))
    assert [(source.scope, source.labels) for source in project.sources] == [("A", ()), ("B", ("x",))]


REFUSED = [
    (
        "[server]\nprot = 80",
        "[server] prot: expected one of freshness_minutes, host, port, public_url, found an unknown key. "
        'Mend: write "port".',
    ),
    (
        "conections = 1",
        "[conections]: expected one of connections, outgoing, portfolios, programs, projects, rules, "
        'schedules, scopes, server, store, found an unknown key. Mend: write "connections".',
    ),
    (
        "[server]\nport = 99999",
        "[server] port: expected a number of at most 65535, found 99999. Mend: correct the value.",
    ),
    (
        '[server]\nport = "eighty"',
        '[server] port: expected a whole number, found "eighty". Mend: correct the value.',
    ),
    (
        '[connections."Desk 1"]\ntracker = "paper"\nowner = "A"\ntoken = "env:PAPER_TOKEN"',
        "[connections.Desk 1]: expected lower-case letters, digits, dots, dashes or underscores, "
        'found "Desk 1". Mend: correct the value.',
    ),
    (
        '[connections.a]\ntracker = "papper"',
        '[connections.a] tracker: expected "paper", found "papper". Mend: write "paper".',
    ),
    (
        "[connections.a]",
        '[connections.a] tracker: expected "paper", found nothing. Mend: add it.',
    ),
    (
        '[connections.a]\ntracker = "paper"\ntoken = "env:PAPER_TOKEN"',
        "[connections.a] owner: expected who holds the drawer, found nothing. Mend: add it.",
    ),
    (
        CONNECTION + 'ower = "x"',
        "[connections.desk] ower: expected one of base_url, owner, sheets, token, tracker, found "
        'an unknown key. Mend: write "owner".',
    ),
    (
        CONNECTION.replace("PAPER_TOKEN", "PAPER_TOKEN_2"),
        "[connections.desk] token: expected the environment variable PAPER_TOKEN_2 to hold it, "
        "found it unset or empty. Mend: set it where tspmo is started: export PAPER_TOKEN_2=….",
    ),
    (
        CONNECTION.replace("env:PAPER_TOKEN", "file:no"),
        "[connections.desk] token: expected the file /somewhere/no to hold it, found that it "
        "cannot be read (No such file or directory). Mend: write the secret into it, readable by "
        "the user that runs tspmo.",
    ),
    (
        CONNECTION + '[[scopes]]\nconnection = "dsk"\nscope = "*"',
        '[[scopes]] 1, connection: expected "desk", found "dsk". Mend: write "desk".',
    ),
    (
        CONNECTION + '[[scopes]]\nconnection = "desk"\nscope = "*"\nsharing = "organization"',
        '[[scopes]] 1, sharing: expected "team_only", "pmo" or "organisation", found '
        '"organization". Mend: write "organisation".',
    ),
    (
        CONNECTION + '[[scopes]]\nconnection = "desk"\nscope = "*"\nsharing = "team_only"',
        "[[scopes]] 1, team: expected the team that may see it, found nothing. Mend: add it.",
    ),
    (
        CONNECTION
        + '[[scopes]]\nconnection = "desk"\nscope = "A"\n[[scopes]]\nconnection = "desk"\nscope = "A"\n',
        '[[scopes]] of connection "desk": expected one of a name, found "A" a second time. Mend: '
        "rename or remove one of them.",
    ),
    (
        CONNECTION + '[[rules]]\nstatus = { "Waiting for vendor" = "in progress" }',
        '[[rules]] 1, status."Waiting for vendor": expected "triage", "backlog", "todo", '
        '"in_progress", "done", "cancelled" or "unknown", found "in progress". Mend: write '
        '"in_progress".',
    ),
    (
        CONNECTION + '[[rules]]\nscope = "A"',
        '[[rules]] 1, connection: expected the connection of the scope, found only scope "A". Mend: add it.',
    ),
    (
        '[[portfolios]]\nid = "all"\nname = "All"\n[[projects]]\nid = "move"\nname = "M"\nparent = "al"',
        '[[projects]] "move", parent: expected "all", found "al". Mend: write "all".',
    ),
    (
        '[[portfolios]]\nid = "move"\nname = "All"\n[[projects]]\nid = "move"\nname = "M"',
        '[[projects]] "move", id: expected one of a name, found "move" a second time. Mend: '
        "rename or remove one of them.",
    ),
    (
        CONNECTION
        + '[[projects]]\nid = "move"\nname = "M"\nsources = [{ connection = "desk", scope = "A" }, { '
        'connection = "dusk", scope = "A" }]',
        '[[projects]] "move", sources[2].connection: expected "desk", found "dusk". Mend: write "desk".',
    ),
    (
        '[[projects]]\nid = "move"\nname = "M"\ntarget_end = "soon"',
        '[[projects]] "move", target_end: expected a day written YYYY-MM-DD, found "soon". Mend: '
        "correct the value.",
    ),
    (
        '[[projects]]\nid = "move"\nname = "M"\nmethod = "scrum"',
        '[[projects]] "move", method: expected "agile", "waterfall", "hybrid", "kanban" or '
        '"unspecified", found "scrum". Mend: write one of these.',
    ),
    (
        '[schedules]\nnightly = "0 25 * * *"',
        '[schedules] nightly: expected an hour from 0 to 23 in the place of "25", as in "0 2 * * *" for each '
        'night at two, found "0 25 * * *". Mend: correct the value.',
    ),
    (
        '[schedules]\nincremental = "hourly"',
        "[schedules] incremental: expected five parts (a minute, an hour, a day of the month, a month, a day "
        'of the week), such as "0 2 * * *" for each night at two, or "off", found "hourly". Mend: correct '
        "the value.",
    ),
    (
        '[schedules]\nprobe = "0 2 30 2 *"',
        '[schedules] probe: expected a day that comes, as in "0 2 * * *" for each night at two, found '
        '"0 2 30 2 *". Mend: correct the value.',
    ),
    (
        '[schedules]\nzone = "Berlin"',
        '[schedules] zone: expected a time zone of the IANA, such as "Europe/Berlin" or "UTC", found '
        '"Berlin". Mend: correct the value.',
    ),
    (
        '[outgoing]\nnetworks = ["10.0.0.1/8"]',
        '[outgoing] networks[1]: expected a network, such as "10.0.0.0/8" or "fd00::/8", found '
        '"10.0.0.1/8". Mend: correct the value.',
    ),
    (
        '[store]\nurl = "mysql://x/y"',
        "[store] url: expected sqlite:///PATH or postgresql://USER@HOST/DATABASE, found "
        '"mysql://…". Mend: correct the address.',
    ),
]


@pytest.mark.parametrize(("document", "sentence"), REFUSED, ids=range(len(REFUSED)))
def test_a_mistake_is_one_sentence(document: str, sentence: str) -> None:
    assert complaints(document) == [f"tspmo.toml, {sentence}"]


def test_every_mistake_is_told_at_once() -> None:
    found = complaints(
        '[server]\nport = "x"\nhots = "y"\n'
        '[connections.a]\ntracker = "paper"\ntoken = "env:NONE"\nsheets = 99\n'
    )
    assert [sentence.split(":")[0] for sentence in found] == [
        "tspmo.toml, [server] port",
        "tspmo.toml, [server] hots",
        "tspmo.toml, [connections.a] token",
        "tspmo.toml, [connections.a] owner",
        "tspmo.toml, [connections.a] sheets",
    ]


def test_a_secret_written_into_the_file_is_refused_and_not_repeated() -> None:
    [sentence] = complaints(CONNECTION.replace("env:PAPER_TOKEN", "s3cret-in-the-open"))
    assert sentence.startswith(
        'tspmo.toml, [connections.desk] token: expected "env:NAME" or "file:PATH", found'
    )
    assert "s3cret" not in sentence


def test_a_secret_of_the_wrong_form_is_not_repeated() -> None:
    [sentence] = complaints(CONNECTION, {"PAPER_TOKEN": "ab"})
    assert "[connections.desk] token" in sentence
    assert '"ab"' not in sentence


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://tracker.example", "must begin with https://"),
        ("https://ada:pw-in-url@tracker.example", "no user name or password"),
        ("tracker.example", "must look like https://host"),
    ],
)
def test_credentials_go_to_no_unsafe_address(address: str, why: str) -> None:
    [sentence] = complaints(f'{CONNECTION}base_url = "{address}"')
    assert "[connections.desk] base_url" in sentence
    assert why in sentence
    assert "pw-in-url" not in sentence


def test_plain_http_is_fine_on_this_machine() -> None:
    assert not complaints(CONNECTION + 'base_url = "http://127.0.0.1:9000"')


def test_a_file_that_is_not_there_or_no_toml_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "tspmo.toml"
    with pytest.raises(
        SettingsError, match=r"expected a configuration, found no such file\. Mend: tspmo init"
    ):
        load(path, {}, {})
    path.write_text("[store\n")
    with pytest.raises(SettingsError, match=r"tspmo\.toml: expected TOML, found: .*line 1"):
        load(path, {}, {})
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="expected readable text"):
        load(path, {}, {})


def test_the_example_file_is_a_configuration() -> None:
    environ = {"TRELLO_KEY": "k" * 32, "TRELLO_TOKEN": "t" * 64, "JIRA_TOKEN": "j" * 24}
    settings = load(Path(str(files("config") / "tspmo.toml")), environ, trackers())
    assert sorted(settings.connections) == ["boards", "jira"]
    assert [len(project.sources) for project in settings.projects] == [2]

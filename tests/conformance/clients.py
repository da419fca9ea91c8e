"""The vendors' own clients, each reading what it can of a sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Any

import asana
import requests
import trello as py_trello
from jira import JIRA
from smartsheet import Smartsheet
from urllib3.util import Retry


def read_asana(base: str, credentials: Mapping[str, str]) -> None:
    settings = asana.Configuration()
    settings.host = base
    settings.access_token = credentials["token"]
    settings.retry_strategy = Retry(total=0)
    api = asana.ApiClient(settings)
    try:
        me = asana.UsersApi(api).get_user("me", {})
        for workspace in me["workspaces"]:
            list(asana.UsersApi(api).get_users({"workspace": workspace["gid"]}))
            for project in asana.ProjectsApi(api).get_projects({"workspace": workspace["gid"]}):
                _read_asana_project(api, project["gid"])
    finally:
        api.rest_client.pool_manager.clear()


def _read_asana_project(api: asana.ApiClient, gid: str) -> None:
    asana.ProjectsApi(api).get_project(gid, {})
    list(asana.SectionsApi(api).get_sections_for_project(gid, {}))
    list(asana.StatusUpdatesApi(api).get_statuses_for_object(gid, {"opt_fields": "text,status_type"}))
    list(asana.CustomFieldSettingsApi(api).get_custom_field_settings_for_project(gid, {}))
    list(asana.AllocationsApi(api).get_allocations({"parent": gid}))
    tasks = asana.TasksApi(api)
    for task in list(tasks.get_tasks_for_project(gid, {}))[:2]:
        tasks.get_task(task["gid"], {})
        list(tasks.get_subtasks_for_task(task["gid"], {}))
        list(asana.StoriesApi(api).get_stories_for_task(task["gid"], {}))


def read_jira_cloud(base: str, credentials: Mapping[str, str]) -> None:
    """In the version 3 of the API: the vendor's description of version 2 is another file."""
    jira = JIRA(
        base,
        options={"rest_api_version": "3"},
        basic_auth=(credentials["email"], credentials["token"]),
        max_retries=0,
        timeout=20,
    )
    with closing(jira):
        _read_jira(jira)


def read_jira_dc(base: str, credentials: Mapping[str, str]) -> None:
    with closing(JIRA(base, token_auth=credentials["token"], max_retries=0, timeout=20)) as jira:
        _read_jira(jira)


def _read_jira(jira: JIRA) -> None:
    jira.myself()
    for project in jira.projects():
        found = jira.search_issues(f"project = {project.id} ORDER BY key", maxResults=False)
        jira.issue(found[0].key, expand="changelog")
        for board in jira.boards(projectKeyOrID=project.key):
            if board.type == "scrum":
                jira.sprints(board.id)


def read_smartsheet(base: str, credentials: Mapping[str, str]) -> None:
    client = Smartsheet(credentials["token"], api_base=f"{base}/2.0", max_retry_time=0)
    client.errors_as_exceptions(True)
    with closing(client._session):
        client.Server.server_info()
        client.Users.get_current_user()
        for workspace in client.Workspaces.list_workspaces().data:
            client.Workspaces.get_workspace_metadata(workspace.id)
            client.Workspaces.get_workspace_children(workspace.id)
        for sheet in client.Sheets.list_sheets(include="sheetVersion", include_all=True).data:
            _read_sheet(client, sheet.id)


def _read_sheet(client: Smartsheet, id: int) -> None:
    client.Sheets.get_sheet_version(id)
    client.Sheets.get_columns(id, level=2, include_all=True)
    client.Sheets.get_sheet_summary(id)
    client.Sheets.get_sheet(id)
    sheet = client.Sheets.get_sheet(id, level=2, include="objectValue,writerInfo")
    for row in sheet.rows[:2]:
        client.Sheets.get_row(id, row.id)
        for column in sheet.columns:
            client.Cells.get_cell_history(id, row.id, column.id, include_all=True)


def read_trello(base: str, credentials: Mapping[str, str]) -> None:
    with requests.Session() as session:
        service = _Redirected(base, session)
        client = py_trello.TrelloClient(credentials["key"], credentials["token"], http_service=service)
        for board in client.list_boards():
            board.all_lists()
            board.all_members()
            for card in board.all_cards()[:2]:
                client.get_card(card.id)


class _Redirected:
    """py-trello's addresses are fixed; this HTTP service sends them to the sandbox."""

    def __init__(self, base: str, session: requests.Session) -> None:
        self._base = base
        self._session = session

    def request(self, method: str, url: str, **more: Any) -> requests.Response:
        return self._session.request(method, url.replace("https://api.trello.com", self._base), **more)

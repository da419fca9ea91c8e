"""The vendors' own clients in their best way: one session, the largest pages, everything kept in memory only.

They read what the sync reads: the scopes, what is needed to read their items, the items, and with history
theirs. The clients of another hand's second opinion (``connectors/oracle_*.py``) open them here too, without
a pace.

    {"do": "read", "tracker": …, "base": …, "credentials": …, "scopes": [id, …], "history": …}
"""

# mypy: disable-error-code="import-untyped, no-untyped-call"

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import asana
import jira
from jira.resources import Resource

from benchmarks.talk import answer
from connectors import oracle_asana, oracle_jira, oracle_smartsheet, oracle_trello
from connectors.asana_fields import STORY, TASK
from connectors.oracle_terms import Pacer
from connectors.smartsheet_reading import history_columns
from connectors.trello_calls import ACTION_TYPES

Kept = list[Any]
FAR = 1_000_000
PAGE = 100
"""Of Asana and of cell histories; Jira Cloud gives no more bodies either."""
THOUSAND = 1000


def read(
    tracker: str, base: str, credentials: Mapping[str, str], scopes: Sequence[str], history: bool
) -> Mapping[str, Any]:
    opened, reading = CLIENTS[tracker]
    warnings.simplefilter("ignore")
    began = time.perf_counter()
    with opened(base, credentials, Pacer(FAR, 1.0)) as client:
        kept, items = reading(client, scopes, history)
    return {"wall_s": time.perf_counter() - began, "items": items, "kept": len(kept)}


def _asana(client: asana.ApiClient, scopes: Sequence[str], history: bool) -> tuple[Kept, int]:
    tasks, stories = asana.TasksApi(client), asana.StoriesApi(client)
    workspaces = list(asana.WorkspacesApi(client).get_workspaces({"limit": PAGE}))
    kept: Kept = [*workspaces]
    for workspace in workspaces:
        kept += asana.ProjectsApi(client).get_projects({"workspace": workspace["gid"], "limit": PAGE})
        kept += asana.UsersApi(client).get_users({"workspace": workspace["gid"], "limit": PAGE})
    found: Kept = []
    for scope in scopes:
        kept += asana.SectionsApi(client).get_sections_for_project(scope, {"limit": PAGE})
        kept += asana.CustomFieldSettingsApi(client).get_custom_field_settings_for_project(
            scope, {"limit": PAGE}
        )
        level = list(tasks.get_tasks_for_project(scope, {"opt_fields": ",".join(TASK), "limit": PAGE}))
        while level:
            found += level
            above = [task for task in level if task["num_subtasks"]]
            level = [
                child
                for task in above
                for child in tasks.get_subtasks_for_task(
                    task["gid"], {"opt_fields": ",".join(TASK), "limit": PAGE}
                )
            ]
    if history:
        for task in found:
            asked = {"opt_fields": ",".join(STORY), "limit": PAGE}
            kept += stories.get_stories_for_task(task["gid"], asked)
    return [*kept, *found], len(found)


def _jira(client: jira.JIRA, scopes: Sequence[str], history: bool) -> tuple[Kept, int]:
    client._options["default_batch_size"] = {Resource: THOUSAND}  # Data Center's most; Cloud's is its own
    kept: Kept = [
        client.projects(), client.fields(), client.statuses(), client.issue_link_types(), client.priorities(),
    ]  # fmt: skip
    items = 0
    for scope in scopes:
        kept.append(client.project(scope))
        for board in client.boards(projectKeyOrID=scope, maxResults=False):
            kept += [board, client._get_json(f"board/{board.id}/configuration", base=client.AGILE_BASE_URL)]
            if board.type == "scrum":
                kept += client.sprints(board.id, maxResults=False)
        found = client.search_issues(
            f"project = {scope} ORDER BY created ASC",
            maxResults=0,
            fields="*all,-comment,-worklog,-attachment",
            expand="changelog" if history else None,
        )
        kept += found
        items += len(found)
    return kept, items


def _trello(client: Any, scopes: Sequence[str], history: bool) -> tuple[Kept, int]:
    """It pages through no cards by itself; ``before`` is handed on to Trello as it stands."""
    kept: Kept = client.list_boards("all")
    items = 0
    for scope in scopes:
        board = client.get_board(scope)
        kept += [
            board, board.all_lists(), board.get_labels(limit=THOUSAND), board.get_custom_field_definitions(),
            board.all_members(),
        ]  # fmt: skip
        asked = {"fields": "all", "customFieldItems": "true", "checklists": "all", "limit": THOUSAND}
        page = board.get_cards({**asked, "filter": "all"})
        while page:
            kept += page
            items += len(page)
            page = (
                board.get_cards({**asked, "filter": "all", "before": min(card.id for card in page)})
                if len(page) == THOUSAND
                else []
            )
        actions = board.fetch_actions(ACTION_TYPES, THOUSAND) if history else []
        while actions:
            kept += actions
            before = min(one["id"] for one in actions)
            full = len(actions) == THOUSAND
            actions = board.fetch_actions(ACTION_TYPES, THOUSAND, before=before) if full else []
    return kept, items


def _smartsheet(client: Any, scopes: Sequence[str], history: bool) -> tuple[Kept, int]:
    kept: Kept = [client.Sheets.list_sheets(page_size=THOUSAND)]
    items = 0
    for scope in scopes:
        sheet = client.Sheets.get_sheet(
            int(scope), include=["objectValue", "writerInfo", "ownerInfo", "rowPermalink"],
            exclude=["nonexistentCells"], page_size=10 * THOUSAND, level=2,
        )  # fmt: skip
        kept += [sheet, client.Sheets.get_sheet_summary(int(scope))]
        items += len(sheet.rows)
        columns = history_columns({"columns": [one.to_dict() for one in sheet.columns]}) if history else []
        for row in sheet.rows:
            for column in columns:
                kept.append(
                    client.Cells.get_cell_history(
                        int(scope), row.id, int(column), include="objectValue", page_size=PAGE, level=2
                    )
                )
    return kept, items


def _smartsheet_client(base: str, credentials: Mapping[str, str], pacer: Pacer) -> Any:
    """The vendor's addresses have their version in them."""
    return oracle_smartsheet.client(f"{base}/2.0", credentials, pacer)


Reading = Callable[[Any, Sequence[str], bool], tuple[Kept, int]]
CLIENTS: Mapping[str, tuple[Callable[..., Any], Reading]] = {
    "asana": (oracle_asana.client, _asana),
    "jira_cloud": (oracle_jira.client, _jira),
    "jira_dc": (oracle_jira.client, _jira),
    "smartsheet": (_smartsheet_client, _smartsheet),
    "trello": (oracle_trello.client, _trello),
}


def main() -> None:
    answer({"read": read})


if __name__ == "__main__":
    main()

"""The examples in the documentation: real values of the real types, so that they cannot drift from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from api.connection_entry import ConnectionEntry
from api.envelope import Answer, Next, Page, meta
from api.item_entry import COLUMNS as ITEM_COLUMNS
from api.item_entry import AssignmentEntry, ItemEntry, row
from api.project_entry import COLUMNS as PROJECT_COLUMNS
from api.project_entry import DeclaredStatus, Portfolio, ProjectEntry, TreeNode, project_row
from api.tables import from_fields, to_csv
from connectors.base import Capabilities
from normalizer import model
from portfolio.figures import Figures
from portfolio.freshness import Coverage, Reach
from portfolio.rollup import summarise
from store import verification_views, views
from store.people_views import PersonAccount

ITEM_ID = "0f8b8a3e-5d0f-5c7e-9a43-5f6f1a8f6a10"
PERSON_ID = "9d1f7a52-63c1-5b8e-8a55-0d0f5f1c2b3a"
ACCOUNT_ID = "4b9d4b0e-3f3c-5b0a-8d1e-6c0b8f2f7c21"
SCOPE_ID = "c2f0a6d4-8e2b-5f5e-b0f7-1f8d6b1f9e02"
READ = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_NOW = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)

_REACH = Reach(
    as_of=READ,
    oldest_scope=SCOPE_ID,
    target_seconds=3600,
    late=0,
    coverage=Coverage(scopes=1, complete=1, hidden=0, expected=0, restricted=0),
)
META = meta(_REACH, _NOW)
_SCOPE = views.ScopeView(
    id=SCOPE_ID,
    connection="boards",
    tracker="trello",
    remote_id="5f0c1d2e3a4b5c6d7e8f9a0b",
    key=None,
    name="Website relaunch",
    kind="board",
    url="https://trello.com/b/AbCd1234",
    sharing="organisation",
    team="Web",
    state="complete",
    complete_at=READ,
    error=None,
    items=10,
    rejected=0,
    target_seconds=3600,
    late=False,
    late_reason=None,
    absent={"estimates": "unsupported"},
)
_SUMMARY = summarise(
    Figures(
        categories={"todo": 2, "in_progress": 3, "done": 4, "cancelled": 1},
        open_due={date(2026, 11, 20): 1, date(2026, 11, 27): 1, date(2026, 12, 18): 2},
        blocked=1,
        unassigned=1,
        people={PERSON_ID: 4},
    ),
    _REACH,
    _NOW,
)
_PROJECT = ProjectEntry(
    id="website",
    kind="project",
    name="Website relaunch",
    parent=None,
    owner="Mira Novak",
    method="kanban",
    target_end=date(2026, 12, 18),
    scopes=[_SCOPE],
    declared=[
        DeclaredStatus(
            scope=SCOPE_ID,
            scope_name="Website relaunch",
            rag="on_track",
            original=model.Named("On track"),
            title="Week 47",
            author="Mira Novak",
            author_id=ACCOUNT_ID,
            at=datetime(2026, 11, 20, 16, 0, tzinfo=UTC),
            age_seconds=234_720,
            read_at=READ,
            report="5d0c2a4e-7b1f-5a3d-9c8e-2f6b4d1a0e93",
        )
    ],
    summary=_SUMMARY,
)
PROJECT = Answer(data=_PROJECT, meta=META)
PROJECTS = Page(data=[_PROJECT], meta=META)
PORTFOLIO = Answer(
    data=Portfolio(
        tree=[TreeNode(id="website", kind="project", name="Website relaunch", children=[])],
        projects=[_PROJECT],
    ),
    meta=META,
)
PROJECTS_CSV = to_csv(PROJECT_COLUMNS, [project_row(_PROJECT)]).decode()

_ITEM = ItemEntry(
    id=ITEM_ID,
    tracker="trello",
    connection="boards",
    scope=SCOPE_ID,
    section="Doing",
    projects=["website"],
    remote_id="5f0c1d2e3a4b5c6d7e8f9a0c",
    remote_key="#42",
    former_keys=[],
    url="https://trello.com/c/EfGh5678",
    title="Move the login page",
    description_md="Same look, new address.",
    description_format="markdown",
    type="task",
    original_type=None,
    level=0,
    parent_id=None,
    status_category="in_progress",
    original_status=model.Named("Doing", "5f0c1d2e3a4b5c6d7e8f9a0d"),
    outcome=None,
    original_outcome=None,
    hold="none",
    hold_reason=None,
    hold_since=None,
    priority="none",
    original_priority=None,
    rank="16384",
    start=None,
    start_source=None,
    due=model.DateValue(at=datetime(2026, 11, 27, 11, 0, tzinfo=UTC)),
    actual_start=datetime(2026, 11, 16, 8, 30, tzinfo=UTC),
    completed_at=None,
    estimates=[],
    remaining=None,
    spent=None,
    progress=model.Progress(Decimal(50), "checklist"),
    assignments=[AssignmentEntry(account_id=ACCOUNT_ID, name="Mira Novak", role="owner")],
    reporter_account_id=None,
    placements=[model.Placement(scope_id=SCOPE_ID, order="16384")],
    iteration_ids=[],
    release_ids=[],
    labels=["web"],
    custom={},
    flags=model.Flags(),
    counted=True,
    visibility="scope",
    presence="present",
    presence_since=None,
    remote_created_at=datetime(2026, 11, 2, 10, 0, tzinfo=UTC),
    remote_updated_at=datetime(2026, 11, 20, 15, 4, tzinfo=UTC),
    remote_version=None,
)
_CSV_NAMES = ("id", "title", "status_category", "due", "assignments")
ITEM = Answer(data=row(_ITEM, ITEM_COLUMNS), meta=META)
ITEMS = Page(
    data=[row(_ITEM, ITEM_COLUMNS)],
    meta=META,
    next=Next(cursor="WyItdXBkYXRlZCJd", link="/v1/items?limit=1&cursor=WyItdXBkYXRlZCJd"),
)
ITEMS_CSV = to_csv(_CSV_NAMES, [row(_ITEM, _CSV_NAMES)]).decode()

PEOPLE = Page(
    data=[
        views.PersonView(
            id=PERSON_ID,
            name="Mira Novak",
            email=None,
            accounts=[
                PersonAccount(
                    id=ACCOUNT_ID,
                    system="trello",
                    remote_id="5f0c1d2e3a4b5c6d7e8f9a0e",
                    display_name="Mira Novak",
                    handle="miranovak",
                    joined="own",
                )
            ],
            open_items=4,
            projects=["website"],
        )
    ],
    meta=META,
)
PEOPLE_CSV = to_csv(
    ("id", "name", "open_items"), from_fields(("id", "name", "open_items"), PEOPLE.data)
).decode()

CONNECTIONS = Page(
    data=[
        ConnectionEntry(
            id="boards",
            tracker="trello",
            system="trello",
            site="https://trello.com",
            account="TS PMO reader",
            state="ok",
            error=None,
            checked_at=READ,
            scopes=[_SCOPE],
            unmapped=1,
            rejected=0,
            meta=META,
        )
    ],
    meta=META,
)
CHANGES = Page(
    data=[
        views.FeedEvent(
            seq=1017,
            kind="modified",
            item_id=ITEM_ID,
            tracker="trello",
            scope=SCOPE_ID,
            remote_id="5f0c1d2e3a4b5c6d7e8f9a0c",
            title="Move the login page",
            fields=["due", "labels"],
            presence="present",
            recorded_at=READ,
        )
    ],
    meta=META,
    next=Next(cursor="1017", link="/v1/changes?after=1017"),
)
_EVENT_COLUMNS = ("seq", "kind", "item_id", "title", "fields", "presence", "recorded_at")
CHANGES_CSV = to_csv(_EVENT_COLUMNS, from_fields(_EVENT_COLUMNS, CHANGES.data)).decode()
_RUN = views.RunView(
    id="7",
    kind="incremental",
    connection="boards",
    scope=SCOPE_ID,
    state="done",
    started_at=READ,
    finished_at=datetime(2026, 11, 23, 9, 0, 4, tzinfo=UTC),
    pages=2,
    records=61,
    items=10,
    written=3,
    rejected=0,
    expected=None,
    waiting_until=None,
    error=None,
)
RUNNING = replace(
    _RUN,
    id="5c1f0f1e-3b7a-4c39-9d53-0e8f3d1f7b62",
    kind="full",
    state="waiting",
    finished_at=None,
    items=120,
    expected=400,
    waiting_until=datetime(2026, 11, 23, 9, 13, tzinfo=UTC),
    rate=0.17,
    eta_seconds=1647,
    cancellable=True,
)
RUN = Answer(data=RUNNING, meta=META)
CANCELLED = Answer(data=replace(RUNNING, cancel_asked_at=_NOW, cancellable=False), meta=META)
RUNS = Page(data=[RUNNING, _RUN], meta=META)
_RUN_COLUMNS = ("id", "kind", "connection", "state", "started_at", "finished_at", "items", "written")
RUNS_CSV = to_csv(_RUN_COLUMNS, from_fields(_RUN_COLUMNS, [_RUN])).decode()
VERIFICATIONS = Page(
    data=[
        verification_views.VerificationView(
            id="0d8a3f0e-93a5-4c55-8f2e-1d0b8f6f2a11",
            connection="boards",
            mode="sample",
            started_at=READ,
            finished_at=datetime(2026, 11, 23, 9, 0, 21, tzinfo=UTC),
            items=20,
            fields=340,
            differing=1,
            unexplained=0,
            error=None,
            differences=[
                verification_views.Difference(
                    scope=SCOPE_ID,
                    item_id=ITEM_ID,
                    remote_id="5f0c1d2e3a4b5c6d7e8f9a0c",
                    remote_key="EfGh5678",
                    title="Move the login page",
                    field="due",
                    ours="2026-11-27T11:00:00.000Z",
                    theirs="2026-12-04T11:00:00.000Z",
                    read_at=READ,
                    updated_at=datetime(2026, 11, 23, 9, 0, 12, tzinfo=UTC),
                    explained=True,
                )
            ],
        )
    ],
    meta=META,
)
TRACKERS = Page(
    data=[
        Capabilities(
            tracker="trello",
            title="Trello",
            system="trello",
            history="bounded",
            webhooks="scope",
            deletions="The census shows what is gone; an action says what was deleted.",
            fields={"estimates": "none"},
            losses=["Stickers, covers and votes stay in the record."],
        )
    ],
    meta=META,
)

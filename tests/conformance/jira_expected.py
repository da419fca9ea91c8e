"""What a person read off recorded Jira issues, ten of each source. Times in UTC."""

from __future__ import annotations

from dataclasses import dataclass

PAGE = "jira/huginn/jira.json"
FAROS = "jira/faros-source/issues/issues.json"
STREAMS = "faros-streams/jira/all-streams.log"
RUBY = "jira/jira-ruby/issue.json"
RUBY_ONE = "jira/jira-ruby/issue/10002.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """``assignee`` is Jira's id of the account; ``priority`` and ``status`` are in our words."""

    file: str
    key: str
    title: str
    created: str | None
    updated: str
    status: str = "todo"
    type: str = "story"
    priority: str = "low"
    assignee: str | None = None
    labels: tuple[str, ...] = ()
    due: str | None = None
    hold: str = "none"


HUGINN = (
    Fact(
        file=PAGE, key="WBS-169", title="Option to add dashboard name to displayed wallboard",
        created="2014-04-09T06:59:14Z", updated="2014-04-09T07:32:47Z",
    ),
    Fact(
        file=PAGE, key="WBS-167", title="Agile Classic cumulative flow chart with kanban", type="bug",
        priority="high", created="2014-03-22T14:33:00Z", updated="2014-03-22T14:33:00Z",
    ),
    Fact(
        file=PAGE, key="WBS-166", title="wanted to merge two accounts", labels=("Unknown",),
        created="2014-03-13T20:34:40Z", updated="2014-03-21T05:10:44Z",
    ),
    Fact(
        file=PAGE, key="WBS-163", title="00-23-FB-40-3C-8B", labels=("&", "B", "C", "Security"),
        created="2014-03-13T14:08:50Z", updated="2014-03-13T14:08:50Z",
    ),
    Fact(
        file=PAGE, key="WBS-149", title="\t00-23-FB-40-20-03", labels=("Safetouch", "Security"),
        created="2014-03-10T13:48:40Z", updated="2014-03-10T13:48:40Z",
    ),
    Fact(
        file=PAGE, key="WBS-141", title="xc", type="epic", priority="urgent",
        labels=(
            "becks", "bier", "d", "fdsf", "fs", "fsd", "fsdsfsdfsdfjsdkmf", "jetzt", "sd", "sdff",
            "small-improvement", "sonne",
        ),
        created="2014-03-07T15:22:37Z", updated="2014-03-07T15:52:37Z",
    ),
    Fact(
        file=PAGE, key="WBS-63", title="Wallboard and Dashboard rendering issues in IE10 & Chrome",
        type="bug", priority="high",
        labels=("activity-stream", "agile", "chrome", "ie10", "wallboards", "widget"),
        created="2013-10-18T09:04:28Z", updated="2014-01-22T04:23:59Z",
    ),
    Fact(
        file=PAGE, key="WBS-34", title="Better Wallboard display for users who are not logged in",
        priority="none", created="2012-05-25T10:25:23Z", updated="2013-02-05T04:22:15Z",
    ),
    Fact(
        file=PAGE, key="WBS-10", title="NPE in Set Up Wallboard Slideshow if session is invalidated",
        type="bug", status="in_progress", created="2012-01-09T21:56:36Z", updated="2013-08-05T14:05:23Z",
    ),
    Fact(
        file=PAGE, key="TST-54002", title="test", type="unknown",
        created="2014-05-09T11:37:58Z", updated="2014-05-09T11:37:58Z",
    ),
)  # fmt: skip
_JOHN, _CHRIS = "1234:aaaaa-1234-1234-bbbb-123456785", "6025c1954fb89e0070d00ae3"
CLOUD = (
    Fact(
        file=FAROS, key="TEST-1", title="Jira test issue", type="subtask", priority="medium", assignee=_JOHN,
        created="2024-07-04T12:40:59.251Z", updated="2024-07-04T12:41:00.075Z",
    ),
    Fact(
        file=FAROS, key="TEST-2", title="Jira test issue", status="backlog", priority="none", assignee=_JOHN,
        created="2024-07-04T12:40:59.251Z", updated="2024-07-04T12:41:00.075Z",
    ),
    Fact(
        file=FAROS, key="TEST-3", title="Test issue 3", priority="medium", assignee="88a7f7f45b7d3b7basddda",
        created="2021-09-16T22:42:13.869Z", updated="2024-03-08T17:59:28.167Z",
    ),
    Fact(
        file=FAROS, key="TEST-4", title="Jira test issue", priority="medium", assignee=_JOHN,
        created="2024-07-04T12:40:59.251Z", updated="2024-07-04T12:41:00.075Z",
    ),
    Fact(
        file=STREAMS, key="PLAYG-7", title="Epic Issue 1", type="task", priority="medium",
        created="2021-10-07T20:01:30.258Z", updated="2021-10-07T20:01:30.363Z",
    ),
    Fact(
        file=STREAMS, key="PLAYG-6", title="PLAYG Epic 1 Summary", type="unknown", priority="none",
        created=None, updated="2021-10-07T20:01:30.387Z",
    ),
    Fact(
        file=STREAMS, key="PLAYG-5", title="task 5", status="done", priority="medium",
        created="2021-09-17T06:57:12.584Z", updated="2021-10-06T00:49:00.417Z",
    ),
    Fact(
        file=STREAMS, key="PLAYG-4", title="task 4", priority="medium", hold="blocked",
        created="2021-09-17T06:32:58.864Z", updated="2021-10-21T22:14:11.978Z",
    ),
    Fact(
        file=STREAMS, key="PLAYG-3", title="task 3", status="done", priority="medium",
        created="2021-09-17T06:32:51.212Z", updated="2021-10-06T00:49:42.031Z",
    ),
    Fact(
        file=STREAMS, key="PLAYG-1", title="task 1", status="in_progress", priority="medium", assignee=_CHRIS,
        labels=("Label1", "Label2"), created="2021-09-16T22:42:13.869Z", updated="2021-10-26T03:36:08.215Z",
    ),
)  # fmt: skip


def _ruby(number: int, title: str, created: str, **more: str) -> Fact:
    return Fact(
        file=RUBY, key=f"SAMPLEPROJECT-{number}", title=title, type="task", priority="high", assignee="admin",
        created=created, updated=more.pop("updated", created), **more,  # type: ignore[arg-type]
    )  # fmt: skip


SERVER = (
    _ruby(13, "blarg from in example.rb", "2011-12-15T02:35:06Z"),
    _ruby(12, "blarg from in example.rb", "2011-12-15T02:34:58Z"),
    _ruby(11, "blarg from in example.rb", "2011-12-15T02:34:48Z"),
    _ruby(10, "blarg from in example.rb", "2011-12-15T02:11:57Z"),
    _ruby(9, "blarg from in example.rb", "2011-12-15T02:11:45Z"),
    _ruby(8, "blarg from in example.rb", "2011-12-15T01:19:49Z"),
    _ruby(7, "blarg from in example.rb", "2011-12-14T01:50:38Z"),
    _ruby(5, "blah", "2011-12-14T01:46:58Z"),
    _ruby(4, "blah", "2011-12-13T23:11:48Z"),
    _ruby(
        1, "MOOOOOOARRR NINJAAAA!", "2011-12-13T21:26:06Z", updated="2011-12-15T02:37:33Z", due="2011-12-14"
    ),
)
FACTS = (*HUGINN, *CLOUD, *SERVER)

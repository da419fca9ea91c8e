"""``make conformance``: the recordings through the real code, one line a file."""

from __future__ import annotations

import sys

from tests.conformance import jira_recordings, trello_recordings
from tests.conformance.report import FileReport, in_ci, recordings


def main() -> int:
    shared = recordings()
    if shared is None:
        _say("conformance: not run, there are no recordings (TSPMO_SHARED names their folder)")
        return 1 if in_ci() else 0
    reports = [*trello_recordings.run(shared), *jira_recordings.run(shared)]
    for report in reports:
        _show(report)
    lost = sum(report.lost for report in reports)
    _say(
        f"conformance: {len(reports)} files, {sum(r.records for r in reports)} item records in, "
        f"{sum(r.items for r in reports)} items out, {sum(len(r.rejected) for r in reports)} rejections, "
        f"{sum(r.others for r in reports)} other records, {lost} lost"
    )
    return 1 if lost or not reports else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _show(report: FileReport) -> None:
    _say(
        f"{report.file}: {report.records} item records in, {report.items} items out, "
        f"{report.others} other records, {len(report.rejected)} rejected"
    )
    for line in report.rejected:
        _say(f"    {line}")


if __name__ == "__main__":
    sys.exit(main())

"""``make conformance``: the recordings through the real code, one line a file; then all that we ask of the
sandboxes, and all that they answer, against the vendors' specifications."""

from __future__ import annotations

import sys

from tests.conformance import (
    asana_recordings,
    jira_recordings,
    smartsheet_recordings,
    specification_check,
    trello_recordings,
)
from tests.conformance.report import FileReport, in_ci, recordings, specifications


def main() -> int:
    return max(_recordings(), _specifications())


def _recordings() -> int:
    shared = recordings()
    if shared is None:
        _say("conformance: not run, there are no recordings (TSPMO_SHARED names their folder)")
        return 1 if in_ci() else 0
    readers = (trello_recordings, jira_recordings, asana_recordings, smartsheet_recordings)
    reports = [report for reader in readers for report in reader.run(shared)]
    for report in reports:
        _show(report)
    lost = sum(report.lost for report in reports)
    _say(
        f"conformance: {len(reports)} files, {sum(r.records for r in reports)} item records in, "
        f"{sum(r.items for r in reports)} items out, {sum(len(r.rejected) for r in reports)} rejections, "
        f"{sum(r.others for r in reports)} other records, {lost} lost"
    )
    return 1 if lost or not reports else 0


def _specifications() -> int:
    shared = specifications()
    if shared is None:
        _say("specifications: not run, there are none (TSPMO_SHARED names the folder that holds them)")
        return 1 if in_ci() else 0
    reports = specification_check.run(shared)
    for report in reports:
        for line in specification_check.lines(report):
            _say(line)
    violations = sum(sum(report.violations.values()) for report in reports)
    _say(
        f"specifications: {len(reports)} trackers, {sum(r.exchanges for r in reports)} exchanges, "
        f"{sum(r.valid for r in reports)} valid, {sum(r.gaps for r in reports)} with known gaps, "
        f"{violations} violations"
    )
    return 1 if violations or not reports else 0


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

"""Every exchange of a tracker's run put into one of three classes: valid, known gap, violation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from connectors.registry import TRACKERS
from sandbox.server import APPS
from tests.conformance.described import DESCRIBED
from tests.conformance.driving import CLIENT, exchanges
from tests.conformance.exchanges import Exchange
from tests.conformance.gaps import GAPS, Gap
from tests.conformance.proofs import describe, failure
from tests.conformance.specifications import Problem, Specification
from tests.contract.cases import CASES


@dataclass(slots=True, kw_only=True)
class SpecificationReport:
    """Counts are of exchanges: each is in one class. ``shapeless`` are those of any class whose answer the
    description does not describe. ``forgiven`` and ``violations`` count the problems; a violation goes by a
    line that says where, what was expected and what was found."""

    tracker: str
    valid: int = 0
    gaps: int = 0
    violating: int = 0
    shapeless: int = 0
    forgiven: Counter[Gap] = field(default_factory=Counter)
    violations: Counter[str] = field(default_factory=Counter)

    @property
    def exchanges(self) -> int:
        return self.valid + self.gaps + self.violating


def run(shared: Path) -> list[SpecificationReport]:
    """Of every tracker that can be read or has a sandbox."""
    return [check(tracker, shared) for tracker in sorted({*TRACKERS, *APPS})]


def check(tracker: str, shared: Path) -> SpecificationReport:
    """Run the tracker's sandbox through everything and judge all that passed. A tracker that lacks what that
    needs violates, too: nobody knows what it asks."""
    described = next((one for one in DESCRIBED if one.tracker == tracker), None)
    case = next((case for case in CASES if case.name == tracker), None)
    if described is None or case is None or tracker not in APPS:
        there = {"an entry in described.py": described, "a Case": case, "a sandbox": tracker in APPS}
        lacks = ", ".join(what for what, one in there.items() if not one)
        return SpecificationReport(
            tracker=tracker, violations=Counter([f"nothing was asked of it, for it lacks {lacks}"])
        )
    passed = [
        each
        for exchange in exchanges(case, described.settings, described.client)
        for each in (exchange, *described.inner(exchange))
    ]
    judge = Judge(described.specification(shared), GAPS.get(tracker, ()), shared)
    report = judge.judged(tracker, passed)
    report.violations.update(judge.unneeded(report))
    return report


class Judge:
    """Knows the descriptions, what is forgiven, and where the recordings are that prove it."""

    def __init__(self, specification: Specification, gaps: Iterable[Gap], shared: Path) -> None:
        self._gaps = tuple(gaps)
        self._specification = specification
        self._shared = shared
        self._proven: dict[tuple[Gap, Problem], str] = {}
        self._first: dict[Problem, str] = {}

    def judged(self, tracker: str, passed: Iterable[Exchange]) -> SpecificationReport:
        report = SpecificationReport(tracker=tracker)
        for exchange in passed:
            judgement = self._specification.judge(exchange)
            problems = [one for one in judgement.problems if _ours(one, exchange)]
            wrong = [line for one in problems for line in self._held_against(one, exchange, report)]
            report.violations.update(wrong)
            report.shapeless += not judgement.shaped
            report.valid += not problems
            report.gaps += bool(problems and not wrong)
            report.violating += bool(wrong)
        return report

    def unneeded(self, report: SpecificationReport) -> list[str]:
        """A gap that forgives nothing any more would forgive tomorrow what nobody looked at."""
        idle = [gap for gap in self._gaps if not report.forgiven[gap]]
        return [f"nothing needs the known gap any more that {gap.why} ({describe(gap)})" for gap in idle]

    def _held_against(
        self, problem: Problem, exchange: Exchange, report: SpecificationReport
    ) -> Iterator[str]:
        gap = next((gap for gap in self._gaps if covers(gap, problem)), None)
        if gap is None:
            yield self._line(problem, exchange)
            return
        report.forgiven[gap] += 1
        known = (gap, problem)
        if known not in self._proven:
            against = (self._specification, self._shared)
            self._proven[known] = failure(gap, problem, exchange, against)
        if self._proven[known]:
            yield f"{self._line(problem, exchange)}: forgiven without proof, for {self._proven[known]}"

    def _line(self, problem: Problem, exchange: Exchange) -> str:
        """One line for the same problem wherever it turns up, with where it was first."""
        line = (
            f"{problem.operation} ({exchange.source}): {problem.part} {problem.at or problem.where}: "
            f"expected {problem.expected}, found {problem.found}"
        )
        return self._first.setdefault(problem, line)


def covers(gap: Gap, problem: Problem) -> bool:
    return (
        (gap.part, gap.expected) == (problem.part, problem.expected)
        and problem.where in gap.where
        and (not gap.operations or problem.operation in gap.operations)
    )


def _ours(problem: Problem, exchange: Exchange) -> bool:
    """How the vendor's own client asks is not ours to judge; what the sandbox answers it is."""
    return exchange.source != CLIENT or problem.part in ("status", "answer")


def lines(report: SpecificationReport) -> Iterator[str]:
    """What a person should read of it."""
    yield (
        f"specification of {report.tracker}: {report.exchanges} exchanges, {report.valid} valid, "
        f"{report.gaps} with known gaps only, {report.violating} with violations; "
        f"{report.shapeless} answers that the specification leaves open"
    )
    for gap, times in report.forgiven.items():
        yield f"    known gap, {times} times: {gap.why} ({describe(gap)})"
    for line, times in report.violations.items():
        yield f"    violation, {times} times: {line}"

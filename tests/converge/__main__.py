"""``make converge``: random histories by seed, as one JSON object; what is wrong goes to stderr, by seed."""

from __future__ import annotations

import argparse
import json
import sys
import time

from tests.converge.guards import GUARDS
from tests.converge.outcome import Outcome, passed, summed
from tests.converge.seeds import lives

SHOWN = 12
"""So many lines of a seed that failed."""
OFTEN = 20
"""After so many seeds a word of how far it is."""


def main() -> int:
    asked = _asked()
    seeds = [asked.seed] if asked.seed is not None else range(asked.seeds)
    began, outcomes = time.monotonic(), list[Outcome]()
    for outcome in lives(seeds, min(asked.jobs, len(seeds)), asked.without, webhooks=asked.webhooks):
        outcomes.append(outcome)
        _tell(outcome, whole=asked.seed is not None)
        if len(outcomes) % OFTEN == 0:
            sys.stderr.write(f"{len(outcomes)} of {len(seeds)} seeds, {time.monotonic() - began:.0f} s\n")
    total = summed(outcomes, time.monotonic() - began)
    sys.stdout.write(json.dumps(total, indent=2) + "\n")
    return 0 if passed(total) else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.converge", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="so many, from 0 on")
    parser.add_argument("--seed", type=int, help="this one alone, with its whole history")
    parser.add_argument("--jobs", type=int, default=2, help="processes at once")
    parser.add_argument("--without", choices=sorted(GUARDS), help="take this guard out: the run must fail")
    parser.add_argument(
        "--webhooks", action="store_true", help="all trackers tell what changes, more or less"
    )
    return parser.parse_args()


def _tell(outcome: Outcome, *, whole: bool) -> None:
    if outcome.right and not whole:
        return
    lines = [f"seed {outcome.seed}: {len(outcome.faults)} wrong (--seed {outcome.seed} repeats it)"]
    shown = outcome.faults if whole else outcome.faults[:SHOWN]
    lines += [f"  {fault}" for fault in shown]
    lines += [f"    {number}. {line}" for number, line in enumerate(outcome.history)]
    sys.stderr.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())

"""Every quirk that a sandbox has is held by a named test of some tracker."""

from __future__ import annotations

from dataclasses import fields

from sandbox.quirks import Quirks
from tests.sandbox import test_jira_defaults, test_trello_defaults


def test_every_quirk_has_a_test() -> None:
    held = {*test_jira_defaults.DEFAULTS, *test_trello_defaults.DEFAULTS}
    assert held == {quirk.name for quirk in fields(Quirks)}

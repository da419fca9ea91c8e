"""Every quirk that a sandbox has is held by a named test of some tracker."""

from __future__ import annotations

from dataclasses import fields

from sandbox.quirks import Quirks
from tests.sandbox import (
    test_asana_defaults,
    test_jira_dc_defaults,
    test_jira_defaults,
    test_smartsheet_defaults,
    test_trello_defaults,
)


def test_every_quirk_has_a_test() -> None:
    held = {
        *test_asana_defaults.DEFAULTS,
        *test_jira_defaults.DEFAULTS,
        *test_jira_dc_defaults.DEFAULTS,
        *test_smartsheet_defaults.DEFAULTS,
        *test_trello_defaults.DEFAULTS,
    }
    assert held == {quirk.name for quirk in fields(Quirks)}

"""Lists agree: registry = normalisers = sandboxes = docs/trackers pages = README; help is complete."""

from __future__ import annotations

import re

from connectors.registry import TRACKERS
from normalizer.registry import NORMALIZERS
from sandbox.server import APPS
from tests.tree import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {path.stem for path in (ROOT / "docs" / "trackers").glob("*.md")}


def test_registry_normalisers_sandboxes_and_pages_agree() -> None:
    assert set(TRACKERS) == set(NORMALIZERS) == set(APPS) == PAGES


def test_the_readme_names_every_tracker_with_its_page() -> None:
    assert set(re.findall(r"\(docs/trackers/(\w+)\.md\)", README)) == PAGES


def test_every_relative_link_leads_somewhere() -> None:
    broken = []
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not target.startswith("http") and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} -> {target}")
    assert not broken


def test_every_make_target_has_a_help_line() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony
    for target in phony[1].split():
        assert re.search(rf"^{target}:.*## \w", makefile, re.MULTILINE), target


def test_a_tracker_page_has_its_parts() -> None:
    for name in PAGES:
        text = (ROOT / "docs" / "trackers" / f"{name}.md").read_text(encoding="utf-8")
        for part in ("Connect", "What is read", "What is lost", "Limits", "Vendor facts", "Quality scale"):
            assert re.search(rf"^## .*{part}", text, re.MULTILINE | re.IGNORECASE), f"{name}: {part}"


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = set(re.findall(r"\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8")))
    assert listed == {path.name for path in folder.glob("0*.md")}

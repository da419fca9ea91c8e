"""Tasks of which webhooks told, among those that were modified a moment ago."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connectors.base import Absence, Record
from tests.connectors.asana_site import PROJECT, SCOPE, Refusal, Site, connector, task
from tests.connectors.test_asana_changes import calls

NOW = "2026-03-02T08:59:00.000Z"
FRESH = [task(n, modified_at=NOW) for n in range(1, 16)]


async def found(site: Site, ids: Sequence[str]) -> list[Record | Absence]:
    async with connector(site) as asana:
        return [one async for one in asana.fetch(SCOPE, ids)]


async def test_a_page_brings_those_that_were_modified_lately_and_the_rest_comes_by_name() -> None:
    site = Site([*FRESH, task(20, subtasks=1), task(99, modified_at=NOW)], {"20": [task(21, parent=20)]})
    ids = [*(str(n) for n in range(15, 0, -1)), "20", "21", "30"]
    answers = await found(site, ids)
    assert site.asked[0][1]["project"] == PROJECT
    assert site.asked[0][1]["modified_since"] == "2026-03-02T08:45:00Z"
    alone, sizes = calls(site)
    assert (alone, sizes) == (["/tasks"], [3])
    assert [one.id for one in answers] == ids
    assert [one.id for one in answers if isinstance(one, Absence)] == ["30"]
    told = {one.id: one.body for one in answers if isinstance(one, Record)}
    assert told["3"] == FRESH[2]


async def test_few_and_very_many_are_asked_for_by_name_at_once() -> None:
    site = Site([task(n, modified_at=NOW) for n in range(1, 102)])
    await found(site, [str(n) for n in range(1, 11)])
    assert calls(site) == ([], [10])
    await found(site, [str(n) for n in range(1, 102)])
    alone, sizes = calls(site)
    assert (alone, sorted(sizes)) == ([], [1, *[10] * 10])


async def test_what_a_project_refuses_its_tasks_tell_one_by_one() -> None:
    def refuse(path: str, _query: Mapping[str, str]) -> Refusal | None:
        return (403, "hidden") if path.startswith("/tasks") or PROJECT in path else None

    site = Site(FRESH, refuse=refuse)
    answers = await found(site, [one["gid"] for one in FRESH])
    assert {one.reason for one in answers if isinstance(one, Absence)} == {"forbidden"}
    assert len(answers) == len(FRESH)

"""What stands above others is the same whether every row is read or only these."""

from __future__ import annotations

import json

import pytest

from connectors.http import decoded
from connectors.smartsheet_outline import outlined_sheet, parents
from tests.connectors.smartsheet_site import row, sheet

TREE = [row(1, 1), row(2, 2, parentId=1), row(3, 3, parentId=2), row(4, 4)]
ODD = {
    "plain": json.dumps(sheet(TREE)),
    "half a character": json.dumps(sheet([{**TREE[0], "note": "\ud83d"}, *TREE[1:]])),
    "a number beyond all": json.dumps(sheet(TREE)).replace('"rowNumber": 1', '"rowNumber": 1e999'),
    "an id with a fraction": json.dumps(sheet([*TREE, {**row(5), "id": 5.5}])),
    "a parent that is no id": json.dumps(sheet([*TREE, {**row(5), "parentId": "1"}])),
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_rows_above_others_come_whole_and_the_sheet_as_it_is(body: str) -> None:
    told, read = outlined_sheet(body.encode()), decoded(body.encode())
    assert list(parents(told["rows"])) == list(parents(read["rows"])) == [*read["rows"][:2]]
    assert [one["id"] for one in told["rows"]] == [one["id"] for one in read["rows"]]
    assert {**told, "rows": None} == {**read, "rows": None}


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"rows": 1}', b'{"rows": [1]}'])
def test_what_is_no_sheet_is_left_to_be_complained_of(body: bytes) -> None:
    assert outlined_sheet(body) == decoded(body)


@pytest.mark.parametrize("body", [b"<html>", b'{"rows": [{"id": 1, "x": "\xff"}]}', b'{"rows": [{"id": 1}'])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        outlined_sheet(body)

"""json, jsonl and csv: what other programs read."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from sigtrack.model import Priority, Report
from sigtrack.present import render
from sigtrack.present.records import dumps, plain

SEOUL = timezone(timedelta(hours=9))
RECORD = {
    "item": "3fa91c",
    "title": "日韓首脳、奈良で",
    "published": datetime(2026, 1, 13, 8, 42, tzinfo=UTC),
    "priority": Priority.HIGH,
    "score": 43,
    "spans": [{"field": "title", "text": "共同声明"}, {"field": "title", "text": "奈良"}],
}


def text_of(format: str, *records: dict[str, Any], fields: tuple[str, ...] = ()) -> str:
    report = Report(records=records, fields=fields)
    return "".join(render(report, format, width=None, colour=False, terminal=False, zone=SEOUL))


def test_jsonl_is_one_object_a_line_in_its_own_letters() -> None:
    assert text_of("jsonl", RECORD, {"item": "x"}) == (
        '{"item": "3fa91c", "title": "日韓首脳、奈良で", "published": "2026-01-13T17:42:00+09:00", '
        '"priority": "high", "score": 43, "spans": [{"field": "title", "text": "共同声明"}, '
        '{"field": "title", "text": "奈良"}]}\n{"item": "x"}\n'
    )


def test_json_is_the_array_that_the_standard_library_would_write() -> None:
    expected = json.dumps([plain(RECORD, SEOUL), {"a": []}], ensure_ascii=False, indent=2)
    assert text_of("json", RECORD, {"a": []}) == expected + "\n"


def test_numbers_that_json_does_not_know_are_null() -> None:
    assert text_of("jsonl", {"a": float("nan"), "b": float("-inf"), "c": 0.5}) == (
        '{"a": null, "b": null, "c": 0.5}\n'
    )


def test_characters_that_steer_a_terminal_are_escaped_and_come_back() -> None:
    steering = "".join(
        c for c in map(chr, range(0x110000))
        if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    )  # fmt: skip
    shown = dumps(steering)
    assert all(unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in shown)
    assert json.loads(shown) == json.loads(json.dumps(steering))


def test_a_record_of_something_else_is_a_bug() -> None:
    with pytest.raises(TypeError, match="complex"):
        text_of("json", {"a": 1j})


def test_csv_has_a_heading_even_without_rows() -> None:
    assert text_of("csv", fields=("item", "title")) == "item,title\r\n"


def test_csv_flattens_spans_and_lists() -> None:
    shown = text_of(
        "csv", RECORD | {"ids": ["a", 1], "deep": {"x": [1]}, "none": None, "yes": True}
    )
    assert shown == (
        "item,title,published,priority,score,spans,ids,deep,none,yes\r\n"
        "3fa91c,日韓首脳、奈良で,2026-01-13T17:42:00+09:00,high,43,共同声明 | 奈良,"
        'a; 1,"{""x"": [1]}",,true\r\n'
    )


def test_csv_columns_follow_the_known_fields_then_what_else_there_is() -> None:
    assert text_of("csv", {"b": 1}, {"c": 2, "a": 3}, fields=("a",)) == "a,b,c\r\n,1,\r\n3,,2\r\n"


@pytest.mark.parametrize(
    "cell", ["=1+1", "+82-2", "-x", "@SUM(A1)", "\t=1", "\rx", " =1", "＝1", "\n=1"]
)
def test_a_cell_that_a_spreadsheet_would_run_is_text(cell: str) -> None:
    assert text_of("csv", {"a": cell}).split("\r\n", 1)[1].lstrip('"').startswith("'")


def test_negative_numbers_are_not_defused() -> None:
    assert text_of("csv", {"a": -3, "b": -0.5}) == "a,b\r\n-3,-0.5\r\n"


def test_csv_keeps_the_lines_of_a_text() -> None:
    assert text_of("csv", {"a": 'one\ntwo, "three"'}) == 'a\r\n"one\ntwo, ""three"""\r\n'

"""Laws of every format: any report can be rendered, and nothing in it steers a terminal."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from any_report import SEOUL, reports
from sigtrack.errors import Misuse
from sigtrack.model import Column, Note, Report, Table
from sigtrack.present import FORMATS, render, with_zone
from sigtrack.present.records import plain

SEQUENCES = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;(?:id=[0-9a-f]{8};https?://[!-~]*|;)\x1b\\")


def text_of(report: Report, format: str, **changes: Any) -> str:
    look: dict[str, Any] = {"width": None, "colour": False, "terminal": False, "zone": SEOUL}
    return "".join(render(report, format, **look | changes))


def steering(text: str) -> set[str]:
    found = {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    return found - {"\n"}


TIMES = Table(columns=(Column(name="at"),), rows=((datetime(2026, 7, 13, 8, tzinfo=UTC),),))


@pytest.mark.parametrize(
    ("zone", "name"),
    [("Asia/Seoul", "KST"), ("Europe/Berlin", "CEST"), ("Asia/Dubai", "UTC+04"), ("UTC", "UTC")],
)
def test_the_zone_of_times_is_said_once_on_top(zone: str, name: str) -> None:
    def blocks_of(*blocks: Table | Note) -> tuple[object, ...]:
        return with_zone(Report(title="t", blocks=blocks), ZoneInfo(zone)).blocks

    said, warning = Note(text=f"times in {name}"), Note(text="look out", level="warning")
    assert blocks_of(TIMES, TIMES) == (said, TIMES, TIMES)
    assert blocks_of(Note(text="2 hits"), TIMES) == (Note(text=f"2 hits · {said.text}"), TIMES)
    assert blocks_of(warning, TIMES) == (said, warning, TIMES)
    assert blocks_of(warning) == (warning,)


@pytest.mark.parametrize("format", FORMATS)
@given(report=reports)
@settings(max_examples=25, deadline=None)
def test_any_report_is_rendered_in_every_format_without_a_byte_that_steers(
    format: str, report: Report
) -> None:
    shown = text_of(report, format)
    shown.encode("utf-8")
    assert not steering(shown.replace("\r\n", "\n") if format == "csv" else shown)
    assert not shown or shown.endswith("\n")


@given(report=reports, width=st.integers(20, 130), colour=st.booleans())
@settings(max_examples=30, deadline=None)
def test_on_a_terminal_there_is_nothing_but_our_own_sequences_and_no_line_is_too_long(
    report: Report, width: int, colour: bool
) -> None:
    shown = text_of(report, "table", width=width, colour=colour, terminal=True)
    bare = SEQUENCES.sub("", shown)
    assert not steering(bare)
    assert all(cell_len(line) <= width for line in bare.split("\n"))


@given(report=reports, width=st.integers(20, 130))
@settings(max_examples=10, deadline=None)
def test_the_same_report_gives_the_same_bytes(report: Report, width: int) -> None:
    first, second = (
        text_of(report, "table", width=width, colour=True, terminal=True) for _ in range(2)
    )
    assert first == second


@given(report=reports)
@settings(max_examples=25, deadline=None)
def test_json_and_jsonl_read_back_are_the_same_records(report: Report) -> None:
    # Two lone halves side by side are one character to every reader of JSON.
    records = json.loads(json.dumps([plain(record, SEOUL) for record in report.records]))
    assert json.loads(text_of(report, "json")) == records
    lines = text_of(report, "jsonl").splitlines()
    assert [json.loads(line) for line in lines] == records


@given(report=reports)
@settings(max_examples=25, deadline=None)
def test_csv_read_back_has_a_row_for_each_record_and_no_formula(report: Report) -> None:
    rows = list(csv.reader(StringIO(text_of(report, "csv"), newline=""), strict=True))
    fields = {field for record in report.records for field in record}
    assert len(rows) == (len(report.records) + 1 if fields else 0)
    for row, record in zip(rows[1:], report.records, strict=False):
        assert len(row) == len(rows[0])
        for cell, field in zip(
            row, dict.fromkeys(f for r in report.records for f in r), strict=True
        ):
            value = record.get(field)
            if not isinstance(value, int | float):
                assert cell.lstrip()[:1] not in tuple("=+-@＝＋－＠")


def test_an_unknown_format_names_those_that_exist() -> None:
    with pytest.raises(Misuse) as caught:
        text_of(Report(), "yaml")
    assert "'yaml'" in caught.value.message
    assert "jsonl" in caught.value.hint


@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_report_is_empty(format: str) -> None:
    assert text_of(Report(), format) == ("[]\n" if format == "json" else "")


@pytest.mark.parametrize("format", FORMATS)
def test_moments_at_both_ends_of_the_calendar_do_not_break_a_report(format: str) -> None:
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    table = Table(columns=(Column(name="a"),), rows=((first,), (last,)))
    report = Report(blocks=(table,), records=({"a": first}, {"a": last}))
    for zone in (SEOUL, timezone(timedelta(hours=-8))):
        assert "9999-12-31" in text_of(report, format, zone=zone)


def test_no_format_but_the_table_on_a_terminal_imports_rich() -> None:
    code = (
        "import sys; from datetime import UTC; from sigtrack.present import FORMATS, render\n"
        "from sigtrack.model import Report\n"
        "for f in FORMATS: ''.join(render(Report(), f, width=80, colour=True, terminal=False, zone=UTC))\n"
        "print('rich' in sys.modules)\n"
        "''.join(render(Report(), 'table', width=80, colour=True, terminal=True, zone=UTC))\n"
        "print('rich' in sys.modules, 'rich.markdown' in sys.modules, 'pygments' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=600
    )
    assert done.stdout == "False\nTrue False False\n"

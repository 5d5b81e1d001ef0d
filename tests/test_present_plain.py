"""The table on a pipe."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from rich.cells import cell_len

from sigtrack.model import Column, Marked, Note, Report, Table
from sigtrack.present import render
from sigtrack.text.scripts import cells_wide

COLUMNS = (
    Column(name="item", kind="key"),
    Column(name="headline", kind="main"),
    Column(name="published"),
    Column(name="score", align="right"),
)
MOMENT = datetime(2026, 1, 13, 8, 42, tzinfo=UTC)


def lines(*blocks: Table | Note, title: str = "") -> list[str]:
    report = Report(title=title, blocks=blocks)
    shown = "".join(render(report, "table", width=40, colour=True, terminal=False, zone=UTC))
    return shown.split("\n")[:-1]


def test_one_line_a_row_with_marks_and_link_and_no_wrapping() -> None:
    marked = Marked(text="日韓首脳、共同声明を発表", spans=((5, 9),), link="https://example.org/1")
    table = Table(
        title="Joint statements",
        caption="2 hits",
        columns=COLUMNS,
        rows=(("3fa", marked, MOMENT, 1043), ("88e0", "word " * 40, None, None)),
        emphasis=("new",),
    )
    assert lines(table, Note(text="done"), title="Hits") == [
        "Hits",
        "",
        "Joint statements — 2 hits",
        "   item  published         score  headline",
        "●  3fa   2026-01-13 08:42   1043  日韓首脳、«共同声明»を発表  https://example.org/1",
        "   88e0  -                     -  " + ("word " * 40).strip(),
        "",
        "done",
    ]


def test_cells_can_be_cut_at_two_spaces() -> None:
    rows = (("a", Marked(text="two  spaces\there"), None, 1), ("b", "", MOMENT, 22))
    table = Table(columns=COLUMNS, rows=rows)
    assert [re.split("  +", line) for line in lines(table)] == [
        ["item", "published", "score", "headline"],
        ["a", "-", "1", "two spaces here"],
        ["b", "2026-01-13 08:42", "22", "-"],
    ]


def test_spans_that_overlap_or_lie_outside_mark_each_letter_once() -> None:
    marked = Marked(text="joint statement", spans=((0, 8), (6, 15), (40, 50), (9, 9), (-4, 1)))
    table = Table(columns=(Column(name="", kind="main"),), rows=((marked,),))
    assert lines(table) == ["«joint statement»"]


def test_groups_of_the_same_columns_line_up() -> None:
    one = Table(title="One", columns=COLUMNS, rows=(("long-identifier", "x", MOMENT, 1),))
    two = Table(title="Two", columns=COLUMNS, rows=(("b", "y", MOMENT, 1),))
    shown = lines(one, two)
    assert len({line.index("2026") for line in shown if "2026" in line}) == 1
    assert sum("headline" in line for line in shown) == 1


def test_width_is_measured_as_terminals_do() -> None:
    for text in ("Nara", "日韓", "공동성명", "ｱｲ", "「新」", "e\u0301", "한", "…·—", "ＡＢ"):
        assert cells_wide(text) == cell_len(text), text


def test_a_reason_is_a_column_of_its_own_and_a_row_one_line() -> None:
    table = Table(
        columns=(
            Column(name="headline", kind="main"),
            Column(name="id", kind="key"),
            Column(name="why", kind="below"),
        ),
        rows=(("Fog " * 40, "a1b2c3", "a light is out"), ("Fog", "d4e5f6", "a light is lit")),
    )
    head, long, short = lines(table)
    assert re.split("  +", short) == ["d4e5f6", "Fog", "a light is lit"]
    assert long.endswith(f"{'Fog ' * 40} a light is out")
    assert re.split("  +", head) == ["id", "headline", "why"]
    assert len(short) < len(head) + 80  # one long headline pushes no reason out of sight

"""The table on a terminal, byte by byte where that matters."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from rich.cells import cell_len

from sigtrack.model import Column, Marked, Note, Report, Table
from sigtrack.present import render

SEOUL = timezone(timedelta(hours=9))
COLUMNS = (
    Column(name="item", kind="key"),
    Column(name="published"),
    Column(name="headline", kind="main"),
    Column(name="source"),
    Column(name="signal"),
    Column(name="score", align="right"),
)
NARA = Marked(
    text="Lee, Takaichi issue joint statement in Nara after summit [photos]",
    spans=((20, 35),),
    link="https://example.org/nara",
)
JAPANESE = Marked(
    text="日韓首脳、奈良で共同声明を発表　「新たな局面」と高市首相、シャトル外交の継続で一致",
    spans=((8, 12),),
)


def hits(*headlines: Marked | str, title: str = "", emphasis: tuple[str, ...] = ()) -> Table:
    moment = datetime(2026, 1, 13, 8, 42, tzinfo=UTC)
    rows = tuple(
        (f"a{n}", moment, headline, "yonhap", "issued", 1041)
        for n, headline in enumerate(headlines)
    )
    return Table(title=title, columns=COLUMNS, rows=rows, emphasis=emphasis)  # type: ignore[arg-type]


def raw(*blocks: Table | Note, width: int = 80, colour: bool = True, title: str = "") -> str:
    report = Report(title=title, blocks=blocks)
    return "".join(render(report, "table", width=width, colour=colour, terminal=True, zone=SEOUL))


def lines(*blocks: Table | Note, width: int = 80) -> list[str]:
    return re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\", "", raw(*blocks, width=width)).split(
        "\n"
    )[:-1]


def test_a_table_on_90_columns_reads_like_this() -> None:
    table = hits(NARA, JAPANESE, title="Joint statements", emphasis=("urgent", "new"))
    assert lines(table, Note(text="2 hits", level="good"), width=90) == [
        "Joint statements ─────────────────────────────────────────────────────────────────────────",
        "  item  published         headline                                   source  signal  score",
        "▲ a0    2026-01-13 17:42  Lee, Takaichi issue joint statement in     yonhap  issued  1,041",
        "                          Nara after summit [photos]",
        "● a1    2026-01-13 17:42  日韓首脳、奈良で共同声明を発表　「新た     yonhap  issued  1,041",
        "                          な局面」と高市首相、シャトル外交の継続",
        "                          で一致",
        "",
        "✓ 2 hits",
    ]


def test_matched_words_are_bold_and_the_headline_is_a_link() -> None:
    shown = raw(hits(NARA), width=120)
    assert "\x1b]8;id=" in shown
    assert ";https://example.org/nara\x1b\\" in shown
    assert re.search(
        r"\x1b\[1;33m[^m]*m?joint statement\x1b\[0m", shown.replace("\x1b]8;;\x1b\\", "")
    )


def test_a_link_to_anything_but_the_web_is_no_link() -> None:
    evil = Marked(text="x", link="file:///etc/passwd")
    split = Marked(text="y", link="https://a.example/\x1b]0;title\x07")
    assert "\x1b]" not in raw(hits(evil, split))


def test_without_colour_matched_words_stay_bold() -> None:
    shown = raw(hits(NARA, emphasis=("urgent",)), colour=False)
    assert "\x1b[1m" in shown
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", shown)
    assert "▲" in shown


def test_brackets_in_a_title_are_text() -> None:
    shown = "\n".join(lines(hits("[photos] [/b] [bold]x :smile:")))
    assert "[photos] [/b] [bold]x :smile:" in shown


def test_the_last_side_columns_go_first_on_a_narrow_terminal() -> None:
    headings = {width: lines(hits(NARA), width=width)[0].split() for width in (110, 78, 70, 40)}
    assert headings[110] == ["item", "published", "headline", "source", "signal", "score"]
    assert headings[78] == ["item", "published", "headline", "source", "signal"]
    assert headings[70] == ["item", "published", "headline", "source"]
    assert headings[40] == ["item", "headline"]


def test_a_headline_takes_at_most_three_lines_and_says_that_it_goes_on() -> None:
    shown = lines(hits("word " * 100, "短"), width=80)
    assert [line.startswith("a") for line in shown] == [False, True, False, False, True]
    assert "…" in shown[3]


def test_every_column_starts_in_the_same_cell_whatever_the_script() -> None:
    table = hits(NARA, JAPANESE, "한일 정상, 나라현서 공동언론발표 [전문]", "中韩双方发表联合声明")
    for width in (80, 120):
        starts = {
            cell_len(line[: line.index("yonhap")])
            for line in lines(table, width=width)
            if "yonhap" in line
        }
        assert len(starts) == 1


def test_groups_of_the_same_columns_line_up_and_have_one_heading() -> None:
    shown = lines(hits(NARA, title="One"), hits("短い", title="Two"), width=120)
    assert sum("headline" in line for line in shown) == 1
    starts = {cell_len(line[: line.index("yonhap")]) for line in shown if "yonhap" in line}
    assert len(starts) == 1


def test_a_caption_stands_beside_the_title_or_below_it() -> None:
    short = Table(title="T", caption="3 hits", columns=(), rows=())
    long = Table(title="T", caption="why " * 20 + "end", columns=(), rows=())
    assert lines(short, width=40) == [f"T {'─' * 31} 3 hits"]
    assert lines(long, width=40)[0] == f"T {'─' * 38}"
    assert lines(long, width=40)[-1].endswith("end")


def test_numbers_stand_right_with_separators() -> None:
    table = Table(
        columns=(Column(name="feed", kind="key"), Column(name="items", align="right")),
        rows=(("a", 7), ("b", 1234567), ("c", 0.5)),
    )
    assert lines(table) == [
        "feed      items",
        "a             7",
        "b     1,234,567",
        "c          0.50",
    ]


def test_a_dim_row_and_a_new_one_differ_in_more_than_colour() -> None:
    shown = raw(hits("old", "fresh", emphasis=("dim", "new")), colour=False)
    assert "\x1b[2mold" in shown
    assert "●" in shown


def test_a_long_warning_hangs_below_its_symbol() -> None:
    assert lines(Note(text="a broken watchlist stays as it was", level="warning"), width=20) == [
        "! a broken watchlist",
        "  stays as it was",
    ]


def test_a_long_table_comes_in_pieces() -> None:
    chunks = list(
        render(
            Report(blocks=(hits(*["x"] * 350),)),
            "table", width=80, colour=True, terminal=True, zone=SEOUL,
        )
    )  # fmt: skip
    assert len(chunks) >= 4
    assert "".join(chunks).count("a349") == 1


def test_what_is_not_to_be_cut_takes_all_the_lines_it_needs() -> None:
    sentence = "They reaffirmed their firm commitment to the complete denuclearization of " * 6
    columns = (Column(name="", kind="key"), Column(name="", kind="main", whole=True))
    shown = lines(Table(columns=columns, rows=(("summary", sentence),)), width=60)
    assert " ".join(line[9:] for line in shown) == sentence.strip()


REASONED = Table(
    columns=(
        Column(name="when"),
        Column(name="headline", kind="main"),
        Column(name="id", kind="key"),
        Column(name="why", kind="below"),
    ),
    rows=(
        (
            "2026-01-13",
            "日韓首脳、奈良で会談",
            "a1b2c3",
            "Lee → Japan · leaders meet · 4 publishers",
        ),
        ("2026-01-12", "Fog", "d4e5f6", ""),
    ),
)


def test_a_reason_stands_below_its_headline_and_takes_no_column() -> None:
    assert lines(REASONED, width=80) == [
        "when        headline                                   id",
        "2026-01-13  日韓首脳、奈良で会談                       a1b2c3",
        "            Lee → Japan · leaders meet · 4 publishers",
        "2026-01-12  Fog                                        d4e5f6",
    ]


def test_a_reason_is_whole_on_a_terminal_that_has_no_room_for_side_columns() -> None:
    shown = " ".join(" ".join(lines(REASONED, width=36)).split())
    assert "Lee → Japan · leaders meet · 4 publishers" in shown
    assert "2026-01-13" not in shown

"""Markdown, judged by a reader of Markdown."""

from __future__ import annotations

from datetime import UTC

from hypothesis import given, settings
from markdown_it import MarkdownIt
from markdown_it.token import Token

from any_report import links, spans, texts
from sigtrack.model import Column, Marked, Note, Report, Table
from sigtrack.present import render
from sigtrack.present.cells import one_line

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def shown(*blocks: Table | Note, title: str = "") -> str:
    report = Report(title=title, blocks=blocks)
    return "".join(render(report, "md", width=None, colour=False, terminal=False, zone=UTC))


def row(cell: Marked) -> Table:
    return Table(columns=(Column(name="a"), Column(name="b")), rows=(("x", cell),))


def cell_tokens(markdown: str) -> list[Token]:
    """The children of the last table cell."""
    inline = [token for token in READER.parse(markdown) if token.type == "inline"]
    return inline[-1].children or []


def read(tokens: list[Token]) -> str:
    return "".join(token.content for token in tokens if token.type in ("text", "text_special"))


def test_a_table_reads_like_this() -> None:
    table = Table(
        title="Joint statements",
        caption="1 hit",
        columns=(Column(name="headline", kind="main"), Column(name="score", align="right")),
        rows=(
            (
                Marked(
                    text="奈良で共同声明を [photos]",
                    spans=((3, 7),),
                    link="https://a.example/?q=(1)|2",
                ),
                1043,
            ),
        ),
        emphasis=("new",),
    )
    assert shown(table, Note(text="all well", level="good"), title="Hits") == (
        "# Hits\n\n## Joint statements\n\n1 hit\n\n"
        "| headline | score |\n| --- | ---: |\n"
        "| ● [奈良で**共同声明**を \\[photos\\]](https://a.example/?q=%281%29%7C2) | 1,043 |\n\n"
        "✓ all well\n"
    )


@given(text=texts, spans=spans, link=links)
@settings(max_examples=200, deadline=None)
def test_whatever_a_title_holds_stays_text(
    text: str, spans: tuple[tuple[int, int], ...], link: str
) -> None:
    tokens = cell_tokens(shown(row(Marked(text=text, spans=spans, link=link))))
    assert read(tokens) == one_line(text)
    kinds = {token.type for token in tokens}
    assert kinds <= {
        "text",
        "text_special",
        "strong_open",
        "strong_close",
        "link_open",
        "link_close",
        "html_inline",
    }
    html = {token.content for token in tokens if token.type == "html_inline"}
    assert html <= {"<strong>", "</strong>"}


def test_matched_words_beside_punctuation_are_still_bold() -> None:
    text = "首相「新局面」を"
    tokens = cell_tokens(shown(row(Marked(text=text, spans=((2, 7),)))))
    assert [t.type for t in tokens] == ["text", "html_inline", "text", "html_inline", "text"]
    assert tokens[2].content == "「新局面」"


@given(text=texts)
@settings(max_examples=100, deadline=None)
def test_a_note_is_one_paragraph_whatever_it_begins_with(text: str) -> None:
    tokens = READER.parse(shown(Note(text=text)))
    if one_line(text):
        assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
        assert read(tokens[1].children or []) == one_line(text)


def test_a_day_at_the_beginning_of_a_note_stays_as_it_is() -> None:
    assert shown(Note(text="2025-08-23 → 2026-01-13")) == "2025-08-23 → 2026-01-13\n"


def test_a_note_that_looks_like_a_list_is_a_sentence() -> None:
    for text in ("- one", "1. one", "2) x", "# x", "+ x", "> x", "===", "---", "    code"):
        tokens = READER.parse(shown(Note(text=text)))
        assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]

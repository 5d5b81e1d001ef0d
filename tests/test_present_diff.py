"""Two texts side by side: on a terminal, on a pipe, in Markdown and as a page."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from any_report import SEOUL, diffs, reports
from browser import CHROMIUM, Browser, chromium
from sigtrack.model import Column, Diff, DiffRow, Marked, Note, Report, Table
from sigtrack.present import render
from sigtrack.present.letter import render_html
from test_present_letter import DIGEST

AXE = os.environ.get("SIGTRACK_AXE", "")
STYLES = re.compile(r"\x1b\[[0-9;]*m")
REWORDED = DiffRow(
    kind="reworded",
    before=Marked(
        text="They expressed serious concern over the missiles of the DPRK.", spans=((15, 22),)
    ),
    after=Marked(
        text="They expressed concern over the missiles and satellites.", spans=((41, 55),)
    ),
    head=("reworded, softened", "north-korea", "serious concern → concern"),
)
DROPPED = DiffRow(
    kind="dropped",
    before=Marked(
        text="両首脳は、台湾海峡の平和と安定が国際社会の安全と繁栄に不可欠であることを強調した。",
        language="ja",
    ),
    head=("dropped", "taiwan"),
)
ADDED = DiffRow(
    kind="added",
    after=Marked(
        text="양 정상은 셔틀외교가 새로운 단계에 들어섰다는 데 인식을 같이하였다.", language="ko"
    ),
    head=("added", "thaw"),
)
KEPT = DiffRow(kind="kept", before=Marked(text="They met."), after=Marked(text="They met."))
DIFF = Diff(
    title="Lead with",
    caption="3 changes",
    old="Tokyo · 2025-08-23",
    new="Nara · 2026-01-13",
    rows=(REWORDED, DROPPED, ADDED),
)


def drawn(*blocks: Diff, width: int, colour: bool = True) -> str:
    report = Report(blocks=blocks)
    return "".join(render(report, "table", width=width, colour=colour, terminal=True, zone=SEOUL))


def lines(*blocks: Diff, width: int) -> list[str]:
    return STYLES.sub("", drawn(*blocks, width=width)).split("\n")[:-1]


def written(format: str, *blocks: Diff | Note | Table) -> str:
    report = Report(title="Compared", blocks=blocks)
    return "".join(render(report, format, width=80, colour=False, terminal=False, zone=SEOUL))


def test_from_100_columns_on_the_texts_stand_side_by_side() -> None:
    assert lines(DIFF, width=100) == [
        "Lead with ──────────────────────────────────────────────────────────────────────────────── 3 changes",
        "  Tokyo · 2025-08-23                              │ Nara · 2026-01-13",
        "",
        "~ reworded, softened · north-korea · serious concern → concern",
        "  They expressed serious concern over the         │ They expressed concern over the missiles and",
        "  missiles of the DPRK.                           │ satellites.",
        "",
        "- dropped · taiwan",
        "  両首脳は、台湾海峡の平和と安定が国際社会の安全  │",
        "  と繁栄に不可欠であることを強調した。            │",
        "",
        "+ added · thaw",
        "                                                  │ 양 정상은 셔틀외교가 새로운 단계에 들어섰다는",
        "                                                  │ 데 인식을 같이하였다.",
    ]


def test_below_100_columns_the_old_text_stands_above_the_new_one() -> None:
    assert lines(DIFF, width=80) == [
        "Lead with ──────────────────────────────────────────────────────────── 3 changes",
        "- Tokyo · 2025-08-23",
        "+ Nara · 2026-01-13",
        "",
        "~ reworded, softened · north-korea · serious concern → concern",
        "  - They expressed serious concern over the missiles of the DPRK.",
        "  + They expressed concern over the missiles and satellites.",
        "",
        "- dropped · taiwan",
        "  - 両首脳は、台湾海峡の平和と安定が国際社会の安全と繁栄に不可欠であることを強調",
        "    した。",
        "",
        "+ added · thaw",
        "  + 양 정상은 셔틀외교가 새로운 단계에 들어섰다는 데 인식을 같이하였다.",
    ]


def test_at_120_columns_the_bar_stands_in_the_middle_whatever_the_script() -> None:
    shown = [line for line in lines(DIFF, width=120) if "│" in line]
    assert {cell_len(line.partition("│")[0]) for line in shown} == {60}


@given(diffs, st.integers(20, 140))
def test_no_line_is_wider_than_the_terminal(diff: Diff, width: int) -> None:
    widest = max((cell_len(line) for line in lines(diff, width=width)), default=0)
    assert widest <= width


def test_changed_words_stand_out_without_colour() -> None:
    plain = drawn(Diff(old="a", new="b", rows=(REWORDED,)), width=80, colour=False)
    assert "\x1b[1;9mserious\x1b[0m" in plain  # bold, struck through
    assert "\x1b[1;4mand satellites\x1b[0m" in plain  # bold, underlined
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", plain)


def test_kept_sentences_go_on_quietly_and_paragraphs_stay_apart() -> None:
    again = DiffRow(kind="kept", before=KEPT.before, after=KEPT.after, is_break=True)
    shown = lines(Diff(old="a", new="b", rows=(KEPT, KEPT, again, REWORDED, KEPT)), width=80)
    assert [line.strip()[:10] for line in shown] == [
        *("- a", "+ b", "", "They met.", "They met.", "", "They met.", "", "~ reworded"),
        *("- They exp", "+ They exp", "", "They met."),
    ]


def test_two_parts_of_one_comparison_name_the_texts_once() -> None:
    more = Diff(title="Mention", old=DIFF.old, new=DIFF.new, rows=(ADDED,))
    for width in (80, 120):
        assert sum("Nara" in line for line in lines(DIFF, more, width=width)) == 1
    assert written("table", DIFF, more).count("Nara") == 1


def test_on_a_pipe_each_sentence_is_one_line_with_its_words_marked() -> None:
    assert written("table", DIFF).split("\n")[2:] == [
        "Lead with — 3 changes",
        "- Tokyo · 2025-08-23",
        "+ Nara · 2026-01-13",
        "",
        "~ reworded, softened · north-korea · serious concern → concern",
        "  - They expressed «serious» concern over the missiles of the DPRK.",
        "  + They expressed concern over the missiles «and satellites».",
        "",
        "- dropped · taiwan",
        "  - 両首脳は、台湾海峡の平和と安定が国際社会の安全と繁栄に不可欠であることを強調した。",
        "",
        "+ added · thaw",
        "  + 양 정상은 셔틀외교가 새로운 단계에 들어섰다는 데 인식을 같이하였다.",
        "",
    ]


def test_markdown_strikes_what_went_and_sets_what_came_in_bold() -> None:
    shown = written("md", DIFF)
    assert "| change | Tokyo · 2025-08-23 | Nara · 2026-01-13 |\n| --- | --- | --- |\n" in shown
    assert "They expressed ~~serious~~ concern over" in shown
    assert "the missiles **and satellites**. |" in shown
    assert re.search(r"\| dropped · taiwan \| 両首脳は[^|]*\|  \|", shown)


class Seen(HTMLParser):
    """The tags of a page with their attributes, and its words by the tag around them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append((self._open[-1] if self._open else "", data))


def test_a_page_marks_words_with_del_and_ins_and_says_each_language() -> None:
    seen = Seen(written("html", DIFF))
    assert [words for tag, words in seen.words if tag == "del"] == ["serious"]
    assert [words for tag, words in seen.words if tag == "ins"] == ["and satellites"]
    cells = [attributes.get("lang") for tag, attributes in seen.tags if tag == "td"]
    assert cells == [None, None, "ja", None, None, "ko"]


@given(reports)
def test_a_page_holds_nothing_remote_and_no_tag_of_strangers(report: Report) -> None:
    page = "".join(render(report, "html", width=None, colour=False, terminal=False, zone=SEOUL))
    seen = Seen(page)
    assert {tag for tag, _ in seen.tags} <= {
        *("html", "head", "meta", "title", "style", "body", "h1", "h2", "small", "p", "div"),
        *(
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "span",
            "b",
            "a",
            "mark",
            "del",
            "ins",
            "main",
        ),
    }
    assert not re.search(r"url\(|@import|src=", page.partition("</style>")[0])
    for tag, attributes in seen.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "src"]
        if "href" in attributes:
            assert tag == "a"
            assert (attributes["href"] or "").startswith(("http://", "https://"))


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")
def test_a_browser_lays_the_texts_side_by_side_and_on_a_phone_below_each_other(
    tmp_path: Path,
) -> None:
    probe = (
        "<script>addEventListener('load', () => {const [a, b] = [...document.querySelectorAll("
        "'.reworded td')].map(e => e.getBoundingClientRect()); document.title = "
        "(b.left >= a.right - 1) + ' ' + (b.top >= a.bottom - 1) + ' ' + "
        "(document.documentElement.scrollWidth <= innerWidth)})</script>"
    )
    page = re.sub(r"<meta http-equiv[^>]*>", "", written("html", DIFF)).replace(
        "</head>", f"{probe}</head>"
    )
    file = tmp_path / "page.html"
    file.write_text(page, encoding="utf-8")

    def seen(width: int) -> str:
        done = subprocess.run(
            [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
             f"--window-size={width},900", "--dump-dom", file.as_uri()],
            capture_output=True, text=True, timeout=600, check=True,
        )  # fmt: skip
        found = re.search(r"<title>([^<]*)</title>", done.stdout)
        return found[1] if found else ""

    assert seen(1100) == "true false true"
    assert seen(600) == "false true true"


WIDE = Table(
    title="Sentences",
    columns=tuple(Column(name=f"a long name of column {n}") for n in range(9)),
    rows=(tuple(f"word{n}" for n in range(9)),),
)


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("no Chromium is installed")
    with chromium(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


def _page(name: str, folder: Path) -> Path:
    """Two texts with a table below them, or a digest."""
    letter = replace(DIGEST, parts=(*DIGEST.parts, WIDE))
    texts = {
        "compare": written("html", DIFF, WIDE, Note(text="A note.", level="warning")),
        "digest": render_html(letter, SEOUL),
    }
    file = folder / f"{name}.html"
    file.write_text(texts[name], encoding="utf-8")
    return file


@pytest.mark.slow
def test_a_table_that_is_too_wide_for_a_phone_scrolls_by_keyboard(
    tab: Browser, tmp_path: Path
) -> None:
    tab.look(400)
    tab.open(_page("compare", tmp_path))
    tab.press("Tab")
    assert tab.run("document.activeElement.ariaLabel") == "Sentences"
    tab.run(
        "window.moved = new Promise(done => {"
        "document.activeElement.onscroll = () => done(true); setTimeout(() => done(false), 9000)"
        "}); 0"
    )
    tab.press("ArrowRight")
    assert tab.run("window.moved")
    assert tab.run("document.documentElement.scrollWidth") <= 400


@pytest.mark.slow
@pytest.mark.skipif(not AXE, reason="axe-core is not here: SIGTRACK_AXE names its axe.min.js")
@pytest.mark.parametrize("name", ["compare", "digest"])
def test_axe_finds_nothing_wrong_with_two_texts_or_a_digest(
    tab: Browser, tmp_path: Path, name: str
) -> None:
    tab.open(_page(name, tmp_path))
    tab.run(Path(AXE).read_text(encoding="utf-8") + "; 0")
    for width, dark in ((400, False), (1400, True)):
        tab.look(width, dark=dark)
        found = tab.run("axe.run().then(r => r.violations.map(v => [v.id, v.nodes[0].html]))")
        assert found == []

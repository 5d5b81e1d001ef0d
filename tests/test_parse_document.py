"""Statements from bytes: text, Markdown and pages, in whatever character set they come."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrack.model import Unreadable
from sigtrack.parse.document import Document, markdown_text, read_apart, read_document, tidy
from sigtrack.parse.workers import PAGES
from sigtrack.text import clean

PARAGRAPHS = (
    "The leaders of Japan and the Republic of Korea met in Nara on 13 January 2026.",
    "They reaffirmed their commitment to the complete denuclearization of the Korean Peninsula, "
    "and expressed concern over the nuclear and missile development of the DPRK.",
    "They agreed to deepen cooperation in artificial intelligence and intellectual property, and "
    "took note of the first meeting of the consultative body on shared challenges.",
)
MENU = "".join(f"<li><a href='/{n}'>Section {n}</a></li>" for n in range(30))
PAGE = f"""<!doctype html><html lang="en-GB"><head><title>Joint Statement | Ministry</title>
<style>p {{color: red}}</style><script>alert("no")</script></head><body>
<header><a href="/">Ministry of Lighthouses</a><nav><ul>{MENU}</ul></nav></header>
<main><article><h1>Joint Statement</h1>{"".join(f"<p>{p}</p>" for p in PARAGRAPHS)}</article></main>
<aside><h3>Related</h3><ul><li><a href="/x">An older statement</a></li></ul></aside>
<footer><p>2-2-1 Kasumigaseki</p><p>Copyright. All rights reserved.</p></footer></body></html>"""


def read(body: bytes | str, **more: str) -> Document:
    found = read_document(body if isinstance(body, bytes) else body.encode(), **more)
    assert isinstance(found, Document), found
    return found


def reason(body: bytes, **more: str) -> str:
    found = read_document(body, **more)
    assert isinstance(found, Unreadable), found
    return found.reason


def test_lines_of_a_text_stay_and_paragraphs_are_one_empty_line_apart() -> None:
    text = "\ufeffOne  line\r\nand another \x1b[31m\r\n\r\n\r\n \t\r\nA paragraph\u202e.\n\n"
    assert read(text).text == "One line\nand another [31m\n\nA paragraph."


@given(st.text())
def test_tidying_twice_is_tidying_once(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@pytest.mark.parametrize(
    ("charset", "language", "text"),
    [
        ("utf-8-sig", None, "한일 정상 공동언론발표"),
        ("utf-16", None, "日韓首脳会談"),
        ("cp949", "ko", "양 정상은 셔틀외교를 이어 가기로 하였다."),
        ("cp932", "ja", "両首脳は、シャトル外交を継続することで一致した。"),
        ("gb18030", "zh", "双方同意继续开展穿梭外交。"),
        ("big5hkscs", "zh-Hant", "雙方同意繼續推動穿梭外交。"),
    ],
)
def test_a_text_in_an_old_character_set_is_read_with_its_language(
    charset: str, language: str | None, text: str
) -> None:
    found = read_document(text.encode(charset), language=language)
    assert isinstance(found, Document)
    assert found.text == text


def test_a_guess_at_the_character_set_is_said() -> None:
    assert (
        "read as cp949" in read(("북한의 완전한 비핵화. " * 9).encode("cp949"), language="ko").note
    )
    assert read("plain").note == ""


def test_markdown_loses_its_signs_and_keeps_its_words() -> None:
    text = read(
        "# Joint *Statement*\n\nThe **leaders** of [Japan](https://a.test/x_y) and_the ROK\\.\n\n"
        "> They __oppose__ <u>coercion</u> &amp; force.\n\n* first\n* second_point\n\n---\n"
        "![flag](f.png) 5 * 3 = 15",
        name="x.md",
    ).text
    assert text == (
        "Joint Statement\n\nThe leaders of Japan and_the ROK.\n\n"
        "They oppose coercion & force.\n\n* first\n* second_point\n\n5 * 3 = 15"
    )


def test_signs_of_markdown_in_a_plain_text_are_words() -> None:
    assert read("**stars** and # signs").text == "**stars** and # signs"


def test_front_matter_tells_title_day_and_address_and_is_no_part_of_the_text() -> None:
    found = read(
        '---\ntitle: "Camp David: Principles"\ndate: 2023-08-18 09:00\nsource: https://a.test/1\n'
        "lang: en\n---\n\nWe, the **leaders**.",
        name="x.txt",
    )
    assert (found.title, found.date) == ("Camp David: Principles", date(2023, 8, 18))
    assert (found.url, found.language, found.text) == (
        "https://a.test/1",
        "en",
        "We, the leaders.",
    )
    assert read("---\nno pairs here\n---\nwords").text.startswith("---")


@given(st.text(alphabet="*_[]()!\\# ->=a\n`", max_size=400))
def test_no_letter_of_markdown_is_lost(text: str) -> None:
    kept = markdown_text(text).count("a")
    assert kept == text.count("a") or "(" in text  # addresses of links go


@given(st.binary(max_size=400), st.sampled_from(["x.md", "x.txt"]))
def test_any_bytes_give_clean_text_or_a_reason(body: bytes, name: str) -> None:
    found = read_document(body.replace(b"<", b"-"), name=name)  # without tags it is not a page
    said = found.text if isinstance(found, Document) else found.reason
    assert all(line.isprintable() or clean(line) == line for line in said.split("\n"))


def test_a_page_gives_its_article_without_menus() -> None:
    found = read(PAGE)
    for paragraph in PARAGRAPHS:
        assert paragraph in found.text.split("\n\n")
    for noise in ("Section 7", "Copyright", "Kasumigaseki", "color", "alert"):
        assert noise not in found.text
    assert (found.title, found.language) == ("Joint Statement | Ministry", "en-GB")


def test_a_page_says_its_own_character_set() -> None:
    korean = "양 정상은 한일관계를 미래지향적으로 발전시켜 나가기로 하였다. " * 4
    page = f"<html><head><meta charset='euc-kr'></head><body><p>{korean}</p></body></html>"
    assert korean.strip() in read(page.encode("cp949"), name="x.html").text
    latin = f"<html><body><p>{korean}</p></body></html>".encode("cp949")
    assert korean.strip() in read(latin, content_type="text/html; charset=euc-kr").text


def test_without_the_extra_a_page_without_menus_is_read_all_the_same() -> None:
    code = (
        "import sys; sys.modules['trafilatura'] = None\n"
        "from sigtrack.parse.document import read_document\n"
        "print(read_document(sys.stdin.buffer.read(), name='x.html'))"
    )

    def without(page: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code], input=page.encode(), capture_output=True, check=True
        )
        return done.stdout.decode()

    assert "text='We met.\\n\\nIn Nara.'" in without("<p>We met.</p><p>In Nara.</p>")
    assert "is a page with menus" in without(PAGE)


def test_what_is_no_text_is_said_to_be_none() -> None:
    assert reason(b"%PDF-1.7 ...") == "is a PDF file, not text"
    assert reason(bytes(range(256)) * 20) == "is not text"
    assert reason(b" \n---\n ") == "holds no words"
    assert reason(b"<html><body></body></html>") == "is a page without an article"


@pytest.mark.slow
def test_a_page_that_takes_too_long_or_too_much_is_given_up() -> None:
    page = "<html><body>" + "word<br>" * 200_000
    slow = read_apart(page, replace(PAGES, cpu_seconds=1))
    assert slow == Unreadable(reason="takes more than 1 s of computing to read")
    large = read_apart(page, replace(PAGES, memory=220 * 2**20))
    assert isinstance(large, Unreadable)
    assert large.reason in (
        "needs more than 220 MiB of memory to read",
        "its reader ended with code 1",
        "cannot be read as a page (XMLSyntaxError)",
    )


def test_long_lines_of_signs_do_not_hold_anybody_up() -> None:
    for line in (
        "# a" + " " * 10**6 + "x",
        "* " * 10**6 + "x",
        "---\na: " + " " * 10**6 + "x\n---\n",
    ):
        assert "x" in read(f"{line}\nwords", name="x.md").text or line.startswith("---")

"""A digest as text of 76 columns and as HTML: whatever the publishers wrote."""

from __future__ import annotations

import re
from datetime import UTC
from html.parser import HTMLParser
from unicodedata import category

from hypothesis import example, given, settings
from hypothesis import strategies as st

from any_report import notes, spans, tables, texts
from sigtrack.model import Card, Digest, LetterSection, Marked, Note
from sigtrack.present.cells import one_line
from sigtrack.present.letter import WIDTH, render_html, render_text, styles
from sigtrack.text.scripts import cells_wide

LINK = "https://desk.example/" + "long/" * 30
CARD = Card(
    headline=Marked(text="日韓首脳、奈良で共同声明を発表", link=LINK, language="ja"),
    facts=("あきつ放送", "Tue 13 Jan 20:45", "58f8cb"),
    quote=Marked(text="両首脳は共同声明を発表した。", spans=((4, 8),), language="ja"),
    why="Why: A joint statement is issued",
    urgent=True,
)
DIGEST = Digest(
    subject="Lee, Takaichi meet",
    summary="1 new story · times in KST",
    parts=(LetterSection(title="Joint statements", cards=(CARD,)), Note(text="Note.")),
    footer=(("This mail again:", "sigtrack digest morning --again 12"),),
    language="en",
)  # fmt: skip

marked = st.builds(
    Marked, text=texts, spans=spans, link=st.sampled_from(["", LINK, "javascript:alert(1)", "http://a b"]), language=st.sampled_from([None, "ko", "en"])
)  # fmt: skip
cards = st.builds(
    Card, headline=marked, facts=st.lists(texts, max_size=3).map(tuple), quote=st.none() | marked, why=texts, urgent=st.booleans()
)  # fmt: skip
sections = st.builds(
    LetterSection, title=texts, cards=st.lists(cards, max_size=3).map(tuple)
)  # fmt: skip
digests = st.builds(
    Digest,
    subject=texts,
    summary=texts,
    parts=st.lists(st.one_of(sections, notes, tables), max_size=3).map(tuple),
    footer=st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
)


def test_the_text_reads_like_a_letter() -> None:
    assert render_text(DIGEST, UTC) == (
        "1 new story · times in KST\n"
        "\n"
        "Joint statements\n"
        "----------------\n"
        "▲ 日韓首脳、奈良で共同声明を発表\n"
        "  あきつ放送 · Tue 13 Jan 20:45 · 58f8cb\n"
        "  | 両首脳は«共同声明»を発表した。\n"
        "  Why: A joint statement is issued\n"
        f"  {LINK}\n"
        "\n"
        "Note.\n"
        "\n"
        "-- \n"
        "This mail again:\n"
        "  sigtrack digest morning --again 12\n"
    )


@settings(max_examples=60, deadline=None)
@given(digests)
def test_no_line_is_wider_than_76_cells_but_an_address_or_a_command(digest: Digest) -> None:
    commands = {f"  {one_line(command)}" for _, command in digest.footer}
    for line in render_text(digest, UTC).split("\n"):
        if not line.startswith("  http") and line not in commands:
            assert cells_wide(line) <= WIDTH, line
        assert not {category(character) for character in line} & {"Cc", "Cf", "Cs"}


class _Tags(HTMLParser):
    """Collects what a mail program would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags_of(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = _Tags()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return parser.tags


_ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "div", "p", "h1", "h2", "a", "mark", "span", "ul",
    "li", "code", "br",
}  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(digests)
@example(Digest(subject="</title><script>", summary="<img src=x>", parts=(Note(text='"><b>'),)))
def test_no_words_of_a_stranger_become_markup(digest: Digest) -> None:
    html = render_html(digest, UTC)
    found = tags_of(html)
    assert {tag for tag, _ in found} <= _ALLOWED
    for _, attributes in found:
        assert set(attributes) <= {
            "lang",
            "class",
            "style",
            "href",
            "charset",
            "name",
            "content",
            "role",
        }
        href = attributes.get("href") or "https://"
        assert href.startswith(("http://", "https://"))
    assert "url(" not in html
    assert "src=" not in "".join(f"{attributes}" for _, attributes in found)


def test_every_language_is_named_and_every_style_is_written_into_its_tag() -> None:
    found = tags_of(render_html(DIGEST, UTC))
    languages = [attributes["lang"] for _, attributes in found if "lang" in attributes]
    assert languages == ["en", "ja", "ja"]
    for _, attributes in found:
        if names := attributes.get("class"):
            assert attributes["style"] == ";".join(styles()[0][name] for name in names.split())


def test_a_dark_mail_program_finds_its_colours_in_the_head() -> None:
    html = render_html(DIGEST, UTC)
    (sheet,) = re.findall("<style>(.*)</style>", html)
    assert "@media (prefers-color-scheme:dark)" in sheet
    light, dark = styles()
    assert set(dark) <= set(light)
    assert all(f".{name}{{" in sheet for name in dark)
    assert '<meta name="color-scheme" content="light dark">' in html


def test_a_link_that_is_none_is_text() -> None:
    bad = Card(headline=Marked(text="x", link="javascript:alert(1)"), facts=())
    digest = Digest(subject="", summary="", parts=(LetterSection(title="t", cards=(bad,)),))
    assert "javascript" not in render_html(digest, UTC) + render_text(digest, UTC)

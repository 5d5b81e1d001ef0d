"""HTML to plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrack.parse.markup import body_text, headline_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One.</p><p>Two.</p>", "One. Two."),
        ("Mi<b>cro</b>chip<br>export", "Microchip export"),
        ("a<script>if (1 < 2) alert('</p>')</script>b", "a b"),
        ("a<style>p > b {}</style >b<!-- <p>hidden</p> -->c", "a b c"),
        ("a<script>never closed", "a"),
        ("a<!-- never closed", "a"),
        ('<img alt="a > b" src=x>after', "after"),
        ('<a href="x>y">words</a>', "words"),
        ("<a href='unbalanced>words</a>", "words"),
        ("cut off in a <a href=", "cut off in a"),
        ("5 < 6 & 7 > 3", "5 < 6 & 7 > 3"),
        ("<unknown-tag x=1>kept</unknown-tag>", "kept"),
        ("<![CDATA[words]]>", "words"),
        ("<?php echo 1 ?>words", "words"),
        ("&lt;p&gt;escaped twice&lt;/p&gt;", "escaped twice"),
        ("caf&eacute; &#x4E2D;&#22269; attivit&agrave...", "café 中国 attività..."),
        ("AT&T ?a=1&copy=2 &unknown; R&D", "AT&T ?a=1&copy=2 &unknown; R&D"),
        ("<td>1</td><td>2</td>", "1 2"),
        ("<svg><title>icon</title><path/></svg>words", "words"),
        ("<script/>words", "words"),
        ("<속보> 회담", "<속보> 회담"),
    ],
)
def test_a_body_becomes_its_words(markup, text):
    assert " ".join(body_text(markup).split()) == text


def test_paragraphs_are_lines():
    assert [line for line in body_text("<div>a</div><p>b</p>").splitlines() if line] == ["a", "b"]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<The Diplomat> says", "<The Diplomat> says"),
        ("<b>Nara</b>, not <i>Tokyo</i>", "Nara, not Tokyo"),
        ("a < b and c > d", "a < b and c > d"),
        ("S&amp;P &lt;b&gt;bold&lt;/b&gt;", "S&P bold"),
        ("<a><cabinet>", "<cabinet>"),
    ],
)
def test_a_headline_loses_only_the_tags_of_html(markup, text):
    assert headline_text(markup) == text


@given(st.text(alphabet="<>/!-ap\"'& ;b=x[]?", max_size=80))
def test_text_never_grows_and_nothing_breaks(markup):
    assert len(body_text(markup)) <= len(markup) + 2 * markup.count("<")
    assert len(headline_text(markup)) <= len(markup) + 2 * markup.count("<")


@given(st.text(alphabet="한국中日本abc .,", max_size=50))
def test_text_without_markup_is_left_alone(text):
    assert body_text(text) == headline_text(text) == text

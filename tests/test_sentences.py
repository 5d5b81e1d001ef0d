"""Where sentences begin and end in four languages."""

from __future__ import annotations

import pytest
from hypothesis import given

from any_report import texts
from sigtrack.text.sentences import sentences


@pytest.mark.parametrize(
    "expected",
    [
        ["Lee said that Mr. Kim came.", "U.S. forces left at 3.5 p.m. today!", '"He agreed."', "On Jan. 4 he left"],
        ["北朝鮮が発射。", "李大統領は「強く非難する。」と述べた。", "終わり"],
        ["이재명 대통령이 13일 나라현을 방문했다.", '두 정상은 "새로운 국면"에 합의했다.'],
        ["What now?", "Nothing."],
    ],
)  # fmt: skip
def test_a_text_is_cut_where_its_sentences_end(expected: list[str]) -> None:
    text = "".join(
        f"{one} " if one.isascii() or "이" in one or "두" in one else one for one in expected
    )
    assert [text[start:end] for start, end in sentences(text)] == expected


def test_a_line_break_ends_a_sentence() -> None:
    text = "Headline\nFirst words. More"
    assert [text[a:b] for a, b in sentences(text)] == ["Headline", "First words.", "More"]


@given(text=texts)
def test_no_word_is_lost_between_sentences(text: str) -> None:
    found = list(sentences(text))
    assert "".join("".join(text[a:b] for a, b in found).split()) == "".join(text.split())
    assert found == sorted(found)

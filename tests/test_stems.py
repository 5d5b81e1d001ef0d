"""Words made comparable beyond their spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from any_report import texts
from sigtrack.text.fold import Stems, stem, stems_of, without_particle
from sigtrack.text.sentences import unwrap


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("strongly opposed any attempts", "strongly oppose any attempt"),
        ("reaffirmed its commitments", "reaffirms its commitment"),
        ("exchanged views", "exchanging views"),
        ("denuclearisation", "denuclearization"),
        ("complete, verifiable, and irreversible", "complete verifiable and irreversible"),
        ("Indo-Pacific countries", "Indo Pacific country"),
        ("完全、可验证", "完全，可验证"),
    ],
)
def test_words_differ_by_inflection_and_punctuation_only(one: str, other: str) -> None:
    assert stems_of(one) == stems_of(other)


@pytest.mark.parametrize("word", ["noted", "crisis", "status", "congress", "need", "bus", "sing"])
def test_a_word_that_only_looks_inflected_stays(word: str) -> None:
    assert stem(word) == word


def test_a_phrase_never_crosses_the_end_of_a_sentence() -> None:
    assert stems_of("new. phase") != stems_of("new phase")


def test_a_place_among_the_stems_leads_back_to_the_publishers_letters() -> None:
    text = "They ‘strongly  opposed’ 한반도의 비핵화를, 完全无核化。"
    stems = Stems(text)
    for wanted, words in (
        ("strongly oppos", "strongly  opposed"),
        ("비핵화", "비핵화"),
        ("无核", "无核"),
    ):
        at = stems.text.index(wanted)
        start, end = stems.origin(at, at + len(wanted))
        assert text[start:end] == words


@given(text=texts)
def test_every_word_of_any_text_leads_back_into_it(text: str) -> None:
    stems = Stems(text)
    for at, char in enumerate(stems.text):
        if char != " ":
            start, end = stems.origin(at, at + 1)
            assert 0 <= start < end <= len(text)


@given(text=st.text(alphabet="abC'`.!?;: ,-&+12_\nUS", max_size=30))
def test_an_english_text_has_the_same_stems_beside_another_script(text: str) -> None:
    assert stems_of(f"{text}; 가") == f"{stems_of(f'{text};')} 가"


def test_a_particle_goes_where_two_syllables_stay() -> None:
    assert [without_particle(word) for word in ("국면에서", "국면을", "나라의", "나의")] == [
        "국면",
        "국면",
        "나라",
        "나의",
    ]


def test_lines_broken_at_a_fixed_width_are_joined() -> None:
    wide = (
        "The two leaders reaffirmed their commitment to the complete\ndenuclearization of the DPRK."
    )
    assert unwrap(wide) == wide.replace("\n", " ")


@pytest.mark.parametrize(
    "text",
    [
        "A headline\nThe first sentence of the text that follows it.",
        "The two leaders reaffirmed their commitment to the alliance today.\nThey left.",
        "The two leaders agreed to the following points on trade and tech:\n- tariffs",
        "The two leaders agreed on all of the following points today, namely\n- tariffs",
        "The two leaders reaffirmed their commitment to the alliance today\n\nLater",
    ],
)
def test_a_line_that_the_writer_ended_stays_a_line(text: str) -> None:
    assert unwrap(text) == text


@given(text=texts)
def test_unwrapping_moves_nothing(text: str) -> None:
    assert len(unwrap(text)) == len(text)

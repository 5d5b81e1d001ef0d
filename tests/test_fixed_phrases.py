"""Fixed phrases are found whatever their spelling and inflection, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrack.analyze.fixed_phrases import FixedPhrases, longest
from sigtrack.text.fold import Stems
from sigtrack.text.sentences import sentences, unwrap
from sigtrack.watch.catalogues import load_formulary

FORMULARY = load_formulary()
WORDINGS = [
    (word, formula.id)
    for formula in FORMULARY.formulas
    for words in formula.wordings.values()
    for word in words
]
FORMULAS = FixedPhrases(WORDINGS)


def found(phrase: str, text: str) -> list[str]:
    hits = FixedPhrases([(phrase, "x")]).find(Stems(text))
    return [text[one.start : one.end] for one in hits]


@pytest.mark.parametrize(
    ("phrase", "text", "words"),
    [
        ("new phase", "Ties entered new phases.", "new phases"),
        ("strongly oppose", "They strongly opposed it", "strongly opposed"),
        ("free and open Indo-Pacific", "a “free and open Indo–Pacific”", "free and open Indo–Pacific"),
        ("US-Japan-ROK", "the U.S.-Japan-ROK summit", "U.S.-Japan-ROK"),
        ("한미일 안보 협력", "한·미·일 안보협력을 강화", "한·미·일 안보협력"),
        ("안보 협력", "안보협력이", "안보협력"),
        ("우려", "우려를 표명했다", "우려"),
        ("규탄", "강력히 규탄했다", "규탄"),
        ("新たな段階", "関係が新たな段階に入った", "新たな段階"),
        ("半岛无核化", "实现半岛无核化的目标", "半岛无核化"),
        ("ASEAN中心性", "ASEAN 中心性を支持", "ASEAN 中心性"),
    ],
)  # fmt: skip
def test_a_phrase_is_found_in_its_other_forms(phrase: str, text: str, words: str) -> None:
    assert found(phrase, text) == [words]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("new phase", "a renew phase"),
        ("new phase", "It is new. Phase two begins"),
        ("concern", "a concerto"),
        ("유해", "유해물질"),
        ("지지", "대통령 지지율"),
        ("우려", "추우려"),
    ],
)
def test_what_only_shares_letters_is_not_the_phrase(phrase: str, text: str) -> None:
    assert found(phrase, text) == []


def test_a_phrase_may_stand_for_several() -> None:
    table = FixedPhrases([("concern", "a"), ("concern", "b"), ("serious concern", "c")])
    hits = table.find(Stems("serious concern"))
    assert sorted(one.owner for one in hits) == ["a", "b", "c"]
    assert [one.owner for one in longest(hits)] == ["c"]


@given(st.lists(st.lists(st.sampled_from(WORDINGS), max_size=3), max_size=4))
def test_texts_that_are_searched_together_hold_what_each_holds_alone(
    texts: list[list[tuple[str, str]]],
) -> None:
    stems = [Stems(" ".join(word for word, _ in words)) for words in texts]
    assert FORMULAS.find_in(stems) == [FORMULAS.find(one) for one in stems]


PIECES = st.sampled_from([word for word, _ in WORDINGS]) | st.sampled_from(
    [
        *(
            ". ",
            "! ",
            "。",
            "\n",
            "\n\n",
            " ",
            "’s ",
            ".",
            "…",
            "U.S. ",
            "No. 2 ",
            "·",
            "'",
            "(",
            "”",
        ),
        *(
            "St. ",
            ".12 The ",
            "가.나",
            "中.国",
            "e.g. ",
            "다.”라고",
            "！か",
            "\u0301",
            "㎡",
            "⒈ ",
            "- ",
        ),
    ]
)


@given(pieces=st.lists(PIECES | st.text(max_size=4), max_size=8))
def test_a_phrase_of_a_sentence_may_stand_in_the_text(pieces: list[str]) -> None:
    text = unwrap("".join(pieces))
    said = [FORMULAS.find(Stems(text[start:end])) for start, end in sentences(text)]
    assert FORMULAS.may_stand_in([text]) or not any(said)


def test_most_texts_hold_no_phrase() -> None:
    assert not FORMULAS.may_stand_in(["The library reopens on Saturday.", "週末は各地で晴れ"])


def test_every_wording_of_the_catalogue_finds_its_formula() -> None:
    lost = [
        word
        for word, formula in WORDINGS
        if formula not in {one.owner for one in FORMULAS.find(Stems(word))}
    ]
    assert lost == []

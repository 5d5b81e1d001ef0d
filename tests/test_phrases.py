"""The formulas of diplomacy: a file that others will reckon with must be of one shape."""

from __future__ import annotations

import re
import tomllib
from collections import Counter

import pytest

from sigtrack.lexicon import words_of
from sigtrack.lexicon.books import other_spelling
from sigtrack.watch import shipped_text

FILE = tomllib.loads(shipped_text("phrases.toml"))
LADDERS = {ladder["id"]: ladder for ladder in FILE["ladder"]}
PHRASES = {phrase["id"]: phrase for phrase in FILE["phrase"]}
LANGUAGES = ("en", "ko", "ja", "zh")
SCRIPT = {
    "en": re.compile(r"[\x20-\x7e]+"),
    "ko": re.compile(r"[가-힣A-Z0-9 ,.·-]+"),
    "ja": re.compile(r"[\u3041-\u30ff\u4e00-\u9fff々A-Z0-9 +、。・]+"),
    "zh": re.compile(r"[\u4e00-\u9fffA-Z0-9+、，。]+"),
}


def wordings(phrase: dict[str, object]) -> list[tuple[str, str]]:
    return [(language, word) for language in LANGUAGES for word in words_of(phrase[language])]


def test_there_are_eighty_nine_formulas_and_nine_ladders() -> None:
    assert (len(FILE["phrase"]), len(FILE["ladder"])) == (89, 9)
    assert (len(PHRASES), len(LADDERS)) == (89, 9)


@pytest.mark.parametrize("phrase", PHRASES.values(), ids=PHRASES)
def test_a_formula_is_told_in_four_languages_each_in_its_own_letters(
    phrase: dict[str, object],
) -> None:
    for language, word in wordings(phrase):
        assert SCRIPT[language].fullmatch(word), word
        assert word == word.strip()
    for language in LANGUAGES:
        assert isinstance(phrase[language], list)
        words = [word for one in phrase[language] for word in words_of([one])]  # type: ignore[attr-defined]
        assert words
        assert len(words) == len(set(words))


@pytest.mark.parametrize("phrase", PHRASES.values(), ids=PHRASES)
def test_a_formula_has_known_keys_and_points_at_what_exists(phrase: dict[str, object]) -> None:
    required = {"id", "topic", "who", "present", "basis", *LANGUAGES}
    assert (
        required
        <= set(phrase)
        <= required | {*("absent", "change", "opposes", "ladder", "rung", "between")}
    )
    assert phrase["basis"] in ("texts", "knowledge")
    for other in phrase.get("opposes", []):  # type: ignore[attr-defined]
        assert phrase["id"] in PHRASES[other]["opposes"]
    if "ladder" in phrase:
        ladder = LADDERS[str(phrase["ladder"])]
        assert 1 <= int(str(phrase["rung"])) <= len(ladder["en"])
    else:
        assert "rung" not in phrase


@pytest.mark.parametrize("ladder", LADDERS.values(), ids=LADDERS)
def test_a_ladder_has_as_many_rungs_in_each_language_and_no_word_twice(
    ladder: dict[str, list[str]],
) -> None:
    spoken = [language for language in LANGUAGES if language in ladder]
    assert "en" in spoken
    assert len(spoken) >= 2
    assert len({len(ladder[language]) for language in spoken}) == 1
    for language in spoken:
        words = [word for rung in ladder[language] for word in words_of(rung.split("|"))]
        assert [word for word, count in Counter(words).items() if count > 1] == []
        assert all(SCRIPT[language].fullmatch(word) for word in words)


@pytest.mark.parametrize("word", ["钢铁", "鋼鐵", "鋁製品", "铝制品"])
def test_half_a_word_is_proposed_in_no_spelling(word: str) -> None:
    assert other_spelling(word, is_chinese=True) is None


def test_a_word_of_known_characters_has_its_other_spelling() -> None:
    assert other_spelling("联合声明", is_chinese=True) == ("traditional", "聯合聲明")
    assert other_spelling("聯合聲明", is_chinese=True) == ("simplified", "联合声明")


def test_chinese_is_there_in_both_ways_of_writing() -> None:
    for phrase in PHRASES.values():
        words = words_of(phrase["zh"], is_chinese=True)
        twins = [other_spelling(word, is_chinese=True) for word in words]
        missing = {twin[0] if twin else "nothing" for twin in twins}
        assert missing not in ({"simplified"}, {"traditional"}), phrase["id"]

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrack.text.fold import fold_text
from sigtrack.text.scripts import (
    HAN,
    HANGUL,
    KANA,
    count_words,
    end_of_word,
    end_of_words,
    guess_language,
    hangul_may_go_on,
    is_cjk,
    is_han,
    is_hangul,
    is_mostly_hangul,
    is_spaced,
    script_of,
    start_of_word,
    words_between,
)


@pytest.mark.parametrize(
    ("letters", "script"),
    [
        ("北中々〇𠮷", "han"),
        ("かカーヽ", "kana"),
        ("한ᄀㄱㅏ", "hangul"),
        ("aZéЖ5Ω", "spaced"),
    ],
)
def test_every_letter_belongs_to_one_of_four_scripts(letters, script):
    assert {script_of(letter) for letter in letters} == {script}


@pytest.mark.slow  # every letter that there is
def test_scripts_are_those_of_the_patterns():
    patterns = {
        script: re.compile(f"[{letters}]")
        for script, letters in (("han", HAN), ("kana", KANA), ("hangul", HANGUL))
    }
    for letter in ("", *map(chr, range(sys.maxunicode + 1))):
        of = [script for script, pattern in patterns.items() if pattern.match(letter)]
        assert [script_of.__wrapped__(letter)] == (of or ["spaced"])


@given(st.characters())
def test_no_letter_belongs_to_two_scripts(letter):
    assert is_han(letter) + (is_cjk(letter) and not is_han(letter)) + is_hangul(letter) + is_spaced(
        letter
    ) == int(letter.isalnum() or is_hangul(letter) or is_cjk(letter))


def test_the_three_ranges_do_not_meet():
    sets = [
        {chr(c) for c in range(0x34000) if is_in(chr(c))}  # no script is beyond
        for is_in in (is_han, lambda c: is_cjk(c) and not is_han(c), is_hangul)
    ]
    assert all(sets)
    assert not (sets[0] & sets[1] or sets[0] & sets[2] or sets[1] & sets[2])
    assert all((HAN, KANA, HANGUL))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Lee in Nara", None),
        ("李대통령, 나라 방문", "ko"),
        ("北 미사일 발사", "ko"),
        ("首脳会談を開く", "ja"),
        ("中美经贸会谈", "zh"),
        ("", None),
        ("G7 2026", None),
    ],
)
def test_a_language_is_guessed_by_script_alone(text, language):
    assert guess_language(text) == language


def test_a_text_is_korean_by_more_hangul_than_han_and_latin_is_not_asked():
    assert is_mostly_hangul("NVIDIA GPU 26만장")
    assert not is_mostly_hangul("韓国大統領、ソウル서울")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("a summit, in Nara!", 4, id="marks count nothing"),
        pytest.param("3500 won and 3.5 %", 4, id="a number is one"),
        pytest.param("이재명 대통령은 나라에서", 3, id="Hangul by spaces"),
        pytest.param("日米韓首脳会談", 4, id="seven Han are four"),
        pytest.param("共同声明を発表", 4, id="seven Han and Kana are four"),
        pytest.param("AI반도체", 2, id="a change of script"),
        pytest.param("Xi's don't", 2, id="an apostrophe inside"),
        pytest.param("", 0, id="nothing"),
    ],
)
def test_words_are_counted(text, count):
    assert count_words(fold_text(text)) == count


def between(text, first, second, most=50):
    folded = fold_text(text)
    start = folded.index(first) + len(first)
    return words_between(folded, start, folded.index(second, start), most)


@pytest.mark.parametrize(
    ("text", "first", "second", "words"),
    [
        ("lee met takaichi", "lee", "takaichi", 1),
        ("lee, takaichi", "lee", "takaichi", 0),
        ("korea's new nara", "korea", "nara", 1),
        ("대통령은 오늘 나라에서 정상회담을", "대통령", "회담", 2),
        ("日韓は首脳会談で共同声明", "日韓", "共同", 3),
        ("lee spoke. takaichi", "lee", "takaichi", None),
        ("lee spoke! takaichi", "lee", "takaichi", None),
        ("李氏。高市氏", "李氏", "高市", None),
        ("李氏！高市氏", "李氏", "高市", None),
        ("at 3.5 percent nara", "at", "nara", 2),
        ("lee and Mr. Kim", "lee", "Kim", 2),
    ],
)
def test_words_between_two_words(text, first, second, words):
    assert between(text, first, second) == words


def test_one_word_too_many_is_too_far():
    assert between("a b c d", "a", "d", most=2) == 2
    assert between("a b c d", "a", "d", most=1) is None


@given(st.text(st.sampled_from("ab 한中か.。!,'&1")), st.data())
def test_a_word_begins_before_it_ends(text, data):
    at = data.draw(st.integers(0, len(text)))
    assert start_of_word(text, at) <= at <= end_of_word(text, at)


@given(st.text(st.sampled_from("ab 한中か,1")), st.integers(1, 9))
def test_the_first_words_of_a_text_are_as_many_as_asked(text, most):
    end = end_of_words(text, most)
    assert count_words(text[:end]) == min(most, count_words(text))


def test_a_long_chinese_clause_is_cut_at_the_fiftieth_word():
    assert end_of_words("中" * 300, 50) == 100


def goes_on(word, rest, **more):
    text = f"{word}{rest}"
    return hangul_may_go_on(text, 0, len(word), **more)


@pytest.mark.parametrize(
    ("word", "rest", "may"),
    [
        pytest.param("북한", "", True, id="a word ends"),
        pytest.param("북한", " 산", True, id="a space follows"),
        pytest.param("북한", "A", True, id="another script follows"),
        pytest.param("북한", "에서", True, id="a particle"),
        pytest.param("북한", "군", True, id="a suffix"),
        pytest.param("북한", "산", False, id="a syllable that is neither"),
        pytest.param("북한", "미사일", True, id="another noun"),
        pytest.param("미", "는", True, id="a particle after one syllable"),
        pytest.param("미", "군", False, id="a suffix after one syllable"),
        pytest.param("미", "사일", False, id="a noun after one syllable"),
        pytest.param("미사일", "산", True, id="anything after three"),
        pytest.param("AI반도", "체", False, id="syllables of the same script count"),
    ],
)
def test_a_short_hangul_word_goes_on_with_what_leaves_its_meaning_alone(word, rest, may):
    assert goes_on(word, rest) is may


def test_who_asks_may_know_more_endings_of_names():
    assert not goes_on("미", "에는")
    assert goes_on("미", "에는", also={"에는"})


def test_a_phrase_that_is_a_verb_too_goes_on_as_one_and_takes_no_noun():
    assert goes_on("우려", "했다", verbs={"했"})
    assert goes_on("우려", "를", verbs={"했"})
    assert not goes_on("유해", "물질", verbs={"했"})
    assert goes_on("유해", "물질")


def test_only_the_letters_of_the_word_itself_are_counted():
    text = "대북한산"
    assert not hangul_may_go_on(text, 1, 3)
    assert hangul_may_go_on(text, 0, 3)

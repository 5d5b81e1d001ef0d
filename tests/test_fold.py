import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sigtrack.text.fold import fold, fold_text, fold_word

KOREAN, JAPANESE, CHINESE = "한미일중북의간회담ㄱㅏ", "日米韓首脳ガﾊﾟか゛ﾞ々", "中美经贸會談"
MARKS = " ·・ㆍ,.;:!?'’&+-/()[]「」…。、，\n\u0301\u3099\u1161\u11a8\uff9e"
texts = st.text(
    st.sampled_from("aZUSKé1350０㎞ﬁİΣ" + KOREAN + JAPANESE + CHINESE + MARKS) | st.characters()
)


@given(texts)
@example("3…500")
@example("Mr.&Kim Mr.·Kim")
@example("No. (3")
@example("N·o. 3")
@example("N.o.. 3")
@example("N.N.\u0300")
@example("ㄱ·ㅏ")
@example("a.b.c.def 1,234,567")
@example("\U00016d68\U00016d67\u0301")
def test_folding_twice_is_folding_once(text):
    assert fold_text(fold_text(text)) == fold_text(text)


def test_letters_and_digits_stay_and_symbols_do_not():
    for char in map(chr, range(0x10000)):
        stays = char in fold_text(f"x {char} x")
        if char in "İʼㆍᆞ":
            assert not stays  # written for another letter or mark
        elif char.isalnum() and unicodedata.is_normalized("NFKC", char):
            assert stays, ascii(char)
        elif stays:
            assert char in " ,.;:!?&+。" or unicodedata.combining(char), ascii(char)


@given(texts)
def test_a_text_in_ascii_folds_as_among_other_letters(text):
    text = text.encode("ascii", "ignore").decode()
    assert fold_text(f"x {text} x 가") == f"{fold_text(f'x {text} x')} 가"


@given(texts)
def test_case_is_lost_and_nothing_else(text):
    folded = fold(text)
    assert len(folded.lower) == len(folded.text)
    assert folded.lower == folded.text.lower()


@given(texts)
def test_every_letter_knows_where_it_came_from(text):
    folded = fold(text)
    before = 0
    for at in range(len(folded.text)):
        start, end = folded.origin(at, at + 1)
        assert 0 <= start < end <= len(text)
        assert start >= before
        before = start


@given(texts)
def test_a_word_folds_from_its_origin(text):
    folded = fold(text)
    at = 0
    for word in folded.text.split(" "):
        if word and all(letter.isalnum() for letter in word):
            start, end = folded.origin(at, at + len(word))
            assert word in fold_text(text[start:end])
        at += len(word) + 1


plain = st.text(
    st.sampled_from('abZ 19한미회日本中经éﬁ０Ａe\u0301ガﾊﾟΣ-–—―/()[]「」『』“”|#*~_"!?;:')
)


@given(plain)
def test_folding_is_what_the_obvious_way_gives(text):
    """Where nothing depends on its neighbours: no dots, commas, apostrophes, `&` and `+`."""
    obvious = ""
    for char in unicodedata.normalize("NFKC", text):
        kept = char.isalnum() or unicodedata.combining(char) or char in "!?;:"
        obvious += char if kept else " "
    while "  " in obvious:
        obvious = obvious.replace("  ", " ")
    assert fold_text(text) == obvious


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        pytest.param("US-Japan/ROK\ntalks", "US Japan ROK talks", id="hyphen, slash, line break"),
        pytest.param("a–b—c―d‐e", "a b c d e", id="dashes of every length"),
        pytest.param("“new” «phase» 「新」", " new phase 新 ", id="quotes and brackets"),
        pytest.param("U.S. and U.N. D.C", "US and UN DC", id="dots in acronyms"),
        pytest.param("the U.S.-ROK alliance", "the US ROK alliance", id="acronym and hyphen"),
        pytest.param("U.S.Korea", "US.Korea", id="acronym run into a word"),
        pytest.param("Mr. Kim, S. Korea", "Mr Kim, S Korea", id="abbreviations"),
        pytest.param("No. 2 says No. Then", "No 2 says No. Then", id="number and denial"),
        pytest.param("on Jan. 13 in Nara. They", "on Jan 13 in Nara. They", id="month and sentence"),
        pytest.param("3,500 or 1,234,567", "3500 or 1234567", id="thousands"),
        pytest.param("３，５００", "3500", id="full-width thousands"),
        pytest.param("1,2 and 2025,2026", "1,2 and 2025,2026", id="other commas stay"),
        pytest.param("3.5", "3.5", id="a decimal point stays"),
        pytest.param("wait... no… yes⋯", "wait; no; yes;", id="an ellipsis is a border"),
        pytest.param("R&D, R & D, R＆D", "R & D, R & D, R & D", id="ampersand"),
        pytest.param("G7+1 C++", "G7 + 1 C + +", id="plus"),
        pytest.param("Xi’s leaders' '90s", "Xi's leaders 90s", id="apostrophes"),
        pytest.param("한·미·일 中・日 韓ㆍ美", "한미일 中日 韓美", id="dots between single characters"),
        pytest.param("한국·일본, 경제·안보", "한국 일본, 경제 안보", id="dots between words"),
        pytest.param("한·미동맹 한·일간 한·일의", "한미동맹 한일간 한일의", id="compounds of two countries"),
        pytest.param("한·인도 한·미국 한·일본", "한 인도 한 미국 한 일본", id="a syllable and a name"),
        pytest.param("中·日관계", "中日관계", id="a particle of another script"),
        pytest.param("ｶﾞｲﾄﾞ ﾊﾟﾗ", "ガイド パラ", id="half-width Kana"),
        pytest.param("５Ｇ ＡＩ", "5G AI", id="full-width letters"),
        pytest.param("ﬁne Oﬃce", "fine Office", id="ligatures"),
        pytest.param(unicodedata.normalize("NFD", "북한 café"), "북한 café", id="decomposed"),
        pytest.param("350㎞, ㈜한화, 10㎏", "350km, 주 한화, 10kg", id="letters in one character"),
        pytest.param("Apple™", "Apple ", id="trade mark"),
        pytest.param("Müller, São Paulo", "Müller, São Paulo", id="diacritics stay"),
        pytest.param("北、米。「和」！", "北,米。 和 !", id="full-width marks"),
        pytest.param("İstanbul", "Istanbul", id="the dotted capital I"),
    ],
)  # fmt: skip
def test_what_is_written_becomes(written, folded):
    assert fold_text(written) == folded


@pytest.mark.parametrize(
    ("written", "needle", "under"),
    [
        ("the U.S. and", "US", "U.S."),
        ("a R&D b", "R & D", "R&D"),
        ("at 3,500 men", "3500", "3,500"),
        ("on 한·미·일 회담", "한미일", "한·미·일"),
        ("x ｶﾞｲﾄﾞ y", "ガイド", "ｶﾞｲﾄﾞ"),
        ("Mr. Kim said", "Mr Kim", "Mr. Kim"),
        (f"in {unicodedata.normalize('NFD', '북한')} now", "북한", unicodedata.normalize("NFD", "북한")),
        ("an oﬃce", "office", "oﬃce"),
        ("ㄱㅏ ok", "ok", "ok"),
    ],
)  # fmt: skip
def test_a_span_points_at_the_publishers_own_letters(written, needle, under):
    folded = fold(written)
    at = folded.text.index(needle)
    start, end = folded.origin(at, at + len(needle))
    assert written[start:end] == under


@pytest.mark.parametrize(("word", "needle"), [("S.", "S"), ("St.", "St"), ("leaders'", "leaders")])
def test_a_word_of_a_needle_folds_as_it_does_inside_a_text(word, needle):
    assert fold_word(word) == needle

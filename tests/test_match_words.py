"""What one term marks, by script: each line is a decision."""

import unicodedata

import pytest

from matching import hit, item, seen, signal, words


def a(decision: str, term: str, title: str, *marked: str) -> object:
    return pytest.param(term, title, list(marked), id=decision)


@pytest.mark.parametrize(
    ("term", "title", "marked"),
    [
        a("a word in any case", "summit", "Summit, SUMMIT", "Summit", "SUMMIT"),
        a("a word is matched whole", "chip", "chipset and microchip"),
        a("a possessive is the word", "Japan", "Japan's and Japan’s", "Japan", "Japan"),
        a("diacritics are kept", "Sao Paulo", "São Paulo"),
        a("decomposed diacritics are the same", "São", "Sa\u0303o", "Sa\u0303o"),
        a("a digit is part of a word", "G7", "G77, 2G7"),
        a("a decimal is one number", "5", "3.5 and 5.3 and 5.", "5"),
        a("thousands are one number", "3500", "3,500 men", "3,500"),
        a("Cyrillic is written in words", "мир", "Мир и мирный", "Мир"),
        a("a phrase", "joint statement", "a joint statement", "joint statement"),
        a("a hyphen is a space", "joint statement", "joint-statement", "joint-statement"),
        a("a dash is a space", "US Japan", "US–Japan talks", "US–Japan"),
        a("a slash is a space", "US Japan", "US/Japan", "US/Japan"),
        a("quotes are spaces", "new phase", "a 'new' “phase”", "new' “phase"),
        a("brackets are spaces", "new phase", "new (phase)", "new (phase"),
        a("a hyphen in the term is a space too", "US-Japan", "US Japan", "US Japan"),
        a("a phrase does not cross a comma", "Lee Jae", "Lee, Jae"),
        a("nor a full stop", "Lee Jae", "Lee. Jae"),
        a("nor a colon", "Lee Jae", "Lee: Jae"),
        a("nor a semicolon", "Lee Jae", "Lee; Jae"),
        a("nor an ellipsis", "Lee Jae", "Lee… Jae, Lee... Jae"),
        a("an ampersand is a word", "R&D", "R & D, R&D and R D", "R & D", "R&D"),
        a("a plus is a word", "G7+", "the G7+ and G7", "G7+"),
        a("dots in acronyms are closed", "US", "the U.S. and US", "U.S.", "US"),
        a("dots in acronyms of the term too", "U.S.", "the US", "US"),
        a("acronym and hyphen", "US-Japan-ROK", "U.S.-Japan-ROK pact", "U.S.-Japan-ROK"),
        a("an abbreviation inside a phrase", "S. Korea", "S. Korea and S Korea", "S. Korea", "S Korea"),
        a("St. has no sentence end", "St. Petersburg", "in St. Petersburg", "St. Petersburg"),
        a("a star takes any ending", "denuclear*", "Denuclearisation now", "Denuclearisation"),
        a("a star takes no ending too", "tariff*", "a tariff", "tariff"),
        a("a star does not take the next word", "tariff*", "tariffs war", "tariffs"),
        a("a star inside a phrase", "joint* statement", "jointly statement", "jointly statement"),
        a("which crosses no sentence end", "joint* statement", "joint! statement"),
        a("an exact word", "=Nara", "Nara NARA nara", "Nara"),
        a("an exact word with a star", "=North*", "Northern northern", "Northern"),
        a("exactness is word by word", "=Quad talks", "Quad Talks quad talks", "Quad Talks"),
        a("short acronyms in capitals only", "US", "trust us, US", "US"),
        a("three capitals too", "ROK", "rok Rok ROK", "ROK"),
        a("also beside another script", "AI반도체", "ai반도체 AI반도체", "AI반도체"),
        a("also after a star", "joint* US", "jointly us, jointly US", "jointly US"),
        a("four letters in any case", "NATO", "Nato and NATO", "Nato", "NATO"),
        a("a tilde lifts the capitals", "~AI", "Ai ai AI", "Ai", "ai", "AI"),
        a("capitals with a digit in any case", "G7", "g7", "g7"),
        a("script changes are borders", "AI", "AI반도체", "AI"),
        a("script changes are borders in front", "반도체", "AI반도체", "반도체"),
        a("full-width letters", "AI", "ＡＩ時代", "ＡＩ"),
        a("ligatures", "office", "the oﬃce", "oﬃce"),
        a("units in one character", "350km", "350㎞ 발사", "350㎞"),
        a("lower-case near is a word", "talks near Seoul", "talks near Seoul", "talks near Seoul"),
        a("title: is met in the title", "title:Nara", "in Nara", "Nara"),
        a("a choice alone", "(Nara OR Kyoto*)", "Nara, Kyotoite", "Nara", "Kyotoite"),
    ],
)  # fmt: skip
def test_latin(term, title, marked):
    assert seen(term, title) == marked


@pytest.mark.parametrize(
    ("term", "title", "marked"),
    [
        a("NEAR in either order", "Lee NEAR/2 Nara", "Nara hosts Lee", "Nara", "Lee"),
        a("n words between are near", "Lee NEAR/2 Nara", "Lee goes to Nara", "Lee", "Nara"),
        a("n + 1 words are not", "Lee NEAR/2 Nara", "Lee goes back to Nara"),
        a("BEFORE in this order", "Lee BEFORE/5 Nara", "Lee in Nara", "Lee", "Nara"),
        a("BEFORE in no other order", "Lee BEFORE/5 Nara", "Nara, says Lee"),
        a("it crosses commas", "Lee NEAR/3 Nara", "Lee, today, in Nara", "Lee", "Nara"),
        a("it crosses no sentence end", "Lee NEAR/3 Nara", "Lee left. Nara waits"),
        a("nor a question", "Lee NEAR/3 Nara", "Lee? Nara"),
        a("nor a Chinese full stop", "高市 NEAR/9 李", "高市氏が発言。日韓は"),
        a("a decimal point is no end", "Lee NEAR/3 Nara", "Lee 3.5 Nara", "Lee", "Nara"),
        a("Mr. is no end", "Lee NEAR/3 Nara", "Lee met Mr. Nara", "Lee", "Nara"),
        a("an acronym is no end", "Lee NEAR/3 Nara", "Lee of U.S. Nara", "Lee", "Nara"),
        a("operands do not overlap", "Nara NEAR/5 Nara", "Nara alone"),
        a("the same word twice", "Nara NEAR/5 Nara", "Nara to Nara", "Nara", "Nara"),
        a("not inside one another", "Nara NEAR/5 (in Nara)", "in Nara"),
        a("side by side", "joint NEAR/1 statement", "joint statement", "joint", "statement"),
        a("particles belong to their word", "이재명 NEAR/1 나라", "이재명의 첫 나라", "이재명", "나라"),
        a("possessives too", "Lee NEAR/1 Nara", "Lee's new Nara", "Lee", "Nara"),
        a("Han count half", "日韓 NEAR/2 声明", "日韓首脳共同声明", "日韓", "声明"),
        a("five Han are three words", "日韓 NEAR/2 声明", "日韓首脳が共同声明"),
        a("a question before Han ends a sentence", "会談 NEAR/5 声明", "会談は？声明が出た"),
        a("a choice as operand", "Lee NEAR/1 (Nara OR Kyoto)", "Lee, Kyoto", "Lee", "Kyoto"),
        a("every pair is shown", "Lee NEAR/1 Nara", "Lee Nara Lee", "Lee", "Nara", "Lee"),
        a("only near ones are shown", "Lee NEAR/1 Nara", "Lee a b c Lee Nara", "Lee", "Nara"),
    ],
)  # fmt: skip
def test_proximity(term, title, marked):
    assert seen(term, title) == marked


def test_both_operands_stand_in_one_field():
    assert not hit(signal("Lee NEAR/50 Nara"), item("Lee", summary="Nara"))


def test_a_pair_is_found_however_often_its_words_stand_before():
    body = "Nara. " * 200 + "Lee. " * 200 + "Lee in Nara"
    assert words(hit(signal("Lee NEAR/1 Nara"), where := item(text=body)), where) == ["Lee", "Nara"]


def test_title_means_the_title_only():
    assert not hit(signal("title:Nara"), item("Kyoto", summary="Nara", text="Nara"))
    assert not hit(signal("title:Lee NEAR/3 Nara"), item("Lee", summary="Lee in Nara"))


@pytest.mark.parametrize(
    ("term", "title", "marked"),
    [
        a("in brackets", '"[전문]"', "[전문] 공동성명", "전문"),
        a("not without them", '"[전문]"', "전문 공개"),
        a("nor elsewhere in the title", '"[전문]"', "전문가 [ 전문 ]"),
        a("the right one of two", '"[전문]"', "전문은 [전문] 전문", "전문"),
        a("before another word", '"C++" compiler', "C++ compiler, C + + compiler", "C++ compiler"),
        a("in any case", '"U.S."', "the u.s. and the US and U.S.", "U.S."),
        a("in this case", '="C++"', "c++ C++", "C++"),
        a("a space is not a mark", '"new phase"', "new-phase", "new-phase"),
        a("a dollar", '"$5" billion', "$5 billion, 5 billion", "5 billion"),
    ],
)  # fmt: skip
def test_marks_in_quotes_stand_as_written(term, title, marked):
    assert [word.strip() for word in seen(term, title)] == marked


@pytest.mark.parametrize(
    ("term", "title", "marked"),
    [
        a("three syllables anywhere", "공동성명", "한중공동성명에서", "공동성명"),
        a("three syllables at the end", "미사일", "탄도미사일", "미사일"),
        a("two syllables alone", "북한", "북한 발사", "북한"),
        a("two with a particle", "북한", "북한이 북한은 북한의", "북한", "북한", "북한"),
        a("two with a particle of two", "북한", "북한에서 북한으로", "북한", "북한"),
        a("two with a suffix", "북한", "북한군 북한측", "북한", "북한"),
        a("two with two more", "북한", "북한정권", "북한"),
        a("never with 산 and 강", "북한", "북한산 북한강"),
        a("two at the start only", "회담", "정상회담"),
        a("two after a script border", "회담", "美中회담", "회담"),
        a("two after a hyphen", "회담", "한-회담", "회담"),
        a("two that begin another word", "통상", "통상적으로 통상임금 통상을", "통상"),
        a("a star takes no other word in", "통상*", "통상적인 통상교섭", "통상교섭"),
        a("that word is found by itself", "통상적", "통상적으로", "통상적"),
        a("a star takes any tail", "북한*", "북한산은", "북한산은"),
        a("a star takes any head", "*회담", "정상회담을", "정상회담"),
        a("a star on both sides", "*회담*", "정상회담장에서", "정상회담장에서"),
        a("one syllable alone", "핵", "핵, 핵 위협", "핵", "핵"),
        a("one with a particle", "핵", "핵을 핵에서", "핵", "핵"),
        a("one never in a word", "핵", "핵심 핵무기 비핵 핵법"),
        a("a phrase to the letter", "북한 미사일", "북한 미사일을 북한의 미사일", "북한 미사일"),
        a("a star inside a phrase", "북한* 미사일", "북한의 미사일", "북한의 미사일"),
        a("a head star inside a phrase", "한미 *회담", "한미 정상회담", "한미 정상회담"),
        a("middle dots of single syllables go", "한미일", "한·미·일 회담", "한·미·일"),
        a("every kind of middle dot", "한미일", "한ㆍ미ㆍ일, 한‧미‧일, 한・미・일", "한ㆍ미ㆍ일", "한‧미‧일", "한・미・일"),
        a("a particle may follow", "한미일", "한·미·일은", "한·미·일"),
        a("other middle dots are spaces", "한국 일본", "한국·일본", "한국·일본"),
        a("two names stay two", "일본", "한국·일본", "일본"),
        a("a syllable and a name stay two", "인도", "한·인도 회담", "인도"),
        a("countries and a noun join", "한미동맹", "한·미동맹 강화", "한·미동맹"),
        a("decomposed Hangul", "북한", unicodedata.normalize("NFD", "북한이"), unicodedata.normalize("NFD", "북한")),
    ],
)  # fmt: skip
def test_hangul(term, title, marked):
    assert seen(term, title) == marked


@pytest.mark.parametrize(
    ("title", "marked"),
    [
        pytest.param("北 미사일 발사", ["北"], id="alone"),
        pytest.param("北, 미사일 발사", ["北"], id="before a comma"),
        pytest.param("美재무 방한", ["美"], id="before Hangul"),
        pytest.param("대北 제재", ["北"], id="after Hangul"),
        pytest.param("韓日 정상 나라로", ["韓", "日"], id="in a run of such terms"),
        pytest.param("韓·日 정상", ["韓", "日"], id="in a run with dots"),
        pytest.param("北韓 인권, 日本 정부", ["北", "韓"], id="beside Han that is not such a term"),
        pytest.param("對北 방송", [], id="after Han that is not such a term"),
        pytest.param('"北은 대화하라" 촉구', ["北"], id="in quotes"),
    ],
)
def test_one_han_character_in_a_korean_text(title, marked):
    where = item(title)
    assert words(hit(signal("北", "美", "日", "韓"), where), where) == marked


@pytest.mark.parametrize(
    ("title", "marked"),
    [
        pytest.param("日韓首脳会談", ["日", "韓"], id="in a run before 首脳"),
        pytest.param("日・フィリピン首脳会談", ["日"], id="paired with a name in Kana"),
        pytest.param("日・ＥＵ定期首脳協議", ["日"], id="paired with a name in capitals"),
        pytest.param("日・月曜に休館", [], id="paired with a word in Han"),
        pytest.param("毎日・フィリピン便", [], id="half of a word before a dot"),
        pytest.param("日韓外相が電話", ["日", "韓"], id="in a run before 外相"),
        pytest.param("日韓、合意へ", ["日", "韓"], id="in a run before a mark"),
        pytest.param("日韓の関係", ["日", "韓"], id="in a run before Kana"),
        pytest.param("日韓辞典", [], id="in a run before other Han"),
        pytest.param("来日韓国人", [], id="in a run after Han"),
        pytest.param("北、ミサイル発射", ["北"], id="first before 、"),
        pytest.param("【速報】北：発射", [], id="not after words"),
        pytest.param("「北」、発射か", [], id="not before other marks"),
        pytest.param("北，试射导弹", ["北"], id="first before ，"),
        pytest.param("北：再び発射", ["北"], id="first before ："),
        pytest.param("北が発射", [], id="first before Kana"),
        pytest.param("米、北、協議", [], id="not first"),
        pytest.param("東北の日、北風", [], id="in words"),
    ],
)
def test_one_han_character_in_a_japanese_or_chinese_text(title, marked):
    where = item(title)
    assert words(hit(signal("北", "美", "日", "韓"), where), where) == marked


def test_one_han_character_begins_a_title_and_no_summary():
    assert not hit(signal("北"), item("ミサイル", summary="北、発射"))


def test_the_language_of_an_item_says_korean_before_its_letters_do():
    assert seen("北", "北 ICBM", language="ko") == ["北"]
    assert seen("北", "北 ICBM", language="ko-KR") == ["北"]
    assert seen("北", "北 ICBM") == []


@pytest.mark.parametrize(
    ("term", "title", "marked"),
    [
        a("two and more anywhere", "声明", "日韓共同声明を発表", "声明"),
        a("Kana anywhere", "ミサイル", "弾道ミサイル発射", "ミサイル"),
        a("Han and Kana", "共同プレス発表", "共同プレス発表へ", "共同プレス発表"),
        a("half-width Kana", "ガイド", "新ｶﾞｲﾄﾞ公表", "ｶﾞｲﾄﾞ"),
        a("a middle dot is a space", "イ ジェミョン", "イ・ジェミョン氏", "イ・ジェミョン"),
        a("simplified is not traditional", "联合声明", "聯合聲明"),
        a("a word of two scripts starts at its Han", "美재무", "방미美재무", "美재무"),
        a("but not after other Han", "美재무", "對美재무"),
        a("a star changes nothing", "共同*", "共同声明", "共同"),
        a("full-width digits", "3カ国", "日米韓３カ国", "３カ国"),
        a("two names in one", "中国", "中国地方の天気", "中国"),
    ],
)
def test_han_and_kana(term, title, marked):
    assert seen(term, title) == marked


def test_a_span_points_into_its_own_field_of_the_publishers_text():
    where = item("Ｎａｒａ", summary="in  U.S.", text="x — Nara’s")
    found = hit(signal("Nara", "US"), where)
    assert [(s.field, getattr(where, s.field)[s.start : s.end], s.term) for s in found.spans] == [
        ("title", "Ｎａｒａ", "Nara"),
        ("summary", "U.S.", "US"),
        ("text", "Nara", "Nara"),
    ]


def test_words_do_not_run_from_one_field_into_the_next():
    assert not hit(signal("joint statement"), item("joint", summary="statement"))


def test_equal_letters_with_other_rules_are_other_needles():
    where = item("us US")
    assert words(hit(signal("US"), where), where) == ["US"]
    assert words(hit(signal("~US"), where), where) == ["us", "US"]
    assert words(hit(signal("US", "=us"), where), where) == ["us", "US"]

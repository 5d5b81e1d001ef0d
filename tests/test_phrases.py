"""The formulas of diplomacy: a file that others will reckon with must be of one shape."""

from __future__ import annotations

import re
import tomllib
from collections import Counter

import pytest

from sigtrack.analyze.fixed_phrases import FixedPhrases, longest
from sigtrack.lexicon import words_of
from sigtrack.lexicon.books import other_spelling
from sigtrack.text.fold import Stems
from sigtrack.watch import shipped_text
from sigtrack.watch.catalogues import load_formulary

FILE = tomllib.loads(shipped_text("phrases.toml"))
LADDERS = {ladder["id"]: ladder for ladder in FILE["ladder"]}
PHRASES = {phrase["id"]: phrase for phrase in FILE["phrase"]}
LANGUAGES = ("en", "ko", "ja", "zh")
SCRIPT = {
    "en": re.compile(r"[\x20-\x7e]+"),
    "ko": re.compile(r"[가-힣A-Z0-9 ,.·北-]+"),  # headlines say 北 for the North
    "ja": re.compile(r"[\u3041-\u30ff\u4e00-\u9fff々A-Z0-9 +、。・]+"),
    "zh": re.compile(r"[\u4e00-\u9fffA-Z0-9+、，。]+"),
}


def wordings(phrase: dict[str, object]) -> list[tuple[str, str]]:
    return [(language, word) for language in LANGUAGES for word in words_of(phrase[language])]


def test_there_are_a_hundred_and_thirteen_formulas_and_nine_ladders() -> None:
    assert (len(FILE["phrase"]), len(FILE["ladder"])) == (113, 9)
    assert (len(PHRASES), len(LADDERS)) == (113, 9)


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


def said(text: str, language: str) -> set[str]:
    """Return the formulas in a text, and its rungs as `agreement 10`."""
    formulary = load_formulary()
    told = [(word, one.id) for one in formulary.formulas for word in one.wordings.get(language, ())]
    told += [
        (word, f"{ladder.id} {number}")
        for ladder in formulary.ladders
        for number, words in enumerate(ladder.rungs.get(language, ()), start=1)
        for word in words
    ]
    return {one.owner for one in longest(FixedPhrases(told).find(Stems(text)))}


@pytest.mark.parametrize(
    ("formula", "texts"),
    [
        ("denuc-dprk", {"ko": "한미, 北 완전한 비핵화 의지 재확인", "en": "denuclearization of the DPRK"}),
        ("trade-act-301", {"en": "a Section 301 case", "ko": "美, 무역법 301조 적용 검토", "ja": "通商法301条を発動", "zh": "美方启动301调查"}),
        ("trade-truce", {"en": "The trade truce holds", "ko": "미중 관세 휴전 연장", "ja": "米中の貿易休戦", "zh": "贸易休战延长"}),
        ("investment-pledge", {"ko": "여야, 대미투자특별법 합의", "ja": "対米投資の第一弾"}),
        ("security-guarantees", {"en": "a security guarantee for Kyiv", "ko": "우크라이나 안전보장 방안", "ja": "安全の保証を協議", "zh": "安全保证"}),
        ("non-nuclear-principles", {"ko": "비핵 3원칙 유지", "ja": "非核三原則を堅持", "zh": "坚持无核三原则"}),
        ("defense-agreements", {"ja": "日比円滑化協定が発効", "ko": "군사정보보호협정 서명"}),
        ("restraint", {"en": "Paris urges restraint", "ko": "양측에 자제를 촉구", "ja": "自制を求めた", "zh": "各方保持克制"}),
        ("red-line", {"en": "It is a red line", "ko": "레드라인을 넘었다", "zh": "不可逾越的红线"}),
    ],
)  # fmt: skip
def test_a_formula_is_found_as_each_language_writes_it(formula: str, texts: dict[str, str]) -> None:
    assert [text for language, text in texts.items() if formula not in said(text, language)] == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("미국 재무장관, 다음 주 서울 방문", "ko"),
        ("유엔 안전보장이사회 회의", "ko"),
        ("매출 232조 원 돌파", "ko"),
        ("박물관, 유골 3점 공개", "ko"),
        ("伊勢神宮に参拝する人々", "ja"),
        ("Delegates met on the sidelines of the fair", "en"),
        ("北 억류자 가족, 정부에 편지", "ko"),
        ("한중일 통화 동반 약세", "ko"),
        ("야당, 청와대 오찬 보이콧", "ko"),
        ("홍콩 증시 하락 마감", "ko"),
        ("香港で日系企業が展示会", "ja"),
        ("国民生活基礎調査の結果", "ja"),
        ("香港公布发展计划", "zh"),
        ("免签过境政策扩大", "zh"),
        ("北朝鮮、新たな工場を公開", "ja"),
        ("A lender from Beijing opens a branch in Hong Kong", "en"),
        ("Gas transit through the pipeline has ended", "en"),
        ("A trilateral summit of the three carmakers", "en"),
        ("A cleaner ocean for future generations", "en"),
        ("New rules keep goods made with forced labor out of supply chains", "en"),
    ],
)
def test_an_everyday_word_is_no_formula(text: str, language: str) -> None:
    assert not said(text, language)


@pytest.mark.parametrize(
    ("text", "language", "formula"),
    [
        ("중국 외교부 “일본, 재무장을 멈춰야”", "ko", "enemy-state-militarism"),
        ("납북자 가족, 총리와 면담", "ko", "abductions"),
        ("한중일 정상회의 재개 논의", "ko", "trilateral-cjk"),
        ("同盟は地域の平和の礎である", "ja", "ironclad"),
        ("They spoke of wartime forced labor", "en", "humanitarian-history"),
        ("The ministers discussed the DPRK", "en", "name-dprk"),
    ],
)
def test_a_formula_is_found_in_its_own_words(text: str, language: str, formula: str) -> None:
    assert formula in said(text, language)


def test_a_reaffirmed_commitment_binds_as_much_as_a_commitment() -> None:
    rungs = [said(f"We {verb} to peace.", "en") for verb in ("committed", "reaffirmed", "pledged")]
    assert rungs[0] == rungs[2] != rungs[1]
    assert rungs[0] < said("We reaffirmed our firm commitment to peace.", "en")

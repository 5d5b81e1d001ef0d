"""Where sentences begin and end in four languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given

from any_report import texts
from sigtrack.analyze.compare.reading import passages_of
from sigtrack.text.sentences import sentences

WHITE_HOUSE = Path(__file__).parents[1].parent / "shared" / "data" / "statements" / "whitehouse"


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


@pytest.mark.parametrize(
    "expected",
    [
        ["It stands under the Treaty.", "President Kim also spoke of mines (APL).", "These stay."],
        ["They condemned the programs.”", "Both agreed.", "The ministers left."],
        ["회담이 열렸다.", "합의문은 없었다."],
        [
            "長官は協力した．",
            "次に会う。",
            "両国は確認した（別紙。）。",
            "会議は終わった！",
            "次へ。",
        ],
        ["双方同意。", "下次会议在首尔举行。"],
    ],
)
def test_sentences_that_a_page_glued_together_are_parted(expected: list[str]) -> None:
    assert cut("".join(expected)) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "The study by Kim et al. in the journal names Art. 5 and Sec. 301 of No. 4.",
        "They (see the annex.) and others agreed.",
        '장관은 "협력하자."고 했다.',
        "한.미.일 정상은 3.1절에 만났다.",
        "首相は「協力する。」と述べた。",
        "両国（別紙。）は確認した。",
        "The rate is 3.5 per cent at node.js and www.example.org/a.Bc?De=4 there.",
    ],
)
def test_a_stop_that_ends_nothing_parts_nothing(sentence: str) -> None:
    assert cut(sentence) == [sentence]


def test_the_number_of_a_footnote_belongs_to_its_sentence() -> None:
    assert cut("Both urged restraint.1 The rest left.") == [
        "Both urged restraint.1",
        "The rest left.",
    ]


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "- The leaders agreed on purchases of soybeans that were grown in the U.S.\n"
            "  in 2025 and on the export controls that the ministry had announced to\n"
            "  us; and\n"
            "- They agreed to meet.",
            [
                "The leaders agreed on purchases of soybeans that were grown in the U.S. in 2025"
                " and on the export controls that the ministry had announced to us; and",
                "They agreed to meet.",
            ],
        ),
        (
            "日米両首脳は、台湾海峡の平和と安定の重要性を改め\n"
            "て確認し、両岸問題の平和的解決を促した。両首脳は\n"
            "、北朝鮮の完全な非核化に向けた確固たる決意を再確\n"
            "認した。また、拉致問題の即時解決の必要性について\n"
            "一致した。経済安全保障についても意見を交換し、連\n携で一致した。",
            [
                "日米両首脳は、台湾海峡の平和と安定の重要性を改めて確認し、両岸問題の平和的解決を促した。",
                "両首脳は、北朝鮮の完全な非核化に向けた確固たる決意を再確認した。",
                "また、拉致問題の即時解決の必要性について一致した。",
                "経済安全保障についても意見を交換し、連携で一致した。",
            ],
        ),
        (
            "두 정상은 한반도의 완전한 비핵화와 항구적\n평화 정착을 위해 함께 노력하기로 하였다.\n"
            "양측은 공급망 협력을 위한 대화를 새로이\n만들고 해마다 회의를 열기로 의견을 모았다.\n"
            "장관들은 북한의 핵 개발에 심각한 우려를\n표명하였다.",
            [
                "두 정상은 한반도의 완전한 비핵화와 항구적 평화 정착을 위해 함께 노력하기로 하였다.",
                "양측은 공급망 협력을 위한 대화를 새로이 만들고 해마다 회의를 열기로 의견을 모았다.",
                "장관들은 북한의 핵 개발에 심각한 우려를 표명하였다.",
            ],
        ),
        (
            "共同声明\n\n双方重申坚持一个中国原则。\n（一）双方同意设立海上热线。",
            ["共同声明", "双方重申坚持一个中国原则。", "（一）双方同意设立海上热线。"],
        ),
    ],
)
def test_a_statement_that_was_broken_at_a_width_has_its_sentences_whole(text, expected) -> None:
    assert [one.text for one in passages_of(text)] == expected


@pytest.mark.skipif(not WHITE_HOUSE.is_dir(), reason="texts that are not part of sigtrack")
def test_no_sentence_of_real_statements_is_two_or_longer_than_a_page_is_wide() -> None:
    glued = re.compile(r"[a-z)][.!?][”\"]?[A-Z][a-z]* ")
    cases = [
        one.text
        for path in sorted(WHITE_HOUSE.rglob("*.txt"))
        for one in passages_of(path.read_text("utf-8").partition("\n---\n")[2])
    ]
    assert len(cases) > 10_000
    assert [one for one in cases if glued.search(one) or len(one.split()) > 120] == []


def test_a_line_break_ends_a_sentence() -> None:
    text = "Headline\nFirst words. More"
    assert [text[a:b] for a, b in sentences(text)] == ["Headline", "First words.", "More"]


@given(text=texts)
def test_no_word_is_lost_between_sentences(text: str) -> None:
    found = list(sentences(text))
    assert "".join("".join(text[a:b] for a, b in found).split()) == "".join(text.split())
    assert found == sorted(found)

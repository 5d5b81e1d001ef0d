"""The search index finds words of four languages where they stand."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrack.text.grams import index_tokens, question_of

Finds = Callable[[str, str], bool]


@pytest.fixture(scope="module")
def finds() -> Iterator[Finds]:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE words USING fts5(t, tokenize='unicode61 remove_diacritics 2')"
    )

    def look(search: str, text: str) -> bool:
        connection.execute("DELETE FROM words")
        connection.execute("INSERT INTO words VALUES (?)", (index_tokens(text),))
        asked = question_of(search)

        def stands_there(expression: str) -> bool:
            sql = "SELECT 1 FROM words WHERE words MATCH ?"
            return bool(expression and connection.execute(sql, (expression,)).fetchone())

        return stands_there(asked.words) and not stands_there(asked.no_words)

    yield look
    connection.close()


def test_alphabets_are_kept_whole_and_other_scripts_in_pairs() -> None:
    assert index_tokens("The G7 issued a 共同声明 (정상회담).") == (
        "the g7 issued a 共同 同声 声明 明 정상 상회 회담 담"
    )


@pytest.mark.parametrize(
    ("search", "text"),
    [
        ("声明", "日韓が共同声明を発表"),
        ("회담", "한일 정상회담을 열었다"),
        ("首脳会談", "奈良で首脳会談"),
        ("聯合聲明", "兩國發表聯合聲明"),
        ("韓", "訪韓"),
        ("韓", "韓国へ"),
        ("カタカナ", "ｶﾀｶﾅ"),
        ("NARA", "In Nara, not Tokyo"),
        ("ｎａｒａ", "Nara"),
        ("élysée", "Elysee"),
        ("lee nara", "In Nara, Lee"),
        ('"joint statement"', "a Joint-Statement was issued"),
        ("U.S.", "the U.S. and Japan"),
        ("denuc*", "denuclearisation"),
        ("G7サミット", "廣島G7サミット閉幕"),
        ('"共同声明 summit"', "共同声明 summit"),
        ("nara -kyoto", "in Nara"),
        ("회담*", "정상회담을"),
    ],
)
def test_words_that_are_there_are_found(finds: Finds, search: str, text: str) -> None:
    assert finds(search, text)


@pytest.mark.parametrize(
    ("search", "text"),
    [
        ("声同", "共同声明"),
        ("北朝鮮", "北京と朝鮮"),
        ("nar", "Nara"),
        ('"statement joint"', "joint statement"),
        ("nara kyoto", "Nara"),
        ("nara -kyoto", "Nara and Kyoto"),
        ("-kyoto", "Nara"),
        ('"*', "Nara"),
        ("", "Nara"),
    ],
)
def test_words_that_are_not_there_are_not_found(finds: Finds, search: str, text: str) -> None:
    assert not finds(search, text)


@given(st.text(max_size=30))
def test_no_search_is_a_syntax_error(finds: Finds, search: str) -> None:
    finds(search, "Nara")


@given(st.text(alphabet="공동성明声G7 a-ー・々", min_size=1, max_size=12), st.data())
def test_every_part_of_a_run_is_found(finds: Finds, text: str, data: st.DataObject) -> None:
    runs = [word for word in text.split() if index_tokens(word) and word.isalnum()]
    for run in runs:
        if all(ord(c) > 0x3000 for c in run):
            start = data.draw(st.integers(0, len(run) - 1))
            end = data.draw(st.integers(start + 1, len(run)))
            assert finds(run[start:end], text)

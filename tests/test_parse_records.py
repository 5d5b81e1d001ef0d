"""JSONL and CSV of items."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrack.model import Item, Problem
from sigtrack.parse.records import read_records


def jsonl(*rows: object) -> list[Item | Problem]:
    lines = [json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows]
    return list(read_records(lines, name="items.jsonl", kind="jsonl"))


def csv(text: str) -> list[Item | Problem]:
    lines = text.encode().splitlines(keepends=True)
    return list(read_records(lines, name="items.csv", kind="csv"))


def test_a_record_becomes_an_imported_item():
    (item,) = jsonl(
        {
            "id": "a1",
            "title": "한일 정상회담",
            "summary": "나라에서",
            "text": "첫째.\n둘째.",
            "link": "https://e.example/1",
            "published": "2026-01-13T09:30:00+09:00",
            "lang": "ko",
            "source": "yna",
        }
    )
    assert isinstance(item, Item)
    assert (item.feed, item.uid, item.named, item.imported) == ("yna", "a1", True, True)
    assert (item.title, item.summary, item.text) == ("한일 정상회담", "나라에서", "첫째.\n둘째.")
    assert (item.url, item.language) == ("https://e.example/1", "ko")
    assert item.published == datetime(2026, 1, 13, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("outlet", ["outlet", "feed", "source"])
def test_other_names_for_link_date_and_source_are_understood(outlet):
    (item,) = jsonl({"title": "t", "url": "https://e.example/1", "date": "2026-01-13", outlet: "x"})
    assert isinstance(item, Item)
    assert (item.url, item.feed) == ("https://e.example/1", "x")
    assert item.published == datetime(2026, 1, 13, tzinfo=UTC)


def test_only_a_title_is_needed_and_two_titles_are_two_items():
    one, two = jsonl({"title": "a", "summary": None, "date": None}, {"title": "b"})
    assert isinstance(one, Item) and isinstance(two, Item)
    assert one.feed == "import" and one.uid != two.uid and not one.named


def test_the_same_link_is_the_same_item_whatever_its_title():
    one, two = jsonl(
        {"title": "a", "url": "https://e.example/1"}, {"title": "b", "url": "https://e.example/1"}
    )
    assert isinstance(one, Item) and isinstance(two, Item)
    assert one.uid == two.uid


def test_the_language_that_the_user_wrote_is_believed():
    (item,) = jsonl(
        {"title": "An English headline that is long enough to judge by its script", "lang": "ko"}
    )
    assert isinstance(item, Item)
    assert item.language == "ko"


def test_a_bad_row_is_a_problem_with_its_line_and_stops_nothing():
    lines = [
        b'{"title": "a"}\n',
        b"\n",
        b"{broken\n",
        b"[1]\n",
        b'{"headline": "x"}\n',
        b'{"title": "b"}\n',
    ]
    answers = list(read_records(lines, name="items.jsonl", kind="jsonl"))
    assert [a.title if isinstance(a, Item) else a.place.line for a in answers] == [
        "a",
        3,
        4,
        5,
        "b",
    ]
    problem = answers[3]
    assert isinstance(problem, Problem)
    assert str(problem) == 'items.jsonl:5: no title (rename "headline" to "title")'


def test_a_date_that_cannot_be_read_is_a_warning_beside_its_item():
    item, warning = jsonl({"title": "a", "date": "soon"})
    assert isinstance(item, Item) and item.published is None
    assert isinstance(warning, Problem) and warning.severity == "warning"
    assert '"soon"' in warning.message


def test_csv_with_quotes_commas_and_line_breaks_is_read():
    answers = csv(
        '\ufefftitle,date,url\n"Nara, not ""Tokyo""",2026-01-13,https://e.example/1\n"two\nlines",,\n,,\nlast\n'
    )
    assert [a.title for a in answers if isinstance(a, Item)] == [
        'Nara, not "Tokyo"',
        "two lines",
        "last",
    ]


def test_csv_without_a_title_column_says_what_the_first_line_must_be():
    (problem,) = csv("name,date\nx,2026-01-13\n")
    assert isinstance(problem, Problem)
    assert (problem.message, problem.place.line) == ('no column "title"', 1)


def test_a_row_without_end_is_given_up_where_it_begins():
    more = b'","' + b"x" * 999_999 + b"\n"
    lines = [b"title,text\n", b"a,b\n", b'c,"\n', *[more] * 5]
    rows = read_records(lines, name="x.csv", kind="csv")
    good, bad = rows
    assert isinstance(good, Item) and isinstance(bad, Problem)
    assert str(bad).startswith("x.csv:3: a row of more than 4 million characters")


def test_a_quote_that_is_never_closed_is_named_where_it_opens():
    answers = csv('title\nfirst\n"open\n' + "row\n" * 2000)
    assert [a.title if isinstance(a, Item) else str(a) for a in answers] == [
        "first",
        "items.csv:3: a quote that opens here runs on to line 2003"
        " (close it; the rows in between were not read)",
    ]


def test_a_file_that_is_not_utf8_is_said_once():
    lines = ["title\n", "회담\n", "공동성명\n"]
    answers = list(read_records([t.encode("cp949") for t in lines], name="x.csv", kind="csv"))
    assert [type(a) for a in answers] == [Item, Problem, Item]
    assert "save the file as UTF-8" in str(answers[1])


def test_bytes_that_are_no_text_do_not_stop_the_reading():
    lines = [b'\xef\xbb\xbf{"title": "a\xff"}', b"\x00\xff\xfe", b"[" * 100_000, b'{"title": "b"}']
    answers = list(read_records(lines, name="x", kind="jsonl"))
    assert [type(a) for a in answers] == [Item, Problem, Problem, Problem, Item]


def test_rows_are_read_as_they_are_asked_for():
    def endless():
        while True:
            yield b'{"title": "again"}\n'

    assert isinstance(next(read_records(endless(), name="x", kind="jsonl")), Item)


@given(st.lists(st.binary(max_size=40), max_size=8), st.sampled_from(["jsonl", "csv"]))
def test_any_lines_give_items_or_problems(lines, kind):
    for answer in read_records(lines, name="x", kind=kind):
        assert isinstance(answer, Item | Problem)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["title", "id", "date", "lang", "url", "source"]),
            st.none()
            | st.text(max_size=9)
            | st.integers()
            | st.floats()
            | st.lists(st.none(), max_size=1),
        )
    )
)
def test_any_values_give_items_or_problems(rows):
    for answer in jsonl(*rows):
        assert isinstance(answer, Item | Problem)


def test_authors_and_categories_are_read_as_lists_or_with_semicolons():
    rows = [
        {"title": "a", "author": "Kim Min-ji; 박선영", "categories": "Trade; Tech"},
        {"title": "b", "authors": [{"name": "Lee"}, "Ito"], "tags": ["Trade", 7, "Tech"]},
        {"title": "c", "author": {"name": "Lee"}, "category": "Trade"},
    ]
    lines = [json.dumps(row).encode() for row in rows]
    one, two, three = read_records(lines, name="x", kind="jsonl")
    assert (one.author, one.categories) == ("Kim Min-ji, 박선영", ("Trade", "Tech"))
    assert (two.author, two.categories) == ("Lee, Ito", ("Trade", "Tech"))
    assert (three.author, three.categories) == ("Lee", ("Trade",))
    table = [b"title,author,categories\n", b'a,"Kim; Park",Trade;Tech\n']
    (item,) = read_records(table, name="x", kind="csv")
    assert (item.author, item.categories) == ("Kim, Park", ("Trade", "Tech"))


def test_a_link_that_is_no_address_is_named_by_its_line():
    lines = [b'{"title": "a"}\n', b'{"title": "b", "link": "/news/1"}\n']
    *items, warning = read_records(lines, name="x", kind="jsonl")
    assert len(items) == 2
    assert str(warning).startswith('x:2: warning: the link "/news/1" is not a web address')

"""Every finder sees what the plain scan sees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finding import ByScan
from sigtrack.lexicon.finder import ByAho, ByStart, OneFinder

LETTERS = "aab b한미일中国日本ガミ\n'&\U00020bb7"
needle_sets = st.lists(st.text(st.sampled_from(LETTERS), min_size=1, max_size=12), unique=True)
texts = st.text(st.sampled_from(LETTERS), max_size=60) | st.text()

finders = pytest.mark.parametrize("finder", [ByAho, ByStart])


@finders
@given(needles=needle_sets, text=texts)
def test_every_finder_sees_what_the_plain_scan_sees(finder, needles, text):
    """In the same order: of two names of one length that overlap, visits keep the first."""
    assert finder(needles).find(text) == ByScan(needles).find(text)


@given(
    parts=st.lists(needle_sets, max_size=3),
    late=needle_sets,
    lines=st.lists(texts | st.sampled_from(["한국 中国 " * 200, "ab b\n" * 4_100]), max_size=8),
)
def test_one_finder_gives_each_part_what_a_finder_of_its_own_would(parts, late, lines):
    """With few texts and with many, for texts that were just searched, and if a part joins late."""
    one = OneFinder()
    mine = [(one.of(needles), ByScan(needles)) for needles in parts]
    for line in (*lines, *lines):
        for shared, own in mine:
            assert shared.find(line) == own.find(line)
    joined, own = one.of(late), ByScan(late)
    for line in lines:
        assert joined.find(line) == own.find(line)
        for shared, alone in mine:
            assert shared.find(line) == alone.find(line)


@finders
@given(needles=needle_sets, text=texts)
def test_a_find_is_where_its_needle_stands(finder, needles, text):
    for index, start, end in finder(needles).find(text):
        assert text[start:end] == needles[index]


@finders
def test_needles_that_overlap_or_hold_one_another_are_all_found(finder):
    found = finder(["north korea", "korea", "a", "aa"]).find("north korea aaa")
    assert sorted(found) == [
        (0, 0, 11),
        (1, 6, 11),
        (2, 10, 11),
        (2, 12, 13),
        (2, 13, 14),
        (2, 14, 15),
        (3, 12, 14),
        (3, 13, 15),
    ]


@finders
def test_offsets_are_code_points(finder):
    assert finder(["성명"]).find("𠮷野家 공동성명") == [(0, 6, 8)]


@finders
def test_without_needles_or_text_nothing_is_found(finder):
    assert finder([]).find("text") == []
    assert finder(["a"]).find("") == []

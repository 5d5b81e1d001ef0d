"""Where lines of four languages end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import get_character_cell_size as size

from sigtrack.present.cells import wrap


def wrapped(text: str, width: int, most: int = 9) -> list[str]:
    lines, cut = wrap(text, width, most=most, size=size)
    return [text[start:end] for start, end in lines] + ["…"] * cut


def test_english_and_korean_break_at_spaces() -> None:
    assert wrapped("joint statement issued", 16) == ["joint statement", "issued"]
    assert wrapped("한일 정상 공동언론발표", 12) == ["한일 정상", "공동언론발표"]


def test_a_korean_headline_breaks_after_its_ellipsis() -> None:
    assert wrapped("특사 접견…방산 협력", 12) == ["특사 접견…", "방산 협력"]


def test_japanese_and_chinese_break_anywhere_but_before_closing_marks() -> None:
    assert wrapped("日韓首脳、奈良で", 8) == ["日韓首", "脳、奈", "良で"]
    assert wrapped("首相「新局面」と", 6) == ["首相", "「新局", "面」と"]
    assert wrapped("AI と半導体シャトル", 8) == ["AI と半", "導体シャ", "トル"]


def test_a_title_after_one_latin_word_does_not_start_a_new_line() -> None:
    assert wrapped("AI半導体など経済", 8)[0] == "AI半導体"


def test_no_character_stands_alone_on_the_last_line_if_the_others_can_make_room() -> None:
    assert wrapped("首相の外交の継続で一致", 20) == ["首相の外交の継続で", "一致"]
    assert wrapped("for a deal at 5", 13) == ["for a deal", "at 5"]


def test_a_word_longer_than_the_line_is_broken_where_it_must() -> None:
    assert wrapped("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert wrapped("가나다라", 4) == ["가나", "다라"]


def test_a_long_name_of_a_file_or_address_breaks_behind_one_of_its_joints() -> None:
    assert wrapped("north-korea.toml:125", 16) == ["north-", "korea.toml:125"]
    assert wrapped("line north-korea.toml", 14) == ["line", "north-", "korea.toml"]
    assert wrapped("https://harbor.example/a", 16) == ["https://", "harbor.example/a"]


def test_an_ideographic_space_neither_starts_nor_ends_a_line() -> None:
    assert wrapped("日韓首脳　奈良", 8) == ["日韓首脳", "奈良"]


def test_blank_text_has_no_lines() -> None:
    assert wrapped("  　 ", 5) == []


def test_what_does_not_fit_is_cut_with_room_for_the_ellipsis() -> None:
    assert wrapped("one two three four", 5, most=2) == ["one", "two", "…"]
    assert wrapped("日韓首脳", 5, most=1) == ["日韓", "…"]


@given(
    text=st.text(
        st.one_of(st.sampled_from("日韓、。「」가나 ab…"), st.characters(exclude_categories=("C",)))
    ),
    width=st.integers(2, 20),
    most=st.integers(1, 5),
)
def test_no_line_is_too_wide_and_only_spaces_are_left_out(text: str, width: int, most: int) -> None:
    ranges, cut = wrap(text, width, most=most, size=size)
    assert len(ranges) <= most
    sizes = [sum(map(size, text[start:end])) for start, end in ranges]
    if cut:
        sizes[-1] += 1
    assert all(cells <= width for cells in sizes)
    edges = [0, *(edge for pair in ranges for edge in pair)]
    skipped = [text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=False)]
    assert not "".join(skipped).strip()
    if not cut:
        assert not text[edges[-1] :].strip()

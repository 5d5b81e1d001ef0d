"""Widths of columns: arithmetic only."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sigtrack.model import Column
from sigtrack.present.table import GAP, Need, lay_out, share

kinds = st.sampled_from(["main", "side", "key"])
needs = st.builds(
    Need,
    column=st.builds(Column, name=st.just("x"), kind=kinds),
    width=st.integers(0, 200),
    firm=st.booleans(),
)


def key(width: int) -> Need:
    return Need(column=Column(name="key", kind="key"), width=width)


def side(width: int, *, firm: bool = False) -> Need:
    return Need(column=Column(name="side"), width=width, firm=firm)


def main(width: int) -> Need:
    return Need(column=Column(name="main", kind="main"), width=width)


def widths(*columns: Need, width: int) -> list[int]:
    return [lane.width for lane in lay_out(columns, width)]


def test_a_table_that_fits_gets_what_it_needs_and_no_more() -> None:
    assert widths(key(6), main(20), side(10), width=80) == [6, 20, 10]


def test_the_headline_takes_the_room_that_is_left() -> None:
    assert widths(key(6), main(200), side(10), width=80) == [6, 60, 10]


def test_a_long_source_is_cut_before_the_headline_suffers() -> None:
    assert widths(key(6), main(200), side(40), width=60) == [6, 36, 14]


def test_a_time_is_never_cut_but_dropped() -> None:
    assert widths(key(6), main(200), side(16, firm=True), width=50) == [6, 42]
    assert widths(key(6), main(200), side(16, firm=True), width=60) == [6, 34, 16]


def test_room_that_no_headline_wants_goes_back_to_the_sides() -> None:
    assert widths(key(10), main(40), side(20), side(20), width=80) == [10, 36, 14, 14]
    assert widths(key(10), main(34), side(20), side(20), width=82) == [10, 34, 18, 14]


def test_two_main_columns_share() -> None:
    assert widths(main(100), main(100), width=62) == [30, 30]
    assert widths(main(10), main(100), width=62) == [10, 50]


@given(columns=st.lists(needs, max_size=8), width=st.integers(20, 200))
def test_no_table_is_wider_than_its_room(columns: list[Need], width: int) -> None:
    lanes = lay_out(columns, width)
    assert sum(lane.width for lane in lanes) + GAP * (len(lanes) - 1) <= width
    assert all(lane.width >= 2 for lane in lanes)
    assert bool(lanes) == bool(columns)
    assert [lane.index for lane in lanes] == sorted({lane.index for lane in lanes})


@given(wanted=st.lists(st.integers(2, 90), max_size=6), room=st.integers(12, 200))
def test_sharing_gives_nobody_more_than_wanted_and_leaves_nothing_over(
    wanted: list[int], room: int
) -> None:
    got = share(wanted, room)
    assert all(2 <= width <= want for width, want in zip(got, wanted, strict=True))
    assert sum(got) == min(sum(wanted), room)

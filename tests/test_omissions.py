"""What all earlier texts of a format say, and the new one does not."""

from __future__ import annotations

from datetime import date

from sigtrack.analyze.fixed_phrases import Omission, omissions
from sigtrack.watch.catalogues import load_formulary

FORMULARY = load_formulary()
STRAIT = "They emphasized that peace and stability across the Taiwan Strait is indispensable."
EDGE = "They welcomed the exercise Freedom Edge."
DPRK = "They seek the complete denuclearization of the DPRK."
PENINSULA = "They seek the complete denuclearization of the Korean Peninsula."
NOTHING = "They agreed to meet again."


def missing(*earlier: str, new: str = NOTHING) -> list[Omission]:
    days = [date(2020 + number, 1, 1) for number in range(len(earlier))]
    return list(omissions(list(zip(days, earlier, strict=True)), new, FORMULARY))


def ids(*earlier: str, new: str = NOTHING) -> set[str]:
    return {one.formula.id for one in missing(*earlier, new=new)}


def test_a_formula_of_every_earlier_text_is_missed_with_its_last_sentence_and_since_when() -> None:
    (one,) = missing(STRAIT, f"{NOTHING} {STRAIT}")
    assert (one.texts, one.of, one.since, one.last) == (2, 2, date(2020, 1, 1), date(2021, 1, 1))
    assert one.place.sentence == STRAIT
    assert one.place.words == "peace and stability across the Taiwan Strait"


def test_what_one_earlier_text_left_out_is_not_expected() -> None:
    assert ids(STRAIT, NOTHING) == set()
    assert ids(NOTHING, STRAIT) == set()


def test_three_texts_in_a_row_make_a_habit_though_the_first_did_not_know_it() -> None:
    assert ids(NOTHING, EDGE, EDGE) == set()
    (one,) = missing(NOTHING, EDGE, EDGE, EDGE)
    assert (one.texts, one.of, one.since) == (3, 4, date(2021, 1, 1))


def test_what_is_still_said_is_not_missing_however_it_is_spelt() -> None:
    broken = "In Nara they said once more that PEACE AND STABILITY across\nthe Taiwan Strait matters to them."
    assert ids(STRAIT, new=broken) == set()


def test_a_competing_formula_stands_beside_the_one_that_it_replaced() -> None:
    (one,) = (one for one in missing(DPRK, new=PENINSULA) if one.formula.id == "denuc-dprk")
    assert [other.id for other in one.instead] == ["denuc-peninsula"]


def test_a_format_may_change_its_language() -> None:
    korean = "양 정상은 대만해협의 평화와 안정이 필수불가결하다고 강조하였다."
    assert ids(STRAIT, new=korean) == set()
    assert ids(STRAIT, korean, new="양 정상은 다시 만나기로 하였다.") == ids(STRAIT)


def test_without_earlier_texts_nothing_is_expected() -> None:
    assert missing() == []

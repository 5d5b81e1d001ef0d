"""Sums of money, shares and heads that a sentence names, as numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping

_SCALES: Mapping[str, float] = {
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "만": 1e4,
    "억": 1e8,
    "조": 1e12,
    "万": 1e4,
    "萬": 1e4,
    "億": 1e8,
    "亿": 1e8,
    "兆": 1e12,
}
_UNITS = (
    "percent|per cent|troops|personnel|퍼센트|프로|명|パーセント|人|割|个百分点"
    "|美元|달러|ドル|円|元"
)
_AMOUNT = re.compile(
    rf"(?P<money>[$€£¥₩])?\s?(?P<number>\d+(?:,\d{{3}})*(?:\.\d+)?)\s?-?(?P<percent>[%％])?"
    rf"(?P<scale>{'|'.join(_SCALES)})?\s?(?P<unit>{_UNITS})?",
    re.IGNORECASE,
)
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
# "Two percent of GDP": small shares are written out.
_WRITTEN = re.compile(rf"\b({'|'.join(_NUMBERS)}) (?=percent|per cent)", re.IGNORECASE)
_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


def amounts_of(text: str) -> tuple[float, ...]:
    """In the order of the text; bare numbers, which may be dates or names, are none."""
    text = _WRITTEN.sub(lambda one: f"{_NUMBERS.index(one[1].lower()) + 1} ", text)
    found = _AMOUNT.finditer(text.translate(_DIGITS))
    return tuple(
        float(one["number"].replace(",", "")) * _SCALES.get((one["scale"] or "").lower(), 1.0)
        for one in found
        if one["money"] or one["percent"] or one["scale"] or one["unit"]
    )

"""The sums of money, shares and numbers of people in a sentence, as numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from sigtrack.lexicon import any_of, shipped_lexicon

_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


def amounts_of(text: str) -> tuple[float, ...]:
    """Return amounts in the order of the text, without bare numbers such as dates and names."""
    numbers, scales = _numbers(), _scales()
    text = _written().sub(lambda one: f"{numbers[one[1].lower()]} ", text)
    found = _amount().finditer(text.translate(_DIGITS))
    return tuple(
        float(one["number"].replace(",", "")) * scales.get((one["scale"] or "").lower(), 1.0)
        for one in found
        if one["money"] or one["percent"] or one["scale"] or one["unit"]
    )


@cache
def _scales() -> Mapping[str, float]:
    """Return the factor of each word that may follow a number."""
    return {word: float(factor) for word, factor in shipped_lexicon().by_word("scale").items()}


@cache
def _numbers() -> Mapping[str, str]:
    return shipped_lexicon().by_word("number")


@cache
def _written() -> re.Pattern[str]:
    """Small shares are written as words: "Two percent of GDP"."""
    percent = any_of(shipped_lexicon().words("counted", "percent"))
    return re.compile(rf"\b({any_of(_numbers())}) (?={percent})", re.IGNORECASE)


@cache
def _amount() -> re.Pattern[str]:
    lexicon = shipped_lexicon()
    keys = ("percent", "share", "heads", "money")
    units = [word for key in keys for word in lexicon.words("counted", key)]
    return re.compile(
        r"(?P<money>[$€£¥₩])?\s?(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)\s?-?(?P<percent>[%％])?"
        rf"(?P<scale>{any_of(_scales())})?\s?(?P<unit>{any_of(units)})?",
        re.IGNORECASE,
    )

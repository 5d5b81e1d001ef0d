"""How likely it is that two items tell one event.

The logistic of a weighted sum of what speaks for it and against it. For it: how much of all that
the two tell is shared (as an angle between two vectors), how much of the one title the other item
tells as well, in how many separate things they agree, and that both titles name the same pair of
countries. Against it: time, a country in the one title of which the other item does not speak,
other numbers, and that no actor is named by both. The weights were fitted by logistic regression to
pairs of items of real days, put to events by hand, and then rounded.

What many items of these days hold weighs less (`heat`), and what stands in the summary alone less
than what stands in the title.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable

from sigtrack.analyze.stories.tellings import PLAIN, Telling

SURE = 1000
ALIKE = 620  # a wrong join hides an event; see DESIGN.md

_BASE = -4.8
_ANGLE = 15.0
_MORE_OF_A_TITLE, _LESS_OF_A_TITLE = 3.0, 2.25
_PIECE = 1.2  # "Lee", "Nara" and "summit" are three
_A_PIECE = 10  # weighs so much more than a word that every headline has
_MOST_PIECES = 6.0
_A_PAIR, _ANOTHER_COUNTRY = 1.0, 0.85
_AN_HOUR = 0.18
_OTHER_NUMBERS = 1.5
_NOBODY = 1.5

_NEVER = -20.0
_SMALL = 150  # who tells less is treated as if it told so much: one rare thing is no event
_SMALL_TITLE = 200
_REPRINT = 40  # told by a title that two feeds have, letter for letter


def likeness(one: Telling, other: Telling) -> int:
    """0 to SURE, in thousandths; the same whichever comes first."""
    if is_reprint(one, other):
        return SURE
    return round(SURE / (1 + math.exp(-max(_NEVER, _log_odds(one, other)))))


def is_reprint(one: Telling, other: Telling) -> bool:
    """However little it tells, two feeds have not thought of one title independently."""
    if one.title != other.title or one.feed == other.feed:
        return False
    return sum(one.title_weights.values()) >= _REPRINT


def _log_odds(one: Telling, other: Telling) -> float:
    shared = one.weights.keys() & other.weights.keys()
    covers = _cover(one, shared), _cover(other, shared)
    hours = abs((one.moment - other.moment).total_seconds()) / 3600
    return (
        _BASE
        + _ANGLE * _angle(one, other, shared)
        + _MORE_OF_A_TITLE * max(covers)
        + _LESS_OF_A_TITLE * min(covers)
        + _PIECE * min(_MOST_PIECES, _pieces(one, other, shared))
        + _A_PAIR * (len(one.head_countries & other.head_countries) > 1)
        - _ANOTHER_COUNTRY * len(one.head_countries - other.countries)
        - _ANOTHER_COUNTRY * len(other.head_countries - one.countries)
        - _AN_HOUR * hours
        - _OTHER_NUMBERS * _other_numbers(one, other)
        - _NOBODY * _nobody(one, other)
    )


def _angle(one: Telling, other: Telling, shared: Collection[str]) -> float:
    """The cosine of the two as vectors of what they tell."""
    mine, theirs = one.weights, other.weights
    product = sum(mine[key] * theirs[key] for key in shared)
    return product / (max(_SMALL, one.length) * max(_SMALL, other.length))


def _cover(one: Telling, shared: Collection[str]) -> float:
    """How much of the title the other item tells as well."""
    title = one.title_weights
    return sum(title[key] for key in shared if key in title) / max(_SMALL_TITLE, one.title_size)


def _pieces(one: Telling, other: Telling, shared: Collection[str]) -> float:
    """In how many separate things they agree.

    A thing that stands in one title only counts half, and so does a country; the country of a
    person whom both name is no further thing, nor is a word that every headline has.
    """
    known = {one.persons[key] for key in shared if key in one.persons}
    sides = (one.title_weights, one.countries), (other.title_weights, other.countries)
    quarters = 0  # times _A_PIECE; whole numbers, so that their order does not matter
    for title, countries in sides:
        for key in shared:
            if key in title and key not in known:
                piece = min(_A_PIECE, title[key] - PLAIN)
                quarters += piece if key in countries else 2 * piece
    return quarters / (4 * _A_PIECE)


def _other_numbers(one: Telling, other: Telling) -> bool:
    """Numbers in both titles, and none of them in the other item."""
    mine, theirs = one.head_numbers, other.head_numbers
    return bool(mine and theirs) and not (mine & other.facts.keys() or theirs & one.facts.keys())


def _nobody(one: Telling, other: Telling) -> bool:
    """A thing without an actor (a heat wave, the price of shares) is told of many events."""
    return not (one.countries & other.countries or _meet(one.persons, other.persons))


def _meet(some: Iterable[str], others: Iterable[str]) -> bool:
    return not set(some).isdisjoint(others)

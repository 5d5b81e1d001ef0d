"""How likely it is that two items tell one event.

The log-odds, as a weighted sum of what speaks for it and against it. For it: how much of all that
the two tell is shared (as an angle between two vectors), how much of the one title the other item
tells as well, in how many separate things they agree, and that both titles name the same pair of
countries. Against it: time, a country in the one title of which the other item does not speak,
other numbers, rare things of the one title that the other item does not name, a title of which the
other item tells next to nothing, that no actor is named by both, and that nothing but actors is:
who stands in both headlines is a relation or a war, not yet an event. Long titles agree in
something more easily, so their length counts against them.
The weights were fitted by logistic regression to pairs of items of real days, put to events by
hand, and then rounded.

What many items of these days hold weighs less (`heat`), and what stands in the summary alone less
than what stands in the title.

Two languages share names, acts and numbers, but no words. Where it is known how close two titles
are in meaning (`Closeness`), a pair that shares a fact is more alike for it. Titles that mean
something else are not less alike: two sides of one event are often told in other words.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from sigtrack.analyze.stories.tellings import PLAIN, Telling

# The cosine of the two titles of each pair, as vectors of what they mean: -1 to 1.
Closeness = Callable[[Sequence[tuple[Telling, Telling]]], Iterable[float]]

SURE = 560

_BASE = -2.1
_ANGLE = 12.0
_MORE_OF_A_TITLE, _LESS_OF_A_TITLE = 4.5, 3.5
_PIECE = 1.2  # "Lee", "Nara" and "summit" are three
_A_PIECE = 10  # weighs so much more than a word that every headline has
_MOST_PIECES = 6.0
_A_PAIR, _ANOTHER_COUNTRY = 1.0, 0.85
_AN_HOUR = 0.15
_OTHER_NUMBERS = 1.5
_ITS_OWN, _MOST_ITS_OWN = 1.0, 2
_NOBODY = 1.8
_ONLY_ACTORS = 4.0
_ROUND_UP = 2.0
_BESIDE, _LITTLE = 0.8, 0.25  # of a title
_LENGTH = 0.0175  # of the shorter title, by what it tells
_MEANING, _UNRELATED = 12.0, 0.35  # a translation has .6, two titles that share a name alone .2
_OPEN = -150  # what is less alike than that is not one event, whatever its titles mean

_SMALL = 150  # who tells less is treated as if it told so much: one rare thing is not an event
_SMALL_TITLE = 200
_A_DEED = 12  # weighs so much more than a word that every headline has
_REPRINT = 40  # told by a title that two feeds have, letter for letter


def likeness(one: Telling, other: Telling) -> int:
    """Hundredths of a natural log-odds, SURE at most; the same whichever comes first.

    Above 0 is what may be one event: odds of seven to one, because a wrong join hides an event.
    """
    if is_reprint(one, other):
        return SURE
    return min(SURE, round(100 * _log_odds(one, other)))


def is_reprint(one: Telling, other: Telling) -> bool:
    """However little it tells, two feeds have not thought of one title independently."""
    if one.title != other.title or one.feed == other.feed:
        return False
    return sum(one.title_weights.values()) >= _REPRINT


def may_translate(one: Telling, other: Telling, like: int) -> bool:
    """Whether it matters how close in meaning they are: two known languages, a fact in common, and
    a likeness that leaves it open whether they tell one event."""
    languages = {one.language, other.language} - {""}
    if len(languages) < 2 or one.facts.keys().isdisjoint(other.facts):
        return False
    return _OPEN < like < SURE


def with_meaning(like: int, cosine: float) -> int:
    """The likeness of two items of which it is known how close their titles are in meaning."""
    return min(SURE, like + round(100 * _MEANING * max(0.0, cosine - _UNRELATED)))


def _log_odds(one: Telling, other: Telling) -> float:
    shared = one.weights.keys() & other.weights.keys()
    covers = _cover(one, shared), _cover(other, shared)
    hours = abs((one.moment - other.moment).total_seconds()) / 3600
    countries = len(one.head_countries - other.countries) + len(
        other.head_countries - one.countries
    )
    own = max(len(one.rarities - other.facts.keys()), len(other.rarities - one.facts.keys()))
    return (
        _BASE
        + _ANGLE * _angle(one, other, shared)
        + _MORE_OF_A_TITLE * max(covers)
        + _LESS_OF_A_TITLE * min(covers)
        + _PIECE * min(_MOST_PIECES, _pieces(one, other, shared))
        + _A_PAIR * (len(one.head_countries & other.head_countries) > 1)
        - _ANOTHER_COUNTRY * countries
        - _AN_HOUR * hours
        - _OTHER_NUMBERS * _other_numbers(one, other)
        - _ITS_OWN * min(_MOST_ITS_OWN, own)
        - _NOBODY * _nobody(one, other)
        - _ONLY_ACTORS * _only_actors(one, other, shared)
        - _BESIDE * (min(covers) < _LITTLE)
        - _ROUND_UP * (one.is_round_up or other.is_round_up)
        - _LENGTH * min(one.title_size, other.title_size)
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
    person whom both name is not a further thing, nor is a word that every headline has.
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


def _only_actors(one: Telling, other: Telling, shared: Collection[str]) -> bool:
    """Neither an act nor a thing, number or word of a title is shared, nor two persons, nor a
    person and a place: those are a meeting or a visit, whatever it is called."""
    known = deed = 0
    for key in shared:
        if key in one.persons:
            known += 1
        elif key in one.title_weights or key in other.title_weights:
            if key.startswith("place:"):
                known += 1
            elif key not in one.countries:
                deed += max(0, min(one.weights[key], other.weights[key]) - PLAIN)
        if known > 1 or deed >= _A_DEED:
            return False
    return True


def _meet(some: Iterable[str], others: Iterable[str]) -> bool:
    return not set(some).isdisjoint(others)

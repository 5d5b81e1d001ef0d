"""Whether two items tell one event: what they share, and what speaks against it.

`likeness` is what is shared, twice over: as it stands (three rare things say more than one), and as
a part of what both tell (three of four say more than three of ten). Time apart takes away from it.

`contradict` knows the pairs that share nearly everything and are two events all the same: another
guest at the same table, the announcement and the visit, what happened and what somebody else said
of it.
"""

from __future__ import annotations

import math

from sigtrack.analyze.stories.tellings import Telling

ALIKE = 1.6  # what makes two items one story, by the gold stories and 2,000 real headlines
LEAST_SHARED = 70  # in tenths: a rare thing and an act are not enough
_LEAST_PART = 0.4
_IN_TITLES, _IN_TITLES_ABROAD = 80, 90  # shared by the titles alone
_MOST_SHARED = 150
_SMALL = 80  # who tells less is treated as if it told so much
_FREE_HOURS = 6
_AN_HOUR = 0.015
_MEETING = frozenset(("act:meet", "act:visit", "act:call", "act:consult"))
_RESPONSE = frozenset(("act:react", "act:congratulate", "act:answers"))
_EVERYWHERE = frozenset(("US", "CN", "JP", "KR", "KP"))  # in most items that are read here
_TABLES_OF_THREE = (frozenset(("US", "JP", "KR")), frozenset(("CN", "JP", "KR")))


def likeness(one: Telling, other: Telling) -> float:
    """0 to 2.5; the same whichever comes first."""
    shared = _shared(one, other)
    if shared < LEAST_SHARED // 2:
        return 0.0
    sizes = one.size, other.size
    if one.language == other.language:  # words of another language cannot be shared
        sizes = one.size + one.words_size, other.size + other.words_size
    part = min(1.0, shared / math.sqrt(max(_SMALL, sizes[0]) * max(_SMALL, sizes[1])))
    hours = abs((one.moment - other.moment).total_seconds()) / 3600
    like = min(shared, _MOST_SHARED) / 100 + part - max(0.0, hours - _FREE_HOURS) * _AN_HOUR
    if shared < LEAST_SHARED or part < _LEAST_PART or not _titles_agree(one, other):
        return min(like, ALIKE - 0.01)
    return like


def _titles_agree(one: Telling, other: Telling) -> bool:
    """What summaries add is often the background, and that is shared by many events."""
    facts = one.heads & other.heads & one.facts.keys() & other.facts.keys()
    shared = sum(min(one.facts[fact], other.facts[fact]) for fact in facts)
    shared += sum(one.words[word] for word in one.words.keys() & other.words.keys())
    return shared >= (_IN_TITLES if one.language == other.language else _IN_TITLES_ABROAD)


def _shared(one: Telling, other: Telling) -> int:
    facts = one.facts.keys() & other.facts.keys()
    # A person brings a country along: it is half news.
    known = {one.persons[id] for id in facts & one.persons.keys()}
    total = 0
    for fact in facts:
        weight = min(one.facts[fact], other.facts[fact])
        if fact in known:
            weight //= 2
        if fact not in one.heads and fact not in other.heads:
            weight = weight * 6 // 10
        total += weight
    total += _shared_words(one, other)
    if one.subjects - other.facts.keys() and other.subjects - one.facts.keys():
        total = total * 8 // 10  # each has something rare in its title that the other has not
    return total


def _shared_words(one: Telling, other: Telling) -> int:
    """Names in Latin letters are shared by all languages, Han by two of them."""
    both = one.words.keys() & other.words.keys()
    total = sum(one.words[word] for word in both)
    if one.language == other.language:
        total += sum(one.words[w] for w in (one.words.keys() & other.lead_words) - both) // 2
        total += sum(other.words[w] for w in (other.words.keys() & one.lead_words) - both) // 2
    return total


def contradict(one: Telling, other: Telling) -> bool:
    """Two events, whatever else they share; the same whichever comes first."""
    if _other_persons(one, other) or _other_response(one, other) or _other_partner(one, other):
        return True
    if one.facts.keys() & _MEETING and other.facts.keys() & _MEETING:
        apart = one.head_countries - other.countries and other.head_countries - one.countries
        return bool(apart) or one.planned != other.planned or _other_table(one, other)
    return _other_table(one, other)


def _other_persons(one: Telling, other: Telling) -> bool:
    """Titles that name people of one country, and none of them in common."""
    mine, theirs = one.head_persons, other.head_persons
    if not mine or not theirs or mine == theirs:
        return False
    for country in {one.persons[id] for id in mine} & {other.persons[id] for id in theirs}:
        here = {id for id in mine if one.persons[id] == country}
        there = {id for id in theirs if other.persons[id] == country}
        if country and not here & other.persons.keys() and not there & one.persons.keys():
            return True
    return False


def _other_partner(one: Telling, other: Telling) -> bool:
    """The same act with another country: an agreement with Argentina, one with Switzerland."""
    if one.head_countries & other.head_countries - _EVERYWHERE:
        return False
    mine = one.head_countries - other.countries - _EVERYWHERE
    theirs = other.head_countries - one.countries - _EVERYWHERE
    return bool(mine and theirs)


def _other_response(one: Telling, other: Telling) -> bool:
    """A protest or comment by a country of which the other item does not speak."""
    mine, theirs = one.heads & _RESPONSE, other.heads & _RESPONSE
    if mine and theirs:  # a spokesperson's comment names its own country, or nobody's
        answers = "act:answers" in mine | theirs
        return answers and one.countries != other.countries
    if not mine and not theirs:
        return False
    said, done = (one, other) if mine else (other, one)
    return "act:answers" in said.heads or bool(said.countries - done.countries)


def _other_table(one: Telling, other: Telling) -> bool:
    """Three sit at one table, two of them at the other."""
    for three in _TABLES_OF_THREE:
        for wide, narrow in ((one, other), (other, one)):
            two = narrow.countries
            if three <= wide.head_countries and len(two) == 2 and two < three:
                return True
    return False

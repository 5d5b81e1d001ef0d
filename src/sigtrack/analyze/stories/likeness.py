"""Whether two items tell one event: what they share, and what speaks against it.

`likeness` is what is shared, twice over: as it stands (three rare things say more than one), and as
a part of what both tell (three of four say more than three of ten). Time apart takes away from it.

`contradict` knows the pairs that share nearly everything and are two events all the same: another
guest at the same table, the announcement and the visit, what happened and what somebody else said
of it.
"""

from __future__ import annotations

import math

from sigtrack.analyze.stories.tellings import MANY, Telling
from sigtrack.model import Role

ALIKE = 1.5  # what makes two items one story, by gold stories and 540 pairs of real headlines
LEAST_SHARED = 70  # in tenths: a rare thing and an act are not enough
_LEAST_PART = 0.4
_IN_TITLES, _IN_TITLES_ABROAD = 80, 90  # shared by the titles alone
_MOST_SHARED = 150
_SMALL = 80  # who tells less is treated as if it told so much
_FREE_HOURS = 6
_AN_HOUR = 0.035
_BY_SHARE, _BY_COVER = 0.4, 1.8
_ONE_FEED = 0.2
_A_COUNTRY = 0.2
_EASE, _MOST_EASE = 0.1, 0.3  # a natural logarithm is worth as much as in weights
_REPRINT = 40  # told by a title that two feeds have, letter for letter
_MEETING = frozenset(("act:meet", "act:visit", "act:call", "act:consult"))
_RESPONSE = frozenset(("act:react", "act:congratulate", "act:answers"))
_EVERYWHERE = frozenset(("US", "CN", "JP", "KR", "KP"))  # in most items that are read here
_GOVERNMENT = frozenset((Role.LEADER_OFFICE, Role.MINISTRY))  # all its headlines are alike
_TABLES_OF_THREE = (frozenset(("US", "JP", "KR")), frozenset(("CN", "JP", "KR")))


def likeness(one: Telling, other: Telling) -> float:
    """0 to 3; the same whichever comes first."""
    if _is_reprint(one, other):
        return 2.0
    shared = _shared(one, other)
    if shared < LEAST_SHARED // 2:
        return 0.0
    sizes = one.size, other.size
    same = one.language == other.language  # words of another language cannot be shared
    if same:
        sizes = one.size + one.words_size, other.size + other.words_size
    part = min(1.0, shared / math.sqrt(max(_SMALL, sizes[0]) * max(_SMALL, sizes[1])))
    like = min(shared, _MOST_SHARED) / 100 + part
    if same:
        like = _BY_SHARE * like + _BY_COVER * _covered(one, other)
        if one.feed == other.feed:  # it seldom tells one event twice, but uses the same phrases
            like -= _ONE_FEED
    like -= _A_COUNTRY * _foreign(one, other)
    ease = _ease(one, other)
    hours = abs((one.moment - other.moment).total_seconds()) / 3600
    like = max(0.0, like + ease - max(0.0, hours - _FREE_HOURS) * _AN_HOUR)
    if shared + 100 * ease < LEAST_SHARED or part < _LEAST_PART:
        return min(like, ALIKE - 0.01)
    if not _titles_agree(one, other, ease):
        return min(like, ALIKE - 0.01)
    return like


def _is_reprint(one: Telling, other: Telling) -> bool:
    """However little it tells, two feeds have not thought of it independently."""
    if one.title != other.title or one.feed == other.feed:
        return False
    facts = sum(one.facts[fact] for fact in one.heads & one.facts.keys())
    return facts + one.words_size >= _REPRINT


def _covered(one: Telling, other: Telling) -> float:
    """How much of the one title the other item tells as well; of the two, the greater."""
    return max(_cover(one, other), _cover(other, one))


def _cover(one: Telling, other: Telling) -> float:
    told = total = 0
    for fact in one.heads & one.facts.keys():
        total += one.facts[fact]
        if fact in other.facts:
            told += one.facts[fact]
    for word, weight in one.words.items():
        total += weight
        if word in other.words or word in other.lead_words:
            told += weight
    return told / max(_SMALL, total)


def _foreign(one: Telling, other: Telling) -> int:
    """Countries in the one title of which the other item does not speak."""
    mine, theirs = one.head_countries - other.countries, other.head_countries - one.countries
    return len(mine) + len(theirs)


def _ease(one: Telling, other: Telling) -> float:
    """Where little is told, two feeds that tell something alike by chance are rare."""
    formulas = {one.role, other.role} <= _GOVERNMENT and one.language == other.language
    if one.feed == other.feed or formulas:
        return 0.0
    ease = _EASE * math.log(MANY / max(one.company, other.company))
    return min(max(0.0, ease), _MOST_EASE)


def _titles_agree(one: Telling, other: Telling, ease: float) -> bool:
    """What summaries add is often the background, and that is shared by many events."""
    facts = one.heads & other.heads & one.facts.keys() & other.facts.keys()
    shared = sum(min(one.facts[fact], other.facts[fact]) for fact in facts)
    shared += sum(one.words[word] for word in one.words.keys() & other.words.keys())
    enough = _IN_TITLES if one.language == other.language else _IN_TITLES_ABROAD
    return shared + 100 * ease >= enough


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
    if _other_issue(one, other) or _other_persons(one, other):
        return True
    if _other_response(one, other) or _other_partner(one, other):
        return True
    if one.facts.keys() & _MEETING and other.facts.keys() & _MEETING:
        apart = one.head_countries - other.countries and other.head_countries - one.countries
        return bool(apart) or one.planned != other.planned or _other_table(one, other)
    return _other_table(one, other)


def _other_issue(one: Telling, other: Telling) -> bool:
    """The 15th round and the 16th, Monday's briefing and Tuesday's."""
    mine, theirs = one.issues, other.issues
    return any(
        any(issue.startswith(kind) for issue in mine)
        and any(issue.startswith(kind) for issue in theirs)
        and not any(issue.startswith(kind) for issue in mine & theirs)
        for kind in ("on", "no.")
    )


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
        if answers and one.countries != other.countries:
            return True
        # A protest is known by what it is about.
        return bool(one.subjects - other.facts.keys() and other.subjects - one.facts.keys())
    if not mine and not theirs:
        return False
    said, done = (one, other) if mine else (other, one)
    if "act:answers" in said.heads:
        return True
    return bool(done.countries and said.countries - done.countries)


def _other_table(one: Telling, other: Telling) -> bool:
    """Three sit at one table, two of them at the other."""
    for three in _TABLES_OF_THREE:
        for wide, narrow in ((one, other), (other, one)):
            two = narrow.countries
            if three <= wide.head_countries and len(two) == 2 and two < three:
                return True
    return False

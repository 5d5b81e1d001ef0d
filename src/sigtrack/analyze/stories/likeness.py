"""Whether two items tell one event: what they share, and what speaks against it.

`likeness` is what is shared, twice over: as it stands (three rare things say more than one), and as
a part of what both tell (three of four say more than three of ten). Time apart takes away from it,
and so does a crowd: where much is told, more is alike by chance.
"""

from __future__ import annotations

import math

from sigtrack.analyze.stories.contradiction import acts_differ, another_acts, by_governments
from sigtrack.analyze.stories.tellings import Telling

ALIKE = 1.5  # what makes two items one story, by gold stories and 540 pairs of real headlines
LEAST_SHARED = 70  # in tenths: a rare thing and an act are not enough
_LEAST_PART = 0.4
_IN_TITLES, _IN_TITLES_ABROAD = 80, 90  # shared by the titles alone
_RARE_IN_TITLES, _RARE_ABROAD = 80, 90  # of that, what few others share in these days
_BY_EASE = 200  # how much less of it is enough, by what little is told
_MOST_SHARED = 150
_SMALL = 80  # who tells less is treated as if it told so much
_FREE_HOURS = 6
_AN_HOUR = 0.035
_BY_SHARE, _BY_COVER = 0.4, 1.8
_ONE_FEED = 0.2
_A_COUNTRY = 0.2
_USUAL = 100  # items in three days
_EASE = 0.16  # of likeness for each natural logarithm fewer
_LEAST_EASE, _MOST_EASE = -0.15, 0.3
_REPRINT = 40  # told by a title that two feeds have, letter for letter
_TELLING = 35  # of facts that few of these days share; of the others half is counted
_A_WORD = 20
_MUCH_OF_A_TITLE, _MOST_OF_A_TITLE, _ALL_OF_A_TITLE = 0.6, 0.7, 0.8
_OTHER_ACT = 0.1
_OFF = frozenset(("act:cancel", "act:postpone"))
_COMING = frozenset(
    ("act:meet", "act:visit", "act:call", "act:consult", "act:attend", "act:launch", "act:exercise")
)


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
    if acts_differ(one, other):
        like -= _OTHER_ACT
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
    """Where little is told, two feeds that tell something alike by chance are rare; where much is
    told, more must be alike."""
    ease = _EASE * math.log(_USUAL / max(one.company, other.company))
    if one.feed == other.feed or by_governments(one, other):
        ease = min(ease, 0.0)
    return min(max(_LEAST_EASE, ease), _MOST_EASE)


def _called_off(one: Telling, other: Telling) -> bool:
    """The one title tells what the other tells, and that it is put off or called off."""
    if bool(one.heads & _OFF) == bool(other.heads & _OFF):
        return False
    off, on = (one, other) if one.heads & _OFF else (other, one)
    if _OFF & on.facts.keys():
        return False
    return bool(on.head_acts & _COMING) and on.head_acts <= off.head_acts


def _titles_agree(one: Telling, other: Telling, ease: float) -> bool:
    """What summaries add is often the background, and that is shared by many events."""
    facts = one.heads & other.heads & one.facts.keys() & other.facts.keys()
    weights = [min(one.facts[fact], other.facts[fact]) for fact in facts]
    words = sum(one.words[word] for word in one.words.keys() & other.words.keys())
    same = one.language == other.language
    if sum(weights) + words + 100 * ease < (_IN_TITLES if same else _IN_TITLES_ABROAD):
        return False
    # Who acts, and on whom, is the same all week: on such days something else must be told as well.
    telling = sum(w if w >= _TELLING else w // 2 for w in weights)
    if telling + words + _BY_EASE * ease < (_RARE_IN_TITLES if same else _RARE_ABROAD):
        return False
    if _called_off(one, other):
        return False
    if words < 2 * _A_WORD and another_acts(one, other):
        return False
    covers = _cover(one, other), _cover(other, one)
    if one.column or other.column:
        return min(covers) >= _ALL_OF_A_TITLE
    if not same or words >= _A_WORD:
        return True
    return max(covers) + ease >= _MOST_OF_A_TITLE and min(covers) + ease >= _MUCH_OF_A_TITLE


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

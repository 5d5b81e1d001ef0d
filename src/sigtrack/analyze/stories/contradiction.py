"""What makes two items two events, however much they share.

Another guest at the same table, the announcement and the visit, a plan and its calling off, what
happened and what somebody else said of it, two releases of one form.
"""

from __future__ import annotations

from datetime import timedelta

from sigtrack.analyze.stories.tellings import PLAIN, Telling
from sigtrack.model import Role

_MEETING = frozenset(("act:meet", "act:visit", "act:call", "act:consult"))
_RESPONSE = frozenset(("act:react", "act:congratulate", "act:answers"))
_EVERYWHERE = frozenset(("US", "CN", "JP", "KR", "KP"))  # in most items that are read here
_GOVERNMENT = frozenset((Role.LEADER_OFFICE, Role.MINISTRY))
_LEGS = frozenset(("act:arrive", "act:depart"))
_ON_A_VISIT = frozenset(("act:visit", "act:welcome", "act:open"))
_THERE = frozenset(("act:meet", "act:attend", "act:speak", "act:sign", "act:press-conference"))
_A_PAIR = 2
_IN_ITS_PLACE = 13
_NEXT_PAPER = timedelta(hours=16)
_TABLES_OF_THREE = (frozenset(("US", "JP", "KR")), frozenset(("CN", "JP", "KR")))


def contradict(one: Telling, other: Telling) -> bool:
    """Two events, whatever else they share; the same whichever comes first."""
    if _other_issue(one, other) or _other_persons(one, other):
        return True
    if _other_guests(one, other) or _other_leg(one, other):
        return True
    if _other_paper(one, other) or (one.language == other.language and another_acts(one, other)):
        return True
    if _other_response(one, other) or _other_partner(one, other):
        return True
    if one.facts.keys() & _MEETING and other.facts.keys() & _MEETING:
        apart = one.head_countries - other.countries and other.head_countries - one.countries
        return bool(apart) or one.planned != other.planned or _other_table(one, other)
    return _other_table(one, other)


def acts_differ(one: Telling, other: Telling) -> bool:
    """Both titles tell an act, and neither of the two items tells that of the other."""
    mine, theirs = one.head_acts, other.head_acts
    return bool(mine and theirs) and not (mine & other.facts.keys() or theirs & one.facts.keys())


def another_acts(one: Telling, other: Telling) -> bool:
    """Who stands first in the titles is of another country, and does something else."""
    if not one.first or not other.first or one.first == other.first:
        return False
    return acts_differ(one, other)


def by_governments(one: Telling, other: Telling) -> bool:
    """All headlines of governments are alike."""
    return {one.role, other.role} <= _GOVERNMENT and one.language == other.language


def _other_paper(one: Telling, other: Telling) -> bool:
    """Releases of one form, each with something in its place: help for these, help for those,
    the briefing of the one day and that of the next."""
    if not by_governments(one, other) or one.title == other.title:
        return False
    if abs(one.moment - other.moment) > _NEXT_PAPER:
        return True
    return min(_left(one, other), _left(other, one)) >= _IN_ITS_PLACE


def _left(one: Telling, other: Telling) -> int:
    """What the one title has that the other item has not."""
    things = sum(one.facts[fact] for fact in one.subjects - other.facts.keys())
    words = one.words.keys() - other.words.keys() - other.lead_words
    return things + sum(one.words[word] for word in words if one.words[word] > PLAIN)


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


def _other_guests(one: Telling, other: Telling) -> bool:
    """Two meetings of one person in a day: at one sits somebody whom the other does not name."""
    mine, theirs = one.head_persons, other.head_persons
    if min(len(mine), len(theirs)) < _A_PAIR:
        return False
    return not (mine <= other.persons.keys() and theirs <= one.persons.keys())


def _other_leg(one: Telling, other: Telling) -> bool:
    """Setting out, arriving, and what is done there."""
    mine, theirs = one.heads & _LEGS, other.heads & _LEGS
    if mine and theirs:
        return not mine & theirs
    on_the_way, there = (one, other) if mine else (other, one)
    return bool((mine or theirs) and there.heads & _THERE) and not (
        there.heads & _ON_A_VISIT or on_the_way.heads & _THERE
    )


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

"""Decides that two items tell of two events, however much they share.

Examples: another guest at the same table; the announcement and the visit; a plan and its
cancellation; an act and the protest of a country that the other item does not mention; titles of
one form with another name or number. Arrival, meeting, signing and departure are one visit, and a
comment on an event belongs to the event.
"""

from __future__ import annotations

from datetime import timedelta

from sigtrack.analyze.stories.tellings import PLAIN, Telling
from sigtrack.model import Role

_MEETING = frozenset(("act:meet", "act:visit", "act:call", "act:consult"))
_RESPONSE = frozenset(("act:react", "act:congratulate", "act:answers"))
_EVERYWHERE = frozenset(("US", "CN", "JP", "KR", "KP"))  # named in most items
_GOVERNMENT = frozenset((Role.LEADER_OFFICE, Role.MINISTRY))
_OFF = frozenset(("act:cancel", "act:postpone"))
_COMING = frozenset(
    ("act:meet", "act:visit", "act:call", "act:consult", "act:attend", "act:launch", "act:exercise")
)
_A_PAIR = 2
_IN_ITS_PLACE = 13
_ONE_FORM = 0.6  # of the longer title
_NEXT_PAPER = timedelta(hours=16)
_TABLES_OF_THREE = (frozenset(("US", "JP", "KR")), frozenset(("CN", "JP", "KR")))


def contradict(one: Telling, other: Telling) -> bool:
    """Whether two items tell of two events, whatever else they share. Symmetric."""
    if _other_issue(one, other) or _other_guests(one, other) or _other_paper(one, other):
        return True
    if _other_response(one, other) or _other_partner(one, other):
        return True
    if _called_off(one, other) or _other_filling(one, other):
        return True
    if one.heads & _MEETING and other.heads & _MEETING:
        apart = one.head_countries - other.countries and other.head_countries - one.countries
        if apart or one.planned != other.planned or _other_persons(one, other):
            return True
    return _other_table(one, other)


def _by_governments(one: Telling, other: Telling) -> bool:
    """Whether both are headlines of governments, which all look alike."""
    return {one.role, other.role} <= _GOVERNMENT and one.language == other.language


def _other_paper(one: Telling, other: Telling) -> bool:
    """Whether these are releases of one form about different things.

    For example help for one group and help for another, or the briefings of two days.
    """
    if not _by_governments(one, other) or one.title == other.title:
        return False
    if abs(one.moment - other.moment) > _NEXT_PAPER:
        return True
    return min(_left(one, other), _left(other, one)) >= _IN_ITS_PLACE


def _other_filling(one: Telling, other: Telling) -> bool:
    """Whether the titles have one form with different content.

    For example the guest from Laos and the guest from Vietnam, or the prices of March and of April.
    """
    if one.language != other.language or not (_own(one, other) and _own(other, one)):
        return False
    named = _own_names(one, other) or _own_names(other, one)
    if not named and one.feed != other.feed:  # another word for the same thing
        return False
    return _common_ends(one.title, other.title) >= _ONE_FORM * max(len(one.title), len(other.title))


def _own(one: Telling, other: Telling) -> set[str]:
    """Return what one title tells and the other item does not."""
    words = one.words.keys() - other.words.keys() - other.lead_words.keys()
    return _own_names(one, other) | {word for word in words if one.words[word] > PLAIN}


def _own_names(one: Telling, other: Telling) -> set[str]:
    own = one.heads & one.facts.keys() - other.facts.keys()
    return {fact for fact in own if not fact.startswith("act:")}


def _common_ends(one: str, other: str) -> int:
    """Return how many letters two texts share at their beginnings and ends together."""
    both = _common_beginning(one, other) + _common_beginning(one[::-1], other[::-1])
    return min(both, len(one), len(other))


def _common_beginning(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def _left(one: Telling, other: Telling) -> int:
    """Return the weight of what one title has and the other item does not."""
    things = sum(one.facts[fact] for fact in one.subjects - other.facts.keys())
    words = one.words.keys() - other.words.keys() - other.lead_words.keys()
    return things + sum(one.words[word] for word in words if one.words[word] > PLAIN)


def _other_issue(one: Telling, other: Telling) -> bool:
    """Whether these are two issues of a series: the 15th and 16th round, two days' briefings."""
    mine, theirs = one.issues, other.issues
    return any(
        any(issue.startswith(kind) for issue in mine)
        and any(issue.startswith(kind) for issue in theirs)
        and not any(issue.startswith(kind) for issue in mine & theirs)
        for kind in ("on", "no.")
    )


def _other_persons(one: Telling, other: Telling) -> bool:
    """Whether two meetings have people of one country in both titles, and none of them in common.

    This is for meetings only: other people may react to an event, and their reaction belongs to it.
    """
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
    """Whether these are two meetings of a day: three at one table, two of them at another.

    If another act is told, a person who is named may be its subject.
    """
    acts = one.head_acts, other.head_acts
    if any(acts) and not all(some & _MEETING for some in acts):
        return False
    for wide, narrow in ((one, other), (other, one)):
        if len(narrow.head_persons) >= _A_PAIR and narrow.head_persons < wide.head_persons:
            return not wide.head_persons <= narrow.persons.keys()
    return False


def _other_partner(one: Telling, other: Telling) -> bool:
    """Whether an act has another partner: agreements with Argentina and Switzerland."""
    if one.head_countries & other.head_countries - _EVERYWHERE:
        return False
    mine = one.head_countries - other.countries - _EVERYWHERE
    theirs = other.head_countries - one.countries - _EVERYWHERE
    return bool(mine and theirs)


def _other_response(one: Telling, other: Telling) -> bool:
    """Whether one is a protest or comment by a country that the other item does not mention."""
    mine, theirs = one.heads & _RESPONSE, other.heads & _RESPONSE
    if mine and theirs:  # a spokesperson's comment names its own country, or none
        answers = "act:answers" in mine | theirs
        if answers and one.countries != other.countries:
            return True
        # A protest is identified by what it is about.
        return bool(one.subjects - other.facts.keys() and other.subjects - one.facts.keys())
    if not mine and not theirs:
        return False
    said, done = (one, other) if mine else (other, one)
    if "act:answers" in said.heads:
        return True
    return bool(done.countries and said.countries - done.countries)


def _called_off(one: Telling, other: Telling) -> bool:
    """Whether one title tells the same as the other, and that it is postponed or cancelled."""
    if bool(one.heads & _OFF) == bool(other.heads & _OFF):
        return False
    off, on = (one, other) if one.heads & _OFF else (other, one)
    if _OFF & on.facts.keys():
        return False
    return bool(on.head_acts & _COMING) and on.head_acts <= off.head_acts


def _other_table(one: Telling, other: Telling) -> bool:
    """Whether three sit at one table, and two of them at the other."""
    for three in _TABLES_OF_THREE:
        for wide, narrow in ((one, other), (other, one)):
            two = narrow.countries
            if three <= wide.head_countries and len(two) == 2 and two < three:
                return True
    return False

"""How likely it is that two items tell of one event, and what proves that they tell of two.

The result is the log-odds, as a weighted sum of what speaks for it and against it. For it: how much
of everything that the two tell is shared (as an angle between two vectors), how much of one title
the other item tells as well, in how many separate things they agree, and that both titles name the
same pair of countries. Against it: time between them; a country in one title that the other item
does not mention, and more so if each title has one; other numbers; rare things of one title that
the other item does not name; a title of which the other item tells almost nothing; that only one
title tells of a market, which names whatever moved it that day; that no actor is named by both; and
that nothing but actors is: actors in both headlines show a relation or a war, but not yet one
event. Long titles agree in something more easily, so their length counts against them. The weights
were fitted by logistic regression to pairs of items of real days, assigned to events by hand, and
then rounded.

What many items of these days hold weighs less (see below), and what is only in the summary weighs
less than what is in the title.

Two languages share names, acts and numbers, but no words. If it is known how close two titles are
in meaning (`Closeness`), a pair that shares a fact gets more alike by it. Titles with different
meanings do not get less alike, because two sides of one event are often told in other words.

`contradict` decides that two items tell of two events, however much they share. Examples: another
guest at the same table; the announcement and the visit; a plan and its cancellation; an act and the
protest of a country that the other item does not mention; titles of one form with another name or
number. Arrival, meeting, signing and departure are one visit, and a comment on an event belongs to
the event.

Heat lowers the weight of what everybody talks about on a day, for that day. On the third day of a
war, "Iran" and "strike" must not join two headlines. The weight of a name, topic or word is at most
the logarithm of its share in the titles of the day before, the day and the day after. The share
starts at what the weight says (as if that had been seen in `_PRIOR` titles), and the first `_FREE`
titles do not count, because one event alone may have as many. Titles are counted, not items: a
report that eighty feeds reprint in five wordings was written five times. Otherwise the names of the
most reported event of a day would count for nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache, cached_property, lru_cache
from itertools import chain, groupby
from typing import Any

from sigtrack.analyze.stories.tellings import A_PIECE, PLAIN, WORD_IN_LEAD, Telling
from sigtrack.frozen import frozen
from sigtrack.model import Role

# The cosine of the two titles of each pair, as vectors of their meaning: -1 to 1.
Closeness = Callable[[Sequence[tuple[Telling, Telling]]], Iterable[float]]

SURE = 560

_BASE = -2.1
_ANGLE = 12.0
_MORE_OF_A_TITLE, _LESS_OF_A_TITLE = 4.5, 3.5
_PIECE = 1.2  # "Lee", "Nara" and "summit" are three
_MOST_PIECES = 6.0
_A_PAIR, _ANOTHER_COUNTRY, _OTHER_PARTNERS = 1.0, 0.85, 2.5
_AN_HOUR = 0.15
_OTHER_NUMBERS = 1.5
_ITS_OWN, _MOST_ITS_OWN = 1.0, 2
_NOBODY = 1.8
_ONLY_ACTORS = 4.0
_ROUND_UP = 2.0
_MARKETS = 2.0
_BESIDE, _LITTLE = 0.8, 0.25  # of a title
_LENGTH = 0.0175  # for the shorter title, by what it tells
_MEANING, _UNRELATED = 12.0, 0.35  # a translation has .6, two titles that share only a name .2
OPEN = -150  # pairs less alike than this are not one event, whatever their titles mean
_FIRM = 90
_WORDS, _A_WORD = 2, 90  # for each that is missing
_ONE_FEED = 100
_A_COMMENT = 100

_SMALL_TITLE = 200
_A_DEED = 12  # weighs this much more than a word that every headline has
_REPRINT = 40  # what a title must tell to be a reprint, if two feeds have it letter for letter


def likeness(one: Telling, other: Telling, least: int = OPEN) -> int:
    """Return hundredths of a natural log-odds, SURE at most. Symmetric.

    Pairs above 0 may be one event: that means odds of seven to one, because a wrong join hides an
    event. Of pairs that certainly count less than `least` only that is known: nine of ten pairs are
    such, and to tell how far apart they are would take twice as long.
    """
    if one.title == other.title and is_reprint(one, other):
        return SURE
    like = round(100 * log_odds(one, other, least / 100))
    return like if like < SURE else SURE


def is_reprint(one: Telling, other: Telling) -> bool:
    """Whether two feeds have the same title, which they cannot have written independently."""
    if one.title != other.title or one.feed == other.feed:
        return False
    return one.title_size >= _REPRINT


def may_translate(one: Telling, other: Telling, like: int) -> bool:
    """Whether the meanings of the titles must be compared.

    They must if the two languages are known and differ, a fact is shared, and the likeness leaves
    it open whether they tell of one event.
    """
    languages = {one.language, other.language} - {""}
    if len(languages) < 2 or one.facts.keys().isdisjoint(other.facts):
        return False
    return OPEN < like < SURE


def with_meaning(like: int, cosine: float) -> int:
    """Return the likeness of two items, given the cosine of the meanings of their titles."""
    return min(SURE, like + round(100 * _MEANING * max(0.0, cosine - _UNRELATED)))


def is_firm(one: Telling, other: Telling, like: int) -> bool:
    """Whether two items with this likeness may be one story if nothing else speaks for it.

    Two titles of one language that tell one event mostly share words, persons or numbers.
    Countries, topics and places are not enough: on most days several events share them. And a
    newspaper tells one event twice less often than two newspapers do.
    """
    needed = _FIRM + _ONE_FEED * (one.feed == other.feed)
    needed += _A_COMMENT * (one.is_column != other.is_column)
    if one.language == other.language:
        named = one.words.keys() | one.head_persons | one.head_numbers
        shared = named & other.title_names
        needed += _A_WORD * max(0, _WORDS - len(shared))
    return like >= needed


def log_odds(one: Telling, other: Telling, least: float = OPEN / 100) -> float:
    """Return the log-odds, or anything not below them that is less than `least`.

    The angle is the cosine of the two as vectors of what they tell. Pieces are in how many separate
    things they agree: a thing that is in only one title counts half, and so does a country. Not
    counted are the country of a person whom both name, and words that every headline has.
    """
    mine, my_names, my_length, my_title, my_moment = one.vector
    theirs, their_names, their_length, their_title, their_moment = other.vector
    shared = my_names & their_names
    product = mine_told = theirs_told = quarters = 0
    for name in shared:
        weight, titled, piece = mine[name]
        their_weight, their_titled, their_piece = theirs[name]
        product += weight * their_weight
        mine_told += titled
        theirs_told += their_titled
        quarters += piece + their_piece
    if not shared.isdisjoint(one.persons):
        quarters -= _known_pieces(one, other, shared)
    # Conditions, because `max` and `min` take four times as long.
    less = mine_told / (my_title if my_title > _SMALL_TITLE else _SMALL_TITLE)
    more = theirs_told / (their_title if their_title > _SMALL_TITLE else _SMALL_TITLE)
    if more < less:
        less, more = more, less
    odds = (
        _BASE
        + _ANGLE * (product / (my_length * their_length))
        + _MORE_OF_A_TITLE * more
        + _LESS_OF_A_TITLE * less
        - _AN_HOUR * (abs(my_moment - their_moment) / 10**6 / 3600)
        - _LENGTH * (my_title if my_title < their_title else their_title)
        - _BESIDE * (less < _LITTLE)
    )
    pieces = quarters / (4 * A_PIECE)
    pieces = _PIECE * (pieces if pieces < _MOST_PIECES else _MOST_PIECES)
    if odds + pieces + _A_PAIR < least:  # as for most pairs
        return odds + pieces + _A_PAIR
    here, there = one.head_countries - other.countries, other.head_countries - one.countries
    if here or there:
        odds -= _ANOTHER_COUNTRY * (len(here) + len(there))
        if here and there and not (here | there) <= _EVERYWHERE:
            odds -= _OTHER_PARTNERS
    if len(one.head_countries & other.head_countries) > 1:
        odds += _A_PAIR
    if one.rarities or other.rarities:
        own = one.rarities.difference(other.facts), other.rarities.difference(one.facts)
        odds -= _ITS_OWN * min(_MOST_ITS_OWN, max(map(len, own)))
    if odds + pieces < least:
        return odds + pieces
    odds -= (
        _OTHER_NUMBERS * _other_numbers(one, other)
        + _NOBODY * _nobody(one, other)
        + _ROUND_UP * (one.is_round_up or other.is_round_up)
        + _MARKETS * (one.heads.isdisjoint(_MARKET) != other.heads.isdisjoint(_MARKET))
    )
    odds += pieces
    if odds < least:
        return odds
    return odds - _ONLY_ACTORS * _only_actors(one, other, shared)


def _known_pieces(one: Telling, other: Telling, shared: frozenset[str]) -> int:
    """Return what does not count of the pieces of a pair: countries of persons whom both name."""
    known = {one.persons[name] for name in shared if name in one.persons}
    return sum(side.told[name][2] for name in known & shared for side in (one, other))


def _other_numbers(one: Telling, other: Telling) -> bool:
    """Whether both titles have numbers, and none of them is in the other item."""
    mine, theirs = one.head_numbers, other.head_numbers
    return bool(mine and theirs) and not (mine & other.facts.keys() or theirs & one.facts.keys())


def _nobody(one: Telling, other: Telling) -> bool:
    """Whether no actor is shared. A thing without an actor (a heat wave) is in many events."""
    return not (one.countries & other.countries or _meet(one.persons, other.persons))


def _only_actors(one: Telling, other: Telling, shared: Collection[str]) -> bool:
    """Whether only actors are shared: no act, and no thing, number or word of a title.

    Two persons, or a person and a place, are more than that: they are a meeting or a visit.
    """
    known = deed = 0
    titled = {*one.title_names, *other.title_names}
    for key in shared:
        if key in one.persons:
            known += 1
        elif key in titled:
            if key.startswith("place:"):
                known += 1
            elif key not in one.countries:
                deed += max(0, min(one.told[key][0], other.told[key][0]) - PLAIN)
        if known > 1 or deed >= _A_DEED:
            return False
    return True


def _meet(some: Iterable[str], others: Iterable[str]) -> bool:
    return not set(some).isdisjoint(others)


_MARKET = frozenset(("thing:stocks", "thing:crypto"))
_MEETING = frozenset(("act:meet", "act:visit", "act:call", "act:consult"))
_RESPONSE = frozenset(("act:react", "act:congratulate", "act:answers"))
_EVERYWHERE = frozenset(("US", "CN", "JP", "KR", "KP"))  # named in most items
_GOVERNMENT = frozenset((Role.LEADER_OFFICE, Role.MINISTRY))
_OFF = frozenset(("act:cancel", "act:postpone"))
_COMING = frozenset(
    ("act:meet", "act:visit", "act:call", "act:consult", "act:attend", "act:launch", "act:exercise")
)
_SEVERAL = 2
_REPEATED = 3  # words
_IN_ITS_PLACE = 13
_ONE_FORM, _FORM_OF_A_FEED = 0.6, 0.5  # of the longer title
_NEXT_PAPER = timedelta(hours=16)
_TABLES_OF_THREE = (frozenset(("US", "JP", "KR")), frozenset(("CN", "JP", "KR")))


def contradict(one: Telling, other: Telling, like: int = 0) -> bool:
    """Whether two items tell of two events, whatever else they share. Symmetric.

    An answer does not if there is no doubt that the items are alike, and the titles share words as
    well as names: a paper adds the answer to its report and repeats the rest.
    """
    if _other_event(one, other):
        return True
    if _both_meet(one, other) and (_plan_and_act(one, other) or _other_persons(one, other)):
        return True
    return _other_response(one, other) and not (
        like >= SURE and are_parts(one, other) and _repeats(one, other)
    )


def are_parts(one: Telling, other: Telling) -> bool:
    """Whether two items that contradict each other may tell parts of one event, as both titles tell
    the same of it: an answer and what it answers, a meeting that is planned and that is held.

    Alone these are events of their own: every day many answer to the same thing.
    """
    known = one.heads & other.heads - _RESPONSE
    if _plan_and_act(one, other):
        is_part = _both_meet(one, other) and len(known) > _SEVERAL
    else:
        is_answer = (one.heads | other.heads) & _RESPONSE
        is_part = bool(is_answer) and len(known - one.countries) >= _SEVERAL
    return is_part and not _other_event(one, other)


def _both_meet(one: Telling, other: Telling) -> bool:
    return bool(one.heads & _MEETING and other.heads & _MEETING)


def _plan_and_act(one: Telling, other: Telling) -> bool:
    return one.planned != other.planned


def _other_event(one: Telling, other: Telling) -> bool:
    if _other_issue(one, other) or _other_guests(one, other) or _other_paper(one, other):
        return True
    if _other_partner(one, other) or _called_off(one, other) or _other_filling(one, other):
        return True
    apart = one.head_countries - other.countries and other.head_countries - one.countries
    return bool(apart and _both_meet(one, other)) or _other_table(one, other)


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
    if _letters(one.title) == _letters(other.title):  # other spaces, or another order
        return False
    form = _FORM_OF_A_FEED if one.feed == other.feed else _ONE_FORM
    return _common_ends(one.title, other.title) >= form * max(len(one.title), len(other.title))


def _own(one: Telling, other: Telling) -> set[str]:
    """Return what one title tells and the other item does not."""
    words = one.words.keys() - other.words.keys() - other.lead_words.keys()
    return _own_names(one, other) | {word for word in words if one.words[word] > PLAIN}


def _own_names(one: Telling, other: Telling) -> set[str]:
    own = one.heads & one.facts.keys() - other.facts.keys()
    return {fact for fact in own if not fact.startswith("act:")}


def _letters(title: str) -> list[str]:
    return sorted(filter(str.isalnum, title))


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
        if len(narrow.head_persons) >= _SEVERAL and narrow.head_persons < wide.head_persons:
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


def _repeats(one: Telling, other: Telling) -> bool:
    """Whether one title is largely told in the words of the other."""
    shared = one.words.keys() & other.words.keys()
    return sum(one.words[word] > PLAIN for word in shared) >= _REPEATED


def _called_off(one: Telling, other: Telling) -> bool:
    """Whether one title tells the same as the other, and that it is postponed or cancelled."""
    if bool(one.heads & _OFF) == bool(other.heads & _OFF):
        return False
    off, on = (one, other) if one.heads & _OFF else (other, one)
    if _OFF & on.facts.keys():
        return False
    return bool(on.head_acts & _COMING) and on.head_acts <= off.head_acts


def _other_table(one: Telling, other: Telling) -> bool:
    """Whether three sit at one table, and two of them at the other, whoever they talk about."""
    for three in _TABLES_OF_THREE:
        for wide, narrow in ((one, other), (other, one)):
            if three <= wide.head_countries and len(narrow.countries & three) == 2:
                return True
    return False


_PRIOR = 400
_FREE = 8


@dataclass(frozen=True)
class _Day:
    number: int
    tellings: list[Telling]

    @cached_property
    def counted(self) -> tuple[Counter[str], int]:
        """The number of different titles with each key, and of all of them."""
        different = {(telling.language, telling.title): telling for telling in self.tellings}
        told = ({*t.facts, *t.words, *t.lead_words} for t in different.values())
        return Counter(chain.from_iterable(told)), len(different)


@frozen(kw_only=False)
class Heat:
    """How often keys occur around one UTC day: `seen` counts the `titles` with a key, without the
    first few."""

    seen: Mapping[str, int]
    titles: int

    def cooled(self, telling: Telling) -> Telling:
        """Return the telling with the weights that it has on this day."""
        cooler: dict[str, Any] = {}
        for name, some, part in _parts(telling):
            if hot := [key for key in some if key in self.seen]:
                cooler[name] = {**some, **{k: self.at_most(k, some[k], part) for k in hot}}
        return replace(telling, **cooler) if cooler else telling

    def differs_from(self, other: Heat) -> Callable[[Telling], bool]:
        """Return a function that says whether a telling weighs more or less than with `other`."""
        hot = self.seen.keys() | other.seen.keys()

        @cache
        def is_other(key: str, weight: int, part: int) -> bool:
            return self.at_most(key, weight, part) != other.at_most(key, weight, part)

        return lambda telling: any(
            is_other(key, weight, part)
            for _, some, part in _parts(telling)
            for key, weight in some.items()
            if key in hot
        )

    def at_most(self, key: str, weight: int, part: int = 1) -> int:
        """Return what is left of a weight; `part` is what it was divided by for its place."""
        seen = self.seen.get(key)
        return weight if seen is None else _at_most(weight * part, seen, self.titles) // part


NO_HEAT = Heat({}, 0)


def _parts(telling: Telling) -> tuple[tuple[str, Mapping[str, int], int], ...]:
    lead = ("lead_words", telling.lead_words, WORD_IN_LEAD)
    return ("facts", telling.facts, 1), ("words", telling.words, 1), lead


class Heats(dict[int, Heat]):
    """The heat of each UTC day, by its ordinal, worked out on demand. The tellings must be in the
    order of time."""

    def __init__(self, tellings: Iterable[Telling]) -> None:
        super().__init__()
        self._days = {day.number: day for day in _days(tellings)}

    def without(self, ids: Collection[str], older: Iterable[Telling]) -> Heats:
        """Return the heats with other tellings of these ids. What other days tell is not counted
        again."""
        changed = {
            number: [telling for telling in day.tellings if telling.id not in ids]
            for number, day in self._days.items()
            if any(telling.id in ids for telling in day.tellings)
        }
        for telling in older:
            number = telling.moment.toordinal()
            if number not in changed:
                day = self._days.get(number)
                changed[number] = [*day.tellings] if day else []
            changed[number].append(telling)
        heats = Heats(())
        days = {number: _Day(number, tellings) for number, tellings in changed.items()}
        heats._days = self._days | days
        return heats

    def __missing__(self, number: int) -> Heat:
        others = (self._days.get(number - 1), self._days.get(number + 1))
        heat = self[number] = _heat(self._days.get(number) or _Day(number, []), others)
        return heat


def by_day(tellings: Iterable[Telling]) -> Iterator[Iterator[Telling]]:
    """Yield the tellings of each UTC day in order of moment and id, with their weights on that day.

    They are made when they are asked for, and of the day before only what it counted is kept, so
    that the items of two days are never in memory twice.
    Raises ValueError if the tellings are not in the order of time.
    """
    before: _Day | None = None
    today: _Day | None = None
    for tomorrow in _days(tellings):
        if today:
            yield _cooled(today, before, tomorrow)
        before, today = today, tomorrow
    if today:
        yield _cooled(today, before)


def _cooled(day: _Day, *others: _Day | None) -> Iterator[Telling]:
    heat = _heat(day, others)
    day.tellings.sort(key=lambda t: (t.moment, t.id), reverse=True)
    while day.tellings:
        yield heat.cooled(day.tellings.pop())


def _days(tellings: Iterable[Telling]) -> Iterator[_Day]:
    last = 0
    for number, group in groupby(tellings, key=lambda t: t.moment.toordinal()):
        if number < last:
            raise ValueError("tellings must come in the order of time")
        last = number
        yield _Day(number, list(group))


def _heat(day: _Day, others: Iterable[_Day | None]) -> Heat:
    near = [other for other in others if other and abs(other.number - day.number) == 1]
    counts = [other.counted[0] for other in near]
    seen: dict[str, int] = {}
    mine, titles = day.counted
    for key, count in mine.items():
        for more in counts:
            if key in more:
                count += more[key]  # noqa: PLW2901
        if count > _FREE:
            seen[key] = count - _FREE
    return Heat(seen, titles + sum(other.counted[1] for other in near))


@lru_cache(maxsize=1 << 13)
def _at_most(weight: int, seen: int, titles: int) -> int:
    share = (seen + math.exp(-weight / 10) * _PRIOR) / (titles + _PRIOR)
    return min(weight, max(0, round(-10 * math.log(share))))

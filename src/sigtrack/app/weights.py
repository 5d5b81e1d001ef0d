"""The stories of some hits, weighed: what the store, the gazetteer and the visits tell of each.

Weights are worked out when somebody asks, because watchlists and expectations change. Of a story
the first few items are read, the one that stands for it first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from typing import Any

from sigtrack.analyze.stories import gist_of, is_column
from sigtrack.analyze.visits.people import rank_of
from sigtrack.analyze.weight import Part, Traits, parts_of, weight_of
from sigtrack.app.grouping import is_official, is_sure, lead_first, story_of
from sigtrack.app.index import Index
from sigtrack.app.names import Names
from sigtrack.app.parts import parts_told
from sigtrack.app.rules import load_rules
from sigtrack.app.visits_cells import name_of
from sigtrack.config import Settings
from sigtrack.match import Matcher
from sigtrack.model import Actor, Hit, Item, Mention, Rank, Role, StoredItem, Visit
from sigtrack.store import Found, Query, Store
from sigtrack.watch.topics import Topics

_READ = 3  # items of a story
_NAMED = 3  # parties of a headline
_RANKS = list(Rank)
_PARTIES = ("country", "office", "person")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gist:
    """What was read of a headline beside who is named: a visit, what is done, and what it is
    about, each in the first word that `topics.toml` has for it."""

    visit: Visit | None = None
    acts: tuple[str, ...] = ()
    things: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A story. `items` are those with hits, its lead first; `hits` theirs by item, `best` the best
    of them; `watchlists` those that hit it, the one where it weighs most first. `who` is who goes
    to whom, else who is named in the headline, "" for nobody. `expected` is the title of what it
    fulfils, or "". `before` are hits of the story that the reader was told before. `remarks` are
    what a line says of it first, `gloss` what it says of a headline that the reader cannot read,
    `told_parts` what was done in it, act by act.
    """

    items: tuple[StoredItem, ...]
    hits: Mapping[str, Sequence[Hit]]
    best: Hit
    watchlists: tuple[str, ...]
    traits: Traits
    who: str = ""
    expected: str = ""
    is_new: bool = False
    gist: Gist = field(default=Gist())
    before: tuple[Found, ...] = ()
    remarks: tuple[str, ...] = ()
    gloss: tuple[str, ...] = ()
    told_parts: str = ""

    @property
    def lead(self) -> StoredItem:
        return self.items[0]

    @property
    def parts(self) -> tuple[Part, ...]:
        return parts_of(self.traits)

    @property
    def weight(self) -> int:
        return weight_of(self.parts)


@dataclass(slots=True)
class _Story:
    """A story as its hits come by. `tellers` are feed and language of all that tells it, by item;
    `before` are hits that the reader was told before."""

    hits: dict[str, list[Hit]] = field(default_factory=dict)
    items: dict[str, StoredItem] = field(default_factory=dict)
    tellers: dict[str, tuple[str, str]] = field(default_factory=dict)
    is_new: bool = False
    before: list[Found] = field(default_factory=list)

    def add(self, stored: StoredItem) -> None:
        language = (stored.item.language or "").partition("-")[0].lower()
        self.tellers[stored.id] = (stored.item.feed, language)

    @property
    def feeds(self) -> set[str]:
        return {feed for feed, _ in self.tellers.values()}

    def news(self) -> list[tuple[str, str]]:
        """Feeds and languages of what the reader was not told before."""
        told = {one.stored.id for one in self.before} - self.items.keys()
        return [one for id, one in self.tellers.items() if id not in told]


class Scales:
    """Weighs stories."""

    def __init__(
        self,
        store: Store,
        *,
        actors: Mapping[str, Actor],
        names: Callable[[], Names],
        roles: Mapping[str, Role],
        visits: Callable[[StoredItem], Sequence[Visit]],
        desk: Collection[str] = (),
        expected: Mapping[str, str] | None = None,
    ) -> None:
        """`names` is asked for the first story; `roles` are those of feeds, `desk` the countries
        that it watches; `expected` leads from items to the title of what they fulfil, of
        expectations that are seen."""
        self._store = store
        self._actors = actors
        self._names = cache(names)
        self._roles = roles
        self._visits = visits
        self._desk = frozenset(desk)
        self._expected = expected or {}

    def weigh(
        self,
        found: Iterable[Found],
        *,
        is_new: Callable[[int], bool] = lambda _: False,
        told: Callable[[Found], bool] | None = None,
        sure: bool = False,
    ) -> list[Weighed]:
        """The stories of these hits: the heaviest first, of equals the latest.

        `is_new` says of a hit's number whether it is new to the reader. `told` says of which other
        hits the reader has been told: who told them adds nothing to a weight. `sure`: only stories
        that are; of one that was not before the reader has been told nothing.
        """
        stories = self._stories(found, is_new, told)
        if sure:
            stories = [one for one in stories if is_sure(one.feeds, self._roles)]
            for one in stories:
                if not is_sure({before.stored.item.feed for before in one.before}, self._roles):
                    one.before.clear()
        weighed = [self._weighed(story) for story in stories]
        weighed.sort(key=lambda one: one.lead.id)
        weighed.sort(key=lambda one: (one.weight, one.lead.moment), reverse=True)
        return weighed

    def story_of(self, stored: StoredItem) -> Weighed | None:
        """The story of an item, all of it; None if none of its items has hits."""
        items = {one.id: one for one in self._store.items_of_stories((story_of(stored),))}
        every = items.values() or (stored,)
        found = [
            f
            for one in every
            for f in self._store.hits_of(one.id)
            if f.stored.revision == one.revision
        ]
        return next(iter(self.weigh(found)), None)

    def parts(self, story: Weighed) -> str:
        """What was done in it, act by act, as its items with hits tell it (see `app.parts`)."""
        items = sorted(story.items, key=lambda one: (one.moment, one.id))
        return parts_told((one.item for one in items), self._matcher, self._topics.parts)

    def _stories(
        self,
        found: Iterable[Found],
        is_new: Callable[[int], bool],
        told: Callable[[Found], bool] | None,
    ) -> Iterable[_Story]:
        stories: dict[str, _Story] = {}
        numbers: set[int] = set()
        for stored, hit, number in found:
            numbers.add(number)
            story = stories.setdefault(story_of(stored), _Story())
            story.items[stored.id] = stored
            story.hits.setdefault(stored.id, []).append(hit)
            story.is_new |= is_new(number)
            story.add(stored)
        for stored in self._store.items_of_stories(stories):
            story = stories[story_of(stored)]
            story.add(stored)
            for one in self._store.hits_of(stored.id) if told else ():
                if one.number not in numbers and told and told(one):
                    story.before.append(one)
        return stories.values()

    def _weighed(self, story: _Story) -> Weighed:
        items = lead_first(story.items.values(), self._roles)
        read = [self._read(stored) for stored in items[:_READ]]
        titles = (self._expected[one.id] for one in items if one.id in self._expected)
        expected = next(titles, "")
        best = best_by_watchlist(story.hits, items[0].id)
        tellers = story.news()
        return Weighed(
            items=tuple(items),
            hits=story.hits,
            best=next(iter(best.values())),
            watchlists=tuple(best),
            who=self._who(read),
            expected=expected,
            is_new=story.is_new,
            gist=read[0].gist,
            before=tuple(story.before),
            traits=Traits(
                priority=max(
                    (hit.priority for some in story.hits.values() for hit in some),
                    key=lambda one: one.rank,
                ),
                watchlists=len(best),
                rank=min((r for one in read for r in one.ranks), key=_RANKS.index, default=None),
                governments=len({c for one in read for c in one.countries}),
                at_home=len({c for one in read for c in one.countries_anyhow} & self._desk),
                items=len(story.items),
                publishers=len({feed for feed, _ in tellers}),
                languages=max(len({language for _, language in tellers if language}), 1),
                official=is_official(story.feeds, self._roles),
                expected=bool(expected),
                comment=is_column(items[0].item.title),
                business=any(one.topics & self._topics.business for one in read),
                subjects=frozenset(_subjects(read, story.hits)),
            ),
        )

    def _read(self, stored: StoredItem) -> _Read:
        gist = gist_of(stored.item)
        mentions = self._matcher.mentions(gist)
        return _Read(
            mentions=tuple(one for one in mentions if one.field == "title" and one.in_office),
            visits=tuple(self._visits(stored)),
            day=_day_of(stored.item),
        )

    def _who(self, read: Sequence[_Read]) -> str:
        """By the first item that tells it: what another adds is often another act of the day."""
        for one in read:
            visit = next((visit for visit in one.visits if visit.host_country), None)
            if visit is not None:
                return _journey(visit, self._actors)
            if parties := _parties(one.mentions, self._actors):
                return ", ".join(parties)
        return ""

    @property
    def _topics(self) -> Topics:
        return self._names().topics

    @cached_property
    def _matcher(self) -> Matcher:
        return self._names().matcher()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What one item tells: who and what its headline names, and its visits."""

    mentions: tuple[Mention, ...]
    visits: tuple[Visit, ...]
    day: date | None

    @property
    def ranks(self) -> Iterator[Rank]:
        yield from (visit.rank for visit in self.visits)
        for one in self.mentions:
            if one.actor.kind == "person":
                rank, is_over = rank_of(one.actor, self.day)
                if rank is not None and not is_over:
                    yield rank

    @property
    def countries(self) -> set[str]:
        parties = (one.actor for one in self.mentions if one.actor.kind in _PARTIES)
        return {actor.country for actor in parties if actor.country}

    @property
    def countries_anyhow(self) -> set[str]:
        """Those of its places too."""
        return {one.actor.country for one in self.mentions if one.actor.country}

    @property
    def topics(self) -> set[str]:
        return {one.actor.id for one in self.mentions if one.actor.kind == "topic"}

    @property
    def gist(self) -> Gist:
        topics = dict.fromkeys(one.actor for one in self.mentions if one.actor.kind == "topic")
        return Gist(
            visit=next((visit for visit in self.visits if visit.host_country), None),
            acts=tuple(one.name for one in topics if one.id.startswith("act:")),
            things=tuple(one.name for one in topics if one.id.startswith("thing:")),
        )


def scales_for(
    store: Store,
    query: Query,
    index: Index,
    settings: Settings,
    *,
    roles: Mapping[str, Role],
    expected: Mapping[str, str],
) -> Scales:
    """For the hits of one window. What its items tell of visits is asked of the store at once; what
    no run has read weighs without, because reading a whole window takes longer than a report."""
    told = {stored.id: visits for stored, visits in store.visits(query)}
    return Scales(
        store,
        actors=index.actors,
        names=lambda: load_rules(settings).names,
        roles=roles,
        visits=lambda stored: told.get(stored.id, ()),
        desk=settings.countries(),
        expected=expected,
    )


def _subjects(read: Iterable[_Read], hits: Mapping[str, Sequence[Hit]]) -> Iterator[str]:
    """Who and what is named, each person for the country too, and which signals saw it."""
    for one in read:
        for mention in one.mentions:
            yield mention.actor.id
            yield mention.actor.country or mention.actor.id
    for some in hits.values():
        for hit in some:
            yield f"{hit.watchlist}/{hit.signal}"


def best_by_watchlist(hits: Mapping[str, Sequence[Hit]], lead: str) -> dict[str, Hit]:
    """The best hit of each watchlist, the best of all first.

    What only a few items of the story tell, and the one that stands for it does not, comes last,
    however urgent: it would explain a headline by another one.
    """
    tells = Counter((hit.watchlist, hit.signal) for some in hits.values() for hit in some)
    of_lead = {(hit.watchlist, hit.signal) for hit in hits[lead]}

    def order(hit: Hit) -> tuple[Any, ...]:
        signal = hit.watchlist, hit.signal
        is_aside = signal not in of_lead and 2 * tells[signal] < len(hits)
        return is_aside, -hit.priority.rank, -tells[signal], -hit.score, *signal

    best: dict[str, Hit] = {}
    for hit in sorted((hit for some in hits.values() for hit in some), key=order):
        best.setdefault(hit.watchlist, hit)
    return best


def _day_of(item: Item) -> date | None:
    return item.published.date() if item.published else None  # the publisher's


def _journey(visit: Visit, actors: Mapping[str, Actor]) -> str:
    """Lee Jae Myung → Japan: Nara; South Korea, minister → United States."""
    visitors = (
        one.name if one.actor else f"{name_of(one.country, actors)}, {one.rank}"
        for one in visit.visitors[:_NAMED]
    )
    host = name_of(visit.host_country or "", actors)
    place = f": {visit.site}" if visit.site and visit.site != host else ""
    return f"{' and '.join(dict.fromkeys(visitors))} → {host}{place}"


def _parties(mentions: Iterable[Mention], actors: Mapping[str, Actor]) -> list[str]:
    """Persons by name and governments by country, in the order of the headline; whose leader is
    named is not named again."""
    named: dict[str, str] = {}
    persons: set[str] = set()
    for actor in (one.actor for one in mentions if one.actor.kind in _PARTIES):
        country = actor.country or actor.id
        if actor.kind == "person":
            if country not in persons:
                named.pop(country, None)
                named[country] = actor.name
            persons.add(country)
        else:
            named.setdefault(country, name_of(country, actors))
    return list(named.values())[:_NAMED]

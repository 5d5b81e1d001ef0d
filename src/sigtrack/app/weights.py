"""Weigh the stories of some hits, by facts from the store, the gazetteer and visits.

Weights are worked out on demand, because watchlists and expectations change. Only the first few
items of a story are read, beginning with its lead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sigtrack.analyze.stories.tellings import gist_of, is_column
from sigtrack.analyze.visits.people import rank_of
from sigtrack.analyze.weight import Traits
from sigtrack.app.stories import Headlines
from sigtrack.frozen import frozen
from sigtrack.lexicon import shipped_lexicon
from sigtrack.model import Actor, Hit, Item, Mention, Rank, Role, StoredItem, Visit
from sigtrack.speech import ENGLISH, Messages, Naming, message
from sigtrack.store.interface import Found
from sigtrack.store.sql import Store
from sigtrack.text import primary_language
from sigtrack.text.regex import regex
from sigtrack.views.hits import is_official, is_sure, lead_first, story_of
from sigtrack.views.stories import Gist, Weighed
from sigtrack.views.visits import visitor_in_words

_READ = 3  # items of a story that are read
_NAMED = 3  # parties of a headline that are named
_RANKS = list(Rank)
_IN_OFFICE = ("office", "person")
_PARTIES = ("country", *_IN_OFFICE)
# Lee| “…”: behind who says what follows
_QUOTED = regex(lambda: shipped_lexicon().pattern("patterns", "headline", "quoted"))


@dataclass(slots=True)
class _Story:
    """A story while its hits are collected. `tellers` are feed and language of all its items, by
    item; `before` are hits that the reader was told before."""

    hits: dict[str, list[Hit]] = field(default_factory=dict)
    items: dict[str, StoredItem] = field(default_factory=dict)
    tellers: dict[str, tuple[str, str]] = field(default_factory=dict)
    is_new: bool = False
    before: list[Found] = field(default_factory=list)

    def add(self, stored: StoredItem) -> None:
        language = primary_language(stored.item.language)
        self.tellers[stored.id] = (stored.item.feed, language)

    @property
    def feeds(self) -> set[str]:
        return {feed for feed, _ in self.tellers.values()}

    def news(self) -> list[tuple[str, str]]:
        """Return feeds and languages of items that the reader was not told before."""
        told = {one.stored.id for one in self.before} - self.items.keys()
        return [one for id, one in self.tellers.items() if id not in told]


class Scales:
    def __init__(
        self,
        store: Store,
        *,
        actors: Mapping[str, Actor],
        headlines: Headlines,
        roles: Mapping[str, Role],
        visits: Callable[[StoredItem], Sequence[Visit]],
        desk: Collection[str] = (),
        expected: Mapping[str, str] | None = None,
        messages: Messages = ENGLISH,
    ) -> None:
        """`headlines` say who and what is named in them. `roles` are by feed, `desk` are the
        countries that the desk watches. `expected` maps items to the title of the seen expectation
        that they fulfil. Names are those of the language of `messages`."""
        self._store = store
        self._naming = Naming(messages, actors)
        self._messages = messages
        self._headlines = headlines
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
        """Return the stories of these hits, the heaviest first. Of equal weight the one with the
        more urgent signal comes first, then the longest told, then the latest.

        `is_new` tells from a hit's number whether it is new to the reader. `told` tells whether the
        reader was told another hit before: its feed adds nothing to the weight. `sure`: only sure
        stories; if a story was not sure before, nothing of it counts as told.
        """
        stories = self._stories(found, is_new, told)
        if sure:
            stories = [one for one in stories if is_sure(one.feeds, self._roles)]
            for one in stories:
                if not is_sure({before.stored.item.feed for before in one.before}, self._roles):
                    one.before.clear()
        weighed = [self._weighed(story) for story in stories]
        weighed.sort(key=lambda one: one.lead.id)
        weighed.sort(key=_rank_of, reverse=True)
        return weighed

    def story_of(self, stored: StoredItem) -> Weighed | None:
        """Return the whole story of an item; None if none of its items has hits."""
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
        """Return the parts of a story as its items with hits report them."""
        items = sorted(story.items, key=lambda one: (one.moment, one.id))
        return self._headlines.parts(items, self._naming.of)

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
        read_of = cache(self._read)
        business = self._headlines.topics.business
        items = lead_first(
            story.items.values(), self._roles, lambda one: bool(read_of(one).topics & business)
        )
        read = [read_of(stored) for stored in items[:_READ]]
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
            gist=read[0].gist(self._naming),
            before=tuple(story.before),
            traits=Traits(
                priority=max(
                    (hit for some in story.hits.values() for hit in some),
                    key=lambda hit: (not hit.needs_full_text, hit.priority.rank),
                ).priority,
                idle=not any(one.tells for one in read),
                watchlists=sum(not hit.needs_full_text for hit in best.values()) or 1,
                rank=min((r for one in read for r in one.ranks), key=_RANKS.index, default=None),
                governments=len({c for one in read for c in one.countries}),
                at_home=len({c for one in read for c in one.countries_anyhow} & self._desk),
                items=len(story.items),
                publishers=len({feed for feed, _ in tellers}),
                languages=max(len({language for _, language in tellers if language}), 1),
                official=is_official(story.feeds, self._roles),
                expected=bool(expected),
                comment=is_column(items[0].item.title),
                business=read[0].is_about(business),
                subjects=frozenset(_subjects(read, story.hits)),
            ),
        )

    def _read(self, stored: StoredItem) -> _Read:
        return _Read(
            item=stored.item,
            mentions=self._headlines.named(stored),
            visits=tuple(self._visits(stored)),
        )

    def _who(self, read: Sequence[_Read]) -> str:
        """Return names from the first item with any: others often tell another act of the day."""
        for one in read:
            visit = next((visit for visit in one.visits if visit.host_country), None)
            if visit is not None:
                return self._journey(visit)
            if parties := _parties(one.mentions, self._naming):
                return self._messages.named(parties)
        return ""

    def _journey(self, visit: Visit) -> str:
        """Lee Jae Myung → Japan: Nara; South Korea, minister → United States."""
        naming = self._naming
        visitors = (visitor_in_words(one, naming) for one in visit.visitors[:_NAMED])
        host = naming.by_id(visit.host_country or "")
        place = naming.place(visit.site or "")
        said = self._messages.say(message(" and ", "between names")).join(dict.fromkeys(visitors))
        return f"{said} → {host}: {place}" if place not in ("", host) else f"{said} → {host}"


def _rank_of(story: Weighed) -> tuple[Any, ...]:
    return (story.weight, story.traits.priority.rank, len(story.items), story.lead.moment)


@frozen
class _Read:
    """What one item tells: the actors and topics of its headline, and its visits."""

    item: Item
    mentions: tuple[Mention, ...]
    visits: tuple[Visit, ...]

    @property
    def ranks(self) -> Iterator[Rank]:
        yield from (visit.rank for visit in self.visits)
        published = self.item.published
        day = published.date() if published else None  # the publisher's day
        for one in self.mentions:
            if one.actor.kind == "person":
                rank, is_over = rank_of(one.actor, day)
                if rank is not None and not is_over:
                    yield rank

    @property
    def tells(self) -> bool:
        """Whether the headline names an act, or quotes somebody whom it names."""
        if any(topic.startswith("act:") for topic in self.topics):
            return True
        title = gist_of(self.item).title
        return any(_QUOTED.match(title, one.end) for one in self._parties)

    def is_about(self, business: Collection[str]) -> bool:
        """Whether the headline is about a company or a market: nobody in office is named, or it
        begins with the company."""
        named = [one.start for one in self.mentions if one.actor.id in business]
        office = any(one.actor.kind in _IN_OFFICE for one in self.mentions)
        return bool(named) and (not office or min(named) < min(one.start for one in self._parties))

    @property
    def countries(self) -> set[str]:
        return {one.actor.country for one in self._parties if one.actor.country}

    @property
    def _parties(self) -> Iterator[Mention]:
        return (one for one in self.mentions if one.actor.kind in _PARTIES)

    @property
    def countries_anyhow(self) -> set[str]:
        return {one.actor.country for one in self.mentions if one.actor.country}

    @property
    def topics(self) -> set[str]:
        return {one.actor.id for one in self.mentions if one.actor.kind == "topic"}

    def gist(self, naming: Naming) -> Gist:
        topics = dict.fromkeys(one.actor for one in self.mentions if one.actor.kind == "topic")
        return Gist(
            visit=next((visit for visit in self.visits if visit.host_country), None),
            acts=tuple(naming.of(one) for one in topics if one.id.startswith("act:")),
            things=tuple(naming.of(one) for one in topics if one.id.startswith("thing:")),
        )


def _subjects(read: Iterable[_Read], hits: Mapping[str, Sequence[Hit]]) -> Iterator[str]:
    """Yield named actors and topics, for a person the country too, who goes where, and signals
    that hit."""
    for one in read:
        for visit in one.visits:
            for visitor in visit.visitors:
                if visitor.country and visit.host_country:
                    yield f"{visitor.country}>{visit.host_country}"
        for mention in one.mentions:
            yield mention.actor.id
            yield mention.actor.country or mention.actor.id
    for some in hits.values():
        for hit in some:
            yield f"{hit.watchlist}/{hit.signal}"


def best_by_watchlist(hits: Mapping[str, Sequence[Hit]], lead: str) -> dict[str, Hit]:
    """Return the best hit of each watchlist, the best of all first.

    A signal that is not in the lead and in fewer than half of the items comes last, however urgent:
    it would explain one headline by another. So does one that needs the full text of a page, which
    may name it in passing. Signals of the lead's headline come before those of its first lines.
    """
    tells = Counter(hit.key for some in hits.values() for hit in some)
    of_lead = {hit.key for hit in hits[lead]}
    headlined = {hit.key for hit in hits[lead] if hit.spans and hit.spans[0].field == "title"}

    def order(hit: Hit) -> tuple[Any, ...]:
        signal = hit.key
        is_aside = signal not in of_lead and 2 * tells[signal] < len(hits)
        return (
            hit.needs_full_text,
            is_aside,
            signal not in headlined,
            -hit.priority.rank,
            -tells[signal],
            -hit.score,
            *signal,
        )

    best: dict[str, Hit] = {}
    for hit in sorted((hit for some in hits.values() for hit in some), key=order):
        best.setdefault(hit.watchlist, hit)
    return best


def _parties(mentions: Iterable[Mention], naming: Naming) -> list[str]:
    """Return persons by name and governments by country, in the order of the headline. A country
    whose leader is named is left out."""
    named: dict[str, str] = {}
    persons: set[str] = set()
    for actor in (one.actor for one in mentions if one.actor.kind in _PARTIES):
        country = actor.country or actor.id
        if actor.kind == "person":
            if country not in persons:
                named.pop(country, None)
                named[country] = naming.of(actor)
            persons.add(country)
        else:
            named.setdefault(country, naming.by_id(country))
    return list(named.values())[:_NAMED]

"""Hits become a digest: stories in the order in which a person wants to hear of them.

What is urgent stands first; then the watchlists, each story once, under the watchlist of its most
important hit. Pure: what the store and the files say comes in as values.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from sigtrack.app.digest_block import block_of
from sigtrack.app.digest_further import Commands, Further
from sigtrack.app.digest_stories import (
    LATE,
    Grouping,
    Story,
    each_alone,
    first_of,
    stories_of,
    subject_of,
    was_read_before,
)
from sigtrack.app.digest_words import Words
from sigtrack.app.hits import ID_SHOWN, Headings, is_undated
from sigtrack.app.quotes import headline_of, quote_of
from sigtrack.config import DigestSettings
from sigtrack.fetch import state_of
from sigtrack.model import Block, Column, Feed, FeedState, Hit, Note, Problem, StoredItem, Table
from sigtrack.model.letter import Card, Digest, Footer, Section
from sigtrack.store import Choice, Run

_SILENT = timedelta(days=1)
NO_FETCH = timedelta(hours=36)
_ALSO_SHOWN = 3
_SIGNALS_SHOWN = 2
_UNHEARD = (Column(name="feed", kind="key"), Column(name="what", kind="main"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What all digests of a run are written with.

    `signals` are titles by (watchlist, signal). `options` make a command see the files of this
    run (--db, --config). `further` is what stands between the stories and the feeds not heard
    from: what is new in visits, expectations and wording. `problems` say what is not as it could
    be.
    """

    zone: tzinfo
    headings: Headings
    signals: Mapping[tuple[str, str], str] = field(default_factory=dict)
    feeds: Sequence[Feed] = ()
    states: Mapping[str, FeedState] = field(default_factory=dict)
    last_fetch: Run | None = None
    options: tuple[str, ...] = ()
    group: Grouping = each_alone
    further: Callable[[Choice, DigestSettings], Further] = lambda *_: Further()
    problems: tuple[Problem, ...] = ()


def digest_of(choice: Choice, settings: DigestSettings, desk: Desk) -> Digest:
    """The whole mail; with nothing found, the one line that says so."""
    words = Words(settings.language, now=choice.at, zone=desk.zone)
    stories = stories_of(choice, desk.group)
    further = desk.further(choice, settings)
    writer = _Writer(choice, settings, desk, words, further.commands)
    if not stories and not further.news:
        return writer.quiet()
    shown = stories[: settings.limit]
    parts: list[Section | Block] = [*writer.alarm(), *writer.sections(shown)]
    if left := len(stories) - len(shown):
        parts.append(Note(text=words.say("more", n=left)))
    parts += [*further.blocks, *writer.unheard()]
    return Digest(
        subject=subject_of(stories, settings.language) if stories else first_of(further.news),
        summary=writer.summary(stories),
        parts=tuple(parts),
        footer=writer.footer(),
        language=settings.language,
    )


class _Writer:
    """One digest in one language."""

    def __init__(
        self,
        choice: Choice,
        settings: DigestSettings,
        desk: Desk,
        words: Words,
        commands: Commands,
    ) -> None:
        self.choice, self.settings, self.desk, self.words = choice, settings, desk, words
        self.commands = commands
        self.publishers = {feed.id: feed.title or feed.id for feed in desk.feeds}

    def summary(self, stories: Sequence[Story]) -> str:
        words, last = self.words, self.choice.last
        what = words.stories(len(stories))
        if not stories:
            what = words.say("no_stories", when=words.time(last.at if last else self.choice.at))
        elif last:
            what = words.say("since", what=what, when=words.time(last.at))
        urgent = sum(story.is_urgent for story in stories)
        parts = [what]
        if urgent:
            parts.append(words.say("urgent_of", n=urgent))
        return " · ".join([*parts, words.say("times", zone=words.zone())])

    def quiet(self) -> Digest:
        words, silent = self.words, len(self.silent())
        last = self.choice.last
        when = words.day(last.at if last else self.choice.at)
        active = sum(not feed.paused for feed in self.desk.feeds)
        return Digest(
            subject=words.say("quiet_subject", when=when),
            summary=words.say("quiet", when=when, n=active - silent, rest=silent),
            parts=tuple(self.alarm()),
            language=self.settings.language,
        )

    def alarm(self) -> list[Note]:
        """The one trouble that would make every later digest empty."""
        run = self.desk.last_fetch
        if run is None or self.choice.at - run.began < NO_FETCH:
            return []
        text = self.words.say("no_fetch", when=self.words.time(run.began))
        return [Note(text=text, level="warning")]

    def sections(self, stories: Sequence[Story]) -> Iterable[Section]:
        urgent = [story for story in stories if story.is_urgent]
        if urgent:
            cards = tuple(map(self.card, urgent))
            yield Section(title=self.words.say("urgent"), cards=cards, urgent=True)
        rest: dict[str, list[Story]] = {}
        for story in stories:
            if not story.is_urgent:
                rest.setdefault(story.best.watchlist, []).append(story)
        order = list(self.desk.headings.watchlists)
        for id in sorted(rest, key=lambda id: (order.index(id) if id in order else len(order), id)):
            yield Section(title=self.desk.headings.of(id), cards=tuple(map(self.card, rest[id])))

    def card(self, story: Story) -> Card:
        quote = quote_of(story.lead, story.hits)
        return Card(
            headline=headline_of(story.lead, () if quote else story.hits),
            facts=tuple(self.facts(story)),
            quote=quote,
            why=self.why(story),
            urgent=story.is_urgent,
        )

    def facts(self, story: Story) -> Iterable[str]:
        lead, words = story.lead, self.words
        yield self.publisher(lead.item.feed)
        yield from self.times(lead)
        others = dict.fromkeys(self.publisher(one.item.feed) for one in story.items[1:])
        others.pop(self.publisher(lead.item.feed), None)
        if others:
            names, more = list(others)[:_ALSO_SHOWN], len(others) - _ALSO_SHOWN
            sentence = "also_more" if more > 0 else "also"
            yield words.say(sentence, names=", ".join(names), n=more)
        yield lead.id[:ID_SHOWN]

    def times(self, lead: StoredItem) -> Iterable[str]:
        published, last, words = lead.item.published, self.choice.last, self.words
        if published is None or is_undated(lead):
            yield words.say("seen", when=words.time(lead.first_seen))
        elif was_read_before(lead, last):
            yield words.say("rematched", when=words.day(published))
        elif last and published < last.at - LATE:
            yield words.say("late", when=words.day(published))
        else:
            yield words.time(published)
        if lead.revised_at:
            yield words.say("edited", when=words.time(lead.revised_at))

    def publisher(self, feed: str) -> str:
        return self.publishers.get(feed, feed)

    def why(self, story: Story) -> str:
        """The signals, and the line of the watchlist by which the first of them was found."""
        titles = dict.fromkeys(
            self.desk.signals.get((hit.watchlist, hit.signal), f"{hit.watchlist}/{hit.signal}")
            for hit in story.hits
        )
        shown = list(titles)[:_SIGNALS_SHOWN]
        if more := len(titles) - len(shown):
            shown.append(f"+{more}")
        return self.words.say("why", signals="; ".join(shown) + _line_of(story.hits[0]))

    def silent(self) -> list[Feed]:
        now = self.choice.at
        return [feed for feed in self.desk.feeds if is_silent(feed, self.desk.states, now)]

    def unheard(self) -> tuple[Table, ...]:
        rows = [
            (self.publisher(feed.id), self.silence(self.desk.states[feed.id]))
            for feed in self.silent()
        ]
        return block_of("unheard", _UNHEARD, rows, self.words)

    def silence(self, state: FeedState) -> str:
        words = self.words
        when = words.say("unheard_never")
        if state.answered_at:
            when = words.say("unheard_since", when=words.day(state.answered_at))
        return " · ".join(filter(None, (when, state.paused or state.reason)))

    def footer(self) -> Footer:
        words, settings, choice = self.words, self.settings, self.choice
        again = (settings.name, "--again", str(choice.number))
        lines: list[tuple[str, tuple[str, ...]]] = [("foot_show", ("show", "ID"))]
        if choice.found:
            lines.append(("foot_all", ("report", *self.window())))
        lines += [*self.commands, ("foot_again", ("digest", *again))]
        return Footer(
            lines=tuple((words.say(sentence), self.command(*told)) for sentence, told in lines)
        )

    def command(self, *words: str) -> str:
        return shlex.join(["sigtrack", *words, *self.desk.options])

    def window(self) -> list[str]:
        """The options of `report` for a window that holds every hit of this mail."""
        since = min(found.stored.moment for found in self.choice.found)
        options = ["--since", f"{since.astimezone(self.desk.zone):%Y-%m-%dT%H:%M}"]
        for watchlist in self.settings.watchlists:
            options += ["-w", watchlist]
        if self.settings.priority:
            options += ["--priority", self.settings.priority]
        return [*options, "-n", "0"]


def is_silent(feed: Feed, states: Mapping[str, FeedState], now: datetime) -> bool:
    """Asked for a day or more without an answer, or given up; not what the user has paused."""
    if feed.paused:
        return False
    state = state_of(feed, states)
    if state.paused:
        return True
    return state.failing_since is not None and now - state.failing_since >= _SILENT


def _line_of(hit: Hit) -> str:
    """The file and line that a doubter can look up; names of actors and shared groups last."""
    places = [str(span.place).rpartition("/")[2] for span in hit.spans if span.place.path]
    places.sort(key=lambda place: place.startswith("_"))
    return f" [{places[0]}]" if places else ""

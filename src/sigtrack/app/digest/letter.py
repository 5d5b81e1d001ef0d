"""Turns weighed stories into a digest, in the order of a report.

First the heaviest stories of all watchlists; then expectations and visits that changed; then the
watchlists, with each story once, under the watchlist where it weighs most. Pure: facts from the
store and from files come in as values.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta, tzinfo

from sigtrack.app.digest.news import Commands, Further
from sigtrack.app.in_force import Catalogue, FeedNames
from sigtrack.config import DigestSettings
from sigtrack.fetch.policy import state_of
from sigtrack.frozen import frozen
from sigtrack.model import (
    Block,
    Card,
    Digest,
    Feed,
    FeedState,
    LetterSection,
    Note,
    Priority,
    Problem,
    StoredItem,
    Table,
)
from sigtrack.speech import Words, message, named_columns
from sigtrack.store.interface import DigestChoice, Found, Look, Run
from sigtrack.text.scripts import cells_wide
from sigtrack.views.hits import (
    ID_SHOWN,
    MORE,
    Headings,
    block_of,
    headline_of,
    is_undated,
    quote_of,
)
from sigtrack.views.stories import (
    WHAT_WEIGHS_MOST,
    Front,
    StoryWords,
    Weighed,
    front_of,
    is_urgent,
)

LATE = timedelta(days=1)  # before the last digest: a daily digest has then missed it
_SUBJECT = 78


def was_told(last: Look | None, settings: DigestSettings) -> Callable[[Found], bool] | None:
    """Return a test whether an earlier mail of the digest told a hit; None without a mail."""
    if last is None:
        return None
    least = settings.priority.rank if settings.priority else 0
    return lambda one: (
        one.number <= last.hit
        and (not settings.watchlists or one.hit.watchlist in settings.watchlists)
        and one.hit.priority.rank >= least
    )


def order_of(stories: Sequence[Weighed], last: Look | None, limit: int) -> Front:
    """Return the first lines, and the other stories by watchlist, at most `limit` together.
    `stories` are sorted by weight."""
    news = [story for story in stories if is_news(story, last)]
    return front_of(news, [one for one in stories if not is_news(one, last)], limit=limit)


def is_news(story: Weighed, last: Look | None) -> bool:
    """Whether not all items of the story came, in these words, well before the last digest."""
    return not all(was_read_before(item, last) for item in story.items)


def is_alarm(story: Weighed, last: Look | None, now: datetime) -> bool:
    told = any(one.hit.priority is Priority.URGENT for one in story.before)
    return is_urgent(story, now) and is_news(story, last) and not told


def was_read_before(stored: StoredItem, last: Look | None) -> bool:
    """Whether an item came, in these words, well before the last digest, so that only an edited
    watchlist makes it new."""
    return last is not None and not stored.revised_at and stored.first_seen < last.at - LATE


def subject_of(
    choice: DigestChoice, stories: Sequence[Weighed], front: Front, language: str
) -> str:
    """Return the first headline and the number of other stories, in at most 78 cells.

    If several of the first lines have the same weight, the first one in the readers' language wins.
    """
    first, *_ = front.stories
    equals = [story for story in front.first if story.weight == first.weight]
    known = (one for one in equals if (one.lead.item.language or "").startswith(language))
    first = next(known, first)
    more = f" (+{len(stories) - 1})" if len(stories) > 1 else ""
    mark = "▲ " if is_alarm(first, choice.last, choice.at) else ""
    room = _SUBJECT - cells_wide(mark) - cells_wide(more)
    return f"{mark}{_cut(first.lead.item.title, room)}{more}"


def first_of(news: Sequence[str]) -> str:
    """Return the subject of a digest without stories, in at most 78 cells."""
    more = f" (+{len(news) - 1})" if len(news) > 1 else ""
    return f"{_cut(news[0], _SUBJECT - cells_wide(more))}{more}"


def _cut(text: str, room: int) -> str:
    if cells_wide(text) <= room:
        return text
    used = 0
    for at, character in enumerate(text):
        used += cells_wide(character)
        if used > room - 1:
            space = text.rfind(" ", at - 12 if at > 24 else at, at)
            return text[: space if space > 0 else at].rstrip() + "…"
    return text


_SILENT = timedelta(days=1)
NO_FETCH = timedelta(hours=36)
_ALSO_SHOWN = 3
_UNHEARD = named_columns("feed|key", "what|main")
_SHOW = message("Why a story is here, word by word (the six letters and digits are its id):")
_ALL = message("All of it, in one table:")
_AGAIN = message("This mail again:")


@frozen
class Contents:
    """What a digest tells: `stories` by weight, other news, and the `page` to attach or ""."""

    stories: Sequence[Weighed] = ()
    further: Further = field(default=Further())
    page: str = ""


@frozen
class Desk:
    """What is needed to write all digests of a run.

    `signals` are titles by (watchlist, signal). `options` make a command use the files of this run
    (--db, --config). Headlines in `languages` and in the language of the letter get no gloss.
    `problems` say which readings are incomplete.
    """

    zone: tzinfo
    headings: Headings
    contents: Callable[[DigestChoice, DigestSettings], Contents]
    signals: Mapping[tuple[str, str], str] = field(default_factory=dict)
    feeds: Sequence[Feed] = ()
    states: Mapping[str, FeedState] = field(default_factory=dict)
    last_fetch: Run | None = None
    options: tuple[str, ...] = ()
    languages: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


def digest_of(choice: DigestChoice, settings: DigestSettings, desk: Desk) -> Digest:
    """Return the whole mail; if nothing was found, one line that says so."""
    words = Words(settings.language, now=choice.at, zone=desk.zone)
    contents = desk.contents(choice, settings)
    stories, further = contents.stories, contents.further
    publishers = Catalogue(feeds=tuple(desk.feeds)).names()
    known = desk.languages | {settings.language}
    said = StoryWords(desk.headings, desk.signals, words, known)
    writer = _Writer(choice, settings, desk, words, said, further.commands, publishers)
    if not stories and not further.news:
        return writer.quiet()
    front = order_of(stories, choice.last, settings.limit)
    parts: list[LetterSection | Block] = [*writer.alarm(), *writer.first(front.first)]
    parts += [*further.blocks, *writer.lists(front.lists)]
    if left := len(stories) - len(front.stories):
        parts.append(Note(text=words.say(MORE, n=left)))
    parts += [*further.wording, *writer.unheard()]
    subject = first_of(further.news) if not stories else ""
    return Digest(
        subject=subject or subject_of(choice, stories, front, settings.language),
        summary=writer.summary(stories),
        parts=tuple(parts),
        footer=writer.footer(),
        language=settings.language,
    )


@frozen(kw_only=False)
class _Writer:
    choice: DigestChoice
    settings: DigestSettings
    desk: Desk
    words: Words
    said: StoryWords
    commands: Commands
    publishers: FeedNames

    def summary(self, stories: Sequence[Weighed]) -> str:
        words, last = self.words, self.choice.last
        what = words.plural("{n} new story", "{n} new stories", len(stories))
        if not stories:
            when = words.time(last.at if last else self.choice.at)
            what = words.say("No new stories since {when}", when=when)
        elif last:
            what = words.say("{stories} since {when}", stories=what, when=words.time(last.at))
        urgent = sum(map(self.is_alarm, stories))
        parts = [what]
        if urgent:
            parts.append(words.say("{n} urgent", n=urgent))
        return " · ".join([*parts, words.say("times in {zone}", zone=words.zone_name())])

    def quiet(self) -> Digest:
        words, silent = self.words, len(self.silent())
        last = self.choice.last
        when = words.day(last.at if last else self.choice.at)
        active = sum(not feed.paused for feed in self.desk.feeds)
        return Digest(
            subject=words.say("Nothing new since {when}", when=when),
            summary=words.say(
                "Nothing new since {when}. {n} feeds answer, {rest} do not.",
                when=when,
                n=active - silent,
                rest=silent,
            ),
            parts=tuple(self.alarm()),
            language=self.settings.language,
        )

    def alarm(self) -> list[Note]:
        """Warn if no feed was fetched for long, which would make every later digest empty."""
        run = self.desk.last_fetch
        if run is None or self.choice.at - run.began < NO_FETCH:
            return []
        text = self.words.say(
            "No feed has been asked since {when}: sigtrack fetch does not seem to run.",
            when=self.words.time(run.began),
        )
        return [Note(text=text, level="warning")]

    def first(self, stories: Sequence[Weighed]) -> Iterator[LetterSection]:
        """Yield the heaviest stories, each with the sentence that matched."""
        if stories:
            cards = tuple(self.card(story, is_first=True) for story in stories)
            yield LetterSection(title=self.words.say(WHAT_WEIGHS_MOST), cards=cards)

    def lists(self, lists: Mapping[str, Sequence[Weighed]]) -> Iterator[LetterSection]:
        for id, stories in lists.items():
            if stories:
                cards = tuple(self.card(story, is_first=False) for story in stories)
                yield LetterSection(title=self.words.title(self.desk.headings.of(id)), cards=cards)

    def card(self, story: Weighed, *, is_first: bool) -> Card:
        hits = sorted(
            story.hits[story.lead.id],
            key=lambda hit: (hit.key != story.best.key, -hit.priority.rank, -hit.score),
        )
        quote = quote_of(story.lead, hits) if is_first else None
        return Card(
            headline=headline_of(story.lead, () if quote else hits),
            facts=tuple(self.facts(story)),
            quote=quote,
            why=self.why(story, is_first=is_first),
            urgent=self.is_alarm(story),
        )

    def is_alarm(self, story: Weighed) -> bool:
        return is_alarm(story, self.choice.last, self.choice.at)

    def facts(self, story: Weighed) -> Iterator[str]:
        lead, words = story.lead, self.words
        yield self.publishers[lead.item.feed]
        yield from self.times(lead)
        tellers = dict.fromkeys(self.publishers[one.item.feed] for one in story.items)
        del tellers[self.publishers[lead.item.feed]]
        if story.before:
            yield words.say("told before, +{n}", n=len(story.items))
        for one in story.before:
            tellers.pop(self.publishers[one.stored.item.feed], None)
        if tellers:
            sentence = message("now also {names}") if story.before else message("also {names}")
            yield words.say(sentence, names=words.named(tellers, _ALSO_SHOWN))
        yield lead.id[:ID_SHOWN]

    def times(self, lead: StoredItem) -> Iterator[str]:
        published, last, words = lead.item.published, self.choice.last, self.words
        if published is None or is_undated(lead):
            yield words.say("undated, seen {when}", when=words.time(lead.first_seen))
        elif was_read_before(lead, last):
            yield words.say(
                "published {when}, new by an edited watchlist", when=words.day(published)
            )
        elif last and published < last.at - LATE:
            yield words.say("published {when}, seen only now", when=words.day(published))
        else:
            yield words.time(published)
        if lead.revised_at:
            yield words.say("words changed {when}", when=words.time(lead.revised_at))

    def why(self, story: Weighed, *, is_first: bool) -> str:
        """Return who is named, a gloss for a headline in another language, one reason, and the
        watchlists: all of them, or those besides the one that heads the list."""
        words, lists = self.words, self.said.lists(story, is_first=is_first)
        if lists and not is_first:
            lists = words.say("also in: {lists}", lists=lists)
        told = (*self.said.why(story), lists)
        return words.say("Why: {reason}", reason=" · ".join(filter(None, told)))

    def silent(self) -> list[Feed]:
        now = self.choice.at
        return [feed for feed in self.desk.feeds if is_silent(feed, self.desk.states, now)]

    def unheard(self) -> tuple[Table, ...]:
        rows = [
            (self.publishers[feed.id], self.silence(self.desk.states[feed.id]))
            for feed in self.silent()
        ]
        return block_of(message("Not heard from"), _UNHEARD, rows, self.words)

    def silence(self, state: FeedState) -> str:
        words = self.words
        when = words.say("never yet")
        if state.answered_at:
            when = words.say(message("since {when}", "feed"), when=words.day(state.answered_at))
        return " · ".join(filter(None, (when, state.paused or state.reason)))

    def footer(self) -> tuple[tuple[str, str], ...]:
        words, settings, choice = self.words, self.settings, self.choice
        again = (settings.name, "--again", str(choice.number))
        lines: list[tuple[str, tuple[str, ...]]] = [(_SHOW, ("show", "ID"))]
        if choice.found:
            lines.append((_ALL, ("report", *self.window())))
        lines += [*self.commands, (_AGAIN, ("digest", *again))]
        return tuple((words.say(sentence), self.command(*told)) for sentence, told in lines)

    def command(self, *words: str) -> str:
        return shlex.join(["sigtrack", *words, *self.desk.options])

    def window(self) -> list[str]:
        """Return the options of `report` for a window with every hit of this mail."""
        since = min(found.stored.moment for found in self.choice.found)
        options = ["--since", f"{since.astimezone(self.desk.zone):%Y-%m-%dT%H:%M}"]
        for watchlist in self.settings.watchlists:
            options += ["-w", watchlist]
        if self.settings.priority:
            options += ["--priority", self.settings.priority]
        if self.settings.sure:
            options.append("--sure")
        return [*options, "-n", "0"]


def is_silent(feed: Feed, states: Mapping[str, FeedState], now: datetime) -> bool:
    """Whether a feed has not answered for a day or more, or was given up. Feeds that the user
    paused are not silent."""
    if feed.paused:
        return False
    state = state_of(feed, states)
    if state.paused:
        return True
    return state.failing_since is not None and now - state.failing_since >= _SILENT

"""Analyses an item: its sentences with their tokens, people, places and events.

The title is read as a whole, summary or text only at the beginning, because that tells who goes
where. A sentence about a telephone call or a video link tells of no journey.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from sigtrack.analyze.visits.events import events_of
from sigtrack.analyze.visits.lexicon import VisitToken, VisitWords, clue, facts_of, one_of
from sigtrack.analyze.visits.people import ItemSetting, agents_of
from sigtrack.analyze.visits.sentence import Event, Sentence
from sigtrack.frozen import frozen
from sigtrack.model import Item, Span
from sigtrack.text import primary_language
from sigtrack.text.fold import Folded, fold
from sigtrack.text.regex import regex
from sigtrack.text.scripts import guess_language

FieldName = Literal["title", "summary", "text"]
_OPENING = frozenset(("act", "place", "many"))  # tokens without which only a country may open
_READ = 600  # letters of a field that are read
_NEAR_IN = 5  # letters of a preposition with the end of the word before it
_SOURCE = 40  # letters that a summary may have beside the title that it repeats
_END = re.compile(r"[.!?](?= |\Z)|。")
_QUOTED = re.compile('“[^”]*”?|"[^"]*"?|\u300c[^\u300d]*\u300d?')
# Some Chinese titles tell several events, with spaces between; brackets fold to spaces as well.
_APART = regex("(?<=[\u4e00-\u9fff”』」）])[ \u3000]+(?=[\u4e00-\u9fff“「『（])")
_SAID_BY = re.compile(r"(?: [\u2013\u2014] |: )[^\u2013\u2014:,.]{2,40}\Z")
_DATELINE = re.compile(
    rf"\A ?(?:{clue('dateline').pattern}"
    rf"|[A-Z][A-Za-z, ]{{2,40}} (?:{one_of('agency', 'en')}) ?[-—]*)"
)


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A sentence, its place, how things are told in it, and what happens in it."""

    field: FieldName
    folded: Folded
    start: int
    sentence: Sentence
    marks: tuple[VisitToken, ...]
    levels: tuple[VisitToken, ...]
    events: tuple[Event, ...]

    @property
    def text(self) -> str:
        return self.sentence.text

    def span(self, start: int, end: int, term: str) -> Span:
        """Return a stretch of the sentence as a span of the publisher's own text."""
        first, last = self.folded.origin(self.start + start, self.start + end)
        return Span(field=self.field, start=first, end=last, term=term)

    def written(self, start: int, end: int) -> str:
        span = self.span(start, end, "")
        return self.folded.original[span.start : span.end]


@frozen(kw_only=False)
class ToldEvent:
    """An event and the sentence that tells it."""

    event: Event
    line: Line

    def but(self, **facts: Any) -> ToldEvent:
        """Return it with other facts of the event."""
        return replace(self, event=replace(self.event, **facts))


@frozen(kw_only=False)
class AnalysedItem:
    """An analysed item.

    `is_over`: the body tells of a meeting in the past. `day` is the day of publication in the
    publisher's calendar.
    """

    lang: str
    day: date | None
    lines: tuple[Line, ...] = ()
    is_over: bool = False

    @property
    def title(self) -> list[Line]:
        return [line for line in self.lines if line.field == "title"]

    @property
    def body(self) -> list[Line]:
        return [line for line in self.lines if line.field != "title"]

    def others(self, line: Line) -> list[Line]:
        return [one for one in self.lines if one is not line]


@frozen(kw_only=False)
class _Scan:
    """One field with its tokens in two layers (see `lexicon`)."""

    field: FieldName
    folded: Folded
    said: list[VisitToken]
    told: list[VisitToken]


def page_of(item: Item, lexicon: VisitWords) -> AnalysedItem:
    """Analyse an item. The page has no lines if nothing in the item can be a visit."""
    lang = _language_of(item)
    day = item.published.date() if item.published else None
    body: FieldName = "summary" if item.summary else "text"
    title, other = fold(item.title[:_READ]), fold(getattr(item, body)[:_READ])
    fields: list[tuple[FieldName, Folded]] = [("title", title), (body, other)]
    fields = fields if other.text and not _repeats(other.text, title.text) else fields[:1]
    texts = [folded.text for _, folded in fields]
    found = [(name, folded, lexicon.find(folded)) for name, folded in fields]
    facts = [lexicon.facts(finds) for _, _, finds in found]
    every = facts[0].union(*facts)
    opens = "country" in facts[0] or not _OPENING.isdisjoint(every)
    if not opens or not lexicon.may_name_two(every, texts, lang):
        return AnalysedItem(lang, day)  # as most items, before any token is made
    read = ((name, folded, *lexicon.tokens(folded, finds, lang)) for name, folded, finds in found)
    scans = [_Scan(name, text, _hosted(said, day), told) for name, text, said, told in read]
    every = frozenset().union(*(facts_of(token) for scan in scans for token in scan.said))
    if not _may_tell(scans, every, lang) or not lexicon.may_name_two(every, texts, lang):
        return AnalysedItem(lang, day)
    setting = ItemSetting(lang, day, _countries(scans), lexicon.holders)
    lines = tuple(line for scan in scans for line in _lines(scan, setting))
    over = any(t.kind == "over" for scan in scans[1:] for t in scan.told)
    return AnalysedItem(lang, day, lines, over)


def _hosted(tokens: Sequence[VisitToken], day: date | None) -> list[VisitToken]:
    """Give gatherings that move the country where they are in the year of the item, if known."""
    year = str(day.year) if day else ""
    return [t._replace(value=t.value.get(year)) if isinstance(t.value, dict) else t for t in tokens]


def _language_of(item: Item) -> str:
    """Return the language by script, as Chinese agencies write English too; for Han, the feed's."""
    named = primary_language(item.language)
    guessed = guess_language(item.title) or guess_language(item.summary)
    return named if guessed == "zh" and named in ("ja", "ko") else guessed or "en"


def _repeats(text: str, title: str) -> bool:
    """Whether it is the title with a source or a day, as collectors of headlines write it."""
    return bool(title.strip()) and title.strip() in text and len(text) - len(title) <= _SOURCE


def _may_tell(scans: Sequence[_Scan], facts: frozenset[str], lang: str) -> bool:
    """Whether there is a verb or place, no match or concert, and no telephone in the title."""
    title = scans[0]
    if any(t.kind == "veto" for t in title.told):
        return False
    remote, label = [t for t in title.told if t.kind == "remote"], clue("label")
    if any(t.start > 1 or not label.match(title.folded.text, t.end) for t in remote):
        return False  # and not "Video: …", which names the medium
    said = {t.kind for t in title.said}
    only_gathers = "many" in said and "act" not in said
    if only_gathers and any(t.kind == "remote" for scan in scans[1:2] for t in scan.told):
        return False  # 브릭스 정상회의: they met by video, as the first lines say
    return not _OPENING.isdisjoint(facts) or any(
        t.kind == "country" and _may_be_there(t, title.folded.text, lang) for t in title.said
    )


def _may_be_there(land: VisitToken, text: str, lang: str) -> bool:
    """Whether somebody may be in a country: "Modi in China", 남아공서."""
    before = clue("is-in", lang).search(text, max(0, land.start - _NEAR_IN), land.start)
    return bool(before or clue("is-there", lang).match(text, land.end))


def _countries(scans: Sequence[_Scan]) -> frozenset[str]:
    named = (t for scan in scans for t in scan.said if t.kind in ("country", "place", "title"))
    return frozenset(t.value if t.kind == "country" else t.value.country for t in named)


def _lines(scan: _Scan, setting: ItemSetting) -> Iterator[Line]:
    is_title = scan.field == "title"
    speaker = _speaker_at(scan) if is_title and setting.lang == "en" else len(scan.folded.text)
    quoted = [scan.folded.within(*found.span()) for found in _QUOTED.finditer(scan.folded.original)]
    text = scan.folded.text[:speaker]
    gaps = _APART.finditer(scan.folded.original) if is_title and setting.lang == "zh" else ()
    apart = [scan.folded.within(*gap.span())[1] for gap in gaps]
    for start, end in _stretches(text, apart if len(apart) > 1 else [], is_title=is_title):
        said, told = _within(scan.said, start, end), _within(scan.told, start, end)
        if not is_title and any(t.kind in ("remote", "veto") for t in told):
            continue
        words = [(a - start, b - start) for a, b in quoted if a < end and start < b]
        opens = [a for a, _ in words]
        if setting.lang == "ko":  # 北 “…”: who speaks is no place
            said = [t for t in said if t.kind != "country" or t.end not in opens]
        agents = agents_of(text[start:end], said, setting, opens)
        sentence = Sentence(text[start:end], said, agents, setting.lang, words)
        names = [(agent.start, agent.end) for agent in agents]
        names += [(spot.start, spot.end) for spot in sentence.spots]
        marks = (t for t in told if t.kind == "mark")
        yield Line(
            field=scan.field,
            folded=scan.folded,
            start=start,
            sentence=sentence,
            # 李在明访美 is not a visit of tomorrow (明访), nor is 昆明会见.
            marks=tuple(t for t in marks if not any(a < t.start < b for a, b in names)),
            levels=tuple(t for t in told if t.kind == "level"),
            events=tuple(events_of(sentence)),
        )


def _speaker_at(scan: _Scan) -> int:
    """Return where the source of a headline begins ("— Kremlin", ": sources"), or its end."""
    found = _SAID_BY.search(scan.folded.original)
    at = scan.folded.within(*found.span())[0] if found else len(scan.folded.text)
    tells = any(t.start >= at and t.kind in ("act", "mark") for t in (*scan.said, *scan.told))
    return len(scan.folded.text) if tells else at


def _within(tokens: Sequence[VisitToken], start: int, end: int) -> list[VisitToken]:
    inside = (t for t in tokens if start <= t.start and t.end <= end)
    return [t._replace(start=t.start - start, end=t.end - start) for t in inside]


def _stretches(text: str, apart: Sequence[int], *, is_title: bool) -> Iterator[tuple[int, int]]:
    """Yield the sentences of folded text, without the dateline of an agency."""
    dateline = None if is_title else _DATELINE.match(text)
    start = dateline.end() if dateline else 0
    for end in sorted((*apart, *(found.end() for found in _END.finditer(text, start)), len(text))):
        if end > start:
            yield start, end
        start = end

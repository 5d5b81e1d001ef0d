"""The visits that one item tells: its sentences read in order, each completing the others.

A headline names the visitor and the summary the place, or the other way round. The first event
that has both is the main one; further stops of the same journey follow it. What the item denies
(a telephone call, a match, a concert) is no visit at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta

from sigtrack.analyze.visits.agents import Agent, Setting, agents_of
from sigtrack.analyze.visits.dates import When, dates_in
from sigtrack.analyze.visits.events import Event, Sentence, Spot
from sigtrack.analyze.visits.lexicon import Lexicon, Site, Token, build
from sigtrack.analyze.visits.phases import level_of, phase_of
from sigtrack.model import Actor, Item, Level, Phase, Rank, Span, Visit, Visitor
from sigtrack.text.fold import Folded, fold
from sigtrack.text.scripts import guess_language

_EAST = timedelta(hours=9)  # most of what is told happens there, and was written there
_READ = 600  # letters of a body: who goes where stands in its first sentences
_END = re.compile(r"[.!?](?= |\Z)|。")
_DATELINE = re.compile(
    r"\A ?(?:\(?[\w·, ]{2,30}=?(?:연합뉴스|뉴시스|뉴스1)\)? ?[\w ]{0,20}(?:특파원|기자)[\w ]*=?|[A-Z][A-Za-z, ]{2,40} (?:AP|AFP|Reuters|Xinhua|Kyodo|Yonhap|TASS) ?[-—]*)"
)
_ARRIVED = re.compile(r"도착했|도착한|到着した|着いた|arrived|landed|抵达|抵達")
_IN_THE_UNION = frozenset(
    ["BE", "FR", "DE", "NL", "LU", "DK", "ES", "IT", "PL", "CZ", "AT", "SE", "FI", "HU", "CY", "IE"]
)
_PRONOUN = re.compile(r" ?(?:He|She|They|The (?:visit|trip|two))\b")
_MEETINGS = ("meet", "attend", "host")
_EVENT = re.compile(
    r"parade|summit|conference|forum|ceremony|inauguration|funeral|パレード|式典|会議|会合|葬儀|열병식|회의|행사|취임식|기념식|阅兵|閱兵|峰会|峰會|会议|會議|论坛|葬礼|典礼",
    re.IGNORECASE,
)
_WEAK = frozenset(
    (
        "to",
        "before",
        "after",
        "for",
        "may",
        "will",
        "한다",
        "へ",
        "する",
        "後",
        "后",
        "앞",
        "for three days last week",
        "について",
        "to be",
        "met",
        "を",
        "다",
        "until",
        "期待",
    )
)
_LANGUAGES = ("en", "ko", "ja", "zh")
FieldName = str


@dataclass(frozen=True, slots=True)
class _Told:
    """An event with the sentence it was read in."""

    event: Event
    sentence: _Line


@dataclass(frozen=True, slots=True)
class _Line:
    """A sentence, where it stands, and how things are told in it."""

    field: FieldName
    folded: Folded
    start: int
    text: str
    marks: tuple[Token, ...]
    levels: tuple[Token, ...]
    sentence: Sentence


class VisitReader:
    """Reads items with one gazetteer; build it once, it takes 0.1 s."""

    def __init__(self, actors: Mapping[str, Actor]) -> None:
        self._lexicon: Lexicon = build(actors)

    def main_visit(self, item: Item) -> Visit | None:
        """The visit that the item is about, if it tells where it takes place."""
        return next((v for v in self.visits(item) if v.host_country), None)

    def visits(self, item: Item) -> tuple[Visit, ...]:
        """The main visit first, then further stops and visits of the title."""
        return _Reading(self._lexicon, item).visits()


class _Reading:
    def __init__(self, lexicon: Lexicon, item: Item) -> None:
        self._lexicon = lexicon
        self._item = item
        lang = (item.language or "").partition("-")[0].lower()
        guessed = guess_language(item.title) or guess_language(item.summary)
        self.lang = guessed or (lang if lang in _LANGUAGES else "en")
        if guessed == "zh" and lang in ("ja", "ko"):
            self.lang = lang
        published = item.published
        self.day: date | None = (published.astimezone(UTC) + _EAST).date() if published else None
        self.remote = False
        self.over = False
        self.veto = False

    def visits(self) -> tuple[Visit, ...]:
        lines = list(self._lines())
        if (
            self.veto
            or self.remote
            or not any(line.sentence.acts or line.sentence.spots for line in lines)
        ):
            return ()
        told = [_Told(e, line) for line in lines for e in line.sentence.events()]
        chosen = self._chosen(told, lines)
        visits = [v for one in chosen for v in self._made(one, lines)]
        if len(visits) > 1 and visits[0].phase is Phase.CANCELLED:
            visits.sort(key=lambda v: v.phase is Phase.CANCELLED)
        return tuple(dict.fromkeys(visits))

    # reading

    def _lines(self) -> Iterator[_Line]:
        item = self._item
        body = item.summary or item.text
        texts = [("title", item.title)]
        if body:
            texts.append(("summary" if item.summary else "text", body[:_READ]))
        scanned = []
        countries: set[str] = set()
        for name, text in texts:
            folded = fold(text)
            said, told = self._lexicon.tokens(folded.text, self.lang)
            scanned.append((name, folded, said, told))
            self.over |= name != "title" and any(t.kind == "over" for t in told)
            self.veto |= any(t.kind == "veto" for t in told)
            if name == "title":
                self.remote |= any(t.kind == "remote" for t in told)
            for t in said:
                countries |= {t.value} if t.kind == "country" else set()
                countries |= {t.value.country} if t.kind in ("place", "title") else set()
        if not any(t.kind in ("act", "place") for *_, said, _ in scanned for t in said):
            return
        setting = Setting(self.lang, self.day, frozenset(countries), self._lexicon.holders)
        for name, folded, said, told in scanned:
            yield from self._sentences(name, folded, said, told, setting)

    def _sentences(
        self,
        name: FieldName,
        folded: Folded,
        said: Sequence[Token],
        told: Sequence[Token],
        setting: Setting,
    ) -> Iterator[_Line]:
        for start, end in _stretches(folded.text, name == "title"):
            text = folded.text[start:end]
            tokens = [_moved(t, start) for t in said if start <= t.start and t.end <= end]
            marks = [_moved(t, start) for t in told if start <= t.start and t.end <= end]
            if name != "title" and any(t.kind == "remote" for t in marks):
                continue
            agents = agents_of(text, tokens, setting)
            sentence = Sentence(text, tokens, agents, self.lang)
            yield _Line(
                name,
                folded,
                start,
                text,
                tuple(m for m in marks if m.kind == "mark"),
                tuple(m for m in marks if m.kind == "level"),
                sentence,
            )

    # choosing

    def _chosen(self, told: Sequence[_Told], lines: Sequence[_Line]) -> list[_Told]:
        """The main event, then the other complete ones of its sentence."""
        title = [t for t in told if t.sentence.field == "title"]
        rest = [t for t in told if t.sentence.field != "title"]
        whole = [t for t in title if _is_whole(t.event)]
        if whole:
            best = _strongest(whole)
            others = [
                t
                for t in whole
                if t is not best
                and t.event.host != best.event.host
                and t.event.kind in ("go", "trip", "leave", "stay")
            ]
            return [best, *others]
        joined = self._joined(title, rest, lines)
        if joined:
            return [joined]
        whole = [t for t in rest if _is_whole(t.event) and _stands_alone(t)]
        if whole and _may_background(whole, title, lines):
            return [_strongest(whole)]
        talks = [
            t
            for t in (*title, *rest)
            if t.event.kind == "meet"
            and t.event.host is None
            and len({v.country for v in t.event.visitors}) >= 2
        ]
        return talks[:1]

    def _joined(
        self, title: Sequence[_Told], rest: Sequence[_Told], lines: Sequence[_Line]
    ) -> _Told | None:
        """One event of the title, completed by what the other sentences say."""
        if any(one.sentence.sentence.blocked for one in title):
            return None
        for one in title:
            event = one.event
            if event.host and not event.visitors and event.kind != "attend":
                agents = self._agents(lines, event.host)
                if agents:
                    return replace(one, event=replace(event, visitors=agents))
        for one in title:
            event = one.event
            if (
                event.host is None
                and event.visitors
                and event.kind in ("trip", "go", "meet", "attend", "host")
            ):
                names = {v.country for v in event.visitors}
                for other in rest:
                    theirs = other.event
                    if theirs.host is None:
                        continue
                    visitors = tuple(v for v in event.visitors if v.country != theirs.host)
                    if not visitors or (
                        theirs.visitors and not names & {v.country for v in theirs.visitors}
                    ):
                        continue
                    if event.kind in ("trip", "go"):
                        return replace(
                            one, event=replace(event, visitors=visitors, host=theirs.host)
                        )
                    return _Told(replace(theirs, visitors=visitors), other.sentence)
        return self._by_title(rest, lines)

    def _by_title(self, rest: Sequence[_Told], lines: Sequence[_Line]) -> _Told | None:
        """An event of the summary, completed by whom or what the title names."""
        title = lines[:1]
        for one in rest:
            event = one.event
            if event.host and not event.visitors and self._means_the_title(one):
                agents = self._agents(title, event.host)
                if agents:
                    return replace(one, event=replace(event, visitors=agents))
            if event.host is None and event.visitors and event.kind == "attend":
                spots = [
                    s for line in title for s in line.sentence.spots if _is_scene(line.text, s)
                ]
                spots = [s for s in spots if all(v.country != s.country for v in event.visitors)]
                if spots and len({s.country for s in spots}) == 1:
                    host = spots[0].country
                    return replace(one, event=replace(event, host=host, phase=None))
        return None

    def _means_the_title(self, told: _Told) -> bool:
        """The sentence has a subject without a name: "the president", "he", or none at all."""
        agents = [a for a in told.sentence.sentence.agents if a.start < told.event.at[1]]
        if any(a.rank is None for a in agents):
            return False
        if any(a.country == "" for a in agents):
            return True
        if self.lang == "en":
            return _PRONOUN.match(told.sentence.text) is not None
        return not agents

    def _agents(self, lines: Sequence[_Line], host: str) -> tuple[Agent, ...]:
        for line in lines:
            for agent in line.sentence.agents:
                if agent.rank is None:
                    continue
                if agent.travels and agent.country != host:
                    return (agent,)
        return ()

    # making

    def _made(self, told: _Told, lines: Sequence[_Line]) -> Iterator[Visit]:
        event = told.event
        when, until, phase = self._when(told, lines)
        level = self._level(told, lines)
        if (
            event.kind in ("attend",)
            and level is Level.UNSPECIFIED
            and any(line.sentence.many for line in lines)
        ):
            level = Level.SIDELINES
        stops = [(event.host, event.place, event.site), *event.more]
        for index, (host, place, site) in enumerate(stops):
            people = [v for v in event.visitors if v.country != host]
            visitors = tuple(dict.fromkeys(_visitor(v) for v in people))
            if not visitors:
                continue
            host = self._country_within(host, lines)
            place, site, written = self._place(told, host, place, site, lines)
            yield Visit(
                visitors=visitors,
                host_country=host,
                phase=phase,
                place=written,
                site=site,
                date=when if index == 0 or when is None else when[:7],
                until=until if index == 0 else None,
                level=level,
                rank=min((v.rank for v in visitors), key=list(Rank).index),
                spans=self._spans(told, people, place),
            )

    def _level(self, told: _Told, lines: Sequence[_Line]) -> Level:
        """As the sentence of the event has it, else one that is about no other country."""
        own = sorted(told.sentence.levels, key=_position)[:1]
        for line in lines:
            about = {s.country for s in line.sentence.spots}
            if (
                line is not told.sentence
                and not own
                and about <= {told.event.host, *(v.country for v in told.event.visitors)}
            ):
                own = sorted(line.levels, key=_position)[:1]
        return level_of([t.value for t in own], told.event)

    def _when(self, told: _Told, lines: Sequence[_Line]) -> tuple[str | None, str | None, Phase]:
        today = self.day or date(1900, 1, 1)
        known = [
            w
            for line in self._by_nearness(told, lines)
            for w in self._dates(line, told.event.phase, today)
        ]
        first = known[0] if known else None
        marks = told.sentence.marks
        phase, sure = phase_of(
            told.event, told.sentence.text, marks, self.lang, first.first if first else None, today
        )
        if not sure:
            phase = self._by_others(told, lines, phase)
        elif phase is Phase.PLANNED and told.event.kind == "go" and self._has_arrived(told, lines):
            phase = Phase.ONGOING
        known = [
            w for line in self._by_nearness(told, lines) for w in self._dates(line, phase, today)
        ]
        chosen = _best(known, phase, today) if self.day else None
        return (*self._told_day(chosen, phase, today), phase)

    def _by_others(self, told: _Told, lines: Sequence[_Line], phase: Phase) -> Phase:
        """What the other sentences say of the phase, where the main one says too little."""
        for line in lines:
            if line is told.sentence:
                continue
            for event in line.sentence.events():
                if event.kind in ("leave",) and event.host == told.event.host:
                    return Phase.DONE
                if event.kind in ("go", "stay") and event.host == told.event.host:
                    if event.phase in (Phase.ONGOING, Phase.DONE):
                        return event.phase
        if told.event.kind in _MEETINGS and phase is Phase.ONGOING and self._is_over(told, lines):
            return Phase.DONE
        marks = [
            m
            for line in lines
            for m in line.marks
            if line is not told.sentence and line.text[m.start : m.end].lower() not in _WEAK
        ]
        for wanted in (Phase.CANCELLED, Phase.DONE, Phase.ONGOING, Phase.PLANNED):
            if any(m.value is wanted for m in marks):
                return wanted
        return phase

    def _has_arrived(self, told: _Told, lines: Sequence[_Line]) -> bool:
        """The title has him leave, the summary has him there."""
        return any(
            act.value.phase is Phase.ONGOING and _ARRIVED.match(line.text, act.start)
            for line in lines
            if line is not told.sentence
            for act in line.sentence.acts
        )

    def _is_over(self, told: _Told, lines: Sequence[_Line]) -> bool:
        """Told as past, and nobody is said to be still there or to come."""
        stays = any(
            m.value is Phase.ONGOING and line.text[m.start : m.end].lower() not in _WEAK
            for line in lines
            for m in line.marks
        )
        attended = self.lang == "zh" and any(
            act.value.kind == "attend" for line in lines[1:] for act in line.sentence.acts
        )
        return not stays and (self.over or attended)

    def _by_nearness(self, told: _Told, lines: Sequence[_Line]) -> list[_Line]:
        return [told.sentence, *(line for line in lines if line is not told.sentence)]

    def _dates(self, line: _Line, phase: Phase | None, today: date) -> list[When]:
        return list(dates_in(line.text, self.lang, today, phase))

    def _told_day(
        self, when: When | None, phase: Phase, today: date
    ) -> tuple[str | None, str | None]:
        if self.day is None:
            return None, None
        if when is not None:
            return when.first, when.last
        if phase in (Phase.PLANNED, Phase.CANCELLED):
            return None, None
        return f"{today:%Y-%m}", None

    def _place(
        self,
        told: _Told,
        host: str | None,
        place: tuple[int, int] | None,
        site: str,
        lines: Sequence[_Line],
    ) -> tuple[tuple[_Line, tuple[int, int]] | None, str, str | None]:
        if place is not None:
            return (told.sentence, place), site, _written(told.sentence, place)
        for line in lines:
            for spot in line.sentence.spots:
                if spot.is_place and spot.country == host:
                    at = (spot.start, spot.end)
                    return (line, at), spot.site, _written(line, at)
        return None, "", None

    def _country_within(self, host: str | None, lines: Sequence[_Line]) -> str | None:
        """Who visits "Europe" is in a country of it, if the text tells a place."""
        if host != "EU":
            return host
        places = [s.country for line in lines for s in line.sentence.spots if s.is_place]
        return next((c for c in places if c in _IN_THE_UNION), host)

    def _spans(
        self, told: _Told, people: Sequence[Agent], place: tuple[_Line, tuple[int, int]] | None
    ) -> tuple[Span, ...]:
        line = told.sentence
        stretches = [(line, told.event.at, told.event.kind)]
        stretches += [
            (line, (p.start, p.end), p.actor or p.country)
            for p in people
            if p.end <= len(line.text)
            and (p.name == "" or any(a is p for a in line.sentence.agents))
        ]
        if place is not None:
            stretches.append((place[0], place[1], "place"))
        spans = {_span(one, at, term) for one, at, term in stretches}
        order = {"title": 0, "summary": 1, "text": 2}
        return tuple(sorted(spans, key=lambda s: (order[s.field], s.start, s.end)))


def _span(line: _Line, at: tuple[int, int], term: str) -> Span:
    start, end = line.folded.origin(line.start + at[0], line.start + at[1])
    return Span(field=line.field, start=start, end=end, term=term)  # type: ignore[arg-type]


def _is_scene(text: str, spot: Spot) -> bool:
    """Pyongyang parade, 朝鲜阅兵, 平壌で軍事パレード: where something is on."""
    found = _EVENT.search(text, spot.end)
    return found is not None and found.start() - spot.end <= 4


def _position(token: Token) -> int:
    return token.start


def _written(line: _Line, at: tuple[int, int]) -> str:
    start, end = line.folded.origin(line.start + at[0], line.start + at[1])
    return line.folded.original[start:end]


def _visitor(agent: Agent) -> Visitor:
    return Visitor(
        country=agent.country, name=agent.name, rank=agent.rank or Rank.ENVOY, actor=agent.actor
    )


def _is_whole(event: Event) -> bool:
    return bool(event.host and event.visitors)


_STRENGTH = {"leave": 3, "go": 3, "stay": 1, "trip": 3, "host": 1, "meet": 1, "attend": 1, "say": 1}


def _strongest(told: Sequence[_Told]) -> _Told:
    """The first of the clearest verbs."""
    return max(told, key=lambda t: _STRENGTH[t.event.kind])


def _stands_alone(told: _Told) -> bool:
    """A meeting that only the summary tells needs both sides: one name beside a place is too little."""
    event = told.event
    if event.kind in ("go", "trip", "stay", "host", "leave"):
        return all(v.sure for v in event.visitors)
    opens = event.visitors[0].sure and event.visitors[0].start <= 1
    if event.kind in ("say", "meet") and event.place is not None and opens:
        return True
    if event.kind == "say":
        return False
    agents = [a for a in told.sentence.sentence.agents if a.travels]
    return len({a.country for a in agents}) >= 2 and event.kind in ("meet", "attend")


def _may_background(whole: Sequence[_Told], title: Sequence[_Told], lines: Sequence[_Line]) -> bool:
    """A visit that only the summary tells counts, unless the title is about people without rank."""
    first = next((line for line in lines if line.field == "title"), None)
    if first is None:
        return True
    return not any(a.rank is None and not a.country for a in first.sentence.agents)


def _best(known: Sequence[When], phase: Phase, today: date) -> When | None:
    """The first day that fits the phase: no plan is in the past, nothing done ahead."""
    day = today.isoformat()
    fits = [w for w in known if _fits(w, phase, day)]
    return next((w for w in fits if w.is_day), fits[0] if fits else None)


def _fits(when: When, phase: Phase, day: str) -> bool:
    known = day[: len(when.first)]
    match phase:
        case Phase.PLANNED | Phase.CANCELLED:
            return when.first >= known
        case _:
            return when.first <= known


def _moved(token: Token, by: int) -> Token:
    return token._replace(start=token.start - by, end=token.end - by)


def _stretches(text: str, is_title: bool) -> Iterator[tuple[int, int]]:
    start = 0
    dateline = None if is_title else _DATELINE.match(text)
    if dateline:
        start = dateline.end()
    for found in _END.finditer(text, start):
        if found.end() > start:
            yield start, found.end()
        start = found.end()
    if start < len(text):
        yield start, len(text)


_ = Site

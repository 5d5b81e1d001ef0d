"""Visits as people and programs read them: timeline, history, matrix, sequence, records, news."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta, tzinfo
from itertools import groupby
from typing import Any, Literal

from sigtrack.analyze.visits.stays import Claim, Stop, claims_of, meaning_of, stops_of
from sigtrack.frozen import frozen
from sigtrack.model import (
    Actor,
    Block,
    Cell,
    Level,
    Note,
    Phase,
    Problem,
    Rank,
    Report,
    Stay,
    StoredItem,
    Table,
    Turn,
    Visit,
    Visitor,
    columns_of,
    whole_day,
)
from sigtrack.speech import ENGLISH, Messages, Naming, Words, message, named_columns
from sigtrack.views.hits import (
    ID_SHOWN,
    block_of,
    count,
    grouped,
    ids_of,
    is_undated,
    key_of_times,
    marks_of,
    no_such,
    time_of,
    title_of,
    when,
)


@frozen
class VisitsAsked:
    """Whose visits, and to whom: ids of the gazetteer without @; "" for all."""

    who: str = ""
    host: str = ""
    limit: int | None = None


@frozen
class Timeline:
    """All stays that the items of a window report, and the days of the earliest and latest item.

    `items` have no summary or text. `problems` say which readings are incomplete.
    """

    stays: tuple[Stay, ...]
    items: tuple[tuple[StoredItem, Visit], ...]
    read: int
    since: date | None
    until: date | None = None
    problems: tuple[Problem, ...] = ()


def actor_of(given: str, actors: Mapping[str, Actor]) -> Actor:
    """Return an actor of the gazetteer by `@KR` or `KR`. Raises Misuse if there is none."""
    id = given.lstrip("@")
    actor = actors.get(id) or actors.get(id.upper()) or actors.get(id.lower())
    if actor is None:
        otherwise = "a country is its code (@KR), a person an id (@takaichi)"
        raise no_such("actor", given, actors, otherwise, sign="@")
    return actor


def chosen(
    stays: Iterable[Stay], asked: VisitsAsked, actors: Mapping[str, Actor]
) -> Iterator[Stay]:
    who, host = both(asked, actors)
    return (stay for stay in stays if stay.is_from_to(who, host))


def both(asked: VisitsAsked, actors: Mapping[str, Actor]) -> tuple[Actor | None, Actor | None]:
    """Return who and host as actors; None for everybody. Raises Misuse for an unknown one."""
    who = actor_of(asked.who, actors) if asked.who else None
    return who, actor_of(asked.host, actors) if asked.host else None


SYMBOLS: Mapping[Phase, str] = {
    Phase.PLANNED: "○",
    Phase.ONGOING: "◐",
    Phase.DONE: "●",
    Phase.CANCELLED: "✕",
}
PHASES: Mapping[Phase, str] = {
    Phase.PLANNED: message("planned", "visit"),
    Phase.ONGOING: message("under way", "visit"),
    Phase.DONE: message("over", "visit"),
    Phase.CANCELLED: message("called off", "visit"),
}
LEVELS: Mapping[Level, str] = {
    Level.STATE: message("state visit"),
    Level.OFFICIAL: message("official visit"),
    Level.WORKING: message("working visit"),
    Level.INFORMAL: message("informal visit"),
    Level.SIDELINES: message("on the sidelines"),
}
RANKS: Mapping[Rank, str] = {
    Rank.LEADER: message("leader", "rank"),
    Rank.SPEAKER: message("speaker of parliament", "rank"),
    Rank.MINISTER: message("minister", "rank"),
    Rank.ENVOY: message("envoy", "rank"),
}
KEY = "  ".join(f"{symbol} {ENGLISH.say(PHASES[phase])}" for phase, symbol in SYMBOLS.items())
_LAPSED = "◌"
_LAPSED_KEY = f"{_LAPSED} planned, not confirmed"
_UNSURE = "?"
_UNSURE_KEY = f"{_UNSURE} told by one publisher that is not official"
EVIDENCE = 3  # ids shown in a row; --format json has all
_DETAIL = re.compile(r" ?[;:(]")


def visitor_of(stay: Stay) -> str:
    """KR Lee Jae Myung, or JP minister. The code is first, because narrow tables cut the end."""
    visitor = stay.visitor
    return f"{visitor.country} {visitor.name if visitor.actor else visitor.rank}"


def visitor_in_words(visitor: Visitor, naming: Naming, *, with_country: bool = False) -> str:
    """Lee Jae Myung, or Lee Jae Myung (South Korea); South Korea, minister."""
    country = naming.by_id(visitor.country)
    if not visitor.actor:
        rank = naming.messages.say(RANKS[visitor.rank])
        return naming.messages.say("{country}, {rank}", country=country, rank=rank)
    name = naming.by_id(visitor.actor, visitor.name)
    if not with_country:
        return name
    return naming.messages.say("{name} ({country})", name=name, country=country)


def place_of(stay: Stay, actors: Mapping[str, Actor], messages: Messages = ENGLISH) -> str:
    """Japan: Nara (Takaichi's home prefecture), Osaka. The first place with a meaning shows it."""
    naming = Naming(messages, actors)
    country = naming.by_id(stay.host_country)
    places = [naming.place(site) for site in stay.sites[:3]]
    for number, site in enumerate(stay.sites[:3]):
        if meaning := messages.note(_in_short(_meaning(site, stay, actors))):
            places[number] = messages.say(
                message("{place} ({meaning})", "venue"), place=places[number], meaning=meaning
            )
            break
    place = messages.named(places)
    return place if place.startswith(country) else f"{country}: {place}" if place else country


def _meaning(site: str, stay: Stay, actors: Mapping[str, Actor]) -> str:
    host = actors.get(stay.host_country)
    return "" if host and site == host.capital else meaning_of(site, actors)


def _in_short(meaning: str) -> str:
    """Return the gazetteer's note up to its first detail."""
    return _DETAIL.split(meaning, maxsplit=1)[0]


def key_to(stays: Iterable[Stay]) -> str:
    shown = list(stays)
    key = f"{KEY}  {_LAPSED_KEY}" if any(stay.lapsed for stay in shown) else KEY
    return key if all(stay.is_sure for stay in shown) else f"{key}; {_UNSURE_KEY}"


def evidence_of(stay: Stay, shown: int = EVIDENCE) -> str:
    """Return the first ids, the number of other stories, and a mark if the stay is not sure."""
    ids = " ".join(id[:ID_SHOWN] for id in stay.evidence[:shown])
    left = stay.stories - min(len(stay.evidence), shown)
    told = f"{ids} +{left}" if left > 0 else ids
    return told if stay.is_sure else f"{told} {_UNSURE}"


def towns_in(stay: Stay, actors: Mapping[str, Actor]) -> tuple[str, ...]:
    """Return the capitals and the venues that are not halls, airports or palaces; if none is
    known, the first place."""
    if len(stay.sites) <= 1:
        return stay.sites  # as nearly always; all actors need not be read then
    capitals = {a.capital for a in actors.values() if a.kind == "country" and a.metonyms}
    venues = {a.name for a in actors.values() if a.kind == "venue"}
    towns = capitals | {venue for venue in venues if " " not in venue}
    return tuple(site for site in stay.sites if site in towns) or stay.sites[:1]


def days_of(stay: Stay) -> str:
    """4-7 Jan 2026, 13 Jan 2026, Jan 2026, 2026, or a question mark."""
    return ENGLISH.days_and_year(stay.date, stay.until) if stay.date else "?"


def level_of(stay: Stay) -> str:
    """Return the level; "" if no item names it."""
    return "" if stay.level is Level.UNSPECIFIED else str(stay.level)


def symbol_and_days(stay: Stay) -> str:
    return f"{symbol_of(stay)} {days_of(stay)}"


def symbol_of(stay: Stay) -> str:
    return _LAPSED if stay.lapsed else SYMBOLS[stay.phase]


def name_of(country: str, actors: Mapping[str, Actor]) -> str:
    actor = actors.get(country)
    return actor.name if actor else country


def table_of(
    timeline: Timeline,
    asked: VisitsAsked,
    actors: Mapping[str, Actor],
    since: str,
    *,
    history: tzinfo | None = None,
) -> Report:
    """Return a row for each stay, by its first day. With `history`, a time zone, the history of
    each stay follows below it."""
    stays = list(chosen(timeline.stays, asked, actors))
    shown = stays[-asked.limit :] if asked.limit else stays
    caption = "; ".join(filter(None, (key_to(shown), _last_of(shown, stays))))
    columns = columns_of("when|key", "who|key", "where|main", "evidence|key", "level")
    undated = {stored.id for stored, _ in timeline.items if is_undated(stored)}
    rows = tuple(
        row for stay in shown for row in (_row(stay, actors), *_turns(stay, history, undated))
    )
    note = Note(text=f"{count(len(stays), 'visit')} in {count(timeline.read, 'item')} {since}")
    blocks: tuple[Block, ...] = (note,)
    if rows:
        blocks += (Table(title="Visits", columns=columns, rows=rows, caption=caption),)
    return Report(
        title="Visits", blocks=blocks, records=tuple(map(record_of, stays)), fields=FIELDS
    )


def items_of(timeline: Timeline, asked: VisitsAsked, actors: Mapping[str, Actor]) -> Report:
    """Return a row for each item with a visit, by time of publication.

    Talks without a known place are not visits: they are only counted.
    """
    who, host = both(asked, actors)
    told = [
        (stored, visit)
        for stored, visit in sorted(timeline.items, key=lambda one: (when(one[0]), one[0].id))
        if visit.is_from_to(who, host)
    ]
    found = [one for one in told if one[1].host_country]
    columns = columns_of("when", "headline|main", "visit|key", "phase", "id|key")
    shown = found[-asked.limit :] if asked.limit else found
    rows = tuple(_item_row(stored, visit) for stored, visit in shown)
    left = len(told) - len(found)
    placeless = f"{count(left, 'item')} without a host country left out" if left else ""
    note = f"{count(len(found), 'item')} with a visit"
    if not rows and placeless:
        note += f"; {placeless}"
    blocks: tuple[Block, ...] = (Note(text=note),)
    if rows:
        key = key_of_times(stored for stored, _ in shown)
        caption = "; ".join(filter(None, (_last_of(shown, found), placeless, key)))
        blocks += (Table(columns=columns, rows=rows, caption=caption),)
    records = tuple(item_record(stored, visit) for stored, visit in found)
    return Report(title="Visits", blocks=blocks, records=records, fields=ITEM_FIELDS)


def _last_of(shown: Sequence[object], found: Sequence[object]) -> str:
    return f"the last {len(shown)} of {len(found):,}" if len(shown) < len(found) else ""


def _row(stay: Stay, actors: Mapping[str, Actor]) -> tuple[Cell, ...]:
    return (
        symbol_and_days(stay),
        visitor_of(stay),
        place_of(stay, actors),
        evidence_of(stay, 1),
        level_of(stay),
    )


def _turns(stay: Stay, zone: tzinfo | None, undated: Collection[str]) -> Iterator[tuple[Cell, ...]]:
    if zone is not None:
        for day, told, item in history_of(stay, zone, undated):
            yield day, "", told, item, ""


def _item_row(stored: StoredItem, visit: Visit) -> tuple[Cell, ...]:
    who = "+".join(dict.fromkeys(v.country for v in visit.visitors))
    return (
        time_of(stored),
        title_of(stored.item, marks_of("title", visit.spans)),
        f"{who} → {visit.host_country}",
        str(visit.phase),
        stored.id[:ID_SHOWN],
    )


_FIRST: Mapping[Phase, str] = {
    Phase.PLANNED: "announced",
    Phase.ONGOING: "first reported as under way",
    Phase.DONE: "first reported as over",
    Phase.CANCELLED: "first reported as called off",
}


def history_of(stay: Stay, zone: tzinfo, undated: Collection[str]) -> Iterator[tuple[Cell, ...]]:
    """Yield day (in `zone`), event and id: a row for each item, oldest first.

    For `undated` items (ids) the day is that of the fetch, and the row says so.
    """
    for (at, item), turns in groupby(stay.history, key=lambda turn: (turn.at, turn.item)):
        day = at.astimezone(zone).date().isoformat()
        told = ", ".join(map(_sentence_about, turns))
        told += " (undated, seen then)" if item in undated else ""
        yield f"└ {ENGLISH.days_and_year(day)}", told, item[:ID_SHOWN]


def _sentence_about(turn: Turn) -> str:
    match turn.kind:
        case "first":
            return _FIRST[Phase(turn.value)]
        case "phase":
            return ENGLISH.say(PHASES[Phase(turn.value)])
        case "date":
            return f"date {ENGLISH.days_and_year(turn.value)}"
        case "venue" | "level":
            return f"{turn.kind} {turn.value}"


_COLUMNS = columns_of("visitor|key", "host|key", "visits|main", "since the last|right", "returned")


@frozen
class _Pair:
    """All `stays` of visitors from one country in another. `gap` is the number of days between the
    last two, `back` the return visit."""

    visitor: str
    host: str
    stays: Sequence[Stay]
    gap: int | None
    back: Stay | None


def matrix_of(timeline: Timeline, asked: VisitsAsked, actors: Mapping[str, Actor]) -> Report:
    """Return a row for each pair of countries, by their codes, without cancelled visits. A limit
    keeps the pairs with most visits."""
    pairs = _pairs(timeline, asked, actors)
    busiest = sorted(pairs, key=lambda pair: -len(pair.stays))[: asked.limit]
    note = f"{count(len(pairs), 'pair')} of visitor and host"
    if timeline.since:
        note += f"; no item tells of visits before {timeline.since} or after {timeline.until}"
    blocks: tuple[Block, ...] = (Note(text=note),)
    if pairs:
        rows = tuple(_pair_row(pair, actors) for pair in pairs if pair in busiest)
        left = len(pairs) - len(rows)
        key = key_to(stay for pair in pairs if pair in busiest for stay in pair.stays)
        caption = f"{key}; {left} not shown, -n 0 shows all" if left else key
        blocks += (Table(title="Who goes to whom", columns=_COLUMNS, rows=rows, caption=caption),)
    return Report(title="Visits", blocks=blocks, records=tuple(map(_record, pairs)))


def _pairs(timeline: Timeline, asked: VisitsAsked, actors: Mapping[str, Actor]) -> list[_Pair]:
    shown = chosen(timeline.stays, asked, actors)
    found = grouped((stay for stay in shown if stay.phase is not Phase.CANCELLED), _pair)
    return [
        _Pair(
            visitor=visitor,
            host=host,
            stays=stays,
            gap=_interval(stays),
            back=_returned(stays, timeline.stays),
        )
        for (visitor, host), stays in sorted(found.items())
    ]


def _pair_row(pair: _Pair, actors: Mapping[str, Actor]) -> tuple[Cell, ...]:
    return (
        name_of(pair.visitor, actors),
        name_of(pair.host, actors),
        ", ".join(map(_day_and_phase, pair.stays)),
        "" if pair.gap is None else count(pair.gap, "day"),
        symbol_and_days(pair.back) if pair.back else "not told",
    )


def _day_and_phase(stay: Stay) -> str:
    return " ".join(filter(None, (days_of(stay), symbol_of(stay), level_of(stay))))


def _record(pair: _Pair) -> dict[str, Any]:
    return {
        "visitor_country": pair.visitor,
        "host_country": pair.host,
        "visits": [record_of(stay) for stay in pair.stays],
        "interval": pair.gap,
        "returned": pair.back.date if pair.back else None,
    }


def _interval(stays: Sequence[Stay]) -> int | None:
    """Return the days between the last two visits with a known day."""
    days = [day for s in stays if (day := whole_day(s.date))]
    return (days[-1] - days[-2]).days if len(days) > 1 else None


def _returned(stays: Sequence[Stay], every: Iterable[Stay]) -> Stay | None:
    """Return the visit by which the host returned the last of these visits."""
    last = max((s.date for s in stays if s.date), default=None)
    visitor, host = stays[-1].visitor, stays[-1].host_country
    back = (
        stay
        for stay in every
        if (stay.visitor.country, stay.host_country) == (host, visitor.country)
        if stay.visitor.rank is visitor.rank and stay.phase is not Phase.CANCELLED
        if stay.date and last and stay.date > last
    )
    return next(back, None)


_STOPS = columns_of("when|key", "where|main whole", "level", "days since|right", "evidence")
_CLAIMS = columns_of("what|main whole", "evidence|key")


def sequence_of(timeline: Timeline, who: str, actors: Mapping[str, Actor]) -> Report:
    """Report the stops, the days between them, and the claims with their evidence."""
    actor = actor_of(who, actors)
    country = actor.country or actor.id
    person = actor.id if actor.kind == "person" else ""
    stops = stops_of(timeline.stays, country, person)
    if not stops or timeline.since is None:
        text = f"no visit of {actor.name} with a known day"
        return Report(title="Sequence", blocks=(Note(text=text),))
    names = {id: name_of(id, actors) for id in {*actors, country}}
    claims = claims_of(stops, actors, names, timeline.since)
    held = [stop for stop in stops if not stop.stay.lapsed]
    return Report(
        title="Sequence",
        blocks=(
            Note(text=_route(held, actor, actors)),
            Table(
                title=f"Stops of {actor.name}",
                columns=_STOPS,
                rows=tuple(_stop_row(stop, actors) for stop in stops),
                caption=key_to(stop.stay for stop in stops),
            ),
            _unusual(claims, f"data from {timeline.since} to {timeline.until}"),
        ),
        records=(*_stop_records(stops), *map(_claim_record, claims)),
    )


def _stop_row(stop: Stop, actors: Mapping[str, Actor]) -> tuple[Cell, ...]:
    stay = stop.stay
    return (
        symbol_and_days(stay),
        place_of(stay, actors),
        level_of(stay),
        stop.gap,
        evidence_of(stay),
    )


def _unusual(claims: Sequence[Claim], span: str) -> Block:
    if not claims:
        return Note(text=f"the items show nothing unusual ({span})")
    rows = tuple(
        (claim.text, " ".join(id[:ID_SHOWN] for id in claim.evidence[:EVIDENCE]))
        for claim in claims
    )
    return Table(title="What is unusual", columns=_CLAIMS, rows=rows, caption=span)


def _route(stops: Sequence[Stop], actor: Actor, actors: Mapping[str, Actor]) -> str:
    """Beijing and Shanghai 4-7 Jan, then Nara 13-14 Jan."""
    told = [f"{_places(stop.stay, actors)} {days_of(stop.stay)}" for stop in stops[-6:]]
    return f"{actor.name}: {', then '.join(told)}"


def _places(stay: Stay, actors: Mapping[str, Actor]) -> str:
    """Return towns; the table has the halls, airports and palaces within them."""
    return " and ".join(towns_in(stay, actors)[:2]) or name_of(stay.host_country, actors)


def _stop_records(stops: Sequence[Stop]) -> Iterator[dict[str, Any]]:
    for number, stop in enumerate(stops, start=1):
        yield {"stop": number, "gap": stop.gap, **record_of(stop.stay)}


def _claim_record(claim: Claim) -> dict[str, Any]:
    return {
        "claim": claim.kind,
        "text": claim.text,
        "since": claim.since.isoformat(),
        "evidence": list(claim.evidence),
    }


_VISIT = (
    *("visitor", "visitor_country", "host_country", "place", "date", "phase", "level", "rank"),
    "evidence",
)
FIELDS = (*_VISIT, "history", "sure", "lapsed")
ITEM_FIELDS = ("uid", *_VISIT)


def record_of(stay: Stay) -> dict[str, Any]:
    return {
        "visitor": stay.visitor.name,
        "visitor_country": stay.visitor.country,
        "host_country": stay.host_country,
        "place": ", ".join(stay.sites) or None,
        "date": stay.date,
        "phase": str(stay.phase),
        "level": str(stay.level),
        "rank": str(stay.visitor.rank),
        "evidence": list(stay.evidence),
        "history": [_turn(turn) for turn in stay.history],
        "sure": stay.is_sure,
        "lapsed": stay.lapsed,
    }


def _turn(turn: Turn) -> dict[str, Any]:
    return {"kind": turn.kind, "value": str(turn.value), "at": turn.at, "item": turn.item}


def item_record(stored: StoredItem, visit: Visit) -> dict[str, Any]:
    visitor = visit.visitors[0]
    return {
        "uid": stored.item.uid,
        "visitor": visitor.name,
        "visitor_country": visitor.country,
        "host_country": visit.host_country,
        "place": visit.place,
        "date": visit.date,
        "phase": str(visit.phase),
        "level": str(visit.level),
        "rank": str(visit.rank),
        "evidence": [stored.id],
    }


# Visits that changed since a moment: what is new, and what became of what was told.

HISTORY = timedelta(days=90)  # before the last look; visits reported only earlier count as new
What = Literal["new", "phase", "place", "level", "day"]
_PAST = timedelta(days=30)  # a visit that ended longer ago and is first reported now is not news
_TOWNS = 2
_BY_RANK = list(Rank)
_CHANGED = named_columns("change|key", "visit|main", "when", "level", "evidence")
_CHANGES: Mapping[What, str] = {
    "place": message("place told", "visit"),
    "level": message("level raised", "visit"),
    "day": message("day told", "visit"),
}


@frozen
class Changed:
    """A stay and what is new about it. `was` is its earlier phase (None if it was not known).
    `evidence` are ids of the new items, first those that report the change."""

    stay: Stay
    whats: tuple[What, ...]
    was: Phase | None
    evidence: tuple[str, ...]


def changes(
    before: Iterable[Stay], now: Iterable[Stay], new: Collection[str], last: date
) -> list[Changed]:
    """Return the changed stays, the most important first: called off, then by rank, then changes of
    known visits before new ones, then the latest.

    `new` are ids of items that were not stored, or not in these words, at the `last` digest.
    """
    known = grouped(before, _pair)
    found = [_change(stay, known.get(_pair(stay), ()), new, last) for stay in now]
    changed = [one for one in found if one is not None]
    changed.sort(key=lambda one: (one.stay.history[-1].at, one.evidence), reverse=True)
    changed.sort(key=_importance)
    return changed


def _pair(stay: Stay) -> tuple[str, str]:
    return stay.visitor.country, stay.host_country


def _importance(one: Changed) -> tuple[bool, int, bool]:
    called_off = one.stay.phase is Phase.CANCELLED
    return not called_off, _BY_RANK.index(one.stay.visitor.rank), "new" not in one.whats


def _change(stay: Stay, pair: Iterable[Stay], new: Collection[str], last: date) -> Changed | None:
    told = [item for item in stay.evidence if item in new]
    known = [one for one in pair if not set(one.evidence).isdisjoint(stay.evidence)]
    whats = tuple(_whats(stay, known)) if told else ()
    if not whats or (not known and _is_old(stay, last)):
        return None
    turns = [turn.item for turn in reversed(stay.history) if turn.item in new]
    return Changed(
        stay=stay,
        whats=whats,
        was=known[-1].phase if known else None,
        evidence=tuple(dict.fromkeys((*turns, *told))),
    )


def _whats(stay: Stay, known: Sequence[Stay]) -> Iterator[What]:
    if not known:
        yield "new"
        return
    if stay.phase not in {one.phase for one in known}:
        yield "phase"
    if stay.sites and not any(one.sites for one in known):
        yield "place"
    if stay.level.height > max(one.level.height for one in known):
        yield "level"
    if whole_day(stay.date) and not any(whole_day(one.date) for one in known):
        yield "day"


def _is_old(stay: Stay, last: date) -> bool:
    over = stay.until or stay.date
    return over is not None and over < (last - _PAST).isoformat()[: len(over)]


def changed_visits(
    changed: Sequence[Changed], actors: Mapping[str, Actor], words: Words
) -> tuple[Table, ...]:
    rows = [_changed_row(one, actors, words) for one in changed]
    return block_of(message("Visits that changed"), _CHANGED, rows, words)


def _changed_row(one: Changed, actors: Mapping[str, Actor], words: Words) -> tuple[Cell, ...]:
    stay = one.stay
    return (
        f"{SYMBOLS[stay.phase]} {_change_in_words(one, words)}",
        journey_of(stay, actors, words),
        words.days(stay.date, stay.until) if stay.date else "",
        words.say(LEVELS.get(stay.level, "")),
        ids_of(one.evidence),
    )


def _change_in_words(one: Changed, words: Words) -> str:
    phase = words.say(PHASES[one.stay.phase])
    said = {
        "new": words.say(message("new: {phase}", "visit"), phase=phase),
        "phase": f"{words.say(PHASES[one.was])} → {phase}" if one.was else phase,
    }
    return words.listed(said.get(what) or words.say(_CHANGES[what]) for what in one.whats)


def journey_of(stay: Stay, actors: Mapping[str, Actor], words: Words) -> str:
    """Lee Jae Myung (South Korea) → China: Beijing, Shanghai. A hall only if no town is known."""
    naming = Naming(words, actors)
    who = visitor_in_words(stay.visitor, naming, with_country=True)
    host = naming.by_id(stay.host_country)
    named = map(naming.place, towns_in(stay, actors)[:_TOWNS])
    places = words.named(place for place in named if place != host)
    return f"{who} → {host}: {places}" if places else f"{who} → {host}"


def news_of(one: Changed, actors: Mapping[str, Actor], words: Words) -> str:
    """Return a line for the subject of a mail without stories."""
    phase = one.stay.phase
    told = words.say(PHASES[phase]) if "new" in one.whats else _change_in_words(one, words)
    return f"{SYMBOLS[phase]} {told}: {journey_of(one.stay, actors, words)}"

"""Visits that changed since a moment: what is new, and what became of what was told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

from sigtrack.frozen import frozen
from sigtrack.model import Actor, Cell, Column, Phase, Rank, Stay, Table, whole_day
from sigtrack.speech import Naming, Words, message
from sigtrack.views.hits import block_of, ids_of
from sigtrack.views.visits import LEVELS, PHASES, SYMBOLS, towns_of, visitor_in_words

HISTORY = timedelta(days=90)  # before the last look; visits reported only earlier count as new
What = Literal["new", "phase", "place", "level", "day"]
_OLD = timedelta(days=30)  # a visit that ended longer ago and is first reported now is not news
_TOWNS = 2
_RANKS = list(Rank)
_COLUMNS = (
    Column(name=message("change", "column"), kind="key"),
    Column(name=message("visit", "column"), kind="main"),
    Column(name=message("when", "column")),
    Column(name=message("level", "column")),
    Column(name=message("evidence", "column")),
)
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
    known: dict[tuple[str, str], list[Stay]] = {}
    for stay in before:
        known.setdefault(_pair(stay), []).append(stay)
    found = [_change(stay, known.get(_pair(stay), ()), new, last) for stay in now]
    changed = [one for one in found if one is not None]
    changed.sort(key=lambda one: (one.stay.history[-1].at, one.evidence), reverse=True)
    changed.sort(key=_weight)
    return changed


def _pair(stay: Stay) -> tuple[str, str]:
    return stay.visitor.country, stay.host_country


def _weight(one: Changed) -> tuple[bool, int, bool]:
    called_off = one.stay.phase is Phase.CANCELLED
    return not called_off, _RANKS.index(one.stay.visitor.rank), "new" not in one.whats


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
    return over is not None and over < (last - _OLD).isoformat()[: len(over)]


def changed_visits(
    changed: Sequence[Changed], actors: Mapping[str, Actor], words: Words
) -> tuple[Table, ...]:
    rows = [_row(one, actors, words) for one in changed]
    return block_of(message("Visits that changed"), _COLUMNS, rows, words)


def _row(one: Changed, actors: Mapping[str, Actor], words: Words) -> tuple[Cell, ...]:
    stay = one.stay
    return (
        f"{SYMBOLS[stay.phase]} {_sentence_about(one, words)}",
        journey_of(stay, actors, words),
        words.days(stay.date, stay.until) if stay.date else "",
        words.say(LEVELS.get(stay.level, "")),
        ids_of(one.evidence),
    )


def _sentence_about(one: Changed, words: Words) -> str:
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
    known = towns_of(actors)
    towns = [site for site in stay.sites if site in known] or list(stay.sites[:1])
    named = map(naming.place, towns[:_TOWNS])
    places = words.named(place for place in named if place != host)
    return f"{who} → {host}: {places}" if places else f"{who} → {host}"


def news_of(one: Changed, actors: Mapping[str, Actor], words: Words) -> str:
    """Return a line for the subject of a mail without stories."""
    phase = one.stay.phase
    told = words.say(PHASES[phase]) if "new" in one.whats else _sentence_about(one, words)
    return f"{SYMBOLS[phase]} {told}: {journey_of(one.stay, actors, words)}"

"""How reports and letters write a stay: who, where, when, and the evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from sigtrack.analyze.visits.sequence import meaning_of
from sigtrack.app.hits import ID_SHOWN
from sigtrack.model import Actor, Level, Phase, Rank, Stay, Visitor
from sigtrack.speech import ENGLISH, Messages, message
from sigtrack.speech.naming import Naming

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
    """Return the key to the marks that these stays need."""
    shown = list(stays)
    key = f"{KEY}  {_LAPSED_KEY}" if any(stay.lapsed for stay in shown) else KEY
    return key if all(stay.is_sure for stay in shown) else f"{key}; {_UNSURE_KEY}"


def evidence_of(stay: Stay, shown: int = EVIDENCE) -> str:
    """Return the first ids, the number of other stories, and a mark if the stay is not sure."""
    ids = " ".join(id[:ID_SHOWN] for id in stay.evidence[:shown])
    left = stay.stories - min(len(stay.evidence), shown)
    told = f"{ids} +{left}" if left > 0 else ids
    return told if stay.is_sure else f"{told} {_UNSURE}"


def towns_of(actors: Mapping[str, Actor]) -> frozenset[str]:
    """Return capitals, and venues that are not halls, airports or palaces."""
    capitals = {a.capital for a in actors.values() if a.kind == "country" and a.metonyms}
    venues = {a.name for a in actors.values() if a.kind == "venue"}
    return frozenset(capitals | {v for v in venues if " " not in v})


def days_of(stay: Stay) -> str:
    """4-7 Jan 2026, 13 Jan 2026, Jan 2026, 2026, or a question mark."""
    if stay.date is None:
        return "?"
    if stay.until is None or stay.until == stay.date:
        return day_in_words(stay.date)
    first = date.fromisoformat(stay.date)
    last = date.fromisoformat(stay.until)
    if first.month == last.month:
        return f"{first.day}-{last.day} {last:%b %Y}"
    return f"{first.day} {first:%b} - {last.day} {last:%b %Y}"


def day_in_words(told: str) -> str:
    """13 Jan 2026, Jan 2026 or 2026, as far as the day is known."""
    if len(told) < len("2026-01-13"):
        return f"{date.fromisoformat(f'{told}-01'):%b %Y}" if "-" in told else told
    day = date.fromisoformat(told)
    return f"{day.day} {day:%b %Y}"


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

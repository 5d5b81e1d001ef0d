"""Who holds an office on a day: "the Chinese foreign minister" has a name.

A title tells its office by a few words (外相, foreign minister, 外长); "leader" and 首脳 mean who
governs, which is not the head of state everywhere. The name is given only if the gazetteer knows
exactly one holder that day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from sigtrack.analyze.visits import clues
from sigtrack.lexicon import shipped_lexicon
from sigtrack.model import Actor, Rank, Tenure

RANKS: Mapping[str, Rank] = {
    **dict.fromkeys(
        ("head-of-state", "head-of-government", "vice-president", "speaker", "party-leader"),
        Rank.LEADER,
    ),
    **dict.fromkeys(
        (
            *("vice-premier", "foreign-minister", "defence-minister", "trade-minister"),
            *("commerce-minister", "finance-minister", "economy-minister"),
            *("unification-minister", "minister", "vice-minister", "security-adviser"),
            *("negotiator", "chief-of-staff"),
        ),
        Rank.MINISTER,
    ),
    "envoy": Rank.ENVOY,
}

Holders = Mapping[tuple[str, str], tuple[tuple[Tenure, Actor], ...]]

# Where the head of state reigns, and somebody else governs and travels.
_PARLIAMENTARY = frozenset(
    (
        *("JP", "GB", "CA", "AU", "NZ", "IN", "DE", "IT", "ES", "IE", "MY", "TH", "KH", "SG"),
        *("PK", "BE", "NL", "DK", "SE", "NO", "HU", "IL", "GR", "FJ", "PG", "SB", "NP", "LU"),
    )
)


def _titles(words: Iterable[str]) -> str:
    """Short Latin words stand alone; others may have letters around them."""
    return "|".join(
        rf"\b{word}\b" if word.isascii() and len(word) <= 3 else re.escape(word) for word in words
    )


_LOWER = re.compile(
    f"{_titles(clues.words('lower', section='posts'))}|{clues.written('former-office', 'ko')}",
    re.IGNORECASE,
)
# In the order of the file: the first that a title has is its office.
_PATTERNS = tuple(
    (post, re.compile(_titles(clues.words(post, section="posts")), re.IGNORECASE))
    for post in shipped_lexicon().language("en").section("posts")
    if post != "lower"
)


def rank_of(actor: Actor, day: date | None) -> tuple[Rank | None, bool]:
    """The rank that a person has that day, and whether the office is over. Undated: ever had."""
    held = [tenure for tenure in actor.tenures if tenure.office in RANKS]
    current = [tenure for tenure in held if day is None or is_held(tenure, day)]
    if current:
        return min((RANKS[t.office] for t in current), key=list(Rank).index), False
    past = [t for t in held if t.until is not None and day is not None and t.until <= day]
    was_leader = any(RANKS[tenure.office] is Rank.LEADER for tenure in past)
    return (Rank.ENVOY if was_leader else None), True


def is_held(tenure: Tenure, day: date) -> bool:
    begun = tenure.since is None or tenure.since <= day
    return begun and (tenure.until is None or day < tenure.until)


def holders_of(actors: Mapping[str, Actor]) -> Holders:
    """Everybody in the gazetteer by country and office."""
    found: dict[tuple[str, str], list[tuple[Tenure, Actor]]] = {}
    for actor in actors.values():
        for tenure in actor.tenures if actor.kind == "person" and actor.country else ():
            found.setdefault((actor.country or "", tenure.office), []).append((tenure, actor))
    return {key: tuple(some) for key, some in found.items()}


def incumbent(title: str, country: str, day: date | None, holders: Holders) -> Actor | None:
    """The one who bears the title that day; None where that is not known for sure."""
    if day is None or _LOWER.search(title):
        return None
    office = next((office for office, words in _PATTERNS if words.search(title)), None)
    if office == "leader":
        office = "head-of-government" if country in _PARLIAMENTARY else "head-of-state"
    if office is None:
        return None
    serving = {
        actor.id: actor
        for tenure, actor in holders.get((country, office), ())
        if is_held(tenure, day)
    }
    return next(iter(serving.values())) if len(serving) == 1 else None

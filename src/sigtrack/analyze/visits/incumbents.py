"""Who holds an office on a day: "the Chinese foreign minister" has a name.

A title tells its office by a few words (外相, foreign minister, 外长); "leader" and 首脳 mean who
governs, which is not the head of state everywhere. The name is given only if the gazetteer knows
exactly one holder that day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

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
_LOWER = re.compile(
    r"presidium|vice|deputy|former|\bex\b|acting|speaker|envoy|adviser|prince"
    r"|차관|부장관|부총리|부통령|특사|전 |의장|次官|副|元|前|議長|殿下|皇太子|王|特使|议长|委员长"
    r"|儲|储",
    re.IGNORECASE,
)
_OFFICES = (
    (
        "foreign-minister",
        r"foreign minister|foreign secretary|top diplomat|\bfms?\b|minister of foreign"
        r"|secretary of state|외교장관|외교부 ?장관|외무장관|외무상|외교부장|외교수장|국무장관"
        r"|外相|外務大臣|外務相|外交部長|外长|外長|外交部长|国务卿|國務卿|国務長官|外务大臣",
    ),
    (
        "defence-minister",
        r"defen[cs]e (?:minister|secretary|chief)|국방장관|국방부 ?장관|방위상|防衛相|防衛大臣"
        r"|国防相|国防長官|国防部长|國防部長|防长|防長|防卫大臣",
    ),
    (
        "finance-minister",
        r"finance (?:minister|chief)|treasury secretary|재무장관|재무상|財務長官|財務相"
        r"|財務大臣|财长|財長|财政部长",
    ),
    (
        "commerce-minister",
        r"commerce (?:minister|secretary)|상무장관|상무부장|商務長官|商務相|商务部长|商務部長",
    ),
    (
        "trade-minister",
        r"trade minister|경산상|경제산업상|산업장관|経産相|経済産業相|経済産業大臣"
        r"|经产大臣|經產大臣",
    ),
    (
        "security-adviser",
        r"national security advis|안보실장|安保室長|安保室长|国家安全顾问|國安顧問",
    ),
    (
        "head-of-government",
        r"prime minister|premier|chancellor|\bpm\b|총리|首相|総理|总理|總理",
    ),
    (
        "head-of-state",
        r"president|대통령|국가주석|大統領|国家主席|國家主席|总统|總統|총통|総統",
    ),
    ("leader", r"leader|정상|首脳|领导人|領導人|元首|領袖|领袖|최고지도자|국무위원장"),
)
_PATTERNS = tuple((office, re.compile(words, re.IGNORECASE)) for office, words in _OFFICES)


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

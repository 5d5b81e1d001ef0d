"""What a sentence is about: its topic, the weight of its objects, and whom it names.

The topic comes from words and formulas, or else from who speaks. Which objects weigh most between
two governments, and which of them harden a statement, is in tables of topics.toml. A country counts
as named if it does not speak in the statement, a set phrase if naming it is news (an award, nuclear
capabilities).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from itertools import combinations

from sigtrack.analyze.compare.reading import GOAL, NO_SET, SentenceReading
from sigtrack.lexicon import Lexicon
from sigtrack.model import Formulary
from sigtrack.model.statements import ChangeKind

LEAD, MENTION, LEAVE = 3, 2, 1  # weights of a change: what a reader does with it
_NEAR = 20  # letters from the beginning of a sentence to its subject
LAST = 99
UNKNOWN = 0


class Objects:
    """Objects of statements in which `parties` speak; these countries are not objects."""

    def __init__(self, lexicon: Lexicon, parties: Set[str]) -> None:
        book = lexicon.topics
        self._levels = {  # an object that the user has raised has the highest weight
            name: level
            for level in (LEAVE, MENTION, LEAD)
            for name in book.words("weight", f"{level}")
        }
        self._alone = frozenset(book.words("weight", "alone"))
        self._levels |= dict.fromkeys(self._alone, LEAD)
        self._places = {name: place for place, name in enumerate(book.words("weight", "3"))}
        for pair, names in book.section("weight", "lead").items():
            if set(pair.split("-")) == parties:
                self._levels |= dict.fromkeys(names, LEAD)
        self._harder = frozenset(book.words("way", "harder"))
        self._softer = frozenset(book.words("way", "softer"))
        self._promised = [
            country
            for pair, countries in book.section("way", "promised").items()
            if set(pair.split("-")) == parties
            for country in countries
        ]
        self._parties = parties

    def of(self, one: SentenceReading) -> frozenset[str]:
        """Return named objects, countries that do not speak, and each pair of these ("KP-RU")."""
        others = sorted(one.countries - self._parties)
        pairs = ("-".join(pair) for pair in combinations(others, 2))
        named = one.objects | {name for name in (*others, *pairs) if name in self._levels}
        return named - self._alone or named

    def level(self, objects: Iterable[str]) -> int:
        """3 lead with it, 2 mention it, 1 leave it; 0 for no object."""
        return max((self._levels.get(name, UNKNOWN) for name in objects), default=UNKNOWN)

    def led(self, objects: Iterable[str]) -> int:
        """Return how many of them have the highest weight."""
        return sum(self._levels.get(name) == LEAD for name in objects)

    def place(self, objects: Set[str]) -> int:
        """Return the place of the first of them in the table, which is the order of reporting."""
        return min((self._places[name] for name in objects & self._places.keys()), default=LAST)

    def harden(self, objects: Set[str]) -> bool:
        return bool(objects & self._harder)

    def promise(self, one: SentenceReading) -> bool:
        """Whether the sentence begins with a party that was asked for promises."""
        named = one.clues.get("country", ())
        first = next(iter(named), None)
        return first is not None and first.owner.value in self._promised and first.start < _NEAR

    def soften(self, objects: Set[str]) -> bool:
        """Whether something is offered and nothing is demanded."""
        return bool(objects & self._softer)


_POSSESSIVE = re.compile("['’]s?\\Z")
Names = tuple[ChangeKind, tuple[str, ...]]  # the kind of the change, and the words of the text


def named(old: SentenceReading, new: SentenceReading, known: Set[str]) -> Names:
    """Return what only one version of a sentence names; nothing if the goal is another one.

    `known` are the countries that speak, and set phrases that both texts have.
    """
    if old.rungs.get(GOAL) != new.rungs.get(GOAL):
        return "reworded", ()
    before, after = _names(old, known), _names(new, known)
    gone, come = before.keys() - after.keys(), after.keys() - before.keys()
    if gone and not come:
        return "unnamed", tuple(word for name, word in before.items() if name in gone)
    if come and not gone:
        return "named", tuple(word for name, word in after.items() if name in come)
    return "reworded", ()


def named_nowhere(one: SentenceReading, other: Set[str], *, is_old: bool) -> Names:
    """Return set phrases that the other text has nowhere. `other` has all its set phrases."""
    found = {name: word for name, word in _names(one, ()).items() if name[0] == "set"}
    words = tuple(word for (_, name), word in found.items() if name not in other)
    return ("unnamed" if is_old else "named", words) if words else ("reworded", ())


def _names(one: SentenceReading, known: Collection[str]) -> dict[tuple[str, str], str]:
    """Return the first words for each name, in the order of the text."""
    found = [
        found
        for kind in ("country", "set")
        for found in one.clues.get(kind, ())
        if found.owner.value != NO_SET and found.owner.value not in known
    ]
    names: dict[tuple[str, str], str] = {}
    for each in sorted(found):
        names.setdefault(each.owner, _POSSESSIVE.sub("", one.text[each.start : each.end]))
    return names


AGENDA, COURTESY = "agenda", "courtesy"
LIGHT_TOPICS = (AGENDA, COURTESY)
_SAYS_LITTLE = frozenset(("naming", "form", "korea", "atmosphere", "protest"))
# Every text of its kind has these, so adding or dropping them is no news by itself.
_ROUTINE = frozenset(
    (
        *("multilateral-trading-system", "mutual-respect-winwin", "communication-channels"),
        *("agree-to-continue", "supply-chain-resilience", "asean-centrality", "trilateral-usjk"),
        *("trilateral-cjk", "economic-security", "emerging-tech", "future-oriented", "ironclad"),
        *("unsc-resolutions", "investment-pledge", "visit-level", "humanitarian-history"),
        *("shuttle-diplomacy", "new-phase", "golden-age-us-japan", "changes-unseen"),
    )
)
_FIRST_SENTENCES = 4  # these say who meets
_OF_PARTIES: Mapping[frozenset[str], str] = {
    frozenset(("JP", "KR")): "japan-korea",
    frozenset(("CN", "KR")): "china-korea",
    frozenset(("CN", "JP")): "china-japan",
    frozenset(("US", "JP")): "us-japan",
    frozenset(("US", "KR")): "alliance",
    frozenset(("US", "JP", "KR")): "trilateral",
    frozenset(("CN", "JP", "KR")): "trilateral",
    frozenset(("US", "JP", "PH")): "trilateral",
}
# If topics have equally many words in a sentence, the one that weighs more in the region wins.
_ORDER = (
    *("taiwan", "north-korea", "china", "history", "china-japan", "china-korea", "alliance"),
    *("trilateral", "order", "tech", "trade", "thaw", "us-japan", "japan-korea"),
)


def routine_of(formulary: Formulary) -> frozenset[str]:
    """Return the formulas whose adding and dropping is no news."""
    return _ROUTINE | {one.id for one in formulary.formulas if one.topic in _SAYS_LITTLE}


def parties_of(statements: Sequence[Sequence[SentenceReading]]) -> frozenset[str]:
    """Return the countries that speak: those of the first sentence of each text that names two.

    The place of the meeting is named in only one text, the speakers are named in both. One word
    for all who speak leaves out whom their first sentence is about.
    """
    named: list[frozenset[str]] = []
    for readings in statements:
        first = [found for one in readings[:_FIRST_SENTENCES] if (found := _speakers(one))]
        both = [countries for countries in first if len(countries) > 1]
        named += (both or first)[:1]
    common = frozenset.intersection(*named) if named else frozenset()
    return common if len(common) > 1 else frozenset().union(*named)


def _speakers(one: SentenceReading) -> frozenset[str]:
    groups = one.values("parties") - {NO_SET}
    return frozenset(*(codes.split("-") for codes in groups)) if len(groups) == 1 else one.countries


class SentenceTopics:
    def __init__(self, formulary: Formulary, parties: frozenset[str]) -> None:
        self._of_formula = {
            one.id: one.topic for one in formulary.formulas if one.topic not in _SAYS_LITTLE
        }
        self._routine = routine_of(formulary)
        self._usual = _OF_PARTIES.get(parties, "")

    def of(self, readings: Collection[SentenceReading]) -> str:
        """Return the topic of all sentences of one change together."""
        if not any(map(self._is_weighty, readings)):
            if all(one.has("courtesy") for one in readings):
                return COURTESY
            if all(one.has("agenda") or one.is_heading for one in readings):
                return AGENDA
        votes: Counter[str] = Counter()
        for one in readings:
            votes.update(found.owner.value for found in one.clues.get("topic", ()))
            votes.update(
                self._of_formula[name] for name in one.formulas if name in self._of_formula
            )
        return min(votes, key=lambda name: (-votes[name], _place(name)), default=self._usual)

    def _is_weighty(self, one: SentenceReading) -> bool:
        return (
            one.blames
            or one.has("dispute")
            or one.has("mood")
            or bool(one.formulas - self._routine)
        )


def _place(topic: str) -> int:
    return _ORDER.index(topic) if topic in _ORDER else len(_ORDER)

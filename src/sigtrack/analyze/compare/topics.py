"""The topic of a sentence: from its words and formulas, or else from who speaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from sigtrack.analyze.compare.reading import Reading
from sigtrack.model import Formulary

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


def parties_of(statements: Sequence[Sequence[Reading]]) -> frozenset[str]:
    """Return the countries that speak: those of the first sentence of each text that names two.

    The place of the meeting is named in only one text, the speakers are named in both.
    """
    named: list[frozenset[str]] = []
    for readings in statements:
        first = [one.countries for one in readings[:_FIRST_SENTENCES] if one.countries]
        both = [countries for countries in first if len(countries) > 1]
        named += (both or first)[:1]
    common = frozenset.intersection(*named) if named else frozenset()
    return common if len(common) > 1 else frozenset().union(*named)


class Topics:
    def __init__(self, formulary: Formulary, parties: frozenset[str]) -> None:
        self._of_formula = {
            one.id: one.topic for one in formulary.formulas if one.topic not in _SAYS_LITTLE
        }
        self._routine = routine_of(formulary)
        self._usual = _OF_PARTIES.get(parties, "")

    def of(self, readings: Collection[Reading]) -> str:
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

    def _is_weighty(self, one: Reading) -> bool:
        return (
            one.blames
            or one.has("dispute")
            or one.has("mood")
            or bool(one.formulas - self._routine)
        )


def _place(topic: str) -> int:
    return _ORDER.index(topic) if topic in _ORDER else len(_ORDER)

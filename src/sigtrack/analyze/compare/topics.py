"""What a sentence is about: by its words and formulas, else by who speaks in the statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from sigtrack.analyze.compare.reading import Reading
from sigtrack.model import Formula

AGENDA, COURTESY = "agenda", "courtesy"
LIGHT_TOPICS = (AGENDA, COURTESY)
SAYS_LITTLE = frozenset(("naming", "form", "korea", "atmosphere", "protest"))
_CONCERN = 3  # on the scale of criticism
_FIRST_SENTENCES = 4  # they say who meets
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
# Of topics with as many words in a sentence the first is named: what weighs more in the region.
_ORDER = (
    *("taiwan", "north-korea", "china", "history", "china-japan", "china-korea", "alliance"),
    *("trilateral", "order", "tech", "trade", "thaw", "us-japan", "japan-korea"),
)


class Topics:
    def __init__(
        self, formulas: Iterable[Formula], statements: Sequence[Sequence[Reading]]
    ) -> None:
        self._of_formula = {one.id: one.topic for one in formulas if one.topic not in SAYS_LITTLE}
        self._usual = _of_parties(statements)

    def of(self, readings: Collection[Reading]) -> str:
        """Of the sentences of one change, taken together."""
        if all(map(_is_courtesy, readings)):
            return COURTESY
        if all(map(_is_agenda, readings)):
            return AGENDA
        votes: Counter[str] = Counter()
        for one in readings:
            votes.update(one.values_counted("topic"))
            votes.update(
                self._of_formula[name] for name in one.formulas if name in self._of_formula
            )
        return min(votes, key=lambda name: (-votes[name], _place(name)), default=self._usual)


def _is_courtesy(one: Reading) -> bool:
    return one.has("courtesy") and not _is_weighty(one)


def _is_agenda(one: Reading) -> bool:
    return (one.has("agenda") or one.is_heading) and not _is_weighty(one)


def _is_weighty(one: Reading) -> bool:
    return (
        one.strongest("criticism") >= _CONCERN
        or one.has("dispute")
        or one.has("mood")
        or "denuclearization" in one.rungs
    )


def _of_parties(statements: Sequence[Sequence[Reading]]) -> str:
    named = {
        country
        for readings in statements
        for one in readings[:_FIRST_SENTENCES]
        if _is_agenda(one)
        for country in one.countries
    }
    return _OF_PARTIES.get(frozenset(named), "")


def _place(topic: str) -> int:
    return _ORDER.index(topic) if topic in _ORDER else len(_ORDER)

"""Two statements side by side, like a red-lined draft that says what matters.

Each text is cut into sentences and each sentence read (`reading`): its object, and what is said of
it with which force. Sentences are paired one to one by their objects (`likeness`, `pairing`), also
when they moved; what has no partner came or went. Then each change gets a topic, a direction
and a weight from general rules of the language (`verdicts`): ladders of the catalogue, verbs of
demand and promise, words of force, countries that are blamed, courtesies. Words are in the
lexicon (`clues`). Pure: two texts and the catalogue in, a comparison out.
"""

from __future__ import annotations

from collections.abc import Iterator

from sigtrack.analyze.compare.formulas import formula_changes
from sigtrack.analyze.compare.likeness import Likeness
from sigtrack.analyze.compare.marks import marks
from sigtrack.analyze.compare.pairing import best_pairs, in_place, same_words
from sigtrack.analyze.compare.passages import passages_of
from sigtrack.analyze.compare.reading import Reader, Reading, language_of
from sigtrack.analyze.compare.signs import LEAVE, MENTION, steps
from sigtrack.analyze.compare.topics import LIGHT_TOPICS, Topics, parties_of
from sigtrack.analyze.compare.verdicts import Holdings, Judge, turned
from sigtrack.lexicon import Lexicon, shipped_lexicon
from sigtrack.model import Comparison, Formulary, StatementChange

__all__ = ["compare"]

_NEVER_THE_SAME = 0.99  # 1.0 is for the same words
# A paragraph on these says something by the place it is given.
_PLACED = frozenset(
    (
        "north-korea",
        "taiwan",
        "order",
        "alliance",
        "trade",
        "tech",
        "china",
        "china-japan",
        "history",
    )
)


def compare(old: str, new: str, formulary: Formulary, lexicon: Lexicon | None = None) -> Comparison:
    """What became of every sentence of the old text, and where every one of the new comes from.

    Both texts in one language (English, Korean, Japanese or Chinese; told by its script). Without a
    lexicon with words of the user's own the shipped one is asked.
    """
    return _Comparing(old, new, formulary, lexicon or shipped_lexicon()).result()


class _Comparing:
    def __init__(self, old: str, new: str, formulary: Formulary, lexicon: Lexicon) -> None:
        self._formulary = formulary
        self._language = language_of(new)
        self._old = Reader(formulary, language_of(old), lexicon).read_all(passages_of(old))
        self._new = Reader(formulary, self._language, lexicon).read_all(passages_of(new))
        parties = parties_of((self._old, self._new))
        self._likeness = Likeness(self._old, self._new, parties)
        self._topics = Topics(formulary, parties)
        self._judge = Judge(formulary, parties, Holdings.of(self._old), Holdings.of(self._new))
        self._ranks: dict[tuple[int | None, int | None], int] = {}

    def result(self) -> Comparison:
        return Comparison(
            changes=tuple(sorted(self._changes(), key=self._lead)),
            formulas=formula_changes(self._formulary, self._old, self._new, self._language),
            old=tuple(one.passage for one in self._old),
            new=tuple(one.passage for one in self._new),
        )

    def _changes(self) -> Iterator[StatementChange]:
        words = [one.words for one in self._old], [one.words for one in self._new]
        same = same_words(*words)
        likeness = self._likeness.likely(same)
        alike = best_pairs(likeness)
        staying = in_place([*same.items(), *alike.items()], *words)
        between = self._likeness.between({**same, **alike}, staying)
        likeness |= between
        alike |= dict(between.keys())
        for pair in same.items():
            yield self._same(*pair, is_moved=pair not in staying)
        for pair in alike.items():
            yield self._reworded(*pair, min(likeness[pair], _NEVER_THE_SAME))
        for i in {*range(len(self._old))} - {*same, *alike}:
            yield self._alone(self._old[i], i, None)
        for j in {*range(len(self._new))} - {*same.values(), *alike.values()}:
            yield self._alone(self._new[j], None, j)

    def _same(self, i: int, j: int, *, is_moved: bool) -> StatementChange:
        old, new = self._old[i], self._new[j]
        topic = self._topics.of((old, new))
        return StatementChange(
            kind="moved" if is_moved else "kept",
            before=old.passage.text,
            after=new.passage.text,
            at_before=i,
            at_after=j,
            similarity=1.0,
            topic=topic,
            direction=None,
            weight=MENTION if is_moved and topic in _PLACED else LEAVE,
        )

    def _reworded(self, i: int, j: int, similarity: float) -> StatementChange:
        old, new = self._old[i], self._new[j]
        topic = self._topics.of((old, new))
        verdict = self._judge.reworded(old, new, topic, similarity)
        self._ranks[i, j] = verdict.rank
        marked = marks(old.passage.text, new.passage.text)
        return StatementChange(
            kind="reworded",
            before=old.passage.text,
            after=new.passage.text,
            at_before=i,
            at_after=j,
            similarity=round(similarity, 3),
            topic=topic,
            direction=verdict.direction,
            weight=verdict.weight,
            marks_before=marked[0],
            marks_after=marked[1],
            steps=steps(old, new),
            gone=tuple(sorted(old.formulas - new.formulas)),
            come=tuple(sorted(new.formulas - old.formulas)),
        )

    def _alone(self, one: Reading, i: int | None, j: int | None) -> StatementChange:
        """A sentence without a counterpart: dropped from place `i`, or added at place `j`."""
        is_dropped = j is None
        topic = self._topics.of((one,))
        verdict = self._judge.alone(one, topic)
        self._ranks[i, j] = verdict.rank
        if is_dropped:
            verdict = turned(verdict)
        formulas = tuple(sorted(one.formulas))
        return StatementChange(
            kind="dropped" if is_dropped else "added",
            before=one.passage.text if is_dropped else None,
            after=None if is_dropped else one.passage.text,
            at_before=i,
            at_after=j,
            similarity=0.0,
            topic=topic,
            direction=verdict.direction,
            weight=verdict.weight,
            steps=steps(one, None) if is_dropped else steps(None, one),
            gone=formulas if is_dropped else (),
            come=() if is_dropped else formulas,
        )

    def _lead(self, change: StatementChange) -> tuple[bool, int, bool, bool, int, int]:
        """Heaviest first; then what binds before what is polite, a turn before neutral words."""
        place = change.at_after if change.at_after is not None else change.at_before
        return (
            change.kind == "kept",
            -change.weight,
            change.topic in LIGHT_TOPICS,
            change.direction not in ("hardened", "softened"),
            -self._ranks.get((change.at_before, change.at_after), 0),
            place or 0,
        )

"""Compares two statements, like a red-lined draft that says what matters.

Each text is cut into sentences, and each sentence is read (`reading`): its objects, and what is
said about them with which force. Sentences are paired by their objects over the whole text, one
with several if a paragraph was split (`likeness`, `pairing`); a sentence without a partner was
added or dropped. Then each change gets a topic. It gets its weight from what is watched between
these governments (`objects`), and its direction from general rules of the language (`verdicts`):
ladders of the catalogue, verbs of demand and promise, words of force, countries that are blamed.
The words are in the lexicon (`clues`). Pure: takes two texts and the catalogue, returns a
comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sigtrack.analyze.compare.formulas import formula_changes
from sigtrack.analyze.compare.likeness import Likeness
from sigtrack.analyze.compare.marks import marks
from sigtrack.analyze.compare.names import Names, named, named_nowhere
from sigtrack.analyze.compare.objects import Objects
from sigtrack.analyze.compare.pairing import Kin, pair_up
from sigtrack.analyze.compare.passages import passages_of
from sigtrack.analyze.compare.reading import Reader, Reading, language_of
from sigtrack.analyze.compare.signs import LEAVE, MENTION, steps
from sigtrack.analyze.compare.topics import LIGHT_TOPICS, Topics, parties_of
from sigtrack.analyze.compare.verdicts import Holdings, Judge, Verdict, turned
from sigtrack.errors import InputUnreadable
from sigtrack.lexicon import Lexicon, shipped_lexicon
from sigtrack.model import Comparison, Formulary, Passage, StatementChange

__all__ = ["compare"]

MOST_SENTENCES = 5000  # of a text; statements have up to 500
_NEVER_THE_SAME = 0.99  # 1.0 is for the same words
_NO_VERDICT = Verdict(None, LEAVE)
# A paragraph on one of these topics says something by its place.
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


def compare(
    old: str,
    new: str,
    formulary: Formulary,
    lexicon: Lexicon | None = None,
    *,
    pulse: Callable[[], None] = lambda: None,
) -> Comparison:
    """Return what happened to every old sentence, and where every new sentence comes from.

    Both texts must be in the same language (English, Korean, Japanese or Chinese; recognised by the
    script). The default lexicon is the shipped one. `pulse` is called often and may end the work by
    raising an error of its own. Raises InputUnreadable for a text with more than `MOST_SENTENCES`
    sentences.
    """
    return _Comparing(old, new, formulary, lexicon or shipped_lexicon(), pulse).result()


def _sentences_of(text: str, name: str) -> tuple[Passage, ...]:
    found = passages_of(text)
    if len(found) > MOST_SENTENCES:
        raise InputUnreadable(
            f"the {name} text has {len(found):,} sentences, and may have {MOST_SENTENCES:,}",
            hint="save a part of it to a file, and compare that",
        )
    return found


class _Comparing:
    def __init__(
        self,
        old: str,
        new: str,
        formulary: Formulary,
        lexicon: Lexicon,
        pulse: Callable[[], None],
    ) -> None:
        self._formulary, self._pulse = formulary, pulse
        self._language = language_of(new)
        self._old, self._new = (
            Reader(formulary, language_of(text), lexicon, pulse).read_all(_sentences_of(text, name))
            for text, name in ((old, "old"), (new, "new"))
        )
        parties = self._parties = parties_of((self._old, self._new))
        objects = Objects(lexicon, parties)
        self._likeness = Likeness(self._old, self._new, parties, objects, pulse)
        self._topics = Topics(formulary, parties)
        self._holdings = Holdings.of(self._old), Holdings.of(self._new)
        self._judge = Judge(formulary, parties, objects, *self._holdings)
        self._verdicts: dict[tuple[int | None, int | None], Verdict] = {}

    def result(self) -> Comparison:
        return Comparison(
            changes=tuple(sorted(self._changes(), key=self._lead)),
            formulas=formula_changes(self._formulary, self._old, self._new, self._language),
            old=tuple(one.passage for one in self._old),
            new=tuple(one.passage for one in self._new),
        )

    def _changes(self) -> Iterator[StatementChange]:
        words = [one.words for one in self._old], [one.words for one in self._new]
        pairs = pair_up(self._likeness, *words)
        for pair in pairs.same.items():
            yield self._same(*pair, is_moved=pair not in pairs.staying)
        for pair, (similarity, kin) in pairs.reworded.items():
            yield self._reworded(*pair, min(similarity, _NEVER_THE_SAME), kin)
        for i in pairs.dropped:
            yield self._alone(self._old[i], i, None)
        for j in pairs.added:
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

    def _reworded(self, i: int, j: int, similarity: float, kin: Kin) -> StatementChange:
        old, new = self._old[i], self._new[j]
        topic = self._topics.of((old, new))
        verdict = self._judge.reworded(old, new, topic, similarity, kin)
        self._verdicts[i, j] = verdict
        self._pulse()
        marked = marks(old.passage.text, new.passage.text)
        is_light = topic in LIGHT_TOPICS
        kind, names = ("reworded", ()) if is_light else self._named(old, new, kin)
        return StatementChange(
            kind=kind,
            names=names,
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
            steps=steps(old, new, are_near=kin == "near"),
            gone=tuple(sorted(old.formulas - new.formulas)),
            come=tuple(sorted(new.formulas - old.formulas)),
        )

    def _named(self, old: Reading, new: Reading, kin: Kin) -> Names:
        match kin:
            case "near":
                return named(old, new, self._parties)
            case "gone":
                return named_nowhere(old, self._holdings[1].sets, is_old=True)
            case "come":
                return named_nowhere(new, self._holdings[0].sets, is_old=False)
        return "reworded", ()

    def _alone(self, one: Reading, i: int | None, j: int | None) -> StatementChange:
        """Return the change of a sentence without a partner: dropped at `i`, or added at `j`."""
        is_dropped = j is None
        topic = self._topics.of((one,))
        verdict = self._judge.alone(one, topic)
        self._verdicts[i, j] = verdict
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

    def _lead(self, change: StatementChange) -> tuple[bool | int, ...]:
        """Sort the heaviest first; then by weight of objects, and by changed force."""
        place = change.at_after if change.at_after is not None else change.at_before
        verdict = self._verdicts.get((change.at_before, change.at_after), _NO_VERDICT)
        return (
            change.kind == "kept",
            -change.weight,
            change.topic in LIGHT_TOPICS,
            -verdict.level,
            change.direction not in ("hardened", "softened"),
            verdict.place,
            -verdict.rank,
            place or 0,
        )

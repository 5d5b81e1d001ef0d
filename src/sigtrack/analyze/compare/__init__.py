"""Compares two statements, like a red-lined draft that says what matters.

Each text is cut into sentences, and each sentence is read (`reading`): its objects, and what is
said about them with which force. Sentences are paired by their objects over the whole text, one
with several if a paragraph was split (`pairing`); a sentence without a partner was added or
dropped. Then each change gets a topic, and its weight from what is watched between these
governments (`topics`). Its direction comes from general rules of the language (`verdicts`): ladders
of the catalogue, verbs of demand and promise, words of force, countries that are blamed. The words
are in the lexicon. Pure: takes two texts and the catalogue, returns a comparison.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from sigtrack.analyze.compare.pairing import Kin, Likeness, pair_up
from sigtrack.analyze.compare.reading import (
    SentenceReader,
    SentenceReading,
    language_of,
    passages_of,
    without_marker,
)
from sigtrack.analyze.compare.topics import (
    LEAVE,
    LIGHT_TOPICS,
    MENTION,
    Names,
    Objects,
    SentenceTopics,
    named,
    named_nowhere,
    parties_of,
)
from sigtrack.analyze.compare.verdicts import (
    ChangeJudge,
    ChangeVerdict,
    Holdings,
    steps,
    turned,
)
from sigtrack.errors import InputUnreadable
from sigtrack.lexicon import Lexicon, shipped_lexicon
from sigtrack.model import (
    Comparison,
    Formula,
    FormulaChange,
    Formulary,
    Ladder,
    Passage,
    StatementChange,
)
from sigtrack.model.statements import FormulaChangeKind, Mark
from sigtrack.text.fold import fold_text
from sigtrack.text.scripts import HAN, KANA, KATAKANA

__all__ = ["compare"]

MOST_SENTENCES = 5000  # of a text; statements have up to 500
_NEVER_THE_SAME = 0.99  # 1.0 is for the same words
_NO_VERDICT = ChangeVerdict(None, LEAVE)
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
            SentenceReader(formulary, language_of(text), lexicon, pulse).read_all(
                _sentences_of(text, name)
            )
            for text, name in ((old, "old"), (new, "new"))
        )
        parties = self._parties = parties_of((self._old, self._new))
        objects = Objects(lexicon, parties)
        self._likeness = Likeness(self._old, self._new, parties, objects, pulse)
        self._topics = SentenceTopics(formulary, parties)
        self._holdings = Holdings.of(self._old), Holdings.of(self._new)
        self._judge = ChangeJudge(formulary, parties, objects, *self._holdings)
        self._verdicts: dict[tuple[int | None, int | None], ChangeVerdict] = {}

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

    def _named(self, old: SentenceReading, new: SentenceReading, kin: Kin) -> Names:
        match kin:
            case "near":
                return named(old, new, self._parties)
            case "gone":
                return named_nowhere(old, self._holdings[1].sets, is_old=True)
            case "come":
                return named_nowhere(new, self._holdings[0].sets, is_old=False)
        return "reworded", ()

    def _alone(self, one: SentenceReading, i: int | None, j: int | None) -> StatementChange:
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


_ORDER: Sequence[FormulaChangeKind] = ("dropped", "added", "softened", "hardened", "kept")


def formula_changes(
    formulary: Formulary,
    old: Sequence[SentenceReading],
    new: Sequence[SentenceReading],
    language: str,
) -> tuple[FormulaChange, ...]:
    """Return formulas and ladders in this order: dropped, added, on another rung, kept."""
    counts = [Counter(name for one in side for name in one.formulas) for side in (old, new)]
    rows = [
        _of_formula(one, counts[0][one.id], counts[1][one.id], language)
        for one in formulary.formulas
        if counts[0][one.id] or counts[1][one.id]
    ]
    rows += filter(None, (_of_ladder(one, old, new, language) for one in formulary.ladders))
    return tuple(sorted(rows, key=lambda row: (_ORDER.index(row.change), row.is_ladder)))


def _of_formula(formula: Formula, before: int, after: int, language: str) -> FormulaChange:
    return FormulaChange(
        id=formula.id,
        topic=formula.topic,
        words=_first(formula.wordings, language),
        before=before,
        after=after,
        change="kept" if before and after else "added" if after else "dropped",
        rung_before=formula.rung if before else None,
        rung_after=formula.rung if after else None,
    )


def _of_ladder(
    ladder: Ladder, old: Sequence[SentenceReading], new: Sequence[SentenceReading], language: str
) -> FormulaChange | None:
    before, after = (
        [one.rungs[ladder.id] for one in side if ladder.id in one.rungs] for side in (old, new)
    )
    if not before and not after:
        return None
    top = max(after or before)
    rung = ladder.rungs.get(language, ladder.rungs["en"])[top - 1]
    return FormulaChange(
        id=ladder.id,
        topic="",
        words=rung[0] if rung else "",
        before=len(before),
        after=len(after),
        change=_change(max(before, default=0), max(after, default=0)),
        rung_before=max(before, default=None),
        rung_after=max(after, default=None),
        is_ladder=True,
    )


def _change(before: int, after: int) -> FormulaChangeKind:
    if not before or not after:
        return "dropped" if before else "added"
    return "kept" if before == after else "hardened" if after > before else "softened"


def _first(wordings: Mapping[str, Iterable[str]], language: str) -> str:
    return next(iter(wordings.get(language) or wordings["en"]))


_LETTER = rf"[^\W_{HAN}{KANA}]"
_WORD = re.compile(rf"[{KATAKANA}]+|[{HAN}{KANA}]|{_LETTER}+(?:['’.,]{_LETTER}+)*")
# Pairs of equal words that `difflib` may compare: it takes 25 s for 1,500 words that repeat three.
# A sentence of 100 words has about 300. Above the limit, only equal words at both ends are
# unmarked.
_MOST_LIKE = 20_000
_NEAR = 1  # letters between two ranges of Han or Kana that are joined


def marks(before: str, after: str) -> tuple[tuple[Mark, ...], tuple[Mark, ...]]:
    """Return half-open ranges in `before` and in `after`, in order."""
    old, new = _words(before), _words(after)
    blocks = list(_different([key for key, _ in old], [key for key, _ in new]))
    return (
        _joined(before, (_range(old, a, b) for a, b, _, _ in blocks if a < b)),
        _joined(after, (_range(new, a, b) for _, _, a, b in blocks if a < b)),
    )


def _different(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield ranges of words that differ: from and to in `old`, then in `new`."""
    counts = Counter(old), Counter(new)
    if sum(count * counts[1][word] for word, count in counts[0].items()) > _MOST_LIKE:
        start = _same_at_the_start(old, new)
        end = _same_at_the_start(old[start:][::-1], new[start:][::-1])
        yield start, len(old) - end, start, len(new) - end
        return
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield a, b, c, d


def _same_at_the_start(old: Sequence[str], new: Sequence[str]) -> int:
    pairs = enumerate(zip(old, new, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(old), len(new)))


def _words(text: str) -> list[tuple[str, Mark]]:
    skipped = len(text) - len(without_marker(text))
    return [(fold_text(found[0]).lower(), found.span()) for found in _WORD.finditer(text, skipped)]


def _range(words: Sequence[tuple[str, Mark]], first: int, behind: int) -> Mark:
    return words[first][1][0], words[behind - 1][1][1]


def _joined(text: str, ranges: Iterable[Mark]) -> tuple[Mark, ...]:
    found: list[Mark] = []
    for start, end in ranges:
        between = text[found[-1][1] : start] if found else ""
        if found and len(between.strip()) <= _NEAR:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)

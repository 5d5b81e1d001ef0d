"""Statements: those in the archive, and the result of comparing two of them.

The archive holds texts to compare with the next statement of the same series. A series says who
speaks and on what level, as a slug: `us-japan-rok-ministers`. The user chooses the texts of the
archive, so it is kept apart from the items of feeds and outlives them.

In a comparison, sentences are counted from 0 in each text. A change holds its sentences in the
publisher's letters (lines that were broken at a fixed width are joined by a space), and its marks
are half-open ranges of code points in those strings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

ChangeKind = Literal["kept", "added", "dropped", "reworded", "named", "unnamed", "moved"]
Direction = Literal["hardened", "softened", "neutral"]
FormulaChangeKind = Literal["kept", "added", "dropped", "hardened", "softened"]
Mark = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A sentence, a heading or a list item of one text.

    `start` and `end` are half-open, in the whole text as it was given. `paragraph` counts from 0;
    passages with the same number were one line (or one broken line) of the text.
    """

    text: str
    start: int
    end: int
    paragraph: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderStep:
    """What a change does on one ladder.

    Rungs count from 1; if a sentence has several, the strongest counts. None means that the
    sentence does not stand on the ladder, or that there is no sentence.
    """

    ladder: str
    rung_before: int | None
    rung_after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementChange:
    """What happened to one sentence.

    Every sentence of both texts is in a change; in several changes if a paragraph was split or two
    were joined.

    `kind`: kept = same words, same place in the order; moved = same words elsewhere; reworded =
    other words, wherever they stand; named and unnamed = reworded, and `names` (a country, an
    award) stand only in the new or only in the old sentence. `before` and `at_before` are None for
    added sentences, `after` and `at_after` for dropped ones. `at_before` and `at_after` are the
    numbers of the sentence in the old and in the new text. `similarity`: 1.0 = same words, 0.0 =
    one side is missing. `topic`: a topic of the catalogue (north-korea, taiwan, trade ...), or
    `agenda` (who met when and where, papers signed), or `courtesy`; "" if unknown. `direction` is
    that of the language, from old to new; None for kept, for moved, and for a courtesy that was
    added or dropped. `weight`: 3 lead with it, 2 mention it, 1 leave it; 1 for kept.
    `marks_before`, `marks_after`: the words that differ in a reworded sentence; otherwise empty.
    `steps`: ladders on which the sentence rose or fell. `gone`, `come`: ids of the formulas that
    only the old or only the new sentence has.
    """

    kind: ChangeKind
    before: str | None
    after: str | None
    at_before: int | None
    at_after: int | None
    similarity: float
    topic: str
    direction: Direction | None
    weight: int
    marks_before: tuple[Mark, ...] = ()
    marks_after: tuple[Mark, ...] = ()
    steps: tuple[LadderStep, ...] = ()
    gone: tuple[str, ...] = ()
    come: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaChange:
    """A formula or ladder of the catalogue that at least one of the two texts uses.

    `id` is the id of the formula, or of the ladder if `is_ladder`. `words` is how the new text (or
    else the old one) says it. `before` and `after` count the sentences that have it. `rung_before`
    and `rung_after`: for a ladder, the strongest rung in each text; for a formula, its own rung on
    the side where it stands; None = none. `change`: kept, added or dropped by the counts; hardened
    or softened if a ladder's strongest rung differs.
    """

    id: str
    topic: str
    words: str
    before: int
    after: int
    change: FormulaChangeKind
    rung_before: int | None = None
    rung_after: int | None = None
    is_ladder: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The result of a comparison.

    `changes` are in the order in which an analyst would report them: heaviest first; agenda,
    courtesies and kept sentences last. `formulas`: added, dropped and changed ones first. `old` and
    `new`: all sentences.
    """

    changes: tuple[StatementChange, ...]
    formulas: tuple[FormulaChange, ...]
    old: tuple[Passage, ...]
    new: tuple[Passage, ...]

    def in_text_order(self) -> Iterator[StatementChange]:
        """Yield the changes like a red-lined draft: in the order of the new text, with each dropped
        sentence after the sentence that preceded it."""
        by_new: dict[int | None, list[StatementChange]] = {}
        for one in self.changes:
            by_new.setdefault(one.at_after, []).append(one)
        dropped = {one.at_before: one for one in self.changes if one.at_after is None}
        behind = 0
        while behind in dropped:
            yield dropped.pop(behind)
            behind += 1
        for number in range(len(self.new)):
            yield from sorted(by_new[number], key=lambda one: -one.similarity)
            for change in by_new[number]:
                if change.at_before is not None:
                    behind = change.at_before + 1
                    while behind in dropped:
                        yield dropped.pop(behind)
                        behind += 1


LEVELS = ("leaders", "ministers", "vice-ministers", "advisors", "officials")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedStatement:
    """A statement in the archive. `date` is the day on which it was issued.

    `text` is cleaned, with an empty line between paragraphs. `level` is one of `LEVELS` or "",
    `language` a tag or None. `fingerprint` covers the words only, so a text read from a file and
    the same text read from an address are one statement.
    """

    id: str
    series: str
    level: str
    date: date
    title: str
    url: str
    language: str | None
    text: str
    fingerprint: str
    added_at: datetime


def statement_id(series: str, fingerprint: str) -> str:
    """Return 12 hex digits, as for items. The same words in the same series have the same id."""
    return hashlib.sha256(f"{series}\0{fingerprint}".encode()).hexdigest()[:12]

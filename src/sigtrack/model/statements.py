"""Two statements side by side: what became of every sentence, and of every fixed phrase.

Sentences are counted from 0 in each text. A change carries its sentences in the publisher's letters
(lines that were broken at a fixed width joined by a space), and the marks in them are half-open
ranges of code points in those strings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

ChangeKind = Literal["kept", "added", "dropped", "reworded", "named", "unnamed", "moved"]
Direction = Literal["hardened", "softened", "neutral"]
FormulaChangeKind = Literal["kept", "added", "dropped", "hardened", "softened"]
Mark = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A sentence, a heading or a list item of one text.

    `start` and `end`: half-open, in the whole text as it was given. `paragraph`: from 0; passages
    with one number were one line (or one broken line) of the text.
    """

    text: str
    start: int
    end: int
    paragraph: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderStep:
    """What a change does on one ladder. Rungs count from 1, the strongest in the sentence; None =
    the sentence does not stand on the ladder (or there is no sentence)."""

    ladder: str
    rung_before: int | None
    rung_after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementChange:
    """What became of one sentence. Every sentence of either text is in a change; in several where
    a paragraph was split or two were joined.

    `kind`: kept = same words, same place in the order; moved = same words elsewhere; reworded =
    other words, wherever they stand; named, unnamed = reworded, and `names` (a country, an award)
    stand in the new, in the old sentence only. `before` is None for added, `after` for dropped; so
    are `at_before` and `at_after`, the numbers of the sentence in the old and in the new text.
    `similarity`: 1.0 same words, 0.0 where one side is missing.
    `topic`: one of the catalogue (north-korea, taiwan, trade ...), or `agenda` (who met when and
    where, papers signed), or `courtesy`; "" where nothing tells. `direction` is of the language,
    from old to new; None for kept, for moved, and for a courtesy that came or went.
    `weight`: 3 lead with it, 2 mention it, 1 leave it; 1 for kept.
    `marks_before`, `marks_after`: the words that differ, of the reworded; else empty.
    `steps`: ladders on which the sentence rose or fell. `gone`, `come`: ids of the formulas that
    only the old, only the new sentence has.
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
    """A formula or a ladder of the catalogue in both texts; only what stands in one at least.

    `id` is that of the formula, or of the ladder where `is_ladder`. `words` is how the new text (or
    else the old one) says it. `before` and `after` count the sentences that have it. `rung_before`
    and `rung_after`: of a ladder the strongest rung in each text, of a formula its own rung on the
    side where it stands; None = none. `change`: kept, added, dropped by the counts; hardened or
    softened where a ladder's strongest rung differs.
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
    """`changes` as an analyst would lead: heaviest first, agenda and courtesies and what was kept
    last. `formulas`: those that came, went or changed first. `old` and `new`: all sentences."""

    changes: tuple[StatementChange, ...]
    formulas: tuple[FormulaChange, ...]
    old: tuple[Passage, ...]
    new: tuple[Passage, ...]

    def in_text_order(self) -> Iterator[StatementChange]:
        """As a red-lined draft: along the new text, what was dropped behind what preceded it."""
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

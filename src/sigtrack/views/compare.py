"""A comparison as people and programs read it: the heaviest changes first, then formulas."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any

from sigtrack.analyze.fixed_phrases import FormulaPlace, Omission
from sigtrack.frozen import frozen
from sigtrack.model import (
    Block,
    Cell,
    Comparison,
    Diff,
    DiffRow,
    Formula,
    FormulaChange,
    Formulary,
    Marked,
    Note,
    Report,
    StatementChange,
    Table,
    columns_of,
)
from sigtrack.model.stories import ChangeKind
from sigtrack.text import primary_language
from sigtrack.text.scripts import guess_language
from sigtrack.views.hits import count, shortened


@frozen
class Source:
    """A text and what is known of it. `name` is what the user typed. `id` is that of a statement of
    the archive or of an item (with its revision), "" for files and addresses."""

    name: str
    text: str
    title: str = ""
    date: date | None = None
    url: str = ""
    language: str | None = None
    id: str = ""
    note: str = ""

    @property
    def label(self) -> str:
        """Title and day; the base name instead of a missing title."""
        day = f"{self.date}" if self.date else ""
        return " · ".join(filter(None, (self.title or self.base, day)))

    @property
    def base(self) -> str:
        """The last part of a path or address; otherwise the whole name."""
        return self.name.rstrip("/").rpartition("/")[2]

    @property
    def tongue(self) -> str:
        """The language as declared, or guessed from the script, or else English."""
        return self.language or guess_language(self.text) or "en"


@frozen
class Compared:
    """Two texts and their comparison.

    `missing` is None unless --expected was given; `earlier` is the number of earlier texts of the
    series. `is_edit`: the texts are the last two revisions of one item.
    """

    old: Source
    new: Source
    comparison: Comparison
    missing: tuple[Omission, ...] | None = None
    earlier: int = 0
    is_edit: bool = False


LEADING = 10  # changes that an analyst reads before the texts
_PARTS = {3: "Lead with", 2: "Mention", 1: "Names, venues, courtesies and the like"}
_LEAST_SHOWN = 2
_CALLED: Mapping[ChangeKind, str] = {
    "named": "newly named",
    "unnamed": "no longer named",
    "added-beside": "added beside",
    "dropped-beside": "dropped beside",
}
# Of what the summary counts them.
_COUNTED: Mapping[ChangeKind, ChangeKind] = {
    **dict.fromkeys(("named", "unnamed", "replaced"), "reworded"),
    "added-beside": "added",
    "dropped-beside": "dropped",
}
_ASTERISKS = "**"
_BOLD = re.compile(re.escape(_ASTERISKS))
_SHORT = 40  # letters of a title in a sentence
_LEAD_IN = 30  # letters before the words of a formula
_FORMULAS = columns_of("change|key", "formula|main", "before|key right", "after|key right", "topic")
_LADDERS = columns_of("change|key", "ladder|main", "before|main", "after|main")
_MISSING = columns_of("missing|main", "last said so|main", "in|key", "since|key", "instead")


def report_of(
    compared: Compared,
    formulary: Formulary,
    *,
    full: bool = False,
    limit: int | None = None,
    rows: bool = False,
) -> Report:
    """Return the report of a comparison.

    `limit` is the most changes to show, without light ones; None shows all. `full`: the whole new
    text in its order. `rows`: a record for each change, for spreadsheets.
    """
    writer = _ComparisonWriter(compared, formulary)
    blocks: list[Block | Diff] = [writer.summary(), *writer.doubts(), *writer.omitted()]
    blocks += writer.draft() if full else writer.parts(limit)
    if compared.is_edit and not full:
        blocks += writer.signs()
    blocks += [*writer.formulas()]
    changes = map(change_record, compared.comparison.changes)
    return Report(
        title="Statements compared",
        blocks=tuple(blocks),
        records=tuple(changes) if rows else (record_of(compared),),
        fields=CHANGE_FIELDS if rows else FIELDS,
    )


def lead_of(compared: Compared, formulary: Formulary) -> tuple[Block | Diff, ...]:
    """Return the summary and the heaviest changes, where there is little room."""
    writer = _ComparisonWriter(compared, formulary)
    return writer.summary(), *islice(writer.parts(LEADING), 1)


class _ComparisonWriter:
    def __init__(self, compared: Compared, formulary: Formulary) -> None:
        self._compared = compared
        self._old, self._new = compared.old, compared.new
        self._changes = compared.comparison.changes
        self._ladders = {ladder.id: ladder for ladder in formulary.ladders}
        self._names = _told_apart(self._old, self._new)

    def summary(self) -> Note:
        """Say how much of the old text was kept, and how much changed."""
        kinds = Counter(_COUNTED.get(change.kind, change.kind) for change in self._changes)
        if kinds.keys() <= {"kept"}:
            same = (
                "the same except for signs, capitals or spaces"
                if self._written_otherwise()
                else "the same"
            )
            return Note(text=f"word for word {same}: {self._named()}", level="good")
        old, new = len(self._compared.comparison.old), len(self._compared.comparison.new)
        parts = [f"{kinds['kept']} of {count(old, 'sentence')} kept"]
        parts += [
            f"{kinds[kind]} {kind}"
            for kind in ("reworded", "dropped", "added", "moved")
            if kinds[kind]
        ]
        return Note(text=f"{self._named()}: {', '.join(parts)}; {count(new, 'sentence')} now")

    def doubts(self) -> Iterator[Note]:
        old, new = (guess_language(source.text) for source in (self._old, self._new))
        if old != new:
            text = "the texts are in two languages: sentences are paired within one language only"
            yield Note(text=text, level="warning")

    def omitted(self) -> Iterator[Block]:
        """Show formulas that earlier texts of the series have and the new one lacks."""
        missing, earlier = self._compared.missing, self._compared.earlier
        if missing is None:
            return
        if not missing:
            texts = "earlier text" if earlier == 1 else f"{earlier} earlier texts all"
            text = f"nothing is missing that the {texts} had"
            yield Note(text=text, level="good")
            return
        yield Table(
            title="Expected, but missing",
            caption=f"{count(len(missing), 'formula')} of {count(earlier, 'earlier text')}",
            columns=_MISSING,
            rows=tuple(map(self._omission, missing)),
        )

    def parts(self, limit: int | None) -> Iterator[Block | Diff]:
        """Show changes by weight, heaviest first, at most `limit`; light ones only without a limit.
        The changes that are not shown are counted."""
        hidden, room = 0, limit
        for weight, title in _PARTS.items():
            some = [one for one in self._changes if one.weight == weight and one.kind != "kept"]
            shown = some[: room if weight >= _LEAST_SHOWN or room is None else 0]
            room = None if room is None else room - len(shown)
            left = len(some) - len(shown)
            hidden += left
            if shown:
                caption = count(len(some), "change")
                yield self._diff(shown, title, f"{caption}, {left} not shown" if left else caption)
        if hidden:
            text = f"{count(hidden, 'change')} not shown: --limit 0 shows all, --full the draft"
            yield Note(text=text)

    def signs(self) -> Iterator[Diff]:
        """Show sentences of the same words that differ in signs, capitals or spaces."""
        if some := self._written_otherwise():
            title = "Signs, capitals or spaces"
            yield self._diff(some, title, count(len(some), "sentence"))

    def _written_otherwise(self) -> list[StatementChange]:
        """Return these sentences as reworded, so that both spellings are shown."""
        return [
            replace(one, kind="reworded", direction=None)
            for one in self._changes
            if one.kind == "kept" and one.before != one.after
        ]

    def draft(self) -> Iterator[Diff]:
        """Show every sentence in the order of the new text, like a red-lined draft."""
        comparison = self._compared.comparison
        rows: list[DiffRow] = []
        paragraph: int | None = None
        for change in comparison.in_text_order():
            last = paragraph
            if change.at_after is not None:
                paragraph = comparison.new[change.at_after].paragraph
            rows.append(self._row(change, is_break=last not in (None, paragraph)))
        yield Diff(
            title="The whole draft",
            caption=count(len(comparison.new), "sentence"),
            old=self._names[0],
            new=self._names[1],
            rows=tuple(rows),
        )

    def formulas(self) -> Iterator[Table]:
        """Show formulas that were added or dropped, and ladders that moved; count the others."""
        every = self._compared.comparison.formulas
        for columns, is_ladder, title in (
            (_FORMULAS, False, "Formulas"),
            (_LADDERS, True, "Ladders"),
        ):
            some = [one for one in every if one.is_ladder == is_ladder]
            changed = [one for one in some if one.change != "kept"]
            if changed:
                kept = len(some) - len(changed)
                yield Table(
                    title=title,
                    caption=f"{count(len(changed), 'change')}, {kept} as before",
                    columns=columns,
                    rows=tuple(map(self._ladder if is_ladder else self._formula, changed)),
                )

    def _named(self) -> str:
        old, new = self._old, self._new
        if old.date and new.date and old.date != new.date:
            names = (f"{old.date}", f"{new.date}")
        else:
            names = (old.base, new.base) if old.label == new.label else (old.label, new.label)
        return " → ".join(shortened(name, _SHORT) for name in names)

    def _diff(self, changes: Sequence[StatementChange], title: str, caption: str) -> Diff:
        return Diff(
            title=title,
            caption=caption,
            old=self._names[0],
            new=self._names[1],
            rows=tuple(map(self._row, changes)),
        )

    def _row(self, change: StatementChange, *, is_break: bool = False) -> DiffRow:
        head: tuple[str, ...] = ()
        if change.kind != "kept":
            what = (what_changed(change), change.topic, *self._steps(change))
            head = tuple(filter(None, what))
        return DiffRow(
            kind=change.kind,
            before=_marked(change.before, change.marks_before, self._old),
            after=_marked(change.after, change.marks_after, self._new),
            head=head,
            is_break=is_break,
        )

    def _steps(self, change: StatementChange) -> Iterator[str]:
        """Yield "old → new" where both sentences are on a ladder, in their own words."""
        for step in change.steps:
            if step.words_before and step.words_after:
                yield f"{step.words_before} → {step.words_after}"

    def _formula(self, one: FormulaChange) -> tuple[Cell, ...]:
        words = Marked(text=one.words_after or one.words_before)
        return one.change, words, one.before, one.after, one.topic

    def _ladder(self, one: FormulaChange) -> tuple[Cell, ...]:
        title = self._ladders[one.id].title
        return one.change, title, one.words_before or "—", one.words_after or "—"

    def _omission(self, one: Omission) -> tuple[Cell, ...]:
        instead = "; ".join(self._name(other) for other in one.instead)
        there = f"{one.texts} of {one.of}"
        return one.place.words, _said(one.place), there, f"{one.since}", instead

    def _name(self, formula: Formula) -> str:
        """Return the formula in the language of the new text, or else in English."""
        language = primary_language(self._new.tongue)
        return (formula.wordings.get(language) or formula.wordings["en"])[0]


def _told_apart(old: Source, new: Source) -> tuple[str, str]:
    """Return the names of the two texts; with the file name where both have the same title."""
    if old.label == new.label:
        return f"{old.label} · {old.base}", f"{new.label} · {new.base}"
    return old.label, new.label


def _said(place: FormulaPlace) -> Marked:
    """Return the sentence from shortly before the words: a table shows only its first lines."""
    begin = max(place.start - _LEAD_IN, 0)
    if begin:
        begin = place.sentence.find(" ", begin, place.start) + 1 or begin
    before = "… " if begin else ""
    at = place.start - begin + len(before)
    text = f"{before}{place.sentence[begin:]}"
    return Marked(text=text, spans=((at, at + len(place.words)),))


def _marked(text: str | None, marks: Sequence[tuple[int, int]], source: Source) -> Marked | None:
    """Return a sentence without the asterisks of bold letters, with its marks where they belong."""
    if text is None:
        return None
    bold = [found.start() for found in _BOLD.finditer(text)]

    def moved(at: int) -> int:
        return at - sum(min(at - place, len(_ASTERISKS)) for place in bold if place < at)

    spans = tuple((moved(start), moved(end)) for start, end in marks)
    return Marked(text=_BOLD.sub("", text), spans=spans, language=source.tongue)


def what_changed(change: StatementChange) -> str:
    """Return "no longer named: Russia, softened"."""
    names = f": {', '.join(change.names)}" if change.names else ""
    way = f", {change.direction}" if change.direction in ("hardened", "softened") else ""
    return f"{_CALLED.get(change.kind, change.kind)}{names}{way}"


FIELDS = ("changes", "formulas")
FORMULA_FIELDS = (
    *("id", "words_before", "words_after", "before", "after", "change"),
    *("rung_before", "rung_after"),
)
CHANGE_FIELDS = ("kind", "before", "after", "similarity", "topic", "direction", "weight", "names")


def _fields_of(value: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(value, name) for name in names}


def change_record(change: StatementChange) -> dict[str, Any]:
    record = _fields_of(change, CHANGE_FIELDS)
    return record | {"similarity": round(change.similarity, 3), "names": ", ".join(change.names)}


def record_of(compared: Compared) -> dict[str, Any]:
    """Return the record of a comparison; `missing` only if --expected was given."""
    record: dict[str, Any] = {
        "changes": [change_record(one) for one in compared.comparison.changes],
        "formulas": [_fields_of(one, FORMULA_FIELDS) for one in compared.comparison.formulas],
    }
    if compared.missing is not None:
        record["missing"] = [
            {
                "id": one.formula.id,
                **_fields_of(one, ("texts", "of", "since", "last")),
                "sentence": one.place.sentence,
                "instead": [other.id for other in one.instead],
            }
            for one in compared.missing
        ]
    return record

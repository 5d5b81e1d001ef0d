"""`sigtrack compare`: finds the two texts and compares them.

Two names are the two texts. One id is the last two revisions of that item. A series of the archive
gives its last two texts, or its last text to compare with the one that is named.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import process_time

from sigtrack.analyze.compare import compare as lay_side_by_side
from sigtrack.analyze.omissions import Omission, omissions
from sigtrack.app.compare_inputs import Reader, Source, of_archive, of_item
from sigtrack.errors import InputUnreadable, Misuse
from sigtrack.lexicon import Lexicon
from sigtrack.model import ArchivedStatement, Comparison, Formulary, StoredItem
from sigtrack.store import Store
from sigtrack.text import clean
from sigtrack.text.documents import did_you_mean

_MOST_SECONDS = 60.0  # 5,000 sentences of real statements a side take 11


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonAsked:
    """The arguments of the user: none, one or two texts, and perhaps a series of the archive."""

    old: str | None = None
    new: str | None = None
    series: str | None = None
    expected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
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


def compare(
    asked: ComparisonAsked, reader: Reader, formulary: Formulary, lexicon: Lexicon | None = None
) -> Compared:
    """Compare the texts asked for. Raises Misuse if the names make no pair, and InputUnreadable if
    one of them has no text."""
    _check(asked)
    series = _series(reader.open_store(), asked.series) if asked.series else []
    old, new, earlier = _pair(asked, reader, series)
    comparison = lay_side_by_side(
        old.text, new.text, formulary, lexicon, pulse=_within(_MOST_SECONDS)
    )
    missing = None
    if asked.expected:
        before = [(one.date, one.text) for one in earlier]
        missing = omissions(before, new.text, formulary)
    return Compared(
        old=old,
        new=new,
        comparison=comparison,
        missing=missing,
        earlier=len(earlier),
        is_edit=bool(asked.old and not asked.new and not asked.series),
    )


def compare_last(store: Store, series: str, formulary: Formulary) -> Compared:
    """Compare the last two texts of a series of the archive."""
    old, new, _ = _last_two(_series(store, series))
    return Compared(old=old, new=new, comparison=lay_side_by_side(old.text, new.text, formulary))


def compare_revisions(
    old: StoredItem, new: StoredItem, formulary: Formulary, lexicon: Lexicon | None = None
) -> Compared:
    """Compare two revisions of an item."""
    before, after = of_item(old), of_item(new)
    comparison = lay_side_by_side(
        before.text, after.text, formulary, lexicon, pulse=_within(_MOST_SECONDS)
    )
    return Compared(old=before, new=after, comparison=comparison, is_edit=True)


def _within(seconds: float) -> Callable[[], None]:
    """Return a check that raises InputUnreadable after this much CPU time."""
    end = process_time() + seconds

    def check() -> None:
        if process_time() > end:
            raise InputUnreadable(
                f"the texts were not compared within {seconds:.0f} s of computing",
                hint="compare parts of them: save these to files",
            )

    return check


def _check(asked: ComparisonAsked) -> None:
    if asked.expected and not asked.series:
        raise Misuse(
            "--expected needs earlier texts of the same series",
            hint="add --series with one of: sigtrack statements list",
        )
    if not asked.old and not asked.series:
        raise Misuse(
            "name two texts, or the id of one item with two revisions",
            hint="or --series with one of: sigtrack statements list",
        )
    if asked.old and asked.new and asked.series and not asked.expected:
        raise Misuse(
            "--series has no effect beside two texts",
            hint="it is for --expected, or for the last texts of the series",
        )
    if asked.old and asked.old == asked.new:
        raise Misuse(f"{clean(asked.old)} is named twice", hint="name two texts")


def _series(store: Store, name: str) -> list[ArchivedStatement]:
    found = store.statements(name)
    if not found:
        known = sorted({one.series for one in store.statements()})
        has = f"the archive has {', '.join(known)}" if known else "the archive is empty"
        hint = f"{has}; sigtrack statements add puts a text into it"
        raise Misuse(f"there is no series {clean(name)!r}", hint=did_you_mean(name, known, hint))
    return found


def _pair(
    asked: ComparisonAsked, reader: Reader, series: Sequence[ArchivedStatement]
) -> tuple[Source, Source, Sequence[ArchivedStatement]]:
    """Return the old text, the new one, and the texts of the archive before it."""
    if asked.old and asked.new:
        old, new = reader.read([asked.old, asked.new])
        return old, new, _before(new, series)
    if asked.old and asked.series:
        (new,) = reader.read([asked.old])
        earlier = _before(new, series)
        if not earlier:
            raise InputUnreadable(
                f"{new.label} is the first of {asked.series}: there is no earlier text"
            )
        return of_archive(earlier[-1]), new, earlier
    if asked.old:
        return *_last_revisions(reader, asked.old), ()
    return _last_two(series)


def _last_two(
    series: Sequence[ArchivedStatement],
) -> tuple[Source, Source, Sequence[ArchivedStatement]]:
    if len(series) < 2:
        raise InputUnreadable(
            f"{series[0].series} has one text only, of {series[0].date}",
            hint="add another with: sigtrack statements add",
        )
    return of_archive(series[-2]), of_archive(series[-1]), series[:-1]


def _before(new: Source, series: Sequence[ArchivedStatement]) -> Sequence[ArchivedStatement]:
    """Return the texts of the series before the new one; all of them if it is not archived."""
    for number, one in enumerate(series):
        if one.id == new.id:
            return series[:number]
    return series


def _last_revisions(reader: Reader, name: str) -> tuple[Source, Source]:
    revisions = reader.revisions(name)
    if len(revisions) < 2:
        raise InputUnreadable(
            f"item {revisions[0].id.partition('@')[0]} was never changed: it has one revision",
            hint="name two texts: sigtrack compare OLD NEW",
        )
    return revisions[-2], revisions[-1]

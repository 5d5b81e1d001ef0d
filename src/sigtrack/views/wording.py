"""Changes of wording as people and programs read them: tables, ladders, spread, records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, tzinfo
from typing import Any, Literal

from sigtrack.analyze.wording import Wording
from sigtrack.analyze.wording.ladders import Shift, Step
from sigtrack.analyze.wording.usage import (
    ENOUGH,
    PERHAPS,
    Contrast,
    PhraseRow,
    Share,
    TrendBy,
    Use,
    contrast,
    language_of,
    order_of,
    sentences_of,
    words_for,
)
from sigtrack.frozen import frozen
from sigtrack.model import (
    Block,
    Cell,
    Column,
    Diff,
    DiffRow,
    Marked,
    Note,
    Report,
    StoredItem,
    Table,
    columns_of,
)
from sigtrack.views.hits import ID_SHOWN, count, is_undated, key_of_times, time_of

By = Literal["year", "month", "week", "side"]


BYS: tuple[By, ...] = ("year", "month", "week", "side")


@frozen
class WordingAsked:
    """What the user wants to see. `phrases` keep only rows with these words."""

    watchlist: str | None = None
    baseline: str = "90d"
    by: By | None = None
    phrases: tuple[str, ...] = ()
    evidence: bool = False
    ladders: bool = False
    every: bool = False
    spread: bool = False
    limit: int | None = None


_BARS = "▁▂▃▄▅▆▇█"
_NOTHING = "·"
_SHOWN_USES = 5
_MOST_UNKNOWN = 10
_STEADY = ("steady", "too-little-text")
_ROW = (
    *columns_of("change|key", "phrase|main", "stories|key right", "before|key right"),
    *columns_of("how sure|key", "trend", "between", "first use", "by", "sides", "formula"),
)
# For a phrase outside the catalogue it matters who coined it.
_COINED = tuple(replace(one, kind="key") if one.name == "by" else one for one in _ROW)
_TREND: Mapping[TrendBy, str] = {
    "month": "trend by month",
    "quarter": "trend by quarter of a year",
    "year": "trend by year",
    "twelfth": "trend in twelfths of the time",
}
_ONLY_COMPARED = ("change", "before", "how sure")
_QUOTE = columns_of("when", "sentence|main whole", "source", "id|key")


SPREAD_FIELDS = (
    *("formula", "phrase", "day", "days_after", "lang", "publisher", "side", "parties", "item"),
)
_SPREAD = (
    *columns_of("day|key", "after|key right", "lang|key", "publisher|key", "side"),
    *columns_of("sentence|main", "id|key"),
)
FIELDS = (
    *("phrase", "watchlist", "count", "stories", "baseline_rate", "rate", "change", "score"),
    *("first_seen", "last_seen", "publishers", "evidence", "item_rate", "item_baseline_rate"),
    *("of", "stories_before", "of_before", "sure", "between"),
)


def report_of(measured: Wording, asked: WordingAsked, zone: tzinfo) -> Report:
    """Compare formulas, unknown phrases and steps on ladders with those of the time before: a note
    on what was measured, tables, and with `evidence` the sentences."""
    writer = _WordingWriter(measured, asked, zone)
    blocks, records = writer.blocks, writer.records
    fields: tuple[str, ...] = FIELDS
    if asked.spread and measured.formulas:
        blocks, records, fields = writer.spread, writer.spread_records, SPREAD_FIELDS
    elif asked.ladders:
        records, fields = writer.shift_records, ()
    return Report(title="Wording", blocks=tuple(blocks()), records=tuple(records()), fields=fields)


def sparkline(values: Sequence[float]) -> str:
    """Return a bar for each value, relative to the highest; a dot for zero."""
    most = max(values, default=0.0)
    return "".join(
        _BARS[min(int(value / most * len(_BARS)), len(_BARS) - 1)] if value > 0 else _NOTHING
        for value in values
    )


class _WordingWriter:
    def __init__(self, measured: Wording, asked: WordingAsked, zone: tzinfo) -> None:
        self._measured, self._asked, self._zone = measured, asked, zone
        self._corpus, self._texts = measured.corpus, measured.corpus.texts
        self._is_compared = measured.corpus.window.since is not None

    def blocks(self) -> Iterator[Block | Diff]:
        asked, corpus = self._asked, self._corpus
        yield self._note()
        if not corpus.told:
            return
        if not corpus.has_past and self._is_compared:
            few = count(corpus.sentences_before, "sentence")
            text = (
                f"too little text before to say what is new: {few}, {ENOUGH} are needed; "
                "try a longer --baseline"
            )
            yield Note(text=text, level="warning")
        rows, quiet = self._worth()
        known = rows[: asked.limit]
        most = asked.limit
        if most is not None and not asked.every:
            most = min(most, _MOST_UNKNOWN)
        unknown = self._measured.unknown[:most]
        if not asked.ladders:
            if known:
                table = self._matrix if asked.by else self._table
                yield table("Formulas", known, rows)
            if quiet:
                yield Note(text=f"{count(quiet, 'formula')} without a change: --all shows them")
            if unknown:
                title = "Phrases outside the catalogue"
                yield self._table(title, unknown, self._measured.unknown)
            if asked.evidence:
                yield from map(self._opened, (*known, *unknown))
        shifts = self._measured.steps.shifts[: asked.limit]
        if shifts:
            yield self._shifts(shifts)
        if asked.ladders and not shifts:
            yield self._no_shift()
        elif not (shifts or known or unknown or quiet):
            yield self._nothing("no formula is used")

    def _worth(self) -> tuple[list[PhraseRow], int]:
        """Return the rows to show, in order, and the number of rows left out as unchanged."""
        rows, asked = self._measured.formulas, self._asked
        if asked.by:
            found = sorted(rows, key=lambda row: (_contrast(row).p, row.phrase))
            kept = [row for row in found if _contrast(row).p < PERHAPS]
        else:
            found = list(rows)
            kept = [row for row in found if _has_changed(row) or not self._corpus.has_past]
        if asked.every or asked.phrases:
            return found, 0
        return kept, len(found) - len(kept)

    def _note(self) -> Note:
        corpus, watchlist = self._corpus, self._asked.watchlist
        of = f" hit by {watchlist}" if watchlist else ""
        if not corpus.told:
            return Note(text=f"no items{of} in this time")
        first, last = (self._day_at(corpus.told[n].moment) for n in (0, -1))
        of = of or " between governments or with a hit"
        text = f"{count(len(corpus.told), 'item')}{of} from {first} to {last}"
        if corpus.window.since is None:
            return Note(
                text=f"{text}, {_stories(corpus.now)}; nothing is compared: "
                "--since 7d would compare the last week with the time before"
            )
        since = self._day_at(corpus.window.since)
        compared = f"{_stories(corpus.now)} since {since} against {_stories(corpus.before)} before"
        return Note(text=f"{text}: {compared}")

    def _no_shift(self) -> Note:
        steps = self._measured.steps
        if steps.compared or not steps.sentences:
            return self._nothing("no sentence was softened or hardened")
        return self._nothing(
            f"nothing to compare: {count(steps.sentences, 'sentence')} of now on a ladder, and "
            "none has an earlier one of the same speakers in the same kind of text"
        )

    def _nothing(self, what: str) -> Note:
        if not self._asked.phrases:
            return Note(text=what)
        words = " or ".join(f'"{phrase}"' for phrase in self._asked.phrases)
        return Note(text=f"{what} with {words}; sigtrack search finds words anywhere")

    def _table(self, title: str, shown: Sequence[PhraseRow], every: Sequence[PhraseRow]) -> Table:
        """Without a past, the columns about changes and earlier rates are left out."""
        compared = self._is_compared
        kept = [n for n, one in enumerate(_ROW) if compared or one.name not in _ONLY_COMPARED]
        rows = map(self._cells, shown)
        return Table(
            title=title,
            caption=f"{_caption(shown, every, 'phrase')}; {_TREND[self._corpus.trend_by]}",
            columns=tuple((_COINED if shown[0].id is None else _ROW)[n] for n in kept),
            rows=tuple(tuple(cells[n] for n in kept) for cells in rows),
            emphasis=tuple(map(_emphasis, shown)) if compared else (),
        )

    def _cells(self, row: PhraseRow) -> tuple[Cell, ...]:
        return (
            row.change.replace("-text", ""),
            row.phrase,
            _of(row.now),
            _of(row.before),
            row.chance.words,
            sparkline(row.trend),
            "-".join(row.between),
            self._first_day(row),
            row.first.told.publisher.id,
            ", ".join(dict.fromkeys(publisher.side for publisher in row.publishers)),
            row.id,
        )

    def _first_day(self, row: PhraseRow) -> str:
        day = self._day_of(row.first).isoformat()
        return f"seen {day}" if is_undated(self._texts.stored(row.first.told)) else day

    def _matrix(self, title: str, shown: Sequence[PhraseRow], every: Sequence[PhraseRow]) -> Table:
        """Return stories by part; the headings have the number of all stories."""
        parts = shown[0].parts or {}
        heads = [
            Column(name=f"{label} /{one.of}", align="right", kind="key")
            for label, one in parts.items()
        ]
        more = columns_of("trend", "stands out", "first use")
        return Table(
            title=title,
            caption=f"{_caption(shown, every, 'phrase')}; stories, of all stories in the heading",
            columns=(*columns_of("phrase|main"), *heads, *more),
            rows=tuple(map(self._matrix_cells, shown)),
        )

    def _matrix_cells(self, row: PhraseRow) -> tuple[Cell, ...]:
        parts = list((row.parts or {}).values())
        trend = sparkline([part.rate for part in parts])
        numbers = [part.stories or None for part in parts]
        unlike = _contrast(row)
        way = "more" if unlike.is_more else "less"
        stands_out = f"{way} in {unlike.label}, {words_for(unlike.p)}" if unlike.p < PERHAPS else ""
        return (row.phrase, *numbers, trend, stands_out, self._first_day(row))

    def _opened(self, row: PhraseRow) -> Table:
        # The latest come first, so the earliest use of a story remains.
        uses = list({use.told.story: use for use in row.uses}.values())
        shown = [(use, self._texts.stored(use.told)) for use in uses[:_SHOWN_USES]]
        more = f"{len(uses) - len(shown)} more" if len(uses) > len(shown) else ""
        key = key_of_times(stored for _, stored in shown)
        return Table(
            title=row.phrase,
            caption=", ".join(filter(None, (self._told_of(row), more, key))),
            columns=_QUOTE,
            rows=tuple(
                (
                    time_of(stored),
                    self._quote(use),
                    use.told.publisher.id,
                    use.told.id[:ID_SHOWN],
                )
                for use, stored in shown
            ),
        )

    def _told_of(self, row: PhraseRow) -> str:
        """Return the change, counted by stories and by items."""
        items = f"{row.count:,} of {count(self._corpus.items_now, 'item')}"
        stories = f"{row.now.stories:,} of {_stories(row.now.of)}"
        if not self._is_compared:
            return f"{stories}; {items}"
        return f"{row.change}, {row.chance.words}: {stories}, before {_of(row.before)}; {items}"

    def _quote(self, use: Use) -> Marked:
        """Return the sentence with the phrase marked, or the phrase alone if it crosses
        sentences."""
        stored = self._texts.stored(use.told)
        for one in sentences_of(stored.item):
            if one.field == use.field and one.start <= use.start and use.end <= one.end:
                mark = (use.start - one.start, use.end - one.start)
                return _marked(one.text, mark, stored)
        text = self._words(use)
        return _marked(text, (0, len(text)), stored)

    def _words(self, use: Use) -> str:
        return self._texts.words(use.told, use.field, use.start, use.end)

    def _shifts(self, shown: Sequence[Shift]) -> Diff:
        """Return both sentences in full, side by side or stacked: a table would cut them."""
        return Diff(
            title="Softened and hardened",
            caption=_caption(shown, self._measured.steps.shifts, "sentence"),
            old="before",
            new="after",
            rows=tuple(map(self._step, shown)),
        )

    def _step(self, shift: Shift) -> DiffRow:
        steps = (shift.before, shift.after)
        before, after = (self._dated(step, shift) for step in steps)
        change = f"{shift.change}, edited" if shift.is_edit else shift.change
        ids = dict.fromkeys(step.told.id[:ID_SHOWN] for step in steps)
        head = (change, shift.ladder.id, shift.after.told.publisher.id, " ".join(ids))
        return DiffRow(kind="reworded", before=before, after=after, head=head)

    def _dated(self, step: Step, shift: Shift) -> Marked:
        stored = self._texts.stored(step.told)
        seen = "seen " if is_undated(stored) and not shift.is_edit else ""
        lead = f"{seen}{self._day_at(self._when(step, shift))}: "
        start, end = step.span
        mark = (start + len(lead), end + len(lead))
        return _marked(f"{lead}{step.sentence.text}", mark, stored)

    def _when(self, step: Step, shift: Shift) -> datetime:
        """Return the time of a step. An edit has the time when it was seen, because the item keeps
        the date of its publication."""
        stored = self._texts.stored(step.told)
        return (stored.revised_at if shift.is_edit else None) or stored.moment

    def spread(self) -> Iterator[Table]:
        limit = self._asked.limit
        for row in self._measured.formulas:
            uses = _first_uses(row)
            yield Table(
                title=f"{row.id}: {row.phrase}",
                caption=self._spread_caption(uses, limit),
                columns=_SPREAD,
                rows=tuple(self._spread_cells(use, uses[0]) for use in uses[:limit]),
            )

    def spread_records(self) -> Iterator[Mapping[str, Any]]:
        for row in self._measured.formulas:
            uses = _first_uses(row)
            for use in uses:
                told = use.told
                yield {
                    "formula": row.id,
                    "phrase": self._words(use),
                    "day": self._day_of(use).isoformat(),
                    "days_after": self._days_after(use, uses[0]),
                    "lang": self._language(use),
                    "publisher": told.publisher.id,
                    "side": told.publisher.side,
                    "parties": list(use.parties),
                    "item": told.id,
                }

    def _spread_caption(self, uses: Sequence[Use], limit: int | None) -> str:
        first, last = uses[0], uses[-1]
        told = f"first by {first.told.publisher.id} on {self._day_of(first)}"
        if len(uses) > 1:
            languages = count(len(set(map(self._language, uses))), "language")
            within = count(self._days_after(last, first), "day")
            others = count(len(uses) - 1, "publisher")
            told += f", taken up by {others} in {languages} within {within}"
        left = 0 if limit is None else len(uses) - limit
        return f"{told}; {left} not shown, -n 0 shows all" if left > 0 else told

    def _spread_cells(self, use: Use, first: Use) -> tuple[Cell, ...]:
        after = self._days_after(use, first)
        return (
            self._day_of(use).isoformat(),
            f"+{after} d" if after else "",
            self._language(use),
            use.told.publisher.id,
            use.told.publisher.side,
            self._quote(use),
            use.told.id[:ID_SHOWN],
        )

    def _day_at(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()

    def _day_of(self, use: Use) -> date:
        return self._day_at(use.told.moment)

    def _days_after(self, use: Use, first: Use) -> int:
        return (self._day_of(use) - self._day_of(first)).days

    def _language(self, use: Use) -> str:
        return language_of(self._texts.stored(use.told).item)

    def records(self) -> Iterator[Mapping[str, Any]]:
        """Yield the records; `by` only if parts were asked for. Times are on the publisher's
        clock."""
        for row in (*self._measured.formulas, *self._measured.unknown):
            record: dict[str, Any] = {
                "phrase": row.phrase,
                "watchlist": self._asked.watchlist,
                "count": row.count,
                "stories": row.now.stories,
                "baseline_rate": round(row.before.rate, 3),
                "rate": round(row.now.rate, 3),
                "change": row.change,
                "score": round(row.chance.z, 3),
                "first_seen": self._texts.stored(row.first.told).moment,
                "last_seen": self._texts.stored(row.last.told).moment,
                "publishers": [publisher.id for publisher in row.publishers],
                "evidence": list(dict.fromkeys(use.told.id for use in row.uses)),
                "item_rate": round(row.item_rate, 3),
                "item_baseline_rate": round(row.item_rate_before, 3),
                "of": row.now.of,
                "stories_before": row.before.stories,
                "of_before": row.before.of,
                "sure": row.chance.words,
                "between": list(row.between),
            }
            if row.parts is not None:
                record["by"] = {
                    label: {"stories": one.stories, "of": one.of, "rate": round(one.rate, 3)}
                    for label, one in row.parts.items()
                }
            yield record

    def shift_records(self) -> Iterator[Mapping[str, Any]]:
        for shift in self._measured.steps.shifts:
            steps = (shift.before, shift.after)
            yield {
                "ladder": shift.ladder.id,
                "watchlist": self._asked.watchlist,
                "change": shift.change,
                "rung_before": shift.before.rung,
                "rung_after": shift.after.rung,
                "before": shift.before.sentence.text,
                "after": shift.after.sentence.text,
                "similarity": round(shift.similarity, 3),
                "edit": shift.is_edit,
                "publishers": [step.told.publisher.id for step in steps],
                "moments": [self._when(step, shift) for step in steps],
                "evidence": [step.told.id for step in steps],
            }


def _has_changed(row: PhraseRow) -> bool:
    """Whether a row changed, and hardly by chance.

    A phrase may be new only because newspapers that use it have hardly been read before. If an
    official publisher is among those who use it first, it counts from the second story on.
    """
    if row.change in _STEADY:
        return False
    is_official = row.change == "new" and any(one.is_official for one in row.publishers)
    return row.chance.p < PERHAPS or (is_official and row.now.stories > 1)


def _emphasis(row: PhraseRow) -> Literal["", "new", "urgent", "dim"]:
    if row.change == "new":
        return "new"
    return "dim" if row.change in _STEADY else ""


def _contrast(row: PhraseRow) -> Contrast:
    found = contrast(row)
    assert found is not None, "parts were asked for"
    return found


def _first_uses(row: PhraseRow) -> list[Use]:
    """Return the first use by each publisher, in order of time."""
    firsts: dict[str, Use] = {}
    for use in sorted(row.uses, key=lambda use: order_of(use.told)):
        firsts.setdefault(use.told.publisher.id, use)
    return list(firsts.values())


def _caption(shown: Sequence[object], every: Sequence[object], noun: str) -> str:
    left = len(every) - len(shown)
    return count(len(every), noun) + (f", {left:,} not shown, -n 0 --all shows all" if left else "")


def _of(share: Share) -> str:
    return f"{share.stories:,} of {share.of:,}"


def _stories(number: int) -> str:
    return f"{number:,} {'story' if number == 1 else 'stories'}"


def _marked(text: str, mark: tuple[int, int], stored: StoredItem) -> Marked:
    item = stored.item
    return Marked(text=text, spans=(mark,), link=item.url, language=item.language)

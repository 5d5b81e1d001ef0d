"""Changes of wording as people and programs read them: tables, ladders, spread, records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any, Literal

from sigtrack.analyze.wording import Wording
from sigtrack.analyze.wording.ladders import Shift, Step
from sigtrack.analyze.wording.usage import (
    ENOUGH,
    PERHAPS,
    Contrast,
    Corpus,
    PhraseRow,
    Share,
    Texts,
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
    *columns_of("how sure|key", "trend", "first use", "by", "sides", "formula"),
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


def blocks_of(measured: Wording, *, asked: WordingAsked, zone: tzinfo) -> Iterator[Block | Diff]:
    """Yield a note on what was measured, tables, and with `evidence` the sentences."""
    yield _note(measured, asked.watchlist, zone)
    corpus = measured.corpus
    if not corpus.told:
        return
    if not corpus.has_past and _is_compared(corpus):
        yield _too_little(measured)
    rows, quiet = _worth(measured.formulas, asked, corpus)
    known, unknown = rows[: asked.limit], measured.unknown[: _unknown_limit(asked)]
    if known and not asked.ladders:
        yield (
            _matrix(known, rows, corpus.texts, zone)
            if asked.by
            else _table("Formulas", known, rows, corpus, zone)
        )
    if quiet and not asked.ladders:
        yield Note(text=f"{count(quiet, 'formula')} without a change: --all shows them")
    if unknown and not asked.ladders:
        yield _table("Phrases outside the catalogue", unknown, measured.unknown, corpus, zone)
    if asked.evidence:
        for row in () if asked.ladders else (*known, *unknown):
            yield _opened(row, corpus)
    shifts = measured.steps.shifts[: asked.limit]
    if shifts:
        yield _shifts(shifts, measured, zone)
    if asked.ladders and not shifts:
        yield _no_shift(measured, asked)
    elif not (shifts or known or unknown or quiet):
        yield _nothing("no formula is used", asked)


def _worth(
    rows: Sequence[PhraseRow], asked: WordingAsked, corpus: Corpus
) -> tuple[list[PhraseRow], int]:
    """Return the rows to show, in order, and the number of rows left out as unchanged."""
    if asked.by:
        found = sorted(rows, key=lambda row: (_contrast(row).p, row.phrase))
        kept = [row for row in found if _contrast(row).p < PERHAPS]
    else:
        found = list(rows)
        kept = [row for row in found if _has_changed(row) or not corpus.has_past]
    if asked.every or asked.phrases:
        return found, 0
    return kept, len(found) - len(kept)


def _has_changed(row: PhraseRow) -> bool:
    """Whether a row changed, and hardly by chance.

    A phrase may be new only because newspapers that use it have hardly been read before. If an
    official publisher is among those who use it first, it counts from the second story on.
    """
    if row.change in _STEADY:
        return False
    is_official = row.change == "new" and any(one.is_official for one in row.publishers)
    return row.chance.p < PERHAPS or (is_official and row.now.stories > 1)


def _unknown_limit(asked: WordingAsked) -> int | None:
    if asked.every or asked.limit is None:
        return asked.limit
    return min(asked.limit, _MOST_UNKNOWN)


def sparkline(values: Sequence[float]) -> str:
    """Return a bar for each value, relative to the highest; a dot for zero."""
    most = max(values, default=0.0)
    return "".join(
        _BARS[min(int(value / most * len(_BARS)), len(_BARS) - 1)] if value > 0 else _NOTHING
        for value in values
    )


def _note(measured: Wording, watchlist: str | None, zone: tzinfo) -> Note:
    corpus = measured.corpus
    of = f" hit by {watchlist}" if watchlist else ""
    if not corpus.told:
        return Note(text=f"no items{of} in this time")
    first, last = (corpus.told[n].moment.astimezone(zone).date() for n in (0, -1))
    of = of or " between governments or with a hit"
    text = f"{count(len(corpus.told), 'item')}{of} from {first} to {last}"
    if corpus.window.since is None:
        return Note(
            text=f"{text}, {_stories(corpus.now)}; nothing is compared: "
            "--since 7d would compare the last week with the time before"
        )
    since = corpus.window.since.astimezone(zone).date()
    compared = f"{_stories(corpus.now)} since {since} against {_stories(corpus.before)} before"
    return Note(text=f"{text}: {compared}")


def _no_shift(measured: Wording, asked: WordingAsked) -> Note:
    steps = measured.steps
    if steps.compared or not steps.sentences:
        return _nothing("no sentence was softened or hardened", asked)
    text = (
        f"nothing to compare: {count(steps.sentences, 'sentence')} of now on a ladder, and none "
        "has an earlier one of the same speakers in the same kind of text"
    )
    return _nothing(text, asked)


def _nothing(what: str, asked: WordingAsked) -> Note:
    if asked.phrases:
        words = " or ".join(f'"{phrase}"' for phrase in asked.phrases)
        return Note(text=f"{what} with {words}; sigtrack search finds words anywhere")
    return Note(text=what)


def _stories(number: int) -> str:
    return f"{number:,} {'story' if number == 1 else 'stories'}"


def _too_little(measured: Wording) -> Note:
    return Note(
        text="too little text before to say what is new: "
        f"{count(measured.corpus.sentences_before, 'sentence')}, {ENOUGH} are needed; "
        "try a longer --baseline",
        level="warning",
    )


def _is_compared(corpus: Corpus) -> bool:
    return corpus.window.since is not None


def _table(
    title: str, shown: Sequence[PhraseRow], every: Sequence[PhraseRow], corpus: Corpus, zone: tzinfo
) -> Table:
    """Without a past, the columns about changes and earlier rates are left out."""
    is_compared = _is_compared(corpus)
    kept = [n for n, one in enumerate(_ROW) if is_compared or one.name not in _ONLY_COMPARED]
    rows = (_cells(row, corpus.texts, zone) for row in shown)
    return Table(
        title=title,
        caption=f"{_caption(shown, every, 'phrase')}; {_TREND[corpus.trend_by]}",
        columns=tuple((_COINED if shown[0].id is None else _ROW)[n] for n in kept),
        rows=tuple(tuple(cells[n] for n in kept) for cells in rows),
        emphasis=tuple(_emphasis(row) for row in shown) if is_compared else (),
    )


def _caption(shown: Sequence[object], every: Sequence[object], noun: str) -> str:
    left = len(every) - len(shown)
    return count(len(every), noun) + (f", {left:,} not shown, -n 0 --all shows all" if left else "")


def _cells(row: PhraseRow, texts: Texts, zone: tzinfo) -> tuple[Cell, ...]:
    return (
        row.change.replace("-text", ""),
        row.phrase,
        _of(row.now),
        _of(row.before),
        row.chance.words,
        sparkline(row.trend),
        _day(row.first, texts, zone),
        row.first.told.publisher.id,
        ", ".join(_sides(row)),
        row.id,
    )


def _of(share: Share) -> str:
    return f"{share.stories:,} of {share.of:,}"


def _day(use: Use, texts: Texts, zone: tzinfo) -> str:
    day = use.told.moment.astimezone(zone).date().isoformat()
    return f"seen {day}" if is_undated(texts.stored(use.told)) else day


def _sides(row: PhraseRow) -> list[str]:
    return list(dict.fromkeys(publisher.side for publisher in row.publishers))


def _emphasis(row: PhraseRow) -> Literal["", "new", "urgent", "dim"]:
    if row.change == "new":
        return "new"
    return "dim" if row.change in _STEADY else ""


def _matrix(
    shown: Sequence[PhraseRow], every: Sequence[PhraseRow], texts: Texts, zone: tzinfo
) -> Table:
    """Return stories by part; the headings have the number of all stories."""
    parts = shown[0].parts or {}
    heads = [
        Column(name=f"{label} /{one.of}", align="right", kind="key") for label, one in parts.items()
    ]
    more = columns_of("trend", "stands out", "first use")
    return Table(
        title="Formulas",
        caption=f"{_caption(shown, every, 'phrase')}; stories, of all stories in the heading",
        columns=(*columns_of("phrase|main"), *heads, *more),
        rows=tuple(_matrix_cells(row, texts, zone) for row in shown),
    )


def _matrix_cells(row: PhraseRow, texts: Texts, zone: tzinfo) -> tuple[Cell, ...]:
    parts = list((row.parts or {}).values())
    trend = sparkline([part.rate for part in parts])
    numbers = [part.stories or None for part in parts]
    unlike = _contrast(row)
    way = "more" if unlike.is_more else "less"
    stands_out = f"{way} in {unlike.label}, {words_for(unlike.p)}" if unlike.p < PERHAPS else ""
    return (row.phrase, *numbers, trend, stands_out, _day(row.first, texts, zone))


def _contrast(row: PhraseRow) -> Contrast:
    found = contrast(row)
    assert found is not None, "parts were asked for"
    return found


def _opened(row: PhraseRow, corpus: Corpus) -> Table:
    uses = _one_a_story(row.uses)
    shown = uses[:_SHOWN_USES]
    more = f"{len(uses) - len(shown)} more" if len(uses) > len(shown) else ""
    key = key_of_times(corpus.texts.stored(use.told) for use in shown)
    return Table(
        title=row.phrase,
        caption=", ".join(filter(None, (_told_of(row, corpus), more, key))),
        columns=_QUOTE,
        rows=tuple(
            (
                time_of(corpus.texts.stored(use.told)),
                quote_of(use, corpus.texts),
                use.told.publisher.id,
                use.told.id[:ID_SHOWN],
            )
            for use in shown
        ),
    )


def _told_of(row: PhraseRow, corpus: Corpus) -> str:
    """Return the change, counted by stories and by items."""
    items = f"{row.count:,} of {count(corpus.items_now, 'item')}"
    stories = f"{row.now.stories:,} of {_stories(row.now.of)}"
    if not _is_compared(corpus):
        return f"{stories}; {items}"
    return f"{row.change}, {row.chance.words}: {stories}, before {_of(row.before)}; {items}"


def _one_a_story(uses: Iterable[Use]) -> list[Use]:
    first: dict[str, Use] = {}
    for use in uses:
        first[use.told.story] = use  # the latest come first, so the earliest of a story remains
    return list(first.values())


def quote_of(use: Use, texts: Texts) -> Marked:
    """Return the sentence with the phrase marked, or the phrase alone if it crosses sentences."""
    stored = texts.stored(use.told)
    for one in sentences_of(stored.item):
        if one.field == use.field and one.start <= use.start and use.end <= one.end:
            mark = (use.start - one.start, use.end - one.start)
            return _marked(one.text, mark, stored)
    text = texts.words(use.told, use.field, use.start, use.end)
    return _marked(text, (0, len(text)), stored)


def _marked(text: str, mark: tuple[int, int], stored: StoredItem) -> Marked:
    item = stored.item
    return Marked(text=text, spans=(mark,), link=item.url, language=item.language)


def _shifts(shown: Sequence[Shift], measured: Wording, zone: tzinfo) -> Diff:
    """Return both sentences in full, side by side or stacked: a table would cut them."""
    return Diff(
        title="Softened and hardened",
        caption=_caption(shown, measured.steps.shifts, "sentence"),
        old="before",
        new="after",
        rows=tuple(_step(shift, measured.corpus.texts, zone) for shift in shown),
    )


def _step(shift: Shift, texts: Texts, zone: tzinfo) -> DiffRow:
    steps = (shift.before, shift.after)
    days = [f"{when_of(step, shift, texts).astimezone(zone):%Y-%m-%d}" for step in steps]
    if not shift.is_edit:
        days = [
            f"seen {day}" if is_undated(texts.stored(step.told)) else day
            for day, step in zip(days, steps, strict=True)
        ]
    before, after = (
        _prefixed(f"{day}: ", step, texts) for day, step in zip(days, steps, strict=True)
    )
    change = f"{shift.change}, edited" if shift.is_edit else shift.change
    ids = dict.fromkeys(step.told.id[:ID_SHOWN] for step in steps)
    head = (change, shift.ladder.id, shift.after.told.publisher.id, " ".join(ids))
    return DiffRow(kind="reworded", before=before, after=after, head=head)


def _prefixed(head: str, step: Step, texts: Texts) -> Marked:
    start, end = step.span
    mark = (start + len(head), end + len(head))
    return _marked(f"{head}{step.sentence.text}", mark, texts.stored(step.told))


SPREAD_FIELDS = (
    *("formula", "phrase", "day", "days_after", "lang", "publisher", "side", "parties", "item"),
)
_SPREAD = (
    *columns_of("day|key", "after|key right", "lang|key", "publisher|key", "side"),
    *columns_of("sentence|main", "id|key"),
)


def first_uses(row: PhraseRow) -> list[Use]:
    """Return the first use by each publisher, in order of time."""
    firsts: dict[str, Use] = {}
    for use in sorted(row.uses, key=lambda use: order_of(use.told)):
        firsts.setdefault(use.told.publisher.id, use)
    return list(firsts.values())


def spread_tables(measured: Wording, limit: int | None, zone: tzinfo) -> Iterator[Table]:
    texts = measured.corpus.texts
    for row in measured.formulas:
        uses = first_uses(row)
        yield Table(
            title=row.phrase,
            caption=_spread_caption(uses, texts, zone, limit),
            columns=_SPREAD,
            rows=tuple(_spread_cells(use, uses[0], texts, zone) for use in uses[:limit]),
        )


def spread_records(measured: Wording, zone: tzinfo) -> Iterator[Mapping[str, Any]]:
    texts = measured.corpus.texts
    for row in measured.formulas:
        uses = first_uses(row)
        for use in uses:
            told = use.told
            yield {
                "formula": row.id,
                "phrase": _words(use, texts),
                "day": _day_of(use, zone),
                "days_after": _days_after(use, uses[0], zone),
                "lang": _language(use, texts),
                "publisher": told.publisher.id,
                "side": told.publisher.side,
                "parties": list(use.parties),
                "item": told.id,
            }


def _spread_caption(uses: Sequence[Use], texts: Texts, zone: tzinfo, limit: int | None) -> str:
    first, last = uses[0], uses[-1]
    told = f"first by {first.told.publisher.id} on {_day_of(first, zone)}"
    if len(uses) > 1:
        languages = count(len({_language(use, texts) for use in uses}), "language")
        within = count(_days_after(last, first, zone), "day")
        told += f", taken up by {count(len(uses) - 1, 'publisher')} in {languages} within {within}"
    left = 0 if limit is None else len(uses) - limit
    return f"{told}; {left} not shown, -n 0 shows all" if left > 0 else told


def _spread_cells(use: Use, first: Use, texts: Texts, zone: tzinfo) -> tuple[Cell, ...]:
    after = _days_after(use, first, zone)
    return (
        _day_of(use, zone),
        f"+{after} d" if after else "",
        _language(use, texts),
        use.told.publisher.id,
        use.told.publisher.side,
        quote_of(use, texts),
        use.told.id[:ID_SHOWN],
    )


def _day_of(use: Use, zone: tzinfo) -> str:
    return use.told.moment.astimezone(zone).date().isoformat()


def _days_after(use: Use, first: Use, zone: tzinfo) -> int:
    days = (one.told.moment.astimezone(zone).date() for one in (use, first))
    later, earlier = days
    return (later - earlier).days


def _language(use: Use, texts: Texts) -> str:
    return language_of(texts.stored(use.told).item)


def _words(use: Use, texts: Texts) -> str:
    return texts.words(use.told, use.field, use.start, use.end)


def records_of(measured: Wording, watchlist: str | None) -> Iterator[Mapping[str, Any]]:
    """Yield the records; `by` only if parts were asked for. Times are on the publisher's clock."""
    texts = measured.corpus.texts
    for row in (*measured.formulas, *measured.unknown):
        record: dict[str, Any] = {
            "phrase": row.phrase,
            "watchlist": watchlist,
            "count": row.count,
            "stories": row.now.stories,
            "baseline_rate": round(row.before.rate, 3),
            "rate": round(row.now.rate, 3),
            "change": row.change,
            "score": round(row.chance.z, 3),
            "first_seen": texts.stored(row.first.told).moment,
            "last_seen": texts.stored(row.last.told).moment,
            "publishers": [publisher.id for publisher in row.publishers],
            "evidence": list(dict.fromkeys(use.told.id for use in row.uses)),
            "item_rate": round(row.item_rate, 3),
            "item_baseline_rate": round(row.item_rate_before, 3),
            "of": row.now.of,
            "stories_before": row.before.stories,
            "of_before": row.before.of,
            "sure": row.chance.words,
        }
        if row.parts is not None:
            record["by"] = {label: _part(share) for label, share in row.parts.items()}
        yield record


def shift_records_of(measured: Wording, watchlist: str | None) -> Iterator[Mapping[str, Any]]:
    for shift in measured.steps.shifts:
        yield {
            "ladder": shift.ladder.id,
            "watchlist": watchlist,
            "change": shift.change,
            "rung_before": shift.before.rung,
            "rung_after": shift.after.rung,
            "before": shift.before.sentence.text,
            "after": shift.after.sentence.text,
            "similarity": round(shift.similarity, 3),
            "edit": shift.is_edit,
            "publishers": [step.told.publisher.id for step in (shift.before, shift.after)],
            "moments": [
                when_of(step, shift, measured.corpus.texts) for step in (shift.before, shift.after)
            ],
            "evidence": [shift.before.told.id, shift.after.told.id],
        }


def when_of(step: Step, shift: Shift, texts: Texts) -> datetime:
    """Return the time of a step. An edit has the time when it was seen, because the item keeps the
    date of its publication."""
    stored = texts.stored(step.told)
    return (stored.revised_at if shift.is_edit else None) or stored.moment


def _part(share: Share) -> dict[str, Any]:
    return {"stories": share.stories, "of": share.of, "rate": round(share.rate, 3)}

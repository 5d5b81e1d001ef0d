"""`sigtrack wording --phrase "new phase" --spread`: who used a formula first, and who later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any

from sigtrack.analyze.wording import PhraseRow, Texts, Use, Wording, language_of, order_of
from sigtrack.app.hits import ID_SHOWN, count
from sigtrack.app.wording_tables import quote_of
from sigtrack.model import Cell, Column, Table

FIELDS = ("formula", "phrase", "day", "days_after", "lang", "publisher", "side", "parties", "item")
_COLUMNS = (
    Column(name="day", kind="key"),
    Column(name="after", align="right", kind="key"),
    Column(name="lang", kind="key"),
    Column(name="publisher", kind="key"),
    Column(name="side"),
    Column(name="sentence", kind="main"),
    Column(name="id", kind="key"),
)


def first_uses(row: PhraseRow) -> list[Use]:
    """Return the first use by each publisher, in order of time."""
    firsts: dict[str, Use] = {}
    for use in sorted(row.uses, key=lambda use: order_of(use.told)):
        firsts.setdefault(use.told.publisher.id, use)
    return list(firsts.values())


def spread_tables(measured: Wording, limit: int | None, zone: tzinfo) -> Iterator[Table]:
    """Yield a table for each formula."""
    texts = measured.corpus.texts
    for row in measured.formulas:
        uses = first_uses(row)
        yield Table(
            title=row.phrase,
            caption=_caption(uses, texts, zone, limit),
            columns=_COLUMNS,
            rows=tuple(_cells(use, uses[0], texts, zone) for use in uses[:limit]),
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
                "day": _day(use, zone),
                "days_after": _days_after(use, uses[0], zone),
                "lang": _language(use, texts),
                "publisher": told.publisher.id,
                "side": told.publisher.side,
                "parties": list(use.parties),
                "item": told.id,
            }


def _caption(uses: Sequence[Use], texts: Texts, zone: tzinfo, limit: int | None) -> str:
    first, last = uses[0], uses[-1]
    told = f"first by {first.told.publisher.id} on {_day(first, zone)}"
    if len(uses) > 1:
        languages = count(len({_language(use, texts) for use in uses}), "language")
        within = count(_days_after(last, first, zone), "day")
        told += f", taken up by {count(len(uses) - 1, 'publisher')} in {languages} within {within}"
    left = 0 if limit is None else len(uses) - limit
    return f"{told}; {left} not shown, -n 0 shows all" if left > 0 else told


def _cells(use: Use, first: Use, texts: Texts, zone: tzinfo) -> tuple[Cell, ...]:
    after = _days_after(use, first, zone)
    return (
        _day(use, zone),
        f"+{after} d" if after else "",
        _language(use, texts),
        use.told.publisher.id,
        use.told.publisher.side,
        quote_of(use, texts),
        use.told.id[:ID_SHOWN],
    )


def _day(use: Use, zone: tzinfo) -> str:
    return use.told.moment.astimezone(zone).date().isoformat()


def _days_after(use: Use, first: Use, zone: tzinfo) -> int:
    days = (one.told.moment.astimezone(zone).date() for one in (use, first))
    later, earlier = days
    return (later - earlier).days


def _language(use: Use, texts: Texts) -> str:
    return language_of(texts.stored(use.told).item)


def _words(use: Use, texts: Texts) -> str:
    return texts.words(use.told, use.field, use.start, use.end)

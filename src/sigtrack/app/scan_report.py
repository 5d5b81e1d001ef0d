"""The report of a scan, for people and programs: hits by signal, and rates over time.

A rate is the number of items hit per 1,000 items of the same time. An archive holds more items of
one year than of another, so the number of hits alone would only show its size.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sigtrack.app.scan import Scanning
from sigtrack.model import Block, Cell, Column, Note, Report, Table
from sigtrack.store.scans import ScanStore
from sigtrack.views.hits import Headings, count
from sigtrack.views.wording import sparkline

FIELDS = (
    *("watchlist", "signal", "hits", "per_1000", "first", "last"),
    *("by_year", "by_month", "by_language"),
)
_MOST_MONTHS = 24  # up to this many, the trend is shown by month, else by year
_UNDATED = "undated"


@dataclass(slots=True)
class _Share:
    """The items of a watchlist or a signal, or all items."""

    items: int = 0
    first: date | None = None
    last: date | None = None
    months: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)

    def add(self, day: date | None, lang: str, items: int) -> None:
        self.items += items
        self.languages[lang] += items
        self.months[f"{day:%Y-%m}" if day else _UNDATED] += items
        if day:
            self.first = min(self.first or day, day)
            self.last = max(self.last or day, day)

    def by(self, length: int) -> dict[str, int]:
        """Return the items by year (`length` 4) or by month (7)."""
        found: Counter[str] = Counter()
        for month, items in self.months.items():
            found[month if month == _UNDATED else month[:length]] += items
        return dict(sorted(found.items()))


_Shares = Mapping[tuple[str, str], _Share]


def report_of(scanning: Scanning, headings: Headings, *, limit: int | None) -> Report:
    """Report everything that was scanned into the folder, in this run and earlier ones."""
    shares = _shares(ScanStore(str(scanning.folder.path)).counts())
    return Report(
        title="Scan",
        blocks=tuple(_blocks(scanning, shares, headings, limit)),
        records=tuple(_records(shares)),
        fields=FIELDS,
    )


def _shares(counts: Any) -> _Shares:
    shares: defaultdict[tuple[str, str], _Share] = defaultdict(_Share)
    for row in counts.to_pylist():
        share = shares[row["watchlist"], row["signal"]]
        share.add(row["day"], row["lang"], row["items"])
    return shares


def _records(shares: _Shares) -> Iterator[dict[str, Any]]:
    """Yield the record of all items first, then each watchlist followed by its signals."""
    every = shares.get(("", ""), _Share())
    for (watchlist, signal), share in sorted(shares.items()):
        yield {
            "watchlist": watchlist or None,
            "signal": signal or None,
            "hits": share.items,
            "per_1000": _rate(share.items, every.items),
            "first": share.first,
            "last": share.last,
            "by_year": share.by(4),
            "by_month": share.by(7),
            "by_language": dict(sorted(share.languages.items())),
        }


def _rate(items: int, of: int) -> float:
    return round(1000 * items / of, 3) if of else 0.0


def _blocks(
    scanning: Scanning, shares: _Shares, headings: Headings, limit: int | None
) -> Iterator[Block]:
    done = scanning.folder.done.values()
    files = {piece.address for task in scanning.folder.tasks for piece in task.pieces}
    every = shares.get(("", ""), _Share())
    hits = sum(one.hits for one in done)
    spans = f" from {every.first} to {every.last}" if every.first else ""
    text = f"{count(every.items, 'item')}{spans} in {count(len(files), 'file')}: "
    text += f"{count(hits, 'hit')} in {count(sum(one.kept for one in done), 'item')}"
    if unreadable := sum(one.unreadable for one in done):
        example = next(one.example for one in done if one.unreadable)
        text += f"; {count(unreadable, 'row')} gave no item"
        text += f', e.g. "{example}"' if example else ""
    yield Note(text=text)
    if hits:
        yield _signals(shares, headings, every, limit)
        yield _times(shares, headings, every)


def _periods(every: _Share) -> tuple[int, list[str]]:
    """Return the length of a period's name (month 7, year 4), and the periods in order."""
    months = [one for one in sorted(every.months) if one != _UNDATED]
    if len(months) <= _MOST_MONTHS:
        return 7, months
    return 4, sorted({month[:4] for month in months})


def _signals(shares: _Shares, headings: Headings, every: _Share, limit: int | None) -> Table:
    length, periods = _periods(every)
    totals = every.by(length)
    order = list(headings.watchlists)
    found = sorted(
        ((key, share) for key, share in shares.items() if key[1]),
        key=lambda one: (-one[1].items, order.index(one[0][0]) if one[0][0] in order else 0),
    )
    rows = [
        (
            *(watchlist, signal, share.items, _told(share.items, every.items)),
            sparkline([share.by(length).get(one, 0) / totals[one] for one in periods]),
            *(str(share.first or ""), str(share.last or "")),
        )
        for (watchlist, signal), share in found[:limit]
    ]
    left = len(found) - len(rows)
    more = f", {left} not shown, -n 0 shows all" if left else ""
    kind = "month" if length == 7 else "year"
    return Table(
        title="Hits",
        caption=f"{count(len(found), 'signal')}{more}; trend of the rate by {kind}",
        columns=(
            Column(name="watchlist", kind="key"),
            Column(name="signal", kind="main"),
            Column(name="hits", align="right", kind="key"),
            Column(name="per 1,000 items", align="right"),
            Column(name="trend"),
            Column(name="first"),
            Column(name="last"),
        ),
        rows=tuple(rows),
    )


def _times(shares: _Shares, headings: Headings, every: _Share) -> Table:
    """Return the table of items hit by each watchlist per 1,000 items of a year or a month."""
    length, periods = _periods(every)
    totals = every.by(length)
    lists = [one for one in headings.watchlists if (one, "") in shares]
    found = {one: shares[one, ""].by(length) for one in lists}
    rows: Sequence[tuple[Cell, ...]] = [
        (
            period,
            totals[period],
            *(_told(found[one].get(period, 0), totals[period]) for one in lists),
        )
        for period in periods
    ]
    return Table(
        title="Items hit per 1,000 items",
        columns=(
            Column(name="month" if length == 7 else "year", kind="key"),
            Column(name="items", align="right", kind="key"),
            *(Column(name=one, align="right", kind="key") for one in lists),
        ),
        rows=tuple(rows),
    )


def _told(items: int, of: int) -> str:
    return f"{_rate(items, of):,.1f}"

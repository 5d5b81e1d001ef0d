"""Values to columns and back.

Times are microseconds since 1970, which keeps them exact from year 1 to 9999. Spans are a short
JSON list that begins with the watchlist files they name: `[["w.toml"], ["title", 0, 5, "Lee", 0,
12]]`.

A damaged page may hold a value of any type in any column. So the types of each row are checked (1
µs a row), and a value that no sigtrack has written raises an error: see `Database.read`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from operator import attrgetter
from typing import Any, Generic, TypeVar, cast

from sigtrack.lexicon.zones import publishers_time
from sigtrack.model import (
    ClassWord,
    FeedState,
    FormulaUse,
    Hit,
    Item,
    Level,
    Phase,
    Place,
    Priority,
    Rank,
    RungUse,
    Runs,
    Span,
    StoredItem,
    Visit,
    Visitor,
    WordingRead,
)
from sigtrack.store.sql.database import Row

_FULL_TEXT = "coalesce((SELECT f.text FROM full_texts f WHERE f.revision = r.number), '')"
# Columns for revisions r joined with items i and texts t; see `stored_item`.
ITEM_COLUMNS = f"""
    i.id, i.feed, i.uid, i.first_seen, r.revision, r.number, r.published, r.language, r.url,
    r.imported, r.named, r.fingerprint, t.title, t.summary, t.text, r.revised_at,
    i.story, r.author, r.categories, r."offset",
    coalesce((SELECT zone FROM zones WHERE zones.feed = i.feed), ''),
    {_FULL_TEXT}
"""
# The same without summary and texts, for callers that do not need articles.
TITLE_COLUMNS = ITEM_COLUMNS.replace("t.summary, t.text", "'', ''").replace(_FULL_TEXT, "''")
_ITEM_KINDS = "tttiiiITtiittttITttitt"
ITEM_WIDTH = len(_ITEM_KINDS)
NO_CATEGORIES = "[]"

# Columns for sightings s joined with hits h; see `hit`.
HIT_COLUMNS = "h.number, h.watchlist, h.signal, s.priority, s.score, s.spans"

_HIT_KINDS = "ittiit"
_VISIT_KINDS = "TtTtTTtt"
_KINDS: dict[str, tuple[type, ...]] = {
    "t": (str,),
    "i": (int,),
    "b": (bytes,),
    "T": (str, type(None)),
    "I": (int, type(None)),
}
_FIELDS = ("title", "summary", "text", "full_text", "author", "category")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PRIORITIES = tuple(Priority)


def check_kinds(row: Row, kinds: str) -> None:
    """`kinds` has one letter a column: t text, i whole number, b bytes; a capital allows NULL.
    Raises TypeError for a value of another type."""
    if not _are_of(tuple(map(type, row)), kinds):
        raise TypeError("a value of another kind")


@lru_cache(maxsize=4096)
def _are_of(types: tuple[type, ...], kinds: str) -> bool:
    return all(one in _KINDS[kind] for one, kind in zip(types, kinds, strict=True))


def stamp(at: datetime) -> int:
    return microseconds(at - _EPOCH)


def microseconds(span: timedelta) -> int:
    return span // _MICROSECOND


def stamp_or_none(at: datetime | None) -> int | None:
    return None if at is None else stamp(at)


def time(stamped: int) -> datetime:
    return _EPOCH + timedelta(microseconds=stamped)


def time_or_none(stamped: int | None) -> datetime | None:
    return None if stamped is None else time(stamped)


Value = TypeVar("Value")


class RowForm(Generic[Value]):
    """How the values of a class stand in rows: a field in each column, by name and kind.

    The kinds are those of `check_kinds`, and m a moment (M or none), d a day, ? yes or no, x a
    number in hex. "format=series t": the column `format` holds the field `series`. A field in
    `choices` has one of these values; in a row of the store any other is damage. The fields of a
    tuple stand in the order of the columns.
    """

    def __init__(self, made: type[Value], columns: str, **choices: tuple[object, ...]) -> None:
        told = [one.split() for one in columns.split(",")]
        names = [name.partition("=") for name, _ in told]
        self.columns = ", ".join(column for column, *_ in names)
        self._made: Any = made
        self._make = getattr(made, "_make", tuple) if issubclass(made, tuple) else None
        self._fields = [field or column for column, _, field in names]
        self._kinds = "".join(_STORED_AS.get(kind, kind) for _, kind in told)
        self._written = {at: _WRITTEN[k] for at, (_, k) in enumerate(told) if k in _WRITTEN}
        self._read = {at: _READ[kind] for at, (_, kind) in enumerate(told) if kind in _READ}
        self._values_of = attrgetter(*self._fields)
        self._choices = choices

    def row(self, value: Value) -> Row:
        values = list(self._values_of(value))
        for at, write in self._written.items():
            values[at] = write(values[at])
        return tuple(values)

    def value(self, row: Row) -> Value:
        check_kinds(row, self._kinds)
        values = list(row)
        for at, read in self._read.items():
            values[at] = read(values[at])
        if self._make is not None:
            return cast(Value, self._make(values))
        given = dict(zip(self._fields, values, strict=True))
        for field, choices in self._choices.items():
            if given[field] not in choices:
                raise ValueError(f"no such {field}")
        return cast(Value, self._made(**given))


_STORED_AS = {"m": "i", "M": "I", "d": "t", "?": "i", "x": "t"}
_WRITTEN: Mapping[str, Callable[[Any], Any]] = {
    "m": stamp,
    "M": stamp_or_none,
    "d": date.isoformat,
    "?": int,
    "x": lambda number: f"{number:x}" if number else "",
}
_READ: Mapping[str, Callable[[Any], Any]] = {
    "m": time,
    "M": time_or_none,
    "d": date.fromisoformat,
    "?": bool,
    "x": lambda written: int(written or "0", 16),
}

FEED_STATE = RowForm(
    FeedState,
    "feed t, url t, etag t, last_modified t, full_at M, first_asked_at M, asked_at M,"
    "answered_at M, changed_at M, due_at M, failures i, failing_since M, reason t, told ?,"
    "paused T, address t, gap i, quiet x, document t",
)


def offset_of(at: datetime | None) -> int:
    """Return minutes east of UTC."""
    offset = at.utcoffset() if at else None
    return offset // timedelta(minutes=1) if offset else 0


def stored_item(row: Row) -> StoredItem:
    check_kinds(row, _ITEM_KINDS)
    clock = (row[7], row[19], row[20])
    item = Item(
        feed=row[1],
        uid=row[2],
        published=None if row[6] is None else on_clock(row[6], *clock),
        language=row[7],
        url=row[8],
        imported=bool(row[9]),
        named=bool(row[10]),
        fingerprint=row[11],
        title=row[12],
        summary=row[13],
        text=row[14],
        author=row[17],
        categories=categories(row[18]),
        full_text=row[21],
    )
    return StoredItem(
        id=row[0],
        item=item,
        first_seen=on_clock(row[3], *clock),
        revision=row[4],
        number=row[5],
        revised_at=None if row[15] is None else on_clock(row[15], *clock),
        story=row[16],
    )


def on_clock(stamped: int, language: str | None, offset: int, zone: str) -> datetime:
    """Return a time of an item as its publisher's clock shows it."""
    written = timezone(timedelta(minutes=offset)) if offset else UTC
    return publishers_time(time(stamped).astimezone(written), zone, language)


def categories_json(written: Sequence[str]) -> str:
    return json.dumps(written, ensure_ascii=False) if written else NO_CATEGORIES


def categories(written: str) -> tuple[str, ...]:
    return tuple(json.loads(written)) if written != NO_CATEGORIES else ()


def hit(row: Row, item: str) -> Hit:
    check_kinds(row, _HIT_KINDS)
    return Hit(
        item=item,
        watchlist=row[1],
        signal=row[2],
        priority=_priority(row[3]),
        score=row[4],
        spans=spans(row[5]),
    )


def _priority(rank: int) -> Priority:
    if rank < 1:
        raise ValueError("no such priority")
    return _PRIORITIES[rank - 1]


def spans_json(found: Sequence[Span]) -> str:
    """The paths, then a row for each span, which ends with the words of its classes, if any."""
    places = [p for span in found for p in (span.place, *(one.place for one in span.classes))]
    paths = list(dict.fromkeys(place.path for place in places))
    rows = []
    for span in found:
        place = _place_row(span.place, paths)
        row: list[object] = [span.field, span.start, span.end, span.term, *place]
        if span.classes:
            row.append([[c.name, c.word, *_place_row(c.place, paths)] for c in span.classes])
        rows.append(row)
    return json.dumps([paths, *rows], ensure_ascii=False, separators=(",", ":"))


def spans(written: str) -> tuple[Span, ...]:
    paths, *rows = json.loads(written)
    check_kinds(tuple(paths), "t" * len(paths))
    found = []
    for row in rows:
        check_kinds(row[:6], "tiitii")
        field, start, end, term, path, line, *classes = row
        if field not in _FIELDS or not 0 <= start <= end:
            raise ValueError("no such span")
        found.append(
            Span(
                field=field,
                start=start,
                end=end,
                term=term,
                place=Place(path=paths[path], line=line),
                classes=tuple(_class_word(one, paths) for one in (classes[0] if classes else ())),
            )
        )
    return tuple(found)


def _class_word(row: Row, paths: Sequence[str]) -> ClassWord:
    check_kinds(row, "ttii")
    name, word, path, line = row
    return ClassWord(name=name, word=word, place=Place(path=paths[path], line=line))


def _place_row(place: Place, paths: list[str]) -> list[int]:
    return [paths.index(place.path), place.line]


def visits_json(told: Sequence[Visit]) -> str:
    """A row for each visit: host, phase, place, site, first day, last day, level, rank; then rows
    for its visitors and for the words that tell it."""
    rows = [
        (
            *(one.host_country, one.phase, one.place, one.site, one.date, one.until),
            *(one.level, one.rank),
            [(v.country, v.name, v.rank, v.actor) for v in one.visitors],
            [(s.field, s.start, s.end, s.term) for s in one.spans],
        )
        for one in told
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def visits(written: str) -> tuple[Visit, ...]:
    return tuple(map(_visit, json.loads(written)))


def _visit(row: Row) -> Visit:
    *facts, people, words = row
    check_kinds(tuple(facts), _VISIT_KINDS)
    host, phase, place, site, first, last, level, rank = facts
    return Visit(
        visitors=tuple(map(_visitor, people)),
        host_country=host,
        phase=Phase(phase),
        place=place,
        site=site,
        date=first,
        until=last,
        level=Level(level),
        rank=Rank(rank),
        spans=tuple(map(_span_read, words)),
    )


def _visitor(row: Row) -> Visitor:
    check_kinds(row, "tttt")
    country, name, rank, actor = row
    return Visitor(country=country, name=name, rank=Rank(rank), actor=actor)


def _span_read(row: Row) -> Span:
    check_kinds(row, "tiit")
    field, start, end, term = row
    if field not in _FIELDS or not 0 <= start <= end:
        raise ValueError("no such span")
    return Span(field=field, start=start, end=end, term=term)


def wording_json(read: WordingRead) -> str:
    """Rows of formulas, rows of rungs on ladders, the parties, and the form of the text."""
    return json.dumps(read, ensure_ascii=False, separators=(",", ":"))


def wording(written: str) -> WordingRead:
    """Nine in ten readings only name governments, so most are equal to one that was read before."""
    return _plain_wording(written) if len(written) < _PLAIN else _wording(written)


def _wording(written: str) -> WordingRead:
    formulas, steps, parties, form = json.loads(written)
    check_kinds((parties, form), "tt")
    uses = tuple(map(_formula_use, formulas))
    return WordingRead(uses, tuple(map(_rung_use, steps)), parties, form)


_PLAIN = 60  # letters
_plain_wording = lru_cache(maxsize=4096)(_wording)


def _formula_use(row: Row) -> FormulaUse:
    check_kinds(tuple(row), "tttiit")
    return FormulaUse(*row)


def _rung_use(row: Row) -> RungUse:
    *facts, units = row
    check_kinds(tuple(facts), "titiiiit")
    check_kinds(tuple(units), "i" * len(units))
    return RungUse._make((*facts, tuple(units)))


def phrases_bytes(runs: Runs) -> bytes:
    """All numbers, then all places."""
    return runs.packed_numbers + runs.packed_places


def phrases(written: bytes) -> Runs:
    half = len(written) // 2
    if not isinstance(written, bytes) or len(written) % 8:  # check_kinds would double the cost
        raise ValueError("no such runs")
    return Runs(written[:half], written[half:])


def text_digest(item: Item) -> int:
    """Hash the exact words. Texts are shared, so every dash counts, unlike in a fingerprint."""
    text = "\0".join((item.title, item.summary, item.text)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big", signed=True)

"""The output of a scan: a folder of Parquet files with a manifest, and questions to it.

    scan.jsonl             what was asked for, the tasks, and the outcome of each
    items/00001.parquet    items with hits: their words, and what was read from them
    hits/00001.parquet     one row for each hit, in the machine format of `report`
    counts/00001.parquet   all items, and those with hits, by day, language, list and signal

A task writes one file in each of the three folders, under a temporary name until it is complete,
and the manifest then notes the task as done. Files of tasks that are not done are ignored, so a
scan that is killed loses only the tasks in progress.

`ScanStore` answers the questions that `wording`, `visits` and `import` ask a store, from these
files. It keeps in memory what counting needs of each item, and reads the words on request.
"""

from __future__ import annotations

import json
import os
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta, timezone
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple, NoReturn, Self

from sigtrack import files
from sigtrack.errors import (
    InputUnreadable,
    Misuse,
    StoreCorrupt,
    cannot_write,
    reason_of,
)
from sigtrack.model import Done, Hit, Item, Piece, Priority, Span, StoredItem, Task, Visit
from sigtrack.store.interface import KINDS, Extent, Found, Kind, Outline, Query, ReadState
from sigtrack.store.sql.readings import FORMS
from sigtrack.store.sql.rows import offset_of, visits
from sigtrack.text import clean

MANIFEST = "scan.jsonl"
FORMAT = 1
PARTS = ("items", "hits", "counts")
_ROWS_AT_ONCE = 1_000  # of a row group, which is read whole to get one item
_BYTES_AT_ONCE = 8 << 20


class ScanFolder:
    """One scan: what was asked for, its tasks in order, and the tasks that are done."""

    def __init__(self, path: Path) -> None:
        """A folder without a manifest is a new scan. Raises StoreCorrupt if the manifest is
        invalid, and InputUnreadable if it cannot be read."""
        self.path = path
        self.asked: Mapping[str, Any] = {}
        self.tasks: list[Task] = []
        self.done: dict[int, Done] = {}
        written = path / MANIFEST
        try:
            with files.open_file(written) as manifest:
                lines = manifest.read().split(b"\n")[:-1]  # a kill may cut the last one
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise InputUnreadable(
                f"{clean(str(written))} cannot be read: {reason_of(error)}",
                hint="scan into another folder",
            ) from None
        try:
            for line in lines:
                self._take(json.loads(line))
        except (ValueError, TypeError, KeyError) as error:
            raise StoreCorrupt(
                f"{clean(str(written))} is not the manifest of a scan: {clean(str(error))[:100]}",
                hint="scan into another folder",
            ) from None

    def _take(self, line: Mapping[str, Any]) -> None:
        if "asked" in line:
            self.asked = {**line["asked"]}
        elif "pieces" in line:
            pieces = tuple(Piece(*one) for one in line["pieces"])
            self.tasks.append(Task(line["task"], pieces))
        else:
            broken = tuple((address, why) for address, why in line["broken"])
            done = Done(**{**line, "broken": broken})
            self.done[done.task] = done

    @property
    def open_tasks(self) -> list[Task]:
        return [task for task in self.tasks if task.number not in self.done]

    @property
    def began(self) -> datetime:
        """When the scan began: the date of items whose publisher gives none."""
        return datetime.fromisoformat(self.asked["began"])

    def begin(self, asked: Mapping[str, Any]) -> None:
        """Make the folder. Raises CannotWrite if that is not possible."""
        with _writing(self.path):
            for part in PARTS:
                (self.path / part).mkdir(parents=True, exist_ok=True)
        self._note({"asked": asked})

    def plan(self, tasks: Iterable[Task]) -> None:
        for task in tasks:
            self._note({"task": task.number, "pieces": task.pieces})

    def finish(self, done: Done) -> None:
        self._note(asdict(done))

    def _note(self, line: Mapping[str, Any]) -> None:
        target = self.path / MANIFEST
        with _writing(target), target.open("ab") as manifest:
            manifest.write(f"{json.dumps(line)}\n".encode())
            manifest.flush()
            os.fsync(manifest.fileno())
        self._take(json.loads(json.dumps(line)))

    def part(self, name: str, task: int) -> Path:
        return self.path / name / f"{task:05}.parquet"

    def keep_parts(self, task: int, parts: Mapping[str, bytes]) -> None:
        """Write the files of a task that was done elsewhere: their bytes, by part."""
        for name, content in parts.items():
            target = self.part(name, task)
            with _writing(target):
                _unfinished(target).write_bytes(content)
                _unfinished(target).replace(target)

    def parts(self, name: str) -> list[Path]:
        """Return the files of the tasks that are done, in the order of the tasks."""
        return [self.part(name, number) for number in sorted(self.done)]


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Raise CannotWrite for an OSError."""
    try:
        yield
    except OSError as error:
        raise cannot_write(clean(str(path)), error, "name another folder") from None


# Writing


@lru_cache
def schema_of(part: str) -> Any:
    """Return the Arrow schema of items, hits or counts."""
    import pyarrow as pa

    text, number, time = pa.string(), pa.int32(), pa.timestamp("us", "UTC")
    words = [(name, text) for name in ("title", "link", "summary", "text", "lang")]
    item = [("id", text), ("source", text), ("uid", text), *words]
    read: list[Any] = [("visits", text), ("wording", text), ("phrases", pa.binary())]
    class_word = [("class", text), ("word", text), ("file", text), ("line", number)]
    span = [("field", text), ("start", number), ("end", number), ("text", text), ("term", text)]
    span.append(("classes", pa.list_(pa.struct(class_word))))
    schemas: Mapping[str, list[Any]] = {
        "items": [
            *item,
            *(("published", time), ("offset", pa.int16()), ("first_seen", time)),
            *(("author", text), ("categories", pa.list_(text)), ("fingerprint", text)),
            ("watchlists", pa.list_(text)),
            *read,
        ],
        "hits": [
            *((name, text) for name in ("item", "uid", "title", "link", "source", "lang")),
            *(("published", time), ("first_seen", time), ("story", text)),
            *((name, text) for name in ("watchlist", "signal", "priority")),
            *(("score", number), ("spans", pa.list_(pa.struct(span)))),
        ],
        "counts": [
            *(("day", pa.date32()), ("lang", text), ("watchlist", text), ("signal", text)),
            ("items", pa.int64()),
        ],
    }
    return pa.schema(schemas[part])


def item_row(
    stored: StoredItem, watchlists: Iterable[str], read: Mapping[Kind, Any]
) -> dict[str, Any]:
    """Return a row of `items`."""
    item = stored.item
    return {
        "id": stored.id,
        "source": item.feed,
        "uid": item.uid,
        "title": item.title,
        "link": item.url,
        "summary": item.summary,
        "text": item.text,
        "lang": item.language,
        "published": item.published,
        "offset": offset_of(item.published),
        "first_seen": stored.first_seen,
        "author": item.author,
        "categories": list(item.categories),
        "fingerprint": item.fingerprint,
        "watchlists": list(dict.fromkeys(watchlists)),
        **{kind: FORMS[kind][0](read[kind]) if read.get(kind) else None for kind in KINDS},
    }


class PartWriter:
    """Writes the files of one task. They get their final names if the `with` block succeeds.

    Raises CannotWrite and DiskFull.
    """

    def __init__(self, folder: ScanFolder, task: int) -> None:
        self._targets = {name: folder.part(name, task) for name in PARTS}
        self._waiting: dict[str, list[Any]] = {name: [] for name in PARTS}
        self._writers: dict[str, Any] = {}

    def __enter__(self) -> Self:
        from pyarrow import parquet

        for name, target in self._targets.items():
            with _writing(target):
                self._writers[name] = parquet.ParquetWriter(
                    _unfinished(target), schema_of(name), compression="zstd"
                )
        return self

    def write(self, name: str, table: Any) -> None:
        waiting = self._waiting[name]
        waiting.append(table)
        rows, size = sum(one.num_rows for one in waiting), sum(one.nbytes for one in waiting)
        if rows >= _ROWS_AT_ONCE or size > _BYTES_AT_ONCE:
            self._flush(name)

    def _flush(self, name: str) -> None:
        import pyarrow as pa

        if waiting := self._waiting[name]:
            with _writing(self._targets[name]):
                self._writers[name].write_table(
                    pa.concat_tables(waiting), row_group_size=_ROWS_AT_ONCE
                )
        self._waiting[name] = []

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            for name, target in self._targets.items():
                with _writing(target):
                    if kind is None:
                        self._flush(name)
                    self._writers[name].close()
                    if kind is None:
                        _unfinished(target).replace(target)
        finally:
            for target in self._targets.values():
                with suppress(OSError):  # it has its name, as a rule
                    _unfinished(target).unlink()


def _unfinished(target: Path) -> Path:
    return target.with_name(f".{target.name}")


# Reading


class _Entry(NamedTuple):
    """What counting needs of an item. `number` is its place in the scan, from 1."""

    number: int
    id: str
    feed: str
    lang: str | None
    moment: datetime
    words: str
    watchlists: tuple[str, ...]


class ScanStore:
    """Answers what `wording`, `visits` and `import` ask of a store; others raise Misuse.

    Items have one revision and no story. An item that is twice in the archives counts once.
    """

    def __init__(self, place: str) -> None:
        """Raises Misuse if pyarrow is not installed."""
        try:
            import pyarrow  # noqa: F401
        except ImportError:
            raise Misuse(
                "the output of a scan is read with pyarrow, which is not installed",
                hint="pip install 'sigtrack[scan]'",
            ) from None
        self.name = place
        self._folder = ScanFolder(Path(place))
        self._row_group = lru_cache(maxsize=8)(
            lambda part, group: self._file(self._folder.parts("items")[part]).read_row_group(group)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._row_group.cache_clear()

    def __getattr__(self, asked: str) -> NoReturn:
        if asked.startswith("_"):
            raise AttributeError(asked)
        raise Misuse(
            f"{clean(self.name)} is the output of a scan, which only wording and visits can read",
            hint=f"take its hits into a database with: sigtrack import {clean(self.name)}",
        )

    def sources(self) -> list[str]:
        return sorted({entry.feed for entry in self._entries})

    def is_empty(self) -> bool:
        return not self._entries

    def last_run(self, _: str) -> None:
        """Return None: a scan has no runs."""
        return

    def read_so_far(self, fingerprints: Mapping[Kind, str]) -> ReadState:
        written = self._folder.asked.get("readings", {})
        is_older = any(written.get(kind) != one for kind, one in fingerprints.items())
        older, by_older = (len(self._entries), self._last) if is_older else (0, 0)
        return ReadState(upto=self._last, older=older, by_older=by_older)

    def outlines(
        self, query: Query, numbers: Collection[int] | None = None, *, all_of: Collection[str] = ()
    ) -> Iterator[Outline]:
        for one in self._wanted(query):
            if numbers is None or one.number in numbers or one.feed in all_of:
                story = one.words or one.id
                yield Outline(one.id, one.number, one.feed, story, one.moment, 1, None)

    def extents(self, query: Query) -> Iterator[Extent]:
        by_feed: dict[str, list[_Entry]] = {}
        for one in self._wanted(query):
            by_feed.setdefault(one.feed, []).append(one)
        for feed, some in by_feed.items():
            moments, numbers = [one.moment for one in some], [one.number for one in some]
            yield Extent(feed, min(moments), max(moments), min(numbers), max(numbers))

    def hit_revisions(self, query: Query) -> set[int]:
        """Return the numbers of items with hits of these watchlists, of whatever priority."""
        wanted = set(query.watchlists)
        return {
            one.number
            for one in self._wanted(query)
            if not wanted or not wanted.isdisjoint(one.watchlists)
        }

    def hits(self, query: Query, *, articles: bool = False) -> Iterator[Found]:
        """Yield hits in no particular order; their items have no words and so no `articles`."""
        by_id = {one.id: one for one in self._wanted(query)}
        columns = ["item", "watchlist", "signal", "priority", "score", "spans"]
        seen: set[tuple[str, str, str]] = set()
        for number, row in self._rows("hits", columns):
            entry, hit = by_id.get(row["item"]), _hit_of(row)
            key = (hit.item, hit.watchlist, hit.signal)
            is_wanted = not query.watchlists or hit.watchlist in query.watchlists
            is_weak = hit.priority.rank < (query.priority or hit.priority).rank
            if entry is not None and is_wanted and not is_weak and key not in seen:
                seen.add(key)
                yield Found(_without_words(entry), hit, number)

    def items(self, query: Query) -> Iterator[StoredItem]:
        """Yield items in the order of the archives."""
        numbers = {one.number for one in self._wanted(query)}
        if numbers:
            for number, row in self._rows("items", None):
                if number in numbers:
                    yield _stored_item(number, row)

    def visits(self, query: Query) -> Iterator[tuple[StoredItem, tuple[Visit, ...]]]:
        """Yield visits in no particular order; their items have no summary and no text."""
        numbers = {one.number for one in self._wanted(query)}
        columns = [one for one in schema_of("items").names if one not in ("summary", "text")]
        for number, row in self._rows("items", columns):
            if row["visits"] and number in numbers:
                yield _stored_item(number, row), visits(row["visits"])

    def readings(
        self, kind: Kind, numbers: Collection[int], upto: int
    ) -> Iterator[tuple[int, Any]]:
        for number, row in self._rows("items", [kind]):
            if row[kind] is not None and number <= upto and number in numbers:
                yield number, FORMS[kind][1](row[kind])

    def revision(self, number: int) -> StoredItem:
        part = bisect_right(self._starts, number - 1) - 1
        within, group = number - 1 - self._starts[part], 0
        table = self._row_group(part, group)
        while within >= table.num_rows:
            within, group = within - table.num_rows, group + 1
            table = self._row_group(part, group)
        (row,) = table.slice(within, 1).to_pylist()
        return _stored_item(number, row)

    def revisions(self, id: str) -> list[StoredItem]:
        return [self.revision(one.number) for one in self._entries if one.id == id]

    def extent(self, query: Query) -> tuple[int, StoredItem | None, StoredItem | None]:
        wanted = sorted(self._wanted(query), key=lambda one: one.moment)
        if not wanted:
            return 0, None, None
        return len(wanted), self.revision(wanted[0].number), self.revision(wanted[-1].number)

    def counts(self) -> Any:
        """Return a table of the number of items by day, language, watchlist and signal.

        A row without a watchlist counts all items, a row without a signal those of the watchlist.
        """
        import pyarrow as pa

        parts = [self._file(path).read() for path in self._folder.parts("counts")]
        table = pa.concat_tables(parts) if parts else schema_of("counts").empty_table()
        keys = ["day", "lang", "watchlist", "signal"]
        summed = table.group_by(keys).aggregate([("items", "sum")])
        return summed.rename_columns([*keys, "items"]).sort_by([(key, "ascending") for key in keys])

    def _wanted(self, query: Query) -> Iterator[_Entry]:
        tags = [one.lower() for one in query.languages]
        for one in self._entries:
            if query.since is not None and one.moment < query.since:
                continue
            if query.until is not None and one.moment >= query.until:
                continue
            if query.after_revision is not None and one.number <= query.after_revision:
                continue
            if query.sources and one.feed not in query.sources:
                continue
            if tags and not any(f"{one.lang}-".lower().startswith(f"{tag}-") for tag in tags):
                continue
            yield one

    @cached_property
    def _entries(self) -> tuple[_Entry, ...]:
        columns = ["id", "source", "lang", "published", "first_seen", "fingerprint", "watchlists"]
        found: dict[str, _Entry] = {}
        for number, row in self._rows("items", columns):
            if row["id"] not in found:
                moment = row["published"] or row["first_seen"]
                words, lists = row["fingerprint"], tuple(row["watchlists"])
                facts = (number, row["id"], row["source"], row["lang"], moment, words, lists)
                found[row["id"]] = _Entry._make(facts)
        return tuple(found.values())

    @cached_property
    def _starts(self) -> list[int]:
        from pyarrow import parquet

        starts = [0]
        for path in self._folder.parts("items"):
            starts.append(starts[-1] + parquet.read_metadata(path).num_rows)
        return starts

    @property
    def _last(self) -> int:
        return self._starts[-1]

    def _rows(
        self, name: str, columns: Sequence[str] | None
    ) -> Iterator[tuple[int, Mapping[str, Any]]]:
        number = 0
        for path in self._folder.parts(name):
            for batch in self._file(path).iter_batches(_ROWS_AT_ONCE, columns=columns):
                for row in batch.to_pylist():
                    number += 1
                    yield number, row

    def _file(self, path: Path) -> Any:
        import pyarrow as pa
        from pyarrow import parquet

        try:
            return parquet.ParquetFile(path)
        except (OSError, pa.ArrowException) as error:
            raise InputUnreadable(
                f"{clean(str(path))} cannot be read: {clean(str(error))[:200]}",
                hint="take it out of scan.jsonl, or scan into another folder",
            ) from None


def _without_words(entry: _Entry) -> StoredItem:
    item = Item(feed=entry.feed, uid="", title="")
    return StoredItem(id=entry.id, item=item, first_seen=entry.moment, number=entry.number)


def _stored_item(number: int, row: Mapping[str, Any]) -> StoredItem:
    published = row["published"]
    clock = timezone(timedelta(minutes=row["offset"])) if row["offset"] else UTC
    return StoredItem(
        id=row["id"],
        item=Item(
            feed=row["source"],
            uid=row["uid"],
            title=row["title"],
            url=row["link"],
            summary=row.get("summary", ""),
            text=row.get("text", ""),
            language=row["lang"],
            published=published.astimezone(clock) if published else None,
            fingerprint=row["fingerprint"],
            imported=True,
            author=row["author"],
            categories=tuple(row["categories"]),
        ),
        first_seen=row["first_seen"],
        number=number,
    )


def _hit_of(row: Mapping[str, Any]) -> Hit:
    return Hit(
        item=row["item"],
        watchlist=row["watchlist"],
        signal=row["signal"],
        priority=Priority(row["priority"]),
        score=row["score"],
        spans=tuple(
            Span(field=one["field"], start=one["start"], end=one["end"], term=one["term"])
            for one in row["spans"]
        ),
    )

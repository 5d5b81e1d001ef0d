"""What a scan does with a batch of rows, and what a worker process does with a task.

`scan_batch` is the core: rows in, items with hits out, and counts of everything. It knows nothing
of files and processes, so the engine that runs it does not change the result.
"""

from __future__ import annotations

import hashlib
import os
import signal
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from sigtrack import errors
from sigtrack.app.in_force import Catalogue, load_catalogue
from sigtrack.app.readings import ReadingRules
from sigtrack.app.rules import Rules, load_rules
from sigtrack.config import load_settings
from sigtrack.errors import Misconfigured, SigtrackError
from sigtrack.frozen import frozen
from sigtrack.match import Matcher
from sigtrack.model import Done, Hit, Item, Piece, StoredItem, Task, item_id
from sigtrack.parse.archives import BROKEN, Columns, read_piece, reason_of
from sigtrack.parse.records import RowReader
from sigtrack.store.interface import KINDS
from sigtrack.store.scans import PartWriter, ScanFolder, item_row, schema_of
from sigtrack.views.hits import record_of

Counts = Counter[tuple[date | None, str, str, str]]  # day, language, watchlist, signal


@frozen
class Scanner:
    """What scanning a batch needs; made once in each process.

    `rows` makes the item of a row, as a store would return it. `now` replaces missing dates.
    """

    matcher: Matcher
    readings: ReadingRules
    rows: RowReader
    now: datetime


class Scanned(NamedTuple):
    """`items` and `hits` as a scan writes them; `counts` are of all rows that are items."""

    items: Any
    hits: Any
    counts: Counts


def scan_batch(rows: Any, scanner: Scanner) -> Scanned:
    """Return the hits of a table with the columns of `parse.archives.COLUMNS`, and the items that
    have hits, with what is read from them. `rows` and both tables are Arrow tables."""
    kept: list[dict[str, Any]] = []
    hits: list[dict[str, Any]] = []
    counts: Counts = Counter()
    for row in rows.to_pylist():
        item = scanner.rows.item(row, identified=False)
        if item is None:
            continue
        found = scanner.matcher.hits(item)
        _count(item, found, counts)
        if found:
            read = scanner.readings.read(item, KINDS)  # of the same value, whose visits are known
            whole = scanner.rows.item(row) or item
            id = item_id(whole.feed, whole.uid)
            stored = StoredItem(id=id, item=whole, first_seen=scanner.now)
            kept.append(item_row(stored, (hit.watchlist for hit in found), read))
            hits += [record_of(stored, hit) for hit in found]
    return Scanned(_table("items", kept), _table("hits", hits), counts)


def _count(item: Item, hits: list[Hit], counts: Counts) -> None:
    day = item.published.date() if item.published else None
    lang = item.language or ""
    counts[day, lang, "", ""] += 1
    for watchlist in dict.fromkeys(hit.watchlist for hit in hits):  # sets have no lasting order
        counts[day, lang, watchlist, ""] += 1
    for hit in hits:
        counts[day, lang, hit.watchlist, hit.signal] += 1


def _table(part: str, rows: list[dict[str, Any]]) -> Any:
    import pyarrow as pa

    return pa.Table.from_pylist(rows, schema=schema_of(part))


class Progress(NamedTuple):
    """The progress of one task: bytes read, items and hits so far, and the piece being read."""

    task: int
    piece: int
    position: int
    items: int
    hits: int


def scan_task(
    task: Task,
    folder: ScanFolder,
    columns: Columns,
    scanner: Scanner,
    *,
    without: Collection[int] = (),
    tell: Callable[[Progress], object] = lambda _: None,
) -> Done:
    """Scan the pieces of a task, except those `without`, and write its files.

    The result names what could not be read. Raises CannotWrite and DiskFull.
    """
    done = Done(task=task.number)
    broken: list[tuple[str, str]] = []
    counts: Counts = Counter()
    before = 0
    with PartWriter(folder, task.number) as part:
        for number, piece in enumerate(task.pieces):
            tell(Progress(task.number, number, before, done.items, done.hits))
            if number in without:
                broken.append((piece.address, "it ended the process that read it, twice"))
                continue
            for position, scanned in _scanned(piece, columns, scanner, done, broken):
                part.write("items", scanned.items)
                part.write("hits", scanned.hits)
                counts += scanned.counts
                tell(Progress(task.number, number, before + position, done.items, done.hits))
            before += piece.size
        part.write("counts", _table("counts", list(_count_rows(counts))))
    done.broken = tuple(broken)
    return done


def _scanned(
    piece: Piece, columns: Columns, scanner: Scanner, done: Done, broken: list[tuple[str, str]]
) -> Iterator[tuple[int, Scanned]]:
    batches = read_piece(piece, columns)
    while True:
        try:
            read = next(batches, None)
        except BROKEN as error:
            broken.append((piece.address, reason_of(error)))
            return
        if read is None:
            return
        scanned = scan_batch(read.table, scanner)
        items = sum(n for (*_, watchlist, _), n in scanned.counts.items() if not watchlist)
        done.items += items
        done.kept += scanned.items.num_rows
        done.hits += scanned.hits.num_rows
        done.unreadable += read.unreadable + read.table.num_rows - items
        done.example = done.example or read.example
        yield read.position, scanned


def _count_rows(counts: Counts) -> Iterator[dict[str, Any]]:
    for (day, lang, watchlist, signal_id), items in counts.items():
        names = {"day": day, "lang": lang, "watchlist": watchlist, "signal": signal_id}
        yield names | {"items": items}


# The rules of a job


@frozen
class Job:
    """What every process of a scan must know. `rules` is the fingerprint of the right rules."""

    folder: str
    config: str | None
    columns: Columns
    rules: str
    now: datetime

    def scanner(self) -> Scanner:
        """Raises Misconfigured if the rules are not those with which the scan began."""
        settings = load_settings(os.environ, config=self.config)
        rules, catalogue = load_rules(settings), load_catalogue(settings)
        if fingerprint_of_scan(rules, catalogue) != self.rules:
            message = "the watchlists or feeds were changed while the scan was running"
            raise Misconfigured(message, problems=(), hint="scan into another folder")
        return self.scanner_with(rules, catalogue)

    def scanner_with(self, rules: Rules, catalogue: Catalogue) -> Scanner:
        rows = RowReader(self.columns.source, catalogue.zones(), as_stored=True)
        matcher = rules.matcher(catalogue.feeds)
        return Scanner(matcher=matcher, readings=rules.readings, rows=rows, now=self.now)


def fingerprint_of_scan(rules: Rules, catalogue: Catalogue) -> str:
    """Return a hash of all that decides which items are hit, and what is read from them."""
    lists, readings = rules.index.fingerprints(), rules.index.readings
    told = (sorted(lists.items()), sorted(readings.items()), catalogue.as_rules_see_it())
    return hashlib.sha256(repr(told).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def told_of(error: SigtrackError) -> dict[str, str]:
    """Return an error as another process is told of it; `error_told` gives it back there."""
    return {"error": type(error).__name__, "message": error.message, "hint": error.hint}


def error_told(told: Mapping[str, Any]) -> SigtrackError:
    kind = getattr(errors, told["error"], SigtrackError)
    if kind is Misconfigured:
        return Misconfigured(told["message"], problems=(), hint=told["hint"])
    error: SigtrackError = kind(told["message"], hint=told["hint"])
    return error


def serve(number: int) -> None:
    """Run in a worker process, at the end of the line that is open as this file: take a job and
    then tasks, and send news."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles Ctrl-C
    with Connection(number) as line:
        try:
            _work(line)
        except SigtrackError as error:
            line.send(told_of(error))
        except (EOFError, ConnectionError):  # the parent is gone, and with it the scan
            os._exit(1)


def _work(line: Connection) -> None:
    job: Job = line.recv()
    scanner, folder = job.scanner(), ScanFolder(Path(job.folder))
    line.send("ready")
    while asked := line.recv():
        task, without = asked
        line.send(scan_task(task, folder, job.columns, scanner, without=without, tell=line.send))

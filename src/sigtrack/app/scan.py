"""`sigtrack scan`: match watchlists against archives that are far larger than a store.

The files are divided into tasks, and several worker processes take one task after the other. Only
the files decide which task a row belongs to, so the output does not depend on the number of
processes. A task writes its files and is noted in the manifest (see `store.scans`). The same
command continues an interrupted scan and includes files that were added since. If a process dies,
because of a file or of the system, it is replaced and its task is done again; a file that has ended
two processes is left out and named.

The report has hits by signal, and rates over time. A rate is the number of items hit per 1,000
items of the same time. An archive holds more items of one year than of another, so the number of
hits alone would only show its size.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sigtrack.app.in_force import InForce
from sigtrack.app.scan_batch import Job, Progress, error_told, fingerprint_of_scan, scan_task
from sigtrack.errors import Misuse, SigtrackError
from sigtrack.files import locked
from sigtrack.model import (
    Block,
    Cell,
    Column,
    Done,
    Note,
    Piece,
    Place,
    Problem,
    Report,
    Table,
    Task,
    columns_of,
)
from sigtrack.parse.archives import Columns
from sigtrack.store.scans import FORMAT, ScanFolder, ScanStore
from sigtrack.text import clean
from sigtrack.views.hits import Headings, count
from sigtrack.views.wording import sparkline

if TYPE_CHECKING:
    from sigtrack.app.scan_cluster import Cluster

_CODE = "from sigtrack.app.scan_batch import serve; serve({})"
_LEAST_TASK, _MOST_TASK = 4 << 20, 256 << 20  # bytes of files
_TASKS = 64  # enough for many processes to finish at about the same time
_MOST_PIECES = 1_000  # of a task
_ENDS = 2  # processes that a file may end before it is left out

Tell = Callable[[int, int, str], object]  # bytes done, bytes in all, and a text


def scan(
    pieces: Sequence[Piece],
    path: Path,
    columns: Columns,
    files: InForce,
    *,
    config: str | None,
    processes: int,
    tell: Tell = lambda *_: None,
    cluster: Cluster | None = None,
) -> ScanFolder:
    """Scan into a folder what is not done yet, and return it with what earlier runs put there.

    `config` is that of the command line, for the processes. If `processes` is 1, everything runs
    in this process. With a `cluster` it runs there, on so many cores (0: on all). Raises Misuse if
    the folder holds a scan that was asked for in another way, CannotWrite, and Busy while another
    process scans into the folder.
    """
    folder = _folder_for(path, columns, files)
    with locked(path / "scan", "scan", patience=1.0):
        planned = {piece.address for task in folder.tasks for piece in task.pieces}
        fresh = [piece for piece in pieces if piece.address not in planned]
        folder.plan(tasks_of(fresh, first=len(folder.tasks) + 1))
        job = Job(
            folder=str(path.absolute()),
            config=config,
            columns=columns,
            rules=folder.asked["rules"],
            now=folder.began,
        )
        watch = _Watch(folder, tell)
        if cluster:
            cluster.run(job, folder, processes, files, watch.finished)
        elif processes == 1:
            _alone(job, folder, watch)
        else:
            _Crew(job, folder, watch).run(processes)
    return folder


def _folder_for(path: Path, columns: Columns, files: InForce) -> ScanFolder:
    from sigtrack import __version__

    rules, catalogue = files.rules, files.catalogue
    folder = ScanFolder(path)
    asked = {
        "format": FORMAT,
        "sigtrack": __version__,
        "rules": fingerprint_of_scan(rules, catalogue),
        "readings": dict(rules.index.readings),
        "columns": [columns.given, columns.source, columns.careful],
    }
    asked = json.loads(json.dumps(asked))
    if not folder.asked:
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            kind = "not empty" if path.is_dir() else "no folder"
            raise Misuse(f"{clean(str(path))} is {kind}", hint="name a new folder with --to")
        folder.begin(asked | {"began": files.now.isoformat()})
    elif changed := [key for key, value in asked.items() if folder.asked.get(key) != value]:
        what = {"columns": "other columns or options", "sigtrack": "another version of sigtrack"}
        other = what.get(changed[-1], "other watchlists or feeds")
        raise Misuse(
            f"{clean(str(path))} was begun with {other}",
            hint="name a new folder with --to, or remove this one",
        )
    return folder


def tasks_of(pieces: Iterable[Piece], *, first: int = 1) -> Iterator[Task]:
    """Put the pieces into tasks in their order, about 1/64 of all bytes in each, within limits."""
    pieces = tuple(pieces)
    share = sum(piece.size for piece in pieces) // _TASKS
    most = min(max(share, _LEAST_TASK), _MOST_TASK)
    number, waiting, size = first, list[Piece](), 0
    for piece in pieces:
        if waiting and (size + piece.size > most or len(waiting) == _MOST_PIECES):
            yield Task(number, tuple(waiting))
            number, waiting, size = number + 1, [], 0
        waiting.append(piece)
        size += piece.size
    if waiting:
        yield Task(number, tuple(waiting))


def problems_of(folder: ScanFolder) -> Iterator[Problem]:
    for done in folder.done.values():
        for address, why in done.broken:
            message = f"this file cannot be read to its end: {why}"
            yield Place(path=clean(address)).problem(message, "what stood before is scanned")


class _Watch:
    """The progress of a scan, in bytes and in words."""

    def __init__(self, folder: ScanFolder, tell: Tell) -> None:
        self._folder = folder
        self._tell = tell
        self._under_way: dict[int, Progress] = {}
        self._sizes = {task.number: task.size for task in folder.tasks}
        self._files = {task.number: {one.address for one in task.pieces} for task in folder.tasks}
        self._all_files = len(set().union(*self._files.values()))
        self._files_done: set[str] = set()
        self._bytes = self._items = self._hits = 0
        for done in folder.done.values():
            self._add(done)
        self._began, self._before = time.monotonic(), self._bytes

    def news(self, progress: Progress) -> None:
        self._under_way[progress.task] = progress
        self._say()

    def finished(self, done: Done) -> None:
        self._under_way.pop(done.task, None)
        self._folder.finish(done)
        self._add(done)
        self._say()

    def _add(self, done: Done) -> None:
        self._bytes += self._sizes[done.task]
        self._items += done.items
        self._hits += done.hits
        self._files_done |= self._files[done.task]

    def _say(self) -> None:
        now = self._under_way.values()
        read = self._bytes + sum(one.position for one in now)
        items = self._items + sum(one.items for one in now)
        hits = self._hits + sum(one.hits for one in now)
        words = (
            f"{len(self._files_done):,} of {count(self._all_files, 'file')}, "
            f"{count(items, 'item')}, {count(hits, 'hit')}{self._left(read)}"
        )
        self._tell(read, sum(self._sizes.values()), words)

    def _left(self, read: int) -> str:
        passed, gained = time.monotonic() - self._began, read - self._before
        if passed < 5 or gained <= 0:
            return ""
        seconds = int(passed / gained * (sum(self._sizes.values()) - read))
        hours, minutes = seconds // 3600, seconds % 3600 // 60
        return (
            f", {hours} h {minutes} min left" if hours else f", {minutes} min {seconds % 60} s left"
        )


def _alone(job: Job, folder: ScanFolder, watch: _Watch) -> None:
    if tasks := folder.open_tasks:
        scanner = job.scanner()
        for task in tasks:
            watch.finished(scan_task(task, folder, job.columns, scanner, tell=watch.news))


@dataclass(slots=True)
class _Worker:
    process: subprocess.Popen[bytes]
    task: Task | None = None
    piece: int = 0


@dataclass(slots=True)
class _Crew:
    """Worker processes that each do one task at a time, each at the end of a line."""

    job: Job
    folder: ScanFolder
    watch: _Watch
    workers: dict[Connection, _Worker] = field(default_factory=dict)
    ends: Counter[tuple[int, int]] = field(default_factory=Counter)  # by task and piece

    def run(self, processes: int) -> None:
        """Do all open tasks. Raises SigtrackError if processes cannot start or are killed again."""
        waiting = deque(self.folder.open_tasks)
        try:
            for _ in range(min(processes, len(waiting))):
                self._start()
            while self.workers:
                for line in wait(list(self.workers)):
                    self._hear(cast("Connection", line), waiting)
        finally:
            for line, worker in self.workers.items():
                worker.process.kill()
                worker.process.wait()
                line.close()

    def _start(self) -> None:
        ours, theirs = Pipe()
        with theirs:
            number = theirs.fileno()
            process = subprocess.Popen(
                (sys.executable, "-P", "-c", _CODE.format(number)),
                stdin=subprocess.DEVNULL,
                stdout=2,  # for people, like what libraries say
                pass_fds=(number,),
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        self.workers[ours] = _Worker(process)
        _say(ours, self.job)

    def _hear(self, line: Connection, waiting: deque[Task]) -> None:
        worker = self.workers[line]
        try:
            news = line.recv()
        except (EOFError, OSError):
            self._bury(line, waiting)
            return
        match news:
            case Progress(piece=piece):
                worker.piece = piece
                self.watch.news(news)
                return
            case {"error": _}:
                raise error_told(news)
            case Done():
                self.watch.finished(news)
        worker.task, worker.piece = waiting.popleft() if waiting else None, 0
        _say(line, worker.task and (worker.task, self._without(worker.task.number)))

    def _without(self, task: int) -> list[int]:
        return [piece for (of, piece), ends in self.ends.items() if of == task and ends >= _ENDS]

    def _bury(self, line: Connection, waiting: deque[Task]) -> None:
        worker = self.workers.pop(line)
        line.close()
        code = worker.process.wait()
        if worker.task is None:
            if code:
                raise SigtrackError(f"a process of the scan cannot start (it ended with {code})")
            return
        self.ends[worker.task.number, worker.piece] += 1
        if self.ends[worker.task.number, worker.piece] > _ENDS:  # it was left out: not to blame
            raise SigtrackError(f"processes of the scan are killed again and again ({code})")
        waiting.appendleft(worker.task)
        self._start()


def _say(line: Connection, news: object) -> None:
    with suppress(OSError):  # the process has died, as the end of its line will show
        line.send(news)


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


def report_of(folder: ScanFolder, headings: Headings, *, limit: int | None) -> Report:
    """Report everything that was scanned into the folder, in this run and earlier ones."""
    shares = _shares(ScanStore(str(folder.path)).counts())
    return Report(
        title="Scan",
        blocks=tuple(_blocks(folder, shares, headings, limit)),
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
    folder: ScanFolder, shares: _Shares, headings: Headings, limit: int | None
) -> Iterator[Block]:
    done = folder.done.values()
    files = {piece.address for task in folder.tasks for piece in task.pieces}
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
            *columns_of("watchlist|key", "signal|main", "hits|key right", "per 1,000 items|right"),
            *columns_of("trend", "first", "last"),
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

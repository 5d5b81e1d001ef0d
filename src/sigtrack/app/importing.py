"""`sigtrack import`: items from files, with the same steps after parsing as fetch."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal

from sigtrack.app.in_force import InForce
from sigtrack.app.intake import changes_of, match_pending, of_its_publisher, refuse_other_rules
from sigtrack.app.readings import Progress
from sigtrack.errors import reason_of
from sigtrack.fetch.files import need_open_files, read_feed_file
from sigtrack.files import NotAFile, open_file
from sigtrack.model import Failed, Item, Note, Parsed, Place, Problem, Report, Unreadable
from sigtrack.parse.records import LONGEST_ROW, read_records
from sigtrack.parse.workers import LARGE, Workers
from sigtrack.store import scan_at
from sigtrack.store.interface import Query, Run
from sigtrack.store.sql import Store
from sigtrack.text import clean
from sigtrack.views.hits import count, grouped
from sigtrack.watch.feeds import feed_id_for

_AT_ONCE = 2000  # items a transaction,
_LETTERS_AT_ONCE = 10_000_000  # or fewer, if they are long
_READ_AHEAD = 16  # small documents, so that several go to the worker together
_MOST_PROBLEMS = 1000  # shown in a report
KINDS: dict[str, Literal["jsonl", "csv"]] = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv"}


def import_files(
    store: Store,
    paths: Sequence[Path],
    files: InForce,
    source: str | None,
    progress: Progress | None,
) -> tuple[Run, Report, list[Problem]]:
    """Store all items that can be read. Unreadable rows and documents become problems. Call
    `store.finish_run(run)` after the report."""
    rules, catalogue, now = files.rules, files.catalogue, files.now
    refuse_other_rules(store, rules)
    run = store.begin_run("import", now)
    store.keep_zones(catalogue.zones())
    need_open_files()
    known = {feed.id for feed in catalogue.feeds}
    intake = _Intake(store, source, known, catalogue.zones(), now)
    asyncio.run(intake.take_all(paths))
    hits = match_pending(store, rules, catalogue, now, progress)
    text = (
        f"{count(intake.read, 'item')} read from {count(len(paths), 'file')}: "
        f"{intake.new:,} new, {intake.revised:,} revised, {count(hits, 'new hit')}"
    )
    record = {"read": intake.read, "new": intake.new, "revised": intake.revised, "hits": hits}
    return run, Report(blocks=(Note(text=text),), records=(record,)), intake.problems


@dataclass
class _Intake:
    """Collects items by source and saves them in portions; counts items and problems."""

    store: Store
    source: str | None
    feeds: Collection[str]
    zones: Mapping[str, str]
    now: datetime
    problems: list[Problem] = field(default_factory=list)
    read: int = 0
    new: int = 0
    revised: int = 0

    async def take_all(self, paths: Sequence[Path]) -> None:
        """In their order: the first document of a name decides on the source of the next."""
        async with Workers(1) as workers:
            under_way: deque[tuple[Path, asyncio.Task[Parsed | Unreadable]]] = deque()
            for path in paths:
                scanned, kind = scan_at(str(path)), KINDS.get(path.suffix.lower())
                if scanned is not None or kind is not None:
                    await self._take_documents(under_way, 0)
                if scanned is not None:
                    for portion in _portions(stored.item for stored in scanned.items(Query())):
                        self._save(portion)
                elif kind is not None:
                    self._take_records(path, kind)
                elif (body := self._body_of(path)) is not None:
                    parsing = workers.parse(
                        body,
                        feed=self._feed_of(path),
                        timezone=self.zones.get(self._feed_of(path)),
                    )
                    under_way.append((path, asyncio.create_task(parsing)))
                    large = len(body) > LARGE
                    await self._take_documents(under_way, 0 if large else _READ_AHEAD)
            await self._take_documents(under_way, 0)

    async def _take_documents(
        self, under_way: deque[tuple[Path, asyncio.Task[Parsed | Unreadable]]], left: int
    ) -> None:
        """All but the last `left` when twice as many are under way, saved in one transaction."""
        if len(under_way) <= 2 * left:
            return
        taken = [under_way.popleft() for _ in range(len(under_way) - left)]
        parsed = [(path, await parsing) for path, parsing in taken]
        with self.store.together():
            for path, document in parsed:
                self._take_document(path, document)

    def _take_records(self, path: Path, kind: Literal["jsonl", "csv"]) -> None:
        try:
            with open_file(path) as file:
                rows = read_records(
                    self._lines(file, path),
                    name=clean(str(path)),
                    kind=kind,
                    source=self.source or "import",
                    zones=self.zones,
                )
                for portion in _portions(self._good(rows)):
                    self._save(portion)
        except NotAFile as error:
            self._complain(path, error.what)
        except OSError as error:
            self._complain(path, f"cannot be read: {reason_of(error)}")

    def _feed_of(self, path: Path) -> str:
        return self.source or feed_id_for("", path.stem, ())

    def _body_of(self, path: Path) -> bytes | None:
        read = read_feed_file(path, feed=self._feed_of(path), now=self.now)
        if isinstance(read, Failed):
            self._complain(path, read.reason)
            return None
        return read.body

    def _take_document(self, path: Path, parsed: Parsed | Unreadable) -> None:
        if isinstance(parsed, Unreadable):
            self._complain(path, parsed.as_feed())
            return
        notes = list(parsed.notes)
        if parsed.cut:
            notes.append(
                f"{parsed.cut:,} items beyond the first {len(parsed.items):,} were left out"
            )
        for note in notes:
            self._complain(path, f"was read, but: {note}", severity="warning")
        items = parsed.items
        feed = self._feed_of(path)
        if self.source is None:
            id, items = of_its_publisher(self.store, feed, parsed, self.feeds)
            if id != feed:
                self._note(_other_publisher(path, id))
        self._save([replace(item, imported=True) for item in items])

    def _lines(self, file: BinaryIO, path: Path) -> Iterator[bytes]:
        while line := file.readline(LONGEST_ROW + 1):
            if len(line) > LONGEST_ROW:
                self._complain(path, "has a line longer than any item; what follows was not read")
                return
            yield line

    def _good(self, rows: Iterable[Item | Problem]) -> Iterator[Item]:
        for row in rows:
            if isinstance(row, Problem):
                self._note(row)
            else:
                yield row

    def _save(self, items: Sequence[Item]) -> None:
        self.read += len(items)
        with self.store.together():
            for feed, group in grouped(items, lambda item: item.feed).items():
                saved = self.store.save(changes_of(self.store, feed, group), self.now)
                self.new += len(saved.new)
                self.revised += len(saved.revised)

    def _complain(
        self, path: Path, what: str, severity: Literal["error", "warning"] = "error"
    ) -> None:
        is_warning = severity == "warning"
        self._note(Place(path=clean(str(path))).problem(f"this file {what}", warning=is_warning))

    def _note(self, problem: Problem) -> None:
        """Keep a problem, up to a limit: a video called .jsonl would have a million bad rows."""
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(problem)
        elif len(self.problems) == _MOST_PROBLEMS:
            self.problems.append(
                replace(problem, message="there are more problems, which are not listed")
            )


def _other_publisher(path: Path, id: str) -> Problem:
    return Place(path=clean(str(path))).problem(
        f'its items are kept under the source "{id}", because a file of the same name was another '
        "publisher's",
        "choose a name with --source",
        warning=True,
    )


def _portions(items: Iterator[Item]) -> Iterator[list[Item]]:
    portion: list[Item] = []
    letters = 0
    for item in items:
        portion.append(item)
        letters += len(item.summary) + len(item.text)
        if len(portion) >= _AT_ONCE or letters > _LETTERS_AT_ONCE:
            yield portion
            portion, letters = [], 0
    if portion:
        yield portion

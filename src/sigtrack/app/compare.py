"""`sigtrack compare`: finds the two texts and compares them.

Two names are the two texts. One id is the last two revisions of that item. A series of the archive
gives its last two texts, or its last text to compare with the one that is named.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, BinaryIO

from sigtrack.analyze.compare import compare as lay_side_by_side
from sigtrack.analyze.fixed_phrases import omissions
from sigtrack.errors import InputUnreadable, Misuse
from sigtrack.fetch.files import need_open_files
from sigtrack.fetch.policy import FetchPolicy
from sigtrack.frozen import frozen
from sigtrack.lexicon import Lexicon
from sigtrack.model import (
    ArchivedStatement,
    Failed,
    Feed,
    FeedState,
    Fetched,
    Formulary,
    Outcome,
    StoredItem,
    Unreadable,
)
from sigtrack.parse.document import INSTALL, Document, read_document, tidy
from sigtrack.text import clean, mask_credentials, safe_link
from sigtrack.views.compare import Compared, Source
from sigtrack.views.hits import no_such

if TYPE_CHECKING:
    from sigtrack.store.sql import Store

_ID = re.compile(r"([0-9a-f]{3,12})(?:@(\d{1,6}))?", re.IGNORECASE)
_STDIN = "-"


@frozen
class Reader:
    """Reads texts by name. `open_store` is called only for an id, so that two files need no
    database. `language` helps to decode files that are not UTF-8."""

    open_store: Callable[[], Store]
    open_stdin: Callable[[], BinaryIO]
    policy: FetchPolicy
    clock: Callable[[], datetime]
    allow_private: bool = False
    language: str | None = None

    def read(self, names: Sequence[str]) -> list[Source]:
        """Return the text of each name, in order. Raises InputUnreadable or Misuse for the first
        name that has no text."""
        if names.count(_STDIN) > 1:
            raise Misuse("only one text can come from stdin", hint="name a file for the other")
        addresses = [name for name in names if _is_address(name)]
        pages = self._fetched(addresses) if addresses else {}
        return [pages[name] if name in pages else self._read_one(name) for name in names]

    def revisions(self, name: str) -> list[Source]:
        """Return all revisions of the item of this id, oldest first."""
        found = _ID.fullmatch(name)
        if not found or found[2] or Path(name).exists():
            if name != _STDIN and not _is_address(name):
                self._read_one(name)  # a file that is not there is the mistake to tell first
            raise Misuse(
                f"{mask_credentials(clean(name))} is one text",
                hint="name the text to compare it with, or the id of an item with revisions",
            )
        stored = self.open_store().get(name)
        return [of_revision(one) for one in self.open_store().revisions(stored.id)]

    def _read_one(self, name: str) -> Source:
        if name == _STDIN:
            return self._of_bytes("stdin", _bounded(self.open_stdin(), self.policy.max_body))
        found = _ID.fullmatch(name)
        if found and not Path(name).exists():
            return self._of_id(found[1].lower(), int(found[2]) if found[2] else None)
        return self._of_file(Path(name))

    def _of_file(self, path: Path) -> Source:
        from sigtrack.fetch.files import read_feed_file

        read = read_feed_file(path, feed="file", now=self.clock(), policy=self.policy)
        name = clean(str(path))
        if isinstance(read, Fetched):
            return self._of_bytes(name, read.body)
        reason = read.reason if isinstance(read, Failed) else ""
        raise InputUnreadable(
            f"{name} {reason}", hint="name a file, an http(s) address, or the id of an item"
        )

    def _of_bytes(self, name: str, body: bytes, content_type: str = "", url: str = "") -> Source:
        read = read_document(body, name=name, content_type=content_type, language=self.language)
        if isinstance(read, Unreadable):
            raise InputUnreadable(f"{name} {read.reason}", hint=_cure(read.reason))
        return _of_document(name, read, url)

    def _of_id(self, prefix: str, revision: int | None) -> Source:
        store = self.open_store()
        archived = statement_of(store, prefix) if revision is None else None
        if archived is not None:
            return of_archive(archived)
        stored = store.get(prefix)
        if revision is None:
            return of_item(stored)
        revisions = store.revisions(stored.id)
        for one in revisions:
            if one.revision == revision:
                return of_revision(one)
        raise InputUnreadable(
            f"item {stored.id} has no revision {revision}",
            hint=f"it has {len(revisions)}: {stored.id}@1 is the first",
        )

    def _fetched(self, addresses: Iterable[str]) -> dict[str, Source]:
        asked = tuple(dict.fromkeys(addresses))
        need_open_files(len(asked))
        outcomes = asyncio.run(self._ask(asked))
        return {address: self._of_outcome(address, outcomes[address]) for address in outcomes}

    async def _ask(self, addresses: Sequence[str]) -> Mapping[str, Outcome]:
        """Fetch each address once, with the pace and the guards of every other fetch."""
        from sigtrack.fetch.client import Client
        from sigtrack.fetch.crawl import crawl

        jobs = [
            (Feed(id=one, url=one, allow_private=self.allow_private), FeedState(feed=one))
            for one in addresses
        ]
        outcomes: dict[str, Outcome] = {}
        client = Client(policy=self.policy, now=self.clock)
        async with aclosing(crawl(jobs, client)) as arriving:
            async for outcome in arriving:
                outcomes[outcome.feed] = outcome
        return {address: outcomes[address] for address in addresses}

    def _of_outcome(self, address: str, outcome: Outcome) -> Source:
        name = mask_credentials(clean(address))
        if isinstance(outcome, Fetched):
            return self._of_bytes(name, outcome.body, outcome.content_type, safe_link(address))
        reason = outcome.reason if isinstance(outcome, Failed) else "is gone (410)"
        hint = "if it is in your own network, add --allow-private"
        raise InputUnreadable(
            f"{name} {reason}",
            hint=hint if "allow_private" in reason else "save the text to a file and name that",
        )


def of_revision(stored: StoredItem) -> Source:
    """Return the text without that of the page: only the feed's own words can be an edit."""
    return of_item(replace(stored, item=replace(stored.item, full_text="")))


def of_item(stored: StoredItem) -> Source:
    item = stored.item
    body = item.text or item.full_text or item.summary
    return Source(
        name=f"{stored.id}@{stored.revision}",
        text=tidy("\n\n".join(filter(None, (item.title, body)))),
        title=item.title,
        date=(stored.revised_at or stored.moment).date(),
        url=item.url,
        language=item.language,
        id=f"{stored.id}@{stored.revision}",
    )


def statement_of(store: Store, prefix: str) -> ArchivedStatement | None:
    """Return the statement of the archive whose id begins with this. Raises InputUnreadable."""
    found = store.find_statements(prefix)
    if len(found) > 1:
        raise InputUnreadable(
            f'several statements have an id that begins with "{prefix}"',
            hint=", ".join(one.id for one in found[:5]),
        )
    return found[0] if found else None


def of_archive(one: ArchivedStatement) -> Source:
    return Source(
        name=one.id,
        text=one.text,
        title=one.title,
        date=one.date,
        url=one.url,
        language=one.language,
        id=one.id,
    )


def _of_document(name: str, read: Document, url: str) -> Source:
    return Source(
        name=name,
        text=read.text,
        title=read.title or _heading(read.text),
        date=read.date,
        url=url or read.url,
        language=read.language,
        note=f"{name}: {read.note}" if read.note else "",
    )


_LONGEST_HEADING = 120


def _heading(text: str) -> str:
    """Return the first line if it looks like a title: short, alone, and not a sentence."""
    line, _, rest = text.partition("\n")
    alone = rest.startswith("\n") and len(line) <= _LONGEST_HEADING
    return line if alone and not line.endswith((".", "。", ":", ";")) else ""


def _is_address(name: str) -> bool:
    scheme, colon, _ = name.partition("://")
    if not colon:
        return False
    if scheme.lower() not in ("http", "https"):
        raise Misuse(f"{clean(scheme)} addresses are not fetched", hint="only http and https")
    return True


def _bounded(stream: BinaryIO, limit: int) -> bytes:
    body = stream.read(limit + 1)
    if len(body) > limit:
        raise InputUnreadable(f"stdin has more than {limit // 2**20} MiB")
    if not body:
        raise InputUnreadable("stdin is empty", hint="pipe a text into sigtrack")
    return body


def _cure(reason: str) -> str:
    if "menus" in reason:
        return f"to read pages: {INSTALL}; or save its text to a file and name that"
    if "PDF" in reason:
        return "convert it to text first, for example with: pdftotext FILE"
    return ""


MOST_SECONDS = 60.0  # 5,000 sentences of real statements a side take 11


@frozen
class ComparisonAsked:
    """The arguments of the user: none, one or two texts, and perhaps a series of the archive."""

    old: str | None = None
    new: str | None = None
    series: str | None = None
    expected: bool = False


def compare(
    asked: ComparisonAsked, reader: Reader, formulary: Formulary, lexicon: Lexicon | None = None
) -> Compared:
    """Compare the texts asked for. Raises Misuse if the names make no pair, and InputUnreadable if
    one of them has no text."""
    _check(asked)
    series = _series(reader.open_store(), asked.series) if asked.series else []
    old, new, earlier = _pair(asked, reader, series)
    compared = compare_texts(old, new, formulary, lexicon, seconds=MOST_SECONDS)
    missing = None
    if asked.expected:
        before = [(one.date, one.text) for one in earlier]
        missing = omissions(before, new.text, formulary)
    is_edit = bool(asked.old and not asked.new and not asked.series)
    return replace(compared, missing=missing, earlier=len(earlier), is_edit=is_edit)


def compare_texts(
    old: Source,
    new: Source,
    formulary: Formulary,
    lexicon: Lexicon | None = None,
    *,
    seconds: float | None = None,
) -> Compared:
    """Raises InputUnreadable if it takes more than so many `seconds` of CPU time."""
    pulse = _within(seconds) if seconds else lambda: None
    comparison = lay_side_by_side(old.text, new.text, formulary, lexicon, pulse=pulse)
    return Compared(old=old, new=new, comparison=comparison)


def compare_last(store: Store, series: str, formulary: Formulary) -> Compared:
    old, new, _ = _last_two(_series(store, series))
    return compare_texts(old, new, formulary)


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
        raise no_such("series", name, known, hint)
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

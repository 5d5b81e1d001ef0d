"""Turn a statement that the user names into a text: a file, an address, an id, or stdin.

An id is that of a statement of the archive or of an item, or its beginning. The archive is searched
first, because the user filled it. `ID@1` is the first revision of an item. If a file has the name
of an id, the file is read.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

from sigtrack.errors import InputUnreadable, Misuse
from sigtrack.fetch import FetchPolicy
from sigtrack.fetch.process import need_open_files
from sigtrack.model import (
    ArchivedStatement,
    Failed,
    Feed,
    FeedState,
    Fetched,
    Outcome,
    StoredItem,
    Unreadable,
)
from sigtrack.parse.document import INSTALL, Document, read_document, tidy
from sigtrack.store import Store
from sigtrack.text import clean, mask_credentials, safe_link
from sigtrack.text.scripts import guess_language

_ID = re.compile(r"([0-9a-f]{3,12})(?:@(\d{1,6}))?", re.IGNORECASE)
_STDIN = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A text and what is known of it. `name` is what the user typed. `id` is that of a statement of
    the archive or of an item (with its revision), "" for files and addresses."""

    name: str
    text: str
    title: str = ""
    date: date | None = None
    url: str = ""
    language: str | None = None
    id: str = ""
    note: str = ""

    @property
    def label(self) -> str:
        """Title and day; the base name instead of a missing title."""
        day = f"{self.date}" if self.date else ""
        return " · ".join(filter(None, (self.title or self.base, day)))

    @property
    def base(self) -> str:
        """The last part of a path or address; otherwise the whole name."""
        return self.name.rstrip("/").rpartition("/")[2]

    @property
    def tongue(self) -> str:
        """The language as declared, or guessed from the script, or else English."""
        return self.language or guess_language(self.text) or "en"


@dataclass(frozen=True, slots=True, kw_only=True)
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
        if not _ID.fullmatch(name) or Path(name).exists():
            raise Misuse(
                f"{mask_credentials(clean(name))} is one text",
                hint="name the text to compare it with, or the id of an item with revisions",
            )
        stored = self.open_store().get(name)
        return [of_item(_as_fed(one)) for one in self.open_store().revisions(stored.id)]

    def _read_one(self, name: str) -> Source:
        if name == _STDIN:
            return self._of_bytes("stdin", _bounded(self.open_stdin(), self.policy.max_body))
        found = _ID.fullmatch(name)
        if found and not Path(name).exists():
            return self._of_id(found[1].lower(), int(found[2]) if found[2] else None)
        return self._of_file(Path(name))

    def _of_file(self, path: Path) -> Source:
        from sigtrack.fetch import read_feed_file

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
        archived = store.find_statements(prefix) if revision is None else []
        if len(archived) > 1:
            raise InputUnreadable(
                f'several statements have an id that begins with "{prefix}"',
                hint=", ".join(one.id for one in archived[:5]),
            )
        if archived:
            return of_archive(archived[0])
        stored = store.get(prefix)
        if revision is None:
            return of_item(stored)
        revisions = store.revisions(stored.id)
        for one in revisions:
            if one.revision == revision:
                return of_item(_as_fed(one))
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
        from sigtrack.fetch import Client
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


def _as_fed(stored: StoredItem) -> StoredItem:
    """Return the item without the text of its page: only the feed's own words can be an edit."""
    return replace(stored, item=replace(stored.item, full_text=""))


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
    source = Source(
        name=name,
        text=read.text,
        title=read.title,
        date=read.date,
        url=url or read.url,
        language=read.language,
        note=f"{name}: {read.note}" if read.note else "",
    )
    return source if source.title else replace(source, title=_heading(read.text))


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

"""Changes to the user's `feeds.toml`, made for them: added, removed and paused feeds.

The file is theirs: comments, order and spacing stay. It is locked from the first look at it until
the changed file has its place, so that of two commands at once neither undoes the other.
"""

from __future__ import annotations

import errno
import os
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sigtrack import files
from sigtrack.errors import CannotWrite, DiskFull, Misconfigured
from sigtrack.model import Feed, Problem, Role
from sigtrack.text import clean
from sigtrack.text.documents import LARGEST, is_there, path_of, read_document, read_text
from sigtrack.watch.toml_edits import (
    Entry,
    Value,
    entries_of,
    with_entry,
    with_value,
    without_entry,
)

_NEW_FILE = """\
# Your feeds, and your changes to the shipped ones. `sigtrack feeds` writes here, and so may you.
# An entry with the id of a shipped feed changes just the keys that it names.
format = 1
"""


@dataclass(frozen=True, slots=True)
class FeedEdits:
    """What may be done to the file; got from `changing_feeds`, which keeps others out."""

    path: Path

    def add(self, feeds: Iterable[Feed]) -> None:
        """Write the feeds at the end of the file, all or none; an entry of the same id is replaced.

        The file is made if need be. Raises Misconfigured if the file is no TOML, and CannotWrite
        or DiskFull, as all of these do.
        """

        def change(text: str) -> str:
            there = {one.get("id") for one in tomllib.loads(text).get("feed", [])}
            for feed in feeds:
                entry = _find(text, feed.id) if feed.id in there else None
                text = without_entry(text, entry) if entry else text
                text = with_entry(text, "feed", _values(feed))
            return text

        _edit(self.path, change)

    def remove(self, id: str, *, shipped: Collection[str] | None = None) -> None:
        """Delete the user's entry; a shipped feed gets one that says `removed = true`.

        `shipped` are the ids of the shipped catalogue, by default of the one that came with us.
        """
        ours = _shipped_ids() if shipped is None else shipped

        def change(text: str) -> str:
            entry = _find(text, id)
            if id not in ours:
                return without_entry(text, entry) if entry else text
            if entry:
                return with_value(text, entry, "removed", True)
            return with_entry(text, "feed", {"id": id, "removed": True})

        _edit(self.path, change)

    def pause(self, ids: Iterable[str], reason: str | None) -> None:
        """Pause feeds, or (None) let them be fetched again, whatever the shipped entries say."""
        value: Value = False if reason is None else clean(reason) or True

        def change(text: str) -> str:
            for id in ids:
                entry = _find(text, id)
                if entry:
                    text = with_value(text, entry, "paused", value)
                else:
                    text = with_entry(text, "feed", {"id": id, "paused": value})
            return text

        _edit(self.path, change)


@contextmanager
def changing_feeds(path: Path) -> Iterator[FeedEdits]:
    """The file, for one command at a time: what is read within is still so when it is written.

    Its folder is made if need be. Raises Busy, naming who changes the file, if that does not end.
    """
    with ExitStack() as closing:
        try:
            Path(os.path.realpath(path)).parent.mkdir(parents=True, exist_ok=True)
            closing.enter_context(files.locked(path, "feeds"))
        except OSError as error:
            raise _unwritable(path, error) from None
        yield FeedEdits(path)


def _shipped_ids() -> frozenset[str]:
    from sigtrack.watch import shipped_text

    return frozenset(one["id"] for one in tomllib.loads(shipped_text("feeds.toml"))["feed"])


def _values(feed: Feed) -> dict[str, Value]:
    values: dict[str, Value] = {"id": feed.id, "url": feed.url, "title": clean(feed.title)}
    values |= {"language": feed.language or "", "country": feed.country or ""}
    values["timezone"] = feed.timezone or ""
    values["group"] = feed.group
    values["role"] = "" if feed.role is Role.AGGREGATOR else str(feed.role)
    values |= {"paused": clean(feed.paused or ""), "note": clean(feed.note)}
    values["allow_private"] = feed.allow_private
    return {key: value for key, value in values.items() if value}


def _find(text: str, id: str) -> Entry | None:
    values = tomllib.loads(text).get("feed", [])
    entries = entries_of(text, "feed")
    if len(values) != len(entries):
        raise Misconfigured(
            "the feeds of this file are written as one list",
            problems=(),
            hint="head each feed with [[feed]], one key a line",
        )
    for entry, one in zip(entries, values, strict=True):
        if one.get("id") == id:
            return entry
    return None


def _edit(path: Path, change: Callable[[str], str]) -> None:
    text = _read(path)
    changed = change(text)
    if len(changed.encode()) > LARGEST:
        raise CannotWrite(
            f"{path_of(path)} would become larger than {LARGEST >> 20} MiB",
            hint="the file is as it was; take fewer feeds",
        )
    if changed != text:
        tomllib.loads(changed)  # a bug of ours must not become a broken file of theirs
        _write(path, changed)


def _read(path: Path) -> str:
    if not is_there(path):
        return _NEW_FILE
    text = read_text(path)
    document = (
        text
        if isinstance(text, Problem)
        else read_document(path_of(path), text, headings="[[feed]]")
    )
    if isinstance(document, Problem):
        raise Misconfigured(
            f"{path_of(path)} has a mistake, so it is not changed", problems=(document,)
        )
    assert isinstance(text, str)
    return text.removeprefix("\ufeff")


def _write(path: Path, text: str) -> None:
    try:
        files.replace_file(path, [text.encode("utf-8")], mode=files.PRIVATE)
    except OSError as error:
        raise _unwritable(path, error) from None


def _unwritable(path: Path, error: OSError) -> CannotWrite:
    kind = DiskFull if error.errno in (errno.ENOSPC, errno.EDQUOT) else CannotWrite
    reason = (error.strerror or str(error)).lower()
    return kind(
        f"{path_of(path)} cannot be written: {reason}",
        hint="the file is as it was; make room or change its permissions",
    )

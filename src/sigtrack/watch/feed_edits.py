"""Edits the user's `feeds.toml`: adds, removes and pauses feeds; every other byte stays as it was.

The file is locked from the first read until the changed file is in place, so that two commands at
the same time do not undo each other. An edit adds or removes one entry of an array of tables
([[feed]]), or sets a key of an entry. Places are found with the scanner of `toml_lines`; comments
and blank lines are never changed. (tomlkit was tried: it writes a new key of an entry below the
comment of the next entry, and loses comments when an entry is deleted.)
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sigtrack import files
from sigtrack.errors import CannotWrite, Misconfigured, cannot_write
from sigtrack.frozen import frozen
from sigtrack.model import Feed, Problem, Role
from sigtrack.text import clean
from sigtrack.text.documents import LARGEST, is_there, path_of, read_document, read_text
from sigtrack.text.toml_lines import TomlToken, tokens_of
from sigtrack.watch import shipped_text

_NEW_FILE = """\
# Your feeds, and your changes to shipped feeds. `sigtrack feeds` edits this file, and you may, too.
# An entry with the id of a shipped feed changes only the keys that it names.
format = 1
"""


@frozen(kw_only=False)
class FeedEdits:
    """Edits of the file. Get it from `changing_feeds`, which locks the file."""

    path: Path

    def add(self, feeds: Iterable[Feed]) -> None:
        """Write the feeds at the end of the file, all or none, replacing entries with their ids.

        The file is created if needed. Raises Misconfigured if the file is not TOML, and CannotWrite
        or DiskFull, as all methods do.
        """

        def change(text: str) -> str:
            there = {one.get("id") for one in tomllib.loads(text).get("feed", [])}
            for feed in feeds:
                entry = _find(text, feed.id) if feed.id in there else None
                text = without_entry(text, entry) if entry else text
                text = with_entry(text, _values(feed))
            return text

        _edit(self.path, change)

    def remove(self, id: str) -> None:
        """Delete the user's entry; for a shipped feed, write an entry with `removed = true`."""

        def change(text: str) -> str:
            entry = _find(text, id)
            shipped = tomllib.loads(shipped_text("feeds.toml"))["feed"]
            if all(one["id"] != id for one in shipped):
                return without_entry(text, entry) if entry else text
            return _set(text, id, "removed", True)

        _edit(self.path, change)

    def pause(self, ids: Iterable[str], reason: str | None) -> None:
        """Pause feeds, or resume them (None), whatever the shipped entries say."""
        value: Value = False if reason is None else clean(reason) or True

        def change(text: str) -> str:
            for id in ids:
                text = _set(text, id, "paused", value)
            return text

        _edit(self.path, change)


@contextmanager
def changing_feeds(path: Path) -> Iterator[FeedEdits]:
    """Lock the file for one command, so that it does not change between reading and writing.

    Its folder is created if needed. Raises Busy, which names the process that changes the file, if
    it does not finish in time.
    """
    with ExitStack() as closing:
        try:
            Path(os.path.realpath(path)).parent.mkdir(parents=True, exist_ok=True)
            closing.enter_context(files.locked(path, "feeds"))
        except OSError as error:
            raise _unwritable(path, error) from None
        yield FeedEdits(path)


def _values(feed: Feed) -> dict[str, Value]:
    values: dict[str, Value] = {"id": feed.id, "url": feed.url, "title": clean(feed.title)}
    values |= {"language": feed.language or "", "country": feed.country or ""}
    values["timezone"] = feed.timezone or ""
    values["group"] = feed.group
    values["role"] = "" if feed.role is Role.AGGREGATOR else str(feed.role)
    values |= {"paused": clean(feed.paused or ""), "note": clean(feed.note)}
    values["allow_private"] = feed.allow_private
    return {key: value for key, value in values.items() if value}


def _set(text: str, id: str, key: str, value: Value) -> str:
    entry = _find(text, id)
    if entry:
        return with_value(text, entry, key, value)
    return with_entry(text, {"id": id, key: value})


def _find(text: str, id: str) -> EntryPlace | None:
    values = tomllib.loads(text).get("feed", [])
    entries = entries_of(text)
    if len(values) != len(entries):
        raise Misconfigured(
            "the feeds of this file are written as one list",
            problems=(),
            hint="write [[feed]] above each feed, and one key in a line",
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
            hint="the file is unchanged; add fewer feeds",
        )
    if changed != text:
        tomllib.loads(changed)  # a bug of ours must not break a file of the user
        _write(path, changed)


def _read(path: Path) -> str:
    if not is_there(path):
        return _NEW_FILE
    text = read_text(path)
    document = read_document(path_of(path), text, headings="[[feed]]")
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
    hint = "the file is unchanged; make room or change its permissions"
    return cannot_write(path_of(path), error, hint)


Value = str | bool


@dataclass(slots=True)
class EntryPlace:
    """An entry's offsets: start of its heading's line, end of its last line, values by key.

    `tail` is the end of the last table inside the entry, such as [feed.headers], else `end`.
    """

    start: int
    end: int
    tail: int
    values: dict[str, tuple[int, int]] = field(default_factory=dict)


def entries_of(text: str) -> list[EntryPlace]:
    """Return the entries headed [[feed]], in a text that `tomllib` accepts."""
    entries: list[EntryPlace] = []
    current: EntryPlace | None = None
    is_inside = False  # a table of the entry
    for line in _statements(text):
        end = _line_end(text, line[-1].end)
        if line[0].text == "[":
            names = [token.text for token in line if token.text not in ("[", "]")]
            is_inside = len(names) > 1 and names[0].strip("\"'") == "feed"
            if not is_inside:
                current = None
            if [token.text for token in line[:5]] == ["[", "[", "feed", "]", "]"]:
                current = EntryPlace(text.rfind("\n", 0, line[0].start) + 1, end, end)
                entries.append(current)
        elif current is not None and not is_inside:
            current.end = end
            if len(line) > 2 and line[1].text == "=":
                current.values[line[0].text.strip("\"'")] = (line[2].start, line[-1].end)
        if current is not None:
            current.tail = end
    return entries


def with_entry(text: str, values: Mapping[str, Value]) -> str:
    before = text if text.endswith("\n") or not text else text + "\n"
    gap = "\n" if before and not before.endswith("\n\n") else ""
    lines = ["[[feed]]", *(f"{key} = {written(value)}" for key, value in values.items())]
    return before + gap + "\n".join(lines) + "\n"


def without_entry(text: str, entry: EntryPlace) -> str:
    """Return the text without the entry; comments above and below it stay."""
    before, after = text[: entry.start], text[entry.tail :]
    if before.endswith("\n\n") and after.startswith("\n"):
        after = after[1:]
    return before + after


def with_value(text: str, entry: EntryPlace, key: str, value: Value) -> str:
    """Return the text with a key of the entry set to this value; a new key comes last."""
    if key in entry.values:
        start, end = entry.values[key]
        return text[:start] + written(value) + text[end:]
    before = text[: entry.end]
    before += "" if before.endswith("\n") else "\n"
    return f"{before}{key} = {written(value)}\n{text[entry.end :]}"


def written(value: Value) -> str:
    """Return a value as TOML. Text must not hold control characters."""
    if isinstance(value, bool):
        return "true" if value else "false"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _statements(text: str) -> list[list[TomlToken]]:
    """Return headings and key-value pairs, each as its tokens."""
    statements: list[list[TomlToken]] = []
    line: list[TomlToken] = []
    depth = 0
    for token in tokens_of(text):
        if token.kind == "punctuation":
            depth += (token.text in "[{") - (token.text in "]}")
        if token.kind != "newline":
            line.append(token)
        elif depth == 0 and line:
            statements.append(line)
            line = []
    return [*statements, line] if line else statements


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return len(text) if end < 0 else end + 1

"""Caches in the state folder what was made from the files of the rules.

Loading the shipped watchlists takes 0.6 CPU seconds and compiling them 0.4, and the result changes
only when a file does. The cache key covers all inputs: path, time, size and content of each file of
the user and of the package, the last good versions, Python, and our own code, so no version number
is needed. A file that is damaged, or not ours alone (owner, mode), counts as missing; a folder that
cannot be written keeps nothing.

There are four parts, one file each: the index for every command, the plan for commands that match,
the names for those that form or weigh stories, and the watchlists with all their terms for those
that show or edit them. Names depend only on the content of the word files, wherever they are, so
they survive an edit of a watchlist and serve every config folder without words of its own.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Literal, NamedTuple

from sigtrack import files
from sigtrack.app.codec import CannotEncode, decode, encode
from sigtrack.config import Settings
from sigtrack.store import Kind
from sigtrack.text.documents import LARGEST
from sigtrack.watch import MOST_FILES, shipped_watchlists
from sigtrack.watch.versions import LastGood

Part = Literal["index", "plan", "watchlists", "names"]

_MAGIC = b"sigtrack rules 1\n"
_HASH = hashlib.sha256
_HEADER = len(_MAGIC) + 2 * _HASH().digest_size + 8
_MOST = 1 << 26  # bytes of a part; the shipped watchlists take 10 million
_PACKAGE = Path(__file__).parents[1]
_DATA = _PACKAGE / "data"
_CODE = (
    *("__init__", "model/*", "text/*", "lexicon/*", "match/*", "watch/*", "analyze/visits/*"),
    *("analyze/fixed_phrases", "analyze/wording/*", "analyze/stories/t*", "app/telling"),
    *("app/rules*", "app/names", "app/index", "app/codec", "app/readings"),
)
_WORDING = (
    *("analyze/fixed_phrases", "watch/phrases", "app/readings", "app/names", "match/*"),
    *(f"analyze/wording/{one}" for one in ("corpus", "grams", "ladders", "objects", "reader")),
)
Reading = Kind | Literal["tellings"]
_READING: Mapping[Reading, tuple[str, ...]] = {
    "visits": ("analyze/visits/*",),
    "wording": _WORDING,
    "phrases": _WORDING,
    "tellings": ("analyze/stories/t*", "app/telling", "app/names", "watch/topics", "match/*"),
}
_NOT_READ: Mapping[Reading, tuple[str, ...]] = {
    "visits": ("phrases.toml", "topics.toml"),
    "wording": ("topics.toml",),
    "phrases": ("topics.toml",),
    "tellings": ("phrases.toml",),
}
_READ_WITH = ("model/*", "text/*", "lexicon/*")


class _Key(NamedTuple):
    """Hashes of the words and the code by content, of all files that people write, and of the last
    good versions that our runs keep."""

    words: bytes
    sources: bytes
    kept: bytes

    def of(self, part: str) -> bytes:
        return self.words if part == "names" else _HASH(self.sources + self.kept).digest()


class RulesCache:
    """The cache of one config folder, keyed by the present state of its files."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._key = _key_of(settings)
        config = os.fsencode(settings.folder.absolute())
        self._stem = settings.rules_cache / _HASH(config).hexdigest()[:24]

    def read(self, part: Part) -> Any:
        """Return a part; None if it was not kept for the present files, or is damaged."""
        try:
            whole = _read_own(self._path(part))
        except OSError:
            return None
        size = _HASH().digest_size
        magic, rest = whole[: len(_MAGIC)], whole[len(_MAGIC) : _HEADER]
        key, digest, length = rest[:size], rest[size : 2 * size], rest[2 * size :]
        body = memoryview(whole)[_HEADER:]
        if magic != _MAGIC or key != self._key.of(part):
            return None
        if int.from_bytes(length) != len(body) or digest != _HASH(body).digest():
            return None
        try:
            return decode(body)
        except (ValueError, ImportError):
            return None

    def write(self, **parts: Any) -> None:
        """Keep what was made from the files, unless one of them has changed in the meantime."""
        key = _key_of(self._settings)
        if key.sources != self._key.sources:
            return
        self._key = key  # includes the good versions that were kept while the files were read
        for part, value in parts.items():
            with suppress(OSError, CannotEncode):
                body = encode(value)
                head = (_MAGIC, key.of(part), _HASH(body).digest(), len(body).to_bytes(8))
                _write_own(self._path(part), b"".join(head), body)

    def _path(self, part: str) -> Path:
        stem = self._stem.with_name("words") if part == "names" else self._stem
        return stem.with_suffix(f".{part}")


def _read_own(path: Path) -> bytes:
    """Raises OSError also if another user may have written the file. Reads at most _MOST bytes."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags), "rb") as stream:
        if not _is_own(os.fstat(stream.fileno())):
            raise PermissionError(path)
        return stream.read(_MOST)


def _is_own(found: os.stat_result) -> bool:
    is_private = stat.S_IMODE(found.st_mode) == files.PRIVATE
    return stat.S_ISREG(found.st_mode) and is_private and found.st_uid == os.geteuid()


def _write_own(path: Path, *pieces: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        if not _is_own(path.lstat()):
            path.unlink()  # else its mode, or the target of a link, would stay
    files.replace_file(path, pieces, mode=files.PRIVATE)


def _key_of(settings: Settings) -> _Key:
    words, sources = (digest.copy() for digest in _hashes_of_the_package())
    kept = _HASH(sys.version.encode())
    for path in _catalogues():
        _add_words(words, sources, settings.folder / path.relative_to(_DATA))
    sources.update(repr((str(settings.folder), str(settings.folder.absolute()))).encode())
    theirs = list(_files_of(settings.watchlists))
    for path in chain(theirs, _files_of(settings.watchlists, ".csv")):
        _add(sources, path)
    last_good = LastGood(settings.last_good)
    for path in theirs:
        _add(kept, last_good.path_of(path))
    return _Key(words.digest(), sources.digest(), kept.digest())


@cache
def _hashes_of_the_package() -> tuple[Any, Any]:
    """Hash our own words and sources. A process stays with the code that it began with, so its
    files are looked at once, where a report asked for the key four times (10 ms each)."""
    words, sources = (_HASH(sys.version.encode()) for _ in range(2))
    for path in chain(_code(), _catalogues()):
        _add_words(words, sources, path)
    for path in _files_of(shipped_watchlists()):
        _add(sources, path)
    return words, sources


def _add_words(words: Any, sources: Any, path: Path) -> None:
    content = _add(sources, path)
    if content is not None:
        words.update(repr((str(path), len(content))).encode() + content)


def files_of_rules(settings: Settings) -> Iterator[Path]:
    """Yield the user's files that decide what is hit and what is read from items."""
    found = (settings.folder / path.relative_to(_DATA) for path in _catalogues())
    lists = (_files_of(settings.watchlists, suffix) for suffix in (".toml", ".csv"))
    yield from (path for path in chain(found, *lists) if path.is_file())


def hash_of_reading(kind: Reading, of_the_user: str) -> str:
    """Hash everything that decides a reading of an item: our code and data, and the user's words.

    Any edit of these files makes older readings old, without a version number to raise.
    """
    digest = _hash_of_reader(kind).copy()
    digest.update(of_the_user.encode())
    return str(digest.hexdigest())


@cache
def _hash_of_reader(kind: Reading) -> Any:
    digest = _HASH()
    catalogues = (path for path in _catalogues() if path.name not in _NOT_READ[kind])
    for path in chain(_code((*_READ_WITH, *_READING[kind])), catalogues):
        digest.update(path.read_bytes())
    return digest


def _code(of: Iterable[str] = _CODE) -> Iterator[Path]:
    for names in of:
        yield from sorted(_PACKAGE.glob(f"{names}.py"))


def _catalogues() -> Iterator[Path]:
    """Yield the package's files on actors, topics and languages. The user's files have the same
    names. Feeds are not rules."""
    for folder in (_DATA, _DATA / "lang"):
        yield from (path for path in _files_of(folder) if path.name != "feeds.toml")


def _files_of(folder: Path, suffix: str = ".toml") -> Iterator[Path]:
    """Yield the folder's files with this ending, as the loader lists them. If the folder cannot be
    listed, yield the folder itself."""
    try:
        listed = sorted(folder.iterdir())
    except OSError:
        yield folder
        return
    found = [one for one in listed if one.name.lower().endswith(suffix) and one.name[0] != "."]
    yield from found[: MOST_FILES + 1]


def _add(digest: Any, path: Path) -> bytes | None:
    """Add a file to the hash: path, kind, time, size and content, or why it cannot be read. Return
    the content, None if it is not a file."""
    about: tuple[object, ...]
    content = None
    try:
        found = path.stat()
        about = (str(path), found.st_mode, found.st_mtime_ns, found.st_size)
        if stat.S_ISREG(found.st_mode):
            flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
            with os.fdopen(os.open(path, flags), "rb") as stream:
                content = stream.read(LARGEST + 1)
    except OSError as error:
        about = (str(path), error.errno, path.is_symlink())
    digest.update(repr((*about, len(content or b""))).encode())
    digest.update(content or b"")
    return content

"""Caches in the state folder what was made from the files of the rules.

Loading the shipped watchlists takes 0.6 CPU seconds and compiling them 0.4, and the result changes
only when a file does. The cache key covers all inputs: path, time, size and content of each file of
the user and of the package, the last good versions, Python, and our own code, so no version number
is needed. A file that is damaged, or not ours alone (owner, mode), counts as missing; a folder that
cannot be written keeps nothing.

There are ten parts, one file each: the index and the feeds for every command, the plan for commands
that match, the lines where the words of hits are written, the watchlists with all their terms for
commands that show or edit them, the shipped word files, topics for those that weigh stories, and
names and the words of visits and of wording for those that read items. The last five depend only on
the content of the word files, wherever they are, so they survive an edit of a watchlist and serve
every config folder without words of its own.

Values are encoded as bytes, and each is decoded only when it is used: sigtrack's dataclasses and
named tuples, with enums, dates, tuples, sets and dictionaries in them. A new field of a class needs
no change here. Each instance is a row in the table of its class, written once however many other
instances refer to it. A decoded instance stays empty until its first attribute is read: of the
130,000 instances in the plan of the shipped watchlists a headline uses 800. `marshal` takes between
a tenth and a half of the time of JSON, but may crash on bytes that it did not write: `decode` gets
only bytes from `encode`, checked by length and hash.
"""

from __future__ import annotations

import gc
import hashlib
import importlib
import marshal
import os
import stat
import sys
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from itertools import accumulate, chain, pairwise
from operator import attrgetter
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from sigtrack import files
from sigtrack.config import Settings
from sigtrack.lexicon.books import read_pages_from, shipped_values
from sigtrack.store.interface import Kind
from sigtrack.text.documents import LARGEST
from sigtrack.watch import MOST_FILES, shipped_watchlists
from sigtrack.watch.versions import LastGood

_OURS = "sigtrack."
_LONG = 32  # instances in a tuple or entries of a dictionary: more are decoded one by one
_PLAIN = frozenset((type(None), bool, int, float, str, bytes))
_EMPTY = _PLAIN | {tuple, frozenset}  # types whose empty values marshal writes: most of a plan
_LARGE = 24  # letters of a text (the path of a file), or bytes of a number
_LARGE_NUMBER = 1 << (8 * _LARGE - 1)
_MANY = 8  # values in a set

# No value is passed to marshal as a list, so a list in its data marks an encoded value. It begins
# with the number of a class, then the number of a row; or with one of:
_LARGER, _TUPLE, _SET, _ROWS, _DICT, _ENTRIES, _LIST, _ENUM, _DAY = range(-9, 0)

Value = TypeVar("Value")


class CannotEncode(TypeError):
    """The value is of a type that cannot be encoded."""


def encode(value: object) -> bytes:
    """Raises CannotEncode for objects that are no values, such as an open file or a function."""
    writer = _RowWriter()
    root = writer.plain(value)
    writer.finish()
    tables = writer.tables()
    head = marshal.dumps((writer.described(), tuple(map(len, tables)), root))
    # The tables are not in what marshal reads: it would copy all of them.
    return b"".join((len(head).to_bytes(8), head, *tables))


def decode(data: bytes | memoryview) -> Any:
    """Return the value that `encode` was given. Long tuples of instances come back as `Rows`.

    Raises ValueError if the fields of its classes have changed since.
    """
    start = 8 + int.from_bytes(data[:8])
    described, sizes, root = marshal.loads(data[8:start])
    ends = accumulate(sizes, initial=start)
    tables = [memoryview(data)[first:last] for first, last in pairwise(ends)]
    return _Reader(described, tables).value(root)


class _RowWriter:
    def __init__(self) -> None:
        self._classes: dict[type, int] = {}
        self._fields: dict[type, Callable[[Any], Iterable[Any]]] = {}  # of classes of instances
        self._rows: list[list[bytes]] = []  # by class
        self._known: dict[int, int] = {}  # rows by id(), valid while the instance is held
        self._held: list[object] = []
        self._waiting: list[tuple[int, int, object]] = []
        self._larger: dict[bytes, int] = {}  # what is written once, however often it stands

    def finish(self) -> None:
        """Write the rows, and the rows that they refer to: in a loop, because trees may be deep."""
        plain = self.plain
        while self._waiting:
            number, row, one = self._waiting.pop()
            fields = self._fields[type(one)](one)
            values = tuple(
                [one if not one and type(one) in _EMPTY else plain(one) for one in fields]
            )
            self._rows[number][row] = marshal.dumps(values)

    def described(self) -> list[tuple[str, str, tuple[str, ...]]]:
        return [(cls.__module__, cls.__qualname__, _names(cls)) for cls in self._classes]

    def tables(self) -> list[bytes]:
        """For each class, and last for large values: where each row ends, and all rows."""
        tables = []
        for rows in (*self._rows, list(self._larger)):
            ends = array("I", accumulate(map(len, rows)))
            tables += [ends.tobytes(), b"".join(rows)]
        return tables

    def plain(self, value: Any) -> Any:
        """Return what marshal can write. A value that it can write stays the same object, so that
        marshal writes it once even if it is used twice in a row."""
        kind = type(value)
        if kind is str:
            return value if len(value) < _LARGE else self._shared(value)
        if kind is int:
            return value if abs(value) < _LARGE_NUMBER else self._shared(value)
        if kind is tuple:
            return self._tuple(value)
        if kind in self._fields:
            return self._instance(value)
        return self._rarer(value, kind)

    def _shared(self, value: Any) -> list[int]:
        return [_LARGER, self._larger.setdefault(marshal.dumps(value), len(self._larger))]

    def _rarer(self, value: Any, kind: type) -> Any:
        if kind is frozenset:
            if _PLAIN.issuperset(map(type, value)):
                return value if len(value) < _MANY else self._shared(value)
            return [_SET, [self.plain(one) for one in value]]
        if kind in _PLAIN:
            return value
        if kind is Rows:
            return self._tuple(tuple(value))
        if isinstance(value, Enum):
            return [_ENUM, self._class(kind), value.value]
        if is_dataclass(kind) or (isinstance(value, tuple) and hasattr(kind, "_fields")):
            return self._instance(value)
        if kind is date:
            return [_DAY, value.toordinal()]
        if kind is list:
            return [_LIST, [self.plain(one) for one in value]]
        if isinstance(value, Mapping):
            if not _PLAIN.issuperset(map(type, value)):
                raise CannotEncode("a key of a dictionary is not a plain value")
            encoded = {key: self.plain(one) for key, one in value.items()}
            if _are_plain(encoded.values()):
                return encoded
            if len(encoded) <= _LONG:
                return [_DICT, encoded]
            return [_ENTRIES, {key: marshal.dumps(one) for key, one in encoded.items()}]
        raise CannotEncode(f"{kind.__qualname__} is not a value that can be kept")

    def _tuple(self, value: tuple[Any, ...]) -> Any:
        if _PLAIN.issuperset(map(type, value)):
            return value
        items = [self.plain(one) for one in value]
        if _are_plain(items):
            return value
        if len(items) > _LONG:
            classes = {one[0] if type(one) is list else _LIST for one in items}
            if len(classes) == 1 and min(classes) >= 0:
                return [_ROWS, classes.pop(), array("I", [one[1] for one in items]).tobytes()]
        return [_TUPLE, items]

    def _instance(self, one: Any) -> list[int]:
        row = self._known.get(id(one))
        if row is None:
            if type(one) not in self._fields:
                if hasattr(type(one), "_fill"):  # from another encoding, and still empty
                    type(one)._fill(one)
                self._fields.setdefault(type(one), _fields_of(type(one)))
            number = self._class(type(one))
            row = self._known[id(one)] = len(self._rows[number])
            self._rows[number].append(b"")
            self._held.append(one)
            self._waiting.append((number, row, one))
        return [self._classes[type(one)], row]

    def _class(self, cls: type) -> int:
        if cls not in self._classes:
            if not cls.__module__.startswith(_OURS):
                raise CannotEncode(f"{cls.__qualname__} is not a class of sigtrack")
            self._classes[cls] = len(self._rows)
            self._rows.append([])
        return self._classes[cls]


def _are_plain(encoded: Iterable[Any]) -> bool:
    """Whether marshal gives all of these back unchanged."""
    return list not in map(type, encoded)


@cache
def _names(cls: Any) -> tuple[str, ...]:
    if is_dataclass(cls):
        return tuple(field.name for field in fields(cls))
    return getattr(cls, "_fields", ())  # an enum has none


def _fields_of(cls: type) -> Callable[[Any], Iterable[Any]]:
    """Return what gives the values of an instance, in the order of its fields."""
    names = _names(cls)
    if issubclass(cls, tuple):
        return iter
    if len(names) > 1:
        get: Callable[[Any], tuple[Any, ...]] = attrgetter(*names)
        return get
    return lambda one: [getattr(one, name) for name in names]


class Rows(dict[int, Value]):
    """A long tuple of instances, each decoded when it is first used.

    It has the operations of a tuple that rules use: index from 0, iteration and length. It is a
    dict, so that an instance costs only a look-up in C once it is decoded.
    """

    def __init__(self, numbers: array[int], get: Callable[[int], Value]) -> None:
        super().__init__()
        self._numbers = numbers
        self._get = get

    def __missing__(self, index: int) -> Value:
        if not 0 <= index < len(self._numbers):
            raise IndexError(index)
        one = self[index] = self._get(self._numbers[index])
        return one

    def __len__(self) -> int:
        return len(self._numbers)

    def __bool__(self) -> bool:
        return bool(self._numbers)

    def __iter__(self) -> Iterator[Any]:
        return map(self.__getitem__, range(len(self._numbers)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, tuple | Rows) and tuple(self) == tuple(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None


class _Entries(Mapping[Any, Any]):
    """A large dictionary whose values are decoded when they are first used. Until then they are
    bytes: the lists that they are made of would be 200,000 objects."""

    def __init__(self, encoded: dict[Any, bytes], make: Callable[[Any], Any]) -> None:
        self._encoded = encoded
        self._make = make
        self._made: dict[Any, Any] = {}

    def __getitem__(self, key: Any) -> Any:
        if key not in self._made:
            self._made[key] = self._make(marshal.loads(self._encoded[key]))
        return self._made[key]

    def get(self, key: Any, default: Any = None) -> Any:
        return self[key] if key in self._encoded else default

    def __contains__(self, key: object) -> bool:
        return key in self._encoded

    def __iter__(self) -> Iterator[Any]:
        return iter(self._encoded)

    def __len__(self) -> int:
        return len(self._encoded)


class _Reader:
    def __init__(
        self,
        described: list[tuple[str, str, tuple[str, ...]]],
        tables: Sequence[memoryview],
    ) -> None:
        self._classes = [_find_class(*one) for one in described]
        self._names = [names for _, _, names in described]
        self._ends = [ends.cast("I") for ends in tables[::2]]
        self._tables = tables[1::2]
        self._known: list[dict[int, Any]] = [{} for _ in self._tables]
        self._blanks = [_blank_class(cls, self) for cls in self._classes]
        self._unread: dict[int, tuple[int, int]] = {}  # by the identity of an empty instance

    def value(self, plain: Any) -> Any:
        if type(plain) is not list:
            return plain
        what = plain[0]
        if what >= 0:
            return self._instance(what, plain[1])
        if what == _LARGER:
            return self._large(plain[1])
        if what == _TUPLE:
            return tuple(map(self.value, plain[1]))
        if what == _SET:
            return frozenset(map(self.value, plain[1]))
        if what == _ROWS:
            number = plain[1]
            return Rows(array("I", plain[2]), lambda row: self._instance(number, row))
        if what == _DICT:
            return {key: self.value(one) for key, one in plain[1].items()}
        if what == _ENTRIES:
            return _Entries(plain[1], self.value)
        if what == _LIST:
            return list(map(self.value, plain[1]))
        if what == _ENUM:
            return self._classes[plain[1]](plain[2])
        return date.fromordinal(plain[1])

    def fill(self, one: Any) -> None:
        """Decode the fields of an empty instance, which then is an ordinary one."""
        number, row = self._unread.pop(id(one))
        self._set(one, number, row)
        object.__setattr__(one, "__class__", self._classes[number])

    def _instance(self, number: int, row: int) -> Any:
        known = self._known[number]
        if row not in known:
            cls, blank = self._classes[number], self._blanks[number]
            if issubclass(cls, tuple):
                one: Any = tuple.__new__(cls, map(self.value, self._row(number, row)))
            elif blank is not None:
                one = object.__new__(blank)
                self._unread[id(one)] = number, row
            else:
                one = object.__new__(cls)
                self._set(one, number, row)
            known[row] = one
        return known[row]

    def _large(self, row: int) -> Any:
        known = self._known[-1]
        if row not in known:
            known[row] = self._row(-1, row)
        return known[row]

    def _set(self, one: Any, number: int, row: int) -> None:
        for name, value in zip(self._names[number], self._row(number, row), strict=True):
            object.__setattr__(one, name, self.value(value))

    def _row(self, number: int, row: int) -> Any:
        ends = self._ends[number]
        return marshal.loads(self._tables[number][ends[row - 1] if row else 0 : ends[row]])


def _find_class(module: str, name: str, names: tuple[str, ...]) -> Any:
    if not module.startswith(_OURS):
        raise ValueError(f"{module}.{name} is not a class of sigtrack")
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    if not isinstance(found, type) or _names(found) != names:
        raise ValueError(f"{module}.{name} has other fields now")
    return found


def _blank_class(cls: type, reader: _Reader) -> type | None:
    """Return the class of empty instances, or None if instances of `cls` are decoded at once.

    An attribute in `__slots__` that was never set is missing, so Python calls `__getattr__`.
    """
    if not is_dataclass(cls) or cls.__dictoffset__:
        return None

    def look(self: Any, name: str) -> Any:
        reader.fill(self)
        return getattr(self, name)

    def equals(self: Any, other: object) -> bool:
        reader.fill(self)
        return bool(self == other)

    def hash_(self: Any) -> int:
        reader.fill(self)
        return hash(self)

    def reduced(self: Any, protocol: Any) -> Any:
        reader.fill(self)
        return self.__reduce_ex__(protocol)

    members = {"__slots__": (), "__getattr__": look, "__eq__": equals, "__hash__": hash_}
    return type(cls.__name__, (cls,), members | {"__reduce_ex__": reduced, "_fill": reader.fill})


_Rules = Literal["index", "feeds", "plan", "lines", "watchlists"]
Part = _Rules | Literal["pages", "topics", "names", "visits", "wording"]

_OF_WORDS = ("pages", "topics", "names", "visits", "wording")
_MAGIC = b"sigtrack rules 1\n"
_HASH = hashlib.sha256
_HEADER = len(_MAGIC) + 2 * _HASH().digest_size + 8
_MOST = 1 << 26  # bytes of a part; the shipped watchlists take 10 million
_PACKAGE = Path(__file__).parents[1]
_DATA = _PACKAGE / "data"
_FEEDS = "feeds.toml"
# Files of the code, by pattern: what is kept was made by them, and is made anew if one changes.
RULES_CODE = (
    *("__init__", "frozen", "model/*", "text/*", "lexicon/*", "match/*", "watch/*"),
    *("analyze/visits/*", "analyze/fixed_phrases", "analyze/wording/*"),
    *("analyze/stories/tellings", "app/rules*", "app/in_force", "app/intake", "app/readings"),
)
_NAMES = ("app/readings", "watch/catalogues", "match/*")
_WORDING = (
    *("analyze/fixed_phrases", *_NAMES),
    *(f"analyze/wording/{one}" for one in ("usage", "grams", "ladders", "reader")),
)
Reading = Kind | Literal["tellings"]
READINGS_CODE: Mapping[Reading, tuple[str, ...]] = {
    "visits": ("analyze/visits/*",),
    "wording": _WORDING,
    "phrases": _WORDING,
    "tellings": ("analyze/stories/tellings", "app/intake", *_NAMES),
}
_NOT_READ: Mapping[Reading, tuple[str, ...]] = {
    "visits": ("phrases.toml", "topics.toml"),
    "wording": ("topics.toml",),
    "phrases": ("topics.toml",),
    "tellings": ("phrases.toml",),
}
_READ_WITH = ("frozen", "model/*", "text/*", "lexicon/*")


class _Key(NamedTuple):
    """Hashes of the words and the code by content, of all files of rules and of feeds that people
    write, and of the last good versions of both that our runs keep."""

    words: bytes
    sources: bytes
    feeds: bytes
    kept: bytes
    kept_feeds: bytes

    def of(self, part: str) -> bytes:
        if part in _OF_WORDS:
            return self.words
        if part == "feeds":
            return _HASH(self.words + self.feeds + self.kept_feeds).digest()
        return _HASH(self.sources + self.kept).digest()


class RulesCache:
    """The cache of one config folder, keyed by the present state of its files."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._key = _key_of(settings)
        config = os.fsencode(settings.folder.absolute())
        self._stem = settings.rules_cache / _HASH(config).hexdigest()[:24]
        self._pages: Mapping[str, bytes] | None = None
        read_pages_from(self.page)

    def page(self, name: str) -> Any:
        """Return the values of a shipped word file, each decoded when it is asked for."""
        if self._pages is None:
            self._pages = self.read("pages")
        if self._pages is None:
            self._pages = {file: marshal.dumps(v) for file, v in shipped_values().items()}
            self.write(pages=self._pages)
        found = self._pages.get(name)
        return found and marshal.loads(found)

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
        if (key.sources, key.feeds) != (self._key.sources, self._key.feeds):
            return
        self._key = key  # includes the good versions that were kept while the files were read
        for part, value in parts.items():
            with suppress(OSError, CannotEncode):
                body = encode(value)
                head = (_MAGIC, key.of(part), _HASH(body).digest(), len(body).to_bytes(8))
                _write_own(self._path(part), b"".join(head), body)

    def _path(self, part: str) -> Path:
        stem = self._stem.with_name("words") if part in _OF_WORDS else self._stem
        return stem.with_suffix(f".{part}")


def kept_or_made(
    cache: RulesCache | None,
    part: Part,
    make: Callable[[], Value],
    whole: Callable[[Value], Value] = lambda made: made,
) -> Value:
    """Return a part from the cache; else make it, and keep what `whole` makes of it.

    What was kept is read back: of 130,000 instances a run decodes a few thousand, and those that
    were made take 60 MiB.
    """
    kept: Value | None = cache.read(part) if cache else None
    if kept is not None:
        return kept
    with without_collection():
        made = make()
        if cache is None:
            return made
        cache.write(**{part: whole(made)})
        kept = cache.read(part)
    return made if kept is None else kept


@contextmanager
def without_collection() -> Iterator[None]:
    """Switch off garbage collection while half a million objects are made: loading and compiling
    the shipped watchlists takes 0.6 instead of 0.9 s. They are not excluded from later collections,
    because a program that lives on would never be rid of them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


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
    sources.update(words.digest())
    sources.update(repr((str(settings.folder), str(settings.folder.absolute()))).encode())
    theirs = list(_files_of(settings.watchlists))
    for path in chain(theirs, _files_of(settings.watchlists, ".csv")):
        _add(sources, path)
    last_good = LastGood(settings.last_good)
    for path in theirs:
        _add(kept, last_good.path_of(path))
    feeds, kept_feeds = _HASH(), _HASH()
    for path in (_DATA / _FEEDS, settings.feeds):
        _add(feeds, path)
    _add(kept_feeds, LastGood(settings.good_feeds).path_of(settings.feeds))
    return _Key(*(one.digest() for one in (words, sources, feeds, kept, kept_feeds)))


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
    about, content = _looked_at(path)
    sources.update(repr(about).encode())  # and of `words`, which is larger, the hash
    if content is not None:
        words.update(repr((str(path), len(content))).encode())
        words.update(content)


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
    for path in chain(_code((*_READ_WITH, *READINGS_CODE[kind])), catalogues):
        digest.update(path.read_bytes())
    return digest


def _code(of: Iterable[str] = RULES_CODE) -> Iterator[Path]:
    for names in of:
        yield from sorted(_PACKAGE.glob(f"{names}.py"))


def _catalogues() -> Iterator[Path]:
    """Yield the package's files on actors, topics and languages. The user's files have the same
    names. Feeds are not rules."""
    for folder in (_DATA, _DATA / "lang"):
        yield from (path for path in _files_of(folder) if path.name != _FEEDS)


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


def _add(digest: Any, path: Path) -> None:
    about, content = _looked_at(path)
    digest.update(repr(about).encode())
    digest.update(content or b"")


def _looked_at(path: Path) -> tuple[tuple[object, ...], bytes | None]:
    """Return path, kind, time, size and length of a file, or why it cannot be read, and the
    content, None if it is not a file."""
    about: tuple[object, ...]
    content = None
    try:
        found = path.stat()
        about = (str(path), found.st_mode, found.st_mtime_ns, found.st_size)
        if stat.S_ISREG(found.st_mode):
            flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
            with os.fdopen(os.open(path, flags), "rb") as stream:
                content = stream.read(min(found.st_size, LARGEST) + 1)
    except OSError as error:
        about = (str(path), error.errno, path.is_symlink())
    return (*about, len(content or b"")), content

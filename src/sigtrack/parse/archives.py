"""Read archives of items of any size in batches of rows: JSONL, CSV, Parquet, GDELT and WARC.

Whatever the archive, a row has the columns of `COLUMNS`, all of them text, and means the same as a
row of `records`, so a scan and an import read the same words. `Columns` names the columns of a
file; without it they are guessed from the names that such files usually have.

Files are read from beginning to end, one batch at a time: memory grows neither with the file nor
with what a stranger has compressed into it. Large uncompressed files are cut into pieces, so that
several processes can share one file.

pyarrow, and for WARC fastwarc and resiliparse, come with the extra `scan`. Only functions import
them, so a run without a scan does not load them.
"""

from __future__ import annotations

import bz2
import glob
import gzip
import html
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple, cast, get_args
from urllib.parse import unquote, urlsplit

from sigtrack.errors import InputUnreadable, Misuse
from sigtrack.files import NotAFile
from sigtrack.files import open_file as open_regular
from sigtrack.frozen import frozen
from sigtrack.model import Piece, Problem
from sigtrack.parse.discovery import decode
from sigtrack.parse.document import content_type_of
from sigtrack.parse.items import script_allows
from sigtrack.parse.records import (
    LONGEST_ROW,
    NAMES,
    columns_in,
    csv_rows,
    json_rows,
    told_by,
)
from sigtrack.text import clean

Kind = Literal["jsonl", "csv", "tsv", "parquet", "gkg", "warc"]
KINDS: tuple[Kind, ...] = get_args(Kind)
INSTALL = "pip install 'sigtrack[scan]'"
# Errors that reading a damaged file may raise in any of the libraries used.
BROKEN = (
    *(OSError, EOFError, ValueError, RuntimeError, NotImplementedError),
    *(zlib.error, lzma.LZMAError, zipfile.BadZipFile),
)

# Names of the columns in files that people have: the first that exists and is not empty counts.
# The names of `records` come first, then those of GDELT's article lists, news corpora and CC-NEWS.
_NAMES = NAMES | {
    "title": (*NAMES["title"], "headline", "page_title"),
    "summary": (*NAMES["summary"], "desc", "lead"),
    "text": (*NAMES["text"], "content", "body", "maintext", "plain_text", "article"),
    "link": (*NAMES["link"], "requested_url"),
    "published": (
        *NAMES["published"],
        *("published_date", "date_publish", "seendate", "timestamp"),
    ),
    "source": (*NAMES["source"], "domain", "source_domain", "publisher"),
}
COLUMNS = tuple(NAMES)
_SUFFIXES: Mapping[str, Kind] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",  # the name of GDELT's article lists
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".warc": "warc",
}
_PACKED: Mapping[str, Callable[[Any], Any]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
}
_ROWS_AT_ONCE = 1_000
_LETTERS_AT_ONCE = 4_000_000
_READ_AHEAD = 1 << 20  # bytes of one request
_PIECE: Mapping[str, int] = {  # bytes: about a minute of one core
    "jsonl": 16 << 20,
    "parquet": 4 << 20,  # packed headlines take twenty bytes each
}


@frozen
class Columns:
    """How to read the columns of a file.

    `given` pairs a column of `COLUMNS` with the name that the user gave; the others are guessed.
    `source` is for rows that name none. `careful`: trafilatura reads the pages.
    """

    given: tuple[tuple[str, str], ...] = ()
    source: str = "archive"
    careful: bool = False

    @property
    def wanted(self) -> Mapping[str, tuple[str, ...]]:
        """The names that tell each column."""
        return _NAMES | {column: (name.lower(),) for column, name in self.given}


class Read(NamedTuple):
    """One batch. `table` has the columns of `COLUMNS`; `position` is the number of bytes of the
    piece read so far; `unreadable` counts rows that could not be read, with an example."""

    table: Any
    position: int
    unreadable: int = 0
    example: str = ""


def need(*libraries: str, hint: str = INSTALL) -> None:
    """Raise Misuse if one of the libraries is not installed."""
    if missing := [one for one in libraries if not find_spec(one)]:
        raise Misuse(
            f"archives are read with {' and '.join(missing)}, which this Python does not have",
            hint=f"install it with: {hint}",
        )


# Finding the files


def find_pieces(
    archives: Iterable[str], kind: Kind | None = None, *, without: Path | None = None
) -> tuple[Piece, ...]:
    """Return the pieces of the files that are meant, ordered by name; large files are cut.

    An archive is a file, a folder (all files below it that look like archives), a pattern with `*`,
    or the same on `s3://`. Files that a folder or pattern finds in the folder `without` are left
    out. Raises InputUnreadable if an archive does not exist or the kind of a file is not known.
    """
    found: dict[str, Piece] = {}
    for archive in archives:
        files = sorted(_remote_files(archive) if "://" in archive else _local_files(archive))
        is_alone = [address for address, _ in files] == [archive]
        outside = files
        if without is not None and "://" not in archive and not is_alone:
            outside = [one for one in files if without not in Path(one[0]).absolute().parents]
        known = [(address, size, kind or kind_of(address)) for address, size in outside]
        if not any(what for *_, what in known):
            raise _nothing_there(archive, files)
        for address, size, what in known:
            if what:
                found |= {f"{address} {one.first}": one for one in _cut(address, what, size)}
    return tuple(found.values())


def kind_of(address: str) -> Kind | None:
    """Tell the kind by name: `20260113.gkg.csv.zip` is GKG, `a.warc.gz` WARC; None = unknown."""
    name = address.rpartition("/")[2].lower()
    for packing in (".zip", *_PACKED):
        name = name.removesuffix(packing)
    if name.endswith((".gkg.csv", ".gkg")):
        return "gkg"
    if name.endswith((".export.csv", ".mentions.csv", ".export", ".mentions")):
        return None  # GDELT's events, which have no headlines
    dot = name.rfind(".")
    return _SUFFIXES.get(name[dot:]) if dot >= 0 else None


def _nothing_there(archive: str, files: Sequence[object]) -> InputUnreadable:
    if not files:
        path, name = Path(archive), clean(archive)
        try:
            open_regular(path).close()
        except NotAFile as error:
            if not path.is_dir():
                return InputUnreadable(f"{name} {error.what}")
            name = f"in {name}"
        except FileNotFoundError:
            pass  # or an address, or a pattern
        except OSError as error:
            return InputUnreadable(f"{name} cannot be read ({reason_of(error)})")
        return InputUnreadable(f"there is no file {name}", hint="look at the spelling")
    known = ", ".join(_SUFFIXES)
    return InputUnreadable(
        f"the name of {clean(archive)} does not tell what kind of archive it is",
        hint=f"files end in {known} or .gkg.csv, also with .gz, .bz2, .xz or .zip; or add --kind",
    )


def _local_files(archive: str) -> Iterator[tuple[str, int]]:
    path = Path(archive)
    if path.is_dir():
        inside = (one for one in path.rglob("*") if not _is_hidden(one.relative_to(path)))
        found = [one for one in inside if kind_of(one.name)]
    elif path.exists():
        found = [path]
    else:
        found = [Path(one) for one in glob.iglob(archive, recursive=True)]  # noqa: PTH207 - of a whole path
    yield from ((str(one), one.stat().st_size) for one in found if one.is_file())


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _remote_files(archive: str) -> Iterator[tuple[str, int]]:
    """Yield files below `s3://bucket/folder` or what else pyarrow reads; `*` matches slashes."""
    from pyarrow import fs

    plain = re.split(r"[*\[]", archive, maxsplit=1)[0]
    base = archive if plain == archive else plain.rpartition("/")[0]
    system, start = _file_system(base)
    about = system.get_file_info(start)
    if about.type == fs.FileType.File:
        yield archive, about.size
        return
    head, is_folder = base.removesuffix(start), plain == archive
    for one in system.get_file_info(fs.FileSelector(start, recursive=True, allow_not_found=True)):
        address = f"{head}{one.path}"
        is_meant = kind_of(address) if is_folder else fnmatchcase(address, archive)
        if one.type == fs.FileType.File and is_meant and not _is_hidden(Path(one.base_name)):
            yield address, one.size


def _file_system(address: str) -> tuple[Any, str]:
    """Return the file system and the path in it. Raises InputUnreadable if there is none."""
    from pyarrow import ArrowException, fs

    try:
        return cast(tuple[Any, str], fs.FileSystem.from_uri(address))
    except (ArrowException, OSError, ValueError) as error:
        raise InputUnreadable(
            f"{clean(address)} cannot be opened: {reason_of(error)}",
            hint="write s3://bucket/folder; keys are those that the AWS tools use",
        ) from None


def _cut(address: str, kind: Kind, size: int) -> Iterator[Piece]:
    is_plain = not address.lower().endswith((".zip", *_PACKED))
    most = _PIECE.get(kind, size)
    if size <= most or not is_plain:
        yield Piece(address, kind, size)
    elif kind == "jsonl":
        for first in range(0, size, most):
            last = min(first + most, size)
            yield Piece(address, kind, last - first, first, last)
    else:
        yield from _groups(address, size, most)


def _groups(address: str, size: int, most: int) -> Iterator[Piece]:
    """Cut a file into row groups, as many together as make a piece; a broken file stays whole."""
    from pyarrow import parquet

    try:
        with open_file(address) as file:
            about = parquet.ParquetFile(file).metadata
            number = about.num_row_groups
    except BROKEN:
        yield Piece(address, "parquet", size)
        return
    each = max(1, number * most // size)
    for first in range(0, number, each):
        last = min(first + each, number)
        yield Piece(address, "parquet", size * (last - first) // number, first, last)


# Reading the rows


def open_file(address: str) -> BinaryIO:
    """Open a local or remote file. Raises OSError or InputUnreadable."""
    if "://" not in address:
        return Path(address).open("rb")
    system, path = _file_system(address)
    return io.BufferedReader(system.open_input_file(path), _READ_AHEAD)  # pyarrow reads no lines


def read_piece(piece: Piece, columns: Columns) -> Iterator[Read]:
    """Yield the rows of a piece in batches.

    Raises one of `BROKEN` if reading cannot go on, after yielding the rows before the damage.
    """
    with open_file(piece.address) as file:
        if piece.kind == "parquet":
            yield from _parquet_reads(file, piece, columns)
            return
        batch = _Batch()
        broken: BaseException | None = None
        rows = _rows(file, piece, columns)
        while broken is None:
            try:
                row = next(rows, None)
            except BROKEN as error:
                broken, row = error, None
            if row is None or batch.is_full:
                yield batch.read(min(file.tell() - piece.first, piece.size))
                batch = _Batch()
            if row is None:
                break
            batch.add(row)
        if broken is not None:
            raise broken


class _Batch:
    def __init__(self) -> None:
        self._rows: list[Mapping[str, str]] = []
        self._letters = self._unreadable = 0
        self._example = ""

    @property
    def is_full(self) -> bool:
        many = len(self._rows) >= _ROWS_AT_ONCE or self._letters > _LETTERS_AT_ONCE
        return many or self._unreadable >= _ROWS_AT_ONCE

    def add(self, row: Mapping[str, str] | Problem) -> None:
        if isinstance(row, Problem):
            self._unreadable += 1
            self._example = self._example or str(row)
        else:
            self._rows.append(row)
            self._letters += len(row["text"]) + len(row["summary"])

    def read(self, position: int) -> Read:
        return Read(_table_of(self._rows), position, self._unreadable, self._example)


def _table_of(rows: Sequence[Mapping[str, str]]) -> Any:
    import pyarrow as pa

    schema = pa.schema([(name, pa.string()) for name in COLUMNS])
    return pa.Table.from_pylist(rows, schema=schema)


def _rows(file: BinaryIO, piece: Piece, columns: Columns) -> Iterator[Mapping[str, str] | Problem]:
    name = piece.address.lower()
    if name.endswith(".zip"):
        return _zipped_rows(file, piece, columns)
    if piece.kind == "warc":  # fastwarc decompresses: a file holds one stream for each page
        return _pages(file, columns)
    for suffix, unpack in _PACKED.items():
        if name.endswith(suffix):
            file = unpack(file)
    return _rows_of(_lines(file, piece), piece, columns)


def _zipped_rows(
    file: BinaryIO, piece: Piece, columns: Columns
) -> Iterator[Mapping[str, str] | Problem]:
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            if member.is_dir():
                continue
            with archive.open(member) as inside:
                if piece.kind == "warc":
                    yield from _pages(cast(BinaryIO, inside), columns)
                else:
                    lines = _lines(cast(BinaryIO, inside), piece)
                    yield from _rows_of(lines, piece, columns)


def _lines(file: BinaryIO, piece: Piece) -> Iterator[bytes]:
    """Yield the lines that begin in the piece. A line longer than any row ends the file."""
    at = piece.first
    if at:
        file.seek(at - 1)
        at += len(file.readline()) - 1  # the rest of a line that began before the piece
    while (not piece.last or at < piece.last) and (line := file.readline(LONGEST_ROW + 1)):
        if len(line) > LONGEST_ROW:
            raise ValueError("has a line longer than any item")
        at += len(line)
        yield line


def _rows_of(
    lines: Iterator[bytes], piece: Piece, columns: Columns
) -> Iterator[Mapping[str, str] | Problem]:
    if piece.kind == "gkg":
        yield from filter(None, map(_gkg_row, lines))
        return
    name = clean(piece.address)
    if piece.kind == "jsonl":
        rows = json_rows(lines, name)
    else:
        delimiter = "\t" if piece.kind == "tsv" else ","
        rows = csv_rows(lines, name, delimiter=delimiter, titles=columns.wanted["title"])
    chosen = lru_cache(maxsize=1_000)(lambda names: columns_in(names, columns.wanted))
    for place, row in rows:
        if isinstance(row, Problem):
            yield row
            continue
        told = told_by(row, chosen(tuple(row)))
        yield told if told["title"] else place.problem("no title")


def _parquet_reads(file: BinaryIO, piece: Piece, columns: Columns) -> Iterator[Read]:
    """Yield the rows as they are, column by column, where a column of the file is text already and
    the only one that tells one of ours: this takes a fifth of the time of one row after the other.
    """
    from pyarrow import compute, parquet

    read = parquet.ParquetFile(file)
    chosen = columns_in(read.schema_arrow.names, columns.wanted)
    if "title" not in chosen:
        names = ", ".join(name.lower() for name in read.schema_arrow.names)
        raise ValueError(f"has no column of titles: {clean(names)[:200]}")
    wanted = sorted({name for names in chosen.values() for name in names})
    groups = range(piece.first, piece.last or read.num_row_groups)
    for batch in read.iter_batches(_ROWS_AT_ONCE, row_groups=list(groups), columns=wanted):
        batch.validate(full=True)  # text may not be UTF-8
        for table in _portions(_as_text(batch, chosen)):
            titled = table.filter(compute.not_equal(table["title"], ""))
            untitled = table.num_rows - titled.num_rows
            yield Read(titled, 0, untitled, "no title" if untitled else "")


def _as_text(batch: Any, chosen: Mapping[str, tuple[str, ...]]) -> Any:
    """Return a table of `COLUMNS`; where nothing is told, there is an empty text."""
    import pyarrow as pa

    is_plain = len(set(batch.schema.names)) == batch.num_columns == len(chosen)
    if not is_plain or not all(map(pa.types.is_string, batch.schema.types)):
        return _table_of([told_by(row, chosen) for row in batch.to_pylist()])
    empty = pa.repeat("", batch.num_rows)
    return pa.table(
        {
            column: batch[chosen[column][0]].fill_null("") if column in chosen else empty
            for column in COLUMNS
        }
    )


def _portions(table: Any) -> Iterator[Any]:
    """Cut a table in two until no part has too many letters."""
    from pyarrow import compute

    letters = sum(
        compute.sum(compute.utf8_length(table[name])).as_py() or 0 for name in ("text", "summary")
    )
    if letters <= _LETTERS_AT_ONCE or table.num_rows == 1:
        yield table
        return
    half = table.num_rows // 2
    yield from _portions(table.slice(0, half))
    yield from _portions(table.slice(half))


# GDELT's Global Knowledge Graph, 2.1: 27 columns separated by tabs, no heading
# (http://data.gdeltproject.org/documentation/GDELT-Global_Knowledge_Graph_Codebook-V2.1.pdf).

_ID, _DATE, _SITE, _ADDRESS, _TRANSLATED, _EXTRAS = 0, 1, 3, 4, 25, 26
_TITLE = re.compile(r"<PAGE_TITLE>(.*?)</PAGE_TITLE>")
_AUTHORS = re.compile(r"<PAGE_AUTHORS>(.*?)</PAGE_AUTHORS>")
_PRECISE = re.compile(r"<PAGE_PRECISEPUBTIMESTAMP>(\d{14})</PAGE_PRECISEPUBTIMESTAMP>")
_TRANSLATED_FROM = re.compile(r"srclc:([a-z]{3})")
_LANGUAGES = {"kor": "ko", "jpn": "ja", "zho": "zh"}  # their scripts show whether this is true
_ESCAPED_BYTES = re.compile(r"(?:&#x[0-9A-F]{2};)+")
_SLUG_WORD = re.compile(r"[^\W\d_]{2,}")
_LEAST_WORDS = 3


def _gkg_row(line: bytes) -> Mapping[str, str] | Problem | None:
    cells = line.decode("utf-8", "replace").rstrip("\r\n").split("\t")
    if len(cells) <= _EXTRAS:
        return None if not line.strip() else Problem(message="not a row of GKG 2.1")
    extras, link = cells[_EXTRAS], cells[_ADDRESS]
    found = _TITLE.search(extras)
    title = _unescaped(found[1]).strip() if found else title_of_address(link)
    if not title:
        return Problem(message="no title")
    authors, precise = _AUTHORS.search(extras), _PRECISE.search(extras)
    translated = _TRANSLATED_FROM.search(cells[_TRANSLATED])
    return _row(
        title=title,
        link=link,
        published=_compact_time(precise[1] if precise else cells[_DATE]),
        lang=_LANGUAGES.get(translated[1], "") if translated else "en",
        source=cells[_SITE],
        author=_unescaped(authors[1]) if authors else "",
    )


def _unescaped(text: str) -> str:
    """Decode entities. GDELT writes the bytes of UTF-8, not characters: `&#xC5;&#x99;`."""
    return html.unescape(_ESCAPED_BYTES.sub(_characters_of, text))


def _characters_of(found: re.Match[str]) -> str:
    try:
        return bytes.fromhex(re.sub("[&#x;]", "", found[0])).decode("utf-8")
    except ValueError:
        return found[0]


def title_of_address(link: str) -> str:
    """Return the words of an address, which most publishers take from the headline.

    Older GKG files hold nothing else of the headline. "" if the address holds no words.
    """
    try:
        parts = unquote(urlsplit(link).path).split("/")
    except ValueError:
        return ""
    name = max(parts, key=lambda part: len(_SLUG_WORD.findall(part)), default="")
    words = _SLUG_WORD.findall(name.rpartition(".")[0] or name)
    return " ".join(words) if len(words) >= _LEAST_WORDS else ""


def _compact_time(digits: str) -> str:
    """Write `20260113093000` in ISO 8601; GDELT's clock is UTC."""
    try:
        return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC).isoformat()
    except ValueError:
        return ""


def _row(**told: str) -> Mapping[str, str]:
    """Return a row; the language that the archive names is kept only if the script allows it."""
    row = dict.fromkeys(COLUMNS, "") | told
    if row["lang"] and not script_allows(row["lang"], f"{row['title']} {row['text'][:400]}"):
        row["lang"] = ""
    return row


# Pages in WARC, as in CC-NEWS

_LONGEST_PAGE = 4 << 20  # bytes; a longer page is no article
_PUBLISHED = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
_META = (
    ("title", ("og:title", "twitter:title")),
    ("summary", ("og:description", "description")),
    ("published", ("article:published_time", "og:article:published_time", "date", "pubdate")),
    ("author", ("author", "article:author")),
)


def _pages(file: BinaryIO, columns: Columns) -> Iterator[Mapping[str, str] | Problem]:
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    for record in ArchiveIterator(file, record_types=WarcRecordType.response, auto_decode="all"):
        kind = record.http_content_type or ""
        if not record.http_headers or record.http_headers.status_code != 200 or "html" not in kind:
            continue
        body = record.reader.read(_LONGEST_PAGE + 1)
        if len(body) > _LONGEST_PAGE:
            yield Problem(message="a page of more than 4 MB")
            continue
        declared = record.http_headers.get("Content-Type") or ""
        link = (record.headers.get("WARC-Target-URI") or "").strip("<>")
        yield _page(body, declared, link, record.record_date, columns)


def _page(
    body: bytes, declared: str, link: str, asked: datetime, columns: Columns
) -> Mapping[str, str] | Problem:
    from resiliparse.parse.html import HTMLTree

    markup = decode(body, content_type=content_type_of(body, declared)).text
    tree = HTMLTree.parse(markup)
    if tree.document is None or tree.head is None:
        return Problem(message="not a page")
    meta = _meta_of(tree)
    told = {name: next((meta[key] for key in keys if key in meta), "") for name, keys in _META}
    told["title"] = told["title"] or tree.title or ""
    if not told["title"].strip():
        return Problem(message="no title")
    dated = _PUBLISHED.search(markup)
    told["published"] = told["published"] or (dated[1] if dated else asked.isoformat())
    return _row(
        **told,
        link=link,
        text=_text_in(markup, tree, careful=columns.careful),
        lang=(tree.document.query_selector("html") or tree.head).getattr("lang", "") or "",
        source=_host(link),
    )


def _meta_of(tree: Any) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for one in tree.head.query_selector_all("meta[content]"):
        name = one.getattr("property", "") or one.getattr("name", "") or ""
        found.setdefault(name.lower(), one.getattr("content", "") or "")
    return {name: value for name, value in found.items() if value.strip()}


def _text_in(markup: str, tree: Any, *, careful: bool) -> str:
    if careful:
        import trafilatura

        return trafilatura.extract(markup, include_comments=False, deduplicate=False) or ""
    from resiliparse.extract.html2text import extract_plain_text

    return str(extract_plain_text(tree, main_content=True, alt_texts=False, list_bullets=False))


@lru_cache(maxsize=10_000)
def _host_of(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.")


def _host(link: str) -> str:
    try:
        return _host_of("/".join(link.split("/", 3)[:3]))
    except ValueError:
        return ""


def reason_of(error: BaseException) -> str:
    """Return why a file cannot be read, as the end of a sentence."""
    match error:
        case FileNotFoundError():
            return "it is not there"
        case PermissionError():
            return "it may not be read by you"
        case EOFError():
            return "it ends in the middle"
        case OSError(strerror=str(words)) if words:
            return clean(words).lower()
    return clean(str(error))[:200] or type(error).__name__

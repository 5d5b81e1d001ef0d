"""Read items from JSONL and CSV, for `sigtrack import`.

A record has `id, title, summary, text, link, published, lang, source, author, categories`. `url`,
`date` and `outlet` or `feed` are accepted for link, published and source, and `tags` for
categories. Only a title is required. Authors and categories may be lists, as in JSON Feed, or text
separated by semicolons. A row that cannot be read gives a `Problem` with its line, and reading goes
on with the next row.

Rows are read when they are asked for: memory does not grow with the file.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal

from sigtrack.lexicon import shipped_lexicon
from sigtrack.model import Item, Place, Problem
from sigtrack.parse.items import DocumentSource, Draft, ItemMaker
from sigtrack.parse.markup import headline_text
from sigtrack.text import clean

# The names that tell each column of an item, the usual one first.
NAMES = {
    "id": ("id", "uid", "guid"),
    "title": ("title",),
    "summary": ("summary", "description"),
    "text": ("text",),
    "link": ("link", "url"),
    "published": ("published", "date"),
    "lang": ("lang", "language"),
    "source": ("source", "outlet", "feed"),
    "author": ("author", "authors"),
    "categories": ("categories", "category", "tags"),
}
LONGEST_ROW = 4 * 1024 * 1024  # characters; JSON of that size may take 100 MiB of memory
_MOST_LINES = 1_000  # of one CSV row
_MOST_MAKERS = 10_000  # kept in memory: an archive of the web has a million sources
_NEEDS_TITLE = 'only "title" is required; see: sigtrack import --help'

Kind = Literal["jsonl", "csv"]


def read_records(
    lines: Iterable[bytes],
    *,
    name: str,
    kind: Kind,
    source: str = "import",
    zones: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Item | Problem]:
    """Yield the items of a file in its order, and a problem for each row that cannot be read.

    `lines` are byte lines in UTF-8, with or without a byte order mark, for example of a file
    opened as binary. An item whose date cannot be read is kept and followed by a warning. `name`
    is named in problems, `source` is the feed of rows without one, and `zones` holds the time
    zones (IANA names) of feeds, for times without a zone.
    """
    rows = json_rows(lines, name) if kind == "jsonl" else csv_rows(lines, name)
    reader = RowReader(source, zones)
    for place, row in rows:
        if isinstance(row, Problem):
            yield row
        else:
            yield from reader.read(row, place)


Row = tuple[Place, Mapping[str, Any] | Problem]


def json_rows(lines: Iterable[bytes], name: str) -> Iterator[Row]:
    """Yield the objects of JSONL with their lines, and a problem for a line that is no object."""
    for number, line in enumerate(_text_lines(lines), start=1):
        if not line.strip():
            continue
        place = Place(path=name, line=number)
        yield place, _json_row(line, place)


def _json_row(line: str, place: Place) -> Mapping[str, Any] | Problem:
    if len(line) > LONGEST_ROW:
        return _problem(place, "a row of more than 4 million characters", "one item a line")
    try:
        row = json.loads(line)
    except RecursionError:
        return _problem(place, "JSON nested too deeply", "one flat object a line")
    except ValueError as error:
        return _problem(place, f"no JSON: {error}", "one object a line, without commas between")
    if not isinstance(row, dict):
        return _problem(place, "not an object", 'each line is like {"title": "…", "link": "…"}')
    return row


def csv_rows(
    lines: Iterable[bytes], name: str, *, delimiter: str = ",", titles: Iterable[str] = ("title",)
) -> Iterator[Row]:
    """Yield the rows of CSV by the heading in lower case, which must hold one of `titles`."""
    csv.field_size_limit(LONGEST_ROW)
    rationed = _Rationed(_text_lines(lines))
    reader = csv.reader(rationed, delimiter=delimiter)
    header: list[str] = []
    while True:
        place = Place(path=name, line=reader.line_num + 1)
        rationed.left = LONGEST_ROW
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield place, _problem(place, f"no CSV: {error}", "check the quotes of this row")
            continue
        if rationed.left < 0:
            message = "a row of more than 4 million characters"
            yield place, _problem(place, message, "close its quotes; the rest was not read")
            return
        if cells is None:
            return
        if reader.line_num - place.line > _MOST_LINES:
            message = f"a quote that opens here runs on to line {reader.line_num}"
            yield place, _problem(place, message, "close it; the rows in between were not read")
        elif header:
            if any(cells):
                yield place, dict(zip(header, cells, strict=False))
        else:
            header = [cell.strip().lower() for cell in cells]
            if not set(titles) & set(header):
                hint = f"the first line names the columns: {', '.join(NAMES)}"
                wanted = next(iter(titles))
                yield place, _problem(place, f'no column "{wanted}"', hint)
                return


class _Rationed:
    """Lines up to `left` characters: otherwise `csv` would read a row of any length."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = lines
        self.left = LONGEST_ROW

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.left -= len(line)
            if self.left < 0:
                return
            yield line


def _text_lines(lines: Iterable[bytes]) -> Iterator[str]:
    for number, line in enumerate(lines):
        text = line.decode("utf-8-sig" if number == 0 else "utf-8", "replace")
        yield text.replace("\0", "")


class RowReader:
    """Makes items of rows. It warns of titles that are not UTF-8 for the first such row only.

    What `as_stored` means, `ItemMaker` says.
    """

    def __init__(self, source: str, zones: Mapping[str, str], *, as_stored: bool = False):
        self._source = source
        self._zones = zones
        self._as_stored = as_stored
        self._makers: dict[tuple[str, str], ItemMaker] = {}
        self._told_charset = False
        self._chosen = lru_cache(maxsize=1_000)(lambda names: columns_in(names, NAMES))

    def read(self, row: Mapping[str, Any], place: Place) -> Iterator[Item | Problem]:
        words = told_by(row, self._chosen(tuple(row)))
        if not clean(words["title"]):
            yield _no_title(row, place)
            return
        item = self._item(words)
        yield item
        if item.published is None and words["published"].strip():
            yield place.problem(
                f'the date "{clean(words["published"])[:60]}" cannot be read',
                "the item is kept undated; write 2026-01-13 or 2026-01-13T09:30:00+09:00",
                warning=True,
            )
        if not item.url and words["link"].strip():
            yield place.problem(
                f'the link "{clean(words["link"])[:60]}" is not a web address',
                "the item is kept without it; write https://… in full",
                warning=True,
            )
        if "\N{REPLACEMENT CHARACTER}" in item.title and not self._told_charset:
            self._told_charset = True
            hint = "the item is kept; save the file as UTF-8 (said once, for the first such row)"
            yield place.problem("the title is not UTF-8", hint, warning=True)

    def item(self, words: Mapping[str, str], *, identified: bool = True) -> Item | None:
        """Return the item of a row that has the first name of every field, as text.

        None if it has no title. Dates and links that cannot be read are ignored silently. What
        `identified` means, `ItemMaker.make` says.
        """
        title = words["title"]
        if not title[:1].isalnum() and not clean(title):  # most begin with a letter
            return None
        return self._item(words, identified=identified)

    def _item(self, words: Mapping[str, str], *, identified: bool = True) -> Item:
        key = (words["source"], words["lang"])
        maker = self._makers.get(key)
        if maker is None:
            if len(self._makers) >= _MOST_MAKERS:
                self._makers.clear()
            feed = clean(words["source"]) or self._source
            made = DocumentSource(
                feed=feed, language=words["lang"] or None, timezone=self._zones.get(feed)
            )
            maker = ItemMaker(made, imported=True, as_stored=self._as_stored)
            self._makers[key] = maker
        return maker.make(
            Draft(
                uid=words["id"],
                title=headline_text(words["title"]),
                link=words["link"],
                summary=headline_text(words["summary"]),
                text=words["text"],
                language=words["lang"],
                dates=(words["published"],),
                authors=_each_in(words["author"]),
                categories=_each_in(words["categories"]),
            ),
            identified=identified,
        )


def _no_title(row: Mapping[str, Any], place: Place) -> Problem:
    others = shipped_lexicon().words("record", "title")
    near = [key for key in row if str(key).strip().lower() in others]
    hint = f'rename "{clean(str(near[0]))}" to "title"' if near else _NEEDS_TITLE
    return _problem(place, "no title", hint)


def columns_in(
    names: Iterable[str], wanted: Mapping[str, tuple[str, ...]]
) -> Mapping[str, tuple[str, ...]]:
    """Return the names in a file, of whatever case, that tell each of the wanted columns."""
    there = {str(name).lower(): name for name in names}
    found = {column: [there[n] for n in some if n in there] for column, some in wanted.items()}
    return {column: tuple(named) for column, named in found.items() if named}


def told_by(row: Mapping[str, Any], chosen: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return every column as text, "" for those that the row does not tell."""
    told = dict.fromkeys(NAMES, "")
    for column, names in chosen.items():
        told[column] = next(filter(None, (_text(row[name]) for name in names)), "")
    return told


def _text(value: Any) -> str:
    match value:
        case str():
            return value
        case None | bool():
            return ""
        case int() | float():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case dict():
            return _text(value.get("name"))
        case list():
            texts = (_text(one) for one in value if isinstance(one, str | dict))
            return ";".join(filter(None, texts))
    return ""


def _each_in(text: str) -> tuple[str, ...]:
    """Return the texts between semicolons."""
    return tuple(map(headline_text, text.split(";"))) if text else ()


def _problem(place: Place, message: str, hint: str) -> Problem:
    return place.problem(clean(message)[:200], hint)

"""Long lists of terms in CSV files beside a watchlist, as a spreadsheet writes them.

    [terms]
    firms = { csv = "firms.csv" }                      every row, its first column
    firms = { csv = "firms.csv", column = "name" }     below the heading "name"

Each cell is a term like any other. A CSV file belongs to the version of the watchlist that names
it: while it has mistakes, the last good version of both stays in force.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sigtrack.model import Place, Problem, Term
from sigtrack.text import clean
from sigtrack.text.documents import did_you_mean, path_of, read_text

if TYPE_CHECKING:
    from sigtrack.watch.tables import TomlTable

_NAME = re.compile(r"[^/\\]+\.csv", re.IGNORECASE)
_BOM = "\ufeff"


class CsvFiles:
    """The CSV files beside a file at `path`.

    `kept` are the texts of an earlier version by name; None reads the folder. `read` are the texts
    that were used.
    """

    def __init__(self, path: str, kept: Mapping[str, str] | None = None) -> None:
        self._folder = Path(path).parent
        self._kept = kept
        self.read: dict[str, str] = {}

    def path(self, name: str) -> str:
        return path_of(self._folder / name)

    def text(self, name: str) -> str | Problem:
        text = read_text(self._folder / name) if self._kept is None else self._kept.get(name, "")
        if isinstance(text, str):
            self.read[name] = text
        return text


def is_csv(value: object) -> bool:
    """Whether the value of a group names a CSV file."""
    return isinstance(value, Mapping) and "csv" in value


def csv_terms(groups: TomlTable, group: str) -> Iterator[Term]:
    """Yield the terms of such a group in the order of the file; mistakes go to the findings."""
    found, value = groups.found, groups.values[group]
    place = groups.place(group)
    name, column = value["csv"], value.get("column", "")
    if more := set(value) - {"csv", "column"}:
        found.say(place, f"{group} has {clean(min(more))[:40]}", "it may have csv and column")
    elif not isinstance(name, str) or not _NAME.fullmatch(name):
        found.say(place, f"csv of {group} is not the name of a file", 'write csv = "firms.csv"')
    elif not isinstance(column, str):
        found.say(place, f"column of {group} is not text", 'write column = "name"')
    elif isinstance(text := found.csv.text(name), Problem):
        hint = f"{text.hint}; it must be beside this file"
        found.say(place, f"{clean(name)[:60]}: {text.message}", hint)
    else:
        is_empty, known = True, len(found.problems)
        for cell, line in _cells(groups, text, name, column, place):
            is_empty = False
            where = Place(path=found.csv.path(name), line=line)
            if (term := found.term(cell, where, "")) is not None:
                yield term
        if is_empty and len(found.problems) == known:
            found.say(place, f"group ${group[:60]} is empty", f"fill {clean(name)[:60]}")


def _cells(
    groups: TomlTable, text: str, name: str, column: str, place: Place
) -> Iterator[tuple[str, int]]:
    """Yield each cell that is not empty, with its line."""
    reader = csv.reader(text.removeprefix(_BOM).splitlines(), strict=True)
    at = 0
    try:
        if column:
            heads = [clean(head) for head in next(reader, [])]
            if column not in heads:
                cure = did_you_mean(column, heads, f"it has {', '.join(heads)[:80]}")
                message = f'{clean(name)[:60]} has no column "{clean(column)[:40]}"'
                groups.found.say(place, message, cure)
                return
            at = heads.index(column)
        for row in reader:
            if cell := clean(row[at]) if len(row) > at else "":
                yield cell, reader.line_num
    except csv.Error as error:
        where = Place(path=groups.found.csv.path(name), line=reader.line_num)
        groups.found.say(where, f"this is not CSV, {error}", "save it again as CSV in UTF-8")

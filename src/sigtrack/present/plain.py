"""The table on a pipe: one line per row, for mail, `grep` and `awk -F '  +'`.

Columns are aligned and at least two spaces apart, and no cell holds two spaces in a row; an empty
cell is a dash. The main columns come last and are never cut; the link follows them. Cells after a
long main cell are not aligned, because one long headline would push every reason out of sight. No
escape sequences: matched words stand between « and ».
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from itertools import groupby

from sigtrack.model import Cell, Column, Diff, DiffRow, Marked, Note, Report, Table
from sigtrack.present import Surface
from sigtrack.present.cells import (
    DIFF_SIGNS,
    NOTE_MARKS,
    ROW_MARKS,
    family_of,
    full_rows,
    has_marks,
    link_of,
    one_line,
    quoted,
    sides_of,
    words,
)
from sigtrack.text.scripts import cells_wide

_LAST = ("main", "below")
_ALIGNED = 60  # cells of a main column


def render(report: Report, surface: Surface) -> Iterator[str]:
    first = True
    if title := one_line(report.title):
        yield f"{title}\n"
        first = False
    for family, run in groupby(report.blocks, key=family_of):
        blocks = tuple(run)
        if family is None:
            yield "" if first else "\n"
            yield from (_note(b) for b in blocks if isinstance(b, Note))
        elif isinstance(blocks[0], Diff):
            yield from _diffs([b for b in blocks if isinstance(b, Diff)], first=first)
        else:
            tables = [b for b in blocks if isinstance(b, Table)]
            yield from _tables(tables, surface.zone, first=first)
        first = False


def _tables(tables: Sequence[Table], zone: tzinfo, *, first: bool) -> Iterator[str]:
    """Yield tables of the same columns, aligned together; only the first has a heading row."""
    order = _order(tables[0].columns)
    marked = has_marks(tables)
    names = [one_line(tables[0].columns[i].name) for i in order]
    bodies = [_body(table, order, zone) for table in tables]
    texts = [names, *(texts for body in bodies for texts, _, _ in body)]
    widths = [max(cells_wide(text) for text in lane) for lane in zip(*texts, strict=True)]
    mains = [tables[0].columns[i].kind in _LAST for i in order]
    widths = [min(w, _ALIGNED) if m else w for w, m in zip(widths, mains, strict=True)]
    rights = [tables[0].columns[i].align == "right" for i in order]
    head = any(names)
    for table, body in zip(tables, bodies, strict=True):
        yield "" if first else "\n"
        yield from _heading(table)
        first = False
        if head and body:
            yield _line(" " * marked, [*names], widths, rights, "")
            head = False
        for texts_of_row, emphasis, links in body:
            mark = (ROW_MARKS.get(emphasis) or " ") * marked
            yield _line(mark, texts_of_row, widths, rights, links)


def _order(columns: Sequence[Column]) -> list[int]:
    return sorted(range(len(columns)), key=lambda i: columns[i].kind in _LAST)


def _body(table: Table, order: Sequence[int], zone: tzinfo) -> list[tuple[list[str], str, str]]:
    """Return, for each row, its texts in order, its emphasis and its links."""
    return [
        (
            [text_of(row[i], zone) or "-" for i in order],
            emphasis,
            "  ".join(dict.fromkeys(filter(None, map(link_of, row)))),
        )
        for row, emphasis in full_rows(table)
    ]


def text_of(cell: Cell, zone: tzinfo) -> str:
    """Return the text of a cell on one line, with matched words between « and »."""
    if isinstance(cell, Marked):
        return quoted(cell)
    return words(cell, zone, separator="")


def _line(
    mark: str, texts: Sequence[str], widths: Sequence[int], rights: Sequence[bool], links: str
) -> str:
    cells = [mark] if mark else []
    for text, width, right in zip(texts, widths, rights, strict=True):
        fill = " " * (width - cells_wide(text))
        cells.append(fill + text if right else text + fill)
    if links:
        cells[-1] = f"{cells[-1].rstrip()}  {links}"
    return f"{'  '.join(cells).rstrip()}\n"


def _diffs(diffs: Sequence[Diff], *, first: bool) -> Iterator[str]:
    """Yield each sentence on its own line, never broken; - is the old text and + the new one."""
    for number, diff in enumerate(diffs):
        yield "" if first else "\n"
        yield from _heading(diff)
        first = False
        if not number:
            yield f"- {one_line(diff.old)}\n+ {one_line(diff.new)}\n"
        for row in diff.rows:
            yield from _diff_row(row)


def _diff_row(row: DiffRow) -> Iterator[str]:
    if row.head:
        yield f"\n{DIFF_SIGNS[row.kind]} {' · '.join(map(one_line, row.head))}\n"
    elif row.is_break:
        yield "\n"
    for sign, text in sides_of(row):
        yield f"  {sign} {quoted(text)}\n"


def _heading(table: Table | Diff) -> Iterator[str]:
    title, caption = one_line(table.title), one_line(table.caption)
    if title or caption:
        yield f"{' — '.join(filter(None, (title, caption)))}\n"


def _note(note: Note) -> str:
    return f"{NOTE_MARKS.get(note.level, '')} {one_line(note.text)}".lstrip() + "\n"

"""Markdown for GitHub: each table is a table, each headline is a link.

Matched words are **bold**. In a diff the deleted words are ~~struck~~. Text from outside stays
text: characters that Markdown could interpret are escaped with a backslash.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import tzinfo

from sigtrack.model import Cell, Diff, DiffRow, Marked, Note, Report, Table
from sigtrack.present import Surface
from sigtrack.present.cells import (
    NOTE_MARKS,
    ROW_MARKS,
    full_rows,
    link_of,
    one_line,
    pieces,
    words,
)


def render(report: Report, surface: Surface) -> Iterator[str]:
    before = ""
    if title := one_line(report.title):
        yield f"# {_escape(title)}\n"
        before = "\n"
    for block in report.blocks:
        if isinstance(block, Note):
            text = before + _paragraph(f"{NOTE_MARKS.get(block.level, '')} {block.text}")
        else:
            parts = _diff(block) if isinstance(block, Diff) else _table(block, surface.zone)
            text = "\n".join(parts)
            text = before * bool(text) + text
        yield text
        before = "\n" if text else before


def _table(table: Table, zone: tzinfo) -> Iterator[str]:
    yield from _heading(table)
    if table.rows and table.columns:
        yield "".join(_grid(table, zone))


def _grid(table: Table, zone: tzinfo) -> Iterator[str]:
    yield _row([_escape(one_line(column.name)) for column in table.columns])
    yield _row(["---:" if column.align == "right" else "---" for column in table.columns])
    for row, emphasis in full_rows(table):
        cells = [_cell(cell, zone) for cell in row]
        if mark := ROW_MARKS.get(emphasis):
            cells[0] = f"{mark} {cells[0]}"
        yield _row(cells)


def _heading(block: Table | Diff) -> Iterator[str]:
    if title := one_line(block.title):
        yield f"## {_escape(title)}\n"
    if one_line(block.caption):
        yield _paragraph(block.caption)


def _diff(diff: Diff) -> Iterator[str]:
    """Yield a table of three columns: the kind of change, the old sentence and the new one."""
    yield from _heading(diff)
    names = [_escape(one_line(name)) for name in ("change", diff.old, diff.new)]
    yield "".join((_row(names), _row(["---"] * 3), *(_row(_diff_cells(row)) for row in diff.rows)))


def _diff_cells(row: DiffRow) -> list[str]:
    head = _escape(" · ".join(map(one_line, row.head)) or row.kind)
    old = _marked(row.before, "~~") if row.before else ""
    return [head, old, _marked(row.after) if row.after else ""]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _cell(cell: Cell, zone: tzinfo) -> str:
    if not isinstance(cell, Marked):
        return _escape(words(cell, zone))
    text = _marked(cell)
    link = link_of(cell)
    return f"[{text}]({_target(link)})" if link and text else text


def _marked(marked: Marked, sign: str = "**") -> str:
    parts = list(pieces(marked))
    texts = ["", *(text for text, _ in parts), ""]
    shown = [
        _set_off(text, texts[i][-1:], texts[i + 2][:1], sign) if hit else _escape(text)
        for i, (text, hit) in enumerate(parts)
    ]
    return " ".join("".join(shown).split())


def _set_off(text: str, before: str, after: str, sign: str) -> str:
    """Put signs around the text, or tags beside punctuation: `で「新局面」を`.

    Signs beside punctuation neither open nor close (CommonMark 6.2). `before` and `after` are the
    characters next to the text, if any.
    """
    core = text.strip()
    if not core:
        return text
    start = text.index(core)
    head, tail = text[:start], text[start + len(core) :]
    opens = core[0].isalnum() or not (head or before).strip()
    closes = core[-1].isalnum() or not (tail or after).strip()
    left, right = (sign, sign) if opens and closes else _TAGS[sign]
    return f"{head}{left}{_escape(core)}{right}{tail}"


def _paragraph(text: str) -> str:
    """Return a sentence that cannot start a list, heading or quotation."""
    return _OPENER.sub(r"\1\\\2", _escape(one_line(text))) + "\n"


def _escape(text: str) -> str:
    return _ENTITY.sub(r"\\&", _MARKS.sub(r"\\\g<0>", text))


def _target(link: str) -> str:
    return _IN_LINK.sub(lambda match: "".join(f"%{b:02X}" for b in match[0].encode()), link)


_TAGS = {"**": ("<strong>", "</strong>"), "~~": ("<del>", "</del>")}
_MARKS = re.compile(r"[\\`*_\[\]<>|~$]")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_OPENER = re.compile(r"^(\d+(?=[.)])|)([-+#=.)])")
_IN_LINK = re.compile(r"[\\`*_\[\]<>|~$()\"']")

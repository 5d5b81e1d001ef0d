"""The table on a terminal, drawn by Rich in memory.

The layout is dense: no boxes, one rule with the title above each table. Tables of the same columns
share widths and heading, so that the groups of a report look like one table. Cells are always
passed as `Text`: a title such as "[photos]" is not markup.

Widths and line breaks are decided here; Rich colours and pads. Key and side columns get the width
they need, main columns share the rest. If the main columns would get little, the side columns
become narrower. If they would be too narrow to read, the last side columns are dropped; then the
keys become narrower too.

Two texts stand side by side from 100 columns on, otherwise one below the other. The words that
differ are bold, and also struck through if deleted or underlined if new, so that they stand out
without colour. Sentences are never cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from io import StringIO
from itertools import groupby, islice, zip_longest
from urllib.parse import quote
from zlib import crc32

from rich.cells import cell_len, get_character_cell_size
from rich.console import Console
from rich.style import Style
from rich.table import Table as Grid
from rich.text import Text

from sigtrack.frozen import frozen
from sigtrack.model import Cell, Column, Diff, DiffRow, Marked, Note, Report, Seen, Table
from sigtrack.present import Surface
from sigtrack.present.cells import (
    DIFF_SIGNS,
    ELLIPSIS,
    NOTE_MARKS,
    ROW_MARKS,
    family_of,
    full_rows,
    has_marks,
    link_of,
    merged,
    one_line,
    quoted,
    safe,
    sides_of,
    words,
    wrap,
)

SIDE_FROM = 100  # cells: two columns of 47
_INDENT = "  "
_BAR = " │ "

_OLD = Style(bold=True, strike=True, color="red")
_NEW = Style(bold=True, underline=True, color="green")
_SIGN_STYLES = {"-": Style(bold=True, color="red"), "+": Style(bold=True, color="green")}


def lines_of(diff: Diff, width: int, *, head: bool) -> Iterator[Text]:
    """Yield the lines of a diff. `head`: begin with the names of the two texts."""
    is_wide = width >= SIDE_FROM
    if head:
        yield from _names_beside(diff, width) if is_wide else _names_below(diff, width)
    loud = head
    for number, row in enumerate(diff.rows):
        if (row.head or loud or row.is_break) and (head or number):
            yield Text()
        if row.head:
            yield from _head(row, width)
        yield from _row_beside(row, width) if is_wide else _row_below(row, width)
        loud = bool(row.head)


def _names_beside(diff: Diff, width: int) -> Iterator[Text]:
    old, new = Text(one_line(diff.old), _DIM), Text(one_line(diff.new), _DIM)
    for text in (old, new):
        text.truncate(_half(width), overflow="ellipsis")
    yield _beside(old, new, width)


def _row_beside(row: DiffRow, width: int) -> Iterator[Text]:
    style = Style() if row.head else _DIM
    old = _wrapped(row.before, _half(width), _OLD, _DIM if row.kind == "added-beside" else style)
    new = _wrapped(row.after, _half(width), _NEW, _DIM if row.kind == "dropped-beside" else style)
    for left, right in zip_longest(old, new, fillvalue=Text()):
        yield _beside(left, right, width)


def _beside(left: Text, right: Text, width: int) -> Text:
    gap = " " * (_half(width) - cell_len(left.plain))
    bar = _BAR if right.plain else _BAR.rstrip()
    return Text.assemble(_INDENT, left, gap, (bar, _DIM), right)


def _half(width: int) -> int:
    return (width - len(_INDENT) - len(_BAR)) // 2


def _names_below(diff: Diff, width: int) -> Iterator[Text]:
    for sign, name in (("-", diff.old), ("+", diff.new)):
        text = Text(f"{sign} {one_line(name)}", _DIM)
        text.truncate(width, overflow="ellipsis")
        yield text


def _row_below(row: DiffRow, width: int) -> Iterator[Text]:
    for sign, text in sides_of(row):
        mark, style = _OLD if sign == "-" else _NEW, _DIM if sign == " " else Style()
        lead = f"{_INDENT}{sign} "
        for number, line in enumerate(_wrapped(text, width - len(lead), mark, style)):
            yield Text.assemble((" " * len(lead) if number else lead, _BOLD), line)


def _wrapped(marked: Marked | None, width: int, mark: Style, style: Style) -> list[Text]:
    if marked is None:
        return []
    whole = Text(safe(marked.text))
    whole.stylize(style)
    for start, end in merged(marked):
        whole.stylize(mark, start, end)
    return _cut_at(whole, width)


def _head(row: DiffRow, width: int) -> Iterator[Text]:
    sign = DIFF_SIGNS[row.kind]
    first, *rest = map(one_line, row.head)
    text = " · ".join((first, *rest))
    whole = Text(text, _DIM)
    whole.stylize(Style(bold=True, dim=False), 0, len(first))
    for number, line in enumerate(_cut_at(whole, width - len(_INDENT))):
        lead = _INDENT if number else f"{sign} "
        yield Text.assemble((lead, _SIGN_STYLES.get(sign, _BOLD)), line)


def _cut_at(whole: Text, width: int) -> list[Text]:
    """Return the whole text, in as many lines as it needs."""
    ranges, _ = wrap(whole.plain, width, most=len(whole) + 1, size=_size)
    return [whole[start:end] for start, end in ranges]


GAP = 2  # cells between columns
MAIN_LEAST = 32  # a headline of 16 Han characters or five English words on a line
SIDE_MOST = 28  # longer cells are cut: one long source must not take the room of all headlines
SIDE_LEAST = 14  # "reuters-asia" and the like; a time or a number (`firm`) is never cut
_LEAST = 2  # one wide character


@frozen
class Need:
    """The widest cell of a column, including its heading. `firm`: a cut cell would be useless."""

    column: Column
    width: int
    firm: bool = False


@frozen
class ShownColumn:
    """A column that is shown; `index` is its place in the row."""

    index: int
    column: Column
    width: int


def lay_out(needs: Sequence[Need], width: int) -> tuple[ShownColumn, ...]:
    """Return the lanes of a table that is at most `width` cells wide (with gaps), in column order.

    The table is wider only if `width` has no room for one column of two cells.
    """
    easy = [_wanted(need, SIDE_MOST) for need in needs]
    tight = [_wanted(need, SIDE_LEAST) for need in needs]
    everything = range(len(needs))
    if _left(needs, easy, everything, width) >= _enough(needs, max(MAIN_LEAST, width * 2 // 5)):
        return _lanes(needs, easy, easy, everything, width)
    return _lanes(needs, tight, easy, _kept(needs, tight, width), width)


def share(wanted: Sequence[int], room: int) -> list[int]:
    """Give each what it wants or, if that is too much, an equal part; none less than 2."""
    widths = dict.fromkeys(range(len(wanted)), _LEAST)
    left = room
    for order, i in enumerate(sorted(widths, key=lambda i: wanted[i])):
        widths[i] = max(min(wanted[i], left // (len(wanted) - order)), _LEAST)
        left -= widths[i]
    return list(widths.values())


def _wanted(need: Need, most: int) -> int:
    cut = need.column.kind == "side" and not need.firm
    return max(min(need.width, most) if cut else need.width, _LEAST)


def _enough(needs: Sequence[Need], least: int) -> int:
    mains = (need for need in needs if need.column.kind == "main")
    return sum(min(max(need.width, _LEAST), least) for need in mains)


def _left(needs: Sequence[Need], wanted: Sequence[int], kept: Sequence[int], width: int) -> int:
    fixed = sum(wanted[i] for i in kept if needs[i].column.kind != "main")
    return width - fixed - GAP * (len(kept) - 1)


def _kept(needs: Sequence[Need], wanted: Sequence[int], width: int) -> list[int]:
    kept = list(range(len(needs)))
    for i in [i for i in reversed(kept) if needs[i].column.kind == "side"]:
        if len(kept) == 1 or _left(needs, wanted, kept, width) >= _enough(needs, MAIN_LEAST):
            return kept
        kept.remove(i)
    return kept[: max((width + GAP) // (_LEAST + GAP), 1)]


def _lanes(
    needs: Sequence[Need],
    wanted: Sequence[int],
    welcome: Sequence[int],
    kept: Sequence[int],
    width: int,
) -> tuple[ShownColumn, ...]:
    """Return the kept columns; spare room goes to columns up to their width in `welcome`."""
    room = width - GAP * (len(kept) - 1)
    fixed = [i for i in kept if needs[i].column.kind != "main"]
    mains = [i for i in kept if needs[i].column.kind == "main"]
    least = sum(min(wanted[i], MAIN_LEAST) for i in mains)
    # If even the keys are too wide, main columns get one half and keys the other.
    for_fixed = min(max(room - least, room // 2), room - _LEAST * len(mains))
    widths = dict(zip(fixed, share([wanted[i] for i in fixed], for_fixed), strict=True))
    rest = room - sum(widths.values())
    widths |= dict(zip(mains, share([wanted[i] for i in mains], rest), strict=True))
    spare = room - sum(widths.values())
    for i in fixed:
        more = max(min(welcome[i] - widths[i], spare), 0)
        widths[i] += more
        spare -= more
    return tuple(ShownColumn(index=i, column=needs[i].column, width=widths[i]) for i in kept)


Row = tuple[tuple["Cell", ...], str]  # with its emphasis

NARROWEST = 20
MOST_LINES = 3  # of a cell
_BATCH = 100  # rows drawn at once, so that a long table appears early
_MARK_ROOM = 2

_IN_LINK = "!#$%&'()*+,/:;=?@[]"  # OSC 8 allows ASCII only: Hangul in a path is escaped

_BOLD = Style(bold=True)
_DIM = Style(dim=True)
_MATCH = Style(bold=True, color="yellow")
_KEY = Style(color="cyan")
_ROW_MARKS = {"new": Style(bold=True, color="green"), "urgent": Style(bold=True, color="red")}
_NOTE_MARKS = {"good": Style(bold=True, color="green"), "warning": Style(bold=True, color="yellow")}


def render(report: Report, surface: Surface) -> Iterator[str]:
    page = _Canvas(surface)
    first = True
    if title := one_line(report.title):
        yield page.draw(_lines(title, page.width, _BOLD))
        first = False
    for kind, run in groupby(report.blocks, key=family_of):
        blocks = tuple(run)
        if kind is None:
            yield from _gap(first)
            yield page.draw(*(_note(b, page.width) for b in blocks if isinstance(b, Note)))
        elif isinstance(blocks[0], Diff):
            yield from page.diffs([b for b in blocks if isinstance(b, Diff)], first=first)
        else:
            yield from page.tables([b for b in blocks if isinstance(b, Table)], first=first)
        first = False


class _Canvas:
    def __init__(self, surface: Surface) -> None:
        self.width, self.zone = max(surface.width or 80, NARROWEST), surface.zone
        self._escapes = surface.escapes
        self._file = StringIO()
        self._console = Console(
            file=self._file,
            width=self.width,
            height=25,
            force_terminal=True,
            force_jupyter=False,
            force_interactive=False,
            # The sixteen colours of the user's own theme. None would switch off all styles.
            color_system="standard" if surface.escapes else None,
            no_color=not surface.colour,
            legacy_windows=False,
            markup=False,
            emoji=False,
            highlight=False,
            _environ={},  # ignore COLUMNS and TERM: the surface is an argument
        )

    def draw(self, *things: Text | Grid) -> str:
        for thing in things:
            self._console.print(thing, no_wrap=True, overflow="ignore", crop=False)
        drawn = self._file.getvalue()
        self._file.seek(0)
        self._file.truncate()
        return _LINK.sub(_steady_link, _TRAILING.sub("\n", drawn))

    def tables(self, tables: Sequence[Table], *, first: bool) -> Iterator[str]:
        """Yield tables of the same columns and widths; only the first has a heading row."""
        room = _MARK_ROOM if has_marks(tables) else 0
        columns = tables[0].columns
        beside = [i for i, column in enumerate(columns) if column.kind != "below"]
        needs = [self._need(tables, index) for index in beside]
        lanes = [
            replace(lane, index=beside[lane.index]) for lane in lay_out(needs, self.width - room)
        ]
        head = True
        for table in tables:
            yield from _gap(first)
            yield self.draw(*_heading(table, self.width))
            rows = full_rows(table)
            while batch := tuple(islice(rows, _BATCH)):
                yield self.draw(self._grid(batch, columns, lanes, room, head=head))
                head = False
            first = False

    def diffs(self, diffs: Sequence[Diff], *, first: bool) -> Iterator[str]:
        """Yield diffs of the same two texts; only the first names the texts."""
        for number, diff in enumerate(diffs):
            yield from _gap(first)
            yield self.draw(*_heading(diff, self.width))
            lines = lines_of(diff, self.width, head=not number)
            while batch := tuple(islice(lines, _BATCH)):
                yield self.draw(*batch)
            first = False

    def _need(self, tables: Sequence[Table], index: int) -> Need:
        columns = tables[0].columns
        column = columns[index]
        width, firm = cell_len(one_line(column.name)), False
        below = [i for i, one in enumerate(columns) if one.kind == "below"]
        stands = (index, *below) if column.kind == "main" else (index,)
        for table in tables:
            for row, _ in full_rows(table):
                width = max(width, *(cell_len(words(row[i], self.zone)) for i in stands))
                firm = firm or isinstance(row[index], datetime | Seen | int | float)
        return Need(column=column, width=width, firm=firm)

    def _grid(
        self,
        rows: Iterable[Row],
        columns: Sequence[Column],
        lanes: Sequence[ShownColumn],
        room: int,
        *,
        head: bool,
    ) -> Grid:
        grid = Grid(box=None, padding=0, pad_edge=False, show_header=False)
        if room:
            grid.add_column(width=room, no_wrap=True)
        for lane in lanes:
            grid.add_column(width=lane.width + (GAP if lane is not lanes[-1] else 0), no_wrap=True)
        if head and any(lane.column.name for lane in lanes):
            names = (_cut(lane.column.name, lane.width, _DIM) for lane in lanes)
            aligned = (_aligned(name, lane) for name, lane in zip(names, lanes, strict=True))
            grid.add_row(*[Text()] * bool(room), *aligned)
        main = next((n for n, lane in enumerate(lanes) if lane.column.kind == "main"), None)
        for row, emphasis in rows:
            mark = Text(ROW_MARKS.get(emphasis, ""), style=_ROW_MARKS.get(emphasis, ""))
            cells = [self._cell(row[lane.index], lane, emphasis) for lane in lanes]
            if main is not None:
                below = (
                    cell for cell, one in zip(row, columns, strict=True) if one.kind == "below"
                )
                cells[main].append_text(self._below(below, lanes[main]))
            grid.add_row(*[mark] * bool(room), *cells)
        return grid

    def _cell(self, cell: Cell, lane: ShownColumn, emphasis: str) -> Text:
        if isinstance(cell, Marked) and not self._escapes:
            cell = quoted(cell)
        shown = words(cell, self.zone)
        ranges, cut = wrap(shown, lane.width, most=_most_lines(lane.column, shown), size=_size)
        whole = Text(shown)
        link = quote(link_of(cell), safe=_IN_LINK) or None
        whole.stylize(_cell_style(lane.column.kind, emphasis) + Style(link=link))
        if isinstance(cell, Marked):
            for start, end in merged(cell):
                whole.stylize(_MATCH, start, end)
        lines = [whole[start:end] for start, end in ranges]
        if cut:
            lines[-1].append(ELLIPSIS)
        return Text("\n").join(_aligned(line, lane) for line in lines)

    def _below(self, cells: Iterable[Cell], lane: ShownColumn) -> Text:
        """Return the text below a main cell; each cell starts a new line."""
        text = Text()
        for shown in filter(None, (one_line(words(cell, self.zone)) for cell in cells)):
            text.append("\n").append_text(_lines(shown, lane.width, _DIM))
        return text


def _most_lines(column: Column, shown: str) -> int:
    if column.kind != "main":
        return 1
    return len(shown) + 1 if column.whole else MOST_LINES


def _cell_style(kind: str, emphasis: str) -> Style:
    if emphasis == "dim":
        return _DIM
    if kind == "key":
        return _ROW_MARKS["urgent"] if emphasis == "urgent" else _KEY
    return Style()


def _gap(first: bool) -> Iterator[str]:
    if not first:
        yield "\n"


def _heading(table: Table | Diff, width: int) -> Iterator[Text]:
    """Yield `Title ──────── caption` if it fits, otherwise the caption on the next line."""
    title, caption = one_line(table.title), one_line(table.caption)
    if title:
        title = _cut(title, width - 4, _BOLD).plain
        beside = cell_len(title) + cell_len(caption) + 6 <= width
        tail = f" {caption}" if caption and beside else ""
        line = Text.assemble((title, _BOLD))
        rest = width - cell_len(title) - cell_len(tail) - 1
        line.append(f" {'─' * rest}{tail}", _DIM)
        yield line
        caption = "" if beside else caption
    if caption:
        yield _lines(caption, width, _DIM)


def _note(note: Note, width: int) -> Text:
    mark = NOTE_MARKS.get(note.level, "")
    if not mark:
        return _lines(one_line(note.text), width, Style())
    body = _lines(one_line(note.text), width - 2, Style())
    text = Text.assemble((mark, _NOTE_MARKS[note.level]), " ")
    return text.append_text(Text("\n  ").join(body.split("\n")))


def _lines(text: str, width: int, style: Style) -> Text:
    whole = Text("\n").join(_cut_at(Text(text), width))
    whole.stylize(style)
    return whole


def _cut(text: str, width: int, style: Style) -> Text:
    text = one_line(text)
    ranges, cut = wrap(text, width, most=1, size=_size)
    shown = "".join(text[start:end] for start, end in ranges)
    return Text.assemble((shown + ELLIPSIS * cut, style))


def _aligned(line: Text, lane: ShownColumn) -> Text:
    if lane.column.align == "right":
        line.pad_left(lane.width - cell_len(line.plain))
    return line


def _size(character: str) -> int:
    # Terminals disagree on how the emoji selector changes the width before it: keep one cell.
    return 1 if character == "\ufe0f" else get_character_cell_size(character)


def _steady_link(match: re.Match[str]) -> str:
    return f"\x1b]8;id={crc32(match[1].encode()):08x};{match[1]}\x1b\\"


_TRAILING = re.compile(" +\n")
# Rich numbers its links at random, but the same report must give the same bytes.
_LINK = re.compile("\x1b\\]8;id=[^;\x1b]*;([^\x1b]+)\x1b\\\\")

"""Reports of arbitrary text, the tricks of strangers among it."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from typing import get_args

from hypothesis import strategies as st

from sigtrack.model import Column, Diff, DiffRow, Marked, Note, Report, Seen, Table
from sigtrack.model.stories import ChangeKind

SEOUL = timezone(timedelta(hours=9))
TRICKS = (
    "\x1b[31mred\x1b[0m", "\x9b2J", "\u202eesrever", "\u2066", "[/b]", "[photos]", "a|b", "**x**",
    "_y_", "`z`", "<script>", "[a](http://b)", "&amp;", "\\|", "\\", "=1+1", "@cmd", "-2", "+3",
    "\tTAB", "\r", "\n# heading", "\ud800", "\U000e0041", "\u2028", "日韓首脳、奈良で", "공동성명",
    "联合声明", "한", "e\u0301", "☎\ufe0f", "👨\u200d👩", "\x00", "‘’", "https://a.example/ b", '"', ",", "『", "　",
)  # fmt: skip

texts = st.lists(
    st.one_of(st.sampled_from(TRICKS), st.text(st.characters(exclude_categories=()), max_size=12)),
    max_size=5,
).map("".join)
spans = st.lists(st.tuples(st.integers(-3, 60), st.integers(-3, 60)), max_size=4).map(tuple)
links = st.one_of(st.just(""), st.just("https://example.org/a|b(c)"), texts.map("http://".__add__))
moments = st.datetimes(timezones=st.sampled_from([UTC, SEOUL]))
numbers = st.one_of(st.integers(-(10**20), 10**20), st.floats())
cells = st.one_of(
    st.none(),
    texts,
    numbers,
    moments,
    st.builds(Seen, at=moments),
    st.builds(Marked, text=texts, spans=spans, link=links),
)
columns = st.builds(
    Column,
    name=texts,
    kind=st.sampled_from(["main", "side", "key", "below"]),
    align=st.sampled_from(["left", "right"]),
)
tables = st.builds(
    Table,
    columns=st.lists(columns, max_size=5).map(tuple),
    rows=st.lists(st.lists(cells, max_size=6).map(tuple), max_size=4).map(tuple),
    title=texts,
    caption=texts,
    emphasis=st.lists(st.sampled_from(["", "new", "urgent", "dim"]), max_size=4).map(tuple),
)
notes = st.builds(Note, text=texts, level=st.sampled_from(["plain", "good", "warning"]))
sides = st.one_of(st.none(), st.builds(Marked, text=texts, spans=spans, language=st.just("ko")))
diff_rows = st.builds(
    DiffRow,
    kind=st.sampled_from(get_args(ChangeKind)),
    before=sides,
    after=sides,
    head=st.lists(texts, max_size=3).map(tuple),
    is_break=st.booleans(),
)
diffs = st.builds(
    Diff,
    rows=st.lists(diff_rows, max_size=4).map(tuple),
    old=texts,
    new=texts,
    title=texts,
    caption=texts,
)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts, moments),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=8,
)
reports = st.builds(
    Report,
    title=texts,
    blocks=st.lists(st.one_of(tables, notes, diffs), max_size=4).map(tuple),
    records=st.lists(st.dictionaries(texts, values, max_size=4), max_size=3).map(tuple),
)

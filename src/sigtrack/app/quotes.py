"""The sentence that matched, with its words marked, short enough for a mail."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from sigtrack.model import Hit, Marked, Span, StoredItem
from sigtrack.text.fold import fold_text
from sigtrack.text.scripts import is_cjk
from sigtrack.text.sentences import sentences

LONGEST = 360  # characters; Han and Hangul need half as many for the same content
_LEAD_IN = 60  # characters kept before the first mark of a sentence that is cut

Marks = tuple[tuple[int, int], ...]


def headline_of(stored: StoredItem, hits: Iterable[Hit]) -> Marked:
    item = stored.item
    marks = _marks(item.title, (s for hit in hits for s in hit.spans if s.field == "title"))
    return Marked(text=item.title, spans=marks, link=item.url, language=item.language)


def quote_of(stored: StoredItem, hits: Sequence[Hit]) -> Marked | None:
    """Return the sentence of summary, text or full text with most terms of the first hit.

    None if all terms are in the title, or if the sentence only repeats the title.
    """
    item = stored.item
    title = fold_text(item.title).lower().strip(" .")
    fields = (("summary", item.summary), ("text", item.text), ("full_text", item.full_text))
    for field, text in fields:
        spans = [span for hit in hits for span in hit.spans if span.field == field]
        first = {span.term for span in hits[0].spans if span.field == field} if hits else set()
        best = _best(text, spans, first) if first else None
        if best is None or fold_text(text[slice(*best)]).lower().strip(" .") == title:
            continue
        return _cut(text, best, spans, item.language)
    return None


def passages(text: str, spans: Sequence[Span], language: str | None) -> Iterator[Marked]:
    """Yield the sentences of a text in which these spans stand, in order."""
    for start, end in sentences(text):
        if any(start <= span.start and span.end <= end for span in spans):
            yield _cut(text, (start, end), spans, language)


def _best(text: str, spans: Sequence[Span], wanted: Collection[str]) -> tuple[int, int] | None:
    """Return the sentence with most of the wanted terms; of several, the earliest."""
    found: tuple[int, int] | None = None
    most = 0
    for start, end in sentences(text):
        here = {s.term for s in spans if s.start >= start and s.end <= end and s.term in wanted}
        if len(here) > most:
            most, found = len(here), (start, end)
    return found


def _cut(
    text: str, sentence: tuple[int, int], spans: Sequence[Span], language: str | None
) -> Marked:
    start, end = sentence
    inside = [s for s in spans if s.start >= start and s.end <= end]
    before = after = ""
    if end - start > LONGEST:
        first = min(span.start for span in inside)
        if first - start > LONGEST - _LEAD_IN:
            start, before = _word_start(text, first - _LEAD_IN, first), "… "
        if end - start > LONGEST:
            end, after = _word_end(text, start + LONGEST, first), " …"
    words = f"{before}{text[start:end]}"
    marks = _marks(words, inside, len(before) - start)
    return Marked(text=f"{words}{after}", spans=marks, language=language)


def _word_start(text: str, at: int, least: int) -> int:
    space = text.find(" ", at, least)
    return space + 1 if space >= 0 else at


def _word_end(text: str, at: int, least: int) -> int:
    space = text.rfind(" ", max(least, at - 40), at)
    return space if space >= 0 else at


def _marks(text: str, spans: Iterable[Span], shift: int = 0) -> Marks:
    """Return marks in order, inside the text; marks with only a space between them are joined."""
    found: list[tuple[int, int]] = []
    size = len(text)
    inside = ((max(span.start + shift, 0), min(span.end + shift, size)) for span in spans)
    for start, end in sorted(inside):
        if start >= end:
            continue
        if found and _belong_together(text, found[-1][1], start):
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def _belong_together(text: str, end: int, start: int) -> bool:
    """Whether two marks touch, or only a space is between them and not beside Han or Kana."""
    if text[end:start] != " ":
        return start <= end
    return not is_cjk(text[end - 1]) and not is_cjk(text[start])

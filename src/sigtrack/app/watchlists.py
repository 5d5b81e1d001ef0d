"""`sigtrack watchlists`: those in force, the rules of one, tests of a text, words of a class."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sigtrack.app.in_force import Index
from sigtrack.app.items import brief, by_weight, title_marks, why, why_not
from sigtrack.app.rules import Rules
from sigtrack.app.setup import exists_already, write_new
from sigtrack.config import Settings
from sigtrack.errors import Misuse
from sigtrack.model import (
    Block,
    Cell,
    Item,
    Marked,
    Note,
    Place,
    Problem,
    Report,
    Signal,
    StoredItem,
    Table,
    Watchlist,
    WatchlistHead,
    columns_of,
    item_id,
)
from sigtrack.text import clean
from sigtrack.text.documents import did_you_mean, is_there, path_of, read_text
from sigtrack.text.scripts import cells_wide
from sigtrack.views.hits import count, grouped, no_such, note_of
from sigtrack.watch import SHARED, shipped_watchlists
from sigtrack.watch.signals import EXAMPLES
from sigtrack.watch.tables import ID, copied_watchlist_text, new_watchlist_text

_PAIR = columns_of("|key", "|main")


def list_watchlists(index: Index) -> Report:
    columns = columns_of("watchlist|key", "title|main", "signals|right", "terms|right", "from")
    rows = tuple(
        (w.id, w.title, len(w.signals), index.terms[w.id], _origin(w)) for w in index.watchlists
    )
    records = tuple(
        {"watchlist": id, "title": title, "signals": signals, "terms": terms, "from": origin}
        for id, title, signals, terms, origin in rows
    )
    table = Table(
        title="Watchlists", caption=count(len(rows), "watchlist"), columns=columns, rows=rows
    )
    return Report(blocks=(table,), records=records)


def show_watchlist(rules: Rules, id: str, *, every: bool) -> Report:
    """Show what is watched, signal by signal, with terms as written in the file: as many as fit on
    a line, or with `every` all terms, reasons and examples."""
    watchlist = _get(rules, id)
    head = Note(text=f"{watchlist.why or watchlist.title} ({_origin(watchlist)})")
    rows: list[tuple[Cell, ...]] = []
    for signal in watchlist.signals:
        rows.append((signal.id, f"{signal.title or signal.id} ({signal.priority})"))
        rows += _signal(signal, every=every)
    if watchlist.written:
        rows.append(("all signals", "what the file says for each of them"))
        rows += [_row(key, terms, every=every) for key, terms in watchlist.written]
    table = Table(columns=_PAIR, rows=tuple(rows))
    record = {
        "watchlist": watchlist.id,
        "title": watchlist.title,
        "why": watchlist.why,
        "from": _origin(watchlist),
        "file": watchlist.place.path,
        "signals": list(map(_signal_record, watchlist.signals)),
    }
    return Report(title=watchlist.title, blocks=(head, table), records=(record,))


def check(rules: Rules, problems: Sequence[Problem]) -> Report:
    """Report every error and warning; the records are the problems."""
    ordered = sorted(problems, key=lambda p: (p.severity != "error", p.place.path, p.place.line))
    errors = sum(problem.severity == "error" for problem in problems)
    blocks: list[Block] = [*map(note_of, ordered)]
    said = f"{count(len(rules.index.watchlists), 'watchlist')} in force"
    if problems:
        verdict = f"{said}; {count(errors, 'error')}, {count(len(problems) - errors, 'warning')}"
        blocks.append(Note(text=verdict))
    else:
        blocks.append(Note(text=f"{said}, nothing wrong", level="good"))
    records = tuple(
        {
            "file": problem.place.path,
            "line": problem.place.line,
            "severity": problem.severity,
            "message": problem.message,
            "hint": problem.hint,
        }
        for problem in ordered
    )
    return Report(blocks=tuple(blocks), records=records)


def problems_of(rules: Rules, *, every: bool) -> tuple[Problem, ...]:
    """Return the problems, with those of shipped examples, which no other command tries.

    Advice on shipped files is for their authors (`every`), because users cannot follow it.
    """
    ours = [watchlist for watchlist in rules.watchlists if watchlist.shipped]
    problems = rules.index.problems
    shipped = shipped_watchlists()
    told = [
        problem
        for problem in problems
        if every or problem.severity == "error" or Path(problem.place.path).parent != shipped
    ]
    return (*told, *rules.failed_examples(ours))


def try_text(
    rules: Rules, text: str, *, language: str | None, every: bool, now: datetime
) -> Report:
    """Report what every signal finds in a text as a title, term by term."""
    item = Item(feed="test", uid=text, title=clean(text), language=language)
    stored = StoredItem(id=item_id("test", text), item=item, first_seen=now)
    verdicts = rules.matcher().explain(item)
    hits = by_weight(verdicts)
    title = Marked(text=item.title, spans=title_marks(hits))
    blocks: list[Block] = [Table(columns=_PAIR, rows=(("text", title),))]
    blocks += [why(stored, verdict) for verdict in hits]
    if not hits:
        blocks.append(Note(text="no signal hits this text"))
    blocks += why_not(stored, verdicts, every=every)
    records = tuple(
        {"watchlist": v.watchlist, "signal": v.signal.id, "hit": v.hit is not None, "why": v.reason}
        for v in verdicts
    )
    return Report(blocks=tuple(blocks), records=records)


def copy(settings: Settings, id: str) -> Report:
    """Copy a shipped watchlist, with its file of examples if it has one, to the user's folder,
    where it replaces the shipped one."""
    source = shipped_watchlists() / f"{id}.toml"
    if not re.fullmatch(ID, id) or not source.is_file():
        files = shipped_watchlists().glob("[!_.]*.toml")
        known = ", ".join(sorted(f.stem for f in files if not f.name.endswith(EXAMPLES)))
        raise Misuse(f"no shipped watchlist is called {clean(id)!r}", hint=f"one of: {known}")
    texts = {source.name: copied_watchlist_text(source.read_text(encoding="utf-8"))}
    examples = source.with_name(f"{id}{EXAMPLES}")
    if examples.is_file():
        texts[examples.name] = examples.read_text(encoding="utf-8")
    return _written(settings, texts)


def new(settings: Settings, id: str, title: str) -> Report:
    """Write a commented template that passes its own check."""
    if not re.fullmatch(ID, id):
        raise Misuse(
            f"{clean(id)!r} cannot be the id of a watchlist",
            hint="lower-case letters, digits and hyphens, such as rare-earths",
        )
    if (shipped_watchlists() / f"{id}.toml").is_file():
        raise Misuse(
            f"a shipped watchlist is called {id!r}",
            hint=f"choose another id, or begin from it with: sigtrack watchlists copy {id}",
        )
    return _written(settings, {f"{id}.toml": new_watchlist_text(id, title)})


def _written(settings: Settings, texts: Mapping[str, str]) -> Report:
    """Write files to the user's folder. Raises CannotWrite if one of them exists."""
    paths = [settings.watchlists / name for name in texts]
    for path in paths:
        if is_there(path):
            raise exists_already(path)
    notes = list(map(write_new, paths, texts.values()))
    hint = Note(text="edit it, then: sigtrack watchlists check")
    return Report(
        blocks=(*notes, hint), records=tuple({"written": clean(str(path))} for path in paths)
    )


def _get(rules: Rules, id: str) -> Watchlist:
    for watchlist in rules.watchlists:
        if watchlist.id == id:
            return watchlist
    raise no_such("watchlist", id, [watchlist.id for watchlist in rules.index.watchlists])


def _origin(watchlist: WatchlistHead) -> str:
    if watchlist.stale:
        return "yours, last good version"
    return "shipped" if watchlist.shipped else "yours"


_SAYS = {"any": "any of", "all": "and one of"}
_WIDTH = 76  # columns of a terminal for the terms on a line
_CONDITIONS = 2  # conditions side by side on one line


def _signal(signal: Signal, *, every: bool) -> Iterator[tuple[Cell, ...]]:
    """Yield the rows of a signal below its name; in short one for its words, one for the rest."""
    if every and signal.why:
        yield "  why", signal.why
    first, *rest = _asked(signal)
    yield _row(*first, every=every)
    if every or len(rest) < 2:
        yield from (_row(says, terms, every=every) for says, terms in rest)
    else:
        yield "  and", _side_by_side(rest)
    if every:
        for example in signal.should_match:
            yield "  matches", Marked(text=example.text)
        for example in signal.should_not_match:
            yield "  does not", Marked(text=example.text)


def _asked(signal: Signal) -> list[tuple[str, Sequence[str]]]:
    """Return the conditions of the signal, first those it requires, then those it excludes."""
    rows = [(_SAYS.get(key, key), terms) for key, terms in signal.written]
    asked = sum(key in _SAYS for key, _ in signal.written)
    if signal.visit:
        phases = f" ({', '.join(signal.visit.phases)})" if signal.visit.phases else ""
        rows.insert(asked, ("and visit", (f"{signal.visit.journey}{phases}",)))
    says, terms = rows[0]
    return [(says.removeprefix("and "), terms), *rows[1:]]


def _row(says: str, terms: Sequence[str], *, every: bool) -> tuple[Cell, ...]:
    return f"  {says}", ", ".join(terms) if every else _as_fits(terms, _WIDTH)


def _side_by_side(conditions: Sequence[tuple[str, Sequence[str]]]) -> str:
    shown = [(says.removeprefix("and "), terms) for says, terms in conditions[:_CONDITIONS]]
    more = [f"{len(conditions) - len(shown)} more"] if len(shown) < len(conditions) else []
    room = _WIDTH - sum(len(says) + len("; ") for says, _ in shown) - sum(map(len, more))
    told = [f"{says} {_as_fits(terms, room // len(shown))}" for says, terms in shown]
    return "; ".join(told + more)


def _as_fits(terms: Sequence[str], room: int) -> str:
    """Return the first terms that fit into `room` columns; of a long first term its beginning."""
    more = len(f", and {len(terms)} more")
    shown: list[str] = []
    for term in map(brief, terms):
        fits = _cut(term, room if len(shown) == len(terms) - 1 else room - more)
        if fits != term:
            shown = shown or [f"{fits}…"]
            break
        shown.append(term)
        room -= cells_wide(f"{term}, ")
    left = len(terms) - len(shown)
    return ", ".join([*shown, *([f"and {left} more"] if left else [])])


def _cut(text: str, room: int) -> str:
    while text and cells_wide(text) > room:
        text = text[:-1]
    return text


def _signal_record(signal: Signal) -> dict[str, Any]:
    return {
        "signal": signal.id,
        "title": signal.title,
        "why": signal.why,
        "priority": str(signal.priority),
        "any": list(map(str, signal.any)),
        "all": [list(map(str, group)) for group in signal.all],
        "visit": str(signal.visit.journey) if signal.visit else None,
        "phase": list(map(str, signal.visit.phases)) if signal.visit else [],
        **{key: list(map(str, getattr(signal, key))) for key in ("ignore", "none", "unless")},
        "should_match": [example.text for example in signal.should_match],
        "should_not_match": [example.text for example in signal.should_not_match],
    }


_FIELDS = ("class", "language", "word", "file", "line")
_LINES = columns_of("line|key", "words|main whole")
_Words = list[tuple[str, Place]]


def list_classes(rules: Rules) -> Report:
    """List every class with the number of its words. Classes of cities share one note."""
    names = [name for name in rules.classes if not name.startswith("@")]
    counted = {name: len(rules.classes[name].words) for name in names}
    cities = sorted(name for name in rules.classes if name.startswith("@"))
    columns = columns_of("class|key", "words|right", "such as|main")
    rows = tuple((name, counted[name], ", ".join(rules.classes[name].words[:6])) for name in names)
    table = Table(title="Classes", caption=f"{len(rows):,} classes", columns=columns, rows=rows)
    note = Note(text=f"cities of one country: {', '.join(cities)}")
    records = tuple({"class": name, "words": counted[name]} for name in names)
    return Report(blocks=(table, note), records=records)


def words_of(rules: Rules, settings: Settings, asked: str) -> Report:
    """Return the words of a class or group by language, with file and line. Raises Misuse if there
    is no class or group of this name."""
    if asked.startswith("$"):
        return _group(rules, settings, asked)
    name = asked if asked.startswith(("#", "@")) else f"#{asked}"
    found = rules.classes.get(name)
    if found is None:
        raise no_such("class", name, rules.classes, "sigtrack watchlists words lists all classes")
    return _report(name, [("", found.by_language())])


def _group(rules: Rules, settings: Settings, asked: str) -> Report:
    from sigtrack.watch.watchlists import written_groups  # loaders, which only this question needs

    folder, _, name = asked[1:].rpartition("/")
    found: list[tuple[str, dict[str, _Words]]] = []
    known: list[str] = []
    for file in _files(rules, settings, shared_only=folder == "shared"):
        text = read_text(file)
        groups = written_groups(path_of(file), text) if isinstance(text, str) else {}
        known += groups
        if name in groups:
            words: dict[str, _Words] = {}
            for term, language in groups[name]:
                words.setdefault(language or "any", []).append((term.as_written, term.place))
            found.append((file.name, words))
    if not found:
        hint = did_you_mean(name, known, "groups are under [terms] of a watchlist", sign="$")
        raise Misuse(f"there is no group {clean(asked[:60])!r}", hint=hint)
    return _report(asked, found)


def _files(rules: Rules, settings: Settings, *, shared_only: bool) -> Iterator[Path]:
    for folder in (settings.watchlists, Path(str(shipped_watchlists()))):
        if (folder / SHARED).is_file():
            yield folder / SHARED
    if not shared_only:
        yield from (Path(watchlist.place.path) for watchlist in rules.watchlists)


def _report(name: str, found: Iterable[tuple[str, dict[str, _Words]]]) -> Report:
    blocks: list[Block] = []
    records: list[dict[str, Any]] = []
    for file, by_language in found:
        for language, words in by_language.items():
            title = f"{file}, {language}" if file else language
            rows = tuple(_rows(words))
            caption = count(len(words), "word" if not file else "term")
            blocks.append(Table(title=title, caption=caption, columns=_LINES, rows=rows))
            records += [
                {
                    "class": name,
                    "language": language,
                    "word": word,
                    "file": place.path,
                    "line": place.line,
                }
                for word, place in words
            ]
    return Report(title=name, blocks=tuple(blocks), records=tuple(records), fields=_FIELDS)


def _rows(words: _Words) -> Iterator[tuple[str, str]]:
    for place, row in grouped(words, lambda one: one[1]).items():
        yield place.short, ", ".join(word for word, _ in row)

"""`sigtrack watchlists words`: the words of a class of the lexicon or of a group of a watchlist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sigtrack.app.rules import Rules
from sigtrack.config import Settings
from sigtrack.errors import Misuse
from sigtrack.model import Block, Column, Note, Place, Report, Table
from sigtrack.text import clean
from sigtrack.text.documents import did_you_mean, path_of, read_text
from sigtrack.views.hits import count
from sigtrack.watch import shipped_watchlists
from sigtrack.watch.folders import SHARED
from sigtrack.watch.watchlists import written_groups

_FIELDS = ("class", "language", "word", "file", "line")
_LINES = (Column(name="line", kind="key"), Column(name="words", kind="main", whole=True))
_Words = list[tuple[str, Place]]


def list_classes(rules: Rules) -> Report:
    """List every class with the number of its words. Classes of cities share one note."""
    names = [name for name in rules.classes if not name.startswith("@")]
    counted = {name: len(rules.classes[name].words) for name in names}
    cities = sorted(name for name in rules.classes if name.startswith("@"))
    columns = (
        Column(name="class", kind="key"),
        Column(name="words", align="right"),
        Column(name="such as", kind="main"),
    )
    rows = tuple((name, counted[name], ", ".join(rules.classes[name].words[:6])) for name in names)
    table = Table(
        title="Classes", caption=count(len(rows), "class") + "es", columns=columns, rows=rows
    )
    note = Note(text=f"cities of one country: {', '.join(cities)}")
    records = tuple({"class": name, "words": counted[name]} for name in names)
    return Report(blocks=(table, note), records=records, fields=("class", "words"))


def words_of(rules: Rules, settings: Settings, asked: str) -> Report:
    """Return the words of a class or group by language, with file and line. Raises Misuse if there
    is no class or group of this name."""
    if asked.startswith("$"):
        return _group(rules, settings, asked)
    name = asked if asked.startswith(("#", "@")) else f"#{asked}"
    found = rules.classes.get(name)
    if found is None:
        hint = did_you_mean(name, rules.classes, "sigtrack watchlists words lists all classes")
        raise Misuse(f"there is no class {clean(name[:60])!r}", hint=hint)
    return _report(name, [("", found.by_language())])


def _group(rules: Rules, settings: Settings, asked: str) -> Report:
    """Search every file in force for groups of this name."""
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
                words.setdefault(language or "any", []).append((str(term), term.place))
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
    """Yield a row for each line of a file, with all its words."""
    lines: dict[Place, list[str]] = {}
    for word, place in words:
        lines.setdefault(place, []).append(word)
    for place, row in lines.items():
        yield place.short, ", ".join(row)

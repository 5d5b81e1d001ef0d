"""Edits a user's TOML file and leaves every other byte as it was.

It can do only what the `feeds` commands need: add or remove one entry of an array of tables
([[feed]]), or set a key of an entry. Places are found with the scanner of `toml_lines`; comments
and blank lines are never changed. (tomlkit was tried: it writes a new key of an entry below the
comment of the next entry, and loses comments when an entry is deleted.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sigtrack.text.toml_lines import TomlToken, tokens_of

Value = str | bool


@dataclass(slots=True)
class EntryPlace:
    """An entry's offsets: start of its heading's line, end of its last line, values by key.

    `tail` is the end of the last table inside the entry, such as [feed.headers], else `end`.
    """

    start: int
    end: int
    tail: int
    values: dict[str, tuple[int, int]] = field(default_factory=dict)


def entries_of(text: str, heading: str) -> list[EntryPlace]:
    """Return the entries headed [[heading]], in a text that `tomllib` accepts."""
    entries: list[EntryPlace] = []
    current: EntryPlace | None = None
    is_inside = False  # a table of the entry
    for line in _statements(text):
        end = _line_end(text, line[-1].end)
        if line[0].text == "[":
            names = [token.text for token in line if token.text not in ("[", "]")]
            is_inside = len(names) > 1 and names[0].strip("\"'") == heading
            if not is_inside:
                current = None
            if [token.text for token in line[:5]] == ["[", "[", heading, "]", "]"]:
                current = EntryPlace(_line_start(text, line[0].start), end, end)
                entries.append(current)
        elif current is not None and not is_inside:
            current.end = end
            if len(line) > 2 and line[1].text == "=":
                current.values[line[0].text.strip("\"'")] = (line[2].start, line[-1].end)
        if current is not None:
            current.tail = end
    return entries


def with_entry(text: str, heading: str, values: Mapping[str, Value]) -> str:
    """Return the text with one more entry at its end."""
    before = text if text.endswith("\n") or not text else text + "\n"
    gap = "\n" if before and not before.endswith("\n\n") else ""
    lines = [f"[[{heading}]]", *(f"{key} = {written(value)}" for key, value in values.items())]
    return before + gap + "\n".join(lines) + "\n"


def without_entry(text: str, entry: EntryPlace) -> str:
    """Return the text without the entry; comments above and below it stay."""
    before, after = text[: entry.start], text[entry.tail :]
    if before.endswith("\n\n") and after.startswith("\n"):
        after = after[1:]
    return before + after


def with_value(text: str, entry: EntryPlace, key: str, value: Value) -> str:
    """Return the text with a key of the entry set to this value; a new key comes last."""
    if key in entry.values:
        start, end = entry.values[key]
        return text[:start] + written(value) + text[end:]
    before = text[: entry.end]
    before += "" if before.endswith("\n") else "\n"
    return f"{before}{key} = {written(value)}\n{text[entry.end :]}"


def written(value: Value) -> str:
    """Return a value as TOML. Text must not hold control characters."""
    if isinstance(value, bool):
        return "true" if value else "false"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _statements(text: str) -> list[list[TomlToken]]:
    """Return headings and key-value pairs, each as its tokens."""
    statements: list[list[TomlToken]] = []
    line: list[TomlToken] = []
    depth = 0
    for token in tokens_of(text):
        if token.kind == "punctuation":
            depth += (token.text in "[{") - (token.text in "]}")
        if token.kind != "newline":
            line.append(token)
        elif depth == 0 and line:
            statements.append(line)
            line = []
    return [*statements, line] if line else statements


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return len(text) if end < 0 else end + 1

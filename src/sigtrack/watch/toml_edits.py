"""Changes to a user's TOML file that leave every other byte as it was.

Only what `feeds` commands need: an array of tables ([[feed]]) of which one entry is added, removed
or given a key. The places are found with the scanner of `toml_lines`; comments and blank lines are
never touched. (tomlkit was tried: it writes a new key of an entry below the comment of the next
one, and loses comments when an entry is deleted.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sigtrack.text.toml_lines import Token, tokens_of

Value = str | bool


@dataclass(slots=True)
class Entry:
    """Offsets in the text: the heading's line to the end of the last key's line; values by key.

    `tail`: the end of the last table inside the entry, such as [feed.headers]; `end` without any.
    """

    start: int
    end: int
    tail: int
    values: dict[str, tuple[int, int]] = field(default_factory=dict)


def entries_of(text: str, heading: str) -> list[Entry]:
    """The entries headed [[heading]], for a text that `tomllib` accepts."""
    entries: list[Entry] = []
    current: Entry | None = None
    is_inside = False  # a table of the entry
    for line in _statements(text):
        end = _line_end(text, line[-1].end)
        if line[0].text == "[":
            names = [token.text for token in line if token.text not in ("[", "]")]
            is_inside = len(names) > 1 and names[0].strip("\"'") == heading
            if not is_inside:
                current = None
            if [token.text for token in line[:5]] == ["[", "[", heading, "]", "]"]:
                current = Entry(_line_start(text, line[0].start), end, end)
                entries.append(current)
        elif current is not None and not is_inside:
            current.end = end
            if len(line) > 2 and line[1].text == "=":
                current.values[line[0].text.strip("\"'")] = (line[2].start, line[-1].end)
        if current is not None:
            current.tail = end
    return entries


def with_entry(text: str, heading: str, values: Mapping[str, Value]) -> str:
    """The text with one entry more, at its end."""
    before = text if text.endswith("\n") or not text else text + "\n"
    gap = "\n" if before and not before.endswith("\n\n") else ""
    lines = [f"[[{heading}]]", *(f"{key} = {written(value)}" for key, value in values.items())]
    return before + gap + "\n".join(lines) + "\n"


def without_entry(text: str, entry: Entry) -> str:
    """The text without the entry; comments above and below it stay."""
    before, after = text[: entry.start], text[entry.tail :]
    if before.endswith("\n\n") and after.startswith("\n"):
        after = after[1:]
    return before + after


def with_value(text: str, entry: Entry, key: str, value: Value) -> str:
    """The text with this value of a key of the entry; a new key comes last."""
    if key in entry.values:
        start, end = entry.values[key]
        return text[:start] + written(value) + text[end:]
    before = text[: entry.end]
    before += "" if before.endswith("\n") else "\n"
    return f"{before}{key} = {written(value)}\n{text[entry.end :]}"


def written(value: Value) -> str:
    """A value as TOML; text must be free of control characters."""
    if isinstance(value, bool):
        return "true" if value else "false"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _statements(text: str) -> list[list[Token]]:
    """Headings and key-value pairs, each as its tokens."""
    statements: list[list[Token]] = []
    line: list[Token] = []
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

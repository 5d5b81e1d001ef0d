"""Finds the line of each key, table and array element of a TOML text.

`tomllib` gives the values and decides what is TOML, but does not tell their lines. The scanner here
knows only as much TOML as needed for that: strings, brackets, dots, commas and line ends. It is
right for every text that `tomllib` accepts (a property test checks this) and harmless for every
other text.

    lines = Lines.of_tokens(tokens_of('[[signal]]\\nany = [\\n  "summit",\\n]'))
    lines.of("signal", 0, "any", 0)  # 3

`check_shape` runs first, because a few shapes that are legal but absurd would cost `tomllib` its
stack or quadratic time.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

DEEPEST = 8  # brackets inside brackets, and parts of a dotted key; watchlists need 4
MOST_KEYS = 20_000  # keys and headings; the largest catalogue has 1,500
MOST_TOKENS = 120_000  # strings, brackets, commas: five times 10,000 terms and more

Path = tuple[str | int, ...]
Kind = Literal["newline", "string", "punctuation", "bare", "open"]

_TOKEN = re.compile(
    r"""[ \t\r]*(?:
    (?P<newline>\n[\s]*)
    |(?P<string>\"{3}(?:\\.|[^\\])*?\"{3,5}|'{3}.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')
    |(?P<open>["'])
    |(?P<punctuation>[][{},=.])
    |(?P<bare>[^][{},=."'\#\s]+)
    |(?P<comment>\#[^\n]*)
    |(?P<other>.))""",
    re.DOTALL | re.VERBOSE,
)


class TomlToken(NamedTuple):
    """A token. `open` is the quote of a string that never ends, always the last token."""

    kind: Kind
    text: str
    line: int
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def tokens_of(text: str) -> Iterator[TomlToken]:
    """Yield the tokens of a TOML text without blanks and comments, in linear time."""
    line = 1
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or "other"
        words, start = found[kind], found.start(kind)
        if kind == "string" and _is_cut_short(text, words, found.end()):
            yield TomlToken("open", words[0], line, start)
            return
        if kind not in ("comment", "other"):
            yield TomlToken(kind, words, line, start)  # type: ignore[arg-type]
        if kind == "open":
            return
        if kind in ("newline", "string"):
            line += words.count("\n")


def _is_cut_short(text: str, words: str, end: int) -> bool:
    """Whether an empty string is the beginning of three quotes that are never closed."""
    return len(words) == 2 and text.startswith(words[0], end)


def check_shape(tokens: Iterable[TomlToken]) -> tuple[int, str] | None:
    """Return line and reason if a text is deeper or longer than any watchlist or catalogue."""
    depth = dots = keys = 0
    in_header = False
    before: TomlToken | None = None
    for count, token in enumerate(tokens):
        if count > MOST_TOKENS:
            return token.line, "there are too many words and signs"
        if token.kind == "newline":
            depth, in_header = (0 if in_header else depth), False
        if token.text in ("=", ",") or token.kind == "newline":
            dots = 0
            keys += token.text == "="
        elif token.kind == "punctuation":
            starts_line = before is None or before.kind == "newline"
            if token.text == "[" and depth == 0 and starts_line:
                in_header = True
                keys += 1
            depth = max(0, depth + (token.text in "[{") - (token.text in "]}"))
            dots += token.text == "."
        if depth > DEEPEST:
            return token.line, "lists and tables are nested too deep"
        if dots > DEEPEST:
            return token.line, "a key has too many dots"
        if keys > MOST_KEYS:
            return token.line, f"there are more than {MOST_KEYS:,} keys"
        before = token
    return None


@dataclass(frozen=True, slots=True)
class Lines:
    """`of(path)` is the line of a key, table or element, or of its nearest parent with a line."""

    known: dict[Path, int]

    @classmethod
    def of_tokens(cls, tokens: Iterable[TomlToken]) -> Lines:
        """Return the lines of a text that `tomllib` accepts and `check_shape` does not refuse."""
        walk = _Walk(list(tokens))
        walk.document()
        return cls(walk.lines)

    def of(self, *path: str | int) -> int:
        while path:
            if path in self.known:
                return self.known[path]
            path = path[:-1]
        return 1


@dataclass(slots=True)
class _Walk:
    tokens: list[TomlToken]
    at: int = 0
    table: Path = ()
    lines: dict[Path, int] = field(default_factory=dict)
    counts: dict[Path, int] = field(default_factory=dict)

    def document(self) -> None:
        while self.at < len(self.tokens):
            start = self.at
            if self._text() == "[":
                self._header()
            elif self.tokens[self.at].kind != "newline":
                self._pair(self.table)
            self.at = max(self.at, start + 1)

    def _text(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self.tokens[at].text if at < len(self.tokens) else ""

    def _header(self) -> None:
        line = self.tokens[self.at].line
        second = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
        is_array = second is not None and second.text == "[" and second.line == line
        self.at += 1 + is_array
        parts = self._key()
        path: Path = ()
        for part in parts[:-1]:
            path = self._latest((*path, part))
        if parts:
            path = (*path, parts[-1])
            self.lines.setdefault(path, line)
            if is_array:
                self.counts[path] = self.counts.get(path, 0) + 1
                path = self._latest(path)
                self.lines[path] = line
        self.table = path
        while self.at < len(self.tokens) and self.tokens[self.at].kind != "newline":
            self.at += 1

    def _latest(self, path: Path) -> Path:
        return (*path, self.counts[path] - 1) if path in self.counts else path

    def _key(self) -> list[str]:
        parts = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.kind in ("bare", "string"):
                parts.append(_unquoted(token))
            elif token.text != ".":
                break
            self.at += 1
        return parts

    def _pair(self, table: Path) -> None:
        line = self.tokens[self.at].line
        path = table
        for part in self._key():
            path = (*path, part)
            self.lines.setdefault(path, line)
        if self._text() == "=":
            self.at += 1
            self._value(path)

    def _value(self, path: Path) -> None:
        if self._text() == "[":
            self._array(path)
        elif self._text() == "{":
            self._inline_table(path)
        else:
            while self.at < len(self.tokens) and not self._ends_value(self.tokens[self.at]):
                self.at += 1

    @staticmethod
    def _ends_value(token: TomlToken) -> bool:
        return token.kind == "newline" or (token.kind == "punctuation" and token.text in ",]}")

    def _array(self, path: Path) -> None:
        index = 0
        self.at += 1
        while self.at < len(self.tokens) and self._text() != "]":
            token = self.tokens[self.at]
            if token.kind == "newline" or token.text in (",", "}"):
                self.at += 1
                continue
            self.lines[(*path, index)] = token.line
            self._value((*path, index))
            index += 1
        self.at += 1

    def _inline_table(self, path: Path) -> None:
        self.at += 1
        while self.at < len(self.tokens) and self._text() != "}":
            start = self.at
            if self._text() not in (",", "]") and self.tokens[self.at].kind != "newline":
                self._pair(path)
            self.at = max(self.at, start + 1) if self._text() != "}" else self.at
        self.at += 1


def _unquoted(token: TomlToken) -> str:
    if token.kind == "bare":
        return token.text
    try:
        return str(tomllib.loads(f"key = {token.text}")["key"])
    except tomllib.TOMLDecodeError:
        return token.text

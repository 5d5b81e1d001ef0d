"""Finds the line of each key, table and array element of a TOML text.

`tomllib` gives the values and decides what is TOML, but does not tell their lines. The scanner here
knows only as much TOML as needed for that: strings, brackets, dots, commas and line ends. It is
right for every text that `tomllib` accepts (a property test checks this) and harmless for every
other text.

    lines = Lines.of_tokens(tokens_of('[[signal]]\nany = [\n  "summit",\n]'))
    lines.of("signal", 0, "any", 0)  # 3

`check_shape` runs first, because a few shapes that are legal but absurd would cost `tomllib` its
stack or quadratic time. `explain` tells people what probably happened where `tomllib` only says
"Unclosed array (at line 3, column 2)": from the place of the error and the letters around it, it
names the line that must be changed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from sigtrack.frozen import frozen
from sigtrack.text import clean, mask_credentials

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


@frozen(kw_only=False)
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


_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_CURLY = "“”„‟‘’‚‛＂＇「」『』«»"
_STATEMENT = re.compile(r"\s*(?:\[\[?[\w. -]+\]\]?\s*(?:#.*)?$|[\w.-]+\s*=)")
_CURLY_CURE = 'use straight quotes: "…"'


@frozen(kw_only=False)
class Trouble:
    line: int
    message: str
    hint: str


@frozen(kw_only=False)
class _Scene:
    """The error, and what stands before and after it. `opened` are brackets that are still open."""

    reason: str
    text: str
    at: int
    before: tuple[TomlToken, ...]  # the last tokens that end before the error, at most two
    opened: tuple[TomlToken, ...]
    headings: str

    @property
    def line(self) -> int:
        # An error at the end of the document belongs to the last line with words.
        end = self.at if self.text[self.at :].strip() else len(self.text.rstrip())
        return self.text.count("\n", 0, end) + 1

    @property
    def last(self) -> TomlToken | None:
        return self.before[-1] if self.before else None

    @property
    def line_text(self) -> str:
        return self.text.split("\n")[self.line - 1]

    @property
    def next(self) -> str:
        return self.text[self.at : self.at + 40].lstrip(" \t\r").partition("\n")[0]


def explain(text: str, message: str, *, headings: str = "[[signal]] or [terms]") -> Trouble:
    """Return the line, the mistake and the cure for a message of `tomllib` about this text.

    `headings` are examples of headings that the file may hold.
    """
    scene = _scene(text, message, headings)
    attempts = (_of_quotes, _of_lists, _of_values, _of_statements, _of_names, _of_anything)
    return Trouble(*next(told for attempt in attempts for told in attempt(scene)))


def _scene(text: str, message: str, headings: str) -> _Scene:
    found = _WHERE.search(message)
    at = len(text)
    if found and found[1]:
        lines = text.split("\n")
        at = sum(len(line) + 1 for line in lines[: int(found[1]) - 1]) + int(found[2]) - 1
    before: list[TomlToken] = []
    opened: list[TomlToken] = []
    for token in tokens_of(text):
        if token.start >= at and token.kind != "open":
            break
        before = [*before[-1:], token] if token.kind != "newline" else before
        if token.kind == "punctuation" and token.text in "[{":
            opened.append(token)
        elif token.kind == "punctuation" and token.text in "]}" and opened:
            opened.pop()
    reason = message[: found.start()] if found else message
    return _Scene(
        reason=reason,
        text=text,
        at=at,
        before=tuple(before),
        opened=tuple(opened),
        headings=headings,
    )


_Told = Iterator[tuple[int, str, str]]  # line, message and hint


def _of_quotes(scene: _Scene) -> _Told:
    line, following, last = scene.line, scene.next[:1], scene.last
    if following and following in _CURLY:
        yield line, f"{following} is a typographic quote", _CURLY_CURE
    if last is not None and last.kind == "open":
        words = scene.text[last.start :].partition("\n")[0]
        if any(letter in _CURLY for letter in words):
            yield last.line, "a string ends in a typographic quote", _CURLY_CURE
        yield last.line, "a string is not closed", "add the missing quote at its end"
    if scene.reason.startswith("Unescaped '\\'"):
        cure = "write it twice, or put the string in single quotes"
        yield line, "there is a backslash in a string", cure
    if "llegal character" in scene.reason or "invalid character" in scene.reason:
        letters = re.findall(r"[\x00-\x08\x0b-\x1f\x7f]", scene.text[max(0, scene.at - 1) :][:3])
        named = f"U+{ord(letters[0]):04X}" if letters else "which is invisible"
        yield line, f"there is a control character here, {named}", "delete it"
    if last is not None and last.kind == "string" and last.end == scene.at and following.isalnum():
        shown = clean(mask_credentials(last.text)[:60])
        cure = "put single quotes around a string that holds double ones"
        yield line, f"a quote inside the string ends it after {shown}", cure


def _of_lists(scene: _Scene) -> _Told:
    line, last = scene.line, scene.last
    if not scene.opened or last is None:
        return
    first = scene.opened[0]
    if scene.reason.startswith("Expected ']"):
        yield line, "the brackets of this heading do not match", f"write {scene.headings}"
    if not scene.next or (first.line < line and _STATEMENT.match(scene.line_text)):
        cure = "add ] after its last string"
        yield first.line, "the list that begins here is not closed", cure
    elif scene.next[0] in "\"'[{" and last.text not in ("[", ","):
        shown = clean(mask_credentials(last.text)[-60:])
        cure = "separate the strings of a list by commas"
        yield last.line, f"a comma is missing after {shown}", cure
    elif scene.next[0] == ",":
        yield line, "there is one comma too many", "delete one"


def _of_values(scene: _Scene) -> _Told:
    line = scene.line
    if "digits" in scene.reason:  # a limit of Python, which names no place
        long = re.search(r"\d{4300}", scene.text)
        line = scene.text.count("\n", 0, long.start()) + 1 if long else line
        yield line, "a number is too long", "shorten it, or write it in quotes"
    if scene.reason != "Invalid value":
        return
    word = re.match(r"[^\s,\]}#]*", scene.next)
    value = clean(word[0] if word else "")
    if not value:
        yield line, "there is nothing after the =", "write a value, or delete the line"
    if value.lower() in ("true", "false", "yes", "no"):
        yield line, f"{value} is not a value", "write true or false"
    yield line, f"{value} is without quotes", f'write "{value}"'


def _of_statements(scene: _Scene) -> _Told:
    line, following = scene.line, scene.next[:1]
    if scene.reason.startswith("Expected '=' after a key"):
        if following == ":":
            yield line, "a colon follows the key", "write key = value"
        yield line, "a key and = are expected here", "a key is one word: write key = value"
    if scene.reason.startswith("Invalid statement"):
        heading = scene.headings.partition(" ")[0]
        cure = f"write key = value, a heading such as {heading}, or # before a comment"
        yield line, f"{clean(scene.next) or 'this line'} is not a key", cure
    if not scene.reason.startswith("Expected newline"):
        return
    if following == ",":
        yield line, "several values are without brackets", 'write a list: ["a", "b"]'
    if re.search(r"=\s*\d+-\d*-?\d*", scene.line_text):
        yield line, "this is not a date", "write year-month-day: 2026-01-05"
    cure = "write one key in a line, and put strings of several words in quotes"
    yield line, f"{clean(scene.next)} is after the end of the value", cure


def _of_names(scene: _Scene) -> _Told:
    line = scene.line
    if scene.reason.startswith("Expected ']"):
        yield line, "the brackets of this heading do not match", f"write {scene.headings}"
    if not re.match(r"Cannot (overwrite|declare|mutate|redefine)", scene.reason):
        return
    line_text = scene.line_text.strip()
    if re.match(r"\[+\s*signal\s*\]", line_text):
        cure = "write [[signal]], with two brackets, above each signal"
        yield line, "some signals begin with [signal] and some with [[signal]]", cure
    name = clean(line_text.strip("[] ").partition("=")[0]).strip()[:60]
    cure = "join the two; a key is a list or a table by language (any.en), not both"
    yield line, f"{name or 'something'} is written twice", cure


def _of_anything(scene: _Scene) -> _Told:
    reason = clean(scene.reason)
    cure = "compare it with the lines around it, or with a shipped watchlist"
    yield scene.line, f"this line is not TOML, {reason[:1].lower()}{reason[1:]}", cure

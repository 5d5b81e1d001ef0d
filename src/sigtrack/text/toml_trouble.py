"""Explains errors of `tomllib` to people who write watchlists or settings.

`tomllib` says "Unclosed array (at line 3, column 2)" if a comma is missing on line 2. Here the
place of the error and the letters around it tell what probably happened, and the answer names the
line that must be changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sigtrack.text import clean, mask_credentials
from sigtrack.text.toml_lines import TomlToken, tokens_of

_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_CURLY = "“”„‟‘’‚‛＂＇「」『』«»"
_STATEMENT = re.compile(r"\s*(?:\[\[?[\w. -]+\]\]?\s*(?:#.*)?$|[\w.-]+\s*=)")
_CURLY_CURE = 'use straight quotes: "…"'


@dataclass(frozen=True, slots=True)
class Trouble:
    line: int
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
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
    for attempt in (_of_quotes, _of_lists, _of_values, _of_statements, _of_names):
        if trouble := attempt(scene):
            return trouble
    reason = clean(scene.reason)
    return Trouble(
        scene.line,
        f"this line is not TOML, {reason[:1].lower()}{reason[1:]}",
        "compare it with the lines around it, or with a shipped watchlist",
    )


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


def _of_quotes(scene: _Scene) -> Trouble | None:
    last = scene.before[-1] if scene.before else None
    if scene.next[:1] and scene.next[0] in _CURLY:
        return Trouble(scene.line, f"{scene.next[0]} is a typographic quote", _CURLY_CURE)
    if last is not None and last.kind == "open":
        words = scene.text[last.start :].partition("\n")[0]
        if any(letter in _CURLY for letter in words):
            return Trouble(last.line, "a string ends in a typographic quote", _CURLY_CURE)
        return Trouble(last.line, "a string is not closed", "add the missing quote at its end")
    if scene.reason.startswith("Unescaped '\\'"):
        return Trouble(
            scene.line,
            "there is a backslash in a string",
            "write it twice, or put the string in single quotes",
        )
    if "llegal character" in scene.reason or "invalid character" in scene.reason:
        return Trouble(
            scene.line, f"there is a control character here, {_named(scene)}", "delete it"
        )
    if (
        last is not None
        and last.kind == "string"
        and last.end == scene.at
        and scene.next[:1].isalnum()
    ):
        return Trouble(
            scene.line,
            f"a quote inside the string ends it after {clean(mask_credentials(last.text)[:60])}",
            "put single quotes around a string that holds double ones",
        )
    return None


def _named(scene: _Scene) -> str:
    letters = re.findall(r"[\x00-\x08\x0b-\x1f\x7f]", scene.text[max(0, scene.at - 1) :][:3])
    return f"U+{ord(letters[0]):04X}" if letters else "which is invisible"


def _of_lists(scene: _Scene) -> Trouble | None:
    last = scene.before[-1] if scene.before else None
    if not scene.opened or last is None:
        return None
    first = scene.opened[0]
    if scene.reason.startswith("Expected ']"):
        return Trouble(
            scene.line, "the brackets of this heading do not match", f"write {scene.headings}"
        )
    if not scene.next or (first.line < scene.line and _STATEMENT.match(scene.line_text)):
        return Trouble(
            first.line, "the list that begins here is not closed", "add ] after its last string"
        )
    if scene.next[0] in "\"'[{" and last.text not in ("[", ","):
        return Trouble(
            last.line,
            f"a comma is missing after {clean(mask_credentials(last.text)[-60:])}",
            "separate the strings of a list by commas",
        )
    if scene.next[0] == ",":
        return Trouble(scene.line, "there is one comma too many", "delete one")
    return None


def _of_values(scene: _Scene) -> Trouble | None:
    if "digits" in scene.reason:  # a limit of Python, which names no place
        long = re.search(r"\d{4300}", scene.text)
        line = scene.text.count("\n", 0, long.start()) + 1 if long else scene.line
        return Trouble(line, "a number is too long", "shorten it, or write it in quotes")
    if scene.reason != "Invalid value":
        return None
    word = re.match(r"[^\s,\]}#]*", scene.next)
    value = clean(word[0] if word else "")
    if not value:
        return Trouble(
            scene.line, "there is nothing after the =", "write a value, or delete the line"
        )
    if value.lower() in ("true", "false", "yes", "no"):
        return Trouble(scene.line, f"{value} is not a value", "write true or false")
    return Trouble(scene.line, f"{value} is without quotes", f'write "{value}"')


def _of_statements(scene: _Scene) -> Trouble | None:
    if scene.reason.startswith("Expected '=' after a key"):
        if scene.next[:1] == ":":
            return Trouble(scene.line, "a colon follows the key", "write key = value")
        return Trouble(
            scene.line, "a key and = are expected here", "a key is one word: write key = value"
        )
    heading = scene.headings.partition(" ")[0]
    if scene.reason.startswith("Invalid statement"):
        return Trouble(
            scene.line,
            f"{clean(scene.next) or 'this line'} is not a key",
            f"write key = value, a heading such as {heading}, or # before a comment",
        )
    if not scene.reason.startswith("Expected newline"):
        return None
    if scene.next[:1] == ",":
        return Trouble(
            scene.line, "several values are without brackets", 'write a list: ["a", "b"]'
        )
    if re.search(r"=\s*\d+-\d*-?\d*", scene.line_text):
        return Trouble(scene.line, "this is not a date", "write year-month-day: 2026-01-05")
    return Trouble(
        scene.line,
        f"{clean(scene.next)} is after the end of the value",
        "write one key in a line, and put strings of several words in quotes",
    )


def _of_names(scene: _Scene) -> Trouble | None:
    if scene.reason.startswith("Expected ']"):
        return Trouble(
            scene.line, "the brackets of this heading do not match", f"write {scene.headings}"
        )
    if not re.match(r"Cannot (overwrite|declare|mutate|redefine)", scene.reason):
        return None
    line_text = scene.line_text.strip()
    if re.match(r"\[+\s*signal\s*\]", line_text):
        return Trouble(
            scene.line,
            "some signals begin with [signal] and some with [[signal]]",
            "write [[signal]], with two brackets, above each signal",
        )
    name = clean(line_text.strip("[] ").partition("=")[0]).strip()[:60]
    return Trouble(
        scene.line,
        f"{name or 'a key'} is written twice" if name else "something is written twice",
        "join the two; a key is a list or a table by language (any.en), not both",
    )

"""Turn Markdown into the words of its author, paragraph by paragraph.

This is not a parser: it removes the signs and keeps the letters, because only sentences are
compared later. It reads front matter (`---`, `key: value` lines, `---`), because collections of
statements keep title, date and address there. Every pattern takes linear time.
"""

from __future__ import annotations

import re

from sigtrack.parse.markup import headline_text

_FRONT = re.compile(r"\A---[ \t]*\n((?:[^\n]*\n){1,60}?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_PAIR = re.compile(r"^([A-Za-z][\w-]{0,40}):[ \t](.*)$", re.MULTILINE)
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.*)$", re.MULTILINE)
_RULE = re.compile(r"^ {0,3}(?:=+|([-*_])[ \t]*(?:\1[ \t]*){2,})$", re.MULTILINE)
_QUOTE = re.compile(r"^ {0,3}>[ \t]?", re.MULTILINE)
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,500}\]\([^()\s]{0,2000}(?:[ \t]+\"[^\"\n]{0,500}\")?\)")
_LINK = re.compile(r"\[([^\[\]\n]{0,500})\]\([^()\s]{0,2000}(?:[ \t]+\"[^\"\n]{0,500}\")?\)")
_STRONG = re.compile(r"(?<!\\)\*{1,3}(?=\S)|(?<=[^\s\\])\*{1,3}")
_LOW = re.compile(r"(?<![\w\\])_{1,3}(?=\S)|(?<=[^\s\\])_{1,3}(?!\w)")
_HARD_BREAK = re.compile(r"\\$", re.MULTILINE)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def front_matter(text: str) -> tuple[dict[str, str], str]:
    """Return the keys (lower case) and values at the head of a document, and the text below."""
    found = _FRONT.match(text)
    if not found:
        return {}, text
    pairs = {key.lower(): value.strip(" \t\"'") for key, value in _PAIR.findall(found[1])}
    return (pairs, text[found.end() :]) if pairs else ({}, text)


def markdown_text(text: str) -> str:
    """Return the words; list items keep their sign, and headings are lines of their own."""
    text = _HEADING.sub(_heading, _RULE.sub("", text))
    text = _LINK.sub(r"\1", _IMAGE.sub("", _QUOTE.sub("", text)))
    text = _LOW.sub("", _STRONG.sub("", text))
    return _ESCAPED.sub(r"\1", _HARD_BREAK.sub("", headline_text(text)))


def _heading(found: re.Match[str]) -> str:
    return f"\n{found[1].rstrip().rstrip('#').rstrip()}\n"

"""Read a statement from bytes: text, Markdown or an HTML page, in any character set.

The result is clean: one paragraph a line, or lines broken at a width, with empty lines between
paragraphs; no markup and no control characters. This module does not interpret the words.

Markdown is not parsed: its signs are removed and the letters kept, because only sentences are
compared later. Front matter (`---`, `key: value` lines, `---`) is read, because collections of
statements keep title, date and address there. Every pattern takes linear time.

trafilatura finds the article in an HTML page, without menus, banners and footers. It comes with the
extra `statements`. It takes 5 s of computing and 200 MB for 800 kB of `word<br>`, and libxml2 is
written in C. So a page is read in its own process with limits, and a page that breaks this process
is `Unreadable`. The process costs 0.5 s.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from importlib.util import find_spec
from typing import TYPE_CHECKING

from sigtrack.frozen import frozen
from sigtrack.model import Unreadable
from sigtrack.parse.discovery import Decoded, binary_kind, decode, is_page
from sigtrack.parse.items import language_tag
from sigtrack.parse.markup import body_text, headline_text
from sigtrack.text import clean, safe_link

if TYPE_CHECKING:
    from sigtrack.parse.workers import Limits


def can_read_pages() -> bool:
    """Return whether the extra `statements` is installed, with the part of lxml that it needs."""
    return bool(find_spec("trafilatura")) and bool(find_spec("lxml_html_clean"))


def read_apart(markup: str, limits: Limits | None = None) -> Document | Unreadable:
    """Read a page in a process of its own. Ask `can_read_pages` first."""
    from sigtrack.parse.workers import PAGES, Workers, finished

    async def read() -> Document | Unreadable:
        async with Workers(1, limits=limits or replace(PAGES, cpu_seconds=20)) as workers:
            body = markup.encode("utf-8", "replace")
            return await workers.read_page(body, content_type="text/html; charset=utf-8")

    return finished(read())


def article_in(markup: str) -> str | Unreadable:
    """Return the words of the article. For a process with limits only."""
    import trafilatura

    try:
        words: str | None = trafilatura.extract(
            markup,
            include_comments=False,
            favor_recall=True,  # a lost sentence would be reported as dropped
            deduplicate=False,  # statements repeat themselves on purpose
        )
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - of libraries that read markup of strangers
        return Unreadable(reason=f"cannot be read as a page ({type(error).__name__})")
    return words or Unreadable(reason="is a page without an article")


_HTML_NAME = re.compile(r"\.(?:x?html?)\Z", re.IGNORECASE)
_MARKDOWN_NAME = re.compile(r"\.(?:md|markdown|mdown)\Z", re.IGNORECASE)
_META_CHARSET = re.compile(
    rb"""<meta[^<>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE
)
_TITLE = re.compile(r"<title[^<>]*>([^<]{1,500})</title", re.IGNORECASE)
_LANGUAGE = re.compile(r"""<html[^<>]*?\slang\s*=\s*["']?([A-Za-z-]{2,20})""", re.IGNORECASE)
_MENU = re.compile(r"<(?:nav|header|footer|aside|form)[\s>]", re.IGNORECASE)
_EMPTY_LINES = re.compile(r"\n{3,}")
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffd]")
_ODD_SHARE, _ODD_MOST = 0.01, 8  # of characters that no text contains
_LOOKED_AT = 100_000
_LONGEST_TITLE = 300
INSTALL = "pip install 'sigtrack[statements]'"


@frozen
class Document:
    """A statement. `title`, `date`, `url` and `language` are what the document says about itself,
    if it does; `note` tells the user about how it was read."""

    text: str
    title: str = ""
    date: date | None = None
    url: str = ""
    language: str | None = None
    note: str = ""


def read_document(
    body: bytes,
    *,
    name: str = "",
    content_type: str = "",
    language: str | None = None,
    in_worker: bool = False,
) -> Document | Unreadable:
    """Read a statement, or the page of an item.

    `name` is that of a file or address; its ending tells Markdown and HTML. `language` decides
    which charsets are tried for bytes that are not UTF-8. `in_worker`: this process has limits, so
    a page needs none of its own. The reason of an `Unreadable` follows the name in a sentence.
    """
    if kind := binary_kind(body):
        return Unreadable(reason=f"is {kind}, not text")
    decoded = decode(body, content_type=content_type_of(body, content_type), language=language)
    text = decoded.text
    start = text[:_LOOKED_AT]
    if len(_NO_TEXT.findall(start)) > max(_ODD_MOST, _ODD_SHARE * len(start)):
        return Unreadable(reason="is not text")
    if _is_html(text, name, content_type):
        read = _page(text, decoded.note, in_worker=in_worker)
    else:
        read = _plain(text, name, content_type, decoded)
    if isinstance(read, Document) and not any(map(str.isalpha, read.text)):
        return Unreadable(reason="holds no words")
    return read


def tidy(text: str) -> str:
    """Clean each line, and keep at most one empty line between two lines."""
    lines = "\n".join(map(clean, text.splitlines()))
    return _EMPTY_LINES.sub("\n\n", lines).strip()


def content_type_of(body: bytes, declared: str = "") -> str:
    """Return the declared content type, else the one that the page names, else ""."""
    if "charset" in declared.lower():
        return declared
    found = _META_CHARSET.search(body[:4096])
    return f"text/html; charset={found[1].decode('ascii')}" if found else declared


def _is_html(text: str, name: str, content_type: str) -> bool:
    declared = content_type.partition(";")[0].strip().lower()
    return (
        declared in ("text/html", "application/xhtml+xml")
        or bool(_HTML_NAME.search(name))
        or is_page(text)
    )


def _page(markup: str, note: str, *, in_worker: bool) -> Document | Unreadable:
    if in_worker:
        words = article_in(markup)
    elif can_read_pages():
        read = read_apart(markup)
        return read if isinstance(read, Unreadable) else replace(read, note=note)
    elif _MENU.search(markup):
        return Unreadable(reason="is a page with menus around its text")
    else:
        words = body_text(markup)
    if isinstance(words, Unreadable):
        return words
    title, language = _TITLE.search(markup), _LANGUAGE.search(markup)
    return Document(
        text=tidy(words.replace("\n", "\n\n")),
        title=clean(headline_text(title[1]))[:_LONGEST_TITLE] if title else "",
        language=language_tag(language[1]) if language else None,
        note=note,
    )


def _plain(text: str, name: str, content_type: str, decoded: Decoded) -> Document:
    said, text = front_matter(text.replace("\r\n", "\n"))
    if said or _MARKDOWN_NAME.search(name) or "markdown" in content_type.lower():
        text = markdown_text(text)
    return Document(
        text=tidy(text),
        title=clean(said.get("title", ""))[:_LONGEST_TITLE],
        date=_day(said.get("date", "")),
        url=safe_link(said.get("url") or said.get("source", "")),
        language=language_tag(said.get("lang") or said.get("language")),
        note=decoded.note,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


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

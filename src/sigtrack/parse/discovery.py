"""What a body is: its characters, and if it is no feed, what else and the feeds that it offers.

`decode` follows the order of the standards: byte order mark, HTTP header, XML declaration, UTF-8.
There are three exceptions:
- bytes that decode as UTF-8 with several characters beyond ASCII are UTF-8, whatever the server's
  default header says (text in another encoding does so by chance once in ten thousand);
- a label means its superset, as in browsers (euc-kr is cp949, gb2312 is gb18030);
- a stray byte or a cut character must not turn a whole Korean page into mojibake: the declared
  charset with a few replacement characters wins over another charset that happens to fit.

Servers answer 200 with a login page, a maintenance page or an API error. `what_it_is` names it. It
looks only at the beginning, and all it knows of feeds are the names of their root elements.

`find_feeds` serves `feeds add` of an address that is not a feed. First come feeds that the page
declares (`<link rel="alternate" type="application/rss+xml">`), then links that look like feeds,
because many ministries only show an orange icon. Only http(s).

This uses patterns and not html.parser, which takes minutes for 200 kB of `<a <a <a` and raises on a
damaged `<![CDATA[`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from sigtrack.frozen import frozen
from sigtrack.parse.markup import ATTRIBUTES, headline_text, root_of, unescape, without_hidden
from sigtrack.text import clean, safe_link
from sigtrack.text.regex import regex

_BINARY = (
    (b"%PDF-", "a PDF file"),
    (b"\x1f\x8b", "gzip data"),
    (b"PK\x03\x04", "a zip file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"BZh", "bzip2 data"),
    (b"\x28\xb5\x2f\xfd", "zstd data"),
)
_ANY_FEED = regex(r"<(?:\w+:)?(?:rss|feed|rdf|channel|item|entry)(?=[\s/>])", re.IGNORECASE)
_TITLE = regex(r"<title[^<>]*>([^<]{1,500})</title", re.IGNORECASE)
_PASSWORD = regex(r"""<input[^<>]*type\s*=\s*["']?password""", re.IGNORECASE)
_DOCTYPE = regex(r"\s*<!doctype html", re.IGNORECASE)
_HEAD = 65_536
_OTHER_ROOTS = {
    "opml": "an OPML list of feeds (sigtrack feeds import reads those)",
    "urlset": "a sitemap",
    "sitemapindex": "a sitemap",
    "svg": "a picture",
}


def binary_kind(body: bytes) -> str:
    """Return the name of a well-known binary format, or "" ."""
    return next((name for magic, name in _BINARY if body.startswith(magic)), "")


def is_page(text: str) -> bool:
    """Return whether this is HTML without any trace of a feed, so that no parser need read it."""
    page = _DOCTYPE.match(text) or root_of(text) in ("html", "head", "body")
    return bool(page) and not _ANY_FEED.search(text)


def what_it_is(text: str) -> str:
    """Return what it is, in words that fit before ", not a feed"."""
    root = root_of(text)
    start = text[:_HEAD].strip()
    if _DOCTYPE.match(text) or root in ("html", "head", "body", "script", "div", "p"):
        return _page(text)
    if start[:1] in ("{", "["):
        return "JSON of another kind"
    if root in ("rss", "feed", "rdf", "channel"):
        return f"<{root}> of no known format"
    if root and start.startswith("<"):
        return _OTHER_ROOTS.get(root, f"XML of another kind (<{clean(root)}>)")
    return "plain text" if start else "an empty body"


def _page(text: str) -> str:
    head = text[:_HEAD]
    if _PASSWORD.search(head):
        return "a login page"
    found = _TITLE.search(head)
    title = clean(headline_text(found[1])) if found else ""
    return f'an HTML page ("{title[:80]}")' if title else "an HTML page"


_TYPES = {
    "application/rss+xml": "rss",
    "application/atom+xml": "atom",
    "application/rdf+xml": "rdf",
    "application/feed+json": "json",
}
_LOOKS = regex(
    r"(?:^|[/._-])(?:rss2?|atom|feeds?|rdf)(?:$|[/._-])|\.(?:rss|rdf|atom)$|[?&]feed=|/index\.xml$",
    re.IGNORECASE,
)
_TAG = regex(rf"<(/?a|link|base)(?=[\s/>])({ATTRIBUTES})>", re.IGNORECASE)
_ATTRIBUTE = regex(
    r"""(?:^|(?<=[\s"'/]))([^\s"'<>/=]{1,40})\s*=\s*(?:"([^"<]*)"|'([^'<]*)'|([^\s"'<>]+))"""
)
_END_OF_LINK = regex(r"</?a[\s>]", re.IGNORECASE)
_MOST = 50  # feeds of one page
_LARGEST = 2 * 1024 * 1024  # bytes of a page that are searched


@frozen
class FoundFeed:
    """A feed of a page. `declared` ones are certain, others only look like feeds. `type` is rss,
    atom, rdf or json."""

    url: str
    title: str = ""
    type: str = ""
    declared: bool = True


def find_feeds(html: bytes, url: str, content_type: str = "") -> tuple[FoundFeed, ...]:
    """Return the feeds that a page names: declared ones first, each address once, at most 50."""
    page = without_hidden(decode(html[:_LARGEST], content_type=content_type).text)
    found: dict[str, FoundFeed] = {}
    for feed in sorted(_candidates(page, url), key=lambda feed: not feed.declared):
        found.setdefault(feed.url, feed)
    found.pop(url, None)
    return tuple(found.values())[:_MOST]


def _candidates(page: str, base: str) -> Iterator[FoundFeed]:
    for found in _TAG.finditer(page):
        name = found[1].lower()
        given = _attributes(found[2])
        url = _join(base, given.get("href", ""))
        if name == "base":
            base = url or base
        elif name == "link" and (kind := _declared(given)) and url:
            yield FoundFeed(url=url, title=clean(given.get("title", ""))[:200], type=kind)
        elif name == "a" and url and any(map(_LOOKS.search, _parts_of(url))):
            inside = _END_OF_LINK.split(page[found.end() : found.end() + 500], maxsplit=1)[0]
            words = given.get("title") or headline_text(inside)
            yield FoundFeed(url=url, title=clean(words)[:200], declared=False)


def _attributes(text: str) -> dict[str, str]:
    return {
        name.lower(): unescape(double or single or bare)
        for name, double, single, bare in _ATTRIBUTE.findall(text)
    }


def _declared(given: dict[str, str]) -> str:
    if "alternate" not in given.get("rel", "").lower().split():
        return ""
    return _TYPES.get(given.get("type", "").partition(";")[0].strip().lower(), "")


def _join(base: str, href: str) -> str:
    if not href.strip():
        return ""
    try:
        return safe_link(urljoin(base, href.strip()))
    except ValueError:
        return ""


def _parts_of(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.path, f"?{parts.query}"


_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OPENINGS = (  # the first characters of a document without a byte order mark
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00<\x00", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
_SUPERSETS = {
    label: charset
    for charset, labels in {
        "cp949": "euc-kr ks_c_5601-1987 ksc5601 ks_c_5601 korean windows-949 x-windows-949",
        "cp932": "shift_jis shift-jis sjis x-sjis windows-31j",
        "gb18030": "gb2312 gbk x-gbk gb_2312-80 chinese",
        "big5hkscs": "big5 big5-hkscs x-x-big5",
        "utf-8": "utf8 unicode-1-1-utf-8",
    }.items()
    for label in labels.split()
}
_BY_LANGUAGE = {
    "ko": ("cp949",),
    "ja": ("cp932", "euc_jp"),
    "zh": ("gb18030", "big5hkscs"),
    "zh-hant": ("big5hkscs", "gb18030"),
    "zh-tw": ("big5hkscs", "gb18030"),
    "zh-hk": ("big5hkscs", "gb18030"),
}
# Labels of transformations, not of character sets: never decode a stranger's text with them.
_UNICODE = regex(r"(?:utf|u|ucs|iso-10646-ucs|csucs|csunicode)[-_]?(?:16|32|2|4)?", re.I)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_CHARSET = regex(r"""charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)

_BAD_SHARE = 0.05  # of the text beyond ASCII: more damage means another charset
_ENOUGH_BEYOND_ASCII = regex(r"(?:[^\x00-\x7f][\x00-\x7f]*+){4}")  # proves UTF-8


@frozen(kw_only=False)
class Decoded:
    text: str
    note: str = ""  # for the user


def decode(body: bytes, *, content_type: str = "", language: str | None = None) -> Decoded:
    """Decode a document. Never fails; at worst the text holds replacement characters.

    `language` of the feed decides which legacy charset is tried if the bytes fit no label.
    """
    for mark, charset in _BOMS:
        if body.startswith(mark) and not (charset == "utf-16-le" and body[2:4] == b"\0\0"):
            return Decoded(body[len(mark) :].decode(charset, "replace"))
    for opening, charset in _OPENINGS:
        if body.startswith(opening):
            return Decoded(body.decode(charset, "replace"))
    labels = _labels(body, content_type)
    return _as_utf8(body) or _as_labelled(body, labels) or _by_guess(body, labels, language)


def _labels(body: bytes, content_type: str) -> list[str]:
    header = _CHARSET.search(content_type)
    declared = _DECLARED.match(body[:1024])
    names = [header[1] if header else "", declared[1].decode("ascii") if declared else ""]
    return [charset for name in names if (charset := _known(name))]


def _known(label: str) -> str:
    name = _SUPERSETS.get(label.lower(), label.lower())
    if not name or _UNICODE.fullmatch(name):
        return ""  # a document that says UTF-16 in plain ASCII is not UTF-16
    try:
        b" ".decode(name)  # raises if Python does not know it, or it is no text encoding (zlib)
    except (LookupError, ValueError):
        return ""
    return "" if name in ("idna", "punycode", "undefined", "unicode_escape", "utf-7") else name


def _as_utf8(body: bytes) -> Decoded | None:
    if body.isascii():
        return None  # UTF-8, or a charset written in ASCII (iso-2022-jp): the label decides
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    is_certain = len(body) > 100_000 or _ENOUGH_BEYOND_ASCII.search(text)
    return Decoded(text) if is_certain else None


def _as_labelled(body: bytes, labels: list[str]) -> Decoded | None:
    for charset in (*labels, "utf-8"):
        try:
            return Decoded(body.decode(charset))
        except (UnicodeDecodeError, ValueError):
            continue
    return None


def _by_guess(body: bytes, labels: list[str], language: str | None) -> Decoded:
    """Decode bytes that fit nothing exactly: by a label with little damage, else by language."""
    for charset in (*labels, "utf-8"):
        text = body.decode(charset, "replace")
        damage = text.count("\N{REPLACEMENT CHARACTER}")
        if damage <= max(2, _BAD_SHARE * sum(1 for _ in re.finditer(r"[^\x00-\x7f]", text))):
            return Decoded(text, f"some bytes are not {charset}: {damage} characters lost")
    tag = (language or "").lower()
    guesses = _BY_LANGUAGE.get(tag) or _BY_LANGUAGE.get(tag[:2], ())
    for charset in (*guesses, "cp1252", "latin-1"):
        try:
            text = body.decode(charset)
        except UnicodeDecodeError:
            continue
        said = labels[0] if labels else "utf-8"
        return Decoded(text, f"the text is not {said}, read as {charset}")
    raise AssertionError("latin-1 reads everything")

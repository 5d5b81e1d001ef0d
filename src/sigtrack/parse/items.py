"""Make an `Item` from what a document says: the last steps, the same for every dialect.

A `Draft` holds the publisher's words as plain text, with markup already removed. `ItemMaker` cleans
them, fills in what is missing and never drops an item, even one without title, link and id. It
counts what it repaired or could not read.

- title: if empty, the beginning of the summary, else of the text, else the link.
- summary and text: `summary` is the description. `text` is the article, if the feed has one.
  If a feed has only the article, `summary` stays empty, and signals that look at the lead use the
  first words of the text; a copied beginning would count every phrase twice.
- link: the link of the item in the feed, or `original` if the feed says where the link finally
  leads.
- uid: the publisher's, else a hash of the link, else of source, title and date.
- language: that of the item, else of the feed, else the caller's; each only if it is a language
  (`us` means English) and the script of the words does not contradict it (WordPress sites say
  en-US in every language); else the language that the script suggests, if any.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import urljoin

from sigtrack.frozen import frozen
from sigtrack.lexicon.zones import publishers_time
from sigtrack.model import Item, fingerprint_of
from sigtrack.parse.dates import local_zone, parse_date
from sigtrack.text import clean, clean_lines, safe_link
from sigtrack.text.regex import regex
from sigtrack.text.scripts import guess_language, language_meant

TITLE_LENGTH = 1_000  # characters; longer fields are cut, and the document gets a note
SUMMARY_LENGTH = 50_000
TEXT_LENGTH = 1_000_000
AUTHOR_LENGTH = 300
_CATEGORY_LENGTH = 100
_MOST_CATEGORIES = 30
_LINK_LENGTH = 3_000  # a longer link is left out, because a part of it leads elsewhere
_UID_LENGTH = 1_000
_BORROWED_TITLE = 120

_TAG = regex(r"([A-Za-z]{2,3})((?:[-_][A-Za-z0-9]{1,8})*)\Z")
_HANGUL = regex("[\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e]")
_KANA = regex("[\u3041-\u30ff]")
_HAN = regex("[\u3400-\u9fff]")
_LATIN = regex("[A-Za-z\u00c0-\u024f]")
_LINE = regex(r"[\t\r\n]")
# An address or a path from the root that is not followed by a second address
_SPACED = regex(r"(?:https?://[^\s/?#]+[/?#]|/(?!/))(?:(?! \S*://).)*\Z", re.IGNORECASE)
# An address that is already absolute and clean
_USUAL_LINK = regex(
    r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+/[\w./~%!$&'()*+,:@=-]*(?:\?[\w./~%!$&'()*+,:;@=?-]+)?"
    r"(?:#[\w./~%-]+)?\Z",
    re.ASCII,
)
_SAMPLE = 400  # characters in which the script is looked for


@frozen
class DocumentSource:
    """What the caller knows about a document before it is read."""

    feed: str
    url: str = ""  # the feed's own address
    language: str | None = None
    country: str | None = None
    timezone: str | None = None  # IANA name


@frozen
class Draft:
    """One item in the publisher's words: plain text without markup, not yet cleaned."""

    uid: str = ""
    title: str = ""
    link: str = ""
    original: str = ""  # where a click-counting link leads, or the link of an item without one
    summary: str = ""
    text: str = ""
    language: str = ""
    dates: tuple[str, ...] = ()  # as written, the most important first
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


class ItemMaker:
    """Makes the items of one document and counts what was wrong with them.

    `declared` is the language that the document names, `base` the address to which its relative
    links belong (by default the feed's own). Items `as_stored` have their times by the publisher's
    clock, as a store returns them.
    """

    def __init__(
        self,
        source: DocumentSource,
        *,
        declared: str | None = None,
        base: str = "",
        imported: bool = False,
        as_stored: bool = False,
        shortened: int = 0,  # fields that were cut already
    ):
        self.undated = 0
        self.source = source
        self._base = base or source.url
        self._declared = declared
        self._zone = local_zone(source.country, source.language or declared, source.timezone)
        self._imported = imported
        self._as_stored = as_stored
        self._unreadable_dates = 0
        self._unreadable_date = ""  # the first one, as an example
        self._shortened = shortened
        self._lost_links = 0
        self._lost_link = ""

    def make(self, draft: Draft, *, identified: bool = True) -> Item:
        """Return the item. Not `identified`, it has no id, address and fingerprint: rules ask for
        none of these, and to make them takes as long as all the rest."""
        summary = self._cut(clean(draft.summary), SUMMARY_LENGTH) if draft.summary else ""
        text = self._cut(clean_lines(draft.text), TEXT_LENGTH) if draft.text else ""
        title = self._cut(clean(draft.title), TITLE_LENGTH) or beginning(summary or text)
        link = uid = ""
        if identified or not title:
            link, uid = self._link(draft.link), clean(draft.uid)
            title = title or link or uid or "untitled"
        language = self._language_of(draft, title, summary or text)
        published = self._date(draft.dates)
        if published and self._as_stored:
            published = publishers_time(published, self.source.timezone or "", language)
        url = named_uid = fingerprint = ""
        if identified:
            named_uid = uid_of(uid, link, self.source.feed, title, published)
            url = absolute_link(self._short(draft.original), "") or link
            fingerprint = fingerprint_of(title, summary, text)
        return Item(
            feed=self.source.feed,
            uid=named_uid,
            title=title,
            url=url,
            summary=summary,
            text=text,
            language=language,
            published=published,
            fingerprint=fingerprint,
            imported=self._imported,
            named=bool(uid),
            author=", ".join(_each_once(draft.authors, AUTHOR_LENGTH))[:AUTHOR_LENGTH].rstrip(", "),
            categories=_each_once(draft.categories, _CATEGORY_LENGTH)[:_MOST_CATEGORIES],
        )

    def notes(self) -> tuple[str, ...]:
        notes = []
        if self._unreadable_dates:
            example = clean(self._unreadable_date)[:60]
            notes.append(f'dates that cannot be read: {self._unreadable_dates}, e.g. "{example}"')
        if self._lost_links:
            example = clean(self._lost_link)[:60]
            notes.append(f'links that are not web addresses: {self._lost_links}, e.g. "{example}"')
        if self._shortened:
            notes.append(f"overlong fields cut: {self._shortened}")
        return tuple(notes)

    def _link(self, raw: str) -> str:
        raw = self._short(raw)
        link = absolute_link(raw, self._base)
        if not link and raw.strip():
            self._lost_link = self._lost_link or raw
            self._lost_links += 1
        return link

    def _short(self, link: str) -> str:
        if len(link) <= _LINK_LENGTH:
            return link
        self._shortened += 1
        return ""

    def _date(self, dates: tuple[str, ...]) -> datetime | None:
        """Return the first date that can be read."""
        for raw in dates:
            if published := parse_date(raw, self._zone):
                return published
        self.undated += 1
        if raw := next((raw for raw in dates if raw.strip()), ""):
            self._unreadable_date = self._unreadable_date or raw[:100]
            self._unreadable_dates += 1
        return None

    def _cut(self, text: str, length: int) -> str:
        if len(text) <= length:
            return text
        self._shortened += 1
        return text[:length].rstrip()

    def _language_of(self, draft: Draft, title: str, more: str) -> str | None:
        if self._imported and (language := language_tag(draft.language)):
            return language  # the user's own setting
        sample = f"{title} {more[:_SAMPLE]}"[:_SAMPLE]
        for tag in (draft.language, self._declared, self.source.language):
            language = language_tag(tag)
            if language and script_allows(language, sample):
                return language
        # Hangul and Kana belong to one language each, Han and Latin letters to several.
        guess = guess_language(sample)
        return guess if guess != "zh" else None


def uid_of(uid: str, link: str, feed: str, title: str, published: datetime | None) -> str:
    """Return the publisher's id, else a hash of the link, else of source, title and date."""
    if uid and len(uid) <= _UID_LENGTH:
        return uid
    if uid or link:
        return _hash(uid or link)
    return _hash(
        "\0".join((feed, title, published.astimezone(UTC).isoformat() if published else ""))
    )


def beginning(text: str) -> str:
    """Return the first line as a headline: up to 120 characters, cut at a space, then "…"."""
    line = text.partition("\n")[0]
    if len(line) <= _BORROWED_TITLE:
        return line
    cut = line[:_BORROWED_TITLE]
    head, space, _ = cut.rpartition(" ")
    return f"{head if space and len(head) > _BORROWED_TITLE // 2 else cut}…"


@lru_cache(maxsize=256)
def language_tag(raw: str | None) -> str | None:
    """Return a language in BCP 47 (`en_US` becomes `en-US`, `us` means `en`), or None."""
    found = _TAG.match(clean(raw or ""))
    language = language_meant(found[1]) if found else None
    return language + found[2].replace("_", "-") if found and language else None


def script_allows(language: str, text: str) -> bool:
    """Return whether text in this script can be in that language; short or mixed text can."""
    short = language[:2]
    is_western = short not in ("ko", "ja", "zh")
    if is_western and text.isascii():
        return True
    hangul, kana, han = (len(p.findall(text)) for p in (_HANGUL, _KANA, _HAN))
    cjk = hangul + kana + han
    if is_western and not cjk:
        return True
    latin = len(_LATIN.findall(text))
    if cjk * 3 < latin:
        return is_western or cjk > 0 or latin < 40
    if cjk < 4:
        return True
    if hangul * 2 > cjk:
        return short == "ko"
    if kana * 8 > cjk:
        return short == "ja"
    return short in ("zh", "ja", "ko", "yu")


def _each_once(texts: tuple[str, ...], length: int) -> tuple[str, ...]:
    if not texts:
        return ()
    short = (clean(text[:SUMMARY_LENGTH])[:length].rstrip() for text in texts)
    return tuple(dict.fromkeys(filter(None, short)))


def absolute_link(link: str, base: str) -> str:
    """Return the link as an http(s) address, "" if it cannot be one.

    Spaces in a path or query become %20, as in browsers; prose is not taken for an address.
    """
    if _USUAL_LINK.match(link):
        return link
    link = "".join(line.strip() for line in _LINE.split(link))
    if not link:
        return ""
    if _SPACED.match(link):
        link = link.replace(" ", "%20")
    try:
        return safe_link(urljoin(base, link))
    except ValueError:  # "http://[" is not an address
        return ""


def first_address(links: Iterable[str]) -> str:
    """Return the first link that is a whole http(s) address, else ""."""
    return next(filter(None, (absolute_link(link, "") for link in links)), "")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]

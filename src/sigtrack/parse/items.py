"""Make an `Item` from what a document says, and read its date: the same for every dialect.

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

Dates are read as publishers write them. feedparser reads KST and JST as UTC and takes `2026/11/24`
for 1 November, so `parse_date` reads the raw string: ISO 8601 in all its forms, RFC 822 and its
many dialects, asctime, and the forms of Korean, Japanese and Chinese pages (`2026. 11. 24. 오후
3:05`, `令和8年1月13日`). Rules for what a date does not say:

- a time without a zone is the publisher's local time if the zone, country or language of the feed
  tells it (see `lexicon.zones`), else UTC;
- a date without a time is midnight UTC: that is the same day in Greenwich, Seoul and Tokyo, so
  no list by day moves it, and for `lexicon.zones.publishers_time` it is that day everywhere;
- a zone of the IANA database (`Asia/Seoul`) is looked up on this machine; if it is not found, the
  whole date is None, because the time may be wrong by half a day;
- `01/02/2026` can be two days and is None. So are a day and month without a year, and years before
  1900 or after 2100. A wrong date is worse than none: an undated item is sorted by when it was
  first seen.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from sigtrack.lexicon import LANGUAGES, any_of, shipped_lexicon
from sigtrack.lexicon.zones import main_zone, publishers_time, zone_of, zone_of_language
from sigtrack.model import Item, fingerprint_of
from sigtrack.text import clean, clean_lines, safe_link
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

_TAG = re.compile(r"([A-Za-z]{2,3})((?:[-_][A-Za-z0-9]{1,8})*)\Z")
_HANGUL = re.compile("[\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e]")
_KANA = re.compile("[\u3041-\u30ff]")
_HAN = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_LINE = re.compile(r"[\t\r\n]")
# An address or a path from the root that is not followed by a second address
_SPACED = re.compile(r"(?:https?://[^\s/?#]+[/?#]|/(?!/))(?:(?! \S*://).)*\Z", re.IGNORECASE)
# An address that is already absolute and clean
_USUAL_LINK = re.compile(
    r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+/[\w./~%!$&'()*+,:@=-]*(?:\?[\w./~%!$&'()*+,:;@=?-]+)?"
    r"(?:#[\w./~%-]+)?\Z",
    re.ASCII,
)
_SAMPLE = 400  # characters in which the script is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSource:
    """What the caller knows about a document before it is read."""

    feed: str
    url: str = ""  # the feed's own address
    language: str | None = None
    country: str | None = None
    timezone: str | None = None  # IANA name


@dataclass(frozen=True, slots=True, kw_only=True)
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
        self._source = source
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
        summary = self._cut(clean(draft.summary), SUMMARY_LENGTH)
        text = self._cut(clean_lines(draft.text), TEXT_LENGTH)
        title = self._cut(clean(draft.title), TITLE_LENGTH) or beginning(summary or text)
        link = uid = ""
        if identified or not title:
            link, uid = self._link(draft.link), clean(draft.uid)
            title = title or link or uid or "untitled"
        language = self._language_of(draft, title, summary or text)
        published = self._date(draft.dates)
        if published and self._as_stored:
            published = publishers_time(published, self._source.timezone or "", language)
        url = named_uid = fingerprint = ""
        if identified:
            named_uid = uid_of(uid, link, self._source.feed, title, published)
            url = absolute_link(self._short(draft.original), "") or link
            fingerprint = fingerprint_of(title, summary, text)
        return Item(
            feed=self._source.feed,
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
        for tag in (draft.language, self._declared, self._source.language):
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
    if text.isascii() and language[:2] not in ("ko", "ja", "zh"):
        return True
    hangul, kana, han = (len(p.findall(text)) for p in (_HANGUL, _KANA, _HAN))
    latin = len(_LATIN.findall(text))
    short = language[:2]
    cjk = hangul + kana + han
    if cjk * 3 < latin:
        return short not in ("ko", "ja", "zh") or cjk > 0 or latin < 40
    if cjk < 4:
        return True
    if hangul * 2 > cjk:
        return short == "ko"
    if kana * 8 > cjk:
        return short == "ja"
    return short in ("zh", "ja", "ko", "yu")


def _each_once(texts: Iterable[str], length: int) -> tuple[str, ...]:
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


_LONGEST = 100  # characters; no date is longer, and patterns are not tried on whole texts
_YEARS = range(1900, 2101)

_EIGHT = timedelta(hours=8)

_ZONES = {  # offsets from UTC, written as "-03:30"
    name.lower(): int(f"{ahead[0]}1") * timedelta(hours=int(ahead[1:3]), minutes=int(ahead[4:]))
    for name, ahead in shipped_lexicon().by_word("zone").items()
}
_BOOKS = [shipped_lexicon().language(lang) for lang in LANGUAGES]
_MONTHS = {  # in Latin letters, lower case, without accents
    name.lower(): int(number)
    for book in (*_BOOKS, shipped_lexicon().language("west"))
    for number, names in book.section("months").items()
    for name in names
    if name.isascii()
}


def _words(*path: str) -> tuple[str, ...]:
    return shipped_lexicon().words(*path)


def _letters(unit: str) -> str:
    """Return the signs that follow a number of this unit: 年년."""
    return "".join(_words("units", unit))


_MORNING, _AFTERNOON = (_words("day-parts", half) for half in ("am", "pm"))
_MARKS = any_of((*_MORNING, *_AFTERNOON))
_YEAR, _MONTH, _DAY = map(_letters, ("year", "month", "day"))
_HOUR, _MINUTE, _SECOND = map(_letters, ("hour", "minute", "second"))
_NAMES = any_of(
    name
    for book in _BOOKS
    for names in book.section("weekdays").values()
    for name in names
    if not name.isascii()
)
_DAYS = rf"(?:\(?(?:{_NAMES})\)?)"
_YMD = re.compile(
    rf"(\d{{4}}) ?[-/.{_YEAR}] ?(\d{{1,2}}) ?[-/.{_MONTH}] ?(\d{{1,2}})(?!\d) ?[{_DAY}.]?,? ?"
    rf"{_DAYS}?"
)
_ERAS = {
    name: int(first)
    for book in _BOOKS
    for first, names in book.section("eras").items()
    for name in names
}
_FIRST_YEAR = _words("clues", "first-year")
_ERA = re.compile(
    rf"({any_of(_ERAS)}) ?(\d{{1,2}}|{any_of(_FIRST_YEAR)}) ?[{_YEAR}] ?"
    rf"(\d{{1,2}}) ?[{_MONTH}] ?(\d{{1,2}}) ?[{_DAY}] ?{_DAYS}?"
)
_DMY = re.compile(
    r"(?:[^\W\d]+\.?,? ?)?(\d{1,2})(?:st|nd|rd|th|\.)?[ -](?:de )?([^\W\d]{3,})\.?,?"
    rf"[ -](?:de )?(\d{{4}}(?!\d)|\d\d(?!\d| ?[:h{_HOUR}]|\.\d))"  # 13 Jan 14:00 has no year
)
_MDY = re.compile(r"(?:[^\W\d]+\.?,? )?([^\W\d]{3,})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?!\d)")
_ASCTIME = re.compile(
    r"(?:[^\W\d]+,? )?(?:([^\W\d]{3,}) (\d{1,2})|(\d{1,2}) ([^\W\d]{3,})),? "
    r"(\d\d?:\d\d(?::\d\d)?(?: ?[a-z+\d:-]+)?) (\d{4})\Z"
)
_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?: ?t? ?(\d\d)(\d\d)(\d\d)?)?")
_YEAR_MONTH = re.compile(r"(\d{4})(?:[-/.](\d\d?))?\Z")
_ISO_RARE = re.compile(r"(\d{4}-?w\d\d(?:-?\d)?|\d{4}-?\d{3})(?=t|\Z)")
_EPOCH = re.compile(r"(\d{10})(\d{3})?(?:\.\d+)?\Z")
_TIME = re.compile(
    rf"(?: - |[ t,.]*)(?:at |um |à )?({_MARKS})? ?"
    rf"(\d{{1,2}}) ?[:.{_HOUR}] ?(?:(\d{{1,2}}) ?[{_MINUTE}]?)?"
    rf"(?: ?:? ?(\d{{1,2}})(?:[.,]\d+)? ?[{_SECOND}]?)? ?(?:({_MARKS}|a\.m\.?|p\.m\.?)(?![a-z]))?"
)
_HOUR_ONLY = re.compile(r"[ t,]*(\d\d)(\d\d)?(\d\d)?(?:[.,]\d+)?(?=z|[+-]|\Z)")
_USUAL = re.compile(
    r"(?:(?:[A-Z][a-z]{2}, )?(\d\d?) ([A-Z][a-z]{2}) (\d{4}) "
    r"|(\d{4}-\d\d-\d\d)T)((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)"
    r"(?:(?<=\d) ?)(GMT|UTC|Z|[+-](?:0\d|1[0-3]):?[0-5]\d)\Z",
    re.ASCII,
)
_ZONE = re.compile(r" ?\(?([a-z]{1,5})?\)? ?(?:([+-]) ?(\d{1,2}):?(\d\d)?)?")
# Looked for in the original spelling, because the names of the database have capitals.
_PLACE = re.compile(r"[A-Z][A-Za-z_]+(?:/[A-Za-z][\w+-]*){1,2}(?=[\])]?\s*\Z)", re.ASCII)


@dataclass(frozen=True, slots=True)
class _WrittenDay:
    year: int
    month: int
    day: int
    rest: str  # the text after the day, with the time


def local_zone(country: str | None, language: str | None, timezone: str | None = None) -> tzinfo:
    """Return the zone for times without one: of the feed, its country or its language, else UTC."""
    name = timezone or (main_zone(country) if country else zone_of_language(language))
    return zone_of(name) or UTC


def parse_date(raw: str, zone: tzinfo = UTC) -> datetime | None:
    """Return the moment, aware, with the offset that was written; None if it cannot be read.

    `zone` is for times without a zone. CST is China Standard Time if `zone` is +08:00 (a Chinese
    publisher), else American Central Time. Years outside 1900 to 2100 give None too.
    """
    if found := _USUAL.match(raw):
        return _usual(found)
    text = _normal(raw)
    if not text:
        return None
    place = _PLACE.search(raw)
    try:
        return _epoch(text) or _calendar(text, zone, place[0] if place else "")
    except (ValueError, OverflowError):  # the 31st of February, hour 27
        return None


def _usual(found: re.Match[str]) -> datetime | None:
    """Read the forms that nine in ten feeds use (RFC 822 and RFC 3339), without trying all."""
    day, month, year, iso, time, offset = found.groups()
    date = iso or f"{year}-{_MONTHS.get(month.lower(), 0):02}-{int(day):02}"
    ahead = "+00:00" if offset in ("GMT", "UTC", "Z") else offset
    try:
        return _sensible(datetime.fromisoformat(f"{date}T{time}{ahead}"))
    except (ValueError, OverflowError):
        return None


def _normal(raw: str) -> str:
    if len(raw) > _LONGEST:
        return ""
    folded = unicodedata.normalize("NFKC", raw).replace("−", "-").casefold()
    return " ".join(folded.split())


def _epoch(text: str) -> datetime | None:
    found = _EPOCH.match(text)
    return _sensible(datetime.fromtimestamp(int(found[1]), UTC)) if found else None


def _calendar(text: str, zone: tzinfo, place: str) -> datetime | None:
    day = _day_of(text)
    if day is None:
        return None
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    if not day.rest.strip(" ,."):
        return _sensible(moment)
    hours, rest = _time_of(day.rest)
    if hours is None:
        return _sensible(moment)
    local = (moment + hours).replace(tzinfo=zone)
    offset = _offset_of(rest, local.utcoffset())
    if offset is None and place:
        local = local.replace(tzinfo=_zone_of(place))
    if offset is None:
        offset = local.utcoffset() or timedelta(0)
    return _sensible(local.replace(tzinfo=timezone(offset)))


def _zone_of(place: str) -> ZoneInfo:
    """Return the zone. Raises ValueError if this machine does not know it."""
    try:
        return ZoneInfo(place)
    except (KeyError, OSError) as error:  # no such zone, or the name of a folder
        raise ValueError(place) from error


def _sensible(moment: datetime) -> datetime | None:
    return moment if moment.astimezone(UTC).year in _YEARS else None


def _day_of(text: str) -> _WrittenDay | None:
    for reader in (_year_first, _era, _day_first, _month_first, _slashed, _asctime, _digits, _rare):
        if day := reader(text):
            return day
    return None


def _year_first(text: str) -> _WrittenDay | None:
    found = _YMD.match(text)
    return (
        _WrittenDay(int(found[1]), int(found[2]), int(found[3]), text[found.end() :])
        if found
        else None
    )


def _era(text: str) -> _WrittenDay | None:
    found = _ERA.match(text)
    if not found:
        return None
    year = _ERAS[found[1]] - 1 + (1 if found[2] in _FIRST_YEAR else int(found[2]))
    return _WrittenDay(year, int(found[3]), int(found[4]), text[found.end() :])


def _day_first(text: str) -> _WrittenDay | None:
    found = _DMY.match(text)
    month = _month(found[2]) if found else None
    if not found or month is None:
        return None
    return _WrittenDay(_full_year(found[3]), month, int(found[1]), text[found.end() :])


def _month_first(text: str) -> _WrittenDay | None:
    found = _MDY.match(text)
    month = _month(found[1]) if found else None
    if not found or month is None:
        return None
    return _WrittenDay(int(found[3]), month, int(found[2]), text[found.end() :])


def _asctime(text: str) -> _WrittenDay | None:
    found = _ASCTIME.match(text)
    month = _month(found[1] or found[4]) if found else None
    if not found or month is None:
        return None
    return _WrittenDay(int(found[6]), month, int(found[2] or found[3]), found[5])


def _slashed(text: str) -> _WrittenDay | None:
    found = _SLASHED.match(text)
    if not found:
        return None
    one, two, year = int(found[1]), int(found[2]), int(found[3])
    if (one > 12) == (two > 12) and one != two:
        return None  # either number could be the month
    day, month = (one, two) if one > 12 else (two, one)
    return _WrittenDay(year, month, day, text[found.end() :])


def _digits(text: str) -> _WrittenDay | None:
    if found := _YEAR_MONTH.match(text):
        return _WrittenDay(int(found[1]), int(found[2] or 1), 1, "")
    found = _COMPACT.match(text)
    if not found or text[found.end() : found.end() + 1].isdigit():
        return None
    rest = text[found.end() :]
    if found[4]:
        rest = f" {found[4]}:{found[5]}:{found[6] or '00'}{rest}"
    return _WrittenDay(int(found[1]), int(found[2]), int(found[3]), rest)


def _rare(text: str) -> _WrittenDay | None:
    """Read week dates and days of the year (ISO 8601)."""
    found = _ISO_RARE.match(text)
    if not found:
        return None
    if "w" in found[1]:
        day = datetime.fromisoformat(found[1].upper())
    else:
        digits = found[1].replace("-", "")
        day = datetime(int(digits[:4]), 1, 1) + timedelta(days=int(digits[4:]) - 1)  # noqa: DTZ001
        if day.year != int(digits[:4]):
            return None
    return _WrittenDay(day.year, day.month, day.day, text[found.end() :])


def _month(name: str) -> int | None:
    plain = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    return _MONTHS.get(plain)


def _full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return year + (2000 if year < 69 else 1900)  # as in POSIX


def _time_of(rest: str) -> tuple[timedelta | None, str]:
    found = _TIME.match(rest)
    if not found:
        short = _HOUR_ONLY.match(rest)
        if not short:
            return None, rest
        parts = timedelta(
            hours=int(short[1]), minutes=int(short[2] or 0), seconds=int(short[3] or 0)
        )
        return parts, rest[short.end() :]
    hour, minute, second = int(found[2]), int(found[3] or 0), min(int(found[4] or 0), 59)
    if hour > 24 or minute > 59:
        raise ValueError(rest)
    mark = (found[1] or found[5] or "").replace(".", "")
    if mark in _AFTERNOON and hour < 12:
        hour += 12
    elif mark in _MORNING and hour == 12:
        hour = 0
    return timedelta(hours=hour, minutes=minute, seconds=second), rest[found.end() :]


def _offset_of(rest: str, usual: timedelta | None) -> timedelta | None:
    found = _ZONE.match(rest)
    if not found:
        return None
    name, sign, hours, minutes = found.groups()
    if name == "cst" and usual == _EIGHT:
        return _EIGHT
    if sign:
        if int(hours) > 14 or int(minutes or 0) > 59:
            return None
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        return offset if sign == "+" else -offset
    return _ZONES.get(name)

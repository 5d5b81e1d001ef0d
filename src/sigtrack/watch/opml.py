"""Lists of feeds as OPML 2.0, which every feed reader can write and read.

A list comes from a stranger, so nothing in it is trusted. A DOCTYPE is refused before it can
declare an entity; size, depth and number are bounded; addresses must be http or https and lose
their credentials; and no list can allow a feed on a private address. What OPML cannot say (id,
role, country, time zone, note, reason of a pause) is written as attributes of our own namespace, as
the standard asks, so that our own lists can be read back without loss.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from sigtrack.lexicon.zones import zone_of
from sigtrack.model import Feed, Place, Problem, Role
from sigtrack.text import clean, mask_credentials, safe_link
from sigtrack.text.scripts import LANGUAGE
from sigtrack.watch.feeds import feed_id_for
from sigtrack.watch.tables import ID

NAMESPACE = "urn:sigtrack:feeds"
LARGEST = 5 << 20  # bytes; 10,000 feeds have about 2 MiB
DEEPEST = 100  # outlines inside outlines; feed readers allow 2 or 3
MOST_FEEDS = 10_000
MOST_PROBLEMS = 50
_LONGEST_URL = 2_000
_LONGEST_GROUP = 40
_OURS = f"{NAMESPACE} "  # expat joins namespace and name with a space
_BUILT_IN = frozenset(("utf-8", "utf-16", "utf-16-le", "utf-16-be", "iso8859-1", "ascii"))
# Python also has codecs that unzip, or that take quadratic time.
_OTHERS = re.compile("(euc|shift|iso|cp|gb|big5|koi8|johab|hz).*")
_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")

# Also names of HTML, which XML does not know without a DOCTYPE.
_BARE = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")

Problems = tuple[Problem, ...]


def read_opml(data: bytes, *, path: str = "") -> tuple[tuple[Feed, ...], Problems]:
    """Return the feeds of a list in order, each address once, and the problems by line.

    `path` is the name of the file in messages.
    """
    reading = _OutlineReading(path)
    if len(data) > LARGEST:
        reading.say(0, f"this file is larger than {LARGEST >> 20} MiB", "split it")
        return (), tuple(reading.problems)
    reading.parse(data)
    return tuple(reading.feeds), tuple(reading.problems)


def write_opml(feeds: Iterable[Feed]) -> bytes:
    """Return an OPML 2.0 document in UTF-8, without credentials and without `Feed.access`, because
    lists are shared."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<opml version="2.0" xmlns:sigtrack="{NAMESPACE}">',
        "  <head><title>sigtrack feeds</title></head>",
        "  <body>",
        *_outlines(feeds),
        "  </body>",
        "</opml>",
        "",
    ]
    return "\n".join(lines).encode("utf-8")


def _outlines(feeds: Iterable[Feed]) -> Iterator[str]:
    """Yield feeds without a group first; each group is a folder."""
    groups: dict[str, list[Feed]] = {"": []}
    for feed in feeds:
        groups.setdefault(feed.group, []).append(feed)
    yield from map(_outline, groups.pop(""))
    for group, members in groups.items():
        yield f'    <outline text="{html.escape(clean(group))}">'
        yield from (f"  {_outline(feed)}" for feed in members)
        yield "    </outline>"


def _outline(feed: Feed) -> str:
    attributes = {
        "type": "rss",
        "text": feed.title or feed.id,
        "title": feed.title,
        "xmlUrl": safe_link(feed.url),
        "language": feed.language or "",
        "sigtrack:id": feed.id,
        "sigtrack:role": str(feed.role),
        "sigtrack:country": feed.country or "",
        "sigtrack:timezone": feed.timezone or "",
        "sigtrack:paused": feed.paused or "",
        "sigtrack:note": feed.note,
    }
    written = (
        f'{name}="{html.escape(clean(value))}"' for name, value in attributes.items() if value
    )
    return f"    <outline {' '.join(written)}/>"


class _Refused(Exception):
    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(slots=True)
class _OutlineReading:
    path: str
    taken: set[str] = field(default_factory=set)  # ids
    feeds: list[Feed] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    urls: set[str] = field(default_factory=set)
    depth: int = 0
    folders: list[str] = field(default_factory=list)  # the group of each open outline

    def say(self, line: int, message: str, hint: str, *, warning: bool = False) -> None:
        if len(self.problems) >= MOST_PROBLEMS:
            return
        place = Place(path=self.path, line=line)
        self.problems.append(place.problem(message, hint, warning=warning))

    def parse(self, data: bytes) -> None:
        try:
            text, encoding = _transcoded(data)
            text = self._mended(text)
        except _Refused as refused:
            self.say(1, refused.message, refused.hint)
            return
        parser = expat.ParserCreate(encoding, namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.StartElementHandler = lambda name, attributes: self._start(
            name, attributes, parser.CurrentLineNumber
        )
        parser.EndElementHandler = self._end
        try:
            parser.Parse(text, True)
        except _Refused as refused:
            self.say(parser.CurrentLineNumber, refused.message, refused.hint)
        except (expat.ExpatError, ValueError, LookupError) as error:
            self._explain(error, parser.CurrentLineNumber)

    def _mended(self, data: bytes) -> bytes:
        """Many programs write addresses with & into XML; every such sign means itself."""
        found = _BARE.search(data)
        if found is None or b"\0" in data or b"<!DOCTYPE" in data:  # UTF-16, or refused anyway
            return data
        line = data.count(b"\n", 0, found.start()) + 1
        hint = "nothing is lost; in XML it is written &amp;"
        self.say(line, "an & stands here by itself", hint, warning=True)
        return _BARE.sub(b"&amp;", data)

    def _explain(self, error: Exception, line: int) -> None:
        reason = str(error).partition(":")[0]
        kept = ", the feeds above it are read" if self.feeds else ""
        self.say(
            line,
            f"this is not well-formed OPML, {clean(reason).lower()}{kept}",
            "export the list again from your feed reader",
        )

    def _refuse_doctype(self, *_: object) -> None:
        raise _Refused(
            "there is a DOCTYPE here, which OPML does not have",
            "delete the line that begins with <!DOCTYPE, if you trust the file",
        )

    def _start(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        tag = name.rpartition(" ")[2].lower()
        if self.depth == 0 and tag != "opml":
            raise _Refused(
                f"this is not OPML: it begins with <{clean(tag)[:40]}>",
                "export the list from your feed reader as OPML",
            )
        self.depth += 1
        if self.depth > DEEPEST:
            raise _Refused("folders are nested too deep", "write the list flat")
        if tag == "outline":
            self._outline(attributes, line)

    def _end(self, name: str) -> None:
        self.depth -= 1
        if name.rpartition(" ")[2].lower() == "outline":
            self.folders.pop()

    def _outline(self, attributes: Mapping[str, str], line: int) -> None:
        plain = {name.lower(): value for name, value in attributes.items()}
        address = plain.get("xmlurl", "").strip()
        around = self.folders[-1] if self.folders else ""
        self.folders.append(around if address else _group(plain) or around)
        if not address:
            return  # a folder, or a link to a page
        url = safe_link(address)
        if not url or len(url) > _LONGEST_URL:
            shown = clean(mask_credentials(address))[:80]
            self.say(line, f'"{shown}" is not an http or https address', "this feed is left out")
            return
        if url in self.urls:
            return
        if len(self.feeds) >= MOST_FEEDS:
            raise _Refused(f"there are more than {MOST_FEEDS:,} feeds", "the rest is left out")
        if url != address:
            hint = "write it into feeds.toml by hand if the feed needs it"
            self.say(line, "a user name or password in an address is left out", hint, warning=True)
        self.urls.add(url)
        self.feeds.append(self._feed(url, plain))

    def _feed(self, url: str, plain: Mapping[str, str]) -> Feed:
        title = clean(plain.get("title") or plain.get("text", ""))
        feed_id = plain.get(f"{_OURS}id", "")
        if not re.fullmatch(ID, feed_id) or feed_id in self.taken:
            feed_id = feed_id_for(url, title, self.taken)
        if title == feed_id and "title" not in plain:
            title = ""
        self.taken.add(feed_id)
        role = plain.get(f"{_OURS}role", "")
        return Feed(
            id=feed_id,
            url=url,
            title=title,
            language=_code(LANGUAGE, plain.get("language", "")),
            country=_code("[A-Z]{2}", plain.get(f"{_OURS}country", "")),
            timezone=_zone(plain.get(f"{_OURS}timezone", "")),
            role=Role(role) if role in tuple(Role) else Role.AGGREGATOR,
            group=self.folders[-1],
            paused=clean(plain.get(f"{_OURS}paused", "")) or None,
            note=clean(plain.get(f"{_OURS}note", "")),
        )


def _group(plain: Mapping[str, str]) -> str:
    """Return the name of a folder as a group: "East Asia" is east-asia."""
    name = clean(plain.get("text") or plain.get("title", "")).lower()
    return re.sub(r"[^\w]+", "-", name).strip("-")[:_LONGEST_GROUP]


def _code(pattern: str, value: str) -> str | None:
    return value if re.fullmatch(pattern, value) else None


def _zone(name: str) -> str | None:
    return name if name and zone_of(name) else None


def _transcoded(data: bytes) -> tuple[bytes, str | None]:
    """Return data that expat can read, and its encoding if the declaration must be ignored."""
    found = _DECLARED.match(data)
    if found is None:
        return data, None
    name = found[1].decode("ascii")
    try:
        codec = codecs.lookup(name)
        if codec.name in _BUILT_IN:
            return data, None
        if not _OTHERS.fullmatch(codec.name):
            raise LookupError(name)
        return data.decode(codec.name).encode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        raise _Refused(
            f"this file says that it is in {name}, but it is not", "export the list again, as UTF-8"
        ) from None
    except (LookupError, UnicodeEncodeError):
        raise _Refused(
            f"the encoding {name} is not known", "export the list again, as UTF-8"
        ) from None

"""Measure how long a feed document takes to become items, against other parsers.

    python benchmarks/parsing.py [FOLDER]

FOLDER holds feed documents; without it, 200 composed RSS and Atom documents of 30 items are used.
sigtrack makes whole items (identity, dates, languages, clean text, fingerprint); feedparser and
fastfeedparser only make dictionaries. A document that a parser refuses counts as parsed by it.
"""

from __future__ import annotations

import contextlib
import random
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from xml.sax.saxutils import escape

from matching import DIPLOMATIC, OTHER
from measure import cpu_of, medians, missing, print_costs
from sigtrack.parse import parse_feed

RSS = (
    '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{title}</title>'
    "<link>https://example.org/</link>{items}</channel></rss>"
)
RSS_ITEM = (
    "<item><title>{title}</title><link>https://example.org/{n}</link>"
    '<guid isPermaLink="false">{n}</guid>'
    "<pubDate>Mon, 05 Jan 2026 09:{minute:02}:00 +0900</pubDate>"
    "<description>{text}</description></item>"
)
ATOM = (
    '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
    "<title>{title}</title><id>urn:example:feed</id>{items}</feed>"
)
ATOM_ENTRY = (
    '<entry><title>{title}</title><link href="https://example.org/{n}"/><id>urn:example:{n}</id>'
    "<updated>2026-01-05T09:{minute:02}:00+09:00</updated>"
    '<summary type="html">{text}</summary></entry>'
)


def main(folder: Path | None = None) -> None:
    documents = list(_captured(folder) if folder else _composed())
    print(f"Parsing {len(documents)} documents")
    ways = dict(_ways())
    costs = medians(
        {
            name: lambda way=way: cpu_of(lambda: [way(document) for document in documents])
            for name, way in ways.items()
        }
    )
    print_costs(costs, per=len(documents), unit="document")
    missing({name: name in ways for name in ("feedparser", "fastfeedparser")})


def _ways() -> Iterator[tuple[str, Callable[[bytes], object]]]:
    yield "sigtrack, items", lambda body: parse_feed(body, feed="benchmark")
    for name in ("feedparser", "fastfeedparser"):
        if find_spec(name):
            yield name, _tolerant(__import__(name).parse)


def _tolerant(parse: Callable[[bytes], object]) -> Callable[[bytes], object]:
    def attempt(body: bytes) -> None:
        with contextlib.suppress(Exception):  # a peer may refuse a document
            parse(body)

    return attempt


def _captured(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in (".xml", ".rss", ".atom", ".rdf"):
            yield path.read_bytes()


def _composed(number: int = 200) -> Iterator[bytes]:
    dice = random.Random(1)
    for feed in range(number):
        whole, item = (ATOM, ATOM_ENTRY) if feed % 2 else (RSS, RSS_ITEM)
        items = "".join(
            item.format(
                n=f"{feed}-{n}",
                minute=n,
                title=escape(dice.choice(DIPLOMATIC + OTHER)),
                text=escape(f"<p>{' '.join(dice.choices(OTHER, k=4))}</p>"),
            )
            for n in range(30)
        )
        yield whole.format(title=f"Feed {feed}", items=items).encode()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else None)

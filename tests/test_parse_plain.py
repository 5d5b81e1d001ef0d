"""Documents read without feedparser, which is the judge: whatever is read says the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrack.model import Parsed
from sigtrack.parse import LIMIT, discovery, parse_by_feedparser, parse_feed, parse_xml, plain
from sigtrack.parse.items import DocumentSource
from test_parse_corpus import DATA, EVERY, documents, needs_data

SOURCE = DocumentSource(feed="f", url="https://example.org/feed", language="en")
NAMESPACES = (
    'xmlns:atom="http://www.w3.org/2005/Atom"',
    'xmlns:dc="http://purl.org/dc/elements/1.1/"',
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"',
    'xmlns:media="http://search.yahoo.com/mrss/"',
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"',
    'xmlns:x="urn:of-nobody"',
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"',
    'xmlns:psc="http://podlove.org/simple-chapters"',
)
NAMES = (
    *("title", "link", "guid", "id", "description", "summary", "content", "pubDate", "updated"),
    *("published", "author", "category", "comments", "enclosure", "source", "image", "language"),
    *("dc:title", "dc:creator", "dc:date", "dc:subject", "dc:description", "dc:identifier"),
    *("content:encoded", "media:title", "media:description", "media:group", "media:content"),
    *("media:category", "media:keywords", "itunes:author", "itunes:summary", "itunes:keywords"),
    *("itunes:category", "atom:link", "atom:updated", "x:title", "x:y", "rights", "name", "url"),
    *("thing", "date", "body", "item", "contributor", "dcterms", "creator", "managingEditor"),
)
ATTRIBUTES = (
    *('type="text"', 'type="html"', 'type="xhtml"', 'type="text/plain"', 'xml:lang="ko"'),
    *('lang="de-AT"', 'href="/a?b=1&amp;c=2"', 'href="http://a.example//b"', 'rel="self"'),
    *('rel="alternate"', 'rel="enclosure"', 'url="http://a.example/b.mp3"', 'isPermaLink="false"'),
    *('term="Nara"', 'label="summit"', 'scheme="s"', 'domain="d"', 'text="podcast"', 'x:href="/z"'),
    *('xml:base="http://b.example/c/"', 'rdf:about="urn:1"', 'mode="escaped"', 'REL="Self"'),
    *('xml:base="/c/.rss"', 'xml:base="#c"', 'type="application/x-film"', 'mode="base64"'),
)
DIV = '<div xmlns="http://www.w3.org/1999/xhtml">'
UNUSUAL = (
    "<image><url>/a.png</url><title>picture</title><link>/a</link><width>9</width></image>",
    "<author><name>Kim</name><title>Editor</title><office>Seoul</office></author>",
    "<author>Kim</author><author><name>Lee</name></author>",
    '<psc:chapters version="1"><psc:chapter start="00:01" title="Opening"/></psc:chapters>',
    f'<title type="xhtml">{DIV}Talks in <i>Nara</i> &amp; Seoul</div></title>',
    f'<title type="xhtml">Talks {DIV}<p>in Nara</p></div></title>',
    f'<summary type="xhtml">{DIV}<p>Talks</p></div></summary>',
    '<content type="application/x-film" src="https://example.org/a"/>',
    '<link href="b"/><content type="html" xml:base="/.rss">x</content><link href="c"/>',
    "<description><![CDATA[<!DOCTYPE html><p>Talks in Nara</p>]]></description>",
)
ODD = (
    "<image><title>picture</title><description>of a hall</description></image>",
    '<author a="b"><email>kim@example.org</email><title/><office a="b">Seoul</office></author>',
    '<psc:chapters><psc:chapter title="Opening"/></psc:chapters>',
    '<psc:chapters><psc:chapter start="soon"/>x</psc:chapters><psc:chapter/>',
    f"<title>Talks {DIV}in Nara</div></title>",
)
WORDS = (
    *("", " ", "Seoul", "\n Tokyo \n", "한·일 정상", "東京", "AT&amp;T", "&lt;b&gt;bold&lt;/b&gt;"),
    *(
        "<![CDATA[<p>a &amp; b</p>]]>",
        "https://example.org/1",
        "&#8217;s",
        "&#xAC00;",
        "caf\u00c3\u00a9",
    ),
    *(
        "me@example.org (Me)",
        "Tue, 24 Nov 2026 09:00:00 GMT",
        "a, b",
        "\x93quoted\x94",
        "<!-- -->x",
    ),
    *(
        "<div xmlns='http://www.w3.org/1999/xhtml'><p>a<br/>b</p></div>",
        "&nbsp;",
        "&#1;",
        "<b>x</b>",
    ),
)


@st.composite
def elements(draw: st.DrawFn, depth: int = 2) -> str:
    name = draw(st.sampled_from(NAMES))
    said = " ".join(draw(st.lists(st.sampled_from(ATTRIBUTES), max_size=2, unique=True)))
    words = draw(st.sampled_from(WORDS))
    inner = "".join(draw(st.lists(elements(depth - 1), max_size=2))) if depth else ""
    inner = inner if draw(st.integers(0, 9)) == 0 else ""
    return f"<{name} {said}>{words}{inner}</{name}>"


@st.composite
def feeds(draw: st.DrawFn) -> str:
    spaces = " ".join(NAMESPACES[: draw(st.sampled_from((8, 8, 8, 5)))])
    some = st.lists(elements() | st.sampled_from(UNUSUAL + ODD), max_size=6)
    few = st.lists(elements() | st.sampled_from(UNUSUAL + ODD), max_size=3)
    items = [("".join(draw(some))) for _ in range(draw(st.integers(0, 3)))]
    about = "".join(draw(few))
    match draw(st.sampled_from(("rss", "atom", "rdf"))):
        case "rss":
            inner = "".join(f"<item>{item}</item>" for item in items)
            return f'<rss version="2.0" {spaces}><channel>{about}{inner}</channel></rss>'
        case "atom":
            inner = "".join(f"<entry>{item}</entry>" for item in items)
            return f'<feed xmlns="http://www.w3.org/2005/Atom" {spaces}>{about}{inner}</feed>'
    inner = "".join(f'<item rdf:about="urn:{n}">{item}</item>' for n, item in enumerate(items))
    version = 'xmlns="http://purl.org/rss/1.0/"'
    if draw(st.booleans()):
        return f"<rdf:RDF {version} {spaces}><channel>{about}</channel>{inner}</rdf:RDF>"
    return f"<rdf:RDF {spaces}><channel {version}>{about}{inner}</channel></rdf:RDF>"


def plainly(inner: str, about: str = "") -> bool:
    """Whether an RSS feed with such an item is read without feedparser."""
    spaces = " ".join(NAMESPACES)
    text = f'<rss version="2.0" {spaces}><channel>{about}<item>{inner}</item></channel></rss>'
    return plain.read_plain(text, LIMIT) is not None


def xml_documents(paths: list[Path]) -> list[str]:
    texts = []
    for path in paths:
        body = path.read_bytes()
        text = "" if discovery.binary_kind(body) else discovery.decode(body).text
        start = text.lstrip("\ufeff\0 \t\r\n")[:1]
        if start and start not in "{[" and not discovery.is_page(text):
            texts.append(text)
    return texts


def disagreements(texts: list[str]) -> list[str]:
    return [
        text
        for text in texts
        if plain.read_plain(text, LIMIT) is not None
        and parse_xml(text, SOURCE, limit=LIMIT) != parse_by_feedparser(text, SOURCE, limit=LIMIT)
    ]


@needs_data
def test_a_sample_of_the_documents_says_the_same_with_and_without_feedparser():
    assert disagreements(xml_documents(documents()[::EVERY])) == []


@needs_data
@pytest.mark.slow
def test_every_document_says_the_same_with_and_without_feedparser():
    assert disagreements(xml_documents(documents())) == []


@needs_data
def test_most_captured_feeds_are_read_without_feedparser():
    texts = xml_documents(sorted((DATA / "feeds" / "captured").glob("*.*")))
    plainly_read = sum(plain.read_plain(text, LIMIT) is not None for text in texts)
    assert plainly_read >= 0.9 * len(texts) > 100


@given(feeds())
def test_whatever_is_read_without_feedparser_says_the_same(text):
    if plain.read_plain(text, LIMIT) is not None:
        fast = parse_xml(text, SOURCE, limit=LIMIT)
        assert fast == parse_by_feedparser(text, SOURCE, limit=LIMIT)


@pytest.mark.parametrize(
    "inner",
    [
        "<title>Nara<b>!</b></title>",  # markup in prose
        "<item><title>within</title></item>",
        "<title>no end",
        "<title>&nbsp;</title>",
        '<title type="base64">TmFyYQ==</title>',
        f"<author>{'name ' * 61}</author>",  # would be cut
        f"<author>{'&amp;' * 61}</author>",
        f"<thing>{'x' * 4001}</thing>",
        f'<thing some="{"x" * 4001}"/>',
        "<category>x</category>" * 501,
        "<thing>" * 60 + "</thing>" * 60,
    ],
)
def test_what_is_not_plain_is_left_to_feedparser(inner):
    assert not plainly(inner)
    assert plainly("<title>Nara</title><author>me</author><thing>x</thing>")


@pytest.mark.parametrize("inner", UNUSUAL)
def test_what_some_feeds_hold_is_read_without_feedparser_too(inner):
    assert plainly(inner)
    items = f"<item>{inner}</item><item>{inner}<title>Talks</title></item>"
    text = f'<rss version="2.0" {" ".join(NAMESPACES)}><channel>{items}</channel></rss>'
    assert disagreements([text]) == []


def test_the_version_of_rdf_may_stand_in_its_channel():
    channel = '<channel xmlns="http://purl.org/rss/1.0/"><title>News</title></channel>'
    text = f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"> {channel}</rdf:RDF>'
    read = plain.read_plain(text, LIMIT)
    assert read is not None
    assert read["version"] == "rss10"
    assert disagreements([text]) == []


def test_a_document_type_is_never_read_by_expat():
    entities = '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    text = f"{entities}<rss version='2.0'><channel><item><title>&b;</title></item></channel></rss>"
    assert plain.read_plain(text, LIMIT) is None


def test_what_a_document_type_makes_too_long_is_left_to_feedparser():
    entity = f'<!DOCTYPE rss [<!ENTITY a "{"a" * 250}">]>'
    item = f"<item><description>{'&a;' * 4_000} {'x' * 1_200_000}</description></item>"
    text = f"{entity}<rss version='2.0'><channel>{item}</channel></rss>"
    assert plain.read_plain(text.replace("&a;", ""), LIMIT) is not None
    assert plain.read_plain(text, LIMIT) is None


def test_more_items_than_the_limit_are_left_to_feedparser_which_counts_them():
    text = f"<rss version='2.0'><channel>{'<item><title>x</title></item>' * 4}</channel></rss>"
    assert plain.read_plain(text, 3) is None
    parsed = parse_feed(text.encode(), feed="f", limit=3)
    assert isinstance(parsed, Parsed)
    assert (len(parsed.items), parsed.cut) == (3, 1)


def test_feedparser_has_no_handler_that_the_plain_reader_does_not_know():
    from sigtrack.parse.by_feedparser import _StrictParser

    handled = {
        name.split("_", 2)[2] for name in dir(_StrictParser) if name[:5] in ("_star", "_end_")
    }
    known = {*plain._READERS, *plain.ODD, *plain.ASIDE}
    unknown = {name.lower() for name in handled} - known
    assert {name for name in unknown if name.partition("_")[0] not in plain._LEFT} == set()


def test_a_plain_document_does_not_load_feedparser():
    code = (
        "import sys; from sigtrack.parse import parse_feed\n"
        "parse_feed(b'<rss version=\"2.0\"><channel><item/></channel></rss>', feed='f')\n"
        "print('feedparser' in sys.modules, 'urllib.request' in sys.modules)"
    )
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]

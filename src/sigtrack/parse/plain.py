"""Read documents that are plainly RSS, RDF or Atom without feedparser, which is slow.

feedparser decides what a document says. This reader follows feedparser's strict parser for the
elements that make an item, where they stand directly in the item or the feed, and skips elements
that feedparser reads for other purposes. At the first thing that is neither it gives up (`None`),
and feedparser reads the document: markup that is not well formed, a document type, xml:base, markup
within prose, a field within another element (but words and tags of media), an item within an item,
a prefix with an unusual meaning, or a field longer than `markup.bounded` allows.

expat builds the tree and fetches nothing; without a document type there are no entities. Names are
feedparser's: `dc_creator`, and no prefix for elements of RSS and Atom.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from xml.etree.ElementTree import Element, ParseError, XMLParser

from sigtrack.frozen import frozen
from sigtrack.parse.markup import (
    FIELD_LENGTH,
    MOST_ATTRIBUTES,
    MOST_TAGS,
    NAME_LENGTH,
    NAMES,
    PROSE,
    PROSE_LENGTH,
    ROOMY,
    TAGS,
    legal_references,
    without_declaration,
    without_pictures,
)
from sigtrack.text.regex import regex

LITERAL = "text/x-literal"  # the type of words that a publisher calls text, not markup
CAPTION = "media"  # the vocabulary of words that describe a picture or film, not the item

ITEM = regex(r"<(?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry)(?=[\s/>])", re.IGNORECASE)
_DECLARED = regex(r"""xmlns(?::([^\s=:"'<>]+))?\s*=\s*["']([^"'<>]*)["']""")
_BASE = regex(r"""[\s:]base\s*=\s*["']""", re.IGNORECASE)
_NUMERIC = regex("&#(?:([0-9]+)|[xX]([0-9a-fA-F]+));")
_PERHAPS_HTML = regex(r"</\w+>|&#?\w+;")
_ESCAPED = frozenset("&<>\"'\n")  # characters that may be longer in the source, up to &quot;
_LONGEST = 44  # characters of one escape; also namespaces of one tag, so that no attribute is cut
_DEEPEST = 40
_ANY = 10**9
_ROOT = regex(r"<(?:[\w.-]+:)?(?:rss|feed|rdf)\b[^>]*>", re.IGNORECASE)
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_PREFIXES = {
    **dict.fromkeys(
        (
            "http://backend.userland.com/rss",
            "http://blogs.law.harvard.edu/tech/rss",
            "http://purl.org/rss/1.0/",
            "http://my.netscape.com/rdf/simple/0.9/",
            "http://example.com/newformat#",
            "http://example.com/necho",
            "http://purl.org/echo/",
            "uri/of/echo/namespace#",
            "http://purl.org/pie/",
            "http://purl.org/atom/ns#",
            "http://www.w3.org/2005/atom",
            "http://purl.org/rss/1.0/modules/rss091#",
        ),
        "",
    ),
    "http://creativecommons.org/ns#license": "cc",
    "http://web.resource.org/cc/": "cc",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://cyber.law.harvard.edu/rss/creativecommonsrssmodule.html": "creativecommons",
    "http://backend.userland.com/creativecommonsrssmodule": "creativecommons",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.georss.org/georss": "georss",
    "http://www.opengis.net/gml": "gml",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://example.com/dtds/podcast-1.0.dtd": "itunes",
    "http://search.yahoo.com/mrss": "media",
    "http://search.yahoo.com/mrss/": "media",
    "http://podlove.org/simple-chapters": "psc",
    _RDF: "rdf",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/xml/1998/namespace": "xml",
}
_VERSIONS = {
    "http://purl.org/rss/1.0/": "rss10",
    "http://www.w3.org/2005/atom": "atom10",
}
_MEANING = frozenset((*filter(None, _PREFIXES.values()), "pheedo", "words"))  # to feedparser
_LEFT = frozenset(("cc", "gml", "psc"))  # prefixes whose documents feedparser reads
# Elements whose documents feedparser reads. The last names are not elements, but keys that
# feedparser makes of other elements.
ODD = frozenset(
    (
        *("body", "fullitem", "geom", "georssgeom", "where", "tags", "rss", "feed", "channel"),
        *("xhtml_body", "words", "words_of", "contributor", "dc_contributor"),
        *("date", "date_parsed", "links", "authors", "guidislink"),
    )
)
_TELLING = frozenset(  # attributes that are read, whatever their namespace is
    (
        *("href", "url", "uri", "rel", "type", "term", "scheme", "label", "domain", "ispermalink"),
        *("mode", "text", "lang", "base", "lastmod", "version", "about"),
    )
)
_OF_PICTURES = frozenset(("title", "link", "description", "url", "width", "height", "name"))
_OF_PEOPLE = frozenset(("name", "email", "uri", "url", "homepage", "itunes_name", "itunes_email"))
# feedparser keeps these elements, but sigtrack uses neither them nor anything they change.
ASIDE = frozenset(
    (
        *("cloud", "expirationdate", "generator", "height", "newlocation", "ttl", "width"),
        *("webmaster",),
        *("creativecommons_license", "dc_publisher", "dcterms_valid", "itunes_block"),
        *("itunes_explicit", "itunes_image", "itunes_link", "media_content", "media_credit"),
        *("media_group", "media_license", "media_player", "media_rating", "media_restriction"),
        *("media_thumbnail", "url", "uri", "homepage", "name", "email"),
        *("itunes_name", "itunes_email", "georss_box", "georss_line", "georss_point"),
        *("georss_polygon", "georss_where", "georss_georssgeom"),
    )
)
_RSS_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_PODCASTS = "http://www.itunes.com/"
_SELF = "application/atom+xml"
_XHTML = "application/xhtml+xml"
_HTML = frozenset(("text/html", _XHTML))
_SHORT_TYPES = {
    "text": "text/plain",
    "plain": "text/plain",
    "html": "text/html",
    "xhtml": _XHTML,
}
_NO_REFERENCE = regex("&([A-Za-z0-9_]+);")
_CONTROLS = regex("[\x80-\x9f]")
_ADDRESS = regex(
    r"(([a-zA-Z0-9\_\-\.\+]+)@((\[[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.)|(([a-zA-Z0-9\-]+\.)+))"
    r"([a-zA-Z]{2,4}|[0-9]{1,3})(\]?))(\?subject=\S+)?"
)

Attributes = dict[str, str]
Parts = dict[str, Any]  # feedparser's dictionary of the feed or of an entry


class _Odd(Exception):
    """The document is not plain: feedparser must read it."""


def read_plain(text: str, limit: int) -> Parts | None:
    """Return `version`, `feed` and `entries` as feedparser does, with the keys that make items.

    None if the document is not plain or has more than `limit` items.
    """
    xml = without_declaration(text)
    if len(xml) > PROSE_LENGTH or "<!DOCTYPE" in xml or _BASE.search(xml):
        return None
    if len(ITEM.findall(xml)) > limit:
        return None
    try:
        return _PlainReader(without_pictures(legal_references(xml))).document()
    except (ParseError, UnicodeEncodeError, _Odd):
        return None


@frozen(kw_only=False)
class _Kind:
    """What all elements of one name have in common."""

    name: str
    read: _Read
    room: int  # for characters in it
    is_tag: bool
    is_literal: bool  # type="text" is to be taken literally


_Read = Callable[["_PlainReader", Element, Attributes], None]


class _Namespaces:
    """The names that feedparser makes of the namespaces of elements."""

    def __init__(self, xml: str) -> None:
        root, declared = _ROOT.search(xml), set(_DECLARED.findall(xml))
        is_long = any(len(uri) > FIELD_LENGTH // _LONGEST for _, uri in declared)
        if root is None or is_long or len(declared) > _LONGEST:
            raise _Odd
        at_root = [uri.lower() for _, uri in _DECLARED.findall(root[0])]
        self.version = next((_VERSIONS[uri] for uri in at_root if uri in _VERSIONS), "")
        self._prefixes = {"": ""}  # by namespace: of feedparser, and of strangers as written
        self._shadowed = {"words"}  # prefixes with another meaning in this document
        namespaces: dict[str, str] = {}
        for prefix, uri in declared:
            known = _PREFIXES.get(uri.lower())
            is_again = known is None and uri in self._prefixes
            if is_again or (prefix and namespaces.setdefault(prefix.lower(), uri) != uri):
                raise _Odd
            is_mixed_up = prefix.lower() == "rdf" or "backend.userland.com/rss" in uri.lower()
            if known is None and is_mixed_up:
                raise _Odd
            if prefix and known is not None and prefix.lower() != known:
                self._shadowed.add(prefix.lower())
            self._prefixes[uri] = prefix.lower() if known is None else known
        of_atom = (prefix for prefix, uri in declared if _PREFIXES.get(uri.lower()) == "")
        self._is_strange_atom = any(one not in ("", "atom", "atom10") for one in of_atom)

    def of(self, tag: str) -> str:
        uri, _, local = tag.rpartition("}")
        prefix = self._prefixes.get(uri[1:])
        if prefix is None or prefix in self._shadowed:
            raise _Odd
        name = f"{prefix}_{local}".lower() if prefix else local.lower()
        first, underscore, _ = name.partition("_")
        # feedparser would take content_encoded without a namespace for content:encoded
        if underscore and not prefix and first in _MEANING:
            raise _Odd
        return name

    def is_literal(self, name: str) -> bool:
        """Return whether `by_feedparser` has marked the type of this element; see there."""
        if name not in ("title", "summary", "content"):
            return False
        if self._is_strange_atom:
            raise _Odd
        return True


class _PlainReader:
    def __init__(self, xml: str) -> None:
        parser = XMLParser()
        parser.feed(xml)
        self._root: Element = parser.close()
        self._escaped, self._longest = _escapes_of(xml)
        self._names = _Namespaces(xml)
        self._kinds: dict[str, _Kind] = {}
        self._version = ""
        self._feed: Parts = {}
        self._entries: list[Parts] = []
        self._context = self._feed
        self._depth = 0  # elements around this one in the item or the feed
        self._language: str | None = None
        self._is_titled = self._has_content = False
        self._tags = 0

    @property
    def _in_item(self) -> bool:
        return self._context is not self._feed

    def document(self) -> Parts:
        root, name = self._root, self._names.of(self._root.tag)
        attributes = self._attributes_of(root)
        self._version = self._version_of(name, attributes)
        self._language = self._language_of(attributes)
        if name != "rdf_rdf" and self._language:
            self._feed["language"] = self._language.replace("_", "-")
        for child in root:
            if name == "feed":
                self._element(child)
            else:
                self._part_of_root(child)
        return {"version": self._version, "feed": self._feed, "entries": self._entries}

    def _version_of(self, name: str, attributes: Attributes) -> str:
        """Return the version that the first known namespace names, for RSS that of the root."""
        version, said = self._names.version, attributes.get("version", "")
        is_rss = version.startswith("rss")
        if name == "rss" and not is_rss:
            return _RSS_VERSIONS.get(said) or ("rss20" if said.startswith("2.") else "rss")
        if (name == "rdf_rdf" and is_rss) or (name == "feed" and version.startswith("atom")):
            return version
        raise _Odd

    def _part_of_root(self, element: Element) -> None:
        name = self._names.of(element.tag)
        if name == "channel":
            attributes = self._attributes_of(element)
            if not attributes.keys().isdisjoint(("lastmod", "href")):
                raise _Odd
            around, self._language = self._language, self._language_of(attributes)
            self._children(element)
            self._language = around
        elif name in ("item", "image", "textinput") or not any(
            self._names.of(one.tag) in _READERS for one in element.iter()
        ):
            self._element(element)
        else:
            raise _Odd

    def _children(self, parent: Element) -> None:
        for child in parent:
            self._element(child)

    def _element(self, element: Element) -> None:
        kind = self._kinds.get(element.tag) or self._kind(element.tag)
        if self._depth and kind.name in _READERS and kind.name not in _ANYWHERE:
            raise _Odd
        if element.text or len(element):
            self._check_length(element, kind.room)
        if kind.is_tag:
            self._tags += 1
            if self._tags > MOST_TAGS:
                raise _Odd
        if not element.attrib:
            kind.read(self, element, {})
            return
        attributes = self._attributes_of(element)
        if kind.is_literal and element.attrib.get("type") == "text":
            attributes["type"] = LITERAL
        around, self._language = self._language, self._language_of(attributes)
        kind.read(self, element, attributes)
        self._language = around

    def _language_of(self, attributes: Attributes) -> str | None:
        said = attributes.get("xml:lang", attributes.get("lang"))
        return self._language if said is None else said or None

    def _kind(self, tag: str) -> _Kind:
        name, local = self._names.of(tag), tag.rpartition("}")[2].lower()
        if name in ODD or name.partition("_")[0] in _LEFT:
            raise _Odd
        self._kinds[tag] = kind = _Kind(
            name,
            _READERS.get(name, _PlainReader._stranger),
            _room_of(local),
            local in TAGS,
            self._version.startswith("atom") and self._names.is_literal(name),
        )
        return kind

    def _attributes_of(self, element: Element) -> Attributes:
        """Return the attributes by name in lower case, as `xml:lang` if the namespace is known."""
        if len(element.attrib) > MOST_ATTRIBUTES // 2:
            raise _Odd
        attributes = {}
        for written, value in element.attrib.items():
            self._check_room(FIELD_LENGTH, (value,))
            uri, _, name = written.lower().rpartition("}")
            if uri:
                prefix = _PREFIXES.get(uri[1:])
                if not prefix and name in _TELLING:
                    raise _Odd
                name = f"{prefix}:{name}"
            attributes[name] = value.lower() if name in ("rel", "type") else value
        return attributes

    def _check_length(self, element: Element, room: int) -> None:
        if len(element):
            self._check_room(room, (element.text or "", *(one.tail or "" for one in element)))
        elif element.text:
            self._check_room(room, (element.text,))

    def _check_room(self, room: int, texts: Sequence[str]) -> None:
        """Raise _Odd if the texts, as written in the source, may be long enough to be cut."""
        length = sum(map(len, texts))
        if length * self._longest <= room:  # the usual case
            return
        escaped = sum(letter in self._escaped for text in texts for letter in text)
        if length + escaped * self._longest > room:
            raise _Odd

    # Handlers of elements

    def _stranger(self, element: Element, _: Attributes) -> None:
        """Read an unknown element: only words and tags of media in it are of use."""
        if len(element):
            self._depth += 1
            if self._depth > _DEEPEST:
                raise _Odd
            self._children(element)
            self._depth -= 1

    def _aside(self, element: Element, _: Attributes) -> None:
        """Skip words that are not used."""
        self._leaf(element)

    def _leaf(self, element: Element) -> str:
        if len(element):
            raise _Odd
        return _value(element.text)

    def _item(self, element: Element, attributes: Attributes) -> None:
        if self._in_item or not attributes.keys().isdisjoint(("lastmod", "href")):
            raise _Odd
        entry: Parts = {}
        if attributes.get("rdf:about"):
            entry["id"] = attributes["rdf:about"]
        tags, self._tags = self._tags, 0
        self._entries.append(entry)
        self._context = entry
        self._is_titled = self._has_content = False
        self._children(element)
        self._check_guess(entry)
        self._context, self._tags = self._feed, tags
        self._is_titled = False

    def _picture(self, element: Element, _: Attributes) -> None:
        """Skip the image or search box of a feed, which have titles and links of their own."""
        self._is_titled = False
        if self._in_item:
            self._leaf(element)
        self._leaves(element, _OF_PICTURES, FIELD_LENGTH)

    def _source(self, element: Element, _: Attributes) -> None:
        if not self._in_item:
            raise _Odd
        self._leaf(element)
        self._is_titled = False

    def _title(self, element: Element, attributes: Attributes) -> None:
        value = self._leaf(element)
        part = self._part(attributes, "text/plain")
        if not self._is_titled:
            self._context["title"] = value
            self._context["title_detail"] = part | {"value": value}
        self._is_titled |= bool(value)

    def _title_of_medium(self, element: Element, _: Attributes) -> None:
        """Skip it: it would be the title of an item without one."""
        self._leaf(element)
        if not self._is_titled:
            raise _Odd

    def _id(self, element: Element, attributes: Attributes) -> None:
        value = self._leaf(element)
        self._context["id"] = value
        is_link = attributes.get("ispermalink", "true") == "true"
        self._context.setdefault("guidislink", is_link and "link" not in self._context)
        if is_link:
            self._context.setdefault("link", value)

    def _link(self, element: Element, attributes: Attributes) -> None:
        written = (element.text or "").strip()
        if len(element) or (attributes and written):
            raise _Odd
        attributes.setdefault("rel", "alternate")
        attributes.setdefault("type", _SELF if attributes["rel"] == "self" else "text/html")
        _name_address(attributes)
        if ":///" in attributes.get("href", written):
            raise _Odd
        self._context.setdefault("links", []).append(attributes)
        if "href" in attributes:
            if attributes["rel"] == "alternate" and _type(attributes["type"]) in _HTML:
                self._context["link"] = attributes["href"]
            return
        address = _repaired(written)
        if self._in_item:
            address = address.replace("&amp;", "&")
        address = _NO_REFERENCE.sub(r"&\g<1>", address)
        self._context["link"] = address
        if address or not self._in_item:
            attributes["href"] = address

    def _enclosure(self, element: Element, attributes: Attributes) -> None:
        _name_address(attributes)
        self._context.setdefault("links", []).append(attributes | {"rel": "enclosure"})
        self._stranger(element, attributes)

    def _category(self, element: Element, attributes: Attributes) -> None:
        value = self._leaf(element)
        term, label = attributes.get("term"), attributes.get("label")
        self._tag(term, attributes.get("scheme", attributes.get("domain")), label)
        tags = self._context["tags"]
        if value and tags and not tags[-1]["term"]:
            tags[-1]["term"] = value
        elif value:
            self._tag(value, None, None)

    def _category_of_medium(self, element: Element, attributes: Attributes) -> None:
        attributes.setdefault("scheme", "http://search.yahoo.com/mrss/category_schema")
        self._category(element, attributes)

    def _category_of_podcast(self, element: Element, attributes: Attributes) -> None:
        if self._in_item:
            raise _Odd
        self._stranger(element, attributes)  # categories of the feed are not used

    def _keywords(self, element: Element, attributes: Attributes) -> None:
        """Read the keywords of podcasts and media."""
        if attributes:
            raise _Odd
        scheme = _PODCASTS if "itunes" in element.tag.lower() else None
        for term in self._leaf(element).split(","):
            if term.strip():
                self._tag(term.strip(), scheme, None)

    def _tag(self, term: str | None, scheme: str | None, label: str | None) -> None:
        tags = self._context.setdefault("tags", [])
        tag = {"term": term, "scheme": scheme, "label": label}
        if (term or scheme or label) and tag not in tags:
            tags.append(tag)

    # Prose

    def _part(self, attributes: Attributes, usual: str) -> dict[str, Any]:
        kind = _type(attributes.get("type", usual))
        if attributes.get("mode") == "base64" or kind == _XHTML or not kind.startswith("text/"):
            raise _Odd
        return {"type": kind, "language": self._language and self._language.replace("_", "-")}

    def _lead(self, element: Element, attributes: Attributes, usual: str) -> None:
        value = self._leaf(element)
        if not self._in_item:  # of the feed, which is not used
            return
        if "summary" in self._context and not self._has_content:
            self._article(element, attributes, "text/plain")
            return
        part = self._part(attributes, usual)
        self._context["summary"] = value
        self._context["summary_detail"] = part | {"value": value}

    def _article(self, element: Element, attributes: Attributes, usual: str) -> None:
        if not self._in_item:
            raise _Odd
        self._has_content = True
        part = self._part(attributes, usual)
        value = self._leaf(element)
        self._context.setdefault("content", []).append(part | {"value": value})
        if part["type"] in ("text/plain", *_HTML):
            self._context.setdefault("summary", value)

    def _check_guess(self, entry: Parts) -> None:
        """Raise _Odd if feedparser may guess that the text of RSS is markup.

        This matters if there is no article, for the summary or the part that replaces it.
        """
        parts = entry.get("content", [])
        if self._version.startswith("atom") or any("of" not in part for part in parts):
            return
        leads = [entry["summary_detail"]] if entry.get("summary") else parts
        for part in leads:
            if part["type"] == "text/plain" and _PERHAPS_HTML.search(part["value"]):
                raise _Odd

    # People

    def _author(self, element: Element, _: Attributes) -> None:
        people = self._context.setdefault("authors", [])
        if not len(element):
            self._context["author"] = _value(element.text)
            people.append(_person(self._context["author"]))
            return
        person: dict[str, str] = {}
        for child in element:
            name = self._names.of(child.tag)
            self._check_length(child, _room_of(child.tag.rpartition("}")[2].lower()))
            words = (child.text or "").strip()
            if name not in _OF_PEOPLE and (words or not child.attrib or name in _KNOWN):
                raise _Odd
            if len(child) or (name in _OF_PEOPLE and child.attrib):
                raise _Odd
            person[name.removeprefix("itunes_")] = words
        between = (element.text or "", *(child.tail or "" for child in element))
        name, email = person.get("name", ""), person.get("email", "")
        if "".join(between).strip() or (people and not name):
            raise _Odd
        self._context["author"] = f"{name} ({email})" if name and email else name or email
        people.append(person)

    def _owner(self, element: Element, _: Attributes) -> None:
        if self._in_item or self._version.startswith("atom"):
            raise _Odd
        self._leaves(element, _OF_PEOPLE, NAME_LENGTH)

    def _leaves(self, element: Element, usual: frozenset[str], room: int) -> None:
        """Raise _Odd if an element holds anything but such children, which are not used."""
        for child in element:
            self._check_length(child, room)
            if len(child) or child.attrib or self._names.of(child.tag) not in usual:
                raise _Odd


def _person(written: str) -> dict[str, str]:
    """Split a text into name and address, like feedparser."""
    person = {}
    if found := _ADDRESS.search(written):
        written = written.replace(found[0], "").replace("()", "")
        written = written.replace("<>", "").replace("&lt;&gt;", "").strip()
        written = written[written.startswith("(") :]
        written = written[:-1] if written.endswith(")") else written
        person["email"] = found[0]
    return person | ({"name": written.strip()} if written.strip() else {})


def _field(key: str, *, is_bare: bool = False) -> _Read:
    """Keep the words under a key. `is_bare`: with attributes, feedparser keeps those instead."""

    def read(self: _PlainReader, element: Element, attributes: Attributes) -> None:
        if is_bare and attributes:
            raise _Odd
        self._context[key] = self._leaf(element)

    return read


def _words_of(whose: str, usual: str) -> _Read:
    """Read words of another vocabulary that describe the item; see `by_feedparser`."""

    def read(self: _PlainReader, element: Element, attributes: Attributes) -> None:
        value = self._leaf(element)
        if self._in_item:
            part = self._part(attributes, usual) | {"of": whose, "value": value}
            self._context.setdefault("content", []).append(part)

    return read


_READERS: dict[str, _Read] = {
    **dict.fromkeys(("item", "entry"), _PlainReader._item),
    **dict.fromkeys(("image", "textinput"), _PlainReader._picture),
    "source": _PlainReader._source,
    **dict.fromkeys(("title", "dc_title"), _PlainReader._title),
    "media_title": _PlainReader._title_of_medium,
    **dict.fromkeys(("guid", "id"), _PlainReader._id),
    "link": _PlainReader._link,
    "enclosure": _PlainReader._enclosure,
    **dict.fromkeys(("category", "keywords", "dc_subject"), _PlainReader._category),
    "media_category": _PlainReader._category_of_medium,
    "itunes_category": _PlainReader._category_of_podcast,
    **dict.fromkeys(("media_keywords", "itunes_keywords"), _PlainReader._keywords),
    "description": partial(_PlainReader._lead, usual="text/html"),
    **dict.fromkeys(("summary", "abstract"), partial(_PlainReader._lead, usual="text/plain")),
    "content": partial(_PlainReader._article, usual="text/plain"),
    "content_encoded": partial(_PlainReader._article, usual="text/html"),
    "media_description": _words_of(CAPTION, "text/html"),
    "dc_description": _words_of("dc", "text/html"),
    "itunes_summary": _words_of("itunes", "text/plain"),
    **dict.fromkeys(
        ("rights", "copyright", "dc_rights", "subtitle", "tagline"), _PlainReader._aside
    ),
    **dict.fromkeys(("info", "feedburner_browserfriendly", "itunes_subtitle"), _PlainReader._aside),
    **dict.fromkeys(("author", "managingeditor", "itunes_author"), _PlainReader._author),
    **dict.fromkeys(("dc_author", "dc_creator"), _PlainReader._author),
    "itunes_owner": _PlainReader._owner,
    **dict.fromkeys(("published", "pubdate", "issued", "dcterms_issued"), _field("published")),
    **dict.fromkeys(("updated", "modified", "lastbuilddate", "dc_date"), _field("updated")),
    "dcterms_modified": _field("updated"),
    **dict.fromkeys(("created", "dcterms_created"), _field("created")),
    **dict.fromkeys(("language", "dc_language"), _field("language")),
    **{
        name: _field(name, is_bare=True)
        for name in (
            *("dc_identifier", "dcterms_identifier"),
            *("feedburner_origlink", "pheedo_origlink"),
        )
    },
}
_KNOWN = frozenset((*_READERS, *ASIDE))
# Those that may stand within other elements.
_ANYWHERE = frozenset(("itunes_category", *(name for name in _READERS if name[:6] == "media_")))


def _escapes_of(xml: str) -> tuple[frozenset[str], int]:
    """Return the characters that may be written as an escape, and the length of the longest one."""
    numbers = set(_NUMERIC.findall(xml)) if "&#" in xml else set()
    longest = max((len(digits) + len("&#x;") for pair in numbers for digits in pair), default=0)
    if longest > _LONGEST:
        raise _Odd
    written = (chr(int(tens) if tens else int(hexed, 16)) for tens, hexed in numbers)
    return _ESCAPED.union(written), max(longest, len("&quot;"))


def _room_of(local: str) -> int:
    if local in NAMES:
        return NAME_LENGTH
    return _ANY if local in PROSE or local in ROOMY else FIELD_LENGTH


def _value(text: str | None) -> str:
    text = (text or "").strip()
    return text if text.isascii() else _repaired(text)


def _repaired(text: str) -> str:
    """Repair UTF-8 that was taken for Latin-1, and Windows characters, as feedparser does."""
    with contextlib.suppress(UnicodeError):
        text = text.encode("latin-1").decode("utf-8")
    return _CONTROLS.sub(_of_windows, text)


def _of_windows(found: re.Match[str]) -> str:
    return found[0].encode("latin-1").decode("cp1252", "ignore") or found[0]


def _type(written: str) -> str:
    return _SHORT_TYPES.get(written.lower(), written.lower())


def _name_address(attributes: Attributes) -> None:
    address = attributes.get("url", attributes.get("uri", attributes.get("href")))
    if address:
        attributes.pop("url", None)
        attributes.pop("uri", None)
        attributes["href"] = address

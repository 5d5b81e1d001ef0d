"""Read documents that are plainly RSS, RDF or Atom without feedparser, which is slow.

feedparser decides what a document says. This reader follows feedparser's strict parser step by step
for the elements that make an item, and skips elements that feedparser reads for other purposes. At
the first thing that is neither it gives up (`None`), and feedparser reads the document: markup that
is not well formed, markup within prose, an item within an item, a prefix with an unusual meaning,
or a field longer than `markup.bounded` allows.

expat builds the tree and fetches nothing; a document type is taken out before, so there are no
entities. Names are feedparser's: `dc_creator`, and no prefix for elements of RSS and Atom.
"""

from __future__ import annotations

import contextlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urljoin
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
    xml_of,
)
from sigtrack.text.regex import regex

LITERAL = "text/x-literal"  # the type of words that a publisher calls text, not markup
CAPTION = "media"  # the vocabulary of words that describe a picture or film, not the item

ITEM = regex(r"<(?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry)(?=[\s/>])", re.IGNORECASE)
_DECLARED = regex(r"""xmlns(?::([^\s=:"'<>]+))?\s*=\s*["']([^"'<>]*)["']""")
_NUMERIC = regex("&#(?:([0-9]+)|[xX]([0-9a-fA-F]+));")
_PERHAPS_HTML = regex(r"</\w+>|&#?\w+;")
_ESCAPED = frozenset("&<>\"'\n")  # characters that may be longer in the source, up to &quot;
_LONGEST = 44  # characters of one escape; also namespaces of one tag, so that no attribute is cut
_DEEPEST = 40
_ANY = 10**9
_TAG = regex(r"<[^<>]*>")
_ROOT = regex(  # and the first element of RDF, which may be the first to tell the version
    r"<(?:[\w.-]+:)?(?:(?:rss|feed)\b[^>]*>|rdf\b[^>]*>(?:\s*<(?:[\w.-]+:)?channel\b[^>]*>)?)",
    re.IGNORECASE,
)
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
    "http://my.netscape.com/rdf/simple/0.9/": "rss090",
    "http://purl.org/rss/1.0/": "rss10",
    "http://www.w3.org/2005/atom": "atom10",
}
_MEANING = frozenset((*filter(None, _PREFIXES.values()), "pheedo", "words"))  # to feedparser
_LEFT = frozenset(("cc", "gml"))  # prefixes whose documents feedparser reads
# Elements whose documents feedparser reads. The last names are not elements, but keys that
# feedparser makes of other elements.
ODD = frozenset(
    (
        *("body", "fullitem", "geom", "georssgeom", "where", "tags", "rss", "feed", "channel"),
        *("xhtml_body", "words", "words_of"),
        *("date", "date_parsed", "links", "authors", "guidislink"),
    )
)
_TELLING = frozenset(  # attributes that are read, whatever their namespace is
    (
        *("href", "url", "uri", "rel", "type", "term", "scheme", "label", "domain", "ispermalink"),
        *("mode", "text", "lang", "base", "lastmod", "version", "about"),
    )
)
_OF_PICTURES = frozenset(("title", "link", "description", "url", "href", "width", "height"))
_OF_INPUTS = frozenset(("title", "link", "description", "name"))
_OF_PEOPLE = {
    "name": "name",
    "email": "email",
    "uri": "href",
    "url": "href",
    "homepage": "href",
    "itunes_name": "name",
    "itunes_email": "email",
}
# feedparser keeps these elements, but sigtrack uses neither them nor anything they change.
ASIDE = frozenset(
    (
        *("cloud", "expirationdate", "generator", "height", "newlocation", "ttl", "width"),
        *("webmaster",),
        *("creativecommons_license", "dc_publisher", "dcterms_valid", "itunes_block"),
        *("itunes_explicit", "itunes_image", "itunes_link", "media_content", "media_credit"),
        *("media_group", "media_license", "media_player", "media_rating", "media_restriction"),
        *("media_thumbnail", "url", "uri", "homepage", "name", "email"),
        *(
            "psc_chapter",
            "itunes_name",
            "itunes_email",
            "georss_box",
            "georss_line",
            "georss_point",
        ),
        *("georss_polygon", "georss_where", "georss_georssgeom"),
    )
)
_RSS_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_ATOM_VERSIONS = {"0.1": "atom01", "0.2": "atom02", "0.3": "atom03"}
_PODCASTS = "http://www.itunes.com/"
_SELF = "application/atom+xml"
_XHTML = "application/xhtml+xml"
_HTML = frozenset(("text/html", _XHTML))
_OF_XHTML = "http://www.w3.org/1999/xhtml"
_NOT_WRITTEN = frozenset(("body", "svg", "math"))
_SHORT_TYPES = {
    "text": "text/plain",
    "plain": "text/plain",
    "html": "text/html",
    "xhtml": _XHTML,
}
_SLASHES = regex("^([A-Za-z][A-Za-z0-9+-.]*://)(/*)(.*?)")
_NO_REFERENCE = regex("&([A-Za-z0-9_]+);")
_CONTROLS = regex("[\x80-\x9f]")
_CONTROL_BYTES = re.compile(b"\xc2[\x80-\x9f]")  # the same in UTF-8
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
    if "<!DOCTYPE" in text:
        xml, doctype = xml_of(text)
    else:
        xml, doctype = legal_references(without_declaration(text)), ""
    if len(xml) > PROSE_LENGTH or "netscape" in doctype.lower():
        return None
    if xml.count("<") > limit and len(ITEM.findall(xml)) > limit:
        return None
    try:
        return _PlainReader(without_pictures(xml)).document()
    except (ParseError, UnicodeEncodeError, _Odd):
        return None


@frozen(kw_only=False)
class _Place:
    """The place of an element. `depth` is 1 for the root."""

    depth: int
    language: str | None
    base: str


@frozen(kw_only=False)
class _Kind:
    """What all elements of one name have in common."""

    read: _Read
    room: int  # for characters in it
    is_tag: bool
    is_literal: bool  # type="text" is to be taken literally


_Read = Callable[["_PlainReader", Element, Attributes, _Place], None]


class _Namespaces:
    """The names that feedparser makes of the namespaces of elements."""

    def __init__(self, xml: str) -> None:
        root, declared = _ROOT.search(xml), _DECLARED.findall(xml)
        if root is None or any(len(uri) > FIELD_LENGTH // _LONGEST for _, uri in declared):
            raise _Odd
        if len(declared) > _LONGEST and any(
            tag.count("xmlns") > _LONGEST for tag in _TAG.findall(xml)
        ):
            raise _Odd
        self.at_root = [(prefix, uri.lower()) for prefix, uri in _DECLARED.findall(root[0])]
        self._prefixes: defaultdict[str, set[str]] = defaultdict(set)
        self._addresses: defaultdict[str, set[str]] = defaultdict(set)
        self._shadowed = {"words"}  # prefixes with another meaning in this document
        for prefix, uri in declared:
            self._prefixes[uri].add(prefix)
            self._addresses[prefix].add(uri)
            known = _PREFIXES.get(uri.lower())
            if prefix and known is not None and prefix.lower() != known:
                self._shadowed.add(prefix.lower())
            if known is None and prefix.lower() == "rdf":
                raise _Odd

    def of(self, tag: str) -> str:
        uri, _, local = tag.rpartition("}")
        uri = uri[1:]
        prefix = _PREFIXES.get(uri.lower(), None if uri else "")
        if prefix is None:
            prefix = self._of_stranger(uri)
        name = f"{prefix}_{local}".lower() if prefix else local.lower()
        first, underscore, _ = name.partition("_")
        # feedparser would take content_encoded without a namespace for content:encoded
        if prefix in self._shadowed or (underscore and not prefix and first in _MEANING):
            raise _Odd
        return name

    def _of_stranger(self, uri: str) -> str:
        """Return the prefix as it is written, if it has only one meaning."""
        prefixes = self._prefixes[uri]
        if len(prefixes) != 1 or "backend.userland.com/rss" in uri.lower():
            raise _Odd
        (prefix,) = prefixes
        if prefix and len(self._addresses[prefix]) > 1:
            raise _Odd
        return prefix.lower()

    def is_literal(self, tag: str) -> bool:
        """Return whether `syndication` has marked the type of this element; see there."""
        uri, _, local = tag.rpartition("}")
        if local not in ("title", "summary", "content") or _PREFIXES.get(uri[1:].lower(), "") != "":
            return False
        if not self._prefixes[uri[1:]] <= {"", "atom", "atom10"}:
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
        self._attributes: dict[str, str] = {}  # names of them as they are written
        attributes = {name for element in self._root.iter() for name in element.attrib}
        self._has_base = any(map(_is_base, attributes))
        self._base = ""
        self._version = ""
        self._feed: Parts = {}
        self._entries: list[Parts] = []
        self._context = self._feed
        self._depths: dict[str, int] | None = None  # of the fields of the open item
        self._item_depth = 0
        self._title_depth = -1
        self._has_content = False
        self._tags = 0

    def document(self) -> Parts:
        root, name = self._root, self._names.of(self._root.tag)
        attributes = self._attributes_of(root)
        self._version = self._version_of(name, attributes)
        place = self._within(attributes, _Place(0, None, ""))
        if name != "rdf_rdf" and place.language:
            self._feed["language"] = place.language.replace("_", "-")
        if name == "feed":
            self._children(root, place)
        else:
            for child in root:
                self._part_of_root(child, place)
        return {"version": self._version, "feed": self._feed, "entries": self._entries}

    def _version_of(self, name: str, attributes: Attributes) -> str:
        """Return the version that the first known namespace names, else that of the root."""
        version = ""
        for prefix, address in self._names.at_root:
            if not prefix or _VERSIONS.get(address) != "rss090":
                version = version or _VERSIONS.get(address, "")
        said = attributes.get("version", "")
        if name == "rss" and not version.startswith("rss"):
            version = _RSS_VERSIONS.get(said) or ("rss20" if said.startswith("2.") else "rss")
        if name == "feed" and not version:
            version = _ATOM_VERSIONS.get(said, "atom")
        if not version.startswith({"rss": "rss", "rdf_rdf": "rss", "feed": "atom"}.get(name, "?")):
            raise _Odd
        return version

    def _part_of_root(self, element: Element, around: _Place) -> None:
        name = self._names.of(element.tag)
        if name != "channel":
            is_strange = not any(self._names.of(one.tag) in _READERS for one in element.iter())
            if not is_strange and name not in ("item", "image", "textinput"):
                raise _Odd
            self._element(element, around, self._within({}, around))
            return
        attributes = self._attributes_of(element)
        if not attributes.keys().isdisjoint(("lastmod", "href")):
            raise _Odd
        self._children(element, self._within(attributes, around))
        self._base = around.base or self._base

    def _children(self, parent: Element, around: _Place) -> None:
        if around.depth > _DEEPEST:
            raise _Odd
        usual = self._within({}, around)
        for child in parent:
            self._element(child, around, usual)

    def _element(self, element: Element, around: _Place, usual: _Place) -> None:
        """Read one element. `usual` is its place if no attribute changes it."""
        kind = self._kinds.get(element.tag) or self._kind(element.tag)
        if kind.room < _ANY:
            self._check_length(element, kind.room)
        if kind.is_tag:
            self._tags += 1
            if self._tags > MOST_TAGS:
                raise _Odd
        if not element.attrib and not self._has_base:
            kind.read(self, element, {}, usual)
            return
        if kind.read is _PlainReader._stranger and not len(element) and not self._has_base:
            self._check_attributes(element)
            return
        attributes = self._attributes_of(element)
        if kind.is_literal and element.attrib.get("type") == "text":
            attributes["type"] = LITERAL
        is_usual = not self._has_base and attributes.keys().isdisjoint(("xml:lang", "lang"))
        kind.read(
            self, element, attributes, usual if is_usual else self._within(attributes, around)
        )
        self._base = around.base or self._base  # in feedparser a base stays if none is around it

    def _kind(self, tag: str) -> _Kind:
        name, local = self._names.of(tag), tag.rpartition("}")[2].lower()
        if name in ODD or name.partition("_")[0] in _LEFT:
            raise _Odd
        self._kinds[tag] = kind = _Kind(
            _READERS.get(name, _PlainReader._stranger),
            _room_of(local),
            local in TAGS,
            self._version.startswith("atom") and self._names.is_literal(tag),
        )
        return kind

    def _check_attributes(self, element: Element) -> None:
        if len(element.attrib) > MOST_ATTRIBUTES // 2:
            raise _Odd
        for value in element.attrib.values():
            if len(value) * self._longest > FIELD_LENGTH:
                self._check_room(FIELD_LENGTH, (value,))

    def _attributes_of(self, element: Element) -> Attributes:
        """Return the attributes by name in lower case, as `xml:lang` if the namespace is known."""
        self._check_attributes(element)
        attributes = {}
        for written, value in element.attrib.items():
            name = self._attributes.get(written) or self._attribute(written)
            attributes[name] = value.lower() if name in ("rel", "type") else value
        return attributes

    def _attribute(self, written: str) -> str:
        uri, _, name = written.lower().rpartition("}")
        if uri:
            prefix = _PREFIXES.get(uri[1:])
            if not prefix and name in _TELLING:
                raise _Odd
            name = f"{prefix}:{name}"
        self._attributes[written] = name
        return name

    def _within(self, attributes: Attributes, around: _Place) -> _Place:
        language = around.language
        if attributes:
            said = attributes.get("xml:lang", attributes.get("lang"))
            language = language if said is None else said or None
            if self._has_base:
                said = attributes.get("xml:base", attributes.get("base", ""))
                self._base = _base_within(said, self._base)
        return _Place(around.depth + 1, language, self._base)

    def _pass_over(self, elements: Iterable[Element]) -> None:
        """Skip elements; only xml:base in them matters."""
        if self._has_base and any(
            _is_base(name) for one in elements for inner in one.iter() for name in inner.attrib
        ):
            raise _Odd

    def _check_length(self, element: Element, room: int) -> None:
        text = element.text or ""
        if len(element):
            self._check_room(room, (text, *(one.tail or "" for one in element)))
        elif len(text) * self._longest > room:
            self._check_room(room, (text,))

    def _check_room(self, room: int, texts: Sequence[str]) -> None:
        """Raise _Odd if the texts, as written in the source, may be long enough to be cut."""
        length = sum(map(len, texts))
        if length * self._longest <= room:
            return
        escaped = sum(letter in self._escaped for text in texts for letter in text)
        if length + escaped * self._longest > room:
            raise _Odd

    # Handlers of elements

    def _stranger(self, element: Element, _: Attributes, place: _Place) -> None:
        """Read an unknown element: only its children may be of use."""
        if len(element):
            self._children(element, place)

    def _aside(self, element: Element, _: Attributes, place: _Place) -> None:
        """Skip prose that is not used. The markup in it must mean nothing to feedparser."""
        if len(element):
            self._pass_over(element)
            names = {self._names.of(inner.tag) for child in element for inner in child.iter()}
            if not names.isdisjoint((*_READERS, *ODD, *ASIDE, *_NOT_WRITTEN)):
                raise _Odd

    def _leaf(self, element: Element) -> str:
        if len(element):
            raise _Odd
        return _value(element.text)

    def _put(self, key: str, value: str, place: _Place) -> None:
        """Keep a value. The outermost element counts, and the last one at that depth."""
        if self._depths is not None:
            if place.depth > self._depths.get(key, place.depth):
                return
            self._depths[key] = place.depth
        self._context[key] = value

    def _item(self, element: Element, attributes: Attributes, place: _Place) -> None:
        if self._depths is not None or not attributes.keys().isdisjoint(("lastmod", "href")):
            raise _Odd
        entry: Parts = {}
        if attributes.get("rdf:about"):
            entry["id"] = attributes["rdf:about"]
        tags, self._tags = self._tags, 0
        self._entries.append(entry)
        self._context, self._depths = entry, {}
        self._item_depth, self._title_depth = place.depth, -1
        self._children(element, place)
        self._check_guess(entry)
        self._context, self._depths = self._feed, None
        self._has_content = False
        self._tags = tags

    def _picture(self, element: Element, _: Attributes, place: _Place) -> None:
        """Skip the image or search box of a feed, which have titles and links of their own. The
        title of an image in an item may be that of the item, as in feedparser."""
        self._title_depth = -1
        is_image = self._names.of(element.tag) == "image"
        usual = _OF_PICTURES if is_image else _OF_INPUTS
        if self._depths is not None:
            usual = usual - {"description"} if is_image else frozenset()
        if any(self._names.of(child.tag) not in usual for child in element):
            raise _Odd
        context = self._context
        self._context = {} if self._depths is None else context
        self._children(element, place)
        self._context = context

    def _source(self, element: Element, _: Attributes, place: _Place) -> None:
        if self._depths is None:
            raise _Odd
        self._leaf(element)
        self._title_depth = -1

    def _title(self, element: Element, attributes: Attributes, place: _Place) -> None:
        part = self._words(element, attributes, "text/plain", place)
        if not -1 < self._title_depth <= place.depth:
            self._put("title", part["value"], place)
            self._context["title_detail"] = part
        if part["value"]:
            self._title_depth = place.depth

    def _title_of_medium(self, element: Element, attributes: Attributes, place: _Place) -> None:
        depth = self._title_depth
        self._title(element, attributes, place)
        self._title_depth = depth

    def _id(self, element: Element, attributes: Attributes, place: _Place) -> None:
        value = self._leaf(element)
        self._put("id", value, place)
        is_link = attributes.get("ispermalink", "true") == "true"
        self._context.setdefault("guidislink", is_link and "link" not in self._context)
        if is_link:
            self._context.setdefault("link", value)

    def _link(self, element: Element, attributes: Attributes, place: _Place) -> None:
        if self._depths is not None and place.depth > self._item_depth + 1:
            self._stranger(element, attributes, place)  # the link of something in the item
            return
        if len(element) or (attributes and (element.text or "").strip()):
            raise _Odd
        attributes.setdefault("rel", "alternate")
        attributes.setdefault("type", _SELF if attributes["rel"] == "self" else "text/html")
        _name_address(attributes)
        links = self._context.setdefault("links", [])
        links.append(attributes)
        if "href" in attributes:
            attributes["href"] = _joined(place.base, attributes["href"])
            if attributes["rel"] == "alternate" and _type(attributes["type"]) in _HTML:
                self._context["link"] = attributes["href"]
            return
        address = (element.text or "").strip()
        address = _repaired(_joined(place.base, address)) if address else ""
        if self._depths is not None:
            address = address.replace("&amp;", "&")
        if "&" in address:
            address = _NO_REFERENCE.sub(r"&\g<1>", address)
        self._context["link"] = address
        if address or self._depths is None:
            attributes["href"] = address

    def _enclosure(self, element: Element, attributes: Attributes, place: _Place) -> None:
        _name_address(attributes)
        self._context.setdefault("links", []).append(attributes | {"rel": "enclosure"})
        self._stranger(element, attributes, place)

    def _category(self, element: Element, attributes: Attributes, _: _Place) -> None:
        value = self._leaf(element)
        term, label = attributes.get("term"), attributes.get("label")
        self._tag(term, attributes.get("scheme", attributes.get("domain")), label)
        tags = self._context["tags"]
        if value and tags and not tags[-1]["term"]:
            tags[-1]["term"] = value
        elif value:
            self._tag(value, None, None)

    def _category_of_medium(self, element: Element, attributes: Attributes, place: _Place) -> None:
        attributes.setdefault("scheme", "http://search.yahoo.com/mrss/category_schema")
        self._category(element, attributes, place)

    def _category_of_podcast(self, element: Element, attributes: Attributes, place: _Place) -> None:
        if self._depths is None:
            self._stranger(element, attributes, place)  # categories of the feed are not used
            return
        about = {"term": attributes.get("text", ""), "scheme": _PODCASTS}
        if not len(element):
            self._category(element, about, place)
            return
        words = (element.text or "", *(child.tail or "" for child in element))
        if "".join(words).strip() or any(child.tag != element.tag for child in element):
            raise _Odd
        self._tag(about["term"], _PODCASTS, None)
        self._children(element, place)

    def _keywords(self, element: Element, attributes: Attributes, place: _Place) -> None:
        """Read the keywords of podcasts and media."""
        if attributes:  # feedparser then keeps the attributes instead of the words
            self._stranger(element, attributes, place)
            return
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

    def _part(
        self, element: Element, attributes: Attributes, usual: str, place: _Place
    ) -> dict[str, Any]:
        kind = _type(attributes.get("type", usual))
        is_text = attributes.get("mode") != "base64" and kind.startswith(("text/", _XHTML))
        if not is_text and (len(element) or (element.text or "").strip()):
            raise _Odd
        language = place.language and place.language.replace("_", "-")
        return {"type": kind, "language": language}

    def _description(self, element: Element, attributes: Attributes, place: _Place) -> None:
        self._lead(element, attributes, place, "text/html")

    def _summary(self, element: Element, attributes: Attributes, place: _Place) -> None:
        if self._depths is None:
            raise _Odd
        self._lead(element, attributes, place, "text/plain")

    def _words(
        self, element: Element, attributes: Attributes, usual: str, place: _Place
    ) -> dict[str, Any]:
        """Return the words with what `_part` tells of them."""
        part = self._part(element, attributes, usual, place)
        value = self._markup(element) if part["type"] == _XHTML else self._leaf(element)
        return part | {"value": value}

    def _markup(self, element: Element) -> str:
        """Return XHTML as feedparser writes it, in Atom without the outer div."""
        self._pass_over(element)
        pieces = [_escaped(element.text or "")]
        for child in element:
            self._write(child, pieces, _DEEPEST)
        pieces = [piece for piece in pieces if piece]
        if self._version == "atom10":
            pieces = _without_div(pieces)
        return _value("".join(pieces))

    def _write(self, element: Element, pieces: list[str], deepest: int) -> None:
        """Write an element. To feedparser, end tags that are not XHTML would mean something."""
        uri, _, name = element.tag.rpartition("}")
        attributes = self._attributes_of(element)
        known = all(":" not in one or one.startswith("xml:") for one in attributes)
        if uri[1:] != _OF_XHTML or name.lower() in _NOT_WRITTEN or not known or not deepest:
            raise _Odd
        said = "".join(f' {key}="{_escaped(value, True)}"' for key, value in attributes.items())
        pieces += f"<{name.lower()}{said}>", _escaped(element.text or "")
        for child in element:
            self._write(child, pieces, deepest - 1)
        pieces += f"</{name.lower()}>", _escaped(element.tail or "")

    def _lead(self, element: Element, attributes: Attributes, place: _Place, usual: str) -> None:
        if self._depths is None:
            self._aside(element, attributes, place)
            return
        if "summary" in self._context and not self._has_content:
            self._article(element, attributes, place)
            return
        part = self._words(element, attributes, usual, place)
        self._put("summary", part["value"], place)
        self._context["summary_detail"] = part

    def _article(
        self, element: Element, attributes: Attributes, place: _Place, usual: str = "text/plain"
    ) -> None:
        if self._depths is None:
            raise _Odd
        self._has_content = True
        part = self._words(element, attributes, usual, place)
        self._context.setdefault("content", []).append(part)
        if part["type"] in ("text/plain", *_HTML):
            self._context.setdefault("summary", part["value"])

    def _encoded(self, element: Element, attributes: Attributes, place: _Place) -> None:
        self._article(element, attributes, place, "text/html")

    def _further_words(self, element: Element, part: dict[str, Any]) -> None:
        if part["type"] == _XHTML:
            raise _Odd
        value = self._leaf(element)
        self._context.setdefault("content", []).append(part | {"value": value})

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

    def _chapters(self, element: Element, _: Attributes, __: _Place) -> None:
        """Skip the chapters of an episode. One without a beginning would break feedparser."""
        self._pass_over(element)
        for child in element:
            self._check_length(child, self._kind(child.tag).room)
            self._check_attributes(child)
            if self._names.of(child.tag) != "psc_chapter" or len(child):
                raise _Odd
            if "start" not in child.attrib:
                raise _Odd

    # People

    def _author(self, element: Element, _: Attributes, place: _Place) -> None:
        self._pass_over(element)
        people = self._context.setdefault("authors", [])
        people.append({})
        for child in element:
            name = self._names.of(child.tag)
            self._check_length(child, self._kind(child.tag).room)
            if len(child) or (child.attrib and name not in _OF_PEOPLE and child.text):
                raise _Odd
            if name in _OF_PEOPLE:
                self._learn(_OF_PEOPLE[name], child.text or "", place)
            elif name == "title":
                self._element(child, place, self._within({}, place))
            elif name in _READERS or name in ASIDE:
                raise _Odd
        words = (element.text or "", *(child.tail or "" for child in element))
        self._put("author", _value("".join(words)), place)
        self._name_author()

    def _learn(self, key: str, text: str, place: _Place) -> None:
        value = text.strip()
        if key == "href":
            value = _repaired(_joined(place.base, value)) if value else ""
        # In feedparser these are one and the same for a first person who is only written.
        self._context.setdefault("author_detail", {})[key] = value
        self._name_author()
        self._context["authors"][-1][key] = value

    def _name_author(self) -> None:
        """Join a name and an address to one text, or split a text into both, like feedparser."""
        context, person = self._context, self._context["authors"][-1]
        if person:
            name, email = person.get("name"), person.get("email")
            if name or email:
                context["author"] = f"{name} ({email})" if name and email else name or email
            return
        author = context.get("author")
        if not author:
            return
        if "@" in author and (found := _ADDRESS.search(author)):
            author = author.replace(found[0], "").replace("()", "")
            author = author.replace("<>", "").replace("&lt;&gt;", "").strip()
            author = author[author.startswith("(") :]
            author = author[:-1] if author.endswith(")") else author
            person["email"] = found[0]
        if author := author.strip():
            person["name"] = author
        if person:
            context.setdefault("author_detail", person)

    def _contributor(self, element: Element, _: Attributes, place: _Place) -> None:
        self._pass_over(element)
        for child in element:
            self._check_length(child, self._kind(child.tag).room)
            if self._names.of(child.tag) not in _OF_PEOPLE or len(child):
                raise _Odd

    def _owner(self, element: Element, attributes: Attributes, place: _Place) -> None:
        if self._depths is not None or self._version.startswith("atom"):
            raise _Odd
        self._contributor(element, attributes, place)


def _field(key: str, *, is_bare: bool = False) -> _Read:
    """Keep the words under a key. `is_bare`: with attributes, feedparser keeps those instead."""

    def read(self: _PlainReader, element: Element, attributes: Attributes, place: _Place) -> None:
        if is_bare and attributes:
            raise _Odd
        self._put(key, self._leaf(element), place)

    return read


def _words_of(whose: str, usual: str) -> _Read:
    """Read words of another vocabulary that describe the item; see `syndication`."""

    def read(self: _PlainReader, element: Element, attributes: Attributes, place: _Place) -> None:
        if self._depths is None:
            self._aside(element, attributes, place)
        else:
            part = self._part(element, attributes, usual, place)
            self._further_words(element, part | {"of": whose})

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
    "description": _PlainReader._description,
    **dict.fromkeys(("summary", "abstract"), _PlainReader._summary),
    "content": _PlainReader._article,
    "content_encoded": _PlainReader._encoded,
    "media_description": _words_of(CAPTION, "text/html"),
    "dc_description": _words_of("dc", "text/html"),
    "itunes_summary": _words_of("itunes", "text/plain"),
    "psc_chapters": _PlainReader._chapters,
    **dict.fromkeys(
        ("rights", "copyright", "dc_rights", "subtitle", "tagline"), _PlainReader._aside
    ),
    **dict.fromkeys(("info", "feedburner_browserfriendly", "itunes_subtitle"), _PlainReader._aside),
    **dict.fromkeys(("author", "managingeditor", "itunes_author"), _PlainReader._author),
    **dict.fromkeys(("dc_author", "dc_creator"), _PlainReader._author),
    **dict.fromkeys(("contributor", "dc_contributor"), _PlainReader._contributor),
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


def _is_base(attribute: str) -> bool:
    return attribute[-4:].lower() == "base"


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


def _escaped(text: str, quotes: bool = False) -> str:
    text = text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")
    return text.replace('"', "&quot;") if quotes else text


def _without_div(pieces: list[str]) -> list[str]:
    while len(pieces) > 1 and not pieces[-1].strip():
        pieces = pieces[:-1]
    while len(pieces) > 1 and not pieces[0].strip():
        pieces = pieces[1:]
    if not pieces or not re.match("<div[ >]", pieces[0]) or pieces[-1] != "</div>":
        return pieces
    depth = 0
    for piece in pieces[:-1]:
        depth += piece.startswith("<") - 2 * piece.startswith("</")
        if not depth:
            return pieces
    return pieces[1:-1]


def _value(text: str | None) -> str:
    return _repaired((text or "").strip())


def _repaired(text: str) -> str:
    """Repair UTF-8 that was taken for Latin-1, and Windows characters, as feedparser does."""
    if text.isascii():
        return text
    with contextlib.suppress(UnicodeError):
        text = text.encode("latin-1").decode("utf-8")
    # Bytes are searched ten times as fast.
    return _CONTROLS.sub(_of_windows, text) if _CONTROL_BYTES.search(text.encode()) else text


def _of_windows(found: re.Match[str]) -> str:
    return found[0].encode("latin-1").decode("cp1252", "ignore") or found[0]


def _type(written: str) -> str:
    return _SHORT_TYPES.get(written, written)


def _name_address(attributes: Attributes) -> None:
    address = attributes.get("url", attributes.get("uri", attributes.get("href")))
    if address:
        attributes.pop("url", None)
        attributes.pop("uri", None)
        attributes["href"] = address


def _joined(base: str, address: str) -> str:
    if not base and ":///" not in address:
        return address
    try:
        return urljoin(base, _SLASHES.sub(r"\1\3", address))
    except ValueError:
        return ""


def _base_within(said: str, around: str) -> str:
    """Return the base within an element. feedparser keeps the first one, even a relative one, until
    it meets a whole address."""
    base = _joined(around, said) if said else around
    if base.startswith(("http://", "https://")):
        if _joined(base, base) != base:
            raise _Odd
        return base
    if base and (base[0] not in "/#" or ":" in base):
        raise _Odd
    return around or base

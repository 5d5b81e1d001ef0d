"""Turn HTML into plain text, and characters into XML that is safe to parse.

The same signs are read in two ways. A *body* (description, content) is HTML: whatever looks like a
tag is a tag. A *headline* is text in which publishers leave a few tags, beside words such as
`<속보>`, `<The Diplomat>` and `5 < 6`: there only names of HTML elements count as tags.

Block tags become line breaks and inline tags nothing; scripts and comments disappear with their
content. Entities are resolved once; a second pass removes markup that was escaped twice.

Every pattern stops at the next `<`, and an element that hides text runs to its end mark or to the
end of the document, as in HTML: the time is linear in the length for any input. 10 million
characters of descriptions and articles of real feeds take 0.22 s, as with nh3, which needs a second
pass over its output for paragraphs and entities. The two differ in 54 of 7,450 texts, most of
them escaped twice.

`xml_of` removes what XML 1.0 forbids or what is dangerous to expand: control characters, numeric
references to no character, and the document type. Entities that the document itself defines as
plain text are expanded here, within a bound; nothing is ever fetched.

`bounded` cuts fields that are longer than any publisher intends, before a parser reads them:
feedparser takes 18 seconds for an author of 75,000 letters, and four times that for twice as many.
Titles, summaries and articles take linear time and stay whole up to 2 million characters of markup;
more would take more memory than a document may use. Pictures embedded in the markup hold no words
and do not count.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from sigtrack.text.regex import regex

ATTRIBUTES = r"""(?:[^"'<>]*+(?:(?:"[^"<]*+"|'[^'<]*+')[^"'<>]*+)*+(?=>)|[^<>]*+)"""
_BLOCKS = (
    "address|article|aside|blockquote|br|caption|center|dd|details|dialog|div|dl|dt|fieldset|"
    "figcaption|figure|footer|form|h[1-6]|header|hr|legend|li|main|nav|ol|option|p|pre|section|"
    "summary|table|tbody|td|tfoot|th|thead|tr|ul|body|html|title"
)
_INLINE = (
    "a|abbr|acronym|b|basefont|bdi|bdo|big|button|cite|code|col|colgroup|del|dfn|em|embed|font|i|"
    "img|input|ins|kbd|label|link|mark|meta|nobr|noscript|q|rp|rt|ruby|s|samp|select|small|span|"
    "strike|strong|sub|sup|textarea|time|tt|u|var|wbr|area|audio|canvas|map|param|picture|source|"
    "track|video"
)
_HIDING = "script|style|template|iframe|object|applet|svg"


def _any_of(names: str) -> str:
    """Return an expression for the names, in half the time: only those with the right first letter
    are tried, because `re` looks at one letter before it begins with a branch."""
    by_letter = defaultdict(list)
    for name in names.split("|"):
        by_letter[name[0]].append(name[1:])
    branches = (
        f"(?-i:[{letter}{letter.upper()}])(?:{'|'.join(rest)})"
        for letter, rest in by_letter.items()
    )
    return f"(?:{'|'.join(branches)})"


_BLOCK = regex(rf"</?+{_any_of(_BLOCKS)}(?=[\s/>]){ATTRIBUTES}>", re.IGNORECASE)
_KNOWN = regex(rf"</?+{_any_of(f'{_INLINE}|{_HIDING}')}(?=[\s/>]){ATTRIBUTES}>", re.IGNORECASE)
_ANY = regex(rf"</?+[a-zA-Z][^\s<>/]*+(?=[\s/>]){ATTRIBUTES}>|<[!?][^<>]*+>|<[a-zA-Z/!][^<>]*+\Z")
_HIDDEN = regex(rf"<(?:!--|({_any_of(_HIDING)})(?=[\s/>])[^<>]*+>)", re.IGNORECASE)
_CLOSERS = {
    name: regex(rf"</{name}(?=[\s/>])[^<>]*>", re.IGNORECASE) for name in _HIDING.split("|")
}
_COMMENT_END = regex(r"--!?>")
_CDATA = regex(r"<!\[CDATA\[|\]\]>")
_ENTITY = regex(
    r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});"
    r"|&(?:#[0-9]{2,7}|[a-zA-Z]{2,8}\b)(?![=;])"  # cut summaries end in "attivit&agrave..."
)
_ESCAPED_TWICE = regex(
    rf"</(?:{_BLOCKS}|{_INLINE})\s*>|<(?:br|p|hr|img|a)(?:\s[^<>]*|\s?/)?>", re.IGNORECASE
)


def body_text(markup: str) -> str:
    """Return the words of a description or an article; paragraphs are separated by line breaks."""
    text = _body_once(markup)
    # A tag that appears only now was escaped twice, or was hidden in an attribute of another tag.
    return _body_once(text) if "<" in text and _ESCAPED_TWICE.search(text) else text


def headline_text(markup: str) -> str:
    """Return the words of a title; only names of HTML elements count as tags."""
    text = _headline_once(markup)
    return _headline_once(text) if "<" in text and _ESCAPED_TWICE.search(text) else text


def unescape(text: str) -> str:
    """Resolve entities once; `?a=1&copy=2` and `AT&T` stay."""
    return _ENTITY.sub(lambda m: _character(m[0]), text) if "&" in text else text


_character = lru_cache(maxsize=1024)(html.unescape)  # texts use a few entities again and again


def _body_once(markup: str) -> str:
    if "<" in markup:
        markup = without_hidden(_without_cdata(markup))
        markup = _ANY.sub("", _BLOCK.sub("\n", markup))
    return unescape(markup)


def _headline_once(markup: str) -> str:
    if "<" in markup:
        markup = without_hidden(_without_cdata(markup), to_the_end=False)
        markup = _KNOWN.sub("", _BLOCK.sub("\n", markup))
    return unescape(markup)


def _without_cdata(markup: str) -> str:
    return _CDATA.sub("", markup) if "]]>" in markup or "<![CDATA[" in markup else markup


def without_hidden(markup: str, *, to_the_end: bool = True) -> str:
    """Remove comments and elements without readable text, in one pass from left to right.

    An unclosed element hides everything after it. If `to_the_end` is false, it is kept as words.
    """
    pieces = []
    start = at = 0
    unclosed: set[re.Pattern[str]] = set()  # not searched again: that would be quadratic
    while found := _HIDDEN.search(markup, at):
        at = found.end()
        name = found[1]
        if not (name and found[0].endswith("/>")):
            closer = _CLOSERS[name.lower()] if name else _COMMENT_END
            end = None
            if closer not in unclosed:
                end = closer.search(markup, at if name else found.start() + 2)
            if end is None and to_the_end:
                pieces.append(markup[start : found.start()])
                return "".join(pieces)
            if end is None:
                unclosed.add(closer)
                continue
            at = end.end()
        pieces.append(markup[start : found.start()])
        start = at
    pieces.append(markup[start:])
    return "\n".join(pieces) if len(pieces) > 1 else markup


_ILLEGAL = regex("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = regex(  # of which most are legal, and told from the others faster here than by code
    r"&#(?!(?:3[2-9]|[4-9][0-9]|[1-9][0-9]{2,3});)(?:([0-9]+)|[xX]([0-9a-fA-F]+));?"
)
_DECLARATION = regex(r"<\?xml\s[^>]*>", re.IGNORECASE)
# A comment without an end hides the rest, as in HTML; that also keeps the search linear.
_PROLOG = regex(
    r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|(?P<doctype><!DOCTYPE)"
    r"|<(?:[A-Za-z_][\w.-]{0,40}:)?(?P<root>[A-Za-z_][\w.-]{0,40})",
    re.IGNORECASE | re.DOTALL,
)
_DOCTYPE_PART = regex(r"""<!--.*?-->|"[^"]*"|'[^']*'|[\[\]>]""", re.DOTALL)
_DEFINED = regex(r"""<!ENTITY\s+(\w{1,40})\s+(?:"(&#\w+;|[^&"<%]*)"|'(&#\w+;|[^&'<%]*)')\s*>""")
_USE = regex(r"&(\w{1,40});")
_PREDEFINED = frozenset(("lt", "gt", "amp", "quot", "apos"))
_ENTITIES = 256  # definitions that are used
_ENTITY_LENGTH = 256

FIELD_LENGTH = 4_000  # characters of an attribute, or of an element that is not prose
PROSE_LENGTH = 2_000_000  # of a title, a summary or an article: twice what is kept as plain text
NAME_LENGTH = 300  # of a person's name: quadratic steps stay under a millisecond
MOST_ATTRIBUTES = 100  # of one tag; real feeds have 40 namespaces at most
MOST_TAGS = 500  # categories of one item or of the feed; each is compared with all others
_MOST_MARKUP = 2_000  # characters of a tag whose attributes are not counted
_MOST_OPEN = 1_000  # nested elements that are tracked
_DEPTH = 20  # innermost of them, among which a closing tag looks for its own
PROSE = frozenset(
    (
        *("title", "subtitle", "tagline", "summary", "description", "abstract", "content"),
        *("encoded", "body", "fullitem", "info", "rights", "copyright"),
    )
)
ROOMY = frozenset(  # elements that only hold others, and ids: a part of an id is another id
    ("rss", "rdf", "feed", "channel", "item", "entry", "guid", "id", "identifier")
)
NAMES = frozenset(
    (
        *("author", "creator", "contributor", "publisher", "owner", "name", "email"),
        *("managingeditor", "webmaster"),
    )
)
TAGS = frozenset(("category", "subject", "keywords"))
_TOKEN = regex(
    r"<!--.*?(?:-->|\Z)|<\?[^>]*+>?|<!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)"
    r"|<(?P<end>/?)(?:[^\W\d][\w.-]*+:)?(?P<name>[^\W\d][\w.-]*+)(?=[\s/>])"
    r"""(?P<attributes>(?:[^"'<>]++|"[^"<]*+"|'[^'<]*+')*+(?=>)|[^<>]*+)>""",
    re.DOTALL,
)
_ATTRIBUTE = regex(r"""([^\s=/"'<>]++)\s*+=\s*+("[^"]*+"|'[^']*+')""")
_PICTURE = regex(r"data:image/[\w.+-]{1,40};base64,[A-Za-z0-9+/=%]{100,}+")
_CUT_ENTITY = regex(r"&[^;\s]{0,40}\Z")


def xml_of(text: str) -> tuple[str, str]:
    """Return the document without what XML forbids, from its first tag on, and its document type,
    "" if it has none."""
    text, doctype = _without_doctype(_ILLEGAL.sub("", without_declaration(text)))
    text = legal_references(text)
    return _with_entities(text, doctype) if doctype else text, doctype


def without_declaration(text: str) -> str:
    text = text.lstrip("\ufeff \t\r\n\0")
    found = _DECLARATION.match(text)
    return text[found.end() :] if found else text


def legal_references(text: str) -> str:
    """Remove or replace numeric references to characters that XML forbids."""
    return _REFERENCE.sub(_legal_reference, text) if "&#" in text else text


def without_pictures(text: str) -> str:
    """Remove pictures that are embedded in the markup."""
    return _PICTURE.sub("data:,", text) if ";base64," in text else text


@dataclass(slots=True)
class _Room:
    """The room of one field, shared by all elements within prose."""

    left: int  # characters that it may still hold
    is_cut: bool = False


@dataclass(slots=True)
class _Element:
    name: str
    room: _Room
    is_prose: bool
    is_dropped: bool = False


def bounded(xml: str) -> tuple[str, int]:
    """Cut overlong fields and attributes, and return the document and the number of cuts.

    The length of an element is counted over all its pieces, so comments, CDATA and children in
    between cannot hide it. Linear in the length.
    """
    xml = without_pictures(xml)
    cuts = _Cuts(xml)
    at = 0
    elements = [_Element("", _Room(len(xml)), is_prose=False)]
    tags = {"": 0, "item": 0}  # categories of the feed, and of the open item
    where = ""
    for found in _TOKEN.finditer(xml):
        holder, start = elements[-1], found.start()
        room = holder.room
        cuts.fit(at, start, room)
        at = found.end()
        if found["name"] is None:
            cdata = found["cdata"] or ""
            if found["cdata"] is not None and len(cdata) > room.left:
                cuts.put(start, at, f"<![CDATA[{_fitting(cdata, room)}]]>")
                cuts.count(room)
            room.left -= len(cdata)
            continue
        if holder.is_prose:
            room.left -= at - start
        name, attributes = found["name"].lower(), found["attributes"]
        if name in ("item", "entry"):
            where = "" if found["end"] else "item"
            tags["item"] = 0
        if found["end"]:
            if _close(elements, name):
                cuts.put(start, at)
            continue
        kept = _fewer(attributes)
        element = _element(name, holder, len(xml))
        is_tag = name in TAGS and not holder.is_prose
        tags[where] += is_tag
        if is_tag and tags[where] > MOST_TAGS:
            kept, element.room.left = "/" * attributes.endswith("/"), 0
        if element.is_dropped:
            cuts.put(start, at)
            cuts.count(room)
        elif kept != attributes:
            cuts.put(found.start("attributes"), at, kept, ">")
            cuts.number += 1
        if not attributes.endswith("/") and len(elements) < _MOST_OPEN:
            elements.append(element)
    return cuts.text(), cuts.number


class _Cuts:
    """What is put in the place of parts of a document, from its start to its end."""

    def __init__(self, xml: str) -> None:
        self.number = 0
        self._xml, self._pieces, self._taken = xml, list[str](), 0

    def text(self) -> str:
        return "".join((*self._pieces, self._xml[self._taken :]))

    def put(self, start: int, end: int, *pieces: str) -> None:
        self._pieces += self._xml[self._taken : start], *pieces
        self._taken = end

    def fit(self, start: int, end: int, room: _Room) -> None:
        """Cut the characters of an element to the room that is left of it."""
        if end - start > room.left:
            self.put(start, end, _fitting(self._xml[start:end], room))
            self.count(room)
        room.left -= end - start

    def count(self, room: _Room) -> None:
        """Count an element once, in however many places it is cut."""
        self.number += not room.is_cut
        room.is_cut = True


def _element(name: str, parent: _Element, any_length: int) -> _Element:
    if name in NAMES:
        return _Element(name, _Room(NAME_LENGTH), is_prose=False)
    if parent.is_prose:
        return _Element(name, parent.room, is_prose=True, is_dropped=parent.room.left < 0)
    if name in PROSE:
        return _Element(name, _Room(PROSE_LENGTH), is_prose=True)
    return _Element(name, _Room(any_length if name in ROOMY else FIELD_LENGTH), is_prose=False)


def _close(elements: list[_Element], name: str) -> bool:
    """Return whether to drop a closing tag because its opening tag was dropped."""
    for depth in range(len(elements) - 1, max(0, len(elements) - 1 - _DEPTH), -1):
        if elements[depth].name == name:
            is_dropped = elements[depth].is_dropped
            del elements[depth:]
            return is_dropped
    return False


def _fitting(text: str, room: _Room) -> str:
    return _CUT_ENTITY.sub("", text[: max(0, room.left)])


def _fewer(attributes: str) -> str:
    """Keep at most MOST_ATTRIBUTES attributes, none of them longer than a field."""
    if len(attributes) <= _MOST_MARKUP:
        return attributes
    pairs = _ATTRIBUTE.findall(attributes)
    if len(pairs) <= MOST_ATTRIBUTES and all(len(value) <= FIELD_LENGTH for _, value in pairs):
        return attributes
    kept = [
        f"{name}={value[0]}{_CUT_ENTITY.sub('', value[1:-1][:FIELD_LENGTH])}{value[0]}"
        for name, value in pairs[:MOST_ATTRIBUTES]
    ]
    return f" {' '.join(kept)}{'/' * attributes.endswith('/')}"


def _legal_reference(found: re.Match[str]) -> str:
    digits, base = (found[1], 10) if found[1] else (found[2], 16)
    number = int(digits, base) if len(digits.lstrip("0")) <= 8 else -1
    if 0 <= number < 32:
        return found[0] if number in (9, 10, 13) else ""
    if 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE:
        return found[0]
    return found[0] if 0x10000 <= number <= 0x10FFFF else "\N{REPLACEMENT CHARACTER}"


def root_of(text: str) -> str:
    """Return the name of the first element in lower case without prefix, "" if there is none."""
    for found in _PROLOG.finditer(text):
        if found["root"]:
            return str(found["root"]).lower()
    return ""


def _without_doctype(text: str) -> tuple[str, str]:
    for found in _PROLOG.finditer(text):
        if found["root"]:
            break
        if found["doctype"]:
            end = _end_of_doctype(text, found.end())
            return text[: found.start()] + text[end:], text[found.start() : end]
    return text, ""


def _end_of_doctype(text: str, start: int) -> int:
    depth = 0
    for part in _DOCTYPE_PART.finditer(text, start):
        if part[0] == "[":
            depth += 1
        elif part[0] == "]":
            depth -= 1
        elif part[0] == ">" and depth <= 0:
            return part.end()
    return len(text)


def _with_entities(text: str, doctype: str) -> str:
    values: dict[str, str] = {
        name: value
        for name, double, single in _DEFINED.findall(doctype)[:_ENTITIES]
        if name not in _PREDEFINED and len(value := double or single) <= _ENTITY_LENGTH
    }
    if not values:
        return text
    budget = [1_000_000]  # characters that all entities together may add

    def value_of(found: re.Match[str]) -> str:
        value = values.get(found[1])
        if value is None or budget[0] < len(value):
            return str(found[0])
        budget[0] -= len(value)
        return value

    return _USE.sub(value_of, text)

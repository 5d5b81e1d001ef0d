"""Characters to XML that a parser will not choke on.

`xml_of` removes what XML 1.0 forbids or what is dangerous to expand: control characters, numeric
references to no character, and the document type. Entities that the document itself defines as
plain text are put in their places here, with a bound; nothing is ever fetched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:([0-9]+)|[xX]([0-9a-fA-F]+));?")
_DECLARATION = re.compile(r"<\?xml\s[^>]*>", re.IGNORECASE)
# A comment without end takes the rest, as in HTML; that also keeps the search linear.
_PROLOG = re.compile(
    r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|(?P<doctype><!DOCTYPE)"
    r"|<(?:[A-Za-z_][\w.-]{0,40}:)?(?P<root>[A-Za-z_][\w.-]{0,40})",
    re.IGNORECASE | re.DOTALL,
)
_DOCTYPE_PART = re.compile(r"""<!--.*?-->|"[^"]*"|'[^']*'|[\[\]>]""", re.DOTALL)
_ENTITY = re.compile(r"""<!ENTITY\s+(\w{1,40})\s+(?:"(&#\w+;|[^&"<%]*)"|'(&#\w+;|[^&'<%]*)')\s*>""")
_USE = re.compile(r"&(\w{1,40});")
_PREDEFINED = frozenset(("lt", "gt", "amp", "quot", "apos"))
_ENTITIES = 256  # definitions that are honoured
_ENTITY_LENGTH = 256


@dataclass(frozen=True, slots=True)
class CleanXml:
    text: str  # starts at the first tag; no declaration, no document type
    doctype: str = ""


def xml_of(text: str) -> CleanXml:
    """The document without what XML forbids and without its document type."""
    text = text.lstrip("\ufeff \t\r\n\0")
    if found := _DECLARATION.match(text):
        text = text[found.end() :]
    text, doctype = _without_doctype(_ILLEGAL.sub("", text))
    if "&#" in text:
        text = _REFERENCE.sub(_legal_reference, text)
    return CleanXml(_with_entities(text, doctype) if doctype else text, doctype)


def _legal_reference(found: re.Match[str]) -> str:
    digits, base = (found[1], 10) if found[1] else (found[2], 16)
    number = int(digits, base) if len(digits.lstrip("0")) <= 8 else -1
    if 0 <= number < 32:
        return found[0] if number in (9, 10, 13) else ""
    if 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE:
        return found[0]
    return found[0] if 0x10000 <= number <= 0x10FFFF else "\N{REPLACEMENT CHARACTER}"


def root_of(text: str) -> str:
    """The name of the first element, without prefix, in lower case; "" if there is none."""
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
        for name, double, single in _ENTITY.findall(doctype)[:_ENTITIES]
        if name not in _PREDEFINED and len(value := double or single) <= _ENTITY_LENGTH
    }
    if not values:
        return text
    budget = [1_000_000]  # characters that all uses together may add

    def value_of(found: re.Match[str]) -> str:
        value = values.get(found[1])
        if value is None or budget[0] < len(value):
            return str(found[0])
        budget[0] -= len(value)
        return value

    return _USE.sub(value_of, text)

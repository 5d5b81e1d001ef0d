"""How words are read: pure functions on str.

`clean` makes text from outside safe, once, on the way in. Titles, error texts, links and file names
come from strangers. After `clean` a string holds no control character, no bidirectional override,
no terminal escape, no lone surrogate, and no run of white space: it can be stored, searched and
printed. Escaping for HTML, CSV or Rich is done by each output format. `fold` makes spellings
comparable and keeps an index back to the publisher's own letters. The modules here know scripts,
but no feeds.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

# Cc except TAB, LF, CR, NEL; Cf (soft hyphen, zero width, bidi, tags, BOM); noncharacters.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891"
    "\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\ufdd0-\ufdef\ufffe\uffff"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(r"\s+")
_UNUSUAL_SPACES = "\t\r\xa0\u3000"
_ENTITY = re.compile(
    r"&(?:(?:amp|AMP|#0*38|#[xX]0*26);)*"  # escaped twice, or more often
    r"(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}[0-9]{0,2});"
)
_MOST_PASSES = 8
_LINE = re.compile("[\n\u2029]")
_CREDENTIALS = re.compile(r"(?<=://)[^/\s?#]*@")
# The password may hold a slash: if no port follows the colon, everything up to the last @ of the
# word is secret.
_SECRETS = re.compile(r"(?<=://)(?:[^/\s?#\[\]:]*:(?!\d*(?:[/?#\s]|$))\S*@|[^/\s?#]*@)")
_SERVICE = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30})://")


def clean(text: str) -> str:
    """Return one line of safe text; entities that a publisher escaped twice are resolved."""
    return _cleaned(text, " ")


def clean_lines(text: str) -> str:
    """Like `clean`, but keeps line breaks between paragraphs, one for each."""
    return _cleaned(text, "\n")


def safe_link(url: str) -> str:
    """Return the address if it is an absolute http(s) address without controls, otherwise "".

    Credentials are removed from it.
    """
    url = _FORBIDDEN.sub("", url).strip()
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port  # raises on a port that is not a number
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host:
        return ""
    if _SPACES.search(url) or _SURROGATE.search(url) or "\\" in url:
        return ""
    return _CREDENTIALS.sub("", url)


def mask_credentials(text: str) -> str:
    """Replace `http://user:secret@host/` by `http://…@host/`, anywhere in the text."""
    return _SECRETS.sub("…@", text)


def mask_proxy(address: str) -> str:
    """Return the address of a proxy without its credentials, in whatever form it is written.

    It may lack a scheme, and its password may hold anything, so everything before the last @ is
    secret.
    """
    before, at, host = address.rpartition("@")
    scheme = _SERVICE.match(before)
    return f"{scheme[0] if scheme else ''}…@{host}" if at else address


def proxy_address(written: str) -> str:
    """The address of an http(s) proxy, with its scheme; "" if it cannot be used as one."""
    url = written if "://" in written else f"http://{written}"
    try:
        parts = urlsplit(url)
        fit = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return ""
    outside = f"{parts.path}{parts.query}{parts.fragment}"  # an @ there: a / in the password
    return url if fit and url.isprintable() and "@" not in outside else ""


def service_of(address: str) -> str:
    """Return the public part of an address of a chat service: "slack" for slack://…, "" if none."""
    found = _SERVICE.match(address)
    return found[1] if found else ""


def primary_language(tag: str | None) -> str:
    """Return the language of a tag (BCP 47), without script and country: "zh" for "zh-Hant"."""
    return (tag or "").partition("-")[0].lower()


def _cleaned(text: str, between: str) -> str:
    if "  " not in text and _is_safe(text):
        return text.strip()
    plain = text
    for space in _UNUSUAL_SPACES:
        plain = plain.replace(space, " ")
    if _is_safe(plain.replace("\n", " ")):
        lines = plain.split("\n")
    else:
        lines = [_SPACES.sub(" ", line) for line in _LINE.split(_safe(text))]
    told = between.join(filter(None, map(str.strip, lines)))
    while "  " in told:  # faster than to split into words
        told = told.replace("  ", " ")
    return told


def _is_safe(text: str) -> bool:
    """Whether there is nothing to take out, which is so of nearly all texts and told ten times as
    fast as it is done. What is printable holds nothing forbidden below U+10000."""
    if not text.isprintable() or ("&" in text and _ENTITY.search(text)):
        return False
    if text.isascii() or len(text.encode("utf-16-le")) == 2 * len(text):
        return True
    return not _FORBIDDEN.search(text)


def _safe(text: str) -> str:
    text = _without_entities(_FORBIDDEN.sub("", text))
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


def _without_entities(text: str) -> str:
    """Resolve until nothing changes: an entity may hold another one, or a forbidden character."""
    for _ in range(_MOST_PASSES):
        if "&" not in text:
            return text
        import html  # 4 ms that most commands never need

        resolved = _ENTITY.sub(lambda m: html.unescape(f"&{m[1]};"), text)
        resolved = _FORBIDDEN.sub("", resolved)
        if resolved == text:
            return text
        text = resolved
    return text.replace("&", "")  # nobody writes this by mistake

"""A catalogue of servers that do everything wrong, each on a host of its own.

Every entry says what must come of it: the words that the user reads (the feed fails), or the
number of items that can be read all the same.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from feed_server import FeedServer, Request, Script, Site, answer, for_ever, hang_up

MIB = 2**20
Due = str | int | None
LURED = (
    "<rss version='2.0'><channel><item><title>You were lured here</title></item></channel></rss>"
)


@dataclass(frozen=True)
class Hostile:
    """One feed. `due` is a part of the note, or how many items are stored, or None where either
    may come, by a margin. `proxied`: its address is a public name that only our proxy knows, and
    nothing private is allowed to it."""

    name: str
    url: str
    due: Due
    proxied: bool = False


def hostile_feeds(server: FeedServer, proxy: Site, trap: Site) -> list[Hostile]:
    """Nobody may ever ask `trap` for anything."""
    trap.serve("/", LURED.encode())
    trap.serve("/evil.dtd", b'<!ENTITY c "lured">')
    found = [
        Hostile(name, server.site().play("/feed", script), due)
        for name, script, due in (*_bombs(), *_endless(), *_liars(), *_statuses())
    ]
    found += [
        Hostile(name, server.site().serve("/feed", body, Content_Type=kind), due)
        for name, body, kind, due in (*_no_feeds(), *_charsets(), *_documents(trap))
    ]
    found += [
        Hostile(name, server.site().redirect("/feed", target), due)
        for name, target, due in _redirects()
    ]
    for name, target, due in _lures(trap):
        url = f"http://{name}.example/feed"
        proxy.redirect(url, target)
        found.append(Hostile(name, url, due, proxied=True))
        found.append(Hostile(name.replace("lure", "straight"), target, due, proxied=True))
    return found


# --- HTTP


def _said(raw: bytes) -> Script:
    async def script(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)

    return script


def _packed(coding: str, body: bytes) -> Script:
    return _said(answer(200, body, {"Content-Encoding": coding}))


def _for_ever(head: bytes, piece: bytes, pause: float = 0.0) -> Script:
    async def script(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        await for_ever(writer, piece, pause=pause)

    return script


async def _silence(_: Request, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3600)


async def _reset_at_once(_: Request, writer: asyncio.StreamWriter) -> None:
    hang_up(writer)


async def _reset_in_the_middle(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<rss>")
    await writer.drain()
    await asyncio.sleep(0.05)
    hang_up(writer)


def _bombs() -> Iterable[tuple[str, Script, str]]:
    zeros = bytes(100 * MIB)
    packed = gzip.compress(zeros, 6)
    wide = gzip.compress(b"<rss><channel>" + b"<item><title>x</title></item>" * MIB)
    large = "sent a body of more than 10 MiB"
    yield "gzip-bomb", _packed("gzip", packed), large
    yield "gzip-bomb-of-items", _packed("gzip", wide), large
    yield "gzip-bomb-unannounced", _said(answer(200, packed)), large
    yield "gzip-bomb-of-many-members", _packed("gzip", gzip.compress(bytes(MIB)) * 99), large
    yield "deflate-bomb", _packed("deflate", zlib.compress(zeros)), large
    yield "raw-deflate-bomb", _packed("deflate", zlib.compress(zeros, wbits=-15)), large
    yield "double-bomb", _packed("gzip, gzip", gzip.compress(packed)), "compressed twice"
    yield "hidden-double-bomb", _packed("gzip", gzip.compress(packed)), "gzip data, not a feed"
    yield "compress", _packed("compress", b"\x1f\x9d\x90"), "packed as compress"
    yield "broken-gzip", _packed("gzip", packed[:99] + b"\xff" * 99), "damaged"
    yield "cut-gzip", _packed("gzip", gzip.compress(LURED.encode())[:-9]), "in the middle"


def _endless() -> Iterable[tuple[str, Script, str]]:
    ok = b"HTTP/1.1 200 OK\r\n"
    large = "sent a body of more than 10 MiB"
    heads = "sent headers that never end"
    yield "endless-body", _for_ever(ok + b"\r\n", b"<item/>" * 9000), large
    yield "fifty-megabytes", _for_ever(ok + b"\r\n<rss><item><title>", b"x" * MIB), large
    yield "announces-50-mb", _said(ok + b"Content-Length: 50000000\r\n\r\n"), large
    chunks = _for_ever(ok + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 500)
    yield "endless-crumbs", chunks, "pieces"
    yield "endless-head", _for_ever(ok, b"X-Y: zzzzzzzzzzzzzzzz\r\n" * 50), heads
    yield "endless-line", _for_ever(ok + b"X-Y: ", b"z" * 4096), heads
    yield "endless-continue", _for_ever(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 20), heads
    slowly = "needed more than 30 s"
    yield "byte-a-second", _for_ever(ok + b"\r\n", b"x", pause=1), slowly
    yield "head-a-second", _for_ever(ok, b"X: y\r\n", pause=1), "did not answer within 30 s"
    yield (
        "chunk-a-second",
        (_for_ever(ok + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", pause=1)),
        slowly,
    )
    yield "silence", _silence, "did not answer within 30 s"


def _liars() -> Iterable[tuple[str, Script, str]]:
    ok = b"HTTP/1.1 200 OK\r\n"
    two = b"Content-Length: 9\r\nContent-Length: 8\r\n\r\n123456789"
    middle = "hung up in the middle of its body"
    yield "length-too-long", _said(ok + b"Content-Length: 999\r\n\r\n<rss/>"), middle
    yield "length-too-short", _said(ok + b"Content-Length: 3\r\n\r\n<rss/>"), "not a feed"
    yield "length-doubled", _said(ok + two), "two different lengths"
    yield "length-no-number", _said(ok + b"Content-Length: many\r\n\r\n<rss/>"), "not a number"
    yield "length-negative", _said(ok + b"Content-Length: -1\r\n\r\n<rss/>"), "not a number"
    yield "chunks-broken", _said(ok + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), "chunks"
    yield "chunks-cut", _said(ok + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"), middle
    yield "no-http", _said(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "does not speak HTTP"
    yield "binary", _said(bytes(range(256)) * 40), "does not speak HTTP"
    yield "hangs-up", _said(b""), "hung up without an answer"
    yield "reset", _reset_at_once, "broke off the connection"
    yield "reset-in-the-middle", _reset_in_the_middle, "broke off the connection"


def _statuses() -> Iterable[tuple[str, Script, str]]:
    yield "missing", _said(answer(404, b"no such page")), "answered 404"
    yield "gone", _said(answer(410, b"")), ""
    absurd = {"Retry-After": "9" * 400}
    yield "too-many", _said(answer(429, b"", absurd)), "answered 429"
    yield "unavailable", _said(answer(503, b"", {"Retry-After": "\x01no date"})), "answered 503"
    yield "broken", _said(answer(500, b"<rss/>")), "answered 500"
    yield "teapot", _said(answer(799, b"")), "answered 799"
    yield "unchanged-unasked", _said(answer(304, b"")), "answered 304"
    yield "evil-reason", _said(b"HTTP/1.1 403 \x1b[31mNo\r\n\r\n"), "answered 403"


def _redirects() -> Iterable[tuple[str, str, str]]:
    yield "loop", "/feed", "redirects more than 5 times"
    nowhere = "neither http nor https"
    yield "to-a-file", "file:///etc/passwd", nowhere
    yield "to-a-script", "javascript:alert(1)", "not valid"
    yield "to-ftp", "ftp://e.example/feed", nowhere
    yield "to-nonsense", "http://[::1", "not valid"
    yield "to-a-wild-port", "http://127.0.0.1:99999999/", "not valid"
    yield "to-nowhere", "", "without saying where to"


def _lures(trap: Site) -> Iterable[tuple[str, str, str]]:
    yield "lure-to-loopback", trap.url("/"), "leads to a loopback address"
    number = int.from_bytes(bytes(map(int, trap.host.split("."))))
    yield "lure-by-number", f"http://{number}:{trap.port}/", "leads to a loopback address"
    yield "lure-to-metadata", "http://169.254.169.254/latest/", "leads to a link-local address"
    yield "lure-to-the-lan", "http://192.168.0.1/admin", "leads to a private address"
    mapped = f"http://[::ffff:{trap.host}]:{trap.port}/"
    yield "lure-by-mapped-address", mapped, "leads to an IPv4 address inside IPv6"


# --- what is not a feed, and what is no UTF-8


def _no_feeds() -> Iterable[tuple[str, bytes, str, str]]:
    yield "empty", b"", "text/xml", "empty body"
    yield "blank", b" \r\n\0", "text/xml", "an empty body"
    yield "page", b"<!doctype html><title>Parked</title>", "text/html", 'HTML page ("Parked")'
    login = b"<html><form><input type='password'></form></html>"
    yield "login-page", login, "text/xml", "a login page, not a feed"
    yield "api-error", b'{"error": "quota"}', "application/json", "JSON of another kind"
    yield "deep-json", b"[" * MIB, "application/json", "JSON nested too deeply"
    yield "plain-text", b"Service unavailable", "application/rss+xml", "plain text"
    yield "pdf", b"%PDF-1.7" + bytes(range(256)) * 400, "application/pdf", "a PDF file"
    yield "sitemap", b"<?xml version='1.0'?><urlset/>", "text/xml", "a sitemap"
    noise = base64.b85encode(struct.pack("<9999Q", *range(9999)))
    yield "noise", noise, "text/xml", "plain text"


WORDS = {"ko": "한일 정상회담", "ja": "日韓首脳会談", "zh": "韩日领导人会晤"}


def _written(language: str, charset: str, label: str) -> bytes:
    head = f"<?xml version='1.0' encoding='{label}'?>"
    return f"{head}{_rss(f'<item><title>{WORDS[language]}</title></item>')}".encode(charset)


def _charsets() -> Iterable[tuple[str, bytes, str, int]]:
    xml = "text/xml"
    yield "euc-kr", _written("ko", "euc-kr", "EUC-KR"), xml, 1
    yield "shift-jis", _written("ja", "shift_jis", "Shift_JIS"), xml, 1
    yield "gb18030", _written("zh", "gb18030", "GB18030"), xml, 1
    yield "utf-16", _written("ja", "utf-16", "UTF-16"), xml, 1
    yield "utf-16-unmarked", _written("ko", "utf-16-le", "UTF-16"), xml, 1
    yield "wrong-label", _written("ko", "utf-8", "EUC-KR"), xml, 1
    yield "wrong-header", _written("ja", "utf-8", "utf-8"), "text/xml; charset=iso-8859-1", 1
    yield "unknown-label", _written("zh", "utf-8", "klingon"), xml, 1
    yield "zip-label", _written("ko", "utf-8", "zlib_codec"), "text/xml; charset=zlib", 1
    yield "byte-order-mark", b"\xef\xbb\xbf" * 3 + _written("ko", "utf-8", "utf-8"), xml, 1
    broken = _written("ko", "utf-8", "utf-8").replace(b"<title>", b"<title>\xff\xfe\xed\xa0\x80")
    yield "invalid-utf-8", broken, xml, 1
    nul = _written("ko", "utf-8", "utf-8").replace(b"<title>", b"\0<title>\0")
    yield "nul", nul, xml, 1
    for name, reference in (
        ("surrogates", "&#xD800;&#xDFFF;"),
        ("beyond-unicode", "&#x110000;&#9999999999999;"),
        ("control-references", "&#0;&#27;[31m&#x9b;2J&#x202e;"),
    ):
        item = f"<item><title>Nara {reference} summit</title></item>"
        yield name, _rss(item).encode(), xml, 1


# --- documents


def _rss(items: str, head: str = "") -> str:
    return f"{head}<rss version='2.0'><channel><title>Evil</title>{items}</channel></rss>"


def _item(inside: str) -> str:
    return _rss(f"<item><title>Evil</title>{inside}</item>")


def _documents(trap: Site) -> Iterable[tuple[str, bytes, str, Due]]:
    for name, text, due in (*_large(), *_slow(), *_entities(trap), *_odd()):
        yield name, text.encode("utf-8", "surrogatepass"), "application/rss+xml", due


def _large() -> Iterable[tuple[str, str, Due]]:
    many = "".join(f"<item><title>Item {n}</title></item>" for n in range(100_000))
    yield "100000-items", _rss(many), 2000
    yield "item-of-9-mb", _item(f"<description>{'word ' * 1_800_000}</description>"), None
    yield "title-of-9-mb", _rss(f"<item><title>{'x' * 9_000_000}</title></item>"), 1
    yield "nested-tags", _item("<a>" * 10_000 + "</a>" * 10_000), 1
    yield "nested-markup", _item(f"<description>{'&lt;div>' * 99_999}</description>"), 1
    yield "million-tags", _item(f"<description>{'&lt;b>x&lt;/b>' * 500_000}</description>"), None
    yield "links", _item("<link>http://e.example/</link>" * 50_000), 1
    yield "namespaces", _item("".join(f"<x{n}:y xmlns:x{n}='u:{n}'/>" for n in range(9999))), 1
    entry = {"id": "1", "title": "Evil", "content_text": "x" * 9_000_000, "n": 10**400}
    feed = {"version": "https://jsonfeed.org/version/1", "items": [entry] * 1}
    yield "json-feed", json.dumps(feed), 1


def _slow() -> Iterable[tuple[str, str, Due]]:
    """What costs feedparser minutes or gigabytes, unless it is cut before; ten seconds are allowed,
    and 200 MiB."""
    attributes = " ".join(f"a{n}='{n}'" for n in range(100_000))
    yield "100000-attributes", _item(f"<x {attributes}/>"), 1
    yield "quadratic-author", _item(f"<author>{'a.' * 200_000}</author>"), 1
    tags = "".join(f"<category>{n}</category>" for n in range(40_000))
    yield "quadratic-categories", _item(tags), 1
    title = f"<rss version='2.0'><channel><item><title>Evil{'word ' * 1_900_000}</title></item>"
    yield "greedy", title, 1
    yield "quadratic-date", _item(f"<pubDate>{'1 Jan ' * 90_000}</pubDate>"), 1
    yield "unclosed-comments", _item("<!--" * 200_000), 1
    yield "unclosed-tags", _item("<" * 500_000), 1
    yield "ampersands", _item(f"<description>{'&' * 500_000}</description>"), 1


def _entities(trap: Site) -> Iterable[tuple[str, str, Due]]:
    title = "<item><title>Evil &a;</title></item>"
    lol = "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(10))
    laughs = f"<!DOCTYPE rss [<!ENTITY a 'ha'>{lol}]>"
    yield "billion-laughs", _rss("<item><title>Evil &k;</title></item>", laughs), 1
    long = f"<!DOCTYPE rss [<!ENTITY a '{'x' * 100_000}'>]>"
    yield "quadratic-blowup", _rss(f"<item><title>{'&a;' * 50_000}</title></item>", long), 1
    file = "<!DOCTYPE rss [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
    yield "external-file", _rss(title, file), 1
    web = f"<!DOCTYPE rss [<!ENTITY a SYSTEM '{trap.url('/')}'>]>"
    yield "external-entity", _rss(title, web), 1
    dtd = f"<!DOCTYPE rss SYSTEM '{trap.url('/evil.dtd')}'>"
    yield "external-dtd", _rss(title, dtd), 1
    parameter = f"<!DOCTYPE rss [<!ENTITY % a SYSTEM '{trap.url('/evil.dtd')}'> %a;]>"
    yield "parameter-entity", _rss(title, parameter), 1


def _odd() -> Iterable[tuple[str, str, Due]]:
    steering = "\x1b[2J\x1b]8;;http://e.example/\x07x\x9b31m\u202e[bold]=1+1<script>"
    yield "steering", _rss(f"<item><title><![CDATA[{steering}]]></title></item>"), 1
    yield "cut-off", _rss("<item><title>One</title></item><item><title>Tw")[:-16], 2
    yield "no-words", _rss("<item/>" * 9), 1
    dates = "".join(
        f"<item><title>{date}</title><pubDate>{date}</pubDate></item>"
        for date in ("1970", "31 Feb 2026", "99999-01-01", "2099-01-01", "-1", "now")
    )
    yield "nonsense-dates", _rss(dates), 6
    yield "lone-surrogates", _rss("<item><title>Nara \ud800</title></item>"), 1
    guids = "".join(f"<item><guid>1</guid><title>No. {n}</title></item>" for n in range(9))
    yield "one-guid-for-all", _rss(guids), 9

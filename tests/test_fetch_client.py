"""One feed asked over HTTP, on a real server that may be slow, huge, wrong or rude."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gc
import gzip
import itertools
import random
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
import tracemalloc
import types
import warnings
import zlib
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import certifi
import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feed_server import Clock, answer, for_ever, hang_up
from sigtrack.errors import Misconfigured
from sigtrack.fetch.address import (
    Address,
    Proxies,
    connect,
    is_at_own_host,
    literal,
    own_headers,
    refusal,
    system_resolver,
)
from sigtrack.fetch.client import Client, Room
from sigtrack.fetch.policy import FetchPolicy, next_state
from sigtrack.fetch.transport import Inflater, Transport, accepted_codings, zstd_library
from sigtrack.fetch.trouble import Unfetchable
from sigtrack.model import (
    Access,
    Failed,
    Feed,
    FeedState,
    Fetched,
    Gone,
    NotModified,
    Outcome,
    address_key,
)
from sigtrack.text import safe_link

NOW = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
KIB = 1024
POLICY = FetchPolicy(
    deadline=600.0, connect_timeout=600.0, max_body=64 * KIB, max_head=8 * KIB,
    total_in_flight=1024 * KIB,
)  # fmt: skip
RSS = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Nara</title></channel></rss>'
BIG = RSS + b"<!-- " + b"x" * (100 * KIB) + b" -->"
DIRECT = Proxies()


async def nobody(host: str, port: int) -> Sequence[str]:
    raise AssertionError(f"a test asked for the address of {host}")


def leading_to(*addresses: str):
    async def resolver(host: str, port: int) -> Sequence[str]:
        return addresses

    return resolver


def ask(
    url: str,
    state: FeedState | None = None,
    *,
    policy: FetchPolicy = POLICY,
    allow_private: bool = True,
    access: Access | None = None,
    room: Room | None = None,
    clock: Clock | None = None,
    **client: object,
) -> Outcome:
    """One feed, one client, one answer."""
    access = access or Access()
    feed = Feed(id="mofa", url=url, allow_private=allow_private, access=access)
    settings = {"now": lambda: NOW, "resolver": nobody, "proxies": DIRECT, **client}

    async def run() -> Outcome:
        asked = Client(policy, **settings)  # type: ignore[arg-type]
        return await asked.get(feed, state or FeedState(feed="mofa"), room=room)

    return (clock or Clock()).run(run())


def reason(outcome: Outcome) -> str:
    assert isinstance(outcome, Failed), outcome
    return outcome.reason


# --- what a feed is asked, and what comes back


def test_a_feed_is_fetched_with_what_its_headers_say(site):
    began = time.perf_counter()
    url = site.serve(
        "/rss", RSS, ETag='"1"', Last_Modified="Mon, 12 Jan 2026 08:00:00 GMT",
        Cache_Control="max-age=600", Content_Type="application/rss+xml; charset=utf-8",
    )  # fmt: skip
    outcome = ask(url)
    assert isinstance(outcome, Fetched)
    assert replace(outcome, seconds=0.0) == Fetched(
        feed="mofa", at=NOW, seconds=0.0, status=200, url=url, asked=url, moved_to=None, body=RSS,
        content_type="application/rss+xml; charset=utf-8", etag='"1"',
        last_modified="Mon, 12 Jan 2026 08:00:00 GMT", max_age=600.0, full=True,
    )  # fmt: skip
    assert 0 < outcome.seconds < time.perf_counter() - began


def test_we_say_who_we_are_and_take_only_what_we_can_open(site):
    ask(site.serve("/rss", RSS))
    sent = site.requests[0].headers
    assert site.requests[0].method == "GET"
    assert "content-length" not in sent
    assert sent["user-agent"].startswith("sigtrack/")
    assert sent["accept-encoding"] == ", ".join(accepted_codings())
    assert sent["accept-encoding"].startswith("gzip, deflate")
    assert sent["connection"] == "close"
    assert "cookie" not in sent


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b"", ""),
        (b"Content-Type: text/xml\r\n", "text/xml"),
        (b"Content-Type: " + b"x" * 300 + b"\r\n", "x" * 200),
        (b"Content-Type: text/\x9b31mxml\r\n", "text/31mxml"),
    ],
)
def test_of_a_content_type_no_more_is_kept_than_can_be_shown(site, sent, kept):
    outcome = ask(site.say("/rss", b"HTTP/1.1 200 OK\r\n" + sent + b"\r\n" + RSS))
    assert isinstance(outcome, Fetched)
    assert (outcome.content_type, outcome.etag, outcome.last_modified) == (kept, "", "")


def test_a_feed_that_has_not_changed_is_not_downloaded_again(site):
    url = site.serve("/rss", RSS, ETag='"1"', Cache_Control="max-age=60")
    first = ask(url)
    state = next_state(
        Feed(id="mofa", url=url), FeedState(feed="mofa"), first, policy=POLICY, jitter=0
    )
    second = ask(url, state, now=lambda: NOW + timedelta(hours=1))
    assert isinstance(second, NotModified)
    assert second.max_age == 60
    assert site.requests[1].headers["if-none-match"] == '"1"'


def test_a_changed_feed_asked_conditionally_is_no_full_answer(site):
    state = FeedState(feed="mofa", etag='"old"', full_at=NOW - timedelta(hours=1))
    outcome = ask(site.serve("/rss", RSS, ETag='"new"'), state)
    assert isinstance(outcome, Fetched)
    assert not outcome.full


def test_not_modified_without_a_question_is_a_failure(site):
    url = site.say("/rss", answer(304, b""))
    assert reason(ask(url)) == "answered 304 Not Modified"


def test_a_feed_that_is_gone_says_so(site):
    assert isinstance(ask(site.serve("/rss", b"", 410)), Gone)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (404, "answered 404 Not Found"),
        (500, "answered 500 Internal Server Error"),
        (403, "answered 403 Forbidden"),
        (202, "answered 202 Accepted"),
        (204, "answered 204 No Content"),
        (227, "answered 227"),
        (799, "answered 799"),
        (300, "answered 300 Multiple Choices"),
    ],
)
def test_any_other_status_is_a_failure_with_its_name(site, status, words):
    outcome = ask(site.serve("/rss", b"x", status))
    assert (reason(outcome), outcome.status) == (words, status)


@pytest.mark.parametrize("status", [203, 226])
def test_a_feed_that_a_proxy_changed_or_that_sends_what_is_new_is_read(site, status):
    outcome = ask(site.serve("/rss", RSS, status))
    assert isinstance(outcome, Fetched)
    assert (outcome.status, outcome.body) == (status, RSS)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_read(site, status):
    outcome = ask(site.serve("/rss", b"", status, Retry_After="120"))
    assert isinstance(outcome, Failed)
    assert outcome.retry_after == 120


def test_an_empty_body_is_a_failure(site):
    assert reason(ask(site.serve("/rss", b""))) == "answered 200 with an empty body"


def test_cookies_of_one_publisher_are_not_kept(site):
    url = site.serve("/rss", RSS, Set_Cookie="who=you; Path=/")

    async def twice() -> None:
        feed = Feed(id="mofa", url=url, allow_private=True)
        client = Client(POLICY, now=lambda: NOW, resolver=nobody, proxies=DIRECT)
        for _ in range(2):
            await client.get(feed, FeedState(feed="mofa"))

    asyncio.run(twice())
    assert [request.headers.get("cookie") for request in site.requests] == [None, None]


# --- redirects


def test_a_permanent_redirect_is_reported(site):
    new = site.serve("/new", RSS)
    outcome = ask(site.redirect("/old", "/new", 301))
    assert isinstance(outcome, Fetched)
    assert (outcome.moved_to, outcome.url, outcome.home) == (new, new, new)
    assert outcome.moved_status == 301


def test_an_address_too_long_for_a_feeds_file_is_followed_and_not_remembered(site):
    long = site.serve("/" + "x" * (2_001 - len(site.url("/"))), RSS)
    outcome = ask(site.redirect("/old", long, 301))
    assert isinstance(outcome, Fetched)
    assert (outcome.moved_to, outcome.moved_status, outcome.url) == (None, None, long)
    fits = site.serve("/" + "x" * (2_000 - len(site.url("/"))), RSS)
    outcome = ask(site.redirect("/old", fits, 301))
    assert isinstance(outcome, Fetched)
    assert outcome.moved_to == fits


@pytest.mark.parametrize("statuses", [(308, 302), (302, 301), (307, 308), (301, 303)])
def test_permanent_and_temporary_together_are_temporary(site, statuses):
    new = site.serve("/new", RSS)
    site.redirect("/mid", "/new", statuses[1])
    old = site.redirect("/old", "/mid", statuses[0])
    outcome = ask(old)
    assert isinstance(outcome, Fetched)
    assert (outcome.moved_to, outcome.url, outcome.home) == (None, new, old)
    assert outcome.moved_status is None


def test_a_feed_that_moved_twice_has_moved_as_the_first_redirect_says(site):
    new = site.serve("/new", RSS)
    site.redirect("/mid", "/new", 301)
    outcome = ask(site.redirect("/old", "/mid", 308))
    assert isinstance(outcome, Fetched)
    assert (outcome.moved_to, outcome.moved_status) == (new, 308)


def test_a_redirect_is_remembered_with_an_unchanged_feed_too(site):
    new = site.serve("/new", RSS, ETag='"1"')
    state = FeedState(feed="mofa", etag='"1"', full_at=NOW)
    outcome = ask(site.redirect("/old", "/new", 301), state)
    assert isinstance(outcome, NotModified)
    assert outcome.moved_to == new


def test_five_redirects_are_followed_and_six_are_not(site):
    site.serve("/0", RSS)
    for n in range(1, 7):
        site.redirect(f"/{n}", f"/{n - 1}", 301)
    assert isinstance(ask(site.url("/5")), Fetched)
    assert reason(ask(site.url("/6"))) == "redirects more than 5 times"


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("ftp://files.example/rss", "redirects to an address that is neither http nor https"),
        ("file:///etc/passwd", "redirects to an address that is neither http nor https"),
        ("https:///rss", "redirects to an address that is neither http nor https"),
        ("http://a.example:80:80/", "redirects to an address that is not valid"),
        ("/a\tb", "redirects to an address that is not valid"),
        ("//127.77.0.1:70000/", "has an address that is not valid"),
        ("mailto:desk@a.example", "redirects to an address that is not valid"),
        ("", "answered 302 without saying where to"),
    ],
)
def test_redirects_lead_to_http_or_nowhere(site, target, words):
    assert reason(ask(site.redirect("/rss", target))) == words


def test_a_redirect_to_nowhere_is_not_followed(site):
    url = site.say("/rss", b"HTTP/1.1 301 Moved\r\nContent-Length: 0\r\n\r\n")
    assert reason(ask(url)) == "answered 301 without saying where to"
    assert len(site.requests) == 1


def test_credentials_go_to_the_host_they_were_written_for_and_to_no_other(feed_server):
    site, other = feed_server.site(), feed_server.site()
    other.serve("/rss", RSS)
    site.redirect("/two", other.url("/rss"))
    site.redirect("/one", "/two")
    outcome = ask(site.url("/one").replace("://", "://desk:secret@"))
    expected = "Basic " + base64.b64encode(b"desk:secret").decode()
    assert isinstance(outcome, Fetched)
    assert [request.headers.get("authorization") for request in site.requests] == [expected] * 2
    assert "authorization" not in other.requests[0].headers
    assert "secret" not in repr(outcome)


def test_credentials_do_not_follow_to_another_name_on_the_same_port(site):
    site.serve("/rss", RSS)
    site.redirect("/old", site.url("/rss", host="other.example"))
    url = site.url("/old", host="mofa.example").replace("://", "://desk:secret@")
    assert isinstance(ask(url, resolver=leading_to(site.host)), Fetched)
    assert ["authorization" in one.headers for one in site.requests] == [True, False]


def test_a_moved_feed_keeps_its_credentials_but_not_in_its_new_address(site):
    site.serve("/new", RSS)
    feed_url = site.redirect("/old", "/new", 301).replace("://", "://desk:secret@")
    moved = ask(feed_url)
    assert isinstance(moved, Fetched)
    assert moved.moved_to == site.url("/new")
    there = FeedState(feed="mofa", url=moved.moved_to, address=address_key(feed_url))
    ask(feed_url, there)
    assert site.requests[-1].target == "/new"
    assert "authorization" in site.requests[-1].headers


def test_credentials_offered_by_a_redirect_are_not_used(site):
    site.serve("/rss", RSS)
    ask(site.redirect("/old", site.url("/rss").replace("://", "://evil:evil@")))
    assert "authorization" not in site.requests[-1].headers


def test_a_port_of_the_same_host_is_another_server(feed_server):
    site = feed_server.site()
    site.redirect("/rss", f"http://{site.host}:1/rss")
    outcome = ask(site.url("/rss").replace("://", "://desk:secret@"))
    assert reason(outcome) == "refused the connection"
    assert "secret" not in repr(outcome)


# --- feeds that are asked in their own way

SECRET = Access(
    headers=(("X-Key", "s3cret"), ("Accept", "text/xml")),
    cookie_env="HARBOUR_COOKIE",
    user="desk",
    password_env="HARBOUR_PASSWORD",
)


@pytest.fixture
def secrets(monkeypatch):
    monkeypatch.setenv("HARBOUR_COOKIE", "session=s3cret")
    monkeypatch.setenv("HARBOUR_PASSWORD", "s3cret")


def test_a_feed_is_asked_as_its_user_says(site, secrets):
    url = site.serve("/rss", RSS)
    access = replace(SECRET, user_agent="harbour desk")
    assert isinstance(ask(url, access=access), Fetched)
    sent = site.requests[0].headers
    assert sent["user-agent"] == "harbour desk"
    assert (sent["x-key"], sent["accept"]) == ("s3cret", "text/xml")
    assert sent["cookie"] == "session=s3cret"
    assert sent["authorization"] == "Basic " + base64.b64encode(b"desk:s3cret").decode()


def test_a_secret_is_the_first_line_of_its_file(site, tmp_path):
    file = tmp_path / "password"
    file.write_text("s3cret \nnot this\n", "utf-8")
    url = site.serve("/rss", RSS).replace("://", "://other:person@")
    ask(url, access=Access(user="desk", password_file=str(file)))
    expected = "Basic " + base64.b64encode(b"desk:s3cret").decode()
    assert site.requests[0].headers["authorization"] == expected


@pytest.mark.parametrize(
    ("access", "words"),
    [
        (Access(cookie_env="NOT_SET"), "the variable NOT_SET holds no cookie"),
        (
            Access(password_file="/not/there"),
            "the password file /not/there cannot be read: no such file or directory",
        ),
        (
            Access(cookie_file="/dev/zero"),
            "the cookie file /dev/zero cannot be read: it is a device or a pipe, not a file",
        ),
        (Access(proxy="http://a!b:1"), "its proxy has an address that is not valid"),
        (
            Access(cookie_file="~nobody-of-this-name/x"),
            "the cookie file ~nobody-of-this-name/x cannot be read: it has a name that is not known",
        ),
    ],
)
def test_a_feed_whose_secret_cannot_be_read_is_not_asked_without_it(site, access, words):
    assert reason(ask(site.serve("/rss", RSS), access=access)) == f"was not asked: {words}"
    assert site.requests == []


@pytest.mark.parametrize(
    ("access", "url", "sent"),
    [
        (Access(), "https://a.example/", None),
        (Access(), "https://desk@a.example/", "desk:"),
        (Access(), "https://:s3cret@a.example/", ":s3cret"),
        (Access(user="me"), "https://desk:other@a.example/", "me:"),
        (Access(password_env="HARBOUR_PASSWORD"), "https://desk:other@a.example/", ":s3cret"),
    ],
)
def test_a_user_without_a_password_is_sent_and_so_is_a_password_without_a_user(
    secrets, access, url, sent
):
    found = dict(own_headers(Feed(id="mofa", url=url, access=access)))
    assert found.get(b"Authorization") == (sent and b"Basic " + base64.b64encode(sent.encode()))


def test_a_secret_is_sent_whole_or_not_at_all(tmp_path):
    file = tmp_path / "cookie"
    feed = Feed(id="mofa", url="https://a.example/", access=Access(cookie_file=str(file)))
    file.write_bytes(b"x" * 4_095 + b"\nmore")
    assert own_headers(feed) == [(b"Cookie", b"x" * 4_095)]
    long = "its first line has more than 4,096 bytes"
    for content, words in (
        (b"x" * 4_096 + b"\n", f"cannot be read: {long}"),
        (b"caf\xe9\n", "cannot be read: it is not UTF-8"),
        (b"\ns3cret", "holds no cookie"),
    ):
        file.write_bytes(content)
        with pytest.raises(Unfetchable, match=f"was not asked: the cookie file .* {words}"):
            own_headers(feed)


def test_spaces_and_line_ends_around_a_secret_are_not_part_of_it(monkeypatch):
    monkeypatch.setenv("HARBOUR_COOKIE", " s3cret\n")
    feed = Feed(id="mofa", url="https://a.example/", access=Access(cookie_env="HARBOUR_COOKIE"))
    assert own_headers(feed) == [(b"Cookie", b"s3cret")]


def test_a_secret_of_more_than_one_printable_line_is_not_sent(site, monkeypatch):
    monkeypatch.setenv("HARBOUR_COOKIE", "s3cret\r\nX: y")
    words = reason(ask(site.serve("/rss", RSS), access=Access(cookie_env="HARBOUR_COOKIE")))
    assert words == "was not asked: the variable HARBOUR_COOKIE holds no cookie"


@pytest.mark.parametrize(
    ("written", "url", "is_own"),
    [
        ("https://a.example/rss", "https://a.example/other?x=1", True),
        ("http://a.example/rss", "https://a.example/rss", True),
        ("https://A.example:443/rss", "https://a.example/rss", True),
        ("https://a.example/rss", "http://a.example/rss", False),
        ("https://a.example:8080/rss", "http://a.example:8080/rss", False),
        ("http://a.example:8080/rss", "https://a.example:8080/rss", False),
        ("http://a.example/rss", "https://a.example:8443/rss", False),
        ("https://a.example/rss", "https://a.example:8443/rss", False),
        ("https://a.example/rss", "https://www.a.example/rss", False),
        ("https://a.example/rss", "https://a.example.evil.example/rss", False),
        ("https://a.example/rss", "https://evil.example/a.example", False),
        ("https://a.example:x/rss", "https://a.example/rss", False),
    ],
)
def test_a_feeds_own_host_is_its_name_port_and_scheme(written, url, is_own):
    for feed in (
        Feed(id="mofa", url=written, access=SECRET),
        Feed(id="mofa", url=written.replace("://", "://desk:s3cret@")),
    ):
        assert is_at_own_host(feed, Address.of(url)) is is_own


@pytest.mark.parametrize("elsewhere", ["another host", "another port", "http after https"])
def test_what_is_secret_goes_on_to_no_other_host_port_or_scheme(
    feed_server, secure_site, certificate, secrets, elsewhere
):
    plain, other = feed_server.site(), feed_server.site()
    first = secure_site if elsewhere == "http after https" else plain
    name = "evil.example" if elsewhere == "another host" else "mofa.example"
    other.serve("/rss", RSS)
    first.redirect("/old", other.url("/rss", host=name))
    at = {site.port: site.host for site in (first, other)}

    async def resolver(host: str, port: int) -> Sequence[str]:
        return [at[port]]

    world = {"resolver": resolver, "tls": trusting(certificate)}
    outcome = ask(first.url("/old", host="mofa.example"), access=SECRET, **world)
    assert isinstance(outcome, Fetched), outcome
    assert "s3cret" in first.requests[0].headers["cookie"]
    assert "s3cret" not in str(other.requests[0].headers)
    assert not {"authorization", "cookie", "x-key"} & other.requests[0].headers.keys()


def test_a_feed_may_have_a_proxy_of_its_own_or_none(feed_server):
    site, usual, own = (feed_server.site() for _ in range(3))
    site.serve("/rss", RSS)
    for proxy in (usual, own):
        proxy.serve("http://mofa.example/rss", RSS)
    url, world = "http://mofa.example/rss", {"proxies": Proxies(http=usual.url(""))}
    through = Access(proxy=own.url("").replace("://", "://me:s3cret@"))
    assert isinstance(ask(url, access=through, **world), Fetched)
    assert "proxy-authorization" in own.requests[0].headers
    assert usual.requests == []
    assert isinstance(ask(url, **world), Fetched)
    assert len(usual.requests) == 1
    direct = site.url("/rss", host="mofa.example")
    world["resolver"] = leading_to(site.host)
    assert isinstance(ask(direct, access=Access(proxy=""), **world), Fetched)
    assert (len(site.requests), len(usual.requests)) == (1, 1)


def test_a_feeds_own_authority_is_trusted_for_that_feed_alone(secure_site, certificate):
    url = secure_site.url("/rss", host="mofa.example")
    secure_site.redirect("/old", secure_site.url("/rss", host="other.example"))
    world = {"resolver": leading_to(secure_site.host)}
    trusted = Access(ca_file=str(certificate.with_suffix(".crt")))
    assert isinstance(ask(url, access=trusted, **world), Fetched)
    assert "not to be trusted" in reason(ask(url, **world))
    moved = secure_site.url("/old", host="mofa.example")
    assert "not to be trusted (self" in reason(ask(moved, access=trusted, **world))


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("/not/there.pem", "no such file or directory"),
        (__file__, "it holds no certificate"),
        ("~nobody-of-this-name/x", "it has a name that is not known"),
    ],
)
def test_a_ca_file_that_cannot_be_used_is_told(secure_site, file, words):
    url = secure_site.url("/rss", host="mofa.example")
    world = {"resolver": leading_to(secure_site.host)}
    told = reason(ask(url, access=Access(ca_file=file), **world))
    assert told == f"was not asked: ca_file {file} cannot be read: {words}"
    assert secure_site.requests == []


def test_a_feed_may_have_a_timeout_of_its_own(site, clock):
    url = site.play("/rss", clock.silence(90))
    assert reason(ask(url, access=Access(timeout=90), clock=clock)) == "did not answer within 90 s"


# --- compressed bodies


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("GZIP", gzip.compress),
        ("gzip, identity", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body, wbits=-15)),
        ("identity", bytes),
        ("gzip", bytes),
        ("deflate", bytes),
        ("", gzip.compress),
        ("gzip", lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:]) + b"\0\0"),
        ("gzip", lambda body: gzip.compress(b"") * 1_000 + gzip.compress(body)),
        ("deflate", lambda body: zlib.compress(body) + b"XX\0"),
    ],
)
def test_bodies_are_opened_by_what_they_are_rather_than_what_they_are_called(site, coding, pack):
    outcome = ask(site.serve("/rss", pack(RSS), Content_Encoding=coding))
    assert isinstance(outcome, Fetched), outcome
    assert outcome.body == RSS


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_compressed_body_that_comes_byte_by_byte_is_opened(site, pack):
    packed = pack(RSS)
    coding = {gzip.compress: "gzip", zlib.compress: "deflate"}[pack]
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in packed) + b"0\r\n\r\n"
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nTransfer-Encoding: chunked\r\n\r\n"
    outcome = ask(site.say("/rss", head.encode() + chunks))
    assert isinstance(outcome, Fetched), outcome
    assert outcome.body == RSS


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body, wbits=-15)),
    ],
)
def test_what_a_body_repeats_from_far_before_is_opened(site, coding, pack):
    body = RSS + 2 * random.Random(1).randbytes(30 * KIB)
    outcome = ask(site.serve("/rss", pack(body), Content_Encoding=coding))
    assert isinstance(outcome, Fetched), outcome
    assert outcome.body == body


@pytest.mark.parametrize("body", [b"\n<rss/>", b'{"items": []}', b"\xef\xbb\xbf<rss/>"])
def test_a_plain_body_that_is_called_deflate_is_taken_as_it_is(site, body):
    outcome = ask(site.serve("/rss", body, Content_Encoding="deflate"))
    assert isinstance(outcome, Fetched), outcome
    assert outcome.body == body


def opened(coding, body):
    inflater = Inflater(coding, 64 * KIB)
    for _ in inflater.feed(body):
        pass
    return inflater.finish()


def stored(first, text):
    """A block of bare deflate that is not compressed (RFC 1951 3.2.4)."""
    return bytes([first]) + struct.pack("<HH", len(text), len(text) ^ 0xFFFF) + text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (stored(0x08, b"Nara!") + stored(1, b""), b"Nara!"),  # the first half of such a head
        (stored(0x09, b"Lee meets Takaichi..."), b"Lee meets Takaichi..."),  # the second half
    ],
)
def test_bare_deflate_that_begins_almost_like_zlib_is_opened(body, text):
    assert opened("deflate", body) == text


def test_a_coding_that_nobody_asked_for_is_named_briefly():
    with pytest.raises(Unfetchable, match=f"packed as {'z' * 20}, which was not asked for"):
        Inflater("z" * 50, 64 * KIB)


def test_without_their_libraries_br_and_zstd_are_not_asked_for(monkeypatch):
    for library in ("brotli", "compression", "backports"):
        monkeypatch.setitem(sys.modules, library, None)
    assert accepted_codings.__wrapped__() == ("gzip", "deflate")


def test_with_their_libraries_br_and_zstd_are_asked_for():
    pytest.importorskip("brotli", minversion="1.2")
    pytest.importorskip("backports.zstd" if sys.version_info < (3, 14) else "compression.zstd")
    assert accepted_codings.__wrapped__() == ("gzip", "deflate", "br", "zstd")


BOMB = b"\0" * (2 * 1024 * KIB)


@pytest.mark.parametrize(
    ("coding", "bomb", "words"),
    [
        ("gzip", gzip.compress(BOMB, mtime=0), "sent a body of more than 64 KiB"),
        ("deflate", zlib.compress(BOMB), "sent a body of more than 64 KiB"),
        ("deflate", zlib.compress(BOMB, wbits=-15), "sent a body of more than 64 KiB"),
        (
            "gzip, gzip",
            gzip.compress(gzip.compress(BOMB, mtime=0), mtime=0),
            "sent a body that is compressed twice",
        ),
        ("lzma", b"x" * 99, "sent a body packed as lzma, which was not asked for"),
        ("x" * 30, b"", f"sent a body packed as {'x' * 20}, which was not asked for"),
        ("gzip", gzip.compress(RSS, mtime=0)[:-20], "hung up in the middle of its compressed body"),
        (
            "gzip",
            gzip.compress(RSS, mtime=0)[:10] + b"\xff" * 40,
            "sent a compressed body that is damaged",
        ),
        (
            "gzip",
            gzip.compress(b"", mtime=0) * 1_002,
            "sent a body compressed in more than 1,000 parts",
        ),
    ],
)
def test_bombs_and_broken_compression_are_refused(site, coding, bomb, words):
    assert reason(ask(site.serve("/rss", bomb, Content_Encoding=coding))) == words


def packer(coding):
    """How a body is packed with it; the test is skipped where its library is not installed."""
    if coding not in accepted_codings():
        pytest.skip(f"needs a library for {coding}")
    if coding == "br":
        import brotli

        return partial(brotli.compress, quality=5)
    return zstd_library().compress


@pytest.mark.parametrize("coding", ["br", "zstd"])
def test_br_and_zstd_are_opened_whole_and_byte_by_byte(site, coding):
    packed = packer(coding)(RSS)
    outcome = ask(site.serve("/rss", packed, Content_Encoding=coding))
    assert isinstance(outcome, Fetched), outcome
    assert outcome.body == RSS
    inflater = Inflater(coding, 64 * KIB)
    for byte in packed:
        for _ in inflater.feed(bytes([byte])):
            pass
    assert inflater.finish() == RSS


@pytest.mark.parametrize("coding", ["br", "zstd"])
def test_a_bomb_of_br_or_zstd_is_cut_off_and_damage_is_told(site, coding):
    pack = packer(coding)
    for body, words in (
        (pack(BOMB), "sent a body of more than 64 KiB"),
        (pack(RSS)[:-5], "hung up in the middle of its compressed body"),
        (pack(RSS)[:4] + b"\xff" * 60, "sent a compressed body that is damaged"),
    ):
        assert reason(ask(site.serve("/rss", body, Content_Encoding=coding))) == words


@pytest.mark.parametrize("coding", ["br", "zstd"])
def test_a_bomb_of_br_or_zstd_never_stands_open_in_memory(coding):
    bomb = packer(coding)(BOMB * 20)
    limit = 10 * 1024 * KIB
    inflater = Inflater(coding, limit)
    tracemalloc.start()
    with pytest.raises(Unfetchable, match="more than 10 MiB"):
        for n in range(0, len(bomb), 1024):
            for _ in inflater.feed(bomb[n : n + 1024]):
                assert inflater.size <= limit
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * limit


def test_frames_of_zstd_are_opened_one_after_the_other_and_padding_is_none(site):
    pack = packer("zstd")
    body = pack(RSS[:20]) + pack(RSS[20:]) + b"\0\0\0"
    outcome = ask(site.serve("/rss", body, Content_Encoding="zstd"))
    assert isinstance(outcome, Fetched), outcome
    assert outcome.body == RSS


def test_a_plain_body_that_is_called_zstd_is_taken_as_it_is(site):
    packer("zstd")
    assert isinstance(ask(site.serve("/rss", RSS, Content_Encoding="zstd")), Fetched)


def test_a_body_of_zstd_that_is_not_called_so_is_taken_as_it_is():
    packed = packer("zstd")(RSS)
    assert opened("", packed) == packed


@pytest.mark.parametrize(("power", "is_opened"), [(23, True), (24, False)])
def test_zstd_may_look_back_eight_mebibytes_and_no_further(power, is_opened):
    """A stranger must not choose how much memory a frame takes (RFC 9659)."""
    packer("zstd")
    frame = b"\x28\xb5\x2f\xfd\x00" + bytes([(power - 10) << 3]) + b"\x29\x00\x00<rss>"
    if is_opened:
        assert opened("zstd", frame) == b"<rss>"
    else:
        with pytest.raises(Unfetchable, match="a compressed body that is damaged"):
            opened("zstd", frame)


def test_a_body_packed_twice_under_one_name_is_opened_once(site):
    twice = gzip.compress(gzip.compress(BOMB))
    outcome = ask(site.serve("/rss", twice, Content_Encoding="gzip"))
    assert isinstance(outcome, Fetched)
    assert len(outcome.body) < 64 * KIB


# --- bodies and heads without end


def test_padding_behind_a_compressed_body_counts_as_sent(site):
    padded = gzip.compress(RSS) + b"\0" * (64 * KIB)
    url = site.say("/rss", b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + padded)
    assert reason(ask(url)) == "sent a body of more than 64 KiB"


def test_a_body_of_one_byte_is_a_body(site):
    outcome = ask(site.serve("/rss", b"x"))
    assert isinstance(outcome, Fetched)
    assert outcome.body == b"x"


def test_a_body_that_announces_too_much_is_not_read(site):
    url = site.say("/rss", b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n<rss>")
    assert reason(ask(url)) == "sent a body of more than 64 KiB"


def test_a_body_of_the_largest_size_is_read(site):
    for packed in ({}, {"Content_Encoding": "gzip"}):
        body = RSS + b" " * (64 * KIB - len(RSS))
        outcome = ask(site.serve("/rss", gzip.compress(body) if packed else body, **packed))
        assert isinstance(outcome, Fetched)
        assert outcome.body == body


def test_a_body_without_end_is_cut_off(site):
    async def endless(_, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await for_ever(writer, b"<item/>" * 1000)

    assert reason(ask(site.play("/rss", endless))) == "sent a body of more than 64 KiB"


@pytest.mark.parametrize("size", [5, 50 * KIB], ids=["small", "large"])
def test_a_body_of_one_byte_at_a_time_ends_at_the_deadline(site, size):
    async def drip(_, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + b" " * size)
        await for_ever(writer, b"x", pause=0.001)

    words = reason(ask(site.play("/rss", drip), clock=Clock(a_piece=100)))
    assert words.startswith("needed more than 600 s to send its body (")
    assert words.endswith(" came)")
    assert "(0 bytes" not in words


@pytest.mark.parametrize("pieces", [19, 20, 21])
def test_a_body_in_too_many_pieces_is_cut_off(site, pieces):
    crumbs = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * pieces
    url = site.say("/rss", crumbs + b"0\r\n\r\n")
    outcome = ask(url, policy=replace(POLICY, max_pieces=20))
    if pieces <= 20:
        assert isinstance(outcome, Fetched)
    else:
        assert reason(outcome) == "sent its body in more than 20 pieces"


def test_a_server_that_says_nothing_ends_at_the_deadline(site, clock):
    outcome = ask(site.play("/rss", clock.silence(600)), clock=clock)
    assert reason(outcome) == "did not answer within 600 s"
    assert not outcome.offline


@pytest.mark.parametrize(
    ("first", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-Padding: " + b"x" * 500 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x" * 500),
        (b"HTTP/1.1 200 ", b"x" * 500),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"", b"\r\n" * 100),
    ],
    ids=["many headers", "one header", "status line", "100 continue", "blank lines"],
)
def test_a_head_without_end_is_cut_off(site, first, piece):
    async def endless(_, writer):
        writer.write(first)
        await for_ever(writer, piece)

    words = reason(ask(site.play("/rss", endless)))
    assert words in ("sent headers that never end", "does not speak HTTP")


def test_a_body_may_be_longer_than_any_head(site):
    large = replace(POLICY, max_body=512 * KIB)
    body = RSS + b" " * (400 * KIB)
    outcome = ask(site.serve("/rss", body), policy=large)
    assert isinstance(outcome, Fetched)
    assert outcome.body == body


def test_headers_of_one_byte_at_a_time_end_at_the_deadline(site):
    async def drip(_, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nX: ")
        await for_ever(writer, b"x", pause=0.001)

    words = reason(ask(site.play("/rss", drip), clock=Clock(a_piece=100)))
    assert words == "did not answer within 600 s"


def test_trailers_without_end_are_cut_off(site):
    async def endless(_, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n")
        await for_ever(writer, b"X-Trailer: " + b"x" * 500 + b"\r\n")

    assert reason(ask(site.play("/rss", endless))) == "sent headers that never end"


# --- broken HTTP


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<rss>",
            "hung up in the middle of its body (5 of 500 bytes came)",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n<rss>",
            "hung up in the middle of its body",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\n<rss>xxxx",
            "sent two different lengths for one body",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\n<rss>",
            "sent a Content-Length that is not a number",
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5_000 + b"\r\n\r\n<rss>",
            "sent a Content-Length that is not a number",
        ),
        (b"", "hung up without an answer"),
        (b"<rss></rss>", "hung up without an answer"),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "does not speak HTTP"),
        (b"\x16\x03\x01\x00\xa5\x01\x00\x00", "does not speak HTTP"),
        (b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n<rss>", "sent headers that are not HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n<rss>", "sent headers that are not HTTP"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n<rss>\r\n",
            "sent chunks that are not HTTP",
        ),
        (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
            "wants to speak another protocol than HTTP",
        ),
    ],
)
def test_broken_http_is_a_failure_in_plain_words(site, raw, words):
    got = reason(ask(site.say("/rss", raw)))
    assert got == words


def test_a_content_length_said_twice_alike_is_no_mistake(site):
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n<rss>"
    assert isinstance(ask(site.say("/rss", raw)), Fetched)


def test_http_1_0_and_a_body_that_ends_with_the_connection_are_fine(site):
    outcome = ask(site.say("/rss", b"HTTP/1.0 200 OK\r\n\r\n" + RSS))
    assert isinstance(outcome, Fetched)
    assert outcome.body == RSS


def test_a_reset_in_the_middle_is_a_failure(site):
    async def rude(_, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<rss>")
        await writer.drain()
        hang_up(writer)

    words = reason(ask(site.play("/rss", rude)))
    assert words in ("broke off the connection", "hung up without an answer")


def test_a_closed_port_is_a_failure():
    outcome = ask("http://127.77.0.1:1/rss")
    assert (reason(outcome), outcome.offline) == ("refused the connection", False)


def test_escapes_in_a_servers_words_do_not_reach_the_user(site):
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: \x1b[31mred\r\n\r\n"
    assert "\x1b" not in reason(ask(site.say("/rss", raw)))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/rss", "file:///etc/passwd", "http:///rss", "rss", "", "http://[bad/",
        "http://8.8.8.8:99999999/", "http://8.8.8.8:0/", "http://a b.example/", "http://" + "a" * 300 + "\ud800/",
        "javascript:alert(1)", "http://xn--/", "http://desk:secret@[bad/", "http://１２７.0.0.1/",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_a_failure_and_is_not_shown(url):
    async def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    words = reason(ask(url, resolver=unknown, allow_private=False))
    assert words
    assert "secret" not in words


@given(
    st.text(st.characters(exclude_categories=()), max_size=40)
    | st.text("ab:/@[]%?#.é\\ 0", max_size=20)
)
def test_an_address_is_one_that_can_be_sent_or_a_mistake(text):
    for url in (f"http://{text}", f"https://a.example/{text}"):
        try:
            address = Address.of(url)
            address = address.join(text)
        except ValueError:
            continue
        if address.scheme in ("http", "https") and address.host:
            h11.Request(method="GET", target=address.target, headers=[("Host", address.authority)])
            h11.Request(method="GET", target=str(address), headers=[("Host", "a")])
            assert Address.of(str(address)) == address
            assert safe_link(str(address)) in (str(address), "")


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("http://A.example:80", "http://a.example/"),
        ("https://a.example:443/b?c=d#e", "https://a.example/b?c=d"),
        ("http://desk:secret@a.example:8080/", "http://a.example:8080/"),
        ("http://[::0001]:80/", "http://[::1]/"),
        (
            "http://뉴스.example/가?나=다 라",
            f"http://{'뉴스'.encode('idna').decode()}.example/%EA%B0%80?%EB%82%98=%EB%8B%A4%20%EB%9D%BC",
        ),
        ("http://a.example/%zz?q=100%", "http://a.example/%zz?q=100%"),
    ],
)
def test_an_address_is_written_as_it_is_sent(url, sent):
    assert str(Address.of(url)) == sent


def test_an_address_without_a_host_is_not_asked():
    for url in ("http:///rss", "ftp://a.example/rss"):
        assert reason(ask(url)) == "has an address that is neither http nor https"


def test_a_port_that_no_machine_has_is_not_asked():
    assert reason(ask("http://127.77.0.1:65535/")) == "refused the connection"
    for port in ("0", "65536", "99999999", "8_0", "８０", "+80"):
        words = reason(ask(f"http://127.77.0.1:{port}/"))
        assert words == "has an address that is not valid"


# --- addresses

PRIVATE = [
    "127.0.0.1", "127.77.1.2", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "100.127.255.255", "0.0.0.0", "0.1.2.3", "224.0.0.1", "239.1.2.3", "240.0.0.1",
    "255.255.255.255", "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1", "fe80::1%1", "fc00::1",
    "fd12::1", "ff02::1", "fec0::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::7f00:1",
    "2002:7f00:1::", "2002:808:808::", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::808:808",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "100::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public_are_refused(address):
    assert refusal(address)


def test_what_is_wrong_with_an_address_is_said():
    told = {
        "0.0.0.0": "the unspecified address",
        "64:ff9b::7f00:1": "a loopback address",
        "169.254.169.254": "a link-local address",
        "ff02::1": "a multicast address",
        "100.64.0.1": "a carrier's private address",
        "::ffff:8.8.8.8": "an IPv4 address inside IPv6",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2": "an IPv4 address inside IPv6",
        "10.0.0.1": "a private address",
    }
    assert {address: refusal(address) for address in told} == told


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "100.63.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::808:808"]
)
def test_public_addresses_are_not(address):
    assert refusal(address) is None


def test_a_name_that_leads_to_a_private_address_is_not_connected_to(site):
    site.serve("/rss", RSS)
    url = site.url("/rss", host="intranet.example")
    words = reason(ask(url, allow_private=False, resolver=leading_to(site.host)))
    assert words.startswith(f"leads to a loopback address, intranet.example ({site.host})")
    assert site.requests == []


def test_a_feed_may_be_allowed_a_private_address_by_name(site):
    site.serve("/rss", RSS)
    url = site.url("/rss", host="intranet.example")
    assert isinstance(ask(url, allow_private=True, resolver=leading_to(site.host)), Fetched)
    assert site.requests[0].headers["host"] == f"intranet.example:{site.port}"


def test_a_name_that_answers_differently_the_second_time_is_judged_the_second_time(site):
    site.serve("/rss", RSS)
    answers = iter([["::ffff:10.0.0.1"], [site.host]])

    async def rebinding(host: str, port: int) -> Sequence[str]:
        return next(answers)

    async def twice() -> list[Outcome]:
        feed = Feed(id="mofa", url=site.url("/rss", host="rebind.example"))
        client = Client(POLICY, now=lambda: NOW, resolver=rebinding, proxies=DIRECT)
        return [await client.get(feed, FeedState(feed="mofa")) for _ in range(2)]

    words = [reason(outcome) for outcome in asyncio.run(twice())]
    assert words[0].startswith("leads to an IPv4 address inside IPv6")
    assert words[1].startswith("leads to a loopback address")
    assert site.requests == []


def test_an_allowed_feed_opens_no_door_for_others_of_the_same_host(site):
    site.serve("/rss", RSS)

    async def both() -> list[Outcome]:
        client = Client(POLICY, now=lambda: NOW, resolver=nobody, proxies=DIRECT)
        feeds = [Feed(id="mofa", url=site.url("/rss"), allow_private=p) for p in (True, False)]
        return [await client.get(feed, FeedState(feed="mofa")) for feed in feeds]

    allowed, other = asyncio.run(both())
    assert isinstance(allowed, Fetched)
    assert reason(other).startswith("leads to a loopback address")


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "017700000001", "127.1", "0x7f000001"])
def test_odd_spellings_of_a_loopback_address_are_seen_through(host):
    assert literal(host) == "127.0.0.1"
    words = reason(ask(f"http://{host}/rss", allow_private=False, resolver=system_resolver))
    assert words.startswith("leads to a loopback address")


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("localhost", "127.0.0.1"),
        ("api.localhost.", "127.0.0.1"),
        ("::1", "::1"),
        ("localhost.example", None),
        ("뉴스.example", None),
        ("mofa.go.jp", None),
    ],
)
def test_a_literal_is_told_from_a_name(host, address):
    assert literal(host) == address


def test_the_first_public_address_of_a_name_is_used_and_private_ones_are_passed_over(site):
    site.serve("/rss", RSS)
    url = site.url("/rss", host="two.example")
    outcome = ask(url, allow_private=True, resolver=leading_to("127.77.255.1", site.host))
    assert isinstance(outcome, Fetched)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (None, "cannot be found (lost.example is not a valid name)"),
        (socket.EAI_NONAME, "cannot be found (the name lost.example is not known)"),
        (socket.EAI_AGAIN, "cannot be found (the name lost.example could not be looked up)"),
    ],
)
def test_a_name_that_cannot_be_found_may_mean_that_we_are_offline(code, words):
    async def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(code, "whatever the C library says") if code else UnicodeError

    outcome = ask("http://lost.example/rss", resolver=unknown)
    assert reason(outcome) == words
    assert outcome.offline == (code is not None)


def test_a_name_that_the_system_cannot_look_up_is_told():
    host = "a" * 64 + ".example"  # a label has 63 letters at most
    words = reason(ask(f"http://{host}/rss", resolver=system_resolver))
    assert words == f"cannot be found ({host} is not a valid name)"
    with pytest.raises(socket.gaierror):
        asyncio.run(system_resolver(".".join(["a" * 63] * 20), 80))


@pytest.mark.parametrize("when", ["while others are asked", "after the run"])
def test_an_answer_for_which_nobody_waits_any_more_is_dropped(monkeypatch, when):
    before, found, trouble = set(threading.enumerate()), threading.Event(), []
    threading.setprofile(lambda *_: found.wait())  # holds the look-up
    monkeypatch.setattr(threading, "excepthook", trouble.append)

    def find(threads: list[threading.Thread]) -> None:
        found.set()
        for thread in threads:
            thread.join()

    async def run() -> list[threading.Thread]:
        asyncio.get_running_loop().set_exception_handler(lambda *what: trouble.append(what))
        asked = asyncio.create_task(system_resolver("127.77.0.1", 80))
        await asyncio.sleep(0)
        threads = [one for one in threading.enumerate() if one not in before]
        asked.cancel()
        if when == "while others are asked":
            find(threads)
        await asyncio.wait([asked])
        return threads

    try:
        find(threads := asyncio.run(run()))
    finally:
        threading.setprofile(None)
    assert [(one.name, one.daemon) for one in threads] == [("look up 127.77.0.1", True)]
    assert trouble == []


def test_an_address_that_does_not_answer_is_left_for_the_next(site, clock):
    """A full queue of connections, as at a dead router: nothing comes back."""

    async def resolver(host: str, port: int) -> Sequence[str]:
        clock.skip(60)  # when the first connection is under way
        return ["127.77.254.1", site.host][: 1 + (host == "two.example")]

    site.serve("/rss", RSS)
    policy = replace(POLICY, connect_timeout=60.0)
    with contextlib.ExitStack() as held:
        full, *waiting = (held.enter_context(socket.socket()) for _ in range(4))
        full.bind(("127.77.254.1", site.port))
        full.listen(0)
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.77.254.1", site.port))
        world = {"policy": policy, "resolver": resolver}
        assert isinstance(ask(site.url("/rss", "two.example"), clock=clock, **world), Fetched)
        clock = Clock()
        words = reason(ask(site.url("/rss", "one.example"), clock=clock, **world))
    assert words == "could not be reached in time"


def test_a_request_does_not_wait_for_the_packet_before_it():
    with socket.create_server(("127.77.0.2", 0)) as server:
        host, port = server.getsockname()
        world = {"resolver": nobody, "allow_private": True, "seconds": 60.0}
        with asyncio.run(connect(host, port, **world)) as link:
            assert link.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_four_addresses_of_a_name_are_tried_and_no_fifth(site):
    site.serve("/rss", RSS)
    for dead, tried in ((3, True), (4, False)):
        closed = [f"127.77.253.{n}" for n in range(1, dead + 1)]
        outcome = ask(site.url("/rss", "many.example"), resolver=leading_to(*closed, site.host))
        assert isinstance(outcome, Fetched) == tried
    assert reason(outcome) == "refused the connection"


def test_a_redirect_to_a_private_address_is_not_followed(feed_server):
    public, intranet = feed_server.site(), feed_server.site()
    intranet.serve("/admin", b"secret")
    public.redirect("/rss", intranet.url("/admin"))
    # Behind a proxy names are not judged, so that the first hop can stand on loopback here.
    proxies = Proxies(http=public.url(""))
    public.redirect("http://news.example/rss", intranet.url("/admin"))
    words = reason(ask("http://news.example/rss", allow_private=False, proxies=proxies))
    assert words.startswith("leads to a loopback address")
    assert intranet.requests == []


# --- proxies


def test_a_proxy_is_used_whatever_its_address_with_its_credentials(site):
    site.serve("http://mofa.example/rss", RSS)
    proxy = site.url("").replace("://", "://me:p%40ss@")
    outcome = ask("http://mofa.example/rss", allow_private=False, proxies=Proxies(http=proxy))
    assert isinstance(outcome, Fetched)
    expected = "Basic " + base64.b64encode(b"me:p@ss").decode()
    assert site.requests[0].headers["proxy-authorization"] == expected


@pytest.mark.parametrize("host", ["10.0.0.1", "[fd00::1]", "0xa.1", "192.168.0.1"])
def test_literal_addresses_are_judged_before_they_go_to_a_proxy(site, host):
    proxies = Proxies(http=site.url(""))
    words = reason(ask(f"http://{host}/rss", allow_private=False, proxies=proxies))
    assert words.startswith("leads to a private address")
    assert site.requests == []


@pytest.mark.parametrize("status", [300, 403])
def test_a_proxy_that_refuses_says_so(site, status):
    site.serve("mofa.example:443", b"", status)
    outcome = ask("https://mofa.example/rss", proxies=Proxies(https=site.url("")))
    assert reason(outcome) == f"was refused by the proxy ({status} Whatever)"


def test_a_proxy_that_cannot_be_reached_is_named_and_no_feed_is_blamed():
    outcome = ask("http://mofa.example/rss", proxies=Proxies(http="http://me:secret@127.77.0.1:1"))
    assert reason(outcome) == "was not asked: the proxy 127.77.0.1 refused the connection"
    assert outcome.offline


def test_loopback_and_no_proxy_hosts_are_asked_directly(site):
    url = site.serve("/rss", RSS)
    proxies = Proxies(http="http://127.77.0.1:1", bypass="example.org, .mofa.go.jp")
    assert isinstance(ask(url, proxies=proxies), Fetched)
    assert proxies.of("http", "www.mofa.go.jp") == proxies.of("http", "example.org") == ""
    assert proxies.of("http", "notmofa.go.jp") == "http://127.77.0.1:1"
    assert proxies.of("http", "::1") == proxies.of("http", "127.1") == ""
    proxies = Proxies(http="http://p", bypass="Desk.Example,*.mofa.go.jp")
    assert proxies.of("http", "desk.example") == proxies.of("http", "www.mofa.go.jp") == ""
    assert Proxies(http="http://p", bypass="*").of("http", "a.example") == ""
    assert Proxies(http="http://p", bypass=". **").of("http", "a.example.") == "http://p"


def test_proxies_come_from_the_environment(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    assert Proxies.from_environment() == DIRECT
    monkeypatch.setenv("ALL_PROXY", "proxy.example:3128")
    monkeypatch.setenv("https_proxy", "https://secure.example:3129")
    monkeypatch.setenv("NO_PROXY", "localhost")
    assert Proxies.from_environment() == Proxies(
        http="http://proxy.example:3128", https="https://secure.example:3129", bypass="localhost"
    )
    monkeypatch.setenv("HTTP_PROXY", "plain.example:1")
    assert Proxies.from_environment().http == "http://plain.example:1"
    monkeypatch.delenv("https_proxy")
    assert Proxies.from_environment().https == "http://proxy.example:3128"
    monkeypatch.setenv("HTTP_PROXY", "socks5://p.example")
    with pytest.raises(Misconfigured, match=r"^HTTP_PROXY is socks5://p\.example, which"):
        Proxies.from_environment()


@pytest.mark.parametrize(
    "url",
    [
        "socks5://me:secret@p.example",
        "http://",
        "http://p:x",
        "http://me:12/secret@p.example",
        "me:x#secret@p.example",
        "ftp://p.example/\x1b[31m",
    ],
)
def test_a_proxy_that_we_cannot_use_is_a_mistake_of_the_user(monkeypatch, url):
    monkeypatch.setenv("HTTPS_PROXY", url)
    with pytest.raises(Misconfigured) as caught:
        Proxies.from_environment()
    assert "HTTPS_PROXY" in caught.value.message
    assert "secret" not in caught.value.message
    assert "\x1b" not in caught.value.message
    (problem,) = caught.value.problems
    assert problem.hint == caught.value.hint
    assert "http://host:port" in problem.hint


# --- TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for one host that nobody trusts, and its key."""
    if not (openssl := shutil.which("openssl")):
        pytest.skip("needs the openssl command to make a certificate")
    path = tmp_path_factory.mktemp("tls") / "site.pem"
    names = "subjectAltName=DNS:mofa.example"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-days", "2", "-subj", "/CN=mofa.example", "-addext", names, "-keyout", path,
         "-out", path.with_suffix(".crt")],
        check=True, capture_output=True,
    )  # fmt: skip
    return path


@pytest.fixture
def secure_site(feed_server, certificate):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.with_suffix(".crt"), certificate)
    context.set_alpn_protocols(["h2", "http/1.1"])
    site = feed_server.site(tls=context)
    site.serve("/rss", RSS)
    return site


def trusting(certificate) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate.with_suffix(".crt"))


@pytest.fixture
def tunnel(secure_site):
    """What a proxy plays: it connects to the secure site and passes on what comes."""

    async def script(request, writer):
        reader, far = await asyncio.open_connection(secure_site.host, secure_site.port)
        status = 200 if request.target == "mofa.example:443" else 299
        writer.write(b"HTTP/1.1 %d Connection established\r\n\r\n" % status)

        async def pour(source, target):
            while piece := await source.read(65536):
                target.write(piece)
            target.close()

        try:
            await asyncio.gather(pour(request.reader, far), pour(reader, writer))
        finally:
            far.close()

    return script


def test_a_tunnel_through_a_proxy_checks_the_certificate_of_the_feed(
    site, secure_site, certificate, tunnel
):
    for host in ("mofa.example:443", "mofa.example:8443", "other.example:443"):
        site.play(host, tunnel)
    proxy = Proxies(https=site.url("").replace("://", "://me:s3cret@"))
    world = {"proxies": proxy, "tls": trusting(certificate)}
    for url in (
        "https://desk:secret@mofa.example/rss",
        "https://desk:secret@mofa.example:8443/rss",
    ):
        assert isinstance(ask(url, **world), Fetched)
    for asked, at_proxy in zip(secure_site.requests, site.requests, strict=True):
        assert "authorization" in asked.headers
        assert "proxy-authorization" not in asked.headers
        assert "authorization" not in at_proxy.headers
        assert "proxy-authorization" in at_proxy.headers
    assert "not to be trusted" in reason(ask("https://other.example/rss", **world))


@pytest.mark.parametrize("credentials", ["", "desk:secret@"])
def test_a_permanent_move_to_plain_http_is_followed_without_secrets_and_not_remembered(
    site, secure_site, certificate, credentials
):
    target = site.serve("/rss", RSS).replace(site.host, "mofa.example")
    url = secure_site.redirect("/old", target, 301).replace(secure_site.host, "mofa.example")

    async def resolver(host, port):
        return [site.host if port == site.port else secure_site.host]

    url = url.replace("://", f"://{credentials}")
    outcome = ask(url, resolver=resolver, tls=trusting(certificate))
    assert isinstance(outcome, Fetched)
    assert outcome.moved_to is None
    assert "authorization" not in site.requests[0].headers
    assert ("authorization" in secure_site.requests[0].headers) == bool(credentials)


def test_a_permanent_move_from_https_to_https_is_remembered(secure_site, certificate):
    secure_site.redirect("/old", "/rss", 301)
    url = secure_site.url("/old", host="mofa.example")
    outcome = ask(url, resolver=leading_to(secure_site.host), tls=trusting(certificate))
    assert isinstance(outcome, Fetched)
    assert outcome.moved_to == secure_site.url("/rss", host="mofa.example")


def test_a_tunnel_through_a_proxy_may_itself_be_of_tls(secure_site, certificate, tunnel):
    secure_site.play("mofa.example:443", tunnel)
    proxy = Proxies(https=secure_site.url("", host="mofa.example"))
    world = {"proxies": proxy, "resolver": leading_to(secure_site.host)}
    outcome = ask("https://mofa.example/rss", tls=trusting(certificate), **world)
    assert isinstance(outcome, Fetched), outcome
    words = reason(ask("http://mofa.example/rss", proxies=Proxies(http=secure_site.url(""))))
    untrusted = f"was not asked: the proxy {secure_site.host} has a certificate that is not to be"
    assert words.startswith(untrusted)


def test_a_certificate_that_nobody_trusts_is_a_failure(secure_site):
    url = secure_site.url("/rss", host="mofa.example")
    words = reason(ask(url, resolver=leading_to(secure_site.host)))
    assert words.startswith("has a certificate that is not to be trusted (self")
    assert secure_site.requests == []


def test_the_authorities_are_those_of_the_environment_or_else_of_certifi(
    secure_site, certificate, monkeypatch, tmp_path
):
    def names() -> list[Any]:
        transport = Transport(policy=POLICY, resolver=nobody, proxies=DIRECT, tls=None)
        context = transport._context(Address.of("https://mofa.example/"))
        assert context is not None
        return context.get_ca_certs()

    for variable in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(variable, raising=False)
    usual = ssl.create_default_context(cafile=certifi.where()).get_ca_certs()
    assert names() == usual
    crt = certificate.with_suffix(".crt")
    hashed = ["openssl", "x509", "-noout", "-hash", "-in", crt]
    name = subprocess.run(hashed, check=True, capture_output=True, text=True).stdout.strip()
    (tmp_path / f"{name}.0").write_bytes(crt.read_bytes())
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    url = secure_site.url("/rss", host="mofa.example")
    assert isinstance(ask(url, resolver=leading_to(secure_site.host)), Fetched)
    monkeypatch.setenv("SSL_CERT_FILE", str(crt))
    assert [one["subject"] for one in names()] == [((("commonName", "mofa.example"),),)]


def test_a_server_that_also_speaks_http_2_is_asked_in_http_1_1(secure_site, certificate):
    spoken = []

    async def script(_, writer):
        spoken.append(writer.get_extra_info("ssl_object").selected_alpn_protocol())
        writer.write(answer(200, RSS))

    url = secure_site.play("/alpn", script).replace(secure_site.host, "mofa.example")
    tls, resolver = trusting(certificate), leading_to(secure_site.host)
    assert isinstance(ask(url, resolver=resolver, tls=tls), Fetched)
    assert spoken == ["http/1.1"]


def test_a_request_with_a_body_is_a_post(site):
    async def echo(request, writer):
        body = await request.reader.readexactly(int(request.headers["content-length"]))
        writer.write(answer(200, request.method.encode() + b" " + body))

    url = site.play("/api", echo)
    feed = Feed(id="mofa", url=url, allow_private=True)

    async def post() -> bytes:
        transport = Transport(policy=POLICY, resolver=nobody, proxies=DIRECT, tls=None)
        done = await transport.send(Address.of(url), [], feed, is_own=True, body=b"{}")
        try:
            return await done.piece()
        finally:
            done.close()

    assert asyncio.run(post()) == b"POST {}"


@pytest.mark.parametrize("host", ["mofa.example", "mofa.example."])
def test_a_trusted_certificate_of_the_right_name_is_fine(secure_site, certificate, host):
    url = secure_site.url("/rss", host=host)
    tls, resolver = trusting(certificate), leading_to(secure_site.host)
    assert isinstance(ask(url, resolver=resolver, tls=tls), Fetched)


@pytest.mark.parametrize("goodbye", [True, False])
def test_a_body_over_tls_may_end_with_the_connection(secure_site, certificate, goodbye):
    async def script(_, writer):
        writer.write(b"HTTP/1.0 200 OK\r\n\r\n" + RSS)
        await writer.drain()
        if not goodbye:
            writer.get_extra_info("socket").shutdown(socket.SHUT_WR)

    url = secure_site.play("/old", script).replace(secure_site.host, "mofa.example")
    tls, resolver = trusting(certificate), leading_to(secure_site.host)
    outcome = ask(url, resolver=resolver, tls=tls)
    assert isinstance(outcome, Fetched), outcome
    assert outcome.body == RSS


def test_a_trusted_certificate_of_another_name_is_a_failure(secure_site, certificate):
    url = secure_site.url("/rss", host="mofa-jp.example")
    tls, resolver = trusting(certificate), leading_to(secure_site.host)
    words = reason(ask(url, resolver=resolver, tls=tls))
    assert words.startswith("has a certificate that is not to be trusted (Hostname mismatch")


def test_a_port_that_speaks_no_tls_is_a_failure(site):
    url = site.serve("/rss", RSS).replace("http://", "https://")
    assert reason(ask(url)).startswith("does not speak TLS as it should")


# --- leaving early


@types.coroutine
def cancelled_at(step: int, work: Coroutine[Any, Any, Outcome]):
    """The outcome, unless the work gets as far as that step: then it is cancelled when what it
    waited for has come, in the very moment in which it would go on."""
    try:
        for n in itertools.count():
            awaited = work.throw(asyncio.CancelledError()) if n == step else work.send(None)
            yield awaited
    except StopIteration as done:
        return done.value


@pytest.mark.slow
@pytest.mark.parametrize("way", ["http", "https", "http by proxy", "https by proxy"])
def test_wherever_a_request_is_cancelled_its_socket_is_closed(
    site, secure_site, certificate, tunnel, way
):
    site.serve("http://mofa.example/rss", RSS)
    site.play("mofa.example:443", tunnel)
    url, proxies = {
        "http": (site.serve("/rss", RSS), DIRECT),
        "https": (secure_site.url("/rss", host="mofa.example"), DIRECT),
        "http by proxy": ("http://mofa.example/rss", Proxies(http=site.url(""))),
        "https by proxy": ("https://mofa.example/rss", Proxies(https=site.url(""))),
    }[way]
    feed = Feed(id="mofa", url=url, allow_private="proxy" not in way)
    steps = 0

    async def run() -> Outcome:
        resolver, tls = leading_to(secure_site.host), trusting(certificate)
        client = Client(POLICY, now=lambda: NOW, resolver=resolver, proxies=proxies, tls=tls)
        return await cancelled_at(steps, client.get(feed, FeedState(feed="mofa")))

    outcome = None
    with warnings.catch_warnings(record=True) as left_open:
        warnings.simplefilter("always", ResourceWarning)
        while outcome is None:
            try:
                outcome = asyncio.run(run())
            except asyncio.CancelledError:
                steps += 1
            gc.collect()  # finds what nobody has closed
    assert isinstance(outcome, Fetched), outcome
    assert steps >= 2
    assert [str(warning.message) for warning in left_open] == []


# --- room


def test_a_body_takes_as_much_room_as_it_is_long_and_a_failure_takes_none(site):
    room = Room(1024 * KIB)
    ask(site.serve("/rss", RSS), room=room)
    assert room.free == 1024 * KIB - len(RSS)
    ask(site.serve("/big", BIG), room=room)
    ask(site.serve("/lost", b"", 404), room=room)
    assert room.free == 1024 * KIB - len(RSS)


def test_waiting_for_room_does_not_count_against_the_deadline(site, clock):
    policy = replace(POLICY, total_in_flight=100 * KIB, workers=2)
    url = site.serve("/rss", RSS + b" " * (50 * KIB))
    feed = Feed(id="mofa", url=url, allow_private=True)

    async def run() -> Outcome:
        room = Room(policy.total_in_flight)
        await room.take(policy.total_in_flight)
        client = Client(policy, now=lambda: NOW, resolver=nobody, proxies=DIRECT)
        asked = asyncio.create_task(client.get(feed, FeedState(feed="mofa"), room=room))
        await asyncio.sleep(0)
        clock.skip(2 * policy.deadline)
        await asyncio.sleep(policy.deadline)
        assert not asked.done()
        room.give_back(policy.total_in_flight)
        return await asked

    assert isinstance(clock.run(run()), Fetched)


def test_a_large_body_waits_for_room_until_the_deadline(site, clock):
    class Full(Room):
        async def take(self, amount: int, *, leave: int = 0) -> None:
            if leave:  # for a whole body
                clock.skip(600)
            await super().take(amount, leave=leave)

    room = Full(POLICY.total_in_flight)
    room.take_now(POLICY.total_in_flight - POLICY.first_share)
    outcome = ask(site.serve("/rss", RSS + b" " * (50 * KIB)), room=room, clock=clock)
    assert reason(outcome) == "has a large body, for which there was no room within 600 s"
    assert room.free == POLICY.first_share


def test_a_body_takes_no_more_room_than_it_may_need(site):
    """A small one its share, and a large one what leaves the shares of all others free."""
    others = POLICY.other_shares
    for size, free in ((POLICY.first_share, POLICY.first_share), (50 * KIB, 64 * KIB + others)):
        body = RSS + b" " * (size - len(RSS))
        outcome = ask(site.serve("/rss", body), room=Room(free))
        assert isinstance(outcome, Fetched), outcome


def test_nobody_loses_room_when_the_one_who_waits_for_it_is_cancelled():
    async def run() -> tuple[int, int]:
        room = Room(10)
        await room.take(10)
        waiting = [asyncio.create_task(room.take(n)) for n in (4, 10, 6)]
        await asyncio.sleep(0)
        room.give_back(10)  # reaches the first and the last
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return room.free, len(room._waiting)

    assert asyncio.run(run()) == (10, 0)


def test_a_large_body_waits_until_the_shares_of_others_stay_free():
    async def run() -> list[bool]:
        room, done = Room(10), []
        large = asyncio.create_task(room.take(6, leave=5))
        await asyncio.sleep(0)
        for more in (0, 1):
            room.give_back(more)
            await asyncio.wait([large], timeout=0)
            done.append(large.done())
        await large
        return [*done, room.free == 5, not room._waiting]

    assert asyncio.run(run()) == [False, True, True, True]


def test_a_small_body_does_not_wait_behind_a_large_one():
    async def run() -> list[bool]:
        room = Room(10)
        await room.take(8)
        large, small = (asyncio.create_task(room.take(n)) for n in (9, 3))
        await asyncio.sleep(0)
        room.give_back(1)
        await asyncio.wait([small])
        done = [large.done(), small.done()]
        large.cancel()
        await asyncio.gather(large, return_exceptions=True)
        return done

    assert asyncio.run(run()) == [False, True]

"""The feeds that a page offers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sigtrack.parse.discovery import FoundFeed, find_feeds

PAGE = "https://ministry.example/press/index.html"


def urls(html: str) -> list[str]:
    return [feed.url for feed in find_feeds(html.encode(), PAGE)]


def test_a_declared_feed_is_found_with_title_and_type():
    html = '<head><link rel="Alternate" type="application/rss+xml; charset=utf-8" title="보도자료" href="../rss?a=1&amp;b=2"></head>'
    assert find_feeds(html.encode(), PAGE) == (
        FoundFeed(url="https://ministry.example/rss?a=1&b=2", title="보도자료", type="rss"),
    )


def test_links_that_look_like_feeds_come_after_the_declared_ones_and_once():
    html = """<a href="/rss/press.xml"><img alt="RSS"> Press</a> <a href="/news/atom.xml">x</a>
      <a href="/about">About</a> <a href="/?feed=rss2">y</a> <a href="/rss/press.xml">again</a>
      <link rel=alternate type=application/atom+xml href=/declared>"""
    assert urls(html) == [
        "https://ministry.example/declared",
        "https://ministry.example/rss/press.xml",
        "https://ministry.example/news/atom.xml",
        "https://ministry.example/?feed=rss2",
    ]
    assert not find_feeds(html.encode(), PAGE)[1].declared


def test_the_base_of_the_page_is_heeded():
    html = '<base href="https://cdn.example/x/"><a href="feed/">Feed</a>'
    assert urls(html) == ["https://cdn.example/x/feed/"]


def test_only_web_addresses_are_feeds():
    html = """<link rel=alternate type=application/rss+xml href="javascript:alert(1)">
      <a href="ftp://e.example/rss">x</a><a href="file:///rss">y</a><a href="http://[/rss">z</a>"""
    assert urls(html) == []


def test_translations_and_stylesheets_are_no_feeds():
    html = """<link rel=alternate hreflang=ko href=/ko><link rel=stylesheet type=text/css href=/rss.css>
      <link rel=alternate type=application/rss+xml><a href="/progress">p</a><a>nothing</a>"""
    assert urls(html) == []


def test_a_page_with_a_thousand_feeds_offers_fifty():
    assert len(urls("".join(f'<a href="/{n}/rss">x</a>' for n in range(1000)))) == 50


def test_a_hostile_page_takes_no_time_to_speak_of():
    for piece in (b"<a ", b"<!--", b"<a href='", b"</a", b"<script>", b"a='", b"<a " + b"x" * 5000):
        assert find_feeds(piece * (1_000_000 // len(piece)), PAGE) == ()


def test_what_stands_in_comments_and_scripts_is_no_link():
    html = "<!-- <a href=/rss>x</a> --><script>'<a href=/rss>'</script><![CDAT[<a href=/feed>"
    assert urls(html) == ["https://ministry.example/feed"]


@given(
    st.binary(max_size=200) | st.text(alphabet="<>link a=\"'href/!-", max_size=80).map(str.encode)
)
def test_any_page_is_read(html):
    find_feeds(b"<a href=/rss>" + html, PAGE)

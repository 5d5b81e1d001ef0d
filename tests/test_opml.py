"""Lists of feeds come from strangers and go to strangers."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrack.model import Feed, Role
from sigtrack.text import clean
from sigtrack.watch.opml import DEEPEST, LARGEST, MOST_FEEDS, read_opml, write_opml

IDS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)
WORDS = st.text(max_size=30).map(clean)


@st.composite
def feed_lists(draw: st.DrawFn) -> tuple[Feed, ...]:
    ids = draw(st.lists(IDS, unique=True, max_size=8))
    return tuple(
        Feed(
            id=id,
            url=f"https://{id}.example/feed?a=1&b={number}",
            title=draw(WORDS),
            language=draw(st.sampled_from([None, "ko", "zh-Hant"])),
            country=draw(st.sampled_from([None, "KR"])),
            timezone=draw(st.sampled_from([None, "Asia/Seoul"])),
            role=draw(st.sampled_from(list(Role))),
            paused=draw(WORDS) or None,
            note=draw(WORDS),
        )
        for number, id in enumerate(ids)
    )


def opml(body: str, head: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>\n{head}<opml version="2.0"><body>\n{body}\n</body></opml>'.encode()
    )


@given(feeds=feed_lists())
def test_a_list_that_we_wrote_comes_back_as_it_was(feeds: tuple[Feed, ...]) -> None:
    assert read_opml(write_opml(feeds)) == (feeds, ())


@given(feeds=feed_lists())
def test_what_we_write_is_xml_for_everyone(feeds: tuple[Feed, ...]) -> None:
    root = ET.fromstring(write_opml(feeds))
    assert [one.get("xmlUrl") for one in root.iter("outline")] == [feed.url for feed in feeds]


def test_a_title_keeps_its_signs() -> None:
    feed = Feed(id="a", url="https://a.example/", title="R&D <\"quoted\"> 'b' <i>")
    assert read_opml(write_opml([feed]))[0] == (feed,)


def test_the_list_of_a_reader_with_folders_is_read_flat() -> None:
    body = """<outline text="Asia"><outline title="Korea">
      <outline type="rss" text="NK News" xmlUrl="https://www.nknews.org/feed/" htmlUrl="https://x/"/>
      </outline></outline><outline text="연합뉴스" xmlurl="http://www.yna.co.kr/rss/news.xml"/>"""
    feeds, problems = read_opml(opml(body))
    assert [(feed.id, feed.title, feed.url) for feed in feeds] == [
        ("nk-news", "NK News", "https://www.nknews.org/feed/"),
        ("yna", "연합뉴스", "http://www.yna.co.kr/rss/news.xml"),
    ]
    assert problems == ()


def test_two_feeds_of_one_name_get_different_ids_and_one_address_comes_once() -> None:
    body = "".join(
        f'<outline text="News" xmlUrl="https://{host}.example/"/>' for host in ("a", "b", "a")
    )
    feeds, _ = read_opml(opml(body))
    assert [feed.id for feed in feeds] == ["news", "news-2"]


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "file:///etc/passwd", "feed://a.example/", "//a.example", "x"],
)
def test_an_address_that_is_not_http_is_left_out_with_its_line(address: str) -> None:
    body = f'<outline text="a" xmlUrl="{address}"/>\n<outline xmlUrl="https://b.example/"/>'
    feeds, problems = read_opml(opml(body), path="list.opml")
    assert [feed.url for feed in feeds] == ["https://b.example/"]
    assert str(problems[0]).startswith("list.opml:3: ")


def test_a_password_neither_comes_in_nor_goes_out() -> None:
    feeds, problems = read_opml(opml('<outline xmlUrl="https://me:secret@a.example/feed"/>'))
    assert feeds[0].url == "https://a.example/feed"
    assert problems[0].severity == "warning"
    assert "secret" not in str(problems)
    feed = Feed(id="a", url="https://me:secret@a.example/feed")
    assert b"secret" not in write_opml([feed])


def test_a_stranger_cannot_put_a_feed_on_a_private_address() -> None:
    body = '<outline xmlUrl="http://10.0.0.1/" allow_private="true"/>'
    assert not read_opml(opml(body))[0][0].allow_private


def test_a_doctype_is_refused_before_it_can_declare_anything() -> None:
    bomb = '<!DOCTYPE o [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>\n'
    feeds, problems = read_opml(opml('<outline text="&b;" xmlUrl="https://a.example/"/>', bomb))
    assert feeds == ()
    assert "DOCTYPE" in problems[0].message
    assert problems[0].place.line == 2


def test_what_is_not_well_formed_names_its_line_and_leaves_what_stands_above() -> None:
    feeds, problems = read_opml(opml('<outline xmlUrl="https://a.example/"/>\n<outline text="<"/>'))
    assert len(feeds) == 1
    assert problems[0].place.line == 4
    assert "not well-formed" in problems[0].message
    assert "the feeds above it are read" in problems[0].message


@pytest.mark.parametrize("encoding", ["utf-8", "euc-kr"])
def test_an_ampersand_by_itself_means_itself_and_costs_no_feed(encoding: str) -> None:
    body = (
        '<outline text="R&D &amp; &nbsp;&#8212; 바다" xmlUrl="https://a.example/?a=1&b=2&amp;lt=3"/>'
        '\n<outline text="b" xmlUrl="https://b.example/"/>'
    )
    text = opml(body).decode().replace('"1.0"', f'"1.0" encoding="{encoding}"')
    feeds, problems = read_opml(text.encode(encoding))
    assert [feed.url for feed in feeds] == [
        "https://a.example/?a=1&b=2&lt=3",
        "https://b.example/",
    ]
    assert feeds[0].title == "R&D & \N{EM DASH} 바다"
    [warning] = problems
    assert (warning.severity, warning.place.line) == ("warning", 3)
    assert "an & stands here by itself" in warning.message


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no element found"),
        (b"<html><body>", "begins with <html>"),
        (b"\x00\x01", "well-formed"),
        (b'{"feeds": []}', "well-formed"),
        (b"<opml><body><outline", "well-formed"),
        (b'<?xml version="1.0" encoding="klingon"?><opml/>', "klingon is not known"),
        (b'<?xml version="1.0" encoding="zip"?><opml/>', "zip is not known"),
        (b'<?xml version="1.0" encoding="euc-kr"?><opml a="\xff\xff"/>', "but it is not"),
        (b'<?xml version="1.0" encoding="utf-8"?><opml a="\xff"/>', "well-formed"),
        (b" " * (LARGEST + 1), "larger than 5 MiB"),
    ],
)
def test_what_is_no_opml_says_so(data: bytes, says: str) -> None:
    feeds, problems = read_opml(data)
    assert feeds == ()
    assert says in problems[0].message
    assert problems[0].hint


@pytest.mark.parametrize("encoding", ["euc-kr", "utf-16", "utf-8", "utf-8-sig"])
def test_a_list_in_another_encoding_is_read(encoding: str) -> None:
    name = encoding.removesuffix("-sig")
    text = (
        f'<?xml version="1.0" encoding="{name}"?>'
        '<opml><body><outline text="통일부" xmlUrl="https://a.example/"/></body></opml>'
    )
    assert read_opml(text.encode(encoding))[0][0].title == "통일부"


def test_folders_in_folders_without_end_are_refused() -> None:
    feeds, problems = read_opml(opml('<outline text="a">' * (DEEPEST + 1)))
    assert feeds == ()
    assert "too deep" in problems[0].message


def test_a_list_without_end_is_cut_and_says_so() -> None:
    body = "\n".join(
        f'<outline text="a" xmlUrl="https://{number}.example/"/>'
        for number in range(MOST_FEEDS + 5)
    )
    feeds, problems = read_opml(opml(body))
    assert len(feeds) == MOST_FEEDS
    assert "more than 10,000 feeds" in problems[0].message


def test_ten_thousand_feeds_of_one_name_have_ten_thousand_ids() -> None:
    body = "\n".join(
        f'<outline text="News" xmlUrl="https://{number}.example/"/>' for number in range(MOST_FEEDS)
    )
    assert len({feed.id for feed in read_opml(opml(body))[0]}) == MOST_FEEDS


def test_a_thousand_mistakes_do_not_make_a_thousand_messages() -> None:
    _, problems = read_opml(opml('<outline xmlUrl="x"/>\n' * 1000))
    assert len(problems) == 50

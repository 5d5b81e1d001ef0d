"""A document in, items or a clear reason out; whatever strangers send."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sigtrack.model import Item, Parsed, Unreadable, fingerprint_of
from sigtrack.parse import parse_feed
from sigtrack.parse.markup import bounded

FEEDS = Path(__file__).parent / "feeds"


def read(name: str, **known: str) -> Parsed:
    parsed = parse_feed((FEEDS / name).read_bytes(), feed="sample", **known)
    assert isinstance(parsed, Parsed)
    return parsed


def rss(*items: str, head: str = "") -> bytes:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0"><channel>{head}{inside}</channel></rss>'.encode()


def parse(body: bytes, **known: object) -> Parsed:
    parsed = parse_feed(body, feed="sample", **known)  # type: ignore[arg-type]
    assert isinstance(parsed, Parsed), parsed
    return parsed


def only(body: bytes, **known: object) -> Item:
    (item,) = parse(body, **known).items
    return item


def refused(body: bytes, content_type: str = "") -> str:
    answer = parse_feed(body, feed="sample", content_type=content_type)
    assert isinstance(answer, Unreadable), answer
    return answer.reason


# --- what an item is made of


def test_an_rss_item_becomes_plain_words_a_whole_link_and_a_utc_time():
    parsed = read("korean-ministry.rss", url="https://ministry.example.kr/rss")
    first = parsed.items[0]
    assert first == Item(
        feed="sample",
        uid="press-101",
        title="<속보> 한·중 정상, 베이징서 공동성명 채택",
        url="https://ministry.example.kr/press/view?id=101&lang=ko",
        summary="이 대통령은 새 국면을 강조했다. 양측은 교역을 논의했다.",
        language="ko",
        published=datetime(2026, 1, 6, 6, 5, tzinfo=UTC),
        fingerprint=fingerprint_of(first.title, first.summary, ""),
    )
    assert (parsed.origin.title, parsed.language, parsed.ttl) == (
        "외교부 보도자료 (견본)",
        "ko",
        3600,
    )
    assert (parsed.dialect, parsed.cut, parsed.undated) == ("rss20", 0, 0)


def test_korean_standard_time_is_nine_hours_ahead():
    assert read("korean-ministry.rss").items[1].published == datetime(
        2026, 1, 13, 0, 30, tzinfo=UTC
    )


def test_an_item_without_title_borrows_the_beginning_of_its_summary():
    item = read("korean-ministry.rss").items[2]
    assert item.title == "제목이 없는 항목: 차관보가 도쿄를 방문한다."
    assert not item.named


def test_a_long_borrowed_title_ends_at_a_word():
    item = only(rss(f"<description>{'statement ' * 40}</description>"))
    assert item.title == "statement " * 11 + "statement…"


def test_rdf_items_are_known_by_their_address():
    (item,) = read("japanese-ministry.rdf").items
    assert (item.uid, item.language) == ("https://ministry.example.jp/1", "ja")
    assert item.published == datetime(2026, 1, 13, 9, tzinfo=UTC)


def test_an_atom_entry_with_its_article_has_summary_and_text():
    parsed = read("whole-article.atom")
    entry = parsed.items[0]
    assert entry.title == "Lee & Takaichi issue joint statement"
    assert entry.summary == "They met in Nara."
    assert entry.text == "The leaders met in Nara, not Tokyo.\nThey issued a joint statement."
    assert entry.url == "https://agency.example.org/news/2026/nara.html"
    assert entry.published == datetime(2026, 1, 13, 9, tzinfo=UTC)
    assert parsed.dialect == "atom10"


def test_an_article_alone_leaves_the_summary_empty():
    entry = read("whole-article.atom").items[1]
    assert (entry.summary, entry.text) == ("", "雙方發表聯合聲明。")
    assert entry.language == "zh-Hant"


def test_the_article_of_an_rss_item_is_its_text_and_the_description_its_summary():
    body = (
        b'<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        b"<item><title>t</title><description>Short.</description><content:encoded><![CDATA["
        b"<p>One.</p><p>Two.</p>]]></content:encoded></item></channel></rss>"
    )
    item = only(body)
    assert (item.summary, item.text) == ("Short.", "One.\nTwo.")


def test_an_item_of_which_nothing_can_be_read_is_still_an_item():
    parsed = parse(rss("<pubDate>someday</pubDate>", "<title>good</title>"))
    assert [item.title for item in parsed.items] == ["untitled", "good"]
    assert parsed.undated == 2
    assert parsed.notes == ('dates that cannot be read: 1, e.g. "someday"',)


def test_items_without_id_are_known_by_their_link_else_by_their_words():
    one = only(rss("<title>a</title><link>http://e.example/1</link>"))
    renamed = only(rss("<title>b</title><link>http://e.example/1</link>"))
    bare = only(rss("<title>a</title>"))
    assert one.uid == renamed.uid != bare.uid
    assert len(bare.uid) == 32


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "ftp://e.example/x", "http://[", "data:,x"]
)
def test_a_link_that_is_no_web_address_is_left_out(link):
    item = only(rss(f"<title>t</title><link>{link}</link>"), url="https://e.example/rss")
    assert item.url == ""


@pytest.mark.parametrize(
    "link",
    [
        '<link uri="at://did:plc:1/post/2">https://e.example/1</link>',
        '<link url="tag:e.example,2026:1"><![CDATA[ https://e.example/1 ]]></link>',
        '<link href="">https://e.example/1</link>',
    ],
)
def test_a_link_beside_an_address_of_another_kind_is_found(link):
    item = only(rss(f"<title>t</title>{link}"))
    assert item.url.startswith("https://e.example/1")


def test_a_link_that_counts_clicks_gives_way_to_where_it_leads():
    space = 'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
    counted = "<title>t</title><link>https://feeds.example/~r/f/~3/1</link>"
    known = only(rss(counted))
    original = "<feedburner:origLink>https://e.example/1?a=1&amp;b=2</feedburner:origLink>"
    item = only(rss(counted + original).replace(b"<rss ", f"<rss {space} ".encode()))
    assert item.url == "https://e.example/1?a=1&b=2"
    assert item.uid == known.uid  # an item that was stored before is the same
    bad = original.replace("https:", "javascript:")
    item = only(rss(counted + bad).replace(b"<rss ", f"<rss {space} ".encode()))
    assert item.url == known.url


def test_a_dublin_core_identifier_is_the_id_and_the_link_where_there_is_none():
    def item(fields: str) -> Item:
        return only(rss(f"<title>t</title>{fields}").replace(b"<rss ", f"<rss {SPACES} ".encode()))

    identifier = "<dc:identifier>https://e.example/doc/1</dc:identifier>"
    bare = item(identifier)
    assert (bare.uid, bare.url, bare.named) == (("https://e.example/doc/1",) * 2 + (True,))
    named = item(f"{identifier}<guid isPermaLink='false'>7</guid><link>https://e.example/7</link>")
    assert (named.uid, named.url) == ("7", "https://e.example/7")
    doi = item("<dc:identifier>doi:10.1/7</dc:identifier>")
    assert (doi.uid, doi.url) == ("doi:10.1/7", "")


def test_tags_in_text_that_says_it_is_text_are_words():
    def entry(kind: str) -> Item:
        fields = "".join(
            f"<{name}{kind}>The &lt;b&gt; of {name}</{name}>"
            for name in ("title", "summary", "content")
        )
        return only(
            f'<feed xmlns="http://www.w3.org/2005/Atom"><entry>{fields}</entry></feed>'.encode()
        )

    literal = entry(' type="text"')
    assert (literal.title, literal.summary) == ("The <b> of title", "The <b> of summary")
    assert literal.text == "The <b> of content"
    assert entry(' type="html"').title == entry("").title == "The of title"


def test_who_wrote_an_item_and_what_it_is_about_are_kept():
    item = only(
        rss(
            "<title>t</title><author>kim@e.example (Kim &lt;b&gt;Min-ji&lt;/b&gt;)</author>"
            '<category domain="d">Trade &amp;amp; Tech</category><category>\u200b한미</category>'
            "<category>한미</category><category> </category>"
        )
    )
    assert (item.author, item.categories) == ("Kim Min-ji", ("Trade & Tech", "한미"))
    assert item.category == "Trade & Tech; 한미"
    creators = "<dc:creator>Kim Min-ji</dc:creator><dc:creator>박선영</dc:creator>"
    subject = "<dc:subject>Visits</dc:subject>"
    body = rss(creators + subject).replace(b"<rss ", f"<rss {SPACES} ".encode())
    assert (only(body).author, only(body).categories) == ("Kim Min-ji, 박선영", ("Visits",))
    assert only(rss("<author>desk@e.example</author>")).author == "desk@e.example"


def test_an_entry_without_author_is_by_the_authors_of_its_feed():
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><author><name>Ministry</name></author>'
        "<entry><title>a</title></entry><entry><title>b</title><author><name>Lee</name></author>"
        '<category term="t1" label="Trade"/><category term="http://e.example/kind#post"/></entry></feed>'
    )  # fmt: skip
    first, second = parse(feed.encode()).items
    assert (first.author, second.author) == ("Ministry", "Lee")
    assert second.categories == ("Trade",)
    document = {
        "title": "Feed",
        "author": {"name": "Ministry"},
        "items": [{"title": "a"}, {"title": "b", "authors": [{"name": "Lee"}], "tags": ["Trade"]}],
    }
    first, second = parse(json.dumps(document).encode()).items
    assert (first.author, second.author, second.categories) == ("Ministry", "Lee", ("Trade",))


def test_another_author_or_category_makes_no_revision():
    plain = only(rss("<title>t</title>"))
    tagged = only(rss("<title>t</title><author>Kim</author><category>Trade</category>"))
    assert tagged.author and tagged.fingerprint == plain.fingerprint


@pytest.mark.parametrize(
    ("document", "url"),
    [
        (rss("<link>/1</link>", head="<link>https://e.example/news/</link>"), "https://e.example/1"),
        (
            b'<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="https://e.example/a/f"/>'
            b'<entry><title>t</title><link href="1"/></entry></feed>',
            "https://e.example/a/1",
        ),
        (
            b'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://e.example/b/">'
            b'<entry><title>t</title><link href="1"/></entry></feed>',
            "https://e.example/b/1",
        ),
        (
            b'{"title": "f", "home_page_url": "https://e.example/", "items": [{"url": "1"}]}',
            "https://e.example/1",
        ),
    ],
)  # fmt: skip
def test_a_relative_link_in_a_file_leads_to_the_address_that_the_document_names(document, url):
    parsed = parse(document)
    assert (parsed.items[0].url, parsed.notes) == (url, ())


def test_a_relative_link_without_any_address_is_left_out_and_said():
    parsed = parse(rss("<title>t</title><link>/news/1</link>"))
    assert parsed.items[0].url == ""
    assert parsed.notes == ('links that are not web addresses: 1, e.g. "/news/1"',)


@pytest.mark.parametrize("version", ['"1.0"', "1", '"1.1"'])
def test_a_json_feed_with_a_bare_version_needs_no_title(version):
    body = f'{{"version": {version}, "items": [{{"id": "1", "content_text": "words"}}]}}'
    assert only(body.encode()).title == "words"
    other = f'{{"version": {version}, "items": [{{"sku": 1}}]}}'
    assert "JSON of another kind" in refused(other.encode())


def test_credentials_in_a_link_are_not_kept():
    item = only(rss("<title>t</title><link>https://user:secret@e.example/x</link>"))
    assert item.url == "https://e.example/x"


def test_an_address_in_a_guid_serves_as_link():
    assert only(rss("<guid>https://e.example/1</guid>")).url == "https://e.example/1"


def test_the_link_to_a_pdf_is_the_link_and_an_atom_id_is_none():
    body = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>tag:e.example,2026:1</id><title>t'
        b'</title><link href="https://e.example/1.pdf" type="application/pdf"/></entry></feed>'
    )
    assert only(body).url == "https://e.example/1.pdf"


def test_words_that_look_like_tags_stay_in_a_title():
    item = only(rss("<title>5 &lt; 6 &lt;The Diplomat&gt; &lt;b&gt;bold&lt;/b&gt;</title>"))
    assert item.title == "5 < 6 <The Diplomat> bold"


def test_markup_that_was_escaped_twice_is_taken_off():
    item = only(rss("<description>&amp;lt;p&amp;gt;Nara&amp;lt;/p&amp;gt;</description>"))
    assert item.summary == "Nara"


def test_no_control_or_direction_mark_gets_through():
    item = only(rss("<title>a&#x202e;b&#x1b;[31mc\u200b</title>"))
    assert item.title == "ab[31mc"


MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/"'


def spaced(*items: str) -> bytes:
    return rss(*items).replace(b"<rss ", f"<rss {SPACES} {MEDIA} ".encode())


@pytest.mark.parametrize("caption_first", [False, True])
@pytest.mark.parametrize("article", ["", "<content:encoded>Whole.</content:encoded>"])
def test_the_caption_of_a_photo_is_neither_the_lead_nor_the_article(caption_first, article):
    parts = [
        "<description>Lead.</description>",
        '<media:content url="https://e.example/p.jpg"><media:description type="plain">A photo.'
        "</media:description></media:content>",
    ]
    item = only(spaced("".join([*(parts[::-1] if caption_first else parts), article])))
    assert (item.summary, item.text) == ("Lead.", "Whole." if article else "")


def test_a_caption_is_the_summary_where_there_are_no_other_words():
    group = (
        "<media:group><media:description>What the video shows.</media:description></media:group>"
    )
    item = only(spaced(f"<title>t</title>{group}"))
    assert (item.summary, item.text) == ("What the video shows.", "")
    item = only(spaced(f"<title>t</title>{group}<content:encoded>Whole.</content:encoded>"))
    assert (item.summary, item.text) == ("", "Whole.")


@pytest.mark.parametrize(
    ("parts", "summary", "text"),
    [
        ("DXY", "D", "X"),
        ("XDY", "D", "X"),
        ("DIX", "D", "I"),
        ("DCI", "D", "C"),
        ("DCX", "D", "C"),
        ("ICD", "D", "C"),
        ("CX", "X", "C"),
        ("IC", "I", "C"),
        ("I", "I", ""),
        ("XY", "X", "Y"),
    ],
)
def test_the_description_stays_the_summary_whatever_else_describes_the_item(parts, summary, text):
    names = {"D": "description", "C": "content:encoded", "I": "itunes:summary"}
    fields = ((letter, names.get(letter, "dc:description")) for letter in parts)
    item = only(spaced("".join(f"<{name}>{letter}</{name}>" for letter, name in fields)))
    assert (item.summary, item.text) == (summary, text)


def test_the_summary_of_an_atom_entry_outranks_a_dublin_core_description():
    fields = "<summary>S</summary><content>C</content><dc:description>X</dc:description>"
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom" {SPACES}><entry>{fields}</entry></feed>'
    item = only(feed.encode())
    assert (item.summary, item.text) == ("S", "C")


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://e.example/a b.pdf", "https://e.example/a%20b.pdf"),
        (" https://e.example/a  b?q=x y ", "https://e.example/a%20%20b?q=x%20y"),
        ("https://e.example/long/\n      path", "https://e.example/long/path"),
        ("/a b", "https://e.example/a%20b"),
        ("https://e.example /a", ""),
        ("//e.example /a", ""),
        ("java script:alert(1)", ""),
        ("see our site", ""),
        ("https://e.example/1 https://e.example/2", ""),
    ],
)
def test_a_link_with_spaces_leads_where_a_browser_would_go(written, url):
    item = only(rss(f"<title>t</title><link>{written}</link>"), url="https://e.example/rss")
    assert item.url == url


def test_an_rdf_item_without_link_leads_to_what_it_is_about():
    def item(fields: str) -> Item:
        return only(
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns='
            f'"http://purl.org/rss/1.0/"><item rdf:about={fields}</item></rdf:RDF>'.encode()
        )

    about = item('"https://e.example/a"><title>t</title>')
    assert (about.uid, about.url) == ("https://e.example/a",) * 2
    linked = item('"https://e.example/a"><link>https://e.example/b</link>')
    assert (linked.uid, linked.url) == ("https://e.example/a", "https://e.example/b")
    assert item('"urn:x:1"><title>t</title>').url == ""
    named = only(rss("<guid isPermaLink='false'>https://e.example/a</guid>"))
    assert named.url == ""  # the publisher says that it leads nowhere


def test_an_item_that_has_only_an_enclosure_leads_to_that():
    sound = '<enclosure url="https://e.example/1.mp3" type="audio/mpeg" length="1"/>'
    bare = only(rss("<title>t</title>"))
    item = only(rss(f'<title>t</title><enclosure url=" "/>{sound}'))
    assert (item.url, item.uid) == ("https://e.example/1.mp3", bare.uid)
    linked = only(rss(f"<title>t</title>{sound}<link>https://e.example/1</link>"))
    assert linked.url == "https://e.example/1"
    bad = sound.replace("https:", "javascript:")
    assert only(rss(f"<title>t</title>{bad}")).url == ""
    attached = {"title": "t", "attachments": [{"url": "https://e.example/1.mp3"}]}
    feed = json.dumps({"title": "f", "items": [attached]})
    assert only(feed.encode()).url == "https://e.example/1.mp3"


def test_a_comment_that_never_ends_is_a_part_of_the_title():
    assert only(rss("<title>A &lt;!-- B</title>")).title == "A <!-- B"
    assert only(rss("<title>Why &lt;script&gt; is unsafe</title>")).title == "Why is unsafe"
    assert only(rss("<title>A &lt;!-- x --&gt;B &lt;!-- C</title>")).title == "A B <!-- C"
    assert only(rss("<description>A &lt;!-- B</description>")).summary == "A"


def test_an_unreadable_date_hides_no_readable_one():
    parsed = parse(
        spaced("<pubDate>gestern</pubDate><dc:date>2026-01-13T09:00:00Z</dc:date>", "<title/>")
    )
    assert parsed.items[0].published == datetime(2026, 1, 13, 9, tzinfo=UTC)
    assert (parsed.undated, parsed.notes) == (1, ())
    dates = {"title": "t", "date_published": "?", "date_modified": "2026-01-13T09:00:00Z"}
    feed = json.dumps({"title": "f", "items": [dates]})
    assert only(feed.encode()).published == datetime(2026, 1, 13, 9, tzinfo=UTC)


def test_a_link_inside_a_foreign_element_is_not_that_of_the_item():
    variant = '<s:variant xmlns:s="urn:s"><link>https://no.example/</link></s:variant>'
    link = "<link>https://e.example/1</link>"
    for fields in (link + variant, variant + link):
        assert only(rss(f"<title>t</title>{fields}")).url == "https://e.example/1"


# --- language


def test_the_language_of_an_entry_stands_at_any_of_its_words():
    def language(fields: str) -> str | None:
        space = 'xmlns="http://www.w3.org/2005/Atom" xml:lang="en"'
        return only(f"<feed {space}><entry>{fields}</entry></feed>".encode()).language

    assert language('<title>G7</title><content xml:lang="fr">Le sommet.</content>') == "fr"
    assert language('<title>G7</title><summary xml:lang="fr">Le sommet.</summary>') == "fr"
    assert language('<title xml:lang="de">G7</title><summary xml:lang="fr">x</summary>') == "de"
    assert language("<title>G7</title><content>The summit.</content>") == "en"


def test_the_feed_tells_the_language_unless_the_script_speaks_against_it():
    head = "<language>en-us</language>"
    korean = rss("<title>한중 정상회담 공동성명 채택</title>", head=head)
    assert only(korean, language="ko").language == "ko"
    assert only(korean).language == "ko"  # by its letters
    assert only(rss("<title>Leaders meet</title>", head=head), language="ko").language == "en-us"


def test_an_english_item_in_a_korean_feed_is_not_called_korean():
    words = "Joint press statement on the summit meeting held in Nara"
    assert only(rss(f"<title>{words}</title>", head="<language>ko</language>")).language is None


@pytest.mark.parametrize(
    ("said", "meant"),
    [("en_US", "en-US"), ("kr", "ko"), ("JP", "ja"), ("us", "en"), ("eng", "en"), ("xx", None)],
)
def test_languages_written_wrongly_are_understood(said, meant):
    assert parse(rss(head=f"<language>{said}</language>")).language == meant


def test_where_no_language_is_said_the_letters_tell_it_if_they_belong_to_one():
    head = "<language>xx</language>"
    for title, language in (
        ("한중 정상회담 공동성명 채택", "ko"),
        ("首脳会談で合意しました", "ja"),
        ("首脑会谈", None),
        ("Leaders meet", None),
    ):
        assert only(rss(f"<title>{title}</title>", head=head)).language == language
    assert only(rss("<title>Leaders meet</title>", head=head), language="us").language == "en"


# --- charsets

TITLE = {"ko": "이재명 대통령 베이징 도착", "ja": "日韓首脳が奈良で会談", "zh": "中韩发表联合声明"}


@pytest.mark.parametrize(
    ("language", "charset", "label"),
    [
        ("ko", "euc-kr", "euc-kr"),
        ("ko", "cp949", "ks_c_5601-1987"),
        ("ja", "cp932", "Shift_JIS"),
        ("ja", "euc_jp", "EUC-JP"),
        ("ja", "iso2022_jp", "iso-2022-jp"),
        ("zh", "gb18030", "gb2312"),
        ("zh", "utf-16", "utf-16"),
        ("ko", "utf-16-le", "utf-16"),
        ("ja", "utf-16-be", "utf-16"),
        ("zh", "utf-32", "utf-32"),
        ("ko", "utf-8-sig", "utf-8"),
    ],
)
def test_a_declared_charset_is_read(language, charset, label):
    text = f'<?xml version="1.0" encoding="{label}"?><rss version="2.0"><channel><item><title>{TITLE[language]}</title></item></channel></rss>'
    assert only(text.encode(charset)).title == TITLE[language]


def test_big5_is_read_by_the_label_of_the_server():
    body = rss("<title>中韓發表聯合聲明</title>").decode().encode("big5")
    assert only(body, content_type="text/xml; charset=big5").title == "中韓發表聯合聲明"


def test_the_label_of_the_server_outranks_that_of_the_document():
    body = f'<?xml version="1.0" encoding="euc-kr"?>{rss("<title>奈良で会談する</title>").decode()}'
    item = only(body.encode("cp932"), content_type="application/xml; charset=Shift_JIS")
    assert item.title == "奈良で会談する"


def test_utf8_is_utf8_whatever_the_label_says():
    body = rss(f"<title>{TITLE['ko']}</title>")
    assert only(body, content_type="text/xml; charset=ISO-8859-1").title == TITLE["ko"]


def test_korean_bytes_without_a_true_label_are_read_by_the_language_of_the_feed():
    body = rss(f"<title>{TITLE['ko']}</title>").decode().encode("cp949")
    parsed = parse(body, language="ko", content_type="text/xml; charset=utf-8")
    assert parsed.items[0].title == TITLE["ko"]
    assert parsed.notes == ("the text is not utf-8, read as cp949",)


def test_one_bad_byte_costs_one_character_not_the_page():
    body = rss(f"<title>{TITLE['ko'] * 5}</title>").replace("대".encode(), b"\xeb\x8c", 1)
    item = only(body)
    assert item.title == TITLE["ko"].replace("대", "�", 1) + TITLE["ko"] * 4


def test_a_document_in_an_unknown_charset_is_read_as_utf8():
    assert only(b'<?xml version="1.0" encoding="bogus"?>' + rss("<title>a</title>")).title == "a"


@pytest.mark.parametrize("label", ["zlib", "rot13", "utf-7", "punycode", "unicode_escape", "idna"])
def test_a_charset_that_is_a_transformation_is_not_applied(label):
    body = f'<?xml version="1.0" encoding="{label}"?>'.encode() + rss("<title>+AGE- é</title>")
    assert only(body).title == "+AGE- é"


# --- broken and hostile


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("a&#xD800;b", "a�b"),
        ("a&#x110000;b", "a�b"),
        ("a&#0;b", "ab"),
        ("a&#99999999999999999999999999;b", "a�b"),
        ("a\0b", "ab"),
        ("a&nbsp;b", "a b"),
        ("a & b", "a & b"),
        ("a&#128;b", "a€b"),
        ("\ufffea", "a"),
    ],
)
def test_characters_that_are_none_do_no_harm(written, read_as):
    assert only(rss(f"<title>{written}</title>")).title == read_as


def test_entities_are_not_expanded_in_each_other():
    body = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">
      <!ENTITY c "&b;&b;&b;">]><rss version="2.0"><channel><item><title>x &c; y</title></item>
      </channel></rss>"""
    assert only(body).title == "x &c; y"


def test_a_file_named_in_an_entity_is_not_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    body = f'<!DOCTYPE l [<!ENTITY x SYSTEM "file://{secret}">]><rss version="2.0"><channel><item><title>see &x;</title></item></channel></rss>'
    assert "secret" not in only(body.encode()).title


def test_an_entity_that_is_plain_text_is_put_in_its_place():
    body = b'<!DOCTYPE r [<!ENTITY mofa "Foreign Ministry">]><rss version="2.0"><channel><item><title>&mofa;</title></item></channel></rss>'
    assert only(body).title == "Foreign Ministry"


def test_a_body_that_is_the_name_of_a_file_opens_no_file():
    assert refused(b"/etc/passwd") == "plain text, not a feed"


def test_items_beyond_the_limit_are_counted():
    parsed = parse(rss(*(f"<title>{n}</title>" for n in range(30))), limit=20)
    assert [item.title for item in parsed.items] == [str(n) for n in range(20)]
    assert parsed.cut == 10


def test_the_channel_after_too_many_items_is_still_read():
    body = rss(*["<title>x</title>"] * 30).replace(b"</channel>", b"<title>Late</title></channel>")
    assert parse(body, limit=3).origin.title == "Late"


def test_an_overlong_title_is_cut_and_said():
    parsed = parse(rss(f"<title>{'word ' * 100_000}</title>"))
    assert len(parsed.items[0].title) <= 1000
    assert parsed.notes == ("overlong fields cut: 1",)


MEGABYTE = "a" * 1_000_000
SPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="'
    'http://purl.org/rss/1.0/modules/content/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
)  # fmt: skip


@pytest.mark.parametrize(
    "field",
    [
        f"<author>{MEGABYTE}</author>",
        f"<author><![CDATA[{MEGABYTE}]]></author>",
        f"<author>{'<!-- -->'.join(['a' * 2_000] * 500)}</author>",
        f"<author>{'<b/>'.join(['a' * 2_000] * 500)}</author>",
        f"<description><author>{MEGABYTE}</author></description>",
        f"<?x ><author>{MEGABYTE}</author>",
        f'<é{"p" * 99}:creator xmlns:é{"p" * 99}="http://purl.org/dc/elements/1.1/">{MEGABYTE}</é{"p" * 99}:creator>',
        f"<dc:creator>{MEGABYTE}</dc:creator>",
        f"<itunes:author>{MEGABYTE}&amp;</itunes:author>",
        f"<pubDate>{MEGABYTE}</pubDate>",
        f"<category>{MEGABYTE}</category>",
        f"<link>http://e.example/{MEGABYTE}</link>",
        f'<enclosure url="http://e.example/{MEGABYTE}" type="audio/mpeg"/>',
        "<enclosure " + "".join(f"a{n}='{n}' " for n in range(80_000)) + "/>",
        "".join(f"<category>{n}</category>" for n in range(40_000)),
    ],
    ids=lambda field: f"{field[:40]}…{field[-20:]}",
)
def test_a_field_of_a_megabyte_costs_no_item(field):
    """Some of them took feedparser minutes, others were kept whole."""
    body = rss(f"<title>one</title>{field}", "<title>two</title>").replace(
        b"<rss ", f"<rss {SPACES} ".encode()
    )
    parsed = parse(body)
    assert [item.title for item in parsed.items] == ["one", "two"]
    assert max(len(item.url) for item in parsed.items) <= 3_000
    assert any(note.startswith("overlong fields cut: ") for note in parsed.notes)


def test_an_article_stays_whole_however_long_its_paragraphs_are():
    words = "word " * 30_000
    encoded = f"<content:encoded><![CDATA[<p>{words}</p>]]></content:encoded>"
    guid = f'<guid isPermaLink="false">{"g" * 9_000}</guid>'
    body = rss(f"<title>t</title>{guid}{encoded}").replace(b"<rss ", f"<rss {SPACES} ".encode())
    parsed = parse(body)
    assert parsed.items[0].text == words.strip()
    assert parsed.notes == ()
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>t</title><content type="xhtml">'
        f'<div xmlns="http://www.w3.org/1999/xhtml"><p><b>{words}</b></p></div></content></entry></feed>'
    )
    assert only(atom.encode()).text == words.strip()


@pytest.mark.parametrize(
    ("kind", "markup"),
    [
        ("html", "word\n" * 1_000_000),
        ("html", "&lt;p&gt;word&lt;/p&gt;" * 250_000),
        pytest.param("xhtml", "<p>word <b>word</b><br/></p>" * 180_000, marks=pytest.mark.slow),
    ],
)
def test_an_article_longer_than_memory_allows_is_cut_and_what_follows_is_read(kind, markup):
    body = (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>one</title><content type="{kind}">'
        f'<div xmlns="http://www.w3.org/1999/xhtml">{markup}</div></content><id>urn:1</id></entry>'
        "<entry><title>two</title></entry></feed>"
    ).encode()
    xml, cuts = bounded(body.decode())
    assert (len(xml) < 2_100_000, cuts) == (True, 1)
    first, second = parse(body).items
    assert (first.title, first.uid, second.title) == ("one", "urn:1", "two")
    assert first.text.startswith("word") and len(first.text) > 300_000


def test_a_picture_written_out_in_an_article_pushes_no_words_out():
    picture = f"&lt;img src='data:image/png;base64,{'QUJD' * 600_000}'&gt;"
    item = only(spaced(f"<title>t</title><content:encoded>a {picture}b</content:encoded>"))
    assert item.text == "a b"


def test_a_link_that_is_too_long_is_left_out_of_json_too():
    links = {"items": [{"title": "t", "url": f"https://e.example/{MEGABYTE}"}], "title": "Feed"}
    item = only(json.dumps(links).encode())
    assert (item.title, item.url) == ("t", "")


@pytest.mark.parametrize(
    "extension",
    [
        "</width>",
        "</creativeCommons:license>",
        "</gml:posList>",
        '<gml:pos xmlns:gml="http://www.opengis.net/gml">1 2</gml:pos>',
    ],
)
def test_odd_values_in_extensions_cost_no_item(extension):
    head = f"{extension}<title>Sample</title>"
    body = rss(f"{extension}<title>one</title>", "<title>two</title>", head=head)
    assert [item.title for item in parse(body).items] == ["one", "two"]


def test_a_feed_that_breaks_off_keeps_what_arrived():
    body = rss("<title>one</title>", "<title>two</title>")[:-40]
    assert [item.title for item in parse(body).items][:1] == ["one"]


def test_ten_thousand_nested_tags_are_read():
    assert only(rss("<title>t</title>" + "<a>" * 10_000 + "</a>" * 10_000)).title == "t"


# --- 200, but not a feed


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "an empty body, not a feed"),
        (b" \r\n\0", "an empty body, not a feed"),
        (
            b"<!DOCTYPE html><title>Access &amp; denied</title>",
            'an HTML page ("Access & denied"), not a feed',
        ),
        (b"<html><form><input type='password'></form></html>", "a login page, not a feed"),
        (b'{"error": "quota"}', "JSON of another kind, not a feed"),
        (b"[1, 2", "broken JSON, not a feed (Expecting ',' delimiter: line 1 column 6 (char 5))"),
        (b"[" * 100_000, "JSON nested too deeply, not a feed"),
        (b"%PDF-1.7", "a PDF file, not a feed"),
        (
            b"<opml version='2.0'/>",
            "an OPML list of feeds (sigtrack feeds import reads those), not a feed",
        ),
        (b"<?xml version='1.0'?><!-- <rss> --><urlset/>", "a sitemap, not a feed"),
        (b"<kml><Document/></kml>", "XML of another kind (<kml>), not a feed"),
        (b"<x:feed xmlns:x='urn:x'/>", "<feed> of no known format, not a feed"),
        (b"Service unavailable", "plain text, not a feed"),
    ],
)
def test_what_is_no_feed_is_called_by_its_name(body, reason):
    assert refused(body) == reason


def test_a_feed_without_items_is_a_feed():
    assert parse(rss(head="<title>Quiet</title>")).items == ()


# --- JSON Feed


def test_a_json_feed_is_read():
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Sample",
        "language": "ja",
        "items": [
            {
                "id": 7,
                "url": "/7",
                "title": "日韓首脳会談 &amp; 共同声明",
                "content_html": "<p>一。</p><p>二。</p>",
                "summary": "要旨",
                "date_published": "2026-01-13T18:00:00+09:00",
            },
            "no object",
            {"content_text": "only \ud800 words < 5"},
        ],
    }
    parsed = parse(json.dumps(document).encode(), url="https://e.example/feed.json")
    first, second, third = parsed.items
    assert (first.uid, first.url) == ("7", "https://e.example/7")
    assert (first.title, first.summary) == ("日韓首脳会談 & 共同声明", "要旨")
    assert (first.text, first.language) == ("一。\n二。", "ja")
    assert first.published == datetime(2026, 1, 13, 9, tzinfo=UTC)
    assert second.title == "no object"
    assert third.text == "only � words < 5"
    assert (parsed.dialect, parsed.origin.title, parsed.undated) == ("json11", "Sample", 2)


def test_a_json_feed_with_bare_tabs_and_line_breaks_in_its_strings_is_read():
    body = b'{"title": "f", "items": [{"title": "a\tb", "content_text": "one\ntwo"}]}'
    item = only(body)
    assert (item.title, item.text) == ("a b", "one\ntwo")


# --- laws

PIECES = st.sampled_from(
    ["<rss>", "<item>", "</item>", "<title>", "</title>", "<![CDATA[", "]]>", "<!--", "-->", "&#x",
     "&amp;", "&#xD800;", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "<content type='xhtml'>",
     "<link href='", "'/>", "<!DOCTYPE", "<!ENTITY a '", "<?xml version='1.0' encoding='", "'?>", "<source>",
     "<description>", "</description>", "<pubDate>", "2026", "<category>", "<media:content>", "<itunes:image",
     "<georss:point>", "<gml:pos>", "<image>", "<textinput>", "<svg>", "</svg>", "<channel lastmod='", "\0", "한"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_items_or_a_reason(body):
    assert isinstance(parse_feed(body, feed="f"), Parsed | Unreadable)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.text(max_size=5), max_size=40))
def test_any_heap_of_tags_gives_items_or_a_reason(pieces):
    assert isinstance(
        parse_feed("".join(pieces).encode("utf-8", "replace"), feed="f"), Parsed | Unreadable
    )


@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from(["korean-ministry.rss", "japanese-ministry.rdf", "whole-article.atom"]),
    at=st.integers(0, 3000),
    length=st.integers(0, 40),
    put=st.binary(max_size=8),
)
def test_a_damaged_document_gives_items_or_a_reason(name, at, length, put):
    body = (FEEDS / name).read_bytes()
    at %= len(body)
    answer = parse_feed(body[:at] + put + body[at + length :], feed="f")
    if isinstance(answer, Parsed):
        for item in answer.items:
            assert item.title and item.uid
            assert item.url == "" or item.url.startswith("http")
            assert item.published is None or item.published.utcoffset() is not None


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.text(max_size=5), max_size=40))
def test_a_document_of_short_fields_is_left_as_it_is(pieces):
    xml = "".join(pieces)
    assert bounded(xml) == (xml, 0)

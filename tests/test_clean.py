import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrack.text import clean, clean_lines, mask_credentials, mask_proxy, safe_link, service_of

pieces = st.sampled_from(
    [*"&#;xamplt38 \n\t</:@?", "\ud800", "\u202e", "\x1b", "\u2029", "&amp;", "&#38;", "&#56;"]
)
anything = st.text(st.characters()) | st.lists(pieces).map("".join)


@given(anything)
def test_cleaning_twice_is_cleaning_once(text):
    assert clean(clean(text)) == clean(text)
    assert clean_lines(clean_lines(text)) == clean_lines(text)


@given(anything)
def test_clean_text_has_no_control_no_bidi_override_no_lone_surrogate_and_no_line_break(text):
    assert not {unicodedata.category(letter) for letter in clean(text)} & {
        "Cc", "Cf", "Cs", "Zl", "Zp"
    }  # fmt: skip
    clean(text).encode()


@given(anything)
def test_clean_lines_holds_nothing_but_clean_lines(text):
    for line in clean_lines(text).split("\n"):
        assert line == clean(line)


def test_every_invisible_character_goes():
    invisible = [chr(c) for c in range(0x110000) if unicodedata.category(chr(c)) in ("Cc", "Cf")]
    assert clean("a".join(invisible)).replace(" ", "") == "a" * (len(invisible) - 1)


@pytest.mark.parametrize(
    ("outside", "inside"),
    [
        pytest.param("AT&amp;amp;T &#x27;new&#x27;", "AT&T 'new'", id="escaped twice"),
        pytest.param("a &amp;amp;#038;lt; b", "a < b", id="escaped four times"),
        pytest.param("R&D, A & B; C&", "R&D, A & B; C&", id="an ampersand is not an entity"),
        pytest.param("&nosuch; &#xD800; &#0;", "&nosuch; \ufffd \ufffd", id="no character"),
        pytest.param("a\ud800b", "a\ufffdb", id="lone surrogate"),
        pytest.param("&#x202e;evil &#27;[31mred", "evil [31mred", id="terminal and bidi codes"),
        pytest.param("Biden-\u2060Harris\u00ad\u200b \ufeff", "Biden-Harris", id="zero width"),
        pytest.param(" two\n \t spaces\u3000wide ", "two spaces wide", id="white space"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_what_becomes_of(outside, inside):
    assert clean(outside) == inside


def test_ampersands_nested_without_end_are_given_up():
    def nested(digit: int, depth: int) -> str:
        tens, ones = divmod(ord(str(digit)), 10)
        return f"&#{tens}{nested(ones, depth - 1)};" if depth else str(digit)

    assert clean(f"a &#3{nested(8, 3)}; b") == "a & b"
    assert "&" not in clean(f"a &#3{nested(8, 30)}; b")


def test_paragraphs_stay_and_empty_lines_go():
    assert clean_lines(" one\r\n\n two  words\u2029\t three\n") == "one\ntwo words\nthree"


def test_a_long_run_of_spaces_is_read_once():
    assert clean_lines(" " * 500_000 + "x") == "x"


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        (" http://example.org:8080/\u200b ", "http://example.org:8080/"),
        ("HTTP://example.org", "HTTP://example.org"),
        ("https://me:secret@example.org/", "https://example.org/"),
        ("https://me@x:secret@example.org/", "https://example.org/"),
        ("https://:@example.org/mail@home", "https://example.org/mail@home"),
        ("https://me@example.org/http://me:secret@e.org/", "https://example.org/http://e.org/"),
        ("javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("/relative", ""),
        ("//example.org/", ""),
        ("https://", ""),
        ("https://example.org:port/", ""),
        ("https://[::1", ""),
        ("https://example.org\\@evil.org/", ""),
        ("https://example.org/two words", ""),
        ("https://example.org/\ud800", ""),
        ("", ""),
    ],
)
def test_only_absolute_web_addresses_without_credentials_are_safe_links(url, safe):
    assert safe_link(url) == safe


@given(anything)
def test_a_safe_link_is_safe_again(text):
    link = safe_link(f"https://{text}")
    assert safe_link(link) == link


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("cannot reach http://me:secret@host/x", "cannot reach http://…@host/x"),
        ("http://a:b@c@host/ and postgres://u:p@db", "http://…@host/ and postgres://…@db"),
        ("http://host/ write to me@host", "http://host/ write to me@host"),
        ("via http://me:pa/ss@host:3128, refused", "via http://…@host:3128, refused"),
        ("http://me@there:p#a?s/s@host/x", "http://…@host/x"),
        (
            "https://host:8443/@desk and https://host/a@b",
            "https://host:8443/@desk and https://host/a@b",
        ),
        ("http://[::1]:8080/@desk", "http://[::1]:8080/@desk"),
    ],
)
def test_credentials_are_masked_wherever_they_stand(text, masked):
    assert mask_credentials(text) == masked
    assert mask_credentials(masked) == masked


@given(anything)
def test_masking_credentials_twice_is_masking_them_once(text):
    masked = mask_credentials(f"http://{text}")
    assert mask_credentials(masked) == masked


@pytest.mark.parametrize(
    ("proxy", "masked"),
    [
        ("http://proxy.example:3128", "http://proxy.example:3128"),
        ("http://me:12/34@proxy.example:3128", "http://…@proxy.example:3128"),
        ("me:pa/ss@proxy.example:3128", "…@proxy.example:3128"),
        ("socks5://me:p@a/s#s@proxy.example", "socks5://…@proxy.example"),
    ],
)
def test_a_proxy_is_shown_without_its_password_whatever_that_holds(proxy, masked):
    assert mask_proxy(proxy) == masked


@pytest.mark.parametrize(
    ("address", "service"),
    [
        ("slack://T/SECRET/x", "slack"),
        ("xoxb-SECRET", ""),
        ("xoxb SECRET://x", ""),
        ("//SECRET", ""),
    ],
)
def test_of_an_address_of_a_chat_service_only_the_service_is_told(address, service):
    assert service_of(address) == service

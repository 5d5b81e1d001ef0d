"""A digest as a mail: what stands in its headers, and that no headline can add to them."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from any_report import texts
from sigtrack.deliver.by_mail import Letter, as_sent, compose, encoded, is_personal
from sigtrack.text import clean

LETTER = Letter(
    digest="morning",
    number=12,
    sender="The desk <desk@desk.example>",
    recipients=("a@desk.example", "b@desk.example"),
    subject="Lee, Takaichi meet in Nara (+3)",
    at=datetime(2026, 1, 15, 6, 30, tzinfo=UTC),
    text="북한\nNara\n",
    html="<p>北朝鮮</p>",
    answers="<sigtrack.morning.11.0@desk.example>",
)
HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "List-Id", "Auto-Submitted", "Precedence",
    "In-Reply-To", "References", "MIME-Version", "Content-Type", "X-Auto-Response-Suppress",
}  # fmt: skip


def read(body: bytes) -> EmailMessage:
    return message_from_bytes(body, policy=default)  # type: ignore[return-value]


def test_the_headers_are_those_of_a_list_that_nobody_answers() -> None:
    message = read(compose(LETTER))
    assert set(message.keys()) == HEADERS
    assert message["From"] == "The desk <desk@desk.example>"
    assert message["X-Auto-Response-Suppress"] == "DR, RN, NRN, OOF, AutoReply"
    assert message["Date"] == "Thu, 15 Jan 2026 06:30:00 +0000"
    assert message["List-Id"] == "<morning.sigtrack.desk.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Precedence"] == "bulk"
    assert message["References"] == message["In-Reply-To"] == LETTER.answers


def test_recipients_are_not_shown_to_each_other() -> None:
    assert read(compose(LETTER))["To"] == "undisclosed-recipients:;"
    assert b"a@desk.example" not in compose(LETTER)
    alone = replace(LETTER, recipients=("a@desk.example",))
    assert read(compose(alone))["To"] == "a@desk.example"


HTTPS = "https://desk.example/leave?who={address}"
MAILTO = "mailto:desk@desk.example?subject=unsubscribe"


def test_the_button_of_mail_programs_needs_an_https_address() -> None:
    message = read(compose(replace(LETTER, unsubscribe=(MAILTO,))))
    assert message["List-Unsubscribe"] == f"<{MAILTO}>"
    assert message["List-Unsubscribe-Post"] is None
    message = read(compose(replace(LETTER, unsubscribe=(HTTPS, MAILTO))))
    assert message["List-Unsubscribe"] == f"<{HTTPS}>, <{MAILTO}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_mail_is_dated_when_it_leaves_and_says_who_wants_to_leave() -> None:
    made = datetime(2026, 1, 15, 23, 30, tzinfo=ZoneInfo("Asia/Seoul"))
    subject = "Date: {address} List-Unsubscribe: <https://x.example/{address}>"
    body = compose(replace(LETTER, at=made, unsubscribe=(HTTPS,), subject=subject, text=subject))
    sent = as_sent(body, datetime(2026, 1, 17, 1, 2, 3, 4, tzinfo=UTC), "o'a+b/c@desk.example")
    before, after = read(body), read(sent)
    assert (before["Date"], after["Date"]) == (
        "Thu, 15 Jan 2026 23:30:00 +0900", "Sat, 17 Jan 2026 10:02:03 +0900",
    )  # fmt: skip
    assert after["List-Unsubscribe"] == (
        "<https://desk.example/leave?who=o%27a%2Bb%2Fc%40desk.example>"
    )
    assert after.keys() == before.keys()
    changed = {"Date", "List-Unsubscribe"}
    assert {name: after[name] for name in after if name not in changed} == {
        name: before[name] for name in before if name not in changed
    }
    assert sent.partition(b"\r\n\r\n")[2] == body.partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize(
    ("unsubscribe", "personal"), [((), False), ((MAILTO,), False), ((MAILTO, HTTPS), True)]
)
def test_only_an_address_that_names_the_recipient_asks_for_a_copy_each(
    unsubscribe: tuple[str, ...], personal: bool
) -> None:
    letter = replace(LETTER, subject="{address}", text="{address}", unsubscribe=unsubscribe)
    assert is_personal(compose(letter)) == personal


def test_the_text_comes_before_the_html() -> None:
    message = read(compose(LETTER))
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    text, html = message.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == LETTER.text
    assert html.get_content().strip() == LETTER.html


def test_the_same_digest_has_the_same_bytes_and_another_has_another_id() -> None:
    assert compose(LETTER) == compose(replace(LETTER))
    others = [replace(LETTER, **{name: value}) for name, value in [
        ("number", 13), ("digest", "evening"), ("text", "x"), ("subject", "x"),
        ("at", datetime(2026, 1, 16, tzinfo=UTC)), ("sender", "x@desk.example"),
        ("recipients", ("c@desk.example",)),
    ]]  # fmt: skip
    assert len({one.message_id for one in [LETTER, *others]}) == 8


def test_a_digest_without_a_sender_is_numbered_as_of_this_machine() -> None:
    message = read(compose(replace(LETTER, sender="")))
    assert message["List-Id"] == "<morning.sigtrack.localhost>"


def test_an_unthreaded_mail_answers_nothing() -> None:
    message = read(compose(replace(LETTER, answers="")))
    assert set(message.keys()) == HEADERS - {"In-Reply-To", "References"}


def test_a_page_is_attached_under_its_name_and_is_the_same_at_every_making() -> None:
    letter = replace(LETTER, page="<h1>Nara, at the café</h1>", page_name="week.html")
    assert compose(letter) == compose(replace(letter))
    message = read(compose(letter))
    assert message.get_content_type() == "multipart/mixed"
    words, page = message.iter_parts()
    assert words.get_content_type() == "multipart/alternative"
    assert (page.get_content_type(), page.get_filename()) == ("text/html", "week.html")
    assert page["Content-Transfer-Encoding"] == "base64"
    assert page.get_content().strip() == letter.page


def test_only_plain_words_that_fit_a_line_stand_in_a_header_as_they_are() -> None:
    assert encoded("x" * 69, "Subject") == "x" * 69
    for words in ("x" * 70, "=?utf-8?q?a?=", "é"):
        assert encoded(words, "Subject").startswith("=?utf-8?b?")


@pytest.mark.parametrize("before", ["", "x", "xx"])
def test_each_part_of_a_long_headline_can_be_read_by_itself(before: str) -> None:
    """Mail programs decode encoded words one by one (RFC 2047 5)."""
    headline = before + "奈" * 40
    words = encoded(headline, "Subject").split("\r\n ")
    read_alone = [base64.b64decode(word[10:-2]).decode("utf-8") for word in words]
    assert "".join(read_alone) == headline
    assert max(map(len, words)) <= 75
    # no more words than needed: the name of the header takes nine letters of the first line
    assert min(len(part.encode()) for part in read_alone[:-1]) >= 36


def test_a_sender_that_does_not_fit_a_line_of_78_letters_takes_two() -> None:
    address = "<desk@desk.example>"
    fits = "x" * (78 - len(f"From:  {address}"))
    for name, line in (
        (fits, f"From: {fits} {address}"),
        (fits + "x", f"From: {fits}x\r\n {address}"),
    ):
        body = compose(replace(LETTER, sender=f"{name} {address}"))
        assert body.decode("ascii").startswith(f"{line}\r\n")


def test_a_sender_whose_name_cannot_be_seen_is_a_bare_address() -> None:
    body = compose(replace(LETTER, sender="\x07\u200b <desk@desk.example>"))
    assert body.startswith(b"From: desk@desk.example\r\n")


@given(subject=texts, name=texts, text=texts, html=texts)
@example(subject="a\r\nBcc: x@evil.example", name="", text="", html="")
@example(subject="=?utf-8?q?a=0D=0ABcc:_x@evil.example?=", name="", text="", html="")
@example(subject="=?utf-8?b?DQpCY2M6IHhAZXZpbC5leGFtcGxl?= " * 9, name="", text="", html="")
@example(subject="x" * 70, name="", text="", html="")  # a letter too long for one line
@example(subject="x" * 5000, name="y" * 5000, text="z" * 5000, html="\0")
@example(subject="", name="奈良の机、東京の窓、ソウルの夕方", text="", html="")
@example(subject="\ud800", name="\udfff", text="\ud800", html="\udc00")
@example(subject="", name="=?utf-8?q?a?= <b@evil.example>, ", text="\r\n.\r\n", html="")
def test_no_words_of_a_stranger_add_a_header_or_keep_a_mail_from_being_made(
    subject: str, name: str, text: str, html: str
) -> None:
    quoted = clean(name).replace("<", "").replace(">", "")
    letter = replace(LETTER, subject=subject, sender=f"{quoted} <desk@desk.example>", text=text, html=html)  # fmt: skip
    body = compose(letter)
    body.decode("ascii")
    lines = body.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert b"\n" not in body.replace(b"\r\n", b"")
    message = read(body)
    assert set(message.keys()) == HEADERS
    assert " ".join(message["Subject"].split()) == " ".join(clean(subject).split())
    assert [one.addr_spec for one in message["From"].addresses] == ["desk@desk.example"]
    head = body.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert all(len(line) <= 78 for line in head if not line.startswith((b"From", b"Message-ID")))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_a_text_of_any_language_arrives_as_it_was(text: str) -> None:
    text = text.replace("\r", "").replace("\x0b", "").replace("\x0c", "")
    lines = "".join(f"{line}\n" for line in text.split("\n"))
    (plain, _) = read(compose(replace(LETTER, text=lines))).iter_parts()
    assert plain.get_content().replace("\r\n", "\n") == lines

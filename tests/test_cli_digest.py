"""`sigtrack digest` as its users meet it: a desk, a store with news, and a mail server."""

from __future__ import annotations

import json
import ssl
from pathlib import Path

import pytest
import trustme

import newsroom
from desk import Desk
from newsroom import WRECKS, news
from sigtrack.config.file import DIGEST as DIGEST_KEYS
from sigtrack.store import open_store
from smtp_server import BAD, Mode, SmtpServer, smtp_server

LIT = "A lighthouse is lit again"
DIGEST = '[digest.morning]\nto = ["a@desk.example", "b@desk.example"]\n'


@pytest.fixture
def office(desk: Desk, mail: SmtpServer) -> Desk:
    """A desk with one story in store, and a digest that goes to two people."""
    configure(desk, mail, DIGEST)
    learn(desk, LIT, "Nothing to see")
    return desk


def configure(desk: Desk, mail: SmtpServer, digests: str, more: str = 'security = "none"') -> None:
    (desk.config / "config.toml").write_text(
        f'[mail]\nhost = "127.0.0.1"\nport = {mail.port}\nfrom = "us@desk.example"\n{more}\n{digests}',
        encoding="utf-8",
    )


def learn(desk: Desk, *titles: str, summary: str = "", lang: str = "en") -> None:
    newsroom.learn(desk.db, [news(title, summary=summary, lang=lang) for title in titles])


# --- what is sent


def test_what_is_new_is_mailed_once_to_everybody(office: Desk, mail: SmtpServer) -> None:
    done = office.run("digest")
    assert done.out == f"✓ morning: sent to 2 recipients: {LIT}\n"
    (received,) = mail.mailbox
    assert received.sender == "us@desk.example"
    assert received.recipients == ("a@desk.example", "b@desk.example")
    assert received.message["Subject"] == LIT
    assert "A «lighthouse» is lit again" in received.text
    assert "Why: A lighthouse is lit · Lighthouses" in received.text
    assert ".toml" not in received.text
    assert "Nothing to see" not in received.text
    assert office.run("digest").out == "nothing to send\n"
    assert len(mail.mailbox) == 1


def test_only_what_came_since_then_is_in_the_next(office: Desk, mail: SmtpServer) -> None:
    office.run("digest")
    learn(office, "A second lighthouse is lit")
    office.run("digest", SIGTRACK_NOW="2026-01-15T12:00:00Z")
    assert [one.message["Subject"] for one in mail.mailbox] == [LIT, "A second lighthouse is lit"]
    assert "1 new story since Wed 14 Jan 12:00" in mail.mailbox[1].text
    assert LIT not in mail.mailbox[1].text
    assert len(office.run("report", "--since", "last-digest", "-f", "jsonl").records) == 0


def test_what_is_new_in_a_story_of_an_earlier_mail_is_told_as_that(
    desk: Desk, mail: SmtpServer
) -> None:
    configure(desk, mail, DIGEST)
    file = desk.home / "items.jsonl"
    title = "Lighthouse of Cape Akitsu is lit again after forty dark years"
    for sources in (("wire",), ("kyodo", "post")):
        items = ({"title": title, "date": "2026-01-14T09:00:00Z", "source": one} for one in sources)
        file.write_text("\n".join(map(json.dumps, items)), encoding="utf-8")
        desk.run("import", file)
        desk.run("digest")
    first, second = mail.mailbox
    assert "told before" not in first.text
    (line,) = [one for one in second.text.splitlines() if "· told before, +2 · now also" in one]
    assert "kyodo" in line and "post" in line and "wire" not in line


def test_a_sure_digest_tells_a_story_when_a_second_publisher_has_it(
    desk: Desk, mail: SmtpServer
) -> None:
    configure(desk, mail, f"{DIGEST}sure = true\n")
    file = desk.home / "items.jsonl"
    title = "Lighthouse of Cape Akitsu is lit again after forty dark years"
    sure = "Old lighthouse on the northern pier is sold to a painter"
    rounds = (((title, "wire"), (sure, "wire"), (sure, "post")), ((title, "kyodo"),))
    for told in rounds:
        items = ({"title": a, "date": "2026-01-14T09:00:00Z", "source": b} for a, b in told)
        file.write_text("\n".join(map(json.dumps, items)), encoding="utf-8")
        desk.run("import", file)
        desk.run("digest")
    first, second = mail.mailbox
    assert "painter" in first.text and "Akitsu" not in first.text
    assert "Akitsu" in second.text and "told before" not in second.text
    assert "--sure" in second.text
    assert "Akitsu" not in desk.run("digest", "--stdout", "--sure").out


def test_a_digest_may_attach_the_report_as_a_page(office: Desk, mail: SmtpServer) -> None:
    configure(office, mail, f"{DIGEST}page = true\n")
    office.run("digest")
    (received,) = mail.mailbox
    (page,) = received.message.iter_attachments()
    assert page.get_content_type() == "text/html"
    assert page.get_filename() == "signals-2026-01-14.html"
    assert "A <mark>lighthouse</mark> is lit again" in page.get_content()
    assert "A «lighthouse» is lit again" in received.text
    files = [office.home / name for name in ("one.eml", "two.eml")]
    configure(office, mail, DIGEST)
    for file in files:
        office.run("digest", "--page", "--eml", file)
    assert files[0].read_bytes() == files[1].read_bytes()
    assert b"signals-2026-01-14.html" in files[0].read_bytes()


@pytest.mark.parametrize(("language", "is_there"), [("en", True), ("ko", False)])
def test_a_gloss_is_for_headlines_that_no_reader_of_the_mail_reads(
    desk: Desk, mail: SmtpServer, language: str, is_there: bool
) -> None:
    configure(desk, mail, f'{DIGEST}language = "{language}"\n')
    learn(desk, "등대에서 비핵화 논의", lang="ko")
    desk.run("digest")
    assert ("denuclearization" in mail.mailbox[0].text) == is_there


def test_an_item_published_long_before_is_in_the_mail_and_marked(
    office: Desk, mail: SmtpServer
) -> None:
    office.run("digest", SIGTRACK_NOW="2026-01-17T12:00:00Z")
    file = office.home / "late.jsonl"
    item = {"title": "A lighthouse was lit on Wednesday", "published": "2026-01-14T11:00:00Z"}
    file.write_text(json.dumps(item | {"source": "wire"}), "utf-8")
    office.run("import", file, SIGTRACK_NOW="2026-01-18T11:00:00Z")
    office.run("digest", SIGTRACK_NOW="2026-01-18T12:00:00Z")
    assert "published Wed 14 Jan, seen only now" in mail.mailbox[1].text


def test_a_silent_edit_that_brings_a_signal_is_marked(office: Desk, mail: SmtpServer) -> None:
    office.run("digest")
    for title in ("The harbour is dark", "Fog in the harbour"):
        newsroom.learn(office.db, [news(title, uid="dark")])
    office.run("digest")
    assert "words changed Wed 14 Jan 12:00" in mail.mailbox[1].text


def test_what_is_urgent_stands_first_and_in_the_subject(desk: Desk, mail: SmtpServer) -> None:
    desk.watch(WRECKS, "wrecks")
    configure(desk, mail, DIGEST)
    learn(desk, LIT, "A wreck is seen")
    desk.run("digest")
    (received,) = mail.mailbox
    assert received.message["Subject"] == "▲ A wreck is seen (+1)"
    text = received.text
    assert (
        text.index("What weighs most\n---") < text.index("▲ A «wreck»") < text.index("«lighthouse»")
    )
    assert text.startswith("2 new stories · 1 urgent · times in UTC\n")


def test_the_sentence_that_matched_is_quoted(desk: Desk, mail: SmtpServer) -> None:
    configure(desk, mail, DIGEST)
    learn(desk, "News of the coast", summary="It was dark. Then a lighthouse was lit. All slept.")
    desk.run("digest")
    assert "  | Then a «lighthouse» was lit.\n" in mail.mailbox[0].text


def test_more_stories_than_the_limit_are_counted(desk: Desk, mail: SmtpServer) -> None:
    configure(desk, mail, f"{DIGEST}limit = 2\n")
    learn(desk, *(f"Lighthouse {n} is lit" for n in range(16)))
    desk.run("digest")
    text = mail.mailbox[0].text
    assert text.count(" is lit\n  harbour") == 2
    assert "And 14 more.\n" in text


def test_a_digest_has_its_watchlists_and_its_priority(desk: Desk, mail: SmtpServer) -> None:
    desk.watch(WRECKS, "wrecks")
    configure(
        desk,
        mail,
        '[digest.wrecks]\nto = ["a@desk.example"]\nwatchlists = ["wrecks"]\n'
        '[digest.high]\nto = ["b@desk.example"]\npriority = "high"\n'
        'watchlists = ["lighthouses"]\n',
    )
    learn(desk, LIT, "Fog in the harbour", "A wreck is seen")
    desk.run("digest")
    assert {one.recipients: one.message["Subject"] for one in mail.mailbox} == {
        ("a@desk.example",): "▲ A wreck is seen",
        ("b@desk.example",): LIT,
    }
    learn(desk, "Another wreck is seen")
    desk.run("digest", "high")
    assert len(mail.mailbox) == 2


@pytest.mark.parametrize(
    ("language", "says"),
    [("ko", "이유:"), ("ja", "理由:"), ("zh", "原因："), ("en", "Why:")],
)
def test_the_labels_are_in_the_language_of_the_readers(
    desk: Desk, mail: SmtpServer, language: str, says: str
) -> None:
    configure(desk, mail, f'{DIGEST}language = "{language}"\n')
    learn(desk, "등대에 불이 켜졌다", lang="ko")
    desk.run("digest")
    assert says in mail.mailbox[0].text
    html = mail.mailbox[0].message.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert f'<html lang="{language}">' in html
    assert 'lang="ko"' in html


def test_a_headline_that_would_break_a_header_breaks_nothing(desk: Desk, mail: SmtpServer) -> None:
    configure(desk, mail, DIGEST)
    hostile = (
        "lighthouse =?utf-8?q?=0D=0ABcc:_x@evil.example?=",
        f"lighthouse {'long ' * 400}",
        "lighthouse \u202e<b>&amp;#13;&amp;#10;Bcc: y@evil.example</b>",
    )
    for number, title in enumerate(hostile):
        learn(desk, title)
        desk.run("digest")
        received = mail.mailbox[number]
        assert received.recipients == ("a@desk.example", "b@desk.example")
        assert received.message["Bcc"] is None
        assert len(str(received.message["Subject"])) <= 78


def test_feeds_that_have_not_answered_are_named(desk: Desk, mail: SmtpServer) -> None:
    configure(desk, mail, DIGEST)
    desk.feeds({"wreck": "http://127.9.9.9:1/feed.xml"})
    for day in (10, 12):
        desk.run("fetch", "-q", code=69, SIGTRACK_NOW=f"2026-01-{day}T12:00:00Z")
    learn(desk, LIT)
    done = desk.run("digest")
    assert "no feed has been asked since 2026-01-12 12:00" in done.err
    text = mail.mailbox[0].text
    assert "! No feed has been asked since Mon 12 Jan 12:00" in text
    assert "Not heard from\n--------------\n- wreck · never yet · " in text


def test_a_thread_answers_the_mail_before(desk: Desk, mail: SmtpServer) -> None:
    configure(desk, mail, f"{DIGEST}thread = true\n")
    for title in (LIT, "A second lighthouse is lit"):
        learn(desk, title)
        desk.run("digest")
    first, second = mail.mailbox
    assert first.message["References"] is None
    assert second.message["References"] == first.message_id


# --- when there is nothing


def test_nothing_new_sends_nothing_or_once_a_week_that_all_is_well(
    desk: Desk, mail: SmtpServer
) -> None:
    configure(
        desk, mail, f'{DIGEST}[digest.weekly]\nto = ["c@desk.example"]\nwhen_empty = "weekly"\n'
    )
    learn(desk, "Nothing to see")
    for day in (14, 15, 20, 21, 22):
        desk.run("digest", SIGTRACK_NOW=f"2026-01-{day}T12:00:00Z")
    assert [one.recipients for one in mail.mailbox] == [("c@desk.example",)] * 2
    assert mail.mailbox[1].message["Subject"] == "Nothing new since Wed 14 Jan"
    assert mail.mailbox[1].text.startswith(
        "Nothing new since Wed 14 Jan. 0 feeds answer, 0 do not."
    )


def test_a_visit_that_changed_is_mailed_without_stories_and_only_once(
    office: Desk, mail: SmtpServer
) -> None:
    office.run("digest")
    learn(office, "Takaichi to visit South Korea this month")
    file = office.home / "next.eml"
    office.run("digest", "--eml", file)
    office.run("digest")
    received = mail.mailbox[1]
    assert received.body == file.read_bytes()
    assert received.message["Subject"] == "○ planned: Takaichi (Japan) → South Korea"
    assert "- ○ new: planned · Takaichi (Japan) → South Korea · Jan 2026 · " in received.text
    assert office.run("digest", "--again", 2).out == received.text
    assert office.run("digest").out == "nothing to send\n"


def test_what_is_overdue_is_mailed_without_stories_and_only_once(
    office: Desk, mail: SmtpServer
) -> None:
    office.watch(
        'format = 1\nid = "next"\n[[expect]]\nid = "beacon"\ntitle = "The beacon"\n'
        'signals = ["lighthouses"]\nafter = 2026-01-16\nby = 2026-01-17\n',
        "next",
    )
    office.run("digest")
    assert "Expected\n--------\n- open · The beacon · by 17 Jan\n" in mail.mailbox[0].text
    for day in (17, 18, 19):
        office.run("digest", SIGTRACK_NOW=f"2026-01-{day}T12:00:00Z")
    (_, received) = mail.mailbox
    assert received.message["Subject"] == "▲ overdue: The beacon"
    assert received.text.startswith("No new stories since Wed 14 Jan 12:00 · times in UTC\n")
    assert "- ▲ overdue · The beacon · by 17 Jan\n" in received.text
    assert office.run("digest", "--dry-run", SIGTRACK_NOW="2026-01-20T12:00:00Z").out == (
        "morning: nothing new, nothing would be sent\n"
    )


def test_init_takes_what_exists_as_read(office: Desk, mail: SmtpServer) -> None:
    done = office.run("digest", "--init")
    assert done.out == "✓ morning: 1 hit taken as read; the next digest begins here\n"
    office.run("digest")
    assert mail.mailbox == []
    learn(office, "A second lighthouse is lit")
    office.run("digest")
    assert LIT not in mail.mailbox[0].text


# --- looking first


def test_previews_send_nothing_and_mark_nothing(office: Desk, mail: SmtpServer) -> None:
    file = office.home / "next.eml"
    assert "A «lighthouse» is lit again" in office.run("digest", "--stdout").out
    assert office.run("digest", "--dry-run").out == (
        f"morning: would be sent to a@desk.example, b@desk.example: {LIT}\n"
    )
    office.run("digest", "--eml", file)
    assert mail.conversations == 0
    office.run("digest")
    assert mail.mailbox[0].body == file.read_bytes()


def test_a_mail_can_be_read_again(office: Desk, mail: SmtpServer) -> None:
    office.run("digest")
    assert office.run("digest", "morning", "--again", 1).out == mail.mailbox[0].text
    file = office.home / "again.eml"
    office.run("digest", "--again", 1, "--eml", file)
    assert file.read_bytes() == mail.mailbox[0].body
    assert "there is no mail 7" in office.run("digest", "--again", 7, code=65).err


def test_without_a_config_the_next_digest_can_be_read_but_not_sent(desk: Desk) -> None:
    learn(desk, LIT)
    assert "A «lighthouse» is lit again" in desk.run("digest", "--stdout").out
    done = desk.run("digest", code=78)
    assert "no digest is named (add [digest.morning] with to = [...], or use --to)" in done.err
    assert "no database" in desk.run("digest", "--db", desk.home / "none.db", code=65).err


def test_to_sends_the_digest_to_others_this_time(office: Desk, mail: SmtpServer) -> None:
    office.run("digest", "--to", "me@desk.example")
    assert [one.recipients for one in mail.mailbox] == [("me@desk.example",)]
    assert office.run("digest").out == "nothing to send\n"
    assert "is not an address" in office.run("digest", "--to", "a b", code=2).err
    assert "no digest 'evening'" in office.run("digest", "evening", code=2).err


# --- when it cannot be sent


def states(desk: Desk) -> dict[str, str]:
    with open_store(str(desk.db)) as store:
        return {one.recipient: one.state for one in store.mail(1).deliveries}


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        ("greylisting", "451 4.7.1 come back later"),
        ("drop in data", "the connection was dropped"),
        ("puts data off", "452 4.3.1 no room"),
        ("busy", "421 4.3.2 too many of you"),
        ("closed", "the connection was dropped"),
    ],
)
def test_what_is_put_off_is_said_once_and_sent_later_as_it_was(
    office: Desk, mail: SmtpServer, mode: Mode, reason: str
) -> None:
    mail.mode = mode
    first = office.run("digest", "-q", code=75)
    assert first.out == ""
    assert first.err.count("\n") == 1
    assert first.err.startswith("sigtrack: digest morning: mail is put off until the next run: ")
    assert reason in first.err
    second = office.run("digest", "-q", code=75)
    assert (second.out, second.err) == ("", "")
    assert "2 recipients still to get" in office.run("digest", code=75).out
    learn(office, "A second lighthouse is lit")  # does not join the mail that waits
    mail.mode = "fine"
    assert office.run("digest", "--pending", "-q").err == ""
    assert [one.message["Subject"] for one in mail.mailbox] == [LIT]
    office.run("digest")
    assert len(mail.mailbox) == 2


def test_a_lost_answer_repeats_the_same_mail_under_the_same_id_with_the_date_of_now(
    office: Desk, mail: SmtpServer
) -> None:
    mail.mode = "lost answer"
    office.run("digest", code=75)
    mail.mode = "fine"
    office.run("digest", SIGTRACK_NOW="2026-01-20T12:00:00Z")
    first, second = mail.mailbox
    assert first.message_id == second.message_id
    assert b"Date: Wed, 14 Jan 2026 12:00:00 +0000\r\n" in first.body
    assert second.body == first.body.replace(b"Wed, 14 Jan", b"Tue, 20 Jan")


def test_one_bad_recipient_of_three_is_shown_and_the_others_get_it_once(
    desk: Desk, mail: SmtpServer
) -> None:
    configure(desk, mail, f'[digest.morning]\nto = ["a@desk.example", "{BAD}", "b@desk.example"]\n')
    learn(desk, LIT)
    mail.mode = "bad recipient"
    for _ in range(2):
        done = desk.run("digest", "-q", code=69)
        assert done.err == f"sigtrack: digest morning: {BAD} was refused: 550 5.1.1 no such desk\n"
    assert [one.recipients for one in mail.mailbox] == [("a@desk.example", "b@desk.example")]
    assert states(desk) == {"a@desk.example": "sent", "b@desk.example": "sent", BAD: "waiting"}
    done = desk.run("digest", "-q", code=69, SIGTRACK_NOW="2026-01-19T12:00:00Z")
    assert f"{BAD} was refused for 5 days and will not get: {LIT}" in done.err
    assert desk.run("digest", "-q").err == ""


def test_each_recipient_gets_an_address_for_leaving_and_nobody_gets_two_mails(
    desk: Desk, mail: SmtpServer
) -> None:
    leave = 'unsubscribe = ["https://desk.example/leave?who={address}", "mailto:us@desk.example"]'
    to = ["a@desk.example", BAD, "b@desk.example"]
    configure(desk, mail, f"[digest.morning]\nto = {to}\n{leave}\n")
    learn(desk, LIT)
    mail.mode = "bad recipient"
    for _ in range(2):
        desk.run("digest", "-q", code=69)
    whom = ["a@desk.example", "b@desk.example"]
    assert [one.recipients for one in mail.mailbox] == [(one,) for one in whom]
    assert [one.message["List-Unsubscribe"] for one in mail.mailbox] == [
        f"<https://desk.example/leave?who={one.replace('@', '%40')}>, <mailto:us@desk.example>"
        for one in whom
    ]
    assert len({one.message_id for one in mail.mailbox}) == 1
    assert "undisclosed" in str(mail.mailbox[0].message["To"])


def test_a_server_that_shuts_after_one_copy_gets_the_others_later(
    desk: Desk, mail: SmtpServer
) -> None:
    configure(desk, mail, DIGEST + 'unsubscribe = ["https://desk.example/leave?who={address}"]\n')
    learn(desk, LIT)

    def shut(stage: str) -> None:
        mail.mode = "closed" if stage == "taken" else mail.mode

    mail.at = shut
    desk.run("digest", "-q", code=75)
    assert states(desk) == {"a@desk.example": "sent", "b@desk.example": "waiting"}
    mail.mode, mail.at = "fine", lambda stage: None
    desk.run("digest", "-q")
    assert [one.recipients for one in mail.mailbox] == [("a@desk.example",), ("b@desk.example",)]


@pytest.mark.parametrize(
    "wrong",
    ["http://desk.example/leave", "https://desk.example/{name}", "mailto:", "https://x/ y",
     "https://x/>,<y", "https://x/{address}{address}", f"https://x/{'y' * 200}"],
)  # fmt: skip
def test_an_address_for_leaving_is_https_or_mailto(wrong: str) -> None:
    assert not DIGEST_KEYS["unsubscribe"].fits([wrong])


@pytest.mark.parametrize("mode", ["refuses data", "refuses mail", "refuses sender"])
def test_what_is_refused_is_shown_each_time_and_not_lost(
    office: Desk, mail: SmtpServer, mode: Mode
) -> None:
    mail.mode = mode
    for _ in range(2):
        assert "was refused: 55" in office.run("digest", "-q", code=69).err
    mail.mode = "fine"
    office.run("digest", "-q")
    assert [one.message["Subject"] for one in mail.mailbox] == [LIT]


def test_whom_the_config_no_longer_names_gets_nothing_that_waited(
    office: Desk, mail: SmtpServer
) -> None:
    mail.mode = "greylisting"
    office.run("digest", code=75)
    mail.mode = "fine"
    configure(office, mail, DIGEST.replace("b@desk.example", "c@desk.example"))
    office.run("digest")
    assert [one.recipients for one in mail.mailbox] == [("a@desk.example",)]
    assert states(office) == {"a@desk.example": "sent", "b@desk.example": "dropped"}


def test_a_mail_by_hand_waits_for_its_own_recipient(office: Desk, mail: SmtpServer) -> None:
    mail.mode = "greylisting"
    office.run("digest", "--to", "me@desk.example", code=75)
    mail.mode = "fine"
    office.run("digest")
    assert [one.recipients for one in mail.mailbox] == [("me@desk.example",)]


def test_a_login_that_is_refused_is_said_at_every_run(desk: Desk, tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with smtp_server(tls=context, login=True) as mail:
        configure(desk, mail, DIGEST, f'user = "desk"\nca_file = "{tmp_path}/ca.pem"')
        learn(desk, LIT)
        assert "there is no password for desk at 127.0.0.1" in desk.run("digest", code=78).err
        for _ in range(2):
            done = desk.run("digest", "-q", code=77, SIGTRACK_SMTP_PASSWORD="wrong")
            assert "refused the login: 535" in done.err
            assert "wrong" not in done.err
        assert desk.run("doctor", "-q", "--online", code=1, SIGTRACK_SMTP_PASSWORD="wrong")
        desk.run("digest", "-q", SIGTRACK_SMTP_PASSWORD="right")
        assert len(mail.mailbox) == 1
        found = desk.run("doctor", "--online", "-f", "jsonl", SIGTRACK_SMTP_PASSWORD="right")
        (server,) = [one for one in found.records if one["part"] == "mail"]
        assert server["state"] == "fine"
        assert "accepts us, as desk" in server["finding"]


def test_mail_leaves_by_sendmail_where_no_server_is_named(desk: Desk) -> None:
    program = desk.home / "sendmail"
    program.write_text(f"#!/bin/sh\ncat > {desk.home}/sent.eml\n")
    (desk.config / "config.toml").write_text(
        f'[mail]\nfrom = "us@desk.example"\nsendmail = "{program}"\n{DIGEST}'
    )
    learn(desk, LIT)
    assert f"there is no {program}" in desk.run("digest", code=78).err
    program.chmod(0o755)
    desk.run("digest")
    assert LIT in (desk.home / "sent.eml").read_text()


EVENING = '[digest.evening]\nto = ["c@desk.example"]\n'


@pytest.mark.parametrize(
    ("wrong", "line", "said"),
    [
        ('watchlists = ["lighthose"]', 8, "there is no watchlist lighthose (one of: "),
        ("limit = 0", 10, "limit must be a whole number from 1 to 1,000"),
        ('piority = "high"', 10, "piority is not a setting of [digest] (did you mean priority?)"),
        ('watchlists = "lighthouses"', 10, "watchlists must be a list of texts"),
    ],
)
def test_a_digest_that_is_wrong_stops_no_other(
    desk: Desk, mail: SmtpServer, wrong: str, line: int, said: str
) -> None:
    configure(desk, mail, f"{DIGEST}{EVENING}{wrong}\n")
    learn(desk, LIT)
    done = desk.run("digest", "--dry-run", code=78)
    assert "morning: would be sent to a@desk.example" in done.out
    assert "evening" not in done.out
    done = desk.run("digest", code=78)
    assert f"{desk.config}/config.toml:{line}: {said}" in done.err
    assert done.err.endswith("sigtrack: digest evening was not made; the others go on\n")
    assert "morning: sent to 2 recipients" in done.out
    assert [one.recipients for one in mail.mailbox] == [("a@desk.example", "b@desk.example")]
    assert desk.run("digest", "morning").err == ""
    alone = desk.run("digest", "evening", code=78)
    assert said in alone.err and "no digest was made" in alone.err
    found = desk.run("doctor", "-f", "jsonl", code=1).records
    (evening,) = [one for one in found if one["part"] == "digest evening"]
    assert evening["state"] == "wrong"
    assert f"config.toml:{line}: {said}" in evening["finding"]
    assert desk.run("report").err == ""
    configure(desk, mail, f"{DIGEST}{EVENING}")
    desk.run("digest")
    assert len(mail.mailbox) == 2  # what it missed was not taken as read


def test_a_mail_that_waits_is_sent_though_its_digest_names_a_stale_list(
    desk: Desk, mail: SmtpServer
) -> None:
    configure(desk, mail, EVENING)
    learn(desk, LIT)
    mail.mode = "busy"
    desk.run("digest", code=75)
    mail.mode = "fine"
    configure(desk, mail, f'{DIGEST}{EVENING}watchlists = ["lighthose"]\n')
    desk.run("digest", code=78)
    assert [one.recipients for one in mail.mailbox] == [
        ("c@desk.example",),
        ("a@desk.example", "b@desk.example"),
    ]


def test_where_every_digest_is_wrong_nothing_is_sent(desk: Desk, mail: SmtpServer) -> None:
    configure(desk, mail, f'{EVENING}limit = 0\n[digest.noon]\nto = ["d"]\n')
    learn(desk, LIT)
    for command in (["digest"], ["digest", "--dry-run"], ["digest", "--stdout"]):
        done = desk.run(*command, code=78)
        assert "limit must be" in done.err and "to must be" in done.err
        assert done.out == ""
    assert "digest" in desk.run("cron", "--only", "crontab").out
    assert "limit must be" in desk.run("config", "show").err
    assert mail.mailbox == []


def test_a_digest_for_a_chat_needs_no_password_of_the_mail_server(
    desk: Desk, mail: SmtpServer
) -> None:
    configure(desk, mail, '[digest.chat]\nnotify = ["json://127.0.0.1:9/"]\n', 'user = "desk"')
    learn(desk, LIT)
    assert "password" not in desk.run("digest", code=75).err


def test_what_keeps_a_digest_from_being_sent_is_said_before_it_is_made(
    desk: Desk, mail: SmtpServer
) -> None:
    configure(desk, mail, f'{DIGEST}watchlists = ["lighthose"]\n')
    learn(desk, LIT)
    done = desk.run("digest", code=78)
    assert f"{desk.config}/config.toml:6: there is no watchlist lighthose" in done.err
    configure(desk, mail, DIGEST)
    desk.run("digest")
    assert len(mail.mailbox) == 1

"""Settings: where each comes from, and every mistake of the file at once, by line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from desk import Desk
from sigtrack.config import Settings, load_settings, smtp_password
from sigtrack.errors import InputUnreadable, Misconfigured
from sigtrack.model import Priority
from sigtrack.watch import shipped_text

DIGEST = '[digest.morning]\nto = ["desk@example.org"]\n'


def load(home: Path, text: str, **environment: str) -> Settings:
    (home / "config.toml").write_text(text, encoding="utf-8")
    return load_settings({"HOME": str(home), **environment}, config=str(home / "config.toml"))


def problems(home: Path, text: str) -> list[str]:
    try:
        found = [one for some in load(home, text).broken_digests.values() for one in some]
    except Misconfigured as error:
        found = list(error.problems)
    return [str(problem).removeprefix(f"{home}/config.toml:") for problem in found]


def test_digests_and_the_way_of_mail_are_read_from_their_tables(tmp_path: Path) -> None:
    text = (
        '[mail]\nhost = "mail.example.org"\nsecurity = "tls"\nuser = "desk"\n'
        'from = "The desk <desk@example.org>"\n'
        '[digest.morning]\nto = ["a@example.org", "b@example.org", "a@example.org"]\n'
        'priority = "high"\nlanguage = "ko"\nlimit = 5\nwatchlists = ["trade"]\n'
    )
    settings = load(tmp_path, text)
    assert (settings.mail.host, settings.mail.port) == ("mail.example.org", 465)
    assert settings.mail.sender == "The desk <desk@example.org>"
    morning = settings.digests["morning"]
    assert morning.to == ("a@example.org", "b@example.org")
    assert (morning.priority, morning.language, morning.limit) == (Priority.HIGH, "ko", 5)
    assert (morning.when_empty, morning.watchlists) == ("never", ("trade",))


def test_every_mistake_is_told_at_once_with_its_line_and_cure(tmp_path: Path) -> None:
    text = (
        'timezon = "Asia/Seoul"\n[mail]\nhost = "mail.example.org"\nsecurity = "none"\n'
        'port = "25"\npassword = "x"\n[digest.morning]\nto = ["a b@example.org"]\n'
        'piority = "high"\nlimit = 0\n[digest.Bad_Name]\n'
    )
    assert problems(tmp_path, text) == [
        "1: timezon is not a setting (did you mean timezone?)",
        '4: security "none" would send mail and password unencrypted (use "starttls" '
        'or "tls": "none" is only for this machine)',
        "5: port must be a whole number from 1 to 65,535",
        "6: the password must not be in this file (use SIGTRACK_SMTP_PASSWORD, "
        "SIGTRACK_SMTP_PASSWORD_FILE or a keyring)",
        '8: to must be a list of addresses, such as ["desk@example.org"]',
        "9: piority is not a setting of [digest] (did you mean priority?)",
        "10: limit must be a whole number from 1 to 1,000",
        "11: 'Bad_Name' cannot be the name of a digest (use small letters, digits and hyphens, at most "
        "40)",
        '11: digest Bad_Name has no recipients (add: to = ["desk@example.org"])',
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('db = "a\n', "1: a string is not closed (add the missing quote at its end)"),
        ("[digest.a\n", "1: the brackets of this heading do not match (write [mail] or [digest.morning])"),
        ('digest = "a"\n', "1: every digest needs a name (write [digest.morning], and its keys below it)"),
        ('[digest]\nto = ["a@b.example"]\n', "1: every digest needs a name (write [digest.morning], and its keys below it)"),
        ("mail = 3\n", "1: mail must be a table (write [mail], and its keys below it)"),
        ("opinions = 3\n", "1: opinions must be a table (write [opinions], and its keys below it)"),
        ('[opinions]\nurl = "ftp://a"\n', '2: url must be an address such as "http://127.0.0.1:8080/v1"'),
        ('[opinions]\nurl = "http://[::1"\n', '2: url must be an address such as "http://127.0.0.1:8080/v1"'),
        ('[opinions]\nurl = "http://u:p@a/v1"\n', '2: url must be an address such as "http://127.0.0.1:8080/v1"'),
        ('[opinions]\nkey = "x"\n', "2: the key must not be in this file (name the variable or the file that holds it: key_env or key_file)"),
        ('[opinions]\nkey_env = "A"\nkey_file = "b"\n', "3: the key comes from a variable or from a file (delete one of the two)"),
        ('[opinions]\nurl = "http://a.example/v1"\nkey_env = "A"\n', "2: the key would be sent unencrypted (use https: http without encryption is only for this machine, or without a key)"),
        ('[mail]\nhost = "a"\nsendmail = "/x"\n', "3: mail is sent either by a server or by sendmail, not by both (delete host or sendmail)"),
    ],
)  # fmt: skip
def test_a_file_of_another_shape_is_explained(tmp_path: Path, text: str, said: str) -> None:
    assert problems(tmp_path, text) == [said]


@pytest.mark.parametrize(
    "sender", ["a@b.example\\nBcc: x@y.example", "A\\r\\nB <a@b.example>", "nobody", "<@>", "A <a@b.example> <c@d.example>"]
)  # fmt: skip
def test_an_address_that_could_break_a_header_is_refused(tmp_path: Path, sender: str) -> None:
    (said,) = problems(tmp_path, f'[mail]\nfrom = "{sender}"\n')
    assert said.startswith("2: from must be an address such as")
    (said,) = problems(tmp_path, f'[digest.a]\nto = ["{sender}"]\n')
    assert said.startswith("2: to must be a list of addresses")


def test_a_mistake_in_one_digest_leaves_every_other_setting_as_it_is(tmp_path: Path) -> None:
    text = (
        f'since = "3d"\n{DIGEST}[digest.noon]\nto = ["nobody"]\n[digest.evening]\n'
        'to = ["b@desk.example"]\nlimit = "many"\n'
    )
    settings = load(tmp_path, text)
    assert (settings.since.value, list(settings.digests)) == ("3d", ["morning"])
    assert [
        (name, [one.place.line for one in some]) for name, some in settings.broken_digests.items()
    ] == [
        ("noon", [5]),
        ("evening", [8]),
    ]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.8.7", "::1"])
def test_mail_in_the_clear_is_for_this_machine_only(tmp_path: Path, host: str) -> None:
    text = f'[mail]\nhost = "{host}"\nsecurity = "none"\n'
    assert load(tmp_path, text).mail.port == 25
    assert len(problems(tmp_path, text.replace(host, "mail.example.org"))) == 1


def test_the_template_holds_every_key_and_is_valid_when_switched_on(tmp_path: Path) -> None:
    lines = shipped_text("templates/config.toml").format(db="~/a.db").splitlines()
    keys = [line.removeprefix("# ") for line in lines if " = " in line or line.startswith("# [")]
    on = "\n".join(line for line in keys if not line.startswith("sendmail"))
    settings = load(tmp_path, on)
    assert settings.digests["morning"].limit == 30
    assert settings.mail.host == "smtp.example.org"
    assert settings.opinions.endpoint == "http://127.0.0.1:8080/v1/chat/completions"


def test_config_show_lists_every_key_with_its_origin_and_no_secret(desk: Desk) -> None:
    file = desk.config / "config.toml"
    file.write_text(f'{DIGEST}notify = ["slack://T/SECRET/x"]\nthread = true\n', encoding="utf-8")
    done = desk.run("config", "show", "-f", "jsonl", SIGTRACK_SMTP_PASSWORD="SECRET")
    shown = {r["setting"]: (r["value"], r["from"]) for r in done.records}
    assert shown["digest.morning.to"] == ("desk@example.org", str(file))
    assert shown["digest.morning.thread"] == ("true", str(file))
    assert shown["digest.morning.notify"] == ("slack://…", str(file))
    assert shown["mail password"] == ("set", "SIGTRACK_SMTP_PASSWORD")
    assert "SECRET" not in done.out


def test_config_show_tells_nothing_of_a_chat_address_that_names_no_service(desk: Desk) -> None:
    file = desk.config / "config.toml"
    file.write_text(f'{DIGEST}notify = ["xoxb-SECRET", "ntfy://SECRET"]\n', encoding="utf-8")
    done = desk.run("config", "show", SIGTRACK_DB="mysql://root:SECRET/x@host/db", code=0)
    assert "…, ntfy://…" in done.out
    assert "mysql://…@host/db" in done.out
    assert "SECRET" not in done.out


@pytest.mark.parametrize(
    "line",
    [
        "notify = [slack://T/SECRET/x]",
        'notify = ["slack://T/SECRET/x" "b"]',
        "notify = [\n  'slack://a',\n  SECRET,\n]",
        "password = SECRET",
        'notify = ["slack://T/SECRET" /x"]',
    ],
)
def test_a_mistake_in_a_line_that_holds_a_secret_does_not_quote_it(desk: Desk, line: str) -> None:
    (desk.config / "config.toml").write_text(f"{DIGEST}{line}\n", encoding="utf-8")
    done = desk.run("report", code=78)
    assert "config.toml:" in done.err
    assert "SECRET" not in done.err


def test_the_password_is_found_in_the_environment_then_in_its_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("from the file\nsecond line\n", encoding="utf-8")
    both = load(tmp_path, "", SIGTRACK_SMTP_PASSWORD="a", SIGTRACK_SMTP_PASSWORD_FILE=str(secret))
    found = smtp_password(both)
    assert found is not None
    assert (found.value, found.origin) == ("a", "SIGTRACK_SMTP_PASSWORD")
    assert "'a'" not in repr(both)
    found = smtp_password(load(tmp_path, "", SIGTRACK_SMTP_PASSWORD_FILE=str(secret)))
    assert found is not None
    assert found.value == "from the file"
    assert smtp_password(load(tmp_path, "")) is None


def test_a_password_file_that_is_not_there_is_no_empty_password(tmp_path: Path) -> None:
    settings = load(tmp_path, "", SIGTRACK_SMTP_PASSWORD_FILE=str(tmp_path / "none"))
    with pytest.raises(InputUnreadable, match="cannot be read"):
        smtp_password(settings)
    os.mkfifo(tmp_path / "pipe")
    settings = load(tmp_path, "", SIGTRACK_SMTP_PASSWORD_FILE=str(tmp_path / "pipe"))
    with pytest.raises(InputUnreadable, match="pipe cannot be read: it is a device or a pipe"):
        smtp_password(settings)

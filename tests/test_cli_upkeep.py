"""`sigtrack cron` and `sigtrack doctor`: that it runs by itself, and whether it would."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import newsroom
from desk import SOURCE, Desk, rss
from feed_server import Site
from newsroom import news

DIGEST = (
    '[mail]\nfrom = "us@desk.example"\nsendmail = "/bin/true"\n'
    '[digest.morning]\nto = ["a@desk.example"]\n'
)


@pytest.fixture
def office(tmp_path: Path) -> Desk:
    """A desk whose folders are hard to quote."""
    desk = Desk(tmp_path / "100% of o'ur $HOME")
    (desk.config / "config.toml").write_text(DIGEST)
    newsroom.learn(desk.db, [news("A lighthouse is lit")])
    return desk


def jobs(crontab: str) -> list[str]:
    """The commands, as cron hands them to a shell: \\% is a percent sign."""
    lines = [line for line in crontab.splitlines() if line and line[0] != "#"]
    return [line.split(None, 5)[5].replace("\\%", "%") for line in lines]


def units(printed: str) -> dict[str, configparser.ConfigParser]:
    found = {}
    for name, text in re.findall(
        r"^# (\S+\.(?:service|timer))\n(.*?)(?=^# |\Z)", printed, re.M | re.S
    ):
        parser = configparser.ConfigParser(interpolation=None, strict=False)
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        parser.read_string(text)
        found[name] = parser
    return found


def test_cron_lines_have_full_paths_and_are_quiet(office: Desk) -> None:
    found = jobs(office.run("cron", "--only", "crontab").out)
    assert [shlex.split(job)[3:6] for job in found[:3]] == [
        ["fetch", "--quiet", "--config"],
        ["digest", "--quiet", "--config"],
        ["digest", "--pending", "--quiet"],
    ]
    for job in found[:3]:
        words = shlex.split(job)
        assert words[:3] == [sys.executable, "-m", "sigtrack"]
        assert words[-1] == str(office.db)
        assert str(office.config / "config.toml") in words


def test_cron_hands_on_where_the_password_is_and_never_the_password(office: Desk) -> None:
    done = office.run(
        "cron", SIGTRACK_SMTP_PASSWORD_FILE="/etc/secret", SIGTRACK_SMTP_PASSWORD="x9y"
    )
    assert "\nSIGTRACK_SMTP_PASSWORD_FILE=/etc/secret\n" in done.out
    assert 'Environment="SIGTRACK_SMTP_PASSWORD_FILE=/etc/secret"' in done.out
    assert "x9y" not in done.out


@pytest.mark.parametrize(
    "proxy", ["http://me:x9y/z@proxy.example:3128", "me:x9y@proxy.example:3128"]
)
def test_cron_does_not_print_the_password_of_a_proxy(office: Desk, proxy: str) -> None:
    done = office.run("cron", HTTPS_PROXY=proxy, http_proxy="http://plain.example:3128")
    assert "x9y" not in done.out + done.err
    assert done.out.count("…@proxy.example:3128 holds a password") == 2  # for cron, for systemd
    assert "\nhttp_proxy=http://plain.example:3128\n" in done.out
    assert 'Environment="http_proxy=http://plain.example:3128"' in done.out
    assert "\nHTTPS_PROXY" not in done.out and 'Environment="HTTPS_PROXY' not in done.out


def test_without_a_digest_there_is_no_job_for_one(desk: Desk) -> None:
    assert len(jobs(desk.run("cron", "--only", "crontab").out)) == 2
    assert "digest" not in units(desk.run("cron", "--only", "systemd").out)


def run(script: str, office: Desk) -> subprocess.CompletedProcess[str]:
    environment = {**office.environment, "PYTHONPATH": str(SOURCE), "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        ["/bin/sh", "-c", script], env=environment, capture_output=True, text=True, check=True
    )


@pytest.mark.slow
def test_the_jobs_run_as_they_are_printed_and_say_nothing_when_all_is_well(office: Desk) -> None:
    fetch, digest, pending, backup = jobs(office.run("cron", "--only", "crontab").out)
    for job in (fetch, digest, pending, backup):
        done = run(job, office)
        assert (done.stdout, done.stderr) == ("", "")
    assert len(list((office.db.parent / "backups").glob("20??-??-??.db"))) == 1


def test_a_unit_runs_the_same_script_as_cron(office: Desk) -> None:
    scripts = jobs(office.run("cron", "--only", "crontab").out)
    found = units(office.run("cron", "--only", "systemd").out)
    assert set(found) == {
        f"sigtrack-{job}.{kind}" for job in ("fetch", "digest", "outbox", "backup") for kind in ("service", "timer")
    }  # fmt: skip
    for script, job in zip(scripts, ("fetch", "digest", "outbox", "backup"), strict=True):
        started = found[f"sigtrack-{job}.service"]["Service"]["ExecStart"]
        quoted = started.removeprefix("/bin/sh -c ")
        plain = quoted.replace("%%", "%").replace("$$", "$")
        assert plain[1:-1].replace('\\"', '"').replace("\\\\", "\\") == script
    assert found["sigtrack-digest.service"]["Service"]["SuccessExitStatus"] == "75"


def test_systemd_understands_the_units(office: Desk, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze, which reads units, is not installed")
    printed = office.run("cron", "--only", "systemd").out
    calendars = re.findall("^OnCalendar=(.*)$", printed, re.M)
    done = subprocess.run(
        ["systemd-analyze", "calendar", *calendars], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_weekly_clean_up_removes_only_copies_that_it_made(stocked: Desk) -> None:
    job = jobs(stocked.run("cron", "--only", "crontab").out)[-1]
    folder = stocked.db.parent / "backups"
    (folder / "2020-01-01").mkdir(parents=True)
    theirs = ["keep.db", "2020-01-01.db.txt", "2020-01-01/2020-01-01.db", "trade-2020-01-01.db"]
    for name in ("2020-01-01.db", *theirs):
        (folder / name).write_text("")
        os.utime(folder / name, (0, 0))
    run(job, stocked)
    made = [one.name for one in folder.glob("20??-??-??.db")]
    assert len(made) == 1 and made != ["2020-01-01.db"]
    assert all((folder / name).exists() for name in theirs)


# --- doctor


def findings(desk: Desk, *, code: int = 0, **environment: str) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for one in desk.run("doctor", "-f", "jsonl", code=code, **environment).records:
        found.setdefault(one["part"], []).append((one["state"], f"{one['finding']}; {one['hint']}"))
    return found


def test_a_desk_that_is_well_has_nothing_wrong(office: Desk) -> None:
    found = findings(office)
    assert not [state for states in found.values() for state, _ in states if state == "wrong"]
    assert list(found) == [
        "config", "watchlists", "actors", "semantic",
        "database", "feeds", "fetch", "digest morning", "mail",
    ]  # fmt: skip
    assert office.run("doctor", "-q").out == ""


def test_mail_without_a_way_out_is_not_called_fine(office: Desk) -> None:
    (office.config / "config.toml").write_text(DIGEST.replace("/bin/true", "/nowhere/sendmail"))
    found = findings(office, code=1)
    assert "there is no /nowhere/sendmail" in found["digest morning"][0][1]
    assert "mail" not in found


def test_everything_that_would_not_work_is_named_with_its_cure(desk: Desk) -> None:
    (desk.config / "config.toml").write_text(
        '[digest.morning]\nto = ["a@desk.example"]\nwatchlists = ["none"]\n'
        '[mail]\nhost = "localhost"\nsecurity = "none"\nuser = "desk"\n'
    )
    desk.watch('format = 1\nid = "lighthouses"\n[[signal]]\nid = "x"\nanny = ["fog"]\n')
    newsroom.learn(desk.db, [news("A lighthouse is lit")])
    found = findings(desk, code=1)
    wrong = {
        part: [text for state, text in some if state == "wrong"] for part, some in found.items()
    }
    assert any("did you mean any" in text for text in wrong["watchlists"])
    assert any("there is no watchlist none" in text for text in wrong["digest morning"])
    assert any('from = "desk@example.org"' in text for text in wrong["digest morning"])
    assert "set SIGTRACK_SMTP_PASSWORD" in wrong["mail"][0]
    assert "digest morning" in desk.run("doctor", "-q", code=1).out


def test_a_fetch_that_no_feed_has_answered_is_noted(desk: Desk, site: Site) -> None:
    desk.feeds({"harbour": site.serve("/feed.xml", b"", status=503)})
    assert "none has answered" not in str(findings(desk))
    desk.run("fetch", code=69)
    assert ("note", "none has answered yet; sigtrack fetch says why") in findings(desk)["feeds"]
    site.serve("/feed.xml", rss("A lighthouse is lit"))
    desk.run("fetch", SIGTRACK_NOW="2026-01-20T00:00:00Z")
    assert "none has answered" not in str(findings(desk))


def test_feeds_behind_a_proxy_and_mail_that_waits_are_noted(office: Desk) -> None:
    (office.config / "config.toml").write_text(DIGEST.replace("/bin/true", "/bin/false"))
    office.run("digest", code=75)
    found = findings(office, HTTPS_PROXY="http://me:secret@proxy.example:3128")
    assert "waits for 1 recipient: /bin/false ended with 1" in found["outbox"][0][1]
    assert "fetched through http://…@proxy.example:3128" in found["proxy"][0][1]


@pytest.mark.slow
@pytest.mark.parametrize(
    "proxy", ["http://me:12/s3cret@proxy.example:3128", "me:s3cret@proxy.example:3128"]
)
def test_no_command_shows_the_password_of_a_proxy(office: Desk, proxy: str) -> None:
    office.feeds({"harbour": "http://harbour.example/feed.xml"})
    for command in (["doctor"], ["fetch", "-v"], ["feeds", "check"], ["config", "show"]):
        with office.start(*command, environment={"HTTP_PROXY": proxy}) as process:
            out, err = process.communicate(timeout=600)
        assert b"s3cret" not in out + err
        assert command[0] != "doctor" or "…@proxy.example:3128".encode() in out


def secrets(desk: Desk, **environment: str) -> list[tuple[str, str]]:
    return findings(desk, **environment).get("secrets", [])


def test_secrets_that_others_may_read_are_told_with_the_cure(office: Desk) -> None:
    config, password = office.config / "config.toml", office.home / "password"
    password.write_text("s3cret")
    named = {"SIGTRACK_SMTP_PASSWORD_FILE": str(password)}
    config.write_text(f'{DIGEST}notify = ["slack://T/s3cret/x"]\n')
    office.feeds({"harbour": "http://me:s3cret@127.0.0.1:9/feed.xml"})
    files = (config, office.feeds_file, password, office.db)
    for path in files:
        path.chmod(0o644)
    told = secrets(office, **named)
    assert [state for state, _ in told] == ["note"] * 4
    for path, (_, text) in zip(files, told, strict=True):
        assert text.startswith(f"{path} holds ")
        cure = text.rpartition("; ")[2]
        subprocess.run(["/bin/sh", "-c", cure], check=True)
        assert path.stat().st_mode & 0o777 == 0o600
    assert secrets(office, **named) == []
    assert "s3cret" not in str(told)
    config.chmod(0o640)
    assert "its group may read it" in secrets(office, **named)[0][1]


def test_a_config_without_secrets_may_be_read_by_everyone(office: Desk) -> None:
    (office.config / "config.toml").chmod(0o644)
    office.feeds_file.chmod(0o644)
    assert secrets(office) == []


def test_before_the_first_fetch_the_way_to_it_is_shown(desk: Desk) -> None:
    assert "begin with: sigtrack fetch" in findings(desk)["database"][0][1]
    assert not desk.db.exists()

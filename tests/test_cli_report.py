"""`sigtrack report` and `rematch`: windows, groups, filters, formats, and what is new."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from desk import SOURCE, Desk, on_a_terminal

FIELDS = [
    *("item", "uid", "title", "link", "source", "lang", "published", "first_seen", "story"),
    *("watchlist", "signal", "priority", "score", "spans"),
]
WEIGHED = [*FIELDS[:9], "weight", "marks", "notes", *FIELDS[9:]]


def uids(desk: Desk, *arguments: str, **environment: str) -> str:
    """The items of a report, latest first, as one word."""
    asked = ("report", "--group", "none", "-f", "jsonl", *arguments)
    return "".join(r["uid"] for r in desk.run(*asked, **environment).records)


# --- windows


@pytest.mark.parametrize(
    ("window", "found"),
    [
        ([], "abcde"),  # seven days
        (["--since", "7d"], "abcde"),
        (["--since", "24h"], "a"),
        (["--since", "2w"], "abcdef"),
        (["--since", "2026-01-13"], "ab"),
        (["--since", "2026-01-12T15:30:00Z"], "abc"),
        (["--since", "2026-01-09", "--until", "2026-01-10"], "de"),
        (["--since", "all"], "abcdef"),
        (["--since", "all", "--until", "2026-01-02T00:00:00Z"], ""),
    ],
)
def test_a_window_holds_what_was_published_in_it(
    stocked: Desk, window: list[str], found: str
) -> None:
    assert uids(stocked, *window) == found


def test_a_day_begins_at_midnight_where_the_reader_is(stocked: Desk) -> None:
    assert uids(stocked, "--since", "2026-01-13", TZ="UTC") == "ab"
    assert uids(stocked, "--since", "2026-01-13", TZ="Asia/Seoul") == "abc"  # 00:30 in Seoul


def test_the_window_of_the_config_file_holds_when_none_is_given(stocked: Desk) -> None:
    (stocked.config / "config.toml").write_text('since = "2w"\n')
    assert uids(stocked) == "abcdef"
    assert uids(stocked, "--since", "24h") == "a"


@pytest.mark.parametrize("window", ["yesterday", "7", "2026-13-01", "99999999999d", "-7d"])
def test_a_window_that_means_nothing_is_a_usage_error(stocked: Desk, window: str) -> None:
    done = stocked.run("report", f"--since={window}", code=2)
    assert f"cannot read '{window}' as a time" in done.err
    assert "write 7d, 24h, 2026-01-12" in done.err


# --- filters


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (["--lang", "ko"], "c"),
        (["--lang", "zh"], "e"),
        (["--lang", "ja", "--lang", "KO"], "cd"),
        (["--source", "coast"], "ab"),
        (["-s", "haean", "-s", "kaigan"], "cd"),
        (["--priority", "high"], "acde"),
        (["--priority", "low"], "abcde"),
        (["-w", "lighthouses"], "abcde"),
        (["--source", "haian"], "e"),
    ],
)
def test_a_filter_leaves_what_it_names(stocked: Desk, filters: list[str], found: str) -> None:
    assert uids(stocked, *filters) == found


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["-w", "lighthouse"], "there is no watchlist 'lighthouse'"),
        (["--priority", "top"], "there is no priority 'top'"),
        (["--group", "colour"], "there is no group 'colour'"),
        (["--format", "xlsx"], "there is no format 'xlsx'"),
        (["--source", "role:poet"], "no feed has role:poet"),
        (["--bogus"], "No such option: --bogus"),
    ],
)
def test_a_filter_that_means_nothing_is_a_usage_error(
    stocked: Desk, wrong: list[str], said: str
) -> None:
    assert said in stocked.run("report", *wrong, code=2).err


def test_a_number_that_is_none_is_said_in_plain_words(stocked: Desk) -> None:
    for wrong in ("x", "-1"):
        assert "write a whole number, 0 or more" in stocked.run("report", "-n", wrong, code=2).err


def test_options_before_the_name_of_a_command_are_said_to_come_after_it(stocked: Desk) -> None:
    for line in (["--db", "x", "report"], ["feeds", "--db", "x", "list"]):
        done = stocked.run(*line, code=2)
        assert "No such option: --db\n  write options after the command" in done.err
    assert "write options after" not in stocked.run("report", "--bogus", code=2).err


_ASKS = (["report"], ["stories"], ["search", "x"], ["visits"], ["edits"], ["wording"])


def test_who_has_fetched_nothing_is_told_where_items_come_from(desk: Desk) -> None:
    (desk.home / "none.jsonl").write_text("")
    desk.run("import", desk.home / "none.jsonl", "-q")
    for command in _ASKS:
        done = desk.run(*command)
        assert done.err == "no items are stored yet: sigtrack fetch downloads feeds\n"
    assert desk.run("report", "-q").err == ""


def test_a_period_without_items_is_not_taken_for_an_empty_database(stocked: Desk) -> None:
    for command in _ASKS:
        assert "no items are stored" not in stocked.run(*command, "--since", "1h").err


def test_feeds_are_chosen_by_their_role(stocked: Desk) -> None:
    stocked.feeds({"haean": "http://127.0.0.1:9/feed"}, 'role = "agency"')
    assert uids(stocked, "--source", "role:agency") == "c"


def test_the_limit_is_a_limit_of_rows(stocked: Desk) -> None:
    done = stocked.run("report", "--group", "watchlist", "-n", "2")
    assert "5 items" in done.out
    assert "3 not shown, -n 0 shows all" in done.out
    assert sum("example.org" in line for line in done.lines) == 2


def test_nothing_found_is_no_failure_unless_the_exit_code_was_asked_for(stocked: Desk) -> None:
    assert stocked.run("report", "--since", "1h").lines[-1] == "no hits in the last 1h"
    stocked.run("report", "--since", "1h", "--exit-code", code=1)
    stocked.run("report", "--exit-code")


# --- groups


def headings(desk: Desk, group: str) -> list[str]:
    lines = desk.run("report", "--group", group).lines
    return [line.partition(" — ")[0] for line in lines if " — " in line]


def test_groups_are_by_watchlist_source_or_day(stocked: Desk) -> None:
    assert headings(stocked, "watchlist") == ["Lighthouses"]
    assert headings(stocked, "source") == ["coast", "haean", "haian", "kaigan"]
    days = ["2026-01-14", "2026-01-13", "2026-01-12", "2026-01-10", "2026-01-09"]
    assert headings(stocked, "day") == days


def test_without_groups_all_stand_in_one_table(stocked: Desk) -> None:
    done = stocked.run("report", "--group", "none")
    assert sum("example.org" in line for line in done.lines) == 5


def test_the_most_important_stands_first(stocked: Desk) -> None:
    done = stocked.run("report", "--group", "watchlist")
    rows = [line for line in done.lines if "example.org" in line]
    assert [row.rpartition("/")[2] for row in rows] == ["a", "c", "d", "e", "b"]


# --- what is new


def test_what_is_new_since_the_last_look_is_marked_and_counted(stocked: Desk) -> None:
    assert "all new" in stocked.run("report").out
    again = stocked.run("report", SIGTRACK_NOW="2026-01-14T12:30:00Z")
    assert "nothing new since the last look on 2026-01-14 12:00" in again.out
    assert "●" not in again.out
    more = stocked.home / "more.csv"
    more.write_text("title,date,source\nLighthouse rents rise,2026-01-14T11:00:00Z,coast\n")
    stocked.run("import", more)
    third = stocked.run("report")
    assert "1 new since the last look on 2026-01-14 12:30" in third.out
    assert [line for line in third.lines if line.startswith("●")] == [
        line for line in third.lines if "rents rise" in line
    ]


def test_a_machine_that_reads_does_not_count_as_a_look(stocked: Desk) -> None:
    for machine in ("json", "jsonl", "csv"):
        stocked.run("report", "-f", machine)
    assert "all new" in stocked.run("report").out


# --- formats


def test_jsonl_has_the_published_keys_and_types(stocked: Desk) -> None:
    record = stocked.run("report", "-f", "jsonl").records[0]
    assert list(record) == WEIGHED
    assert type(record["weight"]) is int
    assert list(stocked.run("report", "--group", "day", "-f", "jsonl").records[0]) == FIELDS
    assert {key: record[key] for key in FIELDS if key not in ("spans", "first_seen")} == {
        "item": record["item"],
        "uid": "a",
        "title": "A lighthouse is lit again",
        "link": "https://example.org/a",
        "source": "coast",
        "lang": "en",
        "published": "2026-01-14T09:00:00+00:00",
        "story": record["story"],
        "watchlist": "lighthouses",
        "signal": "lit",
        "priority": "high",
        "score": record["score"],
    }
    assert len(record["item"]) == 12
    assert record["first_seen"] == "2026-01-14T12:00:00+00:00"
    assert record["spans"] == [
        {"field": "title", "start": 2, "end": 12, "text": "lighthouse", "term": "lighthouse*"},
        {"field": "summary", "start": 4, "end": 14, "text": "lighthouse", "term": "lighthouse*"},
    ]


def test_json_is_the_same_objects_in_an_array(stocked: Desk) -> None:
    lines = stocked.run("report", "-f", "jsonl").records
    assert json.loads(stocked.run("report", "-f", "json").out) == lines
    assert json.loads(stocked.run("report", "-f", "json", "--since", "1h").out) == []
    assert stocked.run("report", "-f", "jsonl", "--since", "1h").out == ""


def test_csv_has_a_heading_even_without_rows(stocked: Desk) -> None:
    rows = list(
        csv.DictReader(io.StringIO(stocked.run("report", "-f", "csv").out.lstrip("\ufeff")))
    )
    assert list(rows[0]) == WEIGHED
    assert sorted(row["uid"] for row in rows) == list("abcde")
    empty = stocked.run("report", "-f", "csv", "--since", "1h").out.lstrip("\ufeff")
    assert empty.splitlines() == [",".join(WEIGHED)]


def test_markdown_has_a_table_a_watchlist_and_bold_words(stocked: Desk) -> None:
    out = stocked.run("report", "-f", "md").out
    assert "Lighthouses" in out
    assert "**lighthouse**" in out
    assert "**灯台**" in out


def test_the_report_can_be_written_to_a_file(stocked: Desk, tmp_path: Path) -> None:
    file = tmp_path / "report.md"
    done = stocked.run("report", "-f", "md", "-o", file)
    assert (done.out, done.err) == ("", "")
    assert "**lighthouse**" in file.read_text(encoding="utf-8")


def test_the_same_report_has_the_same_bytes(stocked: Desk) -> None:
    for format in ("json", "jsonl", "csv", "md", "table"):
        stocked.run("report")
        once, twice = (stocked.run("report", "-f", format).out for _ in range(2))
        assert once == twice


# --- rematch


def test_an_edited_watchlist_is_matched_by_rematch_and_reported(stocked: Desk) -> None:
    stocked.watch('format = 1\nid = "lighthouses"\n[[signal]]\nid = "fish"\nany = ["fish"]\n')
    assert "8 revisions matched, 1 new hit" in stocked.run("rematch").out
    assert "nothing to match" in stocked.run("rematch").out
    assert uids(stocked) == "h"  # undated, so it counts from when it was seen


def test_a_watchlist_that_was_deleted_leaves_no_hits(stocked: Desk) -> None:
    (stocked.watchlists / "lighthouses.toml").unlink()
    stocked.run("rematch")
    assert uids(stocked, "--since", "all") == ""


def test_a_comment_in_a_watchlist_changes_nothing(stocked: Desk) -> None:
    file = stocked.watchlists / "lighthouses.toml"
    file.write_text("# a comment\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    assert "nothing to match" in stocked.run("rematch").out


def test_rematch_since_a_day_leaves_older_hits_as_they_are(desk: Desk) -> None:
    for uid, day, title in (
        ("a", "2026-01-02", "Old lighthouse is sold"),
        ("b", "2026-01-09", "Another lighthouse is sold"),
        ("c", "2026-01-11", "Lighthouse is lit"),
        ("d", "2026-01-12", "Fog over the harbour"),
    ):
        path = desk.home / f"{uid}.csv"
        path.write_text(f"id,date,title\n{uid},{day},{title}\n", encoding="utf-8")
        desk.run("import", path)
    desk.watch('format = 1\nid = "lighthouses"\n[[signal]]\nid = "fog"\nany = ["fog"]\n')
    assert "2 revisions matched" in desk.run("rematch", "--since", "2026-01-10").out
    assert uids(desk, "--since", "all") == "dba"  # a and b keep what the old version found


def test_rematch_all_matches_everything_anew_and_alerts_nobody(stocked: Desk) -> None:
    stocked.run("report")
    assert "8 revisions matched, 0 new hits" in stocked.run("rematch", "--since", "all").out
    assert "nothing new since the last look" in stocked.run("report").out


def test_rematch_quiet_says_nothing(stocked: Desk) -> None:
    done = stocked.run("rematch", "-q")
    assert (done.out, done.err) == ("", "")


def test_rematch_with_a_broken_watchlist_keeps_its_hits_and_exits_with_78(stocked: Desk) -> None:
    stocked.run("rematch")  # which keeps the good version
    stocked.watch("format = 1\nid = ")
    done = stocked.run("rematch")  # the last good version is in force
    assert "stays in force" in done.err
    assert uids(stocked) == "abcde"
    stocked.watch("format = 1\nid = ", "other")
    assert "other.toml:2" in stocked.run("rematch", code=78).err
    assert uids(stocked) == "abcde"


def test_a_report_says_which_watchlist_is_broken_until_it_is_mended(stocked: Desk) -> None:
    stocked.run("rematch")
    good = (stocked.watchlists / "lighthouses.toml").read_text("utf-8")
    assert stocked.run("report").err == ""
    stocked.watch(good.replace("any =", "anny =", 1))
    for _ in range(2):
        done = stocked.run("report")
        assert "did you mean any" in done.err
        assert "stays in force" in done.err
    stocked.watch(good)
    assert stocked.run("report").err == ""


def reported(desk: Desk) -> tuple[list[str], set[str]]:
    """The records of a report, and what was imported for it."""
    program = (
        "import sys; from sigtrack.cli import run; run(['report', '-f', 'jsonl']); "
        "print(*sys.modules, file=sys.stderr)"
    )
    environment = desk.environment | {"PYTHONPATH": str(SOURCE)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines(), set(done.stderr.split())


def test_a_report_reads_no_file_of_the_user_that_was_good_and_is_unchanged(stocked: Desk) -> None:
    reported(stocked)  # a process of its own: this one may know already what is kept then
    _, loaded = reported(stocked)
    assert not {"sigtrack.watch.folders", "sigtrack.watch.watchlists"} & loaded
    assert not {"sigtrack.watch.feeds", "sigtrack.watch.tables", "tomllib"} & loaded


# --- on a terminal


@pytest.mark.parametrize("command", [["report"], ["search", "lighthouse"], ["stories", "--all"]])
def test_a_narrow_terminal_shows_when_and_which_item_however_long_its_source(
    desk: Desk, tmp_path: Path, command: list[str]
) -> None:
    items = tmp_path / "items.jsonl"
    lines = (
        {
            "id": f"item {number}",
            "source": "a-ministry-with-a-very-long-name/press-releases",
            "published": "2026-01-13T09:00:00Z",
            "title": "The lighthouse on the northern cape is lit again after a year of darkness",
        }
        for number in range(2)
    )
    items.write_text("\n".join(map(json.dumps, lines)))
    desk.run("import", items)
    ids = {record["item"][:6] for record in desk.run("report", "-f", "jsonl").records}
    shown = on_a_terminal(desk, *command, COLUMNS="80", NO_COLOR="1")
    assert any(id in shown for id in ids)
    assert "2026-01-13 09:00" in shown
    source = "a-ministry-wi…" if command[0] == "search" else "a-ministry-with-a-very-long-name"
    assert source in shown or command[0] == "stories"  # which have a count to show


# --- start-up


def test_a_report_loads_no_network_and_no_parser(stocked: Desk) -> None:
    records, loaded = reported(stocked)
    assert len(records) == 5
    heavy = {"h11", "feedparser", "asyncio", "smtplib", "tomlkit", "ssl", "rich.console"}
    assert not heavy & loaded


# --- items without a date


UNDATED = (
    '{"title": "The lighthouse is lit, undated", "source": "coast"}\n'
    '{"title": "The lighthouse is lit again", "source": "coast", "date": "2026-01-13T05:06:00Z"}\n'
)


@pytest.mark.parametrize(
    "command", [("report", "--since", "all"), ("search", "lighthouse")], ids=lambda one: one[0]
)
@pytest.mark.parametrize("form", ["table", "md"])
def test_an_undated_item_is_not_shown_with_the_time_of_the_fetch_as_its_own(
    desk: Desk, command: tuple[str, ...], form: str
) -> None:
    (desk.home / "items.jsonl").write_text(UNDATED)
    desk.run("import", desk.home / "items.jsonl")
    done = desk.run(*command, "-f", form)
    (undated,) = [line for line in done.lines if "undated" in line and "lit," in line]
    assert "seen 2026-01-14" in undated
    assert "2026-01-14 " not in undated.replace("seen 2026-01-14 ", "")
    (dated,) = [line for line in done.lines if "again" in line]
    assert "2026-01-13 05:06" in dated and "seen" not in dated
    assert done.out.count("seen: undated") == 1
    records = desk.run(*command, "-f", "jsonl").records
    assert sorted(str(r["published"]) for r in records) == ["2026-01-13T05:06:00+00:00", "None"]
    assert {r["first_seen"] for r in records} == {"2026-01-14T12:00:00+00:00"}


def test_the_mark_of_an_undated_item_is_not_cut_on_a_narrow_terminal(desk: Desk) -> None:
    (desk.home / "items.jsonl").write_text(UNDATED)
    desk.run("import", desk.home / "items.jsonl")
    for columns in ("60", "80", "120"):
        shown = on_a_terminal(
            desk, "report", "--since", "all", COLUMNS=columns, NO_COLOR="1", TERM="dumb"
        )
        assert "seen 2026-01-14" in shown
    shown = desk.run("show", desk.run("search", "undated", "-f", "jsonl").records[0]["item"])
    assert ["published", "undated"] in [line.split() for line in shown.lines]


def test_whom_a_leader_receives_while_he_is_abroad_is_no_guest_at_his_home(desk: Desk) -> None:
    desk.watch('format = 1\nid = "lighthouses"\n[[signal]]\nid = "leader"\nany = ["习近平"]\n')
    (desk.home / "items.csv").write_text(
        "id,date,lang,source,title\n"
        "a,2026-01-12,zh,morning,习近平抵达首尔对韩国进行国事访问\n"
        "b,2026-01-13,zh,evening,习近平会见日本首相高市早苗\n"
        "c,2026-01-08,zh,evening,习近平会见法国总统马克龙\n",
        encoding="utf-8",
    )
    desk.run("import", desk.home / "items.csv")
    told = desk.run("report", "--since", "all", COLUMNS="200").out
    assert "Xi Jinping → South Korea: Seoul" in told
    assert "Macron → China" in told
    assert "Xi Jinping, Takaichi" in told
    assert "Takaichi → China" not in told
    there = {"visitor": "Takaichi", "host_country": "CN"}
    for filters in ((), ("-s", "evening")):  # the morning paper tells that he is in Seoul
        visits = desk.run("visits", "--since", "all", *filters, "-f", "jsonl").records
        assert not any(there.items() <= visit.items() for visit in visits)
        assert any(visit["visitor"] == "Macron" for visit in visits)
    (item,) = (r["item"] for r in desk.run("search", "高市早苗", "-f", "jsonl").records)
    assert "Takaichi → China" not in desk.run("show", item, COLUMNS="200").out

"""`sigtrack visits` and `sigtrack expect` as a user types them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from desk import Desk

WEEK = """\
{"id": "p", "source": "wire", "lang": "en", "published": "2025-12-30T06:00:00Z", "title": "Lee to make state visit to China from Jan. 4 to 7", "summary": "President Lee Jae Myung will go to Beijing and Shanghai."}
{"id": "q", "source": "tongsin", "lang": "ko", "published": "2026-01-04T04:00:00Z", "title": "이재명 대통령, 베이징 도착", "summary": "국빈 방문 일정을 시작했다."}
{"id": "r", "source": "wire", "lang": "en", "published": "2026-01-07T09:00:00Z", "title": "Lee wraps up state visit to China in Shanghai"}
{"id": "s", "source": "kaigan", "lang": "ja", "published": "2026-01-13T04:00:00Z", "title": "韓国の李在明大統領が来日", "summary": "13日から2日間、奈良に滞在する。"}
{"id": "t", "source": "wire", "lang": "en", "published": "2026-01-14T09:00:00Z", "title": "Lee leaves Nara after two-day working visit to Japan"}
{"id": "u", "source": "haian", "lang": "zh", "published": "2026-01-14T08:00:00Z", "title": "加拿大总理卡尼抵达北京"}
{"id": "v", "source": "kaigan", "lang": "ja", "published": "2026-01-07T11:00:00Z", "title": "経産相、訪中見送り"}
{"id": "w", "source": "wire", "lang": "en", "published": "2026-01-10T09:00:00Z", "title": "A lighthouse is lit again"}
"""
EXPECT = """\
format = 1
id = "next"

[[expect]]
id = "return"
title = "Takaichi comes to Andong"
visit = "@takaichi > @andong"
after = 2026-01-14
by = 2026-06-30

[[expect]]
id = "nara"
title = "Lee comes to Japan after China"
visit = "@KR > @JP"
after = "@KR > @CN"
by = "14d"

[[expect]]
id = "light"
title = "A lighthouse is lit after the visit"
signals = ["lighthouses/lit"]
after = 2026-01-08
by = 2026-01-12

[[expect]]
id = "fog"
title = "Fog is spoken of"
signals = ["lighthouses/fog"]
after = 2026-01-01
by = 2026-01-10

[[expect]]
id = "old"
title = "Fog, a year ago"
signals = ["lighthouses/fog"]
after = 2025-01-01
by = 2025-01-10
"""


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a week of travel, made once."""
    desk = Desk(tmp_path_factory.mktemp("week") / "home")
    desk.watch()
    path = desk.home / "week.jsonl"
    path.write_text(WEEK, encoding="utf-8")
    desk.run("import", path, "-q")
    return desk.db


@pytest.fixture
def travelled(desk: Desk, week: Path) -> Desk:
    """A desk with that database, and lighthouses watched."""
    return desk.take(week)


def records(desk: Desk, *arguments: object) -> list[dict]:
    return desk.run("visits", *arguments, "--format", "jsonl").records


def test_a_timeline_has_a_line_a_visit_in_order(travelled):
    found = records(travelled)
    assert [(one["visitor_country"], one["host_country"], one["phase"]) for one in found] == [
        ("KR", "CN", "done"),
        ("JP", "CN", "cancelled"),
        ("KR", "JP", "done"),
        ("CA", "CN", "ongoing"),
    ]
    china = found[0]
    assert list(china) == [
        "visitor", "visitor_country", "host_country", "place", "date", "phase", "level", "rank",
        "evidence", "history", "sure", "lapsed",
    ]  # fmt: skip
    assert (china["date"], china["level"], china["place"]) == (
        "2026-01-04", "state", "Beijing, Shanghai",
    )  # fmt: skip
    assert len(china["evidence"]) == 3


def test_a_timeline_says_what_time_it_is_about(travelled):
    out = travelled.run("visits", "--since", "400d").out
    assert re.search(r"^\d+ visits in \d+ items in the last 400d$", out, re.MULTILINE)


def test_a_visit_whose_end_nobody_told_is_over_a_week_later(travelled):
    found = travelled.run("visits", "--format", "jsonl", SIGTRACK_NOW="2026-01-23T00:00:00Z")
    assert [(one["host_country"], one["phase"]) for one in found.records] == [
        ("CN", "done"), ("CN", "cancelled"), ("JP", "done"), ("CN", "done"),
    ]  # fmt: skip


def test_the_table_says_what_the_place_means(travelled):
    done = travelled.run("visits", "--since", "all")
    assert "● 4-7 Jan 2026" in done.out and "KR Lee Jae Myung" in done.out
    assert "home prefecture" in done.out and "● over" in done.out


def test_a_visit_that_one_publisher_tells_is_marked_and_left_out_by_sure(travelled):
    told = {one["host_country"]: one["sure"] for one in records(travelled, "--who", "@KR")}
    assert told == {"CN": True, "JP": True}
    canada = travelled.run("visits", "--who", "@CA")
    assert "? told by one publisher that is not official" in canada.out
    assert records(travelled, "--who", "@CA", "--sure") == []
    assert [one["sure"] for one in records(travelled, "--sure")] == [True, True]


def test_what_an_official_publisher_tells_alone_is_sure(travelled):
    travelled.feeds({"haian": "https://haian.example/rss"}, 'role = "ministry"')
    assert [one["sure"] for one in records(travelled, "--who", "@CA", "--sure")] == [True]


@pytest.mark.parametrize(
    ("options", "hosts"),
    [
        (("--who", "@KR"), ["CN", "JP"]),
        (("--who", "lee-jae-myung", "--host", "JP"), ["JP"]),
        (("--host", "@nara"), ["JP"]),
        (("--who", "@KP"), []),
        (("--since", "2026-01-14"), ["CN", "JP"]),
        (("--source", "haian"), ["CN"]),
    ],
)
def test_visits_are_chosen_by_who_where_and_when(travelled, options, hosts):
    assert [one["host_country"] for one in records(travelled, *options)] == hosts


def test_a_line_an_item_has_the_uid_of_the_publisher(travelled):
    found = records(travelled, "--by", "item")
    assert [one["uid"] for one in found] == ["p", "q", "r", "v", "s", "u", "t"]
    assert found[0]["phase"] == "planned" and found[0]["evidence"]


def test_talks_without_a_host_country_are_no_row_and_are_counted(travelled):
    told = {"id": "x", "source": "wire", "lang": "en", "published": "2026-01-14T10:00:00Z"}
    talks = travelled.home / "talks.jsonl"
    talks.write_text(json.dumps({**told, "title": "Macron, Merz hold talks"}) + "\n", "utf-8")
    travelled.run("import", talks, "-q")
    assert "x" not in [one["uid"] for one in records(travelled, "--by", "item")]
    out = travelled.run("visits", "--by", "item", "-n", "2").out
    assert "the last 2 of 7; 1 item without a host country left out" in out
    alone = travelled.run("visits", "--by", "item", "--who", "@FR")
    assert "0 items with a visit; 1 item without a host country left out" in alone.out


def test_the_history_says_when_each_thing_became_known_and_by_which_item(travelled):
    china, *_ = records(travelled)
    planned, began, over = (id[:6] for id in china["evidence"])
    turns = [(one["kind"], one["value"], one["at"][:10]) for one in china["history"]]
    assert turns == [
        ("first", "planned", "2025-12-30"), ("date", "2026-01-04", "2025-12-30"),
        ("venue", "Beijing", "2025-12-30"), ("level", "state", "2025-12-30"),
        ("phase", "ongoing", "2026-01-04"), ("phase", "done", "2026-01-07"),
        ("venue", "Shanghai", "2026-01-07"),
    ]  # fmt: skip
    assert {one["item"] for one in china["history"]} == set(china["evidence"])
    out = travelled.run("visits", "--history", "--who", "KR", "--host", "CN").out
    below = [" ".join(line.split()) for line in out.partition("4-7 Jan 2026")[2].splitlines()[1:]]
    assert below == [
        f"└ 30 Dec 2025 - {planned} - announced, date 4 Jan 2026, venue Beijing, level state",
        f"└ 4 Jan 2026 - {began} - under way",
        f"└ 7 Jan 2026 - {over} - over, venue Shanghai",
    ]
    assert "└" not in travelled.run("visits").out


def test_visits_told_by_undated_items_say_so(desk: Desk) -> None:
    path = desk.home / "undated.jsonl"
    path.write_text('{"title": "Lee Jae-myung to visit Nara next month", "source": "wire"}\n')
    desk.run("import", path, "-q")
    by_item = desk.run("visits", "--by", "item").out
    assert "seen 2026-01-14" in by_item and "seen: undated" in by_item
    history = desk.run("visits", "--history").out
    assert "announced" in history and "(undated, seen then)" in history


def test_the_days_of_a_history_are_those_of_the_reader(travelled):
    asked = ("visits", "--history", "--who", "JP")
    assert "└ 7 Jan 2026" in travelled.run(*asked, TZ="UTC").out
    assert "└ 8 Jan 2026" in travelled.run(*asked, TZ="Pacific/Kiritimati").out


def test_a_limit_leaves_the_latest_items_and_says_so(travelled: Desk) -> None:
    out = travelled.run("visits", "--since", "all", "--by", "item", "-n", "2").out
    assert "the last 2 of 7" in out
    assert "two-day working visit to Japan" in out
    assert "加拿大总理" in out
    assert "베이징" not in out


def test_a_limit_leaves_the_busiest_pairs_of_the_matrix_and_says_so(travelled: Desk) -> None:
    pairs = travelled.run("visits", "--since", "all", "--matrix", "-f", "jsonl").records
    out = travelled.run("visits", "--since", "all", "--matrix", "-n", "1").out
    assert f"{len(pairs) - 1} not shown, -n 0 shows all" in out
    assert len(out.partition("\nvisitor ")[2].splitlines()) == 2  # the heading, and one pair


def test_the_matrix_says_when_somebody_came_and_whether_it_was_returned(travelled):
    done = travelled.run("visits", "--matrix", "--format", "jsonl")
    pairs = {(one["visitor_country"], one["host_country"]): one for one in done.records}
    assert set(pairs) == {("KR", "CN"), ("KR", "JP"), ("CA", "CN")}
    assert pairs["KR", "JP"]["returned"] is None and pairs["KR", "JP"]["interval"] is None


def test_the_matrix_says_what_its_items_cannot_tell(travelled: Desk) -> None:
    out = travelled.run("visits", "--since", "all", "--matrix").out
    assert "no item tells of visits before 2025-12-30 or after 2026-01-14" in out
    assert "not told" in out and " no " not in out.partition("\nvisitor ")[2]


def test_a_sequence_tells_the_trip_and_what_is_unusual_about_it(travelled):
    done = travelled.run("visits", "--sequence", "@KR")
    assert "South Korea: Beijing and Shanghai 4-7 Jan 2026, then Nara 13" in done.out
    assert "in Nara, not in the capital Tokyo" in done.out
    assert "data from 2025-12-30 to 2026-01-14" in done.out
    claims = [one for one in records(travelled, "--sequence", "@KR") if "claim" in one]
    assert {one["claim"] for one in claims} >= {"order", "outside-capital"}
    assert all(one["evidence"] and one["since"] == "2025-12-30" for one in claims)


def test_nothing_is_claimed_of_somebody_who_did_not_travel(travelled):
    assert "no visit of North Korea" in travelled.run("visits", "--sequence", "KP").out


def test_an_actor_that_does_not_exist_is_a_mistake_of_the_user(travelled):
    done = travelled.run("visits", "--who", "@XX", code=2)
    assert "there is no actor" in done.err and "@KR" in done.err
    assert travelled.run("visits", "--by", "week", code=2).err
    travelled.run("visits", "--matrix", "--sequence", "KR", code=2)
    travelled.run("visits", "--sequence", "KR", "--host", "JP", code=2)
    for other in (["--matrix"], ["--sequence", "KR"], ["--by", "item"]):
        assert "--history" in travelled.run("visits", "--history", *other, code=2).err


def test_an_exit_code_says_that_nobody_travelled(travelled):
    travelled.run("visits", "--who", "@KP", "--exit-code", code=1)


def test_a_users_own_gazetteer_is_read(travelled):
    own = '[[person]]\nid = "keeper"\ncountry = "NZ"\nnames = "Li Qiang"\n'
    own += 'held = [{ office = "head-of-government" }]\n'
    (travelled.config / "actors.toml").write_text(own, encoding="utf-8")
    assert [one["host_country"] for one in records(travelled)]


def test_expectations_are_open_seen_overdue_or_expired(travelled):
    travelled.watch(EXPECT, "next")
    done = travelled.run("expect", "--format", "jsonl")
    told = {one["id"]: (one["status"], one["seen"]) for one in done.records}
    assert told == {
        "fog": ("overdue", None),
        "return": ("open", None),
        "nara": ("seen", "2026-01-13"),
        "light": ("seen", "2026-01-10"),
        "old": ("expired", None),
    }
    assert done.records[0]["status"] == "overdue"
    nara = next(one for one in done.records if one["id"] == "nara")
    assert (nara["after"], nara["by"]) == ("2026-01-04", "2026-01-18") and nara["evidence"]


def test_an_expectation_that_waits_for_a_visit_is_open(travelled):
    travelled.watch(
        'format = 1\nid = "next"\n[[expect]]\nid = "w"\nsignals = ["lighthouses"]\n'
        'after = "@JP > @US"\nby = "3d"\n',
        "next",
    )
    done = travelled.run("expect")
    assert "open" in done.out and "3 days after @JP > @US" in done.out


def test_a_report_shows_what_is_expected_and_only_then(travelled):
    assert "Expected" not in travelled.run("report", "--since", "all").out
    travelled.watch(EXPECT, "next")
    assert "Takaichi comes to Andong" in travelled.run("report", "--since", "all").out


def test_nothing_expected_is_said_and_not_an_error(travelled):
    assert "[[expect]]" in travelled.run("expect").out
    assert travelled.run("expect", "--format", "jsonl").out == ""


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ('signals = ["next"]', "by is missing"),
        ('signals = ["next"]\nby = "soon"', "by is not a day"),
        ('signals = ["next"]\nby = "7d"', "days are counted from after"),
        ("by = 2026-01-20", "can never be met"),
        ('visit = "Lee to Japan"\nby = 2026-01-20', "visit is not a visit"),
        ('visit = "@KR > @narnia"\nby = 2026-01-20', "there is no actor @narnia"),
        ('signals = ["a b"]\nby = 2026-01-20', "names no signal"),
        ('signals = ["next/x"]\nby = 2026-01-20', "there is no signal next/x"),
        (
            'signals = ["next"]\nafter = 2026-02-01\nby = 2026-01-20',
            "the day of by is before that of after",
        ),
        ('signals = ["next"]\nby = 2026-01-20\nwhen = 1', "there is no key when"),
    ],
)
def test_a_wrong_expectation_names_line_and_cure(desk, lines, says):
    desk.watch(f'format = 1\nid = "next"\n[[expect]]\nid = "e"\n{lines}\n', "next")
    done = desk.run("watchlists", "check", code=1)
    assert says in done.out + done.err and "next.toml:" in done.out + done.err


def test_a_signal_that_no_watchlist_has_is_said(travelled):
    travelled.watch(
        'format = 1\nid = "next"\n[[expect]]\nid = "e"\nsignals = ["moon/full"]\nby = 2026-02-01\n',
        "next",
    )
    assert "no watchlist in force has moon/full" in travelled.run("expect").err


def test_expectations_change_nothing_that_was_matched(travelled):
    asked = ("report", "--since", "all", "--group", "none", "--format", "jsonl")
    before = travelled.run(*asked).out
    travelled.watch(EXPECT, "next")
    assert travelled.run("rematch").code == 0
    assert travelled.run(*asked).out == before


def test_a_story_that_was_expected_weighs_more_and_says_so(travelled):
    asked = ("report", "--since", "all", "--format", "jsonl")
    before = {record["uid"]: record["weight"] for record in travelled.run(*asked).records}
    travelled.watch(EXPECT, "next")
    after = {record["uid"]: record["weight"] for record in travelled.run(*asked).records}
    evidence = {
        item[:6]
        for one in travelled.run("expect", "-f", "jsonl").records
        for item in one["evidence"]
    }
    told = {r["uid"] for r in travelled.run(*asked).records if r["item"][:6] in evidence}
    assert told
    assert all(after[uid] == before[uid] + 2 for uid in told)
    assert "expected: A lighthouse is lit after the visit" in travelled.run(*asked[:3]).out


def test_doctor_names_office_holders_whom_nobody_has_verified(travelled):
    done = travelled.run("doctor", "--format", "json", SIGTRACK_NOW="2031-01-01T00:00:00Z")
    (found,) = [one for one in json.loads(done.out) if one["part"] == "actors"]
    assert found["state"] == "note" and "not verified for a year" in found["finding"]

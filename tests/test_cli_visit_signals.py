"""A watchlist that asks for visits, as a user meets it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from desk import MOSEYS, Begun, Desk

LIST = """\
format = 1
id = "trips"

[[signal]]
id = "to-japan"
title = "To Japan"
visit = "@KR > @JP"
should_match = ["Lee Jae-myung arrives in Nara"]
should_not_match = ["Takaichi arrives in Seoul"]

[[signal]]
id = "off"
visit = "any > any"
phase = ["cancelled"]
in = "title"
"""
WEEK = """\
{"id": "p", "lang": "en", "published": "2025-12-30T06:00:00Z", "title": "Lee to make state visit to China from Jan. 4 to 7"}
{"id": "s", "lang": "ja", "published": "2026-01-13T04:00:00Z", "title": "韓国の李在明大統領が来日", "summary": "13日から2日間、奈良に滞在する。"}
{"id": "t", "lang": "ko", "published": "2026-01-12T04:00:00Z", "title": "이재명 대통령, 내일 일본 방문"}
{"id": "v", "lang": "ja", "published": "2026-01-07T11:00:00Z", "title": "経産相、訪中見送り"}
{"id": "w", "lang": "en", "published": "2026-01-10T09:00:00Z", "title": "A lighthouse is lit again"}
"""


@pytest.fixture
def week(begun: Begun) -> Desk:
    return begun(read)


def read(desk: Desk) -> None:
    path = desk.home / "week.jsonl"
    path.write_text(WEEK, encoding="utf-8")
    desk.run("import", path, "-q")


def hits(desk: Desk) -> set[tuple[str, str]]:
    told = desk.run("report", "--since", "all", "-w", "trips", "-f", "jsonl").records
    return {(one["signal"], one["uid"]) for one in told}


WANTED = {("to-japan", "s"), ("to-japan", "t"), ("off", "v")}


def test_a_rematch_finds_the_visits_of_the_past(week: Desk) -> None:
    week.watch(LIST, "trips")
    assert "3 new hits" in week.run("rematch").out
    assert hits(week) == WANTED


def test_what_is_imported_is_asked_for_visits(desk: Desk) -> None:
    desk.watch(LIST, "trips")
    path = desk.home / "week.jsonl"
    path.write_text(WEEK, encoding="utf-8")
    desk.run("import", path, "-q")
    assert hits(desk) == WANTED


def test_an_edit_with_a_visit_is_tried_on_the_stored_items(week: Desk) -> None:
    edit = week.home / "trips.toml"
    edit.write_text(LIST, encoding="utf-8")
    (record,) = week.run("watchlists", "test", edit, "-f", "jsonl").records
    assert record["hits_edited"] == {"to-japan": 2, "off": 1}
    assert (record["failed_examples"], record["idle"]) == ([], [])
    edit.write_text(LIST.replace("@KR > @JP", "@JP > @KR"), encoding="utf-8")
    out = week.run("watchlists", "test", edit, code=1).out
    assert "2 of 2 examples fail" in out
    assert 'visit = "@JP > @KR"' in out  # an idle term


def test_a_visit_that_carries_all_hits_is_no_broad_term_and_a_word_is(week: Desk) -> None:
    path = week.home / "more.jsonl"
    title = (
        '{{"id": "m{0}", "title": "Lee Jae-myung arrives in Nara {0}", "published": "2026-01-13"}}'
    )
    path.write_text("\n".join(map(title.format, range(9))), encoding="utf-8")
    week.run("import", path, "-q")
    edit = week.home / "trips.toml"
    edit.write_text(LIST, encoding="utf-8")
    assert "Broad terms" not in week.run("watchlists", "test", edit).out
    edit.write_text(LIST.replace("visit =", 'any = ["Nara"]\nvisit =', 1), encoding="utf-8")
    assert "Broad terms" in week.run("watchlists", "test", edit).out


def test_an_explanation_shows_the_words_the_visit_and_the_line(week: Desk) -> None:
    week.watch(LIST, "trips")
    out = week.run("watchlists", "test", "Lee Jae-myung arrives in Nara", "--all").out
    assert "«Lee Jae-myung» «arrives in» «Nara»" in out
    assert 'visit = "@KR > @JP"' in out and "trips.toml:7" in out
    assert "this visit is not reported, only KR > JP (ongoing)" in out
    assert "this visit is not reported" in week.run("watchlists", "test", "Fog", "--all").out
    shown = week.run("watchlists", "show", "trips").out
    assert "@KR > @JP" in shown and "any > any (cancelled)" in shown


def test_an_actor_that_nobody_knows_is_said_with_its_line(desk: Desk) -> None:
    file = desk.watch(LIST.replace("@KR > @JP", "@KR > @JPN"), "trips")
    out = desk.run("watchlists", "check", code=1).out
    assert f"{file}:7: there is no actor @JPN (did you mean @JP?)" in out


@pytest.mark.slow
def test_visits_are_read_only_where_a_watchlist_asks_for_one_and_never_by_a_report(
    week: Desk,
) -> None:
    def loads(*arguments: str) -> bool:
        code = "import sys; from sigtrack.cli import run; run(sys.argv[1:])"
        code = f"import atexit, sys; atexit.register(lambda: print(*sys.modules)); {code}"
        command = [sys.executable, "-c", code, *arguments]
        done = subprocess.run(
            command, env=week.environment, capture_output=True, text=True, check=False
        )
        assert "sigtrack.cli" in done.stdout.split(), done.stderr
        return "sigtrack.analyze.visits.reader" in done.stdout.split()

    assert not loads("watchlists", "test", "Lee Jae-myung arrives in Nara")
    week.watch(LIST, "trips")
    assert loads("watchlists", "test", "Lee Jae-myung arrives in Nara")
    assert not loads("report", "--since", "all")


def test_an_expectation_can_wait_for_anybody(week: Desk) -> None:
    expect = '[[expect]]\nid = "{}"\nvisit = "{}"\nafter = 2026-01-12\nby = 2026-01-30\n'
    lists = [expect.format("guest", "any > @JP"), expect.format("host", "any > @KR")]
    week.watch('format = 1\nid = "next"\n' + "".join(lists), "next")
    told = {one["id"]: one for one in week.run("expect", "-f", "jsonl").records}
    assert (told["guest"]["status"], told["guest"]["seen"]) == ("seen", "2026-01-13")
    assert told["host"]["status"] == "open"


TOYAMA = """\
[[place]]
country = "JP"
site = "Toyama"
kind = "city"
names = "Toyama, 도야마"
"""
OWN = """\
{"id": "x", "lang": "en", "published": "2026-01-13T04:00:00Z", "title": "Lee Jae-myung moseys over to Toyama"}
{"id": "y", "lang": "ko", "published": "2026-01-13T05:00:00Z", "title": "이재명 대통령, 도야마 도착"}
"""


def test_a_verb_and_a_city_of_the_users_own_give_hits_and_visits(week: Desk) -> None:
    week.watch(LIST, "trips")
    path = week.home / "own.jsonl"
    path.write_text(OWN, encoding="utf-8")
    week.run("import", path, "-q")
    assert hits(week) == WANTED
    (week.config / "lang").mkdir()
    (week.config / "lang" / "en.toml").write_text(MOSEYS, encoding="utf-8")
    (week.config / "places.toml").write_text(TOYAMA, encoding="utf-8")
    week.run("rematch")
    assert hits(week) == {*WANTED, ("to-japan", "x"), ("to-japan", "y")}
    told = week.run("visits", "--since", "all", "--host", "JP", "-f", "jsonl").records
    assert any("Toyama" in (one["place"] or "") for one in told)


def test_a_mistake_in_a_file_of_words_is_told_with_its_line(week: Desk) -> None:
    (week.config / "lang").mkdir()
    (week.config / "lang" / "en.toml").write_text("[marks]\nplannd = 'soon'\n", encoding="utf-8")
    for command, code in ((("watchlists", "check"), 1), (("visits", "--since", "all"), 0)):
        run = week.run(*command, code=code)
        assert "en.toml:2" in run.out + run.err
        assert "did you mean planned?" in run.out + run.err

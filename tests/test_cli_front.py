"""`sigtrack report` as it opens: the heaviest stories, then the lists, each story once."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from desk import Begun, Desk, on_a_terminal

ISLANDS = """\
format = 1
id = "islands"
title = "Islands and straits"

[[signal]]
id = "named"
title = "An island is named"
any = ["island*", "섬", "島"]

[[signal]]
id = "cut-off"
title = "An island is cut off"
priority = "urgent"
any = ["cut off"]
"""
FORTS = """\
format = 1
id = "forts"
title = "Forts along the coast"

[[signal]]
id = "manned"
title = "A fort is manned again"
priority = "low"
any = ["fort*"]
"""
OTHERS = ("anchor", "beacon", "cape", "delta", "eddy", "ferry", "gully", "haven", "inlet", "jetty")


@pytest.fixture
def shore(begun: Begun) -> Desk:
    """Three lists, and what two of them hit."""
    return begun(tell)


def tell(desk: Desk) -> None:
    desk.watch(ISLANDS, "islands")
    desk.watch(FORTS, "forts")
    titles = [
        "Lee Jae Myung and Takaichi meet on the island with the lighthouse",
        "The island is cut off, and the lighthouse is dark",
        *(f"A fort beside the {word} is painted" for word in OTHERS),
    ]
    take(desk, *titles)


def take(
    desk: Desk, *titles: str, date: str = "2026-01-14T09:00:00Z", source: str = "coast"
) -> None:
    file = desk.home / "items.jsonl"
    lines = ({"title": title, "date": date, "source": source} for title in titles)
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    desk.run("import", file)


def parts(desk: Desk, *arguments: str) -> dict[str, list[str]]:
    """The lines of rows, by the heading that they stand under, in order."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in desk.run("report", *arguments).lines:
        if re.search(r"  [0-9a-f]{6}  ", line):
            found[heading].append(line)
        elif line and not line.startswith(" "):
            heading = line.partition(" — ")[0]
            found.setdefault(heading, [])
    return found


def test_the_report_opens_with_seven_lines_and_the_heaviest_is_the_first(shore: Desk) -> None:
    told = parts(shore)
    first = told["What weighs most"]
    assert len(first) == 7
    assert "Lee Jae Myung" in first[0] or "cut off" in first[0]
    assert list(told).index("What weighs most") < list(told).index("Forts along the coast")


def test_each_story_stands_once_under_the_list_where_it_weighs_most(shore: Desk) -> None:
    told = parts(shore, "-n", "0")
    lines = [line for lines in told.values() for line in lines]
    ids = [re.search(r"  ([0-9a-f]{6})  ", line)[1] for line in lines]  # type: ignore[index]
    assert len(ids) == len(set(ids)) == 12
    assert len(told["Forts along the coast"]) == 5


def test_a_limit_is_one_of_each_list_and_never_of_the_first_lines(shore: Desk) -> None:
    told = parts(shore, "-n", "1")
    assert len(told["What weighs most"]) == 7
    assert len(told["Forts along the coast"]) == 1
    assert "4 not shown, -n 0 shows all" in shore.run("report", "-n", "1").out


def test_what_the_first_lines_make_light_is_counted_and_not_shown(shore: Desk) -> None:
    first = shore.run("report").out
    assert "10 items, all new, 5 above, 5 not shown, -n 0 shows all" in first
    parts_told = parts(shore)
    assert len(parts_told["What weighs most"]) == 7
    assert parts_told["Forts along the coast"] == []
    told = shore.run("report").out
    assert "10 items, 5 above, 5 not shown, -n 0 shows all" in told  # though these five stay new


@pytest.mark.parametrize(
    "arguments", [("-n", "5"), ("--all",), ("-w", "forts"), ("-s", "coast"), ("--priority", "low")]
)
def test_a_limit_a_filter_and_all_show_light_stories_too(
    shore: Desk, arguments: tuple[str, ...]
) -> None:
    rows = [line for lines in parts(shore, *arguments).values() for line in lines]
    assert len(rows) == (10 if "-w" in arguments else 12)


def test_a_light_story_stays_new_and_the_next_report_does_not_speak_of_it(shore: Desk) -> None:
    shore.run("report")
    assert "nothing new since the last look" in shore.run("report").out
    whole = shore.run("report", "-n", "0").out
    assert "5 new since the last look" in whole
    assert sum(line.startswith("●") for line in whole.splitlines()) == 5


def test_a_light_story_with_a_mark_is_shown(shore: Desk) -> None:
    light = shore.run("report", "-f", "jsonl").records[-1]["item"]
    assert not any(light[:6] in line for line in parts(shore)["Forts along the coast"])
    shore.run("mark", light, "note", "ask the keeper")
    (line,) = parts(shore)["Forts along the coast"]
    assert light[:6] in line


def test_an_urgent_story_is_never_light(shore: Desk) -> None:
    take(shore, *(f"The fort by the {word} is cut off" for word in OTHERS))
    shown = [line for lines in parts(shore).values() for line in lines]
    assert sum("is cut off" in line for line in shown) == len(OTHERS) + 1


def test_a_filter_holds_for_the_first_lines_too(shore: Desk) -> None:
    told = parts(shore, "-w", "islands")
    assert len(told["What weighs most"]) == 2
    assert "fort" not in "".join(told["What weighs most"])


def test_a_line_says_who_why_who_tells_it_and_which_lists(shore: Desk) -> None:
    take(
        shore, "Lee Jae Myung and Takaichi meet on the island with the lighthouse", source="kaigan"
    )
    (line,) = [one for one in parts(shore)["What weighs most"] if "Takaichi" in one]
    why = line.partition("lighthouse")[2]
    assert "Lee Jae Myung, Takaichi · A lighthouse is lit · " in why
    assert "coast and 1 other publisher" in why
    assert "Lighthouses; Islands and straits" in why


def test_other_lists_are_named_beside_a_story_and_signals_by_their_titles(shore: Desk) -> None:
    take(shore, *(f"Lighthouse at the {word} island" for word in OTHERS))
    (line, *_) = parts(shore, "-n", "9")["Lighthouses"]
    assert "A lighthouse is lit" in line
    assert "also Islands and straits" in line
    assert "cut-off" not in shore.run("report").out


@pytest.mark.parametrize("columns", ["60", "80", "120"])
def test_the_reason_is_there_however_narrow_the_terminal(shore: Desk, columns: str) -> None:
    shown = on_a_terminal(shore, "report", COLUMNS=columns, NO_COLOR="1", TERM="dumb")
    words = " ".join(re.sub(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b]*\x1b\\", "", shown).split())
    assert "A lighthouse is lit · coast · Lighthouses; Islands and straits" in words
    assert "A fort is manned again" in words
    assert max(map(len, shown.splitlines())) <= int(columns) + 40  # with escape sequences


def test_machines_get_the_same_order_with_the_weights_of_stories(shore: Desk) -> None:
    records = shore.run("report", "-f", "jsonl").records
    told = parts(shore, "-n", "0")
    shown = [re.search(r"  ([0-9a-f]{6})  ", one)[1] for lines in told.values() for one in lines]  # type: ignore[index]
    assert list(dict.fromkeys(record["item"][:6] for record in records)) == shown
    assert all(record["story"] and type(record["weight"]) is int for record in records)
    assert len(records) == len(shore.run("report", "--group", "none", "-f", "jsonl").records)


def test_the_layout_by_watchlist_is_still_there(shore: Desk) -> None:
    done = shore.run("report", "--group", "watchlist")
    assert "What weighs most" not in done.out
    assert [line.partition(" — ")[0] for line in done.lines if " — " in line] == [
        "Forts along the coast",
        "Islands and straits",
        "Lighthouses",
    ]


def test_urgent_is_what_is_urgent_today(shore: Desk) -> None:
    def marked(now: str) -> list[str]:
        return [line for line in shore.run("report", SIGTRACK_NOW=now).lines if line[:1] == "▲"]

    (line,) = marked("2026-01-14T12:00:00Z")
    assert "cut off" in line
    assert marked("2026-01-16T12:00:00Z") == []


def test_what_a_filter_leaves_out_stays_new(shore: Desk) -> None:
    for filtered in (("-w", "forts"), ("-s", "coast"), ("--lang", "en"), ("--priority", "low")):
        assert "since the last look" not in shore.run("report", *filtered).out
    assert "all new" in shore.run("report", "--until", "2026-01-14").out
    shore.run("report")
    assert "nothing new since the last look" in shore.run("report").out


def test_show_explains_a_weight_in_words(shore: Desk) -> None:
    (record, *_) = [
        r for r in shore.run("report", "-f", "jsonl").records if "Takaichi" in r["title"]
    ]
    shown = shore.run("show", record["item"])
    assert f"Weight of its story — {record['weight']}" in shown.out
    points = [line.split()[0] for line in shown.lines if re.match(r" *[+-]\d", line)]
    assert sum(map(int, points)) == record["weight"]
    assert "a leader in office is named" in shown.out and "two governments are named" in shown.out
    (told,) = json.loads(shore.run("show", record["item"], "-f", "json").out)
    assert sum(part["points"] for part in told["parts"]) == told["weight"] == record["weight"]


def test_show_has_no_weight_for_an_item_that_nothing_hits(stocked: Desk) -> None:
    item = stocked.run("search", "keeper", "-f", "jsonl").records[0]["item"]
    assert "Weight" not in stocked.run("show", item).out
    (told,) = json.loads(stocked.run("show", item, "-f", "json").out)
    assert (told["weight"], told["parts"]) == (None, [])


def test_visits_that_changed_in_the_window_stand_before_the_lists(desk: Desk) -> None:
    take(desk, "Lee Jae Myung to visit Japan on Jan. 13", date="2026-01-02T09:00:00Z")
    take(
        desk,
        "Lee Jae Myung arrives in Nara, Japan for a working visit",
        "The lighthouse is lit",
        date="2026-01-13T01:00:00Z",
    )
    out = desk.run("report", "--since", "7d").out
    assert "Visits that changed" in out
    assert "Lee Jae Myung (South Korea) → Japan: Nara" in out
    assert (
        out.index("What weighs most")
        < out.index("Visits that changed")
        < out.index("Lighthouses —")
    )
    assert "Visits that changed" not in desk.run("report", "--since", "7d", "-w", "lighthouses").out
    assert "Visits that changed" not in desk.run("report", "--since", "all").out


def test_a_report_for_a_file_has_no_line_but_rows_and_headings(shore: Desk, tmp_path: Path) -> None:
    out = tmp_path / "report.md"
    shore.run("report", "-f", "md", "-o", out)
    text = out.read_text(encoding="utf-8")
    assert "## What weighs most" in text
    assert "| when | headline | id | why |" in text


def test_the_config_file_says_which_countries_the_desk_watches(shore: Desk) -> None:
    def weight() -> int:
        records = shore.run("report", "-f", "jsonl").records
        return next(r["weight"] for r in records if "Takaichi" in r["title"])

    usual = weight()
    config = shore.config / "config.toml"
    config.write_text('desk = "FR, DE"\n')
    assert weight() == usual - 3  # two countries
    assert "FR, DE" in shore.run("config", "show").out
    for wrong in ("Korea", "KR, ZZ"):
        config.write_text(f'desk = "{wrong}"\n')
        assert "desk must be countries by their two capitals" in shore.run("report", code=78).err


def test_sure_leaves_what_a_publisher_or_an_official_one_tells(shore: Desk) -> None:
    shared = "A fort beside the anchor is painted"
    take(shore, shared, source="kaigan")
    told = parts(shore, "--sure")
    assert [line for lines in told.values() for line in lines if "anchor" in line]
    assert len([line for lines in told.values() for line in lines]) == 1
    assert "since the last look" not in shore.run("report", "--sure").out  # a filter is no look
    assert "anchor" in shore.run("report", "--sure", "--group", "watchlist").out
    shore.feeds({"coast": "http://127.0.0.1:9/coast.xml"}, 'role = "ministry"')
    assert len(shore.run("report", "--sure", "-f", "jsonl").records) == len(
        shore.run("report", "-f", "jsonl").records
    )


def test_a_headline_in_a_language_that_nobody_here_reads_has_a_gloss(desk: Desk) -> None:
    desk.watch(ISLANDS, "islands")
    take(desk, "이재명 대통령, 16일 일본 섬 국빈 방문…비핵화 논의")
    said = " · planned · state visit · 16 Jan · denuclearization · An island is named"
    assert f"Lee Jae Myung → Japan{said}" in desk.run("report").out
    (desk.config / "config.toml").write_text('languages = "en, ko"\n')
    assert "Lee Jae Myung → Japan · An island is named" in desk.run("report").out
    take(desk, "The island speaks of denuclearization")
    assert "denuclearization · An island" not in desk.run("report").out
    for wrong in ("Korean", "en, kr"):
        (desk.config / "config.toml").write_text(f'languages = "{wrong}"\n')
        assert "languages must be languages by their two letters" in desk.run("report", code=78).err


def test_a_visit_that_is_called_off_is_told_so_in_any_language(desk: Desk) -> None:
    desk.watch(ISLANDS, "islands")
    take(desk, "Lee Jae Myung cancels visit to Japan island")
    assert "Lee Jae Myung → Japan · called off · An island is named" in desk.run("report").out


def test_a_gloss_does_not_name_again_who_is_named(desk: Desk) -> None:
    desk.watch(ISLANDS, "islands")
    take(desk, "시진핑, APEC 섬 포럼서 관세 언급")
    (line,) = parts(desk)["What weighs most"]
    assert "Xi Jinping, APEC · tariff · An island is named" in line


def test_rows_that_a_limit_cuts_stay_new(shore: Desk) -> None:
    shore.run("report", "-n", "1")
    told = shore.run("report", "-n", "1").out
    assert "4 new since the last look" in told
    shown = shore.run("report", "-n", "0")
    assert "4 new since the last look" in shown.out
    assert "nothing new since the last look" in shore.run("report").out


def test_what_was_cut_stays_new_beside_what_comes_in_and_beyond_the_window(shore: Desk) -> None:
    shore.run("report", "-n", "1")
    take(shore, "A fort beside the kiln is painted", date="2026-01-20T09:00:00Z")
    later = {"SIGTRACK_NOW": "2026-01-20T12:00:00Z"}
    assert "1 new since the last look" in shore.run("report", "--since", "2d", **later).out
    whole = shore.run("report", "--since", "30d", "-n", "0", **later).out
    assert "4 new since the last look" in whole


def test_a_list_by_day_leaves_new_what_it_cuts(shore: Desk) -> None:
    shore.run("report", "--group", "day", "-n", "2")
    assert "10 new since the last look" in shore.run("report", "--group", "none").out

"""`sigtrack stories`, and stories in reports: one event is told once."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import pytest

from desk import Begun, Desk
from sigtrack.analyze.stories.tellings import as_text
from sigtrack.app.intake import Teller, Tellings, tell_pending
from sigtrack.app.rules import shipped_rules
from sigtrack.model import Role, Story
from sigtrack.store import open_store
from sigtrack.store.interface import Query
from sigtrack.store.sql import Store
from sigtrack.views.hits import lead_first
from stored import DAY, HOUR, NOW, item, new, poll

# The same evening in Nara four times, a visit that is announced, and two things told once.
WEEK = [
    ("hanbit", "ko", "2026-01-13T07:40:00Z", "n1", "한일 정상, 나라서 회담…셔틀외교 지속 합의"),
    ("pacific", "en", "2026-01-13T08:00:00Z", "n2", "Lee, Takaichi agree in Nara to keep shuttle diplomacy going"),
    ("tokai", "ja", "2026-01-13T08:30:00Z", "n3", "日韓首脳、奈良で会談　シャトル外交の継続で一致"),
    ("haixia", "zh", "2026-01-13T09:00:00Z", "n4", "李在明與高市早苗奈良會談　延續穿梭外交"),
    ("hanbit", "ko", "2026-01-09T02:00:00Z", "v1", "李대통령 13~14일 방일…다카이치 총리 고향 나라서 회담"),
    ("pacific", "en", "2026-01-13T12:00:00Z", "l1", "Old lighthouse in harbour is lit again"),
    ("pacific", "en", "2026-01-13T13:00:00Z", "f1", "Fish is cheap this week"),
]  # fmt: skip
WATCHLIST = """
format = 1
id = "nara"
title = "Nara"
[[signal]]
id = "named"
any = ["Nara", "나라", "奈良"]
"""


def nara(desk: Desk) -> None:
    (desk.watchlists / "lighthouses.toml").unlink()
    desk.watch(WATCHLIST, "nara")
    desk.run("watchlists", "check")


@pytest.fixture
def desk(begun: Begun) -> Desk:
    return begun(nara)


def file_of(desk: Desk, rows: list[tuple[str, str, str, str, str]], name: str = "week") -> Path:
    path = desk.home / f"{name}.jsonl"
    keys = ("source", "lang", "published", "id", "title")
    lines = [json.dumps(dict(zip(keys, row, strict=True)), ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def week(desk: Desk) -> None:
    nara(desk)
    desk.run("import", file_of(desk, WEEK))


@pytest.fixture
def told(begun: Begun) -> Desk:
    """A desk with that week."""
    return begun(week)


def test_an_event_told_in_four_languages_is_one_record(told: Desk) -> None:
    records = told.run("stories", "--since", "7d", "-f", "jsonl").records
    assert [r["uids"] for r in records] == [["n1", "n2", "n3", "n4"], ["v1"]]
    (summit, _) = records
    assert list(summit) == ["story", "lead", "items", "uids", "sources", "first", "last"]
    assert summit["story"] == summit["items"][0] and summit["lead"] in summit["items"]
    assert summit["sources"] == ["haixia", "hanbit", "pacific", "tokai"]
    assert summit["first"].startswith("2026-01-13T07:40:00") and len(summit["items"]) == 4


def test_all_shows_stories_without_a_hit_too(told: Desk) -> None:
    uids = [r["uids"] for r in told.run("stories", "--all", "-f", "jsonl").records]
    assert ["l1"] in uids and ["f1"] in uids and len(uids) == 4


def test_a_story_is_told_whole_though_one_item_of_it_is_asked_for(told: Desk) -> None:
    for ask in (["--source", "tokai"], ["--lang", "zh"], ["--since", "2026-01-13T08:45:00Z"]):
        (record,) = told.run("stories", *ask, "-f", "jsonl").records
        assert record["uids"] == ["n1", "n2", "n3", "n4"]


def test_the_most_official_item_leads(told: Desk) -> None:
    told.feeds({"tokai": "http://127.0.0.1/t"}, 'role = "ministry"')
    (summit, _) = told.run("stories", "-f", "jsonl").records
    assert summit["uids"][summit["items"].index(summit["lead"])] == "n3"
    assert "日韓首脳" in told.run("report").out
    assert "also in n feeds" in told.run("report", "--group", "watchlist").out


def test_the_table_has_what_was_told_more_than_once(told: Desk) -> None:
    done = told.run("stories")
    assert "5 items in 2 stories, 1 of them told more than once" in done.out
    assert "hanbit, pacific, tokai, haixia" in done.out
    assert "방일" not in done.out


@pytest.mark.slow
def test_a_title_that_the_user_adds_names_a_person_in_stories_too(desk: Desk) -> None:
    week = file_of(
        desk,
        [
            ("hanbit", "ko", "2026-01-13T07:40:00Z", "u1", "이재명 대통령, 유엔 연설"),
            (
                "pacific",
                "en",
                "2026-01-13T08:00:00Z",
                "u2",
                "Supremo Lee to address the United Nations",
            ),
        ],
    )

    def told() -> int:
        desk.run("import", week)
        return len(desk.run("stories", "--all", "-f", "jsonl").records)

    assert told() == 2
    desk.db.unlink()
    words = desk.config / "lang" / "en.toml"
    words.parent.mkdir(parents=True)
    words.write_text("[name]\nbeside = 'Supremo'\n", "utf-8")
    assert told() == 1


TRIPS = """
format = 1
id = "trips"
[[signal]]
id = "town"
any = ["#city"]
[[signal]]
id = "visit"
any = ["#visit"]
"""
BEPPU = """
[[place]]
country = "JP"
site = "Beppu"
kind = "city"
names = "Beppu, 벳푸, 別府, 别府"
"""
HOT_SPRINGS = """
[things]
hot-springs = "hot springs, 온천"
"""


@dataclass(frozen=True)
class Seen:
    """What one item gives, and in how many stories both are."""

    hits: set[str]
    visits: set[tuple[str, str]]
    stories: int


def visits_so(word: str, side: str) -> str:
    """A file of words for a verb of visiting that is read where its place stands on this side."""
    return f'''\
[[act]]
class = "visit"
kind = "go"
phase = "ongoing"
side = "{side}"
words = "{word}"
'''


def seen(desk: Desk, one: tuple[str, str], other: tuple[str, str]) -> Seen:
    """Two headlines of an hour, each with its language, read by a desk as it is now, into a new
    database."""
    desk.db.unlink(missing_ok=True)
    rows = [
        ("pacific", one[0], "2026-01-14T07:00:00Z", "x1", one[1]),
        ("hanbit", other[0], "2026-01-14T08:00:00Z", "x2", other[1]),
    ]
    desk.run("import", file_of(desk, rows))
    hits = desk.run("report", "-w", "trips", "-f", "jsonl").records
    visits = desk.run("visits", "--since", "all", "-f", "jsonl").records
    return Seen(
        hits={one["signal"] for one in hits if one["uid"] == "x1"},
        visits={(one["place"] or "", one["phase"]) for one in visits},
        stories=len(desk.run("stories", "--all", "-f", "jsonl").records),
    )


# A journey to a town that sigtrack does not know, by language.
TO_BEPPU = {
    "en": "Lee Jae-myung to travel to Beppu on Jan. 20",
    "ko": "이재명 대통령, 20일 벳푸 방문",
    "ja": "李在明大統領、20日に別府訪問",
    "zh": "李在明总统20日访问别府",
}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("en", "ko"),
        *(pytest.param(one, "en", marks=pytest.mark.slow) for one in ("ko", "ja", "zh")),
    ],
)
def test_a_city_is_added_in_one_file_for_hit_visit_and_story(
    desk: Desk, one: str, other: str
) -> None:
    desk.watch(TRIPS, "trips")
    told = (one, TO_BEPPU[one]), (other, TO_BEPPU[other])
    before = seen(desk, *told)
    assert "town" not in before.hits and before.stories == 2
    assert not any("Beppu" in place for place, _ in before.visits)
    (desk.config / "places.toml").write_text(BEPPU, "utf-8")
    after = seen(desk, *told)
    assert "town" in after.hits and after.stories == 1
    assert after.visits == {("Beppu", "planned")}


# What nobody has called a visit yet: the word, the side of its place, and two headlines with it.
# The second tells more, so that it is one story with the headline of another language.
STROLLS = {
    "en": (
        *("moseys over to", "after", "Wang Yi moseys over to Osaka"),
        "Wang Yi moseys over to Osaka in Japan, all smiles",
    ),
    "ko": (
        *("마실 나서", "before", "왕이, 오사카로 마실 나서"),
        "왕이, 일본 오사카로 마실 나서…환한 미소",
    ),
    "ja": (
        *("ぶらり", "before", "王毅外相、大阪へぶらり"),
        "王毅外相、日本の大阪へぶらり　満面の笑み",
    ),
    "zh": ("溜达到", "after", "王毅溜达到大阪", "王毅溜达到日本大阪 满面笑容"),
}
VISITED = {
    "en": ("ko", "왕이, 일본 오사카 방문…환한 미소"),
    "ko": ("en", "Wang Yi visits Osaka in Japan, all smiles"),
    "ja": ("ko", "왕이, 일본 오사카 방문…환한 미소"),
    "zh": ("ko", "왕이, 일본 오사카 방문…환한 미소"),
}


@pytest.mark.slow
@pytest.mark.parametrize("language", STROLLS)
def test_a_verb_is_added_in_one_file_for_hit_visit_and_story(desk: Desk, language: str) -> None:
    desk.watch(TRIPS, "trips")
    word, side, short, long = STROLLS[language]
    told = (language, long), VISITED[language]
    alone = (language, short), ("ko", "등대 다시 불 밝혀")
    before = seen(desk, *told)
    assert "visit" not in before.hits and before.stories == 2
    assert seen(desk, *alone).visits == set()
    (desk.config / "lang").mkdir()
    (desk.config / "lang" / f"{language}.toml").write_text(visits_so(word, side), "utf-8")
    after = seen(desk, *told)
    assert "visit" in after.hits and after.stories == 1
    assert seen(desk, *alone).visits == {("Osaka", "ongoing")}


@pytest.mark.slow
def test_a_topic_of_the_users_own_joins_what_two_languages_tell(desk: Desk) -> None:
    desk.watch(TRIPS, "trips")
    told = ("en", "Japan to fund hot springs"), ("ko", "日本 온천 지원")
    assert seen(desk, *told).stories == 2
    file = desk.config / "topics.toml"
    file.write_text(HOT_SPRINGS, "utf-8")
    assert seen(desk, *told).stories == 1
    file.write_text("[thigns]\nhot-springs = '온천'\n", "utf-8")
    check = desk.run("watchlists", "check", code=1)
    assert "topics.toml:1" in check.out + check.err
    assert "did you mean things?" in check.out + check.err


def test_without_stories_the_table_says_so_and_exit_code_tells(told: Desk) -> None:
    assert "no stories" in told.run("stories", "--since", "1h").out
    told.run("stories", "--since", "1h", "--exit-code", code=1)
    told.run("stories", "--exit-code")


def test_a_watchlist_that_does_not_exist_is_a_usage_error(told: Desk) -> None:
    assert "there is no watchlist 'narra'" in told.run("stories", "-w", "narra", code=2).err


def test_csv_has_a_heading_without_rows(told: Desk) -> None:
    done = told.run("stories", "--since", "1h", "-f", "csv")
    assert done.lines == ["story,lead,items,uids,sources,first,last"]


def test_a_report_shows_an_event_once_and_in_how_many_more_feeds_it_is(told: Desk) -> None:
    for group, told_by in (
        ("weight", "hanbit and 3 other publishers"),
        ("watchlist", r"hanbit +\+3 "),
    ):
        done = told.run("report", "--group", group, COLUMNS="200")
        assert "5 items in 2 stories with 5 hits from 4 sources" in done.out
        assert re.search(told_by, done.out)
        assert "シャトル" not in done.out and "Takaichi agree" not in done.out


def test_a_report_by_story_shows_each_item_of_it(told: Desk) -> None:
    done = told.run("report", "--group", "story")
    for title in (WEEK[0][4], "Takaichi agree", "told once"):
        assert title in done.out
    assert done.out.index("told once") < done.out.index("방일")


def test_a_report_by_source_has_a_row_for_each_item(told: Desk) -> None:
    assert "+3" not in told.run("report", "--group", "source").out


def test_machine_formats_name_the_story_of_every_hit(told: Desk) -> None:
    records = told.run("report", "-f", "jsonl").records
    stories = {r["uid"]: r["story"] for r in records}
    assert len(set(stories.values())) == 2
    assert len({stories[f"n{n}"] for n in range(1, 5)}) == 1


@pytest.mark.slow
@pytest.mark.parametrize("order", list(permutations(range(4)))[::9])
def test_what_arrives_one_by_one_gives_the_same_stories(desk: Desk, order: tuple[int, ...]) -> None:
    for n in (*order, 4, 5, 6):
        desk.run("import", file_of(desk, [WEEK[n]]))
    uids = [r["uids"] for r in desk.run("stories", "--all", "-f", "jsonl").records]
    assert sorted(uids) == [["f1"], ["l1"], ["n1", "n2", "n3", "n4"], ["v1"]]


def test_other_words_may_be_another_story(told: Desk) -> None:
    source, lang, published, uid, _ = WEEK[3]
    row = (source, lang, published, uid, "台北今日多雲　氣溫下降")
    told.run("import", file_of(told, [row], "edit"))
    records = told.run("stories", "--all", "-f", "jsonl").records
    assert ["n1", "n2", "n3"] in [r["uids"] for r in records]


def test_rematch_with_since_forms_stories_anew(told: Desk) -> None:
    before = told.run("stories", "--all", "-f", "jsonl").out
    with open_store(str(told.db)) as store:
        store.save_stories([Story(id="x", lead="x", items=_ids(told), first=NOW, last=NOW)])
    assert told.run("stories", "--all", "-f", "jsonl").out != before
    told.run("rematch", "--since", "all")
    assert told.run("stories", "--all", "-f", "jsonl").out == before


def _ids(desk: Desk) -> tuple[str, ...]:
    records = desk.run("stories", "--all", "-f", "jsonl").records
    return tuple(id for record in records for id in record["items"])


# --- the store


def test_an_item_without_a_story_is_waiting_for_one(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "s.db")) as store:
        poll(store, [item("a", uid="a", published=NOW - DAY), item("b", uid="b", published=NOW)])
        midnight = datetime(2026, 1, 14, tzinfo=UTC)
        assert store.untold_days() == [midnight - DAY, midnight]
        b, a = store.items(Query())
        store.save_stories([Story(id=a.id, lead=a.id, items=(a.id,), first=NOW, last=NOW)])
        assert store.untold_days() == [midnight]
        assert [one.story for one in store.items(Query())] == [None, a.id]
        store.save_stories([Story(id=a.id, lead=b.id, items=(a.id, b.id), first=NOW, last=NOW)])
        assert store.untold_days() == []
        assert [one.id for one in store.items_of_stories([a.id])] == [a.id, b.id]
        poll(store, [item("b", uid="b", published=NOW, summary="edited")], NOW + HOUR)
        assert store.untold_days() == [midnight]
        store.untell(None)
        assert len(store.untold_days()) == 2


def test_what_is_kept_of_an_item_is_not_read_again(tmp_path: Path) -> None:
    """What is kept of the other four says that they are about the storm; their words do not."""
    others = [item(f"Quiet day in town {n}", uid=f"q{n}", published=NOW - HOUR) for n in range(4)]
    storm = item("Storm Kirogi floods Busan harbour", uid="s", feed="paper", published=NOW)
    rules = shipped_rules()
    with open_store(str(tmp_path / "s.db")) as store:
        poll(store, others)
        tell_pending(store, rules, {}, kept=NOW - DAY)
        told = list(store.tellings(NOW - DAY, NOW + DAY))
        assert all(one.text and one.reader == rules.index.tellings for one in told)
        of_storm = as_text(Teller(rules.readings, {}).telling("s", storm, NOW - HOUR))
        store.keep_tellings(rules.index.tellings, {one.number: of_storm for one in told}, None)
        poll(store, [storm])
        tell_pending(store, rules, {}, kept=NOW - DAY)
        assert len({one.story for one in store.items(Query())}) == 1
        store.keep_tellings("other rules", {one.number: of_storm for one in told}, None)
        poll(store, [replace(storm, uid="t", title="Another storm")])
        tell_pending(store, rules, {}, kept=NOW - DAY)
        quiet, storms = set(), set()
        for one in store.items(Query()):
            (quiet if one.item.uid.startswith("q") else storms).add(one.story)
        assert quiet.isdisjoint(storms)


def test_a_telling_that_is_garbled_or_was_not_to_be_kept_is_made_anew(tmp_path: Path) -> None:
    rules = shipped_rules()
    with open_store(str(tmp_path / "s.db")) as store:
        poll(store, [item("Storm Kirogi floods Busan harbour", uid="a", published=NOW)])
        tell_pending(store, rules, {})
        (told,) = store.tellings(NOW - DAY, NOW + DAY)
        assert (told.text, told.story) == ("", told.id)
        store.keep_tellings(rules.index.tellings, {told.number: "no telling"}, None)
        poll(store, [item("Storm Kirogi floods Busan", uid="b", feed="paper", published=NOW)])
        tell_pending(store, rules, {}, kept=NOW - DAY)
        assert {one.story for one in store.items(Query())} == {told.id}


@pytest.mark.parametrize("few", [3, 6, 100])
def test_a_window_that_does_not_fit_into_memory_is_told_as_one_that_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("sigtrack.app.intake._FEW", few)
    town = [item(f"Quiet day in town {n}", uid=f"q{n}", published=NOW - HOUR) for n in range(4)]
    storm = item("Storm Kirogi floods Busan harbour", uid="s", feed="paper", published=NOW)
    rules = shipped_rules()
    with open_store(str(tmp_path / "s.db")) as store:
        for some in (town, [storm], [replace(storm, uid="t", feed="daily")]):
            poll(store, some)
            tell_pending(store, rules, {}, kept=NOW - DAY)
        stories = {one.item.uid: one.story for one in store.items(Query())}
        assert stories["s"] == stories["t"] and None not in stories.values()


@pytest.mark.parametrize("day", [9, 20])
def test_a_story_of_which_only_a_part_is_read_stays_as_it_is(tmp_path: Path, day: int) -> None:
    """What is new on the 14th is told with what lies five days before and after it."""
    edge = datetime(2026, 1, day, tzinfo=UTC)
    rules = shipped_rules()
    with open_store(str(tmp_path / "s.db")) as store:
        for feed, at in (("paper", edge - 4 * HOUR), ("daily", edge + 4 * HOUR)):
            words = "Storm Kirogi floods Busan harbour"
            poll(store, [item(words, uid="s", feed=feed, published=at, imported=True)])
        tell_pending(store, rules, {}, kept=edge - DAY)
        one, other = store.items(Query())
        assert one.story == other.story
        poll(store, [item("Fish is cheap", uid="f", published=NOW, imported=True)])
        tell_pending(store, rules, {}, kept=edge - DAY)
        told = {stored.id: stored.story for stored in store.items(Query())}
        assert told[one.id] == told[other.id] == one.story
        assert len({*told.values()}) == 2 and None not in told.values()


def test_days_that_lie_far_apart_are_all_told(tmp_path: Path) -> None:
    rules = shipped_rules()
    with open_store(str(tmp_path / "s.db")) as store:
        for days in (0, 3, 9, 40, 60):
            at = NOW - days * DAY
            for feed in ("paper", "daily"):
                words = f"Storm number {days} floods Busan harbour"
                poll(store, [item(words, uid=f"{days}", feed=feed, published=at)], at)
        tell_pending(store, rules, {}, kept=NOW - DAY)
        told = {one.item.title: one.story for one in store.items(Query())}
        assert len({*told.values()}) == 5 and None not in told.values()
        assert store.untold_days() == []


def test_only_what_is_in_no_story_is_read_for_stories_ahead(tmp_path: Path) -> None:
    """A telling by other words is what makes the story of an older item be formed again."""
    rules = shipped_rules()
    with open_store(str(tmp_path / "s.db")) as store:
        for uid in "ab":
            poll(store, [item(f"Storm floods harbour {uid}", uid=uid, published=NOW)])
        old, new = sorted(store.items(Query()), key=lambda stored: stored.item.uid)
        store.save_stories([Story(id=old.id, lead=old.id, items=(old.id,), first=NOW, last=NOW)])
        ahead = Tellings(store, rules, {}, NOW - DAY)
        ahead.keep({stored.number: ahead.text_of(stored) for stored in store.items(Query())})
        ahead.save()
        told = {one.id: one for one in store.tellings(NOW - DAY, NOW + DAY)}
        assert told[old.id].text == ""
        assert told[new.id].text == as_text(
            Teller(rules.readings, {}).telling(new.id, new.item, new.moment)
        )


@pytest.mark.parametrize("kept", [NOW - DAY, None])
def test_an_edit_parts_those_whom_the_older_words_tied(
    tmp_path: Path, kept: datetime | None
) -> None:
    rules = shipped_rules()
    town = [item(f"Quiet day in town {n}", uid=f"q{n}", published=NOW - HOUR) for n in range(12)]
    one = item(
        "Lee and Takaichi agree in Nara on shuttle diplomacy", uid="s", feed="paper", published=NOW
    )
    other = item(
        "Lee, Takaichi in Nara agree on shuttle diplomacy", uid="o", feed="daily", published=NOW
    )
    with open_store(str(tmp_path / "s.db")) as store:
        for some in (town, [one], [other]):
            poll(store, some)
        tell_pending(store, rules, {}, kept=kept)
        stories = {stored.item.uid: stored.story for stored in store.items(Query())}
        assert stories["s"] == stories["o"]
        edited = item("Cabinet resigns in Lisbon", uid="s", feed="paper", published=NOW)
        poll(store, [edited], NOW + HOUR)
        tell_pending(store, rules, {}, kept=kept)
        found = {stored.item.uid: stored for stored in store.items(Query())}
        assert found["s"].story == found["s"].id and found["o"].story == found["o"].id


def test_what_is_read_otherwise_parts_those_whom_the_older_rules_tied(tmp_path: Path) -> None:
    rules = shipped_rules()
    town = [item(f"Quiet day in town {n}", uid=f"q{n}", published=NOW - HOUR) for n in range(12)]
    one = item("Cabinet resigns in Lisbon", uid="s", feed="paper", published=NOW)
    other = item(
        "Lee, Takaichi in Nara agree on shuttle diplomacy", uid="o", feed="daily", published=NOW
    )
    with open_store(str(tmp_path / "s.db")) as store:
        for some in (town, [one], [other]):
            poll(store, some)
        found = {stored.item.uid: stored for stored in store.items(Query())}
        words = replace(one, title="Lee and Takaichi agree in Nara on shuttle diplomacy")
        as_of_nara = as_text(Teller(rules.readings, {}).telling("s", words, NOW))
        for reader in (rules.index.tellings, "older rules"):
            store.keep_tellings(reader, {found["s"].number: as_of_nara}, None)
            poll(store, [item(f"Fish is {reader}", uid=reader, published=NOW)])
            tell_pending(store, rules, {}, kept=NOW - DAY)
            stories = {stored.item.uid: stored.story for stored in store.items(Query())}
            assert (stories["s"] == stories["o"]) == (reader != "older rules")
        assert stories["o"] == found["o"].id


def test_tellings_of_older_days_are_not_kept(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "s.db")) as store:
        poll(store, [item("a", uid="a", published=NOW - DAY), item("b", uid="b", published=NOW)])
        a, b = store.tellings(NOW - 2 * DAY, NOW + DAY)
        store.keep_tellings("1", {a.number: "of a", b.number: "of b"}, NOW - HOUR)
        assert [one.text for one in store.tellings(NOW - 2 * DAY, NOW + DAY)] == ["", "of b"]
        assert (a.text, a.reader, a.story, a.older) == ("", "", None, "")
        poll(store, [item("c", uid="b", published=NOW)], NOW + HOUR)
        *_, c = store.tellings(NOW - 2 * DAY, NOW + DAY)
        assert (c.revision, c.text, c.older) == (2, "", "of b")


def test_days_before_1970_are_days_too(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "s.db")) as store:
        old = item("a", published=datetime(1950, 6, 25, 4, tzinfo=UTC), imported=True)
        store.save([new(old)], NOW)
        assert store.untold_days() == [datetime(1950, 6, 25, tzinfo=UTC)]


def test_the_most_official_publisher_of_a_story_stands_first(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "s.db")) as store:
        poll(store, [item("a", uid="a", published=NOW - HOUR)])
        poll(store, [item("b", uid="b", feed="office", published=NOW)])
        b, a = store.items(Query())
        store.save_stories([Story(id=a.id, lead=b.id, items=(a.id, b.id), first=NOW, last=NOW)])
        told = lead_first(store.items_of_stories((a.id,)), {"office": Role.LEADER_OFFICE})
        assert [one.item.uid for one in told] == ["b", "a"]


def publish_hourly(store: Store, titles: Mapping[str, str]) -> None:
    for n, (uid, title) in enumerate(titles.items()):
        poll(store, [item(title, uid=uid, published=NOW + n * HOUR)])


def test_the_headline_that_tells_most_of_what_the_others_tell_stands_first(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "s.db")) as store:
        titles = {
            "a": "Crowd waves as ministers arrive at the harbour",
            "b": "Ministers sign ferry pact at the harbour",
            "c": "Ferry pact: ministers sign after ten years",
            "d": "渡轮协定签署",
        }
        publish_hourly(store, titles)
        stored = {one.item.uid: one for one in store.items(Query())}
        told = lead_first(stored.values(), {})
        assert [one.item.uid for one in told] == ["b", "a", "c", "d"]
        two = [stored["a"], stored["b"]]
        assert lead_first(two, {})[0] is stored["a"]  # of two none is more typical
        told = lead_first(stored.values(), {}, lambda one: one is stored["b"])
        assert told[0].item.uid in {"a", "c"}
        assert lead_first(two, {}, lambda _: True)[0] is stored["a"]


def test_a_comment_or_round_up_leads_no_story_that_has_a_report(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "s.db")) as store:
        titles = {
            "a": "Why the ferry strike matters",
            "b": "Ferry strike ends",
            "c": "Ferries sail",
        }
        publish_hourly(store, titles)
        told = lead_first(store.items(Query()), {})
        assert [one.item.uid for one in told] == ["b", "a", "c"]
        assert lead_first([told[1]], {}) == [told[1]]

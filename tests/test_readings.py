"""What items tell is read once, and no answer is short of an item or old in silence."""

from __future__ import annotations

import sqlite3
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import visiting
from desk import Desk
from newsroom import Files
from sigtrack.app.in_force import Catalogue, Index
from sigtrack.app.readings import ReadingRules, Readings
from sigtrack.app.wording import measured
from sigtrack.errors import Busy
from sigtrack.lexicon import shipped_lexicon
from sigtrack.model import Feed, Item, Phase, Report, Role, Runs, Visit, WordingRead
from sigtrack.store import open_store
from sigtrack.store.interface import KINDS, Query, ReadState
from sigtrack.store.sql import Store, rows
from sigtrack.store.sql.database import schema_steps
from sigtrack.store.sql.rows import phrases, phrases_bytes, wording_json
from sigtrack.store.sqlite import prepare
from sigtrack.store.sqlite.connection import SqliteDatabase
from sigtrack.views.wording import WordingAsked, report_of
from stored import DAY, NOW, item, match, poll, read_pending

GOES = "Lee Jae-myung lands in Nara for talks with Takaichi"
OFF = "Lee Jae-myung calls off visit to Nara"
FISH = "Fish is cheap"


class Counted(ReadingRules):
    """The rules as they are, and how many items were read with them; one reader for all tests."""

    SHARED = ReadingRules(Index(actors=visiting.actors()), shipped_lexicon)

    def __init__(self, fingerprint: str = "1") -> None:
        super().__init__(Index(readings=dict.fromkeys(KINDS, fingerprint)), shipped_lexicon)
        self.items = 0
        self.wordings = 0

    def visits(self, item: Item) -> tuple[Visit, ...]:
        self.items += 1
        return self.SHARED.visits(item)

    def wording(
        self, item: Item, *, is_hit: bool = True, is_official: bool = False
    ) -> tuple[WordingRead, Runs | None]:
        self.wordings += 1
        return self.SHARED.wording(item, is_hit=is_hit, is_official=is_official)


def learn(store: Store, *titles: str, days_ago: int = 0) -> None:
    for title in titles:
        at = NOW - days_ago * DAY
        poll(store, [item(title, uid=title, published=at)], at)


def told(store: Store, rules: ReadingRules) -> list[tuple[str, str]]:
    found = Readings(store, rules).visits(Query())
    return sorted((one.item.title, str(visits[0].phase)) for one, visits in found)


def test_what_a_run_has_read_is_not_read_again(store: Store) -> None:
    learn(store, GOES, FISH)
    read_pending(store, Counted())
    rules = Counted()
    assert told(store, rules) == [(GOES, "ongoing")]
    read_pending(store, rules)
    assert rules.items == 0


def test_a_reading_comes_back_as_it_was_read(store: Store) -> None:
    rules = Counted()
    titles = (
        GOES,
        "다카이치 총리, 오늘 방한… 한일 정상회담",
        "小泉防衛相とヘグセス国防長官が東京で会談",
        "李在明今起对日本进行国事访问",
        "Putin to visit Beijing on September 3, then Pyongyang",
    )
    learn(store, *titles)
    fresh = list(Readings(store, rules).visits(Query()))
    read_pending(store, rules)
    kept = list(Readings(store, rules).visits(Query()))
    assert len(kept) == len(titles)
    assert sorted(kept, key=lambda one: one[0].id) == sorted(fresh, key=lambda one: one[0].id)


def test_an_item_that_no_run_has_come_to_is_read_when_somebody_asks(store: Store) -> None:
    learn(store, FISH)
    read_pending(store, Counted())
    learn(store, GOES)
    rules = Counted()
    assert told(store, rules) == [(GOES, "ongoing")]
    assert rules.items == 1


def test_an_edited_item_tells_what_it_says_now(store: Store) -> None:
    rules = Counted()
    for title in (GOES, OFF):
        poll(store, [item(title, uid="a", published=NOW)])
        read_pending(store, rules)
    assert told(store, rules) == [(OFF, "cancelled")]


def test_other_rules_read_the_last_days_again_and_say_how_many_items_are_older(
    store: Store,
) -> None:
    learn(store, FISH, GOES, days_ago=200)
    learn(store, OFF, days_ago=1)
    read_pending(store, Counted("1"))
    edited = Counted("2")
    assert store.read_so_far(edited.fingerprints).older == 3
    store.renew_readings(edited.fingerprints, NOW - timedelta(days=90))
    read_pending(store, edited)
    assert edited.items == 1
    (problem,) = Readings(store, edited).problems("visits")
    assert problem.message == "2 items were read by older rules"
    assert told(store, edited) == [(OFF, "cancelled"), (GOES, "ongoing")]
    store.renew_readings(edited.fingerprints, None)
    read_pending(store, edited)
    assert edited.items == 4
    assert Readings(store, edited).problems("visits") == ()


def test_readings_go_with_their_items(store: Store) -> None:
    rules = Counted()
    learn(store, GOES, days_ago=30)
    learn(store, OFF)
    read_pending(store, rules)
    store.prune(NOW - DAY)
    assert told(store, rules) == [(OFF, "cancelled")]
    assert store.check() == []


def test_a_batch_that_is_out_while_everything_is_to_be_read_again_does_not_count_as_read(
    store: Store,
) -> None:
    learn(store, FISH, GOES, OFF)
    batches = store.batches(kinds={"visits": "1"}, limit=2)
    store.save_readings(next(batches), [])
    stale = next(batches)
    store.keep_zones({"nara": "Asia/Tokyo"})
    store.save_readings(stale, [])
    assert store.pending(kinds={"visits": "1"}) == 3


def test_what_other_rules_have_read_in_full_is_not_older(store: Store) -> None:
    learn(store, FISH, days_ago=200)
    learn(store, GOES)
    assert store.read_so_far({"visits": "1"}) == ReadState(upto=0, older=0)
    store.renew_readings({"visits": "1"}, NOW)
    assert store.read_so_far({"visits": "1"}) == ReadState(upto=0, older=0)
    read_pending(store, Counted("1"))
    store.renew_readings({"visits": "2"}, NOW)
    assert store.read_so_far({"visits": "2"}) == ReadState(upto=1, older=1, by_older=1)
    for batch in store.batches(kinds={"visits": "3"}):
        store.save_readings(batch, [(one, {"visits": ()}) for one in batch.items])
    assert store.read_so_far({"visits": "3"}) == ReadState(upto=2, older=0)


def test_visits_come_from_the_newest_item_and_of_one_moment_from_the_last(store: Store) -> None:
    learn(store, GOES, OFF, days_ago=1)
    learn(store, f"{GOES} too")
    learn(store, f"{OFF} again", days_ago=2)
    read_pending(store, Counted())
    found = [stored.item.title for stored, _ in store.visits(Query())]
    assert found == [f"{GOES} too", OFF, GOES, f"{OFF} again"]


def test_what_one_kind_has_not_read_is_not_read_so_far(store: Store) -> None:
    learn(store, FISH, GOES)
    for batch in store.batches(kinds={"visits": "1"}):
        store.save_readings(batch, [])
    assert store.read_so_far({"visits": "1"}).upto == 2
    assert store.read_so_far({"visits": "1", "wording": "1"}).upto == 0
    read_pending(store, Counted("1"))
    store.renew_readings({"visits": "2"}, NOW + DAY)
    assert store.read_so_far({"visits": "2", "wording": "1"}) == ReadState(
        upto=2, older=2, by_older=2
    )


def test_an_item_is_read_again_only_if_other_rules_or_none_have_read_it(store: Store) -> None:
    learn(store, GOES, FISH)
    read_pending(store, Counted("1"))
    learn(store, OFF)
    every = sorted(store.items(Query()), key=lambda one: one.number)

    def asked(fingerprint: str) -> tuple[list[list[Phase]], int]:
        rules = Counted(fingerprint)
        readings = Readings(store, rules)
        return [[visit.phase for visit in readings.visits_of(one)] for one in every], rules.items

    told = [[Phase.ONGOING], [], [Phase.CANCELLED]]
    assert asked("1") == (told, 1)
    assert asked("2") == (told, 3)
    store.renew_readings({"visits": "2"}, NOW + DAY)
    assert asked("2") == (told, 3)
    read_pending(store, Counted("2"))
    assert asked("2") == (told, 2)


def test_what_is_read_again_for_another_clock_is_not_older(store: Store) -> None:
    learn(store, FISH, GOES, days_ago=200)
    poll(store, [item("Oslo", feed="oslo")])
    read_pending(store, Counted("1"))
    store.renew_readings({"visits": "2"}, NOW)
    store.keep_zones({"oslo": "Europe/Oslo"})
    assert store.read_so_far({"visits": "2"}) == ReadState(upto=2, older=2, by_older=2)
    store.keep_zones({"nara": "Asia/Tokyo"})
    assert store.read_so_far({"visits": "2"}) == ReadState(upto=0, older=0)


def test_a_publisher_on_another_clock_is_read_again(store: Store) -> None:
    rules = Counted()
    learn(store, GOES)
    read_pending(store, rules)
    store.keep_zones({"nara": "Asia/Tokyo"})
    read_pending(store, rules)
    assert rules.items == 2


def test_a_store_of_before_is_read_by_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with open_store(str(tmp_path / "new.db")) as made:
        learn(made, GOES)
    before = _before("readings")
    database = SqliteDatabase(path, mode="rwc", patience=1)
    prepare(database, patience=1, steps=schema_steps()[:before])
    database.close()
    with sqlite3.connect(path) as old:
        old.execute("ATTACH ? AS new", (str(tmp_path / "new.db"),))
        for table in ("items", "texts", "revisions"):
            old.execute(f"INSERT INTO {table} SELECT * FROM new.{table}")
    with open_store(str(path)) as store:
        rules = Counted()
        assert told(store, rules) == [(GOES, "ongoing")]
        read_pending(store, rules)
        assert rules.items == 2
        assert told(store, rules) == [(GOES, "ongoing")]
        assert rules.items == 2


def test_readings_of_before_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with open_store(str(tmp_path / "new.db")) as made:
        learn(made, GOES)
        read_pending(made, Counted())
    database = SqliteDatabase(path, mode="rwc", patience=1)
    prepare(database, patience=1, steps=schema_steps()[: _before("wording_read")])
    database.close()
    with sqlite3.connect(path) as old:  # as it was before wording was kept
        old.execute("ATTACH ? AS new", (str(tmp_path / "new.db"),))
        for table in ("items", "texts", "revisions"):
            old.execute(f"INSERT INTO {table} SELECT * FROM new.{table}")
        old.execute("INSERT INTO readings SELECT * FROM new.visits_read")
        old.execute("INSERT INTO marks SELECT * FROM new.marks WHERE watchlist = ':visits'")
    with open_store(str(path)) as store:
        rules = Counted()
        assert told(store, rules) == [(GOES, "ongoing")]
        read_pending(store, rules)
        assert (rules.items, rules.wordings) == (0, 1)
        assert store.check() == []


def _before(table: str) -> int:
    """The schema that had no such table."""
    return next(n for n, step in enumerate(schema_steps()) if any(table in one for one in step))


def test_nobody_is_kept_from_writing_where_nothing_is_to_be_renewed(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    rules = Counted()
    with open_store(str(path), patience=0.0) as store:
        learn(store, GOES)
        read_pending(store, rules)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        store.renew_readings(rules.fingerprints, None)
        with pytest.raises(Busy):
            store.renew_readings(Counted("2").fingerprints, None)
        other.close()


def test_wording_is_the_same_read_or_unread_and_reads_nothing_again(store: Store) -> None:
    learn(
        store,
        *(f"Tokyo and Seoul light lighthouse {n} near the harbour" for n in range(40)),
        days_ago=30,
    )
    for feed in ("wire", "office"):
        poll(store, [item("Seoul and Tokyo fish", uid="f", feed=feed)], NOW - 30 * DAY)
    learn(
        store,
        "Ties of Seoul and Tokyo enter a new phase",
        "“Turning a corner”, Seoul tells Tokyo",
        days_ago=2,
    )
    learn(store, "A new phase, Lee tells Xi", days_ago=1)
    poll(
        store,
        [item("Seoul and Tokyo are “turning a corner”", uid="b", feed="wire", published=NOW - DAY)],
    )
    learn(store, "Is it “turning a corner”? Seoul asks Tokyo", days_ago=1)
    # One government alone counts if an official publisher of another one or a watchlist tells it.
    poll(
        store,
        [item("Talks with Tokyo open a new phase", uid="o", feed="office", published=NOW - DAY)],
    )
    learn(store, "Lighthouse of Seoul in a new phase", days_ago=1)
    match(store, {"x": "Lighthouse of Seoul"})
    unread = _wording(store, Counted())
    read_pending(store, Counted())
    rules = Counted()
    assert _wording(store, rules) == unread
    assert {str(one["phrase"]).lower() for one in unread.records} >= {
        "new phase",
        "turning a corner",
    }
    assert rules.wordings == 0
    (phase,) = (one for one in unread.records if one["phrase"].lower() == "new phase")
    assert (phase["count"], phase["of"]) == (3, 7)


def test_an_edited_statement_is_compared_as_it_was_kept(store: Store) -> None:
    sentence = "They expressed {}concern over missile development of the North."
    for words in ("serious ", ""):
        poll(store, [item("Statement", uid="a", text=sentence.format(words), published=NOW)])
        read_pending(store, Counted())
    rules = Counted()
    (shift,) = _wording(store, rules, ladders=True).records
    assert (shift["change"], shift["edit"], rules.wordings) == ("softened", True, 0)


def _wording(store: Store, rules: Counted, **asked: bool) -> Report:
    query, options = Query(since=NOW - timedelta(days=7)), WordingAsked(**asked)
    office = Feed(id="office", url="https://office.test", country="KR", role=Role.MINISTRY)
    found = measured(
        store, query, options, Files(readings=rules, catalogue=Catalogue(feeds=(office,)))
    )
    return report_of(found, options, UTC)


@given(st.text(alphabet="ab c-首脳会談を회담은 .,“”", max_size=80))
def test_runs_come_back_as_they_were_read(title: str) -> None:
    read, runs = Counted.SHARED.wording(Item(feed="a", uid="a", title=title))
    assert phrases(phrases_bytes(runs)) == runs
    assert rows.wording(wording_json(read)) == read
    assert all(title[one.start : one.end].strip() for one in runs)


@pytest.mark.parametrize(
    ("kind", "damaged"),
    [
        ("visits", '[["KR"'),
        ("visits", '[["KR",1,null,"",null,null,"state","leader",[],[]]]'),
        ("visits", "7"),
        ("wording", "[[],[],[]]"),
        ("wording", '[[["new-phase",7,"title",0,5]],[]]'),
        ("phrases", b"1234567"),
        ("phrases", "12345678"),
    ],
)
def test_a_damaged_reading_is_said_and_no_traceback(
    tmp_path: Path, kind: str, damaged: str | bytes
) -> None:
    path = tmp_path / "store.db"
    with open_store(str(path)) as store:
        learn(store, f"{GOES}, a new phase of calm seas")
        read_pending(store, Counted())
        assert store.check() == []
    with sqlite3.connect(path) as database:
        assert database.execute(f"UPDATE {kind}_read SET content = ?", (damaged,)).rowcount == 1
    with open_store(str(path)) as store:
        assert store.check() != []


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("learn"), st.integers(0, 200)),
            st.tuples(st.just("fetch"), st.sampled_from("123")),
            st.tuples(st.just("rematch"), st.sampled_from("123")),
            st.tuples(st.just("prune"), st.integers(0, 200)),
        ),
        max_size=12,
    )
)
def test_every_reading_is_by_the_rules_of_today_or_counted_as_older(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int | str]]
) -> None:
    """The slow judge remembers by which rules each item was read last."""
    read_by: dict[str, str] = {}
    ages: dict[str, int] = {}
    with open_store(str(tmp_path_factory.mktemp("law") / "store.db")) as store:
        for number, (what, how) in enumerate(steps):
            if what == "learn" and isinstance(how, int):
                learn(store, f"{GOES} {number}", days_ago=how)
                ages[f"{GOES} {number}"] = how
            elif what == "prune" and isinstance(how, int):
                store.prune(NOW - how * DAY)
                ages = {title: age for title, age in ages.items() if age <= how}
            else:
                rules = _Noting(str(how), read_by)
                since = NOW - 90 * DAY if what == "fetch" else None
                store.renew_readings(rules.fingerprints, since)
                read_pending(store, rules)
                older = sum(read_by[title] != how for title in ages)
                assert store.read_so_far(rules.fingerprints).older >= older
                young = [t for t, age in ages.items() if age < 90 or what == "rematch"]
                assert {read_by[title] for title in young} <= {how}
                assert len(told(store, rules)) == len(ages)


class _Noting(Counted):
    """Writes down by which rules each title was read."""

    def __init__(self, fingerprint: str, read_by: dict[str, str]) -> None:
        super().__init__(fingerprint)
        self._read_by = read_by

    def visits(self, item: Item) -> tuple[Visit, ...]:
        self._read_by[item.title] = self.fingerprints["visits"]
        return super().visits(item)


# As a user sees it


def test_a_person_who_takes_office_is_known_in_the_past_after_a_rematch(desk: Desk) -> None:
    news = desk.home / "news.jsonl"
    news.write_text(
        '{"id": "a", "source": "wire", "lang": "en", "published": "2025-06-10T09:00:00Z", '
        '"title": "Karin Keller-Sutter arrives in Tokyo"}\n',
        encoding="utf-8",
    )
    desk.run("import", news, "-q")
    assert desk.run("visits", "--since", "all", "--format", "jsonl").records == []
    (desk.config / "actors.toml").write_text(
        'checked = "2026-01"\n[[person]]\nid = "keller-sutter"\ncountry = "CH"\n'
        'names = "Karin Keller-Sutter"\n'
        'held = [{ office = "finance-minister", from = 2023-01-01 }]\n',
        encoding="utf-8",
    )
    old = desk.run("visits", "--since", "all", "--format", "jsonl")
    assert old.records == []
    assert "1 item was read by older rules" in old.err and "sigtrack rematch" in old.err
    assert "1 revision read again" in desk.run("rematch").out
    now = desk.run("visits", "--since", "all", "--format", "jsonl")
    assert [one["visitor_country"] for one in now.records] == ["CH"]
    assert now.err == ""

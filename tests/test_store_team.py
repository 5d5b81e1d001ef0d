"""A team's store: many fetchers and readers on one PostgreSQL server, and the way there and back."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk import Desk, rss
from feed_server import FeedServer, Request, Site, answer
from newsroom import news, rules, tell
from sigtrack.app.fetch import Errand, Fetching, fetch, leased, policy_of
from sigtrack.app.in_force import Catalogue, Index
from sigtrack.app.intake import refuse_other_rules
from sigtrack.app.readings import ReadingRules
from sigtrack.app.rules import Rules, rules_of
from sigtrack.errors import (
    Busy,
    DiskFull,
    InputUnreadable,
    Misconfigured,
    Misuse,
    NoPermission,
    SigtrackError,
    StoreCorrupt,
    StoreNewer,
)
from sigtrack.fetch.policy import FetchPolicy
from sigtrack.lexicon import shipped_lexicon
from sigtrack.model import Feed, FeedState, Origin, Watchlist
from sigtrack.store import is_there, open_store, shown_place
from sigtrack.store.interface import FullText, Kind, MailDraft, Query, Run
from sigtrack.store.sql import Store
from sigtrack.store.sql.care import TABLES
from sigtrack.store.sql.database import schema_steps
from sigtrack.text.search import parse_search
from stored import DAY, HOUR, NOW, hit_titles, item, match, poll, titles
from team import Schemas, run_sql
from test_readings import learn
from test_store_statements import statement

ROOT = Path(__file__).parents[1]


@pytest.fixture
def team(team_place: str) -> Iterator[Store]:
    with open_store(team_place, patience=0) as store:
        yield store


@pytest.fixture
def mate(team: Store, team_place: str) -> Iterator[Store]:
    """The same store, opened by somebody else."""
    with open_store(team_place, patience=0) as store:
        yield store


# Where it is


@given(
    password=st.text(alphabet="abc:/@?#%&=", min_size=1).map(lambda text: f"sesame{text}sesame"),
    form=st.sampled_from(["postgresql://me:{}@host/db", "postgres://me:{}@[::1]:1/db?a=b"]),
)
def test_a_password_is_never_shown(password: str, form: str) -> None:
    shown = shown_place(form.format(password))
    assert "sesame" not in shown
    assert shown.startswith(("postgresql://me@host", "postgres://me@[::1]"))
    by_option = shown_place(f"postgresql://me@host/db?sslmode=require&password={password[:6]}&a=b")
    assert by_option == "postgresql://me@host/db?sslmode=require&password=…&a=b"


def test_who_keeps_a_file_never_imports_the_driver(tmp_path: Path) -> None:
    code = (
        "import sys; from sigtrack.store import open_store; "
        f"open_store({str(tmp_path / 's.db')!r}).close(); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "sigtrack.store.sqlite" in done.stdout and "psycopg" not in done.stdout


def test_without_the_extra_it_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['psycopg'] = None; from sigtrack.cli import run; "
        "sys.exit(run(['report', '--db', 'postgresql://me:sesame@127.0.0.1:1/db']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == Misuse.exit_code
    assert "pip install 'sigtrack[postgres]'" in done.stderr and "sesame" not in done.stderr


@pytest.mark.parametrize(
    ("place", "kind", "said"),
    [
        ("postgresql://me:sesame@127.0.0.1:1/db", InputUnreadable, "cannot connect to"),
        ("postgresql://me:sesame@127.0.0.1:1/db?nonsense=1", Misuse, "cannot read"),
        ("postgresql://me:sesame@[127.0.0.1/db", Misuse, "cannot read"),
        ("postgresql://me:%zzsesame@127.0.0.1/db", Misuse, "cannot read"),
    ],
)
def test_a_server_that_is_not_there_is_named_without_the_password(
    place: str, kind: type[InputUnreadable | Misuse], said: str
) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(kind, match=f"{said} postgresql://me@") as caught:
        open_store(place)
    assert "sesame" not in caught.value.message


def test_a_schema_without_a_store_is_read_as_none_and_fetch_makes_it(team_place: str) -> None:
    assert not is_there(team_place)
    with pytest.raises(InputUnreadable, match="there is no database of sigtrack"):
        open_store(team_place, mode="read")
    with open_store(team_place) as store:
        assert store.census().schema == len(schema_steps())
    assert is_there(team_place)


def test_what_is_not_ours_to_change_is_left_alone(team_place: str, schemas: Schemas) -> None:
    run_sql(team_place, "CREATE TABLE items (number TEXT)")
    with pytest.raises(StoreCorrupt, match="another program has a table items"):
        open_store(team_place)
    assert run_sql(team_place, "SELECT count(*) FROM pg_tables WHERE tablename = 'numbers'")
    newer = schemas.new()
    open_store(newer).close()
    run_sql(newer, f"UPDATE numbers SET last = {len(schema_steps()) + 1} WHERE name = 'schema'")
    with pytest.raises(StoreNewer, match="newer sigtrack"):
        open_store(newer)


def test_texts_compare_by_their_bytes_whatever_the_locale_of_the_server(
    team: Store, team_place: str
) -> None:
    """Or a page of results would end elsewhere than in a file, and a prefix find other ids."""
    texts = run_sql(
        team_place,
        "SELECT table_name::text, column_name::text, collation_name::text"
        " FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND data_type = 'text'",
    )
    assert len(texts) > 60
    assert [one for one in texts if one[2] != "C"] == [("numbers", "name", None)]


def test_who_may_only_read_reads(team: Store, team_place: str, schemas: Schemas) -> None:
    poll(team, [item("Nara")])
    match(team, {"nara": "Nara"})
    assert team.look("report", NOW)
    (schema,) = run_sql(team_place, "SELECT current_schema()")[0]
    role = f"reader_{uuid.uuid4().hex[:8]}"
    schemas.admin.execute(f"CREATE ROLE {role} LOGIN")
    try:
        schemas.admin.execute(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
        schemas.admin.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}")
        host = team_place.partition("@")[2]
        with open_store(f"postgresql://{role}@{host}", mode="read") as store:
            assert hit_titles(store) == [("nara", "Nara")]
            assert not store.look("report", NOW)
            with pytest.raises(NoPermission, match="permission denied"):
                poll(store, [item("Seoul", uid="b")])
            assert hit_titles(store) == [("nara", "Nara")]
    finally:
        schemas.admin.execute(f"DROP OWNED BY {role}")
        schemas.admin.execute(f"DROP ROLE {role}")


@pytest.mark.parametrize(
    ("kind", "states"),
    [
        (DiskFull, ("53100", "53400")),
        (Busy, ("55P03", "40P01", "40001", "57014", "53300")),
        (NoPermission, ("42501", "25006")),
        (StoreCorrupt, ("42P01", "42703", "XX000", "XX001", "XX002")),
        (InputUnreadable, ("08006", "57P01")),
    ],
)
def test_each_error_of_the_server_is_told_with_the_place_and_what_to_do(
    team_place: str, kind: type[SigtrackError], states: tuple[str, ...]
) -> None:
    from sigtrack.store.postgres.connection import PostgresDatabase

    with closing(PostgresDatabase(team_place)) as database:
        for state in states:
            wrong = f"RAISE EXCEPTION 'it \x1b failed' USING ERRCODE = '{state}'"
            with pytest.raises(SigtrackError) as caught:
                database.script(f"DO $$ BEGIN {wrong}; END $$")
            assert type(caught.value) is kind
            assert shown_place(team_place) in caught.value.message and caught.value.hint
            assert "\x1b" not in caught.value.message
            assert (kind in (DiskFull, Busy)) != ("failed" in caught.value.message)
        import psycopg

        with pytest.raises(psycopg.errors.DivisionByZero):  # a bug, which is not dressed up
            database.value("SELECT 1 / 0")


def test_what_a_server_does_not_store_is_stored_as_in_a_file(team_place: str) -> None:
    from sigtrack.store.postgres.connection import PostgresDatabase

    with closing(PostgresDatabase(team_place)) as database:
        assert database.row("SELECT ?, ?", ("a\0b", True)) == ("a\N{REPLACEMENT CHARACTER}b", 1)
        assert database.row("SELECT '?', ?", ("x",)) == ("?", "x")
        none = "SELECT json_group_array(value) FROM json_each(?)"
        assert json.loads(database.value(none, ("[]",))) == []
        assert json.loads(database.value(none, ('["a", "b"]',))) == ["a", "b"]
        with database.transaction():
            assert len(list(zip(database.each("SELECT 1"), range(1), strict=False))) == 1
        for number in range(3):  # readers that stop early leave nothing to the next
            assert next(
                iter(database.each("SELECT ?::bigint FROM generate_series(1, 9)", (number,)))
            )
        assert len(database.rows("SELECT 1 FROM pg_cursors WHERE name LIKE 'each%'")) <= 1


def test_a_store_that_another_makes_at_that_moment_is_used(
    team_place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking for a store and looking whose the tables are, somebody else makes it."""
    from sigtrack.store.postgres.connection import PostgresDatabase

    looked = PostgresDatabase.schema
    others: list[Store] = []

    def overtaken(database: Any) -> int:
        version = looked(database)
        if version == 0 and not others:
            monkeypatch.setattr(PostgresDatabase, "schema", looked)
            others.append(open_store(team_place))
        return version

    monkeypatch.setattr(PostgresDatabase, "schema", overtaken)
    with open_store(team_place) as store:
        poll(store, [item("Nara")])
    with others[0] as other:
        assert titles(other.items(Query())) == ["Nara"]


def test_many_first_runs_at_once_make_one_store(team_place: str) -> None:
    def first(number: int) -> None:
        with open_store(team_place) as store:
            poll(store, [item(f"Nara {number}", uid=str(number))])

    _at_once(first, 6)
    with open_store(team_place) as store:
        assert len(titles(store.items(Query()))) == 6
        assert store.check() == []


def _at_once(work: Any, number: int) -> None:
    failed: list[BaseException] = []

    def run(one: int) -> None:
        try:
            work(one)
        except BaseException as error:  # noqa: BLE001
            failed.append(error)

    threads = [threading.Thread(target=run, args=(one,)) for one in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


# Together


def test_rows_are_numbered_as_they_are_committed_whoever_writes(
    team: Store, team_place: str
) -> None:
    """A matcher that has come as far as a number never misses one before it."""
    seen: set[str] = set()
    done = threading.Event()

    def watch() -> None:
        with open_store(team_place) as store:
            last = False
            while not last:
                last = done.is_set()
                for batch in store.batches({"nara": "1"}, limit=7):
                    seen.update(one.item.uid for one in batch.items)
                    store.save_hits(batch, [], NOW)

    watcher = threading.Thread(target=watch)
    watcher.start()

    def save(number: int) -> None:
        with open_store(team_place) as store:
            for n in range(8):
                poll(store, [item(f"Nara {number}-{n}", uid=f"{number}-{n}", feed=f"f{number}")])

    _at_once(save, 5)
    done.set()
    watcher.join()
    assert seen == {f"{number}-{n}" for number in range(5) for n in range(8)}
    assert sorted(one.number for one in team.items(Query())) == list(range(1, 41))


def test_fetches_run_beside_each_other_and_every_other_run_alone(team: Store, mate: Store) -> None:
    first = team.begin_run("fetch", NOW)
    second = mate.begin_run("fetch", NOW)
    with pytest.raises(Busy, match=rf"\(fetch, process {os.getpid()} on "):
        team.begin_run("rematch", NOW)
    team.finish_run(first, NOW)
    mate.finish_run(second, NOW)
    third = team.begin_run("import", NOW)
    with pytest.raises(Busy, match="import, process"):
        mate.begin_run("fetch", NOW)
    team.finish_run(third, NOW)
    mate.begin_run("fetch", NOW)


def test_a_fetch_that_lives_is_not_continued_by_another(
    team: Store, mate: Store, team_place: str
) -> None:
    with open_store(team_place) as doomed:
        dead = doomed.begin_run("fetch", NOW)
    poll(team, [item("Nara")])
    match(team, {"nara": "Nara"})
    living = team.begin_run("fetch", NOW)
    assert living.after_hit == dead.after_hit == 0
    poll(team, [item("Nara again", uid="b")])
    match(team, {"nara": "Nara"})
    team.finish_run(living, NOW)
    still = team.begin_run("fetch", NOW)
    poll(team, [item("Nara once more", uid="c")])
    match(team, {"nara": "Nara"})
    beside = mate.begin_run("fetch", NOW)
    assert (still.after_hit, beside.after_hit) == (2, 3)


def when_it_is_dead(place: str, run: Run) -> None:
    """The server hears a moment later that a session has ended."""
    from sigtrack.store.postgres.connection import key_of

    free = f"SELECT pg_try_advisory_xact_lock({key_of(f'run {run.number}')})"
    while run_sql(place, free) != [(True,)]:
        pass


def test_the_news_of_a_fetch_that_died_is_told_by_one_of_two_that_follow(
    team: Store, mate: Store, team_place: str
) -> None:
    with open_store(team_place) as doomed:
        dead = doomed.begin_run("fetch", NOW)
    when_it_is_dead(team_place, dead)
    poll(team, [item("Nara")])
    match(team, {"nara": "Nara"})
    with open_store(team_place) as living:
        first, beside = living.begin_run("fetch", NOW), mate.begin_run("fetch", NOW)
        assert (dead.after_hit, first.after_hit, beside.after_hit) == (0, 0, 1)
        mate.finish_run(beside, NOW)
    when_it_is_dead(team_place, first)
    assert team.begin_run("fetch", NOW).after_hit == 0  # the first of the two died as well


def test_hosts_are_shared_out_and_no_two_fetchers_ask_one(team: Store, mate: Store) -> None:
    hosts = [f"h{n}.test" for n in range(10)]
    team.begin_run("fetch", NOW)
    mate.begin_run("fetch", NOW)
    mine, theirs = team.take_hosts(hosts, 4), mate.take_hosts(hosts, 4)
    assert len(mine) == len(theirs) == 4
    rest = team.take_hosts(hosts, 9)
    assert sorted([*mine, *theirs, *rest]) == hosts
    assert mate.take_hosts(hosts, 9) == []
    team.give_back_hosts(dict.fromkeys(mine, 0.0))
    assert sorted(mate.take_hosts(hosts, 9)) == sorted(mine)


def test_fetchers_that_know_many_hosts_leave_none_of_them_out(team: Store, mate: Store) -> None:
    """Each takes some by chance first."""
    hosts = {f"h{n}.test" for n in range(30)}
    team.begin_run("fetch", NOW)
    mate.begin_run("fetch", NOW)
    taken: list[str] = []
    while more := [*team.take_hosts(hosts, 2), *mate.take_hosts(hosts, 2)]:
        taken += more
    assert len(taken) == 30
    assert {*taken} == hosts


def test_of_hosts_that_are_taken_only_what_is_due_even_then_is_asked(
    team: Store, mate: Store
) -> None:
    team.begin_run("fetch", NOW)
    mate.begin_run("fetch", NOW)
    gone: set[str] = set()

    def still(wanted: Sequence[str]) -> Sequence[str]:
        return [one for one in wanted if one not in gone]

    policy = FetchPolicy(workers=2, host_gap=0)
    asked = leased(team, policy, ["a1", "b1", "c1", "d1", "e1", "a2"], lambda one: one[0], still)
    first = next(asked)
    mine = {one[0] for one in first}
    assert len(mine) == 2 and mate.take_hosts(sorted(mine), 9) == []
    gone |= {f"{host}1" for host in "abcde"}
    rest = list(asked)
    assert rest in ([], [["a2"]]) and [*first, *(one for some in rest for one in some)].count("a2")
    assert sorted(mate.take_hosts(["a", "b", "c", "d", "e"], 9)) == ["a", "b", "c", "d", "e"]


def _fetched(store: Store, errand: Errand) -> Fetching:
    feeds = Catalogue(feeds=(*errand.feeds, *errand.named))
    return fetch(store, errand, rules_of((), {}), feeds, clock=lambda: NOW, policy=policy_of(""))


def test_a_machine_whose_clock_is_wrong_fetches_by_that_of_the_team(
    team: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(team), "clock_ahead", lambda _: 5 * HOUR)
    assert _fetched(team, Errand()).run.began == NOW + 5 * HOUR


def test_what_another_asked_while_one_began_is_not_asked_again_unless_it_was_named(
    team: Store, mate: Store, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = ("due", "asked", "named")
    due, asked, named = (
        Feed(id=id, url=site.serve(f"/{id}", rss("Nara")), allow_private=True) for id in ids
    )
    take = type(team).take_hosts

    def overtaken(store: Any, *hosts: Any) -> Any:
        later = NOW + HOUR
        mate.save_feed_states([FeedState(feed=one.id, due_at=later) for one in (asked, named)])
        return take(store, *hosts)

    monkeypatch.setattr(type(team), "take_hosts", overtaken)
    done = _fetched(team, Errand(feeds=[due, asked], named=[named]))
    assert {one.feed.id for one in done.answers} == {"due", "named"}
    assert [one.id for one in done.waiting] == ["asked"]


def test_a_fetcher_that_others_are_ahead_of_takes_no_more_hosts_than_it_must(team: Store) -> None:
    run = team.begin_run("fetch", NOW)
    times: list[int] = []

    def still(wanted: Sequence[str]) -> Sequence[str]:
        times.append(len(wanted))
        return []

    policy = FetchPolicy(workers=2, host_gap=0)
    hosts = [f"h{n}" for n in range(9)]
    assert list(leased(team, policy, hosts, lambda one: one, still)) == []
    assert times == [2, 7]
    team.finish_run(run, NOW)


def test_a_fetcher_knows_whether_another_waits_to_match(team: Store, team_place: str) -> None:
    def match_too() -> None:
        with open_store(team_place) as store, store.matching():
            pass

    waiting = threading.Thread(target=match_too)
    with team.matching():
        assert not team.is_matched_next()
        waiting.start()
        while not team.is_matched_next():
            assert waiting.is_alive()
    waiting.join()
    with team.matching():
        assert not team.is_matched_next()


def test_stories_are_left_to_who_matches_next(team: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(team), "is_matched_next", lambda _: True)
    tell(team, [news("A lighthouse is lit")])
    assert [one.story for one in team.items(Query())] == [None]
    monkeypatch.undo()
    tell(team, [])
    assert [one.story for one in team.items(Query())] != [None]


def test_a_host_rests_before_the_next_fetcher_asks_it(
    team: Store, mate: Store, team_place: str
) -> None:
    team.begin_run("fetch", NOW)
    mate.begin_run("fetch", NOW)
    assert team.take_hosts(["h.test"], 9) == ["h.test"]
    team.give_back_hosts({"h.test": 0.3})
    assert mate.take_hosts(["h.test"], 9) == ["h.test"]
    ((rested,),) = run_sql(team_place, "SELECT bool_and(until > clock_timestamp()) FROM hosts")
    assert rested  # it is the mate's now, and was not taken before its rest was over


def test_a_fetcher_waits_for_no_host_but_those_it_asks_for(team: Store, mate: Store) -> None:
    team.begin_run("fetch", NOW)
    mate.begin_run("fetch", NOW)
    assert len(mate.take_hosts(["far", "near", "held"], 9)) == 3
    mate.give_back_hosts({"far": 3_600.0, "near": 0.1})
    assert team.take_hosts(["far", "near"], 9) == ["near"]
    assert team.take_hosts(["held"], 9) == []
    team.give_back_hosts({"near": 0.0})
    assert team.take_hosts(["new"], 9) == ["new"]
    team.give_back_hosts({"held": 0.0})  # which is not its own
    assert team.take_hosts(["held"], 9) == []


def test_hosts_of_a_dead_fetcher_are_free_when_the_server_says_so(
    team: Store, mate: Store, team_place: str
) -> None:
    with open_store(team_place) as doomed:
        doomed.begin_run("fetch", NOW)
        assert doomed.take_hosts(["h.test"], 9) == ["h.test"]
    mate.begin_run("fetch", NOW)
    assert mate.take_hosts(["h.test"], 9) == []
    run_sql(team_place, "UPDATE hosts SET until = clock_timestamp()")
    assert mate.take_hosts(["h.test"], 9) == ["h.test"]


@pytest.mark.parametrize("what", ["items", "state", "pages"])
def test_who_saves_keeps_what_it_asks(team: Store, mate: Store, team_place: str, what: str) -> None:
    from sigtrack.store.postgres import PostgresStore

    def leases() -> list[tuple[Any, ...]]:
        return run_sql(team_place, "SELECT until, until > clock_timestamp() FROM hosts ORDER BY 1")

    assert isinstance(team, PostgresStore)
    poll(team, [item("Nara")])
    team.lease = -timedelta(hours=1)  # long over, so renewed with each answer
    team.begin_run("fetch", NOW)
    mate.begin_run("fetch", NOW)
    assert team.take_hosts(["h.test"], 9) and mate.take_hosts(["m.test"], 9)
    before, theirs = leases()
    if what == "items":
        poll(team, [item("Kobe", uid="b")])
    elif what == "state":
        team.save_feed_states([FeedState(feed="nara")])
    else:
        team.save_full_texts([FullText(revision=1, url="https://nara.test/", at=NOW)])
    after, still = leases()
    assert after[0] > before[0] and not after[1]
    assert still == theirs


def test_who_sends_is_named_to_the_next_who_would(team: Store, mate: Store) -> None:
    team.begin_sending()
    with pytest.raises(Busy, match=r"another sigtrack run \(digest, process"):
        mate.begin_sending()


def test_one_digest_is_made_and_sent_however_many_machines_run_cron(team_place: str) -> None:
    with open_store(team_place) as store:
        poll(store, [item("Nara")])
        match(store, {"nara": "Nara"})
    made, sent = [], []

    def machine(number: int) -> None:
        with open_store(team_place, patience=60) as store:
            store.begin_sending()
            made.append(store.choose("morning", Query(), NOW, _draft))
            for mail in store.waiting():
                sent.append(mail.number)
                store.save_deliveries(mail.number, [_delivered(one) for one in mail.deliveries])

    _at_once(machine, 5)
    assert [mail is not None for mail in made] == [True, False, False, False, False]
    assert sent == [1]


def _draft(choice: Any) -> MailDraft | None:
    if not choice.found:
        return None
    return MailDraft(
        message_id=f"<{choice.number}@desk.example>",
        subject="Nara",
        sender="desk@desk.example",
        body=b"Nara",
        recipients=("a@desk.example",),
    )


def _delivered(delivery: Any) -> Any:
    from dataclasses import replace

    return replace(delivery, state="sent")


# The same answers


WORDS = st.lists(
    st.sampled_from(["nara", "Lee", "会談", "首脳会談", "Élan", "a", "of"]), max_size=6
)


@settings(max_examples=15)
@given(texts=st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=8), data=st.data())
def test_both_stores_answer_a_search_in_one_order(
    schemas: Schemas,
    ranked: tuple[Store, Store],
    texts: list[tuple[list[str], list[str]]],
    data: Any,
) -> None:
    feed = uuid.uuid4().hex
    items = [
        item(
            " ".join(title) or "-",
            feed=feed,
            uid=str(n),
            summary=" ".join(summary),
            author="Kim" if "a" in title else "",
        )
        for n, (title, summary) in enumerate(texts)
    ]
    asked = data.draw(
        st.sampled_from(
            [
                *("nara", "nara OR lee", "会談 OR title:lee", '"lee nara" OR a*', "会談 NOT lee"),
                *("lee author:kim", "nara OR author:kim", "(nara lee) OR (会談 NOT author:kim)"),
            ]
        )
    )
    orders = []
    for store in ranked:
        poll(store, items)
        found = store.search(parse_search(asked), Query(), order="rank")
        orders.append([(one.item.feed, one.item.uid) for one in found])
    assert orders[0] == orders[1]


@pytest.fixture(scope="module")
def ranked(
    schemas: Schemas, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Store, Store]]:
    file = tmp_path_factory.mktemp("ranked") / "store.db"
    with open_store(str(file)) as one, open_store(schemas.new()) as other:
        yield one, other


# There and back


def test_every_table_is_copied(tmp_path: Path) -> None:
    place = str(tmp_path / "store.db")
    open_store(place).close()
    made = run_sql(place, "SELECT name FROM sqlite_schema WHERE type = 'table'")
    indexes = ("words", "bylines", "sqlite_")
    assert {name for (name,) in made if not name.startswith(indexes)} == set(TABLES)


def test_a_store_that_was_moved_there_and_back_is_the_same(
    tmp_path: Path, team_place: str, schemas: Schemas
) -> None:
    old, new = str(tmp_path / "old.db"), str(tmp_path / "new.db")
    with open_store(old) as store:
        _fill(store)
    run_sql(old, *_READ)
    assert all(_all_rows(old).values())
    moves = [(old, team_place), (team_place, schemas.new()), (team_place, new)]
    for here, there in moves:
        with open_store(here, mode="read") as source, open_store(there) as target:
            source.copy_to(target)
            assert target.check() == []
            assert target.census().items == source.census().items
            for asked in ("nara", "author:kim", "声明"):
                found = [list(one.search(parse_search(asked), Query())) for one in (source, target)]
                assert found[0] == found[1] != []
    assert _all_rows(new) == _all_rows(old)
    with open_store(new) as store, open_store(moves[1][1]) as other:
        for one in (store, other):
            poll(one, [item("Nara", feed="later")])
            (stored,) = one.items(Query(sources=("later",)))
            assert stored.number == 8  # numbers of what was pruned are not given again


def test_a_store_that_holds_something_is_not_overwritten(place: str, tmp_path: Path) -> None:
    with open_store(place) as store, open_store(str(tmp_path / "other.db")) as other:
        poll(store, [item("Nara")])
        with pytest.raises(Misuse, match="holds something already"):
            other.copy_to(store)
        assert titles(store.items(Query())) == ["Nara"]


_READ = (
    "INSERT INTO visits_read VALUES (1, '[]')",
    """INSERT INTO wording_read VALUES (1, '[[],[],"",""]')""",
    "INSERT INTO phrases_read VALUES (1, x'0000007f000000ff')",
    "INSERT INTO opinions VALUES (1, 'question', 1, 'model', 'doubts', 'Nara', 'why', 7)",
)


def _fill(store: Store) -> None:
    """A row for every table."""
    run = store.begin_run("fetch", NOW)
    kim = item("Nara", author="Kim", categories=("US", "한미"), text="共同声明", language="zh-Hant")
    poll(store, [kim, item("old", uid="old"), item("Nara", uid="c")], NOW - 9 * DAY)
    poll(store, [item("Nara edited", uid="c"), item("Lee in Nara", uid="d")])
    store.save([], NOW, state=FeedState(feed="nara", address="ab", told=True, paused="gone"))
    learn(store, "Lee visits Japan, meets Takaichi in Nara on complete denuclearization")
    match(store, {"nara": "Nara"})
    ids = {one.item.uid: one.id for one in store.items(Query())}
    store.mark_items([ids["a"]], "star", "", NOW)
    store.mark_items([ids["c"], ids["d"]], "note", "ask", NOW)
    store.keep_vectors("model", {ids["a"]: b"\x00\x7f\xff"})
    store.keep_tellings("rules", {1: "a telling"}, None)
    store.save_full_texts([FullText(revision=1, url="u", at=NOW, text="本文", due_at=NOW)])
    store.renew_stories("model", None)
    store.keep_statement(statement())
    store.keep_zones({"nara": "Asia/Seoul"})
    store.keep_origin("nara", Origin(itself="https://nara.test", site="", title="Nara"))
    poll(store, [item("gone", uid="gone")], NOW - 9 * DAY)
    store.prune(NOW - DAY)
    store.choose("morning", Query(), NOW, _draft)
    store.look("report", NOW, hit=0, unseen=[1])
    store.finish_run(run, NOW + HOUR)


def _all_rows(place: str) -> dict[str, list[Any]]:
    with sqlite3.connect(place) as connection:
        rows = {
            table: sorted(connection.execute(f"SELECT * FROM {table}"), key=repr)
            for table in (*TABLES, "sqlite_sequence")
        }
    connection.close()
    return rows


# Commands


def test_a_team_fetches_once_and_reads_everywhere(desk: Desk, site: Site, team_place: str) -> None:
    from test_cli_fetch import serve

    serve(desk, site)
    on = {"SIGTRACK_DB": team_place}
    assert "1 feed asked: 3 new items, 2 new hits" in desk.run("fetch", **on).out
    assert "none of 1 feed is due yet" in desk.run("fetch", **on).out
    assert len(site.requests) == 1
    assert len(desk.run("report", "-f", "jsonl", **on).records) == 2
    copy = desk.home / "copy.db"
    desk.run("db", "copy", team_place, copy)
    assert desk.run("report", "-f", "jsonl", "--db", copy).records == (
        desk.run("report", "-f", "jsonl", "--since", "7d", **on).records
    )


def test_the_rules_of_a_machine_are_compared_with_those_of_the_last_one(team: Store) -> None:
    def with_lists(*watchlists: Watchlist, broken: int = 0, readings: str = "") -> Rules:
        ours = rules_of(watchlists, {}, broken=[one.head() for one in lists[:broken]])
        ours.readings = rules().readings
        if readings:
            prints: dict[Kind, str] = {**rules().readings.fingerprints, "visits": readings}
            ours.readings = ReadingRules(Index(readings=prints), shipped_lexicon)
        return ours

    def refused(ours: Rules) -> str:
        with pytest.raises(Misconfigured) as caught:
            refuse_other_rules(team, ours)
        assert caught.value.hint.endswith("sigtrack rematch")
        return caught.value.message.partition(" was matched with: ")[2]

    lists = list(rules().watchlists)
    refuse_other_rules(team, with_lists())  # nobody was here before
    tell(team, [news("A lighthouse is lit")])
    refuse_other_rules(team, with_lists(*lists))
    refuse_other_rules(team, with_lists(lists[0], broken=1))
    edited = replace(lists[0], fingerprint="another")
    third = replace(lists[0], id="a-third")
    assert refused(with_lists(edited, lists[1])) == "lighthouses differs"
    assert refused(with_lists(lists[1])) == "lighthouses is not here"
    assert refused(with_lists(*lists, third)) == "a-third is only here"
    assert refused(with_lists(third, edited)) == (
        "lighthouses differs, a-third is only here, wrecks is not here"
    )
    assert refused(with_lists(*lists, readings="older")) == (
        "names, words or the version of sigtrack differ"
    )
    assert refused(with_lists(lists[0], readings="older")) == "wrecks is not here"


def test_a_machine_with_another_encoder_is_refused_until_all_follow_it(
    desk: Desk, site: Site, team_place: str
) -> None:
    from test_cli_fetch import serve

    serve(desk, site)
    on = {"SIGTRACK_DB": team_place}
    desk.run("fetch", **on)
    with open_store(team_place) as store:
        store.renew_stories("another encoder 1", None)
    refused = desk.run("fetch", "harbour", code=78, **on)
    assert "are formed with another encoder 1, and this machine would form them" in refused.err
    assert len(site.requests) == 1
    desk.run("rematch", **on)
    desk.run("fetch", "harbour", **on)
    assert len(site.requests) == 2


def test_a_machine_with_other_watchlists_is_refused_until_all_follow_it(
    desk: Desk, site: Site, team_place: str
) -> None:
    from test_cli_fetch import serve

    serve(desk, site)
    on = {"SIGTRACK_DB": team_place}
    before = desk.watchlists / "lighthouses.toml"
    desk.run("fetch", **on)
    text = before.read_text("utf-8")
    before.write_text(text.replace('any = ["lighthouse*"', 'any = ["harbour*"'), "utf-8")
    desk.watch('format = 1\nid = "more"\n[[signal]]\nid = "s"\nany = ["fish"]\n', "more")
    for command in (("fetch", "harbour"), ("import", desk.home / "none.jsonl")):
        refused = desk.run(*command, code=78, **on)
        assert "was matched with: lighthouses differs, more is only here" in refused.err
        assert "sigtrack rematch" in refused.err
    assert len(site.requests) == 1
    desk.run("rematch", **on)
    desk.run("fetch", "harbour", **on)
    (desk.watchlists / "more.toml").unlink()
    assert "more is not here" in desk.run("fetch", "harbour", code=78, **on).err
    assert len(site.requests) == 2


@pytest.mark.slow
def test_fetchers_ask_each_feed_once_and_leave_none_out_when_one_is_killed(
    desk: Desk, feed_server: FeedServer, team_place: str
) -> None:
    """Three processes over 70 hosts; the first is killed in the middle of its work."""
    under_way = threading.Event()
    sites = [feed_server.site() for _ in range(70)]
    desk.feeds(
        {
            f"f{n:02}": site.play(
                "/feed.xml", _slowly(rss(f"A lighthouse is lit on {n}"), n, under_way)
            )
            for n, site in enumerate(sites)
        }
    )
    on = {"SIGTRACK_DB": team_place}
    doomed = desk.start("fetch", "-q", environment=on)
    assert under_way.wait(600)
    others = [desk.start("fetch", "-q", environment=on) for _ in range(2)]
    doomed.kill()
    for process in (doomed, *others):
        process.communicate(timeout=600)
    assert [process.returncode for process in others] == [0, 0]

    held = {host for (host,) in run_sql(team_place, "SELECT host FROM hosts WHERE run IS NOT NULL")}
    saved = {feed for (feed,) in run_sql(team_place, "SELECT feed FROM feeds")}
    assert 0 < len(held) <= 32 and len(saved) >= 70 - len(held)
    run_sql(team_place, "UPDATE hosts SET until = clock_timestamp()")  # minutes later
    desk.run("fetch", **on)
    for n, site in enumerate(sites):
        lost = site.host in held and f"f{n:02}" not in saved
        assert len(site.requests) in ((1, 2) if lost else (1,))

    alone = {"SIGTRACK_DB": str(desk.home / "alone.db")}
    desk.run("fetch", **alone)
    assert _told(team_place) == _told(alone["SIGTRACK_DB"])


def _slowly(body: bytes, number: int, under_way: threading.Event) -> Any:
    """The later a host comes in the list, the longer it takes: some answer, some are waited for."""

    async def script(_: Request, writer: Any) -> None:
        await asyncio.sleep(number / 50)
        if number == 10:
            under_way.set()
        writer.write(answer(200, body))

    return script


def _told(place: str) -> list[Any]:
    with open_store(place) as store:
        assert store.check() == []
        items = sorted((one.item.feed, one.item.uid, one.story) for one in store.items(Query()))
        hits = sorted(
            (one.stored.id, one.hit.watchlist, one.hit.signal) for one in store.hits(Query())
        )
        return [items, hits, sorted(store.feed_states())]

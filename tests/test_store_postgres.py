"""What a connection to a PostgreSQL server promises to the store above it."""

from __future__ import annotations

import math
import os
import socket
import struct
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from sigtrack.errors import Busy, InputUnreadable, NoPermission, SigtrackError, StoreCorrupt
from sigtrack.store import open_store, shown_place
from sigtrack.store.interface import Query
from sigtrack.text.search import Spelled, parse_search, spelled_in
from stored import NOW, item, poll
from team import SERVER, Schemas, run_sql

pytest.importorskip("psycopg")

from sigtrack.store.postgres import Leases, connection
from sigtrack.store.postgres.connection import ROWS, TOTAL, PostgresDatabase, application, key_of


@pytest.fixture
def database(team_place: str) -> Iterator[PostgresDatabase]:
    with closing(PostgresDatabase(team_place)) as opened:
        yield opened


# Which servers


def test_a_schema_that_is_not_there_is_named_with_how_to_make_it(schemas: Schemas) -> None:
    with pytest.raises(InputUnreadable, match="has no schema of that name") as caught:
        PostgresDatabase(schemas.new() + "_not")
    assert "CREATE SCHEMA" in str(caught.value.hint)


def test_an_older_server_is_refused_with_its_version(
    team_place: str, schemas: Schemas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "OLDEST", 99)
    is_version = schemas.admin.info.server_version // 10_000
    with pytest.raises(InputUnreadable, match=f"is PostgreSQL {is_version}, .* needs 99 or newer"):
        PostgresDatabase(team_place)


def test_a_database_of_another_encoding_is_refused_and_left(schemas: Schemas) -> None:
    name = f"latin_{uuid.uuid4().hex[:8]}"
    schemas.admin.execute(f"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    try:
        with pytest.raises(InputUnreadable, match="keeps texts in LATIN1") as caught:
            PostgresDatabase(f"{SERVER.rpartition('/')[0]}/{name}")
        assert "createdb --encoding UTF8" in str(caught.value.hint)
        schemas.admin.execute(f"DROP DATABASE {name}")  # fails if a session is still in it
    finally:
        schemas.admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        ('password authentication failed for user "me"', NoPermission, "cannot log in to"),
        ("no password supplied", NoPermission, "cannot log in to"),
        ('no pg_hba.conf entry for host "::1"', NoPermission, "cannot log in to"),
        ('database "db" \x1b[2Jdoes not exist', InputUnreadable, "cannot connect to"),
    ],
)
def test_a_server_that_refuses_is_told_with_its_reason(
    answer: str, kind: type[SigtrackError], said: str
) -> None:
    fields = f"SFATAL\0VFATAL\0C28P01\0M{answer}\0\0".encode()

    def refuse() -> None:
        client, _ = server.accept()
        with client:
            client.recv(4096)
            client.sendall(b"E" + struct.pack("!i", len(fields) + 4) + fields)

    with socket.create_server(("127.0.0.1", 0)) as server:
        serving = threading.Thread(target=refuse)
        serving.start()
        port = server.getsockname()[1]
        with pytest.raises(kind, match=f"^{said} postgresql://me@127") as caught:
            PostgresDatabase(f"postgresql://me:sesame@127.0.0.1:{port}/db?sslmode=disable")
        serving.join()
    assert type(caught.value) is kind and caught.value.hint
    assert answer.replace("\x1b", "").split()[-1] in caught.value.message
    assert "connection failed" not in caught.value.message
    assert "\x1b" not in caught.value.message and "sesame" not in caught.value.message


def test_the_server_hears_within_a_minute_that_a_machine_is_lost(
    database: PostgresDatabase,
) -> None:
    idle, interval, count = (
        int(database.value(f"SELECT current_setting('tcp_keepalives_{one}')"))
        for one in ("idle", "interval", "count")
    )
    assert 0 < idle + interval * count <= 60


# Statements


ASKED: dict[str, Callable[[PostgresDatabase], object]] = {
    "execute": lambda database: database.execute("DELETE FROM lost"),
    "script": lambda database: database.script("DELETE FROM lost"),
    "execute_many": lambda database: database.execute_many("DELETE FROM lost WHERE a = ?", [(1,)]),
    "fill": lambda database: database.fill("lost", "a", [(1,)]),
    "rows": lambda database: database.rows("SELECT a FROM lost"),
    "row": lambda database: database.row("SELECT a FROM lost"),
    "each": lambda database: list(database.each("SELECT a FROM lost")),
    "each, later": lambda database: list(database.each("SELECT 1 / a FROM bad")),
}


@pytest.mark.parametrize("asked", ASKED)
def test_whatever_meets_a_lost_table_says_that_the_database_is_damaged(
    database: PostgresDatabase, asked: str
) -> None:
    if asked == "each, later":
        lost = "RAISE EXCEPTION ''lost'' USING ERRCODE = ''XX001''"
        database.script(
            f"CREATE FUNCTION late(n int) RETURNS int LANGUAGE plpgsql AS '"
            f"BEGIN IF n > 40 THEN {lost}; END IF; RETURN 1; END'"
        )
        database.script("CREATE VIEW bad AS SELECT late(n) AS a FROM generate_series(1, 50) n")
        with database.snapshot(), pytest.raises(StoreCorrupt, match="lost"):
            ASKED[asked](database)
        return
    with pytest.raises(StoreCorrupt, match='relation "lost" does not exist'):
        ASKED[asked](database)


def test_values_stand_where_they_are_numbered_and_have_one_type_whatever_they_are(
    database: PostgresDatabase,
) -> None:
    assert database.row("SELECT ?2, ?1, ?2", (1, 2)) == (2, 1, 2)
    assert database.row("SELECT ? * ?", (300, 300)) == (90_000,)
    assert database.row("SELECT ? IS NULL, 'a?' || ?", ("x", "y")) == (False, "a?y")


def test_readers_within_each_other_do_not_meet(database: PostgresDatabase) -> None:
    numbers = "SELECT n FROM generate_series(1, 3) n"
    pairs = [(a, b) for (a,) in database.each(numbers) for (b,) in database.each(numbers)]
    assert pairs == [(a, b) for a in (1, 2, 3) for b in (1, 2, 3)]


def test_a_reader_in_a_transaction_ends_with_it(database: PostgresDatabase) -> None:
    with database.transaction():
        assert next(iter(database.each("SELECT 1"))) == (1,)
    assert database.rows("SELECT name FROM pg_cursors WHERE name <> ''") == []


@pytest.mark.parametrize(("letters", "grows"), [(1, True), (40_000, False)])
def test_many_rows_are_fetched_at_once_if_they_are_short_and_few_if_they_are_long(
    database: PostgresDatabase, letters: int, grows: bool
) -> None:
    database.script("CREATE SEQUENCE sent")
    with database.transaction():
        ahead = []
        rows = "SELECT nextval('sent'), repeat('x', ?::int) FROM generate_series(1, 200)"
        for number, _ in database.each(rows, (letters,)):
            ahead.append(database.value("SELECT last_value FROM sent") - number)
    assert len(ahead) == 200
    assert (max(ahead) > 2 * ahead[0]) is grows
    assert ahead[0] < 100


# Transactions


def _kept(place: str) -> list[int]:
    return [number for (number,) in run_sql(place, "SELECT a FROM kept ORDER BY a")]


def test_a_transaction_is_kept_whole_or_not_at_all(
    database: PostgresDatabase, team_place: str
) -> None:
    database.script("CREATE TABLE kept (a bigint)")
    with database.transaction():
        database.execute("INSERT INTO kept VALUES (?)", (1,))
        assert _kept(team_place) == []
    assert _kept(team_place) == [1]
    with pytest.raises(ZeroDivisionError), database.transaction():  # the next one, and one in it
        database.execute("INSERT INTO kept VALUES (?)", (2,))
        with database.transaction():
            database.execute("INSERT INTO kept VALUES (?)", (3,))
        raise ZeroDivisionError
    assert _kept(team_place) == [1]


def test_a_snapshot_does_not_see_what_others_save(
    database: PostgresDatabase, team_place: str
) -> None:
    database.script("CREATE TABLE kept (a bigint)")
    with database.snapshot():
        assert database.rows("SELECT a FROM kept") == []
        run_sql(team_place, "INSERT INTO kept VALUES (1)")
        assert database.rows("SELECT a FROM kept") == []
    assert database.rows("SELECT a FROM kept") == [(1,)]


def test_only_what_has_to_last_waits_for_the_disk_of_the_server(
    database: PostgresDatabase,
) -> None:
    def waits() -> str:
        return str(database.value("SELECT current_setting('synchronous_commit')"))

    assert waits() == "off"
    with database.lasting():
        assert waits() == "on"
    assert waits() == "off"


@pytest.mark.parametrize("within", ["snapshot", "transaction", "lasting", "nothing"])
def test_a_connection_that_is_lost_in_the_midst_is_said(
    database: PostgresDatabase, within: str
) -> None:
    def lose() -> None:
        database.value("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(InputUnreadable, match=r"^the connection to postgresql://.* was lost"):
        if within == "nothing":
            lose()
        with getattr(database, within)():
            lose()


# Locks


def test_who_closes_gives_its_locks_back(database: PostgresDatabase, team_place: str) -> None:
    other = PostgresDatabase(team_place)
    other.lock("run", who="fetch", patience=0)
    other.close()
    database.lock("run", who="fetch", patience=5)  # the server hears of it a moment later


def test_a_lock_in_the_way_is_told_with_its_holder_and_limits_only_that_wait(
    database: PostgresDatabase, team_place: str
) -> None:
    with closing(PostgresDatabase(team_place)) as other:
        other.lock("run", who="fetch", patience=None)
        with pytest.raises(Busy) as caught:
            database.lock("run", who="report", patience=0.001)
        assert f"another {application('fetch')} is writing to" in caught.value.message
        assert shown_place(team_place) in caught.value.message
        assert database.value("SELECT current_setting('lock_timeout')") == "0"
        database.lock("another", who="report", patience=0.001)
        assert database.value("SELECT current_setting('lock_timeout')") == "0"


def test_the_server_lists_each_session_with_its_process(database: PostgresDatabase) -> None:
    name = database.value("SELECT current_setting('application_name')")
    assert name == application("")
    where = f"process {os.getpid()} on {socket.gethostname()}"
    assert name.startswith(f"sigtrack run ({where}"[:62])
    assert application("fetch").startswith(f"sigtrack run (fetch, {where}"[:62])
    longest = application("x" * 99)
    assert len(longest) == 63  # as long as a name may be
    assert name[-1] == longest[-1] == ")"


def test_a_wait_for_no_lock_of_ours_is_for_another_program(database: PostgresDatabase) -> None:
    with pytest.raises(Busy, match=r"^another program is writing to"):
        database.script("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '55P03'; END $$")


def test_a_failure_without_a_message_is_told_by_its_kind(database: PostgresDatabase) -> None:
    import psycopg

    lost = pytest.raises(InputUnreadable, match=r"was lost \(OperationalError\)")
    with lost, database.trouble():
        raise psycopg.OperationalError


def test_a_lock_of_a_program_without_a_name_is_told_as_that(
    database: PostgresDatabase, team_place: str
) -> None:
    import psycopg

    with psycopg.connect(team_place) as nameless:
        nameless.execute(f"SELECT pg_advisory_lock({key_of('run')})")
        with pytest.raises(Busy, match=r"^another sigtrack is writing"):
            database.lock("run", who="report", patience=0.001)


def test_who_waits_for_one_lock_does_not_wait_for_another(
    database: PostgresDatabase, team_place: str
) -> None:
    database.lock("first", who="a", patience=0)
    database.lock("second", who="a", patience=0)
    got: list[str] = []

    def wait() -> None:
        with closing(PostgresDatabase(team_place)) as other:
            other.lock("first", who="b", patience=None)
            got.append("first")

    waiting = threading.Thread(target=wait)
    waiting.start()
    while not database.is_awaited("first"):
        assert waiting.is_alive()
    assert not database.is_awaited("second")
    database.unlock("first")
    waiting.join()
    assert got == ["first"]
    assert not database.is_awaited("first")


def test_a_lease_is_renewed_when_a_quarter_of_it_is_over_and_not_before(
    team_place: str, database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once for each answer would be a statement too many, and too late would lose the host."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    open_store(team_place).close()
    leases = Leases(database, run=1, lease=timedelta(seconds=100))

    def renewed_after(seconds: float) -> bool:
        before = run_sql(team_place, "SELECT until FROM hosts")
        now[0] += seconds
        leases.renew()
        return run_sql(team_place, "SELECT until FROM hosts") != before

    now[0] += 500
    assert leases.take(["nara.example"], 1) == ["nara.example"]
    for _ in range(2):
        assert not renewed_after(24.5)
        assert renewed_after(1)


# What is in it


def test_the_size_is_that_of_the_tables_with_their_indexes(
    database: PostgresDatabase, team_place: str, schemas: Schemas
) -> None:
    assert database.size() == 0
    run_sql(
        schemas.new(), "CREATE TABLE apart (a bigint PRIMARY KEY)", "INSERT INTO apart VALUES (1)"
    )
    run_sql(team_place, "CREATE TABLE kept (a bigint PRIMARY KEY)", "INSERT INTO kept VALUES (1)")
    (whole,) = run_sql(team_place, "SELECT pg_total_relation_size('kept')")
    assert database.size() == whole[0] > 0


def _totals(place: str) -> tuple[Any, ...]:
    names = [ROWS, TOTAL]
    numbers = dict(run_sql(place, "SELECT name, last FROM numbers"))
    return tuple(numbers.get(name) for name in names)


def test_the_totals_for_a_search_are_those_of_the_texts_that_are_there(team_place: str) -> None:
    """Or a search would order its results in another way than a file does."""
    old = NOW.replace(year=NOW.year - 1)
    counted = "SELECT count(*), sum(length)::bigint FROM words"
    with open_store(team_place) as store:
        poll(store, [item("The port of Nara", uid="a", author="Kim")], old)
        poll(store, [item("A longer title of other words", uid="b", author="Lee, Park")])
        assert _totals(team_place) == run_sql(team_place, counted)[0]
        before = _totals(team_place)
        store.prune(NOW.replace(month=1, day=1))
        assert _totals(team_place) == run_sql(team_place, counted)[0] != before


def test_a_text_that_is_not_in_the_index_is_found_by_a_check(team_place: str) -> None:
    with open_store(team_place) as store:
        poll(store, [item("Nara", uid="a"), item("Seoul", uid="b")])
        assert store.check() == []
        run_sql(team_place, "DELETE FROM words WHERE title LIKE '%nara%'")
        assert store.check() == ["texts that are not in the search index: 1"]


def test_a_store_that_was_copied_there_has_the_indexes_and_figures_of_a_plan(
    tmp_path: Any, team_place: str
) -> None:
    indexes = "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1"
    with open_store(str(tmp_path / "store.db")) as source, open_store(team_place) as target:
        poll(source, [item("Nara")])
        before = run_sql(team_place, indexes)
        source.copy_to(target)
    assert run_sql(team_place, indexes) == before
    known = "SELECT reltuples FROM pg_class WHERE oid = 'items'::regclass"
    assert run_sql(team_place, known) == [(1.0,)]


# The index of words


_LONG = " ".join(f"{n:07}" for n in range(30_000))  # too many letters for the index of tokens
_X = "x" * 250  # longer than what the index keeps of a token
TEXTS = {
    1: ("nara lee", "kyoto"),
    2: ("kyoto", f"nara {_LONG}"),
    3: ("naraku lee nara", "nara nara"),
    4: (f"lee {_LONG}", "nara lee"),
    5: ("kobe", "kobe"),
    6: (_X, ""),
    7: (_X + "y", ""),
    8: ("x" * 240, ""),
    9: ("osaka", ""),
}


@pytest.fixture
def indexed(team_place: str) -> Iterator[PostgresDatabase]:
    open_store(team_place).close()
    with closing(PostgresDatabase(team_place)) as database:
        with database.transaction():
            database.index.add("words", ((number, *text) for number, text in TEXTS.items()))
        yield database


def test_only_a_text_with_very_many_words_is_not_in_the_index_of_tokens(
    indexed: PostgresDatabase,
) -> None:
    without = "SELECT number FROM words WHERE tokens IS NULL ORDER BY 1"
    assert indexed.rows(without) == [(2,), (4,)]


ASKED_FOR = {
    "nara": {1, 2, 3, 4},
    "lee": {1, 3, 4},
    "kobe": {5},
    "tokyo": set(),
    '"nara lee"': {1, 4},
    '"kyoto nara"': set(),  # the end of a title and the beginning of a text
    "narak*": {3},
    "0029999": {2, 4},
    "title:nara": {1, 3},
    "title:lee": {1, 3, 4},
    _X: {6},
    f"{_X}*": {6, 7},
}


def _one(asked: str) -> Spelled:
    (found,) = spelled_in(parse_search(asked))
    return found


@pytest.mark.parametrize(("asked", "found"), ASKED_FOR.items(), ids=lambda one: str(one)[:20])
def test_a_text_is_found_by_its_words_whether_or_not_it_is_in_the_index_of_tokens(
    indexed: PostgresDatabase, asked: str, found: set[int]
) -> None:
    sql, *values = indexed.index.holds(_one(asked))
    for condition, numbers in ((sql, found), (f"NOT {sql}", {*TEXTS} - found)):
        rows = indexed.rows(f"SELECT number FROM words x WHERE {condition}", values)
        assert {number for (number,) in rows} == numbers


def test_words_without_a_letter_are_in_no_text_and_give_no_order(
    indexed: PostgresDatabase,
) -> None:
    sql, *values = indexed.index.holds(Spelled(()))
    assert indexed.rows(f"SELECT number FROM words x WHERE {sql}", values) == []
    assert indexed.index.scores([Spelled(())]) == ()


def _times(number: int, asked: str) -> float:
    """How often a text has a word or phrase, where one in the title counts as four."""
    _, is_title, words = asked.rpartition("title:")
    begins = "" if words.endswith("*") else " "
    title, body = (f" {one} ".replace(" ", "  ") for one in TEXTS[number])
    piece = " " + words.strip('"*').replace(" ", "  ") + begins
    return 4.0 * title.count(piece) + (0.0 if is_title else body.count(piece))


@pytest.mark.parametrize(
    "asked", [[one] for one in ASKED_FOR] + [["kobe", "nara"], ["title:lee", '"nara lee"']],
    ids=lambda one: str(one)[:20],
)  # fmt: skip
def test_texts_are_scored_by_the_formula_of_a_file(
    indexed: PostgresDatabase, asked: list[str]
) -> None:
    lengths = {number: sum(len(one.split()) for one in text) for number, text in TEXTS.items()}
    usual = sum(lengths.values()) / len(TEXTS)
    wanted: dict[int, float] = {}
    for one in asked:
        often = {number: _times(number, one) for number in TEXTS}
        hits = sum(map(bool, often.values()))
        weight = max(math.log((len(TEXTS) - hits + 0.5) / (hits + 0.5)), 1e-6)
        for number, times in often.items():
            if times:
                bound = 1.2 * (0.25 + 0.75 * lengths[number] / usual)
                wanted.setdefault(number, 0.0)
                wanted[number] -= weight * times * 2.2 / (times + bound)
    sql, *values = indexed.index.scores([_one(one) for one in asked])
    assert dict(indexed.rows(sql, values)) == pytest.approx(wanted)


def test_a_search_while_the_first_texts_are_saved_is_answered(
    indexed: PostgresDatabase, team_place: str
) -> None:
    """The texts are counted before they are looked for, and others may save in between."""
    run_sql(team_place, f"DELETE FROM numbers WHERE name IN ('{ROWS}', '{TOTAL}')")
    sql, *values = indexed.index.scores([_one("kobe")])
    assert [number for number, _ in indexed.rows(sql, values)] == [5]


def test_an_author_is_of_one_item_though_others_say_the_same(team_place: str) -> None:
    with open_store(team_place) as store:
        for uid, author in (("a", "Kim"), ("b", "Lee")):
            poll(store, [item("The port of Nara", uid=uid, author=author)])
        found = store.search(parse_search("author:lee"), Query())
        assert [one.item.uid for one in found] == ["b"]

"""Both kinds of store for the tests: a file, and a schema on a PostgreSQL server if there is one.

`SIGTRACK_TEST_POSTGRES` is the URL of a database of a superuser; `.ci/run` starts such a server.
"""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sigtrack.store import open_store
from sigtrack.store.sql import Store
from sigtrack.store.sql.care import TABLES

SERVER = os.environ.get("SIGTRACK_TEST_POSTGRES", "")


class Schemas:
    """Schemas of one test run, dropped at its end."""

    def __init__(self, connection: Any) -> None:
        self.admin = connection
        self._names: list[str] = []

    def new(self) -> str:
        """The URL of an empty schema."""
        self._names.append(f"t{uuid.uuid4().hex[:12]}")
        self.admin.execute(f"CREATE SCHEMA {self._names[-1]}")
        sign = "&" if "?" in SERVER else "?"
        return f"{SERVER}{sign}options=-csearch_path%3D{self._names[-1]}"

    def drop(self) -> None:
        for name in self._names:
            self.admin.execute(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture(scope="session")
def schemas() -> Iterator[Schemas]:
    if not SERVER:
        pytest.skip("no PostgreSQL server: set SIGTRACK_TEST_POSTGRES")
    psycopg = pytest.importorskip("psycopg")
    with psycopg.connect(SERVER, autocommit=True) as connection:
        found = Schemas(connection)
        yield found
        found.drop()


@pytest.fixture(scope="session")
def _emptied(schemas: Schemas) -> Callable[[], str]:
    """One store for all tests, without rows: to make one takes a third of a second."""
    import psycopg

    url = schemas.new()
    open_store(url).close()
    tables = [*reversed(TABLES), "words", "bylines", "hosts"]  # none before those that point to it

    def empty() -> str:
        with psycopg.connect(url, autocommit=True) as connection:
            for table in tables:
                connection.execute(f"DELETE FROM {table}")
            connection.execute("DELETE FROM numbers WHERE name <> 'schema'")
        return url

    return empty


def run_sql(place: str, *statements: str) -> list[tuple[Any, ...]]:
    """Behind the back of a store, in a connection of its own: the rows of the last statement."""
    if place.startswith("postgresql"):
        import psycopg

        connection: Any = psycopg.connect(place)
    else:
        connection = sqlite3.connect(place)
    try:
        for statement in statements:
            cursor = connection.execute(statement)
        rows = cursor.fetchall() if cursor.description else []
        connection.commit()
    finally:
        connection.close()
    return rows


@pytest.fixture
def team_place(schemas: Schemas) -> str:
    """The URL of a schema with nothing in it."""
    return schemas.new()


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty store is, or will be."""
    if request.param == "sqlite":
        return str(tmp_path / "store.db")
    return str(request.getfixturevalue("_emptied")())


@pytest.fixture
def store(place: str) -> Iterator[Store]:
    with open_store(place) as opened:
        yield opened

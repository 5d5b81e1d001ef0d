"""Office holders whom nobody has verified for a year."""

from __future__ import annotations

from datetime import date

import pytest

from sigtrack.app.doctor import unverified
from sigtrack.model import Actor, Tenure

TODAY = date(2026, 11, 24)


def person(checked: str, until: date | None = None) -> Actor:
    tenure = Tenure(office="foreign-minister", since=date(2024, 1, 1), until=until)
    return Actor(
        id="p", kind="person", country="KR", names=("P",), tenures=(tenure,), checked=checked
    )


@pytest.mark.parametrize(
    ("checked", "stale"),
    [
        ("2026-02", False), ("2025-11", False), ("2025-10", True), ("2025-11-23", True),
        ("2025", False), ("2024", True), ("", True),
    ],
)  # fmt: skip
def test_a_year_after_the_last_check_an_office_holder_is_named(checked, stale):
    assert bool(unverified({"p": person(checked)}, TODAY)) is stale


def test_one_who_has_left_office_needs_no_check():
    assert unverified({"p": person("2020", date(2025, 1, 1))}, TODAY) == []

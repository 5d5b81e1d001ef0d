"""An order of stays: what is claimed of it, on which evidence, and what is not claimed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sigtrack.analyze.visits.stays import Claim, claims_of, stops_of
from sigtrack.model import Level, Phase, Rank, Stay, Visitor
from visiting import actors

SINCE = date(2025, 10, 1)
TAKAICHI = Visitor(country="JP", name="Takaichi", rank=Rank.LEADER, actor="takaichi")
NAMES = {"JP": "Japan", "KR": "South Korea", "VN": "Vietnam", "US": "United States"}


def stay(host: str, day: str, phase: Phase = Phase.DONE, **more) -> Stay:
    told = {"sites": (), "until": None, "level": Level.UNSPECIFIED} | more
    return Stay(
        visitor=TAKAICHI,
        host_country=host,
        phase=phase,
        date=day,
        evidence=(f"{host}-{day}",),
        stories=1,
        sources=1,
        history=(),
        **told,
    )


def claims(*stays: Stay) -> list[Claim]:
    return claims_of(stops_of(stays, "JP"), actors(), NAMES, SINCE)


def texts(*stays: Stay) -> list[str]:
    return [claim.text for claim in claims(*stays)]


def test_the_first_journey_and_who_came_before_the_ally_are_claimed_with_evidence():
    found = claims(stay("KR", "2025-11-20"), stay("US", "2025-12-01"))
    data = "in these data, which begin 2025-10-01"
    assert [claim.text for claim in found] == [
        f"first journey abroad of Takaichi {data}; in office since 2025-10-21",
        f"South Korea before the ally: no earlier visit to United States {data}",
        f"first visit of Takaichi to United States {data}; in office since 2025-10-21",
        "South Korea before United States, 11 days apart",
    ]
    assert all(claim.evidence and claim.since == SINCE for claim in found)


def test_two_hosts_within_a_fortnight_are_an_order():
    assert "South Korea before Vietnam, 4 days apart" in texts(
        stay("KR", "2025-11-18", until="2025-11-20"), stay("VN", "2025-11-24")
    )
    assert "South Korea before Vietnam, on the same day" in texts(
        stay("KR", "2025-11-20"), stay("VN", "2025-11-20")
    )
    assert not [
        t for t in texts(stay("KR", "2025-11-01"), stay("VN", "2025-12-24")) if "before V" in t
    ]


def test_the_days_of_a_gathering_are_nobodys_choice():
    found = texts(stay("KR", "2025-11-18"), stay("VN", "2025-11-20", level=Level.SIDELINES))
    assert not [text for text in found if "Vietnam" in text]


def test_nothing_is_claimed_of_a_plan_that_has_lapsed_but_of_one_to_come():
    plan = stay("VN", "2025-11-20", Phase.PLANNED)
    lapsed = replace(plan, lapsed=True)
    assert [t for t in texts(stay("KR", "2025-11-18"), plan) if "Vietnam" in t]
    assert not [t for t in texts(stay("KR", "2025-11-18"), lapsed) if "Vietnam" in t]


def test_the_gap_is_counted_from_the_last_stop_that_took_place():
    stays = [
        stay("KR", "2025-11-10"),
        stay("VN", "2025-11-15", Phase.PLANNED, lapsed=True),
        stay("US", "2025-11-20"),
    ]
    assert [stop.gap for stop in stops_of(stays, "JP")] == [None, None, 10]


def test_it_is_told_when_the_order_of_two_hosts_was_the_reverse_before():
    found = texts(
        stay("KR", "2025-11-10"), stay("VN", "2025-11-15"),
        stay("VN", "2026-02-10"), stay("KR", "2026-02-20"),
    )  # fmt: skip
    assert (
        "Vietnam before South Korea, 10 days apart; on 2025-11-10 South Korea came first" in found
    )


def test_a_place_outside_the_capital_says_what_it_means():
    (text,) = [t for t in texts(stay("KR", "2025-11-10", sites=("Andong",))) if "capital" in t]
    assert text.startswith("in Andong, not in the capital Seoul; Andong: ")

"""Reports of one visit become one stay with a history, in whatever order they are given."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import visiting
from sigtrack.analyze.visits import stays
from sigtrack.analyze.visits.stays import VisitReport, merge, settled
from sigtrack.model import Level, Phase, Rank, Span, Visit, Visitor
from sigtrack.speech import ENGLISH, Naming
from sigtrack.views.visits import visitor_in_words

LEE = Visitor(country="KR", name="Lee Jae Myung", rank=Rank.LEADER, actor="lee-jae-myung")
CHO = Visitor(country="KR", name="Cho Hyun", rank=Rank.MINISTER, actor="cho-hyun")
SOMEBODY = Visitor(country="KR", name="Korean president", rank=Rank.LEADER)
BEGAN = datetime(2025, 12, 30, 6, tzinfo=UTC)


def report(
    item: str,
    day: int,
    phase: Phase,
    date: str | None = None,
    *,
    host: str | None = "CN",
    visitor: Visitor = LEE,
    site: str = "",
    **more,
) -> VisitReport:
    told = {k: more.pop(k) for k in ("story", "source") if k in more}
    visit = Visit(visitors=(visitor,), host_country=host, phase=phase, date=date, site=site, **more)
    return VisitReport(
        item=item,
        at=BEGAN + timedelta(days=day),
        source=told.get("source", f"feed-{item}"),
        visit=visit,
        story=told.get("story"),
    )


BEIJING = [
    report("a", 0, Phase.PLANNED, "2026-01-04", until="2026-01-07", level=Level.STATE),
    report("b", 5, Phase.ONGOING, "2026-01-04", site="Beijing"),
    report("c", 6, Phase.ONGOING, "2026-01-05", visitor=SOMEBODY, site="Beijing"),
    report("d", 8, Phase.DONE, "2026-01-07", site="Shanghai"),
]
NARA = [
    report("e", 10, Phase.PLANNED, "2026-01-13", host="JP", site="Nara", until="2026-01-14"),
    report("f", 14, Phase.ONGOING, "2026-01-13", host="JP", site="Nara", level=Level.WORKING),
]


def test_four_reports_of_one_visit_are_one_stay():
    (stay,) = merge(BEIJING)
    assert (stay.date, stay.until, stay.phase) == ("2026-01-04", "2026-01-07", Phase.DONE)
    assert (stay.sites, stay.level) == (("Beijing", "Shanghai"), Level.STATE)
    assert stay.visitor == LEE and stay.evidence == ("a", "b", "c", "d")


def test_the_history_says_what_became_known_when():
    (stay,) = merge(BEIJING)
    told = [(turn.kind, turn.value, turn.item) for turn in stay.history]
    assert told == [
        ("first", "planned", "a"),
        ("date", "2026-01-04", "a"),
        ("level", "state", "a"),
        ("phase", "ongoing", "b"),
        ("venue", "Beijing", "b"),
        ("phase", "done", "d"),
        ("venue", "Shanghai", "d"),
    ]


def test_sources_are_counted_once_a_story():
    wire = [
        report("a", 0, Phase.ONGOING, "2026-01-04", story="s1"),
        report("b", 0, Phase.ONGOING, "2026-01-04", story="s1"),
        report("c", 0, Phase.ONGOING, "2026-01-04"),
    ]
    (stay,) = merge(wire)
    assert (stay.stories, stay.sources, len(stay.evidence)) == (2, 3, 3)


def test_another_person_of_the_same_country_is_another_stay():
    both = [
        report("a", 0, Phase.ONGOING, "2026-01-04"),
        report("b", 0, Phase.ONGOING, "2026-01-04", visitor=CHO),
    ]
    assert {stay.visitor.actor for stay in merge(both)} == {"cho-hyun", "lee-jae-myung"}


def test_a_speaker_without_a_name_is_not_the_leader_of_the_same_country():
    told = [
        visiting.read("Russian parliament speaker arrives in Pyongyang"),
        visiting.read("Putin arrives in Pyongyang"),
    ]
    assert [visit.rank for visit in told] == [Rank.SPEAKER, Rank.LEADER]
    stays = merge(
        VisitReport(item=str(n), at=visiting.PUBLISHED, source="wire", visit=visit)
        for n, visit in enumerate(told)
    )
    assert [len(stay.evidence) for stay in stays] == [1, 1]
    shown = [visitor_in_words(stay.visitor, Naming(ENGLISH, visiting.actors())) for stay in stays]
    assert sorted(shown) == ["Putin", "Russia, speaker of parliament"]


def test_two_visits_of_one_host_weeks_apart_are_two_stays():
    assert len(merge([*BEIJING, report("x", 60, Phase.ONGOING, "2026-02-28")])) == 2


def test_a_plan_without_a_day_becomes_the_visit_that_follows():
    plan = report("p", -40, Phase.PLANNED)
    (stay,) = merge([plan, *BEIJING])
    assert stay.evidence[0] == "p" and stay.date == "2026-01-04"


def test_what_was_called_off_stays_so_until_it_happens_after_all():
    plan = report("a", 0, Phase.PLANNED, "2026-02")
    off = report("b", 3, Phase.CANCELLED, "2026-02")
    late = report("c", 4, Phase.PLANNED, "2026-02")
    assert [stay.phase for stay in merge([plan, off, late])] == [Phase.CANCELLED]
    there = report("d", 45, Phase.ONGOING, "2026-02-13")
    assert Phase.ONGOING in [stay.phase for stay in merge([plan, off, there])]


def test_a_visit_is_on_again_when_more_publishers_tell_of_the_plan_than_denied_it():
    plan = report("a", 0, Phase.PLANNED, "2026-02")
    off = report("b", 3, Phase.CANCELLED, "2026-02")
    again = [report(name, 5, Phase.PLANNED, "2026-02") for name in "cd"]
    (stay,) = merge([plan, off, *again])
    assert stay.phase is Phase.PLANNED
    turns = [turn.value for turn in stay.history if turn.kind in ("first", "phase")]
    assert turns == [Phase.PLANNED, Phase.CANCELLED, Phase.PLANNED]
    one_publisher = [replace(late, source="feed-c") for late in again]
    assert [stay.phase for stay in merge([plan, off, *one_publisher])] == [Phase.CANCELLED]
    denied = [report(name, 6, Phase.CANCELLED, "2026-02") for name in "ef"]
    assert [stay.phase for stay in merge([plan, off, *again, *denied])] == [Phase.CANCELLED]


def test_a_late_report_of_the_plan_does_not_undo_the_visit():
    late = report("z", 9, Phase.PLANNED, "2026-01-04")
    (stay,) = merge([*BEIJING, late])
    assert stay.phase is Phase.DONE


def test_talks_without_a_place_are_evidence_for_the_stay_around_them():
    xi = Visitor(country="CN", name="Xi", rank=Rank.LEADER, actor="xi-jinping")
    talks = Visit(visitors=(LEE, xi), host_country=None, phase=Phase.ONGOING, date="2026-01-05")
    told = VisitReport(item="t", at=BEGAN + timedelta(days=6), source="mofa", visit=talks)
    (stay,) = merge([*BEIJING, told])
    assert "t" in stay.evidence
    assert merge([told]) == []


def test_a_guest_whom_a_leader_receives_while_he_is_abroad_came_to_no_country_that_is_known():
    xi = Visitor(country="CN", name="Xi Jinping", rank=Rank.LEADER, actor="xi-jinping")
    guess = (Span(field="title", start=0, end=2, term="receive"),)
    guests = [
        report("at home", 9, Phase.ONGOING, spans=guess),
        report("a day after", 31, Phase.ONGOING, spans=guess),
    ]
    trip = report("abroad", 30, Phase.ONGOING, host="VN", visitor=xi)
    assert [stay.evidence for stay in merge([*guests, trip])] == [("at home",), ("abroad",)]
    assert [stay.evidence for stay in merge(guests)] == [("at home",), ("a day after",)]


@given(order=st.permutations([*BEIJING, *NARA]))
def test_stays_do_not_depend_on_the_order_of_the_reports(order):
    assert merge(order) == merge([*BEIJING, *NARA])


@given(
    days=st.lists(
        st.tuples(
            st.integers(0, 200),
            st.sampled_from(list(Phase)),
            st.sampled_from([None, "2026", "2026-02", "2026-01-04", "2026-03-01", "2026-03-05"]),
        ),
        max_size=8,
    )
)
def test_every_report_is_evidence_exactly_once(days):
    reports = [report(str(n), *one) for n, one in enumerate(days)]
    evidence = [item for stay in merge(reports) for item in stay.evidence]
    assert sorted(evidence) == sorted(str(n) for n in range(len(days)))


def test_a_stay_is_on_the_sidelines_only_if_most_reports_have_it_so():
    beside = report("a", 0, Phase.ONGOING, "2026-01-04", level=Level.SIDELINES)
    plain = [report(i, 0, Phase.ONGOING, "2026-01-04") for i in "bc"]
    assert [stay.level for stay in merge([beside, *plain])] == [Level.UNSPECIFIED]
    assert [stay.level for stay in merge([beside, plain[0]])] == [Level.SIDELINES]


def test_a_day_of_a_month_that_most_plans_do_not_name_is_of_something_else():
    months = [report(f"m{n}", n, Phase.PLANNED, "2026-03") for n in (1, 2, 3)]
    (stay,) = merge(
        [report("bare", 1, Phase.PLANNED), *months, report("d", 4, Phase.PLANNED, "2026-01-29")]
    )
    assert stay.date == "2026-03"
    (stay,) = merge([*months, report("d", 4, Phase.PLANNED, "2026-03-24")])
    assert stay.date == "2026-03-24"


def test_one_report_among_many_is_not_the_first_day():
    many = [report(str(n), 6, Phase.ONGOING, "2026-01-04") for n in range(3)]
    (stay,) = merge([report("x", 6, Phase.ONGOING, "2026-01-02"), *many])
    assert stay.date == "2026-01-04"


def test_the_month_of_a_plan_is_the_one_that_most_reports_have():
    plans = [report("a", 0, Phase.PLANNED, "2026-02")]
    plans += [report(i, 9, Phase.PLANNED, "2026-04") for i in "bc"]
    assert "2026-04" in [stay.date for stay in merge(plans)]


def test_visits_stand_in_order_of_the_day_shown_then_of_the_visitor():
    told = [
        report("a", 0, Phase.PLANNED, "2026-01-22", host="VN"),
        report("b", 1, Phase.PLANNED, "2026-01-25", host="JP"),
        report("c", 2, Phase.PLANNED, "2026-01-22", host="VN", visitor=CHO),
        *(report(i, 3, Phase.PLANNED, "2026-01-21", host="JP") for i in "de"),
        report("f", 4, Phase.PLANNED, "2026-01-20", host="US"),
    ]
    shown = [(stay.date, stay.visitor.name) for stay in merge(told)]
    assert shown == sorted(shown)


def test_a_visit_of_which_a_month_is_told_stands_where_it_was_first_heard_of():
    told = [
        report("a", 5, Phase.ONGOING, "2026-01", host="US"),
        report("b", 3, Phase.ONGOING, "2026-01-02", host="JP"),
        report("c", 9, Phase.ONGOING, "2026-01-08", host="VN"),
        report("d", 9, Phase.PLANNED, "2026-03", host="FR"),
        report("e", 9, Phase.PLANNED, "2026-03-02", host="GB"),
    ]
    assert [stay.host_country for stay in merge(told)] == ["JP", "US", "VN", "FR", "GB"]


@pytest.mark.parametrize(
    ("told", "days", "phase"),
    [
        ({"date": "2026-01-04", "until": "2026-01-07"}, 7, Phase.ONGOING),
        ({"date": "2026-01-04", "until": "2026-01-07"}, 8, Phase.DONE),
        ({"date": "2026-01-04"}, 8, Phase.DONE),
        ({"date": "2026-01-10"}, 10, Phase.ONGOING),  # its first day is later than its report
        ({}, 8, Phase.DONE),
    ],
)
def test_a_visit_under_way_is_over_a_week_after_its_last_day(told, days, phase):
    arrived = report("a", 8, Phase.ONGOING, **told)  # on 7 January
    stays = merge([arrived])
    (stay,) = settled(stays, datetime(2026, 1, 7, 12, tzinfo=UTC) + timedelta(days=days))
    assert stay.phase is phase
    assert stay.history == stays[0].history


def test_a_later_report_keeps_a_visit_under_way_only_where_no_last_day_is_told():
    now = datetime(2026, 1, 16, tzinfo=UTC)
    seen = [report("a", 5, Phase.ONGOING, "2026-01-04"), report("b", 11, Phase.ONGOING)]
    assert [stay.phase for stay in settled(merge(seen), now)] == [Phase.ONGOING]
    ends = report("c", 5, Phase.ONGOING, "2026-01-04", until="2026-01-06")
    assert [stay.phase for stay in settled(merge([*seen, ends]), now)] == [Phase.DONE]


def test_a_plan_whose_days_are_over_is_not_taken_for_a_visit():
    plan = report("a", 0, Phase.PLANNED, "2026-01-04", until="2026-01-07")
    off = report("b", 0, Phase.CANCELLED, "2026-01-04", host="JP")
    long_after = datetime(2030, 1, 1, tzinfo=UTC)
    told = {
        (stay.host_country, stay.phase, stay.lapsed)
        for stay in settled(merge([plan, off]), long_after)
    }
    assert told == {("CN", Phase.PLANNED, True), ("JP", Phase.CANCELLED, False)}


@pytest.mark.parametrize(
    ("told", "lapsed"),
    [
        ("2026-01-04", True),
        ("2026-01-20", False),
        ("2025-12", True),
        ("2026-01", False),
        (None, False),
    ],
)
def test_a_plan_lapses_when_what_is_told_of_its_days_is_over(told, lapsed):
    plan = merge([report("a", 0, Phase.PLANNED, told)])
    assert [stay.lapsed for stay in settled(plan, datetime(2026, 1, 14, tzinfo=UTC))] == [lapsed]


def test_a_plan_without_a_day_lapses_when_nobody_has_spoken_of_it_for_months():
    plan = merge([report("a", 0, Phase.PLANNED)])
    after = [settled(plan, BEGAN + timedelta(days=days))[0].lapsed for days in (150, 160)]
    assert after == [False, True]


@given(weeks=st.integers(0, 60), more=st.integers(0, 60), order=st.permutations([*BEIJING, *NARA]))
def test_what_is_over_once_stays_over(weeks, more, order):
    now = BEGAN + timedelta(weeks=weeks)
    later = now + timedelta(weeks=more)
    assert settled(settled(merge(order), now), later) == settled(merge(order), later)


def test_towns_stand_in_the_order_of_their_days_not_of_their_reports():
    late = [
        report("a", 8, Phase.DONE, "2026-01-06", site="Shanghai"),
        report("b", 8, Phase.DONE, "2026-01-04", site="Xian"),
        report("c", 8, Phase.DONE, "2026-01-05", site="Beijing"),
    ]
    assert [stay.sites for stay in merge(late)] == [("Xian", "Beijing", "Shanghai")]


def test_known_days_bound_the_phase_of_every_report():
    plan = [report(i, 0, Phase.PLANNED, "2026-01-14", until="2026-01-15") for i in "ab"]
    early = report("c", 3, Phase.DONE, "2026-01")
    assert [stay.phase for stay in merge([*plan, early])] == [Phase.PLANNED]
    late = report("d", 19, Phase.ONGOING, "2026-01-14")
    assert [stay.phase for stay in merge([*plan, late])] == [Phase.DONE]


def test_a_plan_without_a_day_does_not_make_one_visit_of_two():
    reports = [
        report("a", 0, Phase.DONE, "2026-01-04"),
        report("b", 2, Phase.PLANNED, None),
        report("c", 30, Phase.ONGOING, "2026-02-03"),
        report("d", 120, Phase.PLANNED, "2026-06"),
    ]
    shown = [(stay.date, stay.phase) for stay in merge(reports)]
    assert ("2026-01-04", Phase.DONE) in shown and ("2026-02-03", Phase.ONGOING) in shown
    assert ("2026-06", Phase.PLANNED) in shown


def test_a_visit_is_called_off_that_no_day_bears_out():
    read_too_early = report("a", 0, Phase.ONGOING, "2026-01")
    off = report("b", 1, Phase.CANCELLED, None)
    assert [stay.phase for stay in merge([read_too_early, off])] == [Phase.CANCELLED]
    there = report("c", 0, Phase.ONGOING, "2026-01-03")
    assert Phase.ONGOING in [stay.phase for stay in merge([there, off])]


def test_the_days_of_a_plan_that_was_called_off_are_not_those_on_which_he_went():
    off = report("a", 0, Phase.CANCELLED, "2026-01-04")
    went = report("b", 8, Phase.DONE, "2026-01")
    assert [(stay.phase, stay.date) for stay in merge([off, went])] == [(Phase.DONE, "2026-01")]


class _Slow(stays._Draft):
    """As it is written at the head of the module: a stay long past is compared as well."""

    def fits(self, visitor, told):
        return stays._same_person(self.visitor, visitor) and any(
            stays._same_days(one, told) for one in self.binding(told)
        )


def slowly_grouped(reports):
    drafts = []
    for one in sorted(reports, key=lambda r: (r.at, r.item)):
        (visitor,) = one.visit.visitors
        told = stays._dated(one)
        fitting = [draft for draft in drafts if draft.fits(visitor, told)]
        if not fitting:
            drafts.append(_Slow(visitor, "JP"))
        best = min(fitting, key=lambda d: d.distance(told)) if fitting else drafts[-1]
        best.add(visitor, told)
    return {frozenset(one.item for one in draft.reports) for draft in drafts}


told_by_one = st.tuples(
    st.integers(0, 900),  # the day of the report
    st.integers(-20, 200),  # how far from it the visit is
    st.sampled_from(["day", "day", "day", "month", "year", "none"]),
    st.integers(0, 9),  # for how many days, where a last day is told
    st.sampled_from(list(Phase)),
)


@given(st.lists(told_by_one, max_size=60))
def test_the_quick_way_groups_reports_as_the_slow_one_does(told):
    reports = []
    for number, (heard, ahead, how, days, phase) in enumerate(told):
        at = datetime(2024, 1, 1, 9, tzinfo=UTC) + timedelta(days=heard, minutes=number)
        first = (at + timedelta(days=ahead)).date()
        shown = {
            "day": first.isoformat(),
            "month": f"{first:%Y-%m}",
            "year": f"{first:%Y}",
            "none": None,
        }[how]
        until = (first + timedelta(days=days)).isoformat() if how == "day" and days % 2 else None
        visit = Visit(
            visitors=(Visitor(country="KR", name="Lee", rank=Rank.LEADER, actor="lee"),),
            host_country="JP",
            phase=phase,
            date=shown,
            until=until,
        )
        reports.append(VisitReport(item=f"{number:03}", at=at, source="wire", visit=visit))
    assert {frozenset(stay.evidence) for stay in merge(reports)} == slowly_grouped(reports)


def test_the_work_of_merging_grows_with_the_reports(monkeypatch):
    """Twice as many reports of one pair, over twice as long, take about twice as many looks."""
    looks = []
    monkeypatch.setattr(
        stays, "_same_days", lambda *two, same=stays._same_days: looks.append(1) or same(*two)
    )
    counted = []
    for size in (400, 800, 1600):
        looks.clear()
        days = [BEGAN.date() + timedelta(days=3 * n) for n in range(size)]
        merge(
            report(f"r{n}", 3 * n, Phase.DONE, day.isoformat(), host="JP")
            for n, day in enumerate(days)
        )
        counted.append(len(looks))
    assert counted[2] < 2.4 * counted[1] and counted[1] < 2.4 * counted[0]

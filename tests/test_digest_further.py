"""What a digest tells besides stories, and that it tells it once.

A store with items in four languages, looked at by one digest after another; the clock stands
still, because what is new goes by rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import visiting
from sigtrack.app.digest.letter import Desk, digest_of
from sigtrack.app.digest.news import Further, FurtherReader
from sigtrack.app.digest.planning import ContentsReader
from sigtrack.app.in_force import Catalogue, Index, InForce
from sigtrack.app.readings import ReadingRules
from sigtrack.app.rules import readings_of
from sigtrack.config import DigestSettings
from sigtrack.lexicon import shipped_lexicon
from sigtrack.model import Actor, Expectation, Feed, Item, Journey, Priority, Role, Table, Watchlist
from sigtrack.present.letter import render_html, render_text
from sigtrack.present.plain import text_of
from sigtrack.speech import Words
from sigtrack.store import open_store
from sigtrack.store.interface import DigestChoice, MailDraft, Query
from sigtrack.store.sql import Store
from sigtrack.text.scripts import cells_wide
from sigtrack.views.hits import Headings
from stored import hit, item, poll, span

NOW = datetime(2026, 1, 15, 3, tzinfo=UTC)
DAY = timedelta(days=1)
MORNING = DigestSettings(name="morning")
WATCHED = "talks"  # the watchlist "trade" hits the titles that hold this word
FEEDS = (
    Feed(id="wire", url="", title="Hanseong Wire", country="KR", role=Role.AGENCY),
    Feed(id="ministry", url="", title="The ministry", country="KR", role=Role.MINISTRY),
)


class Newsroom:
    """A store, and the digest of one person."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.settings = MORNING
        self.expecting: tuple[Watchlist, ...] = ()
        self.actors: dict[str, Actor] = dict(visiting.actors())

    def learn(self, *titles: str, at: datetime = NOW, feed: str = "wire", **more: str) -> None:
        for title in titles:
            self.tell([item(title, feed=feed, uid=more.get("uid") or title, published=at)], at)

    def tell(self, items: Sequence[Item], at: datetime = NOW) -> None:
        poll(self.store, items, at)
        for batch in self.store.batches({"trade": "1"}):
            where = [(one, one.item.title.find(WATCHED)) for one in batch.items]
            found = [
                (one, hit(one, "trade", spans=(span(n, n + 5),))) for one, n in where if n >= 0
            ]
            self.store.save_hits(batch, found, at)

    def read(self, choice: DigestChoice) -> Further:
        words = Words(self.settings.language, now=choice.at, zone=UTC)
        return FurtherReader(self.store, RoomFiles(self))(choice, self.settings, words)

    def choice(self, at: datetime = NOW) -> DigestChoice:
        return self.store.unread("morning", Query(), at)

    def further(self, at: datetime = NOW) -> Further:
        return self.read(self.choice(at))

    def mail(self, at: datetime = NOW) -> Further:
        """What the next digest tells; it is sent, so the one after it begins here."""
        further = self.further(at)
        assert self.store.choose("morning", Query(), at, draft)
        return further


class RoomFiles(InForce):
    """The actors and expectations of a newsroom, and its feeds."""

    zone = UTC

    def __init__(self, room: Newsroom) -> None:
        self.index = Index(
            actors=room.actors,
            watchlists=room.expecting,
            readings=readings_of(room.actors, shipped_lexicon()),
        )
        self.readings = ReadingRules(self.index, shipped_lexicon)
        self.catalogue = Catalogue(feeds=FEEDS)


def draft(choice: DigestChoice) -> MailDraft:
    return MailDraft(message_id=str(choice.number), subject="", sender="", body=b"", recipients=())


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    """A newsroom whose last digest was sent yesterday."""
    with open_store(str(tmp_path / "store.db")) as store:
        made = Newsroom(store)
        made.learn("Fish is cheap", at=NOW - 2 * DAY)
        made.mail(NOW - DAY)
        yield made


def lines(further: Further, title: str) -> list[str]:
    """The rows of a block as they are read; none if there is no such block."""
    tables = [
        one
        for one in (*further.blocks, *further.wording)
        if isinstance(one, Table) and one.title == title
    ]
    return [
        " · ".join(filter(None, (text_of(cell, UTC) for cell in row)))
        for table in tables
        for row in table.rows
    ]


def visits(further: Further) -> list[str]:
    """Without the ids."""
    return [line.rpartition(" · ")[0] for line in lines(further, "Visits that changed")]


PLAN = "Takaichi to visit South Korea this month"


# --- visits


def test_a_new_visit_is_told_once(room: Newsroom) -> None:
    room.learn(PLAN)
    told = room.mail()
    assert visits(told) == ["○ new: planned · Takaichi (Japan) → South Korea · Jan 2026"]
    assert told.rouses
    assert (
        "Visits in their order, with what tells them:",
        ("visits", "--since", "2026-01-15"),
    ) in told.commands
    assert room.mail(NOW + DAY) == Further()
    room.learn("Fish is dear", at=NOW + DAY)
    assert room.mail(NOW + 2 * DAY) == Further()


def test_a_phase_a_day_and_a_place_that_become_known_are_told(room: Newsroom) -> None:
    room.learn(PLAN)
    room.mail()
    room.learn("Takaichi arrives in Andong for visit to South Korea", at=NOW + DAY)
    (line,) = visits(room.mail(NOW + DAY))
    assert line.startswith("◐ planned → under way, place told")
    assert "Takaichi (Japan) → South Korea: Andong" in line


def test_a_visit_that_is_called_off_stands_first(room: Newsroom) -> None:
    room.learn(PLAN)
    room.mail()
    room.learn("Takaichi calls off visit to South Korea", "Macron arrives in Beijing")
    told = room.mail(NOW + DAY)
    assert [line.partition(" · ")[0] for line in visits(told)] == [
        "✕ planned → called off",
        "◐ new: under way",
    ]


def test_a_level_that_is_raised_is_told(room: Newsroom) -> None:
    room.learn(PLAN)
    room.mail()
    room.learn("Takaichi to make state visit to South Korea this month")
    (line,) = visits(room.mail(NOW + DAY))
    assert line.startswith("○ level raised")
    assert line.endswith("state visit")


def test_another_report_of_a_known_visit_changes_nothing(room: Newsroom) -> None:
    room.learn(PLAN)
    room.mail()
    room.learn("Japan's Takaichi will visit South Korea this month", feed="ministry")
    room.learn("Takaichi to visit South Korea in January", at=NOW - 3 * DAY)  # come late
    assert visits(room.mail(NOW + DAY)) == []


def test_a_visit_that_is_heard_of_late_is_told_all_the_same(room: Newsroom) -> None:
    room.tell([item(PLAN, feed="wire", uid="late", published=NOW - 10 * DAY)])
    assert len(visits(room.mail())) == 1


def test_a_visit_long_over_is_no_news(room: Newsroom) -> None:
    old = "Macron wraps up state visit to China"
    room.tell([item(old, feed="wire", uid="old", published=NOW - 60 * DAY)])
    assert visits(room.mail()) == []


def test_whom_a_leader_receives_while_he_is_abroad_visits_nobody_at_his_home(
    room: Newsroom,
) -> None:
    room.learn("习近平抵达莫斯科对俄罗斯进行国事访问", feed="harbour")
    room.mail()
    room.learn("习近平会见巴基斯坦总理夏巴兹", at=NOW + timedelta(hours=2))
    assert visits(room.mail(NOW + DAY)) == []


def test_a_silent_edit_that_calls_a_visit_off_is_told_once(room: Newsroom) -> None:
    room.learn(PLAN, uid="a")
    room.mail()
    room.learn("Takaichi calls off visit to South Korea", uid="a")
    (line,) = visits(room.mail(NOW + DAY))
    assert line.startswith("✕ planned → called off")
    room.learn("Takaichi calls off her visit to South Korea", uid="a")
    assert visits(room.mail(NOW + 2 * DAY)) == []


def test_eight_visits_are_shown_and_the_rest_counted(room: Newsroom) -> None:
    capitals = ("Paris", "Berlin", "Rome", "Madrid", "Hanoi", "Manila", "Canberra", "Ottawa")
    room.learn(*(f"Takaichi to visit {one} next month" for one in (*capitals, "New Delhi")))
    (table,) = room.further().blocks
    assert isinstance(table, Table)
    assert (len(table.rows), table.caption) == (8, "1 more")


def test_a_digest_of_other_watchlists_tells_no_visits(room: Newsroom) -> None:
    room.learn(PLAN)
    room.settings = replace(MORNING, watchlists=("trade",))
    assert room.further() == Further()
    room.settings = replace(MORNING, watchlists=("trade", "visits-venues"))
    assert len(visits(room.further())) == 1


def test_visits_alone_rouse_no_digest_that_wants_only_what_is_urgent(room: Newsroom) -> None:
    room.learn(PLAN)
    room.settings = replace(MORNING, priority=Priority.URGENT)
    told = room.further()
    assert len(visits(told)) == 1
    assert not told.rouses


def test_a_first_digest_has_no_visits_to_compare(tmp_path: Path) -> None:
    with open_store(str(tmp_path / "new.db")) as store:
        room = Newsroom(store)
        room.learn(PLAN)
        assert room.mail() == Further()


# --- what was expected

JOINT = Expectation(
    id="joint", title="A joint text", signals=("trade",), after=date(2026, 1, 12), by=2
)
RETURN = Expectation(
    id="return", title="The return visit", visit=Journey(visitor="JP", host="KR"),
    after=date(2026, 1, 1), by=date(2026, 6, 30),
)  # fmt: skip


def expected(further: Further) -> list[str]:
    return lines(further, "Expected")


def test_what_is_overdue_is_told_once_and_is_worth_a_mail(room: Newsroom) -> None:
    room.expecting = (Watchlist(id="next", expects=(JOINT,)),)
    before = room.further(NOW - DAY)
    assert expected(before) == ["open · A joint text · by 14 Jan"]
    assert not before.rouses
    late = room.mail(NOW)
    assert expected(late) == ["overdue · A joint text · by 14 Jan"]
    assert late.rouses
    assert late.news == ("▲ overdue: A joint text",)
    assert room.mail(NOW + DAY) == Further()


def test_what_has_come_is_told_once_with_its_evidence(room: Newsroom) -> None:
    room.expecting = (Watchlist(id="next", expects=(JOINT,)),)
    room.learn("Both sides end talks", at=NOW - DAY / 2)
    told = room.mail()
    id = next(iter(room.store.hits(Query()))).stored.id
    assert expected(told) == [f"seen · A joint text · 14 Jan · {id[:6]}"]
    assert told.news == ("seen: A joint text",)
    assert expected(room.mail(NOW + DAY)) == []


def test_a_visit_that_was_expected_is_seen_when_it_has_begun(room: Newsroom) -> None:
    room.expecting = (Watchlist(id="next", expects=(RETURN,)),)
    room.learn(PLAN)
    assert expected(room.mail()) == ["open · The return visit · by 30 Jun"]
    room.learn("Takaichi arrives in Andong on Jan. 16 for visit to South Korea", at=NOW + DAY)
    (line,) = expected(room.mail(NOW + DAY))
    assert line.startswith("seen · The return visit · ")
    assert expected(room.mail(NOW + 2 * DAY)) == []


def test_what_others_expect_is_not_told(room: Newsroom) -> None:
    room.expecting = (Watchlist(id="next", expects=(JOINT,)),)
    room.settings = replace(MORNING, watchlists=("trade",))
    assert room.further() == Further()


# --- wording


def history(room: Newsroom, *, days: int = 60, number: int = 40) -> None:
    """Enough text of before, all of it known at the last digest."""
    at = NOW - days * DAY
    room.tell(
        [
            item(f"Fisheries talks went on in room {n}", feed="wire", uid=f"past {n}", published=at)
            for n in range(number)
        ],
        at,
    )
    room.mail(NOW - DAY)


def said(further: Further) -> list[str]:
    return [line.rpartition(" · ")[0] for line in lines(further, "Wording")]


def test_a_formula_that_is_new_is_told_once(room: Newsroom) -> None:
    history(room)
    room.learn("After talks, ties with Japan enter a new phase", feed="ministry")
    assert said(room.mail()) == ["new · new phase · first by The ministry"]
    room.learn("More talks with Japan in the new phase", feed="ministry", at=NOW + DAY)
    assert said(room.mail(NOW + DAY)) == []


def test_a_formula_that_comes_late_is_new_all_the_same(room: Newsroom) -> None:
    history(room)
    late = item(
        "After talks with Japan, a new phase", feed="ministry", uid="l", published=NOW - 5 * DAY
    )
    room.tell([late])
    assert len(said(room.mail())) == 1


def test_of_too_little_text_nothing_is_said(room: Newsroom) -> None:
    history(room, number=5)
    room.learn("After talks, ties with Japan enter a new phase", feed="ministry")
    assert room.further() == Further()


def test_a_word_that_is_softened_is_told_once(room: Newsroom) -> None:
    history(room)
    north = "talks seek the complete denuclearization of"
    room.learn(f"Leaders tell Japan that {north} North Korea", at=NOW - 3 * DAY, feed="ministry")
    room.mail(NOW - DAY)
    room.learn(f"Leaders tell Japan that {north} the Korean Peninsula", feed="ministry")
    (line,) = [line for line in said(room.mail()) if "→" in line]
    assert line.startswith("softened · ")
    assert line.endswith(" · The ministry")
    room.learn("Fisheries talks went on", at=NOW + DAY)
    assert said(room.mail(NOW + DAY)) == []


def joint(day: int, north: str) -> Item:
    lights = " ".join(f"They agreed to light harbour number {n} before winter." for n in range(40))
    return item(
        "Japan-ROK Leaders' Joint Statement",
        feed="ministry",
        uid=f"joint {day}",
        text=f"They reaffirmed the complete denuclearization of {north}. {lights}",
        published=NOW - day * DAY,
    )


def test_a_joint_text_is_told_beside_the_one_before_it_once(room: Newsroom) -> None:
    room.tell([joint(40, "the DPRK")], NOW - 40 * DAY)
    room.mail(NOW - DAY)
    room.tell([joint(0, "the Korean Peninsula")])
    room.learn("After talks, the leaders part", feed="ministry")
    told = [line for line in said(room.mail()) if line.startswith("statement")]
    assert len(told) == 1
    assert (
        "Joint Statement · 2025-12-06 → Japan-ROK Leaders' Joint Statement · 2026-01-15" in told[0]
    )
    assert "softened 1: They reaffirmed the complete denuclearization of the Korean" in told[0]
    room.learn("Harbour talks went on", at=NOW + DAY)
    assert said(room.mail(NOW + DAY)) == []


def test_a_formula_that_was_common_is_gone_after_thirty_days_and_that_is_told_once(
    room: Newsroom,
) -> None:
    history(room)
    used = NOW - 30 * DAY + timedelta(hours=1)
    titles = [f"After talks: no economic coercion, part {n}" for n in range(30)]
    room.tell([item(one, feed="wire", uid=one, published=used) for one in titles], used)
    calm = [f"Harbour talks, part {n}" for n in range(40)]
    room.tell([item(one, feed="wire", uid=one, published=NOW) for one in calm])
    assert said(room.mail()) == []
    room.learn("Fisheries talks went on today", at=NOW + DAY)
    assert said(room.mail(NOW + DAY)) == ["gone · economic coercion · last used Tue 16 Dec 2025"]
    room.learn("Fisheries talks went on and on", at=NOW + 2 * DAY)
    assert said(room.mail(NOW + 2 * DAY)) == []


# --- the mail


def test_the_same_choice_gives_the_same_words(room: Newsroom) -> None:
    history(room)
    room.expecting = (Watchlist(id="next", expects=(JOINT, RETURN)),)
    room.learn(PLAN, "After talks, ties with Japan enter a new phase", feed="ministry")
    choice = room.choice()
    first, second = (room.read(choice) for _ in "12")
    assert first == second
    told = [one.title for one in (*first.blocks, *first.wording) if isinstance(one, Table)]
    assert told == ["Expected", "Visits that changed", "Wording"]


def test_what_was_read_is_not_read_again_until_something_new_is_stored(room: Newsroom) -> None:
    room.learn(PLAN)
    reader = contents_of(room)
    first = reader(room.choice(), MORNING)
    assert reader(room.choice(), MORNING) is first
    assert reader(room.choice(), replace(MORNING, language="ko")) != first
    room.learn("Macron arrives in Beijing")
    assert len(visits(reader(room.choice(), MORNING).further)) == 2


def test_a_mail_without_stories_says_in_its_subject_why_it_comes(room: Newsroom) -> None:
    room.learn(PLAN)
    digest = digest_of(room.choice(), MORNING, desk_of(room))
    assert digest.subject == "○ planned: Takaichi (Japan) → South Korea"
    text = render_text(digest, UTC)
    assert text.startswith("No new stories since Wed 14 Jan 03:00 · times in UTC\n")
    assert "Visits that changed\n-------------------\n- ○ new: planned · Takaichi" in text
    assert "sigtrack report" not in text
    assert "  sigtrack visits --since 2026-01-15\n" in text


@pytest.mark.parametrize(
    ("language", "who"), [("ko", "다카이치"), ("ja", "高市早苗"), ("zh", "高市早苗")]
)
def test_no_line_of_further_is_wider_than_76_cells(room: Newsroom, language: str, who: str) -> None:
    room.settings = replace(MORNING, language=language)  # type: ignore[arg-type]
    room.expecting = (Watchlist(id="next", expects=(replace(JOINT, title="공동" * 60), RETURN)),)
    room.learn("高市首相、韓国・安東を訪問へ", "Takaichi to make state visit to Canada", PLAN)
    digest = digest_of(room.choice(), room.settings, desk_of(room))
    text = render_text(digest, UTC)
    assert who in text and "Takaichi" not in text.replace(PLAN, "")
    body = [line for line in text.splitlines() if not line.startswith("  sigtrack")]
    assert max(map(cells_wide, body)) <= 76


def test_hostile_words_in_a_place_are_escaped(room: Newsroom) -> None:
    hostile = "<img src=x onerror=1>\r\n\x1b[31mBcc: x"
    room.actors["harm"] = Actor(id="harm", kind="venue", country="KR", names=(hostile, "Andong"))
    del room.actors["andong"]
    room.learn("Takaichi arrives in Andong for visit to South Korea")
    digest = digest_of(room.choice(), MORNING, desk_of(room))
    html, text = render_html(digest, UTC), render_text(digest, UTC)
    assert "&lt;img src=x onerror=1&gt;" in html
    assert "<img" not in html
    assert "\x1b" not in text and "\nBcc" not in text
    assert any("<img src=x onerror=1>" in line for line in text.splitlines())


def desk_of(room: Newsroom) -> Desk:
    return Desk(zone=UTC, headings=Headings(watchlists={}), contents=contents_of(room))


def contents_of(room: Newsroom) -> ContentsReader:
    return ContentsReader(room.store, RoomFiles(room))

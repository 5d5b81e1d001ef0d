"""What a digest says of weighed stories, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrack.analyze.weight import Traits
from sigtrack.app.digest.letter import Contents, Desk, digest_of, order_of, subject_of
from sigtrack.app.digest.news import Further
from sigtrack.config import DigestSettings
from sigtrack.lexicon import LANGUAGES
from sigtrack.model import (
    Card,
    Digest,
    Feed,
    FeedState,
    Hit,
    Item,
    LetterSection,
    Note,
    Priority,
    Span,
    StoredItem,
    Table,
    item_id,
)
from sigtrack.present.cells import merged
from sigtrack.speech import Words
from sigtrack.store.interface import DigestChoice, Found, Look
from sigtrack.text.scripts import cells_wide
from sigtrack.views.hits import LONGEST, Headings, headline_of, quote_of
from sigtrack.views.stories import Weighed

NOW = datetime(2026, 1, 15, 6, 30, tzinfo=UTC)
SEOUL = timezone(timedelta(hours=9), "KST")
DESK = Desk(
    zone=SEOUL,
    headings=Headings(watchlists={"trade": "Trade", "visits": "Visits"}),
    signals={("visits", "met"): "Leaders meet"},
    feeds=[Feed(id="wire", url="", title="Hanseong Wire"), Feed(id="post", url="", title="Post")],
    contents=lambda *_: Contents(),
)
MORNING = DigestSettings(name="morning")
NOTHING = Further()


def stored(title: str, *, feed: str = "wire", **more: object) -> StoredItem:
    item = Item(feed=feed, uid=title, title=title, url="https://example.org/a", **more)  # type: ignore[arg-type]
    return StoredItem(id=item_id(feed, title), item=item, first_seen=NOW - timedelta(hours=1))


def found(
    one: StoredItem,
    watchlist: str = "visits",
    *,
    priority: Priority = Priority.NORMAL,
    spans: Sequence[Span] = (),
    signal: str = "met",
) -> Found:
    hit = Hit(
        item=one.id,
        watchlist=watchlist,
        signal=signal,
        priority=priority,
        score=priority.rank,
        spans=tuple(spans),
    )
    return Found(one, hit, 1)


def choice(*hits: Found, last: Look | None = None) -> DigestChoice:
    upto = Look(at=NOW, hit=len(hits), revision=len(hits))
    return DigestChoice(
        digest="morning", number=1, at=NOW, last=last, upto=upto, answers="", found=hits
    )


def story(*hits: Found, before: Sequence[Found] = (), weight: int = 0, who: str = "") -> Weighed:
    """The items of these hits as one, the first as its lead; `weight` beside its priority."""
    items = tuple(dict.fromkeys(one.stored for one in hits))
    best = max((one.hit for one in hits), key=lambda hit: hit.priority.rank)
    return Weighed(
        items=items,
        hits={one.id: [f.hit for f in hits if f.stored is one] for one in items},
        best=best,
        watchlists=tuple(dict.fromkeys((best.watchlist, *(one.hit.watchlist for one in hits)))),
        traits=Traits(priority=best.priority, publishers=2**weight),
        who=who,
        before=tuple(before),
    )


def letter(
    *stories: Weighed,
    last: Look | None = None,
    settings: DigestSettings = MORNING,
    desk: Desk = DESK,
    further: Further = NOTHING,
) -> Digest:
    """The digest of these stories, the heaviest first."""
    stories = tuple(sorted(stories, key=lambda one: -one.weight))
    contents = Contents(stories=stories, further=further)
    told = (
        Found(stored, hit, 1)
        for one in stories
        for stored in one.items
        for hit in one.hits[stored.id]
    )
    return digest_of(
        choice(*told, last=last), settings, replace(desk, contents=lambda *_: contents)
    )


def cards(digest: Digest) -> list[tuple[str, Card]]:
    return [
        (p.title, card) for p in digest.parts if isinstance(p, LetterSection) for card in p.cards
    ]


def test_a_story_is_told_once_and_says_who_else_has_it() -> None:
    items = [stored("Nara"), *(stored(f"Nara {n}", feed=f"feed{n}") for n in range(6))]
    digest = letter(story(*map(found, items)), story(found(stored("Tokyo"))))
    told = [card for _, card in cards(digest)]
    assert [card.headline.text for card in told] == ["Nara", "Tokyo"]
    assert "also feed0, feed1, feed2 and 3 more" in told[0].facts


def test_what_is_new_in_a_known_story_is_told_as_such() -> None:
    known = [found(stored("first")), found(stored("second", feed="post"))]
    again = [found(stored("third", feed="post")), found(stored("fourth", feed="kyodo"))]
    last = Look(at=NOW - timedelta(days=1), hit=2, revision=2)
    ((_, card),) = cards(letter(story(*again, before=known), last=last))
    assert card.headline.text == "third"
    assert card.facts[2:4] == ("told before, +2", "now also kyodo")
    ((_, card),) = cards(letter(story(again[0], before=known), last=last))
    assert card.facts[2:3] == ("told before, +1",)
    assert not any("also" in fact for fact in card.facts)


def test_urgent_is_what_is_urgent_today_and_was_not_told_as_urgent_before() -> None:
    def is_urgent(hours: int, *before: Found) -> bool:
        launch = stored("launch", published=NOW - timedelta(hours=hours))
        digest = letter(story(found(launch, priority=Priority.URGENT), before=before))
        ((_, card),) = cards(digest)
        assert digest.subject.startswith("▲ ") == card.urgent == ("1 urgent" in digest.summary)
        return card.urgent

    assert is_urgent(2)
    assert is_urgent(2, found(stored("plan")))
    assert not is_urgent(30)
    assert not is_urgent(2, found(stored("launch seen"), priority=Priority.URGENT))


def test_the_first_lines_stand_before_visits_and_lists_and_wording_behind_them() -> None:
    further = Further(blocks=(Note(text="a visit"),), wording=(Note(text="a phrase is gone"),))
    stories = [story(found(stored(f"Fort {n}"), "trade")) for n in range(8)]
    digest = letter(*stories, story(found(stored("Nara")), weight=2), further=further)
    first, visits, trade, wording = digest.parts
    assert isinstance(first, LetterSection) and isinstance(trade, LetterSection)
    assert (first.title, len(first.cards)) == ("What weighs most", 7)
    assert first.cards[0].headline.text == "Nara"
    assert (trade.title, len(trade.cards)) == ("Trade", 2)
    assert (visits, wording) == (Note(text="a visit"), Note(text="a phrase is gone"))


def test_lists_stand_with_the_heaviest_first_and_a_story_under_its_best() -> None:
    stories = [story(found(stored(f"Fort {n}"), "forts"), weight=9) for n in range(7)]
    one, other = stored("Nara"), stored("Fair")
    both = (found(one, "trade"), found(one, "visits", priority=Priority.HIGH))
    digest = letter(*stories, story(*both), story(found(other, "trade")))
    below = cards(digest)[7:]
    assert [(title, card.headline.text) for title, card in below] == [
        ("Visits", "Nara"),
        ("Trade", "Fair"),
    ]
    assert below[0][1].why == "Why: Leaders meet · also in: Trade"


def test_why_says_who_one_reason_and_the_lists_without_files_and_lines() -> None:
    one = stored("Nara")
    hits = (found(one, priority=Priority.HIGH), found(one, "trade"))
    ((_, card),) = cards(letter(story(*hits, who="Lee Jae Myung → Japan: Nara")))
    assert card.why == "Why: Lee Jae Myung → Japan: Nara · Leaders meet · Visits; Trade"
    ((_, card),) = cards(letter(replace(story(*hits), expected="A text after Nara")))
    assert card.why == "Why: expected: A text after Nara · Visits; Trade"


def test_all_silent_feeds_are_counted_and_eight_of_them_named() -> None:
    feeds = [Feed(id=f"feed{n}", url="") for n in range(12)]
    since = NOW - timedelta(days=3)
    silent = {one.id: FeedState(feed=one.id, failing_since=since) for one in feeds[2:]}
    desk = replace(DESK, feeds=feeds, states=silent)
    assert digest_of(choice(), MORNING, desk).summary.endswith("2 feeds answer, 10 do not.")
    (table,) = (
        one for one in letter(story(found(stored("x"))), desk=desk).parts
        if isinstance(one, Table)
    )  # fmt: skip
    assert (table.title, len(table.rows), table.caption) == ("Not heard from", 8, "2 more")


@pytest.mark.parametrize(
    ("published", "says"),
    [
        (datetime(2026, 1, 14, 23, tzinfo=UTC), "Thu 15 Jan 08:00"),
        (datetime(2026, 1, 10, 3, tzinfo=UTC), "published Sat 10 Jan, seen only now"),
        (datetime(2025, 1, 10, 3, tzinfo=UTC), "published Fri 10 Jan 2025, seen only now"),
        (None, "undated, seen Thu 15 Jan 14:30"),
        (datetime(2036, 1, 10, 3, tzinfo=UTC), "undated, seen Thu 15 Jan 14:30"),  # in the future
    ],
)
def test_times_are_local_and_late_items_are_marked(published: datetime | None, says: str) -> None:
    last = Look(at=NOW - timedelta(days=1), hit=0, revision=0)
    digest = letter(story(found(stored("a", published=published))), last=last)
    assert cards(digest)[0][1].facts[:2] == ("Hanseong Wire", says)


def test_an_old_item_that_an_edited_watchlist_matches_is_not_called_seen_only_now() -> None:
    published = datetime(2026, 1, 10, 3, tzinfo=UTC)
    old = replace(stored("a", published=published), first_seen=published + timedelta(hours=1))
    last = Look(at=NOW - timedelta(days=1), hit=0, revision=0)
    digest = letter(story(found(old)), last=last)
    assert "published Sat 10 Jan, new by an edited watchlist" in cards(digest)[0][1].facts


def test_what_an_edited_watchlist_finds_in_the_past_pushes_no_news_away() -> None:
    published = datetime(2026, 1, 10, 3, tzinfo=UTC)
    old = replace(stored("a", published=published), first_seen=published + timedelta(hours=1))
    new = stored("b", published=NOW - timedelta(hours=2))
    last = Look(at=NOW - timedelta(days=1), hit=0, revision=0)
    stories = (
        story(found(old, priority=Priority.URGENT)),
        story(found(new, priority=Priority.LOW)),
    )
    digest = letter(*stories, last=last, settings=replace(MORNING, limit=1))
    ((_, card),) = cards(digest)
    assert card.headline.text == new.item.title and not card.urgent
    assert Note(text="And 1 more.") in digest.parts


def test_days_are_said_as_people_write_them() -> None:
    moment = datetime(2025, 12, 30, 3, tzinfo=UTC)
    said = {language: Words(language, now=NOW, zone=SEOUL).time(moment) for language in LANGUAGES}
    assert said == {
        "en": "Tue 30 Dec 2025 12:00",
        "ko": "2025년 12월 30일(화) 12:00",
        "ja": "2025年12月30日（火） 12:00",
        "zh": "2025年12月30日（周二） 12:00",
    }


def test_the_ends_of_the_calendar_have_a_time_too() -> None:
    for moment in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        assert Words("en", now=NOW, zone=SEOUL).time(moment)


def test_the_subject_prefers_the_language_of_the_readers_among_equals() -> None:
    stories = [
        story(found(stored(t, language=tag))) for t, tag in [("奈良で", "ja"), ("나라에서", "ko")]
    ]
    for language, says in (("ko", "나라에서 (+1)"), ("ja", "奈良で (+1)"), ("en", "奈良で (+1)")):
        assert letter(*stories, settings=replace(MORNING, language=language)).subject == says  # type: ignore[arg-type]


titles = st.text(st.sampled_from("ab c「」韓国한국、.…👩‍👩"), min_size=1, max_size=120)


@given(st.lists(titles, min_size=1, max_size=4), st.sampled_from(Priority))
def test_a_subject_is_at_most_78_cells(texts: list[str], priority: Priority) -> None:
    stories = [story(found(stored(text), priority=priority)) for text in texts]
    front = order_of(stories, None, 30)
    assert cells_wide(subject_of(choice(), stories, front, "en")) <= 78


@given(st.data(), st.text(st.sampled_from("ab .。!\n韓국"), max_size=900))
def test_a_quote_marks_the_words_that_matched_and_nothing_else(
    data: st.DataObject, text: str
) -> None:
    places = st.tuples(st.integers(0, max(len(text) - 1, 0)), st.integers(1, 9))
    ranges = data.draw(st.lists(places, max_size=4)) if text.strip() else []
    spans = [
        Span(field="text", start=a, end=min(a + n, len(text)), term=str(k))
        for k, (a, n) in enumerate(ranges)
    ]
    one = stored("title", text=text)
    hits = [found(one, spans=spans).hit]
    quote = quote_of(one, hits)
    if quote is None:
        return
    assert len(quote.text) <= LONGEST + 4
    bare = quote.text.removeprefix("… ").removesuffix(" …")
    assert bare in text
    matched = {text[s.start : s.end] for s in spans}
    for start, end in merged(quote):
        assert any(
            part in quote.text[start:end] or quote.text[start:end] in part for part in matched
        )


def test_a_quote_that_only_says_the_headline_again_is_left_out() -> None:
    span = Span(field="summary", start=0, end=3, term="Lee")
    one = stored("Lee meets Takaichi", summary="Lee meets Takaichi.")
    hits = [found(one, spans=[span]).hit]
    assert quote_of(one, hits) is None
    other = stored("Leaders meet", summary="Lee meets Takaichi.")
    quote = quote_of(other, hits)
    assert quote is not None
    assert (quote.text, quote.spans) == ("Lee meets Takaichi.", ((0, 3),))


def test_a_headline_marks_a_phrase_as_one_but_not_across_han() -> None:
    def marks(title: str, *words: str) -> list[str]:
        spans = [
            Span(field="title", start=title.index(w), end=title.index(w) + len(w), term=w)
            for w in words
        ]
        shown = headline_of(stored(title), [found(stored(title), spans=spans).hit])
        return [shown.text[a:b] for a, b in shown.spans]

    assert marks("North Korea fires", "North Korea", "fires") == ["North Korea fires"]
    assert marks("ミサイル発射 李大統領", "発射", "李大統領") == ["発射", "李大統領"]

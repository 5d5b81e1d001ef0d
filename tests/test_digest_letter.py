"""What a digest says and in which order; who groups items into stories is an argument."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrack.app.digest_further import Further
from sigtrack.app.digest_letter import Desk, digest_of
from sigtrack.app.digest_stories import stories_of, subject_of
from sigtrack.app.digest_words import Words, said_in
from sigtrack.app.hits import Headings
from sigtrack.app.quotes import LONGEST, headline_of, quote_of
from sigtrack.config import DigestSettings
from sigtrack.lexicon import LANGUAGES
from sigtrack.model import (
    Feed,
    FeedState,
    Hit,
    Item,
    Note,
    Place,
    Priority,
    Span,
    StoredItem,
    Table,
    item_id,
)
from sigtrack.model.letter import Card, Digest, Section
from sigtrack.present.cells import merged
from sigtrack.present.plain import cells_wide
from sigtrack.store import Choice, Found, Look

NOW = datetime(2026, 1, 15, 6, 30, tzinfo=UTC)
SEOUL = timezone(timedelta(hours=9), "KST")
DESK = Desk(
    zone=SEOUL,
    headings=Headings(watchlists={"trade": "Trade", "visits": "Visits"}),
    signals={("visits", "met"): "Leaders meet"},
    feeds=[Feed(id="wire", url="", title="Hanseong Wire"), Feed(id="post", url="", title="Post")],
)
MORNING = DigestSettings(name="morning")


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


def choice(*hits: Found, last: Look | None = None) -> Choice:
    upto = Look(at=NOW, hit=len(hits), revision=len(hits))
    return Choice(digest="morning", number=1, at=NOW, last=last, upto=upto, answers="", found=hits)


def cards(digest: Digest) -> list[tuple[str, Card]]:
    return [(p.title, card) for p in digest.parts if isinstance(p, Section) for card in p.cards]


def by_first_word(items: Sequence[StoredItem]) -> Iterable[Sequence[StoredItem]]:
    groups: dict[str, list[StoredItem]] = {}
    for one in items:
        groups.setdefault(one.item.title.split()[0], []).append(one)
    return groups.values()


def test_a_story_is_told_once_and_says_who_else_has_it() -> None:
    items = [
        stored("Nara one"),
        *(stored(f"Nara {n}", feed=f"feed{n}") for n in range(6)),
        stored("Tokyo"),
    ]
    digest = digest_of(choice(*map(found, items)), MORNING, replace(DESK, group=by_first_word))
    told = [card for _, card in cards(digest)]
    assert {card.headline.text for card in told} == {"Nara one", "Tokyo"}
    (nara,) = [card for card in told if card.headline.text == "Nara one"]
    assert "also feed0, feed1, feed2 and 3 more" in nara.facts


def test_a_story_is_as_important_as_its_most_important_item() -> None:
    items = [found(stored("Nara one")), found(stored("Nara two"), priority=Priority.URGENT)]
    digest = digest_of(choice(*items), MORNING, replace(DESK, group=by_first_word))
    (first, *_) = digest.parts
    assert isinstance(first, Section)
    assert first.urgent
    assert digest.subject.startswith("▲ ")


def test_an_item_of_two_watchlists_stands_under_the_more_important_one() -> None:
    one = stored("Nara")
    hits = (found(one, "trade"), found(one, "visits", priority=Priority.HIGH))
    assert [title for title, _ in cards(digest_of(choice(*hits), MORNING, DESK))] == ["Visits"]


def test_watchlists_stand_in_their_own_order_whatever_came_first() -> None:
    hits = (found(stored("a"), "visits", priority=Priority.HIGH), found(stored("b"), "trade"))
    digest = digest_of(choice(*hits), MORNING, DESK)
    assert [title for title, _ in cards(digest)] == ["Trade", "Visits"]


def test_further_blocks_stand_behind_the_stories() -> None:
    desk = replace(DESK, further=lambda *_: Further(blocks=(Note(text="a phrase is gone"),)))
    digest = digest_of(choice(found(stored("a"))), MORNING, desk)
    assert digest.parts[-1] == Note(text="a phrase is gone")


def test_all_silent_feeds_are_counted_and_eight_of_them_named() -> None:
    feeds = [Feed(id=f"feed{n}", url="") for n in range(12)]
    since = NOW - timedelta(days=3)
    silent = {one.id: FeedState(feed=one.id, failing_since=since) for one in feeds[2:]}
    desk = replace(DESK, feeds=feeds, states=silent)
    assert digest_of(choice(), MORNING, desk).summary.endswith("2 feeds answer, 10 do not.")
    (table,) = (
        one for one in digest_of(choice(found(stored("x"))), MORNING, desk).parts
        if isinstance(one, Table)
    )  # fmt: skip
    assert (table.title, len(table.rows), table.caption) == ("Not heard from", 8, "And 2 more.")


def test_why_names_signals_and_the_line_that_can_be_looked_up() -> None:
    spans = (
        Span(field="title", start=0, end=1, term="a", place=Place(path="/x/_shared.toml", line=1)),
        Span(field="title", start=1, end=2, term="b", place=Place(path="/x/visits.toml", line=7)),
    )
    digest = digest_of(choice(found(stored("ab"), spans=spans)), MORNING, DESK)
    assert cards(digest)[0][1].why == "Why: Leaders meet [visits.toml:7]"


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
    digest = digest_of(choice(found(stored("a", published=published)), last=last), MORNING, DESK)
    assert cards(digest)[0][1].facts[:2] == ("Hanseong Wire", says)


def test_an_old_item_that_an_edited_watchlist_matches_is_not_called_seen_only_now() -> None:
    published = datetime(2026, 1, 10, 3, tzinfo=UTC)
    old = replace(stored("a", published=published), first_seen=published + timedelta(hours=1))
    last = Look(at=NOW - timedelta(days=1), hit=0, revision=0)
    digest = digest_of(choice(found(old), last=last), MORNING, DESK)
    assert "published Sat 10 Jan, new by an edited watchlist" in cards(digest)[0][1].facts


def test_what_an_edited_watchlist_finds_in_the_past_pushes_no_news_away() -> None:
    published = datetime(2026, 1, 10, 3, tzinfo=UTC)
    old = replace(stored("a", published=published), first_seen=published + timedelta(hours=1))
    new = stored("b", published=NOW - timedelta(hours=2))
    last = Look(at=NOW - timedelta(days=1), hit=0, revision=0)
    urgent, low = (found(old, priority=Priority.URGENT), found(new, priority=Priority.LOW))
    digest = digest_of(choice(urgent, low, last=last), replace(MORNING, limit=1), DESK)
    ((_, card),) = cards(digest)
    assert card.headline.text == new.item.title and not card.urgent
    assert Note(text="And 1 more.") in digest.parts


@pytest.mark.parametrize("language", ["en", "ko", "ja", "zh"])
def test_every_language_has_every_sentence_with_the_same_values(language: str) -> None:
    def values(sentence: str) -> set[str]:
        return {part.partition("}")[0] for part in sentence.split("{")[1:]}

    for table in ("sentences", "dates"):
        said, english = said_in(language)[table], said_in("en")[table]
        assert list(said) == list(english)
        for name, sentence in english.items():
            assert values(said[name]) == values(sentence), name


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
    hits = [found(stored(t, language=tag)) for t, tag in [("奈良で", "ja"), ("나라에서", "ko")]]
    stories = stories_of(choice(*hits), lambda items: [(one,) for one in items])
    assert subject_of(stories, "ko") == "나라에서 (+1)"
    assert subject_of(stories, "ja") == "奈良で (+1)"


titles = st.text(st.sampled_from("ab c「」韓国한국、.…👩‍👩"), min_size=1, max_size=120)


@given(st.lists(titles, min_size=1, max_size=4), st.sampled_from(Priority))
def test_a_subject_is_at_most_78_cells(texts: list[str], priority: Priority) -> None:
    hits = [found(stored(text), priority=priority) for text in texts]
    stories = stories_of(choice(*hits), lambda items: [(one,) for one in items])
    assert cells_wide(subject_of(stories, "en")) <= 78


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

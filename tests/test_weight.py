"""What a story weighs, and which few stories stand first: the laws, and real words read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sigtrack.analyze.weight import (
    FRONT,
    Traits,
    heaviest,
    light_below,
    parts_of,
    weight_of,
    worth_first,
)
from sigtrack.app.rules import Rules, shipped_rules
from sigtrack.app.stories import Headlines
from sigtrack.app.weights import Scales, best_by_watchlist
from sigtrack.lexicon import shipped_lexicon
from sigtrack.model import Hit, Item, Priority, Rank, Role, Span, StoredItem, Story
from sigtrack.store import open_store
from sigtrack.store.interface import Found, Query
from sigtrack.store.sql import Store
from sigtrack.views.stories import Weighed, front_of
from sigtrack.watch.catalogues import load_topics
from stored import hit, poll
from stored import item as item_of

JANUARY = datetime(2026, 1, 13, 3, tzinfo=UTC)

traits = st.builds(
    Traits,
    priority=st.sampled_from(Priority),
    idle=st.booleans(),
    watchlists=st.integers(1, 9),
    rank=st.none() | st.sampled_from(Rank),
    governments=st.integers(0, 5),
    at_home=st.integers(0, 5),
    items=st.integers(1, 200),
    publishers=st.integers(1, 200),
    languages=st.integers(1, 6),
    official=st.booleans(),
    expected=st.booleans(),
    comment=st.booleans(),
    business=st.booleans(),
)
subjects = st.frozensets(st.sampled_from("abcdefgh"), max_size=5)
fronts = st.lists(st.tuples(st.integers(-4, 20), subjects), max_size=20)


def weight(one: Traits) -> int:
    return weight_of(one)


# --- the weight


@given(traits)
def test_a_weight_is_the_sum_of_parts_that_each_say_what_for(one: Traits) -> None:
    parts = parts_of(one)
    assert weight(one) == sum(part.points for part in parts)
    assert all(part.points and part.what for part in parts)
    assert len({part.what for part in parts}) == len(parts)


@given(traits)
def test_no_story_weighs_less_for_more_that_speaks_for_it(one: Traits) -> None:
    more = (
        replace(one, priority=Priority.URGENT),
        replace(one, watchlists=one.watchlists + 1),
        replace(one, rank=Rank.LEADER),
        replace(one, governments=one.governments + 1),
        replace(one, at_home=one.at_home + 1),
        replace(one, items=one.items + 1),
        replace(one, publishers=one.publishers + 1),
        replace(one, languages=one.languages + 1),
        replace(one, official=True),
        replace(one, expected=True),
    )
    assert all(weight(better) >= weight(one) for better in more)
    assert weight(replace(one, comment=True)) <= weight(one)
    assert weight(replace(one, business=True)) <= weight(one)
    assert weight(replace(one, idle=True)) <= weight(one)


@pytest.mark.parametrize(
    ("lighter", "heavier"),
    [
        ({}, {"rank": Rank.MINISTER}),
        ({"rank": Rank.MINISTER}, {"rank": Rank.LEADER}),
        ({}, {"governments": 2}),
        ({}, {"at_home": 1}),
        ({"at_home": 1}, {"at_home": 2}),
        ({}, {"publishers": 2}),
        ({}, {"items": 2}),
        ({"publishers": 2}, {"publishers": 2, "languages": 2}),
        ({}, {"watchlists": 2}),
        ({}, {"official": True}),
        ({}, {"expected": True}),
        ({"comment": True}, {}),
        ({"business": True}, {}),
        ({"idle": True}, {}),
    ],
)
def test_each_part_counts(lighter: dict[str, object], heavier: dict[str, object]) -> None:
    plain = Traits(priority=Priority.NORMAL)
    assert weight(replace(plain, **lighter)) < weight(replace(plain, **heavier))  # type: ignore[arg-type]


def test_eighty_copies_do_not_outweigh_everything() -> None:
    copied = Traits(priority=Priority.LOW, publishers=80, items=80)
    leaders = Traits(
        priority=Priority.URGENT,
        rank=Rank.LEADER,
        governments=2,
        at_home=2,
        watchlists=3,
        publishers=4,
        items=4,
    )
    assert weight(copied) < weight(leaders)


# --- what stands first


@given(fronts)
def test_the_first_lines_are_few_distinct_and_begin_with_the_heaviest(
    stories: list[tuple[int, frozenset[str]]],
) -> None:
    places = heaviest(stories)
    assert len(places) == min(FRONT, len(stories)) == len(set(places))
    if places:
        assert stories[places[0]][0] == max(weight for weight, _ in stories)


@given(st.lists(st.integers(-4, 20), max_size=12))
def test_stories_that_have_nothing_in_common_stand_in_order_of_weight(weights: list[int]) -> None:
    stories = [(weight, frozenset((str(place),))) for place, weight in enumerate(weights)]
    shown = [weights[place] for place in heaviest(stories)]
    assert shown == sorted(weights, reverse=True)[:FRONT]


def test_what_is_about_the_same_as_a_line_above_gives_way_to_another_matter() -> None:
    launch = frozenset(("KP", "act:launch", "thing:missile"))
    pact = frozenset(("JP", "PH", "act:sign"))
    stories = [(12, launch), (11, launch), (11, launch), (8, pact)]
    assert heaviest(stories, 3) == (0, 1, 3)
    assert heaviest(stories, 4) == (0, 1, 3, 2)


def _told(priority: Priority, *subjects: str, publishers: int = 1, at_home: int = 1) -> Traits:
    return Traits(
        priority=priority,
        governments=2,
        at_home=at_home,
        publishers=publishers,
        subjects=frozenset(subjects),
    )


def test_a_thin_day_has_fewer_first_lines_and_lists_without_names_do_not() -> None:
    heavy = [_told(Priority.URGENT, word) for word in ("ice", "oil", "tin", "rye", "tea")]
    thin = [_told(Priority.LOW, word) for word in ("fog", "mud")]
    day = [*heavy[:2], *thin, heavy[2], thin[0]]
    assert worth_first(day, range(6)) == (0, 1, 2, 4)  # the third line stands however light
    nobody = [Traits(priority=Priority.LOW, idle=True, subjects=frozenset(("forts/manned",)))] * 7
    assert worth_first(nobody, range(7)) == tuple(range(7))
    assert worth_first([], ()) == ()


def test_a_first_line_below_the_third_is_no_aside_and_always_what_the_reader_marked() -> None:
    near = [_told(Priority.URGENT, word) for word in ("ice", "oil", "tin")]
    far = _told(Priority.NORMAL, "rye", at_home=0)
    comment = replace(_told(Priority.URGENT, "tea"), comment=True)
    reported = _told(Priority.NORMAL, "hay", publishers=3, at_home=0)
    high = _told(Priority.HIGH, "fir", at_home=0)
    day = [*near, far, comment, reported, high]
    assert worth_first(day, range(7)) == (0, 1, 2, 5, 6)
    assert worth_first(day, range(7), kept=(4,)) == (0, 1, 2, 4, 5, 6)
    elsewhere = [_told(Priority.NORMAL, word, at_home=0) for word in ("ice", "oil", "tin", "rye")]
    assert worth_first(elsewhere, range(4)) == (0, 1, 2, 3)  # the desk has no news of its own


def test_one_paper_s_word_on_a_journey_that_stands_above_is_no_first_line() -> None:
    arrival = _told(Priority.HIGH, "lee", "takaichi", "KR>JP", "act:arrive", publishers=2)
    again = _told(Priority.HIGH, "lee", "KR>JP", "act:attend", "thing:drum")
    other = _told(Priority.HIGH, "lee", "takaichi", "thing:strait", "act:agree")
    day = [arrival, again, other]
    assert worth_first(day, range(3)) == (0, 2)
    assert worth_first([arrival, replace(again, publishers=2), other], range(3)) == (0, 1, 2)


@given(st.lists(st.builds(replace, traits, subjects=subjects), max_size=7), st.data())
def test_the_heaviest_is_always_a_first_line_and_none_is_added(
    stories: list[Traits], data: st.DataObject
) -> None:
    places = range(len(stories))
    chosen = data.draw(st.permutations(places))
    kept = data.draw(st.frozensets(st.sampled_from(places), max_size=3)) if stories else frozenset()
    shown = worth_first(stories, chosen, kept)
    assert kept <= {*shown} <= {*chosen}
    assert list(shown) == [place for place in chosen if place in shown]
    assert shown[:1] == tuple(chosen[:1])


@given(st.lists(st.integers(0, 20), min_size=1, max_size=20))
@example([40] + [12] * (FRONT - 1) + [6, 5])
@example([20] * FRONT + [7, 6])
def test_light_is_what_has_little_beside_the_first_lines_or_on_any_day(weights: list[int]) -> None:
    weights.sort(reverse=True)
    stories = [(weight, frozenset((str(place),))) for place, weight in enumerate(weights)]
    first = heaviest(stories)
    below = set(range(len(stories))).difference(first)
    middle = sorted(weights[place] for place in first)[len(first) // 2]
    light = {place for place in below if weights[place] < min(max(4.5, 0.45 * middle), 7)}
    assert light_below(stories, first) == light


def test_a_repeat_of_a_line_above_is_light_and_another_matter_is_not() -> None:
    launch = frozenset(("KP", "act:launch", "thing:missile"))
    pact = frozenset(("JP", "PH", "act:sign"))
    stories = [(12, launch), (11, launch), (11, launch), (7, launch), (7, pact), (6, pact)]
    assert light_below(stories, (0, 1, 2)) == {3, 5}
    assert light_below(stories, (0,)) == {1, 2, 3, 5}
    assert light_below([], ()) == frozenset()


def test_a_story_repeats_another_if_it_adds_only_what_many_stories_tell() -> None:
    everywhere = [(8, frozenset(("CN", "US", f"{n}"))) for n in range(8)]
    abroad = [(8, frozenset(("JP", "RU", f"{n}"))) for n in range(8, 16)]
    summit = frozenset(("CN", "US", "act:meet", "place:nara"))
    again, further = frozenset(("JP", "RU", "act:meet")), frozenset(("CN", "US", "thing:soy"))
    stories = [(12, summit), (9, again), (9, further), *everywhere, *abroad]
    assert light_below(stories, (0,)) & {1, 2} == {1}


def test_what_several_first_lines_tell_in_part_is_light() -> None:
    lines = [(20, frozenset(some)) for some in ("abc", "bcd", "cde", "dea", "eab")]
    told = (18, frozenset("abcdex"))
    assert light_below([*lines, told], range(5)) == {5}
    assert light_below([lines[0], lines[2], told], range(2)) == frozenset()


def test_signals_are_half_of_what_a_name_is_when_stories_are_compared() -> None:
    line = frozenset(("KP", "KR", "act:meet", "visits/pair"))
    others = [(9, frozenset((f"{n}", f"x/{n}"))) for n in range(3)]
    signals = [(9, line), (8, line - {"visits/pair"} | {"visits/read", "visits/host"}), *others]
    names = [(9, line), (8, line - {"act:meet"} | {"act:sign", "act:call"}), *others]
    assert light_below(signals, (0,)) == {1}
    assert light_below(names, (0,)) == frozenset()


@given(fronts, st.data())
def test_what_gives_way_is_the_lighter_the_more_lines_above_tell_of_it(
    stories: list[tuple[int, frozenset[str]]], data: st.DataObject
) -> None:
    """The slow obvious way: each place is the best of those left, by what stands above it."""
    chosen = heaviest(stories, data.draw(st.integers(0, 9)))

    def left_of(place: int, above: Sequence[int]) -> float:
        weight, subjects = stories[place]
        shared = sum(len(subjects & stories[one][1]) for one in above)
        return weight - 2.5 * shared / len(subjects) if subjects else weight

    for n, place in enumerate(chosen):
        others = set(range(len(stories))) - {*chosen[:n]}
        best = max(left_of(one, chosen[:n]) for one in others)
        assert left_of(place, chosen[:n]) == pytest.approx(best)


def test_a_list_stands_where_its_first_shown_line_does(store: Store) -> None:
    poll(store, [item_of("Fog over the harbour")], JANUARY)
    (stored,) = _stored(store)

    def story(watchlist: str, publishers: int, subject: str) -> Weighed:
        traits = Traits(
            priority=Priority.NORMAL, publishers=publishers, subjects=frozenset((subject,))
        )
        return story_on(stored, traits, watchlist)

    first = [story("talks", 9, str(n)) for n in range(FRONT)]
    front = front_of([*first, story("trade", 4, "duties"), story("talks", 1, "fog")])
    assert [one.is_light for one in front.stories] == [*[False] * FRONT, False, True]
    assert list(front.lists) == ["trade", "talks"]


@pytest.mark.parametrize(
    ("lines", "below", "is_light"),
    [
        ({"at_home": 1}, {"at_home": 1, "comment": True, "publishers": 2}, True),
        ({"at_home": 1}, {"at_home": 1}, False),
        ({"at_home": 1}, {}, True),
        ({"at_home": 1}, {"publishers": 2}, False),
        ({}, {}, False),  # a desk of which nothing is told today
        ({"at_home": 1}, {"priority": Priority.HIGH}, False),
        ({"at_home": 1}, {"governments": 0}, False),  # it names no country, and so no far one
    ],
)
def test_below_the_first_lines_comments_and_what_one_paper_tells_of_far_lands_are_light(
    store: Store, lines: dict[str, Any], below: dict[str, Any], is_light: bool
) -> None:
    poll(store, [item_of("Fog over the harbour")], JANUARY)
    (stored,) = _stored(store)
    heavy = Traits(priority=Priority.NORMAL, governments=2, rank=Rank.LEADER, watchlists=3)
    stories = [
        story_on(stored, replace(heavy, subjects=frozenset((f"{n}",)), **traits))
        for n, traits in enumerate((*[lines] * FRONT, below))
    ]
    front = front_of(sorted(stories, key=lambda one: -one.weight))
    by_subject = {one.traits.subjects: one for one in front.stories}
    assert by_subject[frozenset((f"{FRONT}",))].is_light == is_light


# --- what is read


@cache
def rules() -> Rules:
    return shipped_rules()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    with open_store(str(tmp_path / "s.db")) as store:
        yield store


def weigh(
    store: Store,
    *items: Item,
    watchlists: Sequence[str] = ("summits",),
    roles: dict[str, Role] | None = None,
    expected: dict[str, str] | None = None,
) -> list[Weighed]:
    """All these items, each hit by all the watchlists."""
    for item in items:
        poll(store, [item], JANUARY)
    stored = _stored(store)
    scales = Scales(
        store,
        actors=rules().actors,
        headlines=Headlines(store, rules),
        roles=roles or {},
        visits=lambda stored: rules().readings.visits(stored.item),
        desk=("KR", "JP"),
        expected=expected,
    )
    found = [
        Found(one, hit(one, watchlist), number)
        for number, (one, watchlist) in enumerate(
            ((one, watchlist) for one in stored for watchlist in watchlists), start=1
        )
    ]
    return scales.weigh(found)


def story_on(stored: StoredItem, traits: Traits, watchlist: str = "talks") -> Weighed:
    found = hit(stored, watchlist)
    return Weighed(
        items=(stored,),
        hits={stored.id: [found]},
        best=found,
        watchlists=(watchlist,),
        traits=traits,
    )


def _stored(store: Store) -> list[StoredItem]:
    return list(store.items(Query()))


def hit_of(signal: str, priority: Priority) -> Hit:
    return Hit(item="x", watchlist=signal, signal=signal, priority=priority, score=1, spans=())


def headline(title: str, feed: str = "paper", lang: str = "en", uid: str = "") -> Item:
    return item_of(title, feed=feed, uid=uid or title, language=lang, published=JANUARY)


def test_leaders_and_governments_are_read_from_headlines_in_four_languages(store: Store) -> None:
    for title, lang in (
        ("Lee Jae Myung phones Takaichi over the missile launch", "en"),
        ("이재명 대통령, 다카이치 총리와 통화…미사일 발사 논의", "ko"),
        ("李在明大統領と高市首相が電話会談", "ja"),
        ("李在明与高市早苗通电话", "zh"),
    ):
        (story, *_) = weigh(store, headline(title, lang=lang, uid=lang))
        assert (story.traits.rank, story.traits.governments) == (Rank.LEADER, 2), title
    assert {"Lee Jae Myung, Takaichi"} == {s.who for s in weigh(store)}


def test_a_visit_is_told_as_who_goes_to_whom(store: Store) -> None:
    (story,) = weigh(store, headline("이재명 대통령, 13일 일본 나라 방문", lang="ko"))
    assert story.who == "Lee Jae Myung → Japan: Nara"


def test_who_is_told_by_the_lead_and_not_by_another_act_of_its_story(store: Store) -> None:
    launch = headline("북한, 동해로 탄도미사일 발사", lang="ko", feed="agency")
    trip = headline("북 미사일 발사…이재명 대통령은 예정대로 중국 방문", lang="ko")
    poll(store, [launch], JANUARY)
    poll(store, [trip], JANUARY)
    ids = [one.id for one in sorted(_stored(store), key=lambda one: one.item.feed)]
    store.save_stories(
        [Story(id=ids[0], lead=ids[0], items=tuple(ids), first=JANUARY, last=JANUARY)]
    )
    (story,) = weigh(store, roles={"agency": Role.AGENCY, "paper": Role.NEWSPAPER})
    assert (story.lead.item.feed, story.who) == ("agency", "North Korea")


def test_the_reason_is_that_of_the_story_and_not_of_one_item_aside() -> None:
    launch, aside = hit_of("launch", Priority.HIGH), hit_of("envoys", Priority.URGENT)
    hits = {"a": [launch], "b": [launch], "c": [launch, aside]}
    assert next(iter(best_by_watchlist(hits, "a").values())) == launch
    assert next(iter(best_by_watchlist(hits, "c").values())) == aside
    half = {"a": [launch], "b": [aside]}
    assert next(iter(best_by_watchlist(half, "a").values())) == aside


def test_a_signal_of_the_headline_explains_it_before_one_of_the_first_lines() -> None:
    meet, arms = hit_of("meet", Priority.NORMAL), hit_of("arms", Priority.HIGH)
    meet = replace(meet, spans=(Span(field="title", start=0, end=4, term="meet"),))
    arms = replace(arms, spans=(Span(field="summary", start=0, end=4, term="arms"),))
    assert next(iter(best_by_watchlist({"a": [arms, meet]}, "a").values())) == meet


def test_what_names_a_country_of_the_desk_weighs_more_than_what_is_far_away(store: Store) -> None:
    stories = weigh(
        store, headline("France, Brazil sign a pact"), headline("Seoul, Brazil sign a pact")
    )
    assert [one.traits.at_home for one in stories] == [1, 0]
    assert stories[0].lead.item.title.startswith("Seoul")


def test_who_held_an_office_long_ago_is_no_leader(store: Store) -> None:
    (story,) = weigh(store, headline("Moon Jae-in opens a bookshop in Yangsan"))
    assert story.traits.rank is None


@pytest.mark.parametrize(
    ("title", "lang", "idle"),
    [
        ("이재명 대통령, 다카이치 총리와 통화", "ko", False),
        ("이재명 “나라는 오랜 이웃의 도시”", "ko", False),
        ("조현, 주한 외교단에 “오랜 이웃의 편”", "ko", False),
        ("“오랜 이웃의 편”… 이재명의 하루", "ko", True),
        ("이재명의 시계와 다카이치의 가방", "ko", True),
        ("Lee Jae Myung: Nara is a city of old neighbours", "en", False),
        ("Nara is a city of old neighbours, Takaichi says", "en", False),
        ("The watch of Lee Jae Myung", "en", True),
        ("特朗普称奈良是座好城市", "zh", False),
        ("高市首相「奈良は隣人の町」", "ja", False),
        ("特朗普的手表", "zh", True),
    ],
)
def test_a_headline_that_neither_acts_nor_quotes_somebody_named_is_idle(
    store: Store, title: str, lang: str, idle: bool
) -> None:
    (story,) = weigh(store, headline(title, lang=lang))
    assert story.traits.idle == idle


@pytest.mark.parametrize(
    ("title", "business"),
    [
        ("Trump warns Samsung of a tariff", False),
        ("Samsung fears a tariff", True),
        ("Samsung fears a tariff of Trump", True),
        ("Seoul says Samsung fears a tariff", True),
        ("Trump fears for Seoul", False),
    ],
)
def test_a_headline_is_about_a_company_unless_it_begins_with_somebody_in_office(
    store: Store, title: str, business: bool
) -> None:
    (story,) = weigh(store, headline(title))
    assert story.traits.business == business


def test_a_journey_is_what_a_story_is_about(store: Store) -> None:
    (story,) = weigh(store, headline("이재명 대통령, 13일 일본 나라 방문", lang="ko"))
    assert "KR>JP" in story.traits.subjects


def test_companies_markets_and_comments_weigh_less(store: Store) -> None:
    stories = weigh(
        store,
        headline("South Korea, Japan agree on tariff talks"),
        headline("Samsung, Japan agree on tariff talks for South Korea"),
        headline("Opinion: South Korea, Japan agree on tariff talks"),
    )
    by_title = {one.lead.item.title.split()[0]: one for one in stories}
    assert by_title["Samsung,"].traits.business and not by_title["South"].traits.business
    assert by_title["Opinion:"].traits.comment and not by_title["South"].traits.comment
    assert stories[0] is by_title["South"]


def test_a_story_counts_all_its_publishers_also_those_without_hits(store: Store) -> None:
    items = [headline("Seoul and Tokyo sign", feed=f"paper{n}") for n in range(4)]
    items.append(headline("韓日が署名", feed="shimbun", lang="ja"))
    for one in items:
        poll(store, [one], JANUARY)
    ids = [one.id for one in _stored(store)]
    store.save_stories(
        [Story(id=ids[0], lead=ids[0], items=tuple(ids), first=JANUARY, last=JANUARY)]
    )
    one = next(stored for stored in _stored(store) if stored.id == ids[0])
    scales = Scales(
        store,
        actors=rules().actors,
        headlines=Headlines(store, rules),
        roles={},
        visits=lambda _: (),
    )
    (story,) = scales.weigh([Found(one, hit(one), 1)])
    assert (story.traits.publishers, story.traits.languages) == (5, 2)
    assert len(story.items) == 1


def test_an_official_publisher_is_one_of_a_government_or_of_governments(store: Store) -> None:
    for role, is_official in ((Role.MINISTRY, True), (Role.IGO, True), (Role.AGENCY, False)):
        (story,) = weigh(store, headline("Readout of the call"), roles={"paper": role})
        assert story.traits.official is is_official


def test_equals_stand_the_latest_first_in_whatever_order_hits_come(store: Store) -> None:
    early = replace(headline("Fog over the harbour"), published=JANUARY.replace(hour=1))
    stories = weigh(store, early, headline("Fog over the bay"))
    assert [one.lead.item.title for one in stories] == ["Fog over the bay", "Fog over the harbour"]


def test_of_equal_weight_the_more_urgent_signal_stands_first(store: Store) -> None:
    fog = replace(headline("Fog over the harbour"), published=JANUARY.replace(hour=1))
    poll(store, [fog, headline("Vietnam and Laos speak of fog")], JANUARY)
    stored = {one.item.title: one for one in _stored(store)}
    scales = Scales(
        store,
        actors=rules().actors,
        headlines=Headlines(store, rules),
        roles={},
        visits=lambda _: (),
    )
    found = [
        Found(stored[title], replace(hit(stored[title]), priority=priority), number)
        for number, (title, priority) in enumerate(
            (("Vietnam and Laos speak of fog", Priority.HIGH), (fog.title, Priority.URGENT)), 1
        )
    ]
    first, second = scales.weigh(found)
    assert first.weight == second.weight
    assert first.lead.item.title == fog.title


def test_business_names_topics_that_there_are() -> None:
    topics = load_topics(shipped_lexicon())
    listed = [
        name for words in shipped_lexicon().topics.section("business").values() for name in words
    ]
    assert {"thing:samsung", "thing:stocks", "act:profit"} <= topics.business
    assert {id.partition(":")[2] for id in topics.business} == set(listed)
    assert topics.business <= topics.actors.keys()

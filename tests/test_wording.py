"""How language changes: counted by story, compared with the past, told with its sentences."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import combinations, count, product
from operator import eq, lt
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import visiting
from sigtrack.analyze.wording import Labels, Wording, measure
from sigtrack.analyze.wording.grams import cuts, key_of, runs
from sigtrack.analyze.wording.reader import WordingReader, vocabulary_of
from sigtrack.analyze.wording.usage import (
    ENOUGH,
    Counts,
    PhraseRow,
    Publisher,
    SaidItem,
    Texts,
    Window,
    chance_of,
    contrast,
    may_count,
)
from sigtrack.app.in_force import Index
from sigtrack.app.readings import ReadingRules
from sigtrack.lexicon import shipped_lexicon
from sigtrack.model import FormulaUse, Item, Role, Span, StoredItem, WordingRead, fingerprint_of
from sigtrack.text.fold import Stems
from sigtrack.watch.catalogues import load_formulary

FORMULARY = load_formulary()
TODAY = datetime(2026, 1, 14, tzinfo=UTC)
WINDOW = Window(since=TODAY - timedelta(days=7))
MINISTRY = Publisher(id="ministry", country="KR", role=Role.MINISTRY)
WIRE = Publisher(id="wire", country="KR", role=Role.AGENCY)
PAPER = Publisher(id="paper", country="JP", role=Role.NEWSPAPER)
COERCION = "economic-coercion"
FILLER = "Talks on fisheries went on in the harbour of number"


@dataclass(frozen=True, kw_only=True)
class Said:
    """An item with what the store knows of it, as tests say it."""

    stored: StoredItem
    publisher: Publisher
    anchors: tuple[Span, ...] | None = None
    is_hit: bool = True

    @property
    def told(self) -> SaidItem:
        stored = self.stored
        return SaidItem(
            id=stored.id,
            number=stored.number,
            revision=stored.revision,
            publisher=self.publisher,
            story=stored.story or stored.item.fingerprint,
            moment=stored.moment,
            said_at=stored.revised_at or stored.moment,
            anchors=self.anchors,
            is_hit=self.is_hit,
        )


NUMBERS = count(1)


def told(
    title: str,
    days_ago: float,
    publisher: Publisher = WIRE,
    *,
    id: str = "",
    story: str | None = None,
    text: str = "",
    anchors: tuple[Span, ...] | None = None,
    language: str = "en",
    is_hit: bool = True,
) -> Said:
    moment = TODAY - timedelta(days=days_ago)
    item = Item(
        feed=publisher.id,
        uid=id or title,
        title=title,
        text=text,
        language=language,
        published=moment,
        fingerprint=fingerprint_of(title, "", text),
    )
    stored = StoredItem(
        id=id or f"{publisher.id} {title}",
        item=item,
        first_seen=moment,
        story=story,
        number=next(NUMBERS),
    )
    return Said(stored=stored, publisher=publisher, anchors=anchors, is_hit=is_hit)


PAST = [told(f"{FILLER} {n}", 30 + n, PAPER) for n in range(40)]


@cache
def gazetteer() -> ReadingRules:
    return ReadingRules(Index(actors=visiting.actors()), shipped_lexicon)


@cache
def reader_of(names: tuple[str, ...]) -> WordingReader:
    vocabulary = vocabulary_of(FORMULARY, names, shipped_lexicon())
    return WordingReader(vocabulary, gazetteer().mentions)


def measured(
    *items: Said,
    past: Sequence[Said] = PAST,
    window: Window = WINDOW,
    names: Sequence[str] = (),
    offices: Sequence[str] = (),
    edits: Sequence[tuple[Said, Said]] = (),
    asked: set[int] | None = None,
    **more: object,
) -> Wording:
    every = {
        one.stored.number: one for one in (*past, *items, *(e for pair in edits for e in pair))
    }
    reader = reader_of(tuple(names))
    read = {number: reader.read(one.stored.item) for number, one in every.items()}
    told = [one.told for one in (*past, *items)]

    def stored_of(one: SaidItem) -> StoredItem:
        if asked is not None:
            asked.add(one.number)
        return every[one.number].stored

    steps = [tuple((one.told, read[one.stored.number][0]) for one in pair) for pair in edits]
    return measure(
        told,
        [(one, read[one.number][0]) for one in told],
        FORMULARY,
        window,
        Texts(stored_of),
        runs=lambda numbers: [(one, read[one.number][1]) for one in told if one.number in numbers],
        labels=lambda: Labels(offices, names),
        edits=steps,
        **more,
    )  # type: ignore[arg-type]


def formula(result: Wording, id: str) -> PhraseRow:
    (row,) = [row for row in result.formulas if row.id == id]
    return row


def said(count: int, *, days_ago: float, publisher: Publisher = WIRE) -> list[Said]:
    """Stories that hold the formula economic-coercion."""
    titles = (f"Economic coercion condemned, part {days_ago} {n}" for n in range(count))
    return [told(title, days_ago, publisher) for title in titles]


# --- changes


def test_the_visit_of_a_secretary_of_state_is_no_state_visit() -> None:
    title = "Japan and President Lee of South Korea prepare for the {} next week"
    both = {
        what: measured(told(title.format(what), 1), told(f"{title.format(what)}, again", 1, PAPER))
        for what in ("state visit", "secretary of state's visit", "Secretary of State’s visit")
    }
    assert {what: [row.id for row in one.formulas] for what, one in both.items()} == {
        "state visit": ["visit-level"],
        "secretary of state's visit": [],
        "Secretary of State’s visit": [],
    }


def test_a_row_names_the_two_governments_of_most_of_its_stories() -> None:
    chinese = [
        told(f"China accuses Japan of economic coercion {n}", 1, [WIRE, PAPER][n % 2])
        for n in range(3)
    ]
    others = [
        told(f"{who} accuse each other of economic coercion", 1)
        for who in ("US and India", "Japan and Russia")
    ]
    assert formula(measured(*chinese, others[0]), "economic-coercion").between == ("CN", "JP")
    assert formula(measured(chinese[0], *others), "economic-coercion").between == ()
    assert formula(measured(*said(2, days_ago=1)), "economic-coercion").between == ()


def test_a_formula_that_two_publishers_say_for_the_first_time_is_new() -> None:
    result = measured(
        told("Ties of Seoul and Beijing enter new phase", 1),
        told("New phase in ties between Japan and China", 1, PAPER),
    )
    row = formula(result, "new-phase")
    assert (row.change, row.phrase, row.count) == ("new", "new phase", 2)
    assert (row.now.stories, row.now.of, row.before.stories) == (2, 2, 0)
    assert [one.id for one in row.publishers] == ["paper", "wire"]


def test_an_official_source_alone_makes_a_formula_new_and_a_paper_alone_does_not() -> None:
    assert formula(measured(*said(1, days_ago=1, publisher=MINISTRY)), COERCION).change == "new"
    assert formula(measured(*said(1, days_ago=1, publisher=PAPER)), COERCION).change != "new"


def test_a_wire_report_and_its_reprint_are_one_voice() -> None:
    wire = told("Economic coercion", 1, WIRE, story="s")
    reprint = told("Economic coercion - Wire", 0.9, PAPER, story="s")
    row = formula(measured(wire, reprint), COERCION)
    assert (row.change, row.count, row.now.stories) == ("too-little-text", 2, 1)


def test_a_formula_rises_falls_and_goes() -> None:
    more = [told(f"{FILLER} {n} again", 30 + n) for n in range(40)]
    others = [told(f"Fish is cheap in {n}", 2) for n in range(40)]
    rising = measured(*said(20, days_ago=1), *others, past=[*PAST, *more, *said(2, days_ago=20)])
    assert formula(rising, "economic-coercion").change == "risen"
    falling = measured(*said(1, days_ago=1), *others, past=[*PAST, *more, *said(40, days_ago=20)])
    assert formula(falling, "economic-coercion").change == "fallen"
    gone = measured(*others, past=[*PAST, *more, *said(40, days_ago=20)])
    row = formula(gone, "economic-coercion")
    assert (row.change, row.count) == ("gone", 0)
    assert row.uses[0].told.moment < TODAY - timedelta(days=7)


def test_one_story_is_no_rise() -> None:
    past = [*PAST, *(told(f"{FILLER} {n} again", 30 + n) for n in range(60))]
    changes = [
        formula(measured(*said(now, days_ago=1), past=[*past, *said(3, days_ago=20)]), COERCION)
        for now in (1, 2)
    ]
    assert [row.change for row in changes] == ["steady", "risen"]


def test_a_formula_said_as_often_as_before_is_steady() -> None:
    result = measured(*said(5, days_ago=1), *PAST_NOW, past=[*PAST, *said(5, days_ago=20)])
    assert formula(result, "economic-coercion").change == "steady"


PAST_NOW = [told(f"{FILLER} now {n}", 1, PAPER) for n in range(40)]


def test_with_too_little_text_before_nothing_is_called_new() -> None:
    result = measured(*said(1, days_ago=1, publisher=MINISTRY), past=PAST[:29])
    assert formula(result, COERCION).change == "too-little-text"
    assert not result.corpus.has_past
    assert result.unknown == ()


def test_without_a_window_all_is_now_and_nothing_is_compared() -> None:
    result = measured(*said(1, days_ago=1), window=Window())
    assert formula(result, COERCION).change == "too-little-text"
    assert formula(result, COERCION).now.of == len(PAST) + 1


def test_parts_count_stories_by_label() -> None:
    items = [*said(1, days_ago=1), *said(1, days_ago=2, publisher=PAPER)]
    row = formula(measured(*items, label_of=lambda one: one.publisher.side), COERCION)
    assert row.parts is not None
    assert {label: (one.stories, one.of) for label, one in row.parts.items()} == {
        "JP press": (1, 41),
        "KR press": (1, 1),
    }


# --- between governments


@pytest.mark.parametrize(
    ("language", "between", "elsewhere"),
    [
        ("en", "Xi and Lee hail a new phase in ties", "The band begins a new phase of its tour"),
        ("en", "Japan and South Korea open new chapter of their relationship", "A new chapter for the two countries' fans"),
        ("ko", "한중 관계 새 국면 들어섰다", "신약 개발 새 국면"),
        ("ja", "日中関係は新たな局面に", "球団は新たな局面に"),
        ("zh", "中韩关系进入新阶段", "公司发展进入新阶段"),
    ],
)  # fmt: skip
def test_an_ordinary_word_counts_only_between_governments(
    language: str, between: str, elsewhere: str
) -> None:
    def stories(title: str) -> list[int]:
        rows = measured(told(title, 1, language=language)).formulas
        return [row.now.stories for row in rows if row.id == "new-phase"]

    assert stories(between) == [1]
    assert stories(elsewhere) == []


def test_a_ministry_that_speaks_of_another_country_is_between_governments() -> None:
    title = "Ties with China enter a new phase"
    assert formula(measured(told(title, 1, MINISTRY)), "new-phase").now.stories == 1
    assert not [row for row in measured(told(title, 1)).formulas if row.id == "new-phase"]


def test_governments_may_stand_in_the_headline_of_the_words() -> None:
    body = told("Xi meets Lee", 1, text="Rain fell. Ties enter a new phase, they said.")
    row = formula(measured(body), "new-phase")
    assert row.uses[0].parties == ("CN", "KR")


def test_what_is_no_matter_between_governments_is_not_counted() -> None:
    news = [
        told("Economic coercion, a play in three acts", 1, is_hit=False),
        told("Washington and Tokyo condemn economic coercion", 1, is_hit=False),
    ]
    result = measured(*news)
    assert formula(result, COERCION).now.stories == result.corpus.now == 1


def test_one_government_is_enough_beside_words_that_only_governments_use() -> None:
    def stories(title: str, phrase: str) -> list[int]:
        rows = measured(told(title, 1, is_hit=False)).formulas
        return [row.now.stories for row in rows if row.id == phrase]

    assert stories("Macron speaks of security guarantees", "security-guarantees") == [1]
    assert stories("Experts debate security guarantees", "security-guarantees") == []
    assert stories("Xi opens a new phase of the plan", "new-phase") == []
    assert stories("Fishermen sail to Dokdo with Lee", "name-dokdo") == []
    assert stories("Lee answers a joint statement of unions", "form-joint-statement") == []


def test_evidence_with_two_governments_comes_first() -> None:
    alone = told("Economic coercion hurts", 1)
    row = formula(measured(alone, told("Lee tells Trump of economic coercion", 3)), COERCION)
    assert [use.parties for use in row.uses] == [("KR", "US"), ()]


# --- how sure


def test_one_publisher_alone_is_fishers_exact_test() -> None:
    """The lady tasting tea, 3 of 4 right, 1 of 4 wrong (Fisher 1935): of 70 ways 2 are rarer and 32
    as rare, of which half count."""
    assert chance_of([Counts(3, 4, 1, 4)]).p == pytest.approx(18 / 70)
    assert chance_of([Counts(2, 2, 6, 143)]).p == pytest.approx(14 / (145 * 144 / 2))


TABLES = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 4), st.integers(0, 4)).map(
        lambda n: Counts(min(n[2], n[0]), n[0], min(n[3], n[1]), n[1])
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=30, deadline=None)
@given(TABLES)
def test_how_sure_a_change_is_says_the_plain_count_of_all_ways(tables: list[Counts]) -> None:
    assert chance_of(tables).p == pytest.approx(by_all_ways(tables))


def by_all_ways(tables: Sequence[Counts]) -> float:
    """Every choice of stories that could have had the phrase, publisher by publisher."""
    ways: Counter[int] = Counter({0: 1})
    for one in tables:
        if not (one.of_now and one.of_before):
            continue
        here = Counter(
            sum(number < one.of_now for number in chosen)
            for chosen in combinations(range(one.of_now + one.of_before), one.now + one.before)
        )
        ways = Counter(
            {
                total: sum(ways[total - n] * times for n, times in here.items())
                for total in range(sum(map(max, (ways, here))) + 1)
            }
        )
    seen = sum(one.now for one in tables if one.of_now and one.of_before)
    rarer, alike = (sum(n for n in ways.values() if f(n, ways[seen])) for f in (lt, eq))
    return 1 if len(+ways) < 2 else (rarer + alike / 2) / ways.total()


def test_a_publisher_that_is_read_on_one_side_only_tells_of_no_change() -> None:
    assert chance_of([Counts(9, 9, 0, 0), Counts(1, 20, 1, 20)]).words == "may be chance"
    assert chance_of([Counts(9, 9, 0, 0)]).words == "may be chance"


def test_one_kind_of_text_is_no_change_of_another() -> None:
    """Joint statements always say it, and readouts never do: more of them is no news."""
    joint = [told(f"Joint statement of Korea and Japan {n}, economic coercion", d, MINISTRY) for n, d in enumerate((1, 2, 3, 20))]  # fmt: skip
    readouts = [told(f"Readout of talks with Japan {n}", 20, MINISTRY) for n in range(40)]
    assert formula(measured(*joint, *readouts), COERCION).change == "steady"


def test_no_change_is_told_that_the_counts_of_all_publishers_deny() -> None:
    """Each publisher says it less, but the one that always says it is heard more."""
    past = [*said(12, days_ago=20), told("Fish", 20), *PAST]
    now = [*said(30, days_ago=1), *(told(f"Cod {n}", 2) for n in range(14))]
    row = formula(measured(*now, past=past), COERCION)
    assert row.chance.z < 0 < row.now.rate - row.before.rate
    assert row.change == "steady"


def test_the_part_that_stands_out_is_told_with_how_sure_that_is() -> None:
    items = [*said(9, days_ago=1, publisher=PAPER), *(told(f"Fish {n}", 1) for n in range(30))]
    row = formula(measured(*items, label_of=lambda one: one.publisher.side), COERCION)
    found = contrast(row)
    assert found is not None
    assert (found.label, found.is_more) == ("JP press", True)


# --- laws


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_order_of_items_does_not_matter(seed: int) -> None:
    items = [
        *PAST,
        *said(3, days_ago=20),
        *said(2, days_ago=1),
        told("Both sides seek calm seas together", 1),
        told("Calm seas together, says Tokyo", 2, PAPER),
        told("They voiced concern over the nuclear programme of the DPRK", 1),
        told("They voiced serious concern over the nuclear programme of the DPRK", 9),
    ]
    mixed = items.copy()
    Random(seed).shuffle(mixed)
    assert summary(measured(*mixed, past=())) == summary(measured(*items, past=()))


@settings(max_examples=20, deadline=None)
@given(copies=st.integers(1, 30), which=st.sets(st.integers(0, 2)))
def test_reprints_count_nothing_twice(copies: int, which: set[int]) -> None:
    items = [
        told("A new phase", 1, MINISTRY, story="a"),
        told("Economic coercion", 1, WIRE, story="b"),
        told("Economic coercion and a new phase", 2, PAPER, story="c"),
    ]
    reprints = [
        told(items[n].stored.item.title, 0.5, Publisher(id=f"site-{k}"), story="abc"[n])
        for n in which
        for k in range(copies)
    ]
    rates = [
        {row.id: (row.now, row.change, row.chance) for row in measured(*told).formulas}
        for told in (items, [*items, *reprints])
    ]
    assert rates[0] == rates[1]


def summary(result: Wording) -> list[object]:
    rows = [
        (row.phrase, row.change, row.now, row.before, row.chance, row.first.told.id, row.trend)
        for row in (*result.formulas, *result.unknown)
    ]
    return [
        *rows,
        *((one.before.told.id, one.after.told.id, one.change) for one in result.steps.shifts),
    ]


def test_of_a_thousand_items_only_those_that_are_shown_are_read() -> None:
    asked: set[int] = set()
    past = [told(f"{FILLER} {n}", 30 + n / 10, PAPER) for n in range(1000)]
    items = [
        told("Turning a corner, says Lee", 1, MINISTRY),
        told("Ties are turning a corner", 1, PAPER),
        told("They voiced concern over the nuclear programme of the DPRK", 1, MINISTRY),
        told("They voiced serious concern over the nuclear programme of the DPRK", 9, MINISTRY),
    ]
    result = measured(*items, past=past, asked=asked)
    assert "turning a corner" in [row.phrase.lower() for row in result.unknown]
    assert [one.change for one in result.steps.shifts] == ["softened"]
    assert asked >= {one.stored.number for one in items}
    assert len(asked) <= ENOUGH + len(items)


WORDS = st.lists(
    st.sampled_from(
        ["calm", "seas", "turn", "corner", "again", "首脳会談", "の", "새로운", "물결을"]
    ),
    max_size=6,
)


@settings(max_examples=30, deadline=None)
@given(
    now=st.lists(st.tuples(WORDS, st.sampled_from("ab")), max_size=6),
    before=st.lists(WORDS, max_size=3),
)
def test_phrases_outside_the_catalogue_are_those_of_the_plain_count(
    now: list[tuple[list[str], str]], before: list[list[str]]
) -> None:
    publishers = {"a": WIRE, "b": PAPER}
    items = [told(" ".join(words), 1, publishers[who]) for words, who in now]
    past = [*PAST, *(told(" ".join(words), 20) for words in before)]
    by_number = measured(*items, past=past)
    plain = by_plain_count(items, past)
    for row in by_number.unknown:
        assert plain[key_of(row.phrase)] == (row.now.stories, row.before.stories)


def by_plain_count(items: Sequence[Said], past: Sequence[Said]) -> dict[str, tuple[int, int]]:
    """Stories of now and before of every run, by its key."""
    stories: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for which, some in enumerate((items, past)):
        for one in some:
            for key, _ in runs(Stems(one.stored.item.title), (), "en"):
                stories[key][which].add(one.told.story)
    return {key: (len(now - before), len(before)) for key, (now, before) in stories.items()}


def test_an_item_whose_runs_are_not_read_is_never_compared() -> None:
    """For all that decides, in all combinations."""
    named = ("", "KR", "JP", "KR JP")
    formulas = ("economic-coercion", "new-phase", "form-joint-statement")
    uses = [FormulaUse(one, "words", "title", 0, 5, who) for one in formulas for who in named]
    countries, roles = (None, "KR", "FR"), (Role.MINISTRY, Role.NEWSPAPER, Role.AGGREGATOR)
    publishers = [Publisher(id="a", country=c, role=r) for c in countries for r in roles]
    compared = 0
    for parties, use, publisher in product(named, (None, *uses), publishers):
        read = WordingRead(parties=parties, formulas=(use,) if use else ())
        one = told("Words", 1, publisher, is_hit=False)
        texts = Texts(lambda asked, one=one: one.stored)
        if measure([one.told], [(one.told, read)], FORMULARY, WINDOW, texts).corpus.told:
            compared += 1
            assert may_count(read, is_official=publisher.is_official)
    assert compared > len(publishers)


# --- unknown phrases


@pytest.mark.parametrize(
    ("language", "phrase", "sentences"),
    [
        ("en", "turning a corner", ("Ties are turning a corner", "Seoul speaks of turning a corner", "Is it turning a corner?")),
        ("ko", "새로운 물결", ("양국에 새로운 물결이 인다", "외교의 새로운 물결을 본다", "새로운 물결, 서울에서")),
        ("ja", "新風外交", ("首相は新風外交を掲げた", "新風外交に期待", "これは新風外交だ")),
        ("zh", "海上新路", ("双方谈海上新路", "他们提出海上新路的构想", "海上新路引起注意")),
    ],
)  # fmt: skip
def test_a_phrase_that_nobody_listed_surfaces_by_itself(
    language: str, phrase: str, sentences: tuple[str, ...]
) -> None:
    publishers = (WIRE, PAPER, MINISTRY)
    items = [
        told(sentence, 1, publisher, language=language)
        for sentence, publisher in zip(sentences, publishers, strict=True)
    ]
    assert phrase in [row.phrase for row in measured(*items).unknown]


def test_names_numbers_and_formulas_are_no_unknown_phrases() -> None:
    items = [
        told("Kim Minsu opens 12 new phase halls", 1, WIRE),
        told("Again Kim Minsu opens 12 new phase halls", 1, PAPER),
    ]
    found = [row.phrase.lower() for row in measured(*items, names=["Kim Minsu"]).unknown]
    assert not [phrase for phrase in found if "kim" in phrase or "12" in phrase or "new" in phrase]


def test_days_and_hours_of_korean_reports_are_no_unknown_phrases() -> None:
    items = [
        told("외교부는 24일 오전 새로운 물결을 말했다(현지 시각)", 1, MINISTRY, language="ko"),
        told("정부는 25일 오전 새로운 물결을 논의했다(현지 시각)", 1, PAPER, language="ko"),
    ]
    found = [row.phrase for row in measured(*items).unknown]
    assert "새로운 물결" in found
    assert not [phrase for phrase in found if "오전" in phrase or "시각" in phrase]


@pytest.mark.parametrize(
    ("language", "label", "more"),
    [
        ("en", "former vice president", "former vice president turns a corner"),
        ("en", "the ruritanian harbour office", "harbour office turns a corner"),
        ("ko", "전 대통령", "전 대통령 새로운 물결"),
        ("ko", "다음 달", "다음 달 새로운 물결"),
        ("ja", "大統領", "大統領の新風外交"),
        ("ja", "来年度", "来年度新風外交"),
        ("zh", "国务总理", "国务总理海上新路"),
        ("zh", "当地时间", "当地时间海上新路"),
    ],
)
def test_an_office_or_a_time_alone_is_no_phrase_and_may_be_part_of_one(
    language: str, label: str, more: str
) -> None:
    def found(text: str) -> list[str]:
        items = [
            told(f"{text}, {n}", 1, publisher, language=language)
            for n, publisher in enumerate((WIRE, PAPER, MINISTRY))
        ]
        offices = ("Ruritanian harbour office", "瑞国国务总理")
        names = ("Ruritanian", "瑞国")
        rows = measured(*items, offices=offices, names=names).unknown
        return [row.phrase for row in rows]

    assert found(label) == []
    assert [phrase for phrase in found(more) if phrase in more]


def test_a_cut_of_a_longer_word_is_told_as_the_longer_word() -> None:
    titles = (
        "昼食首脳会合を開く",
        "昼食首脳会合の成果",
        "昼食首脳会合が終わる",
        "灯台セミナーを結ぶ",
        "灯台セミナーの町",
    )
    items = [
        told(title, 1, publisher, language="ja")
        for title, publisher in zip(titles, (MINISTRY, PAPER, WIRE, MINISTRY, PAPER), strict=True)
    ]
    assert {row.phrase for row in measured(*items).unknown} == {"昼食首脳会合", "灯台セミナー"}


@given(st.dictionaries(st.text(alphabet="首脳会談にを", min_size=3, max_size=6), st.integers(1, 9)))
def test_the_longest_runs_are_never_cuts(places: dict[str, int]) -> None:
    found = cuts(places)
    assert not [run for run in found if all(run not in one for one in places if one != run)]


@pytest.mark.parametrize(
    ("places", "cut"),
    [
        ({"首脳会": 10, "首脳会談": 9}, {"首脳会"}),
        ({"首脳会": 10, "首脳会談": 8}, set()),
        ({"新風外交": 10, "新風外交に期待": 10}, set()),
        ({"海上新": 10, "海上新路": 10, "海上新路的构想": 10}, {"海上新"}),
    ],
)
def test_a_run_is_a_cut_if_more_than_four_fifths_lie_in_one_longer_word(
    places: dict[str, int], cut: set[str]
) -> None:
    assert cuts(places) == cut


def test_no_unknown_phrase_runs_over_a_bracket() -> None:
    items = [
        told("Harbour league (HL) summit opens", 1, MINISTRY),
        told("A harbour league (HL) summit is held", 1, PAPER),
    ]
    assert [row.phrase.lower() for row in measured(*items).unknown] == ["harbour league"]


def test_no_unknown_phrase_runs_over_a_quotation_mark() -> None:
    items = [
        told("장관의 ‘등대 개입’ 시사 발언에 반발", 1, MINISTRY, language="ko"),
        told("장관 ‘등대 개입’ 시사 발언 뒤 갈등", 1, PAPER, language="ko"),
    ]
    assert {row.phrase for row in measured(*items).unknown} == {"등대 개입", "시사 발언"}


def test_three_characters_are_no_phrase_as_they_may_be_the_beginning_of_any() -> None:
    items = [
        told("灯台白書を批判", 1, MINISTRY, language="ja"),
        told("日本灯台白皮书发表", 1, PAPER, language="zh"),
    ]
    assert measured(*items).unknown == ()


def test_a_country_of_one_letter_cuts_no_word_that_begins_with_it() -> None:
    items = [
        told("中央平原の灯台会議を開く", 1, MINISTRY, language="ja"),
        told("中央平原の灯台会議が終わる", 1, PAPER, language="ja"),
    ]
    found = measured(*items, names=("中", "日")).unknown
    assert {row.phrase for row in found} == {"中央平原の灯台会議"}


def test_only_the_neighbourhood_of_an_anchor_is_searched_for_phrases() -> None:
    text = "The three agreed. Green harbour lights begin. Snow fell. Blue lantern nights begin."
    anchor = (Span(field="text", start=4, end=9, term="three"),)
    items = [
        told(f"Number {n}", 1, publisher, text=text, anchors=anchor)
        for n, publisher in enumerate((MINISTRY, PAPER))
    ]
    phrases = {row.phrase for row in measured(*items).unknown}
    assert "Green harbour lights begin" in phrases
    assert not any("lantern" in phrase for phrase in phrases)


def test_an_item_whose_title_was_hit_is_searched_as_a_whole() -> None:
    text = "Rain came. Snow fell. Blue lantern nights begin."
    anchor = (Span(field="title", start=0, end=5, term="three"),)
    items = [
        told(f"Three meet, {n}", 1, publisher, text=text, anchors=anchor)
        for n, publisher in enumerate((MINISTRY, PAPER))
    ]
    assert any("lantern" in row.phrase for row in measured(*items).unknown)


# --- ladders


def shifts(*items: Said, **more: object) -> list[tuple[str, str]]:
    return [(one.ladder.id, one.change) for one in measured(*items, past=(), **more).steps.shifts]


DPRK = "the nuclear and missile development of the DPRK"


def test_a_weaker_word_for_the_same_object_is_softened_and_a_stronger_one_hardened() -> None:
    serious = f"They expressed serious concern over {DPRK}."
    plain = f"They expressed concern over {DPRK}."
    assert ("concern", "softened") in shifts(told(serious, 9, MINISTRY), told(plain, 1, MINISTRY))
    assert ("concern", "hardened") in shifts(told(plain, 9, MINISTRY), told(serious, 1, MINISTRY))


def test_denuclearization_of_something_else_is_a_shift_in_whatever_sentence() -> None:
    of_all = "We reaffirm with Japan our commitment to the complete denuclearization of the Korean Peninsula."
    of_one = (
        "We reaffirm with Japan our commitment to the complete denuclearization of the DPRK and urge it"
        " to abandon its missiles."
    )
    assert shifts(told(of_all, 9, MINISTRY), told(of_one, 1, MINISTRY)) == [
        ("denuclearization", "hardened")
    ]


def test_another_object_or_another_side_is_no_shift() -> None:
    serious = f"They expressed serious concern over {DPRK}."
    assert (
        shifts(told(serious, 9), told("They expressed concern over the price of cabbages.", 1))
        == []
    )
    plain = f"They expressed concern over {DPRK}."
    assert shifts(told(serious, 9, WIRE), told(plain, 1, PAPER)) == []


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ("Joint statement with Japan", "Joint statement with Indonesia"),
        ("Joint statement with Japan", "Readout of talks with Japan"),
    ],
)
def test_other_partners_and_other_kinds_of_text_are_nothing_to_compare(then: str, now: str) -> None:
    serious = told(then, 9, MINISTRY, text=f"They expressed serious concern over {DPRK}.")
    plain = told(now, 1, MINISTRY, text=f"They expressed concern over {DPRK}.")
    steps = measured(serious, plain, past=()).steps
    assert steps.sentences > 0 and (steps.compared, steps.shifts) == (0, ())
    again = told(f"{then} once more", 1, MINISTRY, text=f"They expressed concern over {DPRK}.")
    assert {one.change for one in measured(serious, again, past=()).steps.shifts} == {"softened"}


def test_in_the_press_one_government_is_compared_about_the_same_other_one() -> None:
    old = "Japan voices serious concern over Chinese exercises near the islands"
    new = "Japan voices concern over Chinese exercises near the islands"
    assert shifts(told(old, 9), told(new, 1)) == [("concern", "softened")]
    other = "Japan voices concern over Russian exercises near the islands"
    assert shifts(told(old, 9), told(other, 1)) == []


def test_a_comma_for_an_and_is_no_shift() -> None:
    old = "The two leaders held a candid and constructive discussion on a range of issues."
    new = "The two leaders had a candid, constructive discussion on a range of issues."
    assert shifts(told(old, 9), told(new, 1)) == []


def test_harmful_goods_are_no_remains_of_victims() -> None:
    goods = [told("유해 물질 논란", 1, language="ko"), told("청소년 유해 환경", 2, language="ko")]
    assert not [row for row in measured(*goods).formulas if row.id == "humanitarian-history"]
    remains = told("조세이 탄광 유해 발굴 합의", 1, language="ko")
    assert formula(measured(remains), "humanitarian-history").now.stories == 1


def test_what_the_last_text_already_said_is_no_shift() -> None:
    serious = f"They expressed serious concern over {DPRK}."
    plain = f"They expressed concern over {DPRK}."
    items = [told(serious, 20, id="a"), told(plain, 9, id="b"), told(f"Again. {plain}", 1, id="c")]
    assert shifts(*items) == []


def test_both_sentences_are_told_with_the_words_that_changed() -> None:
    serious = told("t", 9, MINISTRY, text=f"Rain fell. They expressed serious concern over {DPRK}.")
    plain = told("u", 1, MINISTRY, text=f"They expressed concern over {DPRK}. Sun shone.")
    (shift,) = measured(serious, plain, past=()).steps.shifts
    for step, words in ((shift.before, "serious concern"), (shift.after, "concern")):
        assert step.sentence.text[slice(*step.span)] == words
        assert step.sentence.text.startswith("They expressed")


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("ko", "양 정상은 북한의 핵 개발에 심각한 우려를 표명하였다.", "양 정상은 북한의 핵 개발에 우려를 표명하였다."),
        ("ja", "日本側は中国の東シナ海での活動について深刻な懸念を表明した。", "日本側は中国の東シナ海での活動について懸念を表明した。"),
        ("zh", "中方对美国芯片设备出口限制表示严重关切。", "中方对美国芯片设备出口限制表示关切。"),
    ],
)  # fmt: skip
def test_ladders_stand_in_four_languages(language: str, before: str, after: str) -> None:
    country = {"ko": "KR", "ja": "JP", "zh": "CN"}[language]
    publisher = Publisher(id="state", country=country, role=Role.MINISTRY)
    items = (
        told(before, 9, publisher, language=language),
        told(after, 1, publisher, language=language),
    )
    assert ("concern", "softened") in shifts(*items)


def test_a_ladder_of_one_government_is_for_its_publishers() -> None:
    pair = ("日本側は北朝鮮の発射を極めて遺憾と述べた。", "日本側は北朝鮮の発射を遺憾と述べた。")
    for publisher, expected in ((PAPER, [("japan-regret", "softened")]), (WIRE, [])):
        items = [
            told(text, days, publisher, language="ja")
            for text, days in zip(pair, (9, 1), strict=True)
        ]
        assert shifts(*items) == expected


def test_a_silent_edit_is_told_whatever_else_was_said() -> None:
    old = told("They reaffirm complete denuclearization of the DPRK", 1, id="a")
    new = told("They reaffirm complete denuclearization of the Korean Peninsula", 1, id="a")
    result = measured(new, edits=[(old, new)])
    (shift,) = [one for one in result.steps.shifts if one.is_edit]
    assert (shift.ladder.id, shift.change) == ("denuclearization", "softened")

"""What holds for every watchlist and every item."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from subprocess import run

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finding import ByScan
from matching import item
from sigtrack.lexicon.books import Page
from sigtrack.lexicon.classes import Listed, WordClass
from sigtrack.lexicon.finder import ByAho
from sigtrack.match import Matcher
from sigtrack.match.needles import needle_of
from sigtrack.match.reading import Cover, Mark, MarkRow, longest, nearest_pairs
from sigtrack.model import Actor, Phrase, Scope, Signal, Term, Watchlist
from sigtrack.text import clean
from sigtrack.text.fold import fold, fold_text
from sigtrack.watch.terms import parse_term

HEADLINES = Path(__file__).parents[1].parent / "shared" / "data" / "headlines"
WORDS = (
    *("US", "us", "Korea", "North Korea", "joint statement", "state-of-the-art", "R&D", "3,500"),
    *("U.S.", "Mr. Kim", "Lee", "tariffs", "AI반도체", "북한", "북한산", "정상회담", "한·미·일"),
    *("한·미동맹", "핵", "에서", "は", "日韓", "首脳会談", "中国", "北", "美", "声明", "ミサイル"),
)
GLUE = (" ", " ", " ", ", ", ". ", "-", "·", "", "…", "。", " '", "\n")
MARKS = ("{}", "{}", "={}", "~{}", "{}*", "*{}", '"{}"', "{} Korea", "{}* Korea")
ACTORS = {
    "KR": Actor(id="KR", kind="country", country="KR", names=("Korea", "한국", "韓"), metonyms=("US",)),
    "KP": Actor(id="KP", kind="country", country="KP", names=("North Korea", "북한", "北")),
    "lee": Actor(id="lee", kind="person", country="KR", bare=("Lee",), masks=("Lee Korea",)),
}  # fmt: skip

CLASSES = {
    name: WordClass(name, (Listed(Page("words.toml", "", {}), ("x",), words),))
    for name, words in {
        "#who": ("Lee", "Mr. Kim", "US", "北", "한·미·일"),
        "#text": ("joint statement", "정상회담", "声明", "statement*", "북한*"),
        "#land": ("Korea", "North Korea", "북한", "中国", "日韓"),
    }.items()
}
PHRASES = ("#who", "#text", "#land", "#who #text", "#land는", "北#land", "는#land", "AI #land")

units = (
    st.builds(str.format, st.sampled_from(MARKS), st.sampled_from(WORDS))
    | st.sampled_from(
        ("@KR", "@KR:names", "@KP", "@lee", "(북한 OR @lee OR tariff*)", "(#who OR #land는 OR us)")
    )
    | st.sampled_from(PHRASES)
)
nears = st.builds("{} {}/{} {}".format, units, st.sampled_from(("NEAR", "BEFORE")), st.integers(1, 9), units)  # fmt: skip
terms = (
    st.builds(
        "{}{}".format, st.sampled_from(("", "", "title:", "author:", "category:")), units | nears
    )
    .map(parse_term)
    .filter(lambda term: isinstance(term, Term))
)


def signals_of(terms):
    some = st.lists(terms, max_size=2).map(tuple)
    several = st.lists(terms, min_size=2, max_size=6)
    return st.builds(
        Signal,
        id=st.just("s"),
        any=several.map(tuple),
        all=st.just(()) | st.lists(several.map(tuple)).map(tuple),
        none=some,
        ignore=some,
        unless=some,
        scope=st.sampled_from(Scope),
        min_hits=st.sampled_from((1, 1, 1, 2)),
        min_actors=st.sampled_from((0, 0, 0, 1, 2)),
    )


signals = signals_of(terms)
texts = st.lists(
    st.builds(str.__add__, st.sampled_from(WORDS), st.sampled_from(GLUE)), min_size=3, max_size=12
).map("".join)
items = st.builds(
    item,
    texts,
    summary=texts | st.just(""),
    text=texts | st.just(""),
    author=st.sampled_from(("", "", "Lee Korea", "북한 핵, Mr. Kim")),
    categories=st.sampled_from(((), (), ("joint statement",), ("US", "Korea", "首脳会談"))),
    language=st.sampled_from((None, "ko", "en")),
)


def matched(signal, where, finder=ByAho):
    lists = [Watchlist(id="w", signals=(signal,))]
    return Matcher(lists, ACTORS, classes=CLASSES, finder=finder).hits(where)


@given(signals, items)
def test_the_fast_finder_gives_the_hits_of_the_plain_one(signal, where):
    assert matched(signal, where) == matched(signal, where, finder=ByScan)


@given(st.lists(signals, max_size=3), items)
def test_no_hit_is_lost_that_an_explanation_finds(several, where):
    matcher = Matcher([Watchlist(id="w", signals=tuple(several))], ACTORS, classes=CLASSES)
    verdicts = matcher.explain(where)
    assert matcher.hits(where) == [verdict.hit for verdict in verdicts if verdict.hit]
    assert all(bool(verdict.reason) is not bool(verdict.hit) for verdict in verdicts)


@given(signals_of(terms.filter(lambda one: one.field not in ("author", "category"))), terms, items)
def test_who_wrote_an_item_is_seen_only_by_terms_that_ask_for_it(signal, other, where):
    byline = Signal(id="byline", any=(parse_term("author:Lee"), other))
    matcher = Matcher([Watchlist(id="w", signals=(signal, byline))], ACTORS, classes=CLASSES)
    bare = replace(where, author="", categories=())
    assert [h for h in matcher.hits(where) if h.signal == "s"] == matched(signal, bare)
    assert matcher.mentions(where) == matcher.mentions(bare)


@given(st.lists(signals, min_size=1, max_size=3), items, texts)
def test_the_text_of_a_page_adds_hits_and_changes_none(several, where, page):
    several = [replace(one, id=f"s{n}") for n, one in enumerate(several)]
    matcher = Matcher([Watchlist(id="w", signals=tuple(several))], ACTORS, classes=CLASSES)
    own, hits = matcher.hits(where), matcher.hits(replace(where, full_text=page))
    assert hits[: len(own)] == own
    assert not any(hit.needs_full_text for hit in own)
    told = [one.hit for one in matcher.explain(replace(where, full_text=page)) if one.hit]
    assert sorted(told, key=str) == sorted(hits, key=str)
    assert matcher.mentions(replace(where, full_text=page)) == matcher.mentions(where)


@given(signals, terms, items)
def test_another_veto_adds_no_hit(signal, veto, where):
    vetoed = _with(signal, none=(*signal.none, veto))
    assert bool(matched(vetoed, where)) <= bool(matched(signal, where))


@given(signals, terms, items)
def test_another_mask_adds_no_hit_to_a_signal_without_vetoes(signal, mask, where):
    signal = _with(signal, none=())
    masked = _with(signal, ignore=(*signal.ignore, mask))
    assert bool(matched(masked, where)) <= bool(matched(signal, where))


@given(signals, terms, items)
def test_another_exception_to_vetoes_takes_no_hit_away(signal, term, where):
    excused = _with(signal, unless=(*signal.unless, term))
    assert bool(matched(signal, where)) <= bool(matched(excused, where))


@given(signals, terms, items)
def test_another_term_takes_no_hit_away(signal, term, where):
    wider = _with(signal, any=(*signal.any, term))
    assert bool(matched(signal, where)) <= bool(matched(wider, where))


def _with(signal, **keys):
    return replace(signal, **keys)


@given(terms.filter(lambda t: isinstance(t.body, Phrase) and not t.body.classes), items)
def test_the_letters_under_a_span_fold_to_the_words_of_its_term(term, where):
    needle = needle_of(term.body)
    for hit in matched(Signal(id="s", any=(term,)), where):
        for span in hit.spans:
            under = fold_text(getattr(where, span.field)[span.start : span.end] + " ").strip()
            if needle.head:
                assert needle.letters in under.lower()
            elif needle.tail or needle.rest:
                assert under.lower().startswith(needle.letters)
            else:
                assert under.lower() == needle.letters


marks = st.builds(
    lambda field, start, length: Mark(field, start, start + length),
    st.integers(0, 1),
    st.integers(0, 12),
    st.integers(1, 4),
)
many_marks = st.lists(marks, max_size=12)


@given(many_marks, marks)
def test_a_cover_touches_what_one_of_its_marks_overlaps(several, mark):
    assert Cover(several).touches(mark) == any(map(mark.overlaps, several))


@given(many_marks, marks)
def test_no_mark_of_a_row_is_nearer_than_its_neighbours(several, mark):
    near = MarkRow(several).neighbours(mark)
    assert all(m in several and not m.overlaps(mark) for m in near)
    before = [m for m in several if m.field == mark.field and m.end <= mark.start]
    after = [m for m in several if m.field == mark.field and m.start >= mark.end]
    assert [m.end for m in near if m.end <= mark.start] == [m.end for m in before and [max(before, key=lambda m: m.end)]]  # fmt: skip
    assert [m.start for m in near if m.start >= mark.end] == [m.start for m in after and [min(after)]]  # fmt: skip


@given(marks, marks)
def test_two_marks_alone_are_paired_as_among_others(one, other):
    far = Mark(9, 0, 1)  # in a field of its own
    row = MarkRow([other])
    assert nearest_pairs(MarkRow([one]), row) == nearest_pairs(MarkRow([one, far]), row)


@given(many_marks)
def test_the_longest_marks_are_those_of_the_obvious_way(several):
    kept = []
    for mark in sorted(several, key=lambda m: (m.start - m.end, m)):
        if not any(map(mark.overlaps, kept)):
            kept.append(mark)
    assert longest(several) == set(kept)


def test_a_long_text_that_names_a_country_in_every_sentence_is_read_to_its_end():
    where = item(
        text="Lee of Korea, North Korea. " * 4000 + "Lee Lee Lee " * 4000 + "tariffs in US"
    )
    reading = Signal(
        id="s",
        any=tuple(map(parse_term, ("@lee NEAR/3 @KP", "tariff* NEAR/1 @KR"))),
        ignore=(parse_term("Lee Lee"),),
    )
    assert [s.term for s in matched(reading, where)[0].spans[-2:]] == ["tariff* NEAR/1 @KR"] * 2


def test_matching_needs_no_room_that_fetches_stores_or_shows():
    loaded = run(
        [sys.executable, "-c", "import sys, sigtrack.match; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    ).stdout.split()
    heavy = {"h11", "feedparser", "asyncio", "sqlite3", "rich", "typer", "nh3", "tomllib"}
    assert not heavy & {name.partition(".")[0] for name in loaded}


@pytest.mark.skipif(not HEADLINES.is_dir(), reason="no headlines beside the checkout")
def test_real_headlines_fold_once_and_know_their_letters():
    paths = sorted(HEADLINES.glob("*.jsonl"))
    lines = [line for path in paths for line in path.read_text("utf-8").split("\n")[:-1]][::20]
    for title in (clean(row["title"]) for row in map(json.loads, lines) if "title" in row):
        folded = fold(title)
        assert fold_text(folded.text) == folded.text
        for at, letter in enumerate(folded.text):
            start, end = folded.origin(at, at + 1)
            assert not letter.isalnum() or letter in fold_text(title[start:end])

"""Classes in terms: a class means each of its words, and a phrase all phrases with them."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from finding import ByScan
from matching import item, signal, words
from sigtrack.lexicon.books import Page
from sigtrack.lexicon.classes import Listed, WordClass
from sigtrack.lexicon.finder import ByAho
from sigtrack.match import Matcher
from sigtrack.match.needles import Judge, needle_of
from sigtrack.model import Hit, Item, Phrase, Signal, Term, Watchlist, Word
from sigtrack.text.fold import fold
from sigtrack.text.scripts import is_cjk
from sigtrack.watch.terms import parse_term

PAGE = Page("words.toml", "[x]\ncity = '''\nNara,\n나라, 奈良'''\n", {})


def word_class(name: str, *some: str) -> WordClass:
    return WordClass(name, (Listed(PAGE, ("x", name[1:]), some),))


CLASSES = {
    one.name: one
    for one in (
        word_class("#city", "Nara", "New York", "나라", "도쿄", "奈良", "東京", "US"),
        word_class("#leader", "president", "대통령", "首相", "Lee"),
        word_class("#meet", "meet", "met", "meet with", "회담", "만난*", "会談", "talk*"),
    )
}
PHRASES = (
    *("#meet", "to #city", "#cityへ", "訪#city", "#leader #meet", "#city에서 #meet"),
    *("#cityから#cityへ", "visit* #city", "visit* the #city talks", "*회담 #city", "#city *회담"),
    *("#leader 회담*", "재#city", "재#city에서", "#meet to #city", "US #city", "=Nara #meet"),
    *("#leader #leader", "#city #city #meet", "#leader #meet in #city", "#city회담*", "비밀 #city"),
)
PIECES = (
    *("Nara", "nara", "New York", "나라", "도쿄", "奈良", "東京", "US", "us", "president", "Lee"),
    *("대통령", "首相", "meet", "met", "meet with", "meeting", "회담", "만난", "만난다", "会談"),
    *("talks", "to", "へ", "から", "訪", "에서", "에서는", "재", "visit", "visits", "the", "in"),
    *("정상회담", "회담장", "비밀", "우리", "本", "a", "x"),
)
GLUE = (" ", " ", " ", "", "", "-", ", ", ". ", "。")
texts = st.lists(
    st.builds(str.__add__, st.sampled_from(PIECES), st.sampled_from(GLUE)), min_size=2, max_size=9
).map("".join)


def matched(what: Signal, where: Item, finder: type = ByAho) -> list[Hit]:
    lists = [Watchlist(id="w", signals=(what,))]
    return Matcher(lists, {}, classes=CLASSES, finder=finder).hits(where)


def seen(term: str, title: str) -> list[str]:
    where = item(title)
    return words(next(iter(matched(signal(term), where)), None), where)


def expansions(phrase: Phrase) -> list[tuple[Phrase, Phrase]]:
    """Every phrase of words that it may stand for, each with its first piece, in the obvious way:
    each word of each class, with a space between pieces or without one where that may be."""
    choices = [
        [Word(literal=w.rstrip("*"), tail="*" in w) for w in CLASSES[one.name].words]
        if not isinstance(one, Word)
        else [one]
        for one in phrase.words
    ]
    joints = [
        (one.joined, isinstance(one, Word) and isinstance(before, Word))
        for before, one in zip(phrase.words, phrase.words[1:], strict=False)
    ]
    found = []
    for row in product(*choices):
        rows: list[list[Word]] = [[row[0]]]
        for (joined, is_plain), word in zip(joints, row[1:], strict=True):
            together = [[*one[:-1], _glued(one[-1], word)] for one in rows]
            is_open = is_cjk(word.literal[0]) or is_cjk(rows[0][-1].literal[-1])
            apart = [] if joined else [[*one, word] for one in rows]
            rows = apart + (together if joined or (is_open and not is_plain) else [])
        found += [(Phrase(words=tuple(one)), Phrase(words=row[:1])) for one in rows]
    return found


def _glued(left: Word, right: Word) -> Word:
    literal = left.literal + right.literal
    return Word(literal=literal, mark=left.mark, head=left.head, tail=right.tail)


def spans_by_expansion(phrase: Phrase, title: str) -> set[tuple[int, int]]:
    folded = fold(title)
    judge = Judge(folded, korean=lambda: False, title=True, singles=frozenset())
    found = set()
    for one, first in expansions(phrase):
        alone = needle_of(first)
        assert alone is not None
        plain = Signal(id="s", any=(Term(body=one),))
        for span in (span for hit in matched(plain, item(title)) for span in hit.spans):
            at = folded.lower.find(alone.letters, span.start)
            if len(phrase.words) == 1 or judge.begins(alone, at, at + len(alone.letters)):
                found.add((span.start, span.end))
    return found


@pytest.mark.slow
@given(source=st.sampled_from(PHRASES), title=texts)
@example(source="#cityへ", title="東京、奈良へ。")
@example(source="#city에서 #meet", title="우리나라에서 회담, 도쿄에서 만난다")
@example(source="재#city에서", title="재나라에서는")
@example(source="visit* the #city talks", title="x visits the New York talks")
@example(source="#leader #meet", title="首相会談, Lee-met。president, meet")
@example(source="#city *회담", title="나라 정상회담회담장")
def test_a_phrase_stands_where_one_of_its_expansions_stands(source: str, title: str) -> None:
    assume(len(fold(title).text) == len(title))
    term = parse_term(source)
    assert isinstance(term, Term)
    assert isinstance(term.body, Phrase)
    hits = matched(Signal(id="s", any=(term,)), item(title))
    found = {(span.start, span.end) for hit in hits for span in hit.spans}
    assert found == spans_by_expansion(term.body, title)


@given(source=st.sampled_from(PHRASES), title=texts)
def test_the_plain_finder_gives_the_same_words_of_the_same_classes(source: str, title: str) -> None:
    assert matched(signal(source), item(title)) == matched(signal(source), item(title), ByScan)


@pytest.mark.parametrize(
    ("term", "title", "marked"),
    [
        ("#meet", "Lee met Kim, talks go on", ["met", "talks"]),
        ("to #city", "From Seoul to Nara", ["to Nara"]),
        ("to #city", "From Seoul to, Nara", []),
        ("#cityへ", "首相、奈良へ", ["奈良へ"]),
        ("#cityへ", "首相、奈良 へ", []),
        ("#city へ", "首相、奈良へ", ["奈良へ"]),
        ("#leader #meet", "首相会談", ["首相会談"]),
        ("#leader #meet", "president meets", []),
        ("#leader #meet", "Lee-meet", ["Lee-meet"]),
        ("#city에서", "나라에서 만난", ["나라에서"]),
        ("#city에서", "우리나라에서 만난", []),
        ("#city에서", "도쿄에서는", ["도쿄에서"]),
        ("#meet", "정상회담", []),
        ("US #city", "us Nara", []),
        ("#meet NEAR/3 to #city", "to meet, and back to New York", ["meet", "to New York"]),
        ("(#meet OR x) BEFORE/2 #city", "x in Nara", ["x", "Nara"]),
        ("title:#leader", "president", ["president"]),
    ],
)
def test_a_class_and_a_phrase_with_one(term: str, title: str, marked: list[str]) -> None:
    assert seen(term, title) == marked


def test_a_hit_tells_the_word_its_class_and_its_line() -> None:
    found = matched(signal("#leader #meet", "to #city"), item("首相会談, then to Nara"))[0]
    told = [[(one.name, one.word) for one in span.classes] for span in found.spans]
    assert told == [[("#leader", "首相"), ("#meet", "会談")], [("#city", "Nara")]]
    assert str(found.spans[1].classes[0].place) == "words.toml:3"
    assert str(found.spans[1].classes[0]) == "Nara is #city (words.toml:3)"


def test_a_class_masks_and_vetoes_as_its_words_do() -> None:
    assert not matched(signal("Lee", ignore=["#leader met"]), item("Lee met"))
    assert not matched(signal("Lee", none=["to #city"]), item("Lee goes to Nara"))
    assert matched(signal("Lee", none=["to #city"]), item("Lee goes to bed"))
    assert matched(signal("Lee", all_=[["#meet"]]), item("Lee met"))
    assert not matched(signal("#meet", scope="title"), item("x", summary="met"))


@pytest.mark.parametrize(
    ("title", "summary", "in_title"),
    [
        ("Lee goes to Nara", "", True),
        ("Lee goes", "He went to Nara", False),
        ("Nara waits", "He went to Nara", False),
        ("Lee goes to Tokyo", "Nara waits", None),
        ("Back to Nara", "Nara waits", True),
    ],
)
@pytest.mark.parametrize("term", ["to #city", "(x OR to #city)"])
def test_a_phrase_with_a_class_counts_where_the_signal_reads(
    term: str, title: str, summary: str, in_title: bool | None
) -> None:
    where = item(title, summary=summary)
    for one in (signal(term), signal("goes", "waits", "Back", all_=[[term]])):
        assert bool(matched(one, where)) == (in_title is not None)
    assert bool(matched(signal(term, scope="title"), where)) == bool(in_title)


def test_a_class_of_many_words_stands_once_in_the_table() -> None:
    big = word_class("#big", *(f"word{n}" for n in range(1000)))
    one = signal(*(f"w{n} #big" for n in range(50)), "#big")
    matcher = Matcher([Watchlist(id="w", signals=(one,))], {}, classes={"#big": big})
    assert sum("word" in needle.letters for needle in matcher.plan.needles) == 1000
    assert matcher.hits(item("w7 word5"))[0].spans[0].term == "w7 #big"

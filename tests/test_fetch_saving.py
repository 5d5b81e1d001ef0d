"""What one run of `fetch` leaves in the store: the items of each document, and the feed's state."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from desk import NOW, rss
from feed_server import Site
from sigtrack.app.fetch import Answer, Errand, fetch, policy_of
from sigtrack.app.rules import rules_of
from sigtrack.model import Feed, FeedState, Fetched
from sigtrack.store import open_store
from sigtrack.store.interface import Query, Store
from stored import titles
from team import run_sql

AT = datetime.fromisoformat(NOW)
DAY = timedelta(days=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with open_store(str(path)) as store:
        yield store


def run(store: Store, errand: Errand, at: datetime = AT) -> tuple[Answer, ...]:
    catalogue = [*errand.feeds, *errand.named]
    done = fetch(store, errand, rules_of((), {}), catalogue, clock=lambda: at, policy=policy_of(""))
    store.finish_run(done.run, at)
    return done.answers


def feed(id: str, url: str) -> Feed:
    return Feed(id=id, url=url, allow_private=True)


def state(store: Store, id: str = "f") -> FeedState:
    return store.feed_states()[id]


def test_a_document_with_too_many_items_is_read_again_and_says_what_was_left_out(
    store: Store, site: Site
) -> None:
    bare = "".join(f"<item><guid>{n}</guid><title>Fog {n}</title></item>" for n in range(2_003))
    one = feed("f", site.serve("/f", f"<rss><channel>{bare}</channel></rss>".encode()))
    (found,) = run(store, Errand(named=[one]))
    assert found.note == "3 items beyond the first 2,000 were left out"
    assert len(found.saved.new) == 2_000
    assert state(store).document == ""  # the same bytes are read again


def test_the_answers_of_one_run_are_each_saved_with_their_feed(store: Store, site: Site) -> None:
    """A document, the same one as last time, a page, one that is gone, and an error."""
    fog = rss("Fog").replace(b"<channel>", b"<channel><ttl>90</ttl>")
    feeds = [
        feed("new", site.serve("/new", fog)),
        feed("page", site.serve("/page", b"<html><body>Fog</body></html>", ETag='"1"')),
        feed("gone", site.serve("/gone", b"", status=410)),
        feed("error", site.serve("/error", b"", status=500)),
    ]
    answers = {one.feed.id: one for one in run(store, Errand(named=feeds))}
    assert {id: one.kind for id, one in answers.items()} == {
        "new": "fetched", "page": "failed", "gone": "gone", "error": "failed"
    }  # fmt: skip
    assert [len(one.saved.new) for one in answers.values() if one.kind == "fetched"] == [1]
    assert titles(store.items(Query(sources=("new",)))) == titles(store.items(Query())) == ["Fog"]
    states = store.feed_states()
    assert {id: (one.failures, one.paused is None) for id, one in states.items()} == {
        "new": (0, True), "page": (1, True), "gone": (1, False), "error": (1, True)
    }  # fmt: skip
    assert (states["new"].gap, states["new"].changed_at) == (5400, AT)
    assert states["new"].document and not states["page"].document and not states["page"].etag
    assert isinstance(answers["new"].outcome, Fetched) and not answers["new"].outcome.body
    later = {one.feed.id: one for one in run(store, Errand(named=feeds[:1]), AT + DAY)}
    assert (later["new"].saved.new, state(store, "new").changed_at) == ((), AT)
    assert isinstance(later["new"].outcome, Fetched) and not later["new"].outcome.body
    assert state(store, "new").answered_at == AT + DAY
    assert state(store, "new").gap == 5400
    site.serve("/new", rss("Rain").replace(b"example.org/<", b"other.test/<"))
    (moved,) = run(store, Errand(named=feeds[:1]), AT + 2 * DAY)
    assert (moved.feed.id, moved.alerts) == ("new", ())  # a feed is its id, whoever it says it is
    assert set(titles(store.items(Query(sources=("new",))))) == {"Fog", "Rain"}
    assert store.origin("new") is None


def test_items_are_not_kept_without_the_state_of_their_feed(path: Path, site: Site) -> None:
    errand = Errand(named=[feed("f", site.serve("/f", rss("Fog"), ETag='"1"'))])
    with open_store(str(path)) as store:
        full = "CREATE TRIGGER off BEFORE INSERT ON feeds BEGIN SELECT RAISE(ABORT, 'full'); END"
        run_sql(str(path), full)
        with pytest.raises(ExceptionGroup) as caught:
            run(store, errand)
        assert "full" in str(caught.value.exceptions[0])
        assert (titles(store.items(Query())), store.feed_states()) == ([], {})
        run_sql(str(path), "DROP TRIGGER off")
    with open_store(str(path)) as store:
        (again,) = run(store, errand)
        assert (len(again.saved.new), state(store).etag) == (1, '"1"')


def test_files_of_one_name_by_two_publishers_are_kept_apart_and_a_file_has_no_state(
    store: Store, tmp_path: Path
) -> None:
    files = []
    for site in ("one", "other"):
        file = tmp_path / site / "feed.xml"
        file.parent.mkdir()
        file.write_bytes(rss(f"Fog at {site}").replace(b"example.org/<", f"{site}.test/<".encode()))
        files.append((Feed(id="feed", url=""), file))
    first, second = run(store, Errand(files=files))
    assert (first.feed.id, first.alerts) == ("feed", ())
    assert second.feed.id != "feed"
    assert second.alerts == ('kept under this id, because "feed" is another publisher\'s file',)
    kept = {one.item.feed: one.item.title for one in store.items(Query())}
    assert kept == {"feed": "Fog at one", second.feed.id: "Fog at other"}
    assert store.feed_states() == {}
    (again,) = run(store, Errand(files=files[:1]))
    assert (again.saved.new, again.kind) == ((), "fetched")

"""What one run of `fetch` asks, and what it leaves in the store: the items of each document, and the
feed's state."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from desk import NOW, rss
from feed_server import Site
from newsroom import rules
from sigtrack.app.fetch import Answer, Errand, Fetching, errand_of, fetch, leased, policy_of
from sigtrack.app.in_force import Catalogue
from sigtrack.app.rules import rules_of
from sigtrack.errors import Misuse
from sigtrack.fetch.policy import FetchPolicy, News
from sigtrack.model import Failed, Feed, FeedState, Fetched, Gone, NotModified, Outcome
from sigtrack.parse.workers import LARGE
from sigtrack.store import open_store
from sigtrack.store.interface import Query
from sigtrack.store.sql import Store
from stored import titles
from team import run_sql

AT = datetime.fromisoformat(NOW)
POLICY = policy_of("")
DAY = timedelta(days=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with open_store(str(path)) as store:
        yield store


def run(store: Store, errand: Errand, at: datetime = AT) -> tuple[Answer, ...]:
    catalogue = Catalogue(feeds=(*errand.feeds, *errand.named))
    done = fetch(store, errand, rules_of((), {}), catalogue, clock=lambda: at, policy=POLICY)
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


# What is asked


def test_an_argument_is_a_feed_its_address_a_group_a_stranger_or_a_file(tmp_path: Path) -> None:
    coast, bay = (
        Feed(id="coast", url="https://coast.test/a.xml"),
        Feed(id="bay", url="b", group="x"),
    )
    idle = Feed(id="idle", url="c", group="x", paused="silent")
    feeds = (coast, bay, idle)
    file = tmp_path / "coast.xml"
    file.touch()
    assert errand_of((), feeds) == Errand(feeds=feeds)
    for arguments, named in (
        (["coast"], [coast]),
        (["https://coast.test/a.xml"], [coast]),
        (["group:x", "coast"], [bay, coast]),
        (["coast", "group:x"], [coast, bay]),
        (["idle"], [idle]),
    ):
        told = errand_of(arguments, feeds)
        assert ([*told.feeds], [*told.named], [*told.files]) == ([], named, [])
    (stranger,) = errand_of(["HTTPS://coast.test/b.xml"], feeds).named
    assert (stranger.id, stranger.url) == ("coast-test", "HTTPS://coast.test/b.xml")
    ((read, path),) = errand_of([str(file)], feeds).files
    assert (read.id, read.url, read.title, path) == ("coast-2", "", str(file), file)


def test_what_cannot_be_asked_is_said_with_what_was_meant() -> None:
    feeds = [Feed(id=f"coast-{n}", url="") for n in range(5)]
    with pytest.raises(Misuse, match="'coastt-1' is neither a feed, an address nor a file") as one:
        errand_of(["coastt-1"], feeds)
    assert one.value.hint.startswith("did you mean coast-1, coast-")
    assert one.value.hint.count(",") == 2
    with pytest.raises(Misuse) as other:
        errand_of(["harbour"], feeds)
    assert other.value.hint == "sigtrack feeds list shows all feeds"
    with pytest.raises(Misuse) as third:
        errand_of(["ftp://me:sesame@coast.test/"], feeds)
    assert third.value.message == "ftp://…@coast.test/ is not the address of a feed"
    assert third.value.hint == "use http or https"


def test_the_user_agent_names_whom_to_contact_and_what_is_read_has_room() -> None:
    usual = FetchPolicy()
    assert policy_of("").user_agent == usual.user_agent
    assert policy_of("me@coast.test\n").user_agent == f"{usual.user_agent} me@coast.test"
    held = usual.total_in_flight - policy_of("").total_in_flight
    assert held == 3 * usual.max_body + 32 * LARGE
    assert policy_of("").total_in_flight >= usual.max_body


# What is told of it


ASKED: dict[str, Any] = {"feed": "f", "at": AT, "seconds": 0.5}


def fetched(**more: Any) -> Fetched:
    given = {"status": 200, "url": "https://coast.test/", "moved_to": None, "body": b"", **more}
    return Fetched(**ASKED, **given)


MOVED: dict[str, Any] = {"moved_to": "https://me:sesame@bay.test/", "moved_status": 301}


@pytest.mark.parametrize(
    ("outcome", "kind", "news", "note"),
    [
        (fetched(**MOVED), "fetched", (), "cut; short"),
        (
            *(fetched(**MOVED), "fetched", (News.MOVED,)),
            "has moved to https://…@bay.test/ (301); cut; short",
        ),
        (
            *(NotModified(**ASKED, **MOVED), "not-modified", (News.MOVED,)),
            "has moved to https://…@bay.test/ (301); cut; short",
        ),
        (Gone(**ASKED), "gone", (), "cut; short"),
        (Failed(**ASKED, reason="no answer"), "failed", (), "no answer; cut; short"),
        (Failed(**ASKED, reason="full", asked=False), "put-off", (), "full; cut; short"),
    ],
)
def test_an_answer_says_what_the_user_should_know(
    outcome: Outcome, kind: str, news: tuple[News, ...], note: str
) -> None:
    answer = Answer(
        feed=Feed(id="f", url=""), outcome=outcome, news=news, alerts=("cut",), notes=("short",)
    )
    assert (answer.kind, answer.note) == (kind, note)
    assert bool(answer.move) == (isinstance(outcome, Fetched | NotModified))


def test_an_answer_that_did_not_move_has_no_move() -> None:
    for outcome in (fetched(), NotModified(**ASKED), Gone(**ASKED)):
        assert Answer(feed=Feed(id="f", url=""), outcome=outcome, news=(News.MOVED,)).move == ""


def test_a_run_without_answers_has_not_failed(store: Store) -> None:
    def done(*kinds: Outcome) -> Fetching:
        answers = tuple(Answer(feed=Feed(id="f", url=""), outcome=one) for one in kinds)
        began = store.begin_run("import", AT)
        store.finish_run(began, AT)
        return Fetching(run=began, answers=answers, waiting=(), next_due=None, hits=0)

    failed, gone = Failed(**ASKED, reason="no answer"), Gone(**ASKED)
    put_off = Failed(**ASKED, reason="full", asked=False)
    assert not done().all_failed()
    assert done(failed, gone).all_failed()
    assert not done(failed, fetched()).all_failed()
    assert not done(failed, put_off).all_failed()
    assert (done().paused, done().texts, done().hits_by_feed["f"]) == (0, None, 0)


def test_what_waits_and_what_is_paused_is_told_and_when_it_is_due(store: Store, site: Site) -> None:
    here = feed("here", site.serve("/here", rss("Fog")))
    soon, late = feed("soon", "https://soon.test/"), feed("late", "https://late.test/")
    idle = Feed(id="idle", url="https://idle.test/", paused="silent")
    ours = feed("ours", "https://ours.test/")
    states = [
        FeedState(feed="soon", due_at=AT + DAY / 4),
        FeedState(feed="late", due_at=AT + DAY / 3),
        FeedState(feed="ours", paused="gone", due_at=AT + DAY / 8),
    ]
    store.save_feed_states(states)
    feeds = [here, late, soon, idle, ours]
    done = fetch(
        *(
            store,
            Errand(feeds=feeds, named=[here]),
            rules_of((), {}),
            Catalogue(feeds=tuple(feeds)),
        ),
        clock=lambda: AT,
        policy=POLICY,
    )
    store.finish_run(done.run, AT)
    assert [one.feed.id for one in done.answers] == ["here"]  # once, though it was named as well
    assert [one.id for one in done.waiting] == ["late", "soon"]
    assert (done.paused, done.next_due, done.texts) == (2, AT + DAY / 4, None)
    assert done.run.kind == "fetch"
    (record,) = done.records()
    assert record == {
        "feed": "here",
        "outcome": "fetched",
        "status": 200,
        "new": 1,
        "revised": 0,
        "hits": 0,
        "seconds": round(done.answers[0].outcome.seconds, 3),
        "note": "",
    }


def test_a_document_is_read_with_what_is_known_of_its_feed_and_its_answer(
    store: Store, site: Site
) -> None:
    body = (
        "<rss><channel><item><guid>1</guid><title>Żółte światło</title><link>/light</link>{}</item>"
    )
    dated = body.format("<pubDate>Wed, 14 Jan 2026 09:00:00</pubDate>") + "</channel></rss>"
    url = site.serve(
        "/f", dated.encode("iso-8859-2"), **{"Content-Type": "text/xml; charset=iso-8859-2"}
    )
    for id, zone, hours in (("f", "Asia/Tokyo", "+09:00"), ("g", None, "-05:00")):
        one = replace(feed(id, url), language="pl", country="US", timezone=zone)
        run(store, Errand(named=[one]))
        (stored,) = store.items(Query(sources=(id,)))
        assert (stored.item.title, stored.item.language) == ("Żółte światło", "pl")
        assert stored.item.url == url.removesuffix("/f") + "/light"
        assert stored.item.published == datetime.fromisoformat(f"2026-01-14T09:00:00{hours}")


def test_progress_counts_feeds_and_files(store: Store, site: Site, tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_bytes(rss("Rain"))
    told: list[tuple[int, int]] = []
    errand = Errand(
        named=[feed("f", site.serve("/f", rss("Fog")))], files=[(Feed(id="feed", url=""), file)]
    )
    done = fetch(
        *(store, errand, rules_of((), {}), Catalogue(feeds=tuple(errand.named))),
        clock=lambda: AT,
        policy=POLICY,
        progress=lambda done, of: told.append((done, of)),
    )
    assert len(done.answers) == 2
    assert [one for one in told if one[1] == 2][:2] == [(1, 2), (2, 2)]


def test_a_run_counts_the_hits_that_it_found_and_none_of_before(store: Store, site: Site) -> None:
    counted = []
    for titles_now in (["A lighthouse is lit"], ["A lighthouse is lit", "Fog"]):
        one = feed("coast", site.serve("/f", rss(*titles_now)))
        done = fetch(
            store,
            Errand(named=[one]),
            rules(),
            Catalogue(feeds=(one,)),
            clock=lambda: AT,
            policy=POLICY,
        )
        store.finish_run(done.run, AT)
        counted.append((done.hits, done.records()[0]["hits"], done.records()[0]["new"]))
    assert counted == [(1, 1, 1), (0, 0, 1)]


def test_names_are_resolved_as_the_caller_wants_and_without_a_network_no_page_is_asked(
    store: Store, site: Site
) -> None:
    async def here(host: str, port: int) -> Sequence[str]:
        if host != "coast.test":
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return [str(server.hostname)]

    server = urlsplit(site.serve("/f", rss("Fog")))
    for name, kind, is_there in (("coast", "fetched", True), ("bay", "failed", False)):
        one = feed(name, f"http://{name}.test:{server.port}/f")
        done = fetch(
            *(store, Errand(named=[one]), rules_of((), {}), Catalogue(feeds=(one,))),
            clock=lambda: AT,
            policy=POLICY,
            resolver=here,
            full_text=True,
        )
        store.finish_run(done.run, AT)
        assert [answer.kind for answer in done.answers] == [kind]
        assert (done.texts is not None) == (not done.is_offline()) == is_there


# Leases


def first_letter(wanted: str) -> str:
    return wanted[0]


def portions(
    store: Store, wanted: Iterable[str], still: Callable[[Sequence[str]], Sequence[str]]
) -> Iterator[Sequence[str]]:
    return leased(store, FetchPolicy(workers=2, host_gap=0), wanted, first_letter, still)


def test_who_is_alone_asks_all_hosts_at_once_and_nobody_is_faster(store: Store) -> None:
    wanted = ["a1", "b1", "a2", "c1"]
    assert [*portions(store, wanted, lambda _: [])] == [["a1", "a2", "b1", "c1"]]
    assert [*portions(store, [], lambda _: [])] == []

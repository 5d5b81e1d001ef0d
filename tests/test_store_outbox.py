"""The outbox: a hit is either unread or in exactly one mail of a digest, whatever happens."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sigtrack.errors import Busy, InputUnreadable, StoreCorrupt
from sigtrack.model import Priority
from sigtrack.store import open_store
from sigtrack.store.interface import DigestChoice, MailDraft, Query
from sigtrack.store.sql import Store
from sigtrack.store.sqlite import open_sqlite
from stored import DAY, HOUR, NOW, hit, item, match, poll
from team import run_sql

NARA = {"nara": "Nara"}


def draft(choice: DigestChoice, *recipients: str) -> MailDraft:
    return MailDraft(
        message_id=f"<{choice.digest}.{choice.number}@desk.example>",
        subject="Nara",
        sender="desk@desk.example",
        body="\r\n".join(titles(choice)).encode(),
        recipients=recipients or ("a@desk.example", "b@desk.example"),
    )


def titles(choice: DigestChoice) -> list[str]:
    return [found.stored.item.title for found in choice.found]


def unread(store: Store, digest: str = "morning", query: Query | None = None) -> list[str]:
    return titles(store.unread(digest, query or Query(), NOW))


def test_what_is_in_a_mail_is_not_unread_any_more(store: Store) -> None:
    poll(store, [item("Nara one")])
    match(store, NARA)
    assert unread(store) == ["Nara one"]
    mail = store.choose("morning", Query(), NOW, draft)
    assert mail is not None
    assert mail.body == b"Nara one"
    assert (mail.digest, mail.message_id) == ("morning", "<morning.1@desk.example>")
    assert (mail.subject, mail.sender) == ("Nara", "desk@desk.example")
    for one in mail.deliveries:
        assert (one.state, one.tried_at, one.refused_since, one.reason) == (
            "waiting",
            None,
            None,
            "",
        )
        assert one.told is one.by_hand is False
    assert unread(store) == []
    assert unread(store, "evening") == ["Nara one"]
    poll(store, [item("Nara two", uid="b")])
    match(store, NARA)
    assert unread(store) == ["Nara two"]
    look = store.last_look("digest")
    assert look is not None
    assert look == store.last_look("digest:morning")
    assert (look.hit, look.revision) == (1, 1)
    choice = store.unread("morning", Query(), NOW)
    assert choice.last == look
    assert (choice.upto.hit, choice.upto.revision) == (2, 2)


def test_without_a_draft_nothing_is_changed(store: Store) -> None:
    poll(store, [item("Nara one")])
    match(store, NARA)
    assert store.choose("morning", Query(), NOW, lambda _: None) is None
    assert store.last_look("digest:morning") is None
    assert unread(store) == ["Nara one"]


def test_a_draft_that_cannot_be_written_changes_nothing(store: Store) -> None:
    poll(store, [item("Nara one")])
    match(store, NARA)

    def fails(choice: DigestChoice) -> MailDraft:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.choose("morning", Query(), NOW, fails)
    assert unread(store) == ["Nara one"]
    assert store.waiting() == []


def test_a_mail_knows_the_one_before_it(store: Store) -> None:
    seen: list[tuple[int, str]] = []

    def write(choice: DigestChoice) -> MailDraft:
        seen.append((choice.number, choice.answers))
        return draft(choice)

    for digest in ("morning", "evening", "morning", "morning"):
        store.choose(digest, Query(), NOW, write)
    first, third = "<morning.1@desk.example>", "<morning.3@desk.example>"
    assert seen == [(1, ""), (2, ""), (3, first), (4, third)]
    assert [mail.number for mail in store.waiting()] == [1, 2, 3, 4]


def test_what_the_query_leaves_out_counts_as_read(store: Store) -> None:
    poll(store, [item("Nara low"), item("Nara high", uid="b")])
    (batch,) = store.batches({"nara": "1"})
    low, high = batch.items
    found = [(low, hit(low, "nara")), (high, hit(high, "nara", priority=Priority.HIGH))]
    store.save_hits(batch, found, NOW)
    wanted = Query(priority=Priority.HIGH)
    assert unread(store, query=wanted) == ["Nara high"]
    store.choose("morning", wanted, NOW, draft)
    assert unread(store) == []


def test_a_hit_that_an_edit_hid_is_told_when_it_comes_back(store: Store) -> None:
    poll(store, [item("Talks in Nara")])
    match(store, NARA)
    poll(store, [item("Talks")], NOW + HOUR)  # the word is gone before anybody was told
    match(store, NARA)
    assert unread(store) == []
    for digest in ("morning", "evening"):
        store.choose(digest, Query(), NOW, draft)
    poll(store, [item("Talks in Nara after all")], NOW + DAY)
    match(store, NARA)
    assert unread(store) == ["Talks in Nara after all"]
    store.choose("morning", Query(), NOW + DAY, draft)
    assert unread(store, "evening") == ["Talks in Nara after all"]
    poll(store, [item("Talks in Nara, we hear")], NOW + DAY)
    match(store, NARA)
    assert unread(store) == []


def test_a_hit_that_was_told_is_not_told_again_after_an_edit_hid_it(store: Store) -> None:
    for title in ("Talks in Nara", "Talks", "Talks in Nara after all"):
        poll(store, [item(title)])
        match(store, NARA)
        store.choose("morning", Query(), NOW, draft)
    assert [mail.body for mail in store.waiting()] == [b"Talks in Nara", b"", b""]


def test_what_existed_when_a_digest_began_is_never_told(store: Store) -> None:
    poll(store, [item("Talks in Nara")])
    match(store, NARA)
    assert store.take_as_read("morning", NOW) == 1
    assert store.take_as_read("morning", NOW) == 0
    assert unread(store) == []
    for title in ("Talks", "Talks in Nara again"):
        poll(store, [item(title)], NOW + HOUR)
        match(store, NARA)
        assert unread(store) == []


def test_what_an_edit_hid_before_a_digest_began_is_never_told(store: Store) -> None:
    poll(store, [item("Talks in Nara")])
    match(store, NARA)
    poll(store, [item("Talks")], NOW + HOUR)
    match(store, NARA)
    store.choose("morning", Query(), NOW, draft)
    store.take_as_read("morning", NOW + HOUR)
    poll(store, [item("Talks in Nara after all")], NOW + DAY)
    match(store, NARA)
    assert unread(store) == []


def test_a_digest_that_cannot_begin_leaves_what_was_hidden_to_be_told(store: Store) -> None:
    poll(store, [item("Talks in Nara")])
    match(store, NARA)
    poll(store, [item("Talks")], NOW + HOUR)
    match(store, NARA)
    store.choose("morning", Query(), NOW, draft)
    with pytest.raises(TypeError):
        store.take_as_read("morning", "now")  # type: ignore[arg-type]
    poll(store, [item("Talks in Nara after all")], NOW + DAY)
    match(store, NARA)
    assert unread(store) == ["Talks in Nara after all"]


def test_all_deliveries_of_a_mail_are_saved_or_none(store: Store) -> None:
    mail = store.choose("morning", Query(), NOW, draft)
    assert mail is not None
    first, second = mail.deliveries
    with pytest.raises(Exception, match=r"NOT NULL|not-null"):
        store.save_deliveries(
            mail.number,
            [replace(first, state="sent"), replace(second, reason=None)],  # type: ignore[arg-type]
        )
    assert store.mail(mail.number).deliveries == (first, second)


def test_a_mail_outlives_a_power_cut_before_it_is_sent(tmp_path: Path) -> None:
    seen: list[int] = []
    with open_sqlite(tmp_path / "store.db", mode="create", patience=1) as store:
        database = store._database

        def write(choice: DigestChoice) -> MailDraft:
            seen.append(database.value("PRAGMA synchronous"))
            return draft(choice)

        store.choose("morning", Query(), NOW, write)
        seen.append(database.value("PRAGMA synchronous"))
    assert seen == [2, 1]  # FULL, and NORMAL again


def test_deliveries_remember_what_became_of_them(store: Store) -> None:
    mail = store.choose("morning", Query(), NOW, draft)
    assert mail is not None
    first, second = mail.deliveries
    gone = replace(first, state="sent", tried_at=NOW, reason="451 later")
    late = replace(
        second,
        by_hand=True,
        tried_at=NOW + DAY,
        refused_since=NOW,
        reason="no such desk",
        told=True,
    )
    store.save_deliveries(mail.number, [gone])
    store.save_deliveries(mail.number, [late])
    assert store.mail(mail.number).deliveries == (gone, late)
    assert [one.number for one in store.waiting()] == [mail.number]
    store.save_deliveries(mail.number, [replace(late, state="dropped")])
    assert store.waiting() == []
    with pytest.raises(InputUnreadable, match="no mail 9") as caught:
        store.mail(9)
    assert "never made" in caught.value.hint


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE mails SET subject = x'4e617261'",
        "UPDATE deliveries SET reason = x'4e617261'",
        "UPDATE deliveries SET state = 'lost'",
    ],
)
def test_a_mail_that_was_never_written_is_damage_and_is_not_sent(tmp_path: Path, sql: str) -> None:
    place = str(tmp_path / "store.db")
    with open_store(place) as store:
        store.choose("morning", Query(), NOW, draft)
    run_sql(place, sql)
    with open_store(place) as store:
        with pytest.raises(StoreCorrupt, match="never written"):
            store.mail(1)
        assert any("never written" in one for one in store.check())


def test_a_mail_does_not_answer_one_whose_id_is_damaged(tmp_path: Path) -> None:
    place = str(tmp_path / "store.db")
    with open_store(place) as store:
        store.choose("morning", Query(), NOW, draft)
    run_sql(place, "UPDATE mails SET message_id = x'4e617261'")
    with open_store(place) as store, pytest.raises(StoreCorrupt, match="never written"):
        store.unread("morning", Query(), NOW)


def test_one_process_sends_at_a_time(store: Store, place: str) -> None:
    store.begin_sending()
    with open_store(place, patience=0) as other:
        with pytest.raises(Busy, match="digest, process"):
            other.begin_sending()
        other.begin_run("fetch", NOW)  # fetching goes on meanwhile


def test_old_mails_are_pruned_but_for_waiting_ones_and_the_last(store: Store) -> None:
    mails = [store.choose("morning", Query(), NOW + n * HOUR, draft) for n in range(3)]
    assert mails[0] is not None
    store.save_deliveries(1, [replace(one, state="sent") for one in mails[0].deliveries])
    store.prune(NOW)
    assert store.mail(1).made_at == NOW
    store.prune(NOW + DAY)
    with pytest.raises(InputUnreadable):
        store.mail(1)
    assert [store.mail(n).number for n in (2, 3)] == [2, 3]


def test_hits_of_pruned_items_and_forgotten_watchlists_leave_no_trace(store: Store) -> None:
    poll(store, [item("Nara"), item("Nara old", uid="b", published=NOW - DAY)])
    match(store, NARA)
    poll(store, [item("Talks"), item("Old talks", uid="b", published=NOW - DAY)], NOW + HOUR)
    match(store, NARA)
    store.choose("morning", Query(), NOW, draft)
    store.prune(NOW - HOUR)
    assert store.check() == []
    store.forget_watchlists([])
    assert store.check() == []


@settings(max_examples=25, deadline=None)
@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("poll"), st.integers(0, 3), st.sampled_from(["Nara", "Tokyo"])),
            st.just(("mail", 0, "")),
        ),
        max_size=12,
    )
)
def test_every_hit_that_was_ever_shown_is_told_exactly_once(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, str]]
) -> None:
    place = tmp_path_factory.mktemp("laws") / "store.db"
    told: list[str] = []
    shown: set[str] = set()
    with open_store(str(place)) as store:

        def tell() -> None:
            def write(choice: DigestChoice) -> MailDraft:
                told.extend(found.stored.item.uid for found in choice.found)
                return draft(choice)

            shown.update(found.stored.item.uid for found in store.hits(Query()))
            store.choose("morning", Query(), NOW, write)

        for number, (kind, uid, place_name) in enumerate([*steps, ("mail", 0, "")]):
            if kind == "mail":
                tell()
                continue
            poll(store, [item(f"{place_name} {number}", uid=str(uid))], NOW + number * HOUR)
            match(store, NARA)
    assert sorted(told) == sorted(shown)

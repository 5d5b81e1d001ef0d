"""Digests through a hundred bad days and under `kill -9`: none lost, none told twice.

"Twice" is: under two Message-IDs. The same mail may arrive again when its answer was lost, and is
then the same but for its date, so that mail programs show it once.
"""

from __future__ import annotations

import random
import re
import subprocess
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import newsroom
from desk import Desk
from newsroom import news
from sigtrack.app.digest.letter import Contents
from sigtrack.app.digest.letter import Desk as WritingDesk
from sigtrack.app.digest.planning import PlannedDigest, make, to_send
from sigtrack.app.digest.sending import Sending, send
from sigtrack.app.rules import rules_of
from sigtrack.app.stories import Headlines
from sigtrack.app.weights import Scales
from sigtrack.config import DigestSettings, MailSettings
from sigtrack.deliver import by_mail
from sigtrack.store import open_store
from sigtrack.store.sql import Store
from sigtrack.views.hits import Headings
from smtp_server import Mode, SmtpServer

BEGAN = datetime(2026, 1, 14, 12, tzinfo=UTC)
TO = ("a@desk.example", "b@desk.example", "gone@desk.example")
FAULTS: tuple[Mode, ...] = (
    "fine", "fine", "greylisting", "drop in data", "lost answer", "bad recipient", "slow",
    "refuses mail", "refuses data", "puts data off", "refuses sender", "busy", "closed",
)  # fmt: skip


def check_nobody_lost_anything(mail: SmtpServer, titles: list[str]) -> None:
    """Every item reached every recipient, under one Message-ID, with one set of bytes
    but for the date."""
    bodies: dict[str, set[bytes]] = defaultdict(set)
    ids: dict[str, set[str]] = defaultdict(set)
    reached: dict[str, set[str]] = defaultdict(set)
    for received in mail.mailbox:
        id, text = received.message_id, received.text
        bodies[id].add(re.sub(rb"\r\nDate: [^\r\n]+", b"", received.body))
        for title in titles:
            if f"  «Lighthouse» {title}\n" in text:
                ids[title].add(id)
                reached[title] |= set(received.recipients)
        assert set(received.recipients) <= set(TO)
    assert all(len(variants) == 1 for variants in bodies.values())
    assert {title: len(ids[title]) for title in titles} == dict.fromkeys(titles, 1)
    assert {title: reached[title] for title in titles} == {title: set(TO) for title in titles}


def run(
    store: Store,
    plan: PlannedDigest,
    desk: WritingDesk,
    mail: SmtpServer,
    now: datetime,
    timeout: float,
) -> Sending:
    """One run of `sigtrack digest`."""
    server = by_mail.Server(host="127.0.0.1", port=mail.port, security="none", timeout=timeout)
    make(store, plan, desk, now)
    return send(
        store,
        to_send(store, [plan]),
        lambda envelope: by_mail.send(envelope, server),
        lambda recipient, _: pytest.fail(recipient),
        lambda: now,
    )


@pytest.mark.parametrize("runs", [25, pytest.param(100, marks=pytest.mark.slow)])
def test_runs_with_a_broken_server_lose_none_of_twice_as_many_items(
    tmp_path: Path, mail: SmtpServer, runs: int
) -> None:
    chance = random.Random(runs)
    titles = [f"{n:03d}" for n in range(2 * runs)]
    plan = PlannedDigest(
        settings=DigestSettings(name="morning", to=TO, limit=200), mail=MailSettings()
    )
    waiting = list(titles)
    with open_store(str(tmp_path / "store.db")) as store:
        headlines = Headlines(store, lambda: rules_of((), {}))
        scales = Scales(store, actors={}, headlines=headlines, roles={}, visits=lambda _: ())
        desk = WritingDesk(
            zone=UTC,
            headings=Headings(watchlists={"lighthouses": "Lighthouses"}),
            contents=lambda choice, _: Contents(stories=scales.weigh(choice.found)),
        )
        for n in range(runs):
            mail.mode = chance.choice(FAULTS)
            new = chance.randrange(5)
            some, waiting = waiting[:new], waiting[new:]
            newsroom.tell(store, [news(f"Lighthouse {title}") for title in some])
            run(store, plan, desk, mail, BEGAN + n * timedelta(hours=1), timeout=0.1)
        newsroom.tell(store, [news(f"Lighthouse {title}") for title in waiting])
        mail.mode = "fine"
        last = run(store, plan, desk, mail, BEGAN + timedelta(hours=runs + 1), timeout=600)
        assert last.exit_code == 0
        assert store.waiting() == []
    check_nobody_lost_anything(mail, titles)


# --- killed


STAGES = ("connect", "ehlo", "mail", "rcpt", "data", "taken")


class _Killer:
    """Kills the process that talks to the server, at a stage of the conversation."""

    def __init__(self, stage: str, times: int) -> None:
        self.stage, self.times = stage, times
        self.process: subprocess.Popen[bytes] | None = None

    def __call__(self, stage: str) -> None:
        if stage == self.stage and self.process:
            self.times -= 1
            if self.times == 0:
                self.process.kill()


def kill_once(desk: Desk, mail: SmtpServer, chance: random.Random) -> None:
    """At a stage of the conversation, or before or between at any moment."""
    stage = chance.choice([*STAGES, "sometime", "sometime"])
    killer = _Killer(stage, chance.choice([1, 1, 2]))
    mail.at = killer
    with desk.start("digest", "-q") as process:
        killer.process = process
        try:
            process.communicate(timeout=chance.uniform(0.05, 1.2) if stage == "sometime" else 20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
    mail.at = lambda stage: None


def killed_often(desk: Desk, mail: SmtpServer, *, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    addresses = ", ".join(f'"{address}"' for address in TO)
    (desk.config / "config.toml").write_text(
        f'[mail]\nhost = "127.0.0.1"\nport = {mail.port}\nsecurity = "none"\n'
        f'from = "us@desk.example"\n[digest.morning]\nto = [{addresses}]\n'
    )
    titles = [f"{n:03d}" for n in range(kills)]
    for title in titles:
        newsroom.learn(desk.db, [news(f"Lighthouse {title}")])
        kill_once(desk, mail, chance)
    desk.run("digest")
    with open_store(str(desk.db)) as store:
        assert store.waiting() == []
        assert store.check() == []
    check_nobody_lost_anything(mail, titles)


@pytest.mark.slow
def test_a_digest_killed_at_six_moments_loses_nothing(desk: Desk, mail: SmtpServer) -> None:
    killed_often(desk, mail, kills=6, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_digest_killed_eighty_times_loses_nothing(
    desk: Desk, mail: SmtpServer, seed: int
) -> None:
    killed_often(desk, mail, kills=20, seed=100 + seed)

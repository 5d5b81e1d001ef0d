"""Chat services through Apprise: a webhook on loopback in the place of them all."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

import newsroom
from desk import Desk
from newsroom import news
from sigtrack.deliver import (
    Accepted,
    Deferred,
    Refused,
    Unreachable,
    is_name,
    notify,
    service_name,
)


class _Hook(HTTPServer):
    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.server_address[1]}/secret"


class _Handler(BaseHTTPRequestHandler):
    server: _Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.status == 200:
            self.server.got.append(json.loads(body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@contextmanager
def webhook() -> Iterator[_Hook]:
    with _Hook() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_service_takes_it_puts_it_off_or_is_unknown() -> None:
    with webhook() as hook:
        assert notify(hook.url, title="Lit", text="A «lighthouse»") == Accepted()
        assert hook.got[0]["title"] == "Lit"
        assert "A «lighthouse»" in hook.got[0]["message"]
        assert notify(f"{hook.url}?format=html", title="Lit", text="<Fog>") == Accepted()
        assert "&lt;Fog&gt;" in hook.got[1]["message"]
        hook.status = 500
        assert isinstance(notify(hook.url, title="Lit", text="x"), Deferred)
    assert isinstance(notify("nonsense://x", title="Lit", text="x"), Refused)


def test_the_name_of_a_service_tells_no_secret() -> None:
    assert service_name("slack://T/B/SECRET").startswith("notify:slack:")
    assert "SECRET" not in service_name("slack://T/B/SECRET")
    assert service_name("slack://a") != service_name("slack://b")
    assert service_name("xoxb-SECRET").startswith("notify:unknown:")


def test_the_name_of_a_service_stays_the_same_in_the_outbox() -> None:
    name = service_name("slack://a")
    assert name == "notify:slack:b1f9f7"
    assert is_name(name)
    assert not is_name("desk@desk.example")


def test_a_service_waits_for_apprise_to_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(Unreachable, match=r"pip install 'sigtrack\[notify\]'") as caught:
        notify("json://127.0.0.1/", title="Lit", text="x")
    assert caught.value.kind == "refused"


def test_a_digest_goes_to_a_chat_service_once_and_waits_if_it_must(desk: Desk) -> None:
    with webhook() as hook:
        (desk.config / "config.toml").write_text(f'[digest.morning]\nnotify = ["{hook.url}"]\n')
        newsroom.learn(desk.db, [news("A lighthouse is lit")])
        hook.status = 500
        done = desk.run("digest", "-q", code=75)
        assert "mail is put off until the next run: the service did not accept it" in done.err
        assert "secret" not in done.err
        hook.status = 200
        desk.run("digest")
        desk.run("digest")
    (got,) = hook.got
    assert got["title"] == "A lighthouse is lit"
    assert "Why: A lighthouse is lit" in got["message"]

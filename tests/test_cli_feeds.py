"""`sigtrack feeds`: list, add, remove, pause, check, import, export."""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desk import AS_NOBODY, Desk, folder_for_others, rss
from feed_server import FeedServer, Site
from sigtrack.watch import shipped_text


def own(desk: Desk) -> dict[str, dict[str, object]]:
    """The user's feeds, without the shipped ones that the desk took away."""
    listed = tomllib.loads(desk.feeds_file.read_text(encoding="utf-8"))["feed"]
    return {one["id"]: one for one in listed if not one.get("removed")}


def page(*links: str) -> bytes:
    named = "".join(
        f'<link rel="alternate" type="application/rss+xml" title="{title}" href="{href}">'
        for title, _, href in (link.partition("=") for link in links)
    )
    return f"<!doctype html><html><head><title>Harbour</title>{named}</head></html>".encode()


# --- list


def test_the_list_says_when_each_feed_last_answered_and_what_is_wrong(
    desk: Desk, feed_server: FeedServer
) -> None:
    healthy, dead = feed_server.site(), feed_server.site()
    urls = {
        "harbour": healthy.serve("/feed.xml", rss("Fish")),
        "wreck": dead.serve("/feed.xml", b"", 503),
    }
    desk.feeds(urls)
    before = {r["feed"]: r for r in desk.run("feeds", "list", "-f", "jsonl").records}
    assert before["harbour"]["answered"] is None
    desk.run("fetch")
    after = {r["feed"]: r for r in desk.run("feeds", "list", "-f", "jsonl").records}
    assert after["harbour"]["answered"] == "2026-01-14T12:00:00+00:00"
    assert after["wreck"]["answered"] is None
    assert (after["wreck"]["failures"], after["wreck"]["reason"]) == (
        1,
        "answered 503 Service Unavailable",
    )
    out = desk.run("feeds", "list").out
    assert "failed 1 time: answered 503 Service Unavailable" in out
    assert "2026-01-14 12:00" in out


def test_the_shipped_catalogue_is_listed_and_paused_feeds_give_their_reason(desk: Desk) -> None:
    desk.feeds_file.unlink()
    active = desk.run("feeds", "list", "-f", "jsonl").records
    every = desk.run("feeds", "list", "--all", "-f", "jsonl").records
    assert len(every) == len(tomllib.loads(shipped_text("feeds.toml"))["feed"])
    assert all(r["paused"] is None for r in active)
    assert all(r["paused"] for r in every[len(active) :])
    assert "paused feeds: sigtrack feeds list --all" in desk.run("feeds", "list").out


def test_a_page_instead_of_a_feed_is_called_so_until_a_feed_comes(desk: Desk, site: Site) -> None:
    desk.feeds({"harbour": site.serve("/feed.xml", b"<!doctype html><title>Parked</title>")})
    desk.run("fetch", code=69)
    assert "failed 1 time: answered 200 but not with a feed (" in desk.run("feeds", "list").out
    site.serve("/feed.xml", rss("Fish"))
    desk.run("fetch", "harbour")
    assert "not with a feed" not in desk.run("feeds", "list").out


def test_a_feed_that_answers_but_brings_nothing_for_four_usual_gaps_is_shown_as_such(
    desk: Desk, site: Site
) -> None:
    days = range(1, 6)
    items = "".join(
        f"<item><title>Tide table {day}</title><pubDate>{day} Jan 2026 06:00 GMT</pubDate></item>"
        for day in days
    )
    feed = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
    desk.feeds({"harbour": site.serve("/feed.xml", feed)})
    desk.run("fetch", SIGTRACK_NOW="2026-01-05T07:00:00Z")

    def listed(now: str) -> tuple[str, object]:
        desk.run("fetch", SIGTRACK_NOW=now)  # the same items, every time with a 200
        assert len(site.requests) > 1
        records = desk.run("feeds", "list", "-f", "jsonl", SIGTRACK_NOW=now).records
        return desk.run("feeds", "list", SIGTRACK_NOW=now).out, records[0]["frozen"]

    out, frozen = listed("2026-01-09T06:00:00Z")
    assert "nothing new" not in out and frozen is False
    out, frozen = listed("2026-01-09T08:00:00Z")
    assert "nothing new since 2026-01-05, usually within 1 day" in out and frozen is True
    ailing = desk.run("doctor", "-f", "jsonl", SIGTRACK_NOW="2026-01-09T08:00:00Z").records
    assert "four times as long as usual: harbour" in str([one["finding"] for one in ailing])
    site.serve("/feed.xml", feed.replace(b"Tide table 5", b"Tide table 5, mended"))
    assert "nothing new" not in listed("2026-01-09T09:00:00Z")[0]


# --- add


def test_a_feed_is_added_and_fetched(desk: Desk, site: Site) -> None:
    url = site.serve("/feed.xml", rss("A lighthouse is lit", "Fish", lang="en"))
    done = desk.run("feeds", "add", url, "--allow-private")
    assert "harbour-news added: Harbour News, 2 items now" in done.out
    assert "sigtrack fetch harbour-news" in done.out
    assert own(desk)["harbour-news"] == {
        "id": "harbour-news",
        "url": url,
        "title": "Harbour News",
        "language": "en",
        "allow_private": True,
    }
    assert "1 feed asked: 2 new items, 1 new hit" in desk.run("fetch", "harbour-news").out


def test_what_the_user_says_of_a_feed_goes_before_what_it_says_itself(
    desk: Desk, site: Site
) -> None:
    url = site.serve("/feed.xml", rss("Fish"))
    described = ("--id", "port", "--title", "The Port", "--lang", "ko", "--country", "KR")
    described += ("--timezone", "Asia/Tokyo")
    desk.run("feeds", "add", url, "--allow-private", "--role", "ministry", *described)
    feed = own(desk)["port"]
    assert (feed["title"], feed["language"], feed["country"], feed["role"]) == (
        *("The Port", "ko", "KR", "ministry"),
    )
    assert feed["timezone"] == "Asia/Tokyo"
    assert desk.run("feeds", "list", "-f", "jsonl").records[0]["timezone"] == "Asia/Tokyo"


def test_of_a_page_the_feed_that_it_names_is_added(desk: Desk, site: Site) -> None:
    site.serve("/feed.xml", rss("Fish"))
    home = site.serve("/", page("News=/feed.xml"), Content_Type="text/html")
    desk.run("feeds", "add", home, "--allow-private")
    assert own(desk)["harbour-news"]["url"] == site.url("/feed.xml")


def test_a_page_with_several_feeds_lists_them_and_adds_none(desk: Desk, site: Site) -> None:
    home = site.serve("/", page("News=/news.xml", "Sport=/sport.xml"), Content_Type="text/html")
    done = desk.run("feeds", "add", home, "--allow-private", code=2)
    assert "the page has several feeds; add one of them" in done.err
    assert f"{site.url('/news.xml')} (News)" in done.err
    assert f"{site.url('/sport.xml')} (Sport)" in done.err
    assert own(desk) == {}


def test_of_a_page_with_many_feeds_ten_are_shown_each_on_a_line(desk: Desk, site: Site) -> None:
    home = site.serve(
        "/", page(*(f"Part {n}=/{n}.xml" for n in range(23))), Content_Type="text/html"
    )
    done = desk.run("feeds", "add", home, "--allow-private", code=2)
    offered = done.err.splitlines()[1:]
    assert offered[0] == f"  {site.url('/0.xml')} (Part 0)"
    assert len(offered) == 11
    assert offered[-1] == "  and 13 more"


def test_a_word_that_is_no_address_is_told_how_addresses_begin(desk: Desk) -> None:
    assert "begins with http:// or https://" in desk.run("feeds", "add", "harbour", code=65).err


def test_a_page_without_a_feed_is_said_to_name_none(desk: Desk, site: Site) -> None:
    done = desk.run("feeds", "add", site.serve("/", page()), "--allow-private", code=65)
    assert "the page names no feed" in done.err
    assert "cannot be read as a feed (" in done.err


def test_a_feed_that_is_there_already_is_not_added_again(desk: Desk, site: Site) -> None:
    url = site.serve("/feed.xml", rss("Fish"))
    desk.feeds({"harbour": url})
    assert (
        "is in the catalogue already, as harbour"
        in desk.run("feeds", "add", url, "--allow-private", code=2).err
    )
    other = site.serve("/other.xml", rss("Fish"))
    taken = desk.run("feeds", "add", other, "--id", "harbour", "--allow-private", code=2)
    assert "there is a feed 'harbour' already" in taken.err
    desk.run("feeds", "add", other, "--allow-private")
    third = site.serve("/third.xml", rss("Fish"))
    desk.run("feeds", "add", third, "--allow-private")
    assert list(own(desk)) == ["harbour", "harbour-news", "harbour-news-2"]


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--role", "poet", "there is no role 'poet'"),
        ("--lang", "Klingon!", "Klingon!"),
        ("--country", "Korea", "Korea"),
        ("--timezone", "Asia/Soul", "did you mean Asia/Seoul?"),
        ("--id", "Not An Id", "Not An Id"),
    ],
)
def test_a_feed_is_not_added_with_what_the_file_could_not_hold(
    desk: Desk, site: Site, option: str, value: str, said: str
) -> None:
    url = site.serve("/feed.xml", rss("Fish"))
    assert said in desk.run("feeds", "add", url, "--allow-private", option, value, code=2).err
    assert own(desk) == {}
    assert desk.run("feeds", "list").err == ""


def test_an_address_that_does_not_answer_or_is_private_is_not_added(desk: Desk, site: Site) -> None:
    broken = site.serve("/feed.xml", b"", 503)
    done = desk.run("feeds", "add", broken, "--allow-private", code=65)
    assert "answered 503 Service Unavailable" in done.err
    private = desk.run("feeds", "add", site.serve("/ok.xml", rss("Fish")), code=65)
    assert "leads to a loopback address" in private.err
    assert "--allow-private" in private.err
    assert "neither http nor https" in desk.run("feeds", "add", "ftp://example.org/x", code=65).err


def test_a_password_in_an_address_is_never_shown(desk: Desk, site: Site) -> None:
    url = site.serve("/feed.xml", b"", 401).replace("http://", "http://anna:s3cret@")
    done = desk.run("feeds", "add", url, "--allow-private", code=65)
    assert "s3cret" not in done.out + done.err
    site.serve("/feed.xml", rss("Fish"))
    added = desk.run("feeds", "add", url, "--allow-private")
    listed = desk.run("feeds", "list").out + desk.run("feeds", "list", "-f", "jsonl").out
    assert "s3cret" not in added.out + added.err + listed


# --- remove and pause


def test_a_feed_that_is_removed_keeps_its_items(desk: Desk, site: Site) -> None:
    desk.feeds({"harbour": site.serve("/feed.xml", rss("A lighthouse is lit"))})
    desk.run("fetch")
    assert (
        "harbour removed; its items stay in the database"
        in desk.run("feeds", "remove", "harbour").out
    )
    assert own(desk) == {}
    assert len(desk.run("report", "-f", "jsonl").records) == 1


def test_a_shipped_feed_can_be_removed_and_paused(desk: Desk) -> None:
    desk.feeds_file.unlink()
    first, second, *_ = [r["feed"] for r in desk.run("feeds", "list", "-f", "jsonl").records]
    desk.run("feeds", "remove", first)
    desk.run("feeds", "pause", second, "--reason", "too noisy")
    listed = {
        r["feed"]: r["paused"] for r in desk.run("feeds", "list", "--all", "-f", "jsonl").records
    }
    assert first not in listed
    assert listed[second] == "too noisy"


def test_a_paused_feed_is_not_asked_until_it_is_wanted_again(desk: Desk, site: Site) -> None:
    desk.feeds({"harbour": site.serve("/feed.xml", rss("Fish"))})
    desk.run("feeds", "pause", "harbour")
    assert "there is no feed to ask" in desk.run("fetch").out
    assert (
        desk.run("feeds", "list", "--all", "-f", "jsonl").records[0]["paused"] == "paused by hand"
    )
    assert "harbour is asked again" in desk.run("feeds", "pause", "harbour", "--off").out
    assert "1 feed asked" in desk.run("fetch").out
    assert len(site.requests) == 1


def test_comments_in_the_file_stay_where_they_are(desk: Desk, site: Site) -> None:
    url = site.serve("/feed.xml", rss("Fish"))
    desk.feeds({"harbour": url})
    text = desk.feeds_file.read_text(encoding="utf-8") + "# the end of my list\n"
    desk.feeds_file.write_text(f"# my feeds\n{text}", encoding="utf-8")
    desk.run("feeds", "pause", "harbour")
    desk.run("feeds", "add", site.serve("/2.xml", rss("Fish")), "--allow-private")
    written = desk.feeds_file.read_text(encoding="utf-8")
    assert written.startswith("# my feeds\n")
    assert "# the end of my list" in written


@pytest.mark.parametrize("command", ["remove", "pause"])
def test_a_feed_that_does_not_exist_is_a_usage_error(desk: Desk, command: str) -> None:
    done = desk.run("feeds", command, "nobody", code=2)
    assert (
        done.err == "sigtrack: there is no feed 'nobody'\n  sigtrack feeds list --all shows all\n"
    )


# --- check


def test_check_says_what_came_and_stores_nothing(desk: Desk, feed_server: FeedServer) -> None:
    healthy, dead = feed_server.site(), feed_server.site()
    desk.feeds(
        {
            "harbour": healthy.serve("/feed.xml", rss("Fish", "Ships")),
            "wreck": dead.serve("/feed.xml", b"<!doctype html>"),
        }
    )
    found = {r["feed"]: r for r in desk.run("feeds", "check", "-f", "jsonl", code=1).records}
    assert found["harbour"] == {"feed": "harbour", "ok": True, "finding": "rss20, 2 items"}
    assert not found["wreck"]["ok"]
    assert not desk.db.exists()
    desk.run("feeds", "check", "harbour")
    assert "neither a feed" in desk.run("feeds", "check", "nobody", code=2).err


# --- import and export


def test_feeds_go_out_as_opml_and_come_back(desk: Desk, site: Site, tmp_path: Path) -> None:
    urls = {"harbour": site.url("/feed.xml"), "pier": "https://example.org/pier?a=1&b=2"}
    desk.feeds(urls)
    file = tmp_path / "feeds.opml"
    desk.run("feeds", "export", "-o", file)
    assert file.read_text(encoding="utf-8") == desk.run("feeds", "export").out
    other = Desk(tmp_path / "other")
    assert "2 feeds added, 0 known already" in other.run("feeds", "import", file).out
    assert {id: feed["url"] for id, feed in own(other).items()} == urls
    assert "0 feeds added, 2 known already" in other.run("feeds", "import", file).out


def test_what_a_feed_is_asked_with_is_sent_to_it_and_shown_nowhere(desk: Desk, site: Site) -> None:
    password = desk.home / "password"
    password.write_text("s3cret\n", encoding="utf-8")
    password.chmod(0o644)
    more = f'headers = {{ X-Key = "s3cret" }}\npassword_file = "{password}"'
    desk.feeds({"harbour": site.serve("/feed.xml", b"", 404)}, more)
    failed = desk.run("fetch", "-v", code=69)
    told = [desk.run("feeds", *more) for more in (("list", "-f", "json"), ("export",))]
    assert site.requests[0].headers["x-key"] == "s3cret"
    assert "authorization" in site.requests[0].headers
    assert "s3cret" not in "".join(done.out + done.err for done in (failed, *told))
    found = desk.run("doctor").out
    assert f"{password} holds a secret of harbour" in found
    assert "s3cret" not in found


def test_an_opml_file_with_other_things_than_http_is_taken_in_part(
    desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "feeds.opml"
    file.write_text(
        '<opml version="2.0"><body><outline text="News"><outline text="Harbour" type="rss" '
        'xmlUrl="https://example.org/feed"/><outline text="Evil" type="rss" '
        'xmlUrl="file:///etc/passwd"/></outline></body></opml>'
    )
    done = desk.run("feeds", "import", file)
    assert "1 feed added" in done.out
    assert "etc/passwd" in done.err
    assert [feed["url"] for feed in own(desk).values()] == ["https://example.org/feed"]


@pytest.mark.parametrize("body", ["<html>no</html>", "<opml><body/></opml>", "not xml <"])
def test_what_is_no_opml_adds_nothing(desk: Desk, tmp_path: Path, body: str) -> None:
    file = tmp_path / "feeds.opml"
    file.write_text(body)
    done = desk.run("feeds", "import", file, code=0 if "body" in body else 78)
    assert "Traceback" not in done.err
    assert own(desk) == {}


def test_an_opml_file_that_is_not_there_is_said(desk: Desk, tmp_path: Path) -> None:
    done = desk.run("feeds", "import", tmp_path / "no.opml", code=65)
    assert done.err == f"sigtrack: {tmp_path / 'no.opml'} does not exist\n"


# --- mistakes in the file


def test_a_mistake_in_feeds_toml_is_named_by_line_and_the_other_feeds_are_fetched(
    desk: Desk, site: Site
) -> None:
    desk.feeds({"harbour": site.serve("/feed.xml", rss("A lighthouse is lit"))})
    text = (
        desk.feeds_file.read_text(encoding="utf-8") + '[[feed]]\nid = "pier"\nulr = "https://x"\n'
    )
    desk.feeds_file.write_text(text, encoding="utf-8")
    done = desk.run("fetch", code=78)
    line = text.count("\n")
    assert f"{desk.feeds_file}:{line}: " in done.err
    assert "did you mean url" in done.err
    assert "1 feed asked: 1 new item, 1 new hit" in done.out


def bad_line(file: Path) -> None:
    file.write_text(file.read_text(encoding="utf-8") + "this is not toml\n", encoding="utf-8")


def bad_utf8(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b'# \xb6\xd7\n[[feed]]\nid = "new"\n')


def folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def link_to_nothing(file: Path) -> None:
    file.unlink()
    file.symlink_to("/nowhere/dotfiles/feeds.toml")


def emptied(file: Path) -> None:
    file.write_text("", encoding="utf-8")


def another_heading(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("[[feed]]", "[[feeds]]"), encoding="utf-8")


def no_ids(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("\nid = ", "\nname = "), encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(
    "spoil", [bad_line, bad_utf8, folder, link_to_nothing, emptied, another_heading, no_ids]
)
def test_a_spoilt_feeds_toml_leaves_the_feeds_as_they_were_and_says_so_each_time(
    desk: Desk, site: Site, spoil: Callable[[Path], None]
) -> None:
    desk.feeds({"harbour": site.serve("/feed.xml", rss("A lighthouse is lit"))})
    desk.run("fetch")
    before = desk.run("feeds", "list", "--all", "-f", "jsonl").records
    exported = desk.run("feeds", "export").out
    spoil(desk.feeds_file)
    for _ in range(2):
        done = desk.run("fetch")
        assert "1 feed asked: 0 new items" in done.out
        wrong, *_, stale = [line for line in done.err.splitlines() if "feeds.toml" in line]
        assert wrong.startswith(str(desk.feeds_file)) and "warning" not in wrong
        assert re.search(r"the last good version, of \d{4}-\d\d-\d\d .* UTC, stays in force", stale)
    assert len(site.requests) == 3
    listed = desk.run("feeds", "list", "--all", "-f", "jsonl").records
    assert [one["feed"] for one in listed] == [one["feed"] for one in before] == ["harbour"]
    assert desk.run("feeds", "export").out == exported
    assert len(desk.run("feeds", "check", "-f", "jsonl").records) == 1
    assert len(desk.run("report", "-f", "jsonl").records) == 1
    found = desk.run("doctor", "-f", "jsonl", code=1).records
    feeds = [(one["state"], one["finding"]) for one in found if one["part"] == "feeds"]
    assert feeds[0][0] == "wrong" and feeds[-1] == ("fine", "1 active")
    assert any(state == "note" and "stays in force" in text for state, text in feeds)


def test_a_feeds_toml_that_is_mended_comes_into_force_and_nothing_is_said(
    desk: Desk, site: Site
) -> None:
    desk.feeds({"harbour": site.serve("/feed.xml", rss("Fish"))})
    desk.run("fetch")
    bad_line(desk.feeds_file)
    desk.run("fetch")
    desk.feeds({"pier": site.serve("/pier.xml", rss("Ships"))})
    done = desk.run("fetch")
    assert ("1 feed asked: 1 new item" in done.out, done.err) == (True, "")
    assert site.requests[-1].target == "/pier.xml"


def test_an_entry_with_a_mistake_stays_as_it_was_and_the_others_come_into_force(
    desk: Desk, site: Site
) -> None:
    desk.feeds({id: site.serve(f"/{id}.xml", rss(id)) for id in ("harbour", "pier")})
    desk.run("fetch")
    text = desk.feeds_file.read_text(encoding="utf-8")
    text = text.replace('id = "nknews"\nremoved = true', 'id = "nknews"\nremoved = ture')
    text = text.replace("ture", '"ture"')  # well-formed, but neither true nor false
    text = text.replace('/harbour.xml"', '/elsewhere.xml"\nrole = "mayor"')
    text += f'[[feed]]\nid = "wreck"\nallow_private = true\nurl = "{site.url("/wreck.xml")}"\n'
    desk.feeds_file.write_text(text, encoding="utf-8")
    site.serve("/wreck.xml", rss("wreck"))
    site.requests.clear()
    done = desk.run("fetch")
    assert {one.target for one in site.requests} == {"/harbour.xml", "/pier.xml", "/wreck.xml"}
    for line, written in enumerate(text.splitlines(), 1):
        if "ture" in written or "mayor" in written:
            assert f"{desk.feeds_file}:{line}: " in done.err
    assert "where an entry has a mistake or is gone, the last good version" in done.err


def test_an_entry_that_was_never_good_ends_with_78_though_the_rest_was(
    desk: Desk, site: Site
) -> None:
    desk.feeds({"harbour": site.serve("/feed.xml", rss("Fish"))})
    desk.run("fetch")
    text = desk.feeds_file.read_text(encoding="utf-8")
    desk.feeds_file.write_text(f'{text}[[feed]]\nid = "pier"\nurl = "x"\n', encoding="utf-8")
    assert "1 feed asked" in desk.run("fetch", code=78).out


@pytest.mark.parametrize("spoil", [bad_line, bad_utf8, folder, another_heading, no_ids])
def test_a_feeds_toml_of_which_nothing_good_is_known_asks_nobody(
    desk: Desk, site: Site, spoil: Callable[[Path], None]
) -> None:
    """What it may have removed or paused is not asked; the user's other feeds are, if readable."""
    spoil(desk.feeds_file)
    done = desk.run("fetch", code=78)
    assert "there is no feed to ask, only" in done.out
    assert "not fetched, because this file may have changed or removed shipped feeds" in done.err
    assert desk.run("feeds", "list", "-f", "jsonl").records == []
    held = desk.run("feeds", "list", "--all", "-f", "jsonl").records
    assert sum("no good version" in one["paused"] for one in held) == 85
    desk.run("feeds", "check", code=78)
    desk.run("feeds", "export", "-o", desk.home / "feeds.opml", code=78)
    if desk.feeds_file.is_dir():
        desk.feeds_file.rmdir()
    desk.feeds({"harbour": site.serve("/feed.xml", rss("Fish"))})
    assert "1 feed asked" in desk.run("fetch").out


def test_of_a_shipped_feed_with_a_mistake_in_its_entry_only_that_one_is_held(desk: Desk) -> None:
    text = '[[feed]]\nid = "nknews"\nremoved = "yes"\n[[feed]]\nid = "pier"\nurl = "x"\n'
    desk.feeds_file.write_text(text, encoding="utf-8")
    done = desk.run("feeds", "list", "-f", "jsonl")
    assert "1 shipped feed is not fetched" in done.err
    assert len(done.records) == 84 and "nknews" not in {one["feed"] for one in done.records}


def test_a_feeds_toml_that_was_just_begun_may_be_empty(desk: Desk) -> None:
    emptied(desk.feeds_file)
    for _ in range(2):
        done = desk.run("feeds", "list", "-f", "jsonl")
        assert (len(done.records), done.err) == (85, "")


@pytest.fixture
def nobodys_desk() -> Iterator[Desk]:
    """The desk of a user from whom files can be taken, unlike root."""
    with folder_for_others() as folder:
        desk = Desk(folder / "home")
        desk.feeds({"harbour": "http://127.0.0.1:9/feed.xml"})
        dotfiles = desk.home / "dotfiles"
        dotfiles.mkdir()
        desk.feeds_file.replace(dotfiles / "feeds.toml")
        desk.feeds_file.symlink_to(dotfiles / "feeds.toml")
        for path in (folder, *folder.rglob("*")):
            os.chown(path, 65534, 65534)
        yield desk


@pytest.mark.slow
@pytest.mark.parametrize("closed", ["dotfiles/feeds.toml", "dotfiles"])
def test_a_feeds_toml_that_may_not_be_read_leaves_the_feeds_as_they_were(
    nobodys_desk: Desk, closed: str
) -> None:
    listing = ("feeds", "list", "-f", "jsonl")
    assert len(nobodys_desk.start_and_wait(*listing, under=AS_NOBODY).records) == 1
    (nobodys_desk.home / closed).chmod(0)
    done = nobodys_desk.start_and_wait(*listing, under=AS_NOBODY)
    assert [one["feed"] for one in done.records] == ["harbour"]
    assert f"{nobodys_desk.feeds_file}: you may not read this file" in done.err
    assert "stays in force" in done.err


def test_a_config_folder_that_may_not_be_looked_into_is_named(nobodys_desk: Desk) -> None:
    nobodys_desk.config.chmod(0)
    done = nobodys_desk.start_and_wait("fetch", under=AS_NOBODY, code=77)
    assert f"{nobodys_desk.config}/config.toml cannot be read" in done.err


@pytest.mark.parametrize(
    "change", [("remove", "harbour"), ("pause", "harbour"), ("add", "http://127.0.0.1:9/")]
)
def test_a_feeds_toml_with_a_mistake_is_not_changed_because_that_would_not_be_in_force(
    desk: Desk, change: tuple[str, ...]
) -> None:
    desk.feeds({"harbour": "http://127.0.0.1:9/feed.xml"})
    desk.run("feeds", "list")
    text = desk.feeds_file.read_text(encoding="utf-8") + '[[feed]]\nid = "pier"\nulr = "x"\n'
    desk.feeds_file.write_text(text, encoding="utf-8")
    done = desk.run("feeds", *change, code=78)
    assert f"{desk.feeds_file} has a mistake, so it is not changed" in done.err
    assert "did you mean url" in done.err
    assert desk.feeds_file.read_text(encoding="utf-8") == text


def test_where_no_good_version_can_be_kept_the_user_hears_of_it(desk: Desk) -> None:
    shutil.rmtree(desk.home / "state")
    (desk.home / "state").write_text("a file where the state folder would be")
    done = desk.run("feeds", "list")
    assert f"{desk.home}/state/sigtrack/feeds: warning: good versions of your files" in done.err


def test_a_password_in_a_feeds_toml_is_kept_where_nobody_else_reads_it(desk: Desk) -> None:
    desk.feeds({"harbour": "http://anna:s3cret@127.0.0.1:9/feed.xml"})
    desk.run("feeds", "list")
    (kept,) = (desk.home / "state" / "sigtrack" / "feeds").iterdir()
    assert kept.stat().st_mode & 0o077 == 0


def test_a_feeds_toml_that_is_no_toml_is_left_alone(desk: Desk, site: Site) -> None:
    desk.feeds_file.write_text('[[feed]]\nid = "harbour\n', encoding="utf-8")
    url = site.serve("/feed.xml", rss("Fish"))
    done = desk.run("feeds", "add", url, "--allow-private", code=78)
    assert f"{desk.feeds_file}:2: " in done.err
    assert desk.feeds_file.read_text(encoding="utf-8") == '[[feed]]\nid = "harbour\n'


# --- several commands at once


@pytest.mark.slow
def test_of_twelve_pauses_at_once_all_are_in_the_file(desk: Desk) -> None:
    ids = [f"feed-{n}" for n in range(12)]
    desk.feeds({id: f"http://127.0.0.1:9/{id}" for id in ids})
    started = [desk.start("feeds", "pause", id, "--reason", f"of {id}") for id in ids]
    for process in started:
        out, err = process.communicate(timeout=600)
        assert process.returncode == 0, err
        assert b"is paused" in out
    entries = tomllib.loads(desk.feeds_file.read_text("utf-8"))["feed"]
    paused = {one["id"]: one["paused"] for one in entries if "paused" in one}
    assert paused == {id: f"of {id}" for id in ids}
    assert [one.name for one in desk.config.iterdir() if one.name.startswith(".")] == []


@pytest.mark.slow
def test_lists_imported_at_once_keep_every_feed_under_an_id_of_its_own(desk: Desk) -> None:
    started = []
    for n in range(6):
        file = desk.home / f"{n}.opml"
        file.write_text(
            '<opml version="2.0"><body><outline type="rss" text="The harbour" '
            f'xmlUrl="https://{n}.example.org/feed"/></body></opml>'
        )
        started.append(desk.start("feeds", "import", file))
    for process in started:
        out, err = process.communicate(timeout=600)
        assert (process.returncode, b"1 feed added" in out) == (0, True), err
    entries = tomllib.loads(desk.feeds_file.read_text("utf-8"))["feed"]
    ours = {one["id"]: one["url"] for one in entries if "url" in one}
    assert sorted(ours.values()) == [f"https://{n}.example.org/feed" for n in range(6)]


def test_a_link_in_the_place_of_the_lock_of_the_feeds_is_refused(desk: Desk) -> None:
    link = desk.config / ".feeds.toml.lock"
    diary = desk.home / "diary.txt"
    diary.write_text("mine")
    link.symlink_to(diary)
    done = desk.run("feeds", "remove", "coast", code=73)
    assert f"{link} is a link, so it cannot lock {desk.feeds_file}" in done.err
    assert diary.read_text() == "mine"

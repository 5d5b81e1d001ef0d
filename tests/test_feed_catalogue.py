"""The shipped feeds, the user's changes to them, and what may be wrong in her file."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrack.errors import CannotWrite, Misconfigured
from sigtrack.model import Access, Feed, Problem, Role
from sigtrack.text import safe_link
from sigtrack.watch import shipped_text
from sigtrack.watch.feed_edits import (
    changing_feeds,
    entries_of,
    with_entry,
    with_value,
    without_entry,
)
from sigtrack.watch.feeds import feed_id_for, load_feeds

SHIPPED = """
[[feed]]
id = "yonhap"
url = "https://en.yna.example/RSS/news.xml"
title = "Yonhap"
language = "en"
country = "KR"
role = "agency"

[[feed]]
id = "kyodo"
url = "https://kyodo.example/rss"
role = "agency"
paused = "dead: 404"
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return tmp_path / "config" / "feeds.toml"


def load(text: str, path: Path) -> tuple[dict[str, Feed], tuple[Problem, ...]]:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    loaded = load_feeds(SHIPPED, path)
    return {feed.id: feed for feed in loaded.feeds}, loaded.problems


def test_the_shipped_catalogue_has_no_mistake_that_a_user_would_be_told_of() -> None:
    loaded = load_feeds(shipped_text("feeds.toml"), None)
    feeds = loaded.feeds
    assert loaded.problems == ()
    assert len({feed.url for feed in feeds}) == len({feed.id for feed in feeds}) == len(feeds)


def test_the_shipped_catalogue_passes_the_check_of_a_users_file(mine: Path) -> None:
    feeds, problems = load(shipped_text("feeds.toml"), mine)
    assert problems == ()
    assert {safe_link(feed.url) for feed in feeds.values()} == {f.url for f in feeds.values()}


def test_eighty_five_feeds_are_active_and_the_others_say_why_not() -> None:
    feeds = load_feeds(shipped_text("feeds.toml"), None).feeds
    paused = [feed for feed in feeds if feed.paused]
    assert len(feeds) - len(paused) == 85
    assert all(
        (feed.paused or "").startswith(("dead: ", "doubtful: ", "never seen")) for feed in paused
    )
    assert {feed.language for feed in feeds} == {"en", "ko", "ja", "zh-Hans", "zh-Hant"}


def test_without_a_file_of_her_own_the_shipped_feeds_are_in_force(mine: Path) -> None:
    assert load_feeds(SHIPPED, mine) == load_feeds(SHIPPED, None)


def test_an_entry_with_a_shipped_id_changes_just_the_keys_that_it_names(mine: Path) -> None:
    feeds, problems = load('[[feed]]\nid = "yonhap"\npaused = "too much"', mine)
    assert problems == ()
    assert feeds["yonhap"].paused == "too much"
    assert (feeds["yonhap"].title, feeds["yonhap"].role) == ("Yonhap", Role.AGENCY)


def test_a_shipped_feed_that_is_paused_can_be_switched_on_and_another_removed(mine: Path) -> None:
    feeds, problems = load(
        '[[feed]]\nid = "kyodo"\npaused = false\n[[feed]]\nid = "yonhap"\nremoved = true', mine
    )
    assert problems == ()
    assert list(feeds) == ["kyodo"]
    assert feeds["kyodo"].paused is None


def test_a_feed_of_her_own_stands_after_the_shipped_ones(mine: Path) -> None:
    feeds, problems = load(
        '[[feed]]\nid = "mine"\nurl = "http://10.0.0.5/feed"\nallow_private = true\npaused = true',
        mine,
    )
    assert problems == ()
    assert list(feeds) == ["yonhap", "kyodo", "mine"]
    assert feeds["mine"] == Feed(
        id="mine", url="http://10.0.0.5/feed", allow_private=True, paused="paused by you"
    )


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        (
            '[[feed]]\nid = "yonhap"\nurll = "https://a/"',
            3,
            "there is no key urll",
            "did you mean url?",
        ),
        ('[[feed]]\nid = "yonhap"\nname = "A"', 3, "there is no key name", "title"),
        ('[[feed]]\nurl = "https://a/"', 1, "id is missing", 'id = "some-name"'),
        ('[[feed]]\nid = "A B"\nurl = "https://a/"', 2, '"A B" cannot be an id', '"a-b"'),
        ('[[feed]]\nid = "yonhab"\npaused = true', 1, "has no url", "did you mean yonhap?"),
        (
            '[[feed]]\nid = "a"\nurl = "file:///etc/passwd"',
            3,
            "is not the address of a feed",
            "http://",
        ),
        (
            '[[feed]]\nid = "a"\nurl = "ftp://a.example/"',
            3,
            "is not the address of a feed",
            "http://",
        ),
        (
            '[[feed]]\nid = "a"\nurl = "https://a.example/a b"',
            3,
            "is not the address of a feed",
            "no spaces",
        ),
        ('[[feed]]\nid = "a"\nurl = ""', 3, "url is empty", "http://"),
        ('[[feed]]\nid = "a"\nurl = 5', 3, "url is a number", "url ="),
        ('[[feed]]\nid = "a"\nurl = "https://a/"\nrole = "agencie"', 4, "agencie", "mean agency?"),
        ('[[feed]]\nid = "a"\nurl = "https://a/"\nlanguage = "korean!"', 4, "not a language", "ko"),
        ('[[feed]]\nid = "a"\nurl = "https://a/"\ncountry = "Korea"', 4, "not a country", "KR"),
        (
            '[[feed]]\nid = "yonhap"\ntimezone = "Asia/Soul"',
            *(3, '"Asia/Soul" is not a time zone', "did you mean Asia/Seoul?"),
        ),
        ('[[feed]]\nid = "yonhap"\ntimezone = "localtime"', 3, "is not a time zone", "Asia/Seoul"),
        ('[[feed]]\nid = "yonhap"\ntimezone = 9', 3, "timezone is a number", "timezone ="),
        ('[[feed]]\nid = "yonhap"\nremoved = "yes"', 3, "removed is text", "removed = true"),
        ('[[feed]]\nid = "yonhap"\n[[feed]]\nid = "yonhap"', 4, "written twice", "of its own"),
        ('feeds = []\n[[feed]]\nid = "yonhap"', 1, "there is no key feeds", "[[feed]]"),
        ('[feed]\nid = "a"', 1, "feed is a table here", "[[feed]]"),
        ("format = 2", 1, "format", "format = 1"),
        ('[[feed]]\nid = "a', 2, "a string is not closed", "quote"),
        ('[[feed]\nid = "a"', 1, "the brackets of this heading do not match", "write [[feed]]"),
    ],
)
def test_a_mistake_names_its_line_and_the_cure(
    mine: Path, text: str, line: int, message: str, hint: str
) -> None:
    feeds, problems = load(text, mine)
    wrong = [problem for problem in problems if problem.severity == "error"]
    assert [problem.place.line for problem in wrong] == [line]
    assert message in wrong[0].message
    assert hint in wrong[0].hint
    assert {"yonhap", "kyodo"} <= set(feeds)


def test_a_password_in_an_address_is_used_and_never_shown(mine: Path) -> None:
    feeds, _ = load('[[feed]]\nid = "a"\nurl = "https://me:secret@a.example/feed"', mine)
    assert feeds["a"].url == "https://me:secret@a.example/feed"
    _, problems = load('[[feed]]\nid = "a"\nurl = "ftp://me:secret@a.example/feed"', mine)
    assert "secret" not in str(problems[0])


ASKED = """
[[feed]]
id = "a"
url = "https://a.example/feed"
user_agent = "harbour desk"
headers = { "Accept-Language" = "ko", "X-Key" = "s&amp;3cret" }
cookie_env = "HARBOUR_COOKIE"
user = "desk"
password_file = "~/harbour.password"
proxy = "http://me:p&amp;w@proxy.example:3128"
ca_file = "/etc/ssl/harbour.pem"
timeout = 90
"""


def test_how_a_feed_is_asked_is_read_to_the_letter_and_holds_no_secret_to_be_seen(
    mine: Path,
) -> None:
    feeds, problems = load(ASKED, mine)
    assert problems == ()
    assert feeds["a"].access == Access(
        user_agent="harbour desk",
        headers=(("Accept-Language", "ko"), ("X-Key", "s&amp;3cret")),
        cookie_env="HARBOUR_COOKIE",
        user="desk",
        password_file="~/harbour.password",
        proxy="http://me:p&amp;w@proxy.example:3128",
        ca_file="/etc/ssl/harbour.pem",
        timeout=90,
    )
    assert "s&amp;3cret" not in repr(feeds["a"])
    assert "p&amp;w" not in repr(feeds["a"])
    assert feeds["yonhap"].access == Access()


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ('password = "s3cret"', "there is no key password", "password_file or password_env"),
        ('cookie = "s3cret"', "there is no key cookie", "cookie_file or cookie_env"),
        ('headers = "s3cret"', "headers is a table", "headers = {"),
        ('headers = { "X Y" = "s3cret" }', '"X Y" is not the name of a header', "headers = {"),
        ('headers = { Host = "s3cret" }', "Host is not written here", "leave it out"),
        ('headers = { Cookie = "s3cret" }', "Cookie is not written here", "cookie_file"),
        ('headers = { X = "s3cret\\r\\nY: z" }', "the value of X cannot be sent", "headers = {"),
        ("headers = { X = 5 }", "the value of X cannot be sent", "headers = {"),
        ('proxy = "socks5://me:s3cret@p.example"', "proxy is not the address", "http://host:port"),
        ('proxy = "http://me:12/s3cret@p.example"', "proxy is not the address", "%2F"),
        ('ca_file = "ca.pem"', "ca_file is not a whole path", "with / or ~"),
        (
            'password_env = "s3cret!"',
            "password_env is not the name of a variable",
            "HARBOUR_SECRET",
        ),
        ('user = "desk:s3cret"', "a user has no colon", "before it"),
        ('user_agent = "s3cret\\u0007"', "user_agent has characters", "again"),
        ("timeout = 0", "timeout must be from 1", "another number"),
        ('cookie_file = "/a"\ncookie_env = "B"', "cookie_file and cookie_env are both", "keep one"),
    ],
)
def test_a_mistake_in_how_a_feed_is_asked_is_told_without_its_secret(
    mine: Path, line: str, message: str, hint: str
) -> None:
    feeds, problems = load(f'[[feed]]\nid = "a"\nurl = "https://a.example/"\n{line}', mine)
    [wrong] = problems
    assert wrong.place.line == 4 + line.count("\n")
    assert message in wrong.message
    assert hint in wrong.hint
    assert "s3cret" not in f"{wrong.message} {wrong.hint}"
    assert "a" not in feeds


def test_a_feed_is_removed_with_the_tables_inside_it(mine: Path) -> None:
    text = '[[feed]]\nid = "a"\nurl = "https://a.example/"\n\n[[feed]]\nid = "b"\n'
    load(f'{text}url = "https://b.example/"\n[feed.headers]\nX-Key = "s3cret"\n', mine)
    remove_feed(mine, "b")
    [feed] = load_feeds("feed = []", mine).feeds
    assert (feed.id, feed.access) == ("a", Access())


def test_two_names_of_one_address_are_a_warning(mine: Path) -> None:
    feeds, problems = load(
        '[[feed]]\nid = "again"\nurl = "https://en.yna.example/RSS/news.xml"', mine
    )
    assert "again" in feeds
    assert problems[0].severity == "warning"
    assert "yonhap" in problems[0].message


def test_two_feeds_of_her_own_at_one_address_are_a_warning(mine: Path) -> None:
    entry = '[[feed]]\nid = "{}"\nurl = "https://port.example/{}"\n'
    written = (("one", "rss"), ("two", "atom"), ("three", "rss"))
    _, problems = load("".join(entry.format(*each) for each in written), mine)
    assert [problem.message.split(",")[0] for problem in problems] == [
        "three has the address of one"
    ]


def test_the_address_that_a_shipped_feed_had_is_free(mine: Path) -> None:
    moved = '[[feed]]\nid = "yonhap"\nurl = "https://en.yna.example/new.xml"\n'
    other = '[[feed]]\nid = "other"\nurl = "https://en.yna.example/RSS/news.xml"\n'
    assert load(moved + other, mine)[1] == ()


@pytest.mark.parametrize(
    ("url", "title", "taken", "expected"),
    [
        ("https://www.nknews.org/feed/", "NK News", (), "nk-news"),
        ("https://www.nknews.org/feed/", "NK News", ("nk-news",), "nk-news-2"),
        ("https://www.yna.co.kr/rss/a.xml", "연합뉴스 AI", (), "yna"),
        ("https://rss.example.com/", "", (), "example"),
        ("https://a.example/", "Élysée: communiqués", (), "elysee-communiques"),
        ("", "samplefeed", (), "samplefeed"),
        ("not an address", "", (), "feed"),
        ("https://a.example/", "The very long name of a feed that goes on for ever", (), None),
    ],
)
def test_a_feed_gets_an_id_that_people_can_type(
    url: str, title: str, taken: tuple[str, ...], expected: str | None
) -> None:
    feed_id = feed_id_for(url, title, taken)
    assert feed_id == expected or (expected is None and len(feed_id) <= 40)


def test_the_first_feed_that_is_added_makes_the_file(mine: Path) -> None:
    feed = Feed(
        id="a",
        url="https://a.example/f?x=1&y=2",
        title='The "A"',
        language="ko",
        country="KR",
        timezone="Asia/Tokyo",
        role=Role.MINISTRY,
        note="back\\slash",
    )
    add_feeds(mine, [feed])
    loaded = load_feeds(SHIPPED, mine)
    assert loaded.problems == ()
    assert loaded.feeds[-1] == feed
    assert mine.read_text("utf-8").startswith("# Your feeds")


HERS = """\
# my feeds, ordered by mood
[[feed]]
id = "a"      # the first
url = "https://a.example/"

# about b
[[feed]]
  id = 'b'
  url = "https://b.example/"
  note = \"\"\"
of two
lines\"\"\"    # here

# at the end
"""


def add_feeds(path: Path, feeds: list[Feed]) -> None:
    with changing_feeds(path) as edits:
        edits.add(feeds)


def remove_feed(path: Path, id: str) -> None:
    with changing_feeds(path) as edits:
        edits.remove(id)


def pause_feed(path: Path, id: str, reason: str | None) -> None:
    with changing_feeds(path) as edits:
        edits.pause([id], reason)


def hers(path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(HERS, "utf-8")
    return path


def test_adding_leaves_every_letter_of_her_file(mine: Path) -> None:
    add_feeds(hers(mine), [Feed(id="c", url="https://c.example/")])
    text = mine.read_text("utf-8")
    assert text.startswith(HERS)
    assert text.endswith('\n[[feed]]\nid = "c"\nurl = "https://c.example/"\n')


def test_a_feed_of_the_same_id_takes_the_place_of_the_old_one(mine: Path) -> None:
    add_feeds(hers(mine), [Feed(id="a", url="https://new.example/")])
    feeds = tomllib.loads(mine.read_text("utf-8"))["feed"]
    assert [one["id"] for one in feeds] == ["b", "a"]


def test_a_pause_stands_with_its_feed_and_no_comment_is_lost(mine: Path) -> None:
    pause_feed(hers(mine), "a", 'too "loud"')
    pause_feed(mine, "b", None)
    text = mine.read_text("utf-8")
    assert 'url = "https://a.example/"\npaused = "too \\"loud\\""\n\n# about b\n' in text
    assert 'lines"""    # here\npaused = false\n\n# at the end\n' in text
    pause_feed(mine, "a", "still")
    assert 'paused = "still"\n\n# about b\n' in mine.read_text("utf-8")


def test_a_pause_of_a_shipped_feed_is_an_entry_of_two_keys(mine: Path) -> None:
    pause_feed(mine, "kyodo", None)
    loaded = load_feeds(SHIPPED, mine)
    assert loaded.problems == ()
    assert [feed.paused for feed in loaded.feeds] == [None, None]


def test_removing_her_own_feed_keeps_her_comments(mine: Path) -> None:
    remove_feed(hers(mine), "b")
    assert mine.read_text("utf-8") == (
        '# my feeds, ordered by mood\n[[feed]]\nid = "a"      # the first\n'
        'url = "https://a.example/"\n\n# about b\n\n# at the end\n'
    )


def test_removing_a_shipped_feed_writes_that_it_is_removed(mine: Path) -> None:
    shipped = shipped_text("feeds.toml")
    remove_feed(mine, "nknews")
    assert 'id = "nknews"\nremoved = true' in mine.read_text("utf-8")
    pause_feed(mine, "yonhap-en", "quiet")
    remove_feed(mine, "yonhap-en")
    left = {feed.id for feed in load_feeds(shipped, mine).feeds}
    assert {feed.id for feed in load_feeds(shipped, None).feeds} - left == {"nknews", "yonhap-en"}


def test_removing_what_is_not_there_changes_nothing(mine: Path) -> None:
    remove_feed(hers(mine), "zzz")
    assert mine.read_text("utf-8") == HERS


def test_a_file_with_a_mistake_is_not_touched(mine: Path) -> None:
    mine.parent.mkdir()
    mine.write_text('[[feed]]\nid = "a', "utf-8")
    with pytest.raises(Misconfigured) as raised:
        pause_feed(mine, "a", "x")
    assert raised.value.problems[0].place.line == 2
    assert mine.read_text("utf-8") == '[[feed]]\nid = "a'


def test_feeds_written_as_one_list_are_not_edited(mine: Path) -> None:
    mine.parent.mkdir()
    mine.write_text('feed = [{ id = "a", url = "https://a.example/" }]', "utf-8")
    assert [feed.id for feed in load_feeds(SHIPPED, mine).feeds][-1] == "a"
    with pytest.raises(Misconfigured, match="one list"):
        pause_feed(mine, "a", "x")


def test_permissions_stay_and_a_link_stays_a_link(mine: Path, tmp_path: Path) -> None:
    real = hers(tmp_path / "dotfiles" / "feeds.toml")
    real.chmod(0o640)
    mine.parent.mkdir()
    mine.symlink_to(real)
    pause_feed(mine, "a", "x")
    assert mine.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert "paused" in real.read_text("utf-8")
    assert [one.name for one in real.parent.iterdir()] == ["feeds.toml"]


def test_where_a_folder_stands_in_the_way_she_is_told(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file")
    with pytest.raises(CannotWrite, match=r"feeds\.toml cannot be written"):
        add_feeds(tmp_path / "config" / "feeds.toml", [Feed(id="a", url="https://a.example/")])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_leaves_the_file_as_it_was(mine: Path) -> None:
    hers(mine).parent.chmod(0o500)
    try:
        with pytest.raises(CannotWrite):
            pause_feed(mine, "a", "x")
    finally:
        mine.parent.chmod(0o700)
    assert mine.read_text("utf-8") == HERS


REMOVED = {"yonhap", "kyodo"}
GOOD = """\
format = 1

[[feed]]
id = "yonhap"
removed = true

[[feed]]
id = "mine"
url = "https://mine.example/feed"

[[feed]]
id = "kyodo"
removed = true
"""


@given(data=st.data())
def test_no_slip_of_the_keyboard_brings_back_a_feed_that_she_removed(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("slips")
    file, state = folder / "feeds.toml", folder / "state"
    file.write_text(GOOD, "utf-8")
    load_feeds(SHIPPED, file, last_good=state)
    start = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(start, min(len(GOOD), start + 40)))
    written = data.draw(st.text(alphabet="[]=\"'#\n aé0", max_size=4))
    file.write_text(GOOD[:start] + written + GOOD[end:], "utf-8")
    loaded = load_feeds(SHIPPED, file, last_good=state)
    if any(problem.severity == "error" for problem in loaded.problems):
        said = _said_well(file)
        asked = {feed.id for feed in loaded.feeds if not feed.paused}
        assert not asked & REMOVED - said
        assert "mine" in asked


def _said_well(file: Path) -> set[str]:
    """The shipped feeds of which the file still says something, and may have meant it."""
    try:
        entries = tomllib.loads(file.read_text("utf-8")).get("feed", [])
        return {one.get("id") for one in entries if isinstance(one, dict)} - {None}
    except (ValueError, AttributeError):
        return set()


BLANKS = st.sampled_from(["", "\n", "# a [[feed]] = comment\n", "\n# x\n\n"])
VALUES = st.sampled_from(['"x"', "'''\n[[feed]]\n'''", '[ "a", # b\n "c" ]', "{ a = 1 }", "true"])


@st.composite
def toml_files(draw: st.DrawFn) -> str:
    text = draw(BLANKS)
    for number in range(draw(st.integers(0, 4))):
        text += f'[[feed]]\nid = "{number}"\n'
        for key in draw(st.lists(st.sampled_from("abc"), unique=True, max_size=3)):
            text += f"{draw(BLANKS)}{key} = {draw(VALUES)}  # {key}\n"
        text += draw(st.sampled_from(["", "[feed.inner]\nz = 1  # x\n", "[ 'feed' . i ]\n"]))
        text += draw(BLANKS)
        text += draw(st.sampled_from(["", "", "[other]\nz = 1\n"])) if "[other]" not in text else ""
    return text


@given(text=toml_files(), data=st.data())
def test_an_edit_changes_the_one_value_and_no_comment(text: str, data: st.DataObject) -> None:
    before = tomllib.loads(text)
    entries = entries_of(text)
    assert len(entries) == len(before.get("feed", []))
    assert tomllib.loads(with_entry(text, {"id": "new"}))["feed"][-1] == {"id": "new"}
    if not entries:
        return
    index = data.draw(st.integers(0, len(entries) - 1))
    key = data.draw(st.sampled_from("abcd"))
    changed = with_value(text, entries[index], key, "new")
    expected = tomllib.loads(text)
    expected["feed"][index][key] = "new"
    assert tomllib.loads(changed) == expected
    removed = without_entry(text, entries[index])
    del before["feed"][index]
    assert tomllib.loads(removed).get("feed", []) == before["feed"]
    assert removed.count("# x") == text.count("# x") - text[
        entries[index].start : entries[index].tail
    ].count("# x")

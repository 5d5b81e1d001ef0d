"""What is kept of the rules in the state folder: never wrong, whatever happens to the files."""

from __future__ import annotations

import ast
import gc
import marshal
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk import AS_NOBODY, LIGHTHOUSES, Begun, Desk, folder_for_others, modules_after
from sigtrack.analyze.visits.lexicon import build
from sigtrack.analyze.visits.reader import VisitReader
from sigtrack.app import readings, rules_cache
from sigtrack.app.in_force import Catalogue, InForce, load_catalogue
from sigtrack.app.rules import check_rules, load_rules, shipped_rules
from sigtrack.app.rules_cache import RulesCache
from sigtrack.config import Settings, load_settings
from sigtrack.lexicon import shipped_lexicon
from sigtrack.lexicon.books import shipped_values
from sigtrack.match import Matcher, Verdict
from sigtrack.model import Item, Journey, Phase, Place, Priority, Role, Watchlist
from sigtrack.watch.terms import parse_term

LIT = "A lighthouse is lit"
NOON = datetime(2026, 1, 12, 12, tzinfo=UTC)
BEPPU = '[[place]]\ncountry = "JP"\nsite = "Beppu"\nkind = "city"\nnames = "Beppu, 別府"\n'
MUSTER = '[[act]]\nclass = "meet"\nkind = "meet"\nside = "both"\nwords = "muster"\n'
HEADLINES = (
    LIT,
    "Fog over the harbour",
    "South Korea, Japan and US leaders hold trilateral summit in Seoul",
    "한미일 정상회의 개최, 관세 협상 논의",
    "日中韓首脳会談、半導体の輸出規制で一致",
    "美国对华芯片出口管制 外长会晤",
    "Fish is cheap",
)
VISITS = (
    "South Korean president arrives in Tokyo for talks with Takaichi",
    "이 대통령, 13일 일본 나라 방문",
    "首相が北京を訪問、習主席と会談",
    "外长王毅抵达首尔",
    "Takaichi and Lee Jae-myung meet in Nara",
)


def settings_of(desk: Desk) -> Settings:
    return load_settings(desk.environment)


def parts(desk: Desk) -> dict[str, Path]:
    """The files that are kept, by part."""
    folder = desk.home / "state" / "sigtrack" / "rules"
    return {file.suffix[1:]: file for file in folder.glob("[!.]*")}


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Nothing is kept here, not even what other tests begin with."""
    shutil.rmtree(desk.home / "state")
    return desk


def keep_all(desk: Desk) -> None:
    shutil.rmtree(desk.home / "state")
    rules = load_rules(settings_of(desk))
    rules.matcher()
    assert rules.watchlists
    assert set(parts(desk)) == {"index", "plan", "watchlists"}


@pytest.fixture
def warm(begun: Begun) -> Desk:
    """A desk on which everything is kept."""
    return begun(keep_all)


def tried(desk: Desk) -> str:
    return desk.run("watchlists", "test", LIT).out


# --- the same as if nothing were kept


def test_kept_rules_are_those_that_were_loaded(desk: Desk) -> None:
    desk.watch(
        LIGHTHOUSES
        + '[[expect]]\nid = "e"\nsignals = ["lighthouses/fog"]\nby = 3\nafter = "@KR > @JP"\n'
    )
    first, again = load_rules(settings_of(desk)), load_rules(settings_of(desk))
    assert again.index == first.index
    assert dict(again.actors) == dict(first.actors)
    assert again.watchlists == first.watchlists
    third = load_rules(settings_of(desk)).watchlists
    assert list(map(_spelled, third)) == list(map(_spelled, first.watchlists))
    assert check_rules(settings_of(desk)).index.watchlists == again.index.watchlists


def test_kept_feeds_are_those_that_were_loaded(desk: Desk) -> None:
    def catalogue() -> Catalogue:
        return InForce(settings_of(desk)).catalogue

    assert catalogue() == catalogue() == load_catalogue(settings_of(desk))
    desk.feeds_file.write_text(
        '[[feed]]\nid = "port"\nurl = "https://port.example/"\nrole = "igo"\n', encoding="utf-8"
    )
    assert catalogue().feeds[-1] == catalogue().feeds[-1]
    assert catalogue().roles()["port"] is Role.IGO
    good = next((desk.home / "state" / "sigtrack" / "feeds").iterdir())
    good.unlink()
    assert catalogue().problems == ()
    assert good.exists()
    desk.feeds_file.write_text(
        desk.feeds_file.read_text("utf-8").replace("id =", "it ="), encoding="utf-8"
    )
    assert catalogue().problems == catalogue().problems != ()
    assert catalogue().roles()["port"] is Role.IGO


def _spelled(watchlist: Watchlist) -> list[list[str]]:
    return [
        [str(term) for terms in (s.any, *s.all, s.none, s.ignore, s.unless) for term in terms]
        for s in watchlist.signals
    ]


@pytest.fixture(scope="module")
def shipped_plan() -> bytes:
    rules = shipped_rules()
    return rules_cache.encode(rules.matcher().plan.whole())


def kept_matcher(plan: bytes) -> Matcher:
    rules = shipped_rules()
    visits, kept = rules.readings.visits, rules_cache.decode(plan)
    return Matcher((), {}, visits=visits, classes=rules.classes, plan=kept)


def test_a_plan_that_was_kept_gives_the_same_verdicts(shipped_plan: bytes) -> None:
    rules = shipped_rules()
    made, kept = rules.matcher(), kept_matcher(shipped_plan)
    for title in HEADLINES:
        item = Item(feed="f", uid=title, title=title)
        assert kept.explain(item) == made.explain(item)
        assert kept.hits(item) == made.hits(item)
        assert kept.mentions(item) == made.mentions(item)


def test_words_of_visits_that_were_kept_read_the_same_visits() -> None:
    actors = shipped_rules().actors
    kept = rules_cache.decode(rules_cache.encode(build(actors, shipped_lexicon())))
    made, again = VisitReader(actors), VisitReader({}, vocabulary=kept)
    for title in (*VISITS, *HEADLINES):
        item = Item(feed="f", uid=title, title=title, published=NOON)
        assert again.visits(item) == made.visits(item)
    assert all(made.visits(Item(feed="f", uid=title, title=title)) for title in VISITS)


def test_lines_that_were_kept_are_those_of_the_files(desk: Desk) -> None:
    desk.watch('format = 1\nid = "w"\n[[signal]]\nid = "s"\nany = ["to #city", "#meet"]\n', "w")

    def explained() -> list[Verdict]:
        item = Item(feed="f", uid="f", title="A trip to Nara, where ministers meet")
        return load_rules(settings_of(desk)).matcher().explain(item)

    first = explained()
    kept = parts(desk)
    assert kept.keys() == {"index", "plan", "lines"}
    (hit,) = (verdict.hit for verdict in first if verdict.hit and verdict.watchlist == "w")
    words = {one.word: one.place for span in hit.spans for one in span.classes}
    assert words.keys() == {"Nara", "meet"} and all(place.line for place in words.values())
    assert explained() == first
    kept["lines"].unlink()
    assert explained() == first


def test_neither_rules_nor_what_was_read_of_items_wait_for_garbage_collection(
    desk: Desk, shipped_plan: bytes
) -> None:
    """A scan reads millions of items, and a process that loads rules again would grow by 100 MB."""
    matcher = kept_matcher(shipped_plan)

    def left() -> int:
        gc.collect()
        check_rules(settings_of(desk))
        for title in HEADLINES:
            matcher.hits(Item(feed="f", uid=title, title=title))
        return gc.collect()

    left()
    assert left() < 100


@pytest.mark.slow
def test_commands_say_the_same_with_and_without_it(stocked: Desk) -> None:
    commands = (
        ("watchlists", "list"),
        ("watchlists", "show", "lighthouses"),
        ("watchlists", "test", LIT, "--all"),
        ("watchlists", "test", "lighthouses"),
        ("watchlists", "diff"),
        ("report", "-f", "jsonl"),
        ("expect",),
        ("doctor",),
    )
    said: list[list[str]] = [[], [], []]
    for turn in said:
        for command in commands:
            done = stocked.run(*command)
            turn.append(done.out + done.err)
        if turn is said[0]:
            shutil.rmtree(stocked.home / "state" / "sigtrack" / "rules")
    assert said[0] == said[1] == said[2]


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [("watchlists", "test", LIT), ("show", "a"), ("fetch",), ("report",), ("doctor",)]
)
def test_a_second_command_runs_no_loader(stocked: Desk, command: tuple[str, ...]) -> None:
    for _ in range(2):
        if command[0] == "show":
            command = ("show", stocked.run("report", "-f", "jsonl").records[0]["item"])
        modules = modules_after(stocked, *command)
    assert "sigtrack.app.rules_cache" in modules
    assert not {"sigtrack.watch.watchlists", "sigtrack.watch.folders"} & modules


# --- what has changed is read anew


def test_an_edit_of_the_same_size_and_time_is_seen(warm: Desk) -> None:
    file = warm.watchlists / "lighthouses.toml"
    before = file.stat()
    file.write_text(LIGHTHOUSES.replace('"lighthouse*", ', '"watermills*", '))
    assert file.stat().st_size == before.st_size
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert "lighthouses / lit" not in tried(warm).split("Why not")[0]


@pytest.mark.parametrize(
    "change",
    [
        lambda desk: desk.watch(LIGHTHOUSES.replace("lighthouses", "lamps"), "lamps"),
        lambda desk: (desk.watchlists / "lighthouses.toml").unlink(),
        lambda desk: os.utime(desk.watchlists / "lighthouses.toml", ns=(1, 1)),
        lambda desk: (desk.watchlists / "_shared.toml").write_text(
            'format = 1\n[terms]\na = ["b"]\n'
        ),
        lambda desk: (desk.config / "actors.toml").write_text("format = 1\n"),
        lambda desk: (desk.config / "topics.toml").write_text("format = 1\n"),
        lambda desk: (desk.config / "places.toml").write_text(BEPPU, "utf-8"),
        lambda desk: (desk.config / "lang" / "ko.toml").write_text(MUSTER, "utf-8"),
        lambda desk: (desk.config / "lang" / "ja.toml").symlink_to("nowhere"),
        lambda desk: (desk.watchlists / "lighthouses.examples.toml").write_text("format = 1\n"),
        lambda desk: (desk.watchlists / "OTHER.TOML").mkdir(),
        lambda desk: shutil.rmtree(desk.home / "state" / "sigtrack" / "watchlists"),
    ],
    ids=[
        "new",
        "gone",
        "touched",
        "groups",
        "actors",
        "topics",
        "places",
        "words",
        "a link to nothing",
        "examples",
        "a folder",
        "good versions",
    ],
)
def test_whatever_went_in_is_looked_at(warm: Desk, change: Callable[[Desk], object]) -> None:
    assert RulesCache(settings_of(warm)).read("index") is not None
    (warm.config / "lang").mkdir()
    change(warm)
    for part in ("index", "plan", "watchlists"):
        assert RulesCache(settings_of(warm)).read(part) is None
    load_rules(settings_of(warm))
    assert RulesCache(settings_of(warm)).read("index") is not None


@pytest.mark.slow
def test_an_edit_of_a_users_words_counts_at_once(desk: Desk) -> None:
    """Also for the second run, which finds the class in what was kept and its lines in the file."""
    desk.watch('format = 1\nid = "w"\n[[signal]]\nid = "s"\nany = ["to #city", "#meet"]\n', "w")

    def of_w(text: str) -> str:
        said = {desk.run("watchlists", "test", text).out for _ in range(3)}
        (out,) = said
        assert set(parts(desk)) >= {"index", "plan"}
        return out.split("Why not")[0]

    assert "w / s" not in of_w("A trip to Beppu")
    (desk.config / "places.toml").write_text(BEPPU, "utf-8")
    assert "to #city (Beppu is #city)" in of_w("A trip to Beppu")
    assert "places.toml:5" in of_w("A trip to Beppu")
    (desk.config / "places.toml").write_text(f"\n\n{BEPPU}", "utf-8")
    assert "places.toml:7" in of_w("A trip to Beppu")
    assert "w / s" not in of_w("A muster of ministers")
    (desk.config / "lang").mkdir()
    (desk.config / "lang" / "en.toml").write_text(MUSTER, "utf-8")
    assert "w / s" in of_w("A muster of ministers")
    (desk.config / "places.toml").unlink()
    assert "w / s" not in of_w("A trip to Beppu")


def test_a_mistake_in_a_users_words_is_told_by_every_run(stocked: Desk) -> None:
    file = stocked.config / "places.toml"
    file.write_text(BEPPU.replace('"city"', '"citty"'), "utf-8")
    for command in (("report",), ("watchlists", "test", LIT), ("report",)):
        assert "did you mean city?" in stocked.run(*command).err
    file.write_text(BEPPU, "utf-8")
    assert stocked.run("report").err == ""


def test_an_edit_of_examples_is_tried_at_once(warm: Desk) -> None:
    file = warm.watchlists / "lighthouses.examples.toml"
    file.write_text('format = 1\n[lit]\nshould_match = ["A windmill"]\n')
    for _ in range(2):
        done = warm.run("watchlists", "test", LIT)
        assert "'A windmill' should match and does not" in done.err
        assert "stays in force" in done.err
    file.write_text('format = 1\n[lit]\nshould_match = ["A lighthouse"]\n')
    assert warm.run("watchlists", "test", LIT).err == ""


def test_what_is_no_rule_changes_nothing(warm: Desk) -> None:
    warm.feeds({"harbour": "http://127.0.0.1:9/feed.xml"})
    (warm.config / "config.toml").write_text('since = "3d"\n')
    (warm.watchlists / "lighthouses.toml~").write_text("an editor's copy")
    assert RulesCache(settings_of(warm)).read("index") is not None


def test_files_that_changed_while_they_were_read_are_not_kept(desk: Desk) -> None:
    cache = RulesCache(settings_of(desk))
    rules = load_rules(settings_of(desk))
    shutil.rmtree(desk.home / "state" / "sigtrack" / "rules")
    desk.watch(LIGHTHOUSES.replace("Fog", "Mist"))
    cache.write(index=rules.index)
    assert parts(desk) == {}


def test_nothing_is_kept_while_good_versions_cannot_be(desk: Desk) -> None:
    """Else the next run would not try again, and a broken file had nothing to fall back on."""
    folder = desk.home / "state" / "sigtrack" / "watchlists"
    folder.parent.mkdir(parents=True)
    folder.write_text("no folder")
    load_rules(settings_of(desk)).matcher()
    assert parts(desk) == {}
    folder.unlink()
    load_rules(settings_of(desk))
    assert set(parts(desk)) == {"index"}
    assert len(list(folder.iterdir())) == 8


@pytest.mark.slow
def test_a_broken_file_is_told_by_every_run(warm: Desk) -> None:
    warm.watch(LIGHTHOUSES.replace("any =", "anny =", 1))
    for _ in range(3):
        done = warm.run("watchlists", "test", LIT)
        assert "did you mean any" in done.err
        assert "stays in force" in done.err
        assert "lighthouses / lit" in done.out
    warm.watch()
    assert warm.run("watchlists", "test", LIT).err == ""


def test_two_config_folders_share_one_state_folder(warm: Desk) -> None:
    other = warm.home / "other"
    other.mkdir()
    (other / "config.toml").write_text("")
    load_rules(load_settings(warm.environment, config=str(other / "config.toml")))
    assert RulesCache(settings_of(warm)).read("index") is not None


def test_word_files_are_kept_as_they_are_written(desk: Desk) -> None:
    first = RulesCache(settings_of(desk))
    assert not parts(desk)
    made = {name: first.page(name) for name in shipped_values()}
    assert made == shipped_values()
    assert first.page("actors.toml") is None
    again = RulesCache(settings_of(desk))
    assert {name: again.page(name) for name in made} == made
    parts(desk)["pages"].write_bytes(b"")
    damaged = RulesCache(settings_of(desk))
    assert {name: damaged.page(name) for name in made} == made
    assert parts(desk)["pages"].stat().st_size > 0


def test_names_outlive_an_edit_of_a_watchlist_and_serve_every_folder(
    warm: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "_made", {})  # as in a process of its own
    load_rules(settings_of(warm)).readings.mentions(Item(feed="f", uid="u", title=""))
    warm.watch(LIGHTHOUSES.replace("Fog", "Mist"))
    other = warm.home / "other"
    (other / "lang").mkdir(parents=True)
    (other / "config.toml").write_text("")
    theirs = load_settings(warm.environment, config=str(other / "config.toml"))
    for settings in (settings_of(warm), theirs):
        assert RulesCache(settings).read("plan") is None
        assert RulesCache(settings).read("names") is not None
    (other / "lang" / "ko.toml").write_text(MUSTER, "utf-8")
    assert RulesCache(theirs).read("names") is None


# --- what is not as we wrote it counts as not there


def _flip(file: Path, at: int) -> None:
    data = bytearray(file.read_bytes())
    data[at] ^= 1
    file.write_bytes(data)


def _in_the_place_of(file: Path) -> Path:
    file.unlink()
    return file


DAMAGE: dict[str, Callable[[Path], object]] = {
    "empty": lambda file: file.write_bytes(b""),
    "cut off": lambda file: os.truncate(file, file.stat().st_size // 2),
    "longer": lambda file: file.write_bytes(file.read_bytes() + b"\0"),
    "another beginning": lambda file: _flip(file, 0),
    "another key": lambda file: _flip(file, 20),
    "another hash": lambda file: _flip(file, 60),
    "another length": lambda file: _flip(file, 86),
    "a bit in the middle": lambda file: _flip(file, file.stat().st_size // 2),
    "the last bit": lambda file: _flip(file, file.stat().st_size - 1),
    "readable by others": lambda file: file.chmod(0o644),
    "a link": lambda file: (
        file.rename(file.with_suffix(".x")) and file.symlink_to(file.with_suffix(".x"))
    ),
    "a folder": lambda file: _in_the_place_of(file).mkdir(),
    "a pipe": lambda file: os.mkfifo(_in_the_place_of(file), 0o600),
    "another program's": lambda file: file.write_bytes(marshal.dumps(["no"])),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_made_anew(warm: Desk, damage: str) -> None:
    DAMAGE[damage](parts(warm)["index"])
    assert RulesCache(settings_of(warm)).read("index") is None
    assert load_rules(settings_of(warm)).index.watchlists
    if damage != "a folder":
        assert RulesCache(settings_of(warm)).read("index") is not None
        assert parts(warm)["index"].stat().st_mode & 0o777 == 0o600


def test_a_command_makes_every_damaged_file_anew(warm: Desk) -> None:
    before = tried(warm)
    for file in parts(warm).values():
        os.truncate(file, file.stat().st_size // 2)
    for part in ("index", "plan", "watchlists"):
        assert RulesCache(settings_of(warm)).read(part) is None
    assert tried(warm) == before
    assert RulesCache(settings_of(warm)).read("plan") is not None


def test_no_part_of_another_files_is_taken(warm: Desk) -> None:
    """Each names what it was made of, so a part that stayed behind is not read."""
    kept = parts(warm)["plan"].read_bytes()
    warm.watch(LIGHTHOUSES.replace('"lighthouse*", ', '"windmill*", '))
    load_rules(settings_of(warm)).matcher()
    parts(warm)["plan"].write_bytes(kept)
    assert "lighthouses / lit" not in tried(warm).split("Why not")[0]


@pytest.fixture
def their_desk() -> Iterator[Desk]:
    """A desk of root that another user may read."""
    with folder_for_others() as folder:
        desk = Desk(folder / "home")
        desk.watch()
        shutil.rmtree(desk.home / "state")
        yield desk


def test_a_state_folder_that_cannot_be_written_is_no_trouble(their_desk: Desk) -> None:
    for _ in range(2):
        done = their_desk.start_and_wait("watchlists", "test", LIT, under=AS_NOBODY)
        assert "lighthouses / lit" in done.out
        assert done.err == ""
    assert parts(their_desk) == {}


def test_what_another_user_has_kept_is_not_read(their_desk: Desk) -> None:
    load_rules(settings_of(their_desk)).matcher()
    for file in parts(their_desk).values():
        os.chown(file, 65534, 65534)
    assert RulesCache(settings_of(their_desk)).read("index") is None
    load_rules(settings_of(their_desk))
    assert RulesCache(settings_of(their_desk)).read("index") is not None


@pytest.mark.slow
def test_commands_that_start_at_once_all_say_the_same(desk: Desk) -> None:
    processes = [desk.start("watchlists", "test", LIT) for _ in range(4)]
    said = {process.communicate(timeout=600) for process in processes}
    assert {process.returncode for process in processes} == {0}
    ((out, err),) = said
    assert b"lighthouses / lit" in out
    assert err == b""
    assert RulesCache(settings_of(desk)).read("plan") is not None
    folder = desk.home / "state" / "sigtrack" / "rules"
    kept = {file.suffix for file in folder.iterdir()}  # and nothing half written
    assert kept == {".index", ".plan", ".pages"}


def test_no_output_takes_the_place_of_what_is_kept(warm: Desk) -> None:
    file = parts(warm)["plan"]
    done = warm.run("report", "-o", file, code=2)
    assert "a file of the settings" in done.err


# --- values as bytes


@dataclass(frozen=True, slots=True)
class Inner:
    name: str
    sizes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Open:
    """Without slots, so that it is read as a whole."""

    inner: Inner
    table: dict[str, Any] = field(default_factory=dict)


class Pair(NamedTuple):
    one: Inner
    other: Any


for _cls in (Inner, Open, Pair):
    _cls.__module__ = "sigtrack.tests_of_codec"
sys.modules["sigtrack.tests_of_codec"] = sys.modules[__name__]

_simple = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=40)
    | st.dates()
    | st.binary()
    | st.sampled_from([Priority.HIGH, Phase.DONE])
    | st.floats(allow_nan=False)
)
_inner = st.builds(Inner, st.text(), st.lists(st.integers()).map(tuple))
_values = st.recursive(
    _simple | _inner,
    lambda inside: (
        st.lists(inside).map(tuple)
        | st.lists(inside)
        | st.frozensets(_simple)
        | st.frozensets(_inner)
        | st.dictionaries(st.text() | st.integers(), inside)
        | st.builds(Open, _inner, st.dictionaries(st.text(), inside))
        | st.builds(Pair, _inner, inside)
    ),
    max_leaves=30,
)


@given(_values)
def test_every_value_comes_back_equal(value: object) -> None:
    again = rules_cache.decode(rules_cache.encode(value))
    assert again == value
    assert value == again
    assert rules_cache.decode(rules_cache.encode(again)) == value


@given(st.lists(_inner, min_size=33, max_size=80).map(tuple))
def test_long_rows_come_back_in_their_order(value: tuple[Inner, ...]) -> None:
    again = rules_cache.decode(rules_cache.encode(value))
    assert [again[n] for n in range(len(again))] == list(value)
    assert list(again) == list(value)
    with pytest.raises(IndexError):
        again[len(value)]


def test_an_instance_that_two_hold_comes_back_as_one() -> None:
    shared = Inner("a")
    one, other = rules_cache.decode(rules_cache.encode((Pair(shared, 1), Pair(shared, 2))))
    assert one.one is other.one
    assert type(one.one.name) is str
    assert type(one.one) is Inner


def test_terms_come_back_with_spelling_hash_and_place() -> None:
    term = parse_term('(한국 OR =US) NEAR/5 "chip*"', Place(path="a.toml", line=7))
    (again,) = rules_cache.decode(rules_cache.encode((term,)))
    assert again.place == Place(path="a.toml", line=7)
    assert {again} == {term}
    assert str(again) == str(term)


@pytest.mark.parametrize("value", [object(), len, sys, {("a", 1): 2}, ast.Pass(), Path("/")])
def test_what_is_no_value_is_refused(value: object) -> None:
    with pytest.raises(rules_cache.CannotEncode):
        rules_cache.encode((1, value))


def test_other_fields_than_were_written_are_refused() -> None:
    written = rules_cache.encode(Journey(visitor="KR", host="JP"))
    size = int.from_bytes(written[:8])
    described, *rest = marshal.loads(written[8 : 8 + size])
    (module, name, names), *others = described
    head = marshal.dumps(([(module, name, (*names, "more")), *others], *rest))
    with pytest.raises(ValueError, match="other fields"):
        rules_cache.decode(len(head).to_bytes(8) + head + written[8 + size :])


def test_every_file_that_keeps_a_cache_true_is_there():
    package = Path(rules_cache.__file__).parents[1]
    patterns = {*rules_cache.RULES_CODE, *chain(*rules_cache.READINGS_CODE.values())}
    assert {one for one in patterns if not list(package.glob(f"{one}.py"))} == set()

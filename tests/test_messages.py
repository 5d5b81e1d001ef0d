"""What is said in four languages: the catalogues, and the code that says it."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache
from itertools import takewhile
from pathlib import Path
from string import Formatter

import pytest
from jinja2 import Environment, nodes

from desk import Begun, Desk
from sigtrack.analyze.weight import Traits, parts_of
from sigtrack.config import load_settings
from sigtrack.errors import Misconfigured
from sigtrack.lexicon import shipped_lexicon
from sigtrack.model import Actor, Priority
from sigtrack.speech import (
    INTERFACES,
    Messages,
    Naming,
    Words,
    message,
    read_translations,
    spelling_in,
    translations_in,
)
from sigtrack.watch import shipped_text, shipped_watchlists
from sigtrack.watch.actors import load_actors
from sigtrack.watch.catalogues import load_topics

SOURCE = Path(__file__).parents[1] / "src" / "sigtrack"
NOW = datetime(2026, 1, 15, 3, tzinfo=UTC)
TRANSLATED = tuple(one for one in INTERFACES if one != "en")
IN_DATA = ("title", "name", "note")  # contexts of what data files say
_SAID = {"say": 1, "phrase": 1, "plural": 2}
each_language = pytest.mark.parametrize("language", TRANSLATED)


def marked_in_code(tree: ast.AST) -> Iterator[tuple[str, ...]]:
    """The messages of a module: one each, or the two forms of a plural."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        constants = takewhile(lambda one: isinstance(one, ast.Constant), call.args)
        texts = [one.value for one in constants if isinstance(one.value, str)]
        name = (
            call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        )
        if name == "message" and texts:
            yield (message(*texts),)
        elif name == "named_columns":
            yield from ((message(text.partition("|")[0], "column"),) for text in texts)
        elif name in ("marked", "said_of") and texts:
            yield from ((message(text, texts[0]),) for text in texts[1:])
        elif name in _SAID and len(texts) >= _SAID[name]:
            yield tuple(texts[: _SAID[name]])


def marked_in_template(text: str) -> Iterator[tuple[str, ...]]:
    for call in Environment().parse(text).find_all(nodes.Call):
        name = getattr(call.node, "name", "")
        texts = [one.value for one in call.args if isinstance(one, nodes.Const)]
        if name in _SAID and len(texts) >= _SAID[name]:
            yield tuple(texts[: _SAID[name]])


@cache
def marked() -> frozenset[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for path in SOURCE.rglob("*.py"):
        found.update(marked_in_code(ast.parse(path.read_text(encoding="utf-8"))))
    for path in SOURCE.rglob("*.jinja"):
        found.update(marked_in_template(path.read_text(encoding="utf-8")))
    return frozenset(found)


def words_in_data(context: str) -> set[str]:
    return {message(text, context) for text in _IN_DATA[context]()}


def titles() -> Iterator[str]:
    for file in (*shipped_watchlists().iterdir(), SOURCE / "data" / "demo" / "what-next.toml"):
        if file.name.endswith(".toml") and not file.name.endswith(".examples.toml"):
            values = tomllib.loads(file.read_text(encoding="utf-8"))
            for one in (values, *values.get("signal", ()), *values.get("expect", ())):
                if title := one.get("title"):
                    yield title


@cache
def actors() -> Mapping[str, Actor]:
    return load_actors(shipped_text("actors.toml"), None)[0]


@cache
def topics() -> Mapping[str, Actor]:
    return load_topics(shipped_lexicon(), actors().values()).actors


def names() -> Iterator[str]:
    yield from (one.name for one in (*actors().values(), *topics().values()))
    yield from (one.capital for one in actors().values())
    yield from (one.text("site") for one in shipped_lexicon().places.entries("place"))


def notes() -> Iterator[str]:
    yield from (re.split(" ?[;:(]", one.meaning)[0] for one in actors().values() if one.meaning)


_IN_DATA = {"title": titles, "name": names, "note": notes}


# --- the catalogues


@each_language
def test_every_message_of_the_code_stands_in_every_catalogue(language: str) -> None:
    said = {one[0] for one in marked()}
    entries = translations_in(language).entries
    ours = {one for one in entries if one.partition("\x04")[0] not in IN_DATA}
    assert said - ours == set()
    assert ours - said == set()


@each_language
def test_every_title_and_note_that_is_shipped_is_translated_and_no_other_name(
    language: str,
) -> None:
    entries = set(translations_in(language).entries)
    for context in ("title", "note"):
        of_context = {one for one in entries if one.startswith(f"{context}\x04")}
        assert of_context == words_in_data(context)
    assert {one for one in entries if one.startswith("name\x04")} <= words_in_data("name")
    assert {message(topic.label, "name") for topic in topics().values() if is_new(topic)} <= entries


def is_new(topic: Actor) -> bool:
    """Whether a topic is called by what is none of its names, so that no language has it yet."""
    return topic.label.lower() not in {"", *(name.lower() for name in topic.names)}


@each_language
def test_every_message_can_be_said_with_its_values_in_every_language(language: str) -> None:
    messages = Messages(language)
    for forms in marked():
        values = {name: f"<{name}>" for name in placeholders(forms[-1]) if name != "n"}
        if len(forms) == 2:
            said = messages.plural(*forms, 3, **values)
            assert "3" in said
        else:
            values |= {"n": "<n>"} if "n" in placeholders(forms[0]) else {}
            said = messages.say(forms[0], **values)
            assert placeholders(messages.phrase(forms[0])) == placeholders(forms[0])
        assert all(value in said for value in values.values())


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text.rpartition("\x04")[2]) if name}


def test_a_catalogue_is_read_as_gettext_writes_it() -> None:
    read = read_translations(
        """# a remark
msgid ""
msgstr ""
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

#: where it stands
msgctxt "rank"
msgid "minister"
msgstr "mini"
"stre"

msgid "{n} item"
msgid_plural "{n} items"
msgstr[0] "{n} article"
msgstr[1] "{n} articles"

#, fuzzy
msgid "over"
msgstr "dessus"

msgid "say \\"no\\""
msgstr "dis «\\tnon»"

msgid "not yet"
msgstr ""
"""
    )
    assert read.entries == {
        message("minister", "rank"): ("ministre",),
        "{n} item": ("{n} article", "{n} articles"),
        'say "no"': ("dis «\tnon»",),
    }
    assert [read.form(number) for number in (0, 1, 2)] == [0, 0, 1]


@pytest.mark.parametrize("broken", ["msgid minister", '"no key"', 'msgid "a" "b"'])
def test_a_line_that_is_no_entry_is_refused_with_its_number(broken: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        read_translations(f"# a remark\n{broken}\n")


def test_what_has_no_translation_is_said_in_english() -> None:
    korean = Messages("ko")
    assert korean.say("nobody has {what}", what="this") == "nobody has this"
    assert korean.plural("{n} boat", "{n} boats", 1_204) == "1,204 boats"
    assert korean.title("Lighthouses") == "Lighthouses"
    assert Messages("en").plural("{n} boat", "{n} boats", 1) == "1 boat"


def test_words_from_outside_are_not_read_as_placeholders() -> None:
    assert (
        Messages("ko").say("also {names}", names="{n} {0.__class__}").endswith("{n} {0.__class__}")
    )


# --- dates and names


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("13-14 Jan", "30 Dec 2025 - 2 Jan 2026", "Jan 2026", "2-8 March 2026")),
        (
            "ko",
            ("1월 13~14일", "2025년 12월 30일~2026년 1월 2일", "2026년 1월", "2026년 3월 2~8일"),
        ),
        ("ja", ("1月13～14日", "2025年12月30日～2026年1月2日", "2026年1月", "2026年3月2～8日")),
        ("zh", ("1月13日至14日", "2025年12月30日至2026年1月2日", "2026年1月", "2026年3月2日至8日")),
    ],
)
def test_days_are_said_as_a_newspaper_of_the_country_writes_them(
    language: str, said: tuple[str, ...]
) -> None:
    words = Words(language, now=NOW, zone=UTC)
    assert said == (
        words.days("2026-01-13", "2026-01-14"),
        words.days("2025-12-30", "2026-01-02"),
        words.days("2026-01"),
        words.span(date(2026, 3, 2), date(2026, 3, 8)),
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Lee Jae Myung, Xi Jinping, United States, Nara, Tokyo, Beijing, tariff"),
        ("ko", "이재명, 시진핑, 미국, 나라, 도쿄, 베이징, 관세"),
        ("ja", "李在明, 習近平, 米国, 奈良, 東京, 北京, 関税"),
        ("zh", "李在明, 习近平, 美国, 奈良, 东京, 北京, 关税"),
    ],
)
def test_names_are_those_that_newspapers_of_the_language_print(language: str, said: str) -> None:
    naming = Naming(Messages(language), actors())
    topics = load_topics(shipped_lexicon(), actors().values()).actors
    people = map(naming.by_id, ("lee-jae-myung", "xi-jinping", "US"))
    places = map(naming.place, ("Nara", "Tokyo", "Beijing"))
    assert ", ".join((*people, *places, naming.of(topics["thing:tariff"]))) == said


def test_a_name_of_the_users_own_is_chosen_by_its_letters() -> None:
    names = ("Muster", "무스터", "李", "閣僚ムスター", "張某", "某部長")
    assert [spelling_in(one, names) for one in TRANSLATED] == ["무스터", "閣僚ムスター", "张某"]
    alone = Actor(id="muster", kind="person", country="KR", names=("Muster",))
    assert Naming(Messages("ko"), {"muster": alone}).by_id("muster") == "Muster"
    assert Naming(Messages("ko"), {}).by_id("gone", "Somebody") == "Somebody"


def test_a_weight_is_explained_in_the_readers_language() -> None:
    traits = Traits(priority=Priority.HIGH, items=4, publishers=2, languages=2)
    english, korean = ([one.what for one in parts_of(traits, Messages(x))] for x in ("en", "ko"))
    assert "told 4 times by 2 publishers in 2 languages" in english
    assert "매체 2곳(2개 언어), 4회 보도" in korean


# --- which language


@pytest.mark.parametrize(
    ("environment", "language", "origin"),
    [
        ({}, "en", "default"),
        ({"LANG": "ko_KR.UTF-8"}, "ko", "LANG"),
        ({"LANG": "ko_KR.UTF-8", "LC_MESSAGES": "ja_JP"}, "ja", "LC_MESSAGES"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C"}, "en", "LC_ALL"),
        ({"LC_ALL": "", "LANG": "zh_CN"}, "zh", "LANG"),
        ({"LANG": "fr_FR.UTF-8"}, "en", "LANG"),
    ],
)
def test_the_locale_decides_if_the_config_does_not(
    tmp_path: Path, environment: dict[str, str], language: str, origin: str
) -> None:
    settings = load_settings({"HOME": str(tmp_path), **environment})
    assert (settings.interface.value, settings.interface.origin) == (language, origin)
    assert language in settings.languages_read()


def test_the_config_outranks_the_locale_and_a_digest_may_have_its_own(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        'interface = "ja"\n[digest.a]\nto = ["a@example.org"]\n'
        '[digest.b]\nto = ["b@example.org"]\nlanguage = "zh"\n'
    )
    settings = load_settings({"HOME": str(tmp_path), "LANG": "ko_KR"}, config=str(file))
    assert settings.interface.value == "ja"
    assert [one.language for one in settings.digests.values()] == ["ja", "zh"]


def test_a_language_that_sigtrack_lacks_is_a_problem_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('since = "7d"\ninterface = "klingon"\n')
    with pytest.raises(Misconfigured) as refused:
        load_settings({"HOME": str(tmp_path)}, config=str(file))
    [problem] = refused.value.problems
    assert problem.place.line == 2
    assert "one of en, ko, ja, zh" in str(problem)


# --- whole commands

TALKS = """\
format = 1
id = "talks"
title = "North Korea"

[[signal]]
id = "met"
title = "A launch or a test"
any = ["Nara", "나라"]
"""


@pytest.fixture
def nara(begun: Begun) -> Desk:
    return begun(arrive)


def arrive(desk: Desk) -> None:
    desk.watch(TALKS, "talks")
    file = desk.home / "items.jsonl"
    told = {"date": "2026-01-14T09:00:00Z", "source": "coast", "lang": "en"}
    title = "President Lee Jae Myung arrives in Nara for talks with Takaichi"
    file.write_text(json.dumps({"title": title, **told}), encoding="utf-8")
    desk.run("import", file)


def test_a_report_speaks_the_language_of_the_locale_and_records_do_not(nara: Desk) -> None:
    korean = nara.run("report", "--all", LC_ALL="ko_KR.UTF-8").out
    assert "가장 중요한 소식" in korean
    assert "이재명 → 일본: 나라 · 발사 또는 실험 · coast · 북한" in korean
    records = nara.run("report", "--all", "-f", "jsonl", LC_ALL="ko_KR.UTF-8").out
    assert records == nara.run("report", "--all", "-f", "jsonl").out


def test_a_digest_speaks_the_language_of_the_config(nara: Desk) -> None:
    (nara.config / "config.toml").write_text('interface = "ja"\n')
    text = nara.run("digest", "--stdout").out
    assert text.startswith("新着1件 · 時刻はUTC\n\n最も重要な動き\n")
    assert "理由: 李在明 → 日本: 奈良 · 発射または実験 · 北朝鮮" in " ".join(text.split())


def test_a_page_says_in_which_language_it_is(nara: Desk) -> None:
    page = nara.run("report", "--all", "-f", "html", LC_ALL="zh_CN.UTF-8").out
    assert '<html lang="zh">' in page
    assert "<h1>信号 <span>" in page and "李在明 → 日本: 奈良" in page
    assert "{" not in re.sub(r"<(style|script)>.*?</\1>|data-told=\"[^\"]*\"", "", page, flags=re.S)

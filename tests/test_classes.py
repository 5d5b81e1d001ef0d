"""Classes of words: what belongs to one, and where each of its words is written."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from matching import words_in_line
from sigtrack.lexicon import load_lexicon, shipped_lexicon, words_of
from sigtrack.lexicon.classes import Classes
from sigtrack.model import Actor, Watchlist
from sigtrack.watch import shipped_text
from sigtrack.watch.actors import load_actors
from sigtrack.watch.watchlists import Known, load_shared, load_watchlist

ACTORS, _ = load_actors(shipped_text("actors.toml"), None)
CLASSES = Classes(shipped_lexicon(), ACTORS)
FILE = 'format = 1\nid = "w"\n[[signal]]\nid = "s"\n'


def classes_with(folder: Path, name: str, text: str) -> Classes:
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    lexicon, problems = load_lexicon(folder)
    assert problems == ()
    return Classes(lexicon, ACTORS)


def loaded(rules: str, classes: Classes = CLASSES) -> Watchlist:
    watchlist, problems = load_watchlist(
        "w.toml", FILE + rules, Known(actors=ACTORS, shared={}, classes=classes)
    )
    assert watchlist is not None, problems
    assert problems == ()
    return watchlist


def wrong(rules: str) -> list[tuple[str, str]]:
    known = Known(actors=ACTORS, shared={}, classes=CLASSES)
    return [(p.message, p.hint) for p in load_watchlist("w.toml", FILE + rules, known)[1]]


@pytest.mark.parametrize(
    ("name", "some"),
    [
        ("#meet", ("met", "회담", "会談", "會談", "holds talks")),
        ("#leader", ("president", "대통령", "首相", "總統")),
        ("#tariff", ("tariff", "관세", "関税", "关税")),
        ("#city", ("Yokohama", "요코하마", "横浜", "Seoul", "서울", "Nara", "奈良")),
        ("@KR:cities", ("Seoul", "부산", "Gyeongju", "Incheon")),
        ("#palace", ("Akasaka Palace", "白金汉宫")),
        ("#new-phase", ("new chapter", "새 국면", "新たな段階", "新篇章", "新起點")),
        ("#retract", ("retract erroneous remarks", "발언 철회", "発言の撤回", "撤回错误言论")),
    ],
)
def test_a_class_gathers_its_words_from_every_file(name: str, some: tuple[str, ...]) -> None:
    assert set(some) <= set(CLASSES[name].words)


def test_cities_of_a_country_are_its_own() -> None:
    assert "Tokyo" not in CLASSES["@KR:cities"].words
    assert set(CLASSES["@KR:cities"].words) < set(CLASSES["#city"].words)
    assert "@KR:cities" in list(CLASSES)
    assert "@XX:cities" not in CLASSES


def test_a_letter_that_stands_for_an_act_in_compounds_is_no_word_of_its_class() -> None:
    assert "방" not in CLASSES["#visit"].words


def test_each_word_knows_its_line() -> None:
    data = Path(__file__).parents[1] / "src" / "sigtrack" / "data"
    for name in ("#meet", "#leader", "@JP:cities", "#new-phase"):
        for words in CLASSES[name].by_language().values():
            for word, place in words:
                line = (data / place.path).read_text("utf-8").split("\n")[place.line - 1]
                assert word in words_in_line(line), (word, place)


def test_words_stand_under_their_language() -> None:
    told = CLASSES["@JP:cities"].by_language()
    by_language = {code: [word for word, _ in words] for code, words in told.items()}
    assert "Yokohama" in by_language["en"]
    assert "요코하마" in by_language["ko"]
    assert "横浜" in by_language["ja, zh"]
    assert list(CLASSES["#leader"].by_language()) == ["en", "ko", "ja", "zh"]


def test_a_formula_is_a_class_by_its_id_in_its_own_languages() -> None:
    formulas = tomllib.loads(shipped_text("phrases.toml"))["phrase"]
    assert {f"#{formula['id']}" for formula in formulas} <= set(CLASSES)
    told = CLASSES["#summon"].by_language()
    japanese = next(formula for formula in formulas if formula["id"] == "summon")["ja"]
    assert [word for word, _ in told["ja"]] == list(words_of(japanese))
    assert {str(place.path) for words in told.values() for _, place in words} == {"phrases.toml"}


def test_a_formula_with_the_id_of_a_topic_leaves_the_class_to_it() -> None:
    formulas = tomllib.loads(shipped_text("phrases.toml"))["phrase"]
    topics = shipped_lexicon().topics
    known = {id for section in ("acts", "things", "places") for id in topics.section(section)}
    shared = {formula["id"] for formula in formulas} & known
    assert shared == {"freedom-edge", "one-china"}
    for id in shared:
        assert set(CLASSES[f"#{id}"].words) <= set(topics.words("things", id))


def test_a_formula_of_the_users_is_a_class_and_gives_words_to_one_that_is_there(
    tmp_path: Path,
) -> None:
    more = classes_with(
        tmp_path,
        "phrases.toml",
        '[[phrase]]\nid = "beacon"\nen = ["beacon of trust"]\n'
        '[[phrase]]\nid = "new-phase"\nen = ["fresh tide"]\n',
    )
    assert more["#beacon"].words == ("beacon of trust",)
    assert more["#beacon"].places()["beacon of trust"].line == 3
    assert {"fresh tide", *CLASSES["#new-phase"].words} == set(more["#new-phase"].words)


def test_the_users_words_belong_to_the_class(tmp_path: Path) -> None:
    more = classes_with(
        tmp_path,
        "places.toml",
        '[[place]]\ncountry = "JP"\nsite = "Beppu"\nkind = "city"\nnames = "Beppu, 別府"\n',
    )
    assert "Beppu" in more["#city"].words
    assert str(more["@JP:cities"].places()["別府"]).endswith("places.toml:5")
    more = classes_with(
        tmp_path, "lang/en.toml", '[[act]]\nclass = "meet"\nkind = "meet"\nwords = "parley"\n'
    )
    assert "parley" in more["#meet"].words


def test_an_actor_that_the_user_replaced_gives_its_class_no_words() -> None:
    other = Actor(id="nara", kind="venue", country="JP", names=("Nara City",))
    assert "Horyuji" not in Classes(shipped_lexicon(), {**ACTORS, "nara": other})["#city"].words


def test_a_class_that_is_not_known_is_named_with_the_nearest() -> None:
    assert wrong('any = ["#meat"]') == [("there is no class #meat", "did you mean #meet?")]
    assert wrong('any = ["in @KP:citis"]')[0][0].startswith("a $group or @actor")
    assert wrong('any = ["#city-based firms"]') == [
        ("there is no class #city-based", "write a space after the class: #city based")
    ]
    known = Known(actors=ACTORS, shared={}, classes=CLASSES)
    _, problems = load_shared("_shared.toml", 'format = 1\n[terms]\nx = ["to #ctiy"]', known)
    assert [str(p) for p in problems] == [
        "_shared.toml:3: there is no class #ctiy (did you mean #city?)"
    ]


def test_groups_and_choices_hold_classes() -> None:
    text = 'format = 1\nid = "w"\n[terms]\nacts = ["#meet", "x"]\n[[signal]]\nid = "s"\n'
    text += 'any = ["$acts", "(#leader OR $acts) NEAR/4 to #city"]\n'
    watchlist, problems = load_watchlist(
        "w.toml", text, Known(actors=ACTORS, shared={}, classes=CLASSES)
    )
    assert problems == ()
    assert watchlist is not None
    assert [str(term) for term in watchlist.signals[0].any] == [
        "#meet",
        "x",
        "(#leader OR #meet OR x) NEAR/4 to #city",
    ]


def test_a_fingerprint_covers_the_words_of_the_classes_that_a_list_names(tmp_path: Path) -> None:
    more = classes_with(
        tmp_path, "lang/en.toml", '[[act]]\nclass = "meet"\nkind = "meet"\nwords = "parley"\n'
    )
    for rules, differs in (('any = ["#meet"]', True), ('any = ["to #city"]', False)):
        assert (loaded(rules).fingerprint != loaded(rules, more).fingerprint) is differs
    plain = load_watchlist("w.toml", FILE + 'any = ["x"]', Known(actors=ACTORS, shared={}))[0]
    assert plain is not None
    assert loaded('any = ["x"]').fingerprint == plain.fingerprint


def test_nothing_is_advised_about_what_stands_beside_a_class() -> None:
    loaded('any.ko = ["#city에서", "#leader 회담"]\nany.zh = ["在#city会谈"]')

"""What an item tells, in a form in which items of different languages can be compared.

Names and topics come from outside (`Mention`), with their weights. Here they are combined with
numbers ("445억", "44.5 billion") and with the other words of the title. Weights are whole tenths of
a natural logarithm, so that sums do not depend on the order of adding.

`bare_title` strips from a headline what agencies and portals add to it. In front: "(2nd LD) ...",
"[속보] ...", "【速報】...", "UPDATE 4-...". At the end: "... - Harbor Daily", "... | 국제 | 한빛",
"...（東海通信）", "...(종합)". Used to compare, never to show. What agencies write before a summary
("(하버빌=한빛통신) 김하나 기자 =") goes as well, since all their items share it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property, lru_cache
from itertools import chain, combinations, pairwise
from sys import intern

from sigtrack.lexicon import any_of, shipped_lexicon
from sigtrack.model import Actor, Item, Mention, Role
from sigtrack.text import primary_language
from sigtrack.text.fold import fold
from sigtrack.text.regex import regex
from sigtrack.text.scripts import CLASS_OF, KATAKANA

_BAR = r"[\u4e28\uff5c|\uff1a:]"  # the first is a Han character that looks like a bar
# "| World", "│ 海港新聞網", "@HARBORNEWS"
_SECTION = re.compile(r"(?:[|\uff5c\u2502]|\s@)[^|\uff5c\u2502@]{2,24}$")
# "(하버빌=한빛통신) 김하나 기자 = ", "【ハーバービル共同】", "[Harbor Post] "
_DATELINE = re.compile(
    r"\A\s*(?:[(（]\w[^()（）=]{0,20}=[^()（）=]{2,12}[)）](?:[^=.]{0,40} =)?"
    r"|[(（\[〔【][^()（）\[\]〔〕【】]{2,40}[)）\]〕】])\s*"
)
_READ = 300  # characters
_LEAST = 8  # characters of a headline that are always kept


def bare_title(title: str) -> str:
    """Remove every prefix, all sections behind bars, and one other suffix.

    The result is never empty unless the title is.
    """
    bare = title
    while (found := _before().match(bare)) and found.end() < len(bare):
        bare = bare[found.end() :]
    while (tail := _SECTION.search(bare)) and tail.start() >= _LEAST:
        bare = bare[: tail.start()].rstrip()
    behind = _behind().search(bare)
    return bare[: behind.start()] if behind and behind.start() >= _LEAST else bare


def is_column(title: str) -> bool:
    """Whether a title announces a comment, a background or a round-up, not an event."""
    return bool(_column().search(title[:_READ].lower())) or is_round_up(title)


def is_round_up(title: str) -> bool:
    """Whether a title lists several events, so that it would join all of them."""
    return bool(_round_up().search(title[:_READ]))


@cache
def _round_up() -> re.Pattern[str]:
    return re.compile(_either("round-up"), re.IGNORECASE)


@cache
def _before() -> re.Pattern[str]:
    update, flash = (
        any_of(shipped_lexicon().words("headline", key)) for key in ("update", "flash")
    )
    return re.compile(
        r"\s*(?:[\[(【（<〈][^\])】）>〉]{1,12}[\])】）>〉]"
        rf"|(?:{update}) ?\d*[-:]|(?:{flash})[-:])\s*"
    )


@cache
def _behind() -> re.Pattern[str]:
    said = "".join(
        f"(?<!{re.escape(word)})" for word in shipped_lexicon().words("headline", "said")
    )
    return re.compile(
        r"\s*(?:(?:\s[-–—]|[|｜])\s*[^-|｜–—,]{2,24}"
        rf"|[（(][^（()）]{{2,12}}{said}[）)])$"  # a speaker is not an agency
    )


@cache
def _column() -> re.Pattern[str]:
    """Return a pattern for titles in small letters: a pattern for any takes twice as long to
    compile."""
    lexicon = shipped_lexicon()
    begins = lexicon.words("headline", "column-begin")
    return re.compile(
        rf"^\W{{0,3}}(?:{_either('column-begin', filter(str.isascii, begins))})\b"
        rf"|^(?:{any_of(word for word in begins if not word.isascii())})"
        rf"|\b(?:{_either('column-inside')}|(?:{_either('column-end')})$)\b"
        rf"|[\[【<〈](?:{_either('column-bracketed')})[\]】>〉]"
        rf"|(?:{_either('column-label')}){_BAR}"
        rf"|{lexicon.pattern('patterns', 'headline', 'column-anywhere')}"
    )


def _either(key: str, words: Iterable[str] | None = None) -> str:
    """Return a pattern for the words of a key (or other words) and for the pattern of the key."""
    lexicon = shipped_lexicon()
    pattern = lexicon.pattern("patterns", "headline", key)
    listed = any_of(lexicon.words("headline", key) if words is None else words)
    return f"{listed}|{pattern}" if pattern else listed


_TITLE, _LEAD = 500, 400  # characters of a title and of a summary that are read
_IN_LEAD = 7, 10  # a name only in the summary has seven tenths of the weight
WORD_IN_LEAD = 2  # and other words there have half
_NUMBER_IN_TITLE, _NUMBER_IN_LEAD = 40, 30
_OF_A_PLACE = 15  # for a country of which a place is named, which tells as much
_LEAST_NUMBER = 100
PLAIN = 8  # for words that every other headline has
_YEAR = range(1990, 2041)
_DIGIT = re.compile(r"\d")
_STAMP = re.compile(r"20\d\d[01]\d[0-3]\d")  # 20260112 is a day
_AHEAD = range(2, 26)  # days after publication for which a date counts as announced
_WORD = regex(rf"[a-z][a-z0-9']+|[\uac00-\ud7a3]+|[\u3005\u4e00-\u9fff]+|[{KATAKANA}]+", re.ASCII)
_ENDING = regex(r"(?:ing|ed|es|s|ly)$")
_ROUND = regex(r"#[1-9]00|[1-9]0*%")
_LEAST_SCALE = 10_000  # thousands are written in digits

_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_NOTHING: frozenset[str] = frozenset()  # one for all: each takes 216 bytes, and most sets are empty

_SMALL = 150.0  # the least length of a telling: one rare thing is not an event
RARE = 45  # for facts that few items share


Titled = tuple[str, int, int]
Told = tuple[int, int, int]  # a weight, that in the title, and how much of a piece it is there
A_PIECE = 10  # weighs this much more than a word that every headline has


@lru_cache(maxsize=4096)
def _told(weight: int, titled: bool, country: bool) -> Told:
    """Return one value for all that are equal: items share most of them. A country is half a piece.
    Pieces are whole numbers, so that their order does not matter."""
    piece = min(A_PIECE, weight - PLAIN)
    return (weight, weight, piece if country else 2 * piece) if titled else (weight, 0, 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Fields:
    """What one item tells. `title` is folded.

    `facts` are names, topics and numbers with their weights, `heads` are those in the title.
    `words` are the other words of the title, `lead_words` those of the summary, both with weights.
    `issues` are dates and ordinals of the title. `countries` are the countries of all actors named;
    `persons` maps persons to their countries. `titled` are the mentions in the title of actors and
    topics in office, in order, as id, start and end in the bare title; empty if the telling was
    kept, because stories do not ask for them (see `titled_in`).
    """

    id: str
    feed: str
    role: Role
    language: str
    moment: datetime
    title: str
    facts: Mapping[str, int]
    heads: frozenset[str]
    words: Mapping[str, int]
    lead_words: Mapping[str, int]
    issues: frozenset[str]
    countries: frozenset[str]
    head_countries: frozenset[str]
    persons: Mapping[str, str]
    planned: bool
    titled: tuple[Titled, ...] = ()


class Telling(_Fields):
    """What one item tells, and what is made of it for pairs of items.

    That is made once and kept until nothing more is compared with the item. Beside it the fields
    are slots: in one dictionary with it they would take a kilobyte more.
    """

    def let_go(self) -> None:
        """Forget what was made for pairs."""
        vars(self).clear()

    @cached_property
    def told(self) -> Mapping[str, Told]:
        """All that the item tells, by name, topic, number or word."""
        titled = self.title_names
        return {
            name: _told(weight, name in titled, name in self.countries)
            for name, weight in {**self.lead_words, **self.facts, **self.words}.items()
        }

    @cached_property
    def vector(self) -> tuple[Mapping[str, Told], frozenset[str], float, int, int]:
        """What is asked of each pair, at once: `told`, its names, its length as a vector, the sum
        of the weights of the title, and the moment in microseconds."""
        told = self.told
        length = math.sqrt(sum(weight * weight for weight, _, _ in told.values()))
        moment = (self.moment - _EPOCH) // _MICROSECOND
        return told, frozenset(told), max(_SMALL, length), self.title_size, moment

    @property
    def title_names(self) -> Set[str]:
        """What the title tells."""
        return (self.heads & self.facts.keys()) | self.words.keys()

    @property
    def title_size(self) -> int:
        return sum(titled for _, titled, _ in self.told.values())

    @cached_property
    def head_numbers(self) -> frozenset[str]:
        return frozenset(f for f in self.heads if f.startswith("#") or f.endswith("%")) or _NOTHING

    @cached_property
    def subjects(self) -> frozenset[str]:
        """The rare things and places of the title."""
        return frozenset(f for f in self.rarities if f.startswith(("thing:", "place:"))) or _NOTHING

    @cached_property
    def rarities(self) -> frozenset[str]:
        """The rare names, things and places of the title."""
        return (
            frozenset(
                fact
                for fact in self.heads - self.head_acts - self.head_numbers
                if self.facts.get(fact, 0) >= RARE
            )
            or _NOTHING
        )

    @cached_property
    def is_column(self) -> bool:
        return is_column(self.title)

    @cached_property
    def is_round_up(self) -> bool:
        return is_round_up(self.title)

    @cached_property
    def head_acts(self) -> frozenset[str]:
        return frozenset(fact for fact in self.heads if fact.startswith("act:")) or _NOTHING

    @cached_property
    def company(self) -> frozenset[str]:
        """Pairs named together: two persons or, in the title, persons and other countries.

        So two items about Lee and Trump are compared on a day when both are in many items.
        """
        if len(self.persons) + len(self.head_countries) < 2:
            return _NOTHING
        alone = self.head_countries - {self.persons[id] for id in self.head_persons}
        titled = sorted(self.head_persons | alone)
        pairs = (*combinations(sorted(self.persons), 2), *combinations(titled, 2))
        return frozenset(f"{one} & {other}" for one, other in pairs)

    @cached_property
    def head_persons(self) -> frozenset[str]:
        return self.heads & self.persons.keys() or _NOTHING


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def as_text(telling: Telling) -> str:
    """Write a telling as JSON, without id, feed and role (see `from_text`)."""
    sets = (telling.heads, telling.issues, telling.countries, telling.head_countries)
    plain = (telling.moment.isoformat(), telling.language, telling.title, telling.planned)
    weights = (telling.facts, telling.words, telling.lead_words, telling.persons)
    kept = [*plain, *weights, *map(sorted, sets), telling.titled]
    return _ENCODER.encode(kept)


def from_text(text: str, *, id: str, feed: str, role: Role) -> Telling:
    """Read a telling that `as_text` wrote, without `titled`. Raises ValueError for other texts."""
    try:
        moment, language, title, planned, *kept = json.loads(text)
        facts, words, lead_words, persons, *sets, _ = kept
        # Headlines share words: one copy of each takes a tenth less memory, and is compared faster.
        facts, words, lead_words = (
            {intern(name): weight for name, weight in some.items()}
            for some in (facts, words, lead_words)
        )
        heads, issues, countries, head_countries = (
            _names_of(tuple(map(intern, one))) for one in sets
        )
        telling = Telling(
            id=id,
            feed=feed,
            role=role,
            moment=datetime.fromisoformat(moment).astimezone(UTC),
            language=language,
            title=title,
            planned=planned,
            facts=facts,
            words=words,
            lead_words=lead_words,
            persons=persons,
            heads=heads,
            issues=issues,
            countries=countries,
            head_countries=head_countries,
        )
        weights = chain(facts.values(), words.values(), lead_words.values())
        texts = chain((language, title), persons.values())
    except (TypeError, AttributeError) as error:
        raise ValueError("not a telling") from error
    if not ({int}.issuperset(map(type, weights)) and {str}.issuperset(map(type, texts))):
        raise ValueError("not a telling")
    return telling


@lru_cache(maxsize=4096)
def _names_of(names: tuple[str, ...]) -> frozenset[str]:
    """Return one set for all that are equal: headlines share countries and most of what they name.
    They take a fifth of the memory of a telling else."""
    return frozenset(names)


def titled_in(text: str) -> tuple[Titled, ...]:
    """Read only `titled` of a text that `as_text` wrote. Raises ValueError for any other text."""
    try:
        titled = tuple((id, start, end) for id, start, end in json.loads(text)[-1])
    except (TypeError, LookupError) as error:
        raise ValueError("not a telling") from error
    if any((str, int, int) != tuple(map(type, one)) for one in titled):
        raise ValueError("not a telling")
    return titled


def named_in_title(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    """Return the topics and the actors in office that the title names."""
    return tuple(one for one in mentions if one.field == "title" and one.in_office)


def gist_of(item: Item) -> Item:
    """Return what is read of an item: the bare title and the beginning of the summary.

    Mentions must be of the gist, because their places point into it.
    """
    title = bare_title(item.title[:_TITLE])
    lead = _DATELINE.sub("", item.summary or item.text, count=1)[:_LEAD]
    if (title, lead, "") == (item.title, item.summary, item.text):
        return item
    return replace(item, title=title, summary=lead, text="")


def telling_of(
    gist: Item,
    mentions: Iterable[Mention],
    weight: Callable[[Actor], int],
    *,
    id: str,
    moment: datetime,
    role: Role,
    plain: Collection[str] = (),
) -> Telling:
    """Return what an item tells.

    `weight` says how much it tells that two items name an actor or topic. `plain` are words, in the
    form of `word_keys`, that tell almost nothing. `moment` has the offset of the publisher's clock,
    which decides whether "to visit on the 13th" is in the future.
    """
    found = list(mentions)
    named = list(_known_once(_who_counts(found)))
    titled = [m for m in named if m.field == "title"]
    in_summary = [m for m in named if m.field != "title"]
    facts = _facts(named, titled, weight)
    heads = _names(titled) | _countries(titled)
    in_title, in_lead = _numbers(gist.title), _numbers(gist.summary)
    facts |= {n: _worth(n, _NUMBER_IN_LEAD) for n in in_lead}
    facts |= {n: _worth(n, _NUMBER_IN_TITLE) for n in in_title}
    return Telling(
        id=id,
        feed=gist.feed,
        role=role,
        language=primary_language(gist.language),
        moment=moment.astimezone(UTC),
        title=fold(gist.title).lower,
        facts=facts,
        heads=frozenset(heads | in_title),
        words=_weighed(_without(gist.title, titled), plain, 1),
        lead_words=_weighed(_without(gist.summary, in_summary), plain, WORD_IN_LEAD),
        issues=frozenset(_issues(gist.title)),
        countries=frozenset(_countries(named)),
        head_countries=frozenset(_countries(titled)),
        persons={m.actor.id: m.actor.country or "" for m in named if m.actor.kind == "person"},
        planned="act:plan" in heads or _is_announced(gist, moment),
        titled=tuple((m.actor.id, m.start, m.end) for m in named_in_title(found)),
    )


def _who_counts(mentions: Iterable[Mention]) -> Iterator[Mention]:
    """Yield mentions. Of persons with one name (two presidents Lee), those in office win."""
    found = list(mentions)
    in_office = {(m.field, m.start) for m in found if m.actor.kind == "person" and m.in_office}
    for mention in found:
        former = mention.actor.kind == "person" and not mention.in_office
        if not (former and (mention.field, mention.start) in in_office):
            yield mention


def _known_once(mentions: Iterable[Mention]) -> Iterator[Mention]:
    """Yield mentions without the places that are also the name of an actor (Gaza)."""
    found = list(mentions)
    actors = {(m.field, m.start) for m in found if m.actor.kind != "topic"}
    for mention in found:
        if not (mention.actor.id.startswith("place:") and (mention.field, mention.start) in actors):
            yield mention


def _facts(
    named: Iterable[Mention], titled: Iterable[Mention], weight: Callable[[Actor], int]
) -> dict[str, int]:
    actors = {m.actor.id: m.actor for m in named if m.actor.kind != "office"}
    weights = {id: weight(actor) for id, actor in actors.items()}
    for country in _countries(named):
        stand_in = Actor(id=country, kind="country", country=country)
        weights.setdefault(country, weight(stand_in))
    for actor in actors.values():
        if actor.kind == "venue" and actor.country in weights:
            weights[actor.country] = min(weights[actor.country], _OF_A_PLACE)
    heads = _names(titled) | _countries(titled)
    part, whole = _IN_LEAD
    return {id: w if id in heads else w * part // whole for id, w in weights.items()}


def _names(mentions: Iterable[Mention]) -> set[str]:
    return {m.actor.id for m in mentions}


def _countries(mentions: Iterable[Mention]) -> set[str]:
    kinds = ("country", "person", "office")
    return {m.actor.country for m in mentions if m.actor.country and m.actor.kind in kinds}


def _numbers(text: str) -> set[str]:
    found = set()
    scales = _scales()
    for m in _with_digits(_number(), text):
        if _STAMP.fullmatch(m["digits"]):
            continue
        number = float(m["digits"].replace(",", "")) * scales.get(m["scale"] or "", 1)
        if m["share"]:
            found.add(f"{number:g}%")
        elif m["scale"] or "." in m["digits"] or _is_telling(number):
            found.add(f"#{number:.3g}")
    return found


def _with_digits(pattern: re.Pattern[str], text: str) -> Iterable[re.Match[str]]:
    """Return the finds of a pattern that holds a digit in each of its forms. Every second headline
    has none, which is seen at once."""
    return pattern.finditer(text) if _DIGIT.search(text) else ()


def _issues(title: str) -> Iterator[str]:
    for m in _with_digits(_issue(), title):
        if m["month"]:
            yield f"on {int(m['month'])}-{int(m['day'])}"
        elif m["name"]:
            yield f"on {_months()[m['name'].lower()]}-{int(m['of'])}"
        else:
            yield f"no. {int(m['number'] or m['nth'])}"


@cache
def _scales() -> Mapping[str, int]:
    scales = shipped_lexicon().by_word("scale")
    return {word: int(scale) for word, scale in scales.items() if int(scale) >= _LEAST_SCALE}


@cache
def _number() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<digits>\d[\d,]{{0,15}}(?:\.\d{{1,6}})?)(?:\s?-?(?P<scale>{any_of(_scales())}))?"
        rf"(?P<share>\s?(?:%|{any_of(shipped_lexicon().words('counted', 'percent'))}))?"
    )


@cache
def _months() -> Mapping[str, str]:
    names = shipped_lexicon().language("en").by_word("months")
    return {name.lower(): number for name, number in names.items()}


@cache
def _issue() -> re.Pattern[str]:
    """Return a pattern for the number in a series: the 15th session, the briefing of June 3."""
    words = shipped_lexicon().words
    ordinals = {key: words("ordinal", key) for key in ("before", "after")}
    return re.compile(
        rf"(?P<month>\d{{1,2}})\s?(?:{any_of(words('units', 'month'))})"
        rf"\s?(?P<day>\d{{1,2}})\s?(?:{any_of(words('units', 'day'))})"
        rf"|\b(?P<name>{any_of(_months())})\.?\s(?P<of>\d{{1,2}})\b"
        rf"|(?:{any_of(ordinals['before'])})\s?(?P<number>\d{{1,3}})"
        rf"\s?(?:{any_of(word for word in ordinals['after'] if not word.isascii())})"
        rf"|\b(?P<nth>\d{{1,3}})(?:{any_of(filter(str.isascii, ordinals['after']))})\b",
        re.IGNORECASE,
    )


@cache
def _day() -> re.Pattern[str]:
    lexicon = shipped_lexicon()
    months = lexicon.language("en").by_word("months")
    return re.compile(
        rf"(?<![\d.])(?P<day>\d{{1,2}})\s?(?:{any_of(lexicon.words('units', 'day'))})"
        rf"|\b(?:{any_of(months)})\.?\s(?P<english>\d{{1,2}})\b"
    )


@cache
def _joints() -> frozenset[str]:
    return frozenset(shipped_lexicon().words("joint", "headline"))


def _worth(number: str, weight: int) -> int:
    """Return what a number tells: round ones (10%, 300) agree by chance."""
    return weight // 2 if _ROUND.fullmatch(number) else weight


def _is_telling(number: float) -> bool:
    """Whether a number tells something: small numbers and years are in every other headline."""
    return number >= _LEAST_NUMBER and number not in _YEAR


def _without(text: str, mentions: Iterable[Mention]) -> str:
    """Return the text with a space for each mention; these are in the order of the text."""
    pieces, end = [], 0
    for mention in mentions:
        pieces.append(text[end : mention.start])
        end = max(end, mention.end)
    return " ".join([*pieces, text[end:]])


def _weighed(text: str, plain: Collection[str], part: int) -> dict[str, int]:
    return {word: (PLAIN if word in plain else full) // part for word, full in _words(text).items()}


def word_keys(text: str) -> frozenset[str]:
    """Return the words of a text in the form in which items share them."""
    return frozenset(_words(text))


def _words(text: str) -> dict[str, int]:
    """Return stems of Latin words, beginnings of Korean words, pairs of Han, runs of Kana."""
    found: dict[str, int] = {}
    joints = _joints()
    for word in _WORD.findall(fold(text).lower):
        match CLASS_OF[word[0]]:
            case "s":
                if len(word) > 2 and word not in joints:
                    found[_stem(word)] = 20 if len(word) < 6 else 25
            case "h":
                if len(word) >= 2:
                    found[word[:2]] = 20
                if len(word) >= 5:
                    found[word[2:4]] = 15
            case "k":
                if len(word) >= 3:
                    found[word] = 30
            case _:
                found |= {a + b: 13 for a, b in pairwise(word)}
    return found


@lru_cache(maxsize=8192)
def _stem(word: str) -> str:
    return word if len(word) < 5 else _ENDING.sub("", word)[:8]


def _is_announced(gist: Item, moment: datetime) -> bool:
    """Whether a day of the month is some days ahead: "13∼14일 방문", "to visit on Jan. 13"."""
    for m in _with_digits(_day(), f"{gist.title} {gist.summary}"):
        ahead = int(m["day"] or m["english"]) - moment.day
        if (ahead + 30 if ahead < -15 else ahead) in _AHEAD:
            return True
    return False

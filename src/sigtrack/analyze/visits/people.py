"""Finds the people in a sentence who could travel, and those whose journeys do not count.

These are persons in office, and offices of a country, with the name of the holder on that day.
"Ambassador", "team" and the like are found too, because a journey of theirs is nobody else's.

A title becomes a person by what stands beside it: a country before it ("Serbian president",
カザフ大統領, 英首相), "of" a country after it, a person on either side, or, in a text of the same
language, nothing at all: 외교장관 is that of Seoul. Of several persons with one name, the one in
office from a country that the item names is meant. A former office holder travels for himself. If a
wife, aide or letter of somebody is mentioned, he does not travel at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import NamedTuple

from sigtrack.analyze.visits.lexicon import (
    HIGH,
    LIST,
    RANKS,
    Holders,
    Office,
    Site,
    VisitToken,
    clue,
    one_of,
    short_of,
    words,
)
from sigtrack.frozen import frozen
from sigtrack.lexicon import shipped_lexicon
from sigtrack.model import Actor, Rank, Tenure
from sigtrack.text.regex import regex
from sigtrack.text.scripts import classes_of, is_of_another

_FORMER = regex(lambda: one_of("former"), re.IGNORECASE)
_FORMERLY = regex(lambda: rf"(?:{one_of('former')})[ -]?\Z", re.IGNORECASE)
# 김(70) 전 장관: an age may stand between
_BESIDE_TITLE = regex(lambda: rf"[ ·\u30fb]{{0,2}}(?:\d\d )?(?:{clue('elected').pattern})?")
# Kenya's Ruto in Beijing for …, in a headline that does not write every word large
_POSSESSED = re.compile(r"'s? ([A-Z][\w-]+)(?P<there> in [A-Z].* [a-z]{3})?")
_THEIR_NOBODY = re.compile(r"'?s? ?")
_NOTHING = re.compile(r" ?")  # before what opens a sentence
_ABBREVIATED = re.compile(r" ?(?:[A-Z]{2,5} )?")  # President of the Republic of Korea (ROK) Lee
# Countries where the head of state reigns, and another person governs and travels.
_PARLIAMENTARY = frozenset(
    (
        *("JP", "GB", "CA", "AU", "NZ", "IN", "DE", "IT", "ES", "IE", "MY", "TH", "KH", "SG"),
        *("PK", "BE", "NL", "DK", "SE", "NO", "HU", "IL", "GR", "FJ", "PG", "SB", "NP", "LU"),
    )
)


@frozen(kw_only=False)
class Agent:
    """Somebody whom a sentence names.

    `country` is "" if the text does not tell it; `rank` is None for people whose journeys are not
    tracked. `sure` is False for a family name that many people have, and for governments in talks.
    `former` is a former office holder, who travels for himself unless leaders of the host see him.
    `at_home` is the office of somebody who seldom travels, and so is at home if no place is told.
    """

    start: int
    end: int
    country: str
    rank: Rank | None
    name: str = ""
    actor: str = ""
    sure: bool = True
    former: bool = False
    at_home: str = ""

    @property
    def travels(self) -> bool:
        return self.rank is not None and self.country != ""


@frozen(kw_only=False)
class ItemSetting:
    """What is known of the whole item: its language, its day, and the countries it names."""

    lang: str
    day: date | None
    countries: frozenset[str]
    holders: Holders


def agents_of(
    text: str, tokens: Sequence[VisitToken], setting: ItemSetting, opens: Sequence[int] = ()
) -> list[Agent]:
    """Return agents in order. The countries inside them are not places of the sentence.

    `opens` are the places where quotations begin.
    """
    reader = _People(text, tokens, setting, opens)
    return [_named(agent, text, setting) for agent in _apart(text, reader.found())]


def _named(agent: Agent, text: str, setting: ItemSetting) -> Agent:
    """Give an office of a country the name of its holder on that day."""
    if agent.actor or agent.former or not agent.travels or agent.rank is Rank.ENVOY:
        return agent
    title = text[agent.start : agent.end]
    holder = _incumbent(title, agent.country, setting.day, setting.holders)
    return replace(agent, actor=holder.id, name=holder.name) if holder and agent.sure else agent


def _apart(text: str, agents: Iterable[Agent]) -> list[Agent]:
    """Return agents in order, without overlaps. "The president's envoy" is the envoy."""
    kept: list[Agent] = []
    for agent in sorted(agents, key=lambda a: (a.start, a.rank is None, -a.end)):
        merged = _merged(text, kept[-1], agent) if kept else None
        if merged is None:
            kept.append(agent)
        else:
            kept[-1] = merged
    return kept


def _merged(text: str, last: Agent, agent: Agent) -> Agent | None:
    """Merge two neighbours who are one: "envoy of President Hu"."""
    if (agent.start, agent.end) == (last.start, last.end):
        return None  # 한중 정상
    gap = text[last.end : agent.start]
    envoy = last.rank is Rank.ENVOY and agent.rank in HIGH
    if envoy and _ABBREVIATED.fullmatch(gap):
        return replace(last, end=agent.end)
    same = last.country == agent.country and {last.rank, agent.rank} in ({agent.rank}, {*HIGH})
    if same and agent.actor and not last.actor and clue("also").fullmatch(gap):
        return replace(agent, start=last.start)  # 总书记、国家主席习近平
    if agent.start < last.end:
        return last
    if agent.rank is Rank.ENVOY and not agent.actor and not gap:  # 总统|特使
        return Agent(last.start, agent.end, last.country, Rank.ENVOY, text[last.start : agent.end])
    people = not last.actor or text[last.start].isascii()
    if not agent.country and agent.rank is None and people and _THEIR_NOBODY.fullmatch(gap):
        return replace(last, rank=None, end=agent.end)  # Trump official
    return None


class _Owners(NamedTuple):
    """The countries that a title belongs to, and the range of these countries with the title."""

    countries: list[str]
    start: int
    end: int


class _People:
    """Finds the people of one sentence."""

    def __init__(
        self, text: str, tokens: Sequence[VisitToken], setting: ItemSetting, opens: Sequence[int]
    ) -> None:
        self.text = text
        self.opens = opens
        self.tokens = tokens
        self.setting = setting
        self.lang = setting.lang
        self.persons = list(self._persons())

    def found(self) -> list[Agent]:
        """Return agents in any order, with overlaps."""
        some: list[Agent] = []
        for index, token in enumerate(self.tokens):
            if token.kind == "title":
                some += self._titled(index)
            elif token.kind == "nobody" and not clue("leads", self.lang).search(
                self.text, 0, token.start
            ):  # and not the company of a visitor
                some.append(Agent(token.start, token.end, "", None))
        some += [
            p for p in self.persons if not any(a.start <= p.start and p.end <= a.end for a in some)
        ]
        return [*some, *self._possessed(some)] if self.lang == "en" else some

    def _possessed(self, known: Sequence[Agent]) -> Iterator[Agent]:
        """Yield names such as Kenya's Ruto, if he does what travellers do; never sure."""
        acts = [token for token in self.tokens if token.kind == "act"]
        for land in self.tokens:
            name = _POSSESSED.match(self.text, land.end) if land.kind == "country" else None
            if name is None or any(a.start < name.end(1) and land.start < a.end for a in known):
                continue
            beside = (name.end(1) + 1 == act.start or act.end + 1 == land.start for act in acts)
            if name["there"] or any(beside):
                yield Agent(land.start, name.end(1), land.value, Rank.LEADER, name[1], "", False)

    # Persons

    def _persons(self) -> Iterator[Agent]:
        by_span: dict[tuple[int, int], list[VisitToken]] = {}
        for token in self.tokens:
            if token.kind == "person":
                by_span.setdefault((token.start, token.end), []).append(token)
        for (start, end), named in by_span.items():
            if agent := self._person(start, end, named):
                yield agent

    def _person(self, start: int, end: int, named: Sequence[VisitToken]) -> Agent | None:
        """Return the person, or None if the letters are not a name."""
        held = [(token, *rank_of(token.value, self.setting.day)) for token in named]
        candidates = [(token, rank, over) for token, rank, over in held if rank is not None]
        if not candidates:
            one: Actor = named[0].value
            return Agent(start, end, one.country or "", None, one.name, one.id)
        if all(token.bare for token, _, _ in candidates):
            around = self.text[max(0, start - 1) : start] + self.text[end : end + 1]
            if end - start == 1 and {"c", "k"} & set(classes_of(around)):
                return None  # a single Han character beside Han or Kana
            another = (is_of_another(self.text, start, end, one.value.name) for one in named)
            if clue("given-name", "en").match(self.text, end) or all(another):
                return Agent(start, end, "", None)  # Kim Yong Nam meets …
        token, rank, over = min(candidates, key=lambda one: self._unlikeness(*one))
        actor: Actor = token.value
        others = clue("not-themselves").match(self.text, end)
        meant = rank if not others and not over else None
        country = actor.country or ""
        sent = clue("his-envoy", self.lang).match(self.text, end) if meant else None
        if sent is not None:
            return Agent(start, sent.end(), country, Rank.ENVOY, self.text[start : sent.end()])
        sure, at_home = not token.bare, self._at_home(actor) if meant else ""
        return Agent(start, end, country, meant, actor.name, actor.id, sure, over, at_home)

    def _at_home(self, actor: Actor) -> str:
        """Return an office that he holds, if holders of all that he holds seldom travel."""
        day, seldom = self.setting.day, words("at-home", self.lang)
        tenures = actor.tenures if seldom else ()
        held = [f"{actor.country} {t.office}" for t in tenures if _is_held(t, day)]
        return held[0] if held and all(office in seldom for office in held) else ""

    def _unlikeness(
        self, token: VisitToken, rank: Rank, over: bool
    ) -> tuple[bool, bool, int, bool]:
        actor: Actor = token.value
        is_head = any(tenure.office == "head-of-state" for tenure in actor.tenures)
        elsewhere = actor.country not in self.setting.countries
        return over, elsewhere, list(Rank).index(rank), not is_head

    # Titles

    def _titled(self, index: int) -> Iterator[Agent]:
        """Yield everybody whom the title at `index` stands for."""
        token = self.tokens[index]
        owners = self._owners(index)
        if owners.countries and self.text[token.start : token.end] in words("sent-to"):
            owners = _Owners([], token.start, token.end)
        if clue("ministry").match(self.text, token.end):
            return
        before = _FORMERLY.search(self.text, max(0, owners.start - 8), owners.start)
        called = token.value.rank is Rank.ENVOY and _FORMER.match(self.text, token.start)
        former = bool(before or called)
        for agent in self._holders(token, owners, is_former=former):
            # 大統領の娘婿クシュナー氏, 총통 고문: it is somebody else who travels.
            other = clue("not-themselves", self.lang).match(self.text, agent.end)
            lost = other or (former and agent.rank is Rank.MINISTER)
            rank = Rank.ENVOY if former else agent.rank  # a former leader may be an envoy
            yield replace(agent, rank=None if lost else rank, former=former)

    def _holders(self, token: VisitToken, owners: _Owners, *, is_former: bool) -> list[Agent]:
        """Return the person who has the title, whom he sends, or else the office."""
        beside = self._person_beside(token.start, token.end)
        person = beside or self._person_beside(owners.start, owners.end)
        lands = owners.countries
        if person is None or (lands and person.country not in lands):
            return list(self._office(token, owners))
        if token.value.rank is Rank.ENVOY and not is_former:
            name = self.text[token.start : token.end]
            return [Agent(owners.start, owners.end, person.country, Rank.ENVOY, name)]
        start, end = min(owners.start, person.start), max(owners.end, person.end)
        rank = person.rank or token.value.rank
        return [replace(person, start=start, end=end, rank=rank, sure=True)]

    def _person_beside(self, start: int, end: int) -> Agent | None:
        for person in self.persons:
            between = (person.end, start) if person.end <= start else (end, person.start)
            if _BESIDE_TITLE.fullmatch(self.text, *between):
                return person
        return None

    def _office(self, token: VisitToken, owners: _Owners) -> Iterator[Agent]:
        """Yield the office alone, once for each of its countries."""
        office: Office = token.value
        countries, start = owners.countries, owners.start
        if not countries and clue("is-a-gathering").match(self.text, token.end):
            return
        if office.country and (not countries or office.country in countries):
            countries = [office.country]
        if not countries and office.home and not self._is_a_strangers_office(start):
            countries = [office.home]
        for country in countries or [""]:
            yield Agent(start, owners.end, country, office.rank, self.text[start : owners.end])

    def _is_a_strangers_office(self, start: int) -> bool:
        """Whether an unknown name stands before it, which is probably a foreigner's."""
        if self.text.startswith(words("home-of-names", "ja"), start):
            return False
        return clue("stranger", self.lang).search(self.text, max(0, start - 12), start) is not None

    def _owners(self, index: int) -> _Owners:
        token = self.tokens[index]
        since = max((at for at in self.opens if at <= token.start), default=0)
        ahead = [t for t in self.tokens[:index] if t.start >= since]
        short = _short_owners(self.text, ahead, token, self.lang)
        if short is not None and short.start >= since:
            return short
        row = _row_before(self.text, ahead, token, clue("link", self.lang), self.lang)
        if row.countries or self.lang != "en":
            return row  # or else President of Kenya; foreign ministers of Japan
        return _row_behind(self.text, self.tokens[index + 1 :], token, clue("title-of"))


def sides_of(
    text: str, tokens: Sequence[VisitToken], token: VisitToken, lang: str
) -> Iterator[Agent]:
    """Yield governments that meet without names: US-Iran talks, 美伊谈判; 한미, 워싱턴서 회담."""
    word = text[token.start : token.end].lower()
    rank = next((r for r in (Rank.LEADER, Rank.ENVOY) if word in words(f"{r}s-meet")), None)
    if rank is None:
        return
    before = [t for t in tokens if t.end <= token.start]
    noun = token._replace(value=Office(rank, plural=True))
    rows = (  # the nearest first
        _short_owners(text, before, noun, lang),
        _row_before(text, before, noun, clue("states-to", lang), lang),
        _opening(text, before, noun, lang),
    )
    owners = next((row for row in rows if row and len(set(row.countries)) > 1), None)
    if owners is None:
        return
    last = min(owners.end, token.start)
    ends = (t.end for t in before if countries_of(t) and owners.start <= t.start < last)
    end = max(ends, default=last)
    alone = {t.value: text[t.start : t.end] for t in before if t.kind == "country"}
    for country in owners.countries:
        name = alone.get(country, text[owners.start : end])
        yield Agent(owners.start, end, country, rank, name, sure=False)


def _opening(text: str, tokens: Sequence[VisitToken], noun: VisitToken, lang: str) -> _Owners:
    """Return countries in a row at the beginning, if only a clause parts them from talks."""
    where = clue("at-before", lang)
    tokens = [
        t
        for t in tokens  # leave out where they meet
        if not clue("at", lang).match(text, t.end) and not where.search(text, 0, t.start)
    ]
    row = _row_behind(text, tokens, noun._replace(start=0, end=0), _NOTHING)
    others = any(t.start >= row.end and t.kind in ("country", "group") for t in tokens)
    opens = not others and clue("opens-talks", lang).fullmatch(text, row.end, noun.start)
    return row if opens else _Owners([], 0, 0)


def _row_behind(
    text: str, behind: Sequence[VisitToken], title: VisitToken, link: re.Pattern[str]
) -> _Owners:
    """Return the countries in a row behind a title."""
    found: list[str] = []
    end = title.end
    for token in behind:
        named = countries_of(token)
        if not named or not (LIST if found else link).fullmatch(text, end, token.start):
            break
        found, end = [*found, *named], token.end
    return _Owners(found, title.start, end)


def _short_owners(
    text: str, ahead: Sequence[VisitToken], token: VisitToken, lang: str
) -> _Owners | None:
    """Return 米 of 米大統領, 日米韓 of 日米韓外相; but 독일 외교장관 is not that of 獨 and 日."""
    letters = short_of(text, token.start, lang)
    size = sum(length for length, _ in letters)
    last = ahead[-1] if ahead else token
    if not letters or (last.kind == "country" and last.end - last.start > 1 < size):
        return None
    start = token.start - size
    if text[start - 1 : start].isdigit():  # 29일 정상회담
        return _Owners([], token.start, token.end)
    return _Owners([country for _, country in letters], start, token.end)


def _row_before(
    text: str, ahead: Sequence[VisitToken], title: VisitToken, link: re.Pattern[str], lang: str
) -> _Owners:
    """Return owners before the title: Serbian president; Japan, China foreign ministers."""
    found: list[str] = []
    start = title.start
    for before in reversed(ahead):
        named = countries_of(before)
        fits = (LIST if found else link).fullmatch(text, before.end, start)
        if before.kind == "many" and lang == "ja":
            continue  # カザフなど中央アジア5カ国首脳
        if not named or not fits:
            break
        found, start = [*named, *found], before.start
        if lang == "en" and not title.value.plural:
            break
    if len(found) > 1 and clue("first-name", lang).search(text, 0, start):
        found = found[-1:]  # ルイス・モンテネグロ・ポルトガル首相
    # 러·우크라 협상, 米イラン協議
    letters = short_of(text, start, lang) if found and lang in ("ko", "ja") else []
    first = start - sum(length for length, _ in letters)
    if letters and not text[first - 1 : first].isdigit():
        found, start = [*(country for _, country in letters), *found], first
    return _Owners(found, start, title.end)


def countries_of(token: VisitToken) -> list[str]:
    """Return the countries that a name beside a title means. A capital means its country."""
    match token.kind:
        case "country":
            return [token.value]
        case "group":
            return list(token.value)
        case "place" if isinstance(token.value, Site) and token.value.capital:
            return [token.value.country]
    return []


# Who holds an office


def rank_of(actor: Actor, day: date | None) -> tuple[Rank | None, bool]:
    """Return the rank of a person on a day, and whether the office is over. Undated: any office."""
    held = [tenure for tenure in actor.tenures if tenure.office in RANKS]
    offices = {tenure.office for tenure in held if _is_held(tenure, day)}
    if offices:
        serves = offices - {"party-leader"} or offices  # Wang Yi travels as a minister
        return min((RANKS[office] for office in serves), key=list(Rank).index), False
    past = (t for t in held if day and t.until and t.until <= day)
    was_high = any(RANKS[tenure.office] in HIGH for tenure in past)
    return (Rank.ENVOY if was_high else None), True


def _is_held(tenure: Tenure, day: date | None) -> bool:
    begun = day is None or tenure.since is None or tenure.since <= day
    return begun and (day is None or tenure.until is None or day < tenure.until)


@cache
def _title(post: str) -> re.Pattern[str]:
    """Return a pattern for the titles of a post. Only short Latin words must stand alone."""
    found = [
        rf"\b{word}\b" if word.isascii() and len(word) <= 3 else re.escape(word)
        for word in words(post, section="posts")
    ]
    return re.compile("|".join(found), re.IGNORECASE)


def is_lower(title: str) -> bool:
    """Whether it is the title of a deputy, an envoy or a former holder."""
    return _title("lower").search(title) is not None


def _incumbent(title: str, country: str, day: date | None, holders: Holders) -> Actor | None:
    """Return the holder of a title on a day; None if that is not certain.

    A title tells its office by a few words (外相, foreign minister); the first in the order of the
    file counts. "Leader" and 首脳 mean who governs, which is not the head of state everywhere.
    """
    posts = shipped_lexicon().language("en").section("posts")
    office = next((post for post in posts if _title(post).search(title)), None)
    if day is None or is_lower(title) or (office == "leader" and country == "EU"):
        return None  # EU leaders are those of its members
    if office == "leader":
        office = "head-of-government" if country in _PARLIAMENTARY else "head-of-state"
    serving = {
        actor.id: actor
        for tenure, actor in holders.get(f"{country} {office}", ())
        if _is_held(tenure, day)
    }
    return next(iter(serving.values())) if len(serving) == 1 else None

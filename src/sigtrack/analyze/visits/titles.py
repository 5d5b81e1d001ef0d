"""Titles, and whose they are.

A title becomes somebody by what stands beside it: a country before it ("Serbian president",
カザフ大統領, 英首相), "of" a country behind it, a person on either side, or, in a text of the same
language, nothing at all: 외교장관 is Seoul's. "Foreign ministers of Japan and Korea" are two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sigtrack.analyze.visits import clues
from sigtrack.analyze.visits.lexicon import Office, Site, Token
from sigtrack.analyze.visits.people import Agent, Setting
from sigtrack.analyze.visits.vocabulary import short_of
from sigtrack.model import Rank


@dataclass(frozen=True, slots=True)
class _Owners:
    """The countries whose title it is, and from where to where they stand with it."""

    countries: list[str]
    start: int
    end: int


def titled(
    text: str, tokens: Sequence[Token], index: int, people: Sequence[Agent], setting: Setting
) -> Iterator[Agent]:
    """Everybody whom the title at `index` stands for."""
    token = tokens[index]
    owners = _owners(text, tokens, index, setting.lang)
    if owners.countries and text[token.start : token.end] in clues.SENT_TO:
        owners = _Owners([], token.start, token.end)
    if clues.MINISTRY.match(text, token.end):
        return
    if clues.NOMINEE.match(text, token.end):
        yield Agent(owners.start, owners.end, "", None)
        return
    if clues.FORMERLY.search(text, max(0, owners.start - 8), owners.start):
        rank = Rank.ENVOY if token.value.rank is Rank.LEADER else None
        land = owners.countries[0] if owners.countries else token.value.home
        if not any(owners.start - 4 <= p.end and p.start <= owners.end + 4 for p in people):
            yield Agent(owners.start, owners.end, land if rank else "", rank, former=True)
            return
    person, owners = _bearer(text, token, people, owners)
    if person is None:
        yield from _office(text, token, owners, setting, tokens)
    elif token.value.rank is Rank.ENVOY and not clues.FORMER.match(text, token.start):
        name = text[token.start : token.end]
        yield Agent(owners.start, owners.end, person.country, Rank.ENVOY, name)
    else:
        yield _with_title(person, token.value, owners)


def sides_of(text: str, tokens: Sequence[Token], index: int, lang: str) -> Iterator[Agent]:
    """US-Iran talks, 美伊谈判; 한미, 워싱턴서 회담: governments meet, and nobody is named."""
    token = tokens[index]
    word = text[token.start : token.end].lower()
    rank = next((rank for rank, words in clues.STATES_MEET.items() if word in words), None)
    if rank is None:
        return
    talks = [*tokens[:index], token._replace(value=Office(rank, plural=True))]
    owners = _owners(text, talks, index, lang, clues.STATES_TO[lang])
    if len(set(owners.countries)) < 2:
        owners = _opening(text, talks, lang)
    if len(set(owners.countries)) > 1:
        for country in owners.countries:
            name = text[owners.start : token.end].strip()
            yield Agent(owners.start, owners.end, country, rank, name, sure=False)


def _opening(text: str, tokens: Sequence[Token], lang: str) -> _Owners:
    """The countries in a row that a sentence opens with, if only a clause parts them from talks."""
    found: list[str] = []
    end = 0
    for token in tokens[:-1]:
        if not countries_of(token) or not (clues.LIST.fullmatch(text, end, token.start) or not found):
            break
        found, end = [*found, *countries_of(token)], token.end
    others = (t for t in tokens[:-1] if t.start >= end and t.kind in ("country", "group"))
    opens = bool(tokens) and tokens[0].start <= 1 and next(others, None) is None
    if opens and clues.OPENS_TALKS[lang].fullmatch(text, end, tokens[-1].start):
        return _Owners(found, 0, end)
    return _Owners([], 0, 0)


def _with_title(person: Agent, office: Office, owners: _Owners) -> Agent:
    """Former leaders are envoys where they are called so."""
    former = person.rank is None and office.rank is Rank.ENVOY and not office.country
    return replace(
        person,
        start=min(owners.start, person.start),
        end=max(owners.end, person.end),
        rank=Rank.ENVOY if former else person.rank,
        sure=True,
        former=former or person.former,
    )


def _bearer(
    text: str, token: Token, people: Sequence[Agent], owners: _Owners
) -> tuple[Agent | None, _Owners]:
    """The person who bears the title, unless it is another country's."""
    person = _person_beside(text, people, token.start, token.end)
    if person is not None and owners.countries and person.country not in owners.countries:
        if text[person.end : owners.start].strip() or person.end > owners.start:
            return None, owners
        return person, _Owners([], owners.start, owners.end)
    if person is None and owners.countries:
        person = _person_beside(text, people, owners.start, owners.end)
        if person is not None and person.country not in owners.countries:
            person = None
    return person, owners


def _person_beside(text: str, people: Sequence[Agent], start: int, end: int) -> Agent | None:
    for person in people:
        if person.start <= start and end <= person.end:
            return person
        if person.end <= start and clues.BESIDE_TITLE.fullmatch(text, person.end, start):
            return person
        if end <= person.start and clues.BESIDE_TITLE.fullmatch(text, end, person.start):
            return person
    return None


def _office(
    text: str, token: Token, owners: _Owners, setting: Setting, there: Sequence[Token]
) -> Iterator[Agent]:
    """The office alone, once for each country whose it is."""
    office: Office = token.value
    countries, start = owners.countries, owners.start
    if not countries and clues.IS_A_GATHERING.match(text, token.end):
        return
    if office.country and (not countries or office.country in countries):
        countries = [office.country]
    partners = _partners(text, start, setting.lang) if countries else []
    if partners:
        countries, start = [*partners, *countries], 0
    if not countries and office.home and not _is_a_strangers(text, start, setting.lang, there):
        countries = [office.home]
    for country in countries or [""]:
        former = office.rank is Rank.ENVOY and clues.FORMER.match(text, token.start) is not None
        name = text[start : owners.end]
        yield Agent(start, owners.end, country, office.rank, name, former=former)


def _is_a_strangers(text: str, start: int, lang: str, tokens: Sequence[Token]) -> bool:
    """A name that we do not know stands before the title: a foreigner, as far as we can tell."""
    if text.startswith(clues.HOME_OF_NAMES, start):
        return False
    before = text[max(0, start - 12) : start]
    named = clues.STRANGER[lang].search(before) if lang in clues.STRANGER else None
    if named is None or lang == "ja":
        return named is not None
    at = start - len(before) + named.start(1)
    if any(token.start == at for token in tokens):  # 워싱턴서 외교장관
        return False
    return len(named[1]) >= 3 and named[1][0] not in clues.SURNAMES


# Whose title it is


def _owners(
    text: str, tokens: Sequence[Token], index: int, lang: str, link: re.Pattern[str] | None = None
) -> _Owners:
    token = tokens[index]
    letters = short_of(text, token.start, lang)
    if letters and not _is_a_name(tokens[:index], sum(size for size, _ in letters)):
        start = token.start - sum(size for size, _ in letters)
        if text[start - 1 : start].isdigit():  # 29일 정상회담
            return _Owners([], token.start, token.end)
        return _Owners([country for _, country in letters], start, token.end)
    ahead = _ahead(text, tokens, index, lang, link or clues.LINKS[lang])
    return ahead if ahead.countries or lang != "en" else _behind(text, tokens, index)


def _is_a_name(ahead: Sequence[Token], size: int) -> bool:
    """독일 외교장관 is Germany's, and not that of 獨 and 日."""
    last = ahead[-1] if ahead else None
    return last is not None and last.kind == "country" and last.end - last.start > 1 < size


def _ahead(
    text: str, tokens: Sequence[Token], index: int, lang: str, link: re.Pattern[str]
) -> _Owners:
    """Serbian president; Japan, China, South Korea foreign ministers."""
    token = tokens[index]
    found: list[str] = []
    start = token.start
    for before in reversed(tokens[:index]):
        named = countries_of(before)
        fits = (clues.LIST if found else link).fullmatch(text, before.end, start)
        if before.kind == "many" and lang == "ja":
            continue  # カザフなど中央アジア5カ国首脳
        if not named or not fits:
            break
        found, start = [*named, *found], before.start
        if lang == "en" and not token.value.plural:
            break
    return _Owners(found, start, token.end)


def _behind(text: str, tokens: Sequence[Token], index: int) -> _Owners:
    """President of Kenya; foreign ministers of Japan, China and South Korea."""
    token = tokens[index]
    found: list[str] = []
    end = token.end
    for after in tokens[index + 1 :]:
        named = countries_of(after)
        fits = (clues.LIST if found else clues.TITLE_OF).fullmatch(text, end, after.start)
        if not named or not fits:
            break
        found, end = [*found, *named], after.end
        if not token.value.plural:
            break
    return _Owners(found, token.start, end)


def _partners(text: str, start: int, lang: str) -> list[str]:
    """The one-character side of 日・タイ外相会談, at the beginning of a title."""
    gap = 1 if text[start - 1 : start] == " " else 0
    letters = short_of(text, start - gap, lang) if lang != "ko" else []
    begins = sum(size for size, _ in letters) == start - gap
    return [country for _, country in letters] if begins else []


def countries_of(token: Token) -> list[str]:
    """Whom a name stands for beside a title: a capital for its country."""
    match token.kind:
        case "country":
            return [token.value]
        case "group":
            return list(token.value)
        case "place" if isinstance(token.value, Site) and token.value.capital:
            return [token.value.country]
    return []

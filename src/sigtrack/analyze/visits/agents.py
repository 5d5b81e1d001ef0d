"""Whom a sentence names that could travel: persons in office, and offices of a country.

A title becomes somebody by what stands beside it: a country before it ("Serbian president",
カザフ大統領, 英首相), "of" a country behind it, a person of the gazetteer on either side, or, in a
text of the same language, nothing at all: 외교장관 is Seoul's. "Ambassador", "team" and the like
are people too, and stand in the way of a visitor further off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sigtrack.analyze.visits.incumbents import Holders, incumbent
from sigtrack.analyze.visits.lexicon import Office, Site, Token, rank_of, short_of
from sigtrack.model import Actor, Rank
from sigtrack.text.scripts import HAN, HANGUL, KANA, classes_of

# What may stand between a country and the title of its office-holder.
_LINKS = {
    "en": re.compile(r"(?:'s?)? ?(?:(?!and |with |to |in |for |by )[a-z]+ ){0,2}"),
    "ko": re.compile(
        rf"(?:의)? ?(?:[{HANGUL}]{{2,6}}(?<![은는이가을를와과의에서]) ?)?(?:(?:의|당|국가|총) ?)?"
    ),
    "ja": re.compile(
        rf"の?(?:[{HAN}\d]{{0,10}}(?:共和国|王国|連邦|公国|首長国|合衆国|独立国|諸島|党)?)の?|など[^,。]{{0,10}}"
    ),
    "zh": re.compile(
        rf"(?:的|新任|候任|现任|現任|时任)?(?:(?![和与與同对對访訪在])[{HAN}]){{0,9}} ?"
    ),
}
_LIST = re.compile(
    r" ?(?:,|&|and|및|와|과|·|・|や|と|及び|、|和|与|與|跟|、| ) ?(?:and )?(?:the )?"
)
_OF = re.compile(r" ?(?:of|from) (?:the )?(?:republic of )?")
_BESIDE = re.compile(r"[ ,·・]{0,2}(?:elect |designate )?")
_GIVEN = re.compile(r" [A-Z][a-z]{1,6}[ -][A-Za-z][a-z]{1,6}\b(?<! [Ii]n)(?<! [Tt]o)(?<! [Ff]or)")
_POSSESSED = re.compile(r"'s? ([A-Z][\w-]+)")
_FOREIGN_NAME = re.compile(rf"[{HAN}{KANA}][・ ]?\Z")
_FORMER = re.compile(r"(?:former|ex|then|late|전|전직|故|고|元|前|故|已故)[ -]?\Z", re.IGNORECASE)
_FORMER_TITLE = re.compile(r"former|ex |전 |전직|元|前", re.IGNORECASE)
_LEADS = re.compile(
    r"\b(?:leads?|leading|led|heads|heading|brings?|with|alongside) (?:a |an |the |his |her )?(?:[\w-]+ ){0,3}\Z",
    re.IGNORECASE,
)
_NOT_THEMSELVES = re.compile(
    r"(?:'s? (?:wife|spouse|son|daughter|aide|aides|office|envoy|letter|party|remarks|special envoy)|특사|친서|夫人|特使|の特使|氏の特使)"
)
# 왕이 부장, 李大統領: families whose names begin a word of Hangul.
_SURNAMES = frozenset(
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진나지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국"
)
_HANGUL_BEFORE = re.compile(rf"([{HANGUL}]+) ?\Z")


@dataclass(frozen=True, slots=True)
class Agent:
    """`country` is "" where the text does not tell it; `rank` None where nobody of rank is meant.

    `sure` is False for a family name that many bear.
    """

    start: int
    end: int
    country: str
    rank: Rank | None
    name: str = ""
    actor: str = ""
    sure: bool = True

    @property
    def travels(self) -> bool:
        return self.rank is not None and self.country != ""


@dataclass(frozen=True, slots=True)
class Setting:
    """What the item as a whole says: its language, its day, the countries it names."""

    lang: str
    day: date | None
    countries: frozenset[str]
    holders: Holders


def agents_of(text: str, tokens: Sequence[Token], setting: Setting) -> list[Agent]:
    """In order; spans do not overlap. Countries within them are not places of the sentence."""
    people = _people(text, tokens, setting)
    found: list[Agent] = []
    for index, token in enumerate(tokens):
        if token.kind == "title":
            found += _titled(text, tokens, index, people, setting)
        elif token.kind == "nobody" and not _LEADS.search(text, 0, token.start):
            found.append(Agent(token.start, token.end, "", None))
    spoken = [(a.start, a.end) for a in found]
    for person in people:
        if not any(a <= person.start and person.end <= b for a, b in spoken):
            found.append(person)
    if setting.lang == "en":
        found += _possessed(text, tokens, found)
    return [_named(agent, text, setting) for agent in _apart(text, found)]


def _named(agent: Agent, text: str, setting: Setting) -> Agent:
    """An office of a country with the name of who holds it that day."""
    if agent.actor or not agent.travels or not agent.sure:
        return agent
    holder = incumbent(text[agent.start : agent.end], agent.country, setting.day, setting.holders)
    if holder is None:
        return agent
    return replace(agent, actor=holder.id, name=holder.names[0].lstrip("=~"))


def _people(text: str, tokens: Sequence[Token], setting: Setting) -> list[Agent]:
    """Persons of the gazetteer; of several with one name the one who is in office."""
    by_span: dict[tuple[int, int], list[Token]] = {}
    for token in tokens:
        if token.kind == "person":
            by_span.setdefault((token.start, token.end), []).append(token)
    people = []
    for (start, end), named in by_span.items():
        ranked = [(*rank_of(token.value, setting.day), token) for token in named]
        standing = [one for one in ranked if one[0] is not None]
        if not standing:
            people.append(Agent(start, end, "", None))
            continue
        if all(token.bare for *_, token in standing) and not _is_plain_bare(text, start, end):
            continue
        if all(token.bare for *_, token in standing) and _is_a_strangers(text, tokens, end):
            people.append(Agent(start, end, "", None))
            continue
        rank, over, token = min(standing, key=lambda one: _likeness(one, setting))
        actor: Actor = token.value
        former = bool(_FORMER.search(text, max(0, start - 8), start))
        if actor.country == "VA":
            rank = None  # the pope travels to the faithful
        if (over and not former and not _still_serves(actor, setting.day)) or _NOT_THEMSELVES.match(
            text, end
        ):
            rank = None
        name = actor.names[0].lstrip("=~")
        people.append(Agent(start, end, actor.country or "", rank, name, actor.id, not token.bare))
    return people


def _likeness(
    one: tuple[Rank | None, bool, Token], setting: Setting
) -> tuple[bool, bool, int, bool]:
    rank, over, token = one
    order = list(Rank).index(rank) if rank else len(Rank)
    first = any(t.office == "head-of-state" for t in token.value.tenures)
    return over, token.value.country not in setting.countries, order, not first


def _is_a_strangers(text: str, tokens: Sequence[Token], end: int) -> bool:
    """Kim Yong Nam Meets …: the family name goes on with a name that we do not know."""
    given = _GIVEN.match(text, end)
    return given is not None and not any(
        t.start == end + 1 and t.kind in ("act", "title", "country", "place", "nobody")
        for t in tokens
    )


def _is_plain_bare(text: str, start: int, end: int) -> bool:
    """One Han character is a family name only where other letters are around (李, 오늘)."""
    if end - start > 1 or text[start].isascii():
        return True
    around = classes_of(text[max(0, start - 1) : start] + text[end : end + 1])
    return "c" not in around and "k" not in around


def _still_serves(actor: Actor, day: date | None) -> bool:
    """A former leader with another office today (Medvedev)."""
    return day is None or any(
        t.office == "official" and (t.since is None or t.since <= day) and t.until is None
        for t in actor.tenures
    )


def _titled(
    text: str, tokens: Sequence[Token], index: int, people: list[Agent], setting: Setting
) -> Iterator[Agent]:
    """Everybody whom the title at `index` stands for (several in "leaders of Japan and Korea")."""
    token = tokens[index]
    office: Office = token.value
    start, end = token.start, token.end
    person = _person_beside(text, people, start, end)
    countries, first, last = _countries_beside(text, tokens, index, setting)
    if person is not None and countries and person.country not in countries:
        if person.end <= first and text[person.end : first].strip() == "":
            countries = []
        else:
            person = None
    if person is None and countries:
        person = _person_beside(text, people, min(start, first), max(end, last))
        person = person if person and person.country in countries else None
    start, end = min(start, first), max(end, last)
    if setting.lang == "ko" and text[token.start : token.end] == "특사단" and countries:
        countries, start, end = [], token.start, token.end  # EU 특사단: sent to, not by
    if (
        person is not None
        and office.rank is Rank.ENVOY
        and not _FORMER_TITLE.match(text, token.start)
    ):
        yield Agent(start, end, person.country, Rank.ENVOY, text[token.start : token.end])
        return
    if person is not None:
        rank = person.rank if person.rank is None or not office.country else person.rank
        if rank is None and office.rank is Rank.ENVOY and not office.country:
            rank = Rank.ENVOY
        yield replace(
            person, start=min(start, person.start), end=max(end, person.end), rank=rank, sure=True
        )
        return
    name = text[start:end]
    if office.country and (not countries or office.country in countries):
        countries = [office.country]
    partners = _partners(text, start, setting.lang) if countries else []
    if partners:
        countries, start = [*partners, *countries], 0
        name = text[start:end]
    if not countries and office.home and not _is_of_a_stranger(text, start, setting):
        countries = [office.home]
    for country in countries or [""]:
        yield Agent(start, end, country, office.rank, name)


def _person_beside(text: str, people: Iterable[Agent], start: int, end: int) -> Agent | None:
    for person in people:
        if person.end <= start and _BESIDE.fullmatch(text, person.end, start):
            if "," not in text[person.end : start]:
                return person
        if end <= person.start and _BESIDE.fullmatch(text, end, person.start):
            if "," not in text[end : person.start] or text[end:].startswith(", "):
                if text[end : person.start] != ", ":
                    return person
        if person.start <= start and end <= person.end:
            return person
    return None


def _countries_beside(
    text: str, tokens: Sequence[Token], index: int, setting: Setting
) -> tuple[list[str], int, int]:
    """The countries whose title it is, and from where to where they stand with it."""
    token = tokens[index]
    lang = setting.lang
    letters = short_of(text, token.start, lang)
    if letters:
        return (
            [country for _, country in letters],
            token.start - sum(n for n, _ in letters),
            token.end,
        )
    link = _LINKS.get(lang, _LINKS["en"])
    at, start = index - 1, token.start
    found: list[str] = []
    while at >= 0:
        before = tokens[at]
        named = _country_of(before)
        gap = text[before.end : start]
        fits = link.fullmatch(gap) if not found else _LIST.fullmatch(gap)
        if not named or not fits:
            break
        found = [*named, *found]
        start = before.start
        at -= 1
        if not token.value.plural and lang == "en":
            break
    if found or lang != "en":
        return found, start, token.end
    return _countries_behind(text, tokens, index)


def _partners(text: str, start: int, lang: str) -> list[str]:
    """The one-character side of 日・タイ外相会談, at the beginning of a title."""
    gap = 1 if text[start - 1 : start] == " " else 0
    letters = short_of(text, start - gap, lang) if lang != "ko" else []
    return [c for _, c in letters] if sum(n for n, _ in letters) == start - gap else []


def _countries_behind(text: str, tokens: Sequence[Token], index: int) -> tuple[list[str], int, int]:
    """ "President of Kenya", "foreign ministers of Japan, China and South Korea"."""
    token = tokens[index]
    found: list[str] = []
    end = token.end
    for after in tokens[index + 1 :]:
        named = _country_of(after)
        gap = text[end : after.start]
        fits = _OF.fullmatch(gap) if not found else _LIST.fullmatch(gap)
        if not named or not fits:
            break
        found += named
        end = after.end
        if not token.value.plural:
            break
    return found, token.start, end


def _country_of(token: Token) -> list[str]:
    match token.kind:
        case "country":
            return [token.value]
        case "group":
            return list(token.value)
        case "place" if isinstance(token.value, Site) and token.value.capital:
            return [token.value.country]
    return []


def _is_of_a_stranger(text: str, start: int, setting: Setting) -> bool:
    """A name that we do not know stands before the title: a foreigner, as far as we can tell."""
    before = text[max(0, start - 12) : start]
    if setting.lang == "ja":
        return bool(_FOREIGN_NAME.search(before))
    named = _HANGUL_BEFORE.search(before)
    if setting.lang != "ko" or named is None:
        return False
    word = named[1]
    return len(word) >= 3 and word[0] not in _SURNAMES


def _possessed(text: str, tokens: Sequence[Token], known: Sequence[Agent]) -> Iterator[Agent]:
    """Kenya's Ruto: whoever that is, if the item tells of a visit of state; never sure."""
    for token in tokens:
        named = _country_of(token)
        follows = _POSSESSED.match(text, token.end)
        if len(named) != 1 or follows is None or token.kind == "place":
            continue
        end = follows.end()
        moves = any(
            (t.kind == "act" and t.start == end + 1)
            or (t.kind in ("country", "place") and text[end : t.start] == " in ")
            for t in tokens
        )
        if moves and not any(a.start < end and token.start < a.end for a in known):
            yield Agent(token.start, follows.end(), named[0], Rank.LEADER, follows[1], "", False)


def _apart(text: str, agents: Iterable[Agent]) -> list[Agent]:
    """In order; a title that ends in "'s ambassador" is the ambassador's."""
    kept: list[Agent] = []
    for agent in sorted(agents, key=lambda a: (a.start, a.rank is None, -a.end)):
        last = kept[-1] if kept else None
        if (
            last is not None
            and agent.start < last.end
            and (agent.start, agent.end)
            != (
                last.start,
                last.end,
            )
        ):
            continue
        if last is not None and agent.rank is None and not agent.country:
            if re.fullmatch(r"'?s? ?", text[last.end : agent.start]) and not last.actor:
                kept[-1] = replace(last, rank=None, end=agent.end)
                continue
        if last is not None and agent.rank is Rank.ENVOY and not agent.country:
            if re.fullmatch(r"'?s? ?|の|氏の|의 ?", text[last.end : agent.start]):
                kept[-1] = replace(agent, country=last.country, start=last.start)
                continue
        kept.append(agent)
    return kept

"""Somebody is received, meets, attends: it is a visit if the place is another country.

A host's verb has the guest beside it. At a meeting everyone who is not at home where it takes place
has travelled; where the text does not say where, both sides are told and no host.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sigtrack.analyze.visits import clues
from sigtrack.analyze.visits.journeys import is_object
from sigtrack.analyze.visits.lexicon import Act, Token
from sigtrack.analyze.visits.people import Agent
from sigtrack.analyze.visits.sentence import Event, Sentence, Spot
from sigtrack.analyze.visits.titles import sides_of
from sigtrack.text.scripts import count_words

_GUEST_WITHIN = 3  # words between a host's verb and the guest
_NEAR = 40  # letters between people and the noun of their meeting, where there are no spaces
_LONGEST_GAP = 90


def hosting(sentence: Sentence, token: Token) -> Iterator[Event]:
    where = sentence.location(token) or _where_to(sentence, token)
    guests, hosts = _sides(sentence, token)
    guest = guests[0] if guests else None
    if guest is None or not guest.travels or not _is_the_guest(sentence, token, guest):
        return
    if guest.start > token.end and any(_of_both(act, guests, sentence) for act in sentence.acts):
        return
    if where and not where.is_place and any(a.country and a.travels for a in hosts):
        where = None  # push in China as Trump hosts Zelensky: he is at home
    if where is None and sentence.place_in(guest.country):
        return  # at home, he receives
    host = where.country if where else _host_of(sentence, token, hosts)
    if host and host != guest.country:
        visitors = sentence.company(guest, guests, host)
        act: Act = token.value
        yield Event("host", (token.start, token.end), act.phase, visitors, host, where)


def _of_both(act: Token, guests: Sequence[Agent], sentence: Sentence) -> bool:
    """Welcomes Putin-Trump talks: what is received is no guest."""
    group = sentence.company(guests[0], guests, None)
    return act.value.kind == "meet" and 0 <= act.start - group[-1].end <= 1


def _where_to(sentence: Sentence, token: Token) -> Spot | None:
    """Biden welcomes Kishida to the White House."""
    if sentence.lang != "en":
        return None
    behind = (s for s in sentence.spots if s.start >= token.end and s.is_place)
    return next((s for s in behind if clues.TO_A_PLACE.search(sentence.text[: s.start])), None)


def _sides(sentence: Sentence, token: Token) -> tuple[list[Agent], list[Agent]]:
    ahead, behind = sentence.ahead(token), sentence.behind(token)
    if sentence.lang in ("en", "zh"):
        return behind, ahead
    return ahead[-1:], [*ahead[:-1], *behind]


def _is_the_guest(sentence: Sentence, token: Token, guest: Agent) -> bool:
    """Beside the verb; and of two sides that dine neither is said to be the guest."""
    if any(
        a is not guest and (a.start, a.end) == (guest.start, guest.end) for a in sentence.agents
    ):
        return False
    follows = guest.start >= token.end
    gap = sentence.gap(token, guest) if follows else sentence.gap(guest, token)
    return count_words(clues.AS_GUEST.sub("", gap)) <= _GUEST_WITHIN and ";" not in gap


def _host_of(sentence: Sentence, token: Token, hosts: Sequence[Agent]) -> str:
    named = [a.country for a in hosts if a.country]
    if not named and sentence.lang in ("en", "zh"):
        named = [s.country for s in sentence.spots if s.end <= token.start]
    return named[-1] if named else ""


def meeting(sentence: Sentence, token: Token) -> Iterator[Event]:
    act: Act = token.value
    where = sentence.location(token)
    everyone = _everyone(sentence, token, where)
    if everyone is None:
        return
    if act.kind == "meet" and not everyone:
        everyone = _governments(sentence, where, token)
    at = (token.start, token.end)
    if where is not None and where.country:
        visitors = tuple(a for a in everyone if a.country != where.country)
        yield Event(act.kind, at, act.phase, visitors, where.country, where)
    elif (act.kind == "attend" and everyone) or (
        act.kind == "meet" and len({a.country for a in everyone}) > 1
    ):
        yield Event(act.kind, at, None, tuple(everyone), None)


def _attendees(sentence: Sentence, token: Token) -> list[Agent]:
    """Xi, Putin show unity at regional summit in China."""
    at = sentence.lang == "en" and clues.AT_A_MEETING.search(sentence.text, 0, token.start)
    subjects = [agent for agent in sentence.agents if agent.start <= 1 and agent.travels]
    if not at or not subjects or clues.POSSESSED.match(sentence.text, subjects[-1].end):
        return []
    return list(sentence.company(subjects[-1], sentence.agents, None))


def _governments(sentence: Sentence, where: Spot | None, token: Token) -> list[Agent]:
    """US-Iran talks in Oman, but not patrols near Taiwan over Japan-Philippines talks."""
    if sentence.lang == "en" and where and where.end < token.start:
        return []
    index = sentence.tokens.index(token)
    sides = list(sides_of(sentence.text, sentence.tokens, index, sentence.lang))
    opens = sentence.lang == "en" and bool(sides) and sides[0].start <= 1
    return sides if where or opens else []


def _everyone(sentence: Sentence, token: Token, where: Spot | None) -> list[Agent] | None:
    """Who takes part; None where the words only look like a meeting."""
    word = sentence.text[token.start : token.end].lower()
    if word in clues.BARE_MEETING and not _touches(sentence, token):
        return None
    if token.value.kind == "meet":
        return _participants_at(sentence, token, where)
    joins = clues.JOINS.match(word)
    if joins and not sentence.many and not clues.OCCASION.search(sentence.text):
        return None
    ahead = sentence.ahead(token)
    pool = ahead or sentence.behind(token)
    if not pool or pool[-1].rank is None:
        return []
    nearest = pool[-1] if ahead else pool[0]
    return list(sentence.company(nearest, pool, where.country if where else None))


def _participants_at(sentence: Sentence, token: Token, where: Spot | None) -> list[Agent] | None:
    wished = clues.WISHED.match(sentence.text, token.end)
    if wished or clues.WISHES.search(sentence.text[: token.start]):
        return None
    everyone = _participants(sentence, token)
    if not everyone and (attendees := _attendees(sentence, token)):
        return attendees
    alone = len({a.country for a in everyone}) < 2
    vague = alone and where is not None and not where.is_place
    if not everyone and clues.SAME_MEETING.match(sentence.text):
        return []
    return None if vague and not _opens_in(sentence, everyone, where) else everyone


def _opens_in(sentence: Sentence, everyone: Sequence[Agent], where: Spot | None) -> bool:
    """プーチン氏、インドで首脳会談へ: the sentence opens with who meets, and then says where."""
    opens = [a for a in everyone if a.start <= 1 and a.sure]
    return sentence.lang == "ja" and bool(opens) and where is not None and where.end < _NEAR


def _participants(sentence: Sentence, token: Token) -> list[Agent]:
    """Who meets. "Talks" and "summit" need their people beside them; in Korean and Japanese they
    stand in the same clause, before the noun."""
    everyone = [a for a in sentence.agents if a.travels and not _is_aside(sentence, a)]
    if sentence.lang != "en":
        return _near(sentence, token, everyone)
    if sentence.text[token.start : token.end].lower() not in clues.NOUNS:
        return [a for a in everyone if not _at_another_time(sentence, token, a)]
    chosen = [a for a in everyone if _takes_part(sentence, token, a)]
    if chosen and all(a.start >= token.end for a in chosen):  # in Geneva for talks with Bessent
        ahead = [a for a in everyone if a.end <= token.start]
        chosen += [a for a in ahead[-1:] if _is_somewhere(sentence, a, token)]
    return [a for a in everyone if a in chosen or any(sentence.in_one_breath(a, c) for c in chosen)]


def _is_somewhere(sentence: Sentence, agent: Agent, token: Token) -> bool:
    """A place follows the person, and no other clause before the noun."""
    for spot in sentence.spots:
        if agent.end <= spot.start and spot.end <= token.start:
            there = clues.IN.search(sentence.text, agent.end, spot.start)
            beside = there is not None and there.start() - agent.end <= 1
            return beside and not clues.BREAK.search(sentence.gap(agent, token))
    return False


def _is_aside(sentence: Sentence, agent: Agent) -> bool:
    """트럼프 방한 직전 … 회담: only the hour is told by his journey."""
    return any(
        act.value.kind == "trip"
        and 0 <= act.start - agent.end <= 1
        and clues.SOON_BEFORE.match(sentence.text, act.end)
        for act in sentence.acts
    )


def _at_another_time(sentence: Sentence, token: Token, agent: Agent) -> bool:
    """To meet before Trump-Xi summit."""
    follows = agent.start >= token.end
    return follows and bool(clues.OTHER_TIME.search(sentence.gap(token, agent)))


def _near(sentence: Sentence, token: Token, everyone: Sequence[Agent]) -> list[Agent]:
    if clues.REPORTERS.search(sentence.text[: token.start]):
        return []
    group = [a for a in everyone if clues.OF_THE_TWO.fullmatch(sentence.text, a.end, token.start)]
    if len({a.country for a in group}) > 1:
        return group
    clause = [a for a in everyone if ";" not in _between(sentence, token, a)]
    everyone = clause or everyone
    reach = 12 if sentence.lang == "zh" else -1
    group = [
        a
        for a in everyone
        if 0 <= token.start - a.end <= _NEAR or 0 <= a.start - token.end <= reach
    ]
    return [*_subject_of(sentence, group, everyone), *group]


def _subject_of(
    sentence: Sentence, group: Sequence[Agent], everyone: Sequence[Agent]
) -> list[Agent]:
    """트럼프 대통령이 … 시진핑 주석과 정상회담: who meets the one beside the noun stands far before."""
    if len(group) != 1 or not is_object(sentence, group[0]):
        return []
    ahead = (a for a in reversed(everyone) if a.end <= group[0].start)
    subject = next((a for a in ahead if not is_object(sentence, a)), None)
    return [subject] if subject and subject.country != group[0].country else []


def _between(sentence: Sentence, token: Token, agent: Agent) -> str:
    follows = agent.start >= token.end
    return sentence.gap(token, agent) if follows else sentence.gap(agent, token)


def _takes_part(sentence: Sentence, token: Token, agent: Agent) -> bool:
    if agent.end <= token.start:
        gap = sentence.gap(agent, token)
        near = len(gap) < _LONGEST_GAP
        return near and bool(clues.ATTACHED.fullmatch(gap) or clues.THEIRS.fullmatch(gap))
    gap = sentence.gap(token, agent)
    if clues.DISCUSSES.search(sentence.text[: token.start]):
        return False
    return len(gap) < _LONGEST_GAP and bool(clues.BETWEEN.fullmatch(gap))


def _touches(sentence: Sentence, token: Token) -> bool:
    """高市會川普, 外长会: a person or a title beside the one character."""
    return any(a.end == token.start or a.start == token.end for a in sentence.agents)

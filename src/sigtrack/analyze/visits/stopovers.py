"""Somebody is there, or on the way, and no verb of travel says so.

"German foreign minister in Beijing", 茂木外相、ミュンヘンで…, 이 대통령, 카이로서…, 卡尼在北京宣布;
베이징행 or 모스크바로 at the end of a headline.
"""

from __future__ import annotations

from collections.abc import Iterator

from sigtrack.analyze.visits import clues
from sigtrack.analyze.visits.journeys import subject
from sigtrack.analyze.visits.lexicon import Act, Token
from sigtrack.analyze.visits.people import Agent
from sigtrack.analyze.visits.sentence import Event, Sentence, Spot
from sigtrack.model import Phase

_BEFORE_SUBJECT = 3  # letters between a place and who is there


def stopovers(sentence: Sentence) -> Iterator[Event]:
    for spot in sentence.spots:
        event = _in_english(sentence, spot) if sentence.lang == "en" else _there(sentence, spot)
        if event is not None:
            yield event
        if sentence.lang == "ko":
            yield from _on_the_way(sentence, spot)


def _in_english(sentence: Sentence, spot: Spot) -> Event | None:
    before = sentence.text[: spot.start]
    into = clues.IN.search(before)
    if into is None or clues.LIVING.search(before):
        return None
    at = into.start()
    ahead = [a for a in sentence.agents if a.end <= at]
    near = [a for a in ahead if sentence.text[a.end : at].strip() in clues.ONLY_A_COMMA]
    phase = Phase.ONGOING
    if not near and spot.is_place:
        near = [a for a in ahead if clues.TO_DO_SOMETHING.fullmatch(sentence.text, a.end, at)]
        phase = Phase.PLANNED
    if near and _are_to_meet(sentence, near[-1]):
        return None
    if not near or sentence.text[near[-1].start : near[-1].end].lower().endswith(clues.LIVES_THERE):
        return None  # Beijing's top diplomat in Paris lives there
    return _event(sentence, near[-1], spot, (at, spot.start), phase)


def _are_to_meet(sentence: Sentence, agent: Agent) -> bool:
    """Chances of a meeting between Putin and Zelensky in Geneva: that they meet says another."""
    first = next(iter(sentence.company(agent, sentence.agents, None)), agent)
    return any(
        act.value.kind == "meet" and clues.BETWEEN.fullmatch(sentence.text, act.end, first.start)
        for act in sentence.acts
        if act.end <= first.start
    )


def _there(sentence: Sentence, spot: Spot) -> Event | None:
    ahead = [a for a in sentence.agents if a.end <= spot.start]
    opens = spot.start <= 1 and any(m.start == spot.start for m in sentence.many)
    if opens and sentence.agents and sentence.agents[0].start - spot.end <= 2:  # 香会｜美防长：…
        at = (spot.start, spot.end)
        return _event(sentence, sentence.agents[0], spot, at, Phase.ONGOING)
    if not ahead or not _is_there(sentence, ahead[-1], spot) or _is_anothers(sentence, spot):
        return None
    if sentence.is_said_by(ahead[-1], spot.start):
        return None
    return _event(sentence, ahead[-1], spot, (spot.start, spot.end), None)


def _is_there(sentence: Sentence, agent: Agent, spot: Spot) -> bool:
    gap, after = sentence.gap(agent, spot), sentence.text[spot.end :]
    match sentence.lang:
        case "ja":
            return bool(clues.GAP_JA.fullmatch(gap) and clues.THERE_JA.match(after))
        case "ko":
            return gap.strip() in clues.GAP_KO and bool(clues.THERE_KO.match(after))
        case _:
            return spot.is_place and gap.strip() in clues.GAP_ZH


def _is_anothers(sentence: Sentence, spot: Spot) -> bool:
    """김정은이 경주에서 한중 정상이 만난 날: they are there, not he."""
    behind = next((a for a in sentence.agents if a.start >= spot.end), None)
    if sentence.lang != "ko" or behind is None or behind.start - spot.end > _BEFORE_SUBJECT:
        return False
    return sentence.text[behind.end : behind.end + 1] in clues.SUBJECT_KO


def _event(
    sentence: Sentence, agent: Agent, spot: Spot, at: tuple[int, int], phase: Phase | None
) -> Event | None:
    if not agent.travels or agent.country == spot.country:
        return None
    visitors = sentence.company(agent, sentence.agents, spot.country)
    return Event("stay", at, phase, visitors, spot.country, spot)


def _on_the_way(sentence: Sentence, spot: Spot) -> Iterator[Event]:
    """베이징행, 미국行; 모스크바로 only where the clause ends, or goes on with leaving."""
    way = clues.WAY_KO.match(sentence.text, spot.end)
    if way is None:
        return
    rest = sentence.text[way.end() :].strip(" '")
    ends = not rest or rest[0] in ";,:" or rest.startswith(clues.LEAVES_KO)
    if way["to"] and not ends:
        return
    token = Token(way.start(), way.end(), "act", Act("go", Phase.PLANNED, "before"))
    visitors = subject(sentence, token, spot.country)
    yield Event("go", (token.start, token.end), Phase.PLANNED, visitors, spot.country, spot)

"""Whom a sentence names that could travel, and who stands in their way.

Persons in office, and offices of a country with the name of who holds them that day. "Ambassador",
"team" and the like are people too: a journey that is theirs is nobody else's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sigtrack.analyze.visits import clues
from sigtrack.analyze.visits.incumbents import incumbent
from sigtrack.analyze.visits.lexicon import Token
from sigtrack.analyze.visits.people import Agent, Setting, people_of
from sigtrack.analyze.visits.titles import countries_of, titled
from sigtrack.model import Rank

# "Merz to lead business delegation": the company of a visitor is not in his way.
_LEADS = re.compile(rf"(?:{clues.written('leads', 'en')})\Z", re.IGNORECASE)
_POSSESSED = re.compile(r"'s? ([A-Z][\w-]+)")
_TURNS = re.compile(clues.written("turns", "en"))
_THEIR_NOBODY = re.compile(r"'?s? ?")
_OF_HIS = re.compile(clues.written("of-his", "en"))
_ABBREVIATED = re.compile(r" (?:[A-Z]{2,5} )?")  # President of the Republic of Korea (ROK) Lee


def agents_of(text: str, tokens: Sequence[Token], setting: Setting) -> list[Agent]:
    """In order; the countries within them are not places of the sentence."""
    people = people_of(text, tokens, setting)
    found: list[Agent] = []
    for index, token in enumerate(tokens):
        if token.kind == "title":
            found += titled(text, tokens, index, people, setting)
        elif token.kind == "nobody" and not _LEADS.search(text, 0, token.start):
            found.append(Agent(token.start, token.end, "", None))
    spoken = [(agent.start, agent.end) for agent in found]
    found += [p for p in people if not any(a <= p.start and p.end <= b for a, b in spoken)]
    if setting.lang == "en":
        found += list(_possessed(text, tokens, found))
    return [_named(agent, text, setting) for agent in _apart(text, found)]


def _named(agent: Agent, text: str, setting: Setting) -> Agent:
    """An office of a country with the name of who holds it that day."""
    if agent.actor or not agent.travels or not agent.sure:
        return agent
    title = text[agent.start : agent.end]
    holder = incumbent(title, agent.country, setting.day, setting.holders)
    if holder is None:
        return agent
    return replace(agent, actor=holder.id, name=holder.name)


def _possessed(text: str, tokens: Sequence[Token], known: Sequence[Agent]) -> Iterator[Agent]:
    """Kenya's Ruto, if he does what travellers do; never sure."""
    for token in tokens:
        follows = _POSSESSED.match(text, token.end) if token.kind == "country" else None
        if follows is None or not _moves(text, tokens, follows.end()):
            continue
        if not any(a.start < follows.end() and token.start < a.end for a in known):
            country = countries_of(token)[0]
            yield Agent(token.start, follows.end(), country, Rank.LEADER, follows[1], "", False)


def _moves(text: str, tokens: Sequence[Token], end: int) -> bool:
    return any(
        (t.kind == "act" and (t.start == end + 1 or _TURNS.fullmatch(text, end, t.start)))
        or (t.kind in ("country", "place") and text[end : t.start] == " in ")
        for t in tokens
    )


def _apart(text: str, agents: Iterable[Agent]) -> list[Agent]:
    """In order, without overlaps; "the president's envoy" is the envoy."""
    kept: list[Agent] = []
    for agent in sorted(agents, key=lambda a: (a.start, a.rank is None, -a.end)):
        last = kept[-1] if kept else None
        if last is None:
            kept.append(agent)
        elif agent.start < last.end:
            if (agent.start, agent.end) == (last.start, last.end):
                kept.append(agent)
            elif last.rank is Rank.ENVOY and agent.end > last.end:  # envoy of Chinese President
                kept[-1] = replace(last, end=agent.end)
        elif (merged := _merged(text, last, agent)) is not None:
            kept[-1] = merged
        else:
            kept.append(agent)
    return kept


def _merged(text: str, last: Agent, agent: Agent) -> Agent | None:
    """Two neighbours who are one: "foreign minister's spokesman", "president's special envoy"."""
    gap = text[last.end : agent.start]
    sends = agent.rank is Rank.LEADER and _OF_HIS.fullmatch(gap)
    if last.rank is Rank.ENVOY and not last.actor and sends:  # envoy of President Hu
        country = last.country or agent.country
        return replace(last, country=country, end=agent.end)
    if last.rank is Rank.ENVOY and agent.rank is Rank.LEADER and last.country == agent.country:
        return replace(last, end=agent.end) if _ABBREVIATED.fullmatch(gap) else None
    if agent.country:
        return None
    people = not last.actor or (last.end - last.start > 1 and text[last.start].isascii())
    if agent.rank is None and people and _THEIR_NOBODY.fullmatch(gap):  # Trump official
        return replace(last, rank=None, end=agent.end)
    if agent.rank is Rank.ENVOY and clues.THEIR_ENVOY.fullmatch(gap):
        return replace(agent, country=last.country, start=last.start)
    return None

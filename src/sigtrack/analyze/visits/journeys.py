"""Somebody goes, is going, went: verbs and nouns of travel.

Each looks for its place on the side where its language has it, and for its visitor among the
people before it. Who stands nearest counts, unless he is at home there; if it is somebody who is
not looked for (an ambassador, a team), it is nobody's visit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sigtrack.analyze.visits import clues
from sigtrack.analyze.visits.lexicon import Act, Token
from sigtrack.analyze.visits.people import Agent
from sigtrack.analyze.visits.sentence import Event, Sentence, Spot
from sigtrack.model import Phase, Rank
from sigtrack.text.scripts import count_words


def journey(sentence: Sentence, token: Token) -> Iterator[Event]:
    act: Act = token.value
    at = (token.start, token.end)
    if _is_wished(sentence, token):
        return
    if clues.NOT_PLANNED.match(sentence.text, token.end):
        return
    if sentence.lang == "ko" and clues.NO_ENTRY.match(sentence.text, token.start):
        return
    if act.host:
        here = sentence.place_in(act.host) or _capital_in(sentence, token)
        event = Event(act.kind, at, act.phase, (), act.host, here)
        yield replace(event, visitors=subject(sentence, token, act.host))
        return
    spots = [spot for spot in _aims(sentence, token) if spot.country]
    if token.end - token.start == 1:  # one character (抵, 访): its place follows at once
        spots = [spot for spot in spots if spot.start == token.end]
    if spots:
        first, *others = spots
        kind, phase = (act.kind, act.phase)
        if act.kind == "go" and _sets_out_from(sentence, token, first):
            kind, phase = "leave", Phase.DONE
        visitors = subject(sentence, token, first.country)
        more = tuple(spot for spot in others if spot.country != first.country)
        yield Event(kind, at, phase, visitors, first.country, first, more)
    elif act.kind in ("trip", "go"):
        yield Event(act.kind, at, act.phase, subject(sentence, token, ""), None)


def _is_wished(sentence: Sentence, token: Token) -> bool:
    """No plans for Putin to visit; urges Xi to visit: nobody goes."""
    if clues.NO_PLAN.search(sentence.text[: token.start]):
        return True
    to = "to "
    leads = sentence.text.startswith(to, token.start)
    return leads and bool(clues.WISHES.search(sentence.text[: token.start + len(to)]))


def sending(sentence: Sentence, token: Token) -> Iterator[Event]:
    """Trump sends envoy to Kyiv; 몽골에 특사 파견: his people travel, and have no name."""
    ways = clues.SENT[sentence.lang]
    if sentence.lang in ("en", "zh"):
        behind = ((s, ways.fullmatch(sentence.text, token.end, s.start)) for s in sentence.spots)
        aims = [(s, way) for s, way in behind if way]
    else:
        ahead = ((s, ways.fullmatch(sentence.text, s.end, token.start)) for s in sentence.spots)
        aims = [(s, way) for s, way in ahead if way]
    for spot, way in aims[:1]:
        country = _sender(sentence, min(spot.start, token.start))
        if country and country != spot.country:
            at = (token.start, token.end)
            envoy = Agent(*way.span("who"), country, Rank.ENVOY, way["who"].strip())
            yield Event("go", at, token.value.phase, (envoy,), spot.country, spot)


def _sender(sentence: Sentence, before: int) -> str:
    """Whoever is named last before it, a person or a country."""
    people = [(a.end, a.country) for a in sentence.agents if a.end <= before and a.travels]
    lands = [(s.end, s.country) for s in sentence.spots if s.end <= before]
    return max(people or lands, default=(0, ""))[1]


def _sets_out_from(sentence: Sentence, token: Token, spot: Spot) -> bool:
    """베이징역서 출발, 평양을 떠났다, 北京を出発: the place is where the journey begins."""
    gap = sentence.text[spot.end : token.start]
    word = sentence.text[token.start : token.end]
    starts, after = clues.STARTS.get(sentence.lang, ()), clues.FROM.get(sentence.lang)
    begins = spot.end <= token.start and word.startswith(starts)
    return begins and after is not None and after.fullmatch(gap) is not None


def _capital_in(sentence: Sentence, token: Token) -> Spot | None:
    """抵京: the capital itself is in the verb."""
    if sentence.text[token.end - 1] not in clues.CAPITAL_ZH:
        return None
    return Spot(token.end - 1, token.end, token.value.host, "Beijing", True)


def _aims(sentence: Sentence, token: Token) -> list[Spot]:
    act: Act = token.value
    after = _after(sentence, token) if act.side in ("after", "both") else []
    return after if after or act.side == "after" else _before(sentence, token)


def _after(sentence: Sentence, token: Token) -> list[Spot]:
    behind = [s for s in sentence.spots if s.start >= token.end]
    if not behind:
        return []
    gap = sentence.gap(token, behind[0])
    in_english = sentence.lang == "en"
    if in_english and _goes_further(token, gap):
        return sentence.listed(behind)
    starts = [one.start for one in sentence.acts] + [one.start for one in sentence.agents]
    if any(token.end <= start < behind[0].start for start in starts):
        return []
    limit = clues.REACH[sentence.lang]
    if in_english:
        gap, limit = _without_preposition(sentence, token, gap)
    if count_words(gap) > limit or clues.BREAK.search(gap):
        return []
    if sentence.text[token.start : token.end].lower() in clues.OF_PLACES and not behind[0].is_place:
        return []
    if in_english and _is_a_saying(sentence, token, behind[0]):
        return []
    if in_english and (clues.ELSEWHERE.search(gap) or _leaves_with(sentence, token, behind[0])):
        return []
    return sentence.listed(behind)


def _is_a_saying(sentence: Sentence, token: Token, spot: Spot) -> bool:
    """The ball is in Moscow's court; takes Crimea back from Russia."""
    word = sentence.text[token.start : token.end].lower()
    owned = sentence.text.startswith("'s ", spot.end)
    if owned and word.endswith(clues.INSIDE):
        return not any(s.start == spot.end + len("'s ") for s in sentence.spots)
    return clues.TAKES_BACK.search(sentence.text[: token.end]) is not None


def _leaves_with(sentence: Sentence, token: Token, spot: Spot) -> bool:
    """Leaves Kyiv with a choice, left Ukraine out: nobody goes."""
    leaves = token.value.kind == "leave" and " " not in sentence.text[token.start : token.end]
    return leaves and clues.LEAVES_IT.match(sentence.text, spot.end) is not None


def _goes_further(token: Token, gap: str) -> bool:
    """State visit with dinner to the United States; visit to the northern regions of China."""
    if token.value.kind == "trip" and clues.FURTHER.fullmatch(gap):
        return True
    return bool(clues.OF.fullmatch(gap)) and not clues.EMBASSY.search(gap)


def _without_preposition(sentence: Sentence, token: Token, gap: str) -> tuple[str, int]:
    """A noun needs one ("visit to", but not "visit hailed in"); after it two words may stand."""
    bare = clues.TO.sub("", gap)
    verb = sentence.text[token.start : token.end]
    leads = gap.strip() != bare.strip() or " " in verb or token.value.kind != "trip"
    return bare, 2 if leads else 0


def _before(sentence: Sentence, token: Token) -> list[Spot]:
    ahead = [s for s in sentence.spots if s.end <= token.start]
    if not ahead:
        return []
    gap = sentence.gap(ahead[-1], token)
    people = any(ahead[-1].end <= a.start < token.start for a in sentence.agents)
    if sentence.lang == "ko" and clues.LOOKS_FOR.fullmatch(gap):
        return []
    if people or clues.BREAK_BEFORE.search(gap) or not _reaches_back(sentence, token, ahead, gap):
        return []
    return sentence.listed_back(ahead)


def _reaches_back(sentence: Sentence, token: Token, ahead: Sequence[Spot], gap: str) -> bool:
    match sentence.lang:
        case "en":  # China visit, Beijing state visit
            apart = count_words(gap) > 1 or "," in gap or gap.startswith("'")
            return not apart and not clues.NOT_A_NAME_BEFORE.search(gap)
        case "zh":  # 对中国进行国事访问, 中国之行
            starts = (ahead[-1].start, ahead[0].start)
            return gap == "" or any(clues.FOR_ZH.search(sentence.text[:at]) for at in starts)
        case _:
            verbs = any(ahead[-1].end <= a.start < token.start for a in sentence.acts)
            return count_words(gap) <= clues.REACH[sentence.lang] and not (verbs and "," in gap)


def subject(sentence: Sentence, token: Token, host: str) -> tuple[Agent, ...]:
    """Who travels, with his company; nobody where it is somebody else's journey."""
    ahead, behind = sentence.ahead(token), sentence.behind(token)
    if sentence.lang == "en" and token.value.kind == "trip":
        named = _named_behind(sentence, token, behind)
        if named is not None:
            return sentence.company(named, behind, host)
    if _is_somebodys(sentence, token, ahead):
        return ()
    ahead, behind = _sides(sentence, token, host)
    for agent in reversed(ahead):
        if agent.rank is None and sentence.lang == "en" and _is_aside(sentence, agent):
            continue
        if agent.rank is None:
            sentence.blocked = True
            return ()
        if agent.country == host and sentence.gap(agent, token) == "'s ":
            return ()  # Trump's return to the White House
        if agent.country not in ("", host):
            return sentence.company(agent, sentence.ahead(token), host)
    if sentence.lang == "en" and ahead:
        return ()
    for agent in behind:
        if agent.rank is None:
            return ()
        if agent.travels and agent.country != host:
            return (agent,)
    return ()


def _is_somebodys(sentence: Sentence, token: Token, ahead: Sequence[Agent]) -> bool:
    """Says: "somebody who was in Pyongyang …"; the speaker was not there."""
    said = bool(ahead) and sentence.is_said_by(ahead[-1], token.start)
    return said and clues.SOMEBODY_DID.match(sentence.text, token.start) is not None


def _sides(sentence: Sentence, token: Token, host: str) -> tuple[list[Agent], list[Agent]]:
    """Who may travel, before and behind the verb; 방한한 트럼프 is he, whoever stands before it."""
    ahead, behind = sentence.ahead(token), sentence.behind(token)
    first = behind[0] if behind and behind[0].country != host else None
    if first and clues.WHO_DID.fullmatch(sentence.text, token.start, first.start):
        return [first], []
    return _subjects(sentence, _without_occasions(sentence, token, ahead), host), behind


def _without_occasions(sentence: Sentence, token: Token, agents: Sequence[Agent]) -> list[Agent]:
    """외교장관, 한일정상회담 앞두고 미국행: where others are named, neither the sides of a meeting
    nor whose journey only tells the hour (트럼프 방한 직후)."""
    meetings = {act.start for act in sentence.acts if act.value.kind == "meet"}
    occasions = {
        act.start - 1
        for act in sentence.acts
        if act.start != token.start
        and act.value.kind == "trip"
        and clues.SOON_BEFORE.match(sentence.text, act.end)
    }
    others = [a for a in agents if not {a.end, a.end - 1} & meetings and a.end not in occasions]
    return others if any(a.travels for a in others) else list(agents)


def _subjects(sentence: Sentence, agents: Sequence[Agent], host: str) -> list[Agent]:
    """시진핑과 회담하러, 트럼프에게, by Trump: the one who travels is somebody else."""
    others = [a for a in agents if not is_object(sentence, a)]
    return others if any(a.travels and a.country != host for a in others) else list(agents)


def is_object(sentence: Sentence, agent: Agent) -> bool:
    if sentence.lang == "en":
        owns = clues.POSSESSED.match(sentence.text, agent.end)
        return not owns and clues.NOT_SUBJECT.search(sentence.text[: agent.start]) is not None
    beside = clues.OBJECT_OF.get(sentence.lang)
    return beside is not None and beside.match(sentence.text, agent.end) is not None


def _is_aside(sentence: Sentence, agent: Agent) -> bool:
    """Lays flowers for a student, flies home: an object of what was told before the comma."""
    ends = sentence.text[agent.end : agent.end + 2] == ", "
    return ends and bool(clues.OBJECT.search(sentence.text[: agent.start]))


def _named_behind(sentence: Sentence, token: Token, behind: Sequence[Agent]) -> Agent | None:
    """ "Visit by the king"; "on Delhi trip, Wang Yi …"."""
    if behind and clues.OF_SOMEBODY.fullmatch(sentence.gap(token, behind[0])):
        return behind[0]
    by = next((a for a in behind if clues.BY.search(sentence.text[: a.start])), None)
    if by is not None or not behind:
        return by
    during = clues.DURING.search(sentence.text[: token.start])
    return behind[0] if during and sentence.gap(token, behind[0]) == ", " else None

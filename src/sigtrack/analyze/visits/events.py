"""Reads what happens in a sentence, in the order of its verbs; mere presence comes last.

Somebody goes: for each verb or noun of travel, its place is searched on the side where the language
puts it, and its visitor among the people before it. The nearest person counts, except people who
are at home there. If the nearest is somebody whose visits are not tracked (an ambassador, a team),
it is nobody's visit.

Somebody is received, meets, attends: this is a visit if the place is another country. A host's verb
has the guest beside it. At a meeting, everyone who is not at home at the place has travelled. If
the text does not name the place, both sides are returned, and no host.

Somebody is there, or on the way, without a verb of travel: "German foreign minister in Beijing",
茂木外相、ミュンヘンで…, 이 대통령, 카이로서…, 卡尼在北京宣布; 베이징행.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sigtrack.analyze.visits.lexicon import Act, VisitToken, clue, one_of, short_of, words
from sigtrack.analyze.visits.people import Agent, sides_of
from sigtrack.analyze.visits.sentence import OCCASION, Event, Sentence, Spot, homes_in
from sigtrack.model import Phase, Rank
from sigtrack.text.scripts import count_words

_REACH = {"en": 2, "ko": 4, "ja": 6, "zh": 6}  # words between a verb and its place
_GUEST_WITHIN = 3  # words between a host's verb and the guest
_NEAR = 40  # letters between people and the noun of their meeting, in languages without spaces
_BEHIND = 24  # letters between a Korean or Japanese verb and a subject behind it
_OPENS_ZH = 4  # letters before a journey that a headline begins with: 首次访华前,默茨…
_KINDS, _VERBS, _DETAILS = (one_of(f"talks-{part}", "en") for part in ("kind", "verb", "detail"))
_ATTACHED = re.compile(
    rf"{clue('their-own', 'en').pattern}|"
    rf"(?:'s?)?(?: (?:{_KINDS}|\d+))*(?: (?:{_VERBS}|[A-Z]\w+))?(?: (?:{_DETAILS}|[A-Z]\w+))* "
)


def events_of(sentence: Sentence) -> Iterator[Event]:
    for token in sentence.acts:
        match token.value.kind:
            case "go" | "trip" | "leave":
                yield from _journey(sentence, token)
            case "send":
                yield from _sending(sentence, token)
            case "invite":
                continue  # nobody has come yet, or said that he will
            case "host":
                yield from _hosting(sentence, token)
            case _:
                yield from _meeting(sentence, token)
    for spot in sentence.spots:
        event = _in_english(sentence, spot) if sentence.lang == "en" else _there(sentence, spot)
        if event is not None:
            yield event
        yield from _on_the_way(sentence, spot)


# Somebody goes


def _journey(sentence: Sentence, token: VisitToken) -> Iterator[Event]:
    act: Act = token.value
    at = (token.start, token.end)
    if sentence.word(token) in words("visiting") and (guests := _beside(sentence, token)):
        hosts = {a.country for a in sentence.agents if a.travels} - {a.country for a in guests}
        hosts |= {spot.country for spot in sentence.spots if spot.is_place}
        yield Event(act.kind, at, act.phase, guests, hosts.pop() if len(hosts) == 1 else None)
        return
    if _is_wished(sentence, token) or sentence.after("no-entry", token.start):
        return
    if act.host:
        yield Event(act.kind, at, act.phase, _subject(sentence, token, act.host), act.host)
        return
    spots = _after(sentence, token) if act.side != "before" else []
    spots = spots or (_before(sentence, token) if act.side != "after" else [])
    spots = spots or _by_letters(sentence, token) or _around(sentence, token)
    if token.end - token.start == 1:  # a single character has its place beside it (访美, 朝鲜行)
        spots = [spot for spot in spots if token.start == spot.end or spot.start == token.end]
    if spots:
        first, *others = spots
        kind, phase = act.kind, act.phase
        begins = sentence.word(token).startswith(words("from", sentence.lang))
        if kind == "go" and begins and sentence.between("from", first.end, token.start):
            kind, phase = "leave", Phase.DONE  # 베이징역서 출발, 평양을 떠났다, 北京を出発
        more = tuple(spot for spot in others if spot.country != first.country)
        visitors = _subject(sentence, token, first.country)
        yield Event(kind, at, phase, visitors, first.country, first, more)
    elif act.kind != "leave":
        yield Event(act.kind, at, act.phase, _subject(sentence, token, ""), None)


def _beside(sentence: Sentence, token: VisitToken) -> tuple[Agent, ...]:
    """Return the people who stand right behind: meets visiting Foreign Minister Wang Yi."""
    first = next((a for a in sentence.agents if a.start == token.end + 1), None)
    return sentence.company(first, sentence.behind(token), None) if first else ()


def _by_letters(sentence: Sentence, token: VisitToken) -> list[Spot]:
    """Return the countries of a journey to several: 美日 순방."""
    at = token.start
    several = sentence.word(token) in words("to-several")
    lands = short_of(sentence.text, at, sentence.lang) if several else []
    return [Spot(at, at, country) for _, country in lands] if len(lands) > 1 else []


def _around(sentence: Sentence, token: VisitToken) -> list[Spot]:
    """Return the only city that is named before "during somebody's visit"; 越南各界期待…访问."""
    visitor = next((a for a in reversed(sentence.ahead(token)) if a.travels), None)
    if visitor is None or not sentence.between("possessor", visitor.end, token.start):
        return []
    near = [s for s in sentence.spots if s.end <= visitor.start]
    near = [s for s in near if s.is_place or sentence.lang == "zh"]
    meanwhile = near and sentence.between("during-visit", near[-1].end, visitor.start)
    return near[-1:] if meanwhile and len({s.country for s in near}) == 1 else []


def _is_wished(sentence: Sentence, token: VisitToken) -> bool:
    """Whether nobody goes yet: "No plans for Putin to visit", "urges Xi to visit", 방북 초청."""
    if sentence.before("no-plan", token.start) or sentence.after("not-planned", token.end):
        return True
    leads = sentence.text.startswith("to ", token.start)
    return leads and sentence.before("wishes", token.start + len("to ")) is not None


def _sending(sentence: Sentence, token: VisitToken) -> Iterator[Event]:
    """Yield a mission without a name: "Trump sends envoy to Kyiv"; 몽골에 특사 파견."""
    named: list[Spot | Agent] = [*sentence.spots, *sentence.agents]
    for spot in sentence.spots:
        gap = (token.end, spot.start) if spot.start >= token.end else (spot.end, token.start)
        way = sentence.between("sent", *gap)
        before = min(spot.start, token.start)
        ends = {one.end: one.country for one in named if one.country and one.end <= before}
        if way and ends:  # the country named last before it
            envoy = Agent(*way.span("who"), ends[max(ends)], Rank.ENVOY, way["who"].strip())
            at = (token.start, token.end)
            yield Event("go", at, token.value.phase, (envoy,), spot.country, spot)
            return


def _after(sentence: Sentence, token: VisitToken) -> list[Spot]:
    behind = [s for s in sentence.spots if s.start >= token.end]
    if not behind:
        return []
    spot, gap = behind[0], sentence.gap(token, behind[0])
    starts = [act.start for act in sentence.acts] + [agent.start for agent in sentence.agents]
    if any(token.end <= start < spot.start for start in starts):
        return []
    if sentence.lang == "zh" and (gap.startswith(" ") or "," in gap):
        return []  # another clause
    word, limit = sentence.word(token), _REACH[sentence.lang]
    if sentence.lang == "en":
        bare = clue("to").sub("", gap)
        is_noun = token.value.kind == "trip" and " " not in word
        alone = is_noun and gap.strip() == bare.strip()
        gap, limit = bare, 0 if alone else limit
    if count_words(gap) > limit or clue("elsewhere").search(gap):
        return []
    if word in words("of-places") and not spot.is_place:
        return []
    return [] if _is_a_saying(sentence, token, spot) else sentence.listed(behind)


def _is_a_saying(sentence: Sentence, token: VisitToken, spot: Spot) -> bool:
    """Whether it is a figure of speech.

    "The ball is in Moscow's court"; "takes Crimea back from Russia"; "leaves Kyiv with a choice".
    """
    word = sentence.word(token)
    left = token.value.kind == "leave" and " " not in word
    leaves = left and sentence.after("leaves-it", spot.end)
    inside = word.endswith(words("inside")) and sentence.after("not-there", spot.end)
    return bool(leaves or inside or sentence.before("takes-back", token.end))


def _before(sentence: Sentence, token: VisitToken) -> list[Spot]:
    ahead = [s for s in sentence.spots if s.end <= token.start]
    if not ahead:
        return []
    last, gap = ahead[-1], sentence.gap(ahead[-1], token)
    people = any(last.end <= a.start < token.start for a in sentence.agents)
    parted = people or sentence.between("no-way", last.end, token.start)
    if parted or not _reaches_back(sentence, token, ahead, gap):
        return []
    return sentence.listed(ahead, back=True)


def _reaches_back(sentence: Sentence, token: VisitToken, ahead: Sequence[Spot], gap: str) -> bool:
    match sentence.lang:
        case "en":  # China visit, Beijing state visit
            return count_words(gap) <= 1
        case "zh":  # 对中国进行国事访问
            starts = (ahead[-1].start, ahead[0].start)
            return not gap or any(sentence.before("for", at) for at in starts)
        case _:
            gap = clue("length", sentence.lang).sub("", gap)  # 미국 등 7박 11일 |순방
            return count_words(gap) <= _REACH[sentence.lang]


def _subject(sentence: Sentence, token: VisitToken, host: str) -> tuple[Agent, ...]:
    """Return who travels, with his company; nobody if it is somebody else's journey."""
    ahead, behind = _sides(sentence, token, host)
    if (subject := _subject_ahead(sentence, token, ahead, host)) is not None:
        return subject
    behind = [a for a in behind if ";" not in sentence.gap(token, a)]
    # In Chinese only behind a journey that opens a headline: 访华前，默茨…
    in_chinese = _REACH["zh"] if token.start < _OPENS_ZH else -1
    reach = {"en": len(sentence.text), "zh": in_chinese}.get(sentence.lang, _BEHIND)
    behind = [a for a in behind if a.start - token.end <= reach]
    first = next((a for a in behind if a.rank is None or (a.travels and a.country != host)), None)
    if first is None or first.rank is not None:
        return (first,) if first is not None else ()
    sentence.blocked = sentence.lang != "en"
    return ()


def _subject_ahead(
    sentence: Sentence, token: VisitToken, ahead: Sequence[Agent], host: str
) -> tuple[Agent, ...] | None:
    """Return the nearest person before the verb; None if those after it may travel."""
    for agent in reversed(ahead):
        if agent.rank is None:
            sentence.blocked = True
            return ()
        if agent.country == host and sentence.gap(agent, token) == "'s ":
            return ()  # Trump's return to the White House
        if agent.country not in ("", *homes_in(host)):
            return sentence.company(agent, sentence.ahead(token), host)
    return () if sentence.lang == "en" and ahead else None


def _sides(sentence: Sentence, token: VisitToken, host: str) -> tuple[list[Agent], list[Agent]]:
    """Return who may travel, before and after the verb. In 방한한 트럼프 it is Trump."""
    ahead, behind = sentence.ahead(token), sentence.behind(token)
    first = behind[0] if behind and behind[0].country != host else None
    if first and sentence.between("who-did", token.start, first.start):
        return [first], []
    said = sentence.quoted_from(token.start)
    if said is not None and ";" in sentence.text[said : token.start]:
        # 인니 대통령 "李대통령이 중재 요청…기꺼이 방북": it is the Indonesian who would go.
        ahead = [a for a in ahead if a.end <= said <= a.end + 1] or ahead
    held = _without_occasions(sentence, token, ahead)
    subjects = [a for a in held if not is_object(sentence, a)]
    return subjects if any(a.travels and a.country != host for a in subjects) else held, behind


def _without_occasions(sentence: Sentence, token: VisitToken, agents: list[Agent]) -> list[Agent]:
    """Drop people whose talks or journey only tell the time, if others are named.

    외교장관, 한일정상회담 앞두고 미국행; 트럼프 방한 직전 러시아로.
    """
    occasions = {
        act.start - gap
        for act in sentence.acts
        if act is not token
        if act.value.kind == "meet" or sentence.after("soon-before", act.end)
        for gap in (-1, 0, 1, 2)
    }
    others = [a for a in agents if a.end not in occasions]
    # FBI 국장, 트럼프 방한 직후 한국 방문: whoever goes is nobody
    nobody = sentence.lang in ("ko", "ja") and any(a.rank is None for a in others)
    return others if nobody or any(a.travels for a in others) else agents


def is_object(sentence: Sentence, agent: Agent) -> bool:
    """Whether the one who travels is somebody else: 시진핑과 회담하러, 트럼프에게, by Trump."""
    if sentence.after("object-of", agent.end):
        return True
    return not sentence.owns(agent) and sentence.before("not-subject", agent.start) is not None


# Somebody is received


def _hosting(sentence: Sentence, token: VisitToken) -> Iterator[Event]:
    act: Act = token.value
    where = sentence.location(token)
    ahead, behind = sentence.ahead(token), sentence.behind(token)
    guests, hosts = (behind, ahead)
    if sentence.lang not in ("en", "zh"):
        guests, hosts = ahead[-1:], [*ahead[:-1], *behind]
    guest = next(iter(guests), None)
    if guest is None or not guest.travels or not _is_the_guest(sentence, token, guests):
        return
    by_letter = sentence.word(token) in words("by-letter") and not guest.actor
    if by_letter or sentence.owns(guest) or sentence.before("offers", token.start):
        return  # an office may be greeted by letter
    host = where.country if where else _host_of(sentence, token, hosts)
    if host and host != guest.country:
        visitors = sentence.company(guest, guests, host)
        yield Event("host", (token.start, token.end), act.phase, visitors, host, where)


def _is_the_guest(sentence: Sentence, token: VisitToken, guests: Sequence[Agent]) -> bool:
    """Whether the guest is beside the verb, and not a side of talks."""
    guest = guests[0]
    sides = [a for a in sentence.agents if (a.start, a.end) == (guest.start, guest.end)]
    if sentence.lang != "en" and len(sides) > 1:
        return False  # 한중 정상 receive nobody
    talks = {act.start for act in sentence.acts if act.value.kind == "meet"}
    if any({a.end, a.end + 1} & talks for a in sentence.company(guest, guests, None)):
        return False
    gap = sentence.gap(token, guest) or sentence.gap(guest, token)
    return count_words(clue("as-guest").sub("", gap)) <= _GUEST_WITHIN


def _host_of(sentence: Sentence, token: VisitToken, hosts: Sequence[Agent]) -> str:
    named = [agent.country for agent in hosts if agent.country]
    if not named and sentence.lang in ("en", "zh"):
        named = [s.country for s in sentence.spots if s.end <= token.start]
    elif not named:  # 이재명 특사 맞이한 中
        named = [s.country for s in sentence.spots if 0 <= s.start - token.end <= 2]
    return named[-1] if named else ""


# Somebody meets or attends


def _meeting(sentence: Sentence, token: VisitToken) -> Iterator[Event]:
    act: Act = token.value
    where = sentence.location(token)
    everyone = _everyone(sentence, token, where)
    if everyone is None:
        return
    at = (token.start, token.end)
    giver = _giver(sentence) if act.kind == "attend" and where is None else None
    guests = [a for a in sentence.agents if a.start < token.start and a.travels and a is not giver]
    if giver and guests and guests[-1].country != giver.country:
        visitors = sentence.company(guests[-1], guests, giver.country)
        yield Event(act.kind, at, act.phase, visitors, giver.country)
        return
    sides = {a.country for a in everyone}
    if where is not None and where.country:
        visitors = tuple(a for a in everyone if a.country != where.country)
        yield Event(act.kind, at, act.phase, visitors, where.country, where)
    elif everyone and (act.kind == "attend" or (act.kind == "meet" and len(sides) > 1)):
        yield Event(act.kind, at, None, tuple(everyone), None)


def _giver(sentence: Sentence) -> Agent | None:
    """Return who gives a banquet, which is in his country: 金正恩主办的晚宴."""
    people = (agent for agent in sentence.agents if agent.travels)
    gives = (
        agent
        for agent in people
        if sentence.after("gives", agent.end) or sentence.before("given-by", agent.start)
    )
    return next(gives, None)


def _everyone(sentence: Sentence, token: VisitToken, where: Spot | None) -> list[Agent] | None:
    """Return who takes part; None if the words only look like a meeting."""
    if sentence.word(token) in words("bare-meet") and not any(
        a.end == token.start or a.start == token.end for a in sentence.agents
    ):
        return None  # a single character: 高市會川普, 外长会 have a person or a title beside it
    if token.value.kind == "meet":
        return _participants_at(sentence, token, where)
    if _is_wished(sentence, token):
        return None
    joins = sentence.after("joins", token.start)
    if joins and not sentence.many and not OCCASION.search(sentence.text):
        return None
    ahead = sentence.ahead(token)
    if not ahead or ahead[-1].rank is None:
        return []
    return list(sentence.company(ahead[-1], ahead, where.country if where else None))


def _participants_at(
    sentence: Sentence, token: VisitToken, where: Spot | None
) -> list[Agent] | None:
    if sentence.after("no-meeting", token.end) or sentence.before("wishes", token.start):
        return None
    everyone = _participants(sentence, token) or _attendees(sentence, token, where)
    if not everyone or (sentence.lang == "en" and len({a.country for a in everyone}) < 2):
        everyone = _governments(sentence, where, token) or everyone
    alone = len({a.country for a in everyone}) < 2
    if alone and any(sentence.after("claims", a.end) for a in everyone):
        return []  # Trump says talks in Doha go well
    found = not alone or where is None or where.is_place
    return everyone if found or sentence.before("at-a-meeting", token.start) else None


def _participants(sentence: Sentence, token: VisitToken) -> list[Agent]:
    """Return who meets. "Talks" and "summit" need their people beside them.

    In Korean and Japanese the people stand in the same clause, before the noun.
    """
    named = [a for a in sentence.agents if a.travels and not sentence.after("says", a.end)]
    everyone = _without_occasions(sentence, token, named)
    if sentence.lang != "en":
        return _near(sentence, token, everyone)
    if sentence.word(token) not in words("talks"):
        return [
            a
            for a in everyone
            if not clue("other-time").search(sentence.text, token.end, a.start)
            and not sentence.before("done-by", a.start)
            and not (a.start >= token.end and sentence.owns(a))
        ]
    chosen = (a for a in everyone if _takes_part(sentence, token, a))
    together = {a for one in chosen for a in sentence.company(one, everyone, None)}
    return [a for a in everyone if a in together]


def _takes_part(sentence: Sentence, token: VisitToken, agent: Agent) -> bool:
    if agent.end <= token.start:
        return _ATTACHED.fullmatch(sentence.gap(agent, token)) is not None
    beside = sentence.between("between", token.end, agent.start)
    return beside is not None and not sentence.before("discusses", token.start)


def _near(sentence: Sentence, token: VisitToken, everyone: Sequence[Agent]) -> list[Agent]:
    pair = [a for a in everyone if sentence.between("of-the-two", a.end, token.start)]
    if len({a.country for a in pair}) > 1:
        return pair
    # Two clauses are parted by dots, or by a colon that is not his own.
    gaps = [(a, sentence.gap(a, token) or sentence.gap(token, a)) for a in everyone]
    beside = [a for a, gap in gaps if ";" not in gap and ":" not in gap[1:]]
    everyone = beside if beside or sentence.lang == "zh" else everyone
    reach = 12 if sentence.lang == "zh" else -1
    group = [
        a
        for a in everyone
        if 0 <= token.start - a.end <= _NEAR or 0 <= a.start - token.end <= reach
    ]
    return [*_partner_of(sentence, group, everyone), *group]


def _partner_of(
    sentence: Sentence, group: Sequence[Agent], everyone: Sequence[Agent]
) -> list[Agent]:
    """Return who meets the person beside the noun: 트럼프 대통령이 … 시진핑 주석과 정상회담."""
    if len(group) != 1 or not is_object(sentence, group[0]):
        return []
    subject = next((a for a in reversed(everyone) if a.end <= group[0].start), None)
    return [subject] if subject and subject.country != group[0].country else []


def _attendees(sentence: Sentence, token: VisitToken, where: Spot | None) -> list[Agent]:
    """Return people at a meeting ("unity at summit in China"), or after one if a host is named."""
    subject = next((a for a in sentence.agents if a.start <= 1 and a.travels), None)
    sees = where is not None and any(a.country == where.country for a in sentence.agents)
    after = sees and sentence.before("after-a-meeting", token.start)
    if subject is None or not (after or sentence.before("at-a-meeting", token.start)):
        return []
    group = sentence.company(subject, sentence.agents, None)
    return [] if sentence.owns(group[-1]) else list(group)


def _governments(sentence: Sentence, where: Spot | None, token: VisitToken) -> list[Agent]:
    """Return governments that meet: "US-Iran talks in Oman".

    But not in "patrols near Taiwan over Japan-Philippines talks".
    """
    english = sentence.lang == "en"
    if english and where and not sentence.between("talks-where", token.end, where.start):
        return []
    sides = list(sides_of(sentence.text, sentence.tokens, token, sentence.lang))
    opens = english and bool(sides) and sides[0].start <= 1
    return sides if where or opens else []


# Somebody is there, or on the way


def _in_english(sentence: Sentence, spot: Spot) -> Event | None:
    into = sentence.before("in", spot.start)
    lives = sentence.before("living", spot.start) or sentence.after("not-there", spot.end)
    if into is None or lives:
        return None
    at = into.start()
    ahead = [a for a in sentence.agents if a.end <= at]
    beside = [(a, sentence.between("near", a.end, at)) for a in ahead]
    near = [a for a, gap in beside if gap and not (gap["name"] and a.actor)]
    phase: Phase | None = Phase.ONGOING
    if not near and spot.is_place:
        near = [a for a in ahead if sentence.between("to-do-something", a.end, at)]
        phase = Phase.PLANNED
    if not near and sentence.before("at-gathering", spot.start) and sentence.gathers(spot):
        near = [a for a in ahead[:1] if a.start <= 1 and a.sure and not sentence.owns(a)]
        phase = None
    if not near or sentence.before("meeting-of", near[-1].start) or is_object(sentence, near[-1]):
        return None
    return _presence(sentence, near[-1], spot, (at, spot.start), phase)


def _there(sentence: Sentence, spot: Spot) -> Event | None:
    at = (spot.start, spot.end)
    opens = spot.start <= 1 and sentence.gathers(spot)
    guest = next((a for a in sentence.agents if a.travels), None) if opens else None
    reach = _NEAR if sentence.lang == "zh" else 2
    if guest is not None and guest.start - spot.end <= reach:  # 香会｜美防长：…
        return _presence(sentence, guest, spot, at, Phase.ONGOING)
    agent = next((a for a in reversed(sentence.agents) if a.end <= spot.start), None)
    if agent is None or not sentence.between("gap", agent.end, spot.start):
        return None
    last = sentence.listed([s for s in sentence.spots if s.start >= spot.start])[-1]
    is_there = sentence.after("there", last.end) and (spot.is_place or sentence.lang != "zh")
    said = any(agent.end <= start <= spot.start < end for start, end in sentence.quoted)
    if not is_there or said or _is_anothers(sentence, spot):
        return None
    return _presence(sentence, agent, last if last.country == spot.country else spot, at, None)


def _is_anothers(sentence: Sentence, spot: Spot) -> bool:
    """Whether the people in that place are others: 김정은이 경주에서 한중 정상이 만난 날."""
    behind = next((a for a in sentence.agents if a.start >= spot.end), None)
    subject = words("subject", sentence.lang)
    return behind is not None and sentence.text.startswith(subject, behind.end)


def _presence(
    sentence: Sentence, agent: Agent, spot: Spot, at: tuple[int, int], phase: Phase | None
) -> Event | None:
    visitors = sentence.company(agent, sentence.agents, spot.country)
    return Event("stay", at, phase, visitors, spot.country, spot) if visitors else None


def _on_the_way(sentence: Sentence, spot: Spot) -> Iterator[Event]:
    """Yield somebody on the way: 베이징행, 미국행.

    모스크바로 counts only at the end of a clause, or before a word for leaving.
    """
    way = sentence.after("way", spot.end)
    if way is None:
        return
    rest = sentence.text[way.end() :].strip(" '")
    ends = not rest or rest[0] in ";,:" or rest.startswith(words("sets-out"))
    said = sentence.quoted_from(spot.start) or 0
    if (way["to"] and not ends) or any(a.end < said for a in sentence.agents):
        return  # what somebody says about it: "금강산행 얘기"
    token = VisitToken(way.start(), way.end(), "act", Act("go", Phase.PLANNED, "before"))
    visitors = _subject(sentence, token, spot.country)
    yield Event("go", (token.start, token.end), Phase.PLANNED, visitors, spot.country, spot)

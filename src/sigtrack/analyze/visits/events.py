"""What a sentence says happens: somebody goes somewhere, is received there, meets there.

Each verb looks for its place on the side where its language has it, and for its visitor among the
people before it (or behind it, for a host's verb). Who stands nearest counts, unless he is at
home there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sigtrack.analyze.visits.agents import Agent
from sigtrack.analyze.visits.lexicon import Act, Site, Token
from sigtrack.model import Phase
from sigtrack.text.scripts import HAN, HANGUL, count_words

_REACH = {"en": 3, "ko": 4, "ja": 6, "zh": 6}  # words between verb and place
_IN = re.compile(
    r"\b(?:in|at|near|outside) (?:the |a |an |his |her |south |north |central |downtown )?(?:[a-z]+ (?:city|town|capital|resort|island) of )?\Z",
    re.IGNORECASE,
)
_TO = re.compile(r"^ ?(?:to|in|at|of|through|into|on)? ?(?:the |south |north |east |south east )?")
_AT_KO = re.compile(rf"(?:에)?서(?![{HANGUL}])|에서")
_MISSION = re.compile(
    r"(?:'s)? ?(?:embass|diplomatic mission|mission|consulate)|대사관|주재|大使館|使馆|使館|領事館",
    re.IGNORECASE,
)
_LIVING = re.compile(
    r"(?:koreans?|japanese|chinese|residents?|nationals?|citizens?|compatriots?|troops|forces|embassy|ambassador|people|communit(?:y|ies)|firms|companies|plants?|war|living|held|hailed|protests?|rally|born) (?:in|at) (?:the )?\Z",
    re.IGNORECASE,
)
_AT_JA = re.compile(
    r"(?:市|都|府|県|都内|市内|近郊|郊外|中心部)?(?:で|にて|の首相官邸で|において|での|に集|開催|に ?\Z)"
)
_AT_ZH = re.compile(r"[在于於]\Z")
_FOR_ZH = re.compile(r"[对對在]\Z")
_GAP_JA = re.compile(r"[,はがら ]*(?:\d+[月日]|から|に|きょう|あす|午後|午前| )*")
_FURTHER = re.compile(r"(?: (?!and |to )[A-Za-z]+){1,5} to (?:the )?")
_DURING = re.compile(
    r"\b(?:on|during|in|ahead of|before|after|amid) (?:his |her |the |a )?(?:[\w-]+ ){0,3}\Z",
    re.IGNORECASE,
)
_SCENE = re.compile(r"parade|summit|conference|forum|ceremon|inauguration|funeral", re.IGNORECASE)
_WITHIN = re.compile(r"(?:,? ?(?:in |the |city of )?|의 ?|の|省|市|現 ?)")
_REPORTERS = re.compile(r"(?:기자들?|기자단|취재진)(?:과|와|을|를)? ?\Z|記者団?[とに] ?\Z")
_NOUNS = frozenset(
    [
        "talks",
        "summit",
        "summits",
        "meeting",
        "meetings",
        "dialogue",
        "consultations",
        "gathering",
        "dinner",
    ]
)
_ATTACHED = re.compile(
    r"(?:'s?)?(?: (?:trilateral|bilateral|trade|nuclear|first|second|third|annual|leaders'|peace|security|border|defense|defence|historic|upcoming|planned|high|level|stakes|two|day|days|of|summit|hour|\d+))*"
    r"(?: (?:open|opens|end|ends|hold|holds|held|begin|begins|start|starts|resume|resumes|kick off|wrap up|conclude|concludes|to hold|to open|set for|gather for|for|in|at|to start|to begin|before|will hold|arrive for|launch|enter|finish|[A-Z]\w+))?"
    r"(?: (?:a|the|their|new|fresh|two|three|four|days|day|of|round|first|second|trade|nuclear|border|summit|bilateral|trilateral|high|level|crisis|[A-Z]\w+))* "
)
_BETWEEN = re.compile(
    r" (?:with|between|of|among|by) (?:(?:the|visiting|his|her|their|counterpart) )*(?:[\w'’, -]{0,40} and )?"
)
_WISHED = re.compile(
    r"(?:을|를)? ?(?:뜻|희망|의사|제안|의향|용의|의지|요청|가능성|성사|의욕)|に意欲|を希望|を提案|を呼びかけ|意愿|意願"
)
_WISHES = re.compile(
    r"\b(?:wants? to|hopes? to|offers? to|ready to|willing to|open to|like to|would love to|proposes? to|asks? to|desire to|refuses? to|unlikely to) \Z",
    re.IGNORECASE,
)
_WORD_OF_WAY = frozenset(("行", "행", "로", "으로", "行き"))
_LIST = re.compile(r" ?(?:,|and|&|및|와|과|・|·|、|や|と|及び|及|和|与|與| ) ?(?:and )?(?:the )?")
_NEAR_EN = re.compile(r"[, ]{1,2}(?:\(.*\) )?")


@dataclass(frozen=True, slots=True)
class Event:
    """One reading of one verb. `host` is None where no place is told; `at` is the verb."""

    kind: str
    at: tuple[int, int]
    phase: Phase | None
    visitors: tuple[Agent, ...]
    host: str | None
    place: tuple[int, int] | None = None
    site: str = ""
    more: tuple[tuple[str, tuple[int, int], str], ...] = ()  # further stops: host, place, site
    many: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """A country or a place that a sentence names, and is nobody's title."""

    start: int
    end: int
    country: str
    site: str = ""
    is_place: bool = False


class Sentence:
    """One sentence of folded text with its tokens, agents and spots."""

    def __init__(
        self, text: str, tokens: Sequence[Token], agents: Sequence[Agent], lang: str
    ) -> None:
        self.text = text
        self.lang = lang
        self.blocked = False  # somebody travels who is not looked for
        self.agents = agents
        self.acts = [t for t in tokens if t.kind == "act"]
        self.many = [t for t in tokens if t.kind == "many"]
        self.spots = list(self._spots(tokens))

    def _spots(self, tokens: Sequence[Token]) -> Iterator[Spot]:
        for t in tokens:
            if any(a.start <= t.start and t.end <= a.end for a in self.agents):
                continue
            if _MISSION.match(self.text, t.end):
                continue
            if t.kind == "country":
                yield Spot(t.start, t.end, t.value)
            elif t.kind in ("place", "many") and isinstance(t.value, Site):
                yield Spot(t.start, t.end, t.value.country, t.value.site, True)

    def events(self) -> Iterator[Event]:
        """In order of the text."""
        for token in self.acts:
            act: Act = token.value
            match act.kind:
                case "go" | "trip" | "leave":
                    yield from self._journey(token, act)
                case "host":
                    yield from self._hosting(token, act)
                case _:
                    yield from self._meeting(token, act)
        yield from self._stays() if self.lang == "en" else self._stays_there()
        if self.lang == "ko":
            yield from self._ways()

    # journeys

    def _journey(self, token: Token, act: Act) -> Iterator[Event]:
        spots = [Spot(token.start, token.end, act.host)] if act.host else self._aims(token, act)
        if len(token.value.host) == 0 and token.end - token.start == 1:
            spots = [s for s in spots if s.start == token.end]
        spots = [s for s in spots if s.country]
        if not spots:
            if act.kind in ("trip", "go"):
                visitors = self._subject(token, "")
                yield Event(act.kind, (token.start, token.end), act.phase, visitors, None)
            return
        first = spots[0]
        place = (first.start, first.end) if first.is_place else None
        site = first.site
        if act.host:
            near = self._place_in(act.host)
            place, site = ((near.start, near.end), near.site) if near else (None, "")
        visitors = self._subject(token, first.country)
        more = tuple(
            (s.country, (s.start, s.end), s.site) for s in spots[1:] if s.country != first.country
        )
        yield Event(
            act.kind,
            (token.start, token.end),
            act.phase,
            visitors,
            first.country,
            place,
            site,
            more,
        )

    def _aims(self, token: Token, act: Act) -> list[Spot]:
        after = self._after(token) if act.side in ("after", "both") else []
        if after or act.side == "after":
            return after
        return self._before(token)

    def _after(self, token: Token) -> list[Spot]:
        limit = _REACH[self.lang]
        behind = [s for s in self.spots if s.start >= token.end]
        if not behind:
            return []
        first = behind[0]
        gap = self.text[token.end : first.start]
        if self.lang == "en" and token.value.kind == "trip" and _FURTHER.fullmatch(gap):
            return self._listed(behind)
        if any(token.end <= a.start < first.start for a in self.acts):
            return []
        if self.lang == "en":
            bare = _TO.sub("", gap)
            verb = self.text[token.start : token.end]
            leads = gap.strip() != bare.strip() or " " in verb or token.value.kind != "trip"
            limit = 2 if leads else 0
            gap = bare
        if count_words(gap) > limit or re.search(r"[.;:!?]", gap):
            return []
        if any(token.end <= a.start < first.start for a in self.agents):
            return []
        return self._listed(behind)

    def _before(self, token: Token) -> list[Spot]:
        ahead = [s for s in self.spots if s.end <= token.start]
        if not ahead:
            return []
        last = ahead[-1]
        gap = self.text[last.end : token.start]
        if re.search(r"[.;!?]", gap) or any(last.end <= a.start < token.start for a in self.agents):
            return []
        match self.lang:
            case "en":
                if count_words(gap) > 1 or "," in gap or gap.startswith("'"):
                    return []
                if re.search(r"\b(?:in|at|from|after|over|on|and|as|for)\b", gap):
                    return []
            case "zh":
                before = self.text[: last.start]
                if not (
                    _FOR_ZH.search(before)
                    or gap == ""
                    or _FOR_ZH.search(self.text[: ahead[0].start])
                ):
                    return []
            case "ko" | "ja":
                acts = [a for a in self.acts if last.end <= a.start < token.start]
                if count_words(gap) > _REACH[self.lang] or (acts and "," in gap):
                    return []
        group = [last]
        for spot in reversed(ahead[:-1]):
            if not _LIST.fullmatch(self.text[spot.end : group[0].start]):
                if not self._is_within(spot, group[0]):
                    break
            group.insert(0, spot)
        return self._inner_first(group)

    def _listed(self, spots: list[Spot]) -> list[Spot]:
        group = [spots[0]]
        for spot in spots[1:]:
            gap = self.text[group[-1].end : spot.start]
            if not (_LIST.fullmatch(gap) or self._is_within(group[-1], spot)):
                break
            group.append(spot)
        return self._inner_first(group)

    def _is_within(self, one: Spot, other: Spot) -> bool:
        """Beijing, China; 중국 베이징; 北京の人民大会堂: one place told twice."""
        gap = self.text[min(one.end, other.end) : max(one.start, other.start)]
        return one.country == other.country and _WITHIN.fullmatch(gap) is not None

    def _inner_first(self, group: list[Spot]) -> list[Spot]:
        """A place of the country before the country itself."""
        found: list[Spot] = []
        for spot in group:
            twin = next((s for s in found if s.country == spot.country), None)
            if twin is None:
                found.append(spot)
            elif spot.is_place and not twin.is_place:
                found[found.index(twin)] = spot
        return found

    def _place_in(self, country: str) -> Spot | None:
        return next((s for s in self.spots if s.is_place and s.country == country), None)

    def _subject(self, token: Token, host: str) -> tuple[Agent, ...]:
        """Who travels: the nearest before the verb who is not at home there, with his company."""
        ahead = [a for a in self.agents if a.end <= token.start + 1 and a.start < token.start]
        behind = [a for a in self.agents if a.start >= token.end]
        if token.value.kind == "trip" and self.lang == "en":
            by = [a for a in behind if re.search(r"\bby (?:the |a |an )?\Z", self.text[: a.start])]
            if by:
                return self._company(by[:1], behind, host)
        if self.lang == "en" and behind and token.value.kind == "trip":
            if (
                _DURING.search(self.text[: token.start])
                and self.text[token.end : behind[0].start] == ", "
            ):
                return self._company(behind[:1], behind, host)
        for agent in reversed(ahead):
            if agent.rank is None:
                self.blocked = True
                return ()
            if agent.country == "" or agent.country == host:
                continue
            return self._company([agent], ahead, host)
        if self.lang in ("ko", "ja", "zh") or not ahead:
            for agent in behind:
                if agent.rank is None:
                    return ()
                if agent.travels and agent.country != host:
                    return (agent,)
        return ()

    def _company(self, chosen: list[Agent], among: Sequence[Agent], host: str) -> tuple[Agent, ...]:
        """Those named in one breath: Wang Yi, Motegi; 라브로프와 쇼이구."""
        group = list(chosen)
        for agent in reversed([a for a in among if a.end <= group[0].start]):
            gap = self.text[agent.end : group[0].start]
            apart = self.lang == "ko" and gap.strip() in (",", "")
            if apart or not _LIST.fullmatch(gap) or not agent.travels:
                if not (agent.start == group[0].start and agent.travels):
                    break
            group.insert(0, agent)
        group += [
            a
            for a in among
            if (a.start, a.end) == (group[-1].start, group[-1].end) and a not in group
        ]
        for agent in [a for a in among if a.start >= group[-1].end]:
            if not _LIST.fullmatch(self.text[group[-1].end : agent.start]) or not agent.travels:
                break
            group.append(agent)
        return tuple(a for a in group if a.country != host and a.travels)

    # hosts and meetings

    def _hosting(self, token: Token, act: Act) -> Iterator[Event]:
        where = self._location(token)
        ahead = [a for a in self.agents if a.end <= token.start + 1]
        behind = [a for a in self.agents if a.start >= token.end]
        if self.lang in ("en", "zh"):
            guests, hosts = behind, ahead
        else:
            guests, hosts = ahead[-1:], [*ahead[:-1], *behind]
        if self.lang in ("ko", "ja") and len(ahead) >= 2 and not where:
            guests, hosts = ahead[-1:], ahead[:-1]
        guest = next(iter(guests), None)
        if guest is None or not guest.travels:
            return
        if any(
            a is not guest and (a.start, a.end) == (guest.start, guest.end) for a in self.agents
        ):
            return  # two sides dine: neither is said to be the guest
        gap = (
            self.text[token.end : guest.start]
            if guest.start >= token.end
            else self.text[guest.end : token.start]
        )
        if count_words(gap) > 3 or ";" in gap:
            return
        host = (
            where.country if where else next((a.country for a in reversed(hosts) if a.country), "")
        )
        if not host and self.lang in ("en", "zh"):
            named = [s for s in self.spots if s.end <= token.start]
            host = named[-1].country if named else ""
        if not host or host == guest.country:
            return
        place = (where.start, where.end) if where and where.is_place else None
        visitors = self._company([guest], guests, host)
        yield Event(
            "host",
            (token.start, token.end),
            act.phase,
            visitors,
            host,
            place,
            where.site if where else "",
        )

    def _meeting(self, token: Token, act: Act) -> Iterator[Event]:
        where = self._location(token)
        word = self.text[token.start : token.end]
        if word in ("会", "會"):
            beside = any(a.end == token.start or a.start == token.end for a in self.agents)
            if not beside:
                return
        many = bool(self.many)
        everyone = [a for a in self.agents if a.travels]
        if act.kind == "meet":
            if _WISHED.match(self.text, token.end) or _WISHES.search(self.text[: token.start]):
                return
            everyone = self._participants(token, everyone)
            if len({a.country for a in everyone}) < 2 and where is not None and not where.is_place:
                return
        if word.lower().startswith(("join", "to join")) and not (many or _SCENE.search(self.text)):
            return
        if act.kind in ("attend", "say"):
            ahead = [a for a in self.agents if a.end <= token.start + 1]
            pool = ahead or [a for a in self.agents if a.start >= token.end]
            everyone = []
            if pool and pool[-1].rank is not None:
                nearest = pool[-1] if ahead else pool[0]
                everyone = list(self._company([nearest], pool, where.country if where else ""))
        if where is not None and where.country:
            visitors = tuple(a for a in everyone if a.country != where.country)
            place = (where.start, where.end) if where.is_place else None
            yield Event(
                act.kind,
                (token.start, token.end),
                None,
                visitors,
                where.country,
                place,
                where.site,
                many=many,
            )
        elif act.kind == "say":
            return
        elif act.kind == "meet" and len({a.country for a in everyone}) >= 2:
            yield Event("meet", (token.start, token.end), None, tuple(everyone), None, many=many)
        elif act.kind == "attend" and everyone:
            yield Event("attend", (token.start, token.end), None, tuple(everyone), None, many=many)

    def _participants(self, token: Token, everyone: list[Agent]) -> list[Agent]:
        """Who meets. "Talks" and "summit" need their people beside them; in Korean and Japanese
        they stand in the same clause, before the noun."""
        if self.lang != "en":
            if _REPORTERS.search(self.text[: token.start]):
                return []
            reach = 12 if self.lang == "zh" else -1
            return [
                a
                for a in everyone
                if 0 <= token.start - a.end <= 40 or 0 <= a.start - token.end <= reach
            ]
        if self.text[token.start : token.end].lower() not in _NOUNS:
            return everyone
        chosen = [a for a in everyone if self._takes_part(a, token)]
        if not chosen:
            return []
        return [
            a for a in everyone if a in chosen or any(self._in_one_breath(a, c) for c in chosen)
        ]

    def _takes_part(self, agent: Agent, token: Token) -> bool:
        if agent.end <= token.start:
            return bool(_ATTACHED.fullmatch(self.text, agent.end, token.start))
        return bool(_BETWEEN.fullmatch(self.text, token.end, agent.start))

    def _in_one_breath(self, one: Agent, other: Agent) -> bool:
        first, second = sorted((one, other), key=lambda a: a.start)
        if (first.start, first.end) == (second.start, second.end):
            return True
        between = [a for a in self.agents if first.end <= a.start < second.start]
        stops = [first, *between, second]
        return all(
            _LIST.fullmatch(self.text[a.end : b.start])
            or self.text[a.end : b.start] in (" with ", " to meet ", " meets ", "'s meeting with ")
            for a, b in zip(stops, stops[1:], strict=False)
        )

    def _location(self, token: Token) -> Spot | None:
        """Where it takes place, by the words around a place of the sentence."""
        found = [s for s in self.spots if self._is_location(s, token)]
        places = [s for s in found if s.is_place]
        return next(iter(places or found), None) or next(
            (s for s in self.spots if any(m.start == s.start for m in self.many)), None
        )

    def _is_location(self, spot: Spot, token: Token) -> bool:
        before, after = self.text[: spot.start], self.text[spot.end :]
        match self.lang:
            case "en":
                if _IN.search(before[-40:]):
                    return not _LIVING.search(before[-40:])
                beside = self.text[spot.end : token.start] if spot.end <= token.start else "x"
                if re.match(
                    r"(?:'s)? (?:parliament|congress|national assembly)", after, re.IGNORECASE
                ):
                    return True
                if spot.is_place and any(m.start == spot.end + 1 for m in self.many):
                    return True
                return spot.is_place and beside in (" ", "'s ")
            case "ko":
                return (
                    bool(_AT_KO.match(after))
                    or (
                        spot.is_place
                        and spot.end <= token.start
                        and self.text[spot.end : token.start].strip()
                        in ("", "정상", "고위급", "무역", "양자")
                    )
                    or (spot.is_place and after.startswith((" 개최", "서 ", " 면담")))
                )
            case "ja":
                return bool(_AT_JA.match(after)) or (spot.is_place and spot.end == token.start)
            case _:
                return (
                    bool(_AT_ZH.search(before[-2:]))
                    or (spot.is_place and spot.end == token.start)
                    or (spot.is_place and after.startswith(("会", "會", "举行", "舉行", "出席")))
                )

    def _stays(self) -> Iterator[Event]:
        """German foreign minister in Beijing: no verb at all."""
        for spot in self.spots:
            into = _IN.search(self.text[: spot.start])
            if into is None or _LIVING.search(self.text[: spot.start]):
                continue
            at = into.start()
            near = [
                a for a in self.agents if a.end <= at and self.text[a.end : at].strip() in ("", ",")
            ]
            phase = Phase.ONGOING
            if not near and spot.is_place:
                near = [
                    a
                    for a in self.agents
                    if a.end <= at and re.fullmatch(r" to [a-z]+ [^,;:.]*", self.text[a.end : at])
                ]
                phase = Phase.PLANNED
            if near and self.text[near[-1].start : near[-1].end].lower().endswith("diplomat"):
                continue  # Beijing's top diplomat in Paris lives there
            if near and near[-1].travels and near[-1].country != spot.country:
                visitors = self._company([near[-1]], self.agents, spot.country)
                place = (spot.start, spot.end) if spot.is_place else None
                yield Event(
                    "stay", (at, spot.start), phase, visitors, spot.country, place, spot.site
                )

    def _stays_there(self) -> Iterator[Event]:
        """茂木外相、ミュンヘンで…; 李대통령, 카이로서…; 卡尼在北京宣布: is there, whatever he does."""
        for spot in self.spots:
            near = [a for a in self.agents if a.end <= spot.start]
            if not near or not near[-1].travels or near[-1].country == spot.country:
                continue
            gap = self.text[near[-1].end : spot.start]
            after = self.text[spot.end :]
            match self.lang:
                case "ja":
                    there = _GAP_JA.fullmatch(gap) and re.match(
                        r"(?:市|都内|市内)?(?:で(?![あし])|に\Z)", after
                    )
                case "ko":
                    there = gap.strip() in (",", "이", "가", "은", "는", "") and re.match(
                        r"(?:에)?서(?![가-힣])", after
                    )
                case _:
                    there = spot.is_place and gap.strip() in ("在", "于", "於")
            if there:
                visitors = self._company([near[-1]], self.agents, spot.country)
                place = (spot.start, spot.end) if spot.is_place else None
                yield Event(
                    "stay", (spot.start, spot.end), None, visitors, spot.country, place, spot.site
                )

    def _ways(self) -> Iterator[Event]:
        """베이징행, 미국行, 워싱턴으로: on the way."""
        for spot in self.spots:
            way = re.match(r"(행|行|으로|로)(?![가-힣])", self.text[spot.end : spot.end + 3])
            if way is None:
                continue
            ending = self.text[spot.end + way.end() :].strip(" '")
            if (
                way[1] in ("으로", "로")
                and ending
                and ending[0] not in ";,:"
                and not ending.startswith(("출국", "출발", "떠", "향"))
            ):
                continue
            token = Token(spot.end, spot.end + way.end(), "act", Act("go", Phase.PLANNED, "before"))
            visitors = self._subject(token, spot.country)
            place = (spot.start, spot.end) if spot.is_place else None
            yield Event(
                "go",
                (token.start, token.end),
                Phase.PLANNED,
                visitors,
                spot.country,
                place,
                spot.site,
            )


_ = HAN

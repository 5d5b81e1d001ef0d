"""One sentence: whom and which places it names, where something takes place, who goes together.

What it says happens is read by `journeys`, `meetings` and `stopovers`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sigtrack.analyze.visits import clues
from sigtrack.analyze.visits.lexicon import Site, Token
from sigtrack.analyze.visits.people import Agent
from sigtrack.model import Phase


@dataclass(frozen=True, slots=True)
class Spot:
    """A country or a place that a sentence names, and that is nobody's title."""

    start: int
    end: int
    country: str
    site: str = ""
    is_place: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """One reading of one verb. `host` is None where no place is told; `at` is the verb.

    `spot` is where `host` is told; `more` are further stops of the same journey.
    """

    kind: str
    at: tuple[int, int]
    phase: Phase | None
    visitors: tuple[Agent, ...]
    host: str | None
    spot: Spot | None = None
    more: tuple[Spot, ...] = ()

    @property
    def is_whole(self) -> bool:
        return bool(self.host and self.visitors)


class Sentence:
    """One sentence of folded text with its tokens, agents and spots."""

    def __init__(
        self,
        text: str,
        tokens: Sequence[Token],
        agents: Sequence[Agent],
        lang: str,
        quoted: Sequence[tuple[int, int]] = (),
    ) -> None:
        self.text = text
        self.lang = lang
        self.quoted = quoted  # from where to where somebody's words stand
        self.blocked = False  # somebody travels who is not looked for
        self.agents = agents
        self.tokens = tokens
        self.acts = [t for t in tokens if t.kind == "act"]
        self.many = [t for t in tokens if t.kind == "many"]
        self.spots = list(self._spots(tokens))

    def _spots(self, tokens: Iterable[Token]) -> Iterator[Spot]:
        for t in tokens:
            if any(a.start <= t.start and t.end <= a.end for a in self.agents):
                continue
            if clues.MISSION.match(self.text, t.end) or self._is_no_place(t):
                continue
            if t.kind == "country":
                short = clues.SHORT_BEFORE_KO.search(self.text, 0, t.start)
                if short and self.lang == "ko":  # 러·벨라루스
                    yield Spot(short.start(), short.end(), clues.SHORT_KO[short[0].strip()])
                yield Spot(t.start, t.end, t.value)
            elif t.kind in ("place", "many") and isinstance(t.value, Site):
                at = clues.PLACE_ENDS_KO.search(self.text, t.start, t.end)  # 경주에서
                end = at.start() if at else t.end
                yield Spot(t.start, end, t.value.country, t.value.site, True)

    def _is_no_place(self, token: Token) -> bool:
        """Koreans, 한국인: people; 대통령실 (with no particle of a place behind it) speaks."""
        word = self.text[token.start : token.end]
        if token.kind == "country":
            return clues.PEOPLE.search(word) is not None
        speaks = word.lower() in clues.SPEAKS and self.lang == "ko"
        return speaks and clues.TOWARD_PLACE_KO.match(self.text, token.end) is None

    def is_said_by(self, agent: Agent, at: int) -> bool:
        """What stands at `at` are the words of the agent."""
        return any(agent.end <= start <= at < end for start, end in self.quoted)

    def gap(self, one: Spot | Agent | Token, other: Spot | Agent | Token) -> str:
        """What stands between two stretches, the first of which ends first."""
        return self.text[one.end : other.start]

    def ahead(self, token: Token) -> list[Agent]:
        """Who is named before a verb (a title may share its last letter: 外长会)."""
        return [a for a in self.agents if a.end <= token.start + 1 and a.start < token.start]

    def behind(self, token: Token) -> list[Agent]:
        return [a for a in self.agents if a.start >= token.end]

    # places

    def listed(self, spots: Sequence[Spot]) -> list[Spot]:
        """The first of the spots with those that stand in a row with it."""
        group = [spots[0]]
        for spot in spots[1:]:
            if not self._in_a_row(group[-1], spot):
                break
            group.append(spot)
        return inner_first(group)

    def listed_back(self, spots: Sequence[Spot]) -> list[Spot]:
        """The same for the last of the spots."""
        group = [spots[-1]]
        for spot in reversed(spots[:-1]):
            if not self._in_a_row(spot, group[0]):
                break
            group.insert(0, spot)
        return inner_first(group)

    def _in_a_row(self, one: Spot, other: Spot) -> bool:
        """Japan and Korea; or one place told twice: Beijing, China; 중국 베이징."""
        gap = self.gap(one, other)
        twice = one.country == other.country and clues.WITHIN.fullmatch(gap) is not None
        return twice or clues.LIST.fullmatch(gap) is not None

    def place_in(self, country: str) -> Spot | None:
        return next((s for s in self.spots if s.is_place and s.country == country), None)

    def location(self, token: Token) -> Spot | None:
        """Where it takes place, by the words around a place of the sentence."""
        found = [s for s in self.spots if self._is_location(s, token)]
        places = [s for s in found if s.is_place]
        gatherings = [s for s in self.spots if any(m.start == s.start for m in self.many)]
        return next(iter((*places, *found, *gatherings)), None)

    def _is_location(self, spot: Spot, token: Token) -> bool:
        before, after = self.text[: spot.start], self.text[spot.end :]
        beside = spot.is_place and spot.end == token.start
        match self.lang:
            case "en":
                return self._is_location_in_english(spot, token)
            case "ko":
                return self._is_location_in_korean(spot, token)
            case "ja":
                return beside or bool(clues.AT_JA.match(after))
            case _:
                held = spot.is_place and after.startswith(clues.AFTER_PLACE_ZH)
                return beside or held or bool(clues.AT_ZH.search(before[-2:]))

    def _is_location_in_korean(self, spot: Spot, token: Token) -> bool:
        """도쿄서, 경주에서 (a name with its particle), 도쿄 정상회담, 韓 APEC 참석."""
        after = self.text[spot.end :]
        gap = self.gap(spot, token).strip() if spot.end <= token.start else None
        if clues.AT_OCCASION_KO.match(after):
            return True
        if clues.AT_KO.match(after):
            return spot.is_place or (gap is not None and len(gap) <= clues.NEAR_KO)
        if spot.is_place:
            if gap is not None:  # 알래스카 미국·러시아 정상회담
                pair = next((a.start for a in self.agents if a.end == token.start), token.start)
                gap = self.text[spot.end : max(pair, spot.end)].strip()
            leads = gap is not None and clues.BEFORE_MEETING_KO.fullmatch(gap)
            return bool(
                leads or clues.AT_VENUE_KO.match(after) or clues.AFTER_PLACE_KO.match(after)
            )
        return token.value.kind == "attend" and any(
            m.start == spot.end + 1 and m.end + 1 == token.start for m in self.many
        )

    def _is_location_in_english(self, spot: Spot, token: Token) -> bool:
        before = self.text[: spot.start][-40:]
        if self._is_another_clause(spot, token):
            return False
        if spot.end <= token.start and clues.OTHER_TIME.search(self.gap(spot, token)):
            return False
        if clues.IN.search(before):
            return not clues.LIVING.search(before)
        if token.value.kind != "meet" and clues.PARLIAMENT.match(self.text, spot.end):
            return True
        if not spot.is_place:
            return False
        if any(m.start == spot.end + 1 for m in self.many):
            return True  # Johannesburg G20
        return spot.end <= token.start and self.gap(spot, token) in (" ", "'s ")

    def _is_another_clause(self, spot: Spot, token: Token) -> bool:
        """Trump-Xi meeting, China's jet at Dubai Airshow."""
        if spot.start < token.end:
            return False
        meets = [act for act in self.acts if act.value.kind == "meet"]
        between = (o for o in (*self.spots, *meets) if token.end <= o.start < spot.start)
        return any("," in self.gap(token, other) for other in between)

    # people

    def company(self, chosen: Agent, among: Sequence[Agent], host: str | None) -> tuple[Agent, ...]:
        """Those named in one breath with him who are not at home there: Wang Yi, Motegi."""
        group = [chosen]
        for agent in reversed([a for a in among if a.end <= chosen.start]):
            if not agent.travels or not self._is_beside(agent, group[0]):
                break
            group.insert(0, agent)
        group += [a for a in among if _same_words(a, group[-1]) and a not in group]
        for agent in [a for a in among if a.start >= group[-1].end]:
            if not agent.travels or not self._is_beside(group[-1], agent):
                break
            group.append(agent)
        return tuple(a for a in group if a.country != host and a.travels)

    def _is_beside(self, one: Agent, other: Agent) -> bool:
        gap = self.gap(one, other)
        if self.lang == "ko" and gap.strip() in clues.ONLY_A_COMMA:
            return False  # 조현 장관, 김정은 …: what he speaks of
        return clues.LIST.fullmatch(gap) is not None

    def in_one_breath(self, one: Agent, other: Agent) -> bool:
        if _same_words(one, other):
            return True
        first, second = sorted((one, other), key=lambda a: a.start)
        between = [a for a in self.agents if first.end <= a.start < second.start]
        gaps = [self.gap(a, b) for a, b in zip((first, *between), (*between, second), strict=True)]
        return all(clues.LIST.fullmatch(gap) or clues.TOGETHER.fullmatch(gap) for gap in gaps)


def inner_first(group: Sequence[Spot]) -> list[Spot]:
    """A place of a country instead of the country itself."""
    found: list[Spot] = []
    for spot in group:
        twin = next((s for s in found if s.country == spot.country), None)
        if twin is None:
            found.append(spot)
        elif spot.is_place and not twin.is_place:
            found[found.index(twin)] = spot
    return found


def _same_words(one: Agent, other: Agent) -> bool:
    """Two sides of one title: 한중 정상, foreign ministers of Japan and China."""
    return (one.start, one.end) == (other.start, other.end)

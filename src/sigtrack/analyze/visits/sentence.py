"""One sentence: its people and places, where something takes place, and who goes together.

`events` reads what happens in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sigtrack.analyze.visits.lexicon import LIST, Site, VisitToken, clue, one_of, words
from sigtrack.analyze.visits.people import Agent
from sigtrack.frozen import frozen
from sigtrack.model import Phase

OCCASION = re.compile(one_of("occasion"), re.IGNORECASE)
_BEFORE = 60  # letters that a clue before something may have
_NAME_KO = 4  # letters of a name without a title
_TERM = 11  # letters of a term between quotes
NEAR_KO = 24  # letters between a country and the meeting held there


@frozen(kw_only=False)
class Spot:
    """A country or a place that a sentence names, and that is not part of a title."""

    start: int
    end: int
    country: str
    site: str = ""
    is_place: bool = False


def homes_in(host: str | None) -> tuple[str | None, ...]:
    """Return whose people are at home there: who serves the union lives at its seat."""
    return (host, "EU") if host == "BE" else (host,)


@frozen(kw_only=False)
class Event:
    """One reading of one verb. `host` is None if no place is told; `at` is the verb.

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
    """A sentence of folded text with its tokens, agents and spots.

    `before`, `after` and `between` look for a clue of its language at a place.
    """

    def __init__(
        self,
        text: str,
        tokens: Sequence[VisitToken],
        agents: Sequence[Agent],
        lang: str,
        quoted: Sequence[tuple[int, int]] = (),
    ) -> None:
        self.text = text
        self.lang = lang
        self.tokens = tokens
        self.quoted = quoted  # ranges of quotations
        self.blocked = False  # somebody travels whose visits are not tracked
        self.agents = agents
        self.acts = [t for t in tokens if t.kind == "act"]
        self.many = [t for t in tokens if t.kind == "many"]
        self.spots = list(self._spots())

    def before(self, key: str, at: int, since: int = 0) -> re.Match[str] | None:
        return clue(key, self.lang).search(self.text, max(since, at - _BEFORE), at)

    def after(self, key: str, at: int) -> re.Match[str] | None:
        return clue(key, self.lang).match(self.text, at)

    def between(self, key: str, start: int, end: int) -> re.Match[str] | None:
        return clue(key, self.lang).fullmatch(self.text, start, end)

    def gap(self, one: Spot | Agent | VisitToken, other: Spot | Agent | VisitToken) -> str:
        """Return the text between two stretches, the first of which ends first."""
        return self.text[one.end : other.start]

    def word(self, token: VisitToken) -> str:
        return self.text[token.start : token.end].lower()

    def owns(self, agent: Agent) -> bool:
        """Whether only something of his is named: "Trump's plan", 시진핑의 방한."""
        named = self.text[agent.start : agent.end]
        return " of " not in named and self.after("possessed", agent.end) is not None

    def quoted_from(self, at: int) -> int | None:
        """Return where the first quotation begins in which this place stands."""
        return next((start for start, end in self.quoted if start <= at < end), None)

    def is_quoted(self, at: int) -> bool:
        """Whether it stands in what somebody says, and not in a term between quotes."""
        return any(start <= at < end and end - start > _TERM for start, end in self.quoted)

    @property
    def countries(self) -> set[str]:
        """The countries of all people and places that it names."""
        named = {agent.country for agent in self.agents} | {spot.country for spot in self.spots}
        return named - {""}

    # Places

    def _spots(self) -> Iterator[Spot]:
        for t in self.tokens:
            if any(a.start <= t.start and t.end <= a.end for a in self.agents):
                continue
            about = self.before("about-it", t.start)
            if about or clue("mission").match(self.text, t.end) or self._is_no_place(t):
                continue
            if t.kind == "country":
                yield Spot(t.start, t.end, t.value)
            elif t.kind in ("place", "many") and isinstance(t.value, Site):
                at = self.before("place-ends", t.end, t.start)  # 경주에서
                end = at.start() if at else t.end
                yield Spot(t.start, end, t.value.country, t.value.site, t.value.site != "")

    def _is_no_place(self, token: VisitToken) -> bool:
        """Whether it means people (Koreans, 한국인) or an office that speaks (대통령실)."""
        if token.kind == "country":
            return clue("people").search(self.text, token.start, token.end) is not None
        if self.lang != "ko" or self.word(token) not in words("speaks"):
            return False
        others = (t for t in self.tokens if t.kind == "country" and token.start - t.end in (0, 1))
        anothers = any(t.value != token.value.country for t in others)  # 레바논 대통령실
        return anothers or self.after("toward-place", token.end) is None

    def listed(self, spots: Sequence[Spot], *, back: bool = False) -> list[Spot]:
        """Return the first of the spots (or the last, if `back`) with those in a row with it."""
        step = -1 if back else 1
        group = [spots[::step][0]]
        for spot in spots[::step][1:]:
            one, other = (spot, group[0]) if back else (group[-1], spot)
            gap = (one.end, other.start)
            if not (LIST.fullmatch(self.text, *gap) or self.between("region", *gap)):
                break  # 미국·남미·독일 is one row
            group.insert(0 if back else len(group), spot)
        return _inner_first(group)

    def location(self, token: VisitToken) -> Spot | None:
        """Return where it takes place, by the words around a place of the sentence."""
        found = [s for s in self.spots if self._is_location(s, token)]
        places = [s for s in found if s.is_place]
        attends = token.value.kind == "attend"
        gatherings = [s for s in self.spots if self.gathers(s) and (s.is_place or attends)]
        return next(iter((*places, *found, *gatherings)), None)

    def gathers(self, spot: Spot) -> bool:
        """Whether it is where a gathering is."""
        return any(many.start == spot.start for many in self.many)

    def _is_location(self, spot: Spot, token: VisitToken) -> bool:
        """Whether it takes place there: 東京都内で, 在北京, 北京会谈, on the sidelines of APEC."""
        if self.is_quoted(token.start) and not self.is_quoted(spot.start):
            return False  # what somebody says there took place elsewhere
        match self.lang:
            case "en":
                return self._is_location_in_english(spot, token)
            case "ko":
                return self._is_location_in_korean(spot, token)
        place = spot.is_place and (spot.end == token.start or self.after("held", spot.end))
        return bool(place or self.after("at", spot.end) or self.before("at-before", spot.start))

    def _is_location_in_korean(self, spot: Spot, token: VisitToken) -> bool:
        """Whether it is there: 도쿄서, 경주에서, 도쿄 정상회담, 韓 APEC 참석."""
        gap = self.gap(spot, token).strip() if spot.end <= token.start else None
        if self.after("at-occasion", spot.end):
            return True
        if self.after("at", spot.end):
            near = len(gap) <= NEAR_KO if gap is not None else self.after("held-there", spot.end)
            return spot.is_place or bool(near)
        if spot.is_place:
            if self.after("at-building", spot.end):
                return True  # 베이징 댜오위타이 국빈관에서
            leads = gap is not None and clue("before-meeting").fullmatch(gap)
            return bool(leads or self.between("place-is", token.end, spot.start))
        attended = any(m.start == spot.end + 1 for m in self.many)
        return token.value.kind == "attend" and attended

    def _is_location_in_english(self, spot: Spot, token: VisitToken) -> bool:
        ahead = spot.end <= token.start
        if self._is_another_clause(spot, token):
            return False
        between = (spot.end, token.start) if ahead else (token.end, spot.start)
        other = clue("other-time").search(self.text, *between)
        if other and (ahead or any(other.end() <= act.start < spot.start for act in self.acts)):
            return False  # before his trip to Tokyo
        if self.before("in", spot.start):
            pair = any(other.start - spot.end == 1 for other in self.spots if not other.is_place)
            away = not spot.is_place and self.after("not-there", spot.end)
            return not (pair or away or self.before("living", spot.start))
        if token.value.kind != "meet" and self.after("parliament", spot.end):
            return True
        johannesburg_g20 = any(m.start == spot.end + 1 for m in self.many)
        beside = ahead and self.between("holds", spot.end, token.start) is not None
        return spot.is_place and (johannesburg_g20 or beside)

    def _is_another_clause(self, spot: Spot, token: VisitToken) -> bool:
        """Whether a comma or talks separate them: Trump-Xi meeting, China's jet at Dubai Airshow.

        Trump announces talks in Qatar: it is they that are there.
        """
        meets = [act.start for act in self.acts if act.value.kind == "meet"]
        starts = [*meets, *(other.start for other in self.spots)]
        between = [start for start in starts if token.end <= start < spot.start]
        if token.value.kind == "say" and not set(meets).isdisjoint(between):
            return True
        return any("," in self.text[token.end : start] for start in between)

    # People

    def ahead(self, token: VisitToken) -> list[Agent]:
        """Return who is named before a verb (a title may share its last letter: 외长会)."""
        return [a for a in self.agents if a.end <= token.start + 1 and a.start < token.start]

    def behind(self, token: VisitToken) -> list[Agent]:
        return [a for a in self.agents if a.start >= token.end]

    def company(self, chosen: Agent, among: Sequence[Agent], host: str | None) -> tuple[Agent, ...]:
        """Return those named together with him who are not at home there: Wang Yi, Motegi."""
        # Both sides of one title travel: 한중 정상, foreign ministers of Japan and China.
        whole = (chosen.start, chosen.end)
        group = [a for a in among if (a.start, a.end) == whole] or [chosen]
        for agent in reversed([a for a in among if a.end <= chosen.start]):
            if not self._is_beside(agent, group[0]):
                break
            group.insert(0, agent)
        for agent in [a for a in among if a.start >= group[-1].end]:
            if not self._is_beside(group[-1], agent):
                break
            group.append(agent)
        return tuple(a for a in group if a.country != host and a.travels)

    def _is_beside(self, one: Agent, other: Agent) -> bool:
        gap = self.gap(one, other)
        if self.lang == "ko" and gap.strip() in ("", ","):
            # 조현 장관, 김정은 …: the second is whom he speaks about; but not in 트럼프 시진핑.
            return gap == " " and all(a.end - a.start <= _NAME_KO for a in (one, other))
        return LIST.fullmatch(gap) is not None


def _inner_first(group: Sequence[Spot]) -> list[Spot]:
    """Return a place of a country instead of the country itself."""
    found: dict[str, Spot] = {}
    for spot in group:
        known = found.get(spot.country)
        if known is None or (spot.is_place and not known.is_place):
            found[spot.country] = spot
    return list(found.values())

"""A headline without what agencies and portals hang on it.

"(2nd LD) ...", "[속보] ...", "【速報】...", "UPDATE 4-..." in front, "... - Harbor Daily",
"... | 한빛통신", "...（東海通信）", "...(종합)" behind. Used to compare, never to show.
"""

from __future__ import annotations

import re

_BEFORE = re.compile(
    r"\s*(?:[\[(【（<〈][^\])】）>〉]{1,12}[\])】）>〉]"
    r"|(?:UPDATE|WRAPUP|RPT|REFILE) ?\d*[-:]|(?:EXCLUSIVE|BREAKING|ANALYSIS)[-:])\s*"
)
_BEHIND = re.compile(
    r"\s*(?:(?:\s[-–—]|[|｜])\s*[^-|｜–—,]{2,24}"
    r"|[（(][^（()）]{2,12}(?<!談話)(?<!谈话)[）)])$"  # who speaks is no name of an agency
)
_COLUMN = re.compile(
    r"^\W{0,3}(?:why|how|who (?:is|are)|opinion|analysis|explainer|commentary|editorial|column|"
    r"factbox|timeline|in pictures|firstft:|what (?:is|are|we know)|"
    r"what (?:to (?:know|expect)|\w+ (?:and \w+ )?wants?)|"
    r"\d+ (?:things|takeaways|reasons))\b"
    r"|\b(?:daily highlights|what to know|as it happened|latest: |live updates|explained|"
    r"experts?$|analysts?$|takeaways|at a glance|roundup|news wrap|week in review|podcast)\b"
    r"|[\[【<〈](?:why|how|칼럼|사설|기고|논평|분석|해설|기자수첩|특파원\s?\w*|만물상|시론|오피니언|"
    r"팩트\s?체크|인터뷰|q&a|社説|解説|コラム|論説|詳しく|まとめ|[^\]】>〉]{0,12}d-\d+)[\]】>〉]"
    r"|전문가들?\s|[가-힣]\s?(?:이유|까닭)(?:는|은)?\??$|^(?:社説|社评|社評|社论|评论|評論|锐评|时评|述评|一周|早报)"
    r"|(?:快评|锐评|时评|述评|社评|漫评)[丨｜|：:]",
    re.IGNORECASE,
)
_READ = 300  # characters
_LEAST = 8  # characters of a headline that stay in any case


def bare_title(title: str) -> str:
    """Every prefix goes, and one suffix; what is left is never empty unless the title is."""
    bare = title
    while (found := _BEFORE.match(bare)) and found.end() < len(bare):
        bare = bare[found.end() :]
    behind = _BEHIND.search(bare)
    return bare[: behind.start()] if behind and behind.start() >= _LEAST else bare


def is_column(title: str) -> bool:
    """Whether it announces a comment, a background or a digest: it tells no event of its own."""
    return bool(_COLUMN.search(title[:_READ]))

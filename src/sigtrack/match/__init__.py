"""Matches watchlists against items: which signals hit which item, by which words, and why not.

`plan` turns all watchlists into one table of needles, the finder of the lexicon finds the needles
in folded text, `reading` decides which finds count, `evaluate` decides which signals hit.
"""

from sigtrack.match.evaluate import Matcher, Verdict
from sigtrack.match.plan import MATCHER_VERSION, Plan, plan_of

__all__ = ["MATCHER_VERSION", "Matcher", "Plan", "Verdict", "plan_of"]

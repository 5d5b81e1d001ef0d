"""How sure we can be that a share has changed: log-odds with an informative Dirichlet prior.

After Monroe, Colaresi and Quinn, "Fightin' Words" (Political Analysis 16, 2008), eq. 15 to 22, with
stories in place of tokens: each story has the phrase or has it not. The prior says that nothing has
changed; its strength keeps a phrase seen once or twice from looking like news.
"""

from __future__ import annotations

from math import log, sqrt

PRIOR = 10.0  # stories that the prior is worth
SURE = 1.96  # a z beyond which chance explains one change in twenty


def change_of(now: int, of_now: int, before: int, of_before: int) -> float:
    """z of the change from `before` in `of_before` stories to `now` in `of_now`; > 0 is a rise."""
    share = (now + before) / max(of_now + of_before, 1)
    if share in (0.0, 1.0):
        return 0.0
    prior = PRIOR * share
    there, then = now + prior, before + prior
    not_there = of_now + PRIOR - there
    not_then = of_before + PRIOR - then
    spread = sqrt(1 / there + 1 / then + 1 / not_there + 1 / not_then)
    return (log(there / not_there) - log(then / not_then)) / spread

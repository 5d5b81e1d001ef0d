"""Regular expressions that are compiled when they are first used.

A set of Han and Hangul takes 1 ms of CPU and more to compile, and one with words of the language
files reads these files. A command uses a quarter of the patterns that it loads.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast


def regex(expression: str | Callable[[], str], flags: int = 0) -> re.Pattern[str]:
    """Return what acts as the compiled pattern. A function is called for the expression then."""
    return cast("re.Pattern[str]", _Written(expression, flags))


class _Compiled:
    """Has the attributes of a pattern."""


class _Written(_Compiled):
    def __init__(self, expression: str | Callable[[], str], flags: int) -> None:
        self.written = expression, flags

    def __getattr__(self, name: str) -> Any:
        expression, flags = self.written
        compiled = re.compile(expression if isinstance(expression, str) else expression(), flags)
        self.__dict__ = {one: getattr(compiled, one) for one in dir(compiled) if one[0] != "_"}
        # Python finds attributes faster in a class without `__getattr__`.
        object.__setattr__(self, "__class__", _Compiled)
        return getattr(compiled, name)

"""sigtrack: a signal tracker for diplomatic statements.

For notebooks and scripts: `from sigtrack import open_store, stories`; see docs/api.md. Importing
this package loads nothing else; each function is loaded when it is first used.
"""

import sys
from types import ModuleType

__version__ = "0.1.0"
__all__ = [
    "__version__",
    "compare",
    "hits",
    "load_watchlists",
    "match",
    "open_store",
    "read",
    "search",
    "stories",
    "visits",
]

TYPE_CHECKING = False  # importing typing takes 3 ms
if TYPE_CHECKING:
    from sigtrack.api import (
        compare,
        hits,
        load_watchlists,
        match,
        open_store,
        read,
        search,
        stories,
        visits,
    )


class _Package(ModuleType):
    """Provides the functions of `api` by name, and imports that module on first use.

    `match` is also the name of a subpackage. `from sigtrack.match import Matcher` finds it in
    sys.modules, but the attribute `match` is always the function, whichever was loaded first.
    """

    @property
    def match(self) -> object:
        return self._of_api("match")

    @match.setter
    def match(self, room: ModuleType) -> None:
        pass

    def __getattr__(self, name: str) -> object:
        if name in __all__:
            return self._of_api(name)
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *__all__})

    def _of_api(self, name: str) -> object:
        from importlib import import_module

        return getattr(import_module("sigtrack.api"), name)


sys.modules[__name__].__class__ = _Package

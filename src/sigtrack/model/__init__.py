"""The values that all rooms use: frozen dataclasses, made of the standard library only.

Offsets are code points, half-open, in the publisher's own (cleaned) text. Times are aware UTC,
except those of items, which have the offset of the publisher's clock.

`feeds` holds what comes in, `rules` what is looked for and found, `stories` what items and
statements tell and how they say it, and `report` what goes out.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # every public name of these modules is one of this package
    from sigtrack.model.feeds import *  # noqa: F403
    from sigtrack.model.report import *  # noqa: F403
    from sigtrack.model.rules import *  # noqa: F403
    from sigtrack.model.stories import *  # noqa: F403
else:  # else every name would exist for a type checker
    # As most code needs them: making all these classes takes 40 ms, and a process that parses feeds
    # needs the first module alone.
    _MODULES = ("feeds", "rules", "report", "stories")

    def __getattr__(name: str) -> Any:
        for module in () if name.startswith("_") else _MODULES:
            found = import_module(f"{__name__}.{module}")
            if hasattr(found, name):
                return globals().setdefault(name, getattr(found, name))
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

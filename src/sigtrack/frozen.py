"""`@frozen`: a frozen dataclass with slots that costs little until somebody makes one.

`dataclass(frozen=True, slots=True)` writes and compiles six methods for each class, 0.4 ms of CPU.
A command loads 180 classes and makes objects of a third of them, so that was a quarter of the time
of `report`. Here `dataclass` finds the fields, and each method is written when it is first called.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from typing import Any, TypeVar, dataclass_transform, overload

_Class = TypeVar("_Class")


@overload
@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def frozen(cls: type[_Class], /) -> type[_Class]: ...
@overload
@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def frozen(*, kw_only: bool) -> Callable[[type[_Class]], type[_Class]]: ...
def frozen(cls: Any = None, /, *, kw_only: bool = True) -> Any:
    """Make the objects of a class immutable, comparable, and made of a field for each annotation.

    They are made with keywords, unless `kw_only` is false. What works with a dataclass works with
    them (`replace`, `fields`, `match`, pickle), and a method that the class itself defines stays.
    """
    return _made(cls, kw_only) if cls else lambda cls: _made(cls, kw_only)


def _made(cls: Any, kw_only: bool) -> Any:
    cls.__doc__ = cls.__doc__ or cls.__name__  # else `dataclass` works out a signature for it
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)(cls)
    own = {name for name, method in cls.__dict__.items() if method is not None}
    for name, write in (("__init__", _init), ("__eq__", _equal), ("__hash__", _hash)):
        if name not in own:
            setattr(made, name, _written_when_called(made, name, write))
    if "__repr__" not in own:
        made.__repr__ = _shown
    made.__setattr__, made.__delattr__ = _refused, _refused
    made.__getstate__, made.__setstate__ = _state, _restored
    made.__signature__ = _Signature()
    return made


def _written_when_called(cls: Any, name: str, write: Callable[[Any], Any]) -> Any:
    def method(self: Any, *given: Any, **named: Any) -> Any:
        setattr(cls, name, write(cls))
        return getattr(cls, name)(self, *given, **named)

    return method


def _init(cls: Any) -> Any:
    """Write the method that puts each argument into its slot."""
    known: dict[str, Any] = {"_missing": MISSING}
    by_place, by_name, lines = ["self"], ["*"], []
    for one in fields(cls):
        name, argument = one.name, one.name
        known[f"_set_{name}"] = getattr(cls, name).__set__
        if one.default is not MISSING:
            known[f"_{name}"], argument = one.default, f"{name}=_{name}"
        elif one.default_factory is not MISSING:
            known[f"_{name}"], argument = one.default_factory, f"{name}=_missing"
            lines.append(f"if {name} is _missing: {name} = _{name}()")
        (by_name if one.kw_only else by_place).append(argument)
        lines.append(f"_set_{name}(self, {name})")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    arguments = by_place + by_name * (len(by_name) > 1)
    return _function(f"({', '.join(arguments)}):\n " + "\n ".join(lines or ["pass"]), known)


def _equal(cls: Any) -> Any:
    same = f"{_compared(cls, 'self')} == {_compared(cls, 'other')}"
    alike = "other.__class__ is self.__class__"
    return _function(f"(self, other): return {same} if {alike} else NotImplemented")


def _hash(cls: Any) -> Any:
    return _function(f"(self): return hash({_compared(cls, 'self')})")


def _compared(cls: Any, of: str) -> str:
    return f"({''.join(f'{of}.{one.name}, ' for one in fields(cls) if one.compare)})"


def _function(code: str, known: dict[str, Any] | None = None) -> Any:
    exec(f"def method{code}", known := known or {})
    return known["method"]


class _Signature:
    """Tells `inspect` and `help` the arguments of a class of which nothing was made yet."""

    def __get__(self, _: object, cls: Any) -> Any:
        from inspect import signature

        return signature(_init(cls).__get__(cls))  # as a method, which has no `self`


def _shown(self: Any) -> str:
    shown = (f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refused(self: Any, name: str, *_: object) -> None:
    raise FrozenInstanceError(f"{type(self).__name__}.{name} cannot be changed")


def _state(self: Any) -> list[Any]:
    return [getattr(self, one.name) for one in fields(self)]


def _restored(self: Any, state: list[Any]) -> None:
    for one, was in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, was)

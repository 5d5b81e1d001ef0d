"""`@frozen`: the same as a frozen dataclass with slots, but cheap until an object is made."""

from __future__ import annotations

import copy
import inspect
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sigtrack.frozen import frozen


@frozen
class Berth:
    harbour: str
    depth: int = 9
    notes: list[str] = field(default_factory=list, compare=False)
    pilot: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualBerth:
    harbour: str
    depth: int = 9
    notes: list[str] = field(default_factory=list, compare=False)
    pilot: str = field(default="", repr=False)


@frozen(kw_only=False)
class Buoy:
    number: int
    colour: str = "red"


@frozen
class LitBerth(Berth):
    lamps: int = 2


@frozen
class Checked:
    depth: int

    def __post_init__(self) -> None:
        if self.depth < 0:
            raise ValueError(self.depth)


@frozen(kw_only=False)
class Tide:
    day: str
    height: int

    def __hash__(self) -> int:
        return 7


berths = st.fixed_dictionaries(
    {"harbour": st.sampled_from(("Incheon", "Busan"))},
    optional={
        "depth": st.integers(1, 3),
        "notes": st.lists(st.just("ebb"), max_size=1),
        "pilot": st.sampled_from(("", "Kim")),
    },
)


@given(one=berths, other=berths)
def test_it_compares_hashes_and_shows_itself_as_a_dataclass_does(
    one: dict[str, object], other: dict[str, object]
) -> None:
    ours, usual = (Berth(**one), Berth(**other)), (UsualBerth(**one), UsualBerth(**other))  # type: ignore[arg-type]
    assert (ours[0] == ours[1]) == (usual[0] == usual[1])
    assert hash(ours[0]) == hash(usual[0])
    assert f"Usual{ours[0]!r}" == repr(usual[0])
    assert ours[0] != Buoy(1)  # type: ignore[comparison-overlap]


def test_a_factory_makes_a_new_value_for_each_object() -> None:
    Berth(harbour="Incheon").notes.append("ebb")
    assert Berth(harbour="Incheon").notes == []


def test_no_field_can_be_changed_or_removed_or_added() -> None:
    berth = Berth(harbour="Incheon")
    for change in (
        lambda: setattr(berth, "depth", 3),
        lambda: delattr(berth, "depth"),
        lambda: setattr(berth, "crane", 1),
    ):
        with pytest.raises(FrozenInstanceError):
            change()
    assert berth == Berth(harbour="Incheon")
    assert not hasattr(berth, "__dict__")


def test_arguments_are_those_of_its_fields() -> None:
    assert Buoy(3) == Buoy(number=3, colour="red")
    assert str(inspect.signature(Buoy)) == "(number, colour='red')"
    assert list(inspect.signature(Berth).parameters) == [one.name for one in fields(Berth)]
    with pytest.raises(TypeError, match="positional"):
        Berth("Incheon")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="harbour"):
        Berth()  # type: ignore[call-arg]
    match Buoy(3):
        case Buoy(number, colour):
            assert (number, colour) == (3, "red")


def test_it_can_be_replaced_copied_and_pickled() -> None:
    berth = Berth(harbour="Incheon", notes=["ebb"])
    assert replace(berth, depth=3) == Berth(harbour="Incheon", depth=3)
    assert copy.deepcopy(berth).notes is not berth.notes
    assert pickle.loads(pickle.dumps(berth)) == berth


def test_a_class_may_add_fields_to_another() -> None:
    lit = LitBerth(harbour="Incheon", lamps=1)
    assert (lit.harbour, lit.depth, lit.lamps) == ("Incheon", 9, 1)
    assert lit != Berth(harbour="Incheon")


def test_methods_of_the_class_stay() -> None:
    assert hash(Tide("Monday", 3)) == 7
    with pytest.raises(ValueError, match="-1"):
        Checked(depth=-1)

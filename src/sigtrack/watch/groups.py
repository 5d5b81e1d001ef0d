"""Named groups of terms: `$name` of the file itself, `$shared/name` of `_shared.toml`.

The matcher never sees a `$group`. In a list it is replaced by the group's terms. Beside NEAR, or
inside brackets, it is replaced by a choice of the group's phrases, so a group that is used there
must not hold NEAR, title:, author: or category:. The terms keep the line on which they are written,
so that a hit points to the word and not to the list that uses the group.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sigtrack.model import Choice, Near, Phrase, Place, Problem, Reference, Term, Unit
from sigtrack.model.rules import TermField, Terms
from sigtrack.text.documents import did_you_mean

Groups = Mapping[str, Terms]  # by the name after $
DEEPEST = 16  # groups inside groups
MOST_TERMS = 200_000  # in one file, counted where groups are replaced; a shipped file has half


@dataclass(slots=True)
class Expansion:
    """Replaces groups by terms; every mistake found is a key of `problems`.

    `shared` are groups that are already expanded.
    """

    groups: Groups
    shared: Groups = field(default_factory=dict)
    problems: dict[Problem, None] = field(default_factory=dict)
    _done: dict[str, Terms] = field(default_factory=dict)
    _fields: dict[tuple[str, str], Terms] = field(default_factory=dict)
    _choices: dict[str, Choice] = field(default_factory=dict)
    _under_way: list[str] = field(default_factory=list)
    _spent: int = 0

    def terms(self, written: Iterable[Term]) -> Terms:
        """Return the terms with `$groups` replaced, without duplicates, in order."""
        found: dict[Term, None] = {}
        for term in written:
            if self.exhausted:
                break
            terms = self._expanded(term)
            self.spend(len(terms), term.place)
            for one in terms:
                found.setdefault(one)
        return tuple(found)

    def all_groups(self) -> dict[str, Terms]:
        """Return every group, expanded."""
        return {name: self._group(name, Place()) for name in self.groups}

    @property
    def exhausted(self) -> bool:
        return self._spent > MOST_TERMS

    def spend(self, count: int, place: Place) -> None:
        """Count terms: a small file may use one large group a thousand times."""
        if self._spent <= MOST_TERMS < self._spent + count:
            self._say(
                place, f"this file comes to more than {MOST_TERMS:,} terms", "use fewer groups"
            )
        self._spent += count

    def _expanded(self, term: Term) -> Terms:
        body = term.body
        if isinstance(body, Near):
            left, right = self._side(body.left, term.place), self._side(body.right, term.place)
            if left is body.left and right is body.right:
                return (term,)
            whole = replace(body, left=left, right=right)
            return (replace(term, body=whole, source=term.as_written),)
        if isinstance(body, Choice):
            side = self._side(body, term.place)
            if side is body:
                return (term,)
            return (replace(term, body=side, source=term.as_written),)
        if isinstance(body, Reference) and body.kind == "$":
            terms = self._group(body.id, term.place)
            return self._within(term.field, body.id, terms, term.place) if term.field else terms
        return (term,)

    def _within(self, field: TermField, name: str, terms: Terms, place: Place) -> Terms:
        """Return the terms of a group for one field. Cached, because `title:$group` is common."""
        if (field, name) not in self._fields:
            mark = f"{field}:"
            for term in terms:
                if term.field not in (None, field):
                    self._say(
                        place,
                        f'{mark}${name[:60]} cannot be: the group holds "{str(term)[:60]}"',
                        f"write {mark} before a group of words only",
                    )
            self._fields[field, name] = tuple(
                replace(term, field=field, source=mark + term.as_written.removeprefix(mark))
                for term in terms
            )
        return self._fields[field, name]

    def _group(self, name: str, place: Place) -> Terms:
        if name in self.shared:
            return self.shared[name]
        if name in self._done:
            return self._done[name]
        if name not in self.groups:
            self._say(
                place,
                f"there is no group ${name[:60]}",
                did_you_mean(
                    name,
                    {**self.shared, **self.groups},
                    "write it under [terms], or in _shared.toml",
                    sign="$",
                    told=len(self.problems),
                ),
            )
            return ()
        if name in self._under_way:
            row = " > ".join(f"${one}" for one in [*self._under_way[-3:], name])
            self._say(place, f"a group holds itself, {row}", "take it out of one of the lists")
            return ()
        if len(self._under_way) >= DEEPEST:
            self._say(place, f"groups are nested more than {DEEPEST} deep", "write them flat")
            return ()
        self._under_way.append(name)
        self._done[name] = self.terms(self.groups[name])
        self._under_way.pop()
        return self._done[name]

    def _side(self, unit: Unit, place: Place) -> Unit:
        if self.exhausted:
            return unit
        if isinstance(unit, Reference) and unit.kind == "$":
            choice = self._as_choice(unit.id, place)
        elif isinstance(unit, Choice):
            options = tuple(self._options_of(unit, place))
            choice = unit if options == unit.options else Choice(options=options)
        else:
            return unit
        self.spend(len(choice.options), place)
        return choice if choice.options else unit

    def _options_of(self, choice: Choice, place: Place) -> dict[Phrase | Reference, None]:
        found: dict[Phrase | Reference, None] = {}
        for option in choice.options:
            if isinstance(option, Reference) and option.kind == "$":
                found.update(dict.fromkeys(self._as_choice(option.id, place).options))
            else:
                found.setdefault(option)
        return found

    def _as_choice(self, name: str, place: Place) -> Choice:
        """Return one choice for a group; without options if it is not allowed here."""
        if name in self._choices:
            return self._choices[name]
        found: dict[Phrase | Reference, None] = {}
        for term in self._group(name, place):
            if term.field or isinstance(term.body, Near):
                self._say(
                    place,
                    f'${name[:60]} cannot stand here: it holds "{str(term)[:60]}"',
                    "beside NEAR and in brackets a group may hold only words: no NEAR, title:, "
                    "author: or category:",
                )
                return Choice(options=())
            body = term.body
            found.update(dict.fromkeys(body.options if isinstance(body, Choice) else (body,)))
        self._choices[name] = Choice(options=tuple(found))
        return self._choices[name]

    def _say(self, place: Place, message: str, hint: str) -> None:
        problem = Problem(message=message, hint=hint, place=place)
        self.problems.setdefault(problem)

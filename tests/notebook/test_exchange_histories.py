"""Generated exchanges among three: what is missing, copied, lost or repeated is said exactly.

Bundles are lost, repeated and reordered, and notebooks are put back to an earlier state. What each
notebook says is compared with what the history itself knows; where nothing of it happened, nothing
is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import cast

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from notebook import envelope, merge, notices, selection
from notebook.envelope import Envelope, Range
from notebook.errors import NotebookError
from notebook.journal import Entry, Frame
from notebook.merge import OpenResult
from notebook.model import AuthorId, CaseId, EntryId, Kind, RecordId
from notebook.notices import NoticeKind
from notebook.opening import Staged
from notebook.progress import Silent
from notebook.selection import BOOKKEEPING
from notebook.staging import StagedLines
from notebook.storage import affairs, entries, exchange
from notebook.storage.affairs import BundleRow
from notebook.transaction import Transaction
from tests.notebook.support_replicas import AUTHORS, Replica, Workshop, author_id
from tests.support import effort

EXAMPLES = 20 * effort()
PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
AT = "2026-03-05T09:00:00Z"
Folders = pytest.TempPathFactory

number = st.integers(min_value=0, max_value=11)
HONEST = ["edit"] * 3 + ["seal"] * 4 + ["deliver"] * 4
steps = st.lists(
    st.tuples(
        st.sampled_from([*HONEST, "again", "lose", "back up", "restore", "restore"]), number, number
    ),
    min_size=6,
    max_size=40,
)
honest_steps = st.lists(
    st.tuples(st.sampled_from([*HONEST, "again"]), number, number), min_size=6, max_size=30
)


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines as they are staged."""

    all: tuple[Entry, ...]

    def entries(self) -> Iterator[Entry]:
        yield from self.all

    def __len__(self) -> int:
        return len(self.all)


@dataclass(frozen=True, slots=True)
class Bundle:
    """What one seals for another."""

    reader: AuthorId
    staged: Staged
    previous: str


@dataclass(slots=True)
class Person:
    """A notebook, and what this state of it has opened and was told."""

    replica: Replica
    opened: dict[str, str] = field(default_factory=dict)
    """Envelope → the one before it."""
    sealers: dict[str, AuthorId] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    """Tips of one's own that others named."""

    @property
    def id(self) -> AuthorId:
        return author_id(self.replica.identity)


class History:
    """Three at work on one case."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self.people = [Person(workshop.replica(identity)) for identity in AUTHORS]
        self.mail: list[Bundle] = []
        self.delivered: list[Bundle] = []
        self.sealed_count = 0
        first = self.people[0].replica
        self.case = CaseId(first.add("case", None, {"title": "almond"}))
        first.add("interview", self.case, {"title": "birch"})
        # Nobody has sealed anything yet: everybody begins with the same.
        for person in self.people[1:]:
            person.replica.take(first.journal())
        self.backups = {who: self.copied(person) for who, person in enumerate(self.people)}

    def play(self, script: list[tuple[str, int, int]]) -> None:
        for verb, who, what in script:
            with suppress(NotebookError):
                self.step(verb, who % len(self.people), what)

    def step(self, verb: str, who: int, what: int) -> None:
        person = self.people[who]
        if verb == "edit":
            known = person.replica.known_records()
            person.replica.edit(known[what % len(known)], {"title": f"word {who} {what}"})
        elif verb == "seal":
            reader = self.people[(who + 1 + what % (len(self.people) - 1)) % len(self.people)]
            self.seal(person, reader)
        elif verb == "deliver" and self.mail:
            bundle = self.mail.pop(what % len(self.mail))
            self.deliver(bundle)
        elif verb == "again" and self.delivered:
            bundle = self.delivered[what % len(self.delivered)]
            is_known = bundle.staged.envelope_digest.hex() in self.reader_of(bundle).opened
            result = self.deliver(bundle)
            assert result.is_again == is_known
            assert not is_known or result.new == 0
        elif verb == "lose" and self.mail:
            self.mail.pop(what % len(self.mail))
        elif verb == "back up":
            self.backups[who] = self.copied(person)
        elif verb == "restore":
            self.people[who] = self.backups[who]
            self.backups[who] = self.copied(self.people[who])

    def copied(self, person: Person) -> Person:
        return Person(
            self.workshop.replica(person.replica.identity, copy_of=person.replica),
            dict(person.opened),
            dict(person.sealers),
            set(person.named),
        )

    def reader_of(self, bundle: Bundle) -> Person:
        return next(person for person in self.people if person.id == bundle.reader)

    def seal(self, sender: Person, reader: Person) -> None:
        """What the reader is not known to hold, as `selection` and `sealing` have it."""
        db = sender.replica.db
        row = affairs.holding(db, reader.id, self.case)
        held: set[str] = set()
        prevs = {entry: prev for entry, prev, _kind in exchange.linked(db, self.case)}
        for tip in row.tips if row else ():
            current = tip
            while current in prevs and current not in held:
                held.add(current)
                current = prevs[EntryId(current)]
        lines = [
            entry
            for entry in sender.replica.journal()
            if entry.id in prevs and entry.id not in held
        ]
        if all(entry.header.kind in BOOKKEEPING for entry in lines):
            return
        lines.sort(key=lambda entry: (entry.header.author, entry.header.seq, entry.id))
        self.sealed_count += 1
        bundle = f"{self.sealed_count:032x}"
        tag = envelope.reader_tag(bundle, "age1" + reader.id)
        last = affairs.last_sealed(db, reader.id)
        outside = Envelope(
            bundle=bundle,
            kind="delta" if held else "full",
            cases=(self.case,),
            sealer=sender.id,
            day="2026-03-05",
            to=(tag,),
            chain={tag: last.envelope.hex()} if last else {},
            have={self.case: selection.have(db, self.case, {}, is_steward=True)},
            holds={
                self.case: {
                    author: Range(after="", up_to=lines[-1].id, count=count)
                    for author, count in Counter(e.header.author for e in lines).items()
                }
            },
        )
        digest = envelope.digest(outside.encode())
        previous = last.envelope if last else b""

        def note(tx: Transaction) -> None:
            home = RecordId(self.case)
            tx.append(Kind.SEAL, self.case, [(Frame(record=home, field="_seal"), {"b": bundle})])
            made = BundleRow(
                id=bundle,
                direction="sealed",
                peer=reader.id,
                envelope=digest,
                previous=previous,
                at=AT,
            )
            affairs.add_bundle(tx.db, made)

        sender.replica.transact(note)
        staged = Staged(
            envelope=outside,
            envelope_digest=digest,
            my_tags=frozenset((tag,)),
            sealer=sender.id,
            sealer_name=sender.replica.identity.name,
            card=sender.replica.identity.card(),
            accepted_card=None,
            lines=cast("StagedLines", Lines(tuple(lines))),
        )
        self.mail.append(Bundle(reader.id, staged, previous.hex()))

    def deliver(self, bundle: Bundle) -> OpenResult:
        reader = self.reader_of(bundle)
        digest = bundle.staged.envelope_digest.hex()
        result = reader.replica.transact(lambda tx: merge.apply(tx, bundle.staged, Silent()))
        if digest not in reader.opened:
            tips = bundle.staged.envelope.have[self.case].tips
            reader.named |= set(tips.get(reader.id, ()))
        reader.opened[digest] = bundle.previous
        reader.sealers[digest] = bundle.staged.sealer
        self.delivered.append(bundle)
        return result

    def check(self, person: Person) -> None:
        """What is said is what the history knows."""
        db = person.replica.db
        said = notices.standing(db, person.id)
        known = person.replica.journal()
        linked = [e for e in known if not entries.is_waiting(db, num_of(person, e))]
        assert branches_said(said) == branches_by_hand(linked)
        missing = Counter(
            person.sealers[digest]
            for previous in {p for p in person.opened.values() if p}
            if previous not in person.opened
            for digest in [next(d for d, p in person.opened.items() if p == previous)]
        )
        assert {n.contact: n.count for n in said if n.kind is NoticeKind.BUNDLE_MISSING} == missing
        here = {entry.id for entry in known}
        is_behind = bool(person.named - here)
        assert any(n.kind is NoticeKind.ROLLBACK for n in said) == is_behind
        self.check_gaps(person, said, known, {e.id for e in linked})

    def check_gaps(
        self,
        person: Person,
        said: list[notices.ExchangeNotice],
        known: list[Entry],
        linked: set[str],
    ) -> None:
        told = {n.author: n for n in said if n.kind is NoticeKind.GAP and n.waiting}
        waiting = [entry for entry in known if entry.id not in linked]
        assert {e.header.author for e in waiting} == told.keys()
        for author, notice in told.items():
            mine = [e for e in known if e.header.author == author]
            assert notice.waiting == sum(e.header.author == author for e in waiting)
            numbers = Counter(e.header.seq for e in mine)
            # Where an author branched, numbers no longer tell how many are missing.
            if max(numbers.values()) == 1 and author not in self.branched():
                highest = max(e.header.seq for e in waiting if e.header.author == author)
                assert notice.count == highest + 1 - len([n for n in numbers if n <= highest])

    def branched(self) -> set[AuthorId]:
        """Whoever was put back at some time may have written two of one number."""
        seen: dict[tuple[AuthorId, int], set[str]] = {}
        for person in self.people:
            for entry in person.replica.journal():
                seen.setdefault((entry.header.author, entry.header.seq), set()).add(entry.id)
        for bundle in (*self.mail, *self.delivered):
            for entry in bundle.staged.lines.entries():
                seen.setdefault((entry.header.author, entry.header.seq), set()).add(entry.id)
        return {author for (author, _seq), ids in seen.items() if len(ids) > 1}


def num_of(person: Person, entry: Entry) -> int:
    num = entries.entry_num(person.replica.db, entry.id)
    assert num is not None
    return num


def branches_said(said: list[notices.ExchangeNotice]) -> dict[AuthorId | None, int]:
    return {n.author: n.count for n in said if n.kind in (NoticeKind.COPIED, NoticeKind.FORK)}


def branches_by_hand(linked: list[Entry]) -> dict[AuthorId | None, int]:
    after = Counter((entry.header.author, entry.header.prev) for entry in linked)
    found: Counter[AuthorId | None] = Counter()
    for (author, _prev), count in after.items():
        if count > 1:
            found[author] += 1
    return dict(found)


ROLLED_BACK = [
    ("edit", 0, 1),
    ("seal", 0, 0),
    ("deliver", 0, 0),
    ("edit", 1, 1),
    ("seal", 1, 1),
    ("deliver", 0, 0),
    ("edit", 0, 1),
    ("restore", 1, 0),
    ("edit", 1, 2),
    ("seal", 0, 0),
    ("deliver", 0, 0),
    ("seal", 1, 1),
    ("deliver", 0, 0),
]
"""The second one is put back to the beginning after the first one heard what they hold."""


def test_such_histories_reach_what_they_are_to_reach(tmp_path_factory: Folders) -> None:
    workshop = Workshop(tmp_path_factory.mktemp("exchange"))
    try:
        history = History(workshop)
        history.play(ROLLED_BACK)
        said = [
            {notice.kind for notice in notices.standing(person.replica.db, person.id)}
            for person in history.people
        ]
        assert said[0] == {NoticeKind.COPIED}
        assert said[1] >= {NoticeKind.GAP, NoticeKind.ROLLBACK, NoticeKind.BUNDLE_MISSING}
    finally:
        workshop.close()


@settings(max_examples=EXAMPLES, phases=PHASES, deadline=None)
@given(script=steps)
@example(script=ROLLED_BACK)
def test_what_happened_is_said_exactly(
    script: list[tuple[str, int, int]], tmp_path_factory: Folders
) -> None:
    workshop = Workshop(tmp_path_factory.mktemp("exchange"))
    try:
        history = History(workshop)
        for step in script:
            history.play([step])
            for person in history.people:
                history.check(person)
    finally:
        workshop.close()


@settings(max_examples=EXAMPLES, phases=PHASES, deadline=None)
@given(script=honest_steps, order=st.randoms(use_true_random=False))
def test_an_honest_history_is_told_of_nothing_once_all_has_come(
    script: list[tuple[str, int, int]], order: Random, tmp_path_factory: Folders
) -> None:
    workshop = Workshop(tmp_path_factory.mktemp("exchange"))
    try:
        history = History(workshop)
        history.play(script)
        rest = history.mail[:]
        order.shuffle(rest)
        for bundle in rest:
            history.deliver(bundle)
        for person in history.people:
            history.check(person)
            assert notices.standing(person.replica.db, person.id) == []
    finally:
        workshop.close()

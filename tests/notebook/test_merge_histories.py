"""Generated histories: any order, any batches, any repetition end in the same state."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from notebook import editing, strict_json
from notebook.errors import NotebookError
from notebook.journal import Entry, parse_frame
from notebook.model import CaseId, EntryId, RecordId
from notebook.projection import EVENT_FIELDS
from tests.notebook.support_replicas import AUTHORS, READER, Replica, Workshop, withheld
from tests.support import effort

WORDS = ("almond", "birch", "cedar", "damson", "elder")
FIELDS = ("title", "account", "questions")
EXAMPLES = 25 * effort()
# Explaining a failure runs a history hundreds of times under a tracer.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
Folders = pytest.TempPathFactory

number = st.integers(min_value=0, max_value=11)
steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["edit"] * 4
            + ["list"] * 3
            + ["sync"] * 4
            + ["add", "delete", "restore", "session", "copy", "both"]
        ),
        number,
        number,
        number,
    ),
    min_size=4,
    max_size=24,
)
withdrawing_steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["edit"] * 4 + ["list"] * 2 + ["sync"] * 4 + ["withdraw"] * 2 + ["add", "copy"]
        ),
        number,
        number,
        number,
    ),
    min_size=4,
    max_size=24,
)


class History:
    """Two or three people at work, who exchange what they have now and then."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self.people = [workshop.replica(author) for author in AUTHORS]
        self.written: dict[str, Entry] = {}
        first = self.people[0]
        self.case = CaseId(first.add("case", None, {"title": "almond"}))
        first.add("interview", self.case, {"title": "birch", "account": "cedar"})
        self.collect(first)
        for person in self.people[1:]:
            person.take(first.journal())

    def collect(self, person: Replica) -> None:
        """Keep every entry whole, as it was when it was written."""
        for entry in person.journal():
            self.written.setdefault(entry.id, entry)

    def play(self, script: list[tuple[str, int, int, int]]) -> None:
        for verb, who, what, how in script:
            person = self.people[who % len(self.people)]
            record = self.record(person, what)
            # A case that still holds records is not deleted; people try it anyway.
            with suppress(NotebookError):
                self.step(verb, person, record, what, how)
            self.collect(person)

    def record(self, person: Replica, what: int) -> RecordId:
        known = person.known_records()
        return known[what % len(known)]

    def step(self, verb: str, person: Replica, record: RecordId, what: int, how: int) -> None:
        word = WORDS[how % len(WORDS)]
        type_ = person.row(record).type
        if verb == "edit":
            field = FIELDS[how % len(FIELDS)] if type_ == "interview" else "title"
            person.edit(record, {field: word + str(what)})
        elif verb == "both" and type_ == "interview":
            person.edit(record, {"account": word, "title": word})
        elif verb == "list" and type_ == "interview":
            wanted = [WORDS[(how + n * what) % len(WORDS)] for n in range(how % 4)]
            person.edit(record, {"quotes": wanted})
        elif verb == "add":
            person.add("interview", self.case, {"title": word, "quotes": [word]})
        elif verb == "delete":
            person.transact(lambda tx: editing.delete(tx, record))
        elif verb == "restore":
            person.transact(lambda tx: editing.restore(tx, record))
        elif verb == "session":
            person.unlock_again()
        elif verb == "copy" and len(self.people) < 5:
            self.people.append(self.workshop.replica(person.identity, copy_of=person))
        elif verb == "withdraw":
            fields = ["*"] if how % 2 else [("title", "account", "quotes")[how % 3]]
            person.withdraw(record, self.case, fields)
        elif verb == "sync":
            other = self.people[how % len(self.people)]
            known = person.journal()
            other.take(known[: max(1, len(known) - what % 4)])


def delivered(
    data: st.DataObject, workshop: Workshop, written: list[Entry], *, partly: bool
) -> Replica:
    """All entries, brought to a fresh reader in some order, in batches, some of them twice."""
    reader = workshop.replica(READER)
    order = data.draw(st.permutations(range(len(written))), label="order")
    again = data.draw(st.lists(st.sampled_from(range(len(written))), max_size=6), label="again")
    size = data.draw(st.integers(min_value=1, max_value=len(written)), label="batch")
    queue = [written[place] for place in [*order, *again]]
    if partly:
        hidden = data.draw(st.sets(st.integers(min_value=0, max_value=5)), label="withheld")
        early = [withheld(entry, hidden) for entry in queue[::2]]
        queue = early + queue
    for start in range(0, len(queue), size):
        reader.take(queue[start : start + size])
    return reader


def heads_by_hand(written: list[Entry]) -> dict[tuple[str, str], set[str]]:
    """What formats say of heads, worked out from the frames alone."""
    parts: dict[tuple[str, str], set[str]] = {}
    replaced: dict[tuple[str, str], set[str]] = {}
    for entry in written:
        for place, part in enumerate(entry.parts):
            assert part.frame is not None
            frame = parse_frame(part.frame)
            if frame.field not in EVENT_FIELDS:
                key = (frame.record, frame.field)
                parts.setdefault(key, set()).add(f"{entry.id}:{place}")
                replaced.setdefault(key, set()).update(str(ref) for ref in frame.base)
    return {key: found - replaced[key] for key, found in parts.items()}


def values_by_hand(written: list[Entry], refs: set[str]) -> set[bytes]:
    """The values of these parts."""
    return {
        value
        for entry in written
        for place, part in enumerate(entry.parts)
        if f"{entry.id}:{place}" in refs and (value := part.value) is not None
    }


@settings(max_examples=EXAMPLES, phases=PHASES)
@given(script=steps, data=st.data())
def test_any_order_and_repetition_ends_in_the_same_state(
    script: list[tuple[str, int, int, int]], data: st.DataObject, tmp_path_factory: Folders
) -> None:
    workshop = Workshop(tmp_path_factory.mktemp("history"))
    try:
        history = History(workshop)
        history.play(script)
        written = list(history.written.values())
        one = workshop.replica(READER)
        one.take(written)
        other = delivered(data, workshop, written, partly=True)
        assert other.state(WORDS) == one.state(WORDS)
        other.rebuild()
        assert other.state(WORDS) == one.state(WORDS)
        # Nothing is lost, nothing replaced comes back: the heads are those of the frames alone.
        expected = heads_by_hand(written)
        for record in one.known_records():
            shown = one.fields(record)
            for name in FIELDS:
                refs = expected.get((record, name), set())
                values = values_by_hand(written, refs) - {b"null"}
                assert {strict_json.dump(v) for v in shown.get(name, [])} - {b"null"} == values
                if not one.row(record).is_deleted:
                    for value in values:
                        assert record in one.hits(str(strict_json.parse(value)))
    finally:
        workshop.close()


@settings(max_examples=EXAMPLES, phases=PHASES)
@given(script=withdrawing_steps, data=st.data())
def test_withdrawn_content_is_gone_in_any_order(
    script: list[tuple[str, int, int, int]], data: st.DataObject, tmp_path_factory: Folders
) -> None:
    workshop = Workshop(tmp_path_factory.mktemp("history"))
    try:
        history = History(workshop)
        history.play(script)
        written = list(history.written.values())
        one = workshop.replica(READER)
        one.take(written)
        other = delivered(data, workshop, written, partly=False)
        # What was stored without content, because its ancestry was not known yet, is asked for.
        other.take(written)
        assert other.state(WORDS) == one.state(WORDS)
        other.rebuild()
        assert other.state(WORDS) == one.state(WORDS)
    finally:
        workshop.close()


def ancestors_by_hand(written: list[Entry]) -> dict[str, set[str]]:
    """For each entry all that its author had seen, along `prev` and `seen`."""
    links = {e.id: {*filter(None, [e.header.prev]), *e.header.seen} for e in written}
    found: dict[str, set[str]] = {}
    for entry in links:
        seen: set[str] = set()
        pending = list(links[EntryId(entry)])
        while pending:
            current = pending.pop()
            if current not in seen:
                seen.add(current)
                pending += links.get(EntryId(current), set())
        found[entry] = seen
    return found


def covered_by_hand(written: list[Entry]) -> set[str]:
    """`entry:part` of every value that a withdrawal covers which any reader must obey."""
    parts = [
        (entry, place, parse_frame(part.frame), strict_json.parse(part.value))
        for entry in written
        for place, part in enumerate(entry.parts)
        if part.frame is not None and part.value is not None
    ]
    owner: dict[str, str] = {}
    listed: dict[str, str] = {}
    makers: dict[str, set[str]] = {}
    for entry, _place, frame, value in parts:
        if frame.field == "_parent":
            owner[frame.record] = str(value)
        elif frame.field == "_list":
            listed[frame.record] = str(value)
        elif frame.field == "_type":
            makers.setdefault(frame.record, set()).add(entry.header.author)
    seen = ancestors_by_hand(written)
    covered: set[str] = set()
    for withdrawal, _place, target, value in parts:
        if target.field != "_withdraw" or not isinstance(value, dict):
            continue
        trusted = {
            next(iter(found))
            for found in (makers[target.record], makers[withdrawal.header.case])
            if len(found) == 1
        }
        fields = value["fields"]
        if withdrawal.header.author not in trusted or not isinstance(fields, list):
            continue
        for entry, place, frame, _value in parts:
            is_member = owner.get(frame.record) == target.record
            if frame.record != target.record and not is_member:
                continue
            name = listed.get(frame.record, "") if is_member else frame.field
            is_content = not frame.field.startswith("_")
            is_named = "*" in fields or name in fields
            if is_content and is_named and withdrawal.id not in seen[entry.id]:
                covered.add(f"{entry.id}:{place}")
    return covered


@settings(max_examples=EXAMPLES, phases=PHASES)
@given(script=withdrawing_steps, data=st.data())
def test_no_bundle_in_any_order_or_in_parts_brings_back_what_was_withdrawn(
    script: list[tuple[str, int, int, int]], data: st.DataObject, tmp_path_factory: Folders
) -> None:
    workshop = Workshop(tmp_path_factory.mktemp("history"))
    try:
        history = History(workshop)
        history.play(script)
        written = list(history.written.values())
        covered = covered_by_hand(written)
        reader = delivered(data, workshop, written, partly=True)
        reader.take(written)
        assert not covered & reader.contents()
        # Older bundles once more, from the newest entry to the oldest, one by one.
        for entry in reversed(written):
            reader.take([entry])
        assert not covered & reader.contents()
        # And nothing went that was not withdrawn by anybody.
        whole = {
            f"{entry.id}:{place}"
            for entry in written
            for place, part in enumerate(entry.parts)
            if part.value is not None
        }
        assert whole - covered == reader.contents()
        reader.rebuild()
        assert whole - covered == reader.contents()
    finally:
        workshop.close()

"""Many small journals without folders: what generated histories are played on."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from crypto.identity import Identity
from crypto.keys import DatabaseKey, database_key
from notebook import editing, journal, projection, registers
from notebook.forms import Forms, load_forms
from notebook.journal import Entry, Frame, PartRef
from notebook.model import AuthorId, CaseId, EntryId, JsonValue, Kind, RecordId
from notebook.progress import Silent
from notebook.storage import entries, index, records
from notebook.storage.database import Database
from notebook.transaction import Logs, Transaction
from tests.notebook.support_notebook import Seeded, Ticking

T = TypeVar("T")
KEY: DatabaseKey = database_key(bytes(32))
FORMS: Forms = load_forms()
AUTHORS = tuple(Identity.generate(name, Seeded(name)) for name in ("Aida", "Bolat", "Chen"))
READER = Identity.generate("Reader", Seeded("Reader"))


def author_id(identity: Identity) -> AuthorId:
    """The id of an author."""
    return AuthorId(identity.card().author_id())


@dataclass(slots=True)
class Workshop:
    """Makes replicas from one prepared file, which is quicker than a schema each time."""

    folder: Path
    clock: Ticking = field(default_factory=Ticking)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)
    _made: list[Replica] = field(default_factory=list)

    def replica(self, identity: Identity, *, copy_of: Replica | None = None) -> Replica:
        """A fresh replica of this author, or a copy of another as a stolen disk would be."""
        template = self.folder / "template.db"
        if not template.exists():
            Database(template, KEY, schema="schema").close()
        number = next(self._numbers)
        path = self.folder / f"{number}.db"
        if copy_of is not None:
            copy_of.db.one("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(template if copy_of is None else copy_of.path, path)
        db = Database(path, KEY, schema="schema")
        db.run("PRAGMA synchronous = OFF")
        made = Replica(
            path=path,
            db=db,
            identity=identity,
            clock=self.clock,
            random=Seeded(f"replica {number}"),
        )
        self._made.append(made)
        return made

    def close(self) -> None:
        """Close and remove every replica."""
        for replica in self._made:
            replica.db.close()
            for path in replica.path.parent.glob(replica.path.name + "*"):
                path.unlink()
        self._made.clear()


@dataclass(slots=True)
class Replica:
    """One author's tables."""

    path: Path
    db: Database
    identity: Identity
    clock: Ticking
    random: Seeded
    logs: Logs = field(init=False)

    def __post_init__(self) -> None:
        """Begin a session."""
        self.unlock_again()

    def unlock_again(self) -> None:
        """Begin a new session: the next entry in a case begins a new log."""
        self.logs = Logs(self.random)

    def transact(self, operation: Callable[[Transaction], T]) -> T:
        """One transaction, as the façade does it."""
        tx = Transaction(
            db=self.db,
            forms=FORMS,
            identity=self.identity,
            author=author_id(self.identity),
            clock=self.clock,
            random=self.random,
            logs=self.logs,
        )
        with self.db.write():
            result = operation(tx)
            tx.settle()
        return result

    def take(self, batch: Iterable[Entry]) -> list[projection.Outcome]:
        """Store what came from elsewhere in one transaction."""
        return self.transact(lambda tx: [tx.store(entry) for entry in batch])

    def rebuild(self) -> None:
        """Replay the journal."""
        self.transact(
            lambda tx: projection.rebuild(tx.db, tx.forms, me=tx.author, progress=Silent())
        )

    def add(self, type_: str, case: CaseId | None, fields: Mapping[str, JsonValue]) -> RecordId:
        """Add a record."""
        return self.transact(lambda tx: editing.add(tx, type_, case, fields))

    def edit(self, record: RecordId, fields: Mapping[str, JsonValue]) -> None:
        """Change fields of a record."""
        self.transact(lambda tx: editing.edit(tx, record, fields))

    def write(
        self,
        record: RecordId,
        case: CaseId,
        fields: Mapping[str, JsonValue],
        bases: Mapping[str, Sequence[PartRef]] | None = None,
    ) -> EntryId:
        """Write fields as they are, whatever the form thinks."""
        return self.transact(lambda tx: tx.write_fields(record, case, fields, bases=bases))

    def withdraw(self, record: RecordId, case: CaseId, fields: Sequence[str]) -> EntryId:
        """Withdraw a record, or fields of it."""
        frame = Frame(record=record, field=projection.WITHDRAW_FIELD)
        value: JsonValue = {"fields": list(fields), "reason": "asked"}
        return self.transact(lambda tx: tx.append(Kind.WITHDRAW, case, [(frame, value)]))

    def journal(self) -> list[Entry]:
        """Every entry that is here, in the order of arrival, with all that is here of it."""
        return [entries.load(self.db, num) for num in entries.all_nums(self.db)]

    def known_records(self) -> list[RecordId]:
        """Every record with a type that is no member, deleted or not, in the order of its id."""
        return sorted(
            row.id
            for row in (records.by_num(self.db, num) for num in records.numbers(self.db))
            if row.type and row.parent is None
        )

    def row(self, record: RecordId) -> records.RecordRow:
        """The row of a record."""
        row = records.find(self.db, record)
        assert row is not None
        return row

    def fields(self, record: RecordId) -> dict[str, list[JsonValue]]:
        """The values of every field that a person sees."""
        loaded = registers.load(self.db, FORMS, self.row(record))
        return {
            name: [version.value for version in state.versions]
            for name, state in loaded.fields.items()
        }

    def hits(self, term: str) -> set[RecordId]:
        """The records that search finds."""
        found = index.search(self.db, f'"{term}"', type_=None, case=None, limit=1000)
        return {records.by_num(self.db, num).id for num in found}

    def contents(self) -> set[str]:
        """`entry:part` of every value that is stored."""
        return {
            f"{row[0].hex()}:{row[1]}"
            for row in self.db.all(
                "SELECT e.id, c.part % 4096 FROM content c JOIN entry e ON e.num = c.part / 4096"
            )
        }

    def state(self, terms: Iterable[str] = ()) -> dict[str, object]:
        """All that must not depend on the order of arrival, without this replica's numbers."""
        shown: dict[str, object] = {}
        for record in self.known_records():
            row = self.row(record)
            loaded = registers.load(self.db, FORMS, row)
            shown[record] = (
                loaded,
                (row.is_deleted, row.is_withdrawn, row.has_conflict, row.changed, row.summary),
                sorted(records.links_from(self.db, row.num)),
            )
        joined = " FROM {} t JOIN entry e ON e.num = t.{}"
        ids = {
            table: {
                (row[0].hex(), *row[1:])
                for row in self.db.all(f"SELECT e.id{extra}" + joined.format(table, column))
            }
            for table, column, extra in (
                ("tip", "entry", ""),
                ("waiting", "entry", ""),
                ("lacking", "entry", ", t.place"),
                ("destroyed", "part / 4096", ", t.part % 4096"),
                ("head", "part / 4096", ", t.part % 4096"),
            )
        }
        return {
            "records": shown,
            "contents": self.contents(),
            "hits": {term: self.hits(term) for term in terms},
            **ids,
        }


def withheld(entry: Entry, places: Iterable[int]) -> Entry:
    """The entry as it comes to a reader who may not have some parts."""
    hidden = set(places)
    parts = [journal.WITHHELD if p in hidden else part for p, part in enumerate(entry.parts)]
    return journal.parse_line(entry.encode_line(parts).strip())

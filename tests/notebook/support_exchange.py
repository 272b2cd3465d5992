"""Notebooks that know each other, bundles between them, and bundles forged by a trusted contact."""

from __future__ import annotations

import io
import itertools
import json
import os
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from crypto.age import open_age
from crypto.container import complete_recipients, measure, write_bundle
from notebook import envelope, journal
from notebook.envelope import Envelope, Range
from notebook.handover import SealRequest
from notebook.journal import Entry, Frame, PartRef
from notebook.merge import OpenResult
from notebook.model import CaseId, JsonValue, Kind, RecordId
from notebook.notebook import Notebook
from notebook.sealing import SealResult
from notebook.storage.database import Database
from notebook.volumes import VolumeWriter
from tests.notebook import support_notebook as support

Dump = dict[str, list[tuple[object, ...]]]


class Stop:
    """Progress that is cancelled at its n-th step, and that counts the steps."""

    def __init__(self, at: int, error: BaseException) -> None:
        self.steps = 0
        self._at = at
        self._error = error

    def step(self, done: int, total: int, what: str = "") -> None:
        self.steps += 1
        if self.steps == self._at:
            raise self._error


@dataclass(slots=True)
class Team:
    """Notebooks in one folder, and what they hand to each other."""

    folder: Path
    notebooks: list[Notebook] = field(default_factory=list)
    _outs: Iterable[int] = field(default_factory=itertools.count)

    def member(self, name: str) -> Notebook:
        """A new notebook that nobody knows."""
        made = support.create(self.folder / name, seed=name, author=name)
        self.notebooks.append(made)
        return made

    def members(self, *names: str) -> list[Notebook]:
        """New notebooks that all know each other."""
        made = [self.member(name) for name in names]
        for one, other in itertools.permutations(made, 2):
            know(one, other)
        return made

    def copy(self, folder: Path, name: str) -> Notebook:
        """A copy of a closed notebook, opened."""
        target = self.folder / name
        for source in [folder, *sorted(folder.rglob("*"))]:
            path = target / source.relative_to(folder)
            if source.is_dir():
                path.mkdir()
            else:
                path.write_bytes(source.read_bytes())
        made = support.unlock(target, seed=name)
        self.notebooks.append(made)
        return made

    def out(self) -> Path:
        """A new empty folder."""
        path = self.folder / f"out{next(iter(self._outs))}"
        path.mkdir()
        return path

    def sealed(self, sender: Notebook, *readers: Notebook, **request: object) -> SealResult:
        """A bundle, or nothing when there is nothing to send."""
        asked = replace(SealRequest(to=tuple(r.author for r in readers)), **request)  # type: ignore[arg-type]  # as the test means
        return sender.seal(sender.plan_seal(asked), self.out())[0]

    def close(self) -> None:
        """Close all notebooks."""
        for notebook in self.notebooks:
            notebook.close()


def finished(writer: VolumeWriter, sha256: bytes) -> tuple[Path, ...]:
    """What was written, read back and named."""
    writer.read_back(sha256)
    return writer.publish()


def know(one: Notebook, other: Notebook, *, classic: bool = False) -> None:
    """Let one notebook pin the card of another, compared in person."""
    one.add_contact(other.my_card().encode(), classic=classic)
    one.mark_compared(other.author)


def opened(reader: Notebook, result: SealResult | Sequence[Path]) -> OpenResult:
    """Open a bundle by a known contact."""
    files = result.files if isinstance(result, SealResult) else result
    return reader.open_bundle(files, accept_unknown=False)[0]


def passed(sender: Notebook, reader: Notebook, team: Team, **request: object) -> OpenResult:
    """Seal and open."""
    return opened(reader, team.sealed(sender, reader, **request))


def values(notebook: Notebook, record: RecordId, name: str) -> list[JsonValue]:
    """Every current value of a field."""
    state = notebook.record(record).fields.get(name)
    return [version.value for version in state.versions] if state else []


def state(notebook: Notebook) -> dict[str, object]:
    """All that people see, which must not depend on the order of bundles."""
    shown: dict[str, object] = {}
    for row in notebook.rows():
        record = notebook.record(row.id)
        fields = {
            name: sorted(json.dumps([v.value, v.author, v.entry]) for v in state.versions)
            for name, state in record.fields.items()
        }
        content = None
        if row.type == "evidence":
            with notebook.evidence_content(row.id) as reader:
                content = reader.read()
        shown[row.id] = (row.type, row.case, row.has_conflict, fields, content)
    return shown


def database(notebook: Notebook) -> Database:
    """The notebook's own connection."""
    return notebook._core.db


def dump(notebook: Notebook) -> Dump:
    """Every row of every table."""
    db = database(notebook)
    names = [row[0] for row in db.all("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        name: sorted(db.all(f"SELECT * FROM [{name}]"), key=repr)
        for name in names
        if name != "search"
    }


def files_of(notebook: Notebook) -> list[str]:
    """Every object and every staged file of a notebook."""
    return sorted(
        str(path.relative_to(notebook.folder))
        for part in ("objects", "staging")
        for path in (notebook.folder / part).rglob("*")
        if path.is_file()
    )


def unpacked(reader: Notebook, files: Sequence[Path]) -> dict[str, bytes]:
    """The files inside a bundle, by their names without the root."""
    identity = reader._core.identity
    joined = b"".join(path.read_bytes() for path in files)
    source = open_age(io.BytesIO(joined), (identity.hybrid, identity.classic))
    pieces = []
    while piece := source.read(65536):
        pieces.append(piece)
    found: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(b"".join(pieces))) as archive:
        for member in archive.getmembers():
            content = archive.extractfile(member)
            assert content is not None
            found[member.name.removeprefix("bag/")] = content.read()
    return found


@dataclass(slots=True)
class Author:
    """Writes entries as a hostile hand with a real key would."""

    notebook: Notebook
    case: CaseId
    log: str = field(default_factory=lambda: os.urandom(16).hex())
    seq: int = 0
    prev: str = ""

    def write(
        self,
        record: RecordId,
        fields: Mapping[str, JsonValue],
        *,
        kind: str = Kind.OP,
        base: Mapping[str, Sequence[PartRef]] | None = None,
        seq: int | None = None,
        prev: str | None = None,
    ) -> Entry:
        """The next entry, or one at a place of its own."""
        entry = journal.compose(
            case=self.case,
            log=self.log,
            seq=self.seq if seq is None else seq,
            prev=self.prev if prev is None else prev,
            seen=(),
            time="2026-03-05T10:00:00Z",
            kind=kind,  # type: ignore[arg-type]  # as the test means
            parts=[
                (Frame(record=record, field=name, base=tuple((base or {}).get(name, ()))), value)
                for name, value in fields.items()
            ],
            signing_seed=self.notebook._core.identity.signing_seed,
            random=os.urandom,
        )
        self.seq, self.prev = entry.header.seq + 1, entry.id
        return entry

    def note(self, record: RecordId | None = None, **fields: JsonValue) -> Entry:
        """An entry that makes a note."""
        made = record or RecordId(os.urandom(16).hex())
        return self.write(made, {"_type": "note", "title": "Forged", **fields})


def log_of(*written: Entry | bytes, case: str | None = None, name: str = "a") -> dict[str, bytes]:
    """A log of these lines, under the case of the first one."""
    first = next(entry for entry in written if isinstance(entry, Entry))
    lines = [entry if isinstance(entry, bytes) else entry.encode_line() for entry in written]
    return {f"data/log/{case or first.header.case}/{name}.jsonl": b"".join(lines)}


def holds_of(files: Mapping[str, bytes]) -> dict[str, dict[str, Range]]:
    """What an envelope says of these logs."""
    holds: dict[str, dict[str, Range]] = {}
    for name, content in files.items():
        for line in content.splitlines() if name.startswith("data/log/") else []:
            try:
                entry = journal.parse_line(line)
            except journal.BadEntry:
                continue
            authors = holds.setdefault(entry.header.case, {})
            before = authors.get(entry.header.author)
            authors[entry.header.author] = Range(
                after=before.after if before else entry.header.prev,
                up_to=entry.id,
                count=(before.count if before else 0) + 1,
            )
    return holds


def forged(
    sealer: Notebook,
    reader: Notebook,
    path: Path,
    files: Mapping[str, bytes],
    *,
    said: Mapping[str, object] | None = None,
    evidence: Mapping[str, int] | None = None,
    card: bytes | None = None,
    has_card: bool = True,
) -> Path:
    """A bundle signed and sealed in good form, in which all the rest may be hostile.

    `said` replaces keys of the envelope.
    """
    card_of_reader = reader.my_card()
    recipients = complete_recipients([card_of_reader.hybrid], os.urandom)
    bundle = os.urandom(16).hex()
    holds = holds_of(files)
    outside = Envelope(
        bundle=bundle,
        kind="full",
        cases=tuple(sorted(holds)),
        sealer=sealer.author,
        day="2026-03-05",
        to=tuple(sorted(envelope.reader_tag(bundle, r.encode()) for r in recipients)),
        holds=holds,
        evidence=evidence or {},
        belongs={case: tuple(evidence) for case in sorted(holds)} if evidence else {},
    )
    fields = json.loads(outside.encode()) | dict(said or {})
    payload = {"data/readme.txt": b"forged\n"}
    if has_card:
        payload["data/sealer.card"] = card or sealer.my_card().encode().encode()
    with path.open("wb") as sink:
        write_bundle(
            sink,
            recipients,
            envelope=json.dumps(fields).encode(),
            bag_info=[("Bag-Software-Agent", "hostile")],
            payload=[
                measure(name, lambda content=content: iter((content,)))  # type: ignore[misc]  # as the test means
                for name, content in (payload | dict(files)).items()
            ],
            signing_seed=sealer._core.identity.signing_seed,
            random=os.urandom,
            on_progress=lambda done, total: None,
        )
    return path

"""What custody says of what is looked at, and of what leaves in clear: evidence, and the keys.

What leaves is written whole or not at all, readable by its owner only. Custody says so before the
first readable byte: a kill leaves a note without a copy, and never a copy without a note.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from crypto.card import Card
from notebook import disk
from notebook.core import Core
from notebook.errors import NotebookError
from notebook.evidence import ObjectReader
from notebook.model import CaseId, Changes, RecordId
from notebook.progress import Progress
from notebook.storage import affairs, entries, travel
from notebook.storage.records import RecordRow
from notebook.transaction import Transaction

Operation = Callable[[Transaction], object]


def note_viewed(core: Core, row: RecordRow) -> Changes:
    """Say that somebody is about to see evidence: once per session.

    While travelling nothing is said: only what this session itself took in can be seen there, and a
    bundle of its own would tell when it was.
    """
    if core.journey is not None or row.id in core.viewed:
        return Changes()
    core.change(lambda tx: tx.custody(row.id, row.case, {"what": "viewed"}))
    core.viewed.add(row.id)
    return Changes(viewed=frozenset({row.id}))


def extract(
    core: Core, row: RecordRow, reader: ObjectReader, out: Path, progress: Progress
) -> Changes:
    """Write evidence as a plaintext copy. Raises FILE_EXISTS, DAMAGED, NO_SPACE, BAD_INPUT."""
    return write_in_clear(
        core,
        reader,
        out,
        reader.size_bytes,
        progress,
        note=lambda tx: tx.custody(row.id, row.case, {"what": "extracted"}),
        take_back=lambda tx: tx.custody(row.id, row.case, {"what": "not extracted"}),
    )


def write_in_clear(
    core: Core,
    source: disk.Readable,
    out: Path,
    size_bytes: int,
    progress: Progress,
    *,
    note: Operation,
    take_back: Operation,
) -> Changes:
    """Write a plain copy that `note` tells of; `take_back` tells that it was not finished.

    Raises BAD_INPUT for a place in the notebook's own folder, else as `disk.write_plain_copy`.
    """
    core.place.refuse_inside(out)
    noted: list[Changes] = []
    try:
        disk.write_plain_copy(
            source, out, size_bytes, progress, on_begun=lambda: noted.append(core.change(note))
        )
    except BaseException:
        if noted:
            # What failed is told; that this cannot be noted either would only hide it.
            with suppress(NotebookError):
                core.change(take_back)
        raise
    return noted[0]


def export_identity(core: Core, out: Path) -> Changes:
    """Write the classic age identity, and beside it the other one and the allowed-signers lines.

    Two files, because an age older than 1.3 refuses a whole file for one identity it does not
    know. Whoever has them can open every bundle sealed for this notebook. Raises FILE_EXISTS,
    BAD_INPUT.
    """
    core.place.refuse_inside(out)
    disk.check_free(out)
    signers, hybrid = (out.with_name(out.name + suffix) for suffix in (".signers", ".pq"))
    for path in (signers, hybrid):
        disk.check_free(path)
    identity = core.identity
    from_contacts = [row.card for row in affairs.contacts(core.db)]
    texts = {
        signers: _signers(core, from_contacts),
        hybrid: f"{identity.hybrid.encode()}\n",
        out: f"{identity.classic.encode()}\n",
    }
    noted = _note_in_every_case(core, "identity exported")
    written: list[Path] = []
    try:
        with disk.disk_trouble():
            for path, text in texts.items():
                disk.replace(path, text.encode())
                written.append(path)
    except BaseException:
        for path in written:
            # What failed is told; that it cannot be tidied up either would only hide it.
            with suppress(OSError):
                path.unlink()
        with suppress(NotebookError):
            _note_in_every_case(core, "identity not exported")
        raise
    return noted


def _note_in_every_case(core: Core, what: str) -> Changes:
    def operation(tx: Transaction) -> None:
        carried = (row.case for row in travel.carried(tx.db))
        for case in sorted({*entries.case_ids(tx.db), *carried}):
            tx.custody(RecordId(case), CaseId(case), {"what": what})

    return core.change(operation)


def _signers(core: Core, cards: list[str]) -> str:
    own = core.identity.card()
    return "".join(
        line if line.endswith("\n") else line + "\n"
        for line in (
            own.allowed_signers_line(),
            *(_card_line(card) for card in cards),
        )
    )


def _card_line(text: str) -> str:
    return Card.parse(text).allowed_signers_line()

"""The verbs about evidence: attach and extract."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from notebook import intake
from notebook.cli import access, safe_text
from notebook.cli.call import Call, Room
from notebook.cli.output import Answer
from notebook.i18n import _
from notebook.intake import Examined
from notebook.model import RecordId
from notebook.notebook import Notebook
from notebook.progress import Progress


def attach(call: Call) -> Answer:
    """Take files in. All are encrypted and on disk before the first record names one."""
    paths = [Path(name) for name in call.arguments.many("FILE")]
    # A pipe can be opened once only, so it is asked and not tried.
    for path in paths:
        if not os.access(path, os.R_OK):
            raise access.unreadable(str(path))
    with (
        access.opened(call) as notebook,
        access.progress(call) as progress,
    ):
        about = notebook.record(notebook.resolve(call.arguments.one("RECORD"))).id
        ids = _add(notebook, about, _taken_in(notebook, paths, progress))
    call.console.warn(
        _("The originals are still where they were; deleting them does not erase a flash drive.")
    )
    return Answer(value={"ids": [*ids]}, text="".join(f"{id_}\n" for id_ in ids))


def _taken_in(notebook: Notebook, paths: Sequence[Path], progress: Progress) -> list[Examined]:
    """Every file, or none: what was taken in before one that fails is destroyed again."""
    taking, taken = notebook.intake(), list[Examined]()
    try:
        for path in paths:
            with _open(path) as source:
                taken.append(
                    taking.take_in(
                        source,
                        file_name=path.name,
                        progress=progress,
                        total_bytes=os.fstat(source.fileno()).st_size,
                    )
                )
    except BaseException:
        for examined in taken:
            notebook.store.destroy(examined.taken.row)
        raise
    return taken


def _add(notebook: Notebook, about: RecordId, taken: Sequence[Examined]) -> list[RecordId]:
    """The records of files that were taken in, in one transaction.

    When it fails the objects stay: a commit may be on disk all the same, and what nobody names
    is swept later.
    """
    added, _changes = notebook.transact(
        lambda tx: [intake.add_record(tx, about, examined, None) for examined in taken]
    )
    for examined, (_id, is_new) in zip(taken, added, strict=True):
        if not is_new:
            # The same content lies here under another object already.
            notebook.store.destroy(examined.taken.row)
    return [id_ for id_, _is_new in added]


@contextmanager
def _open(path: Path) -> Iterator[BinaryIO]:
    try:
        source = path.open("rb")
    except (OSError, ValueError):
        raise access.unreadable(str(path)) from None
    with source:
        yield source


def extract(call: Call) -> Answer:
    """Write a plaintext copy. Raises FILE_EXISTS, DAMAGED, UNKNOWN_RECORD."""
    out = access.new_file(call.arguments.one("OUT"))
    with (
        access.opened(call) as notebook,
        access.progress(call) as progress,
    ):
        evidence: RecordId = notebook.resolve(call.arguments.one("EVIDENCE"))
        sha256 = notebook.sha256_of(evidence)
        notebook.extract(evidence, out, progress)
    call.console.warn(
        _("{file} is a plaintext copy: whoever holds this disk can read it.").format(file=out.name)
    )
    return Answer(
        value={"file": str(out), "sha256": sha256},
        text=safe_text.columns([(safe_text.one_line(str(out)), sha256)]),
    )


VERBS: Final[Mapping[str, Room]] = {
    "attach": attach,
    "extract": extract,
}

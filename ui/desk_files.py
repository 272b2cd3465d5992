"""Files on the desk: chosen, dropped, pasted, written out, and what they are about. No Qt."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from notebook.i18n import _
from notebook.model import CaseId, RecordId
from ui.evidence_presenter import EvidencePresenter, Offered
from ui.record_presenter import RecordPresenter
from ui.rooms import Shell
from ui.session import Session

EVIDENCE = "evidence"


class FileScreen(Protocol):
    """What is asked of the desk's view."""

    def choose_files(self, title: str, on_chosen: Callable[[list[Path]], None]) -> None:
        """Ask for files."""

    def choose_new_file(self, title: str, name: str, on_chosen: Callable[[Path], None]) -> None:
        """Ask where to write a file."""

    def paste(self) -> bool:
        """Offer the picture or the files on the clipboard; whether there were any."""


class DeskFiles:
    """Decides what a file is evidence about."""

    def __init__(
        self,
        session: Session,
        shell: Shell,
        screen: FileScreen,
        record: RecordPresenter,
        evidence: EvidencePresenter,
        case: Callable[[], CaseId | None],
        open_record: Callable[[RecordId], None],
    ) -> None:
        """`case` gives the case that is looked at, if it is one."""
        self._session = session
        self._shell = shell
        self._screen = screen
        self._record = record
        self._evidence = evidence
        self._case = case
        self._open = open_record

    def attach(self) -> None:
        """Ask for files to take in."""
        self._screen.choose_files(_("Add evidence"), self._on_files)

    def paste(self) -> None:
        """Take in what is on the clipboard."""
        if not self._screen.paste():
            self._shell.say(_("There is no picture and no file on the clipboard."))

    def record_sound(self) -> None:
        """Record sound as evidence of the open record."""
        record = self._record.record
        if record is None or record.form.type == EVIDENCE:
            return
        if record.is_new:
            self._record.save()
            if not self._record.is_saving_or_saved():
                self._shell.say(_("Give the record a title first; then record."))
                return
        self._shell.record_sound(record.id)

    def take_in(self, files: Sequence[Offered]) -> None:
        """Take in files that were chosen, dropped or pasted."""
        record = self._record.record
        if record is None or record.form.type == EVIDENCE:
            self._session.ask(
                lambda notebook: [row.id for row in notebook.cases()],
                partial(self._take_in_for_case, files),
            )
            return
        if record.is_new:
            # Evidence is about a record of the journal; a draft becomes one when it has a title.
            self._record.save()
            if not self._record.is_saving_or_saved():
                self._shell.say(_("Give the record a title first; then add the files again."))
                return
        self._evidence.take_in(record.id, files)

    def _take_in_for_case(self, files: Sequence[Offered], cases: Sequence[RecordId]) -> None:
        record = self._record.record
        case = record.case if record else self._case()
        if case is None and len(cases) == 1:
            case = CaseId(cases[0])
        if case is None:
            self._shell.say(_("Open the record that the files belong to, or choose a case."))
            return
        if record is None:
            # The person sees where the files go, and how far they are.
            self._open(RecordId(case))
        self._evidence.take_in(RecordId(case), files)

    def _on_files(self, paths: Sequence[Path]) -> None:
        self.take_in([Offered(name=path.name, path=path) for path in paths])

    def extract(self) -> None:
        """Ask where to write a plain copy."""
        record = self._record.record
        if record:
            name = str(record.base.get("file_name") or _("copy"))
            self._screen.choose_new_file(
                _("Write a plain copy that anyone can read"),
                name,
                partial(self._evidence.extract, record.id),
            )

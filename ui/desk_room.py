"""How the desk is put together: its views, its presenters, and who hears whom."""

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtWidgets import QWidget

from notebook.forms import load_forms
from notebook.listening import Listening
from notebook.model import Clock, RecordId
from ui.conflict_presenter import ConflictPresenter
from ui.desk_presenter import DeskPresenter
from ui.desk_view import DeskView
from ui.drawer_presenter import DrawerPresenter
from ui.evidence_presenter import EvidencePresenter
from ui.list_presenter import ListPresenter
from ui.listening_presenter import ListeningPresenter
from ui.record_presenter import RecordPresenter
from ui.rooms import Shell
from ui.session import Session
from ui.style.look import Look


class Desk(NamedTuple):
    """The desk that was built."""

    view: DeskView
    presenter: DeskPresenter


def build_desk(
    look: Look,
    session: Session,
    shell: Shell,
    parent: QWidget,
    *,
    clock: Clock,
    new_id: Callable[[], RecordId],
) -> Desk:
    """Make the desk; `new_id` gives random record ids."""
    forms = load_forms()
    view = DeskView(look, forms, clock, parent)
    desk = DeskPresenter(session, shell, view, view.list, forms)
    rows = ListPresenter(session, view.list, forms)
    record = RecordPresenter(session, shell, view.record, rows, forms, clock, new_id, desk.opened)
    desk.join(
        rows,
        record,
        DrawerPresenter(session, view.record, forms),
        EvidencePresenter(session, shell, view.record),
        ConflictPresenter(session, shell, view.conflict, forms, desk.settling, desk.settled),
    )
    listening = ListeningPresenter(session, shell, view.record.preview, Listening)
    desk.listen_to = listening.show
    view.record.preview.listen_requested.connect(listening.toggle)
    _connect_list(view, desk)
    _connect_record(view, desk)
    return Desk(view, desk)


def _connect_list(view: DeskView, desk: DeskPresenter) -> None:
    rows = view.list
    rows.search_changed.connect(desk.rows.search)
    rows.filter_toggled.connect(desk.rows.toggle)
    rows.type_chosen.connect(desk.rows.choose_type)
    rows.record_chosen.connect(desk.open)
    rows.record_entered.connect(desk.enter_record)
    rows.step_requested.connect(desk.take_step)
    rows.new_requested.connect(desk.new_from_list)


def _connect_record(view: DeskView, desk: DeskPresenter) -> None:
    shown = view.record
    shown.edited.connect(desk.record.edited)
    shown.rested.connect(desk.record.keep)
    shown.words_changed.connect(desk.look_for)
    shown.create_requested.connect(desk.create)
    shown.open_requested.connect(desk.open)
    shown.conflict_requested.connect(desk.settle)
    shown.files_offered.connect(desk.files.take_in)
    shown.header.save_requested.connect(desk.record.save)
    shown.header.discard_requested.connect(desk.record.discard_draft)
    shown.header.case_chosen.connect(desk.record.choose_case)
    shown.header.act_requested.connect(desk.perform)
    shown.consent.record_requested.connect(desk.record_consent)
    shown.drawer.attach_requested.connect(desk.files.attach)
    shown.drawer.sound_requested.connect(desk.files.record_sound)
    shown.drawer.intake_cancelled.connect(desk.evidence.cancel)
    shown.preview.extract_requested.connect(desk.files.extract)
    shown.preview.uncover_requested.connect(desk.evidence.uncover)
    view.conflict.save_requested.connect(desk.conflict.save)
    view.conflict.leave_requested.connect(desk.conflict.leave)
    view.back_requested.connect(desk.back)
    view.record_entered.connect(desk.record.enter_fields)
    view.withdrawal_confirmed.connect(desk.withdraw)

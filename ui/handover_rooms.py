"""Builds the rooms of handover: start page, contacts, sealing, opening, exchange, copies, more."""

import time

from notebook.writing import free_bytes
from ui.contacts_presenter import ContactsPresenter
from ui.contacts_view import ContactsView
from ui.departure_presenter import DeparturePresenter
from ui.departure_view import DepartureView
from ui.exchange_presenter import ExchangePresenter
from ui.exchange_view import ExchangeView
from ui.handover_presenter import HandoverPresenter
from ui.handover_view import HandoverView
from ui.missions_presenter import MissionsPresenter
from ui.missions_view import MissionsView
from ui.open_presenter import OpenPresenter
from ui.open_view import OpenView
from ui.quarantine_presenter import QuarantinePresenter
from ui.quarantine_view import QuarantineView
from ui.redact_presenter import RedactPresenter
from ui.redact_view import RedactView
from ui.room_builders import BuiltRoom, RoomNeeds
from ui.seal_presenter import SealPresenter
from ui.seal_view import SealView
from ui.told_presenter import ToldPresenter
from ui.told_view import ToldView


def build_handover(needs: RoomNeeds) -> BuiltRoom:
    """The start page."""
    view = HandoverView(needs.look, needs.parent)
    presenter = HandoverPresenter(needs.session, view, needs.shell)
    view.seal_requested.connect(presenter.go_to_seal)
    view.open_requested.connect(presenter.go_to_open)
    view.contacts_requested.connect(presenter.go_to_contacts)
    view.quarantine_requested.connect(presenter.go_to_quarantine)
    view.notices.put_aside.connect(presenter.put_aside)
    view.notices.contact_chosen.connect(presenter.go_to_contact)
    view.exchange_requested.connect(presenter.go_to_exchange)
    view.withdrawals_requested.connect(presenter.go_to_withdrawals)
    view.departure_requested.connect(presenter.go_to_departure)
    view.missions_requested.connect(presenter.go_to_missions)
    view.copy_requested.connect(presenter.go_to_copy)
    return BuiltRoom(view=view, presenter=presenter)


def build_contacts(needs: RoomNeeds) -> BuiltRoom:
    """Contacts and my card."""
    view = ContactsView(needs.look, needs.parent)
    presenter = ContactsPresenter(needs.session, view, needs.shell)
    view.me_chosen.connect(presenter.choose_me)
    view.contact_chosen.connect(presenter.choose)
    view.adding_requested.connect(presenter.ask_to_add)
    view.text_given.connect(presenter.add_text)
    view.files_chosen.connect(presenter.add_files)
    view.save_path_chosen.connect(presenter.save_card)
    view.copy_requested.connect(presenter.copy_card)
    view.compared.connect(presenter.mark_compared)
    view.classic_toggled.connect(presenter.set_classic)
    view.role_chosen.connect(presenter.set_role)
    view.doubt_kept.connect(presenter.keep_known)
    view.doubt_taken.connect(presenter.take_doubtful)
    view.receipt_folder_chosen.connect(presenter.send_receipt)
    view.offered_card_requested.connect(presenter.look_at_offered)
    return BuiltRoom(view=view, presenter=presenter)


def build_seal(needs: RoomNeeds) -> BuiltRoom:
    """Sealing, step by step."""
    view = SealView(needs.look, needs.parent)
    presenter = SealPresenter(
        needs.session, view, needs.shell, free_bytes=free_bytes, now_s=time.monotonic
    )
    view.every_chosen.connect(presenter.choose_every)
    view.case_toggled.connect(presenter.choose_case)
    view.full_chosen.connect(presenter.choose_full)
    view.by_record_chosen.connect(presenter.choose_by_record)
    view.words_typed.connect(presenter.records.find)
    view.record_toggled.connect(presenter.records.choose)
    view.reader_toggled.connect(presenter.choose_reader)
    view.purpose_chosen.connect(presenter.choose_purpose)
    view.left_out.connect(presenter.leave_out)
    view.put_back.connect(presenter.put_back)
    view.override_given.connect(presenter.give_reason)
    view.media_toggled.connect(presenter.choose_without_media)
    view.record_opened.connect(presenter.open_record)
    view.field_toggled.connect(presenter.choose_field)
    view.folder_chosen.connect(presenter.choose_folder)
    view.checksums_chosen.connect(presenter.choose_checksums)
    view.parts_chosen.connect(presenter.choose_parts)
    view.gone_on.connect(presenter.go_on)
    view.gone_back.connect(presenter.go_back)
    view.contacts_requested.connect(presenter.go_to_contacts)
    view.desk_requested.connect(presenter.go_to_desk)
    view.copy_requested.connect(presenter.copy_hash)
    return BuiltRoom(view=view, presenter=presenter)


def build_open(needs: RoomNeeds) -> BuiltRoom:
    """Opening, step by step."""
    view = OpenView(needs.look, needs.parent)
    presenter = OpenPresenter(needs.session, view, needs.shell, now_s=time.monotonic)
    view.files_chosen.connect(presenter.choose_files)
    view.gone_on.connect(presenter.go_on)
    view.gone_back.connect(presenter.go_back)
    view.record_chosen.connect(presenter.go_to_record)
    view.evidence_chosen.connect(presenter.go_to_evidence)
    view.desk_requested.connect(presenter.go_to_desk)
    view.contacts_requested.connect(presenter.go_to_contacts)
    view.receipt_folder_chosen.connect(presenter.send_receipt)
    view.notice_put_aside.connect(presenter.put_aside)
    view.contact_chosen.connect(presenter.go_to_contact)
    return BuiltRoom(view=view, presenter=presenter)


def build_departure(needs: RoomNeeds) -> BuiltRoom:
    """A departure, step by step."""
    view = DepartureView(needs.look, needs.parent)
    presenter = DeparturePresenter(
        needs.session, view, needs.shell, free_bytes=free_bytes, now_s=time.monotonic
    )
    view.case_toggled.connect(presenter.choose_case)
    view.look_requested.connect(presenter.look_alone)
    view.missions_requested.connect(presenter.go_to_missions)
    view.old_keys_requested.connect(presenter.destroy_old_keys)
    view.reader_toggled.connect(presenter.choose_reader)
    view.contacts_requested.connect(presenter.go_to_contacts)
    view.folder_chosen.connect(presenter.choose_folder)
    view.desk_requested.connect(presenter.go_to_desk)
    view.record_chosen.connect(presenter.go_to_record)
    view.reason_given.connect(presenter.give_reason)
    view.open_requested.connect(presenter.go_to_open)
    view.again_requested.connect(presenter.seal_again)
    view.given_up.connect(presenter.give_up)
    view.key_chosen.connect(presenter.choose_key)
    view.removal_requested.connect(presenter.remove)
    view.gone_on.connect(presenter.go_on)
    view.gone_back.connect(presenter.go_back)
    return BuiltRoom(view=view, presenter=presenter)


def build_missions(needs: RoomNeeds) -> BuiltRoom:
    """Missions, for people who travel."""
    view = MissionsView(needs.look, needs.parent)
    presenter = MissionsPresenter(needs.session, view, needs.shell)
    view.made.connect(presenter.make)
    view.card_path_chosen.connect(presenter.save_card)
    view.codes_requested.connect(presenter.show_codes)
    view.taken.connect(presenter.take_over)
    view.case_toggled.connect(presenter.choose_case)
    view.gone_back.connect(presenter.go_back)
    return BuiltRoom(view=view, presenter=presenter)


def build_quarantine(needs: RoomNeeds) -> BuiltRoom:
    """What strangers sealed."""
    view = QuarantineView(needs.look, needs.parent)
    presenter = QuarantinePresenter(needs.session, view, needs.shell)
    view.looked_at.connect(presenter.look_at)
    view.dropped.connect(presenter.drop)
    view.gone_back.connect(presenter.go_back)
    return BuiltRoom(view=view, presenter=presenter)


def build_withdrawals(needs: RoomNeeds) -> BuiltRoom:
    """What withdrawals leave to do."""
    view = ToldView(needs.look, needs.parent)
    presenter = ToldPresenter(needs.session, view, needs.shell)
    view.asked.connect(presenter.ask)
    view.confirmed.connect(presenter.confirm)
    view.seal_requested.connect(presenter.seal_for)
    view.gone_back.connect(presenter.go_back)
    return BuiltRoom(view=view, presenter=presenter)


def build_exchange(needs: RoomNeeds) -> BuiltRoom:
    """The exchange folder."""
    view = ExchangeView(needs.look, needs.parent)
    presenter = ExchangePresenter(needs.session, view, needs.shell, now_s=time.monotonic)
    view.folder_chosen.connect(presenter.choose_folder)
    view.look_requested.connect(presenter.look)
    view.watch_chosen.connect(presenter.watch)
    view.ticked.connect(presenter.tick)
    view.cancel_requested.connect(presenter.cancel)
    view.seal_requested.connect(presenter.go_to_seal)
    view.gone_back.connect(presenter.go_back)
    return BuiltRoom(view=view, presenter=presenter)


def build_redact(needs: RoomNeeds) -> BuiltRoom:
    """A copy with pseudonyms, step by step."""
    view = RedactView(needs.look, needs.parent)
    presenter = RedactPresenter(needs.session, view, needs.shell)
    reading, pictures = presenter.reading, presenter.pictures
    view.gone_on.connect(presenter.go_on)
    view.gone_back.connect(presenter.go_back)
    view.desk_requested.connect(presenter.go_to_desk)
    view.page_path_chosen.connect(presenter.write_page)
    view.what.case_chosen.connect(presenter.choose_case)
    view.what.by_number_chosen.connect(presenter.choose_by_number)
    view.what.words_typed.connect(presenter.find)
    view.what.record_toggled.connect(presenter.choose_record)
    view.what.every_chosen.connect(presenter.choose_every)
    view.what.dropped.connect(presenter.drop_begun)
    view.read.record_chosen.connect(reading.choose_record)
    view.read.record_toggled.connect(reading.let_record_go)
    view.read.next_requested.connect(reading.next_mark)
    view.read.previous_requested.connect(reading.previous_mark)
    view.read.skip_requested.connect(presenter.skip)
    view.read.text.mark_chosen.connect(reading.choose_mark)
    view.read.text.selected.connect(reading.select)
    view.read.text.field_chosen.connect(reading.choose_field)
    view.read.text.nothing_chosen.connect(reading.choose_nothing)
    view.read.text.accepted.connect(reading.accept)
    view.read.bar.taken.connect(reading.take)
    view.read.bar.blacked_out.connect(reading.black_out)
    view.read.bar.left.connect(reading.leave)
    view.read.bar.field_toggled.connect(reading.let_field_go)
    view.pictures.file_chosen.connect(pictures.choose)
    view.pictures.goes_toggled.connect(pictures.let_go)
    view.pictures.metadata_toggled.connect(pictures.keep_metadata)
    view.pictures.unveiled.connect(pictures.unveil)
    view.pictures.canvas.added.connect(pictures.add_region)
    view.pictures.canvas.moved.connect(pictures.move_region)
    view.pictures.canvas.removed.connect(pictures.remove_region)
    view.pictures.canvas.chosen.connect(pictures.choose_region)
    view.look.title_typed.connect(presenter.set_title)
    view.look.purpose_chosen.connect(presenter.choose_purpose)
    view.done.look_requested.connect(presenter.look_at_copy)
    return BuiltRoom(view=view, presenter=presenter)

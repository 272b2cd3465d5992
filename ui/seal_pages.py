"""What the steps of sealing show, made from plans and results. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path
from typing import Final, Protocol

from notebook.contacts import Contact
from notebook.errors import NotebookError
from notebook.handover import SealPlan
from notebook.i18n import _, ngettext, number
from notebook.model import AuthorId, CaseId, Row
from notebook.sealing import SealedBundle, SealResult
from notebook.volumes import GREATEST_VOLUME_BYTES, MAX_VOLUME_BYTES
from ui.contacts_cards import line_of
from ui.handover_words import grouped_hash, names_words
from ui.seal_leaving import LeavingPage
from ui.seal_look_pages import LookPage
from ui.seal_records import RecordsPage
from ui.words import size_words

SPARE_BYTES: Final = 16 * 1024 * 1024
"""What is asked for beside the evidence: text, pages, padding."""

PADDED_BY: Final = 1.12
"""Padmé padding adds at most 12 percent."""


class Step(IntEnum):
    """The steps, in their order."""

    WHAT = 0
    WHOM = 1
    LOOK = 2
    SEAL = 3
    DONE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChoice:
    """A case that can be sealed."""

    id: str
    title: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatPage:
    """Which cases, and how much of them."""

    cases: tuple[CaseChoice, ...]
    is_every: bool
    records: RecordsPage
    is_full: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderChoice:
    """A contact that a bundle can be sealed for."""

    id: str
    name: str
    note: str
    is_compared: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WhomPage:
    """For whom; `warning` is about those that are chosen."""

    readers: tuple[ReaderChoice, ...]
    warning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChoice:
    """Which files are made."""

    is_checksums: bool = False
    """A list for sha256sum as well."""
    is_in_parts: bool = True
    """Parts that fit every stick, not one file."""

    def of(self, plan: SealPlan) -> SealPlan:
        """The plan with this choice."""
        most = MAX_VOLUME_BYTES if self.is_in_parts else GREATEST_VOLUME_BYTES
        request = replace(plan.request, checksums=self.is_checksums, volume_bytes=most)
        return replace(plan, request=request)


@dataclass(frozen=True, slots=True, kw_only=True)
class WherePage:
    """Where the bundle goes, and whether there is room."""

    folder: str
    size: str
    room: str
    lack: str
    """Why it cannot be sealed there; else empty."""
    is_checksums: bool
    is_in_parts: bool | None
    """None when it is so small that nobody needs to choose."""
    may_seal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DonePage:
    """What was made."""

    title: str
    folder: str
    files: tuple[str, ...]
    size: str
    readers: str
    sha256: str
    whole_sha256: str
    next_steps: tuple[str, ...]


class SealScreen(Protocol):
    """What the presenter asks of the view."""

    def show_what(self, page: WhatPage) -> None:
        """Ask which cases."""

    def show_whom(self, page: WhomPage) -> None:
        """Ask for whom."""

    def show_no_cases(self) -> None:
        """There is nothing that could be sealed."""

    def show_no_contacts(self) -> None:
        """There is nobody to seal for."""

    def show_looking(self) -> None:
        """What leaves is being gathered."""

    def show_look(self, page: LookPage) -> None:
        """Show all that leaves."""

    def show_record(self, page: LeavingPage) -> None:
        """Show one record before it leaves."""

    def show_where(self, page: WherePage) -> None:
        """Ask where the bundle goes."""

    def show_sealing(self) -> None:
        """Sealing began."""

    def show_progress(self, done: int, total: int, words: str) -> None:
        """How far it is, in bytes."""

    def show_finishing(self) -> None:
        """It is written and is being noted; there is nothing to cancel any more."""

    def show_done(self, page: DonePage) -> None:
        """Show what was made."""

    def show_lack(self, sentence: str) -> None:
        """Say what is missing to go on."""

    def show_trouble(self, error: NotebookError | None) -> None:
        """Show trouble, or that there is none any more."""


def what_page(
    cases: Sequence[Row],
    chosen: frozenset[CaseId] | None,
    records: RecordsPage,
    *,
    is_full: bool,
) -> WhatPage:
    """The cases; `chosen` is None for all of them."""
    return WhatPage(
        cases=tuple(
            CaseChoice(
                id=row.id,
                title=row.title or _("Untitled case"),
                is_chosen=chosen is None or CaseId(row.id) in chosen,
            )
            for row in cases
        ),
        is_every=chosen is None and not records.is_on,
        records=records,
        is_full=is_full,
    )


def whom_page(contacts: Sequence[Contact], chosen: frozenset[AuthorId]) -> WhomPage:
    """The contacts, and a word about those who were never compared."""
    lines = [line_of(contact) for contact in contacts]
    alone = [line.name for line in lines if line.id in chosen and not line.is_compared]
    return WhomPage(
        readers=tuple(
            ReaderChoice(
                id=line.id,
                name=line.name,
                note=line.note,
                is_compared=line.is_compared,
                is_chosen=line.id in chosen,
            )
            for line in lines
        ),
        warning=(
            _("You have not compared the card of {names} yet.").format(names=names_words(alone))
            if alone
            else ""
        ),
    )


def where_page(
    plan: SealPlan,
    folder: Path | None,
    free_bytes: int | None,
    files: FileChoice,
) -> WherePage:
    """The folder and its room; `free_bytes` is None while that is not known."""
    needed = int(plan.size_bytes * PADDED_BY) + SPARE_BYTES
    has_room = free_bytes is None or free_bytes >= needed
    return WherePage(
        folder=str(folder) if folder else "",
        size=(
            _("Its files take {size}; the text adds little.").format(
                size=size_words(plan.size_bytes)
            )
            if plan.size_bytes
            else _("It holds only text, and is small.")
        ),
        room=(
            _("{size} are free there.").format(size=size_words(free_bytes))
            if folder and free_bytes is not None
            else ""
        ),
        lack="" if has_room else _("There is not enough room. Choose another folder."),
        is_checksums=files.is_checksums,
        is_in_parts=files.is_in_parts if needed > MAX_VOLUME_BYTES else None,
        may_seal=folder is not None and has_room,
    )


def done_page(plan: SealPlan, result: SealResult) -> DonePage:
    """What was made, for whom, and what comes next."""
    names = names_words([reader.name for reader in plan.readers])
    count = len(plan.readers)
    steps = [
        ngettext(
            "Give the file to {names}: on a stick, by courier or by any network.",
            "Give the file to each of them: on a stick, by courier or by any network.",
            count,
        ).format(names=names),
        _("Once they have it and it opened, this copy can be deleted."),
    ]
    many = len(result.bundles) > 1
    if many:
        steps[0] = _(
            "Give each of them their own bundle: on a stick, by courier or by any network."
        )
    elif len(result.files) > 1:
        steps.insert(0, _("Keep these files together: each is a part of it."))
    if not result.is_from_medium:
        steps.append(
            _(
                "The system does not say whether it was read back from the stick itself or from"
                " this computer's memory. To be sure, pull the stick out, plug it in again, and"
                " compare the hash."
            ),
        )
    hashes = [bundle.sha256 for bundle in result.bundles]
    return DonePage(
        title=(
            _("{count} bundles, sealed, read back and whole").format(
                count=number(len(result.bundles))
            )
            if many
            else _("Sealed, read back and whole")
        ),
        folder=str(result.files[0].parent),
        files=tuple(
            _("{file}, for {names}").format(file=path.name, names=_readers_of(plan, bundle))
            if many
            else path.name
            for bundle in result.bundles
            for path in bundle.files
        ),
        size=size_words(result.size_bytes),
        readers=_("{names}, and nobody else. You cannot open it yourself.").format(names=names),
        sha256="\n".join(grouped_hash(sha) for sha in hashes),
        whole_sha256="\n".join(hashes),
        next_steps=tuple(steps),
    )


def _readers_of(plan: SealPlan, bundle: SealedBundle) -> str:
    return names_words([reader.name for reader in plan.readers if reader.id in bundle.readers])

"""The JSON shapes of records, contacts and findings: a promise to scripts."""

from collections.abc import Sequence

from notebook.analysis import MARK_END, MARK_START
from notebook.contacts import Contact
from notebook.health import Finding
from notebook.holdings import CaseHolding
from notebook.i18n import ngettext
from notebook.model import FieldState, HistoryLine, JsonValue, Record, Row
from notebook.notices import ExchangeNotice
from notebook.owed import Owed, Pending, Unseen

_WITHOUT_MARKS = str.maketrans("", "", MARK_START + MARK_END)


def row(shown: Row, *, is_hit: bool = False) -> dict[str, JsonValue]:
    """A record in a list; a hit also with the words around it."""
    listed: dict[str, JsonValue] = {
        "id": shown.id,
        "type": shown.type,
        "case": shown.case,
        "title": shown.title,
        "date": shown.date,
        "place": shown.place,
        "who": shown.who,
        "changed": shown.changed,
        "conflict": shown.has_conflict,
        "consent": shown.has_consent,
        "media": shown.media_count,
        "incomplete": shown.is_incomplete,
        "withdrawn": shown.is_withdrawn,
    }
    return listed | {"snippet": snippet(shown)} if is_hit else listed


def snippet(shown: Row) -> str:
    """The words around a hit, without the marks that a window needs."""
    return shown.snippet.translate(_WITHOUT_MARKS)


def record(shown: Record) -> dict[str, JsonValue]:
    """A whole record; `deleted` and `withdrawn` stand in it only where they hold."""
    value: dict[str, JsonValue] = {
        "id": shown.id,
        "type": shown.type,
        "case": shown.case,
        "fields": {name: _field(state) for name, state in shown.fields.items()},
    }
    if shown.is_deleted:
        value["deleted"] = True
    if shown.is_withdrawn:
        value["withdrawn"] = True
    return value


def _field(state: FieldState) -> JsonValue:
    if not state.is_conflict:
        return state.value
    return {
        "conflict": [
            {"value": version.value, "author": version.author, "time": version.time}
            for version in state.versions
        ]
    }


def history(line: HistoryLine) -> dict[str, JsonValue]:
    """One entry about a record."""
    return {
        "entry": line.entry,
        "kind": line.kind.value,
        "author": line.author,
        "name": line.author_name,
        "passed_on_by": line.passed_on_by,
        "time": line.time,
        "fields": list(line.fields),
        "details": dict(line.details),
    }


def owed(shown: Owed) -> dict[str, JsonValue]:
    """Who was sent a record that was withdrawn, or holds it."""
    return {
        "contact": shown.contact,
        "name": shown.name,
        "sealed_by": shown.sealed_by,
        "bundle": shown.bundle,
        "day": shown.day,
        "record": shown.record,
        "fields": list(shown.fields),
    }


def unseen(shown: Unseen) -> dict[str, JsonValue]:
    """Bundles of somebody else with what was withdrawn, and not said for whom."""
    return {"record": shown.record, "by": shown.by, "name": shown.name, "bundles": shown.count}


def pending(shown: Pending) -> dict[str, JsonValue]:
    """What somebody else withdrew and nobody here has confirmed."""
    return {
        "record": shown.record,
        "type": shown.type,
        "fields": list(shown.fields),
        "by": shown.by,
        "name": shown.name,
        "time": shown.at,
        "reason": shown.reason,
    }


def contact(shown: Contact) -> dict[str, JsonValue]:
    """A contact."""
    return {
        "id": shown.id,
        "name": shown.name,
        "verified": shown.is_compared,
        "verified_on": shown.compared_on,
        "verified_by": shown.compared_by or None,
        "profile": str(shown.profile),
        "profile_reason": shown.reason or None,
        "how": shown.how,
        "role": shown.role,
        "fingerprint": shown.fingerprint,
        "words": list(shown.words),
    }


def holding(shown: CaseHolding) -> dict[str, JsonValue]:
    """What a contact is known to hold of a case."""
    return {
        "case": shown.case,
        "title": shown.title,
        "said_on": shown.said_on or None,
        "up_to": shown.up_to or None,
        "entries_lacking": shown.entries_lacking,
        "files_lacking": shown.files_lacking,
        "authors_ahead": shown.more_than_here,
    }


def notice(shown: ExchangeNotice, what: str, next_step: str) -> dict[str, JsonValue]:
    """What exchange has shown."""
    return {
        "id": shown.key,
        "code": shown.kind.value,
        "message": what,
        "next_step": next_step,
        "case": shown.case,
        "author": shown.author,
        "contact": shown.contact,
        "count": shown.count,
        "waiting": shown.waiting,
    }


def missing_files(count: int) -> list[str]:
    """That files arrived that were missing, for people; nothing when there are none."""
    words = ngettext(
        "{count} file arrived that was missing or damaged.",
        "{count} files arrived that were missing or damaged.",
        count,
    )
    return [words.format(count=count)] if count else []


def findings(found: Sequence[Finding]) -> list[JsonValue]:
    """What a check found."""
    return [
        {
            "code": finding.code,
            "severity": finding.severity.value,
            "message": finding.what,
            "next_step": finding.next_step,
            "record": finding.record,
            "notice": finding.notice,
        }
        for finding in found
    ]

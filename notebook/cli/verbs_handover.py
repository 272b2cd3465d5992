"""The verbs that hand over: seal, inspect, open."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from notebook import disk, notices, volumes
from notebook.cli import access, outside, safe_text, shapes, shapes_preview
from notebook.cli.arguments import UsageError
from notebook.cli.call import Call, Room
from notebook.cli.output import Answer, Exit, error_of, exit_of
from notebook.errors import Code, NotebookError
from notebook.handover import SealPlan, SealRequest
from notebook.i18n import _, ngettext
from notebook.merge import OpenResult
from notebook.model import AuthorId, JsonValue, RecordId
from notebook.notebook import Notebook
from notebook.notices import ExchangeNotice, NoticeKind
from notebook.opening import Accept, Accepting, Inspection
from notebook.progress import Progress
from notebook.sealing import SealedBundle

DEFAULT_PURPOSE: Final = "team"
MAX_REASON_BYTES: Final = 64 * 1024
NOT_IN_RECEIPTS: Final = ("--full", "--delta", "--records", "--leave-out", "--without-media")
FOR_OTHERS: Final = (Code.NOT_FOR_YOU, Code.FORWARDED)
Tell = Callable[[ExchangeNotice], tuple[str, str]]
"""What a notice says: what it is, and what to do."""


def seal(call: Call) -> Answer:
    """Seal a bundle, or as many as the readers need; or only say what would leave.

    Raises CONSENT_REFUSED, UNKNOWN_CONTACT, UNKNOWN_RECORD, UNKNOWN_FIELD, NO_SPACE.
    """
    if call.arguments.has("--full") and call.arguments.has("--delta"):
        raise UsageError(_("--full and --delta exclude each other."))
    if call.arguments.has("--receipt") and any(map(call.arguments.has, NOT_IN_RECEIPTS)):
        raise UsageError(_("--receipt brings nothing, so it goes with no choice of what goes."))
    is_dry = call.arguments.has("--dry-run")
    if not is_dry and not call.arguments.has("--out"):
        raise UsageError(_("{option} is missing.").format(option="--out"))
    reason = _override(call)
    volume_bytes = _volume_bytes(call)
    with access.opened(call, is_reading=is_dry) as notebook, access.progress(call) as progress:
        plan = notebook.plan_seal(_request(call, notebook, reason, volume_bytes))
        if is_dry:
            return _previewed(notebook, plan)
        out = Path(call.arguments.value("--out") or "")
        result, _changes = notebook.seal(plan, out, progress)
        for standing in notebook.trust.notices():
            if standing.kind is NoticeKind.INTERRUPTED:
                what = notices.words(standing, notebook.author, notebook.trust.people().name)
                call.console.warn(" ".join(what))
    for notice in result.warnings:
        call.console.warn(f"{notice.text} {notice.record or ''}")
    files = [str(path) for path in result.files]
    if not files:
        call.console.warn(
            _("There is nothing to say: they never sealed anything for you.")
            if call.arguments.has("--receipt")
            else _("There is nothing to send: the readers have it all.")
        )
    elif not result.is_from_medium:
        call.console.warn(
            _(
                "It was read back and is whole, perhaps from this machine's memory: the system does"
                " not say. For a stick: pull it out, plug it in, and check it once more."
            )
        )
    if len(result.bundles) > 1:
        call.console.warn(
            _("These readers differ, so that there are {count} bundles.").format(
                count=len(result.bundles)
            )
        )
    return Answer(
        value={
            "files": [*files],
            "read_back": None if not files else "medium" if result.is_from_medium else "unknown",
            "bundles": [_bundle(bundle) for bundle in result.bundles],
            "warnings": [_notice(notice) for notice in result.warnings],
        },
        text="".join(safe_text.one_line(name) + "\n" for name in files),
    )


def _volume_bytes(call: Call) -> int:
    text = call.arguments.value("--volume-size")
    if text is None:
        return volumes.MAX_VOLUME_BYTES
    size_bytes = volumes.parse_size(text)
    if size_bytes is None:
        raise UsageError(
            _("--volume-size is a number of bytes, or like 700M or 2000MiB; 1M to 512G.")
        )
    return size_bytes


def _override(call: Call) -> str:
    """The reason for going beyond consent; empty when none was given. Raises `UsageError`."""
    reason = call.arguments.value("--override-consent")
    if reason is None:
        return ""
    if reason == access.STANDARD_INPUT:
        reason = access.read_text("-", call, max_bytes=MAX_REASON_BYTES)
    else:
        access.warn_of_arguments(call)
    if not (said := access.text_argument(reason).strip()):
        raise UsageError(_("--override-consent needs a reason in words."))
    return said


def _request(call: Call, notebook: Notebook, reason: str, volume_bytes: int) -> SealRequest:
    readers = [notebook.contact(access.text_argument(n)).id for n in call.arguments.values("--to")]
    cases = [access.case_of(notebook, text) for text in call.arguments.values("--case")]
    chosen = _named(notebook, call.arguments.values("--records"))
    left_out = _named(notebook, call.arguments.values("--leave-out"))
    return SealRequest(
        to=tuple(dict.fromkeys(readers)),
        cases=tuple(dict.fromkeys(cases)),
        is_full=call.arguments.has("--full"),
        is_receipt=call.arguments.has("--receipt"),
        purpose=call.arguments.value("--purpose") or DEFAULT_PURPOSE,
        checksums=call.arguments.has("--checksums"),
        records=tuple(chosen),
        fields={record: fields for record, fields in chosen.items() if fields},
        leave_out=frozenset(record for record, fields in left_out.items() if not fields),
        leave_out_fields=frozenset(
            (record, name) for record, fields in left_out.items() for name in fields
        ),
        without_media=call.arguments.has("--without-media"),
        override=reason,
        volume_bytes=volume_bytes,
        makes_folder=True,
    )


def _named(notebook: Notebook, arguments: Sequence[str]) -> dict[RecordId, frozenset[str]]:
    """RECORD or RECORD:FIELD,FIELD as records, and fields where some are named."""
    named: dict[RecordId, frozenset[str]] = {}
    for argument in arguments:
        untrusted_id, _colon, listed = access.text_argument(argument).partition(":")
        record = notebook.record(notebook.resolve(untrusted_id))
        form = notebook.forms[record.type]
        fields = frozenset(form.field(name).name for name in listed.split(",") if name)
        # Whoever names the whole record as well means all of it.
        is_whole = not fields or named.get(record.id) == frozenset()
        named[record.id] = frozenset() if is_whole else named.get(record.id, fields) | fields
    return named


def _previewed(notebook: Notebook, plan: SealPlan) -> Answer:
    previews = notebook.preview_seal(plan)
    return Answer(
        value={
            "dry_run": True,
            "files": [],
            "bundles": [shapes_preview.bundle(shown) for shown in previews],
            "warnings": [_notice(notice) for notice in plan.warnings],
            "refusals": [_notice(notice) for notice in plan.refusals],
        },
        text=shapes_preview.text(previews),
    )


def _bundle(sealed: SealedBundle) -> dict[str, JsonValue]:
    return {
        "files": [str(path) for path in sealed.files],
        "to": list(sealed.readers),
        "profile": str(sealed.profile),
        "kind": sealed.kind,
        "sha256": sealed.sha256,
        "size_bytes": sealed.size_bytes,
    }


_notice = shapes_preview.notice


def inspect(call: Call) -> Answer:
    """What a sealed file tells; with a notebook, who sealed it. Merges and writes nothing."""
    folder, *files = [Path(name) for name in call.arguments.many("FILE")]
    with disk.disk_trouble():
        is_folder = folder.is_dir()
    if not is_folder:
        return outside.inspect([folder, *files])
    if not files:
        raise UsageError(_("FILE is missing: inspect FOLDER FILE, or inspect FILE."))
    groups = volumes.group(files)
    if len(groups) != 1:
        raise UsageError(_("One bundle at a time: give one FILE, or all volumes of one."))
    with access.opened_at(folder, call, is_reading=True) as notebook:
        seen = notebook.inspect_bundle(groups[0])
    return Answer(
        value={
            "sealer": seen.sealer,
            "name": seen.sealer_name,
            "known": seen.is_known,
            "verified": seen.is_compared,
            "fingerprint": seen.fingerprint,
            "words": list(seen.words),
            "day": seen.day,
            "kind": seen.kind,
            "cases": list(seen.cases),
            "size_bytes": seen.size_bytes,
            "for_me": seen.is_for_me,
            "already_opened": seen.is_already_opened,
        },
        text=safe_text.columns(
            [
                (_("Sealed by"), seen.sealer_name),
                (_("Known"), _known(is_known=seen.is_known, is_compared=seen.is_compared)),
                (_("Fingerprint"), seen.fingerprint),
                (_("In words"), " ".join(seen.words)),
                (_("Day"), seen.day),
                (_("Kind"), seen.kind),
                (_("Cases"), " ".join(seen.cases)),
                (_("Bytes"), str(seen.size_bytes)),
                (_("For you"), _("yes") if seen.is_for_me else _("no")),
                (_("Opened before"), _("yes") if seen.is_already_opened else _("no")),
            ]
        ),
    )


def _known(*, is_known: bool, is_compared: bool) -> str:
    if not is_known:
        return _("no contact of yours")
    return _("compared in person") if is_compared else _("a contact, not compared")


@dataclass(slots=True)
class Opened:
    """What came of the bundles of one command, each judged by itself."""

    results: list[OpenResult] = field(default_factory=list)
    conflicts: dict[RecordId, int] = field(default_factory=dict)
    """The records in conflict after all of it, and in how many fields."""
    failures: list[tuple[Path, NotebookError]] = field(default_factory=list)
    again: list[Path] = field(default_factory=list)
    """Files that were opened before."""
    notices: list[ExchangeNotice] = field(default_factory=list)
    """What stands after all of it, about what was opened."""

    def exit(self) -> Exit:
        """5 only when no file was for us; else what the first failure says; else done."""
        others = [t for _path, t in self.failures if t.code not in FOR_OTHERS]
        if others:
            return exit_of(others[0].code)
        return Exit.NOT_FOR_YOU if self.failures and not self.results else Exit.DONE

    def count(self, *kinds: NoticeKind) -> int:
        """How many notices there are of these kinds."""
        return sum(notice.kind in kinds for notice in self.notices)

    def value(self, tell: Tell) -> dict[str, JsonValue]:
        """Totals, and what was refused; `error` beside them when the exit code is not 0."""
        refused: list[JsonValue] = [
            {"file": str(path), **error_of(trouble)} for path, trouble in self.failures
        ]
        refused += [
            {"file": None, **_notice(notice)}
            for result in self.results
            for notice in result.refused
        ]
        totals: dict[str, JsonValue] = {
            "new": sum(result.new for result in self.results),
            "present": sum(result.present for result in self.results),
            # The state after the last one, not a sum: what waited may have come since.
            "waiting": self.results[-1].waiting if self.results else 0,
            "conflicts": sum(self.conflicts.values()),
            "later": sum(result.later for result in self.results),
            "withheld": sum(result.withheld for result in self.results),
            "refused": refused,
            "again": [str(path) for path in self.again],
            "forwarded": [
                str(path) for path, trouble in self.failures if trouble.code is Code.FORWARDED
            ],
            "forks": self.count(NoticeKind.COPIED, NoticeKind.FORK),
            "rollback": self.count(NoticeKind.ROLLBACK),
            "recovered": sum(result.recovered for result in self.results),
            "notices": [shapes.notice(notice, *tell(notice)) for notice in self.notices],
        }
        status = self.exit()
        if status is Exit.DONE:
            return totals
        cause = next(t for _path, t in self.failures if exit_of(t.code) is status)
        return {"error": error_of(cause), **totals}


def open_bundles(call: Call) -> Answer:
    """Check bundles and merge them; what one lacks or breaks does not touch the others."""
    if call.arguments.has("--same-name") and not call.arguments.has("--accept-unknown"):
        raise UsageError(_("--same-name goes with --accept-unknown."))
    outcome = Opened()
    with (
        access.opened(call) as notebook,
        access.progress(call) as progress,
    ):
        groups = volumes.group([Path(name) for name in call.arguments.many("FILE")])
        accept = _accepted(call, notebook, groups)
        for group in groups:
            _open_one(notebook, group, outcome, progress, accept)
        tell = _look_back(notebook, outcome)
    return _answer(call, outcome, tell)


def opened_answer(call: Call, notebook: Notebook, results: list[OpenResult]) -> Answer:
    """The answer of bundles that were merged."""
    outcome = Opened(results=results)
    return _answer(call, outcome, _look_back(notebook, outcome))


def _accepted(call: Call, notebook: Notebook, groups: Sequence[Sequence[Path]]) -> Accepting:
    """The one sealer who is accepted: with several unknown ones nobody was named."""
    if not call.arguments.has("--accept-unknown"):
        return False
    unknown: dict[AuthorId, Inspection] = {}
    for group in groups:
        # What cannot be read is told when it is opened.
        with suppress(NotebookError):
            seen = notebook.inspect_bundle(group)
            if not seen.is_known:
                unknown[seen.sealer] = seen
    if len(unknown) > 1:
        call.console.warn(
            _(
                "These bundles are by more than one sealer you do not know, so none was accepted."
                " “quarantine FOLDER list” shows them; accept them one by one."
            )
        )
    if len(unknown) != 1:
        return False
    (seen,) = unknown.values()
    call.console.warn(
        _("Accepted, not compared: {name}, fingerprint {digits}").format(
            name=safe_text.one_line(seen.sealer_name), digits=seen.fingerprint
        )
    )
    return Accept(sealer=seen.sealer, may_share_name=call.arguments.has("--same-name"))


def _look_back(notebook: Notebook, outcome: Opened) -> Tell:
    """Note what stands after all of it; how notices are told."""
    outcome.conflicts = _conflicts(notebook, outcome.results)
    shown = {notice.key for result in outcome.results for notice in result.notices}
    # A later bundle may have brought what an earlier one lacked.
    outcome.notices = [notice for notice in notebook.trust.notices() if notice.key in shown]
    people, me = notebook.trust.people(), notebook.author

    def tell(notice: ExchangeNotice) -> tuple[str, str]:
        return notices.words(notice, me, people.name)

    return tell


def _answer(call: Call, outcome: Opened, tell: Tell) -> Answer:
    for path, trouble in outcome.failures:
        call.console.warn(f"{path.name}: {trouble}")
    for notice in outcome.notices:
        call.console.warn(" ".join(tell(notice)))
    return Answer(value=outcome.value(tell), text=_opened_text(outcome), exit=outcome.exit())


def _open_one(
    notebook: Notebook,
    group: Sequence[Path],
    outcome: Opened,
    progress: Progress,
    accept: Accepting,
) -> None:
    try:
        result, _changes = notebook.open_bundle(group, accept_unknown=accept, progress=progress)
    except NotebookError as trouble:
        outcome.failures.append((group[0], trouble))
    else:
        outcome.results.append(result)
        if result.is_again:
            outcome.again.append(group[0])


def _conflicts(notebook: Notebook, results: Sequence[OpenResult]) -> dict[RecordId, int]:
    """What is still in conflict: a later bundle may have ended what an earlier one brought."""
    named = {id_ for result in results for id_ in result.conflict_records}
    if not named:
        return {}
    return {
        row.id: max(1, len(notebook.record(row.id).conflicts))
        for row in notebook.rows()
        if row.has_conflict and row.id in named
    }


def _opened_text(outcome: Opened) -> str:
    lines = [
        (
            _("From {name}: opened before; nothing changed.")
            if result.is_again
            else _("From {name}: {new} new, {present} already here, {waiting} waiting.")
        ).format(
            name=result.sealer_name,
            new=result.new,
            present=result.present,
            waiting=result.waiting,
        )
        for result in outcome.results
    ]
    later = sum(result.later for result in outcome.results)
    if later:
        lines.append(
            ngettext(
                "{count} file comes later: seal for the sender, who then knows that it lacks.",
                "{count} files come later: seal for the sender, who then knows that they lack.",
                later,
            ).format(count=later)
        )
    withheld = sum(result.withheld for result in outcome.results)
    if withheld:
        lines.append(
            ngettext(
                "{count} value is not for you.", "{count} values are not for you.", withheld
            ).format(count=withheld)
        )
    conflicts = outcome.conflicts
    if conflicts:
        lines.append(
            ngettext(
                "{count} record with a conflict, both versions kept: {ids}",
                "{count} records with conflicts, all versions kept: {ids}",
                len(conflicts),
            ).format(count=len(conflicts), ids=" ".join(conflicts))
        )
    lines += [notice.text for result in outcome.results for notice in result.refused]
    return "".join(safe_text.one_line(line) + "\n" for line in lines)


VERBS: Final[Mapping[str, Room]] = {
    "seal": seal,
    "inspect": inspect,
    "open": open_bundles,
}

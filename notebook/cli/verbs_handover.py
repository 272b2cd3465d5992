"""The verbs that hand over and look before: seal, inspect."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from notebook import disk, notices, volumes
from notebook.cli import access, outside, safe_text, shapes_preview
from notebook.cli.arguments import UsageError
from notebook.cli.call import Call, Room
from notebook.cli.output import Answer
from notebook.handover import SealPlan, SealRequest
from notebook.i18n import _
from notebook.model import JsonValue, RecordId
from notebook.notebook import Notebook
from notebook.notices import NoticeKind
from notebook.sealing import SealedBundle

DEFAULT_PURPOSE: Final = "team"
MAX_REASON_BYTES: Final = 64 * 1024
NOT_IN_RECEIPTS: Final = ("--full", "--delta", "--records", "--leave-out", "--without-media")


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
    with access.opened_at(folder, call, is_reading=True) as notebook:
        groups = notebook.bundles_among(files)
        if len(groups) != 1:
            raise UsageError(_("One bundle at a time: give one FILE, or all volumes of one."))
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


VERBS: Final[Mapping[str, Room]] = {
    "seal": seal,
    "inspect": inspect,
}

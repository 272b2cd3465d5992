"""The verbs that hand over: seal, inspect, open."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from notebook import disk, volumes
from notebook.cli import opening, outside, safe_text
from notebook.cli.arguments import Arguments, UsageError
from notebook.cli.output import Answer, Console, Exit, error_of, exit_of
from notebook.errors import Code, NotebookError
from notebook.handover import Notice, SealRequest
from notebook.i18n import _, ngettext
from notebook.model import JsonValue
from notebook.notebook import Notebook, OpenResult
from notebook.progress import Progress

DEFAULT_PURPOSE: Final = "team"


def seal(arguments: Arguments, console: Console) -> Answer:
    """Seal one bundle. Raises CONSENT_REFUSED, UNKNOWN_CONTACT, UNKNOWN_RECORD, NO_SPACE."""
    if arguments.has("--full") and arguments.has("--delta"):
        raise UsageError(_("--full and --delta exclude each other."))
    out = Path(arguments.value("--out") or "")
    with (
        opening.opened(arguments, console) as notebook,
        opening.progress(console) as progress,
    ):
        readers = [notebook.contact(opening.text_argument(n)).id for n in arguments.values("--to")]
        cases = [opening.case_of(notebook, text) for text in arguments.values("--case")]
        plan = notebook.plan_seal(
            SealRequest(
                to=tuple(dict.fromkeys(readers)),
                cases=tuple(dict.fromkeys(cases)),
                is_full=arguments.has("--full"),
                purpose=arguments.value("--purpose") or DEFAULT_PURPOSE,
                checksums=arguments.has("--checksums"),
            )
        )
        if not plan.is_empty and not plan.refusals:
            with disk.disk_trouble():
                out.mkdir(mode=disk.FOLDER_MODE, parents=True, exist_ok=True)
        result = notebook.seal(plan, out, progress)
    for notice in result.warnings:
        console.warn(f"{notice.text} {notice.record or ''}")
    files = [str(path) for path in result.files]
    if not files:
        console.warn(_("There is nothing to send: the readers have it all."))
    return Answer(
        value={"files": [*files], "warnings": [_notice(notice) for notice in result.warnings]},
        text="".join(safe_text.one_line(name) + "\n" for name in files),
    )


def _notice(notice: Notice) -> dict[str, JsonValue]:
    return {"code": str(notice.code), "message": notice.text, "record": notice.record}


def inspect(arguments: Arguments, console: Console) -> Answer:
    """What a sealed file tells; with a notebook, who sealed it. Merges and writes nothing."""
    folder, *files = [Path(name) for name in arguments.many("FILE")]
    if not folder.is_dir():
        return outside.inspect([folder, *files])
    if not files:
        raise UsageError(_("FILE is missing: inspect FOLDER FILE, or inspect FILE."))
    groups = volumes.group(files)
    if len(groups) != 1:
        raise UsageError(_("One bundle at a time: give one FILE, or all volumes of one."))
    with opening.opened_at(folder, arguments, console, is_reading=True) as notebook:
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
    failures: list[tuple[Path, NotebookError]] = field(default_factory=list)

    def exit(self) -> Exit:
        """5 only when no file was for us; else what the first failure says; else done."""
        others = [t for _path, t in self.failures if t.code is not Code.NOT_FOR_YOU]
        if others:
            return exit_of(others[0].code)
        return Exit.NOT_FOR_YOU if self.failures and not self.results else Exit.DONE

    def value(self) -> dict[str, JsonValue]:
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
            "waiting": sum(result.waiting for result in self.results),
            "conflicts": sum(result.conflicts for result in self.results),
            "refused": refused,
        }
        status = self.exit()
        if status is Exit.DONE:
            return totals
        cause = next(t for _path, t in self.failures if exit_of(t.code) is status)
        return {"error": error_of(cause), **totals}


def open_bundles(arguments: Arguments, console: Console) -> Answer:
    """Check bundles and merge them; what one lacks or breaks does not touch the others."""
    outcome = Opened()
    with (
        opening.opened(arguments, console) as notebook,
        opening.progress(console) as progress,
    ):
        for group in volumes.group([Path(name) for name in arguments.many("FILE")]):
            _open_one(
                notebook,
                group,
                outcome,
                progress,
                accept_unknown=arguments.has("--accept-unknown"),
            )
    for path, trouble in outcome.failures:
        console.warn(f"{path.name}: {trouble}")
    return Answer(value=outcome.value(), text=_opened_text(outcome), exit=outcome.exit())


def _open_one(
    notebook: Notebook,
    group: Sequence[Path],
    outcome: Opened,
    progress: Progress,
    *,
    accept_unknown: bool,
) -> None:
    try:
        outcome.results.append(
            notebook.open_bundle(group, accept_unknown=accept_unknown, progress=progress)
        )
    except NotebookError as trouble:
        outcome.failures.append((group[0], trouble))


def _opened_text(outcome: Opened) -> str:
    lines = [
        _("From {name}: {new} new, {present} already here, {waiting} waiting.").format(
            name=result.sealer_name,
            new=result.new,
            present=result.present,
            waiting=result.waiting,
        )
        for result in outcome.results
    ]
    conflicts = [id_ for result in outcome.results for id_ in result.conflict_records]
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


VERBS: Final[Mapping[str, Callable[[Arguments, Console], Answer]]] = {
    "seal": seal,
    "inspect": inspect,
    "open": open_bundles,
}

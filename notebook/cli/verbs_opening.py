"""The verb that opens bundles, and what came of them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from notebook import notices
from notebook.cli import access, safe_text, shapes, shapes_preview
from notebook.cli.arguments import UsageError
from notebook.cli.call import Call, Room
from notebook.cli.output import Answer, Exit, error_of, exit_of
from notebook.errors import Code, NotebookError
from notebook.i18n import _, ngettext
from notebook.merge import OpenResult
from notebook.model import AuthorId, JsonValue, RecordId
from notebook.notebook import Notebook
from notebook.notices import ExchangeNotice, NoticeKind
from notebook.opening import Accept, Accepting, Inspection
from notebook.progress import Progress

FOR_OTHERS: Final = (Code.NOT_FOR_YOU, Code.FORWARDED)
Tell = Callable[[ExchangeNotice], tuple[str, str]]
"""What a notice says: what it is, and what to do."""


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
            {"file": None, **shapes_preview.notice(notice)}
            for result in self.results
            for notice in result.refused
        ]
        totals: dict[str, JsonValue] = {
            "new": sum(result.new for result in self.results),
            "present": sum(result.present for result in self.results),
            # The state after the last one, not a sum: what waited may have come since.
            "waiting": self.results[-1].waiting if self.results else 0,
            "conflicts": sum(self.conflicts.values()),
            "files": sum(result.files for result in self.results),
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
        groups = notebook.bundles_among([Path(name) for name in call.arguments.many("FILE")])
        unknown = _to_accept(call, notebook, groups)
        accept: Accepting = (
            Accept(sealer=unknown.sealer, may_share_name=call.arguments.has("--same-name"))
            if unknown
            else False
        )
        for group in groups:
            _open_one(notebook, group, outcome, progress, accept)
        if unknown and any(result.sealer == unknown.sealer for result in outcome.results):
            # Not before: somebody with a contact's name, or a damaged bundle, is not accepted.
            call.console.warn(
                _("Accepted, not compared: {name}, fingerprint {digits}").format(
                    name=safe_text.one_line(unknown.sealer_name), digits=unknown.fingerprint
                )
            )
        tell = _look_back(notebook, outcome)
    return _answer(call, outcome, tell)


def opened_answer(call: Call, notebook: Notebook, results: list[OpenResult]) -> Answer:
    """The answer of bundles that were merged."""
    outcome = Opened(results=results)
    return _answer(call, outcome, _look_back(notebook, outcome))


def _to_accept(
    call: Call, notebook: Notebook, groups: Sequence[Sequence[Path]]
) -> Inspection | None:
    """The one sealer who is to be accepted: with several unknown ones nobody was named."""
    if not call.arguments.has("--accept-unknown"):
        return None
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
    return next(iter(unknown.values())) if len(unknown) == 1 else None


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
            if result.is_again and not result.files
            else _("From {name}: {new} new, {present} already here, {waiting} waiting.")
        ).format(
            name=result.sealer_name,
            new=result.new,
            present=result.present,
            waiting=result.waiting,
        )
        for result in outcome.results
    ]
    lines += shapes.missing_files(sum(result.missing_files for result in outcome.results))
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


VERBS: Final[Mapping[str, Room]] = {"open": open_bundles}

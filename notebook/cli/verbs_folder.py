"""The verbs about the notebook as a whole: new, passphrase, verify."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from notebook import notices
from notebook.cli import access, passphrase_input, safe_text, shapes, travelling
from notebook.cli.call import Call, Room
from notebook.cli.output import Answer, Exit
from notebook.health import Finding, Severity
from notebook.i18n import _
from notebook.mission_card import MissionCard
from notebook.notebook import Kdf, Notebook

CODE_BYTES: Final = 3


def new(call: Call) -> Answer:
    """Make a notebook. Raises as `Notebook.create`."""
    kdf = Kdf(call.arguments.value("--kdf") or Kdf.STANDARD)
    name = access.text_argument(call.arguments.value("--author") or _code_name(call))
    notebook = create(call, name=name, kdf=kdf, mission=travelling.mission_of(call))
    try:
        return created(notebook)
    finally:
        notebook.close()


def create(call: Call, *, name: str, kdf: Kdf, mission: MissionCard | None = None) -> Notebook:
    """A new notebook in FOLDER, open. Raises as `Notebook.create`."""
    ask = access.asker(call)
    passphrase = passphrase_input.ask_new(
        ask,
        is_prompted=not call.arguments.has("--passphrase-fd"),
        first=_("New passphrase:"),
        again=_("The same passphrase again:"),
    )
    return Notebook.create(
        Path(call.arguments.one("FOLDER")),
        passphrase,
        author_name=name,
        kdf=kdf,
        environment=access.environment_of(call),
        mission=mission,
    )


def _code_name(call: Call) -> str:
    """A name that says nothing and that two notebooks do not share."""
    return "author-" + access.environment_of(call).random(CODE_BYTES).hex()


def created(notebook: Notebook) -> Answer:
    """What there is to say of a new notebook."""
    # Of the card: a session of a notebook that travels has a key of its own, which nobody compares.
    card = notebook.my_card()
    fingerprint = card.fingerprint()
    return Answer(
        value={
            "folder": str(notebook.folder),
            "author": card.author_id(),
            "name": notebook.author_name,
            "fingerprint": fingerprint,
        },
        text=_("The notebook was made in {folder}.").format(
            folder=safe_text.one_line(str(notebook.folder))
        )
        + "\n"
        + safe_text.columns(
            [(_("Author"), notebook.author_name), (_("Fingerprint"), fingerprint)],
        ),
    )


def passphrase(call: Call) -> Answer:
    """Replace the passphrase. Raises WRONG_PASSPHRASE, WEAK_PASSPHRASE."""
    ask = access.asker(call)
    old = ask(_("Old passphrase:"))
    folder = Path(call.arguments.one("FOLDER"))
    notebook = Notebook.unlock(folder, old, environment=access.environment_of(call))
    try:
        replacement = passphrase_input.ask_new(
            ask,
            is_prompted=not call.arguments.has("--passphrase-fd"),
            first=_("New passphrase:"),
            again=_("The same passphrase again:"),
        )
        notebook.change_passphrase(old, replacement)
    finally:
        notebook.close()
    call.console.warn(
        _(
            "An older copy of this folder still opens with the old passphrase; flash memory may"
            " keep one."
        )
    )
    return Answer(value={"folder": str(folder)}, text=_("The passphrase was replaced.") + "\n")


def verify(call: Call) -> Answer:
    """Check everything; damage gives the exit code of damage, a notice does not."""
    with (
        access.opened(call) as notebook,
        access.progress(call) as progress,
    ):
        if call.arguments.has("--acknowledge"):
            notebook.acknowledge_loss()
        if given := call.arguments.values("--put-aside"):
            standing = notebook.trust.notices()
            for notice in [notices.choose(standing, digits) for digits in given]:
                notebook.trust.put_aside(notice.key)
        found = notebook.verify(rebuild=call.arguments.has("--rebuild"), progress=progress)
    is_whole = all(finding.severity is not Severity.DAMAGE for finding in found)
    text = _("Everything is whole.") if is_whole else _("Something is damaged.")
    return Answer(
        value={"ok": is_whole, "findings": shapes.findings(found)},
        text=text + "\n" + safe_text.columns([(str(f.severity), _words(f)) for f in found]),
        exit=Exit.DONE if is_whole else Exit.DAMAGED,
    )


def _words(finding: Finding) -> str:
    """What a finding says, and by which digits it can be put aside."""
    digits = f" [{finding.notice}]" if finding.notice else ""
    return f"{finding.what} {finding.next_step}{digits}"


VERBS: Final[Mapping[str, Room]] = {"new": new, "passphrase": passphrase, "verify": verify}

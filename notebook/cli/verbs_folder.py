"""The verbs about the notebook as a whole: new, passphrase, verify, sample."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from notebook import sample
from notebook.cli import opening, passphrase_input, safe_text, shapes
from notebook.cli.arguments import Arguments
from notebook.cli.output import Answer, Console, Exit
from notebook.environment import real_environment
from notebook.health import Severity
from notebook.i18n import _, ngettext
from notebook.notebook import Kdf, Notebook

SAMPLE_RECORDS: Final = 12
SAMPLE_SEED: Final = 1
MOST_RECORDS: Final = 1_000_000
LARGEST_SEED: Final = 2**53
CODE_BYTES: Final = 3


def new(arguments: Arguments, console: Console) -> Answer:
    """Make a notebook. Raises as `Notebook.create`."""
    kdf = Kdf(arguments.value("--kdf") or Kdf.STANDARD)
    name = opening.text_argument(arguments.value("--author") or _code_name())
    notebook = _create(arguments, console, name=name, kdf=kdf)
    try:
        return _created(notebook)
    finally:
        notebook.close()


def _create(arguments: Arguments, console: Console, *, name: str, kdf: Kdf) -> Notebook:
    ask = opening.asker(arguments, console)
    passphrase = passphrase_input.ask_new(
        ask,
        is_prompted=not arguments.has("--passphrase-fd"),
        first=_("New passphrase:"),
        again=_("The same passphrase again:"),
    )
    return Notebook.create(
        Path(arguments.one("FOLDER")),
        passphrase,
        author_name=name,
        kdf=kdf,
        environment=real_environment(),
    )


def _code_name() -> str:
    """A name that says nothing and that two notebooks do not share."""
    return "author-" + real_environment().random(CODE_BYTES).hex()


def _created(notebook: Notebook) -> Answer:
    fingerprint = notebook.my_card().fingerprint()
    return Answer(
        value={
            "folder": str(notebook.folder),
            "author": notebook.author,
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


def passphrase(arguments: Arguments, console: Console) -> Answer:
    """Replace the passphrase. Raises WRONG_PASSPHRASE, WEAK_PASSPHRASE."""
    ask = opening.asker(arguments, console)
    old = ask(_("Old passphrase:"))
    folder = Path(arguments.one("FOLDER"))
    notebook = Notebook.unlock(folder, old, environment=real_environment())
    try:
        replacement = passphrase_input.ask_new(
            ask,
            is_prompted=not arguments.has("--passphrase-fd"),
            first=_("New passphrase:"),
            again=_("The same passphrase again:"),
        )
        notebook.change_passphrase(old, replacement)
    finally:
        notebook.close()
    console.warn(
        _(
            "An older copy of this folder still opens with the old passphrase; flash memory may"
            " keep one."
        )
    )
    return Answer(value={"folder": str(folder)}, text=_("The passphrase was replaced.") + "\n")


def verify(arguments: Arguments, console: Console) -> Answer:
    """Check everything; damage gives the exit code of damage, a notice does not."""
    with (
        opening.opened(arguments, console) as notebook,
        opening.progress(console) as progress,
    ):
        found = notebook.verify(rebuild=arguments.has("--rebuild"), progress=progress)
    is_whole = all(finding.severity is not Severity.DAMAGE for finding in found)
    text = _("Everything is whole.") if is_whole else _("Something is damaged.")
    return Answer(
        value={"ok": is_whole, "findings": shapes.findings(found)},
        text=text
        + "\n"
        + safe_text.columns([(str(f.severity), f"{f.what} {f.next_step}") for f in found]),
        exit=Exit.DONE if is_whole else Exit.DAMAGED,
    )


def make_sample(arguments: Arguments, console: Console) -> Answer:
    """Make a notebook of invented records. Raises as `Notebook.create`."""
    count = opening.number_argument(
        "--records", arguments.value("--records") or str(SAMPLE_RECORDS), largest=MOST_RECORDS
    )
    seed = opening.number_argument(
        "--seed", arguments.value("--seed") or str(SAMPLE_SEED), largest=LARGEST_SEED
    )
    notebook = _create(arguments, console, name=_("Sample"), kdf=Kdf.LOW_MEMORY)
    try:
        sample.make_sample(notebook, records=count, seed=seed)
        made = _created(notebook)
        total = len(notebook.rows())
    finally:
        notebook.close()
    assert isinstance(made.value, Mapping)
    return Answer(
        value={**made.value, "records": total},
        text=made.text
        + ngettext("{count} record, invented.", "{count} records, all invented.", total).format(
            count=total
        )
        + "\n",
    )


VERBS: Final[Mapping[str, Callable[[Arguments, Console], Answer]]] = {
    "new": new,
    "passphrase": passphrase,
    "verify": verify,
    "sample": make_sample,
}

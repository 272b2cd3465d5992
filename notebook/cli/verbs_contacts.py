"""The verbs about who one is and whom one knows: card, identity, contacts."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from notebook.cli import opening, safe_text, shapes
from notebook.cli.arguments import Arguments, UsageError
from notebook.cli.output import Answer, Console
from notebook.contacts import Contact
from notebook.i18n import _

MAX_CARD_BYTES: Final = 64 * 1024
SHORT_ID_DIGITS: Final = 8
SIGNERS_SUFFIX: Final = ".signers"


def card(arguments: Arguments, console: Console) -> Answer:
    """The card, its text alone."""
    with opening.opened(arguments, console, is_reading=True) as notebook:
        text = notebook.my_card().encode()
    return Answer(value={"card": text}, text=text)


def identity(arguments: Arguments, console: Console) -> Answer:
    """Write the secret age keys and the signers' list. Raises FILE_EXISTS."""
    out = Path(arguments.value("--export") or "")
    with opening.opened(arguments, console) as notebook:
        notebook.export_identity(out)
    console.warn(
        _(
            "{file} opens every bundle ever sealed to you, without a passphrase. Destroy it when"
            " the work is done."
        ).format(file=out.name)
    )
    files = [str(out), str(out) + SIGNERS_SUFFIX]
    return Answer(
        value={"files": [*files]}, text="".join(safe_text.one_line(f) + "\n" for f in files)
    )


def contacts(arguments: Arguments, console: Console) -> Answer:
    """List, add or verify contacts."""
    action, named = arguments.one("ACTION"), arguments.many("CARD|CONTACT")
    if arguments.has("--classic") and action != "add":
        raise UsageError(_("--classic goes with “add”."))
    if action == "list":
        if named:
            raise UsageError(_("“contacts FOLDER list” takes nothing more."))
        return _list(arguments, console)
    if not named:
        raise UsageError(
            _("“contacts FOLDER add” needs a CARD, a file or “-”.")
            if action == "add"
            else _("“contacts FOLDER verify” needs a CONTACT, an id or a name.")
        )
    return (_add if action == "add" else _verify)(arguments, console, named[0])


def _list(arguments: Arguments, console: Console) -> Answer:
    with opening.opened(arguments, console, is_reading=True) as notebook:
        known = notebook.contacts()
    return Answer(
        value=[shapes.contact(contact) for contact in known],
        text=safe_text.columns(
            [
                (
                    contact.id[:SHORT_ID_DIGITS],
                    _("compared") if contact.is_compared else _("not compared"),
                    str(contact.profile),
                    contact.name,
                )
                for contact in known
            ]
        ),
    )


def _add(arguments: Arguments, console: Console, name: str) -> Answer:
    with opening.opened(arguments, console) as notebook:
        text = opening.read_text(name, console, max_bytes=MAX_CARD_BYTES)
        contact, _changes = notebook.add_contact(text, classic=arguments.has("--classic"))
    if not contact.is_compared:
        console.warn(
            _("Compare the fingerprint in person or by voice, then mark it with “verify”.")
        )
    return _one(contact)


def _verify(arguments: Arguments, console: Console, name: str) -> Answer:
    with opening.opened(arguments, console) as notebook:
        found = notebook.contact(opening.text_argument(name))
        notebook.mark_compared(found.id)
        contact = notebook.contact(found.id)
    return _one(contact)


def _one(contact: Contact) -> Answer:
    return Answer(
        value=shapes.contact(contact),
        text=safe_text.columns(
            [
                (_("Contact"), contact.name),
                (_("Id"), contact.id),
                (_("Fingerprint"), contact.fingerprint),
                (_("In words"), " ".join(contact.words)),
            ]
        ),
    )


VERBS: Final[Mapping[str, Callable[[Arguments, Console], Answer]]] = {
    "card": card,
    "identity": identity,
    "contacts": contacts,
}

"""The verbs about who one is and whom one knows: card, identity, contacts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from notebook.cli import access, safe_text, shapes
from notebook.cli.arguments import UsageError
from notebook.cli.call import Call, Room
from notebook.cli.output import Answer
from notebook.contacts import Contact
from notebook.i18n import _

MAX_CARD_BYTES: Final = 64 * 1024
SHORT_ID_DIGITS: Final = 8
NO_ROLE: Final = "-"
IDENTITY_SUFFIXES: Final = ("", ".pq", ".signers")
"""The classic identity, the post-quantum one, and the allowed signers."""


def card(call: Call) -> Answer:
    """The card, its text alone."""
    with access.opened(call, is_reading=True) as notebook:
        text = notebook.my_card().encode()
    return Answer(value={"card": text}, text=text)


def identity(call: Call) -> Answer:
    """Write the secret age keys and the signers' list. Raises FILE_EXISTS."""
    out = Path(call.arguments.value("--export") or "")
    with access.opened(call) as notebook:
        notebook.export_identity(out)
    call.console.warn(
        _(
            "{file} and {file}.pq open every bundle ever sealed to you, without a passphrase."
            " Deleting them does not erase them from a flash drive."
        ).format(file=out.name)
    )
    files = [str(out) + suffix for suffix in IDENTITY_SUFFIXES]
    return Answer(
        value={"files": [*files]}, text="".join(safe_text.one_line(f) + "\n" for f in files)
    )


def contacts(call: Call) -> Answer:
    """List, add or verify contacts, or say who one is."""
    action, named = call.arguments.one("ACTION"), call.arguments.many("CARD|CONTACT")
    if call.arguments.has("--classic") and action != "add":
        raise UsageError(_("--classic goes with “add”."))
    if call.arguments.has("--as") != (action == "role"):
        raise UsageError(_("“contacts FOLDER role CONTACT” and --as go together."))
    if action == "list":
        if named:
            raise UsageError(_("“contacts FOLDER list” takes nothing more."))
        return _list(call)
    if not named:
        raise UsageError(
            _("“contacts FOLDER add” needs a CARD, a file or “-”.")
            if action == "add"
            else _("“contacts FOLDER {action}” needs a CONTACT, an id or a name.").format(
                action=action
            )
        )
    return {"add": _add, "verify": _verify, "role": _role}[action](call, named[0])


def _list(call: Call) -> Answer:
    with access.opened(call, is_reading=True) as notebook:
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


def _add(call: Call, name: str) -> Answer:
    with access.opened(call) as notebook:
        text = access.read_text(name, call, max_bytes=MAX_CARD_BYTES)
        contact, _changes = notebook.add_contact(text, classic=call.arguments.has("--classic"))
    if not contact.is_compared:
        call.console.warn(
            _("Compare the fingerprint in person or by voice, then mark it with “verify”.")
        )
    return _one(contact)


def _verify(call: Call, name: str) -> Answer:
    with access.opened(call) as notebook:
        found = notebook.contact(access.text_argument(name))
        notebook.mark_compared(found.id)
        contact = notebook.contact(found.id)
    return _one(contact)


def _role(call: Call, name: str) -> Answer:
    role = call.arguments.value("--as") or ""
    with access.opened(call) as notebook:
        found = notebook.contact(access.text_argument(name))
        notebook.set_role(found.id, "" if role == NO_ROLE else access.text_argument(role))
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


VERBS: Final[Mapping[str, Room]] = {
    "card": card,
    "identity": identity,
    "contacts": contacts,
}

"""The verbs about who one is and whom one knows: card, identity, contacts."""

from collections.abc import Mapping
from typing import Final

from notebook.cli import access, card_input, safe_text, shapes
from notebook.cli.arguments import UsageError
from notebook.cli.call import Call, Room
from notebook.cli.output import Answer
from notebook.contacts import Contact
from notebook.i18n import _

SHORT_ID_DIGITS: Final = 8
NO_ROLE: Final = "-"
IDENTITY_SUFFIXES: Final = ("", ".pq", ".signers")
"""The classic identity, the post-quantum one, and the allowed signers."""
OPTIONS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "--classic": ("add", "profile"),
    "--pq": ("profile",),
    "--replace": ("add",),
    "--same-name": ("add",),
}
"""The actions that each option goes with."""


def card(call: Call) -> Answer:
    """The card, its text alone."""
    with access.opened(call, is_reading=True) as notebook:
        text = notebook.my_card().encode()
    return Answer(value={"card": text}, text=text)


def identity(call: Call) -> Answer:
    """Write the secret age keys and the signers' list. Raises FILE_EXISTS."""
    out = access.new_file(call.arguments.value("--export") or "")
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
    """List, show, add or verify contacts, or say how to seal for one."""
    action, named = call.arguments.one("ACTION"), call.arguments.many("CARD|CONTACT")
    for option, actions in OPTIONS_OF.items():
        if call.arguments.has(option) and action not in actions:
            raise UsageError(
                _("{option} goes with “{action}”.").format(option=option, action=actions[0])
            )
    if call.arguments.has("--reason") and not call.arguments.has("--classic"):
        raise UsageError(_("--reason goes with --classic."))
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
    actions_of = {
        "add": _add,
        "verify": _verify,
        "show": _show,
        "profile": _profile,
        "role": _role,
    }
    return actions_of[action](call, named[0])


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
        text = card_input.read(name, call)
        contact, _changes = notebook.trust.add_contact(
            text,
            is_classic=call.arguments.has("--classic"),
            reason=call.arguments.value("--reason") or "",
            may_replace=call.arguments.has("--replace"),
            may_share_name=call.arguments.has("--same-name"),
        )
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
        notebook.trust.set_role(found.id, "" if role == NO_ROLE else access.text_argument(role))
        contact = notebook.contact(found.id)
    return _one(contact)


def _profile(call: Call, name: str) -> Answer:
    is_classic = call.arguments.has("--classic")
    if is_classic == call.arguments.has("--pq"):
        raise UsageError(_("“contacts FOLDER profile CONTACT” needs --classic or --pq."))
    with access.opened(call) as notebook:
        found = notebook.contact(access.text_argument(name))
        reason = call.arguments.value("--reason") or ""
        notebook.trust.set_profile(found.id, is_classic=is_classic, reason=reason)
        contact = notebook.contact(found.id)
    return _one(contact)


def _show(call: Call, name: str) -> Answer:
    with access.opened(call, is_reading=True) as notebook:
        contact = notebook.contact(access.text_argument(name))
        held = notebook.trust.holdings(contact.id)
        has_offered = notebook.trust.offered_card(contact.id) is not None
    if has_offered:
        call.console.warn(
            _("A bundle they signed brought a card with other keys. Ask them in person.")
        )
    text = safe_text.columns(
        [
            (
                holding.title or holding.case,
                _("said on {day}").format(day=holding.said_on) if holding.said_on else "-",
                holding.up_to or "-",
                _("lacks {entries} entries, {files} files").format(
                    entries=holding.entries_lacking, files=holding.files_lacking
                ),
            )
            for holding in held
        ]
    )
    return Answer(
        value={
            "contact": shapes.contact(contact),
            "new_card": has_offered,
            "cases": [shapes.holding(holding) for holding in held],
        },
        text=_facts(contact) + "\n" + text,
    )


def _one(contact: Contact) -> Answer:
    return Answer(value=shapes.contact(contact), text=_facts(contact))


def _facts(contact: Contact) -> str:
    compared = (
        _("in person on {day} by {name}").format(
            day=contact.compared_on[:10], name=contact.compared_by or "?"
        )
        if contact.compared_on
        else _("not yet")
    )
    sealed = f"{contact.profile} ({contact.reason})" if contact.reason else str(contact.profile)
    return safe_text.columns(
        [
            (_("Contact"), contact.name),
            (_("Id"), contact.id),
            (_("Fingerprint"), contact.fingerprint),
            (_("In words"), " ".join(contact.words)),
            (_("Compared"), compared),
            (_("Sealed with"), sealed),
        ]
    )


VERBS: Final[Mapping[str, Room]] = {
    "card": card,
    "identity": identity,
    "contacts": contacts,
}

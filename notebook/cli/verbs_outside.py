"""The verb for people outside, who have a bundle and keys and no notebook: verify-bundle."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from crypto.card import Card
from notebook import contacts, verifying, volume_order
from notebook.cli import access, safe_text
from notebook.cli.arguments import UsageError
from notebook.cli.call import Call, Room
from notebook.cli.output import Answer
from notebook.i18n import _
from notebook.model import JsonValue
from notebook.verifying import MAX_KEY_FILE_BYTES, Verified


def verify_bundle(call: Call) -> Answer:
    """Check one bundle. Raises as `verifying.verify`, BAD_INPUT for keys and BAD_CARD."""
    names, card_name = call.arguments.values("--identity"), call.arguments.value("--sealer")
    access.check_standard_input([*names, *([card_name] if card_name else [])])
    identities = [
        identity
        for name in names
        for identity in verifying.read_identities(
            access.read_text(name, call, max_bytes=MAX_KEY_FILE_BYTES)
        )
    ]
    believed: Card | None = None
    if card_name:
        believed = contacts.read_card(
            access.read_text(card_name, call, max_bytes=MAX_KEY_FILE_BYTES)
        )
    with access.progress(call) as progress:
        groups = volume_order.group(
            [Path(name) for name in call.arguments.many("FILE")], identities
        )
        if len(groups) != 1:
            raise UsageError(_("One bundle at a time: give one FILE, or all volumes of one."))
        found = verifying.verify(groups[0], identities, believed, progress)
    return Answer(value=_value(found), text=_text(found))


def _value(found: Verified) -> dict[str, JsonValue]:
    return {
        "whole": True,
        "bundle": found.bundle,
        "kind": found.kind,
        "day": found.day,
        "sealer": found.sealer,
        "name": found.name,
        "fingerprint": found.fingerprint,
        "words": list(found.words),
        "sealer_compared": found.is_sealer_as_given,
        "made_out_to_you": found.is_made_out_to_us,
        "cases": list(found.cases),
        "authors": list(found.authors),
        "entries": found.entry_count,
        "follow_earlier": found.following_count,
        "gaps": found.gap_count,
        "pages": found.page_count,
        "files": found.file_count,
        "file_bytes": found.file_bytes,
        "size_bytes": found.size_bytes,
    }


def _text(found: Verified) -> str:
    compared = (
        _("yes: it is the card you gave")
        if found.is_sealer_as_given
        else _("no: compare the fingerprint, or give --sealer CARD")
    )
    lines = [
        (_("Whole"), _("yes: nothing was altered since it was signed")),
        (_("Signed by"), found.name),
        (_("Fingerprint"), found.fingerprint),
        (_("In words"), " ".join(found.words)),
        (_("Compared"), compared),
        (_("Claimed day"), found.day),
        (_("For these keys"), _("yes") if found.is_made_out_to_us else _("no: it was passed on")),
        (_("Cases"), " ".join(found.cases)),
        (_("Entries"), _entries(found)),
        (_("Authors"), " ".join(found.authors)),
        (_("Files"), f"{found.file_count} ({found.file_bytes} bytes)"),
        (_("Pages to read"), str(found.page_count)),
        (_("Bytes"), str(found.size_bytes)),
    ]
    return safe_text.columns(lines)


def _entries(found: Verified) -> str:
    said = [_("{count}, each signed and unaltered").format(count=found.entry_count)]
    if found.following_count:
        said.append(_("{count} follow an earlier bundle").format(count=found.following_count))
    if found.gap_count:
        said.append(_("{count} follow entries that are missing").format(count=found.gap_count))
    return "; ".join(said)


VERBS: Final[Mapping[str, Room]] = {"verify-bundle": verify_bundle}

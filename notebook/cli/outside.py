"""What a sealed file tells everybody who holds it, without a notebook or a key."""

from collections.abc import Sequence
from pathlib import Path

from crypto.age_header import Header, read_header
from crypto.errors import CryptoError
from notebook import volumes
from notebook.cli import safe_text
from notebook.cli.arguments import UsageError
from notebook.cli.output import Answer
from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.progress import Silent

_PROFILES = {frozenset({"mlkem768x25519"}): "pq", frozenset({"X25519"}): "classic"}


def inspect(paths: Sequence[Path]) -> Answer:
    """The profile, how many could be readers, and the size. Raises BUNDLE_DAMAGED, MISSING_VOLUME.

    Nothing of it is authentic: only who can open the file can check it.
    """
    groups = volumes.group(paths)
    if len(groups) != 1:
        raise UsageError(_("One bundle at a time: give one FILE, or all volumes of one."))
    paths = volumes.in_order(groups[0])
    reader = volumes.VolumeReader(paths, Silent())
    try:
        header = read_header(reader)
    except CryptoError:
        raise NotebookError(
            Code.BUNDLE_DAMAGED,
            _("This is not a sealed bundle, or its beginning is damaged."),
            _("Nothing was changed."),
            _("Ask the sender for it again."),
        ) from None
    finally:
        reader.close()
    profile = _profile(header)
    return Answer(
        value={
            "files": [str(path) for path in paths],
            "size_bytes": reader.total_bytes,
            "profile": profile,
            "readers_at_most": len(header.stanzas),
        },
        text=safe_text.columns(
            [
                (_("Format"), "age v1"),
                (_("Profile"), profile),
                (_("Readers, at most"), str(len(header.stanzas))),
                (_("Bytes"), str(reader.total_bytes)),
            ]
        ),
    )


def _profile(header: Header) -> str:
    return _PROFILES.get(frozenset(stanza.kind for stanza in header.stanzas), "other")

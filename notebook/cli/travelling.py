"""How a new notebook learns its mission card, and how the card is checked by its fingerprint."""

from dataclasses import replace
from typing import Final

from notebook.cli import card_input
from notebook.cli.arguments import UsageError
from notebook.cli.call import Call
from notebook.errors import Code, NotebookError
from notebook.i18n import _
from notebook.mission_card import MissionCard

MAX_ANSWER_BYTES: Final = 100


def mission_of(call: Call) -> MissionCard | None:
    """The mission that `--travel` names, its fingerprint checked. Raises BAD_CARD."""
    name = call.arguments.value("--travel")
    if name is None:
        for option in ("--fingerprint", "--classic"):
            if call.arguments.has(option):
                raise UsageError(_("{option} goes with --travel.").format(option=option))
        return None
    mission = MissionCard.read(
        card_input.read(name, call),
        is_classic=call.arguments.has("--classic"),
    )
    digits = call.arguments.value("--fingerprint")
    if digits is not None:
        mission.check_fingerprint(digits)
        return replace(mission, is_compared=True)
    if call.console.stdin.isatty():
        _ask(call, mission)
        return replace(mission, is_compared=True)
    call.console.warn(
        _(
            "Warning: the fingerprint of the mission card was not compared. Whoever exchanged the"
            " card can read all that is written: {fingerprint}"
        ).format(fingerprint=mission.card.fingerprint())
    )
    return mission


def _ask(call: Call, mission: MissionCard) -> None:
    """Have a person compare the fingerprint. Raises BAD_CARD unless they confirm it."""
    call.console.warn(_("The fingerprint of the mission card:"))
    call.console.warn(mission.card.fingerprint())
    call.console.warn(" ".join(mission.card.fingerprint_words()))
    call.console.warn(
        _("Is it the one that headquarters gave you on paper or by voice? Type “yes”:")
    )
    answer = call.console.stdin.readline(MAX_ANSWER_BYTES).decode("utf-8", "replace").strip()
    if answer.lower() not in {"yes", _("yes")}:
        raise NotebookError(
            Code.BAD_CARD,
            _("The fingerprint was not confirmed."),
            _("Nothing was created."),
            _("Compare it with what headquarters gave you, then try again."),
        )

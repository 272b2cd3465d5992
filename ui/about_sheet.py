"""About the program: what it is, and in calm words what it cannot do."""

from importlib.metadata import version

from PySide6.QtWidgets import QWidget

from notebook.i18n import _
from ui.style.look import Look
from ui.style.tokens import Space
from ui.widgets.basics import label, line
from ui.widgets.sheets import Sheet

DISTRIBUTION = "field-notebook"


def limits() -> tuple[tuple[str, str], ...]:
    """What is not promised (docs/THREATS.md), each with a name."""
    return (
        (
            _("While it is unlocked"),
            _(
                "Whoever looks at the screen sees what you see; so does a camera, and so does"
                " harmful software on this computer. Lock when you stop."
            ),
        ),
        (
            _("That it is here"),
            _(
                "Others can see that you use this program and roughly how much is in it. There is"
                " no hidden second notebook, and you may be made to give the passphrase."
            ),
        ),
        (
            _("Old traces"),
            _(
                "A drive may keep what was deleted, withdrawn or replaced. Changing the passphrase"
                " does not reach old copies of the folder: the old passphrase still opens them. If"
                " both may be in other hands, begin a new notebook and destroy the old drive."
            ),
        ),
        (
            _("What the system writes"),
            _(
                "When memory is short or the computer hibernates, the system may write parts of"
                " what is open to its disk."
            ),
        ),
        (
            _("An older copy put in its place"),
            _(
                "When the whole folder is set back to an earlier day, only the four words you"
                " noted, or somebody who opened your bundles, can tell."
            ),
        ),
        (
            _("A forgotten passphrase"),
            _("Nobody can reset it. Keep it written down in a second safe place."),
        ),
    )


class AboutSheet(Sheet):
    """Version, licence, and the honest limits."""

    def __init__(self, look: Look, window: QWidget) -> None:
        super().__init__(look, _("About Field Notebook"), window)
        self.body.addWidget(
            label(
                _(
                    "An encrypted notebook for testimony and evidence. It works without a"
                    " network and never opens one: no account, no cloud, no search for updates."
                ),
                self,
            )
        )
        self.body.addSpacing(Space.S)
        self.body.addWidget(label(_("What it does not promise"), self, "heading"))
        for name, words in limits():
            self.body.addWidget(label(name, self, "strong"))
            self.body.addWidget(label(words, self))
        self.body.addSpacing(Space.S)
        self.body.addWidget(line(self))
        number = _("Version {version}.").format(version=version(DISTRIBUTION))
        licence = _(
            "Free software under the GNU General Public License, version 3 or later, without any"
            " warranty. Nobody outside the project has audited it."
        )
        self.body.addWidget(label(f"{number} {licence}", self, "small"))

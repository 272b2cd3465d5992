"""The look in force: theme, text scale and direction, laid on the whole application.

Widgets with icons listen to `Look.changed` and ask for their icons again.
"""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from ui.preferences import Direction, Preferences, ThemeChoice
from ui.style.icons import drawn_icon
from ui.style.stylesheet import scaled, stylesheet
from ui.style.tokens import DARK, LIGHT, TextSize, Theme

FALLBACK_FAMILIES = (
    "Noto Sans",
    # Its ascent is that of Noto Sans, so that lines of two scripts stand on one height.
    "Noto Naskh Arabic",
    "Noto Sans Arabic",
    "Noto Sans CJK SC",
    "Noto Sans SC",
)
"""Faces for Cyrillic, Arabic script with the Uyghur letters, and Han, where they are installed."""

RTL_LANGUAGES = frozenset({"ar", "fa", "ug", "ur"})


class Look(QObject):
    """Applies preferences to the application and says when icons must be drawn again."""

    resizing = Signal()
    """Letters are about to have another size, and what is in sight another place."""
    changed = Signal()

    def __init__(self, application: QApplication, preferences: Preferences) -> None:
        super().__init__(application)
        self._application = application
        self._preferences = preferences
        self._applied: tuple[str, int] | None = None
        self._icons: dict[tuple[str, str, bool, bool], QIcon] = {}
        application.setStyle("Fusion")
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system_scheme)
        self.apply(preferences)

    @property
    def theme(self) -> Theme:
        """The theme in force."""
        choice = self._preferences.theme
        if choice is ThemeChoice.SYSTEM:
            scheme = QGuiApplication.styleHints().colorScheme()
            return DARK if scheme is Qt.ColorScheme.Dark else LIGHT
        return DARK if choice is ThemeChoice.DARK else LIGHT

    @property
    def scale_percent(self) -> int:
        """The text scale, 100 to 200."""
        return self._preferences.text_scale_percent

    def scaled(self, size: int) -> int:
        """A token's size at the person's text scale."""
        return scaled(size, self.scale_percent)

    def apply(self, preferences: Preferences) -> None:
        """Put these preferences into force at once."""
        if self._applied and preferences.text_scale_percent != self._applied[1]:
            self.resizing.emit()
        self._preferences = preferences
        theme, scale = self.theme, preferences.text_scale_percent
        self._application.setLayoutDirection(layout_direction(preferences))
        # Polishing every widget again is slow, so only what changed is applied.
        if self._applied == (theme.name, scale):
            self.changed.emit()
            return
        self._applied = (theme.name, scale)
        self._application.setFont(interface_font(scale))
        self._application.setPalette(palette(theme))
        sheet = stylesheet(theme, scale)
        if self._application.styleSheet() != sheet:
            self._application.setStyleSheet(sheet)
        self.changed.emit()

    def icon(self, name: str, colour: str | None = None, *, is_beside_words: bool = False) -> QIcon:
        """The icon `name` in `colour`, by default the ink; mirrored where it points."""
        is_rtl = self._application.layoutDirection() is Qt.LayoutDirection.RightToLeft
        key = (name, colour or self.theme.ink, is_rtl, is_beside_words)
        if key not in self._icons:
            self._icons[key] = drawn_icon(
                name, key[1], is_rtl=is_rtl, is_beside_words=is_beside_words
            )
        return self._icons[key]

    def _on_system_scheme(self) -> None:
        self.apply(self._preferences)


def layout_direction(preferences: Preferences) -> Qt.LayoutDirection:
    """The direction that the setting or the language asks for."""
    is_rtl = preferences.direction is Direction.RIGHT_TO_LEFT or (
        preferences.direction is Direction.BY_LANGUAGE
        and preferences.language.partition("_")[0] in RTL_LANGUAGES
    )
    return Qt.LayoutDirection.RightToLeft if is_rtl else Qt.LayoutDirection.LeftToRight


def interface_font(scale_percent: int) -> QFont:
    """The system's interface font, with faces for every script of the notebook behind it."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setFamilies([*font.families(), *FALLBACK_FAMILIES])
    font.setPixelSize(scaled(TextSize.BODY, scale_percent))
    return font


def palette(theme: Theme) -> QPalette:
    """The palette for what the stylesheet does not reach."""
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.bg,
        role.WindowText: theme.ink,
        role.Base: theme.raised,
        role.AlternateBase: theme.panel,
        role.Text: theme.ink,
        role.Button: theme.panel,
        role.ButtonText: theme.ink,
        role.BrightText: theme.danger,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.ink,
        role.PlaceholderText: theme.mute,
        role.Highlight: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Accent: theme.accent,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Light: theme.raised,
        role.Midlight: theme.line,
        role.Mid: theme.line,
        role.Dark: theme.mute,
        role.Shadow: theme.line,
    }
    result = QPalette()
    for which, colour in colours.items():
        result.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.mute))
    return result

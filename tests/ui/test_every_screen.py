"""What holds on every screen: names for a screen reader, targets, translated words, the Tab key.

The screens are walked once, in the language for tests, and looked at from all these sides.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QMetaMethod, QObject, Qt, Signal
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shamir_mnemonic.wordlist import WORDLIST

from notebook.i18n import ENGLISH, PSEUDO, set_language
from tests.ui.screens import Notebooks, Walk
from tests.ui.window_desk import Desk
from ui.guided_view import GuidedView
from ui.parting import Reason, Start
from ui.preferences import Preferences
from ui.side_room import SideRoom
from ui.style.tokens import TARGET_HEIGHT
from ui.tour.finding import rows_of
from ui.tour.glyphs import missing_on
from ui.widgets import reading_order
from ui.widgets.sheets import Sheet

pytestmark = pytest.mark.timeout(900)
"""One walk for all of them, which a crowded machine makes long."""

SCREENS_LEAST = 45
TABS_MOST = 200

HAPPENINGS = re.compile(r"\w+\.(?:resized|closed)|(?:Line|Text)Editor\.left|TravelStrip\.\w+")
"""What every page, sheet or editor says of itself, and only some are asked about; and what is
wanted only in a window that travels, which is another test's."""

DATA = re.compile("§[^§…]*[§…]")
"""Whole, or shortened to its place."""
TRANSLATED = re.compile("⟦[^⟦⟧]*⟧")
WORD = re.compile(r"[^\W\d_]{2,}")
ALLOWED = frozenset(
    # Keys as they stand on keyboards; the language for tests; names of what is not translated.
    {"Ctrl", "Shift", "Alt", "Del", "Up", "Down", "English", "pseudo", "SHA", "US", *WORDLIST}
)
UNREADABLE = re.compile(
    r"\b(?:[0-9a-f]{8,}|(?:[0-9a-f]{4} ){3,}[0-9a-f]{4}|[0-9a-z]+\.sealed\.age|age1\w+)"
    r"|image/png|-+BEGIN FIELD NOTEBOOK CARD-+"
)
"""Hashes, names of bundles, keys, types of files, the first line of a card."""


def left_untranslated(text: str, folder: Path) -> list[str]:
    """The words of a text that are neither data nor come out of the catalogue."""
    rest = DATA.sub("", text.replace(str(folder), ""))
    rest = UNREADABLE.sub("", re.sub("[\u200b\u200d\u2066-\u2069&]", "", rest))
    # A sentence that was shortened to its place lost the mark at its end.
    rest += "⟧" * (rest.count("⟦") - rest.count("⟧")) if "…" in text else ""
    while TRANSLATED.search(rest):
        rest = TRANSLATED.sub("", rest)
    return [word for word in WORD.findall(rest) if word not in ALLOWED]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("⟦Save⟧", []),
        ("Save", ["Save"]),
        ("⟦Open ⟦a⟧ {b}⟧ · §W-01§", []),
        ("⟦Open⟧ it", ["it"]),
        ("Ctrl+L, F12", []),
        ("⟦3 records⟧, 2 files", ["files"]),
        ("⟦Look at both: §W-0…", []),
        ("⟦Look at §W-01§", ["Look", "at"]),
        ("", []),
    ],
)
def test_words_that_are_not_translated_are_found(text: str, left: list[str]) -> None:
    assert left_untranslated(text, Path("/nowhere")) == left


@dataclass(slots=True)
class Seen:
    """What was found on the screens, as sentences that name the screen."""

    screens: list[str] = field(default_factory=list)
    nameless: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)
    untranslated: list[str] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    no_glyph: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    too_wide: list[str] = field(default_factory=list)
    mistold: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)
    declared: set[str] = field(default_factory=set)
    heard: set[str] = field(default_factory=set)
    """What widgets of the program say that a person wants, and what of it somebody hears."""


_seen: list[Seen] = []
"""The walk takes its time, so that it is done once for all tests here."""


@pytest.fixture
def seen(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Seen]:
    if not _seen:
        notebooks = Notebooks(tmp_path)
        start = Start(guard_pid=1, folder=str(notebooks.folder), reason=Reason.ASKED)
        desk = Desk(qapp, qtbot, tmp_path, start=start, preferences=Preferences(language=PSEUDO))
        found = Seen()
        for name, window in Walk(desk, notebooks).screens():
            look_at(found, name, window, tmp_path)
        desk.app.set_preferences(Preferences())
        _seen.append(found)
    yield _seen[0]
    set_language(ENGLISH)


def look_at(found: Seen, name: str, window: QWidget, folder: Path) -> None:
    QApplication.processEvents()
    found.screens.append(name)
    surface = surface_of(window)
    shown = [each for each in (surface, *surface.findChildren(QWidget)) if each.isVisible()]
    for widget in shown:
        what = f"{name}: {type(widget).__name__} “{widget.accessibleName() or text_of(widget)}”"
        if takes_focus(widget) and not is_named(widget):
            found.nameless.append(what)
        if is_target(widget) and widget.height() < TARGET_HEIGHT:
            found.small.append(f"{what} {widget.height()}")
        if isinstance(widget, QPushButton) and is_cut(widget):
            found.cut.append(what)
        if isinstance(widget, QScrollArea) and is_too_wide(widget):
            found.too_wide.append(what)
        if is_one_of(widget) and told_as(widget) is not QAccessible.Role.RadioButton:
            found.mistold.append(f"{what} as {told_as(widget)}")
        if is_dead(widget):
            found.dead.append(what)
        for text in said_by(widget):
            if left := left_untranslated(text, folder):
                found.untranslated.append(f"{name}: {type(widget).__name__} “{text}”: {left}")
    for part in (window, *window.findChildren(QObject)):
        for said, signal in declared_by(part):
            found.declared.add(said)
            if said not in found.heard and part.isSignalConnected(signal):
                found.heard.add(said)
    found.no_glyph += [f"{name}: {sentence}" for sentence in missing_on(window)]
    wanted = [each for each in surface.findChildren(QWidget) if is_stop(each)]
    reached = reached_by_tab(surface)
    found.unreached += [f"{name}: {each}" for each in not_among(reached, wanted)]
    found.disordered += [f"{name}: {each}" for each in not_as_one_reads(reached, surface)]


def is_dead(widget: QWidget) -> bool:
    """Whether pressing it does nothing; what is ticked may be looked at later."""
    if not isinstance(widget, QAbstractButton) or isinstance(widget, QCheckBox | QRadioButton):
        return False
    if widget.group() or (isinstance(widget, QPushButton) and widget.menu()):
        return False
    return not any(
        name in PRESSED and widget.isSignalConnected(signal) for name, signal in signals(widget)
    )


PRESSED = ("clicked", "pressed", "released", "toggled")
_signals: dict[str, tuple[tuple[str, QMetaMethod], ...]] = {}
_declared: dict[str, frozenset[str]] = {}


def signals(part: QObject) -> tuple[tuple[str, QMetaMethod], ...]:
    """Every signal of an object, by name; asked for once for each class."""
    kind = class_of(part)
    if kind not in _signals:
        meta = part.metaObject()
        methods = (meta.method(at) for at in range(meta.methodCount()))
        _signals[kind] = tuple(
            (bytes(method.name().data()).decode(), method)
            for method in methods
            if method.methodType() is QMetaMethod.MethodType.Signal
        )
    return _signals[kind]


def declared_by(part: QObject) -> list[tuple[str, QMetaMethod]]:
    """The signals that the program's own classes declare for it, as “Class.signal”."""
    kind = class_of(part)
    if kind not in _declared:
        _declared[kind] = frozenset(
            name
            for base in type(part).__mro__
            if base.__module__.startswith("ui.")
            for name, value in vars(base).items()
            if isinstance(value, Signal)
        )
    if not _declared[kind]:
        return []
    own = type(part).__name__
    return [(f"{own}.{name}", s) for name, s in signals(part) if name in _declared[kind]]


def class_of(part: QObject) -> str:
    return f"{type(part).__module__}.{type(part).__qualname__}"


def surface_of(window: QWidget) -> QWidget:
    """A sheet, where one lies over the window; else the window."""
    sheets = [sheet for sheet in window.findChildren(Sheet) if sheet.isVisible()]
    return sheets[-1] if sheets else window


def takes_focus(widget: QWidget) -> bool:
    return widget.focusPolicy() is not Qt.FocusPolicy.NoFocus and widget.focusProxy() is None


def is_named(widget: QWidget) -> bool:
    return bool(widget.accessibleName() or text_of(widget))


def text_of(widget: QWidget) -> str:
    return widget.text() if isinstance(widget, QAbstractButton | QLabel) else ""


def is_target(widget: QWidget) -> bool:
    """What is pressed or typed into; what a name stands beside is pressed by the name."""
    kinds = (QPushButton, QCheckBox, QRadioButton, QComboBox, QLineEdit)
    return isinstance(widget, kinds) and widget.isEnabled()


def is_cut(button: QPushButton) -> bool:
    """Whether the words do not fit into the button, and are not shortened on purpose."""
    return not button.toolTip() and button.width() < button.minimumSizeHint().width()


def is_too_wide(area: QScrollArea) -> bool:
    """Whether something in a page stands beyond its edge."""
    content = area.widget()
    return content is not None and content.width() > area.viewport().width()


def said_by(widget: QWidget) -> list[str]:
    """All that a widget shows or says, but for what people typed into it."""
    texts = [widget.accessibleName(), widget.toolTip(), text_of(widget)]
    if isinstance(widget, QLineEdit | QTextEdit | QPlainTextEdit):
        texts.append(widget.placeholderText())
    if isinstance(widget, QComboBox):
        texts += [widget.itemText(at) for at in range(widget.count())]
    if isinstance(widget, QPushButton) and (menu := menu_of(widget)):
        texts += [action.text() for action in menu.actions()]
    if isinstance(widget, QAbstractItemView):
        texts += rows_of(widget)
    return [text for text in texts if text]


def menu_of(button: QPushButton) -> QMenu | None:
    return button.menu() or next(iter(button.findChildren(QMenu)), None)


def reached_by_tab(surface: QWidget) -> list[QWidget]:
    """What has the focus, one after another, as often as Tab is pressed."""
    window = surface.window()
    window.activateWindow()
    reached: list[QWidget] = []
    for _press in range(TABS_MOST):
        focus = QApplication.focusWidget()
        if focus is None or focus in reached:
            break
        reached.append(focus)
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Tab)
    return reached


def not_among(reached: Sequence[QWidget], wanted: Sequence[QWidget]) -> list[str]:
    """What can have the focus and does not get it, however often Tab is pressed."""
    return [
        f"{type(each).__name__} “{each.accessibleName()}”"
        for each in wanted
        # What goes by itself after a while, as a sentence at the foot does, may be gone by now.
        if each not in reached and each.isVisible()
    ]


def not_as_one_reads(reached: Sequence[QWidget], surface: QWidget) -> list[str]:
    """What Tab comes to too early in a room that says in which order it is read."""
    said = []
    for room in surface.findChildren(QWidget):
        if not (isinstance(room, GuidedView | SideRoom) and room.isVisible()):
            continue
        read = reading_order.stops(room.parts_in_order())
        places = [read.index(each) for each in reached if each in read]
        # The walk began where the focus was, and came round to the beginning.
        begin = places.index(min(places)) if places else 0
        came = places[begin:] + places[:begin]
        said += [
            f"{type(room).__name__}: {one} before {other}"
            for one, other in pairwise(came)
            if one > other
        ]
    return said


def is_stop(widget: QWidget) -> bool:
    """Of buttons that exclude each other one is a stop of the Tab key; arrows lead to the rest."""
    if isinstance(widget, QAbstractButton) and not widget.isChecked() and is_one_of(widget):
        return False
    return reading_order.is_stop(widget)


def is_one_of(widget: QWidget) -> bool:
    """Whether it is a button of several of which one is chosen."""
    if not isinstance(widget, QAbstractButton):
        return False
    group = widget.group()
    return isinstance(widget, QRadioButton) or bool(group and group.exclusive())


def told_as(widget: QWidget) -> QAccessible.Role:
    """What a screen reader calls it."""
    return QAccessible.queryAccessibleInterface(widget).role()


def test_the_walk_comes_to_every_screen(seen: Seen) -> None:
    assert len(seen.screens) == len(set(seen.screens)) >= SCREENS_LEAST


def test_what_takes_the_focus_has_a_name(seen: Seen) -> None:
    assert not seen.nameless


def test_every_target_is_high_enough(seen: Seen) -> None:
    assert not seen.small


def test_no_word_stands_outside_the_catalogue(seen: Seen) -> None:
    assert not seen.untranslated


def test_one_of_several_is_told_as_such(seen: Seen) -> None:
    assert not seen.mistold


def test_no_button_is_dead(seen: Seen) -> None:
    assert not seen.dead


def test_all_that_a_person_may_want_is_heard(seen: Seen) -> None:
    assert len(seen.declared) > 150
    unheard = [said for said in seen.declared - seen.heard if not HAPPENINGS.fullmatch(said)]
    assert not unheard, "\n".join(unheard)


def test_no_button_is_narrower_than_its_words(seen: Seen) -> None:
    assert not seen.cut


def test_no_page_is_wider_than_its_place(seen: Seen) -> None:
    assert not seen.too_wide


def test_every_character_has_a_glyph(seen: Seen) -> None:
    assert not seen.no_glyph


def test_the_tab_key_comes_to_everything(seen: Seen) -> None:
    assert not seen.unreached


def test_the_tab_key_goes_through_a_room_as_one_reads(seen: Seen) -> None:
    assert not seen.disordered

"""The table of actions: no key twice, and every action is found by its words."""

from collections import Counter

from PySide6.QtGui import QKeySequence

from notebook.i18n import ENGLISH, PSEUDO, set_language
from ui import actions
from ui.style import icons


def test_no_name_and_no_key_stands_twice() -> None:
    names = Counter(action.name for action in actions.table())
    keys = Counter(key for action in actions.table() for key in action.keys)
    assert max(names.values()) == 1
    assert max(keys.values()) == 1


def test_every_key_is_one_that_qt_can_name() -> None:
    for action in actions.table():
        for key in action.keys:
            sequence = QKeySequence(key)
            assert sequence.count() == 1
            assert sequence.toString() == key


def test_no_key_is_taken_from_the_editors_or_the_input_methods() -> None:
    taken = {key for action in actions.table() for key in action.keys}
    assert not taken & {
        "Ctrl+C",
        "Ctrl+V",
        "Ctrl+X",
        "Ctrl+Z",
        "Ctrl+A",
        "Ctrl+Space",
        "Ctrl+Shift+Z",
        "Ctrl+Left",
        "Ctrl+Right",
        "Ctrl+Delete",
        "Ctrl+Backspace",
        "Shift+Space",
    }


def test_lock_has_both_its_keys() -> None:
    [lock] = [action for action in actions.table() if action.name == actions.LOCK]
    assert lock.keys == ("Ctrl+L", "F12")


PROMISED = {
    "find-action": "Ctrl+K",
    "show-keys": "F1",
    "save": "Ctrl+S",
    "new-record": "Ctrl+N",
    "search": "F3",
    "find-in-text": "Ctrl+F",
    "larger-text": "Ctrl++",
    "smaller-text": "Ctrl+-",
    "mark-time": "F8",
    "close-window": "Ctrl+Q",
}
"""Keys that hands remember: they stand in the guide and stay as they are."""


def test_the_keys_that_were_promised_are_as_they_were() -> None:
    keys = {action.name: action.keys for action in actions.table()}
    assert {name for name, key in PROMISED.items() if key not in keys[name]} == set()


def test_icons_of_actions_are_there() -> None:
    assert {action.icon for action in actions.table() if action.icon} <= set(icons.names())


def test_an_action_is_found_by_parts_of_its_words_in_any_order() -> None:
    found = actions.matching(actions.table(), "PASS change")
    assert [action.name for action in found] == [actions.CHANGE_PASSPHRASE]
    assert actions.matching(actions.table(), "") == actions.table()
    assert not actions.matching(actions.table(), "zebra")


def test_words_are_in_the_language_in_force() -> None:
    set_language(PSEUDO)
    try:
        assert all(action.words.startswith("⟦") for action in actions.table())
    finally:
        set_language(ENGLISH)

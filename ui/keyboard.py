"""The name of the keyboard's layout, as far as the system tells it."""

import ctypes
import ctypes.util
from functools import cache
from typing import Final

from PySide6.QtGui import QGuiApplication

USE_CORE_KEYBOARD: Final = 0x0100
"""XkbUseCoreKbd of X11/extensions/XKB.h."""

MAX_RULES_BYTES: Final = 4096
LAYOUTS_AT: Final = 2
VARIANTS_AT: Final = 3
"""The rules' property holds rules, model, layouts, variants and options, each ended by NUL."""


class _XkbState(ctypes.Structure):
    """XkbStateRec of X11/extensions/XKBstr.h."""

    _fields_ = (
        ("group", ctypes.c_ubyte),
        ("rest", ctypes.c_ubyte * 31),
    )


def layout_name() -> str:
    """The layout in force ("US", "RU"), or its language; empty when nobody knows."""
    if QGuiApplication.platformName() == "xcb":
        return _from_x11()
    if QGuiApplication.platformName() == "offscreen":
        return ""
    locale = QGuiApplication.inputMethod().locale()
    return locale.nativeLanguageName()


def _from_x11() -> str:
    library = _x11_library()
    if library is None:
        return ""
    x11 = ctypes.CDLL(library)
    x11.XOpenDisplay.restype = ctypes.c_void_p
    display = ctypes.c_void_p(x11.XOpenDisplay(None))
    if not display:
        return ""
    try:
        return _layout_in_force(x11, display)
    finally:
        x11.XCloseDisplay(display)


@cache
def _x11_library() -> str | None:
    """The name of the library; the system takes a while to find it, and keys come fast."""
    return ctypes.util.find_library("X11")


def _layout_in_force(x11: ctypes.CDLL, display: ctypes.c_void_p) -> str:
    state = _XkbState()
    x11.XkbGetState(display, ctypes.c_uint(USE_CORE_KEYBOARD), ctypes.byref(state))
    x11.XInternAtom.restype = ctypes.c_ulong
    x11.XDefaultRootWindow.restype = ctypes.c_ulong
    name = ctypes.c_ulong(x11.XInternAtom(display, b"_XKB_RULES_NAMES", 1))
    root = ctypes.c_ulong(x11.XDefaultRootWindow(display))
    kind, form = ctypes.c_ulong(), ctypes.c_int()
    count, left = ctypes.c_ulong(), ctypes.c_ulong()
    value = ctypes.c_void_p()
    x11.XGetWindowProperty(
        display,
        root,
        name,
        ctypes.c_long(0),
        ctypes.c_long(MAX_RULES_BYTES // 4),
        ctypes.c_int(0),
        ctypes.c_ulong(0),
        ctypes.byref(kind),
        ctypes.byref(form),
        ctypes.byref(count),
        ctypes.byref(left),
        ctypes.byref(value),
    )
    if not value:
        return ""
    rules = ctypes.string_at(value, count.value)
    x11.XFree(value)
    return layout_of_group(rules, state.group)


def layout_of_group(rules: bytes, group: int) -> str:
    """The layout that the `group` of the property `_XKB_RULES_NAMES` stands for."""
    parts = rules.decode("ascii", "replace").split("\0")
    layouts, variants = (
        parts[at].split(",") if at < len(parts) else [] for at in (LAYOUTS_AT, VARIANTS_AT)
    )
    layout = layouts[group].upper() if group < len(layouts) else ""
    variant = variants[group] if group < len(variants) else ""
    return f"{layout} ({variant})" if variant else layout

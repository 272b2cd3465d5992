"""Hears from the system that it goes to sleep, or that lid or screen were locked.

Sleep and session: logind (org.freedesktop.login1); lid: UPower; screen: desktops' screen savers.
Whoever sends such a signal untruly can lock the notebook and do nothing else. The one thing asked
for is that sleep waits for the lock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import SLOT, QObject, Signal, Slot
from PySide6.QtDBus import QDBus, QDBusConnection, QDBusMessage, QDBusPendingCallWatcher

from notebook.i18n import _
from ui.parting import Reason

LOGIN: Final = "org.freedesktop.login1"
LOGIN_OBJECT: Final = "/org/freedesktop/login1"
POWER: Final = "org.freedesktop.UPower"
LID: Final = "LidIsClosed"
SCREEN_SAVERS: Final = (
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.mate.ScreenSaver",
    "org.cinnamon.ScreenSaver",
)
SYSTEM_SOCKET: Final = "unix:path=/run/dbus/system_bus_socket"
LOCAL: Final = "unix:"
"""No other kind of address is ever used: the others start programs or reach into a network."""

ASK_WAIT_MS: Final = 2_000
PATH_SIGNS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class Buses:
    """Where the system speaks; empty for nowhere."""

    system: str = ""
    session: str = ""
    login_session: str = ""
    """This session's object at logind; empty for any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """Who is there to be heard."""

    sleep: bool = False
    screen: bool = False

    def in_words(self) -> str:
        """What locks the notebook beside the person and the clock."""
        if self.sleep and self.screen:
            return _("It locks also when the computer sleeps, the lid closes or the screen locks.")
        if self.sleep:
            return _(
                "It locks also when the computer sleeps. This desktop does not say when the screen"
                " locks."
            )
        if self.screen:
            return _(
                "It locks also when the screen locks. This system does not say when it sleeps: lock"
                " before you close the lid."
            )
        return _(
            "This system does not say when it sleeps or locks its screen: lock the notebook before"
            " you close the lid."
        )


class SystemWatch(QObject):
    """Turns what is heard into reasons to lock."""

    heard = Signal(object)
    """A `ui.parting.Reason`."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._connections: list[QDBusConnection] = []
        self._login: QDBusConnection | None = None
        self._delay: QDBusMessage | None = None
        """Holds the descriptor for which sleep waits; the system closes it when we end."""

    def listen(self, buses: Buses) -> Hearing:
        """Begin to listen; called in a lane, since a bus may be slow to answer."""
        sleep = screen = False
        system = self._join(buses.system, "system")
        if system:
            to_sleep = (LOGIN, LOGIN_OBJECT, f"{LOGIN}.Manager", "PrepareForSleep")
            self._connect(system, *to_sleep, SLOT("on_sleep(bool)"))
            to_lock = (LOGIN, buses.login_session, f"{LOGIN}.Session", "Lock")
            self._connect(system, *to_lock, SLOT("on_session_locked()"))
            changed = ("org.freedesktop.DBus.Properties", "PropertiesChanged")
            slot = SLOT("on_power(QString,QVariantMap,QStringList)")
            self._connect(system, POWER, "/org/freedesktop/UPower", *changed, slot)
            sleep = _has_one_of(system, (LOGIN,))
            self._login = system if sleep else None
        session = self._join(buses.session, "session")
        if session:
            for name in SCREEN_SAVERS:
                self._connect(session, "", "", name, "ActiveChanged", SLOT("on_screen_saver(bool)"))
            screen = _has_one_of(session, SCREEN_SAVERS)
        return Hearing(sleep=sleep, screen=screen)

    def delay_sleep(self) -> None:
        """Have sleep wait until this process has ended, which is what locking is.

        logind (`Inhibit`, "delay") waits five seconds at the most. It is asked without waiting for
        the answer: without one the computer sleeps at once, and the notebook locks as it wakes.
        """
        if self._login is None:
            return
        asked = QDBusMessage.createMethodCall(LOGIN, LOGIN_OBJECT, f"{LOGIN}.Manager", "Inhibit")
        # Other people on this machine can read it, so it says no more than the window's title.
        asked.setArguments(["sleep", "Notebook", "It locks first.", "delay"])
        watcher = QDBusPendingCallWatcher(self._login.asyncCall(asked), self)
        watcher.finished.connect(self._on_delay)

    def _on_delay(self, watcher: QDBusPendingCallWatcher) -> None:
        self._delay = watcher.reply()
        watcher.deleteLater()

    def _connect(
        self,
        connection: QDBusConnection,
        service: str,
        path: str,
        interface: str,
        name: str,
        slot: str,
    ) -> None:
        # The stubs want bytes, where SLOT gives text and the call takes only that.
        connection.connect(service, path, interface, name, self, slot)  # type: ignore[call-overload]  # as above

    def _join(self, address: str, name: str) -> QDBusConnection | None:
        if not address.startswith(LOCAL):
            return None
        connection = QDBusConnection.connectToBus(address, f"notebook-{name}-{id(self)}")
        self._connections.append(connection)
        return connection if connection.isConnected() else None

    @Slot(bool)
    def on_sleep(self, is_beginning: bool) -> None:
        """The computer is about to sleep, or has woken."""
        if is_beginning:
            self.heard.emit(Reason.SLEEP)

    @Slot()
    def on_session_locked(self) -> None:
        """The system asks this session to lock."""
        self.heard.emit(Reason.SCREEN)

    @Slot(bool)
    def on_screen_saver(self, is_active: bool) -> None:
        """The screen is locked, or shown again."""
        if is_active:
            self.heard.emit(Reason.SCREEN)

    @Slot(str, "QVariantMap", "QStringList")
    def on_power(self, interface: str, changed: dict[str, object], _dropped: list[str]) -> None:
        """Something about the power is another now; the lid is all that counts here."""
        if interface == POWER and changed.get(LID) is True:
            self.heard.emit(Reason.LID)


def find_buses(environment: Mapping[str, str]) -> Buses:
    """The buses that a session's environment names; only local ones, and none is started."""
    session = _local(environment.get("DBUS_SESSION_BUS_ADDRESS", ""))
    runtime = environment.get("XDG_RUNTIME_DIR", "")
    if not session and runtime.startswith("/") and (Path(runtime) / "bus").exists():
        session = f"{LOCAL}path={runtime}/bus"
    number = environment.get("XDG_SESSION_ID", "")
    return Buses(
        system=_local(environment.get("DBUS_SYSTEM_BUS_ADDRESS", SYSTEM_SOCKET)),
        session=session,
        login_session=f"/org/freedesktop/login1/session/{_escaped(number)}" if number else "",
    )


def _local(addresses: str) -> str:
    found = [each for each in addresses.split(";") if each.startswith(LOCAL)]
    return found[0] if found else ""


def _escaped(name: str) -> str:
    """A name as a part of an object's path, as logind writes it."""
    return "".join(
        sign
        if sign in PATH_SIGNS and not (at == 0 and sign.isdigit())
        else "".join(f"_{byte:02x}" for byte in sign.encode())
        for at, sign in enumerate(name)
    )


def _has_one_of(connection: QDBusConnection, names: Iterable[str]) -> bool:
    return any(_has(connection, name) for name in names)


def _has(connection: QDBusConnection, name: str) -> bool:
    question = QDBusMessage.createMethodCall(
        "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner"
    )
    question.setArguments([name])
    answer = connection.call(question, QDBus.CallMode.Block, ASK_WAIT_MS)
    return answer.arguments() == [True]

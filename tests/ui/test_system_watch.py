"""What the system says of sleep, lid and screen locks the notebook; no bus changes nothing."""

import os
import select
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import ClassInfo, QObject, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusUnixFileDescriptor
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.support import oracle
from tests.ui.window_desk import Desk, make_notebook
from ui import system_watch
from ui.parting import End, Reason, Start
from ui.settings_sheet import SettingsSheet
from ui.system_watch import LOGIN, LOGIN_OBJECT, POWER, Buses, Hearing, SystemWatch, find_buses

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
OUR_SESSION = "/org/freedesktop/login1/session/_32"


@dataclass
class Bus:
    """A bus of our own, and a desktop that speaks on it."""

    address: str
    speaker: QDBusConnection

    def be(self, *names: str) -> None:
        for name in names:
            assert self.speaker.registerService(name)

    def say(self, path: str, interface: str, name: str, *arguments: object) -> None:
        message = QDBusMessage.createSignal(path, interface, name)
        message.setArguments(list(arguments))
        assert self.speaker.send(message)

    def sleep(self, *, is_beginning: bool) -> None:
        path = "/org/freedesktop/login1"
        self.say(path, f"{LOGIN}.Manager", "PrepareForSleep", is_beginning)

    def power(self, interface: str, **changed: object) -> None:
        path = "/org/freedesktop/UPower"
        name = "org.freedesktop.DBus.Properties"
        self.say(path, name, "PropertiesChanged", interface, changed, ["Gone"])

    def screen_saver(self, *, is_active: bool, desktop: str = "org.freedesktop") -> None:
        self.say("/ScreenSaver", f"{desktop}.ScreenSaver", "ActiveChanged", is_active)


@pytest.fixture
def bus(
    tmp_path_factory: pytest.TempPathFactory, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bus]:
    # A bus that stands still with the whole machine answers later than anybody waits for one.
    monkeypatch.setattr(system_watch, "ASK_WAIT_MS", 60_000)
    # The path of a socket must be short, and tests have long names.
    folder = tmp_path_factory.mktemp("bus")
    configuration = folder / "bus.conf"
    configuration.write_text(BUS.format(path=folder / "bus"), encoding="utf-8")
    with subprocess.Popen(
        [oracle("dbus-daemon"), f"--config-file={configuration}", "--nofork", "--print-address=1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as daemon:
        assert daemon.stdout is not None
        address = daemon.stdout.readline().decode().strip()
        name = f"speaker-{folder}"
        yield Bus(address, QDBusConnection.connectToBus(address, name))
        QDBusConnection.disconnectFromBus(name)
        daemon.terminate()


class Heard:
    """A watch, and what it heard."""

    def __init__(self, parent: QApplication, buses: Buses) -> None:
        self.reasons: list[Reason] = []
        self.watch = SystemWatch(parent)
        self.watch.heard.connect(self.reasons.append)
        self.hearing = self.watch.listen(buses)


@pytest.fixture
def heard(qapp: QApplication, bus: Bus) -> Heard:
    bus.be(LOGIN, POWER, "org.freedesktop.ScreenSaver")
    buses = Buses(system=bus.address, session=bus.address, login_session=OUR_SESSION)
    return Heard(qapp, buses)


def test_sleep_lid_session_and_screen_saver_are_heard(bus: Bus, heard: Heard, qtbot: QtBot) -> None:
    assert heard.hearing == Hearing(sleep=True, screen=True)
    bus.sleep(is_beginning=True)
    bus.power(POWER, LidIsClosed=True)
    bus.say(OUR_SESSION, f"{LOGIN}.Session", "Lock")
    bus.screen_saver(is_active=True)
    bus.screen_saver(is_active=True, desktop="org.gnome")
    reasons = [Reason.SLEEP, Reason.LID, Reason.SCREEN, Reason.SCREEN, Reason.SCREEN]
    qtbot.waitUntil(lambda: heard.reasons == reasons)


@ClassInfo({"D-Bus Interface": f"{LOGIN}.Manager"})  # type: ignore[call-arg]  # as documented
class Logind(QObject):  # type: ignore[operator]  # the stub knows no decorator
    """As much of logind as is asked: it delays sleep while the descriptor it gave is open."""

    def __init__(self, speaker: QDBusConnection) -> None:
        super().__init__()
        self.asked: list[tuple[str, str, str]] = []
        self._speaker = speaker
        self.end, self._given = os.pipe()
        options = QDBusConnection.RegisterOption.ExportAllSlots
        assert speaker.registerObject(LOGIN_OBJECT, self, options)

    @Slot(str, str, str, str, QDBusMessage)
    def Inhibit(self, what: str, who: str, why: str, mode: str, message: QDBusMessage) -> None:
        assert why
        self.asked.append((what, who, mode))
        message.setDelayedReply(True)
        reply = message.createReply()
        reply.setArguments([QDBusUnixFileDescriptor(self._given)])
        assert self._speaker.send(reply)
        os.close(self._given)

    def is_waited_for(self) -> bool:
        """Whether anybody still holds the descriptor."""
        poll = select.poll()
        poll.register(self.end, select.POLLHUP)
        return not poll.poll(0)


def test_sleep_waits_until_the_process_has_ended(bus: Bus, heard: Heard, qtbot: QtBot) -> None:
    logind = Logind(bus.speaker)
    heard.watch.delay_sleep()
    qtbot.waitUntil(lambda: heard.watch._delay is not None)
    assert logind.asked == [("sleep", "Notebook", "delay")]
    assert logind.is_waited_for()
    # What the end of the process does.
    heard.watch._delay = None
    qtbot.waitUntil(lambda: not logind.is_waited_for())
    os.close(logind.end)


def test_where_nobody_sleeps_nobody_is_asked(qapp: QApplication, bus: Bus, qtbot: QtBot) -> None:
    heard = Heard(qapp, Buses(system=bus.address, session=bus.address))
    bus.be(LOGIN)
    logind = Logind(bus.speaker)
    heard.watch.delay_sleep()
    bus.sleep(is_beginning=True)
    qtbot.waitUntil(lambda: bool(heard.reasons))
    assert logind.asked == []
    os.close(logind.end)
    os.close(logind._given)


def test_waking_an_open_lid_and_other_peoples_sessions_lock_nothing(
    bus: Bus, heard: Heard, qtbot: QtBot
) -> None:
    bus.sleep(is_beginning=False)
    bus.power(POWER, LidIsClosed=False)
    bus.power(POWER, OnBattery=True)
    bus.power("org.freedesktop.UPower.Device", LidIsClosed=True)
    bus.screen_saver(is_active=False)
    bus.say("/org/freedesktop/login1/session/_33", f"{LOGIN}.Session", "Lock")
    bus.say(OUR_SESSION, f"{LOGIN}.Session", "Unlock")
    # Signals of one speaker arrive in order: this one is the last.
    bus.sleep(is_beginning=True)
    qtbot.waitUntil(lambda: bool(heard.reasons))
    assert heard.reasons == [Reason.SLEEP]


def test_a_speaker_who_is_not_the_system_is_not_heard_of_sleep(
    bus: Bus, heard: Heard, qtbot: QtBot, tmp_path: Path
) -> None:
    other = Bus(bus.address, QDBusConnection.connectToBus(bus.address, f"other-{tmp_path}"))
    other.sleep(is_beginning=True)
    other.screen_saver(is_active=True)
    qtbot.waitUntil(lambda: bool(heard.reasons))
    assert heard.reasons == [Reason.SCREEN]
    QDBusConnection.disconnectFromBus(f"other-{tmp_path}")


@pytest.mark.parametrize(
    "address",
    ["", "unix:path=/nowhere/bus", "tcp:host=localhost,port=1", "unixexec:path=/bin/false"],
)
def test_a_bus_that_is_not_there_changes_nothing(qapp: QApplication, address: str) -> None:
    heard = Heard(qapp, Buses(system=address, session=address))
    assert heard.hearing == Hearing()
    assert "before you close the lid" in heard.hearing.in_words()


def test_a_bus_on_which_nobody_speaks_is_no_promise(qapp: QApplication, bus: Bus) -> None:
    heard = Heard(qapp, Buses(system=bus.address, session=bus.address))
    assert heard.hearing == Hearing()


def test_each_sentence_says_what_is_heard() -> None:
    said = {
        Hearing(sleep=sleep, screen=screen).in_words()
        for sleep in (True, False)
        for screen in (True, False)
    }
    assert len(said) == 4


def test_only_local_buses_are_found_and_none_is_started(tmp_path: Path) -> None:
    assert find_buses({}) == Buses(system="unix:path=/run/dbus/system_bus_socket")
    found = find_buses(
        {
            "DBUS_SYSTEM_BUS_ADDRESS": "tcp:host=example.org,port=4;unix:path=/s",
            "DBUS_SESSION_BUS_ADDRESS": "autolaunch:",
            "XDG_RUNTIME_DIR": str(tmp_path),
            "XDG_SESSION_ID": "2",
        }
    )
    assert found == Buses(system="unix:path=/s", login_session=OUR_SESSION)
    (tmp_path / "bus").touch()
    assert find_buses({"XDG_RUNTIME_DIR": str(tmp_path)}).session == f"unix:path={tmp_path}/bus"
    sessions = {"c1": "c1", "a-b": "a_2db", "12": "_312"}
    for number, escaped in sessions.items():
        assert find_buses({"XDG_SESSION_ID": number}).login_session.endswith(f"/{escaped}")


@pytest.mark.parametrize("reason", [Reason.SLEEP, Reason.LID, Reason.SCREEN])
def test_what_is_heard_locks_the_window(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, reason: Reason
) -> None:
    folder = make_notebook(tmp_path / "n")
    desk = Desk(qapp, qtbot, tmp_path, start=Start(guard_pid=1, folder=str(folder)))
    desk.unlock()
    desk.app.system.heard.emit(reason)
    assert desk.told.ending == End(reason=reason)
    assert desk.told.ends == 1


def test_the_settings_say_what_locks(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path, bus: Bus
) -> None:
    bus.be(LOGIN)
    folder = make_notebook(tmp_path / "n")
    start = Start(guard_pid=1, folder=str(folder))
    desk = Desk(qapp, qtbot, tmp_path, start=start, buses=Buses(system=bus.address))
    view = desk.unlock()
    desk.until(lambda: desk.app.hearing == Hearing(sleep=True))
    view.rail.settings_requested.emit()
    sheet = view.findChild(SettingsSheet)
    assert sheet is not None
    said = [each.text() for each in sheet.findChildren(QLabel)]
    assert Hearing(sleep=True).in_words() in said
    bus.sleep(is_beginning=True)
    desk.until(lambda: desk.told.ends)
    assert desk.told.ending == End(reason=Reason.SLEEP)

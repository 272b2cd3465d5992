"""Three notebooks converge over folders that real synchronising programs carry.

Syncthing runs as two daemons that know only each other, on the loopback; rclone serves a folder by
WebDAV and fetches from it. The daemons are steered over sockets of the file system.
"""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from notebook import exchange
from notebook.exchange import Exchange, Placing, State
from notebook.model import CaseId, RecordId
from notebook.notebook import Notebook
from notebook.progress import Silent
from tests.notebook.support_exchange import Team, state
from tests.support import oracle

PATIENCE_S = 90
LOOK_S = 0.2
MEDIA_BYTES = 24 * 1024 * 1024
SLOW_KIB_S = 64
"""So slow that no transfer comes to its end before somebody interrupts it."""


def until(condition: Callable[[], bool]) -> None:
    """Look until something has come true."""
    waiter = subprocess.Popen(["sleep", str(PATIENCE_S)])
    try:
        while not condition():
            assert waiter.poll() is None, "it never came true"
            subprocess.run(["sleep", str(LOOK_S)], check=True)
    finally:
        waiter.kill()
        waiter.wait()


LOOK_FOR_A_PORT = """
import socket, sys
for port in range(int(sys.argv[1]), 32000):
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        continue
    print(port)
    break
"""
PORTS = count(20_000 + os.getpid() % 10_000)


def free_port() -> int:
    """A port of the loopback that nobody has, and that the system gives to nobody by itself."""
    command = ["python3", "-c", LOOK_FOR_A_PORT, str(next(PORTS))]
    port = int(subprocess.run(command, check=True, capture_output=True).stdout)
    while next(PORTS) < port:
        continue
    return port


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a socket of the file system."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=30)
        self._path = path

    def connect(self) -> None:
        """Connect to the path instead of a host."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(str(self._path))


@dataclass(slots=True)
class Daemon:
    """One real `syncthing`, with discovery, relays, reports and updates off."""

    home: Path
    folder: Path
    port: int
    control: Path
    process: subprocess.Popen[bytes] | None = None
    device: str = ""
    key: str = ""
    _logs: list[int] = field(default_factory=list)

    @classmethod
    def prepare(cls, home: Path, folder: Path, control: Path) -> "Daemon":
        """Keys and a configuration that nothing has been written into yet."""
        home.mkdir(mode=0o700)
        folder.mkdir(mode=0o700, exist_ok=True)
        made = cls(home=home, folder=folder, port=free_port(), control=control)
        subprocess.run(
            [oracle("syncthing"), "generate", f"--home={home}", "--no-default-folder"],
            check=True,
            capture_output=True,
            env=made._environment(),
        )
        config = ET.parse(home / "config.xml").getroot()
        made.key = str(config.findtext("gui/apikey"))
        made.device = str(config.findall("device")[0].get("id"))
        return made

    def _environment(self) -> Mapping[str, str]:
        return {
            **{k: v for k, v in os.environ.items() if "proxy" not in k.lower()},
            "HOME": str(self.home),
            "STNOUPGRADE": "1",
            # Without the process that would start it again.
            "STMONITORED": "yes",
        }

    def configure(self, other: "Daemon", *, receive_kib_s: int = 0) -> None:
        """Share the folder with `other`, and with nobody else."""
        tree = ET.parse(self.home / "config.xml")
        config = tree.getroot()
        for old in config.findall("folder") + config.findall("device"):
            config.remove(old)
        for daemon in (self, other):
            device = ET.SubElement(config, "device", id=daemon.device, name="")
            ET.SubElement(device, "address").text = f"tcp://127.0.0.1:{daemon.port}"
        folder = ET.SubElement(
            config,
            "folder",
            id="exchange",
            path=str(self.folder),
            type="sendreceive",
            rescanIntervalS="2",
            fsWatcherEnabled="true",
            fsWatcherDelayS="1",
        )
        ET.SubElement(folder, "filesystemType").text = "basic"
        for daemon in (self, other):
            ET.SubElement(folder, "device", id=daemon.device)
        options = config.find("options")
        assert options is not None
        for name, value in {
            "listenAddress": f"tcp://127.0.0.1:{self.port}",
            "globalAnnounceEnabled": "false",
            "localAnnounceEnabled": "false",
            "relaysEnabled": "false",
            "natEnabled": "false",
            "urAccepted": "-1",
            "crashReportingEnabled": "false",
            "autoUpgradeIntervalH": "0",
            "startBrowser": "false",
            "reconnectionIntervalS": "1",
            "maxRecvKbps": str(receive_kib_s),
            "limitBandwidthInLan": "true" if receive_kib_s else "false",
        }.items():
            for old in options.findall(name):
                options.remove(old)
            ET.SubElement(options, name).text = value
        tree.write(self.home / "config.xml", encoding="utf-8")

    def start(self) -> None:
        """Start the daemon and wait until it answers."""
        log = os.open(self.home / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._logs.append(log)
        self.process = subprocess.Popen(
            [
                oracle("syncthing"),
                "serve",
                f"--home={self.home}",
                "--no-browser",
                "--no-restart",
                f"--gui-address=unix://{self.control}",
            ],
            env=self._environment(),
            stdout=log,
            stderr=log,
        )
        until(lambda: self._does("GET", "/rest/system/ping"))

    def _does(self, method: str, path: str) -> bool:
        try:
            self.ask(method, path)
        except (OSError, http.client.HTTPException, ValueError):
            return False
        return True

    def ask(self, method: str, path: str) -> Any:
        """What the daemon's own interface says."""
        connection = UnixConnection(self.control)
        try:
            connection.request(method, path, headers={"X-API-Key": self.key})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise http.client.HTTPException(body)
            return json.loads(body) if body else None
        finally:
            connection.close()

    def scan(self) -> None:
        """Look at the folder now."""
        # It answers before it knows its folders.
        until(lambda: self._does("POST", "/rest/db/scan?folder=exchange"))

    def kill(self) -> None:
        """End the daemon where it stands."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.control.unlink(missing_ok=True)

    def close(self) -> None:
        """End the daemon and its log."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
        for log in self._logs:
            os.close(log)


@contextmanager
def webdav(folder: Path) -> Iterator[str]:
    """A folder served by a real `rclone serve webdav` on the loopback: its address."""
    port = free_port()
    command = [oracle("rclone"), "serve", "webdav", "--addr", f"127.0.0.1:{port}", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            until(lambda: rclone("lsf", "REMOTE", address).returncode == 0)
            yield address
        finally:
            server.kill()


def rclone(*words: str) -> subprocess.CompletedProcess[bytes]:
    """Run `rclone` with REMOTE standing for the address that comes last."""
    *command, address = words
    remote = f":webdav,url='{address}':"
    environment = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
    return subprocess.run(
        [oracle("rclone"), *(remote if word == "REMOTE" else word for word in command)],
        capture_output=True,
        check=False,
        env={**environment, "RCLONE_CONFIG": os.devnull},
        timeout=PATIENCE_S,
    )


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = Team(tmp_path)
    yield made
    made.close()


def sealed(notebook: Notebook, folder: Path, *readers: Notebook) -> list[Path]:
    contacts = [notebook.contact(reader.author) for reader in readers]
    exchange.make(folder)
    placed = Placing(contacts=contacts, purpose="team").round(notebook, folder, Silent()).placed
    return [path for _author, result in placed for path in result.files]


def bundles(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir() if re.fullmatch(r"[a-z2-7]{26}\.sealed\.age", p.name)}


@pytest.mark.timeout(300)
def test_three_notebooks_converge_over_syncthing_and_webdav(team: Team, tmp_path: Path) -> None:
    one, two, three = team.members("Aida", "Berik", "Chen")
    case, _ = one.add("case", None, {"title": "A case"})
    of_case = CaseId(str(case))
    note, _ = one.add("note", of_case, {"title": "By the first", "text": "Бірінші"})
    picture = os.urandom(MEDIA_BYTES)
    media = tmp_path / "media.bin"
    media.write_bytes(picture)
    with media.open("rb") as source:
        one.attach(note, source, file_name="media.bin")
    with ExitStack() as stack:
        sockets = tmp_path / "s"
        sockets.mkdir(mode=0o700)
        first = Daemon.prepare(tmp_path / "first", tmp_path / "folder-one", sockets / "1")
        second = Daemon.prepare(tmp_path / "second", tmp_path / "folder-two", sockets / "2")
        first.configure(second)
        second.configure(first, receive_kib_s=SLOW_KIB_S)
        for daemon in (first, second):
            stack.callback(daemon.close)
            daemon.start()
        there = Exchange(second.folder)

        # The first bundle is on its way when the receiving daemon is killed.
        [large] = sealed(one, first.folder, two)
        first.scan()
        temporary = second.folder / f".syncthing.{large.name}.tmp"
        until(temporary.exists)
        second.kill()
        assert not (second.folder / large.name).exists()
        # What is there now is not whole, and nobody takes it for a bundle.
        assert [find.state for find in there.round(two, Silent())] == []
        second.configure(first)
        second.start()
        until(lambda: large.name in bundles(second.folder))
        [find] = there.round(two, Silent())
        assert find.state is State.OPENED
        assert find.result is not None
        assert find.result.waiting == 0

        # The second answers over Syncthing, and reaches the third over WebDAV.
        two.edit(note, {"text": "Екінші"})
        answers = sealed(two, second.folder, one)
        second.scan()
        until(lambda: {path.name for path in answers} <= bundles(first.folder))
        assert State.OPENED in {f.state for f in Exchange(first.folder).round(one, Silent())}
        served, fetched = tmp_path / "served", tmp_path / "fetched"
        served.mkdir()
        fetched.mkdir()
        address = stack.enter_context(webdav(served))
        for path in sealed(two, tmp_path / "out-two", three):
            assert rclone("copy", str(path), "REMOTE", address).returncode == 0
        assert rclone("copy", "REMOTE", str(fetched), address).returncode == 0
        [opened] = Exchange(fetched).round(three, Silent())
        assert opened.state is State.OPENED
        three.edit(RecordId(str(note)), {"title": "By the third"})
        for path in sealed(three, tmp_path / "out-three", one, two):
            assert rclone("copy", str(path), "REMOTE", address).returncode == 0
        for reader, folder in ((one, tmp_path / "to-one"), (two, tmp_path / "to-two")):
            folder.mkdir()
            assert rclone("copy", "REMOTE", str(folder), address).returncode == 0
            found = {find.state for find in Exchange(folder).round(reader, Silent())}
            assert State.OPENED in found
            assert State.REFUSED not in found
    assert state(one) == state(two) == state(three)
    [evidence] = three.evidence_of(note)
    with three.evidence_content(evidence.id) as content:
        assert content.read() == picture

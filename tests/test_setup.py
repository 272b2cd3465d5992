"""The set-up itself: the locks, the lists of system packages, what lies at the top level."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest
from pytest_socket import SocketBlockedError

from tests.support import REPOSITORY, committed_files

TOP_LEVEL = {
    ".ci",
    ".gitignore",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "crypto",
    "docs",
    "notebook",
    "packaging",
    "pyproject.toml",
    "tests",
    "ui",
}

LOCKS = (
    "packaging/requirements.txt",
    "packaging/requirements-dev.txt",
    "packaging/requirements-soak.txt",
)

PINNED = re.compile(
    r"^(?P<name>[a-z0-9-]+)==(?P<version>[0-9a-z.]+)(?: ; [^\n\\]+)?(?P<hashes>"
    r"(?: \\\n    --hash=sha256:[0-9a-f]{64})+)$",
    re.MULTILINE,
)


def normalised(requirement: str) -> str:
    """The name in a requirement, spelt as in a lock (PEP 503)."""
    name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(lock: str) -> dict[str, str]:
    """Name and version of everything in a lock; every line of the lock must be understood."""
    text = (REPOSITORY / lock).read_text("utf-8")
    assert PINNED.sub("", text).strip() == ""
    return {match["name"]: match["version"] for match in PINNED.finditer(text)}


def project() -> dict[str, dict[str, list[str]]]:
    """The project file, as far as these tests read it."""
    tables: dict[str, dict[str, list[str]]] = tomllib.loads(
        (REPOSITORY / "pyproject.toml").read_text("utf-8")
    )
    return tables


def test_the_top_level_holds_what_was_agreed_and_nothing_else() -> None:
    assert {name.partition("/")[0] for name in committed_files()} <= TOP_LEVEL


def test_nothing_shadows_the_library_named_packaging() -> None:
    assert not (REPOSITORY / "packaging" / "__init__.py").exists()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_names_versions_and_hashes_and_no_address(lock: str) -> None:
    assert pinned(lock)


def test_what_the_product_needs_is_locked_with_what_builds_it() -> None:
    needed = [*project()["project"]["dependencies"], *project()["build-system"]["requires"]]
    assert {normalised(requirement) for requirement in needed} <= pinned(LOCKS[0]).keys()


def test_what_the_tests_need_is_locked() -> None:
    needed = project()["dependency-groups"]["dev"]
    assert {normalised(requirement) for requirement in needed} <= pinned(LOCKS[1]).keys()


def test_what_soaking_needs_is_locked_and_the_tests_need_none_of_it() -> None:
    needed = {normalised(one) for one in project()["dependency-groups"]["soak"]}
    assert needed <= pinned(LOCKS[2]).keys()
    assert needed.isdisjoint(pinned(LOCKS[1]))


def test_the_tests_run_on_the_versions_that_the_product_runs_on() -> None:
    assert pinned(LOCKS[0]).items() <= pinned(LOCKS[1]).items()


def test_the_lock_of_the_npm_oracle_has_hashes_and_no_addresses() -> None:
    lock = json.loads((REPOSITORY / "tests/oracles/package-lock.json").read_text("utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert not any("resolved" in package for package in packages.values())


@pytest.mark.parametrize("name", ["system-run", "system-test"])
def test_every_system_package_has_its_reason(name: str) -> None:
    lines = (REPOSITORY / "packaging" / f"{name}.txt").read_text("utf-8").splitlines()
    entries = [line.split("|") for line in lines if line and not line.startswith("#")]
    assert entries
    for package, _, reason in entries:
        assert re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", package.strip())
        assert reason.strip()


def install_system(folder: Path, *, user: str, missing: str) -> subprocess.CompletedProcess[str]:
    """Run a copy of install-system over an invented list, as the invented user `user`."""
    (folder / "bin").mkdir()
    for program, script in {"id": f"echo {user}", "apt-get": "echo apt-get ran: $*"}.items():
        path = folder / "bin" / program
        path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        path.chmod(0o755)
    installer = folder / "install-system"
    installer.write_bytes((REPOSITORY / "packaging/install-system").read_bytes())
    (folder / "system-run.txt").write_text(f"# invented\n{missing}", "utf-8")
    return subprocess.run(
        ["sh", str(installer), "run"],
        env={"PATH": f"{folder / 'bin'}:/usr/sbin:/usr/bin:/sbin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


LACKING = "no-such-package-1 | | invented\nno-such-package-2 | true | seen in another way\n"


def test_without_rights_the_exact_command_is_printed(tmp_path: Path) -> None:
    answer = install_system(tmp_path, user="1000", missing=LACKING)
    assert answer.returncode == 1
    assert answer.stderr.splitlines()[-1].strip() == (
        "apt-get update && apt-get install --no-install-recommends no-such-package-1"
    )
    assert "apt-get ran" not in answer.stdout


def test_with_rights_only_what_is_missing_is_installed(tmp_path: Path) -> None:
    answer = install_system(tmp_path, user="0", missing=LACKING)
    assert answer.returncode == 0
    assert answer.stdout.splitlines()[1:] == [
        "apt-get ran: update -qq",
        "apt-get ran: install -qq --no-install-recommends no-such-package-1",
    ]


def test_where_nothing_is_missing_nothing_is_done(tmp_path: Path) -> None:
    answer = install_system(tmp_path, user="1000", missing="dpkg | | always there\n")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


def test_a_test_cannot_reach_the_network() -> None:
    with pytest.raises(SocketBlockedError):
        socket.socket(socket.AF_INET, socket.SOCK_STREAM)


def judged(folder: Path, body: str) -> subprocess.CompletedProcess[str]:
    """Run one invented test under the settings of this project."""
    invented = folder / "test_invented.py"
    invented.write_text(
        "from PySide6.QtCore import qDebug, qWarning\n"
        f"def test_invented(qapp: object) -> None:\n    {body}\n",
        "utf-8",
    )
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c"]
    return subprocess.run(
        [*command, str(REPOSITORY / "pyproject.toml"), str(invented)],
        cwd=REPOSITORY,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("body", ["qWarning('invented')", "qDebug('invented')"])
def test_a_message_of_qt_fails_the_test(tmp_path: Path, body: str) -> None:
    answer = judged(tmp_path, body)
    assert answer.returncode == 1
    assert "1 failed" in answer.stdout


def test_the_two_known_messages_of_the_offscreen_platform_do_not(tmp_path: Path) -> None:
    known = "This plugin does not support propagateSizeHints()"
    answer = judged(
        tmp_path, f"qWarning('{known}'); qWarning('This plugin does not support raise()')"
    )
    assert "1 passed" in answer.stdout


def test_a_built_package_holds_every_file_of_the_product(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for name in committed_files():
        if name.partition("/")[0] in {"LICENSE", "crypto", "notebook", "pyproject.toml", "ui"}:
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(REPOSITORY / name, source / name)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    subprocess.run(
        [*command, "--no-index", "--quiet", "--wheel-dir", str(tmp_path), str(source)],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    expected = {
        path.relative_to(source).as_posix()
        for package in ("crypto", "notebook", "ui")
        for path in (source / package).rglob("*")
        if path.is_file()
    }
    assert packed == expected

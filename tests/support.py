"""What tests share: outside programs, vectors and the effort to spend."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Never

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent

NODE_ORACLES = REPOSITORY / "build" / "oracles"
"""Where `make test` installs the packages locked in `tests/oracles`."""


def is_ci() -> bool:
    """True where nothing may be skipped for want of a program."""
    return os.environ.get("CI") == "true"


def effort() -> int:
    """How many times the ordinary number of rounds to run: 1, or more in `make soak`."""
    return max(1, int(os.environ.get("EFFORT", "1")))


def skip_without(what: str) -> Never:
    """Fail in CI, elsewhere skip, because `what` is not on this machine."""
    reason = f"{what} is not on this machine; `make test` as root installs it"
    if is_ci():
        pytest.fail(reason)
    pytest.skip(reason)


def oracle(name: str) -> str:
    """The path of the outside program `name`, which judges our bytes independently."""
    beside_python = REPOSITORY / ".venv" / "bin" / name
    found = shutil.which(name) or (str(beside_python) if beside_python.is_file() else None)
    return found or skip_without(name)


def node_oracles() -> Path:
    """The folder that holds `node_modules` of the locked npm oracles."""
    if not (NODE_ORACLES / "node_modules").is_dir():
        skip_without("the npm oracle")
    return NODE_ORACLES


def age_vectors() -> Path:
    """The folder of the public age vectors: `testdata/` and its README."""
    folder = REPOSITORY.parent / "shared" / "vectors" / "age"
    if not (folder / "testdata").is_dir():
        skip_without("the folder of age vectors")
    return folder


def committed_files() -> list[str]:
    """The files that are in the repository, or would be after `git add`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    )
    names = {name for name in listed.stdout.split("\0") if name}
    return sorted(name for name in names if (REPOSITORY / name).is_file())


def damaged(content: bytes) -> bytes:
    """The same but for one bit of its last byte, whatever that was."""
    return content[:-1] + bytes([content[-1] ^ 1])

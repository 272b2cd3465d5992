"""Swap and hibernation: what is memory, what is encrypted, and what is neither."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from notebook import swap


@pytest.fixture
def machine(tmp_path: Path) -> tuple[Path, Path]:
    """Empty stand-ins for /proc and /sys."""
    proc, system = tmp_path / "proc", tmp_path / "sys"
    (system / "power").mkdir(parents=True)
    (system / "dev" / "block").mkdir(parents=True)
    proc.mkdir()
    return proc, system


def use(proc: Path, *names: str | Path) -> None:
    lines = [f"{name} file 1 0 -2" for name in names]
    (proc / "swaps").write_text("\n".join(["Filename Type Size Used Priority", *lines]) + "\n")


def device_of(path: Path, system: Path) -> Path:
    number = path.stat().st_dev
    device = system / "dev" / "block" / f"{os.major(number)}:{os.minor(number)}"
    device.mkdir()
    return device


def test_no_swap_is_safe(machine: tuple[Path, Path]) -> None:
    proc, system = machine
    assert swap.unsafe(proc, system) == ()
    use(proc)
    assert swap.unsafe(proc, system) == ()


def test_memory_that_is_compressed_is_no_disk(machine: tuple[Path, Path]) -> None:
    proc, system = machine
    use(proc, "/dev/zram0")
    assert swap.unsafe(proc, system) == ()


def test_a_file_on_an_ordinary_disk_is_found(machine: tuple[Path, Path], tmp_path: Path) -> None:
    proc, system = machine
    file = tmp_path / "swap file"
    file.touch()
    use(proc, str(file).replace(" ", "\\040"))
    device_of(file, system)
    assert swap.unsafe(proc, system) == (str(file),)


def test_a_file_on_an_encrypted_disk_is_safe(machine: tuple[Path, Path], tmp_path: Path) -> None:
    proc, system = machine
    file = tmp_path / "swapfile"
    file.touch()
    use(proc, file)
    device = device_of(file, system)
    (device / "dm").mkdir()
    (device / "dm" / "uuid").write_text("CRYPT-LUKS2-abc\n")
    assert swap.unsafe(proc, system) == ()


@pytest.mark.parametrize("is_every_layer", [True, False])
def test_a_volume_is_encrypted_when_all_below_it_is(
    machine: tuple[Path, Path], tmp_path: Path, *, is_every_layer: bool
) -> None:
    proc, system = machine
    file = tmp_path / "swapfile"
    file.touch()
    use(proc, file)
    device = device_of(file, system)
    (device / "dm").mkdir()
    (device / "dm" / "uuid").write_text("LVM-abc\n")
    for name, uuid in (("dm-0", "CRYPT-x"), ("dm-1", "CRYPT-y" if is_every_layer else "LVM-y")):
        below = device / "slaves" / name / "dm"
        below.mkdir(parents=True)
        (below / "uuid").write_text(uuid)
    assert swap.unsafe(proc, system) == (() if is_every_layer else (str(file),))


def test_what_cannot_be_looked_at_is_not_taken_for_encrypted(machine: tuple[Path, Path]) -> None:
    proc, system = machine
    use(proc, "/dev/not-there")
    assert swap.unsafe(proc, system) == ("/dev/not-there",)


def test_hibernation_in_clear_is_found_without_swap(machine: tuple[Path, Path]) -> None:
    proc, system = machine
    (system / "power" / "state").write_text("freeze mem disk\n")
    (system / "power" / "resume").write_text("0:0\n")
    assert swap.unsafe(proc, system) == ()
    (system / "power" / "resume").write_text("8:3\n")
    assert swap.unsafe(proc, system) == ("8:3",)
    device = system / "dev" / "block" / "8:3" / "dm"
    device.mkdir(parents=True)
    (device / "uuid").write_text("CRYPT-LUKS1-x")
    assert swap.unsafe(proc, system) == ()


def test_this_machine_can_be_asked() -> None:
    assert all(isinstance(name, str) for name in swap.unsafe())

"""Intake, sealing and opening of large evidence, against openssl, tar and age."""

import os
import shutil
import subprocess
import time
from pathlib import Path

from notebook.contacts import Profile
from notebook.handover import SealRequest
from notebook.model import RecordId
from notebook.notebook import Notebook
from tests.bench import notebooks
from tests.bench.apart import apart
from tests.bench.report import Line, amount, seconds, spent
from tests.support import oracle

BLOCK = 1024 * 1024


class Stopwatch:
    """Progress that notes when each kind of work began."""

    def __init__(self) -> None:
        self.began: dict[str, float] = {}

    def step(self, done: int, total: int, what: str = "") -> None:
        """Note the first time something is said."""
        self.began.setdefault(what, time.perf_counter())


def run(folder: Path) -> list[Line]:
    """All comparisons about large files; each of ours in a process of its own, for its memory."""
    mib = amount("BENCH_MIB", 1024)
    evidence = folder / "evidence.bin"
    with evidence.open("wb") as file:
        for _ in range(mib):
            file.write(os.urandom(BLOCK))
    age, openssl = oracle("age"), oracle("openssl")
    keygen = shutil.which("age-keygen") or "age-keygen"
    key = folder / "stock-key.txt"
    subprocess.run([keygen, "-o", key], check=True, capture_output=True)
    public = subprocess.run(
        [keygen, "-y", key], check=True, capture_output=True, text=True
    ).stdout.strip()
    lines = [_intake(folder, evidence, age, openssl, public, mib)]
    lines += _sealing(folder, evidence, age, openssl, public, key, mib)
    evidence.unlink()
    return lines


def _shell(command: str) -> tuple[float, float]:
    return spent(lambda: subprocess.run(["sh", "-c", command], check=True, capture_output=True))


def _intake(folder: Path, evidence: Path, age: str, openssl: str, public: str, mib: int) -> Line:
    theirs, _cpu = _shell(
        f"{openssl} dgst -sha256 {evidence}; {age} -r {public} -o {folder}/stock.age {evidence};"
        f" sync {folder}/stock.age"
    )
    (folder / "stock.age").unlink()
    ours, memory = apart(_take_in, folder, evidence)
    print(f"intake: {memory / 2**20:.0f} MiB of memory")
    return Line(
        name=f"take in {mib} MiB", ours=ours["all"], theirs=theirs, aim=1.3,
        against="openssl dgst -sha256 + age + sync",
    )  # fmt: skip


def _take_in(folder: Path, evidence: Path) -> dict[str, float]:
    sender = notebooks.make(folder / "sender", "Sender")
    receiver = notebooks.make(folder / "receiver", "Receiver")
    sender.add_contact(receiver.my_card().encode(), classic=True)
    receiver.add_contact(sender.my_card().encode(), classic=True)
    case, _ = sender.add("case", None, {"title": "Invented"})
    with evidence.open("rb") as source:
        whole = seconds(lambda: sender.attach(RecordId(case), source, file_name="evidence.bin"))
    sender.close()
    receiver.close()
    return {"all": whole}


def _sealing(
    folder: Path, evidence: Path, age: str, openssl: str, public: str, key: Path, mib: int
) -> list[Line]:
    out = folder / "out"
    out.mkdir()
    stock_seal, stock_seal_cpu = _shell(
        f"{openssl} dgst -sha256 {evidence}; tar -C {folder} -c {evidence.name} |"
        f" {age} -r {public} -o {folder}/stock.age; sync {folder}/stock.age"
    )
    sealed, seal_memory = apart(_seal, folder, out)
    (folder / "stock").mkdir()
    stock_open, stock_open_cpu = _shell(
        f"{age} -d -i {key} {folder}/stock.age | tar -C {folder}/stock -x;"
        f" {openssl} dgst -sha256 {folder}/stock/{evidence.name}; sync {folder}/stock/*"
    )
    opened, open_memory = apart(_open, folder, out)
    memory = max(seal_memory, open_memory) / 2**20
    stock = "openssl dgst -sha256, tar | age, sync"
    return [
        Line(name=f"seal {mib} MiB", ours=sealed["written"], theirs=stock_seal, aim=1.3,
             against=stock),
        Line(name=f"seal {mib} MiB and read it back", ours=sealed["all"], theirs=stock_seal,
             aim=2.2, against=stock),
        Line(name="  its processor time", ours=sealed["cpu"], theirs=stock_seal_cpu),
        Line(name=f"open {mib} MiB", ours=opened["all"], theirs=stock_open, aim=1.5,
             against="age -d | tar, openssl dgst, sync"),
        Line(name="  its processor time", ours=opened["cpu"], theirs=stock_open_cpu),
        Line(name="memory of sealing and opening", ours=memory, unit="MiB", aim=200,
             against="aim in MiB"),
    ]  # fmt: skip


def _seal(folder: Path, out: Path) -> dict[str, float]:
    sender = notebooks.reopen(folder / "sender")
    (reader,) = sender.contacts()
    assert reader.profile is Profile.CLASSIC
    watch = Stopwatch()
    start = time.perf_counter()
    whole, cpu = spent(
        lambda: sender.seal(sender.plan_seal(SealRequest(to=(reader.id,))), out, watch)
    )
    sender.close()
    return {"all": whole, "cpu": cpu, "written": watch.began["read back"] - start}


def _open(folder: Path, out: Path) -> dict[str, float]:
    receiver: Notebook = notebooks.reopen(folder / "receiver")
    bundle = sorted(out.iterdir())
    whole, cpu = spent(lambda: receiver.open_bundle(bundle, accept_unknown=False))
    receiver.close()
    return {"all": whole, "cpu": cpu}

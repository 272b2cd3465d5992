"""Merging what ten notebooks wrote, and opening many small bundles: does it stay linear?"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time

from notebook import editing
from notebook.handover import SealRequest
from notebook.model import CaseId, RecordId
from notebook.notebook import Notebook
from notebook.transaction import Transaction
from tests.bench import notebooks
from tests.bench.apart import apart
from tests.bench.report import Line, amount, seconds

NOTEBOOKS = 10
WORDS = 60
BATCH = 200
EDGE = 10
"""The tenth of the bundles at either end that is compared."""


def run(folder: Path) -> list[Line]:
    """All comparisons about many entries and many bundles."""
    entries = amount("BENCH_ENTRIES", 100_000)
    few, few_cpu, few_memory = _merging(folder / "few", entries // 10)
    many, many_cpu, many_memory = _merging(folder / "many", entries)
    bundles = amount("BENCH_BUNDLES", 1_000)
    times, used = zip(*_opening_small(folder / "small", bundles), strict=True)
    edge = max(1, bundles // EDGE)
    return [
        Line(
            name=f"merge {entries:,} entries of {NOTEBOOKS} notebooks",
            ours=many,
            theirs=10 * few,
            against=f"ten times the {few:.3g} s for {entries // 10:,} entries",
            aim=1.3,
        ),
        Line(
            name="  its processor time",
            ours=many_cpu,
            theirs=10 * few_cpu,
            against=f"ten times the {few_cpu:.3g} s for a tenth",
        ),
        Line(name="entries merged in a second", ours=entries / many, unit="/s"),
        Line(
            name=f"memory of merging {entries:,} entries",
            ours=many_memory / 2**20,
            unit="MiB",
            against=f"{few_memory / 2**20:.0f} MiB for a tenth; aim in MiB",
            aim=250,
        ),
        Line(
            name=f"open {bundles:,} small bundles, the last tenth",
            ours=1000 * median(times[-edge:]),
            theirs=1000 * median(times[:edge]),
            unit="ms",
            against="each of the first tenth",
            aim=1.3,
        ),
        Line(
            name="  its processor time",
            ours=1000 * median(used[-edge:]),
            theirs=1000 * median(used[:edge]),
            unit="ms",
            against="each of the first tenth",
        ),
    ]


def _merging(folder: Path, entries: int) -> tuple[float, float, int]:
    """Seconds, seconds of the processor and memory of merging entries by ten authors of a case."""
    folder.mkdir()
    archive = notebooks.make(folder / "archive", "Archive")
    case = CaseId(archive.add("case", None, {"title": "Invented case"})[0])
    fill_s = seconds(lambda: _write_all(folder, archive, case, entries // NOTEBOOKS))
    archive.close()
    print(f"{entries} entries written and sealed in {fill_s:.1f} s")
    measured, memory = apart(_open_all, folder, folder / "out")
    print(f"and merged in {measured['all']:.1f} s, {measured['processor']:.1f} s of the processor")
    return measured["all"], measured["processor"], memory


def _write_all(folder: Path, archive: Notebook, case: CaseId, entries: int) -> None:
    out = folder / "out"
    out.mkdir()
    for number in range(NOTEBOOKS):
        writer = notebooks.make(folder / f"writer{number}", f"Writer {number}")
        writer.add_contact(archive.my_card().encode())
        archive.add_contact(writer.my_card().encode())
        for path in _sealed(archive, writer, folder / f"case{number}"):
            writer.open_bundle([path], accept_unknown=False)
        written: list[RecordId] = []
        for start in range(0, entries, BATCH):
            batch = range(start, min(start + BATCH, entries))
            written += writer.transact(partial(_write, case, written, batch))[0]
        _sealed(writer, archive, out / str(number))
        writer.close()


def _write(case: CaseId, known: list[RecordId], numbers: range, tx: Transaction) -> list[RecordId]:
    """One entry for each number: every second one changes a record of before."""
    new: list[RecordId] = []
    for number in numbers:
        text = notebooks.account(number, WORDS)
        if number % 2 and known:
            editing.edit(tx, known[number * 7 % len(known)], {"account": text})
        else:
            fields = {"title": f"Invented {number}", "account": text}
            new.append(editing.add(tx, "interview", case, fields))
    return new


def _sealed(
    sender: Notebook, reader: Notebook, out: Path, *, is_receipt: bool = False
) -> tuple[Path, ...]:
    out.mkdir()
    (contact,) = (known for known in sender.contacts() if known.id == reader.author)
    request = SealRequest(to=(contact.id,), is_receipt=is_receipt)
    result, _changes = sender.seal(sender.plan_seal(request), out)
    return result.files


def _open_all(folder: Path, out: Path) -> dict[str, float]:
    archive = notebooks.reopen(folder / "archive")
    bundles = sorted(out.glob("*/*"))
    started = process_time()
    spent = seconds(lambda: [archive.open_bundle([path], accept_unknown=False) for path in bundles])
    used = process_time() - started
    archive.close()
    return {"all": spent, "processor": used}


def _opening_small(folder: Path, bundles: int) -> Iterator[tuple[float, float]]:
    """Seconds, and those of the processor, for each of many bundles with one new record.

    Each is answered by a receipt: without, a sender cannot know what arrived and sends it again.
    """
    folder.mkdir()
    sender, reader = (notebooks.make(folder / name, name) for name in ("sender", "reader"))
    sender.add_contact(reader.my_card().encode())
    reader.add_contact(sender.my_card().encode())
    case = CaseId(sender.add("case", None, {"title": "Invented case"})[0])
    for number in range(bundles):
        sender.add("interview", case, notebooks.fields(number))
        (path,) = _sealed(sender, reader, folder / str(number))
        started = process_time()
        spent = seconds(partial(reader.open_bundle, [path], accept_unknown=False))
        yield spent, process_time() - started
        (receipt,) = _sealed(reader, sender, folder / f"{number}-receipt", is_receipt=True)
        sender.open_bundle([receipt], accept_unknown=False)
    sender.close()
    reader.close()

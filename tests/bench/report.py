"""The table that a benchmark run prints: ours, theirs, the ratio, and what we aim at."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One comparison. Times in seconds unless `unit` says otherwise."""

    name: str
    ours: float
    theirs: float | None = None
    unit: str = "s"
    against: str = ""
    aim: float | None = None
    """Of the ratio where there is another to compare with, else of our own figure."""

    @property
    def ratio(self) -> float | None:
        """Ours in units of theirs."""
        return self.ours / self.theirs if self.theirs else None

    @property
    def is_met(self) -> bool | None:
        """Whether the aim is met, if there is one."""
        if self.aim is None:
            return None
        return (self.ratio if self.ratio is not None else self.ours) <= self.aim


def print_table(lines: list[Line]) -> None:
    """Print all lines, aligned."""
    print(f"\n{'what':44} {'ours':>10} {'theirs':>10} {'ratio':>7} {'aim':>7}  against")
    for line in lines:
        theirs = f"{line.theirs:.4g} {line.unit}" if line.theirs is not None else ""
        ratio = f"{line.ratio:.2f}" if line.ratio is not None else ""
        aim = f"{line.aim:g}" if line.aim is not None else ""
        verdict = {True: "", False: "  MISSED", None: ""}[line.is_met]
        ours = f"{line.ours:.4g} {line.unit}"
        print(
            f"{line.name:44} {ours:>10} {theirs:>10} {ratio:>7} {aim:>7}  {line.against}{verdict}"
        )


def seconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """How long `work` takes, once."""
    start = clock()
    work()
    return clock() - start


def spent(work: Callable[[], object]) -> tuple[float, float]:
    """How long `work` takes, and how much of processors it and its children use, in seconds."""
    before = os.times()
    work()
    after = os.times()
    return after.elapsed - before.elapsed, sum(after[:4]) - sum(before[:4])


def median_seconds(work: Callable[[], object], times: int) -> float:
    """The middle of several runs."""
    return median(seconds(work) for _ in range(times))


def paired_medians(
    ours: Callable[[], object],
    theirs: Callable[[], object],
    times: int,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[float, float]:
    """The middle of several runs of each, turn by turn, so that both meet the same noise.

    Each goes first every second time: whoever syncs first pays for what others left unwritten.
    """
    ours_s: list[float] = []
    theirs_s: list[float] = []
    for turn in range(times):
        both = [(ours, ours_s), (theirs, theirs_s)]
        for work, spent in both if turn % 2 else reversed(both):
            spent.append(seconds(work, clock))
    return median(ours_s), median(theirs_s)


def amount(name: str, default: int) -> int:
    """A size that the caller may change: `BENCH_MIB`, `BENCH_RECORDS`."""
    return int(os.environ.get(name, default))

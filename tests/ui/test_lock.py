"""Locking never asks, keeps what was typed, and cannot be stopped."""

from collections.abc import Callable

import pytest

from ui.lock import IdleWatch, Lock
from ui.parting import End, Reason
from ui.runner import Lane


class Steps:
    """What happened while locking, in order."""

    def __init__(self, failing: str = "") -> None:
        self.done: list[str] = []
        self.failing = failing
        self.messages: list[End] = []

    def step(self, name: str) -> Callable[[], None]:
        def do() -> None:
            self.done.append(name)
            if name == self.failing:
                raise ZeroDivisionError

        return do

    def settle(self, lane: Lane, wait_s: float) -> bool:
        assert wait_s <= 0.25
        self.step(f"settle {lane}")()
        return True

    def tell(self, message: End) -> None:
        self.messages.append(message)
        self.step("tell")()

    def arm(self, wait_s: float) -> None:
        assert wait_s <= 5
        self.step("arm")()


IN_ORDER = ["arm", "tell", "flush", "settle drafts", "clear", "end"]


def _lock(steps: Steps) -> Lock:
    lock = Lock(lanes=steps, tell=steps.tell, end=steps.step("end"), arm=steps.arm)
    lock.flush = steps.step("flush")
    lock.clear = steps.step("clear")
    return lock


def test_the_system_is_armed_first_and_drafts_are_kept_before_the_end() -> None:
    steps = Steps()
    _lock(steps).lock(Reason.IDLE, 5)
    assert steps.done == IN_ORDER
    assert steps.messages == [End(reason=Reason.IDLE, idle_minutes=5)]


@pytest.mark.parametrize("failing", ["tell", "flush", "settle drafts", "clear"])
def test_whatever_breaks_the_rest_is_done_and_the_process_ends(failing: str) -> None:
    steps = Steps(failing)
    with pytest.raises(ZeroDivisionError):
        _lock(steps).lock(Reason.ASKED)
    assert steps.done == IN_ORDER


def test_nothing_more_is_written_and_the_words_go_with_the_reason() -> None:
    steps = Steps()
    lock = _lock(steps)
    lock.halt = lambda: ("one", "two", "three", "four")
    lock.lock(Reason.ASKED)
    assert steps.messages == [End(reason=Reason.ASKED, words=("one", "two", "three", "four"))]


def test_locking_twice_is_locking_once() -> None:
    steps = Steps()
    lock = _lock(steps)
    lock.flush = lambda: lock.lock(Reason.CLOSED)
    lock.lock(Reason.ASKED)
    assert steps.messages == [End(reason=Reason.ASKED)]
    assert steps.done.count("end") == 1


def test_locking_works_before_a_notebook_is_open() -> None:
    steps = Steps()
    Lock(lanes=steps, tell=steps.tell, end=steps.step("end"), arm=steps.arm).lock(Reason.CLOSED)
    assert steps.done == ["arm", "tell", "settle drafts", "end"]


def test_idle_time_counts_from_the_last_touch() -> None:
    now = [1000.0]
    watch = IdleWatch(lambda: now[0])
    now[0] += 299
    assert not watch.is_over(5)
    watch.touch()
    now[0] += 299
    assert not watch.is_over(5)
    now[0] += 1
    assert watch.is_over(5)
    assert not watch.is_over(6)

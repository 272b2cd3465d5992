"""Jobs: real threads, and the inline runner that stands in for them."""

import queue
import threading
from collections.abc import Callable

import pytest

from notebook.errors import Code, NotebookError
from notebook.progress import Cancelled, Progress
from ui.jobs import Jobs
from ui.runner import InlineRunner, Lane, Runner

WAIT_S = 60


class Window:
    """The window's thread: takes what lanes deliver, one after another."""

    def __init__(self) -> None:
        self.arrived: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self.bugs: list[BaseException] = []
        self.jobs = Jobs(self.arrived.put, self.bugs.append)

    def take(self) -> None:
        self.arrived.get(timeout=WAIT_S)()


def never(_value: object) -> None:
    pytest.fail("this must not be called")


def trouble() -> NotebookError:
    return NotebookError(Code.DISK_ERROR, "The disk failed.")


def _giving(number: int) -> Callable[[Progress], int]:
    return lambda _progress: number


def fail(_progress: Progress) -> None:
    raise trouble()


def break_down(_progress: Progress) -> None:
    raise ZeroDivisionError


@pytest.fixture
def window() -> Window:
    return Window()


def test_a_result_comes_back_on_the_windows_thread(window: Window) -> None:
    got: list[tuple[int, int]] = []
    window.jobs.run(
        Lane.NOTEBOOK,
        lambda _progress: threading.get_ident(),
        lambda lane_thread: got.append((lane_thread, threading.get_ident())),
        never,
    )
    window.take()
    [(lane_thread, here)] = got
    assert here == threading.get_ident()
    assert lane_thread != here


def test_a_lane_is_always_the_same_thread_and_lanes_are_different_ones(window: Window) -> None:
    got: list[int] = []
    for lane in (Lane.NOTEBOOK, Lane.NOTEBOOK, Lane.FILES, Lane.DRAFTS):
        window.jobs.run(lane, lambda _progress: threading.get_ident(), got.append, never)
        window.take()
    assert got[0] == got[1]
    assert len(set(got)) == 3


def test_jobs_of_one_lane_run_in_the_order_asked_for(window: Window) -> None:
    got: list[int] = []
    for number in range(20):
        window.jobs.run(Lane.DRAFTS, _giving(number), got.append, never)
    for _each in range(20):
        window.take()
    assert got == list(range(20))


def test_a_long_job_in_one_lane_does_not_hold_up_another(window: Window) -> None:
    may_end = threading.Event()
    window.jobs.run(Lane.FILES, lambda _progress: may_end.wait(WAIT_S), lambda _ended: None, never)
    got: list[str] = []
    window.jobs.run(Lane.DRAFTS, lambda _progress: "kept", got.append, never)
    window.take()
    may_end.set()
    assert got == ["kept"]


def test_trouble_comes_as_trouble(window: Window) -> None:
    got: list[NotebookError] = []
    window.jobs.run(Lane.NOTEBOOK, fail, never, got.append)
    window.take()
    assert got == [trouble()]
    assert not window.bugs


def test_a_bug_goes_to_the_crash_window_and_the_lane_lives_on(window: Window) -> None:
    window.jobs.run(Lane.NOTEBOOK, break_down, never, never)
    window.take()
    assert [type(bug) for bug in window.bugs] == [ZeroDivisionError]
    got: list[int] = []
    window.jobs.run(Lane.NOTEBOOK, lambda _progress: 1, got.append, never)
    window.take()
    assert got == [1]


def test_a_cancelled_job_stops_at_its_next_step_and_is_silent(window: Window) -> None:
    has_begun, may_step = threading.Event(), threading.Event()

    def job(progress: Progress) -> None:
        has_begun.set()
        assert may_step.wait(WAIT_S)
        progress.step(1, 2)
        pytest.fail("the step must not return")

    ended: list[str] = []
    handle = window.jobs.run(
        Lane.FILES, job, never, never, on_cancelled=lambda: ended.append("cancelled")
    )
    assert has_begun.wait(WAIT_S)
    handle.cancel()
    may_step.set()
    window.take()
    assert ended == ["cancelled"]
    assert not window.bugs


def test_a_job_cancelled_before_it_began_never_runs(window: Window) -> None:
    may_go_on = threading.Event()
    window.jobs.run(Lane.FILES, lambda _progress: may_go_on.wait(WAIT_S), lambda _done: None, never)
    ran: list[str] = []
    handle = window.jobs.run(Lane.FILES, lambda _progress: ran.append("ran"), never, never)
    handle.cancel()
    may_go_on.set()
    assert window.jobs.settle(Lane.FILES, WAIT_S)
    assert not ran


def test_a_job_that_ends_before_it_hears_of_the_cancelling_is_done(window: Window) -> None:
    got: list[int] = []
    handle = window.jobs.run(Lane.NOTEBOOK, lambda _progress: 1, got.append, never)
    assert window.jobs.settle(Lane.NOTEBOOK, WAIT_S)
    handle.cancel()
    window.take()
    assert got == [1]


def test_progress_arrives_and_its_last_step_always_does(window: Window) -> None:
    def job(progress: Progress) -> None:
        for done in range(1001):
            progress.step(done, 1000, "counting")

    seen: list[tuple[int, int, str]] = []
    over: list[None] = []
    window.jobs.run(Lane.FILES, job, over.append, never, on_progress=lambda *at: seen.append(at))
    while not over:
        window.take()
    assert seen[-1] == (1000, 1000, "counting")
    assert len(seen) < 1000


def test_settling_gives_up_after_its_time(window: Window) -> None:
    may_end = threading.Event()
    window.jobs.run(Lane.DRAFTS, lambda _progress: may_end.wait(WAIT_S), lambda _ended: None, never)
    assert not window.jobs.settle(Lane.DRAFTS, 0.01)
    may_end.set()
    assert window.jobs.settle(Lane.DRAFTS, WAIT_S)


# The inline runner ends jobs in the same ways.


def test_inline_a_result_and_trouble_come_back() -> None:
    runner: Runner = InlineRunner()
    got: list[object] = []
    runner.run(Lane.NOTEBOOK, lambda _progress: 1, got.append, never)
    runner.run(Lane.NOTEBOOK, fail, never, got.append)
    assert got == [1, trouble()]


def test_inline_cancelling_is_silent() -> None:
    def job(_progress: Progress) -> None:
        raise Cancelled

    ended: list[str] = []
    InlineRunner().run(
        Lane.FILES, job, never, never, on_cancelled=lambda: ended.append("cancelled")
    )
    assert ended == ["cancelled"]


def test_inline_a_bug_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        InlineRunner().run(Lane.FILES, break_down, never, never)

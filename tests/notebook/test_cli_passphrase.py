import io
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from notebook.cli import passphrase_input
from notebook.cli.arguments import UsageError


class Terminal(io.BytesIO):
    def isatty(self) -> bool:
        return True


@contextmanager
def descriptor(content: bytes) -> Iterator[int]:
    reader, writer = os.pipe()
    os.write(writer, content)
    os.close(writer)
    yield reader
    os.close(reader)


def read(content: bytes) -> str:
    with descriptor(content) as number:
        return passphrase_input.source(str(number), io.BytesIO())("")


@pytest.mark.parametrize(
    ("content", "passphrase"),
    [
        (b"six words\n", "six words"),
        (b"six words\r\n", "six words"),
        (b"six words", "six words"),
        (b"six words\nmore\n", "six words"),
        (b" six words \n", " six words "),
        (b"six words\n\n", "six words"),
        (b"six words\r\r\n", "six words\r"),
        (b"\n", ""),
        ("алты сөз\n".encode(), "алты сөз"),
    ],
)
def test_the_first_line_without_its_end_is_the_passphrase(content: bytes, passphrase: str) -> None:
    assert read(content) == passphrase


def test_not_one_byte_more_than_the_line_is_taken() -> None:
    with descriptor(b"old\nnew\nthe data") as number:
        ask = passphrase_input.source(str(number), io.BytesIO())
        assert [ask(""), ask("")] == ["old", "new"]
        assert os.read(number, 100) == b"the data"


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\n", b"x" * (passphrase_input.MAX_PASSPHRASE_BYTES + 1)]
)
def test_a_descriptor_without_a_usable_line_is_refused(content: bytes) -> None:
    with pytest.raises(UsageError):
        read(content)


def test_the_longest_passphrase_is_accepted_without_a_line_end() -> None:
    longest = "x" * passphrase_input.MAX_PASSPHRASE_BYTES
    assert read(longest.encode()) == longest


@pytest.mark.parametrize("number", ["", "-1", "x", "1.0", "٣", "9" * 30])
def test_what_is_no_number_of_a_descriptor_is_refused(number: str) -> None:
    with pytest.raises(UsageError, match="--passphrase-fd"):
        passphrase_input.source(number, io.BytesIO())


def test_a_closed_descriptor_is_refused() -> None:
    with descriptor(b"") as number:
        pass
    with pytest.raises(UsageError):
        passphrase_input.source(str(number), io.BytesIO())("")


def test_without_a_terminal_and_a_descriptor_there_is_nobody_to_ask() -> None:
    with pytest.raises(UsageError, match="not a terminal"):
        passphrase_input.source(None, io.BytesIO())


def test_on_a_terminal_somebody_can_be_asked() -> None:
    assert callable(passphrase_input.source(None, Terminal()))


def answers(*given: str) -> passphrase_input.Ask:
    left = iter(given)
    return lambda _prompt: next(left)


def test_a_new_passphrase_is_typed_twice_at_a_prompt() -> None:
    ask = answers("a", "a")
    assert passphrase_input.ask_new(ask, is_prompted=True, first="", again="") == "a"
    with pytest.raises(UsageError, match="not the same"):
        passphrase_input.ask_new(answers("a", "b"), is_prompted=True, first="", again="")


def test_a_new_passphrase_is_read_once_from_a_descriptor() -> None:
    ask = answers("a")
    assert passphrase_input.ask_new(ask, is_prompted=False, first="", again="") == "a"

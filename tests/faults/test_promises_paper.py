"""The page of promises names proofs that exist, and leaves no promise out."""

import ast
import re
from pathlib import Path

import pytest

from tests.support import REPOSITORY

PAGE = REPOSITORY / "docs" / "THREATS.md"
ROW = re.compile(r"^\| (P\d+) \|([^|]*)\|([^|]*)\|([^|]*)\|$", re.MULTILINE)
PROOF = re.compile(r"`(tests/[^`:]+)(?:::(\w+))?`")
STATES = ("kept", "partly", "not built")


def rows() -> dict[str, tuple[str, str]]:
    """State and proofs of each promise."""
    found = ROW.findall(PAGE.read_text(encoding="utf-8"))
    return {number: (state.strip(), proofs) for number, _promise, state, proofs in found}


def lacking(proofs: str) -> list[str]:
    """What is named as a proof and does not exist."""
    missing = []
    for path, name in PROOF.findall(proofs):
        file = REPOSITORY / path
        if not file.is_file() or (name and name not in functions_of(file)):
            missing.append(f"{path}::{name}")
    return missing


def functions_of(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_promise_has_its_row_and_its_state() -> None:
    assert list(rows()) == [f"P{number}" for number in range(1, 21)]
    assert all(state.startswith(STATES) for state, _proofs in rows().values())


@pytest.mark.parametrize("number", rows())
def test_what_is_said_to_be_proven_is(number: str) -> None:
    state, proofs = rows()[number]
    assert lacking(proofs) == []
    assert PROOF.search(proofs) or state.startswith("not built")


def test_a_proof_that_does_not_exist_is_noticed() -> None:
    here = "tests/faults/test_promises_paper.py"
    assert lacking(f"`{here}::lacking`, `{here}`") == []
    assert lacking(f"`{here}::nothing_like_it`, `tests/faults/nothing.py`") == [
        f"{here}::nothing_like_it",
        "tests/faults/nothing.py::",
    ]

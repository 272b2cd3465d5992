"""What runs until it is killed: work on a notebook, each step acknowledged on a pipe."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from notebook.drafts import Draft
from notebook.errors import NotebookError
from notebook.handover import SealRequest
from notebook.model import RecordId
from notebook.notebook import Notebook
from tests.notebook import support_notebook as support

Acknowledge = Callable[[dict[str, object]], None]
NEW_PASSPHRASE = "copper lantern violet harbor thunder mosaic"


def attachment(turn: int) -> bytes:
    """A file of several chunks, different at every turn."""
    return hashlib.sha256(str(turn).encode()).digest() * (2000 + turn % 7 * 3000)


def work(folder: Path, kinds: list[str], acknowledge: Acknowledge, *, turns: int = 10_000) -> None:
    """Do these things over and over, and acknowledge each when it is done."""
    environment = replace(support.environment(), random=os.urandom)
    notebook = Notebook.unlock(folder, support.PASSPHRASE, environment=environment)
    case = notebook.cases()[0].case
    last = next(row.id for row in notebook.rows(type="interview"))
    outbox = folder.parent / "out"
    # Neither names nor times of files say in which order they were made; the system knows.
    inbox = sorted((folder.parent / "in").glob("*.sealed.age"), key=lambda p: p.stat().st_ctime_ns)
    acknowledge({"kind": "unlocked"})
    for turn in range(turns):
        kind = kinds[turn % len(kinds)]
        word = f"word{turn}"
        done: dict[str, object] = {"kind": kind, "word": word}
        if kind == "add":
            fields = {"title": word, "account": word, "quotes": [word, word + "b"]}
            last, _changes = notebook.add("interview", case, fields)
            done["id"] = last
        elif kind == "edit":
            notebook.edit(last, {"questions": word, "contradictions": word})
            done["id"] = last
        elif kind == "attach":
            content = attachment(turn)
            source = io.BytesIO(content)
            done["id"], _changes = notebook.attach(last, source, file_name=word)
            done["sha256"] = hashlib.sha256(content).hexdigest()
        elif kind == "draft":
            draft = Draft(
                id=RecordId(f"{turn % 3:032x}"),
                type="note",
                case=case,
                is_new=True,
                fields={"title": word, "text": word * 2000},
            )
            notebook.drafts.keep(draft)
            done["id"] = draft.id
        elif kind == "seal":
            request = SealRequest(to=tuple(c.id for c in notebook.contacts()), is_full=True)
            result, _changes = notebook.seal(notebook.plan_seal(request), outbox)
            done["files"] = [str(path) for path in result.files]
            done["bundles"] = [sealed.bundle for sealed in result.bundles]
        elif kind == "open":
            told = turn % len(inbox)
            notebook.open_bundle([inbox[told]], accept_unknown=False)
            done["told"] = told
        acknowledge(done)


def main() -> None:
    """Run one verb: `create`, `passphrase`, `withdraw … RECORD` or `work … KIND…` on a folder."""
    verb, folder = sys.argv[1], Path(sys.argv[2])

    def say(done: dict[str, object]) -> None:
        print(json.dumps(done), flush=True)

    try:
        if verb == "create":
            support.create(folder).close()
        elif verb == "passphrase":
            notebook = support.unlock(folder)
            notebook.change_passphrase(support.PASSPHRASE, NEW_PASSPHRASE)
        elif verb == "withdraw":
            notebook = support.unlock(folder)
            notebook.withdraw([RecordId(sys.argv[3])], "asked")
        else:
            work(folder, sys.argv[3:], say, turns=len(sys.argv) - 3)
        say({"kind": "done"})
    except NotebookError as trouble:
        say({"kind": "trouble", "code": trouble.code.value})


if __name__ == "__main__":
    main()

"""A whole session by command line, every process of it watched, every field a canary."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from PIL import Image

from notebook.forms import load_forms
from notebook.forms.model import FieldType
from tests.faults.support_canaries import (
    FILE_MARK,
    NEW_PASSPHRASE,
    PASSPHRASE,
    PICTURE_MARK,
    Canaries,
)
from tests.faults.support_traced import Call, calls, prefix
from tests.support import REPOSITORY

WRITTEN_BY_PEOPLE: Final = (FieldType.TEXT, FieldType.LONG_TEXT, FieldType.LIST)


def private_environment(home: Path) -> dict[str, str]:
    """An account of its own: whatever a program leaves in a person's folders is left here."""
    home.mkdir(mode=0o700, parents=True)
    folders = {
        "HOME": home,
        "TMPDIR": home / "tmp",
        "XDG_CONFIG_HOME": home / "config",
        "XDG_DATA_HOME": home / "data",
        "XDG_CACHE_HOME": home / "cache",
        "XDG_STATE_HOME": home / "state",
        "XDG_RUNTIME_DIR": home / "run",
    }
    for folder in folders.values():
        folder.mkdir(mode=0o700, exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONDONTWRITEBYTECODE": "1",
        **{name: str(folder) for name, folder in folders.items()},
    }


def filled(type: str, canaries: Canaries) -> dict[str, Any]:
    """Every field that a person writes words into, each with a word of its own."""
    return {
        each.name: [canaries.word(), canaries.word()]
        if each.type is FieldType.LIST
        else f"{canaries.word()} {canaries.word()}"
        for each in load_forms()[type].fields
        if each.type in WRITTEN_BY_PEOPLE and not each.is_readonly
    }


def picture(path: Path) -> Path:
    """A photograph whose metadata holds a canary."""
    exif = Image.Exif()
    exif[0x010E] = f"{PICTURE_MARK}told"
    Image.new("RGB", (64, 48), "teal").save(path, "JPEG", exif=exif)
    return path


@dataclass(kw_only=True)
class Session:
    """Commands run one after another in one account, each leaving a trace."""

    base: Path
    traces: Path
    environment: dict[str, str]
    canaries: Canaries = field(default_factory=Canaries)
    said: list[str] = field(default_factory=list)
    asked_for: Path = Path()
    """The plain copy that was asked for in so many words."""

    def run(self, *words: str | Path, stdin: str = "", passphrase: str = PASSPHRASE) -> Any:
        """One command; its JSON. The passphrase is the first line of standard input."""
        trace = self.traces / f"{len(self.said):02}"
        self.said.append(str(words[0]))
        program = [sys.executable, "-P", "-m", "ui.main", *map(str, words)]
        ran = subprocess.run(
            [*prefix(trace), *program, "--passphrase-fd", "0", "--json"],
            input=f"{passphrase}\n{stdin}".encode(),
            env=self.environment,
            cwd=self.base,
            capture_output=True,
            check=False,
            timeout=100,
        )
        assert ran.stdout, ran.stderr.decode()
        return json.loads(ran.stdout)

    def add(self, folder: Path, types: Sequence[str]) -> list[str]:
        """A case and a record of each type in it; in all of them every field is a canary."""
        case = f"{int(FILE_MARK, 36):032x}"
        records = [{"id": case, "type": "case", "fields": filled("case", self.canaries)}]
        records += [
            {"type": type, "case": case, "fields": filled(type, self.canaries)} for type in types
        ]
        added = self.run("add", folder, "-", stdin=json.dumps(records, ensure_ascii=False))
        return [str(id) for id in added["ids"]]

    def calls(self) -> Iterator[tuple[str, Call]]:
        """Every call of every command, with the command's verb."""
        for trace in sorted(self.traces.iterdir()):
            for call in calls(trace):
                yield self.said[int(trace.name)], call


def lived(home: Path) -> Session:
    """A whole session: everything the command line can do with testimony, done once."""
    base, sources, traces = home / "base", home / "sources", home / "traces"
    for folder in (base, sources, traces):
        folder.mkdir(mode=0o700)
    session = Session(base=base, traces=traces, environment=private_environment(base / "home"))
    run, word = session.run, session.canaries.word
    a, b, out = base / "a", base / "b", base / "out"
    for folder in (a, b):
        made = run("new", folder, "--kdf", "low-memory")
        assert "folder" in made, made
    for mine, theirs in ((a, b), (b, a)):
        run("contacts", theirs, "add", "-", stdin=run("card", mine)["card"])
    types = [type for type in load_forms().types if type not in ("case", "evidence")]
    _case, *added = session.add(a, types)
    records = dict(zip(types, added, strict=True))
    document = sources / f"{FILE_MARK}.txt"
    document.write_text(f"{word('Uyghur')} {word('Chinese')}", encoding="utf-8")
    photograph = picture(sources / f"{FILE_MARK}.jpg")
    evidence = run("attach", a, records["interview"], document, photograph)["ids"]
    for each in evidence:
        run("edit", a, each, "-", stdin=json.dumps(filled("evidence", session.canaries)))
    told = {"account": f"{word('Russian')} {word('Kazakh')}"}
    run("edit", a, records["interview"], "-", stdin=json.dumps(told, ensure_ascii=False))
    assert run("find", a, "-", stdin=told["account"])
    assert run("show", a, records["person"])["fields"]
    run("history", a, records["interview"])
    assert len(run("list", a)) == len(records) + 1 + len(evidence)
    # What is refused, and so says something about what it refuses.
    assert "error" in run("edit", a, records["note"], "-", stdin=json.dumps({"nonsense": word()}))
    assert "error" in run("add", a, "-", stdin=f'{{"type": "{word()}", "fields"')
    assert "error" in run("list", a, passphrase=PASSPHRASE + "x")
    session.asked_for = base / "copy"
    run("extract", a, evidence[0], session.asked_for)
    assert session.asked_for.read_bytes() == document.read_bytes()
    assert "error" in run("extract", a, evidence[0], session.asked_for)
    [bundle] = run("seal", a, "--to", run("contacts", a, "list")[0]["id"], "--out", out)["files"]
    run("inspect", b, bundle)
    opened = run("open", b, bundle)
    assert opened["new"] >= len(records) + 1 + len(evidence), opened
    assert run("find", b, "-", stdin=told["account"])
    assert run("verify", b, "--rebuild")["ok"]
    run("withdraw", a, records["note"], "--reason", "-", stdin=word())
    run("passphrase", a, stdin=f"{NEW_PASSPHRASE}\n")
    assert run("verify", a, passphrase=NEW_PASSPHRASE)["ok"]
    return session

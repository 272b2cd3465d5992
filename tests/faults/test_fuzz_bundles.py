"""Fuzzing of the bundle reader: real bundles changed at random where a signature still fits.

A mutation is made inside: in the envelope's and the lines' JSON, in their bytes, in the card, in
the names and order of members, in blocks of the archive; then all hashes and signatures are made to
fit again, as a trusted contact with a grudge would. A bundle is refused as trouble and changes
nothing, or it is taken and the notebook is whole, can be checked, and can be sealed from.

Texts that once were found to matter lie in `tests/faults/corpus/`, named by where they go; each is
tried as it is and mutated further. A seed that finds a bug goes there as a file.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crypto import bag, primitives
from notebook import journal
from notebook.errors import Code, NotebookError
from tests.faults.support_hostile import Kit, Member
from tests.notebook.support_exchange import dump, files_of
from tests.support import REPOSITORY, effort, is_ci

CORPUS = Path(__file__).parent / "corpus"
ROUNDS = 150
REFUSALS = {Code.BUNDLE_DAMAGED, Code.BUNDLE_REFUSED, Code.NOT_FOR_YOU, Code.FORWARDED}
MOST_BYTES = 512 * 1024 * 1024
NASTY_TEXTS = (
    b"", b"\x00", b"\xff\xfe", b"../", b"\\", b"\xe2\x80\xae", b"\r\n", b"%00", b"'" * 3,
    b"9" * 40, b"-1", b"1e999", b"NaN", b"[" * 2000, b'{"":' * 2000, b"\\ud800", b" " * 5000,
    b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"0x10", b"true", b"null",
)  # fmt: skip
NASTY_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**53, 2**53 - 1, 2**64, 1.5, "", "\x00", "x" * 3000,
    "../../x", "\u202e", "ab" * 16, "AB" * 16, "ab" * 32, "00" * 32, [], {}, [[]], {"": {}},
    ["ab" * 32] * 300, {"ab" * 16: {}}, [None] * 50,
)  # fmt: skip


class Mutator:
    """Changes things at random; the same seed makes the same changes."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def text(self, content: bytes) -> bytes:
        """Bytes changed in one to four places."""
        changed = bytearray(content)
        for _ in range(self.chance.randint(1, 4)):
            place = self.chance.randint(0, len(changed))
            match self.chance.randrange(6):
                case 0 if changed:
                    changed[place % len(changed)] ^= 1 << self.chance.randrange(8)
                case 1:
                    changed[place:place] = self.chance.choice(NASTY_TEXTS)
                case 2:
                    del changed[place : place + self.chance.randint(1, 60)]
                case 3:
                    changed[place:place] = changed[place : place + self.chance.randint(1, 200)]
                case 4:
                    other = self.chance.randint(0, len(changed))
                    changed[place : place + 20] = changed[other : other + 20]
                case _:
                    changed[place : place + 3] = self.chance.choice(NASTY_TEXTS)
        return bytes(changed)

    def json(self, value: Any) -> Any:
        """A JSON value changed in one to three places."""
        made = json.loads(json.dumps(value))
        for _ in range(self.chance.randint(1, 3)):
            places = list(self._places(made))
            if not places:
                break
            holder, key = self.chance.choice(places)
            match self.chance.randrange(5):
                case 0:
                    del holder[key]
                case 1 if isinstance(holder, list):
                    holder.append(holder[key])
                case 2 if isinstance(holder, dict):
                    holder[self.chance.choice(["", "v", "x", "ab" * 16, key + " "])] = holder[key]
                case 3 if isinstance(holder[key], str):
                    changed = self.text(holder[key].encode("utf-8", "replace"))
                    holder[key] = changed.decode("utf-8", "replace")
                case _:
                    holder[key] = self.chance.choice(NASTY_VALUES)
        return made

    def _places(self, value: Any) -> Iterator[tuple[Any, Any]]:
        if isinstance(value, dict):
            for key, inner in list(value.items()):
                yield value, key
                yield from self._places(inner)
        elif isinstance(value, list):
            for place, inner in enumerate(list(value)):
                yield value, place
                yield from self._places(inner)

    def line(self, kit: Kit, content: bytes) -> bytes:
        """A line of a log: outside, or inside its header or parts and then signed again."""
        if self.chance.randrange(3) == 0:
            return self.text(content)
        try:
            parsed = json.loads(content)
            head = json.loads(parsed["h"])
        except (ValueError, KeyError, TypeError):
            return self.text(content)
        if self.chance.randrange(2):
            head = self.json(head)
        if self.chance.randrange(2):
            parsed["p"] = self.json(parsed["p"])
        text = json.dumps(head)
        signature = primitives.ed25519_sign(kit.seed, journal.signed_message(text.encode()))
        return json.dumps(parsed | {"h": text, "s": signature.hex()}).encode()

    def log(self, kit: Kit, content: bytes) -> bytes:
        """Lines changed, doubled, swapped or taken away."""
        lines = content.splitlines()
        for _ in range(self.chance.randint(1, 2)):
            if not lines:
                break
            place = self.chance.randrange(len(lines))
            match self.chance.randrange(5):
                case 0:
                    lines.insert(self.chance.randrange(len(lines)), lines[place])
                case 1:
                    del lines[place]
                case 2:
                    self.chance.shuffle(lines)
                case _:
                    lines[place] = self.line(kit, lines[place])
        return b"\n".join(lines) + b"\n"

    def members(self, kit: Kit) -> list[Member]:
        """The members with one of them changed, doubled or gone."""
        members = list(kit.members)
        place = self.chance.randrange(len(members))
        name, content = members[place]
        match self.chance.randrange(8):
            case 0:
                del members[place]
            case 1:
                members.insert(self.chance.randrange(len(members)), (name + "x", content))
            case 2:
                self.chance.shuffle(members)
            case 3:
                members[place] = (name, self.text(content))
            case _:
                members = kit.changed(kit.log, lambda log: self.log(kit, log))
        return members

    def bundle(self, kit: Kit, corpus: dict[str, list[bytes]]) -> bytes:
        """One hostile bundle, sealed for the reader."""
        members, envelope = kit.members, dict(kit.envelope)
        texts: dict[str, bytes] = {}
        outside: Any = envelope
        kind = self.chance.randrange(8)
        if kind < 3:
            members = self.members(kit)
            if self.chance.randrange(2):
                outside = counted_anew(kit, members)
        elif kind < 5:
            outside = self.json(envelope)
        elif kind == 5:
            outside = self.text(json.dumps(envelope).encode())
        elif kind == 6:
            name = self.chance.choice([bag.BAG_INFO_TXT, bag.MANIFEST_TXT, bag.SIGNATURE])
            texts[name] = self.text(kit.front[name])
        else:
            members, outside = from_corpus(kit, *self._chosen(corpus), mutator=self)
        archive = kit.archive(members, envelope=outside, texts=texts)
        if self.chance.randrange(6) == 0:
            # In the blocks themselves, under hashes that do not fit any more.
            place = self.chance.randrange(len(archive))
            archive = (
                archive[:place] + self.text(archive[place : place + 600]) + archive[place + 600 :]
            )
        return kit.seal(archive)

    def _chosen(self, corpus: dict[str, list[bytes]]) -> tuple[str, bytes]:
        role = self.chance.choice(sorted(corpus))
        return role, self.chance.choice(corpus[role])


def counted_anew(kit: Kit, members: list[Member]) -> dict[str, Any]:
    """The envelope with as many lines as there are, so that only the lines themselves are wrong."""
    log = dict(members).get(kit.log, b"")
    holds = json.loads(json.dumps(kit.envelope["holds"]))
    for spans in holds.values():
        for span in spans.values():
            span["count"] = len(log.splitlines())
    return kit.envelope | {"holds": holds}


def from_corpus(
    kit: Kit, role: str, content: bytes, mutator: Mutator | None = None
) -> tuple[list[Member], Any]:
    """A text of the corpus where it goes, with what is this kit's own put in."""
    for mark, own in {
        b"@CASE@": kit.case.encode(),
        b"@AUTHOR@": kit.mallory.author.encode(),
        b"@BUNDLE@": kit.envelope["bundle"].encode(),
    }.items():
        content = content.replace(mark, own)
    if mutator is not None and mutator.chance.randrange(2):
        content = mutator.text(content)
    match role:
        case "envelope":
            return kit.members, content
        case "card":
            return kit.changed("data/sealer.card", lambda _card: content), kit.envelope
        case "header":
            signature = primitives.ed25519_sign(kit.seed, journal.signed_message(content))
            text = content.decode("utf-8", "replace")
            made = json.dumps({"h": text, "s": signature.hex(), "p": [{}]}).encode()
            members = kit.changed(kit.log, lambda log: log + made + b"\n")
            return members, counted_anew(kit, members)
        case _:
            members = kit.changed(kit.log, lambda log: log + content + b"\n")
            return members, counted_anew(kit, members)


def corpus() -> dict[str, list[bytes]]:
    """The texts by where they go: `envelope-…`, `card-…`, `line-…`, `header-…`."""
    found: dict[str, list[bytes]] = {}
    for path in sorted(CORPUS.iterdir()):
        found.setdefault(path.name.partition("-")[0], []).append(path.read_bytes())
    return found


def try_one(kit: Kit, sealed: bytes, what: str) -> str:
    """Open it; a bug or a change of a refused bundle is a failure that names the seed."""
    path = kit.folder / "fuzzed"
    path.write_bytes(sealed)
    before, stored = dump(kit.reader), files_of(kit.reader)
    try:
        kit.reader.open_bundle([path], accept_unknown=False)
    except NotebookError as error:
        code = error.code
    except Exception as error:
        raise AssertionError(what) from error
    else:
        return "taken"
    assert code in REFUSALS, (what, code)
    assert dump(kit.reader) == before, what
    assert files_of(kit.reader) == stored, what
    return code.value


def fuzz(folder: Path, first: int, rounds: int) -> dict[str, int]:
    """So many bundles, one after the other into one notebook; how often each outcome came."""
    kit = Kit(folder)
    texts = corpus()
    outcomes: dict[str, int] = {}
    try:
        for seed in range(first, first + rounds):
            came = try_one(kit, Mutator(seed).bundle(kit, texts), f"seed {seed}")
            outcomes[came] = outcomes.get(came, 0) + 1
        # What was taken has to be lived with.
        assert [f for f in kit.reader.verify() if f.severity == "damage"] == []
        assert kit.team.sealed(kit.reader, kit.mallory, is_full=True).files
        kit.reader.verify(rebuild=True)
    finally:
        kit.team.close()
    return outcomes


def test_every_text_of_the_corpus_is_refused_or_taken(tmp_path: Path) -> None:
    kit = Kit(tmp_path)
    try:
        outcomes = {}
        for path in sorted(CORPUS.iterdir()):
            role = path.name.partition("-")[0]
            members, outside = from_corpus(kit, role, path.read_bytes())
            archive = kit.archive(members, envelope=outside)
            outcomes[path.name] = try_one(kit, kit.seal(archive), path.name)
        expected = {name: "taken" if "-good" in name else "refused" for name in outcomes}
        assert {
            name: "taken" if came == "taken" else "refused" for name, came in outcomes.items()
        } == expected
        assert [f for f in kit.reader.verify() if f.severity == "damage"] == []
    finally:
        kit.team.close()


FUZZING = f"""
import json, resource, sys
from pathlib import Path
from tests.faults.support_hostile import peak_bytes
from tests.faults.test_fuzz_bundles import {fuzz.__name__}
limit = int(sys.argv[4])
resource.setrlimit(resource.RLIMIT_AS, (3 * limit, 3 * limit))
print(json.dumps(fuzz(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
print(peak_bytes())
"""


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(2))
def test_random_bundles_are_refused_or_taken_and_lived_with(tmp_path: Path, part: int) -> None:
    rounds = ROUNDS * effort()
    # In CI the same ones every time: what chance finds is found by who looks for it.
    chance = random.Random(0) if is_ci() and effort() == 1 else random.SystemRandom()
    first = part * 10_000_000 + chance.randrange(10_000_000)
    done = subprocess.run(
        [sys.executable, "-c", FUZZING, tmp_path, str(first), str(rounds), str(MOST_BYTES)],
        cwd=REPOSITORY,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, f"first seed {first}\n{done.stderr.decode()}"
    outcomes, most = done.stdout.decode().splitlines()
    assert int(most) < MOST_BYTES
    counts = json.loads(outcomes)
    assert sum(counts.values()) == rounds
    # It gets behind the front: some are taken, and others are refused.
    assert counts["taken"] > 0
    assert counts["bundle-damaged"] > rounds // 10


def test_the_same_seed_makes_the_same_bundle(tmp_path: Path) -> None:
    kit = Kit(tmp_path)
    one, other = (Mutator(77).json(kit.envelope) for _ in range(2))
    assert one == other
    kit.team.close()


def test_a_bug_in_the_reader_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: a parser that raises something else is not taken for a refusal."""

    def careless(_untrusted: bytes) -> Any:
        raise KeyError("v")

    kit = Kit(tmp_path)
    monkeypatch.setattr("notebook.envelope.parse", careless)
    with pytest.raises(AssertionError, match="seed 1"):
        try_one(kit, kit.seal(kit.archive()), "seed 1")
    kit.team.close()

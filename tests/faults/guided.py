"""Fuzzing of the parsers guided by coverage: `python -m tests.faults.guided MINUTES`.

Each parser gets a process of its own and its share of the time. It starts from the kept corpus and
from what is well formed, and goes on from whatever reached new code; what was found interesting
stays in `build/fuzz/` for the next time. A parser may refuse in its own words and no others; what
comes back otherwise is written there as `crash-…` and belongs into `tests/faults/corpus/`.
"""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from crypto import age_header, bag, tar
from crypto.card import Card
from crypto.errors import CryptoError
from notebook import envelope, journal, strict_json
from notebook.envelope import BadEnvelope
from notebook.journal import BadEntry
from notebook.strict_json import BadJson
from tests.support import REPOSITORY

CORPUS: Final = Path(__file__).parent / "corpus"
GOLDEN: Final = REPOSITORY / "tests" / "golden"
FOUND: Final = REPOSITORY / "build" / "fuzz"
MOST_BYTES: Final = 65536


def line(untrusted: bytes) -> None:
    """A line of a journal; what is read is written as it came."""
    entry = journal.parse_line(untrusted)
    again = journal.parse_line(entry.encode_line().rstrip(b"\n"))
    if again != entry:
        raise AssertionError("a line is another one when it is written and read again")
    journal.check_parts(entry)


def header(untrusted: bytes) -> None:
    """The header of an entry."""
    journal.parse_header(untrusted)


def outside(untrusted: bytes) -> None:
    """An envelope; what is read means the same when it is written."""
    read = envelope.parse(untrusted)
    if not read.critical and envelope.parse(read.encode()) != read:
        raise AssertionError("an envelope is another one when it is written and read again")


def card(untrusted: bytes) -> None:
    """A card."""
    Card.parse(untrusted.decode("utf-8", "strict"))


def json(untrusted: bytes) -> None:
    """JSON; what is read means the same when it is written."""
    value = strict_json.parse(untrusted)
    if strict_json.parse(strict_json.dump(value)) != value:
        raise AssertionError("a value is another one when it is written and read again")


def age(untrusted: bytes) -> None:
    """The header of an age file."""
    age_header.read_header(io.BytesIO(untrusted))


def archive(untrusted: bytes) -> None:
    """A tar archive, to its end."""
    reader = tar.TarReader(io.BytesIO(untrusted))
    while reader.next() is not None:
        while reader.read(512):
            continue


def texts(untrusted: bytes) -> None:
    """The texts of a bag."""
    kind, rest = untrusted[:1], untrusted[1:]
    parse = {b"i": bag.parse_bag_info, b"m": bag.parse_manifest}.get(kind, bag.parse_tag_manifest)
    parse(rest)


TARGETS: Final[dict[str, Callable[[bytes], None]]] = {
    "line": line,
    "header": header,
    "envelope": outside,
    "card": card,
    "json": json,
    "age": age,
    "archive": archive,
    "texts": texts,
}
REFUSALS: Final = (CryptoError, BadEntry, BadEnvelope, BadJson, UnicodeDecodeError)


def well_formed() -> dict[str, list[bytes]]:
    """For each target what it takes."""
    lines = (GOLDEN / "journal_v1.jsonl").read_bytes().splitlines()
    envelopes = [(GOLDEN / "envelope_v2.json").read_bytes()]
    return {
        "line": lines,
        "header": [journal.parse_line(each).header_bytes for each in lines],
        "envelope": envelopes,
        "card": [(GOLDEN / "card_v1.txt").read_bytes()],
        "json": [*lines, *envelopes],
        "age": [(GOLDEN / "container_v1.sealed.age").read_bytes()[:MOST_BYTES]],
    }


def try_one(name: str, untrusted: bytes) -> bool:
    """Whether a parser took it; raises what is no refusal."""
    try:
        TARGETS[name](untrusted)
    except REFUSALS:
        return False
    return True


def main() -> None:
    """Give each parser its share of so many minutes; the exit code says whether all is well."""
    minutes = float(sys.argv[1])
    share_s = max(1, int(minutes * 60 / len(TARGETS)))
    failed = []
    for name in TARGETS:
        place = FOUND / name
        place.mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(well_formed().get(name, [])):
            (place / f"good-{number}").write_bytes(content)
        command = [sys.executable, "-m", "tests.faults.guided_child", name]
        options = [f"-max_total_time={share_s}", f"-max_len={MOST_BYTES}", "-verbosity=0"]
        limits = ["-timeout=20", "-rss_limit_mb=512", f"-artifact_prefix={place}/"]
        done = subprocess.run(
            [*command, *options, *limits, "-print_final_stats=1", place, CORPUS],
            cwd=REPOSITORY,
            check=False,
        )
        if done.returncode != 0:
            failed.append(name)
    if failed:
        sys.exit(f"Look into {FOUND} at: {', '.join(failed)}")


if __name__ == "__main__":
    main()

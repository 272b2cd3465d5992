"""The invented notebook: a small case in five languages with sound, a picture and a document.

Every record says that it is invented. The same seed gives the same interviews, so that tours,
pictures and benches can be compared.
"""

import hashlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

from notebook import editing
from notebook.model import CaseId, JsonValue, RecordId
from notebook.notebook import Notebook
from notebook.progress import Progress, Silent
from notebook.transaction import Transaction

FOLDER = Path(__file__).parent / "sample_data"
INVENTED = "Invented sample."
WORDS = 150
"""Words of a generated interview, when nobody asks for more."""

_BATCH = 200
"""Generated records in one transaction."""
_SENTENCES_IN_PARAGRAPH = 6

_T = TypeVar("_T")
Fields = dict[str, JsonValue]


def make_sample(
    notebook: Notebook,
    *,
    records: int,
    seed: int,
    words: int = WORDS,
    progress: Progress | None = None,
) -> None:
    """Fill a new notebook: the invented case, and interviews until there are `records` records.

    Raises what writing raises, or `Cancelled`; what is there by then stays.
    """
    steps = progress or Silent()
    tables = _tables("records")
    wanted, files = _list(tables["record"]), _list(tables["file"])
    total = max(records, len(wanted) + len(files))
    steps.step(0, total)
    # The case comes first: a record is added to a case that is there.
    first, *others = wanted
    case_id, _changes = notebook.add("case", None, _resolved(first["fields"], {}))
    case = CaseId(case_id)
    ids, _changes = notebook.transact(partial(_add_written, case, others))
    done = len(wanted)
    for file in files:
        steps.step(done, total)
        name = str(file["name"])
        with (FOLDER / name).open("rb") as source:
            evidence, _changes = notebook.attach(ids[str(file["about"])], source, file_name=name)
        notebook.edit(evidence, _resolved(file["fields"], ids))
        done += 1
    interviews = generate_interviews(total - done, words, seed)
    while batch := list(islice(interviews, _BATCH)):
        steps.step(done, total)
        notebook.transact(partial(_add_interviews, case, batch))
        done += len(batch)
    steps.step(done, total)


def generate_interviews(count: int, words: int, seed: int) -> Iterator[Fields]:
    """The fields of `count` invented interviews of about `words` words, in five languages in turn.

    The same arguments give the same interviews; two signs of Chinese count as a word.
    """
    languages = list(_tables("sentences").items())
    for number in range(count):
        code, table = languages[number % len(languages)]
        yield _interview(code, _Phrases.of(table), _Dice(seed=f"{seed}/{number}"), number, words)


def _interview(code: str, phrases: "_Phrases", dice: "_Dice", number: int, words: int) -> Fields:
    year, month, day = dice.below(9) + 2017, dice.below(12) + 1, dice.below(28) + 1
    said = [phrases.invented]
    said_words = 0
    while said_words < words:
        sentence = phrases.sentence(dice)
        said.append(sentence)
        said_words += len(sentence) // 2 if code == "zh" else len(sentence.split())
    paragraphs = [
        (" " if code != "zh" else "").join(said[start : start + _SENTENCES_IN_PARAGRAPH])
        for start in range(0, len(said), _SENTENCES_IN_PARAGRAPH)
    ]
    return {
        "title": f"Talk {number + 1} (invented)",
        "date": f"{year}-{month:02}-{day:02}",
        "mode": dice.choose(["in-person", "phone", "video", "written"]),
        "languages": [code],
        "interviewer_code": f"I-{dice.below(9) + 1:02}",
        "account": "\n\n".join([INVENTED, *paragraphs]),
        "basis": [dice.choose(["saw", "heard", "told"])],
        "risk_level": dice.choose(["low", "medium", "high"]),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Phrases:
    """What one language offers."""

    invented: str
    sentences: Sequence[str]
    syllables: Sequence[str]
    places: Sequence[str]
    months: Sequence[str]

    @classmethod
    def of(cls, untyped: object) -> "_Phrases":
        table = _mapping(untyped)
        lists = {name: _texts(table[name]) for name in ("sentences", "syllables", "places")}
        return cls(invented=str(table["invented"]), months=_texts(table["months"]), **lists)

    def sentence(self, dice: "_Dice") -> str:
        name = "".join(dice.choose(self.syllables) for _ in range(2 + dice.below(2)))
        return dice.choose(self.sentences).format(
            name=name.capitalize(),
            place=dice.choose(self.places),
            month=dice.choose(self.months),
            number=2014 + dice.below(8),
        )


@dataclass(slots=True, kw_only=True)
class _Dice:
    """Choices that repeat with the seed, on every machine and in every version of Python."""

    seed: str
    throws: int = 0

    def below(self, limit: int) -> int:
        self.throws += 1
        digest = hashlib.sha256(f"{self.seed}/{self.throws}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % limit

    def choose(self, options: Sequence[_T]) -> _T:
        return options[self.below(len(options))]


def _add_written(
    case: CaseId, wanted: Sequence[Mapping[str, object]], tx: Transaction
) -> dict[str, RecordId]:
    """Add the records that are written down; their ids by key, `@` before it."""
    ids = {f"@{record['key']}": tx.new_record_id() for record in wanted}
    for record in wanted:
        fields = _resolved(record["fields"], ids)
        editing.add(tx, str(record["type"]), case, fields, record=ids[f"@{record['key']}"])
    return ids


def _add_interviews(case: CaseId, batch: Sequence[Fields], tx: Transaction) -> None:
    for fields in batch:
        editing.add(tx, "interview", case, fields)


def _resolved(fields: object, ids: Mapping[str, RecordId]) -> Fields:
    """The fields, with ids in the place of keys."""
    return {
        name: [_value(item, ids) for item in value]
        if isinstance(value, list)
        else _value(value, ids)
        for name, value in _mapping(fields).items()
    }


def _value(value: object, ids: Mapping[str, RecordId]) -> str:
    text = str(value).strip()
    return ids[text] if text.startswith("@") else text


def _tables(name: str) -> dict[str, object]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))


def _mapping(value: object) -> Mapping[str, object]:
    assert isinstance(value, Mapping)
    return value


def _list(value: object) -> list[Mapping[str, object]]:
    assert isinstance(value, list)
    return [_mapping(item) for item in value]


def _texts(value: object) -> tuple[str, ...]:
    assert isinstance(value, list)
    return tuple(str(item) for item in value)

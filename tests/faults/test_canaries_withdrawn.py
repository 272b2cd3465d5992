"""After a withdrawal no form of the content is anywhere: pages, log, drafts, files, index.

Every page of the databases is decrypted here by hand, free ones too, as somebody would do who has
the disk and the passphrase. Before the withdrawal all of it is found in the same way.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from PIL import Image

from crypto import keys
from crypto.keys import DatabaseKey
from notebook.analysis import index_text
from notebook.drafts import Draft
from notebook.model import CaseId, RecordId
from notebook.notebook import Notebook
from notebook.storage import affairs
from tests.faults.support_canaries import FILE_MARK, MARKS, PICTURE_MARK, found_in, needles
from tests.notebook import support_notebook as support
from tests.notebook.support_exchange import Team, database, know, passed

PAGE, RESERVED, IV, SALT = 4096, 80, 16, 16
LOG_HEADER, FRAME_HEADER = 32, 24
WORDS = {name: f"{mark}ab" if mark.isascii() else mark for name, mark in MARKS.items()}
TERMS = {f"term {term}": term for word in WORDS.values() for term in index_text(word).split()}
DRAFT, QUOTE, SOUND = "qdraftzxv", "qquotezxv", "qsoundzxv"
COVERED = needles(
    {**WORDS, "draft": DRAFT, "quote": QUOTE, "sound": SOUND, "picture": PICTURE_MARK}
)
# What is encrypted holds any four bytes now and then; an index holds a term as it is, in six.
BY_CHANCE_BYTES = 5
INDEXED = {
    name: [form for form in forms if len(form) > BY_CHANCE_BYTES]
    for name, forms in needles({n: term for n, term in TERMS.items() if len(term) > 1}).items()
}
KEPT = needles({"kept": FILE_MARK})


def page_of(key: DatabaseKey, stored: bytes, *, is_first: bool) -> bytes:
    """What a stored page holds (SQLCipher 4: AES-256-CBC, IV and HMAC at the end of the page)."""
    start, end = SALT if is_first else 0, PAGE - RESERVED
    cipher = Cipher(algorithms.AES(key.key), modes.CBC(stored[end : end + IV])).decryptor()
    return cipher.update(stored[start:end]) + cipher.finalize()


def pages_of(path: Path, key: DatabaseKey) -> Iterator[bytes]:
    """Every page of a database file and of its log, in use or not."""
    stored = path.read_bytes()
    for at in range(0, len(stored), PAGE):
        yield page_of(key, stored[at : at + PAGE], is_first=at == 0)
    log = path.with_name(path.name + "-wal")
    frames = log.read_bytes()[LOG_HEADER:] if log.exists() else b""
    for at in range(0, len(frames) - FRAME_HEADER - PAGE + 1, FRAME_HEADER + PAGE):
        number = int.from_bytes(frames[at : at + 4], "big")
        body = frames[at + FRAME_HEADER : at + FRAME_HEADER + PAGE]
        yield page_of(key, body, is_first=number == 1)


def all_of(notebook: Notebook) -> bytes:
    """All that a notebook's folder holds, decrypted, and every file in it as it lies there."""
    key, folder = notebook._core.notebook_key, notebook.folder
    # Joined without the ends of pages: a value that goes on is on the next one, after a link.
    found = [b"\n".join(pages_of(folder / "notebook.db", keys.database_key(key)))]
    if (folder / "drafts.db").exists():
        found.append(b"\n".join(pages_of(folder / "drafts.db", keys.drafts_key(key))))
    for row in affairs.evidence_objects(database(notebook)):
        with notebook.store.open(row) as reader:
            found.append(reader.read())
    found += [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
    found += [path.name.encode() for path in sorted(folder.rglob("*"))]
    return b"\n".join(found)


def picture() -> bytes:
    """A picture whose colours are letters, so that its thumbnail can be read."""
    line = (PICTURE_MARK * 24).encode()
    image = Image.frombytes("RGB", (64, 8), line * 8)
    stored = io.BytesIO()
    image.save(stored, "PNG")
    return stored.getvalue()


@dataclass(slots=True)
class Story:
    """Aida's notebook, full of invented words, and Bolat's, who has it all."""

    team: Team
    aida: Notebook
    bolat: Notebook
    case: CaseId
    talk: RecordId
    files: list[RecordId]


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    team = Team(tmp_path)
    aida, bolat = team.members("Aida", "Bolat")
    case = support.case_in(aida)
    support.interview_in(aida, case, account=f"This one stays: {FILE_MARK}.")
    # Some of it so long that it fills pages of its own, some of it replaced meanwhile.
    told = " ".join(WORDS.values())
    talk = support.interview_in(aida, case, account=told + " and nothing more" * 2000)
    aida.edit(talk, {"account": told, "quotes": [QUOTE, "another one"]})
    aida.edit(talk, {"account": "Something else.", "questions": told})
    files = [
        aida.attach(talk, io.BytesIO(content), file_name=name)[0]
        for name, content in (
            ("sound.bin", (SOUND + " ").encode() * 9000),
            ("picture.png", picture()),
        )
    ]
    passed(aida, bolat, team)
    for notebook in (aida, bolat):
        notebook.drafts.keep(
            Draft(
                id=talk,
                type="interview",
                case=case,
                is_new=False,
                fields={"account": DRAFT},
            )
        )
    yield Story(team, aida, bolat, case, talk, files)
    team.close()


def by_the_author(story: Story) -> None:
    story.aida.withdraw([story.talk, *story.files], "asked")
    passed(story.aida, story.bolat, story.team)


def by_fields(story: Story) -> None:
    story.aida.withdraw([story.talk], "asked", ["account", "quotes", "questions"])
    story.aida.withdraw(story.files, "asked", ["sha256"])
    passed(story.aida, story.bolat, story.team)


def by_another_and_confirmed(story: Story) -> None:
    story.bolat.withdraw([story.talk, *story.files], "asked")
    passed(story.bolat, story.aida, story.team)
    # Hidden, and all still there.
    assert not story.aida.find(WORDS["Kazakh"])
    assert found_in(all_of(story.aida), COVERED) == set(COVERED)
    story.aida.withdraw([story.talk, *story.files], "confirmed")
    passed(story.aida, story.bolat, story.team)


@pytest.mark.parametrize("withdrawn", [by_the_author, by_fields, by_another_and_confirmed])
def test_withdrawn_content_is_nowhere_in_any_form(
    story: Story, withdrawn: Callable[[Story], None]
) -> None:
    for notebook in (story.aida, story.bolat):
        held = all_of(notebook)
        assert found_in(held, COVERED) == set(COVERED)
        assert found_in(held, INDEXED) == set(INDEXED)
        assert found_in(held, KEPT) == set(KEPT)
    withdrawn(story)
    for notebook in (story.aida, story.bolat):
        held = all_of(notebook)
        assert found_in(held, COVERED) == set()
        assert found_in(held, INDEXED) == set()
        # It is still looked at rightly: what was not withdrawn is found.
        assert found_in(held, KEPT) == set(KEPT)
        assert notebook.verify() == []


def test_an_older_bundle_brings_none_of_it_back(story: Story) -> None:
    older = story.team.sealed(story.aida, story.bolat, is_full=True)
    by_the_author(story)
    story.bolat.open_bundle(older.files, accept_unknown=False)
    assert found_in(all_of(story.bolat), COVERED) == set()
    assert found_in(all_of(story.bolat), INDEXED) == set()


def test_whoever_learns_of_the_withdrawal_first_never_stores_the_content(story: Story) -> None:
    third = story.team.member("Third")
    know(story.aida, third)
    know(third, story.aida)
    older = story.team.sealed(story.aida, third, is_full=True)
    by_the_author(story)
    passed(story.aida, third, story.team, is_full=True)
    third.open_bundle(older.files, accept_unknown=False)
    assert found_in(all_of(third), COVERED) == set()
    assert found_in(all_of(third), KEPT) == set(KEPT)

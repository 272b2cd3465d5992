"""A recording becomes evidence when it stops or at the next unlock, whatever happened between."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from crypto.recording import RecordingOpener
from notebook import disk
from notebook.dates import readable
from notebook.errors import Code, NotebookError
from notebook.evidence import ObjectStore
from notebook.health import Severity
from notebook.model import CaseId, Record, RecordId
from notebook.notebook import Notebook
from notebook.ogg import RATE_HZ
from notebook.progress import Silent
from notebook.recording_told import Note, Told, clock_words
from notebook.recordings import RecordingFile
from notebook.storage import affairs
from notebook.storage import recordings as rows
from tests.notebook import support_notebook as support
from tests.notebook.support_sound import PAGE_SAMPLES, Tone, decoded, loudness


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    notebook = support.create(tmp_path / "notebook")
    support.interview_in(notebook, support.case_in(notebook))
    notebook.close()
    return tmp_path / "notebook"


def interview(notebook: Notebook) -> RecordId:
    return notebook.rows(type="interview")[0].id


def kept(file: RecordingFile, pages: int, said: Tone | None = None) -> Tone:
    """Record so many half seconds of a tone."""
    said = said or Tone()
    if not said.samples:
        file.note(Note.BEGIN, 0)
    for _page in range(pages):
        message = said.page()
        file.sound(message.samples, message.pages)
    return said


def stopped(notebook: Notebook, file: RecordingFile, samples: int) -> RecordId | None:
    file.note(Note.STOP, samples)
    file.close()
    heard = notebook.recordings.take_in(file.row, Silent())
    return notebook.recordings.attach(heard)[0]


def killed(folder: Path, pages: int) -> Path:
    """A notebook whose process was killed while it recorded; the file of the recording."""
    notebook = support.unlock(folder, seed="killed")
    file = notebook.recordings.begin(interview(notebook))
    kept(file, pages)
    file.close()
    notebook.close()
    return file.path


def content(notebook: Notebook, evidence: RecordId) -> bytes:
    with notebook.evidence_content(evidence) as reader:
        return reader.read()


def only_evidence(notebook: Notebook) -> Record:
    (row,) = notebook.rows(type="evidence")
    return notebook.record(row.id)


def value(record: Record, name: str) -> object:
    return record.fields[name].value


def told(record: Record) -> dict[str, object]:
    found: dict[str, object] = json.loads(str(value(record, "metadata")))
    return found


def test_what_was_recorded_and_stopped_is_evidence_of_its_record(
    folder: Path, tmp_path: Path
) -> None:
    notebook = support.unlock(folder)
    about = interview(notebook)
    file = notebook.recordings.begin(about)
    said = kept(file, 4)
    added = stopped(notebook, file, said.samples)
    assert added is not None
    assert [row.id for row in notebook.evidence_of(about)] == [added]
    record = notebook.record(added)
    assert value(record, "media_type") == "audio/ogg"
    assert value(record, "received_how") == "own-recording"
    # The day as everywhere in the program; the fields keep the form that sorts and compares.
    day = str(value(record, "captured"))
    assert readable(day) != day
    assert record.title.startswith(f"Recording of {readable(day)}, ")
    assert "description" not in record.fields
    assert told(record)["interrupted"] is False
    assert told(record)["length"] == "0:00:02"
    assert notebook.history(added)[0].kind == "evidence"
    heard = decoded(content(notebook, added), tmp_path)
    assert len(heard) > 3 * PAGE_SAMPLES
    assert loudness(heard) > 4000
    assert not file.path.exists()
    assert [f for f in notebook.verify() if f.severity is Severity.DAMAGE] == []
    notebook.close()


def test_after_a_kill_it_is_evidence_at_the_next_unlock_and_says_so(
    folder: Path, tmp_path: Path
) -> None:
    path = killed(folder, 5)
    assert path.exists()
    notebook = support.unlock(folder)
    record = only_evidence(notebook)
    assert told(record)["interrupted"] is True
    assert "Interrupted at" in str(value(record, "description"))
    (finding,) = notebook.status().findings
    assert (finding.code, finding.severity) == ("recording-interrupted", Severity.NOTICE)
    assert finding.record == record.id
    assert len(decoded(content(notebook, record.id), tmp_path)) > 4 * PAGE_SAMPLES
    assert not path.exists()
    assert notebook.record(interview(notebook)).title == "Interview"
    notebook.close()
    # It is told once.
    again = support.unlock(folder, seed="later")
    assert again.status().findings == ()
    assert len(again.rows(type="evidence")) == 1
    again.close()


def test_what_was_ended_and_not_yet_kept_is_whole_at_the_next_unlock(folder: Path) -> None:
    notebook = support.unlock(folder)
    file = notebook.recordings.begin(interview(notebook))
    said = kept(file, 3)
    file.note(Note.STOP, said.samples)
    file.close()
    notebook.close()
    notebook = support.unlock(folder, seed="after the stop")
    assert notebook.status().findings == ()
    record = only_evidence(notebook)
    assert told(record)["interrupted"] is False
    assert "description" not in record.fields
    notebook.close()


def test_who_only_reads_changes_nothing(folder: Path) -> None:
    path = killed(folder, 2)
    before = path.read_bytes()
    reader = Notebook.unlock(
        folder, support.PASSPHRASE, environment=support.environment(), is_reading=True
    )
    assert reader.rows(type="evidence") == []
    assert {finding.code for finding in reader.verify()} == set()
    reader.close()
    assert path.read_bytes() == before


def test_the_time_of_the_interruption_does_not_count_what_was_paused() -> None:
    heard = Told(begun="2026-03-05T09:00:00Z")
    notes = [
        ("begin", "2026-03-05T09:00:02Z", 0),
        ("pause", "2026-03-05T09:00:12Z", 10 * RATE_HZ),
        ("resume", "2026-03-05T09:30:00Z", 10 * RATE_HZ),
        ("mark", "2026-03-05T09:30:03Z", 13 * RATE_HZ),
    ]
    for what, at, samples in notes:
        heard.hear(json.dumps({"what": what, "at": at, "samples": samples}).encode())
    heard.samples = 15 * RATE_HZ
    assert heard.ended() == "2026-03-05T09:30:05Z"
    assert heard.marks == [13 * RATE_HZ]
    assert heard.pauses == [(10 * RATE_HZ, "2026-03-05T09:00:12Z", "2026-03-05T09:30:00Z")]


@pytest.mark.parametrize(
    "note",
    [b"", b"{", b"[]", b'{"what":"mark"}', b'{"what":"mark","at":1,"samples":1}', b"\xff"],
)
def test_a_note_that_cannot_be_read_says_nothing(note: bytes) -> None:
    heard = Told(begun="2026-03-05T09:00:00Z")
    heard.hear(note)
    assert heard == Told(begun="2026-03-05T09:00:00Z")


def test_a_place_in_a_recording_is_told_in_hours_minutes_and_seconds() -> None:
    assert clock_words(3_723 * RATE_HZ + 47_999) == "1:02:03"


def test_marks_and_pauses_are_in_the_evidence(folder: Path) -> None:
    notebook = support.unlock(folder)
    file = notebook.recordings.begin(interview(notebook))
    said = kept(file, 2)
    file.note(Note.MARK, said.samples)
    file.note(Note.PAUSE, said.samples)
    file.note(Note.RESUME, said.samples)
    kept(file, 2, said)
    added = stopped(notebook, file, said.samples)
    assert added is not None
    found = told(notebook.record(added))
    assert found["marks"] == ["0:00:01"]
    pauses = found["pauses"]
    assert isinstance(pauses, list)
    assert [pause["at"] for pause in pauses] == ["0:00:01"]
    notebook.close()


def test_the_same_sound_twice_is_kept_once(folder: Path) -> None:
    notebook = support.unlock(folder)
    added = []
    for _turn in range(2):
        file = notebook.recordings.begin(interview(notebook))
        added.append(stopped(notebook, file, kept(file, 2).samples))
    assert None not in added
    assert len({notebook.sha256_of(RecordId(str(one))) for one in added}) == 1
    assert notebook.verify() == []
    notebook.close()


@pytest.mark.parametrize("ending", ["killed", "stopped"])
def test_where_nothing_was_heard_nothing_is_left(folder: Path, ending: str) -> None:
    notebook = support.unlock(folder)
    file = notebook.recordings.begin(interview(notebook))
    if ending == "stopped":
        assert stopped(notebook, file, 0) is None
    else:
        file.close()
        notebook.close()
        notebook = support.unlock(folder, seed="after")
    assert notebook.status().findings == ()
    assert notebook.rows(type="evidence") == []
    assert [path for path in (folder / "objects").rglob("*") if path.is_file()] == []
    assert notebook.verify() == []
    notebook.close()


def test_a_flip_in_the_middle_is_told_and_what_is_around_it_is_kept(
    folder: Path, tmp_path: Path
) -> None:
    path = killed(folder, 8)
    changed = bytearray(path.read_bytes())
    changed[len(changed) // 2] ^= 1
    path.write_bytes(changed)
    notebook = support.unlock(folder)
    (finding,) = notebook.status().findings
    assert (finding.code, finding.severity) == ("recording-damaged", Severity.DAMAGE)
    record = only_evidence(notebook)
    assert "damaged" in str(value(record, "description"))
    assert told(record)["unreadable_records"] == 1
    assert len(decoded(content(notebook, record.id), tmp_path)) > 6 * PAGE_SAMPLES
    notebook.close()


def test_a_recording_of_which_nothing_can_be_read_is_told(folder: Path) -> None:
    path = killed(folder, 3)
    path.write_bytes(os.urandom(path.stat().st_size))
    notebook = support.unlock(folder)
    assert [f.severity for f in notebook.status().findings] == [Severity.DAMAGE]
    assert notebook.rows(type="evidence") == []
    notebook.close()


def test_a_recording_whose_file_is_gone_is_told_until_it_is_back(folder: Path) -> None:
    path = killed(folder, 3)
    aside = path.with_name("aside")
    path.rename(aside)
    for seed in ("one", "two"):
        notebook = support.unlock(folder, seed=seed)
        assert [f.code for f in notebook.status().findings] == ["recording-missing"]
        notebook.close()
    aside.rename(path)
    notebook = support.unlock(folder, seed="three")
    assert [f.code for f in notebook.status().findings] == ["recording-interrupted"]
    notebook.close()


def test_recordings_that_were_exchanged_are_not_mistaken_for_one_another(folder: Path) -> None:
    first, second = killed(folder, 2), None
    notebook = support.unlock(folder, seed="first is evidence now")
    notebook.close()
    assert not first.exists()
    notebook = support.unlock(folder, seed="two at once")
    files = [notebook.recordings.begin(interview(notebook)) for _turn in range(2)]
    for file in files:
        kept(file, 3)
        file.close()
    notebook.close()
    first, second = (file.path for file in files)
    swapped = first.read_bytes(), second.read_bytes()
    first.write_bytes(swapped[1])
    second.write_bytes(swapped[0])
    notebook = support.unlock(folder, seed="look")
    assert {f.severity for f in notebook.status().findings} == {Severity.DAMAGE}
    assert len(notebook.rows(type="evidence")) == 1
    notebook.close()


def test_it_is_no_stray_while_it_waits_and_is_never_swept(folder: Path) -> None:
    path = killed(folder, 2)
    os.utime(path, (0, 0))
    reader = Notebook.unlock(
        folder, support.PASSPHRASE, environment=support.environment(), is_reading=True
    )
    assert reader.verify() == []
    reader.close()
    notebook = support.unlock(folder)
    assert len(notebook.rows(type="evidence")) == 1
    notebook.close()


def test_a_withdrawn_record_takes_its_recording_with_it(folder: Path) -> None:
    path = killed(folder, 2)
    # Not through the front door, which would make it evidence first.
    notebook = support.unlock(folder, seed="elsewhere")
    about = interview(notebook)
    file = notebook.recordings.begin(about)
    said = kept(file, 2)
    notebook.withdraw([about], "asked")
    assert stopped(notebook, file, said.samples) is None
    assert not file.path.exists()
    assert not path.exists()
    with notebook.snapshot() as db:
        assert rows.every(db) == []
    with pytest.raises(NotebookError) as refused:
        notebook.recordings.begin(about)
    assert refused.value.code is Code.UNKNOWN_RECORD
    notebook.close()


def test_of_a_deleted_record_it_is_kept(folder: Path) -> None:
    notebook = support.unlock(folder)
    about = interview(notebook)
    file = notebook.recordings.begin(about)
    said = kept(file, 2)
    notebook.delete(about)
    added = stopped(notebook, file, said.samples)
    assert added is not None
    notebook.close()


def test_nothing_of_it_is_in_clear_on_the_disk_and_it_is_for_its_owner_alone(
    folder: Path,
) -> None:
    notebook = support.unlock(folder)
    file = notebook.recordings.begin(interview(notebook))
    said = kept(file, 4)
    sealed = file.path.read_bytes()
    assert file.path.stat().st_mode & 0o777 == 0o600
    for clear in (b"OggS\0\0", b"OpusTags", b'"begin"', said.page().pages[60:90]):
        assert clear not in sealed
    # The key is that of the recording alone, and goes with it.
    key = file.row.key
    added = stopped(notebook, file, said.samples)
    assert added is not None
    with notebook.snapshot() as db:
        assert rows.every(db) == []
        objects = affairs.evidence_objects(db)
    assert key not in {row.key for row in objects}
    notebook.close()


def test_the_key_is_committed_before_the_first_record(folder: Path) -> None:
    notebook = support.unlock(folder)
    file = notebook.recordings.begin(interview(notebook))
    assert file.path.read_bytes() == b""
    with notebook.snapshot() as db:
        assert rows.every(db) == [file.row]
    file.close()
    notebook.close()


def test_each_record_is_in_the_file_when_it_was_acknowledged(folder: Path) -> None:
    notebook = support.unlock(folder)
    file = notebook.recordings.begin(interview(notebook))
    said = Tone()
    for turn in range(1, 4):
        message = said.page()
        file.sound(message.samples, message.pages)
        with file.path.open("rb") as source:
            size = file.path.stat().st_size
            opener = RecordingOpener.of(file.row.key, file.row.name, source, size)
            assert len(list(opener.records())) == turn
    file.close()
    notebook.close()


def test_a_record_that_is_not_there_is_refused(folder: Path) -> None:
    notebook = support.unlock(folder)
    with pytest.raises(NotebookError) as refused:
        notebook.recordings.begin(RecordId("ab" * 16))
    assert refused.value.code is Code.UNKNOWN_RECORD
    assert [path for path in (folder / "objects").rglob("*") if path.is_file()] == []
    notebook.close()


def test_what_cannot_become_evidence_now_waits_and_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = killed(folder, 3)
    before = path.read_bytes()

    def full(*_args: object, **_named: object) -> None:
        raise disk.no_space()

    with monkeypatch.context() as patched:
        patched.setattr(ObjectStore, "take_in_chunks", full)
        notebook = support.unlock(folder)
        (finding,) = notebook.status().findings
        assert finding.code == "recording-waits"
        assert "full" in finding.what
        notebook.close()
    assert path.read_bytes() == before
    notebook = support.unlock(folder, seed="space again")
    assert [f.code for f in notebook.status().findings] == ["recording-interrupted"]
    notebook.close()


def test_a_recording_of_a_case_that_departs_goes_with_it_and_others_stay(folder: Path) -> None:
    notebook = support.unlock(folder)
    other = support.case_in(notebook, "Other")
    elsewhere = support.interview_in(notebook, other)
    files = [
        notebook.recordings.begin(about) for about in (interview_of(notebook, other), elsewhere)
    ]
    for file in files:
        kept(file, 2)
        file.close()
    notebook.travel.remove_cases(support.PASSPHRASE, [CaseId(other)], Silent())
    notebook.close()
    assert [file.path.exists() for file in files] == [True, False]
    notebook = support.unlock(folder, seed="departed")
    assert [row.case for row in notebook.rows(type="evidence")] == [files[0].row.case]
    notebook.close()


def interview_of(notebook: Notebook, without: CaseId) -> RecordId:
    """An interview of another case."""
    return next(row.id for row in notebook.rows(type="interview") if row.case != without)

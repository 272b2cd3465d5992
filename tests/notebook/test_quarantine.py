"""Quarantine: sealed files of strangers wait, bounded, until a person accepts or drops them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pytest

from crypto.identity import Identity
from notebook import disk, quarantine
from notebook.errors import Code, NotebookError
from notebook.notebook import Notebook
from notebook.notices import NoticeKind
from notebook.opening import Accept
from notebook.sealing import SealResult
from tests.notebook import support_notebook as support
from tests.notebook.support_cli import command_line
from tests.notebook.support_exchange import (
    Author,
    Team,
    dump,
    files_of,
    forged,
    know,
    log_of,
    opened,
    passed,
)


@dataclass(slots=True)
class Scene:
    """A reader, and a stranger who has the reader's card."""

    team: Team
    reader: Notebook
    stranger: Notebook

    def bundle(self, title: str = "Case") -> SealResult:
        """What the stranger sealed."""
        support.case_in(self.stranger, title)
        return self.team.sealed(self.stranger, self.reader, is_full=True)

    def refused(self, bundle: SealResult, accept: Accept | None = None) -> NotebookError:
        """Open it, and be refused."""
        with pytest.raises(NotebookError) as refused:
            self.reader.open_bundle(bundle.files, accept_unknown=accept or False)
        return refused.value


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    team = Team(tmp_path)
    reader, stranger = team.member("Reader"), team.member("Stranger")
    know(stranger, reader)
    yield Scene(team, reader, stranger)
    team.close()


def test_a_strangers_bundle_waits_as_it_is_and_once(scene: Scene) -> None:
    bundle = scene.bundle()
    before = dump(scene.reader)
    for _ in range(2):
        assert scene.refused(bundle).code is Code.UNKNOWN_SEALER
    (waiting,) = scene.reader.trust.quarantined()
    assert [p.read_bytes() for p in waiting.paths] == [p.read_bytes() for p in bundle.files]
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in waiting.paths)
    assert dump(scene.reader) == before
    seen = scene.reader.inspect_bundle(waiting.paths)
    assert (seen.sealer, seen.sealer_name, seen.is_known) == (
        scene.stranger.author,
        "Stranger",
        False,
    )


def test_an_accept_for_one_sealer_accepts_no_other(scene: Scene) -> None:
    other = scene.team.member("Other")
    know(other, scene.reader)
    bundle = scene.bundle()
    assert scene.refused(bundle, Accept(sealer=other.author)).code is Code.UNKNOWN_SEALER
    assert scene.reader.contacts() == []
    scene.reader.open_bundle(bundle.files, accept_unknown=Accept(sealer=scene.stranger.author))
    assert [c.id for c in scene.reader.contacts()] == [scene.stranger.author]


@pytest.mark.parametrize("name", ["stranger", "Ѕtrаnger", "Str\u00e5nger"])
def test_a_stranger_with_a_contacts_name_needs_a_word_more(name: str, scene: Scene) -> None:
    namesake = Identity.generate(name, support.Seeded("another hand")).card()
    scene.reader.add_contact(namesake.encode())
    bundle = scene.bundle()
    accept = Accept(sealer=scene.stranger.author)
    before = dump(scene.reader)
    assert scene.refused(bundle, accept).code is Code.KNOWN_NAME
    assert scene.reader.inspect_bundle(bundle.files).namesake == namesake.name
    assert dump(scene.reader) == before
    (waiting,) = scene.reader.trust.quarantined()
    with pytest.raises(NotebookError) as again:
        scene.reader.open_bundle(waiting.paths, accept_unknown=accept)
    assert again.value.code is Code.KNOWN_NAME
    assert [kept.id for kept in scene.reader.trust.quarantined()] == [waiting.id]
    scene.reader.open_bundle(bundle.files, accept_unknown=replace(accept, may_share_name=True))
    assert len(scene.reader.contacts()) == 2


def test_a_stranger_with_ones_own_name_needs_a_word_more(scene: Scene) -> None:
    # The second letter is Cyrillic.
    twin = scene.team.member("R\u0435ader")
    twin.trust.add_contact(scene.reader.my_card().encode(), may_share_name=True)
    support.case_in(twin)
    bundle = scene.team.sealed(twin, scene.reader)
    accept = Accept(sealer=twin.author)
    assert scene.refused(bundle, accept).code is Code.KNOWN_NAME
    seen = scene.reader.inspect_bundle(bundle.files)
    assert (seen.namesake, seen.has_my_name) == (scene.reader.author_name, True)
    folder = scene.reader.folder
    scene.team.notebooks.remove(scene.reader)
    scene.reader.close()
    cli = command_line("own name")
    [waiting] = cli("quarantine", folder, "list").json
    assert (waiting["namesake"], waiting["own_name"]) == ("Reader", True)
    assert "your own name" in cli("quarantine", folder, "list", is_json=False).out
    assert cli("quarantine", folder, "accept", waiting["id"]).code == "known-name"
    assert cli("quarantine", folder, "accept", waiting["id"], "--same-name").status == 0


def test_a_merged_bundle_waits_no_longer_and_others_do(scene: Scene) -> None:
    first, second = scene.bundle("One"), scene.bundle("Two")
    for bundle in (first, second):
        scene.refused(bundle)
    accept = Accept(sealer=scene.stranger.author)
    scene.reader.open_bundle(first.files, accept_unknown=accept)
    (left,) = scene.reader.trust.quarantined()
    assert left.paths[0].read_bytes() == second.files[0].read_bytes()
    # The sealer is a contact now, so what waits is opened like any other.
    opened(scene.reader, left.paths)
    assert files_of(scene.reader) == []


def test_volumes_wait_together(scene: Scene) -> None:
    bundle = scene.bundle()
    whole = bundle.files[0].read_bytes()
    parts = []
    for number, start in enumerate(range(0, len(whole), 5000), start=1):
        parts.append(scene.team.folder / f"b.sealed.age.{number:03d}")
        parts[-1].write_bytes(whole[start : start + 5000])
    with pytest.raises(NotebookError):
        opened(scene.reader, parts)
    (waiting,) = scene.reader.trust.quarantined()
    assert len(waiting.paths) == len(parts) > 1
    # In one piece or in many, it is the same bundle.
    scene.refused(bundle)
    assert [each.id for each in scene.reader.trust.quarantined()] == [waiting.id]
    scene.reader.open_bundle(waiting.paths, accept_unknown=Accept(sealer=scene.stranger.author))
    assert files_of(scene.reader) == []


def test_there_is_a_bound_on_their_number(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "MAX_BUNDLES", 1)
    scene.refused(scene.bundle())
    second = scene.bundle("Two")
    refused = scene.refused(second)
    assert refused.code is Code.UNKNOWN_SEALER
    assert "no room" in refused.safe
    assert len(scene.reader.trust.quarantined()) == 1
    quarantine.drop(scene.reader.trust.quarantined()[0])
    assert "no room" not in scene.refused(second).safe


def test_there_is_a_bound_on_their_size(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = scene.bundle()
    monkeypatch.setattr(quarantine, "MAX_BYTES", bundle.files[0].stat().st_size)
    scene.refused(bundle)
    assert "no room" in scene.refused(scene.bundle("Two")).safe
    assert len(scene.reader.trust.quarantined()) == 1


def test_dropping_deletes_the_sealed_copy_and_nothing_else(scene: Scene) -> None:
    bundle = scene.bundle()
    scene.refused(bundle)
    before = dump(scene.reader)
    (waiting,) = scene.reader.trust.quarantined()
    quarantine.drop(waiting)
    assert (files_of(scene.reader), dump(scene.reader)) == ([], before)
    assert bundle.files[0].exists()


def test_what_was_swapped_after_it_was_shown_is_not_accepted(scene: Scene) -> None:
    scene.refused(scene.bundle())
    (waiting,) = scene.reader.trust.quarantined()
    quarantine.check(waiting)
    waiting.paths[0].write_bytes(scene.bundle("Two").files[0].read_bytes())
    with pytest.raises(NotebookError) as refused:
        quarantine.check(waiting)
    assert refused.value.code is Code.BUNDLE_DAMAGED


@pytest.mark.parametrize("untrusted_id", ["", "abc", "../../x", "0" * 32, "*"])
def test_an_id_that_is_none_is_refused(scene: Scene, untrusted_id: str) -> None:
    scene.refused(scene.bundle())
    with pytest.raises(NotebookError) as refused:
        scene.reader.trust.find_quarantined(untrusted_id)
    assert refused.value.code is Code.BAD_INPUT


def test_what_a_kill_left_of_a_copy_goes_at_the_next_unlock(scene: Scene) -> None:
    folder = scene.reader.folder
    part = folder / "staging" / ("ab" * 16 + ".001.part")
    part.write_bytes(b"the beginning of a copy")
    scene.team.notebooks.remove(scene.reader)
    scene.reader.close()
    support.unlock(folder).close()
    assert not part.exists()


def test_a_contacts_bundle_with_another_card_is_a_notice_until_it_is_taken(
    scene: Scene, tmp_path: Path
) -> None:
    know(scene.reader, scene.stranger)
    case = support.case_in(scene.stranger)
    identity = scene.stranger._core.identity
    other = scene.team.member("Other")._core.identity
    card = replace(identity, classic=other.classic, hybrid=other.hybrid).card()
    hand = Author(scene.stranger, case)
    bundle = forged(
        scene.stranger,
        scene.reader,
        tmp_path / "b",
        log_of(hand.note()),
        card=card.encode().encode(),
    )
    seen = scene.reader.inspect_bundle([bundle])
    assert seen.has_other_card
    assert seen.fingerprint == card.fingerprint()
    (notice,) = opened(scene.reader, [bundle]).notices
    assert (notice.kind, notice.contact) == (NoticeKind.NEW_CARD, scene.stranger.author)
    # It changes nothing by itself, and the comparison stands.
    contact = scene.reader.contact(scene.stranger.author)
    assert contact.is_compared
    assert contact.fingerprint == scene.stranger.my_card().fingerprint()
    offered = scene.reader.trust.offered_card(contact.id)
    assert offered == card.encode()
    taken, _changes = scene.reader.trust.add_contact(offered, may_replace=True)
    assert (taken.fingerprint, taken.is_compared) == (card.fingerprint(), False)
    assert scene.reader.trust.notices() == []


# By command line.


def test_the_command_line_lists_accepts_and_drops(scene: Scene, tmp_path: Path) -> None:
    first, second = scene.bundle("One"), scene.bundle("Two")
    folder = scene.reader.folder
    scene.team.notebooks.remove(scene.reader)
    scene.reader.close()
    cli = command_line("quarantine")
    ran = cli("open", folder, first.files[0], second.files[0])
    assert ran.status == 6
    listed = cli("quarantine", folder, "list").json
    assert [each["name"] for each in listed] == ["Stranger", "Stranger"]
    assert {each["fingerprint"] for each in listed} == {scene.stranger.my_card().fingerprint()}
    assert {each["namesake"] for each in listed} == {""}
    assert cli("quarantine", folder, "drop", listed[0]["id"]).json == {"id": listed[0]["id"]}
    ran = cli("quarantine", folder, "accept", listed[1]["id"][:8])
    assert (ran.status, ran.json["new"] > 0) == (0, True)
    assert cli("quarantine", folder, "list").json == []
    (contact,) = cli("contacts", folder, "list").json
    assert (contact["id"], contact["verified"], contact["how"]) == (
        scene.stranger.author,
        False,
        "accepted",
    )
    assert cli("quarantine", folder, "accept").status == 2
    assert cli("quarantine", folder, "accept", "00" * 16).status == 1


def test_the_list_in_text_says_whose_looks_a_stranger_has_beside_what_cannot_be_read(
    scene: Scene,
) -> None:
    twin = Identity.generate("\u0405tranger", support.Seeded("another hand")).card()
    scene.reader.add_contact(twin.encode())
    bundles = scene.bundle("One"), scene.bundle("Two")
    for bundle in bundles:
        scene.refused(bundle)
    damaged = scene.reader.trust.quarantined()[0].paths[0]
    damaged.write_bytes(damaged.read_bytes()[:100])
    scene.team.notebooks.remove(scene.reader)
    scene.reader.close()
    ran = command_line("listing")("quarantine", scene.reader.folder, "list", is_json=False)
    assert ran.status == 0
    lines = ran.out.splitlines()
    assert len(lines) == 2
    assert sum("looks like your contact \u0405tranger" in line for line in lines) == 1
    assert sum("damaged" in line for line in lines) == 1


def test_accept_unknown_accepts_nobody_when_there_are_two(scene: Scene) -> None:
    other = scene.team.member("Other")
    know(other, scene.reader)
    support.case_in(other)
    bundles = [scene.bundle().files[0], scene.team.sealed(other, scene.reader).files[0]]
    folder = scene.reader.folder
    scene.team.notebooks.remove(scene.reader)
    scene.reader.close()
    cli = command_line("two")
    ran = cli("open", folder, *bundles, "--accept-unknown")
    assert ran.status == 6
    assert cli("contacts", folder, "list").json == []
    assert len(cli("quarantine", folder, "list").json) == 2
    ran = cli("open", folder, bundles[0], "--accept-unknown")
    assert ran.status == 0
    assert [c["id"] for c in cli("contacts", folder, "list").json] == [scene.stranger.author]
    assert "Accepted, not compared: Stranger" in ran.err


def test_nobody_is_said_to_be_accepted_who_was_not(scene: Scene, tmp_path: Path) -> None:
    namesake = scene.team.member("R\u0435ader")
    namesake.trust.add_contact(scene.reader.my_card().encode(), may_share_name=True)
    support.case_in(namesake)
    mine = scene.team.sealed(namesake, scene.reader).files[0]
    whole = scene.bundle().files[0]
    cut = tmp_path / "cut.sealed.age"
    cut.write_bytes(whole.read_bytes()[:-1])
    folder = scene.reader.folder
    scene.team.notebooks.remove(scene.reader)
    scene.reader.close()
    cli = command_line("namesake")
    for bundle, code in ((mine, "known-name"), (cut, "bundle-damaged")):
        ran = cli("open", folder, bundle, "--accept-unknown")
        assert ran.code == code
        assert "Accepted" not in ran.err
    assert cli("contacts", folder, "list").json == []


def test_the_command_line_is_loud_about_changed_keys(scene: Scene, tmp_path: Path) -> None:
    identity = scene.stranger._core.identity
    other = scene.team.member("Other")._core.identity
    changed = replace(identity, classic=other.classic, hybrid=other.hybrid).card().encode()
    folder = scene.reader.folder
    scene.team.notebooks.remove(scene.reader)
    scene.reader.close()
    cli = command_line("changed")
    cli("contacts", folder, "add", "-", stdin=scene.stranger.my_card().encode())
    cli("contacts", folder, "verify", "Stranger")
    ran = cli("contacts", folder, "add", "-", stdin=changed)
    assert (ran.status, ran.json["error"]["code"]) == (1, "changed-keys")
    (contact,) = cli("contacts", folder, "list").json
    assert (contact["verified"], contact["verified_by"]) == (True, "Reader")
    ran = cli("contacts", folder, "add", "-", "--replace", stdin=changed)
    assert (ran.status, ran.json["verified"], ran.json["verified_by"]) == (0, False, None)
    ran = cli("contacts", folder, "profile", "Stranger", "--classic", "--reason", "old")
    assert (ran.json["profile"], ran.json["profile_reason"]) == ("classic", "old")
    ran = cli("contacts", folder, "profile", "Stranger", "--pq")
    assert (ran.json["profile"], ran.json["profile_reason"]) == ("pq", None)
    assert cli("contacts", folder, "profile", "Stranger").status == 2
    assert cli("contacts", folder, "profile", "Stranger", "--pq", "--classic").status == 2
    assert cli("contacts", folder, "verify", "Stranger", "--replace").status == 2


def test_the_command_line_shows_what_a_contact_holds(scene: Scene) -> None:
    know(scene.reader, scene.stranger)
    case = support.case_in(scene.reader, "Spring")
    passed(scene.reader, scene.stranger, scene.team)
    support.interview_in(scene.stranger, case)
    passed(scene.stranger, scene.reader, scene.team)
    support.interview_in(scene.reader, case)
    folder = scene.reader.folder
    scene.team.notebooks.remove(scene.reader)
    scene.reader.close()
    shown = command_line("show")("contacts", folder, "show", "Stranger").json
    assert shown["contact"]["id"] == scene.stranger.author
    (held,) = shown["cases"]
    assert (held["case"], held["title"], held["said_on"]) == (case, "Spring", "2026-03-05")
    assert (held["entries_lacking"], held["files_lacking"], held["authors_ahead"]) == (1, 0, 0)


def in_parts(scene: Scene, size_bytes: int = 5000) -> list[Path]:
    """A stranger's bundle in several volumes."""
    whole = scene.bundle().files[0].read_bytes()
    parts = []
    for number, start in enumerate(range(0, len(whole), size_bytes), start=1):
        parts.append(scene.team.folder / f"p.sealed.age.{number:03d}")
        parts[-1].write_bytes(whole[start : start + size_bytes])
    assert len(parts) > 2
    return parts


def die_at(call: int, run: Callable[[], object], module: object, name: str) -> None:
    """Run this in a process that dies at a call of that function, before it does anything."""
    child = os.fork()
    if child == 0:
        calls = count(1)
        original = getattr(module, name)

        def dying(*words: object, **named: object) -> object:
            if next(calls) == call:
                os._exit(0)
            return original(*words, **named)

        setattr(module, name, dying)
        try:
            run()
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize("call", [1, 2, 3])
def test_a_bundle_whose_keeping_was_killed_is_kept_whole_the_next_time(
    call: int, scene: Scene
) -> None:
    parts, staging = in_parts(scene), scene.reader.folder / "staging"
    die_at(call, lambda: quarantine.keep(parts, staging), disk, "publish")
    # Half a bundle is not shown as one that waits, and it is no reason to keep nothing.
    assert quarantine.listed(staging) == []
    assert quarantine.keep(parts, staging)
    (waiting,) = quarantine.listed(staging)
    quarantine.check(waiting)
    assert [p.read_bytes() for p in waiting.paths] == [p.read_bytes() for p in parts]


@pytest.mark.parametrize("call", [1, 2, 3])
def test_what_a_kill_left_of_a_bundle_without_its_beginning_goes_at_the_next_unlock(
    call: int, scene: Scene
) -> None:
    folder = scene.reader.folder
    parts, staging = in_parts(scene), folder / "staging"
    die_at(call, lambda: quarantine.keep(parts, staging), disk, "publish")
    scene.team.notebooks.remove(scene.reader)
    scene.reader.close()
    support.unlock(folder).close()
    assert [*staging.iterdir()] == []


def test_a_bundle_whose_dropping_was_killed_is_kept_whole_the_next_time(scene: Scene) -> None:
    parts, staging = in_parts(scene), scene.reader.folder / "staging"
    assert quarantine.keep(parts, staging)
    (waiting,) = quarantine.listed(staging)
    die_at(2, lambda: quarantine.drop(waiting), Path, "unlink")
    (left,) = quarantine.listed(staging)
    assert len(left.paths) == len(parts) - 1
    assert quarantine.keep(parts, staging)
    (waiting,) = quarantine.listed(staging)
    quarantine.check(waiting)
    assert len(waiting.paths) == len(parts)

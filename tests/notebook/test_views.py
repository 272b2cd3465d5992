"""What a reader sees without the program: pages of the bundle's own parts, and nothing else."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath

import pytest

from notebook import views
from notebook.forms import load_forms
from notebook.journal import PartRef
from notebook.model import CaseId, JsonValue, RecordId
from notebook.views import Page, Said
from tests.notebook import support_notebook as support
from tests.notebook.support_exchange import Author, Team, forged, log_of, opened, passed, unpacked

FORMS = load_forms()
HOSTILE = "</title><script>alert(1)</script><img src='https://example.org/x' onerror=alert(1)>"


class Seen(HTMLParser):
    """The elements, links and text of a page."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.text = ""
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data


HARMLESS = {
    *("html", "head", "meta", "title", "style", "body"),
    *("h1", "h2", "p", "code", "dl", "dt", "dd", "div", "bdi", "a", "ul", "li", "small", "nav"),
    *("table", "tr", "th", "td"),
}


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = Team(tmp_path)
    yield made
    made.close()


def page_of(**fields: JsonValue) -> Seen:
    said = {n: (Said(value=v, author="ab" * 32, time=""),) for n, v in fields.items()}
    page = Page(id=RecordId("ab" * 16), type="note", fields=said)
    return Seen(views.render_page(page, FORMS, {}))


@pytest.mark.parametrize("name", ["title", "text", "about", "unknown", HOSTILE])
def test_hostile_text_stays_text(name: str) -> None:
    seen = page_of(**{name: HOSTILE})
    assert seen.elements <= HARMLESS
    assert "alert(1)" in seen.text
    assert not any(attribute.startswith("on") for attribute in seen.attributes)
    assert seen.links == ["index.html"]


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)//", "https://example.org/?", "../../x", "x' onclick='y", {}, 5]
)
def test_a_reference_that_is_no_id_leads_nowhere(target: JsonValue) -> None:
    assert page_of(about=[target], title="T").links == ["index.html"]


def test_a_reference_leads_to_the_page_of_its_record() -> None:
    assert page_of(about=["cd" * 16], title="T").links == ["index.html", "cd" * 16 + ".html"]


def test_an_unknown_type_is_shown_by_the_names_of_its_fields() -> None:
    said = {"weight": (Said(value=5, author="ab" * 32, time=""),)}
    page = Page(id=RecordId("ab" * 16), type="<b>hologram", fields=said)
    seen = Seen(views.render_page(page, FORMS, {}))
    assert seen.elements <= HARMLESS
    assert "weight" in seen.text
    assert page.title == "ab" * 16


def test_a_conflict_shows_every_version() -> None:
    said = {"text": tuple(Said(value=v, author="ab" * 32, time="") for v in ("one", "two"))}
    page = Page(id=RecordId("ab" * 16), type="note", fields=said)
    assert {"one", "two"} <= set(
        re.findall("one|two", Seen(views.render_page(page, FORMS, {})).text)
    )


def test_every_page_is_harmless_and_every_link_leads_to_a_file_of_the_bundle(team: Team) -> None:
    one, other = team.members("Aida", "Bolat")
    case = support.case_in(one, HOSTILE)
    interview, _ = one.add("interview", case, {"title": HOSTILE, "account": "مرھابا & <b>"})
    note, _ = one.add("note", case, {"title": "N", "about": [interview]})
    one.attach(note, io.BytesIO(b"%PDF-1.4 x"), file_name=HOSTILE)
    files = unpacked(other, team.sealed(one, other).files)
    pages = {name: content for name, content in files.items() if name.endswith(".html")}
    assert len(pages) == 5
    followed = set()
    for name, content in pages.items():
        seen = Seen(content)
        assert seen.elements <= HARMLESS
        assert b"default-src 'none'" in content
        for link in seen.links:
            path = PurePosixPath(name).parent
            for step in link.split("/"):
                path = path.parent if step == ".." else path / step
            assert str(path) in files, link
            followed.add(str(path))
    assert any(name.startswith("data/evidence/") for name in followed)
    assert {name for name in pages if not name.endswith("index.html")} <= followed


def test_the_crate_is_json_that_names_the_files_of_the_bundle(team: Team) -> None:
    one, other = team.members("Aida", "Bolat")
    case = support.case_in(one)
    one.attach(support.interview_in(one, case), io.BytesIO(b"%PDF-1.4 x"), file_name="x.pdf")
    files = unpacked(other, team.sealed(one, other).files)
    graph = json.loads(files["data/ro-crate-metadata.json"])["@graph"]
    named = {node["@id"]: node for node in graph if node["@type"] == "File"}
    there = {n.removeprefix("data/"): c for n, c in files.items() if n.startswith("data/evidence/")}
    assert named.keys() == there.keys()
    for path, content in there.items():
        assert named[path]["contentSize"] == str(len(content))
        assert named[path]["encodingFormat"] == "application/pdf"


def test_lists_of_a_deleted_record_are_on_no_other_page(team: Team) -> None:
    one, other = team.members("Aida", "Bolat")
    case = support.case_in(one)
    gone, _ = one.add("interview", case, {"title": "Gone", "quotes": ["CANARY"]})
    one.delete(gone)
    for number in range(3):
        one.add("interview", case, {"title": f"Kept {number}", "quotes": ["kept"]})
    files = unpacked(other, team.sealed(one, other).files)
    pages = [content for name, content in files.items() if name.startswith("data/view/")]
    assert not any(b"CANARY" in page for page in pages)
    assert sum(b"kept" in page for page in pages) == 3


def test_a_delta_shows_what_it_brings_and_nothing_older(team: Team) -> None:
    one, other = team.members("Aida", "Bolat")
    case = support.case_in(one)
    interview, _ = one.add("interview", case, {"title": "OLD-TITLE", "quotes": ["OLD-QUOTE"]})
    passed(one, other, team)
    other.edit(RecordId(case), {"title": "Seen."})
    passed(other, one, team)
    one.edit(interview, {"account": "NEW-ACCOUNT"})
    files = unpacked(other, team.sealed(one, other).files)
    whole = b"".join(files.values())
    assert b"NEW-ACCOUNT" in files[f"data/view/{interview}.html"]
    assert b"OLD-TITLE" not in whole
    assert b"OLD-QUOTE" not in whole


def test_a_replaced_value_is_on_no_page_of_a_full_bundle(team: Team) -> None:
    one, other = team.members("Aida", "Bolat")
    case = support.case_in(one)
    interview, _ = one.add("interview", case, {"title": "T", "account": "OLDER"})
    one.edit(interview, {"account": "NEWER"})
    files = unpacked(other, team.sealed(one, other).files)
    page = files[f"data/view/{interview}.html"]
    assert b"NEWER" in page
    assert b"OLDER" not in page


def test_a_hostile_order_neither_hangs_nor_hides(team: Team) -> None:
    one, other = team.members("Aida", "Mallory")
    case = support.case_in(one)
    interview = support.interview_in(one, case)
    author = Author(other, CaseId(case))
    orders: list[JsonValue] = ["1e99999999", "1/0", "x", None, 5, "9" * 5000, "-1"]
    members = [
        author.write(
            RecordId(f"{number:032x}"),
            {"_type": "member", "_parent": interview, "_list": "quotes", "_order": order}
            | {"value": f"quoted {number}"},
        )
        for number, order in enumerate(orders)
    ]
    opened(one, [forged(other, one, team.folder / "b", log_of(*members))])
    files = unpacked(other, team.sealed(one, other, is_full=True).files)
    page = files[f"data/view/{interview}.html"].decode()
    assert all(f"quoted {number}" in page for number in range(len(orders)))


def test_parts_of_another_field_are_not_replaced_by_claiming_it(team: Team) -> None:
    one, other = team.members("Aida", "Mallory")
    case = support.case_in(one)
    interview = support.interview_in(one, case, account="KEPT")
    version = one.record(interview).fields["account"].versions[0]
    hostile = Author(other, CaseId(case)).write(
        interview, {"questions": "?"}, base={"questions": [PartRef(version.entry, version.part)]}
    )
    opened(one, [forged(other, one, team.folder / "b", log_of(hostile))])
    files = unpacked(other, team.sealed(one, other, is_full=True).files)
    assert b"KEPT" in files[f"data/view/{interview}.html"]


def text_page(**fields: tuple[Said, ...]) -> tuple[Page, str]:
    page = Page(id=RecordId("ab" * 16), type="interview", fields=fields)
    return page, views.render_page(page, FORMS, {}, "cd" * 32).decode()


def by(author: str, value: JsonValue) -> tuple[Said, ...]:
    return (Said(value=value, author=author, time="2026-03-05T10:00:00Z"),)


@pytest.mark.parametrize(
    ("account", "direction"),
    [
        ("ئاكام قايتمىدى. Later in English.", "rtl"),
        ("“Он не вернулся” ئاكام", "ltr"),
        ("123", "ltr"),
    ],
)
def test_a_page_runs_in_the_direction_of_its_account(account: str, direction: str) -> None:
    _, html = text_page(title=by("ab" * 32, "Talk"), account=by("ab" * 32, account))
    assert f"<html dir='{direction}'" in html


@pytest.mark.parametrize(
    ("languages", "tag"),
    [
        (["ug"], " lang='ug'"),
        (["ug", "ru"], ""),
        (["x' onload='y"], ""),
        ([], ""),
        ("kk", " lang='kk'"),
    ],
)
def test_a_page_names_its_language_when_it_has_one(languages: JsonValue, tag: str) -> None:
    _, html = text_page(title=by("ab" * 32, "Talk"), languages=by("ab" * 32, languages))
    assert re.match(r"<!doctype html><html dir='ltr'([^>]*)>", html)[1] == tag  # type: ignore[index]  # it is there


def test_versions_name_who_wrote_them_and_the_sealer_among_them() -> None:
    said = (*by("cd" * 32, "one"), *by("ef" * 32, "two"))
    _, html = text_page(title=by("ab" * 32, "Talk"), account=said)
    assert "every version is shown" in html
    assert html.index("Version 1, by the sealer <code>cdcdcdcdcdcd</code>") < html.index(">one<")
    assert html.index("Version 2, by <code>efefefefefef</code>") < html.index(">two<")


def test_people_who_wrote_the_same_do_not_disagree() -> None:
    same = (*by("cd" * 32, "same"), *by("ef" * 32, "same"))
    _, html = text_page(title=same, account=same)
    assert "every version is shown" not in html
    assert html.count(">same<") == 3
    # Who else wrote it stands in custody.
    assert "efefefefefef" in html
    three = (*by("ab" * 32, 1), *by("cd" * 32, 2), *by("ef" * 32, 1.0))
    _, html = text_page(title=by("ab" * 32, "Talk"), account=three)
    assert "Version 2" in html
    assert "Version 3" not in html


def test_a_list_that_was_withdrawn_is_said_to_be_destroyed(team: Team) -> None:
    one, other = team.members("Aida", "Bolat")
    talk = support.interview_in(one, support.case_in(one), account="words")
    one.edit(talk, {"quotes": ["SAID", "SO"]})
    one.withdraw([talk], "they asked", ["quotes"])
    files = unpacked(other, team.sealed(one, other).files)
    page = Seen(files[f"data/view/{talk}.html"]).text
    assert "words" in page
    assert "Destroyed: consent to it was withdrawn." in page
    assert "SAID" not in page


def test_a_title_in_conflict_shows_both_versions() -> None:
    said = (*by("cd" * 32, "one"), *by("ef" * 32, "two"))
    _, html = text_page(title=said)
    assert "Version 2" in html


def test_what_was_withdrawn_is_said_to_be_destroyed_and_what_is_withheld_is_counted(
    team: Team,
) -> None:
    one, other = team.members("Aida", "Bolat")
    case = support.case_in(one)
    gone = support.interview_in(one, case, account="WITHDRAWN WORDS")
    kept = support.interview_in(one, case, account="kept words")
    one.withdraw([gone], "they asked")
    files = unpacked(other, team.sealed(one, other).files)
    index = files["data/view/index.html"].decode()
    assert "WITHDRAWN" not in "".join(c.decode("utf-8", "replace") for c in files.values())
    page = files[f"data/view/{gone}.html"].decode()
    assert "Destroyed: consent to it was withdrawn." in page
    assert f"{gone}.html" in index
    assert "kept words" in files[f"data/view/{kept}.html"].decode()
    assert one.my_card().fingerprint() in index
    assert withheld_in(files) == 0
    assert "not for these readers" not in index
    files = unpacked(other, team.sealed(one, other, records=(kept,)).files)
    # Of the withdrawn interview: what it is, its title, and what is left of its account.
    assert withheld_in(files) > 0
    said = f"{withheld_in(files)} parts of the journal are not for these readers"
    assert said in files["data/view/index.html"].decode()


def withheld_in(files: Mapping[str, bytes]) -> int:
    """How many parts the lines of a bundle withhold."""
    return sum(
        part == {}
        for name, content in files.items()
        if name.startswith("data/log/")
        for line in content.splitlines()
        for part in json.loads(line)["p"]
    )


def test_custody_is_told_with_its_authors(team: Team) -> None:
    one, other = team.members("Aida", "Bolat")
    case = support.case_in(one)
    interview = support.interview_in(one, case, account="words")
    evidence, _ = one.attach(interview, io.BytesIO(b"%PDF-1.4 x"), file_name="a.pdf")
    one.extract(evidence, team.folder / "plain")
    files = unpacked(other, team.sealed(one, other).files)
    page = Seen(files[f"data/view/{evidence}.html"]).text
    assert "custody: extracted" in page
    assert "wrote: Title" in page
    assert one.author[:12] in page


def test_a_file_that_stays_behind_is_said_to() -> None:
    sha = by("ab" * 32, "ab" * 32)
    page = Page(id=RecordId("ab" * 16), type="evidence", fields={"sha256": sha})
    assert b"The file is not in this bundle." in views.render_page(page, FORMS, {})

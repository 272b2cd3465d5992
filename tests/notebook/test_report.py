"""A report at "pseudonym" level says nothing of who somebody is, in any of four scripts."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from notebook import consent, derivative
from notebook.errors import Code, NotebookError
from notebook.model import RecordId
from tests.notebook.support_cli import command_line, new_folder
from tests.notebook.support_exchange import Team
from tests.notebook.test_derivative import NAMES, Story

CANARIES = ("CANARYBIRTH", "CANARYNOTE", "CANARYFILE", "Our witness")


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    team = Team(tmp_path)
    one, _other = team.members("Aida", "Berik")
    yield Story(one)
    team.close()


def written(story: Story, out: Path, purpose: str = consent.TEAM) -> str:
    proposal = story.proposal()
    story.notebook.copying.write_report(proposal, proposal.swaps, "A report", out, purpose=purpose)
    return out.read_text("utf-8")


class Tags(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_no_identity_no_known_name_no_id_and_no_hash(story: Story, tmp_path: Path) -> None:
    page = written(story, tmp_path / "report.html")
    assert "W-07" in page
    assert "First talk with W-07" in page
    sources = (story.case, story.person, story.interview, story.consent, story.evidence)
    hashes = [story.notebook.sha256_of(story.evidence), story.notebook.author]
    entries = [
        line.entry for record in sources for line in story.notebook.history(RecordId(record))
    ]
    for trace in (*CANARIES, *NAMES.values(), *sources, *hashes, *entries, "Aida"):
        assert trace not in page, trace
    assert not re.search(r"[0-9a-f]{16}", page)
    assert not re.search(r"20\d\d-\d\d-\d\dT", page)
    # The control: the notebook has all of it.
    person = story.notebook.record(story.person)
    assert {"names", "birth_place", "internal_notes"} <= person.fields.keys()


def test_it_is_one_page_without_a_script_that_asks_for_nothing(
    story: Story, tmp_path: Path
) -> None:
    tags = Tags(written(story, tmp_path / "report.html")).found
    assert not {"script", "img", "link", "iframe", "object", "form"} & {tag for tag, _ in tags}
    links = [str(attributes["href"]) for _tag, attributes in tags if "href" in attributes]
    anchors = {attributes["id"] for _tag, attributes in tags if "id" in attributes}
    assert links
    assert {link[1:] for link in links if link[0] == "#"} <= anchors
    assert all(link.startswith("#") for link in links)
    assert not any("src" in attributes for _tag, attributes in tags)
    assert not any(name.startswith("on") for _tag, attributes in tags for name in attributes)


def test_what_people_wrote_is_escaped(story: Story, tmp_path: Path) -> None:
    story.notebook.edit(story.interview, {"title": "<script>x</script>", "account": "<b>&"})
    page = written(story, tmp_path / "report.html")
    assert "<script" not in page
    assert "&lt;b&gt;&amp;" in page


def test_references_lead_inside_the_page_alone(story: Story, tmp_path: Path) -> None:
    proposal = derivative.without(story.proposal(), frozenset({story.person}))
    out = tmp_path / "report.html"
    story.notebook.copying.write_report(proposal, proposal.swaps, "A report", out, purpose="team")
    assert "Witness" not in out.read_text("utf-8")
    assert "Witness" in written(story, tmp_path / "second.html")


def test_it_is_its_owners_alone_and_custody_tells_of_it(story: Story, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    written(story, out)
    assert out.stat().st_mode & 0o777 == 0o600
    told = story.notebook.history(story.interview)[-1].details
    assert (told["what"], told["purpose"], told["level"]) == ("reported", "team", "pseudonym")
    assert len(story.notebook.cases()) == 1


def test_no_file_of_somebody_is_written_over(story: Story, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    out.write_text("mine")
    with pytest.raises(NotebookError) as caught:
        written(story, out)
    assert caught.value.code is Code.FILE_EXISTS
    assert out.read_text() == "mine"
    assert story.notebook.history(story.interview)[-1].details.get("what") != "reported"


@pytest.mark.parametrize(
    ("purpose", "code"),
    [("court", Code.CONSENT_REFUSED), ("nothing", Code.BAD_VALUE)],
)
def test_what_consent_does_not_let_go_is_not_written(
    story: Story, tmp_path: Path, purpose: str, code: Code
) -> None:
    story.notebook.edit(story.consent, {"use_court": "no"})
    out = tmp_path / "report.html"
    with pytest.raises(NotebookError) as caught:
        written(story, out, purpose)
    assert caught.value.code is code
    assert not out.exists()
    if code is Code.CONSENT_REFUSED:
        assert story.interview in caught.value.records
    # The same for a purpose that was agreed to.
    assert "W-07" in written(story, out, "partner")


def test_the_command_line_writes_it_and_says_that_it_is_in_clear(tmp_path: Path) -> None:
    cli = command_line()
    folder = new_folder(tmp_path / "notebook")
    case = cli.add(folder, {"type": "case", "fields": {"title": "A case"}})
    person = {"title": "P", "pseudonym": "W-01", "names": ["Асқар"]}
    cli.add(folder, {"type": "person", "case": case, "fields": person})
    cli.add(folder, {"type": "note", "case": case, "fields": {"title": "About Асқар"}})
    out = tmp_path / "report.html"
    decided = json.dumps({"title": "For a reader"})
    ran = cli("redact", folder, case, "--report", out, "--decisions", "-", stdin=decided)
    assert ran.status == 0, ran.out
    assert ran.json == {"file": str(out), "swaps": 1}
    assert "plaintext" in ran.err
    page = out.read_text("utf-8")
    assert "About W-01" in page
    assert "For a reader" in page
    assert "Асқар" not in page
    assert len([row for row in cli("list", folder).json if row["type"] == "case"]) == 1
    assert cli("redact", folder, case, "--report", out).code == "file-exists"

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from crypto.age import open_age
from notebook import derivative, media
from notebook.derivative import BLACKED_OUT, Left, PictureChoice, Proposal, Swap
from notebook.errors import Code, NotebookError
from notebook.media import Region
from notebook.model import CaseId, RecordId
from notebook.notebook import Notebook
from notebook.progress import Cancelled
from notebook.sealing import SealResult
from tests.notebook.support_cli import command_line, new_folder
from tests.notebook.support_exchange import Team, opened

NAMES = {
    "kk": "Асқар Нұрланұлы",
    "ug": "ئەسقەر",
    "ru": "Аскар Нурланов",
    "zh": "阿斯卡尔",
}
ACCOUNT = (
    "Асқар Нұрланұлын көктемде алып кетті. ئەسقەر قايتىپ كەلمىدى. "
    "Аскара Нурланова увели. 阿斯卡尔被带走了。 Nobody called Askar2 is meant."
)


def picture() -> bytes:
    image = Image.new("RGB", (200, 100), "white")
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "CANARYCAMERA"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


class Story:
    """A notebook with a case in which a person is named in four scripts."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.case = CaseId(notebook.add("case", None, {"title": "The case of Асқар"})[0])
        self.person, _ = notebook.add(
            "person",
            self.case,
            {
                "title": "Our witness",
                "pseudonym": "W-07",
                "names": [*NAMES.values(), "Аскар"],
                "birth_place": "CANARYBIRTH",
                "internal_notes": "CANARYNOTE",
            },
        )
        self.interview, _ = notebook.add(
            "interview",
            self.case,
            {
                "title": "First talk with Асқар",
                "witness": self.person,
                "people_present": ["the mother of Асқар", "an interpreter"],
                "account": ACCOUNT,
            },
        )
        self.consent, _ = notebook.add(
            "consent",
            self.case,
            {
                "title": "Consent",
                "covers": [self.interview, self.person],
                "given_by": self.person,
                "use_partner": "yes",
                "level_partner": "pseudonym",
            },
        )
        self.evidence, _ = notebook.attach(
            self.interview, io.BytesIO(picture()), file_name="CANARYFILE.jpg"
        )

    def proposal(self, level: str = derivative.PSEUDONYM) -> Proposal:
        return self.notebook.copying.propose(self.case, level)

    def made(self, *pictures: PictureChoice, level: str = derivative.PSEUDONYM) -> CaseId:
        proposal = self.proposal(level)
        swaps = proposal.swaps
        return CaseId(self.notebook.copying.make(proposal, swaps, "Derivative", pictures)[0])

    def text(self, case: CaseId, type_: str, field: str) -> str:
        [row] = self.notebook.rows(type=type_, case=case)
        return str(self.notebook.record(row.id).fields[field].value)


def objects(notebook: Notebook) -> list[str]:
    """The files of evidence."""
    return sorted(p.name for p in (notebook.folder / "objects").rglob("*") if p.is_file())


def inside(result: SealResult, reader: Notebook) -> bytes:
    """The archive in a bundle."""
    with result.files[0].open("rb") as sealed:
        archive = open_age(sealed, [reader._core.identity.hybrid])
        return b"".join(iter(lambda: bytes(archive.read(65536)), b""))


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    made = Team(tmp_path)
    yield made
    made.close()


@pytest.fixture
def story(team: Team) -> Story:
    one, _other = team.members("Aida", "Berik")
    return Story(one)


def test_names_in_four_scripts_are_replaced_and_endings_stay(story: Story) -> None:
    case = story.made()
    account = story.text(case, "interview", "account")
    assert account == (
        "W-07н көктемде алып кетті. W-07 قايتىپ كەلمىدى. "
        "W-07а увели. W-07被带走了。 Nobody called Askar2 is meant."
    )
    for name in ("Асқар", "Аскар", "ئەسقەر", "阿斯卡尔", "Нұрлан", "Нурлан"):
        assert name not in account.replace("W-07", ""), name
    assert story.text(case, "interview", "title") == "First talk with W-07"
    assert "the mother of W-07" in story.text(case, "interview", "people_present")


def test_what_says_who_somebody_is_stays_out(story: Story) -> None:
    case = story.made()
    [row] = story.notebook.rows(type="person", case=case)
    fields = story.notebook.record(row.id).fields
    assert set(fields) == {"title", "pseudonym"}
    assert fields["title"].value == "W-07"


def test_a_field_that_the_form_does_not_know_stays_out(story: Story) -> None:
    """A later version, or anybody, may have written anything there."""
    written = {"nickname": "CANARYNICK"}
    story.notebook._core.transact(
        lambda tx: tx.write_fields(story.interview, CaseId(story.case), written)
    )
    assert story.notebook.record(story.interview).fields["nickname"].value == "CANARYNICK"
    [page] = [page for page in story.proposal().pages if page.source == story.interview]
    assert "nickname" not in page.fields
    assert "nickname" in page.left_out


def test_at_level_none_people_have_a_number_alone(story: Story) -> None:
    case = story.made(level=derivative.NOBODY)
    [row] = story.notebook.rows(type="person", case=case)
    fields = story.notebook.record(row.id).fields
    assert {name: state.value for name, state in fields.items()} == {"title": "Person 1"}
    assert "W-07" not in story.text(case, "interview", "account")
    assert "Person 1" in story.text(case, "interview", "account")


def test_references_lead_inside_the_copy_alone(story: Story) -> None:
    case = story.made()
    [person] = story.notebook.rows(type="person", case=case)
    assert story.text(case, "interview", "witness") == person.id
    [interview] = story.notebook.rows(type="interview", case=case)
    [consent] = story.notebook.rows(type="consent", case=case)
    covers = story.notebook.record(consent.id).fields["covers"].value
    assert covers == [interview.id, person.id]
    assert {person.id, interview.id, consent.id}.isdisjoint(
        {story.person, story.interview, story.consent}
    )


def test_the_originals_are_untouched_and_know_their_copies(story: Story) -> None:
    before = story.notebook.record(story.interview)
    case = story.made()
    after = story.notebook.record(story.interview)
    assert after.fields == before.fields
    custody = story.notebook.history(story.interview)[-1].details
    [copy] = story.notebook.rows(type="interview", case=case)
    assert (custody["what"], custody["record"], custody["case"]) == ("derived", copy.id, case)
    # The copy does not know where it comes from.
    assert all(
        story.interview not in json.dumps(dict(each.details))
        for each in story.notebook.history(copy.id)
    )


def test_nothing_that_leaves_with_the_copy_leads_back(story: Story, team: Team) -> None:
    one, other = team.notebooks
    case = story.made(
        PictureChoice(evidence=story.evidence, regions=(Region(x=0, y=0, width=9, height=9),))
    )
    result = team.sealed(one, other, cases=(case,), purpose="partner")
    assert opened(other, result).new > 0
    whole = inside(result, other)
    sources = (story.case, story.person, story.interview, story.consent, story.evidence)
    hashes = [one.sha256_of(story.evidence)]
    entries = [line.entry for record in sources for line in one.history(RecordId(record))]
    for trace in (*sources, *hashes, *entries):
        assert trace.encode() not in whole, trace
        assert bytes.fromhex(trace) not in whole, trace
    for word in ("CANARYBIRTH", "CANARYNOTE", "CANARYFILE", "CANARYCAMERA", *NAMES.values()):
        assert word.encode() not in whole, word
    # The control: the original would have told all of it.
    original = team.sealed(one, other, cases=(story.case,))
    whole = inside(original, other)
    assert story.person.encode() in whole
    assert b"CANARYBIRTH" in whole


def test_who_gets_the_original_outside_the_team_does_not_learn_of_its_copies(
    story: Story, team: Team, tmp_path: Path
) -> None:
    one, other = team.notebooks
    case = story.made()
    copies = [row.id for row in one.rows(case=case)]
    proposal = story.proposal()
    one.copying.write_report(
        proposal, proposal.swaps, "Report", tmp_path / "page.html", purpose="team"
    )
    whole = inside(team.sealed(one, other, cases=(story.case,), purpose="partner"), other)
    assert story.interview.encode() in whole
    assert not [copy for copy in copies if copy.encode() in whole]
    assert b"reported" not in whole
    # The control: one's own team is told.
    whole = inside(team.sealed(one, other, cases=(story.case,), is_full=True), other)
    assert len([copy for copy in copies if copy.encode() in whole]) == len(copies)


def test_a_partner_may_have_the_copy_and_not_who_it_is_about(story: Story, team: Team) -> None:
    one, other = team.notebooks
    case = story.made()
    assert opened(other, team.sealed(one, other, cases=(case,), purpose="partner")).conflicts == 0
    [row] = other.rows(type="interview")
    assert "W-07" in str(other.record(row.id).fields["account"].value)


def test_a_picture_is_made_anew_with_its_regions_black(story: Story) -> None:
    region = Region(x=10, y=20, width=30, height=40)
    case = story.made(PictureChoice(evidence=story.evidence, regions=(region,)))
    [row] = story.notebook.rows(type="evidence", case=case)
    record = story.notebook.record(row.id)
    assert record.fields["copy_kind"].value == "derivative"
    assert record.fields["derivation"].value == "1 part covered. Metadata removed."
    assert "file_name" not in record.fields
    assert record.fields["sha256"].value != story.notebook.sha256_of(story.evidence)
    with story.notebook.evidence_content(row.id) as content:
        made = Image.open(io.BytesIO(content.read()))
    assert max(made.convert("L").crop((12, 22, 38, 58)).tobytes()) < 16
    assert min(made.convert("L").crop((60, 0, 200, 100)).tobytes()) > 240
    assert not dict(made.getexif())
    with story.notebook.evidence_content(story.evidence) as original:
        assert original.read() == picture()


@pytest.mark.parametrize(("x", "y"), [(200, 0), (0, 100), (5000, 5000)])
def test_a_region_that_would_cover_nothing_makes_nothing(story: Story, x: int, y: int) -> None:
    before, kept = len(story.notebook.rows()), objects(story.notebook)
    inside = Region(x=0, y=0, width=9, height=9)
    outside = Region(x=x, y=y, width=50, height=50)
    with pytest.raises(NotebookError) as refused:
        story.made(PictureChoice(evidence=story.evidence, regions=(inside, outside)))
    assert (refused.value.code, refused.value.records) == (Code.BAD_INPUT, (story.evidence,))
    assert "outside the picture" in refused.value.what
    assert (len(story.notebook.rows()), objects(story.notebook)) == (before, kept)


def test_metadata_is_kept_when_somebody_says_so(story: Story) -> None:
    choice = PictureChoice(evidence=story.evidence, regions=(), keeps_metadata=True)
    case = story.made(choice)
    [row] = story.notebook.rows(type="evidence", case=case)
    assert str(story.notebook.record(row.id).fields["derivation"].value).endswith("Metadata kept.")
    with story.notebook.evidence_content(row.id) as content:
        made = Image.open(io.BytesIO(content.read()))
    assert made.getexif()[ExifTags.Base.Make] == "CANARYCAMERA"


def test_neither_thumbnail_nor_makers_notes_survive() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Maker"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.MakerNote] = b"CANARYMAKER"
    out = io.BytesIO()
    Image.new("RGB", (50, 50), "white").save(out, "JPEG", exif=exif, comment=b"CANARYCOMMENT")
    assert b"CANARYMAKER" in out.getvalue()
    made = media.cover(io.BytesIO(out.getvalue()), "image/jpeg", (), keeps_metadata=True)
    assert isinstance(made, bytes)
    assert b"CANARYMAKER" not in made
    assert b"CANARYCOMMENT" not in made
    assert b"Maker" in made


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_every_kind_is_covered_and_upright(kind: str) -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    Image.new("RGB", (40, 20), "white").save(out, kind, exif=exif)
    whole = (Region(x=0, y=0, width=10**9, height=10**9),)
    made = media.cover(
        io.BytesIO(out.getvalue()), f"image/{kind.lower()}", whole, keeps_metadata=False
    )
    assert isinstance(made, bytes)
    image = Image.open(io.BytesIO(made))
    assert (image.format, image.size) == (kind, (20, 40))
    assert max(image.convert("L").tobytes()) < 16


def test_what_was_drawn_on_a_smaller_picture_covers_as_much_of_the_whole() -> None:
    out = io.BytesIO()
    Image.new("RGB", (100, 60), "white").save(out, "PNG")
    # A third of the size, so that no border falls on a border.
    region = (Region(x=1, y=1, width=10, height=5),)
    made = media.cover(
        io.BytesIO(out.getvalue()), "image/png", region, keeps_metadata=False, drawn_on=(33, 20)
    )
    assert isinstance(made, bytes)
    grey = Image.open(io.BytesIO(made)).convert("L")
    black = [(x, y) for x in range(100) for y in range(60) if grey.getpixel((x, y)) == 0]
    assert (min(black), max(black)) == ((3, 3), (33, 17))
    assert len(black) == 31 * 15


def test_what_is_no_picture_cannot_go(story: Story) -> None:
    text, _ = story.notebook.attach(story.interview, io.BytesIO(b"words"), file_name="a.txt")
    before = objects(story.notebook)
    with pytest.raises(NotebookError) as caught:
        story.made(
            PictureChoice(evidence=story.evidence, regions=()),
            PictureChoice(evidence=text, regions=()),
        )
    assert caught.value.code is Code.BAD_INPUT
    assert objects(story.notebook) == before
    assert len(story.notebook.cases()) == 1


def test_a_person_decides_about_each_replacement(story: Story) -> None:
    proposal = story.proposal()
    [first, *_rest] = [s for s in proposal.swaps if s.field == "account"]
    assert (first.text, first.instead, first.person) == (first.text, "W-07", story.person)
    span = Swap(record=story.interview, field="account", item=0, start=0, end=5, instead="")
    case, _ = story.notebook.copying.make(proposal, [span], "Chosen")
    account = story.text(CaseId(case), "interview", "account")
    assert account == BLACKED_OUT + ACCOUNT[5:]


@pytest.mark.parametrize(
    ("start", "end", "item", "field"),
    [
        (5, 5, 0, "account"),
        (0, 10**6, 0, "account"),
        (0, 3, 1, "account"),
        (0, 3, 0, "nothing"),
        (-1, 3, 0, "account"),
        (0, 3, 7, "people_present"),
    ],
)
def test_a_replacement_that_fits_nowhere_makes_nothing(
    story: Story, start: int, end: int, item: int, field: str
) -> None:
    swap = Swap(record=story.interview, field=field, item=item, start=start, end=end, instead="X")
    with pytest.raises(NotebookError) as caught:
        story.notebook.copying.make(story.proposal(), [swap], "None")
    assert caught.value.code is Code.BAD_INPUT
    assert len(story.notebook.cases()) == 1


def test_replacements_over_one_another_make_nothing(story: Story) -> None:
    swaps = [
        Swap(record=story.interview, field="account", item=0, start=s, end=s + 4, instead="X")
        for s in (0, 3)
    ]
    with pytest.raises(NotebookError):
        story.notebook.copying.make(story.proposal(), swaps, "None")


def test_where_people_disagree_nothing_is_copied(story: Story, team: Team) -> None:
    one, other = team.notebooks
    opened(other, team.sealed(one, other))
    one.edit(story.interview, {"title": "One"})
    other.edit(story.interview, {"title": "Other"})
    opened(one, team.sealed(other, one))
    with pytest.raises(NotebookError) as caught:
        story.proposal()
    assert caught.value.code is Code.BAD_INPUT
    assert caught.value.records == (story.interview,)


def test_two_people_with_one_pseudonym_are_told_apart(story: Story) -> None:
    story.notebook.add(
        "person", story.case, {"title": "Another", "pseudonym": "W-07", "names": ["Болат"]}
    )
    case = story.made()
    titles = {row.title for row in story.notebook.rows(type="person", case=case)}
    assert len(titles) == 2
    assert "W-07" in titles


def test_the_command_line_proposes_and_makes(tmp_path: Path) -> None:
    cli = command_line()
    folder = new_folder(tmp_path / "notebook")
    case = cli.add(folder, {"type": "case", "fields": {"title": "A case"}})
    person = cli.add(
        folder,
        {
            "type": "person",
            "case": case,
            "fields": {"title": "P", "pseudonym": "W-01", "names": ["Асқар"]},
        },
    )
    note = cli.add(
        folder, {"type": "note", "case": case, "fields": {"title": "About Асқар and Болат"}}
    )
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    ran = cli("redact", folder, case, "--dry-run")
    assert ran.status == 0
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    [swap] = ran.json["swaps"]
    assert (swap["record"], swap["text"], swap["instead"]) == (note, "Асқар", "W-01")
    assert swap["person"] == person
    decided = ran.json | {"title": "For a partner"}
    text = decided["swaps"][0]
    decided["swaps"].append(text | {"start": 16, "end": 21, "instead": ""})
    ran = cli("redact", folder, case, "--decisions", "-", stdin=json.dumps(decided))
    assert ran.status == 0, ran.out
    made = cli("list", folder, "--case", ran.json["case"]).json
    assert {row["title"] for row in made} == {
        "For a partner",
        "W-01",
        f"About W-01 and {BLACKED_OUT}",
    }
    # Without decisions: all that was proposed.
    assert cli("redact", folder, case, "--level", "none").json["swaps"] == 1


@pytest.mark.parametrize(
    "decided",
    [
        [],
        {"unknown": 1},
        {"title": ""},
        {"title": 3},
        {"swaps": [{}]},
        {"swaps": [{"record": "x", "field": "title", "start": 0, "end": True, "instead": ""}]},
        {"pictures": [{"evidence": "x", "regions": [[0, 0, 0, 1]]}]},
        {"pictures": [{"evidence": "x", "regions": [[0, 0, 1]]}]},
        {"pictures": [{"evidence": "x", "keep_metadata": 1}]},
        {"leave_out": [1]},
        {"leave_out_fields": [["x", "y"]]},
        {"leave_out_fields": [{"record": "x"}]},
        {"left": [{"record": "x", "field": "title", "start": 0, "end": 1, "why": " "}]},
        {"left": ["x"]},
        {"pictures": [{"evidence": "x", "unchanged": "yes"}]},
        {"pictures": [{"evidence": "x", "unchanged": True, "regions": [[0, 0, 1, 1]]}]},
    ],
    ids=lambda decided: json.dumps(decided),
)
def test_decisions_that_are_not_as_they_should_be_make_nothing(
    tmp_path: Path, decided: object
) -> None:
    cli = command_line()
    folder = new_folder(tmp_path / "notebook")
    case = cli.add(folder, {"type": "case", "fields": {"title": "A case"}})
    ran = cli("redact", folder, case, "--decisions", "-", stdin=json.dumps(decided))
    assert ran.code == "bad-input"
    assert len(cli("list", folder).json) == 1
    assert RecordId(case)


def test_a_dry_run_given_back_as_it_is_names_nobody(tmp_path: Path) -> None:
    cli = command_line()
    folder = new_folder(tmp_path / "notebook")
    case = cli.add(folder, {"type": "case", "fields": {"title": "The case of Асқар"}})
    person = {"title": "P", "pseudonym": "W-01", "names": ["Асқар Нұрлан"]}
    cli.add(folder, {"type": "person", "case": case, "fields": person})
    proposed = cli("redact", folder, case, "--dry-run").json
    # What a copy is called is decided; what the original is called is no proposal for it.
    assert proposed["title"] == "Derivative case"
    ran = cli("redact", folder, case, "--decisions", "-", stdin=json.dumps(proposed))
    titles = [row["title"] for row in cli("list", folder, "--case", ran.json["case"]).json]
    assert sorted(titles) == ["Derivative case", "W-01"]


@pytest.mark.parametrize("title", ["The case of Асқар", "#FreeАсқар", "Асқардың ісі", "НҰРЛАНҰЛЫ"])
def test_a_title_that_names_somebody_makes_nothing(
    story: Story, tmp_path: Path, title: str
) -> None:
    notebook, before = story.notebook, len(story.notebook.rows())
    proposal = story.proposal()
    for attempt in (
        lambda: notebook.copying.make(proposal, proposal.swaps, title),
        lambda: notebook.copying.write_report(
            proposal, proposal.swaps, title, tmp_path / "page.html", purpose="team"
        ),
    ):
        with pytest.raises(NotebookError) as refused:
            attempt()
        assert refused.value.code is Code.BAD_INPUT
        assert title not in str(refused.value)
    assert len(notebook.rows()) == before
    assert not (tmp_path / "page.html").exists()


def test_at_level_none_a_pseudonym_in_a_text_is_a_name_too(story: Story) -> None:
    notebook = story.notebook
    note, _ = notebook.add("note", story.case, {"title": "W-07 came; a witness, W-08, did not"})
    # Where pseudonyms may stay, they do.
    assert not [swap for swap in story.proposal().swaps if swap.record == note]
    [swap] = [swap for swap in story.proposal(derivative.NOBODY).swaps if swap.record == note]
    assert (swap.text, swap.instead) == ("W-07", "Person 1")
    # Also where a copy was made before, in which somebody is called so, too.
    story.made()
    again = [swap for swap in story.proposal(derivative.NOBODY).swaps if swap.record == note]
    assert again == [swap]
    proposal = story.proposal(derivative.NOBODY)
    with pytest.raises(NotebookError):
        notebook.copying.make(proposal, proposal.swaps, "What W-07 said")


@pytest.mark.parametrize("pseudonym", ["Асқар", "АСКАР Н.", "Young Аскаров", "阿斯卡尔"])
def test_a_pseudonym_that_says_the_name_is_none(story: Story, pseudonym: str) -> None:
    story.notebook.edit(story.person, {"pseudonym": pseudonym})
    case = story.made()
    assert story.text(case, "person", "title") == "Person 1"
    for row in story.notebook.rows(case=case):
        record = story.notebook.record(row.id)
        said = str({name: state.value for name, state in record.fields.items()})
        assert not [name for name in ("Асқар", "Аскар", "阿斯卡尔", pseudonym) if name in said]


def test_what_may_be_either_of_two_people_is_blacked_out(story: Story) -> None:
    story.notebook.add(
        "person", story.case, {"title": "Q", "pseudonym": "W-08", "names": ["Болат Нұрланұлы"]}
    )
    story.notebook.edit(story.interview, {"account": "Болат Нұрланұлы and a Нұрланұлы."})
    case = story.made()
    assert story.text(case, "interview", "account") == f"W-08 and a {BLACKED_OUT}."


def test_names_that_changed_inside_are_replaced_and_marked_as_guesses(story: Story) -> None:
    story.notebook.add(
        "person",
        story.case,
        {"title": "Q", "pseudonym": "V-01", "names": ["Павел Небылин", "پاتىمە", "吴有明"]},
    )
    text = "Павла увели, پاتىمىنىڭ, 吴老师 и Небылина."
    story.notebook.edit(story.interview, {"account": text})
    proposal = story.proposal()
    guesses = {swap.text: swap.is_guess for swap in proposal.swaps if swap.field == "account"}
    assert guesses == {"Павл": True, "پاتىمى": True, "吴老师": True, "Небылин": False}
    case, _ = story.notebook.copying.make(proposal, proposal.swaps, "C")
    account = story.text(CaseId(case), "interview", "account")
    assert account == "V-01а увели, V-01نىڭ, V-01 и V-01а."


def test_a_name_that_is_broken_or_in_mixed_letters_is_replaced_and_marked(story: Story) -> None:
    text = "Ас-\nқардың үйі. Ac\u049bap? Асқар. Аск\u0061р-\nбек."
    note, _ = story.notebook.add("note", story.case, {"title": text})
    swaps = [swap for swap in story.proposal().swaps if swap.record == note]
    assert [(swap.text, swap.is_guess) for swap in swaps] == [
        ("Ас-\nқар", True),
        ("Ac\u049bap", True),
        ("Асқар", False),
        ("Аск\u0061р", True),
    ]
    assert all(text[swap.start : swap.end] == swap.text for swap in swaps)
    case = story.made()
    [row] = story.notebook.rows(type="note", case=case)
    assert row.title == "W-07дың үйі. W-07? W-07. W-07-\nбек."


def test_a_name_that_a_person_adds_is_found_everywhere(story: Story) -> None:
    note, _ = story.notebook.add(
        "note", story.case, {"title": "Сосед", "text": "Сосед Тимка ушёл. С Тимкой Асқар."}
    )
    proposal = story.proposal()
    found = derivative.found_everywhere(
        proposal, story.notebook.forms, "Тимка", "Person 9", proposal.swaps
    )
    assert [(swap.record, swap.text) for swap in found] == [(note, "Тимка"), (note, "Тимк")]
    case, _ = story.notebook.copying.make(proposal, [*proposal.swaps, *found], "C")
    assert story.text(CaseId(case), "note", "text") == "Сосед Person 9 ушёл. С Person 9ой W-07."


@pytest.mark.parametrize("name", ["", " ", "!", "Я"])
def test_what_is_too_short_to_be_a_name_is_found_nowhere(story: Story, name: str) -> None:
    assert derivative.found_everywhere(story.proposal(), story.notebook.forms, name, "X", []) == []


def test_what_was_left_and_why_stays_in_the_custody_of_the_original_alone(story: Story) -> None:
    proposal = story.proposal()
    [title] = [s for s in proposal.swaps if s.record == story.interview and s.field == "title"]
    rest = [swap for swap in proposal.swaps if swap != title]
    left = Left(
        record=story.interview, field="title", item=0, start=title.start, end=title.end,
        why="a river of that name",
    )  # fmt: skip
    case, _ = story.notebook.copying.make(proposal, rest, "C", left=[left])
    assert story.text(CaseId(case), "interview", "title") == "First talk with Асқар"
    told = story.notebook.history(story.interview)[-1].details
    assert (told["level"], told["replaced"], told["blacked_out"]) == ("pseudonym", 5, 0)
    kept = {"field": "title", "item": 0, "start": 16, "end": 21, "why": left.why}
    assert told["left"] == [kept]
    [copy] = story.notebook.rows(type="interview", case=CaseId(case))
    assert "river" not in json.dumps([dict(e.details) for e in story.notebook.history(copy.id)])


def test_fields_and_records_that_were_taken_out_are_not_in_the_copy(story: Story) -> None:
    proposal = derivative.without(
        story.proposal(),
        frozenset({story.consent}),
        frozenset({(story.interview, "people_present"), (story.interview, "title")}),
    )
    case, _ = story.notebook.copying.make(proposal, proposal.swaps, "C")
    [row] = story.notebook.rows(type="interview", case=CaseId(case))
    fields = story.notebook.record(row.id).fields
    # A record without a title could not be told from others.
    assert set(fields) == {"title", "witness", "account"}
    assert story.notebook.rows(type="consent", case=CaseId(case)) == []
    [page] = [page for page in proposal.pages if page.source == story.interview]
    assert "people_present" in page.left_out


def test_a_file_goes_unchanged_when_somebody_says_so(story: Story) -> None:
    voice, _ = story.notebook.attach(
        story.interview, io.BytesIO(b"a voice" * 1000), file_name="CANARYVOICE.ogg"
    )
    before = objects(story.notebook)
    case = story.made(PictureChoice(evidence=voice, is_unchanged=True))
    [row] = story.notebook.rows(type="evidence", case=case)
    fields = story.notebook.record(row.id).fields
    assert "file_name" not in fields
    assert "derivation" not in fields
    with story.notebook.evidence_content(row.id) as content:
        assert content.read() == b"a voice" * 1000
    # It lies there once, and the original is whole.
    assert objects(story.notebook) == before
    with story.notebook.evidence_content(voice) as content:
        assert content.read() == b"a voice" * 1000
    assert story.notebook.history(voice)[-1].details["file"] == "unchanged"


def test_making_can_be_cancelled_and_leaves_nothing(story: Story) -> None:
    class Cancelling:
        def step(self, done: int, total: int, what: str = "") -> None:
            if 2 * done == total:
                raise Cancelled

    proposal = story.proposal()
    before = objects(story.notebook)
    choice = PictureChoice(evidence=story.evidence)
    with pytest.raises(Cancelled):
        story.notebook.copying.make(proposal, proposal.swaps, "C", [choice], progress=Cancelling())
    assert objects(story.notebook) == before
    assert len(story.notebook.cases()) == 1


class StopsIn:
    """Progress that is cancelled at the n-th step, and remembers how far it was told to be."""

    def __init__(self, step: int = 0) -> None:
        self.told: list[tuple[int, int]] = []
        self._step = step

    def step(self, done: int, total: int, what: str = "") -> None:
        self.told.append((done, total))
        if len(self.told) == self._step:
            raise Cancelled


def test_making_can_be_stopped_within_a_picture_and_leaves_nothing(story: Story) -> None:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "PNG")
    out.seek(0)
    second, _ = story.notebook.attach(story.interview, out, file_name="b.png")
    voice, _ = story.notebook.attach(
        story.interview, io.BytesIO(b"a voice" * 400_000), file_name="voice.ogg"
    )
    choices = [
        PictureChoice(evidence=story.evidence),
        PictureChoice(evidence=voice, is_unchanged=True),
        PictureChoice(evidence=second, regions=(Region(x=0, y=0, width=5, height=5),)),
    ]
    proposal = story.proposal()
    before = objects(story.notebook)

    def make(progress: StopsIn) -> None:
        story.notebook.copying.make(proposal, proposal.swaps, "C", choices, progress=progress)

    step = 2
    while True:
        step += 9
        watched = StopsIn(step)
        try:
            make(watched)
        except Cancelled:
            assert objects(story.notebook) == before
            assert len(story.notebook.cases()) == 1
            continue
        break
    assert len(story.notebook.cases()) == 2
    # It went on within each of them, and never back.
    assert watched.told == sorted(watched.told, key=lambda told: told[0] / told[1])
    within = {done * 4 // total for done, total in watched.told}
    assert within >= {0, 1, 2, 3}


def test_the_command_line_takes_some_records_and_fields(tmp_path: Path) -> None:
    cli = command_line()
    folder = new_folder(tmp_path / "notebook")
    case = cli.add(folder, {"type": "case", "fields": {"title": "A case"}})
    notes = [
        cli.add(folder, {"type": "note", "case": case, "fields": {"title": t, "text": "CANARY"}})
        for t in ("One", "Two")
    ]
    dry = cli("redact", folder, case, "--dry-run", "--records", notes[0]).json
    assert {each["record"] for each in dry["records"]} == {case, notes[0]}
    assert dry["leave_out"] == [notes[1]]
    decided = {"leave_out_fields": [{"record": notes[0], "field": "text"}]}
    ran = cli(
        "redact", folder, case, "--records", notes[0], "--decisions", "-",
        stdin=json.dumps(decided),
    )  # fmt: skip
    made = cli("list", folder, "--case", ran.json["case"]).json
    assert {row["title"] for row in made} == {"Derivative case", "One"}
    [note] = [row for row in made if row["title"] == "One"]
    assert "CANARY" not in cli("show", folder, note["id"]).out
    other = cli.add(folder, {"type": "case", "fields": {"title": "Another"}})
    assert cli("redact", folder, case, "--records", other).code == "unknown-record"

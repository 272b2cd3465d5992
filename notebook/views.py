"""What a reader sees without this program: one self-contained page for each record, and a list.

Rendered from a bundle's own parts alone. No script, no reference to anything outside, no picture
that shows itself; text is escaped, and every paragraph of it runs in its own direction.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from notebook import registers
from notebook.forms import FieldType, Form, Forms
from notebook.i18n import _, ngettext
from notebook.model import JsonValue, RecordId, Sha256
from notebook.web_page import document, is_right_to_left, isolated

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_AUTHOR_DIGITS: Final = 12
MOST_NAMED: Final = 6
"""So many fields of one entry are named in custody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One value of a field, by whom and when, as this bundle has it."""

    value: JsonValue
    author: str
    time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a record: custody, sealing, withdrawal."""

    kind: str
    author: str
    time: str
    details: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A record as this bundle tells it."""

    id: RecordId
    type: str
    fields: Mapping[str, tuple[Said, ...]]
    destroyed: tuple[str, ...] = ()
    """Fields of which it tells that their value was destroyed."""
    events: tuple[Event, ...] = ()

    @property
    def title(self) -> str:
        """The title, or words and the id when this bundle does not carry it."""
        if said := self.fields.get("title"):
            return registers.text_of(said[0].value)
        return _("Withdrawn, {id}").format(id=self.id) if self.is_withdrawn else self.id

    @property
    def is_withdrawn(self) -> bool:
        """Whether nothing is left of it."""
        return bool(self.destroyed) and not self.fields

    @property
    def is_right_to_left(self) -> bool:
        """Whether the account, or else the title, is written from right to left."""
        for name in ("account", "text", "title"):
            for said in self.fields.get(name, ()):
                if (is_so := is_right_to_left(registers.text_of(said.value))) is not None:
                    return is_so
        return False

    @property
    def language(self) -> str:
        """The code of the one language of the record; empty when there is none, or several."""
        said = self.fields.get("languages", ())
        codes = {registers.text_of(code) for one in said for code in _items(one.value)}
        code = codes.pop() if len(codes) == 1 else ""
        return code if _LANGUAGE.fullmatch(code) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the list of pages says of the bundle."""

    sealer: str
    fingerprint: str
    day: str
    entry_count: int
    withheld_count: int
    file_count: int


def render_page(page: Page, forms: Forms, files: Mapping[Sha256, str], sealer: str = "") -> bytes:
    """The page of one record; `files` gives the path of an evidence file by its SHA-256."""
    form = forms.by_type.get(page.type)
    body = [
        f"<nav><a href='index.html'>{escape(_('What is in this bundle'))}</a></nav>",
        f"<h1>{escape(page.title)}</h1>",
        f"<p class='mute'>{escape(_label(form, page.type))} · <code>{page.id}</code></p>",
    ]
    for heading, names in _sections(form, page):
        if heading:
            body.append(f"<h2>{isolated(heading)}</h2>")
        body.append("<dl>")
        body += [_field(form, page, name, sealer) for name in names]
        body.append("</dl>")
    sha = page.fields.get("sha256")
    path = files.get(Sha256(registers.text_of(sha[0].value))) if sha else None
    if path is not None:
        # Not shown by itself: it may be what nobody should see unprepared.
        body.append(f"<p><a href='../{escape(path)}'>{escape(_('Open the file'))}</a></p>")
    elif sha is not None:
        body.append(f"<p class='gone'>{isolated(_('The file is not in this bundle.'))}</p>")
    body.append(_custody(form, page, sealer))
    return document(page.title, "".join(body), page.language, is_rtl=page.is_right_to_left)


def _sections(form: Form | None, page: Page) -> Iterator[tuple[str, list[str]]]:
    """Headings and the fields under them, in the form's order; unknown fields at the end."""
    there = {*page.fields, *page.destroyed} - {"title"}
    if len(_different(page.fields.get("title", ()))) > 1:
        there.add("title")
    for section in form.sections if form else ():
        names = [field.name for field in section.fields if field.name in there]
        there -= set(names)
        if names:
            yield section.label, names
    if there:
        yield (_("Other fields") if form else ""), sorted(there)


def _field(form: Form | None, page: Page, name: str, sealer: str) -> str:
    label = f"<dt>{isolated(_field_label(form, name))}</dt>"
    said = _different(page.fields.get(name, ()))
    if not said:
        gone = _("Destroyed: consent to it was withdrawn.")
        return f"{label}<dd class='gone'>{isolated(gone)}</dd>"
    if len(said) == 1:
        return f"{label}<dd>{_value(form, name, said[0].value)}</dd>"
    versions = [
        f"<dd class='version'><small><bdi>{_version_words(number, one, sealer)}</bdi></small>"
        f"{_value(form, name, one.value)}</dd>"
        for number, one in enumerate(said, start=1)
    ]
    differ = _("People disagree; every version is shown, and none counts more.")
    return f"{label}<dd class='gone'>{isolated(differ)}</dd>{''.join(versions)}"


def _different(said: Sequence[Said]) -> list[Said]:
    """The versions that differ: people who wrote the same do not disagree."""
    found: dict[bytes, Said] = {}
    for one in said:
        found.setdefault(registers.canonical(one.value), one)
    return list(found.values())


def _version_words(number: int, said: Said, sealer: str) -> str:
    words = _("Version {number}, by {author}, {time} as they say").format(
        number=number, author="\0", time=said.time
    )
    return escape(words).replace("\0", _author(said.author, sealer))


def _author(author: str, sealer: str) -> str:
    short = f"<code>{escape(author[:_AUTHOR_DIGITS])}</code>"
    return f"{escape(_('the sealer'))} {short}" if author == sealer else short


def _custody(form: Form | None, page: Page, sealer: str) -> str:
    """Who wrote, handed over, received or withdrew, as far as this bundle tells."""
    written: dict[tuple[str, str], list[str]] = {}
    for name, said in page.fields.items():
        for one in said:
            written.setdefault((one.time, one.author), []).append(name)
    rows = [
        (time, author, _written_words(form, names))
        for (time, author), names in written.items()
        if time
    ]
    rows += [(event.time, event.author, _event_words(event)) for event in page.events]
    if not rows:
        return ""
    heads = "".join(f"<th>{isolated(head)}</th>" for head in (_("When"), _("Who"), _("What")))
    lines = "".join(
        f"<tr><td><code>{escape(time)}</code></td><td><bdi>{_author(author, sealer)}</bdi></td>"
        f"<td>{isolated(words)}</td></tr>"
        for time, author, words in sorted(rows)
    )
    note = _("Times are as each author's machine said. A code is the beginning of an author's id.")
    return (
        f"<h2>{isolated(_('Custody'))}</h2><table><tr>{heads}</tr>{lines}</table>"
        f"<p class='mute'>{isolated(note)}</p>"
    )


def _written_words(form: Form | None, names: Sequence[str]) -> str:
    labels = [_field_label(form, name) for name in names]
    more = len(labels) - MOST_NAMED
    words = _("wrote: {fields}").format(fields=", ".join(labels[:MOST_NAMED]))
    if more > 0:
        words += " " + ngettext("and {count} more", "and {count} more", more).format(count=more)
    return words


def _event_words(event: Event) -> str:
    kinds = {
        "seal": _("sealed a bundle"),
        "receive": _("opened a bundle"),
        "withdraw": _("withdrew consent"),
        "custody": _("custody"),
    }
    said = [
        registers.text_of(event.details[name])
        for name in ("what", "kind", "reason", "bundle")
        if name in event.details
    ]
    return ": ".join([kinds.get(event.kind, event.kind), *([", ".join(said)] if said else [])])


def render_index(pages: Sequence[tuple[str, str, str]], forms: Forms, about: About) -> bytes:
    """The list of pages, as (name of its file, type, title), under what the bundle is."""
    title = _("What is in this bundle")
    facts = [
        (_("Sealed by"), f"<bdi>{escape(about.sealer)}</bdi>"),
        (_("Fingerprint"), f"<code>{escape(about.fingerprint)}</code>"),
        (_("Day, as the sealer says"), f"<code>{escape(about.day)}</code>"),
        (_("Entries of the journal"), str(about.entry_count)),
        (_("Files"), str(about.file_count)),
    ]
    if about.withheld_count:
        stays = ngettext(
            "{count} part of the journal is not for these readers; it is signed, and not here.",
            "{count} parts of the journal are not for these readers; they are signed, and not"
            " here.",
            about.withheld_count,
        )
        facts.append((_("Withheld"), isolated(stays.format(count=about.withheld_count))))
    body = [f"<h1>{escape(title)}</h1><table>"]
    body += [f"<tr><th>{escape(name)}</th><td>{value}</td></tr>" for name, value in facts]
    body.append("</table>")
    check = _(
        "These pages show what the signed journal in data/log says. readme.txt says how to check"
        " that nothing was altered."
    )
    body.append(f"<p class='mute'>{escape(check)}</p>")
    known = list(forms.by_type)
    for type_ in sorted(
        {type_ for _name, type_, _title in pages},
        key=lambda one: (known.index(one) if one in known else len(known), one),
    ):
        form = forms.by_type.get(type_)
        body.append(f"<h2>{escape(form.plural if form else type_)}</h2><ul>")
        body += [
            f"<li><a href='{name}'><bdi>{escape(title)}</bdi></a></li>"
            for name, one, title in pages
            if one == type_
        ]
        body.append("</ul>")
    if not pages:
        body.append(f"<p>{escape(_('There are no records to read in it.'))}</p>")
    return document(title, "".join(body), "", is_rtl=False)


def render_crate(day: str, cases: Sequence[str], files: Mapping[str, tuple[str, int]]) -> bytes:
    """RO-Crate 1.1 metadata: the files of this bundle by path, with media type and size."""
    graph: list[dict[str, object]] = [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        },
        {
            "@id": "./",
            "@type": "Dataset",
            "name": "Sealed bundle",
            "description": "Records of " + ", ".join(cases),
            "datePublished": day,
            "license": "Not for publication",
            "hasPart": [{"@id": path} for path in files],
        },
    ]
    graph += [
        {
            "@id": path,
            "@type": "File",
            "encodingFormat": media_type,
            "contentSize": str(size_bytes),
        }
        for path, (media_type, size_bytes) in files.items()
    ]
    crate = {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}
    return json.dumps(crate, ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8")


README = b"""This is the inside of a sealed bundle (BagIt 1.0, RFC 8493).

data/view/index.html      what it holds, to read in any browser
data/log/                 the signed journal, one line an entry
data/evidence/            files, named by their SHA-256
data/sealer.card          who sealed it

Check that nothing was altered:
  sha256sum -c manifest-sha256.txt
  sha256sum -c tagmanifest-sha256.txt
  ssh-keygen -Y verify -f SIGNERS -I AUTHOR -n field-notebook-bundle-1 \\
    -s tagmanifest-sha256.txt.sig < tagmanifest-sha256.txt
SIGNERS is the allowed-signers line of the person you believe sealed it.
"""


def _items(value: JsonValue) -> list[JsonValue]:
    return list(value) if isinstance(value, list) else [value]


def _label(form: Form | None, type_: str) -> str:
    return form.label if form else type_


def _field_label(form: Form | None, name: str) -> str:
    field = next((f for f in form.fields if f.name == name), None) if form else None
    return field.label if field else name


def _value(form: Form | None, name: str, value: JsonValue) -> str:
    field = next((f for f in form.fields if f.name == name), None) if form else None
    is_link = field is not None and field.type in (FieldType.REFERENCE, FieldType.REFERENCES)
    shown = []
    for item in _items(value):
        text = escape(registers.text_of(item))
        # What is no id could lead anywhere.
        if is_link and registers.is_record_id(item):
            shown.append(f"<div><a href='{text}.html'><code>{text}</code></a></div>")
        elif isinstance(item, bool):
            shown.append(f"<div>{isolated(_('yes') if item else _('no'))}</div>")
        elif isinstance(item, dict):
            shown += [
                f"<div>{isolated(name)}: {isolated(registers.text_of(inner))}</div>"
                for name, inner in item.items()
            ]
        elif field and field.options:
            words = field.option_label(registers.text_of(item))
            shown.append(f"<div>{isolated(words)}</div>")
        elif field and field.is_readonly:
            shown.append(f"<div>{isolated(registers.text_of(item))}</div>")
        else:
            shown.append(f"<div class='text'>{text}</div>")
    return "".join(shown)

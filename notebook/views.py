"""What a reader sees without this program: one self-contained page for each record, and a list.

Rendered from a bundle's own parts alone. No script, no reference to anything outside; text is
escaped and set in its own direction (`dir="auto"`).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from notebook import registers
from notebook.forms import FieldType, Form, Forms
from notebook.i18n import _
from notebook.model import JsonValue, RecordId, Sha256

_STYLE = (
    "body{font:17px/1.5 sans-serif;max-width:72ch;margin:2em auto;padding:0 1em;"
    "color:#1f2428;background:#faf8f4}dt{color:#5b6269;margin-top:1em}dd{margin:0;"
    "white-space:pre-wrap}.conflict{border-inline-start:3px solid #855900;padding-inline-start:1em}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One value of a field, by whom and when, as this bundle has it."""

    value: JsonValue
    author: str
    time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A record as this bundle tells it."""

    id: RecordId
    type: str
    fields: Mapping[str, tuple[Said, ...]]

    @property
    def title(self) -> str:
        """The title, or the id when this bundle does not carry it."""
        said = self.fields.get("title")
        return registers.text_of(said[0].value) if said else self.id


def render_page(page: Page, forms: Forms, files: Mapping[Sha256, str]) -> bytes:
    """The page of one record; `files` gives the path of an evidence file by its SHA-256."""
    form = forms.by_type.get(page.type)
    body = [f"<h1 dir='auto'>{escape(page.title)}</h1>", f"<p>{escape(_label(form, page.type))}"]
    body.append(f" · <code>{page.id}</code></p><dl>")
    for name in _ordered(form, page.fields):
        body.append(f"<dt>{escape(_field_label(form, name))}</dt>")
        said = page.fields[name]
        kind = " class='conflict'" if len(said) > 1 else ""
        body += [f"<dd dir='auto'{kind}>{_value(form, name, one.value)}</dd>" for one in said]
    body.append("</dl>")
    sha = page.fields.get("sha256")
    path = files.get(Sha256(registers.text_of(sha[0].value))) if sha else None
    if path is not None:
        body.append(f"<p><a href='../{escape(path)}'>{escape(_('Open the file'))}</a></p>")
    return _document(page.title, "".join(body))


def render_index(pages: Sequence[tuple[str, str, str]], forms: Forms) -> bytes:
    """The list of pages, as (name of its file, type, title)."""
    lines = "".join(
        f"<li dir='auto'><a href='{name}'>{escape(title)}</a>"
        f" <small>{escape(_label(forms.by_type.get(type_), type_))}</small></li>"
        for name, type_, title in pages
    )
    return _document(
        _("What is in this bundle"),
        f"<h1>{escape(_('What is in this bundle'))}</h1><ul>{lines}</ul>",
    )


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


def _document(title: str, body: str) -> bytes:
    return (
        "<!doctype html><html><head><meta charset='utf-8'>"
        "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none';"
        " style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body>{body}</body></html>\n"
    ).encode()


def _ordered(form: Form | None, fields: Mapping[str, object]) -> Iterator[str]:
    known = [field.name for field in form.fields] if form else []
    yield from (name for name in known if name in fields and name != "title")
    yield from sorted(name for name in fields if name not in known and name != "title")


def _label(form: Form | None, type_: str) -> str:
    return form.label if form else type_


def _field_label(form: Form | None, name: str) -> str:
    field = next((f for f in form.fields if f.name == name), None) if form else None
    return field.label if field else name


def _value(form: Form | None, name: str, value: JsonValue) -> str:
    field = next((f for f in form.fields if f.name == name), None) if form else None
    items = list(value) if isinstance(value, list) else [value]
    shown = []
    for item in items:
        text = escape(registers.text_of(item) if not isinstance(item, bool) else str(item).lower())
        is_link = field is not None and field.type in (FieldType.REFERENCE, FieldType.REFERENCES)
        # What is no id could lead anywhere.
        if is_link and registers.is_record_id(item):
            shown.append(f"<a href='{text}.html'>{text}</a>")
        elif field and field.options:
            shown.append(escape(field.option_label(registers.text_of(item))))
        else:
            shown.append(text)
    return "<br>".join(shown)

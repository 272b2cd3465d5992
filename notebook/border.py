"""A page to print for a border: what this laptop can and cannot do, plain and neutral."""

from html import escape

from notebook.i18n import _


def page(language: str, *, is_right_to_left: bool) -> bytes:
    """The page as HTML, complete in itself, in the language that is in force.

    It names nobody, no case, no count and no date, so it can be printed long before.
    """
    title = _("About the notebook on this laptop")
    sentences = (
        _("This laptop holds a notebook program in travel mode."),
        _(
            "What is written in it is sealed, at once, with a public key that belongs to an office"
            " elsewhere. The key that opens it is not on this laptop and is not known to the person"
            " who carries it."
        ),
        _(
            "After the notebook is locked, neither this laptop nor its user can show what was"
            " written. The passphrase starts a new session; it does not open earlier ones. This is"
            " how the program is made, and no setting of it changes that."
        ),
        _(
            "The files in the folder “outbox” are these sealed files. Their number, sizes and dates"
            " can be seen by anybody who has the laptop. Their content cannot."
        ),
        _(
            "The user can unlock the notebook when asked to. It will be empty, apart from the"
            " numbers of cases."
        ),
        _("The program and its source are public, so that an expert can check all of this."),
    )
    direction = "rtl" if is_right_to_left else "ltr"
    body = "".join(f"<p>{escape(sentence)}</p>\n" for sentence in sentences)
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language, quote=True)}" dir="{direction}">\n'
        f'<head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        "<style>body{font:14pt/1.5 serif;max-width:34em;margin:3em auto;padding:0 1em}"
        "h1{font-size:20pt}</style></head>\n"
        f"<body><h1>{escape(title)}</h1>\n{body}</body></html>\n"
    ).encode()

"""A page for any browser: self-contained, without a script, in one quiet style.

It asks for nothing outside itself, and a browser that obeys its policy runs nothing in it. Text is
escaped by whoever makes the body; every paragraph of it runs in its own direction.
"""

import unicodedata
from html import escape
from typing import Final

_STYLE = """
html{background:#faf8f4;color:#1f2428;font:17px/1.5 sans-serif}
body{max-width:72ch;margin:2em auto;padding:0 1em;overflow-wrap:anywhere}
h1{font-size:1.6em;line-height:1.25;margin:0 0 .25em}
h2{font-size:1.1em;margin:2em 0 .5em;border-block-end:1px solid #d9d4c9}
a{color:#0e6470}
dt,.mute,small,th{color:#5b6269;font-weight:normal}
dt{margin-block-start:1em}
dd{margin:0}
.text,h1,li{unicode-bidi:plaintext;text-align:start}
.text{white-space:pre-wrap}
code{font:.85em monospace;unicode-bidi:isolate;direction:ltr}
table{border-collapse:collapse;inline-size:100%}
th,td{text-align:start;vertical-align:top;padding-block:.25em;padding-inline-end:.75em}
tr{border-block-end:1px solid #d9d4c9}
ul{padding-inline-start:1.2em}
.version{border-inline-start:3px solid #855900;padding-inline-start:1em;margin-block:.5em}
.gone{color:#855900}
@media print{html{background:#fff;font-size:11pt}body{max-width:none;margin:0;padding:0}
a{color:inherit}dt{break-after:avoid}h2{break-after:avoid}tr{break-inside:avoid}
nav{display:none}@page{margin:2cm}}
"""
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
_STRONG: Final = _RIGHT_TO_LEFT | {"L"}


def document(title: str, body: str, language: str, *, is_rtl: bool) -> bytes:
    """A whole page; `body` is markup."""
    spoken = f" lang='{language}'" if language else ""
    direction = "rtl" if is_rtl else "ltr"
    return (
        f"<!doctype html><html dir='{direction}'{spoken}><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width'>"
        "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none';"
        " style-src 'unsafe-inline'\">"
        "<meta name='referrer' content='no-referrer'>"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body>{body}</body></html>\n"
    ).encode()


def is_right_to_left(text: str) -> bool | None:
    """The direction of the first sign that has one; None without such a sign."""
    strong = (unicodedata.bidirectional(sign) for sign in text)
    first = next((direction for direction in strong if direction in _STRONG), None)
    return None if first is None else first in _RIGHT_TO_LEFT


def isolated(text: str) -> str:
    """Words that keep their direction and stand where the page begins its lines."""
    return f"<bdi>{escape(text)}</bdi>"

"""Record types as data: sections, fields, wording and standards, read from TOML beside this file.

Forms on screen, checks, search and handover all follow from what is said here. The loader is
strict: an unknown key or an impossible combination is a bug of the form, said as `FormError`.
"""

from notebook.forms.check import check_fields
from notebook.forms.loader import FormError, load_form, load_forms
from notebook.forms.model import Field, FieldType, Form, Forms, Option, Section

__all__ = [
    "Field",
    "FieldType",
    "Form",
    "FormError",
    "Forms",
    "Option",
    "Section",
    "check_fields",
    "load_form",
    "load_forms",
]

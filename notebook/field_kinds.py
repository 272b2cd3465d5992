"""Which fields are for one's own team alone, and which say who somebody is, or may."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from notebook.forms import Field, Forms


@dataclass(frozen=True, slots=True)
class FieldKinds:
    """What the forms say of fields, by record type and name."""

    _known: Mapping[tuple[str, str], Field] = field(default_factory=dict, repr=False)

    def is_internal(self, type_: str, name: str) -> bool:
        """Whether a field is for one's own team alone."""
        known = self._known.get((type_, name))
        return known is not None and known.is_internal

    def may_say_who(self, type_: str, name: str) -> bool:
        """Whether a field says who somebody is, or may, because no form here knows it.

        A later version may have written it, and a name may stand in it.
        """
        known = self._known.get((type_, name))
        return known.is_identity if known is not None else not name.startswith("_")


def of(forms: Forms) -> FieldKinds:
    """What these forms say."""
    return FieldKinds({(type_, f.name): f for type_ in forms.types for f in forms[type_].fields})

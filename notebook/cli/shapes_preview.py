"""The JSON shape of the preview of a seal, and its few lines of text: a promise to scripts."""

from collections.abc import Sequence

from notebook.cli import safe_text
from notebook.handover import Notice
from notebook.i18n import _
from notebook.model import JsonValue
from notebook.preview import BundlePreview, LeavingField, LeavingRecord


def notice(shown: Notice) -> dict[str, JsonValue]:
    """A warning or a refusal."""
    return {"code": str(shown.code), "message": shown.text, "record": shown.record}


def bundle(shown: BundlePreview) -> dict[str, JsonValue]:
    """One bundle that would leave."""
    plan = shown.plan
    return {
        "files": [],
        "to": [reader.id for reader in plan.readers],
        "profile": str(plan.profile),
        "kind": plan.kind,
        "purposes": list(plan.purposes),
        "empty": plan.is_empty,
        "entries": plan.entry_count,
        "size_bytes": plan.size_bytes,
        "later_bytes": plan.omitted_bytes,
        "records": [_record(record) for record in shown.records],
        "stays": [
            {"id": row.id, "type": row.type, "title": row.title, "why": row.why.value}
            for row in shown.stays
        ],
        "withdrawals": [
            {"record": told.record, "fields": list(told.fields), "reason": told.reason}
            for told in shown.withdrawals
        ],
        "warnings": [notice(one) for one in plan.warnings],
        "refusals": [notice(one) for one in plan.refusals],
    }


def _record(record: LeavingRecord) -> dict[str, JsonValue]:
    verdict = record.verdict
    return {
        "id": record.id,
        "type": record.type,
        "case": record.case,
        "title": record.title,
        "because": record.because.value if record.because else None,
        "deleted": record.is_deleted,
        "consent": {
            "verdict": verdict.permission.value if verdict else "consent-withdrawn",
            "purpose": verdict.purpose if verdict else None,
            "record": verdict.consent if verdict else None,
            "may_leave": verdict.may_leave if verdict else True,
        },
        "fields": [_field(field) for field in record.fields],
        "stays": {name: why.value for name, why in record.stays.items()},
        "names": [
            {"field": found.field, "name": found.name, "person": found.person}
            for found in record.names
        ],
        "files": [{"sha256": sha, "size_bytes": size} for sha, size in record.files],
        "later": [{"sha256": sha, "size_bytes": size} for sha, size in record.later],
    }


def _field(field: LeavingField) -> dict[str, JsonValue]:
    return {
        "name": field.name,
        "values": [text.value for text in field.texts if text.is_current],
        "earlier": [text.value for text in field.texts if not text.is_current],
        "internal": field.is_internal,
        "identity": field.is_identity,
    }


def text(shown: Sequence[BundlePreview]) -> str:
    """The preview for people: a line for each bundle, record, file, and what is to be known."""
    lines = []
    for one in shown:
        names = ", ".join(reader.name for reader in one.readers)
        lines.append(
            _("For {names} ({purposes}): {records} records, {size} bytes of files.").format(
                names=names,
                purposes=", ".join(one.plan.purposes),
                records=len(one.records),
                size=one.plan.size_bytes,
            )
        )
        for record in one.records:
            fields = ", ".join(field.name for field in record.fields)
            lines.append(f"  {record.id}  {record.type}  {record.title}  [{fields}]")
            lines += [
                _("    the name {name} stands in {field}").format(
                    name=found.name, field=found.field
                )
                for found in record.names
            ]
        lines += [
            _("  stays: {record} ({why})").format(record=row.id, why=row.why.value)
            for row in one.stays
        ]
        lines += [
            f"  {mark} {said.text} {said.record or ''}"
            for mark, found in (("!", one.plan.refusals), ("-", one.plan.warnings))
            for said in found
        ]
    return "".join(safe_text.one_line(line) + "\n" for line in lines)

"""The verbs of one's own notebook: it is made, written and read."""

from notebook.cli.arguments import Option, Place, Verb
from notebook.i18n import _


def verbs() -> tuple[Verb, ...]:
    """In the order in which a person meets them."""
    folder, record = Place(name="FOLDER"), Place(name="RECORD")
    of_case = Option(
        name="--case", value="CASE", is_many=True, help=_("only records of these cases")
    )
    of_type = Option(name="--type", value="TYPE", help=_("only records of this type"))
    return (
        Verb(
            name="new",
            room="verbs_folder",
            help=_("make a notebook in a new or empty folder"),
            places=(folder,),
            options=(
                Option(
                    name="--kdf",
                    value="KDF",
                    choices=("standard", "low-memory"),
                    help=_("how much work a guess costs: 512 MiB (standard) or 64 MiB"),
                ),
                Option(
                    name="--author",
                    value="NAME",
                    help=_("the name that readers of your bundles see; a code is fine"),
                ),
                Option(
                    name="--travel",
                    value="CARD",
                    help=_(
                        "it travels: all is sealed to this mission card, unreadable once locked"
                    ),
                ),
                Option(
                    name="--fingerprint",
                    value="DIGITS",
                    help=_("with --travel: the 60 digits that headquarters gave"),
                ),
                Option(
                    name="--classic",
                    help=_("with --travel: seal for age programs older than 1.3"),
                ),
            ),
        ),
        Verb(
            name="passphrase",
            room="verbs_folder",
            help=_("replace the passphrase: the old one first, then the new one"),
            places=(folder,),
        ),
        Verb(
            name="add",
            room="verbs_records",
            help=_("add records from JSON, all of them or none; “-” reads standard input"),
            places=(folder, Place(name="FILE.json", is_many=True)),
        ),
        Verb(
            name="attach",
            room="verbs_evidence",
            help=_("take files in as evidence about a record"),
            places=(folder, record, Place(name="FILE", is_many=True)),
        ),
        Verb(
            name="list",
            room="verbs_reading",
            help=_("list records, newest first"),
            places=(folder,),
            options=(of_type, of_case),
        ),
        Verb(
            name="find",
            room="verbs_reading",
            help=_("find records that hold all these words; “-” reads them from standard input"),
            places=(folder, Place(name="QUERY", is_many=True, may_be_empty=True)),
            options=(
                of_type,
                of_case,
                Option(name="--limit", value="N", help=_("at most N records; 50 by default")),
            ),
        ),
        Verb(
            name="show",
            room="verbs_reading",
            help=_("show a record, conflicts side by side"),
            places=(folder, record),
        ),
        Verb(
            name="edit",
            room="verbs_records",
            help=_("change fields; “-” reads a JSON object from standard input"),
            places=(folder, record, Place(name="FIELD=VALUE", is_many=True)),
        ),
        Verb(
            name="withdraw",
            room="verbs_records",
            help=_("destroy the content of records whose consent was withdrawn, for ever"),
            places=(folder, Place(name="RECORD", is_many=True)),
            options=(
                Option(
                    name="--reason",
                    value="TEXT",
                    is_needed=True,
                    help=_("why; it stays in the journal. “-” reads standard input"),
                ),
                Option(
                    name="--fields",
                    value="FIELD",
                    is_many=True,
                    help=_("only these fields; all of them by default"),
                ),
            ),
        ),
        Verb(
            name="withdrawals",
            room="verbs_records",
            help=_("who must be told of withdrawals, and which ones wait for your word"),
            places=(folder,),
        ),
        Verb(
            name="history",
            room="verbs_reading",
            help=_("what happened to a record, oldest first"),
            places=(folder, record),
        ),
        Verb(
            name="extract",
            room="verbs_evidence",
            help=_("write a plaintext copy of evidence, and note it in custody"),
            places=(folder, Place(name="EVIDENCE"), Place(name="OUT")),
        ),
    )

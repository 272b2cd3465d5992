"""Every verb of the command line, what it takes, and which module does it."""

from notebook.cli.arguments import Option, Place, Verb, synopsis
from notebook.i18n import _

PROGRAM = "field-notebook"


def verbs() -> dict[str, Verb]:
    """The verbs by name, in the order in which a person meets them."""
    folder, record = Place(name="FOLDER"), Place(name="RECORD")
    of_case = Option(
        name="--case", value="CASE", is_many=True, help=_("only records of these cases")
    )
    of_type = Option(name="--type", value="TYPE", help=_("only records of this type"))
    listed = (
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
        Verb(
            name="card",
            room="verbs_contacts",
            help=_("print the card that introduces you to others"),
            places=(folder,),
        ),
        Verb(
            name="identity",
            room="verbs_contacts",
            help=_("write your secret age keys and the signers' list for stock tools"),
            places=(folder,),
            options=(
                Option(
                    name="--export",
                    value="OUT",
                    is_needed=True,
                    help=_("a new file for the keys; OUT.pq and OUT.signers go beside it"),
                ),
            ),
        ),
        Verb(
            name="contacts",
            room="verbs_contacts",
            help=_("list, show or add contacts; say that one was compared, how to seal, who it is"),
            places=(
                folder,
                Place(name="ACTION", choices=("list", "show", "add", "verify", "profile", "role")),
                Place(name="CARD|CONTACT", is_optional=True),
            ),
            options=(
                Option(
                    name="--as",
                    value="ROLE",
                    help=_("with role: who it is, as a use that a consent names; “-” for none"),
                ),
                Option(
                    name="--classic",
                    help=_("with add and profile: seal for age programs older than 1.3"),
                ),
                Option(
                    name="--pq",
                    help=_("with profile: closed to a future quantum computer again, the default"),
                ),
                Option(name="--reason", value="TEXT", help=_("with --classic: why")),
                Option(
                    name="--replace",
                    help=_("with add: also a known author's card with other keys"),
                ),
                Option(
                    name="--same-name",
                    help=_("with add: also a card by somebody else with a contact's name"),
                ),
            ),
        ),
        Verb(
            name="quarantine",
            room="verbs_quarantine",
            help=_("what strangers sealed for you: list it, accept the sealer, or drop it"),
            places=(
                folder,
                Place(name="ACTION", choices=("list", "accept", "drop")),
                Place(name="ID", is_optional=True),
            ),
            options=(
                Option(
                    name="--same-name",
                    help=_("with accept: also a sealer with a contact's name"),
                ),
            ),
        ),
        Verb(
            name="seal",
            room="verbs_handover",
            help=_("seal a bundle to contacts; the folder stands first"),
            places=(folder,),
            options=(
                Option(
                    name="--to",
                    value="CONTACT",
                    is_many=True,
                    is_needed=True,
                    help=_("the readers, by id or name"),
                ),
                Option(
                    name="--out",
                    value="DIR",
                    help=_("the folder that is written to; needed but with --dry-run"),
                ),
                Option(
                    name="--dry-run",
                    help=_("only say what would leave, field by field; writes nothing at all"),
                ),
                Option(
                    name="--case",
                    value="CASE",
                    is_many=True,
                    help=_("only these cases; all of them by default"),
                ),
                Option(name="--full", help=_("everything, also what the readers have already")),
                Option(name="--delta", help=_("what the readers lack; the default")),
                Option(name="--receipt", help=_("only what you hold of the cases you share")),
                Option(
                    name="--records",
                    value="R[:FIELD,…]",
                    is_many=True,
                    help=_("only these records, with what they depend on; or fields of them"),
                ),
                Option(
                    name="--leave-out",
                    value="R[:FIELD,…]",
                    is_many=True,
                    help=_("keep these records, or fields of them, back"),
                ),
                Option(
                    name="--without-media",
                    help=_("text first: files go with a later bundle"),
                ),
                Option(
                    name="--override-consent",
                    value="REASON",
                    help=_("let go what no consent lets go; the reason enters custody"),
                ),
                Option(
                    name="--purpose",
                    value="P",
                    help=_("what it is for: team (the default), or a use consent was given for"),
                ),
                Option(name="--checksums", help=_("a file for “sha256sum -c” beside the bundle")),
                Option(
                    name="--volume-size",
                    value="N",
                    help=_("at most N bytes a file, or like 700M or 2000MiB; 2000MiB by default"),
                ),
            ),
        ),
        Verb(
            name="inspect",
            room="verbs_handover",
            help=_("what a sealed file tells; with a notebook's FOLDER first, who sealed it"),
            places=(Place(name="FILE", is_many=True),),
        ),
        Verb(
            name="open",
            room="verbs_opening",
            help=_("check sealed files and merge them; volumes of one bundle go together"),
            places=(folder, Place(name="FILE", is_many=True)),
            options=(
                Option(
                    name="--accept-unknown",
                    help=_("also from a sealer who is no contact, who becomes one, not compared"),
                ),
                Option(
                    name="--same-name",
                    help=_("with --accept-unknown: also a sealer with a contact's name"),
                ),
            ),
        ),
        Verb(
            name="redact",
            room="verbs_derivative",
            help=_("make a copy of a case without what says who is who, under new ids"),
            places=(folder, Place(name="CASE")),
            options=(
                Option(
                    name="--level",
                    value="LEVEL",
                    choices=("pseudonym", "none"),
                    help=_("what people are called: their pseudonym (the default), or a number"),
                ),
                Option(
                    name="--dry-run",
                    help=_("only say what would be replaced and left out; write nothing"),
                ),
                Option(
                    name="--decisions",
                    value="FILE",
                    help=_("what a person decided after the dry run, as JSON; “-” reads it"),
                ),
                Option(
                    name="--records",
                    value="R",
                    is_many=True,
                    help=_("only these records of the case"),
                ),
                Option(
                    name="--report",
                    value="OUT",
                    help=_("write it as one plain page instead, which anybody can read"),
                ),
                Option(
                    name="--purpose",
                    value="P",
                    help=_(
                        "what the page is for: team (the default), or a use consent was given for"
                    ),
                ),
            ),
        ),
        Verb(
            name="exchange",
            room="verbs_exchange",
            help=_("open what is new in a folder that others fill, and put bundles there"),
            places=(folder, Place(name="DIR")),
            options=(
                Option(
                    name="--to",
                    value="CONTACT",
                    is_many=True,
                    help=_("put a bundle with what they lack there for each of these contacts"),
                ),
                Option(
                    name="--purpose",
                    value="P",
                    help=_("what it is for: team (the default), or a use consent was given for"),
                ),
                Option(name="--watch", help=_("go on until Ctrl+C; a line for what is new")),
            ),
        ),
        Verb(
            name="outbox",
            room="verbs_travel",
            help=_("what lies in the outbox of a notebook that travels; no passphrase is needed"),
            places=(folder,),
            options=(
                Option(
                    name="--out",
                    value="DIR",
                    help=_("copy every bundle there and read it back"),
                ),
                Option(
                    name="--remove",
                    help=_("with --out: remove them from the outbox once all were read back"),
                ),
            ),
        ),
        Verb(
            name="depart",
            room="verbs_departure",
            help=_("hand cases over, then remove them from this laptop; alone: what remains"),
            places=(folder,),
            options=(
                Option(
                    name="--case",
                    value="CASE",
                    is_many=True,
                    help=_("the cases to hand over and remove"),
                ),
                Option(name="--to", value="CONTACT", is_many=True, help=_("who gets them, whole")),
                Option(name="--out", value="DIR", help=_("where the bundle is written to")),
                Option(
                    name="--without-receipt",
                    help=_("remove at once when the bundle was read back, without waiting"),
                ),
                Option(name="--again", help=_("seal again what was handed over before")),
                Option(
                    name="--go-on",
                    help=_("remove what was handed over before, here or in the window"),
                ),
                Option(
                    name="--give-up",
                    help=_("remember no more what was handed over; nothing is removed"),
                ),
                Option(name="--new-key", help=_("make a new sealing key; its card is printed")),
                Option(
                    name="--destroy-old-keys",
                    help=_("bundles sealed to earlier keys can then be opened by nobody"),
                ),
            ),
        ),
        Verb(
            name="mission",
            room="verbs_travel",
            help=_("keys for missions, and what came unfinished from travel sessions"),
            places=(
                folder,
                Place(name="ACTION", choices=("new", "list", "card", "drafts", "take")),
                Place(name="MISSION|DRAFT", is_optional=True),
            ),
            options=(
                Option(
                    name="--case",
                    value="CASE",
                    is_many=True,
                    help=_("with card: a case that the traveller adds to; only its number goes"),
                ),
            ),
        ),
        Verb(
            name="verify",
            room="verbs_folder",
            help=_("check everything that is stored"),
            places=(folder,),
            options=(
                Option(name="--rebuild", help=_("replay the journal first")),
                Option(
                    name="--acknowledge",
                    help=_("say that you know of lost entries, so that no opening tells of them"),
                ),
                Option(
                    name="--put-aside",
                    value="NOTICE",
                    is_many=True,
                    help=_("tell these notices of exchange no more, until something new happens"),
                ),
            ),
        ),
        Verb(
            name="verify-bundle",
            room="verbs_outside",
            help=_("check a sealed file with exported keys, without a notebook; writes nothing"),
            places=(Place(name="FILE", is_many=True),),
            options=(
                Option(
                    name="--identity",
                    value="KEYFILE",
                    is_many=True,
                    is_needed=True,
                    help=_("files with secret age keys, as “identity --export” writes them"),
                ),
                Option(
                    name="--sealer",
                    value="CARD",
                    help=_("the card of the person you believe sealed it"),
                ),
            ),
        ),
        Verb(
            name="sample",
            room="verbs_sample",
            help=_("make a notebook of invented records to try things with"),
            places=(folder,),
            options=(
                Option(
                    name="--records", value="N", help=_("more interviews, up to N records in all")
                ),
                Option(name="--seed", value="S", help=_("another number invents other interviews")),
            ),
        ),
    )
    return {verb.name: with_common_options(verb) for verb in listed}


def common_options() -> tuple[Option, ...]:
    """The options that every verb takes."""
    return (
        Option(name="--json", help=_("one JSON value on standard output")),
        Option(
            name="--passphrase-fd",
            value="N",
            help=_("read the passphrase from this descriptor, up to the line feed"),
        ),
        Option(
            name="--allow-swap",
            help=_("open a notebook that travels although memory may be written to the disk"),
        ),
        Option(name="--help", help=_("show this")),
    )


def with_common_options(verb: Verb) -> Verb:
    """The verb with what every verb takes."""
    return Verb(
        name=verb.name,
        room=verb.room,
        help=verb.help,
        places=verb.places,
        options=verb.options + common_options(),
    )


def help_text() -> str:
    """All verbs in a few words each."""
    known = verbs()
    wide = max(map(len, known)) + 2
    listed = [
        ("window", _("open the window, at FOLDER if one is given; also without a verb")),
        ("tour", _("walk through the whole program with invented records")),
        *((verb.name, verb.help) for verb in known.values()),
    ]
    return "".join(
        [
            _("An encrypted, offline-first field notebook.") + "\n\n",
            f"  {PROGRAM} VERB …\n\n",
            *(f"  {name:{wide}}{words}\n" for name, words in listed),
            "\n" + _("Every verb takes --help.") + "\n",
        ]
    )


def verb_help(verb: Verb) -> str:
    """What one verb takes."""
    names = [f"{option.name} {option.value}".strip() for option in verb.options]
    wide = max(map(len, names)) + 2
    return "".join(
        [
            f"{PROGRAM} {synopsis(verb)}\n\n",
            f"  {verb.help}\n\n",
            *(
                f"  {name:{wide}}{option.help}\n"
                for name, option in zip(names, verb.options, strict=True)
            ),
        ]
    )

"""The verbs between people: who is known, what is handed over, and how one travels."""

from notebook.cli.arguments import Option, Place, Verb
from notebook.i18n import _


def verbs() -> tuple[Verb, ...]:
    """In the order in which a person meets them."""
    folder = Place(name="FOLDER")
    return (
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
    )

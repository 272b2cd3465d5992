"""Every verb of the command line, and what is printed of them."""

from notebook.cli import catalogue_handover, catalogue_records
from notebook.cli.arguments import Option, Place, Verb, synopsis
from notebook.i18n import _

PROGRAM = "field-notebook"


def verbs() -> dict[str, Verb]:
    """The verbs by name, in the order in which a person meets them."""
    listed = (*catalogue_records.verbs(), *catalogue_handover.verbs(), *_checking())
    return {verb.name: with_common_options(verb) for verb in listed}


def _checking() -> tuple[Verb, ...]:
    """To check what there is, and to try things with."""
    folder = Place(name="FOLDER")
    return (
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

"""The verb that makes a notebook of invented records to try things with."""

from collections.abc import Mapping
from typing import Final

from notebook import sample
from notebook.cli import access, verbs_folder
from notebook.cli.call import Call, Room
from notebook.cli.output import Answer
from notebook.i18n import _, ngettext
from notebook.notebook import Kdf

DEFAULT_RECORDS: Final = 0
"""Only the invented case itself."""
DEFAULT_SEED: Final = 1
MOST_RECORDS: Final = 1_000_000
LARGEST_SEED: Final = 2**53


def make_sample(call: Call) -> Answer:
    """Make a notebook of invented records. Raises as `Notebook.create`."""
    count = access.number_argument(
        "--records", call.arguments.value("--records") or str(DEFAULT_RECORDS), largest=MOST_RECORDS
    )
    seed = access.number_argument(
        "--seed", call.arguments.value("--seed") or str(DEFAULT_SEED), largest=LARGEST_SEED
    )
    notebook = verbs_folder.create(call, name=_("Sample"), kdf=Kdf.LOW_MEMORY)
    try:
        with access.progress(call) as progress:
            sample.make_sample(notebook, records=count, seed=seed, progress=progress)
        made = verbs_folder.created(notebook)
        total = len(notebook.rows())
    finally:
        notebook.close()
    assert isinstance(made.value, Mapping)
    return Answer(
        value={**made.value, "records": total},
        text=made.text
        + ngettext("{count} record, invented.", "{count} records, all invented.", total).format(
            count=total
        )
        + "\n",
    )


VERBS: Final[Mapping[str, Room]] = {"sample": make_sample}

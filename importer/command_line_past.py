"""The words of the commands about runs of the past."""

from pathlib import Path
from typing import TYPE_CHECKING

from importer.command_options import json_option, log_options, new_verb, rate_option, waiting_options

if TYPE_CHECKING:
    from importer.command_options import Verbs


def _history(verbs: "Verbs") -> None:
    verb = new_verb(
        verbs, "history", "list the runs of the past, tell all of one run or row, or find whom you sent",
        "importer history 12 --row 17",
    )  # fmt: skip
    verb.add_argument("run", type=int, nargs="?", metavar="RUN", help="tell all of this run")
    verb.add_argument("--row", type=int, metavar="N", help="and of this row, with LeadSquared's exact answer")
    verb.add_argument(
        "--find",
        metavar="TEXT",
        help="every row sent for this e-mail, phone number, other unique value, opportunity id or reference",
    )
    json_option(verb)


def _reconcile(verbs: "Verbs") -> None:
    verb = new_verb(
        verbs, "reconcile", "ask LeadSquared for the rows of which nobody knows how they ended",
        "importer reconcile 3",
    )  # fmt: skip
    verb.add_argument("run", type=int, nargs="?", metavar="RUN", help="one run; else all of this account")
    waiting_options(verb)
    rate_option(verb)
    log_options(verb)
    json_option(verb)


def _undo(verbs: "Verbs") -> None:
    verb = new_verb(
        verbs, "undo", "delete the opportunities that a run created, for ever",
        "importer undo 3 --output undone.xlsx",
    )  # fmt: skip
    add = verb.add_argument
    add("run", type=int, metavar="RUN", help="the run's number, as importer history shows it")
    add("--output", type=Path, metavar="FILE", help="what was deleted, .xlsx or .csv; else SHEET.undo.xlsx")
    rate_option(verb)
    waiting_options(verb, "how long LeadSquared may go on showing what it has deleted (default: 90)")
    add("--yes", action="store_true", help="delete without asking for their number")
    log_options(verb)
    json_option(verb)


def _purge(verbs: "Verbs") -> None:
    verb = new_verb(
        verbs, "purge", "remove people's data of old runs from the journal; what was sent stays known",
        "importer purge --older-than 90d",
    )  # fmt: skip
    add = verb.add_argument
    add("--older-than", metavar="AGE", required=True, help="of runs that ended so long ago: 90d, 12w or 1y")
    add("--yes", action="store_true", help="do not ask before it is removed")
    add("--quiet", action="store_true", help="no messages while it works")
    json_option(verb)


def _results(verbs: "Verbs") -> None:
    verb = new_verb(
        verbs, "results", "make the result workbook of a run again", "importer results 3 --output new.xlsx"
    )
    verb.add_argument("run", type=int, metavar="RUN", help="the run's number, as importer history shows it")
    verb.add_argument("--output", type=Path, metavar="FILE", help="result file, .xlsx or .csv")


PAST = (_history, _results, _reconcile, _undo, _purge)

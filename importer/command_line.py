"""The words of the command line: every command and option, with its help."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from importer import __version__
from importer.command_line_past import PAST
from importer.command_options import (
    deadline_options,
    event_code,
    json_option,
    log_options,
    metrics_option,
    new_verb,
    offline_option,
    rate_option,
    reading_options,
    sending_options,
    sheet_name,
    sheet_options,
    waiting_options,
)
from importer.help_words import DESCRIPTION, EXIT_CODES

if TYPE_CHECKING:
    from importer.command_options import Verbs


def read_command(words: Sequence[str]) -> argparse.Namespace:
    """What is to be done; `command` is its verb. A sheet alone, as when it is dropped on the program, is run.

    Raises SystemExit, as argparse does, where the words are wrong or only help was wanted.
    """
    whole = parser()
    if not words:
        whole.print_help()
        raise SystemExit(2)
    if not words[0].startswith("-") and Path(words[0]).suffix:
        words = ["run", *words]
    return whole.parse_args(words)


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(
        prog="importer",
        description=DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    whole.add_argument("--version", action="version", version=f"importer {__version__}")
    verbs = whole.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in VERBS:
        add(verbs)
    return whole


def _run(verbs: "Verbs") -> None:
    verb = new_verb(
        verbs, "run", "check every row, send the good ones, write the result workbook",
        "importer run enquiries.xlsx --mapping mappings/home_loans.yaml",
    )  # fmt: skip
    sheet_options(verb)
    add = verb.add_argument
    add("--output", type=Path, metavar="FILE", help="result file, .xlsx or .csv; else SHEET.result.xlsx")
    rate_option(verb)
    waiting_options(verb)
    add("--limit", metavar="N", help="send at most N rows now; the next start continues")
    deadline_options(verb)
    add("--again", action="store_true", help="send rows once more that earlier, finished runs have sent")
    sending_options(verb)
    add("--failed", type=Path, metavar="FILE", help="also write the rows to mend, in the sheet's own layout")
    add("--demo", action="store_true", help="send to a throw-away simulator instead of LeadSquared")
    add("--yes", action="store_true", help="do not ask before sending")
    log_options(verb)
    metrics_option(verb)
    json_option(verb)


def _nightly(verbs: "Verbs") -> None:
    verb = new_verb(
        verbs, "nightly", "import every file of FOLDER/inbox, and put each where it belongs",
        "importer nightly /srv/leads --until 06:00",
    )  # fmt: skip
    add = verb.add_argument
    verb.set_defaults(yes=True)
    add("folder", type=Path, metavar="FOLDER", help="the folder of inbox, done, attention and failed")
    deadline_options(verb)
    rate_option(verb)
    waiting_options(verb)
    sending_options(verb)
    add("--notify-always", action="store_true", help="send the notice also where nothing needs a person")
    log_options(verb)
    metrics_option(verb)
    json_option(verb)


def _check(verbs: "Verbs") -> None:
    verb = new_verb(
        verbs, "check", "find everything that is wrong with a sheet; nothing is sent",
        "importer check enquiries.xlsx --output checked.xlsx",
    )  # fmt: skip
    sheet_options(verb)
    verb.add_argument(
        "--output", type=Path, metavar="FILE", help="also write an annotated copy of the sheet, .xlsx or .csv"
    )
    offline_option(verb)
    json_option(verb)


def _look(verbs: "Verbs") -> None:
    verb = new_verb(
        verbs, "look", "tell what a sheet's columns hold, without a mapping", "importer look enquiries.xlsx"
    )
    sheet_name(verb)
    reading_options(verb)
    verb.set_defaults(visible_only=False)
    json_option(verb)


def _draft(verbs: "Verbs") -> None:
    verb = new_verb(
        verbs, "draft", "write a mapping for a sheet, from its headings and values",
        "importer draft enquiries.xlsx --output mappings/enquiries.yaml",
    )  # fmt: skip
    sheet_name(verb)
    add = verb.add_argument
    add("--output", type=Path, metavar="FILE", help="the new mapping file; else mappings/SHEET.yaml")
    add("--event-code", metavar="N", help="the number of the opportunity type; else to be confirmed")
    offline_option(verb)
    reading_options(verb)
    verb.set_defaults(visible_only=False)


def _template(verbs: "Verbs") -> None:
    verb = new_verb(
        verbs, "template", "write an empty sheet to fill in for a mapping",
        "importer template mappings/home_loans.yaml --output enquiries.xlsx",
    )  # fmt: skip
    verb.add_argument("mapping", type=Path, metavar="MAPPING", help="the mapping file")
    verb.add_argument("--output", type=Path, metavar="FILE", required=True, help="the new sheet, .xlsx")
    offline_option(verb)


def _doctor(verbs: "Verbs") -> None:
    verb = new_verb(
        verbs, "doctor", "see whether keys, host, clock, limit and folders are as a run needs them",
        "importer doctor",
    )  # fmt: skip
    json_option(verb)


def _account(verbs: "Verbs") -> None:
    verb = new_verb(
        verbs, "account", "list the account's opportunity types, or all that one of them has",
        "importer account 12000",
    )  # fmt: skip
    add = verb.add_argument
    add("event_code", type=event_code, nargs="?", metavar="CODE", help="the number of the opportunity type")
    add("--refresh", action="store_true", help="read it afresh, and tell what has changed")
    json_option(verb)


def _keys(verbs: "Verbs") -> None:
    verb = new_verb(
        verbs, "keys", "say where host and keys come from, or keep them in the system's keyring",
        "importer keys set",
    )  # fmt: skip
    actions = ("show", "set", "forget")
    verb.add_argument("action", nargs="?", choices=actions, default="show", help="what to do (default: show)")


def _demo(verbs: "Verbs") -> None:
    new_verb(verbs, "demo", "run a sample sheet against the simulator, without an account", "importer demo")


def _simulate(verbs: "Verbs") -> None:
    verb = new_verb(
        verbs, "simulate", "be a LeadSquared on this machine, for trying things out",
        "importer simulate --port 8765 --rate 25/5",
    )  # fmt: skip
    verb.add_argument("--port", type=int, default=8765, help="the port on 127.0.0.1 (default: 8765)")
    verb.add_argument(
        "--rate", metavar="25/5", default="25/5", help="the limit that it keeps (default: 25/5)"
    )
    verb.add_argument("--faults", type=Path, metavar="FILE", help="a YAML file that says what is to go wrong")
    verb.add_argument(
        "--account",
        type=Path,
        metavar="FILE",
        help="a YAML file that says what the account holds, in place of what --faults says of it",
    )


VERBS = (
    _run,
    _nightly,
    _check,
    _look,
    _draft,
    _template,
    _doctor,
    _keys,
    _account,
    _demo,
    _simulate,
    *PAST,
)

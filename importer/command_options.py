"""What several commands of the command line take alike."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from importer.errors import UsageError

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]  # argparse has no public name for it

NEED_NO_KEYS = ("demo", "simulate")


def new_verb(verbs: "Verbs", name: str, help: str, example: str) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = verbs.add_parser(
        name,
        help=help,
        description=f"{help[0].upper()}{help[1:]}.",
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.set_defaults(
        command=name, json=False, log="plain", log_file=None, log_values=False, quiet=False, yes=False
    )
    if name not in NEED_NO_KEYS:
        verb.add_argument(
            "--env-file", type=Path, metavar="FILE", help="host, keys and the like as lines NAME=VALUE"
        )
    return verb


def sheet_options(verb: argparse.ArgumentParser) -> None:
    sheet_name(verb)
    verb.add_argument(
        "--mapping",
        type=Path,
        metavar="FILE",
        help="the mapping file, or a folder of them; else the one in mappings/ that fits the sheet",
    )
    reading_options(verb, "the mapping's, or ")
    verb.add_argument(
        "--visible-only", action="store_true", help="leave rows out that are hidden in the workbook"
    )


def reading_options(verb: argparse.ArgumentParser, mappings: str = "") -> None:
    add = verb.add_argument
    add("--worksheet", metavar="NAME", help=f"the worksheet; else {mappings}the first with data")
    add("--header-row", metavar="N", help=f"the row of the headings; else {mappings}found by itself")
    add("--encoding", metavar="NAME", help="of a text file, such as cp1252; else found by itself")
    add("--delimiter", metavar="CHAR", help="of a text file: ',' ';' '|' or tab; else found by itself")


def sheet_name(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "sheet",
        type=Path,
        metavar="SHEET",
        help="the spreadsheet: a workbook, a CSV, or a web page with a table",
    )


def json_option(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--json", action="store_true", help="print one JSON object on stdout, and nothing else there"
    )


def metrics_option(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--metrics", type=Path, metavar="FILE", help="also write figures for node_exporter, to a file .prom"
    )


def log_options(verb: argparse.ArgumentParser) -> None:
    """What is told while it works, and where it is written down."""
    add = verb.add_argument
    add("--quiet", action="store_true", help="no messages while it works")
    add(
        "--log",
        choices=("plain", "json"),
        default="plain",
        help="json: messages as events, one JSON object a line, and no questions (default: plain)",
    )
    add("--log-file", type=Path, metavar="FILE", help="also write them to this file, also with --quiet")
    add("--log-values", action="store_true", help="let a log quote cells and LeadSquared's messages")


def offline_option(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--offline", action="store_true", help="do not compare the mapping with the account in LeadSquared"
    )


def rate_option(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--rate", metavar="25/5", help="calls and seconds of the account's limit; else LSQ_RATE, else 25/5"
    )


def sending_options(verb: argparse.ArgumentParser) -> None:
    add = verb.add_argument
    add(
        "--unless-open", action="store_true", help="skip rows whose lead has an open opportunity of this type"
    )
    add(
        "--max-errors",
        metavar="N",
        help="stop at more Invalid, Rejected and Unknown rows than N, or N%% of the rows",
    )
    add("--stop-if-invalid", action="store_true", help="send nothing while any row is invalid")
    add("--verify", action="store_true", help="at the end, read all created opportunities back")
    offline_option(verb)
    add("--details", action="store_true", help="add LeadSquared's technical answers as further columns")


def deadline_options(verb: argparse.ArgumentParser) -> None:
    add = verb.add_argument
    add("--until", metavar="HH:MM", help="send nothing more from this time on; the same command continues")
    add(
        "--max-minutes",
        metavar="N",
        help="send nothing more after so many minutes; the same command continues",
    )


def waiting_options(
    verb: argparse.ArgumentParser,
    patience: str = "how long LeadSquared is asked for a row before it counts as not there (default: 90)",
) -> None:
    verb.add_argument(
        "--patience",
        metavar="SECONDS",
        default="90",
        help=patience,
    )
    verb.add_argument(
        "--give-up-after",
        metavar="SECONDS",
        default="900",
        help="end the run when LeadSquared has not answered for so long (default: 900)",
    )


def event_code(text: str) -> int:
    """The number of an opportunity type. Raises argparse.ArgumentTypeError for what is none."""
    if not text.isascii() or not text.isdecimal():
        raise argparse.ArgumentTypeError(
            f"{text!r} is not the number of an opportunity type (importer account lists all with their names)"
        )
    return int(text)


def seconds_of(text: str, option: str) -> float:
    """What `waiting_options` takes. Raises UsageError."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 86_400:
        raise UsageError(f"{option}: {text!r} is not a number of seconds such as 90.")
    return seconds

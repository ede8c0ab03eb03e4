"""What several commands of the command line take alike."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]  # argparse has no public name for it


def new_verb(verbs: "Verbs", name: str, help: str, example: str) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = verbs.add_parser(
        name,
        help=help,
        description=f"{help[0].upper()}{help[1:]}.",
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.set_defaults(command=name, json=False)
    return verb


def sheet_options(verb: argparse.ArgumentParser) -> None:
    sheet_name(verb)
    verb.add_argument(
        "--mapping",
        type=Path,
        metavar="FILE",
        help="the mapping file; else the one in mappings/ that fits the sheet",
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


def offline_option(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--offline", action="store_true", help="do not compare the mapping with the account in LeadSquared"
    )


def rate_option(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--rate", metavar="25/5", help="calls and seconds of the account's limit; else LSQ_RATE, else 25/5"
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

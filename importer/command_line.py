"""The words of the command line: every command and option, with its help."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from importer import __version__

if TYPE_CHECKING:
    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]  # argparse has no public name for it

DESCRIPTION = """\
Imports a spreadsheet into LeadSquared as opportunities: checks every row, sends the good ones,
and writes a result workbook that says what became of each.
"""

EXIT_CODES = """\
exit codes:
  0   all rows Created, Duplicate or Skipped
  1   finished; some rows Invalid, Rejected or Unknown
  2   command, mapping or sheet unusable; nothing was sent
  3   stopped by a rule; the same command continues
  4   interrupted; the same command continues
  5   keys refused or LeadSquared unreachable; the same command continues
  6   this sheet is being imported by another run
  7   journal or disk cannot be written; the same command continues
  70  a bug in the importer
"""


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
    for add in (_run, _check, _look, _draft, _reconcile, _demo, _simulate, _history, _results):
        add(verbs)
    return whole


def _verb(verbs: "Verbs", name: str, help: str, example: str) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = verbs.add_parser(
        name,
        help=help,
        description=f"{help[0].upper()}{help[1:]}.",
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.set_defaults(command=name, json=False)
    return verb


def _sheet(verb: argparse.ArgumentParser) -> None:
    _name(verb)
    verb.add_argument(
        "--mapping",
        type=Path,
        metavar="FILE",
        help="the mapping file; else the one in mappings/ that fits the sheet",
    )
    _reading(verb, "the mapping's, or ")
    verb.add_argument(
        "--visible-only", action="store_true", help="leave rows out that are hidden in the workbook"
    )


def _reading(verb: argparse.ArgumentParser, mappings: str = "") -> None:
    add = verb.add_argument
    add("--worksheet", metavar="NAME", help=f"the worksheet; else {mappings}the first with data")
    add("--header-row", metavar="N", help=f"the row of the headings; else {mappings}found by itself")
    add("--encoding", metavar="NAME", help="of a text file, such as cp1252; else found by itself")
    add("--delimiter", metavar="CHAR", help="of a text file: ',' ';' '|' or tab; else found by itself")


def _name(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "sheet",
        type=Path,
        metavar="SHEET",
        help="the spreadsheet: a workbook, a CSV, or a web page with a table",
    )


def _json(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--json", action="store_true", help="print one JSON object on stdout, and nothing else there"
    )


def _rate(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--rate", metavar="25/5", help="calls and seconds of the account's limit; else LSQ_RATE, else 25/5"
    )


def _waiting(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--patience",
        metavar="SECONDS",
        default="90",
        help="how long LeadSquared is asked for a row before it counts as not there (default: 90)",
    )
    verb.add_argument(
        "--give-up-after",
        metavar="SECONDS",
        default="900",
        help="end the run when LeadSquared has not answered for so long (default: 900)",
    )


def _run(verbs: "Verbs") -> None:
    verb = _verb(
        verbs, "run", "check every row, send the good ones, write the result workbook",
        "importer run enquiries.xlsx --mapping mappings/home_loans.yaml",
    )  # fmt: skip
    _sheet(verb)
    add = verb.add_argument
    add("--output", type=Path, metavar="FILE", help="result file, .xlsx or .csv; else SHEET.result.xlsx")
    _rate(verb)
    _waiting(verb)
    add("--limit", metavar="N", help="send at most N rows now; the next start continues")
    add("--again", action="store_true", help="send rows once more that earlier, finished runs have sent")
    add(
        "--max-errors",
        metavar="N",
        help="stop at more Invalid, Rejected and Unknown rows than N, or N%% of the rows",
    )
    add("--stop-if-invalid", action="store_true", help="send nothing while any row is invalid")
    add("--failed", type=Path, metavar="FILE", help="also write the rows to mend, in the sheet's own layout")
    add("--verify", action="store_true", help="at the end, read all created opportunities back")
    add("--details", action="store_true", help="add LeadSquared's technical answers as further columns")
    add("--demo", action="store_true", help="send to a throw-away simulator instead of LeadSquared")
    add("--yes", action="store_true", help="do not ask before sending")
    add("--quiet", action="store_true", help="no messages while it works")
    _json(verb)


def _check(verbs: "Verbs") -> None:
    verb = _verb(
        verbs, "check", "find everything that is wrong with a sheet; nothing is sent",
        "importer check enquiries.xlsx --output checked.xlsx",
    )  # fmt: skip
    _sheet(verb)
    verb.add_argument(
        "--output", type=Path, metavar="FILE", help="also write an annotated copy of the sheet, .xlsx or .csv"
    )
    _json(verb)


def _look(verbs: "Verbs") -> None:
    verb = _verb(
        verbs, "look", "tell what a sheet's columns hold, without a mapping", "importer look enquiries.xlsx"
    )
    _name(verb)
    _reading(verb)
    verb.set_defaults(visible_only=False)
    _json(verb)


def _draft(verbs: "Verbs") -> None:
    verb = _verb(
        verbs, "draft", "write a mapping for a sheet, from its headings and values",
        "importer draft enquiries.xlsx --output mappings/enquiries.yaml",
    )  # fmt: skip
    _name(verb)
    add = verb.add_argument
    add("--output", type=Path, metavar="FILE", help="the new mapping file; else mappings/SHEET.yaml")
    add("--event-code", metavar="N", help="the number of the opportunity type; else to be confirmed")
    _reading(verb)
    verb.set_defaults(visible_only=False)


def _demo(verbs: "Verbs") -> None:
    _verb(verbs, "demo", "run a sample sheet against the simulator, without an account", "importer demo")


def _simulate(verbs: "Verbs") -> None:
    verb = _verb(
        verbs, "simulate", "be a LeadSquared on this machine, for trying things out",
        "importer simulate --port 8765 --rate 25/5",
    )  # fmt: skip
    verb.add_argument("--port", type=int, default=8765, help="the port on 127.0.0.1 (default: 8765)")
    verb.add_argument(
        "--rate", metavar="25/5", default="25/5", help="the limit that it keeps (default: 25/5)"
    )
    verb.add_argument("--faults", type=Path, metavar="FILE", help="a YAML file that says what is to go wrong")


def _history(verbs: "Verbs") -> None:
    verb = _verb(
        verbs, "history", "list the runs of the past, or tell all of one run or row",
        "importer history 12 --row 17",
    )  # fmt: skip
    verb.add_argument("run", type=int, nargs="?", metavar="RUN", help="tell all of this run")
    verb.add_argument("--row", type=int, metavar="N", help="and of this row, with LeadSquared's exact answer")
    _json(verb)


def _reconcile(verbs: "Verbs") -> None:
    verb = _verb(
        verbs, "reconcile", "ask LeadSquared for the rows of which nobody knows how they ended",
        "importer reconcile 3",
    )  # fmt: skip
    verb.add_argument("run", type=int, nargs="?", metavar="RUN", help="one run; else all of this account")
    _waiting(verb)
    _rate(verb)
    verb.add_argument("--quiet", action="store_true", help="no messages while it works")
    _json(verb)


def _results(verbs: "Verbs") -> None:
    verb = _verb(
        verbs,
        "results",
        "make the result workbook of a run again",
        "importer results 3 --output results.xlsx",
    )
    verb.add_argument("run", type=int, metavar="RUN", help="the run's number, as importer history shows it")
    verb.add_argument("--output", type=Path, metavar="FILE", help="result file, .xlsx or .csv")

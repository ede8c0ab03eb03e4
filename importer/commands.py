"""What each command line does that may send: options in, one verb called, its report printed."""

import json
import os
from argparse import Namespace
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from importer.console import Console
from importer.errors import UsageError
from importer.reading import reading_of
from importer.streams import out

# Each command imports its verb itself, so that `importer --help` is there at once.
if TYPE_CHECKING:
    from importer.account_schema import AccountSchema
    from importer.order import Order
    from importer.settings import Settings


def run(options: Namespace) -> int:
    from importer.json_report import print_json
    from importer.order import Order
    from importer.reports import tell_run
    from importer.rules import MaxErrors, Rules, read_max_errors
    from importer.run import run as import_sheet
    from importer.settings import read_rate

    order = Order(
        sheet=options.sheet,
        mapping=options.mapping,
        output=options.output,
        reading=reading_of(options),
        rate=read_rate(options.rate, "--rate") if options.rate else None,
        again=options.again,
        unless_open=options.unless_open,
        stop_if_invalid=options.stop_if_invalid,
        failed=options.failed,
        details=options.details,
        patience=_seconds(options.patience, "--patience"),
        give_up_after=_seconds(options.give_up_after, "--give-up-after"),
        verify=options.verify,
        demo=options.demo,
        offline=options.offline,
        kept=_kept() if options.demo else None,
    )
    max_errors = read_max_errors(options.max_errors) if options.max_errors else MaxErrors()
    rules = Rules(max_errors, _limit(options.limit))
    console = Console(options.quiet, assume_yes=options.yes)
    with _settings(options.demo, order) as settings:
        report = import_sheet(order, settings, rules, console)
    if options.json:
        print_json(report.run, report, {"outcomes": report.outcomes}, report.stopped)
    else:
        tell_run(report, options)
    return report.exit_code


def _kept() -> "AccountSchema | None":
    """What is known of the account whose keys are set; nobody is asked."""
    from importer.comparing import kept_of
    from importer.settings import are_set, read_settings

    return kept_of(read_settings(os.environ)) if are_set(os.environ) else None


def _limit(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(f"--limit: {text!r} is not a number of rows such as 100.")
    return int(text)


def _seconds(text: str, option: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 86_400:
        raise UsageError(f"{option}: {text!r} is not a number of seconds such as 90.")
    return seconds


def _settings(demo: bool, order: "Order") -> "AbstractContextManager[Settings]":
    from importer.demo import practice_for
    from importer.settings import read_settings

    return practice_for(order) if demo else nullcontext(read_settings(os.environ))


def demo(options: Namespace) -> int:
    from importer.demo import demo as show
    from importer.demo import in_words

    report = show(Path.cwd(), Console(assume_yes=True))
    out(in_words(report))
    return report.exit_code if report.stopped else 0


def simulate(options: Namespace) -> int:
    from importer.simulating import simulate as be_leadsquared

    return be_leadsquared(options)


def history(options: Namespace) -> int:
    from importer.history import history as past
    from importer.history import one_row, one_run
    from importer.history_words import past_as_json, past_in_full, past_in_words, row_as_json, row_in_words
    from importer.settings import read_state

    state = read_state(os.environ)
    if options.row is not None:
        if options.run is None:
            raise UsageError("--row: say of which run, such as importer history 12 --row 17.")
        row = one_row(state, options.run, options.row)
        out(json.dumps(row_as_json(row), indent=2) if options.json else row_in_words(row))
        return 0
    if options.run is not None:
        run = one_run(state, options.run)
        out(json.dumps(past_as_json(run), indent=2) if options.json else past_in_full(run))
        return 0
    runs = past(state)
    if options.json:
        out(json.dumps([past_as_json(run) for run in runs], indent=2))
    elif not runs:
        out("No runs yet.")
    else:
        for run in runs:
            out(past_in_words(run))
    return 0


def reconcile(options: Namespace) -> int:
    from importer.reconcile import Reconciling
    from importer.reconcile import reconcile as ask_for_rows
    from importer.reports import reconcile_as_json, tell_reconcile
    from importer.settings import read_rate, read_settings

    asked = Reconciling(
        options.run,
        patience=_seconds(options.patience, "--patience"),
        give_up_after=_seconds(options.give_up_after, "--give-up-after"),
        rate=read_rate(options.rate, "--rate") if options.rate else None,
    )
    report = ask_for_rows(asked, read_settings(os.environ), Console(options.quiet))
    if options.json:
        out(json.dumps(reconcile_as_json(report)))
    else:
        tell_reconcile(report)
    return report.exit_code


def results(options: Namespace) -> int:
    from importer.history import rebuild
    from importer.settings import read_state

    out(f"Result workbook: {rebuild(read_state(os.environ), options.run, options.output)}")
    return 0


def undo(options: Namespace) -> int:
    from importer.reports import tell_undo, undo_as_json
    from importer.settings import read_rate, read_settings
    from importer.undo import Undo
    from importer.undo import undo as delete_again

    asked = Undo(
        options.run,
        output=options.output,
        patience=_seconds(options.patience, "--patience"),
        give_up_after=_seconds(options.give_up_after, "--give-up-after"),
        rate=read_rate(options.rate, "--rate") if options.rate else None,
    )
    report = delete_again(asked, read_settings(os.environ), Console(options.quiet, assume_yes=options.yes))
    if options.json:
        out(json.dumps(undo_as_json(report)))
    else:
        tell_undo(report)
    return report.exit_code

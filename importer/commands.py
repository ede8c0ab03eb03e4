"""What the command lines do about runs of the past, and beside them: options in, one verb called."""

import json
from argparse import Namespace
from pathlib import Path

from importer.command_options import seconds_of
from importer.console import Console
from importer.errors import UsageError
from importer.streams import out

# Each command imports its verb itself, so that `importer --help` is there at once.


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

    state = read_state(options.environment)
    if options.find is not None:
        return _find(options, state)
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


def _find(options: Namespace, state: Path) -> int:
    from importer.find import find
    from importer.history_words import found_as_json, found_in_words

    if options.row is not None:
        raise UsageError("--find and --row: one of the two, since a row that is named need not be found.")
    found = find(state, options.find, options.run)
    out(json.dumps(found_as_json(found), indent=2) if options.json else found_in_words(found))
    return 0


def reconcile(options: Namespace) -> int:
    from importer.reconcile import Reconciling
    from importer.reconcile import reconcile as ask_for_rows
    from importer.reports import reconcile_as_json, tell_reconcile
    from importer.settings import read_rate, read_settings

    asked = Reconciling(
        options.run,
        patience=seconds_of(options.patience, "--patience"),
        give_up_after=seconds_of(options.give_up_after, "--give-up-after"),
        rate=read_rate(options.rate, "--rate") if options.rate else None,
    )
    report = ask_for_rows(asked, read_settings(options.environment), options.tell)
    if options.json:
        out(json.dumps(reconcile_as_json(report)))
    else:
        tell_reconcile(report, options)
    return report.exit_code


def results(options: Namespace) -> int:
    from importer.history import rebuild
    from importer.settings import read_state

    result = rebuild(read_state(options.environment), options.run, options.output, Console())
    out(f"Result workbook: {result}")
    return 0


def purge(options: Namespace) -> int:
    from importer.purge import purge as remove
    from importer.reports import purge_as_json, tell_purge
    from importer.settings import read_state

    report = remove(options.older_than, read_state(options.environment), options.tell)
    if options.json:
        out(json.dumps(purge_as_json(report)))
    else:
        tell_purge(report)
    return report.exit_code


def undo(options: Namespace) -> int:
    from importer.reports import tell_undo, undo_as_json
    from importer.settings import read_rate, read_settings
    from importer.undo import Undo
    from importer.undo import undo as delete_again

    asked = Undo(
        options.run,
        output=options.output,
        patience=seconds_of(options.patience, "--patience"),
        give_up_after=seconds_of(options.give_up_after, "--give-up-after"),
        rate=read_rate(options.rate, "--rate") if options.rate else None,
    )
    report = delete_again(asked, read_settings(options.environment), options.tell)
    if options.json:
        out(json.dumps(undo_as_json(report)))
    else:
        tell_undo(report, options)
    return report.exit_code

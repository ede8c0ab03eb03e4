"""What each command line does: options in, one verb called, its report printed."""

import json
import os
from argparse import Namespace
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from importer.console import Console
from importer.errors import UsageError
from importer.streams import out

# Each command imports its verb itself, so that `importer --help` is there at once.
if TYPE_CHECKING:
    from importer.order import Order
    from importer.reading import Reading
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
        reading=_reading(options),
        rate=read_rate(options.rate, "--rate") if options.rate else None,
        again=options.again,
        stop_if_invalid=options.stop_if_invalid,
        failed=options.failed,
        details=options.details,
        patience=_seconds(options.patience, "--patience"),
        give_up_after=_seconds(options.give_up_after, "--give-up-after"),
        verify=options.verify,
        demo=options.demo,
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


def _reading(options: Namespace) -> "Reading":
    from importer.reading import Reading, read_delimiter, read_encoding, read_header_row

    return Reading(
        options.worksheet,
        read_encoding(options.encoding) if options.encoding else None,
        read_delimiter(options.delimiter) if options.delimiter else None,
        read_header_row(options.header_row) if options.header_row else None,
        options.visible_only,
    )


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


def check(options: Namespace) -> int:
    from importer.check import check as check_sheet
    from importer.check_words import check_as_json, tell_check
    from importer.json_report import print_json

    report = check_sheet(options.sheet, options.mapping, _reading(options), options.output, Console())
    if options.json:
        print_json(None, report, check_as_json(report), None)
    else:
        tell_check(report)
    return report.exit_code


def look(options: Namespace) -> int:
    from importer.look import look as look_at
    from importer.look_words import as_json, in_words

    report = look_at(options.sheet, _reading(options))
    out(json.dumps(as_json(report)) if options.json else in_words(report))
    return 0


def draft(options: Namespace) -> int:
    from importer.draft import draft as draft_mapping
    from importer.draft import in_words, read_event_code

    event_code = read_event_code(options.event_code) if options.event_code else None
    report = draft_mapping(options.sheet, _reading(options), options.output, event_code)
    out(in_words(report))
    return 0


def demo(options: Namespace) -> int:
    from importer.demo import demo as show
    from importer.demo import in_words

    report = show(Path.cwd(), Console(assume_yes=True))
    out(in_words(report))
    return report.exit_code if report.stopped else 0


def simulate(options: Namespace) -> int:
    import secrets

    from importer.settings import read_rate
    from importer.simulator import FaultsFile, Simulator, read_faults

    try:
        faults = read_faults(options.faults) if options.faults else FaultsFile()
    except (OSError, ValueError) as fault:
        raise UsageError(f"--faults {options.faults}: {fault}") from fault
    rate = read_rate(options.rate, "--rate")
    simulator = Simulator(
        (rate.calls, rate.seconds), account=faults.account, faults=faults.faults, latency=faults.latency,
        seed=secrets.randbits(32),
    )  # fmt: skip
    try:
        simulator.serve_forever(options.port, _announce)
    except OSError as error:
        raise UsageError(
            f"--port {options.port} cannot be used ({error.strerror}): try another one."
        ) from error
    out(f"\n{len(simulator.opportunities)} opportunities were stored; they are gone now.")
    return 0


def _announce(url: str) -> None:
    set_in = "$env:{}='{}'" if os.name == "nt" else "export {}='{}'"
    out(f"A simulated LeadSquared answers at {url} until Ctrl-C. In another window:")
    for name, value in (("LSQ_API_HOST", url), ("LSQ_ACCESS_KEY", "any"), ("LSQ_SECRET_KEY", "any")):
        out(f"  {set_in.format(name, value)}")


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

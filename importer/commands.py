"""What each command line does: options in, one verb called, its report printed."""

import json
import os
import shlex
import subprocess
import sys
from argparse import Namespace
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from importer.console import Console, out
from importer.errors import ImportStopped, UsageError
from importer.records import Ended

# Each command imports its verb itself, so that `importer --help` is there at once.
if TYPE_CHECKING:
    from importer.check import CheckReport
    from importer.history import PastRun
    from importer.order import Order, RunReport
    from importer.runs import Run
    from importer.settings import Settings


def run(options: Namespace) -> int:
    from importer.order import Order
    from importer.rules import MaxErrors, Rules, read_max_errors
    from importer.run import run as import_sheet
    from importer.settings import read_rate

    order = Order(
        sheet=options.sheet,
        mapping=options.mapping,
        output=options.output,
        worksheet=options.worksheet,
        rate=read_rate(options.rate, "--rate") if options.rate else None,
        again=options.again,
        stop_if_invalid=options.stop_if_invalid,
        failed=options.failed,
        details=options.details,
        result_name="demo-result" if options.demo else "result",
    )
    max_errors = read_max_errors(options.max_errors) if options.max_errors else MaxErrors()
    rules = Rules(max_errors, _limit(options.limit))
    console = Console(options.quiet, assume_yes=options.yes)
    with _settings(options.demo, order) as settings:
        report = import_sheet(order, settings, rules, console)
    if options.json:
        _print_json(report.run, report, {"outcomes": report.outcomes}, report.stopped)
    else:
        _tell_run(report, options)
    return report.exit_code


def _limit(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(f"--limit: {text!r} is not a number of rows such as 100.")
    return int(text)


def _settings(demo: bool, order: "Order") -> "AbstractContextManager[Settings]":
    from importer.demo import practice_for
    from importer.settings import read_settings

    return practice_for(order) if demo else nullcontext(read_settings(os.environ))


def check(options: Namespace) -> int:
    from importer.check import check as check_sheet

    console = Console(problems_to=sys.stderr if options.json else sys.stdout)
    report = check_sheet(options.sheet, options.mapping, options.worksheet, options.output, console)
    if options.json:
        _print_json(None, report, {"problems": report.problems}, None)
    else:
        _tell_check(report)
    return report.exit_code


def demo(options: Namespace) -> int:
    from importer.demo import demo as show
    from importer.demo import in_words

    report = show(Path.cwd(), Console(assume_yes=True))
    out(in_words(report))
    return report.exit_code if report.stopped else 0


def simulate(options: Namespace) -> int:
    from importer.settings import read_rate
    from importer.simulator import FaultsFile, Simulator, read_faults

    try:
        faults = read_faults(options.faults) if options.faults else FaultsFile()
    except (OSError, ValueError) as fault:
        raise UsageError(f"--faults {options.faults}: {fault}") from fault
    rate = read_rate(options.rate, "--rate")
    simulator = Simulator(
        (rate.calls, rate.seconds), account=faults.account, faults=faults.faults, latency=faults.latency
    )
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
    from importer.settings import read_state

    runs = past(read_state(os.environ))
    if options.json:
        out(json.dumps([_past_as_json(run) for run in runs], indent=2))
    elif not runs:
        out("No runs yet.")
    else:
        for run in runs:
            out(_past_in_words(run))
    return 0


def _past_as_json(past: "PastRun") -> dict[str, Any]:
    run = past.run
    return {
        "run": run.number,
        "started": run.started,
        "ended": run.ended or None,
        "organisation": run.organisation,
        "host": run.host,
        "sheet": run.sheet,
        "mapping": run.mapping,
        "rows": run.rows,
        "outcomes": past.outcomes,
        "result": run.result or None,
        "finished": run.finished,
        "exit_code": run.exit_code,
        "stopped": run.stopped or None,
    }


def _past_in_words(past: "PastRun") -> str:
    run = past.run
    state = "finished" if run.finished else f"not finished ({run.stopped or _why_unfinished(run)})"
    name = Path(run.sheet).name
    return (
        f"{run.number:>4}  {run.started} UTC  {name}: {run.rows:,} rows, {_counted(past.outcomes)}; {state}"
    )


def _why_unfinished(run: "Run") -> str:
    return "rows left to send" if run.ended else "running now, or ended from outside"


def results(options: Namespace) -> int:
    from importer.history import rebuild
    from importer.settings import read_state

    out(f"Result workbook: {rebuild(read_state(os.environ), options.run, options.output)}")
    return 0


def _print_json(
    run: int | None, report: "RunReport | CheckReport", counts: dict[str, Any], stopped: str | None
) -> None:
    said = {
        "run": run,
        "sheet": str(report.sheet),
        "mapping": str(report.mapping),
        "rows": report.rows,
        **counts,
        "result": str(report.result) if report.result else None,
        "seconds": round(report.seconds, 3),
        "exit_code": report.exit_code,
        "stopped": stopped,
    }
    out(json.dumps(said))


def stopped(options: Namespace, stop: ImportStopped) -> int:
    """A run or check that ended before it had a report of its own."""
    out(str(stop), stream=sys.stderr)
    if options.json and "sheet" in options:
        said: dict[str, Any] = {
            "run": None,
            "sheet": str(options.sheet),
            "mapping": str(options.mapping) if options.mapping else None,
            "rows": 0,
            "problems" if options.command is check else "outcomes": {},
            "result": None,
            "seconds": 0.0,
            "exit_code": stop.exit_code,
            "stopped": str(stop),
        }
        out(json.dumps(said))
    return stop.exit_code


def _counted(counts: "Mapping[Any, int]") -> str:
    return ", ".join(f"{word} {count:,}" for word, count in counts.items() if count) or "nothing"


def _tell_run(report: "RunReport", options: Namespace) -> None:
    out(f"Run {report.run}: {report.rows:,} rows: {_counted(report.outcomes)}.")
    if report.partial_successes:
        out(f"{report.partial_successes:,} of them are PartialSuccess: their Advice says what to look at.")
    if report.failed:
        out(f"Rows to mend: {report.failed}")
    if report.result:
        out(f"Result workbook: {report.result}")
    if report.stopped:
        out(report.stopped, stream=sys.stderr)
    if report.outcomes[Ended.NOT_SENT] and not options.demo:
        out(f"To continue: {_same_command()}")


def _same_command() -> str:
    words = ["importer", *sys.argv[1:]]
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def _tell_check(report: "CheckReport") -> None:
    good = report.rows - report.invalid - report.repeated
    out(
        f"{report.rows:,} rows: {good:,} good, {report.invalid:,} invalid, "
        f"{report.repeated:,} the same as a row above. Nothing was sent."
    )
    if report.problems:
        out(f"Problems by cause: {_counted(report.problems)}.")
    if report.result:
        out(f"Annotated workbook: {report.result}")

"""How the report of each verb reads, in words and as JSON."""

import json
import sys
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from importer.check import CheckReport
from importer.console import out
from importer.history import PastRun
from importer.order import RunReport
from importer.problem_words import problems_as_json, problems_in_words, unknown_in_words
from importer.reconcile import ReconcileReport
from importer.records import Ended
from importer.runs import Run
from importer.spelling import as_typed, counted


def print_json(
    run: int | None, report: RunReport | CheckReport, counts: dict[str, Any], stopped: str | None
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


def past_as_json(past: PastRun) -> dict[str, Any]:
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


def past_in_words(past: PastRun) -> str:
    run = past.run
    state = "finished" if run.finished else f"not finished ({run.stopped or _why_unfinished(run)})"
    name = Path(run.sheet).name
    return (
        f"{run.number:>4}  {run.started} UTC  {name}: {run.rows:,} rows, {_counted(past.outcomes)}; {state}"
    )


def _why_unfinished(run: Run) -> str:
    return "rows left to send" if run.ended else "running now, or ended from outside"


def _counted(counts: Mapping[Any, int]) -> str:
    return ", ".join(f"{word} {count:,}" for word, count in counts.items() if count) or "nothing"


def tell_run(report: RunReport, options: Namespace) -> None:
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
    return as_typed(["importer", *sys.argv[1:]])


def check_as_json(report: CheckReport) -> dict[str, Any]:
    """What it has in place of a run's outcomes."""
    found = problems_as_json(report.causes, report.unknown)
    return {"problems": report.problems, **found, "unused_columns": report.unused}


def tell_check(report: CheckReport) -> None:
    for line in problems_in_words(report.causes, report.worksheet):
        out(line)
    for unknown in report.unknown:
        out(unknown_in_words(unknown, report.mapping))
    good = report.rows - report.invalid - report.repeated - report.left_out
    hidden = f", {report.left_out:,} hidden and left out" if report.left_out else ""
    out(
        f"{report.rows:,} rows: {good:,} good, {report.invalid:,} invalid, "
        f"{report.repeated:,} the same as a row above{hidden}. Nothing was sent."
    )
    if report.result:
        out(f"Annotated workbook: {report.result}")


def tell_reconcile(report: ReconcileReport) -> None:
    asked = sum(report.outcomes.values())
    if not asked:
        out("No row is Unknown.")
        return
    out(f"Asked for {counted(asked, 'row')}: {_counted(report.outcomes)}.")
    for result in report.results:
        out(f"Result workbook: {result}")
    if report.outcomes[Ended.NOT_SENT]:
        out("NotSent: LeadSquared does not have these. To send them, run again:")
        for sheet in report.to_run:
            out(f"  {sheet}")
    if report.stopped:
        out(str(report.stopped), stream=sys.stderr)


def reconcile_as_json(report: ReconcileReport) -> dict[str, Any]:
    return {
        "runs": report.runs,
        "rows": sum(report.outcomes.values()),
        "outcomes": report.outcomes,
        "results": [str(path) for path in report.results],
        "seconds": round(report.seconds, 3),
        "exit_code": report.exit_code,
        "stopped": str(report.stopped) if report.stopped else None,
    }

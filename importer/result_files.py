"""The files that a run leaves: its result workbook, and the rows to mend."""

from dataclasses import dataclass
from pathlib import Path

from importer.entries import Entries
from importer.errors import ResultError, SheetError
from importer.history import past_run, write_result_of
from importer.journal import Journal
from importer.order import Order
from importer.original import original_of
from importer.plan import Plan
from importer.records import Ended
from importer.results import write_failed
from importer.runs import Run
from importer.targets import default_target, free_target
from importer.tell import Tell


@dataclass(frozen=True, slots=True)
class ResultFiles:
    """The paths that they were written to; `fault` is why one could not be written."""

    result: Path | None = None
    failed: Path | None = None
    fault: ResultError | None = None


def write_files(order: Order, plan: Plan, run: Run, journal: Journal, tell: Tell) -> ResultFiles:
    """What the operator asked for of an ended run, in place of what an earlier start of it wrote."""

    def tell_progress(rows: int) -> None:
        tell.say(f"Writing the result workbook: {rows:,} of {run.rows:,} rows.")

    result = failed = None
    try:
        original = original_of(plan.sheet, run.header_row, plan.mapping.worksheet or "")
        target = order.output or default_target(order.sheet, order.result_name)
        result = write_result_of(run, original, journal, target, tell_progress)
        outcomes = past_run(journal, run).outcomes
        if order.failed and (outcomes[Ended.INVALID] or outcomes[Ended.REJECTED]):
            failed = write_failed(
                original, Entries(journal, run.number).outcomes(), free_target(order.failed)
            )
    except (ResultError, SheetError) as fault:
        later = f"To write the result workbook later: importer results {run.number}"
        return ResultFiles(result, None, ResultError(f"{fault}\n{later}"))
    return ResultFiles(result, failed)

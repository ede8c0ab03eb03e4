"""How the runs of the past, and their rows, read in words and as JSON."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from importer.cell_text import visible
from importer.history import PastRow, PastRun, facts, undone_facts
from importer.records import RESULT_HEADINGS
from importer.results import told
from importer.runs import Run


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
        "undone": past.undone[0],
        "undone_at": past.undone[1] or None,
        "result": run.result or None,
        "finished": run.finished,
        "exit_code": run.exit_code,
        "stopped": run.stopped or None,
    }


def past_in_words(past: PastRun) -> str:
    run = past.run
    state = "finished" if run.finished else f"not finished ({run.stopped or _why_unfinished(run)})"
    name = Path(run.sheet).name
    counts = outcomes_in_words(past.outcomes)
    if past.undone[0]:
        counts += f" ({past.undone[0]:,} undone)"
    return f"{run.number:>4}  {run.started} UTC  {name}: {run.rows:,} rows, {counts}; {state}"


def _why_unfinished(run: Run) -> str:
    return "rows left to send" if run.ended else "running now, or ended from outside"


def past_in_full(past: PastRun) -> str:
    """Everything that is known of one run."""
    rows = (("Rows", f"{past.run.rows:,}: {outcomes_in_words(past.outcomes)}"), ("Result", past.run.result))
    return "\n".join(_listed((*facts(past.run), *rows, *undone_facts(past))))


def row_in_words(past: PastRow) -> str:
    """How the row ended, and LeadSquared's answer as it came; signs that nobody sees are spelt out."""
    outcome = past.outcome
    title = f"Row {past.row} of run {past.run.number}, {past.run.sheet}"
    if outcome is None:
        return f"{title}\nNothing is known of this row: it was not sent, or the sheet has no such row."
    further = (("Reference", past.reference), ("Times sent", str(past.sends or "")))
    lines = [title, *_listed((*zip(RESULT_HEADINGS, told(outcome), strict=True), *further))]
    if outcome.reply:
        lines += ["LeadSquared's answer, as it came:", *map(visible, outcome.reply.splitlines())]
    return "\n".join(lines)


def row_as_json(past: PastRow) -> dict[str, Any]:
    outcome = past.outcome
    known = dict(zip(RESULT_HEADINGS, told(outcome), strict=True)) if outcome else None
    return {
        "run": past.run.number,
        "row": past.row,
        "outcome": known,
        "reference": past.reference or None,
        "sends": past.sends,
        "reply": outcome.reply if outcome and outcome.reply else None,
    }


def _listed(facts: Iterable[tuple[str, str]]) -> Iterator[str]:
    known = [(name, value) for name, value in facts if value]
    width = max(len(name) for name, _ in known)
    for name, value in known:
        yield f"  {name.ljust(width)}  {visible(value)}"


def outcomes_in_words(counts: Mapping[Any, int]) -> str:
    return ", ".join(f"{word} {count:,}" for word, count in counts.items() if count) or "nothing"

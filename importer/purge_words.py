"""How a purge reads: what it is about to remove, and why traces may be left."""

from collections.abc import Iterable, Iterator, Sequence

from importer.purged import TRACES, KeptRows
from importer.runs import Run
from importer.spelling import counted

SHOWN = 10


def numbered(runs: Sequence[int]) -> str:
    """`run 3`, `runs 3, 4 and 12`; the first of many."""
    *first, last = map(str, runs)
    if len(runs) > SHOWN:
        first, last = first[:SHOWN], f"{len(runs) - SHOWN:,} more"
    return f"runs {', '.join(first)} and {last}" if first else f"run {last}"


def intention(full: Sequence[Run], rows: int, before: str) -> Iterator[str]:
    """What is about to be done, sentence by sentence."""
    yield (
        f"From the journal is removed, of {counted(rows, 'row')} in {counted(len(full), 'run')} that ended "
        f"before {before} UTC ({numbered([run.number for run in full])}): what LeadSquared answered, "
        "messages that quote cells, and the examples for the worksheet Summary. This cannot be taken back."
    )
    yield (
        "Outcomes, ids, times and keyed hashes stay, so that no row is sent twice. Sheets and result "
        "workbooks are not touched: delete those yourself where they are no longer needed."
    )
    if unfinished := [run.number for run in full if not run.finished]:
        are = "is" if len(unfinished) == 1 else "are"
        yield f"Not finished {are} {numbered(unfinished)}: the same command as then still continues it."


def kept_lines(kept: Iterable[KeptRows]) -> Iterator[str]:
    """The rows that keep what finds their lead, and what settles them."""
    for each in kept:
        if each.unknown:
            rows = counted(each.unknown, "row")
            yield f"  {rows} of run {each.run}; to settle them: importer reconcile {each.run}"
        if each.absent:
            rows, them = counted(each.absent, "row"), "it" if each.absent == 1 else "them"
            yield (
                f"  {rows} of run {each.run} that LeadSquared does not have; "
                f"to send {them}, run again: {each.sheet}"
            )


def left_out(busy: Sequence[int]) -> str:
    """Why these runs stay as they are."""
    return f"Left out, since somebody is {_at_work(busy)}: run the same command again later."


def not_rewritten(busy: Sequence[int]) -> str:
    """Why the file is not made anew."""
    return f"The journal is not made anew while somebody is {_at_work(busy)}. {TRACES}"


def _at_work(busy: Sequence[int]) -> str:
    sheet = "sheet" if len(busy) == 1 else "sheets"
    return f"at work on the {sheet} of {numbered(busy)}"

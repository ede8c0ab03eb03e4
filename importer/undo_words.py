"""How an undo reads: what it is about to do, what became of it, in words and as JSON."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from importer.pace import Pace
from importer.records import Ended
from importer.runs import Run
from importer.spelling import counted, duration
from importer.undone import DELETING, KEPT, NOT_FOUND, REFUSED, Made

UNDONE, NOT_UNDONE, UNKNOWN = "Undone", "NotUndone", Ended.UNKNOWN.value

MEANINGS = {
    UNDONE: "The opportunity is not in LeadSquared any more.",
    NOT_UNDONE: "The opportunity is still in LeadSquared.",
    UNKNOWN: "It was asked to be deleted, and it is not proven that it is gone.",
}

AGAIN = "Run importer undo for this run once more: what is gone already is not deleted again."


def opportunities(number: int) -> str:
    return counted(number, "opportunity", "opportunities")


def intention(
    run: Run, left: Sequence[Made], counts: Mapping[Ended, int], others: tuple[int, int], pace: Pace
) -> Iterator[str]:
    """What is about to be done, sentence by sentence.

    counts: how the run's rows ended. others: how many rows of all runs met one of these as a duplicate, and
    how many were Skipped because of one.
    """
    moments = sorted(made.sent_at for made in left)
    when = moments[0] if moments[0] == moments[-1] else f"between {moments[0]} and {moments[-1]}"
    yield (
        f"{opportunities(len(left))} that run {run.number} created from {Path(run.sheet).name} ({when} UTC) "
        f"will be deleted in LeadSquared ({run.organisation or run.host}). This cannot be taken back."
    )
    yield (
        "Leads and activities stay, also leads that the run created or changed; so do opportunities that it "
        "met as duplicates."
    )
    yield from _to_mind(run, left, counts, others)
    seconds = pace.seconds_for(len(left))
    ends = datetime.now() + timedelta(seconds=seconds)
    yield f"At {pace.rate} (calls/seconds) this takes {duration(seconds)}, until {ends:%d %b %H:%M}."


def _to_mind(
    run: Run, left: Sequence[Made], counts: Mapping[Ended, int], others: tuple[int, int]
) -> Iterator[str]:
    """What not everybody expects of it; as `intention`."""
    met, skipped = others
    if begun := sum(made.state == DELETING for made in left):
        yield (
            f"An undo was begun before: {begun:,} of them may be gone already, which is looked at first, and "
            "what is gone is not deleted again."
        )
    if not run.finished:
        yield (
            f"Run {run.number} is not finished: as it goes on, by the same command or the next pass over its "
            f"folder, it sends again what is deleted here. To prevent that, take {Path(run.sheet).name} away."
        )
    if met:
        yield (
            f"{counted(met, 'row')}, of this run or others, met one of these opportunities as a duplicate: "
            "what came of that in it is deleted too."
        )
    if skipped:
        yield (
            f"{counted(skipped, 'row')} were Skipped because one of these opportunities was there: repeats, "
            "or rows of later runs. They can be sent once it is gone."
        )
    if counts[Ended.UNKNOWN]:
        yield (
            f"{counted(counts[Ended.UNKNOWN], 'row')} of the run ended Unknown: what LeadSquared may have "
            f"made of those stays. To know before: importer reconcile {run.number}"
        )


def question(run: Run, number: int) -> str:
    return f"To delete the {opportunities(number)} of run {run.number} for ever, type their number:"


def word(made: Made) -> str:
    """What became of it, in one word."""
    if made.is_gone:
        return UNDONE
    return UNKNOWN if made.state == DELETING else NOT_UNDONE


def counts_of(made: Iterable[Made]) -> dict[str, int]:
    counts = Counter(map(word, made))
    return {each: counts[each] for each in MEANINGS}


def told(made: Made) -> tuple[str, str]:
    """What is to be said of it, and what to do; "" where it is gone."""
    if made.state == NOT_FOUND:
        return "LeadSquared did not have it any more when it was to be deleted: somebody was before.", ""
    if made.is_gone:
        return f"Deleted {made.at} UTC.", ""
    if made.state == REFUSED:
        return (
            f"LeadSquared refused to delete it: {made.said or 'its words were removed'}",
            f"Delete it in LeadSquared, or: {AGAIN}",
        )
    if made.state == KEPT:
        return "LeadSquared said that it is deleted, and goes on showing it.", AGAIN
    if made.state == DELETING:
        said = "LeadSquared said that it is deleted" if made.said else "LeadSquared gave no answer"
        return f"{said}; that is not proven yet.", AGAIN
    return "Nothing was done to it: the undo was stopped before.", AGAIN

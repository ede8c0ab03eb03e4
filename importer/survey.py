"""The first pass over a sheet: every row is checked, the invalid ones are settled, the rest is counted."""

from collections.abc import Callable
from dataclasses import dataclass

from importer.check import invalid_outcome
from importer.journal import Entries
from importer.plan import Plan
from importer.records import Capture, Invalid, Outcome
from importer.references import ShortenedNotes
from importer.repeats import Repeats

# One commit for many: a sheet of which every row is wrong should not take an hour to say so.
TOGETHER = 500


@dataclass(frozen=True, slots=True)
class Forecast:
    """The rows of a sheet by what will happen to them.

    settled:     an earlier start of the same run has ended them.
    sent_before: earlier runs have sent the same opportunity.
    notices:     what the operator should know of the rows to send, in sentences.
    """

    rows: int
    to_send: int
    invalid: int
    repeated: int
    sent_before: int
    settled: int
    notices: tuple[str, ...] = ()


def survey(plan: Plan, entries: Entries, fingerprint: Callable[[Capture], bytes], again: bool) -> Forecast:
    """Nothing is sent. Raises SheetError where a row cannot be read, JournalError."""
    counts = dict.fromkeys(("rows", "to_send", "invalid", "repeated", "sent_before", "settled"), 0)
    invalid: list[Outcome] = []
    shortened = ShortenedNotes(plan.mapping.opportunity.reference)
    with Repeats() as repeats:
        for verdict in plan.verdicts():
            counts["rows"] += 1
            if entries.ended(verdict.row):
                counts["settled"] += 1
            elif isinstance(verdict, Invalid):
                counts["invalid"] += 1
                invalid.append(invalid_outcome(verdict))
            else:
                fate = _fate(fingerprint(verdict), entries, repeats, again)
                counts[fate] += 1
                if fate == "to_send":
                    shortened.see(verdict)
            if len(invalid) >= TOGETHER:
                entries.settle(*invalid)
                invalid.clear()
    entries.settle(*invalid)
    return Forecast(**counts, notices=shortened.notices)


def _fate(fingerprint: bytes, entries: Entries, repeats: Repeats, again: bool) -> str:
    if not repeats.is_first(fingerprint):
        return "repeated"
    sent = entries.sent(fingerprint, here_only=again)
    if not sent:
        return "to_send"
    return "repeated" if sent.run == entries.run else "sent_before"

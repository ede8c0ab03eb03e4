"""When a run stops before its end: too many errors, a wish of the operator's, or enough rows for now."""

import re
from collections import Counter
from dataclasses import dataclass

from importer.errors import Interrupted, StopRule, UsageError
from importer.records import Ended

ERRORS = (Ended.INVALID, Ended.REJECTED, Ended.UNKNOWN)

# A share of a few rows says nothing: one bad row among the first three is no third of the sheet.
SHARE_COUNTS_FROM = 100


@dataclass(frozen=True, slots=True)
class MaxErrors:
    """At most so many rows Invalid, Rejected or Unknown; or at most such a share of the rows, 0 to 1."""

    rows: int | None = None
    share: float | None = None


def read_max_errors(text: str) -> MaxErrors:
    """`20` or `5%`; raises UsageError."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(%?)\s*", text)
    if not match or (match[2] and float(match[1]) > 100) or (not match[2] and "." in match[1]):
        raise UsageError(
            f"--max-errors: {text!r} is neither a number of rows such as 20 nor a share such as 5%."
        )
    return MaxErrors(share=float(match[1]) / 100) if match[2] else MaxErrors(rows=int(match[1]))


class Rules:
    """Counts how rows end, and says when to take no more turns."""

    def __init__(self, max_errors: MaxErrors | None = None, limit: int | None = None) -> None:
        self._max_errors = max_errors
        self._limit = limit
        self._sent = 0
        self._seen = 0
        self._counts: Counter[str] = Counter()
        self._interrupted_by = ""

    def see(self) -> None:
        """One more row of the sheet is being worked on."""
        self._seen += 1

    def count(self, word: str) -> None:
        """One more row has ended."""
        self._counts[word] += 1

    def sent(self) -> None:
        self._sent += 1

    def not_sent_after_all(self) -> None:
        self._sent -= 1

    @property
    def limit_is_reached(self) -> bool:
        return self._limit is not None and self._sent >= self._limit

    def interrupt(self, by: str) -> None:
        """Safe to call from a signal handler."""
        self._interrupted_by = by

    def stop(self) -> StopRule | Interrupted | None:
        """Why no more may be sent, or None."""
        if self._interrupted_by:
            return Interrupted(f"Stopped by {self._interrupted_by}.")
        errors = sum(self._counts[word] for word in ERRORS)
        allowed = self._max_errors or MaxErrors()
        if allowed.rows is not None and errors > allowed.rows:
            return StopRule(
                f"{errors} rows Invalid, Rejected or Unknown: more than --max-errors {allowed.rows}."
            )
        too_many = allowed.share is not None and errors > allowed.share * self._seen
        if allowed.share is not None and too_many and self._seen >= SHARE_COUNTS_FROM:
            return StopRule(
                f"{errors} of {self._seen} rows Invalid, Rejected or Unknown: "
                f"more than --max-errors {allowed.share * 100:g}%."
            )
        return None

"""When a run stops before its end: too many errors, a wish of the operator's, or enough rows for now."""

import re
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass

from importer.advice import MANDATORY
from importer.cell_text import quoted
from importer.deadline import Deadline
from importer.errors import Interrupted, StopRule, UsageError
from importer.records import Ended, Outcome

ERRORS = (Ended.INVALID, Ended.REJECTED, Ended.UNKNOWN)

# A share of a few rows says nothing: one bad row among the first three is no third of the sheet.
SHARE_COUNTS_FROM = 100


# Refusals whose cause is in the mapping or the account: no other row fares better.
NO_ROW_CAN_HELP = (
    "MXInvalidActivityException",
    "MXUnknownAttributeException",
    "MXInvalidActivityFieldsException",
    "MXMandatoryAttributeMissingException",
    "MXMandatoryFieldMissingException",
)
HOPELESS_FROM = 20


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

    def __init__(
        self,
        max_errors: MaxErrors = MaxErrors(),
        limit: int | None = None,
        deadline: Deadline | None = None,
    ) -> None:
        self._max_errors = max_errors
        self._limit = limit
        self._deadline = deadline
        self._sent = 0
        self._counts: Counter[str] = Counter()
        self._interrupted_by = ""
        self._answered = 0
        self._first = Outcome(0, Ended.NOT_SENT)
        self._all_alike = True
        self._mapped: Container[str] = ()

    def know(self, mapped: Container[str]) -> None:
        """The attributes and fields of the mapping, by schema name."""
        self._mapped = mapped

    def count(self, *words: str) -> None:
        """More rows have ended, in these words."""
        self._counts.update(words)

    def hear(self, outcome: Outcome) -> None:
        """LeadSquared has answered for one more row."""
        self._answered += 1
        if self._answered == 1:
            self._first = outcome
        same = (outcome.exception_type, outcome.exception_message) == (
            self._first.exception_type, self._first.exception_message,
        )  # fmt: skip
        self._all_alike = self._all_alike and same and outcome.ended is Ended.REJECTED

    def too_many_invalid(self, invalid: int, rows: int) -> StopRule | None:
        """Why nothing may be sent at all, where it is known beforehand; or None."""
        allowed = self._max_errors
        is_share = allowed.share is not None and rows >= SHARE_COUNTS_FROM and invalid > allowed.share * rows
        if is_share or (allowed.rows is not None and invalid > allowed.rows):
            return StopRule(
                f"Nothing was sent: {invalid:,} of {rows:,} rows are Invalid, more than --max-errors allows."
            )
        return None

    def sent(self) -> None:
        self._sent += 1

    def not_sent_after_all(self) -> None:
        self._sent -= 1

    def at_most(self, rows: int) -> int:
        """How many of so many rows will be sent."""
        return rows if self._limit is None else min(rows, self._limit)

    @property
    def limit_is_reached(self) -> bool:
        return self._limit is not None and self._sent >= self._limit

    def interrupt(self, by: str) -> None:
        """Safe to call from a signal handler."""
        self._interrupted_by = by

    @property
    def interrupted_by(self) -> str:
        """What has asked to end the work; "" while nothing has."""
        return self._interrupted_by

    def stop(self) -> StopRule | Interrupted | None:
        """Why no more may be sent, or None."""
        if self._interrupted_by:
            return Interrupted(f"Stopped by {self._interrupted_by}.")
        if self._deadline and self._deadline.is_over:
            return self._deadline.stop()
        return self._hopeless() or self._too_many()

    def heed(self) -> None:
        """Raises what stops the run, if anything does."""
        if stop := self.stop():
            raise stop

    def _hopeless(self) -> StopRule | None:
        first = self._first
        is_early = not self._all_alike or self._answered < HOPELESS_FROM
        if is_early or first.exception_type not in NO_ROW_CAN_HELP or self._may_be_filled(first):
            return None
        return StopRule(
            f"The first {self._answered} rows were all refused alike, and so would be the rest. "
            f"LeadSquared says: {quoted(first.exception_message)}. {first.advice}"
        )

    def _may_be_filled(self, refused: Outcome) -> bool:
        """What is wanted is mapped, so that a row whose cell is not blank fares better."""
        wanted = MANDATORY.search(refused.exception_message)
        return wanted is not None and wanted["field"] in self._mapped

    def _too_many(self) -> StopRule | None:
        errors = sum(self._counts[word] for word in ERRORS)
        rows = sum(self._counts.values())
        allowed = self._max_errors
        if allowed.rows is not None and errors > allowed.rows:
            return StopRule(
                f"{errors} rows Invalid, Rejected or Unknown: more than --max-errors {allowed.rows}."
            )
        share = allowed.share
        if share is not None and rows >= SHARE_COUNTS_FROM and errors > share * rows:
            return StopRule(
                f"{errors} of {rows} rows Invalid, Rejected or Unknown: "
                f"more than --max-errors {share * 100:g}%."
            )
        return None

"""A row of which nobody knows how it ended, and what LeadSquared answers when asked for it."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from importer.answers import Trace, Unread
from importer.asked import Asked
from importer.questions import Question, one_round
from importer.sent import ABSENT, Sent
from importer.waiting import Ready


@dataclass(frozen=True, slots=True)
class Found:
    """LeadSquared has it; more than one where the row landed more than once. The oldest comes first."""

    traces: tuple[Trace, ...]


@dataclass(frozen=True, slots=True)
class Absent:
    """LeadSquared was asked again and again, and surely does not have it."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """LeadSquared cannot be asked for it; `reason` says why in a few words."""

    reason: str


Verdict = Found | Absent | Unclear


class Inquiry(Asked):
    """Asks for one row, round after round.

    sent:     the row, and which of its sends.
    ready:    the capture that waits for the verdict; None where only the verdict is wanted.
    patience: seconds for which LeadSquared must go on having nothing before the row counts as absent.
    once:     the row was absent before, so one more round is enough.
    """

    def __init__(
        self,
        sent: Sent,
        ready: Ready | None,
        patience: float,
        clock: Callable[[], float],
        once: bool = False,
    ) -> None:
        super().__init__(ready, patience, clock)
        self.sent = sent
        self._asked_for = _findable(sent, ready)
        self._needed = 0.0 if once else patience
        self._absent_since = math.inf
        self._begin(clock())

    def _begin(self, at: float) -> None:
        self.due_at = at
        self._began_at = math.inf
        self._round = one_round(self._asked_for)
        self._question = next(self._round)

    @property
    def holds(self) -> frozenset[str]:
        return self._asked_for.holds

    def question(self) -> Question:
        self._began_at = min(self._began_at, self._clock())
        self.due_at = math.inf
        return self._question

    def hear(self, answer: object) -> Verdict | None:
        """The answer to the question; None: it goes on."""
        if isinstance(answer, Unread):
            return self._failed(answer.reason)
        try:
            self._question = self._round.send(answer)
        except StopIteration as end:
            return self._ended(end.value)
        self.due_at = self._clock()
        return None

    def _ended(self, found: list[Trace] | None) -> Verdict | None:
        if found is None:
            return self._failed("an opportunity in the lead's trail cannot be read")
        if found:
            return Found(tuple(sorted(found, key=lambda trace: str(trace.created_on))))
        self._failures = 0
        self._absent_since = min(self._absent_since, self._began_at)
        if self._began_at >= self._absent_since + self._needed:
            return Absent()
        # The round that begins at the end of the patience decides.
        self._begin(min(self._pause(), self._absent_since + self._patience))
        return None

    def _failed(self, reason: str) -> Verdict | None:
        if self._is_failed_for_good():
            return Unclear(reason)
        self._begin(self._pause())
        return None


def _findable(sent: Sent, ready: Ready | None) -> Sent:
    """What a purge has removed of a row that was absent, the sheet says of the same opportunity."""
    is_purged = sent.ended == ABSENT and not any(sent.lookup)
    return replace(sent, lookup=ready.capture.lookup) if ready and is_purged else sent

"""A row of which nobody knows how it ended, and what LeadSquared answers when asked for it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain, repeat

from importer.answers import Trace, Unread
from importer.questions import Question, one_round
from importer.sent import Sent
from importer.waiting import Ready

# Seconds between two rounds, as parts of the patience: quick at first, since most rows show up at once.
PAUSES = (1 / 45, 2 / 45, 4 / 45, 8 / 45, 15 / 45)

# After so many rounds in a row that proved nothing it is left to a person.
MOST_FAILURES = 6


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


class Inquiry:
    """Asks for one row, round after round.

    sent:     the row, and which of its sends.
    ready:    the capture that waits for the verdict; None where only the verdict is wanted.
    patience: seconds for which LeadSquared must go on having nothing before the row counts as absent.
    once:     the row was absent before, so one more round is enough.
    due_at:   when the next question may be asked; infinite while one is in the air.
    """

    def __init__(
        self,
        sent: Sent,
        ready: Ready | None,
        patience: float,
        clock: Callable[[], float],
        once: bool = False,
    ) -> None:
        self.sent = sent
        self.ready = ready
        self._patience = patience
        self._needed = 0.0 if once else patience
        self._clock = clock
        self._absent_since = math.inf
        self._pauses = chain(PAUSES, repeat(PAUSES[-1]))
        self._failures = 0
        self._begin(clock())

    def _begin(self, at: float) -> None:
        self.due_at = at
        self._began_at = math.inf
        self._round = one_round(self.sent)
        self._question = next(self._round)

    def question(self) -> Question:
        """What to ask now."""
        self._began_at = min(self._began_at, self._clock())
        self.due_at = math.inf
        return self._question

    def unheard(self) -> None:
        """LeadSquared did not hear the question, as its limit refused it."""
        self.due_at = self._clock()

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
        self._failures += 1
        if self._failures >= MOST_FAILURES:
            return Unclear(reason)
        self._begin(self._pause())
        return None

    def _pause(self) -> float:
        return self._clock() + next(self._pauses) * self._patience


class Inquiries:
    """The inquiries that are open, side by side."""

    def __init__(self) -> None:
        self._open: set[Inquiry] = set()

    def __len__(self) -> int:
        return len(self._open)

    def open(self, inquiry: Inquiry) -> None:
        self._open.add(inquiry)

    def close(self, inquiry: Inquiry) -> None:
        self._open.discard(inquiry)

    def next(self) -> Inquiry | None:
        """The one that is due first, now or later; None while all of them wait for an answer."""
        first = min(self._open, key=lambda inquiry: inquiry.due_at, default=None)
        return first if first and first.due_at < math.inf else None

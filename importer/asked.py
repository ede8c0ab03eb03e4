"""What LeadSquared is asked until a clear answer has come: when the next question is due."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from itertools import chain, repeat

from importer.questions import Question
from importer.waiting import Ready

# Seconds between two rounds, as parts of the patience: quick at first, since most rows show up at once.
PAUSES = (1 / 45, 2 / 45, 4 / 45, 8 / 45, 15 / 45)

# After so many rounds in a row that proved nothing it is left to a person.
MOST_FAILURES = 6


class Asked(ABC):
    """Asks round after round.

    ready:    the capture that waits for the answer; None where only the answer is wanted.
    patience: seconds over which the rounds are spread.
    due_at:   when the next question may be asked; infinite while one is in the air.
    """

    def __init__(self, ready: Ready | None, patience: float, clock: Callable[[], float]) -> None:
        self.ready = ready
        self.due_at = clock()
        self._patience = patience
        self._clock = clock
        self._pauses = chain(PAUSES, repeat(PAUSES[-1]))
        self._failures = 0

    @property
    @abstractmethod
    def holds(self) -> frozenset[str]:
        """As `Ready.holds`: what must not be sent meanwhile."""

    @abstractmethod
    def question(self) -> Question:
        """What to ask now."""

    def unheard(self) -> None:
        """LeadSquared did not hear the question, as its limit refused it."""
        self.due_at = self._clock()

    def _pause(self) -> float:
        """When the next round may begin."""
        return self._clock() + next(self._pauses) * self._patience

    def _is_failed_for_good(self) -> bool:
        """One more round has proved nothing."""
        self._failures += 1
        return self._failures >= MOST_FAILURES


class Inquiries:
    """What is being asked, side by side."""

    def __init__(self) -> None:
        self._open: set[Asked] = set()

    def __len__(self) -> int:
        return len(self._open)

    def open(self, asked: Asked) -> None:
        self._open.add(asked)

    def close(self, asked: Asked) -> None:
        self._open.discard(asked)

    def next(self) -> Asked | None:
        """The one that is due first, now or later; None while all of them wait for an answer."""
        first = min(self._open, key=lambda asked: asked.due_at, default=None)
        return first if first and first.due_at < math.inf else None

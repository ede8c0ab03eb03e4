"""Questions to LeadSquared, each with a turn of its own, where nothing else is to be done meanwhile."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from importer.answers import OverLimit, Trace, Unread
from importer.errors import Unreachable
from importer.leadsquared import LeadSquared
from importer.pace import Pace
from importer.spelling import duration

# A wish to end is only heard between two sleeps.
NAP = 0.2

# Seconds before a question that was not answered is asked again; then the last answer counts.
AGAIN_AFTER = (1.0, 2.0, 4.0)


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks LeadSquared, in the shared pace.

    give_up_after: seconds for which it may refuse a question for its limit.
    go_on:         may raise to end the wait.
    """

    leadsquared: LeadSquared
    pace: Pace
    give_up_after: float
    go_on: Callable[[], None]

    def opportunities(self, ids: list[str], event_code: int) -> list[Trace] | Unread:
        """Those of these opportunities that LeadSquared has, at most 2,000; Unread where it does not say.

        Raises Unreachable.
        """

        def question() -> list[Trace] | Unread | OverLimit:
            return self.leadsquared.opportunities(ids, event_code, "Status")

        answer = self._ask(question)
        for seconds in AGAIN_AFTER:
            if not isinstance(answer, Unread) or answer.is_refused:
                break
            self.wait(seconds)
            answer = self._ask(question)
        return answer

    def _ask(self, question: Callable[[], list[Trace] | Unread | OverLimit]) -> list[Trace] | Unread:
        """The answer, once LeadSquared's limit lets the question through."""
        until = self.pace.clock() + self.give_up_after
        while True:
            self._pause(self.pace.turn)
            taken_at = self.pace.clock()
            answer = question()
            if not isinstance(answer, OverLimit):
                return answer
            self.pace.refused(taken_at, answer.rate)
            if self.pace.clock() >= until:
                raise Unreachable(
                    f"LeadSquared has refused a question for its limit for {duration(self.give_up_after)}: "
                    "others use the account too."
                )

    def wait(self, seconds: float) -> None:
        until = self.pace.clock() + seconds
        self._pause(lambda: max(0.0, until - self.pace.clock()))

    def _pause(self, left: Callable[[], float]) -> None:
        """Until no seconds are left."""
        while seconds := left():
            self.go_on()
            time.sleep(min(seconds, NAP))
        self.go_on()

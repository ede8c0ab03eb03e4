"""Questions to LeadSquared, each with a turn of its own, where nothing else is to be done meanwhile."""

import time
from collections.abc import Callable

from importer.answers import OverLimit, Trace, Unread
from importer.pace import Pace

# A wish to end is only heard between two sleeps.
NAP = 0.2

Answer = list[Trace] | Unread


def ask(pace: Pace, question: Callable[[], Answer | OverLimit], go_on: Callable[[], None]) -> Answer:
    """The answer, once LeadSquared's limit lets the question through. `go_on` may raise to end the wait."""
    while True:
        pause(pace.turn, go_on)
        taken_at = pace.clock()
        answer = question()
        if not isinstance(answer, OverLimit):
            return answer
        pace.refused(taken_at, answer.rate)


def pause(left: Callable[[], float], go_on: Callable[[], None]) -> None:
    """Wait until no seconds are left."""
    while seconds := left():
        go_on()
        time.sleep(min(seconds, NAP))
    go_on()

"""LeadSquared not answering: what the operator hears of it, and when that is the end of the run."""

from collections.abc import Callable

from importer.answers import Rate
from importer.errors import Unreachable
from importer.outage import Outage
from importer.spelling import duration
from importer.tell import Tell


def tell_stopping(tell: Tell, in_the_air: int) -> None:
    said = f"Stopping: waiting for {in_the_air} answers that are on their way."
    tell.event("stopping", said, "warning", in_the_air=in_the_air)


def tell_over(outage: Outage, calls: str, tell: Tell) -> None:
    """An answer has come. That is written down where it was said that none does."""
    if outage.is_lasting:
        tell.write_down("outage.over", calls=calls, seconds=round(outage.lasts, 1))


class Troubles:
    """Captures and questions may fail apart, and what one is answered says nothing of the other.

    While one of them fails, both wait for an answer to a harmless question.
    """

    def __init__(self, clock: Callable[[], float], give_up_after: float, tell: Tell) -> None:
        self._give_up_after = give_up_after
        self._tell = tell
        self._captures = Outage(clock, give_up_after)
        self._questions = Outage(clock, give_up_after)
        self._has_lost = False
        self._clock = clock
        # By whether it was a capture, since LeadSquared may refuse one kind and take the other.
        self._refused_since: dict[bool, float] = {}

    def _lasting(self) -> list[Outage]:
        return [each for each in (self._captures, self._questions) if not each.may_send]

    @property
    def may_send(self) -> bool:
        return not self._lasting()

    def wait(self) -> float:
        """The seconds until the harmless question may be asked."""
        return max(each.wait() for each in self._lasting())

    def capture_answered(self) -> None:
        tell_over(self._captures, "captures", self._tell)
        self._captures.over()

    def question_answered(self) -> None:
        tell_over(self._questions, "questions", self._tell)
        self._questions.over()

    def harmless_answered(self) -> None:
        for each in self._lasting():
            each.answered()

    def capture_failed(self, reason: str) -> Unreachable | None:
        """Why the run is to end, if it is; the same for the others."""
        return self._failed(self._captures.trouble(), "captures", reason)

    def question_failed(self, reason: str) -> Unreachable | None:
        return self._failed(self._questions.trouble(), "questions", reason)

    def unreached(self, is_capture: bool, reason: str) -> Unreachable | None:
        return self.capture_failed(reason) if is_capture else self.question_failed(reason)

    def harmless_failed(self, reason: str) -> Unreachable | None:
        is_new = [each for each in self._lasting() if each.unanswered()]
        calls = "captures" if self._captures in is_new else "questions"
        return self._failed(bool(is_new), calls, reason)

    def _failed(self, lasts: bool, calls: str, reason: str) -> Unreachable | None:
        if lasts:
            said = f"LeadSquared does not answer: {reason.rstrip('.')}."
            self._tell.event(
                "outage.began", f"{said} Waiting, and asking again now and then.", "warning", calls=calls
            )
        if any(each.is_hopeless for each in self._lasting()):
            return Unreachable(f"LeadSquared has not answered for {duration(self._give_up_after)}.")
        return None

    def refused(self, is_capture: bool, lowered_to: Rate | None) -> Unreachable | None:
        """LeadSquared refuses a call for its limit, and may name a lower one; said when that is new."""
        now = self._clock()
        if lowered_to:
            said = f"LeadSquared allows only {lowered_to} calls: going on at that pace."
            self._tell.event("limit.lowered", said, "warning", rate=str(lowered_to))
        elif not self._refused_since:
            said = "LeadSquared refuses calls for its limit: pausing, then going on."
            self._tell.event("limit.refused", said, "warning")
        if now - self._refused_since.setdefault(is_capture, now) < self._give_up_after:
            return None
        calls = "row" if is_capture else "question"
        return Unreachable(
            f"LeadSquared has refused every {calls} for its limit for {duration(self._give_up_after)}: "
            "others use the account too, or the calls of the day are spent."
        )

    def let_through(self, is_capture: bool) -> None:
        """A call was not refused."""
        since = self._refused_since.pop(is_capture, None)
        if since is not None and not self._refused_since:
            self._tell.write_down("limit.over", seconds=round(self._clock() - since, 1))

    def answer_lost(self, patience: float) -> None:
        """Says it, once."""
        if not self._has_lost:
            self._has_lost = True
            said = (
                "An answer was lost: LeadSquared is asked whether it has the row, for up to "
                f"{duration(patience)} each time. Other rows go on."
            )
            self._tell.event("answer.lost", said, "warning", patience=patience)

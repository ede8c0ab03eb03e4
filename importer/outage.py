"""How long LeadSquared has given no clear answer, and when to ask again."""

from collections.abc import Callable

LONGEST_PAUSE = 60.0
GIVE_UP_AFTER = 15 * 60.0


class Outage:
    """Pauses that grow from one second to a minute while LeadSquared gives no clear answer.

    A capture sent into it would only be lost, so a harmless question goes first. `clock` gives seconds.
    """

    def __init__(self, clock: Callable[[], float], give_up_after: float = GIVE_UP_AFTER) -> None:
        self._clock = clock
        self.give_up_after = give_up_after
        self.over()

    def over(self) -> None:
        """A clear answer came."""
        self._troubles = 0
        self._since = 0.0
        self._again_at = 0.0
        self.may_send = True

    @property
    def is_on(self) -> bool:
        return self._troubles > 0

    def trouble(self) -> bool:
        """An answer failed to come. True once, when it lasts.

        Those that were on their way when it began are one trouble, however many they are.
        """
        if self.is_on and not self.may_send:
            return False
        return self._worse()

    def unanswered(self) -> bool:
        """The harmless question failed too. True once, when it lasts."""
        return self._worse()

    def _worse(self) -> bool:
        now = self._clock()
        self._troubles += 1
        self.may_send = False
        # A single lost answer costs no pause, only the question.
        self._again_at = now + (min(2.0 ** (self._troubles - 2), LONGEST_PAUSE) if self.is_lasting else 0.0)
        if self._troubles == 1:
            self._since = now
        return self._troubles == 2

    @property
    def is_lasting(self) -> bool:
        return self._troubles > 1

    def answered(self) -> None:
        """The harmless question was answered: one capture may try."""
        self.may_send = True

    @property
    def lasts(self) -> float:
        """The seconds since the first answer failed to come; 0 where none has."""
        return self._clock() - self._since if self.is_on else 0.0

    def wait(self) -> float:
        """The seconds until the question may be asked: for the last time when it is time to give up."""
        return max(0.0, min(self._again_at, self._since + self.give_up_after) - self._clock())

    @property
    def is_hopeless(self) -> bool:
        return self.is_on and self._clock() - self._since >= self.give_up_after

"""For how long an answer of LeadSquared's holds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

# Seconds for which an answer holds; a row that waits longer is asked for again.
HOLDS_FOR = 10.0
# Or so many turns, where they come more slowly: the row has to wait for one.
HOLDS_FOR_TURNS = 20
# Or so many of the run's own, where it shares the pace with very many others: else all its turns would go
# into asking again.
HOLDS_FOR_OWN_TURNS = 3


class Turns(Protocol):
    """How time goes by; as `Pace` has it."""

    @property
    def clock(self) -> Callable[[], float]: ...
    def seconds_for(self, calls: int) -> float: ...
    @property
    def own_spacing(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Freshness:
    """Of answers that came at a moment by the clock of `turns`."""

    turns: Turns

    def holds(self, heard_at: float) -> bool:
        return self.turns.clock() - heard_at <= max(
            HOLDS_FOR,
            self.turns.seconds_for(HOLDS_FOR_TURNS),
            self.turns.own_spacing * HOLDS_FOR_OWN_TURNS,
        )

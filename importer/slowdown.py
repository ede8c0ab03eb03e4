"""How far refusals have slowed the pace down, and how it gets faster again: without a clock or a file."""

import math
from dataclasses import dataclass, replace

from importer.answers import Rate

# Calls that leave evenly can arrive bunched: the network delays each one differently, by up to this share of
# a window in what was measured. One even stream, a little slower than the limit, was never refused.
ALLOWANCE = 1.02

SLOWER, SLOWEST = 1.25, 8.0
FASTER = 1.05
CLEAN_STRETCH = 100

# Seconds without a turn: what was learned from refusals before that is out of date.
STALE_AFTER = 3600.0


@dataclass(frozen=True, slots=True)
class Slowdown:
    """What the processes of one account have learned from refusals together.

    named:     the limit that LeadSquared named, where that was slower than the limit in use.
    factor:    turns are spaced that many times wider than the limit asks, as others use the account too.
    bursts:    of refusals, since the last clean stretch.
    clean:     turns since the last refusal or clean stretch.
    paused_at, last_turn: seconds of the pace's clock; minus infinity: never.
    """

    named: Rate | None = None
    factor: float = 1.0
    bursts: int = 0
    clean: int = 0
    paused_at: float = -math.inf
    last_turn: float = -math.inf

    def limit(self, own: Rate) -> Rate:
        """The limit in use for a run whose own limit is this."""
        return self.named if self.named and is_slower(self.named, own) else own

    def spacing(self, own: Rate) -> float:
        """Seconds from one turn to the next."""
        limit = self.limit(own)
        return limit.seconds / limit.calls * ALLOWANCE * self.factor

    def window(self, own: Rate) -> float:
        return self.limit(own).seconds * ALLOWANCE

    def resume_at(self, own: Rate) -> float:
        return self.paused_at + self.window(own)

    def as_of(self, now: float, own: Rate) -> "Slowdown":
        """Without what is out of date, or was written by a clock that this one has not reached."""
        paused_at = self.paused_at if self.paused_at <= now else -math.inf
        current = replace(self, paused_at=paused_at)
        used_until = max(self.last_turn, current.resume_at(own))
        if self.last_turn > now or used_until < now - STALE_AFTER:
            return Slowdown(paused_at=paused_at)
        return current

    def after_turn(self, now: float) -> "Slowdown":
        if self.clean + 1 < CLEAN_STRETCH:
            return replace(self, clean=self.clean + 1, last_turn=now)
        return replace(self, clean=0, bursts=0, factor=max(1.0, self.factor / FASTER), last_turn=now)

    def after_burst(self, now: float, named: Rate | None, own: Rate) -> "Slowdown":
        """After the first refusal of a burst: a pause, and a slower pace where there is a reason for it."""
        paused = replace(self, paused_at=now, bursts=self.bursts + 1, clean=0)
        if named and is_slower(named, self.limit(own)):
            return replace(paused, named=named, factor=1.0)
        # The first burst may be chance: calls that came bunched, or a minute's use by somebody else.
        factor = min(self.factor * SLOWER, SLOWEST) if self.bursts else self.factor
        return replace(paused, factor=factor)


def is_slower(one: Rate, other: Rate) -> bool:
    return one.calls / one.seconds < other.calls / other.seconds

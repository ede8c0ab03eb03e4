"""What can be decided about a row before it is sent."""

from dataclasses import dataclass
from enum import Enum, auto

from importer.records import Outcome


class Next(Enum):
    """What is to be done with a row."""

    SEND = auto()
    ASK = auto()
    """LeadSquared is being asked; the row waits for the answer."""
    WAIT = auto()
    """Another run has the same opportunity, or one of the same lead, in the air."""
    DECIDE = auto()
    """Something is known now: look at the row again."""
    HOLD = auto()
    """Neither it nor a later row of its lead is sent in this run."""


@dataclass(frozen=True, slots=True)
class Left:
    """Nobody will know how the row ended in this run; `outcome` says why."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the operator wants of rows that are good.

    again:       as in `SentRows.of`.
    unless_open: not those whose lead has an open opportunity of this type already.
    """

    again: bool = False
    unless_open: bool = False


NONE = Wishes()

"""What a call to LeadSquared can come back with, other than the outcome of a row."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `calls` in any `seconds`."""

    calls: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.calls}/{self.seconds:g}"


@dataclass(frozen=True, slots=True)
class OverLimit:
    """LeadSquared refused the call for its rate limit and did nothing; `rate` is the limit that it names."""

    rate: Rate | None = None


@dataclass(frozen=True, slots=True)
class Unreached:
    """Nothing left this machine; `reason` says why in a few words."""

    reason: str


@dataclass(frozen=True, slots=True)
class Late:
    """The machine was so busy that the request could not start while its turn was fresh."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A question to LeadSquared that was not answered, which proves nothing.

    is_refused: LeadSquared did answer, but not this question: asking is no use, yet captures may well go.
    right_host: where LeadSquared says that these keys belong to another host; else "".
    """

    reason: str
    is_refused: bool = False
    right_host: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """An opportunity as LeadSquared shows it when asked.

    created_on: UTC; None where it does not say in a way that can be read.
    texts:      every text in the entry: a row's reference is looked for in all of them.
    """

    opportunity_id: str
    prospect_id: str
    created_on: datetime | None
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deletion:
    """What LeadSquared answered to a delete. That it says to have done it is no proof.

    exception: the type of its refusal; "" where it says that it is done.
    said:      its words.
    """

    exception: str
    said: str


PAGE = 100
"""Opportunities on a full page."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How an opportunity of a lead stands. What LeadSquared does not tell is ""."""

    opportunity_id: str
    prospect_id: str
    event_code: str
    status: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a lead's opportunities, the newest first; `total`: of all pages, None where not told."""

    standings: tuple[Standing, ...]
    total: int | None


NotTaken = OverLimit | Unreached | Late
"""The call surely did nothing: the row may be sent again."""

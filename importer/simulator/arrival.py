"""One counted call on its way through the account, with the chance that belongs to it alone."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random
from typing import Any

from importer.simulator.messages import Request


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was stored.

    clock: by the simulator's clock, in seconds; None: before the first call.
    utc:   as the account tells it, `yyyy-mm-dd hh:mm:ss`.
    """

    clock: float | None
    utc: str

    def is_past(self, seconds: float, now: float) -> bool:
        """Whether so much time has gone by since then."""
        return not seconds or self.clock is None or now - self.clock >= seconds


@dataclass(slots=True)
class Arrival:
    """One counted call.

    number:  its place in the order of arrival; with the seed it decides every GUID and wait of this call.
    body:    its JSON; None where that cannot be read.
    now:     the simulator's clock as the call sees it; every wait moves it on.
    latency: how long, in seconds, a way takes at least and at most.
    ahead:   by how many seconds the account's idea of UTC is ahead of ours.
    """

    number: int
    request: Request
    body: Any
    chance: Random
    now: float = 0.0
    latency: tuple[float, float] = (0.0, 0.0)
    ahead: float = 0.0

    def guid(self) -> str:
        return new_guid(self.chance)

    def wait(self) -> float:
        return self.passes(self.chance.uniform(*self.latency))

    def passes(self, seconds: float) -> float:
        """The same seconds, for whoever does the waiting."""
        self.now += seconds
        return seconds

    def moment(self) -> Moment:
        return Moment(self.now, utc_now(self.ahead))


def chance(*parts: object) -> Random:
    """Always the same for the same parts, whatever else was drawn before."""
    return Random("/".join(map(str, parts)))  # noqa: S311 - it is to be repeatable, not secret


def new_guid(source: Random) -> str:
    return str(uuid.UUID(int=source.getrandbits(128), version=4))


def http_date(ahead: float) -> str:
    """The same moment as `utc_now` tells, as the `Date` header spells it."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=ahead), usegmt=True)


def utc_now(ahead: float = 0.0) -> str:
    return (datetime.now(UTC) + timedelta(seconds=ahead)).strftime("%Y-%m-%d %H:%M:%S")

"""One counted call on its way through the account, with the chance that belongs to it alone."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

from importer.simulator.messages import Request


@dataclass(frozen=True, slots=True)
class Arrival:
    """One counted call.

    number:  its place in the order of arrival; with the seed it decides every GUID and wait of this call.
    body:    its JSON; None where that cannot be read.
    latency: how long, in seconds, a way takes at least and at most.
    """

    number: int
    request: Request
    body: Any
    chance: Random
    latency: tuple[float, float] = (0.0, 0.0)

    def guid(self) -> str:
        return new_guid(self.chance)

    def wait(self) -> float:
        return self.chance.uniform(*self.latency)


def chance(*parts: object) -> Random:
    """Always the same for the same parts, whatever else was drawn before."""
    return Random("/".join(map(str, parts)))  # noqa: S311 - it is to be repeatable, not secret


def new_guid(source: Random) -> str:
    return str(uuid.UUID(int=source.getrandbits(128), version=4))


def utc_now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")

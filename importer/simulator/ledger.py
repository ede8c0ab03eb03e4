"""The ledger: which calls arrived when, and how each was answered."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from importer.simulator.messages import Ending, Reply, Request


@dataclass(frozen=True, slots=True)
class Call:
    """One call that arrived.

    number:    1 for the first call.
    arrived:   by the simulator's clock, in seconds.
    path:      without the query.
    status:    the HTTP status that was sent; None while the call is under way, or where none was sent.
    exception: LeadSquared's exception type in the reply, "" where it has none.
    fault:     the kind of the fault that struck, "" where none did.
    """

    number: int
    arrived: float
    method: str
    path: str
    status: int | None = None
    exception: str = ""
    fault: str = ""


class Ledger:
    """Every call in the order of arrival, the refused ones too."""

    def __init__(self) -> None:
        self._calls: list[Call] = []

    def since(self, number: int) -> list[Call]:
        """The calls that arrived after the one of this number."""
        return self._calls[number:]

    def arrived(self, request: Request, at: float) -> Call:
        call = Call(len(self._calls) + 1, at, request.method, request.path)
        self._calls.append(call)
        return call

    def answered(self, call: Call, reply: Reply) -> None:
        told = reply.ending in (Ending.SENT, Ending.HALF, Ending.DRIPPED)
        self._calls[call.number - 1] = replace(
            call, status=reply.status if told else None, exception=reply.exception, fault=reply.fault
        )


def busiest(calls: Iterable[Call], seconds: float) -> int:
    """The most calls that arrived within any `seconds`."""
    arrivals = sorted(call.arrived for call in calls)
    most = first = 0
    for last, arrived in enumerate(arrivals):
        while arrived - arrivals[first] >= seconds:
            first += 1
        most = max(most, last - first + 1)
    return most

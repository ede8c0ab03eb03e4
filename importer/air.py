"""Calls in the air: each made once, in a thread of its own, while its turn is fresh."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Protocol, Self

from importer.answers import Late, NotTaken
from importer.asked import Asked
from importer.questions import Reads
from importer.records import Capture, Outcome
from importer.undone import Made
from importer.waiting import Ready

MOST = 64
"""Enough to keep a pace of 5 a second at an answer time of 12 seconds."""

# Seconds: a request that starts later may come to LeadSquared together with the next ones, over the limit.
FRESH = 0.05
# A machine that is so slow time and again delays all requests alike, which harms nobody.
MOST_LATE = 20


class Service(Reads, Protocol):
    """What the sender needs of LeadSquared: the capture, and reads that change nothing."""

    def capture(self, capture: Capture) -> Outcome | NotTaken: ...
    def user(self) -> object: ...


Work = Ready | Asked | Made | None
"""A capture, a question for a row, a delete, or (None) whether LeadSquared is there at all."""


@dataclass(frozen=True, slots=True)
class Flight:
    """A call in the air.

    taken_at is the pace's clock, sent_at is UTC.
    """

    work: Work
    taken_at: float
    sent_at: str = ""


class Air:
    """Up to 64 calls at once. As a context it waits for all of them at its end."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._flying: dict[Future[object], Flight] = {}
        self._landed: SimpleQueue[Future[object]] = SimpleQueue()
        self._late = 0

    def __enter__(self) -> Self:
        self._pool = ThreadPoolExecutor(MOST, "call")
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def __len__(self) -> int:
        return len(self._flying)

    @property
    def is_full(self) -> bool:
        return len(self._flying) >= MOST

    @property
    def holds_capture(self) -> bool:
        return any(isinstance(flight.work, Ready) for flight in self._flying.values())

    @property
    def holds_probe(self) -> bool:
        return any(flight.work is None for flight in self._flying.values())

    def start(self, flight: Flight, call: Callable[[], object]) -> None:
        def in_time() -> object:
            is_fresh = self._clock() - flight.taken_at <= FRESH
            return call() if is_fresh or self._late >= MOST_LATE else Late()

        call_made = self._pool.submit(in_time)
        self._flying[call_made] = flight
        call_made.add_done_callback(self._landed.put)

    def landed(self, seconds: float) -> list[tuple[Flight, Future[object]]]:
        """The calls that have ended, waiting that long for one."""
        landed: list[tuple[Flight, Future[object]]] = []
        try:
            while True:
                future = self._landed.get(timeout=0 if landed else seconds)
                landed.append((self._flying.pop(future), future))
                self._late += not future.exception() and isinstance(future.result(), Late)
        except Empty:
            return landed

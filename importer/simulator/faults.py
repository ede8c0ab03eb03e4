"""Faults as data: what is to go wrong, and at which calls."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from importer.simulator.arrival import Arrival, chance
from importer.simulator.kinds import KINDS
from importer.simulator.messages import Afterwards, Reply, Steps
from importer.simulator.replies import Refusal

CONNECTION = "connection"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong, and when. All the conditions that are given must hold; without any: always.

    kind:      a word of `kinds.KINDS`.
    call:      the call that it strikes; `reset_on_accept` strikes connections, whatever is called.
    stores:    whether the call did its work all the same; None: what the kind does by itself.
    nth:       the places in the order of arrival of this call, 1 for the first.
    every:     every so many calls.
    share:     this part of the calls, 0 to 1, drawn by the simulator's seed.
    matching:  calls with this text within any text of their body or query.
    times:     at most so often; None: without end.
    seconds:   how long it takes until the reply (for `slow_storing`: until the work is done).
    store_later: so many seconds after the reply, or after the connection broke, the capture does its work.
    exception, message: the exception type and text of a refusal, in place of the kind's own.
    """

    kind: str
    call: str = "Capture"
    stores: bool | None = None
    nth: tuple[int, ...] = ()
    every: int = 0
    share: float | None = None
    matching: str = ""
    times: int | None = None
    seconds: float = 0.0
    store_later: float = 0.0
    exception: str = ""
    message: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} is not a kind of fault (one of: {', '.join(KINDS)})")
        kind = KINDS[self.kind]
        if kind.stores is not None and self.stores not in (None, kind.stores):
            raise ValueError(f"{self.kind} {'always' if kind.stores else 'never'} stores")
        if kind.captures_only and self.call != "Capture":
            raise ValueError(f"{self.kind} is an answer to Capture, not to {self.call}")
        if kind.needs_seconds and not self.seconds:
            raise ValueError(f"{self.kind} needs seconds")
        if self.store_later and (kind.stores is not None or self.stores is False or self.call != "Capture"):
            raise ValueError(f"store_later is for captures that may be stored in spite of {self.kind}")

    @property
    def is_stored(self) -> bool:
        """Whether the work is done before the reply."""
        if self.store_later:
            return False
        return bool(KINDS[self.kind].stores if self.stores is None else self.stores)

    @property
    def strikes_at(self) -> str:
        return CONNECTION if self.kind == "reset_on_accept" else self.call


class Faults:
    """The faults of one simulator, and how far each has come."""

    def __init__(self, faults: Sequence[Fault], seed: int) -> None:
        self._faults = tuple(faults)
        self._seed = seed
        self._calls: Counter[str] = Counter()
        self._struck: Counter[int] = Counter()

    def striking(self, call: str, said: Any = None) -> Fault | None:
        """The first fault that strikes this call, which is the next of its name."""
        self._calls[call] += 1
        for index, fault in enumerate(self._faults):
            if fault.strikes_at == call and self._strikes(index, fault, said):
                self._struck[index] += 1
                return fault
        return None

    def _strikes(self, index: int, fault: Fault, said: Any) -> bool:
        place = self._calls[fault.strikes_at]
        drawn = chance(self._seed, "fault", index, place).random()
        return (
            (fault.times is None or self._struck[index] < fault.times)
            and (not fault.nth or place in fault.nth)
            and (not fault.every or place % fault.every == 0)
            and (fault.share is None or drawn < fault.share)
            and (not fault.matching or any(fault.matching in text for text in texts(said)))
        )


def misbehave(fault: Fault, arrival: Arrival, steps: Steps) -> Steps:
    """The call as the fault lets it happen; `steps` is the honest way."""
    kind = KINDS[fault.kind]
    if kind.waits_first:
        yield arrival.passes(fault.seconds)
    honest = (yield from steps) if fault.is_stored else Reply(200)
    if not kind.waits_first:
        yield arrival.passes(fault.seconds)
    reply = kind.answer(Refusal(fault.exception, fault.message), arrival, honest)
    later = _later(fault.store_later, arrival, steps) if fault.store_later else None
    return replace(reply, fault=fault.kind, afterwards=later)


def _later(seconds: float, arrival: Arrival, steps: Steps) -> Afterwards:
    def work() -> Steps:
        yield arrival.passes(seconds)
        return (yield from steps)

    return Afterwards(arrival.now + seconds, work())


def texts(node: Any) -> Iterator[str]:
    """Every text within a JSON value, names aside."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        for child in node.values() if isinstance(node, dict) else node:
            yield from texts(child)

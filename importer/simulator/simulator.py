"""The simulator: a LeadSquared in memory, with or without sockets."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import Any, Self

from importer.simulator import server
from importer.simulator.account import Account
from importer.simulator.arrival import Arrival, chance
from importer.simulator.faults import CONNECTION, Fault, Faults, misbehave
from importer.simulator.ledger import Call, Ledger
from importer.simulator.messages import Reply, Request, Steps
from importer.simulator.replies import LIMITS, access_refused, as_json, limit_sentence, page
from importer.simulator.routes import CALLS, ROUTES
from importer.simulator.store import Activity, Opportunity, stocked
from importer.simulator.window import Window

DEFAULT_ACCOUNT = Account()


class Simulator:
    """One account of LeadSquared.

    rate:    calls and seconds of the account's limit; None: no limit.
    clock:   seconds, read once as each call arrives.
    seed:    decides every GUID, wait and drawn fault, by the order of arrival.
    latency: how many seconds each way takes, at least and at most.
    """

    def __init__(
        self,
        rate: tuple[int, float] | None = (25, 5.0),
        *,
        clock: Callable[[], float] = time.monotonic,
        seed: int = 0,
        account: Account = DEFAULT_ACCOUNT,
        faults: Sequence[Fault] = (),
        latency: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        for fault in faults:
            if fault.call not in CALLS:
                raise ValueError(f"{fault.call!r} is not a call (one of: {', '.join(CALLS)})")
        self.account = account
        self.url = ""
        self._clock = clock
        self._seed = seed
        self._latency = latency
        self._window = Window(*rate, account.limit_counts_refusals) if rate else None
        self._faults = Faults(faults, seed)
        self._store = stocked(account, seed)
        self._ledger = Ledger()
        self._captures: list[Any] = []

    @property
    def opportunities(self) -> list[Opportunity]:
        """What is really stored, in the order in which it was created."""
        return list(self._store.opportunities.values())

    @property
    def leads(self) -> dict[str, Mapping[str, str]]:
        """Every lead's attributes by its id."""
        return dict(self._store.leads)

    @property
    def activities(self) -> list[Activity]:
        return list(self._store.activities)

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call in the order of arrival, the refused ones too."""
        return self._ledger.calls

    @property
    def captures(self) -> list[Any]:
        """The Capture bodies that came past limit and keys, in order, whatever became of them."""
        return list(self._captures)

    def busiest(self, seconds: float) -> int:
        """The most calls that arrived within any `seconds`, the refused ones too."""
        return self._ledger.busiest(seconds)

    def answer(self, request: Request) -> Reply:
        """The reply to one call, without sockets and without waiting."""
        steps = self.steps(request)
        try:
            while True:
                next(steps)
        except StopIteration as end:
            reply: Reply = end.value
            return reply

    def steps(self, request: Request) -> Steps:
        """One call on its way; whoever runs it does the waiting. It arrives with the first step."""
        if request.path in LOCAL:
            return LOCAL[request.path](self, request)
        call = self._ledger.arrived(request, self._clock())
        reply = self._turned_away(request, call.arrived) or (yield from self._served(request, call))
        self._ledger.answered(call, reply)
        return reply

    def accepts(self) -> bool:
        """Whether the next connection is taken, and not reset at once."""
        return self._faults.striking(CONNECTION) is None

    @contextmanager
    def serving(self, port: int = 0) -> Iterator[Self]:
        """Answer on 127.0.0.1 from another thread; `url` says where. Raises OSError for a port in use."""
        with server.serving(self.steps, self.accepts, port) as self.url:
            yield self

    def serve_forever(
        self, port: int, announce: Callable[[str], None], stop: threading.Event | None = None
    ) -> None:
        """Answer until Ctrl-C, or until `stop` is set; tells `announce` the url. Raises OSError as above."""
        stop = stop or threading.Event()
        with self.serving(port), suppress(KeyboardInterrupt):
            announce(self.url)
            # In short waits, because on Windows an endless one does not hear Ctrl-C.
            while not stop.wait(0.2):
                pass

    def _turned_away(self, request: Request, now: float) -> Reply | None:
        if self._window and not self._window.admits(now):
            return self._over_limit(self._window)
        route = ROUTES.get(request.path)
        if route is None:
            return page(404)
        if route.method != request.method:
            return page(405)
        return None if self._keys_are_good(request) else access_refused()

    def _over_limit(self, window: Window) -> Reply:
        return LIMITS[self.account.limit_reply](limit_sentence(window.calls, window.seconds))

    def _keys_are_good(self, request: Request) -> bool:
        # LeadSquared takes keys in the query too, but from there they leak into logs.
        if any(name.lower() in ("accesskey", "secretkey") for name in request.query):
            return False
        return self.account.takes(request.header("x-LSQ-AccessKey"), request.header("x-LSQ-SecretKey"))

    def _served(self, request: Request, call: Call) -> Steps:
        route = ROUTES[request.path]
        arrival = self._arrival(request, call)
        if route.name == "Capture" and arrival.body is not None:
            self._captures.append(arrival.body)
        steps = route.steps(self.account, self._store, arrival)
        if fault := self._faults.striking(route.name, arrival.body):
            steps = misbehave(fault, arrival, steps)
        reply = yield from steps
        yield arrival.wait()
        return reply

    def _arrival(self, request: Request, call: Call) -> Arrival:
        return Arrival(
            call.number,
            request,
            _body(request),
            chance(self._seed, call.number),
            call.arrived,
            self._latency,
            self.account.clock_offset,
        )


def _body(request: Request) -> Any:
    try:
        return request.json()
    except ValueError:
        return None


def _ledger(simulator: Simulator, request: Request) -> Reply:
    return as_json(
        {
            "opportunities": [asdict(opportunity) for opportunity in simulator.opportunities],
            "leads": simulator.leads,
            "calls": [asdict(call) for call in simulator.calls],
        }
    )


def _busiest(simulator: Simulator, request: Request) -> Reply:
    try:
        seconds = float(request.query["seconds"])
    except (KeyError, ValueError):
        return page(400, "Say how many, such as /simulator/busiest?seconds=5.")
    return as_json({"seconds": seconds, "calls": simulator.busiest(seconds)})


LOCAL: dict[str, Callable[[Simulator, Request], Reply]] = {
    "/simulator/ledger": _ledger,
    "/simulator/busiest": _busiest,
}
"""What LeadSquared does not have: for counting from another process. Not counted, and needs no keys."""

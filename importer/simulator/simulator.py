"""The simulator: a LeadSquared in memory, with or without sockets."""

import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, Self

from importer.simulator import local, server
from importer.simulator.account import Account
from importer.simulator.arrival import Arrival, chance, http_date
from importer.simulator.faults import CONNECTION, Fault, Faults, misbehave
from importer.simulator.ledger import Call, Ledger, busiest
from importer.simulator.messages import Afterwards, Reply, Request, Steps
from importer.simulator.replies import LIMITS, access_refused, limit_sentence, page, wrong_region
from importer.simulator.routes import CALLS, ROUTES, Route
from importer.simulator.store import Activity, Opportunity, stocked
from importer.simulator.window import Window

DEFAULT_ACCOUNT = Account()


class Simulator:
    """One account of LeadSquared. While it serves, other threads may look at it, and change its limit.

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
        self._lock = threading.RLock()
        self._window = Window(*rate, account.limit_window) if rate else None
        self._faults = Faults(faults, seed)
        self._store = stocked(account, seed)
        self._ledger = Ledger()
        self._captures: list[Any] = []
        self._late: list[Afterwards] = []

    @property
    def opportunities(self) -> list[Opportunity]:
        """What is really stored, in the order in which it was created."""
        with self._lock:
            return list(self._store.opportunities.values())

    @property
    def deleted(self) -> list[str]:
        """The ids of the deleted opportunities, in the order in which they went."""
        with self._lock:
            return list(self._store.deleted)

    @property
    def leads(self) -> dict[str, Mapping[str, str]]:
        """Every lead's attributes by its id."""
        with self._lock:
            return dict(self._store.leads)

    @property
    def activities(self) -> list[Activity]:
        with self._lock:
            return list(self._store.activities)

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call in the order of arrival, the refused ones too."""
        return tuple(self.calls_since(0))

    def calls_since(self, number: int) -> list[Call]:
        """The calls that arrived after the one of this number."""
        with self._lock:
            return self._ledger.since(number)

    @property
    def captures(self) -> list[Any]:
        """The Capture bodies that came past limit and keys, in order, whatever became of them."""
        with self._lock:
            return list(self._captures)

    def busiest(self, seconds: float) -> int:
        """The most calls that arrived within any `seconds`, the refused ones too."""
        return busiest(self.calls, seconds)

    @property
    def limit(self) -> tuple[int, float] | None:
        """Calls and seconds; None: no limit."""
        with self._lock:
            return (self._window.calls, self._window.seconds) if self._window else None

    def change_limit(self, calls: int, seconds: float) -> None:
        """From the next call on. Raises ValueError for a window of no length."""
        if calls < 0 or not 0 < seconds < math.inf:
            raise ValueError(f"{calls} calls in {seconds} seconds is no limit")
        with self._lock:
            if self._window:
                self._window.change(calls, seconds)
            else:
                self._window = Window(calls, seconds, self.account.limit_window)

    def answer(self, request: Request) -> Reply:
        """The reply to one call, without sockets and without waiting.

        What goes on afterwards is done when a later call arrives and the clock has come so far.
        """
        return _at_once(self.steps(request))

    def steps(self, request: Request) -> Steps:
        """One call on its way; whoever runs it does the waiting. It arrives with the first step."""
        return self._alone(self._answered(request))

    def _alone(self, steps: Steps) -> Steps:
        """The same steps, none of them while another thread is at the store, the ledger or the limit."""
        while True:
            with self._lock:
                try:
                    seconds = next(steps)
                except StopIteration as end:
                    reply: Reply = end.value
                    return reply
            yield seconds

    def _answered(self, request: Request) -> Steps:
        if looked_into := local.answer(self, request):
            return looked_into
        call = self._ledger.arrived(request, self._clock())
        self._catch_up(call.arrived)
        reply = self._turned_away(request, call.arrived) or (yield from self._served(request, call))
        self._ledger.answered(call, reply)
        return replace(reply, headers=(*reply.headers, ("Date", http_date(self.account.clock_offset))))

    def accepts(self) -> bool:
        """Whether the next connection is taken, and not reset at once."""
        with self._lock:
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
        if not self._keys_are_good(request):
            return access_refused()
        return self._wrong_region(request, route)

    def _wrong_region(self, request: Request, route: Route) -> Reply | None:
        right = self.account.region_host
        here = right in ("", request.header("Host"))
        return None if here or route.any_region else access_refused(wrong_region(right))

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
        if fault := self._faults.striking(route.name, [arrival.body, request.query]):
            steps = misbehave(fault, arrival, steps)
        reply = yield from steps
        yield arrival.wait()
        if reply.afterwards is None:
            return reply
        self._late.append(reply.afterwards)
        return replace(reply, afterwards=replace(reply.afterwards, steps=self._alone(reply.afterwards.steps)))

    def _catch_up(self, now: float) -> None:
        """Do what is due; where somebody ran it already there is nothing left to do."""
        due = [late for late in self._late if late.due <= now]
        self._late = [late for late in self._late if late.due > now]
        for late in due:
            _at_once(late.steps)

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


def _at_once(steps: Steps) -> Reply:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            reply: Reply = end.value
            return reply


def _body(request: Request) -> Any:
    try:
        return request.json()
    except ValueError:
        return None

"""The account's rate limit: which call is still within it."""

from collections import deque
from collections.abc import Callable

WINDOWS: dict[str, Callable[[float, float, float], bool]] = {
    "sliding": lambda then, now, seconds: now - then >= seconds,
    "counting_refusals": lambda then, now, seconds: now - then >= seconds,
    "fixed": lambda then, now, seconds: now // seconds > then // seconds,
}
"""Whether a call of then is out of the window by now. In the second even the refused calls count; the fixed
ones begin at every multiple of their length."""


class Window:
    """At most `calls` counted calls in any window of `seconds`."""

    def __init__(self, calls: int, seconds: float, kind: str = "sliding") -> None:
        self.calls = calls
        self.seconds = seconds
        self._is_out = WINDOWS[kind]
        self._counts_refusals = kind == "counting_refusals"
        self._counted: deque[float] = deque()

    def change(self, calls: int, seconds: float) -> None:
        """What was counted within the old window stays counted."""
        self.calls = calls
        self.seconds = seconds

    def admits(self, now: float) -> bool:
        while self._counted and self._is_out(self._counted[0], now, self.seconds):
            self._counted.popleft()
        admitted = len(self._counted) < self.calls
        if admitted or self._counts_refusals:
            self._counted.append(now)
        return admitted

"""The account's rate limit: a strict sliding window."""

from collections import deque


class Window:
    """At most `calls` counted calls in any `seconds`; refused calls count too where `counts_refusals`."""

    def __init__(self, calls: int, seconds: float, counts_refusals: bool = False) -> None:
        self.calls = calls
        self.seconds = seconds
        self._counts_refusals = counts_refusals
        self._counted: deque[float] = deque()

    def admits(self, now: float) -> bool:
        while self._counted and now - self._counted[0] >= self.seconds:
            self._counted.popleft()
        admitted = len(self._counted) < self.calls
        if admitted or self._counts_refusals:
            self._counted.append(now)
        return admitted

"""The pace keeps the account's limit, on a clock that the test moves."""

import pytest

from importer.pace import Pace
from importer.records import Rate


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def turns(pace: Pace, clock: Clock, count: int) -> list[float]:
    """When that many turns are granted to somebody who waits as told."""
    granted: list[float] = []
    while len(granted) < count:
        wait = pace.turn()
        if not wait:
            granted.append(clock.now)
        clock.now += wait
    return granted


@pytest.mark.parametrize("rate", [Rate(25, 5), Rate(2, 5), Rate(1, 5), Rate(72, 5), Rate(10, 1)], ids=str)
def test_no_window_ever_holds_more_calls_than_the_limit(rate):
    clock = Clock()
    granted = turns(Pace(rate, clock), clock, 4 * rate.calls)
    for first in granted:
        assert sum(first <= at < first + rate.seconds for at in granted) <= rate.calls


def test_almost_all_of_the_limit_is_used():
    clock = Clock()
    granted = turns(Pace(Rate(25, 5), clock), clock, 200)
    assert granted[-1] - granted[0] < 1.04 * 40


def test_a_refusal_stops_all_turns_for_one_window():
    clock = Clock()
    pace = Pace(Rate(25, 5), clock)
    taken_at = turns(pace, clock, 1)[0]
    pace.refused(taken_at, None)
    assert turns(pace, clock, 1)[0] - taken_at >= 5


def test_refusals_of_one_burst_are_one_pause():
    clock = Clock()
    pace = Pace(Rate(25, 5), clock)
    taken = turns(pace, clock, 3)
    for taken_at in taken:
        pace.refused(taken_at, None)
        clock.now += 1
    assert turns(pace, clock, 1)[0] - taken[-1] < 7


def test_the_pace_falls_to_the_limit_that_leadsquared_names():
    clock = Clock()
    pace = Pace(Rate(25, 5), clock)
    assert pace.refused(turns(pace, clock, 1)[0], Rate(10, 5))
    granted = turns(pace, clock, 30)
    assert all(sum(first <= at < first + 5 for at in granted) <= 10 for first in granted)


def test_the_pace_never_rises_above_ones_own():
    clock = Clock()
    pace = Pace(Rate(5, 5), clock)
    assert not pace.refused(turns(pace, clock, 1)[0], Rate(25, 5))
    assert pace.rate == Rate(5, 5)

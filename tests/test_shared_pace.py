"""Processes of one account share one pace, in real time and whoever is killed."""

import os
import random
import subprocess
import sys
import time
from itertools import chain
from pathlib import Path

import pytest

SECONDS = 30


class Takers:
    """Four processes that take all turns they can get (pacing.py)."""

    def __init__(self, folder: Path) -> None:
        self.logs = [folder / f"turns-{number}" for number in range(4)]
        self.until = time.monotonic() + SECONDS
        self._state = folder / "state"
        self._running = [self._start(log) for log in self.logs]

    def _start(self, log):
        words = [sys.executable, "-m", "tests.pacing", str(self._state), str(self.until), str(log)]
        return subprocess.Popen(words, cwd=Path(__file__).parents[1], env=os.environ)

    def replace(self, number):
        self._running[number].kill()
        self._running[number].wait()
        self._running[number] = self._start(self.logs[number])

    def turns(self):
        """The times of the turns of each, once all have ended."""
        assert [process.wait(timeout=60) for process in self._running] == [0] * 4
        return [[float(line.split()[0]) for line in log.read_text().splitlines()] for log in self.logs]


def busiest(turns):
    return max(sum(first <= at < first + 5 for at in turns) for first in turns)


@pytest.mark.slow
def test_four_processes_share_the_limit_fairly(tmp_path):
    each = Takers(tmp_path).turns()
    every = sorted(chain.from_iterable(each))
    assert busiest(every) <= 25
    assert (len(every) - 1) / (every[-1] - every[0]) >= 4.75
    assert min(map(len, each)) >= 0.15 * len(every)


@pytest.mark.slow
def test_killing_processes_neither_stops_nor_speeds_up_the_others(tmp_path):
    chance = random.Random(20261124)  # noqa: S311 (a test's dice)
    takers = Takers(tmp_path)
    time.sleep(2)
    killed = 0
    while time.monotonic() < takers.until - 4:
        takers.replace(chance.randrange(4))
        killed += 1
        time.sleep(chance.uniform(2, 4))
    every = sorted(chain.from_iterable(takers.turns()))
    assert killed >= 7
    assert busiest(every) <= 25
    assert (len(every) - 1) / (every[-1] - every[0]) >= 0.9 * 25 / 5.1

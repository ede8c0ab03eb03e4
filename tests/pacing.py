"""A process that takes every turn it can get from a shared pace, and writes down when."""

import sys
import time
from pathlib import Path

from importer.answers import Rate
from importer.pace import Pace


class Remembering:
    """The monotonic clock, and what it said last: the time at which a turn was granted."""

    last = 0.0

    def __call__(self) -> float:
        self.last = time.monotonic()
        return self.last


def hammer(folder: Path, until: float, log: Path) -> None:
    clock = Remembering()
    with Pace(Rate(25, 5), folder, "a", clock=clock) as pace, log.open("a") as file:
        while time.monotonic() < until:
            if wait := pace.turn():
                time.sleep(wait)
            else:
                print(f"{clock.last:.6f} {time.monotonic():.6f}", file=file, flush=True)


if __name__ == "__main__":
    hammer(Path(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]))

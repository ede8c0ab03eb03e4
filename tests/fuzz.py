"""Damaged sheets and mappings by the thousand: each gives rows, a mapping, or a sentence that says why not.

`python -m tests.fuzz SECONDS` spends half the time on sheets and half on mappings, in processes that are
ended where they hang. A seed always makes the same cases; `--only sheets --first N` begins with case N.
"""

import argparse
import multiprocessing
import os
import resource
import signal
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.fuzz_cases import Mappings, Sheets

HANGS_AFTER = 20.0
MOST_MEMORY = 500 << 20
CASES = {"sheets": Sheets, "mappings": Mappings}


class Told(NamedTuple):
    """How a case ended; before it is run, only its number. A finding has details."""

    number: int
    kind: str = ""
    ending: str = ""
    details: str = ""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("seconds", type=float)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--first", type=int, default=1)
    options.add_argument("--only", choices=[*CASES])
    given = options.parse_args()
    chosen = [given.only] if given.only else [*CASES]
    return sum(fuzz(what, given.seconds / len(chosen), given.seed, given.first) for what in chosen)


def fuzz(what: str, seconds: float, seed: int, first: int) -> int:
    """1 where cases ended as none should, else 0; tells how many, and of each kind of finding the first."""
    endings: Counter[str] = Counter()
    findings: Counter[str] = Counter()
    until, number = time.monotonic() + seconds, first
    while (left := until - time.monotonic()) > 0:
        for told in told_by_process(what, seed, number, left):
            number = told.number + 1
            endings[f"{told.kind}: {told.ending if not told.details else 'finding'}"] += 1
            if told.details:
                if not findings[told.ending]:
                    print(f"{what} {told.number} ({told.kind}): {told.ending}: {told.details}", flush=True)
                findings[told.ending] += 1
    executions = f"{endings.total():,} executions, {len(findings)} kinds of findings"
    print(f"{what}: {seconds:.0f} seconds, seed {seed}, {executions}")
    print("  " + ", ".join(f"{ending} {times:,}" for ending, times in sorted(endings.items())), flush=True)
    return int(bool(findings))


def told_by_process(what: str, seed: int, first: int, seconds: float) -> Iterator[Told]:
    """What a process tells of its cases, until it hangs or ends, or the time is over."""
    until, number = time.monotonic() + seconds, first
    context = multiprocessing.get_context("spawn")
    hear, tell = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(what, seed, first, tell))
    process.start()
    tell.close()
    while (left := until - time.monotonic()) > 0:
        told = heard(hear, min(left, HANGS_AFTER))
        if told is None:
            break
        number = told.number
        if told.ending:
            yield told
    process.join(0.1)
    if until > time.monotonic():
        yield Told(number, "process", "hangs" if process.is_alive() else "ends by itself", "it was ended")
    with suppress(ProcessLookupError):
        os.killpg(process.pid or 0, signal.SIGKILL)
    process.kill()
    process.join()


def heard(hear: Connection, seconds: float) -> Told | None:
    with suppress(EOFError):
        return Told(*hear.recv()) if hear.poll(seconds) else None
    return None


def work(what: str, seed: int, first: int, tell: Connection) -> None:
    """Case after case, from the first on, until it is ended."""
    os.setsid()  # so that it can be ended together with what it has started
    cases = CASES[what]()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + MOST_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "damaged"
        for number in count(first):
            random = Random(f"{seed} {what} {number}")  # noqa: S311  # the same cases are wanted again
            tell.send(Told(number))
            kind, content = cases.make(random)
            path.write_bytes(content)
            try:
                told = Told(number, kind, cases.run(random, path))
            except Exception as error:
                frames = traceback.extract_tb(error.__traceback__)
                places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]
                told = Told(
                    number, kind, f"{type(error).__name__} at {places[-1]}", f"{error} ({', '.join(places)})"
                )
            tell.send(told)


if __name__ == "__main__":
    raise SystemExit(main())
